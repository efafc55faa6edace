"""The first tables of `supervision`."""

from visavis.migrations import sql

revision = "0004_supervision"
down_revision = "0003_identity"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

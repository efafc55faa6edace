"""The first tables of `identity`."""

from visavis.migrations import sql

revision = "0003_identity"
down_revision = "0002_archive"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

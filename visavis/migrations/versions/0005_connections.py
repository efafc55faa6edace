"""The first tables of `connections`."""

from visavis.migrations import sql

revision = "0005_connections"
down_revision = "0004_supervision"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

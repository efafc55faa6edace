"""The first tables of `analytics`."""

from visavis.migrations import sql

revision = "0011_analytics"
down_revision = "0010_channels"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

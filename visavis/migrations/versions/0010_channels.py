"""The first tables of `channels`."""

from visavis.migrations import sql

revision = "0010_channels"
down_revision = "0009_dispatch"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

"""The log over the records: batches of leaves, and how it is doing."""

from visavis.migrations import sql

revision = "0013_log"
down_revision = "0012_dispatch"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

"""Where a contract lets somebody serve, and where a client belongs."""

from visavis.migrations import sql

revision = "0039_area"
down_revision = "0038_queued_greeting"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

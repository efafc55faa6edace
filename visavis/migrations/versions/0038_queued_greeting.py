"""Greetings that wait until the client may be contacted."""

from visavis.migrations import sql

revision = "0038_queued_greeting"
down_revision = "0037_dropped"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

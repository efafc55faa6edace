"""The record of a file that was taken away unsent."""

from visavis.migrations import sql

revision = "0037_dropped"
down_revision = "0036_active_staff"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

"""Conversations that somebody has set aside until a moment."""

from visavis.migrations import sql

revision = "0024_aside"
down_revision = "0023_review"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

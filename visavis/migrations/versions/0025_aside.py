"""Conversations that somebody has set aside until a moment."""

from visavis.migrations import sql

revision = "0025_aside"
down_revision = "0024_client_side"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

"""Uploads that were never sent."""

from visavis.migrations import sql

revision = "0019_files"
down_revision = "0018_later_words"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

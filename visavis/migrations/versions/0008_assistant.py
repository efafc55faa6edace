"""The first tables of `assistant`."""

from visavis.migrations import sql

revision = "0008_assistant"
down_revision = "0007_conversations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

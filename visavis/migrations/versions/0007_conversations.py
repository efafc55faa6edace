"""The first tables of `conversations`."""

from visavis.migrations import sql

revision = "0007_conversations"
down_revision = "0006_knowledge"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

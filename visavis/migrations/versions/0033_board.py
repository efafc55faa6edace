"""What the live board finds by index."""

from visavis.migrations import sql

revision = "0033_board"
down_revision = "0032_contents"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

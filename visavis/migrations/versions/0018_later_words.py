"""Search words of large batches, made later."""

from visavis.migrations import sql

revision = "0018_later_words"
down_revision = "0017_custody"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

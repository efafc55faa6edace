"""Search words of large batches, made later."""

from visavis.migrations import sql

revision = "0016_later_words"
down_revision = "0015_suitability"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

"""What is done with the record: audits, looks, holds, destruction, exports, examiners."""

from visavis.migrations import sql

revision = "0016_custody"
down_revision = "0015_suitability"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

"""What is done with the record: audits, looks, holds, destruction, exports, examiners."""

from visavis.migrations import sql

revision = "0017_custody"
down_revision = "0016_handover"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

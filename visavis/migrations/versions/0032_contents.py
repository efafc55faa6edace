"""What was read in files of staff."""

from visavis.migrations import sql

revision = "0032_contents"
down_revision = "0031_attribution"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

"""Groups of clients with what was told to them; products in broadcasts; how many clients got the same words."""

from visavis.migrations import sql

revision = "0029_groups"
down_revision = "0028_looks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

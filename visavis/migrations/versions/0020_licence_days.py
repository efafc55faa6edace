"""When a licence's beginning or end was last told of."""

from visavis.migrations import sql

revision = "0020_licence_days"
down_revision = "0019_files"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

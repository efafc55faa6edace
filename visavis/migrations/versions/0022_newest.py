"""The newest conversations of a world are found without reading all, and a message rewrites no index for it."""

from visavis.migrations import sql

revision = "0022_newest"
down_revision = "0021_reports"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

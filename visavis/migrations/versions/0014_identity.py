"""The personnel feed."""

from visavis.migrations import sql

revision = "0014_identity"
down_revision = "0013_log"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

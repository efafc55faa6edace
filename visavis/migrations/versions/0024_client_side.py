"""The client's side: consents, who may reach her and when, what she took home."""

from visavis.migrations import sql

revision = "0024_client_side"
down_revision = "0023_review"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

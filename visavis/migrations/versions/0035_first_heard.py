"""The first client who heard some words stands beside the words."""

from visavis.migrations import sql

revision = "0035_first_heard"
down_revision = "0034_places"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

"""Finding the active staff among all people."""

from visavis.migrations import sql

revision = "0036_active_staff"
down_revision = "0035_first_heard"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

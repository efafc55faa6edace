"""Messages that a member of staff has written to be sent later."""

from visavis.migrations import sql

revision = "0026_scheduled"
down_revision = "0025_aside"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

"""The first tables of `dispatch`."""

from visavis.migrations import sql

revision = "0009_dispatch"
down_revision = "0008_assistant"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

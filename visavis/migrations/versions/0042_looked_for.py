"""What a supervisor looked for stands in the record alone: it may be a client's words."""

from visavis.migrations import sql

revision = "0042_looked_for"
down_revision = "0041_branch"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

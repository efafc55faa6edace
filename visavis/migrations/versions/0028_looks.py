"""Which clients a member of staff has looked at lately, and when an alarm was raised about it."""

from visavis.migrations import sql

revision = "0028_looks"
down_revision = "0027_policies"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

"""Which client a step of a case is about, where it is one: it goes with his keys."""

from visavis.migrations import sql

revision = "0044_case_client"
down_revision = "0043_breach_line"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

"""Review: items, verdicts, dispositions, cases, protected tickets, sampling."""

from visavis.migrations import sql

revision = "0023_review"
down_revision = "0022_newest"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

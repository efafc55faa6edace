"""Verdicts that pass and still name a policy."""

from visavis.migrations import sql

revision = "0021_reports"
down_revision = "0020_licence_days"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

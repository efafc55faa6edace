"""Policy documents of the house, and what reviewers have taught."""

from visavis.migrations import sql

revision = "0027_policies"
down_revision = "0026_scheduled"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

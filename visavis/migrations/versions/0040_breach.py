"""Breaches of personal information, and who is affected."""

from visavis.migrations import sql

revision = "0040_breach"
down_revision = "0039_area"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

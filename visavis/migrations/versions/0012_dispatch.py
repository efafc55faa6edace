"""Exclusions that end, and requests that are stranded."""

from visavis.migrations import sql

revision = "0012_dispatch"
down_revision = "0011_analytics"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

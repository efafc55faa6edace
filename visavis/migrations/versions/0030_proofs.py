"""Proofs that clients hand in with an application to be professional, and the reminder before they are due again."""

from visavis.migrations import sql

revision = "0030_proofs"
down_revision = "0029_groups"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

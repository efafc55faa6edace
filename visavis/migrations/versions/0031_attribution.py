"""Referral codes, the append-only ledger of touches, and settlement rules in versions."""

from visavis.migrations import sql

revision = "0031_attribution"
down_revision = "0030_proofs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

"""The tables of `products` and `suitability`, and the product cards of conversations."""

from visavis.migrations import sql

revision = "0015_suitability"
down_revision = "0014_identity"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

"""A branch has no parent: regions and areas say what belongs together."""

from visavis.migrations import sql

revision = "0041_branch"
down_revision = "0040_breach"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

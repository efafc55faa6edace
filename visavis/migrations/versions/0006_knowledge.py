"""The first tables of `knowledge`."""

from visavis.migrations import sql

revision = "0006_knowledge"
down_revision = "0005_connections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

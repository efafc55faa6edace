"""The first tables of `archive`."""

from visavis.migrations import sql

revision = "0002_archive"
down_revision = "0001_kernel"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the script beside this file."""
    sql.run(revision)

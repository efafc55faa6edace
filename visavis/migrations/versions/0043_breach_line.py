"""What a client has not read of breaches is found however much was said since, beside the running version."""

from alembic import op

revision = "0043_breach_line"
down_revision = "0042_looked_for"
branch_labels = None
depends_on = None

BESIDE = (
    "SET lock_timeout = 0",  # an index made beside writers waits for those who began before it
    "DROP INDEX CONCURRENTLY IF EXISTS entry_breach",
    """CREATE INDEX CONCURRENTLY entry_breach ON entry (shard_key, no)
    WHERE stream = 0 AND kind = 'system' AND body ->> 'code' = 'breach'""",
    "SET lock_timeout = '5s'",
)


def upgrade() -> None:
    """Make the index; older processes serve on."""
    with op.get_context().autocommit_block():
        for statement in BESIDE:
            op.execute(statement)

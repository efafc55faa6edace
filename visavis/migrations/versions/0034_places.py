"""Places in the log lie beside the records, not in them: giving one rewrites no row of the widest table.

What lasts on a large archive, the move and the index, is done before any lock is taken that a message would wait for,
and can be begun again where it was interrupted; the last step takes over what the version before did meanwhile, and
its column goes, so that a leader of that version gives no place any more.
"""

from alembic import op

from visavis.migrations import sql

revision = "0034_places"
down_revision = "0033_board"
branch_labels = None
depends_on = None

BESIDE = (
    "CREATE SEQUENCE IF NOT EXISTS record_number AS bigint",
    "ALTER TABLE record ADD COLUMN IF NOT EXISTS number bigint",
    "ALTER TABLE record ALTER COLUMN number SET DEFAULT nextval('record_number')",
    """CREATE TABLE IF NOT EXISTS log_place (
        leaf_index bigint PRIMARY KEY CHECK (leaf_index >= 0), record_id uuid NOT NULL)""",
    """INSERT INTO log_place (leaf_index, record_id)
    SELECT leaf_index, record_id FROM record
    WHERE leaf_index > (SELECT coalesce(max(leaf_index), -1) FROM log_place) ORDER BY leaf_index""",
    "SET lock_timeout = 0",  # an index made beside writers waits for those who began before it
    "DROP INDEX CONCURRENTLY IF EXISTS record_by_number",
    "CREATE UNIQUE INDEX CONCURRENTLY record_by_number ON record (number) WHERE number IS NOT NULL",
    "DROP INDEX CONCURRENTLY IF EXISTS log_place_record",
    "CREATE UNIQUE INDEX CONCURRENTLY log_place_record ON log_place (record_id)",
    "SET lock_timeout = '5s'",
)


def upgrade() -> None:
    """Make the places beside the running version, then change over by the script beside this file."""
    with op.get_context().autocommit_block():
        for statement in BESIDE:
            op.execute(statement)
    sql.run(revision)

"""What somebody said in a row, read back from the stream to be told together."""

from uuid import UUID

from visavis.conversations.types import GOES_ON, Monologue
from visavis.kernel.db import Row, Tx

# A message is told at once unless it follows the same person's last one within `GOES_ON` (`Tail.goes_on`): those that
# do, in runs. The first of the range does, or nobody would have noted the range.
RUNS = """
WITH said AS (
    SELECT e.no, e.sender_id, e.at, lag(e.sender_id) OVER w AS before, lag(e.at) OVER w AS before_at
    FROM entry AS e
    WHERE e.shard_key = $1 AND e.stream = 0 AND e.no > $2 AND e.at < $3 AND e.kind = 'message'
    WINDOW w AS (ORDER BY e.no)
), runs AS (
    SELECT no, sender_id, before IS NULL OR (before = sender_id AND at - before_at < $4) AS goes_on,
        no - row_number() OVER (PARTITION BY sender_id ORDER BY no) AS run
    FROM said
), told AS (
    SELECT sender_id, max(no) AS no, count(*) AS count FROM runs WHERE goes_on GROUP BY sender_id, run
)
SELECT t.sender_id, t.no, t.count, e.id FROM told AS t
JOIN entry AS e ON e.shard_key = $1 AND e.stream = 0 AND e.no = t.no ORDER BY t.no
"""

# Whoever is posting holds the conversation's lock, and asked the time under it: once it can be had here, every message
# of the span has been committed.
WAIT = "SELECT client_id FROM conversation WHERE id = $1 FOR NO KEY UPDATE"


async def runs(tx: Tx, one: Monologue) -> tuple[UUID, list[Row]]:
    """The client, and per run its speaker, last number, last entry and length, in order."""
    client_id: UUID = await tx.fetchval(WAIT, one.conversation_id)
    return client_id, await tx.fetch(RUNS, one.conversation_id, one.after, one.until, GOES_ON)

"""Tables `finding` and `finding_mark`: where a record is found."""

from collections.abc import Collection, Sequence
from uuid import UUID

from visavis.custody.types import Query
from visavis.kernel.db import Row, Tx

SEPARATOR = "\x1f"

# Record, relationship, retention class, kind, object, environment, moment in microseconds, words.
Filed = tuple[UUID, UUID, str, str, UUID, str, int, list[str]]

FILE = """
INSERT INTO finding (record_id, relationship_id, retention_class, kind, object_id, environment, at_us, words)
SELECT record_id, relationship_id, retention_class, kind, object_id, environment, at_us,
    array_to_tsvector(string_to_array(words, $9))
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::bigint[], $8::text[])
    AS fresh (record_id, relationship_id, retention_class, kind, object_id, environment, at_us, words)
ON CONFLICT (record_id) DO NOTHING
"""

FIND = """
SELECT record_id, at_us FROM finding
WHERE environment = $1 AND ($2::uuid[] IS NULL OR relationship_id = ANY($2)) AND relationship_id <> ALL($10::uuid[])
    AND at_us >= $3 AND at_us < $4 AND ($5 = '' OR kind = $5) AND ($6 = '' OR words @@ $6::tsquery)
    AND ($7::bigint IS NULL OR (at_us, record_id) < ($7, $8::uuid))
ORDER BY at_us DESC, record_id DESC LIMIT $9
"""

ALL_OF = """
SELECT record_id FROM finding
WHERE environment = $1 AND ($2::uuid[] IS NULL OR relationship_id = ANY($2)) AND relationship_id <> ALL($8::uuid[])
    AND at_us >= $3 AND at_us < $4 AND ($5::uuid IS NULL OR (at_us, record_id) > ($6, $5::uuid))
ORDER BY at_us, record_id LIMIT $7
"""


async def mark(tx: Tx) -> int:
    """Up to which moment the records are filed, in microseconds."""
    return int(await tx.fetchval("SELECT coalesce(max(at_us), 0) FROM finding_mark"))


async def move_mark(tx: Tx, at_us: int) -> None:
    """They are filed up to here now."""
    await tx.execute(
        "INSERT INTO finding_mark (at_us) VALUES ($1) ON CONFLICT (one) DO UPDATE SET at_us = $1",
        at_us,
    )


async def unfiled(tx: Tx, since: UUID, limit: int) -> list[UUID]:
    """Records after that id that are in no file yet, in order."""
    rows = await tx.fetch(
        "SELECT record_id FROM record WHERE record_id > $1 AND NOT EXISTS"
        # The second bound says nothing new, but spares a merge the files of all the past.
        " (SELECT FROM finding WHERE finding.record_id = record.record_id AND finding.record_id > $1)"
        " ORDER BY record_id LIMIT $2",
        since, limit,
    )  # fmt: skip
    return [row["record_id"] for row in rows]


async def file(tx: Tx, rows: Sequence[Filed]) -> None:
    """File records under their words."""
    columns = list(zip(*((*one[:7], SEPARATOR.join(one[7])) for one in rows), strict=True))
    await tx.execute(FILE, *(list(one) for one in columns), SEPARATOR)


async def find(
    tx: Tx, query: Query, environment: str, clients: Collection[UUID] | None, served: Collection[UUID], words: str
) -> list[UUID]:  # fmt: skip
    """The newest records that hold the words, within the bounds, but none of the clients `served`."""
    before = query.before or (None, None)
    rows = await tx.fetch(
        FIND, environment, None if clients is None else list(clients), query.from_us, query.until_us,
        query.kind, words, *before, query.limit, list(served),
    )  # fmt: skip
    return [row["record_id"] for row in rows]


NEWEST = """
SELECT retention_class, count(*) AS records, coalesce(
    max(f.at_us) FILTER (WHERE f.at_us < restricted.at_us OR f.kind <> ALL($2::text[])), max(f.at_us)) AS newest_us
FROM finding AS f, (
    SELECT coalesce(max(at_us), 9223372036854775807) AS at_us FROM finding
    WHERE relationship_id = $1 AND kind = 'client_restricted'
) AS restricted (at_us)
WHERE f.relationship_id = $1 GROUP BY retention_class ORDER BY retention_class
"""


async def page(
    tx: Tx, query: Query, environment: str, clients: Collection[UUID] | None,
    served: Collection[UUID], after: tuple[int, UUID] | None, limit: int,
) -> list[UUID]:  # fmt: skip
    """A page of all records within the bounds, but none of the clients `served`, oldest first."""
    at_us, last = after or (0, None)
    rows = await tx.fetch(
        ALL_OF, environment, None if clients is None else list(clients), query.from_us, query.until_us,
        last, at_us, limit, list(served),
    )  # fmt: skip
    return [row["record_id"] for row in rows]


async def total(
    tx: Tx, query: Query, environment: str, clients: Collection[UUID] | None, served: Collection[UUID]
) -> int:  # fmt: skip
    """How many records lie within the bounds, without those of the clients `served`."""
    return int(
        await tx.fetchval(
            "SELECT count(*) FROM finding WHERE environment = $1"
            " AND ($2::uuid[] IS NULL OR relationship_id = ANY($2)) AND at_us >= $3 AND at_us < $4"
            " AND relationship_id <> ALL($5::uuid[])",
            environment,
            None if clients is None else list(clients),
            query.from_us,
            query.until_us,
            list(served),
        )
    )


async def newest_of(tx: Tx, client_id: UUID, restricting: Collection[str]) -> list[Row]:
    """Per retention class of a client: how many records, and when the newest was made.

    Records of the kinds `restricting` begin no new term from the moment on at which he was restricted, unless a class
    has no others.
    """
    return await tx.fetch(NEWEST, client_id, list(restricting))


async def forget(tx: Tx, client_id: UUID) -> None:
    """File nothing of this client any more."""
    await tx.execute("UPDATE finding SET words = '' WHERE relationship_id = $1", client_id)

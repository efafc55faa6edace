"""`same_words` and `same_words_recipient`: whom the same words have reached, and what was approved for more.

Who heard them first stands beside the words; a list of recipients is begun with the second client.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from visavis.kernel.auth import Environment
from visavis.kernel.columns import column, digits
from visavis.kernel.db import Tx

Words = tuple[Environment, bytes]


class Heard(msgspec.Struct, frozen=True):
    """Who heard words first and when, as far as that is known, and until when they may reach any number."""

    client_id: UUID | None
    at: datetime | None
    approved_until: datetime | None


HEAR = """
WITH asked AS MATERIALIZED (
    SELECT a.environment, a.digest::bytea AS digest, a.client_id::uuid AS client_id
    FROM unnest(string_to_array($1, ','), string_to_array($2, ','), string_to_array($3, ','))
        AS a (environment, digest, client_id)
), heard AS (
    INSERT INTO same_words AS s (environment, digest, client_id, at)
    SELECT environment, digest, client_id, $4::timestamptz FROM asked
    ON CONFLICT (environment, digest)
        DO UPDATE SET at = CASE WHEN s.client_id = excluded.client_id AND s.at > $5 THEN excluded.at ELSE s.at END
    RETURNING s.environment, s.digest, s.client_id, s.at, s.approved_until
)
SELECT h.* FROM heard AS h JOIN asked AS a USING (environment, digest)
WHERE h.client_id IS DISTINCT FROM a.client_id OR h.at <= $5 OR h.approved_until IS NOT NULL
"""


async def hear(
    tx: Tx, words: Mapping[Words, UUID], at: datetime, since: datetime
) -> dict[Words, Heard]:
    """Note who hears each of these words first; those that somebody else has heard first, or whose first was before
    `since`, or that were ever approved, are returned.

    Nobody else counts these words until the end of the transaction.
    """
    asked = sorted(words)
    rows = await tx.fetch(
        HEAR, ",".join([one for one, _ in asked]), digits([digest for _, digest in asked]),
        column([words[one] for one in asked]), at, since,
    )  # fmt: skip
    return {
        (Environment(row["environment"]), row["digest"]): Heard(
            row["client_id"], row["at"], row["approved_until"]
        )
        for row in rows
    }


async def forget(tx: Tx, before: datetime, now: datetime, most: int) -> None:
    """Drop up to so many recipients of before then, and words that have none and are not approved."""
    await tx.execute(
        "DELETE FROM same_words_recipient WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM same_words_recipient WHERE at < $1 LIMIT $2))",
        before, most,
    )  # fmt: skip
    await tx.execute(
        "DELETE FROM same_words WHERE ctid = ANY(ARRAY(SELECT s.ctid FROM same_words AS s"
        " WHERE (s.approved_until IS NULL OR s.approved_until < $1) AND (s.at IS NULL OR s.at < $3)"
        " AND NOT EXISTS (SELECT FROM same_words_recipient"
        " AS r WHERE r.environment = s.environment AND r.digest = s.digest) LIMIT $2 FOR UPDATE SKIP LOCKED))",
        now, most, before,
    )  # fmt: skip
    await tx.execute(
        "UPDATE same_words SET client_id = NULL, at = NULL WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM same_words WHERE at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))",
        before, most,
    )  # fmt: skip


async def approve(tx: Tx, words: Words, until: datetime) -> None:
    """These words may reach any number of clients until then."""
    await tx.execute(
        "INSERT INTO same_words (environment, digest, approved_until) VALUES ($1, $2, $3)"
        " ON CONFLICT (environment, digest) DO UPDATE SET approved_until = excluded.approved_until",
        words[0].value, words[1], until,
    )  # fmt: skip


async def reached(tx: Tx, words: Collection[Words], since: datetime) -> dict[Words, set[UUID]]:
    """Whom else each of these words has reached since then; empty sets for none."""
    rows = await tx.fetch(
        "SELECT r.environment, r.digest, r.client_id FROM same_words_recipient AS r"
        " JOIN unnest($1::text[], $2::bytea[]) AS asked (environment, digest) USING (environment, digest)"
        " WHERE r.at > $3",
        *_columns(sorted(words)), since,
    )  # fmt: skip
    found: dict[Words, set[UUID]] = {one: set() for one in words}
    for row in rows:
        found[Environment(row["environment"]), row["digest"]].add(row["client_id"])
    return found


async def reach(tx: Tx, fresh: Sequence[tuple[Words, UUID]], at: datetime) -> None:
    """Note whom words reach."""
    one = sorted(set(fresh))
    await tx.execute(
        "INSERT INTO same_words_recipient (environment, digest, client_id, at)"
        " SELECT *, $4::timestamptz FROM unnest($1::text[], $2::bytea[], $3::uuid[])"
        " ON CONFLICT (environment, digest, client_id) DO UPDATE SET at = excluded.at",
        *_columns([words for words, _ in one]), [client for _, client in one], at,
    )  # fmt: skip


def _columns(words: Sequence[Words]) -> tuple[list[str], list[bytes]]:
    return [one.value for one, _ in words], [digest for _, digest in words]

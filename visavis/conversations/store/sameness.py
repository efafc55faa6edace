"""`same_words` and `same_words_recipient`: whom the same words have reached, and what was approved for more."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from visavis.kernel.auth import Environment
from visavis.kernel.db import Tx

Words = tuple[Environment, bytes]


async def lock(tx: Tx, words: Collection[Words], now: datetime) -> set[Words]:
    """Nobody else counts these words until the end of the transaction; those that may reach any number of clients."""
    rows = await tx.fetch(
        "INSERT INTO same_words AS s (environment, digest) SELECT * FROM unnest($1::text[], $2::bytea[])"
        " ON CONFLICT (environment, digest) DO UPDATE SET digest = excluded.digest"
        " RETURNING s.environment, s.digest, s.approved_until",
        *_columns(sorted(words)),
    )  # fmt: skip
    return {
        (Environment(row["environment"]), row["digest"])
        for row in rows
        if row["approved_until"] is not None and row["approved_until"] > now
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
        " WHERE (s.approved_until IS NULL OR s.approved_until < $1) AND NOT EXISTS (SELECT FROM same_words_recipient"
        " AS r WHERE r.environment = s.environment AND r.digest = s.digest) LIMIT $2 FOR UPDATE SKIP LOCKED))",
        now, most,
    )  # fmt: skip


async def approve(tx: Tx, words: Words, until: datetime) -> None:
    """These words may reach any number of clients until then."""
    await tx.execute(
        "INSERT INTO same_words (environment, digest, approved_until) VALUES ($1, $2, $3)"
        " ON CONFLICT (environment, digest) DO UPDATE SET approved_until = excluded.approved_until",
        words[0].value, words[1], until,
    )  # fmt: skip


async def reached(tx: Tx, words: Collection[Words], since: datetime) -> dict[Words, set[UUID]]:
    """Whom each of these words has reached since then; empty sets for none."""
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

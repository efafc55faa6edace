"""Sessions: from a token to an actor, socket tickets, and ending sessions when rights end."""

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from visavis.identity import evidence, terms
from visavis.identity.store import sessions as store
from visavis.identity.types import PersonKind, PersonStatus, Session
from visavis.kernel import clock
from visavis.kernel.auth import Actor, Environment, Role
from visavis.kernel.db import Row, Tx
from visavis.kernel.live import Hint

TICKET_S = 30
TOUCH_EVERY = timedelta(seconds=60)
KEPT_AFTER_END = timedelta(days=1)
# Only the note that a token was used shuts it: a clock that leaps ahead and back must not open it again.
USED_KEPT_AFTER_END = timedelta(days=30)


def digest(token: str) -> bytes:
    """What is kept of a token: its SHA-256; tokens have 256 random bits, so no salt is needed."""
    return hashlib.sha256(token.encode()).digest()


def fresh_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


async def authenticate(tx: Tx, tokens: Sequence[str]) -> list[Actor | None]:
    """The actor of each session token, in order, or None; notes at most once a minute that a session is in use."""
    hashes = [digest(one) for one in tokens]
    rows = await store.sessions_by_hash(tx, hashes)
    live = await _live(tx, [*rows.values()])
    found = [live.get(row["id"]) if (row := rows.get(one)) else None for one in hashes]
    return [one.actor if one else None for one in found]


async def again(tx: Tx, actors: Sequence[Actor]) -> list[Actor | None]:
    """Each actor as he is now, in order, or None where his session has ended: for sockets that look again.

    One statement however many they are, and one to note that some sessions are in use.
    """
    found = await _actors(tx, {one.session_id for one in actors if one.session_id})
    return [found.get(one.session_id) if one.session_id else None for one in actors]


async def _actors(tx: Tx, session_ids: Collection[UUID]) -> dict[UUID, Actor]:
    rows = await store.sessions_by_id(tx, session_ids)
    return {key: one.actor for key, one in (await _live(tx, [*rows.values()])).items()}


async def session_context(tx: Tx, session_id: UUID) -> Mapping[str, Any]:
    """What the broker's site has signed about the page of a client's session; empty where it signed nothing."""
    row = await store.session_by_id(tx, session_id)
    return row["context"] if row else {}


async def issue_ticket(tx: Tx, actor: Actor) -> str:
    """A single-use ticket, good for 30 s, that opens one socket for the actor's session."""
    ticket = fresh_token()
    await store.add_token(
        tx,
        digest(ticket),
        "socket",
        actor.person_id,
        {"session": str(actor.session_id)},
        clock.now() + timedelta(seconds=TICKET_S),
    )
    return ticket


async def redeem_tickets(tx: Tx, tickets: Sequence[str]) -> list[Actor | None]:
    """The actor of each ticket, which is spent by this, in order; None where one is unknown, spent or too old.

    Of one that is named twice only the first is good.
    """
    hashes = [digest(ticket) for ticket in tickets]
    spent = await store.use_tokens(tx, hashes, "socket")
    actors = await _actors(tx, {_session(row) for row in spent.values()})
    rows = [spent.pop(one, None) for one in hashes]
    return [actors.get(_session(row)) if row else None for row in rows]


def _session(row: Row) -> UUID:
    return UUID(row["data"]["session"])


async def begin(
    tx: Tx,
    person_id: UUID,
    kind: PersonKind,
    *,
    context: Mapping[str, Any] | None = None,
    device: str = "",
) -> tuple[str, Actor]:
    """A new session's token and its actor; the caller has established who it is."""
    limits = terms.terms()
    life = limits.staff_longest if kind is PersonKind.STAFF else limits.client_longest
    token = fresh_token()
    await store.add_session(
        tx, digest(token), person_id, kind, clock.now() + life, context or {}, device[:200]
    )
    (actor,) = await authenticate(tx, [token])
    assert actor is not None
    return token, actor


async def sign_out(tx: Tx, actor: Actor) -> None:
    """End the actor's own session, and its sockets."""
    if actor.session_id is not None:
        await store.revoke(tx, actor.session_id)
        await evidence.access(tx, "sign_out", actor.person_id, actor.environment, {})
        rights_changed(tx, actor.person_id)


async def end_all(tx: Tx, person_id: UUID) -> None:
    """End every session of a person and close his sockets within 2 s (ASVS 5.0 V7.4.2)."""
    await store.revoke_all(tx, person_id)
    rights_changed(tx, person_id)


def rights_changed(tx: Tx, person_id: UUID) -> None:
    """Make every socket of a person look at its session again."""
    tx.hint(f"person.{person_id}", frame="rights")


async def as_hints(tx: Tx, person_ids: Sequence[UUID]) -> list[Hint]:
    """How many sessions of these people have been ended, as hints: a new end is a change of rights."""
    return [
        Hint(f"person.{key}", {"frame": "rights", "ended": ended})
        for key, ended in await store.ended(tx, person_ids)
    ]


async def _live(tx: Tx, rows: Sequence[Row]) -> dict[UUID, Session]:
    now, idle = clock.now(), terms.terms().staff_idle
    good = [
        row
        for row in rows
        if row["status"] == PersonStatus.ACTIVE
        and (row["kind"] != PersonKind.STAFF or row["seen_at"] + idle > now)
    ]
    unnoted = [row["id"] for row in good if row["seen_at"] + TOUCH_EVERY <= now]
    if unnoted:
        await store.touch(tx, unnoted)
    return {row["id"]: _session_of(row) for row in good}


def _session_of(row: Row) -> Session:
    roles = row["roles"] if row["kind"] == PersonKind.STAFF else [row["kind"]]
    actor = Actor(
        person_id=row["person_id"],
        roles=frozenset(Role(one) for one in roles),
        environment=Environment(row["environment"]),
        name=row["name"],
        language=row["language"],
        branch_id=row["branch_id"],
        session_id=row["id"],
    )
    return Session(row["id"], actor, row["expires_at"], row["context"])


def client_expiry() -> datetime:
    """When a client's session that begins now ends."""
    return clock.now() + terms.terms().client_longest


async def sweep(tx: Tx) -> int:
    """Delete what ended more than a day ago (notes of used tokens: a month) and is no evidence; returns how many."""
    now = clock.now()
    return await store.sweep(tx, now - KEPT_AFTER_END, now - USED_KEPT_AFTER_END)

"""Sessions: from a token to an actor, socket tickets, and ending sessions when rights end."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
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


async def authenticate(tx: Tx, token: str) -> Actor | None:
    """The actor of a session token, or None; notes at most once a minute that the session is in use."""
    session = await session_of(tx, token)
    return session.actor if session else None


async def session_of(tx: Tx, token: str) -> Session | None:
    """The live session of a token, or None."""
    row = await store.session_by_hash(tx, digest(token))
    return await _live(tx, row)


async def actor_of_session(tx: Tx, session_id: UUID) -> Actor | None:
    """The actor of a session that is still good, or None: for sockets that look again after rights have changed."""
    session = await _live(tx, await store.session_by_id(tx, session_id))
    return session.actor if session else None


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


async def redeem_ticket(tx: Tx, ticket: str) -> Actor | None:
    """The actor of a ticket, which is spent by this; None when it is unknown, spent or too old."""
    row = await store.use_token(tx, digest(ticket), "socket")
    return await actor_of_session(tx, UUID(row["data"]["session"])) if row else None


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
    actor = await authenticate(tx, token)
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


async def _live(tx: Tx, row: Row | None) -> Session | None:
    if row is None or row["status"] != PersonStatus.ACTIVE:
        return None
    now = clock.now()
    if row["kind"] == PersonKind.STAFF and row["seen_at"] + terms.terms().staff_idle <= now:
        return None
    if row["seen_at"] + TOUCH_EVERY <= now:
        await store.touch(tx, row["id"])
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

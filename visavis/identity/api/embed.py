"""Clients and visitors who come through the broker's pages; issuers and origins that administrators list."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from visavis.identity import evidence, rules, vouching
from visavis.identity.api import people, sessions
from visavis.identity.store import embedding as store
from visavis.identity.store import people as persons
from visavis.identity.store import sessions as counters
from visavis.identity.types import (
    IdentityRefused,
    Issuer,
    OriginRefused,
    OriginUnusable,
    PersonKind,
    PersonStatus,
    SignedIn,
    Taken,
)
from visavis.kernel import clock
from visavis.kernel.auth import SYSTEM_ID, Actor, Environment
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, Malformed, NotFound, TooMany
from visavis.kernel.installation import current
from visavis.kernel.settings import Settings

MINUTE = timedelta(minutes=1)
VISITOR_NAME = {"zh-CN": "访客", "en": "Visitor"}


async def allow_embedding(tx: Tx, address: str, settings: Settings) -> TooMany | None:
    """Count a boot of the widget from an address; an outcome, since the count must stay."""
    value, rest = await counters.count(tx, f"embed:{address}", MINUTE)
    return TooMany(retry_after=rest) if value > settings.embed_sessions_per_minute else None


async def check_page_origin(tx: Tx, origin: str | None) -> None:
    """Refuse a page that is not on the list; a page without an embedding one names none. Raises `OriginRefused`."""
    if origin and origin not in await store.origins(tx):
        raise OriginRefused


async def begin_client_session(
    tx: Tx, token: str, settings: Settings, address: str, device: str
) -> SignedIn:
    """A session for the client whom the broker's site vouches for; the token is spent. Raises `IdentityRefused`."""
    name, key_id, algorithm = vouching.unverified(token)
    issuer = await store.issuer(tx, name, key_id)
    if issuer is None:
        raise IdentityRefused(reason="issuer")
    vouched = vouching.check(
        token, algorithm, issuer, settings.embed_audience, settings.embed_token_seconds
    )
    if vouched.environment is not Environment.REAL and not (await current(tx)).admits_simulated:
        raise IdentityRefused(reason="environment")
    if not await store.spend(tx, issuer.issuer, vouched.token_id, vouched.expires_at):
        raise IdentityRefused(reason="replayed")
    client = await people.ensure_client(
        tx,
        vouched.environment,
        vouched.ref,
        vouched.name or vouched.ref,
        vouched.language,
        vouched.name_en,
    )
    if client.status is not PersonStatus.ACTIVE or client.kind is not PersonKind.CLIENT:
        raise IdentityRefused(reason="status")
    bearer, actor = await sessions.begin(
        tx, client.id, PersonKind.CLIENT, context=vouched.context, device=device
    )
    await evidence.access(
        tx, "client_session", client.id, client.environment,
        {"issuer": issuer.issuer, "key": key_id, "jti": vouched.token_id, "address": address},
    )  # fmt: skip
    return SignedIn(bearer, actor, sessions.client_expiry())


async def begin_visitor_session(tx: Tx, language: str, device: str) -> SignedIn:
    """A session for somebody who is not signed in at the broker's: education only."""
    person_id = await persons.add_person(
        tx, PersonKind.VISITOR, Environment.REAL, None, VISITOR_NAME[language], language
    )
    bearer, actor = await sessions.begin(tx, person_id, PersonKind.VISITOR, device=device)
    seen = {"device": device[:200], "language": language}
    await evidence.access(tx, "visitor_session", person_id, Environment.REAL, seen)
    return SignedIn(bearer, actor, sessions.client_expiry())


async def issuers(tx: Tx, actor: Actor) -> list[Issuer]:
    """Every registered key, without its secret. Raises `Forbidden`."""
    _administrator(actor)
    return await store.issuers(tx)


async def add_issuer(tx: Tx, actor: Actor, issuer: Issuer, key: str) -> Issuer:
    """Register a key of an issuer. Raises `Forbidden`, `Malformed`, `Taken`."""
    _administrator(actor)
    if issuer.environment is not Environment.REAL and not (await current(tx)).admits_simulated:
        raise Malformed(field="environment", reason="real")
    fitted = vouching.registered(issuer, key)
    if not await store.add_issuer(tx, fitted):
        raise Taken(field="key_id")
    body = {
        "issuer": issuer.issuer, "key": issuer.key_id, "algorithm": fitted.algorithm, "for": fitted.environment.value,
        "digest": hashlib.sha256(fitted.key.encode()).hexdigest(),
    }  # fmt: skip
    await _record(tx, actor, "issuer_added", body)
    return fitted


async def set_issuer_active(tx: Tx, actor: Actor, name: str, key_id: str, active: bool) -> None:
    """Switch a key on or off. Raises `Forbidden`, `NotFound`."""
    _administrator(actor)
    if not await store.set_issuer_active(tx, name, key_id, active):
        raise NotFound
    await _record(tx, actor, "issuer_changed", {"issuer": name, "key": key_id, "active": active})


async def origins(tx: Tx) -> Sequence[str]:
    """The origins whose pages may embed the widget; public, they are in a response header."""
    return await store.origins(tx)


async def listed_origins(tx: Tx, actor: Actor) -> Sequence[str]:
    """The listed origins, for administration. Raises `Forbidden`."""
    _administrator(actor)
    return await store.origins(tx)


async def add_origin(tx: Tx, actor: Actor, origin: str) -> str:
    """List an origin, `https://host[:port]`; plain http only on loopback. Raises `Forbidden`, `Malformed`."""
    _administrator(actor)
    plain = _origin(origin)
    await store.add_origin(tx, plain)
    await _record(tx, actor, "origin_added", {"origin": plain})
    return plain


async def remove_origin(tx: Tx, actor: Actor, origin: str) -> None:
    """Take an origin off the list. Raises `Forbidden`, `NotFound`."""
    _administrator(actor)
    if not await store.remove_origin(tx, origin):
        raise NotFound
    await _record(tx, actor, "origin_removed", {"origin": origin})


def _origin(text: str) -> str:
    parts = urlsplit(text.strip().rstrip("/"))
    loopback = parts.hostname in ("localhost", "127.0.0.1", "::1")
    plain = f"{parts.scheme}://{parts.netloc}"
    sound = (
        parts.scheme in ("http", "https")
        and parts.hostname
        and plain == text.strip().rstrip("/")
        and (parts.scheme == "https" or loopback)
        and not set(plain) & set("*;,'\" \t\n")
        and plain.isascii()
        and "@" not in plain
    )
    if not sound:
        raise OriginUnusable(field="origin")
    return plain.lower()


def _administrator(actor: Actor) -> None:
    if not rules.may_administer(actor):
        raise Forbidden


async def _record(tx: Tx, actor: Actor, kind: str, body: Mapping[str, object]) -> None:
    await evidence.administration(
        tx, kind, actor, SYSTEM_ID, actor.environment, {**body, "at": str(clock.now_us())}
    )

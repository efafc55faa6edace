"""The parts that every way of signing in shares: limits, the next step, and the session at the end."""

import asyncio
from datetime import timedelta
from uuid import UUID

from visavis.archive import api as archive
from visavis.identity import evidence, secrets, terms
from visavis.identity.api import sessions
from visavis.identity.store import credentials
from visavis.identity.store import sessions as tokens
from visavis.identity.types import (
    PersonKind,
    PersonStatus,
    SignedIn,
    Step,
    StepExpired,
    WeakPassword,
)
from visavis.kernel import clock
from visavis.kernel.auth import Environment
from visavis.kernel.db import Row, Tx
from visavis.kernel.errors import Refusal, TooMany
from visavis.kernel.installation import current

WINDOW = timedelta(minutes=15)
CHALLENGE = timedelta(minutes=5)
ADDRESS_FACTOR = 10  # a whole office may come from one address
TOTP = "totp"
ENROL = "enrol"
INVITATION = "invitation"


async def admit_address(tx: Tx, address: str) -> TooMany | None:
    """Count an attempt that names no login."""
    return await limit(tx, f"address:{address}", ADDRESS_FACTOR, 1)


async def hash_new_password(password: str) -> str:
    """The hash of a new password; outside any transaction, since it takes time on purpose."""
    return await asyncio.to_thread(secrets.hash_password, password[: secrets.MOST + 1])


async def accept_invitation(
    tx: Tx, token: str, password: str, password_hash: str
) -> Step | Refusal:
    """Set the password that an invitation asks for; raises `WeakPassword`. The invitation is spent."""
    held = await tokens.live_token(tx, sessions.digest(token), INVITATION)
    row = await credentials.by_id(tx, held["person_id"]) if held else None
    if row is None or not may_enter(row):
        return StepExpired()
    if not secrets.sound_password(password, row["login"]):
        raise WeakPassword
    await tokens.use_token(tx, sessions.digest(token), INVITATION)
    await credentials.set_password(tx, row["person_id"], password_hash)
    for purpose in (TOTP, ENROL):
        # Whoever is half-way in with the old password starts again.
        await tokens.cancel_tokens(tx, row["person_id"], purpose)
    await sessions.end_all(tx, row["person_id"])
    await evidence.access(
        tx, "password_set", row["person_id"], Environment(row["environment"]), {"by": "invitation"}
    )
    return await next_step(tx, row)


def may_enter(row: Row) -> bool:
    """Whether an account may sign in: active and not locked."""
    return bool(row["status"] == PersonStatus.ACTIVE and row["locked_at"] is None)


async def next_step(tx: Tx, row: Row) -> Step:
    """The second step: a code of the second factor, or its enrolment."""
    challenge = sessions.fresh_token()
    purpose = TOTP if row["totp_sealed"] else ENROL
    seed = seed_of(row) if row["totp_sealed"] else secrets.fresh_seed()
    data = {} if row["totp_sealed"] else {"sealed": sealed_of(row["person_id"], seed).hex()}
    await tokens.add_token(
        tx, sessions.digest(challenge), purpose, row["person_id"], data, clock.now() + CHALLENGE
    )
    demo = (await current(tx)).mode == "demo"
    used = row["totp_last_step"] if row["totp_sealed"] else 0
    demo_code = secrets.usable_code(seed, clock.now_ms() // 1000, used) if demo else None
    if purpose == TOTP:
        return Step(TOTP, challenge, demo_code=demo_code)
    uri = secrets.otpauth(seed, row["login"], terms.terms().firm_en)
    return Step(ENROL, challenge, uri, seed, secrets.qr_code(uri), demo_code)


async def enter(
    tx: Tx,
    row: Row,
    challenge: str | None,
    purpose: str,
    address: str,
    device: str,
    by: str,
    codes: tuple[str, ...],
    left: int | None,
) -> SignedIn:
    """Begin the session, spend the challenge, forget the failures, and put it on record."""
    if challenge is not None:
        await tokens.use_token(tx, sessions.digest(challenge), purpose)
        await count(tx, row["login"], address, -1)
    await credentials.succeeded(tx, row["person_id"])
    token, actor = await sessions.begin(tx, row["person_id"], PersonKind.STAFF, device=device)
    await evidence.access(
        tx, "sign_in", row["person_id"], actor.environment,
        {"by": by, "address": address, "device": device[:200], "session": str(actor.session_id)},
    )  # fmt: skip
    expires_at = clock.now() + terms.terms().staff_longest
    return SignedIn(token, actor, expires_at, codes, left)


async def count(tx: Tx, login: str, address: str, by: int) -> TooMany | None:
    """Count an attempt (or take it back) for its login and its address; a refusal when there were too many."""
    by_login = await limit(tx, f"login:{login[:200]}", 1, by)
    by_address = await limit(tx, f"address:{address}", ADDRESS_FACTOR, by)
    return by_login or by_address


async def limit(tx: Tx, key: str, factor: int, by: int) -> TooMany | None:
    """Count for one key."""
    value, rest = await tokens.count(tx, key, WINDOW, by)
    if value > terms.terms().sign_in_attempts * factor:
        return TooMany(retry_after=rest)
    return None


def purpose_of(person_id: UUID) -> str:
    """What a TOTP seed is sealed for."""
    return f"totp {person_id}"


def sealed_of(person_id: UUID, seed: str) -> bytes:
    """A seed as it is kept."""
    return archive.keep_secret(seed.encode(), purpose_of(person_id))


def seed_of(row: Row) -> str:
    """The seed of an account."""
    return archive.open_secret(row["totp_sealed"], purpose_of(row["person_id"])).decode()

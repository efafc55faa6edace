"""Signing staff in by password and one-time code, by recovery code, and by invitation.

A failure must be counted and recorded, so it is an outcome: it comes back as a refusal's value, and the edge raises it
after the commit. Every failure has the same answer, whatever was wrong.
"""

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
    SignInAttempt,
    SignInFailed,
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


async def admit(tx: Tx, login: str, address: str) -> SignInAttempt | TooMany:
    """Let an attempt in to be checked, or refuse it for being one too many for its login or address."""
    login = login.strip().lower()
    refusal = await _count(tx, login, address, 1)
    if refusal is not None:
        return refusal
    row = await credentials.by_login(tx, login)
    usable = row is not None and row["password_hash"] and _may_enter(row)
    return SignInAttempt(
        login,
        address,
        row["person_id"] if row else None,
        row["password_hash"] if row and usable else secrets.NOBODY,
    )


async def check_password(attempt: SignInAttempt, password: str) -> bool:
    """Whether the password is right; outside any transaction, since it takes time on purpose."""
    if len(password) > secrets.MOST:
        password = ""
    return await asyncio.to_thread(secrets.verify_password, attempt.password_hash, password)


async def conclude(tx: Tx, attempt: SignInAttempt, right: bool) -> Step | SignInFailed:
    """The second step of signing in, or the one answer to every failure."""
    row = await credentials.by_id(tx, attempt.account_id) if attempt.account_id else None
    if row is None or not right or not row["password_hash"] or not _may_enter(row):
        return await _failed(tx, row, attempt.login, "password")
    await _count(tx, attempt.login, attempt.address, -1)
    return await _next_step(tx, row)


async def confirm_code(
    tx: Tx, challenge: str, code: str, address: str, device: str
) -> SignedIn | Refusal:
    """Sign in with a one-time code; a first code also confirms the enrolment and gives recovery codes."""
    for purpose in (TOTP, ENROL):
        token = await tokens.live_token(tx, sessions.digest(challenge), purpose)
        if token is not None:
            return await _confirm(tx, purpose, token, challenge, code, address, device)
    return StepExpired()


async def use_recovery_code(
    tx: Tx, challenge: str, code: str, address: str, device: str
) -> SignedIn | Refusal:
    """Sign in with a recovery code, which is spent."""
    token = await tokens.live_token(tx, sessions.digest(challenge), TOTP)
    row = await credentials.by_id(tx, token["person_id"]) if token else None
    if row is None:
        return StepExpired()
    refusal = await _count(tx, row["login"], address, 1)
    if refusal is not None:
        return refusal
    used = _may_enter(row) and await credentials.use_recovery_code(
        tx, row["person_id"], secrets.recovery_hash(code)
    )
    if not used:
        return await _failed(tx, row, row["login"], "recovery_code")
    left = await credentials.recovery_codes_left(tx, row["person_id"])
    return await _enter(tx, row, challenge, TOTP, address, device, "recovery_code", (), left)


async def hash_new_password(password: str) -> str:
    """The hash of a new password; outside any transaction, since it takes time on purpose."""
    return await asyncio.to_thread(secrets.hash_password, password[: secrets.MOST + 1])


async def admit_address(tx: Tx, address: str) -> TooMany | None:
    """Count an attempt that names no login."""
    return await _limit(tx, f"address:{address}", ADDRESS_FACTOR, 1)


async def accept_invitation(
    tx: Tx, token: str, password: str, password_hash: str
) -> Step | Refusal:
    """Set the password that an invitation asks for; raises `WeakPassword`. The invitation is spent."""
    held = await tokens.live_token(tx, sessions.digest(token), INVITATION)
    row = await credentials.by_id(tx, held["person_id"]) if held else None
    if row is None or not _may_enter(row):
        return StepExpired()
    if not secrets.sound_password(password, row["login"]):
        raise WeakPassword
    await tokens.use_token(tx, sessions.digest(token), INVITATION)
    await credentials.set_password(tx, row["person_id"], password_hash)
    await sessions.end_all(tx, row["person_id"])
    await evidence.access(
        tx, "password_set", row["person_id"], Environment(row["environment"]), {"by": "invitation"}
    )
    return await _next_step(tx, row)


async def enter_by_provider(
    tx: Tx, issuer: str, subject: str, login: str | None, address: str, device: str
) -> SignedIn | SignInFailed:
    """Sign in whom the firm's OpenID Connect provider vouches for; the first time, his login links him."""
    row = await credentials.by_subject(tx, issuer, subject)
    if row is None and login and await credentials.link(tx, login.lower(), issuer, subject):
        row = await credentials.by_subject(tx, issuer, subject)
    if row is None or not _may_enter(row):
        await evidence.access(
            tx, "sign_in_failed", row["person_id"] if row else None, Environment.REAL,
            {"by": "oidc", "subject": subject, "address": address},
        )  # fmt: skip
        return SignInFailed()
    return await _enter(tx, row, None, TOTP, address, device, "oidc", (), None)


def _may_enter(row: Row) -> bool:
    return bool(row["status"] == PersonStatus.ACTIVE and row["locked_at"] is None)


async def _next_step(tx: Tx, row: Row) -> Step:
    challenge = sessions.fresh_token()
    purpose = TOTP if row["totp_sealed"] else ENROL
    seed = _seed(row) if row["totp_sealed"] else secrets.fresh_seed()
    data = {} if row["totp_sealed"] else {"sealed": _sealed(row["person_id"], seed).hex()}
    await tokens.add_token(
        tx, sessions.digest(challenge), purpose, row["person_id"], data, clock.now() + CHALLENGE
    )
    demo = (await current(tx)).mode == "demo"
    demo_code = secrets.code_at(seed, clock.now_ms() // 1000) if demo else None
    if purpose == TOTP:
        return Step(TOTP, challenge, demo_code=demo_code)
    uri = secrets.otpauth(seed, row["login"], terms.terms().firm_en)
    return Step(ENROL, challenge, uri, seed, secrets.qr_code(uri), demo_code)


async def _confirm(
    tx: Tx, purpose: str, token: Row, challenge: str, code: str, address: str, device: str
) -> SignedIn | Refusal:
    row = await credentials.by_id(tx, token["person_id"])
    if row is None:
        return StepExpired()
    refusal = await _count(tx, row["login"], address, 1)
    if refusal is not None:
        return refusal
    sealed = bytes.fromhex(token["data"]["sealed"]) if purpose == ENROL else row["totp_sealed"]
    if not sealed or not _may_enter(row) or (purpose == ENROL and row["totp_sealed"]):
        return await _failed(tx, row, row["login"], "code")
    seed = archive.open_secret(sealed, _purpose(row["person_id"])).decode()
    step = secrets.matching_step(seed, code, clock.now_ms() // 1000)
    if step is not None and purpose == ENROL:
        await credentials.set_totp(tx, row["person_id"], sealed)
    if step is None or not await credentials.use_step(tx, row["person_id"], step):
        return await _failed(tx, row, row["login"], "code")
    codes: list[str] = []
    if purpose == ENROL:
        codes = secrets.fresh_recovery_codes()
        hashes = [secrets.recovery_hash(one) for one in codes]
        await credentials.set_recovery_codes(tx, row["person_id"], hashes)
    return await _enter(tx, row, challenge, purpose, address, device, "totp", tuple(codes), None)


async def _enter(
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
    if challenge is not None:
        await tokens.use_token(tx, sessions.digest(challenge), purpose)
        await _count(tx, row["login"], address, -1)
    await credentials.succeeded(tx, row["person_id"])
    token, actor = await sessions.begin(tx, row["person_id"], PersonKind.STAFF, device=device)
    await evidence.access(
        tx, "sign_in", row["person_id"], actor.environment,
        {"by": by, "address": address, "device": device[:200], "session": str(actor.session_id)},
    )  # fmt: skip
    expires_at = clock.now() + terms.terms().staff_longest
    return SignedIn(token, actor, expires_at, codes, left)


async def _failed(tx: Tx, row: Row | None, login: str, what: str) -> SignInFailed:
    environment = Environment(row["environment"]) if row else Environment.REAL
    body: dict[str, object] = {"what": what, "login": login[:100]}
    if row is not None:
        after = await credentials.failed(tx, row["person_id"], terms.terms().lock_after)
        body |= {"failures": after["failed_attempts"], "locked": after["locked_at"] is not None}
    await evidence.access(
        tx, "sign_in_failed", row["person_id"] if row else None, environment, body
    )
    return SignInFailed()


async def _count(tx: Tx, login: str, address: str, by: int) -> TooMany | None:
    by_login = await _limit(tx, f"login:{login[:200]}", 1, by)
    by_address = await _limit(tx, f"address:{address}", ADDRESS_FACTOR, by)
    return by_login or by_address


async def _limit(tx: Tx, key: str, factor: int, by: int) -> TooMany | None:
    value, rest = await tokens.count(tx, key, WINDOW, by)
    if value > terms.terms().sign_in_attempts * factor:
        return TooMany(retry_after=rest)
    return None


def _purpose(person_id: UUID) -> str:
    return f"totp {person_id}"


def _sealed(person_id: UUID, seed: str) -> bytes:
    return archive.keep_secret(seed.encode(), _purpose(person_id))


def _seed(row: Row) -> str:
    return archive.open_secret(row["totp_sealed"], _purpose(row["person_id"])).decode()

"""Signing staff in by password and one-time code, or by recovery code.

A failure must be counted and recorded, so it is an outcome: it comes back as a refusal's value, and the edge raises it
after the commit. Every failure has the same answer, whatever was wrong.
"""

import asyncio

from visavis.archive import api as archive
from visavis.identity import evidence, secrets, terms
from visavis.identity.api import sessions
from visavis.identity.api.entry import ENROL, TOTP, count, enter, may_enter, next_step, purpose_of
from visavis.identity.store import credentials
from visavis.identity.store import sessions as tokens
from visavis.identity.types import (
    SignedIn,
    SignInAttempt,
    SignInFailed,
    Step,
    StepExpired,
)
from visavis.kernel import clock
from visavis.kernel.auth import SYSTEM_ID, Environment
from visavis.kernel.db import Row, Tx
from visavis.kernel.errors import Refusal, TooMany


async def admit(tx: Tx, login: str, address: str) -> SignInAttempt | TooMany:
    """Let an attempt in to be checked, or refuse it for being one too many for its login or address."""
    login = login.strip().lower()
    refusal = await count(tx, login, address, 1)
    if refusal is not None:
        return refusal
    row = await credentials.by_login(tx, login)
    usable = row is not None and row["password_hash"] and may_enter(row)
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
    # Whoever does not exist takes the same way as somebody who does: the same look-ups, the same record.
    row = await credentials.by_id(tx, attempt.account_id or SYSTEM_ID)
    if row is None or not right or not row["password_hash"] or not may_enter(row):
        return await failed(tx, row, attempt.login, "password")
    await count(tx, attempt.login, attempt.address, -1)
    return await next_step(tx, row)


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
    refusal = await count(tx, row["login"], address, 1)
    if refusal is not None:
        return refusal
    used = may_enter(row) and await credentials.use_recovery_code(
        tx, row["person_id"], secrets.recovery_hash(code)
    )
    if not used:
        return await failed(tx, row, row["login"], "recovery_code")
    left = await credentials.recovery_codes_left(tx, row["person_id"])
    return await enter(tx, row, challenge, TOTP, address, device, "recovery_code", (), left)


async def enter_by_provider(
    tx: Tx, issuer: str, subject: str, login: str | None, address: str, device: str
) -> SignedIn | SignInFailed:
    """Sign in whom the firm's OpenID Connect provider vouches for; the first time, his login links him."""
    row = await credentials.by_subject(tx, issuer, subject)
    if row is None and login and await credentials.link(tx, login.lower(), issuer, subject):
        row = await credentials.by_subject(tx, issuer, subject)
    if row is None or not may_enter(row):
        await evidence.access(
            tx, "sign_in_failed", row["person_id"] if row else None, Environment.REAL,
            {"by": "oidc", "subject": subject, "address": address},
        )  # fmt: skip
        return SignInFailed()
    return await enter(tx, row, None, TOTP, address, device, "oidc", (), None)


async def _confirm(
    tx: Tx, purpose: str, token: Row, challenge: str, code: str, address: str, device: str
) -> SignedIn | Refusal:
    row = await credentials.by_id(tx, token["person_id"])
    assert row is not None
    refusal = await count(tx, row["login"], address, 1)
    if refusal is not None:
        return refusal
    sealed = bytes.fromhex(token["data"]["sealed"]) if purpose == ENROL else row["totp_sealed"]
    if not sealed or not may_enter(row) or (purpose == ENROL and row["totp_sealed"]):
        return await failed(tx, row, row["login"], "code")
    seed = archive.open_secret(sealed, purpose_of(row["person_id"])).decode()
    step = secrets.matching_step(seed, code, clock.now_ms() // 1000)
    if step is not None and purpose == ENROL:
        await credentials.set_totp(tx, row["person_id"], sealed)
    if step is None or not await credentials.use_step(tx, row["person_id"], step):
        return await failed(tx, row, row["login"], "code")
    codes: list[str] = []
    if purpose == ENROL:
        codes = secrets.fresh_recovery_codes()
        hashes = [secrets.recovery_hash(one) for one in codes]
        await credentials.set_recovery_codes(tx, row["person_id"], hashes)
    return await enter(tx, row, challenge, purpose, address, device, "totp", tuple(codes), None)


async def failed(tx: Tx, row: Row | None, login: str, what: str) -> SignInFailed:
    """Count a failure, lock after too many in a row, and put it on record."""
    environment = Environment(row["environment"]) if row else Environment.REAL
    body: dict[str, object] = {"what": what, "login": login[:100]}
    person_id = row["person_id"] if row else SYSTEM_ID
    after = await credentials.failed(tx, person_id, terms.terms().lock_after)
    if after is not None:
        body |= {"failures": after["failed_attempts"], "locked": after["locked_at"] is not None}
    await evidence.access(
        tx, "sign_in_failed", row["person_id"] if row else None, environment, body
    )
    return SignInFailed()

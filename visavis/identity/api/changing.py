"""A member of staff changes his own password: the present one is asked for, every session ends."""

from visavis.identity import evidence, secrets
from visavis.identity.api import sessions
from visavis.identity.api.entry import count
from visavis.identity.api.sign_in import failed
from visavis.identity.store import credentials
from visavis.identity.terms import terms
from visavis.identity.types import PasswordWrong, PersonKind, SignedIn, SignInAttempt, WeakPassword
from visavis.kernel import clock
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, Refusal, TooMany


async def admit_change(tx: Tx, actor: Actor, address: str) -> SignInAttempt | TooMany:
    """Let an attempt in to be checked; an outcome, since it counts as one at signing in. Raises `Forbidden`."""
    row = await credentials.by_id(tx, actor.person_id) if actor.is_staff else None
    if row is None or not row["password_hash"]:
        raise Forbidden(reason="no_password")
    refusal = await count(tx, row["login"], address, 1)
    if refusal is not None:
        return refusal
    return SignInAttempt(row["login"], address, row["person_id"], row["password_hash"])


async def change_password(
    tx: Tx, actor: Actor, attempt: SignInAttempt, right: bool, password: str, password_hash: str, device: str
) -> SignedIn | Refusal:  # fmt: skip
    """Keep the new password and begin a new session in place of all others.

    Raises `WeakPassword`; a wrong present password is an outcome, for it counts as a failure to sign in.
    """
    row = await credentials.by_id(tx, actor.person_id)
    assert row is not None
    if not right or row["password_hash"] != attempt.password_hash:
        await failed(tx, row, attempt.login, "password_change")
        return PasswordWrong()
    if not secrets.sound_password(password, attempt.login):
        raise WeakPassword
    await count(tx, attempt.login, attempt.address, -1)
    await credentials.set_password(tx, actor.person_id, password_hash)
    await sessions.end_all(tx, actor.person_id)
    token, fresh = await sessions.begin(tx, actor.person_id, PersonKind.STAFF, device=device)
    await evidence.access(
        tx, "password_set", actor.person_id, actor.environment, {"by": "himself", "address": attempt.address}
    )  # fmt: skip
    return SignedIn(token, fresh, clock.now() + terms().staff_longest, (), None)

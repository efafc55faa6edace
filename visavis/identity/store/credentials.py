"""Columns of `staff` that sign somebody in, and table `recovery_code`."""

from collections.abc import Sequence
from uuid import UUID

from visavis.kernel import clock
from visavis.kernel.db import Row, Tx

ACCOUNT = """
SELECT s.person_id, s.login, s.password_hash, s.totp_sealed, s.totp_last_step, s.locked_at, s.failed_attempts,
       p.status, p.environment, p.name
FROM staff AS s JOIN person AS p ON p.id = s.person_id
"""

FAILED = """
UPDATE staff SET failed_attempts = failed_attempts + 1,
    locked_at = CASE WHEN failed_attempts + 1 >= $2 THEN coalesce(locked_at, $3) ELSE locked_at END
WHERE person_id = $1 RETURNING failed_attempts, locked_at
"""

LINK = """
UPDATE staff SET oidc_issuer = $2, oidc_subject = $3 WHERE login = $1 AND oidc_subject IS NULL
"""


async def by_login(tx: Tx, login: str) -> Row | None:
    """The account with this login."""
    return await tx.fetchrow(f"{ACCOUNT} WHERE s.login = $1", login)


async def by_id(tx: Tx, person_id: UUID) -> Row | None:
    """The account of a member of staff, locked until the transaction ends."""
    return await tx.fetchrow(f"{ACCOUNT} WHERE s.person_id = $1 FOR UPDATE OF s", person_id)


async def by_subject(tx: Tx, issuer: str, subject: str) -> Row | None:
    """The account that is linked to somebody at an OpenID Connect issuer."""
    return await tx.fetchrow(
        f"{ACCOUNT} WHERE s.oidc_issuer = $1 AND s.oidc_subject = $2", issuer, subject
    )


async def link(tx: Tx, login: str, issuer: str, subject: str) -> bool:
    """Link an account that has no link yet; False when there is none such."""
    return await tx.execute(LINK, login, issuer, subject) == 1


async def failed(tx: Tx, person_id: UUID, lock_after: int) -> Row | None:
    """Count a failure; the account locks when there were `lock_after` in a row. None where there is no account."""
    return await tx.fetchrow(FAILED, person_id, lock_after, clock.now())


async def succeeded(tx: Tx, person_id: UUID) -> None:
    """Forget the failures of an account."""
    await tx.execute("UPDATE staff SET failed_attempts = 0 WHERE person_id = $1", person_id)


async def set_lock(tx: Tx, person_id: UUID, locked: bool) -> None:
    """Lock or unlock an account."""
    await tx.execute(
        "UPDATE staff SET locked_at = $2, failed_attempts = 0 WHERE person_id = $1",
        person_id,
        clock.now() if locked else None,
    )


async def set_password(tx: Tx, person_id: UUID, password_hash: str) -> None:
    """Keep the hash of a new password."""
    await tx.execute(
        "UPDATE staff SET password_hash = $2, password_set_at = $3 WHERE person_id = $1",
        person_id, password_hash, clock.now(),
    )  # fmt: skip


async def set_totp(tx: Tx, person_id: UUID, sealed: bytes | None) -> None:
    """Keep a sealed TOTP seed, or none; a new seed has no used steps."""
    await tx.execute(
        "UPDATE staff SET totp_sealed = $2, totp_last_step = 0 WHERE person_id = $1",
        person_id,
        sealed,
    )


async def use_step(tx: Tx, person_id: UUID, step: int) -> bool:
    """Spend a TOTP step; False when it or a later one has been used (ASVS 5.0 V6.5.1)."""
    touched = await tx.execute(
        "UPDATE staff SET totp_last_step = $2 WHERE person_id = $1 AND totp_last_step < $2",
        person_id,
        step,
    )
    return touched == 1


async def set_recovery_codes(tx: Tx, person_id: UUID, hashes: Sequence[bytes]) -> None:
    """Replace the recovery codes of an account."""
    await tx.execute("DELETE FROM recovery_code WHERE person_id = $1", person_id)
    await tx.executemany(
        "INSERT INTO recovery_code (person_id, code_hash) VALUES ($1, $2)",
        [(person_id, one) for one in hashes],
    )


async def use_recovery_code(tx: Tx, person_id: UUID, code_hash: bytes) -> bool:
    """Spend a recovery code; False when it is not one, or spent."""
    touched = await tx.execute(
        "UPDATE recovery_code SET used_at = $3"
        " WHERE person_id = $1 AND code_hash = $2 AND used_at IS NULL",
        person_id, code_hash, clock.now(),
    )  # fmt: skip
    return touched == 1


async def recovery_codes_left(tx: Tx, person_id: UUID) -> int:
    """How many recovery codes are unused."""
    return int(
        await tx.fetchval(
            "SELECT count(*) FROM recovery_code WHERE person_id = $1 AND used_at IS NULL", person_id
        )
    )

"""Tables `embed_issuer`, `embed_origin`, `used_token`: who may vouch for a client, and from which pages."""

from datetime import datetime

from visavis.identity.types import Issuer
from visavis.kernel import clock
from visavis.kernel.auth import Environment
from visavis.kernel.db import Row, Tx

ISSUER = "SELECT issuer, key_id, algorithm, public_key, environment, active FROM embed_issuer"


def issuer_of(row: Row) -> Issuer:
    """The issuer's key of a row."""
    return Issuer(
        row["issuer"], row["key_id"], row["algorithm"], Environment(row["environment"]),
        row["active"], row["public_key"],
    )  # fmt: skip


async def issuer(tx: Tx, name: str, key_id: str) -> Issuer | None:
    """The active key of an issuer."""
    row = await tx.fetchrow(f"{ISSUER} WHERE issuer = $1 AND key_id = $2 AND active", name, key_id)
    return issuer_of(row) if row else None


async def issuers(tx: Tx) -> list[Issuer]:
    """All keys of all issuers."""
    return [issuer_of(row) for row in await tx.fetch(f"{ISSUER} ORDER BY issuer, key_id")]


async def add_issuer(tx: Tx, one: Issuer) -> bool:
    """Register a key; False when the issuer has one with this id already."""
    added = await tx.execute(
        "INSERT INTO embed_issuer"
        " (issuer, key_id, algorithm, public_key, environment, active, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        one.issuer, one.key_id, one.algorithm, one.key, one.environment.value, one.active,
        clock.now(),
    )  # fmt: skip
    return added == 1


async def set_issuer_active(tx: Tx, name: str, key_id: str, active: bool) -> bool:
    """Switch a key on or off; False when there is none such."""
    touched = await tx.execute(
        "UPDATE embed_issuer SET active = $3 WHERE issuer = $1 AND key_id = $2",
        name, key_id, active,
    )  # fmt: skip
    return touched == 1


async def origins(tx: Tx) -> list[str]:
    """All listed origins."""
    return [row["origin"] for row in await tx.fetch("SELECT origin FROM embed_origin ORDER BY 1")]


async def add_origin(tx: Tx, origin: str) -> None:
    """List an origin."""
    await tx.execute(
        "INSERT INTO embed_origin (origin, created_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        origin,
        clock.now(),
    )


async def remove_origin(tx: Tx, origin: str) -> bool:
    """Take an origin off the list; False when it was not on it."""
    return await tx.execute("DELETE FROM embed_origin WHERE origin = $1", origin) == 1


async def spend(tx: Tx, issuer_name: str, token_id: str, expires_at: datetime) -> bool:
    """Note a token as used; False when it was before."""
    added = await tx.execute(
        "INSERT INTO used_token (issuer, token_id, expires_at) VALUES ($1, $2, $3)"
        " ON CONFLICT DO NOTHING",
        issuer_name, token_id, expires_at,
    )  # fmt: skip
    return added == 1

"""Table `consent`: what clients agreed to and withdrew, one row per change."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from visavis.identity.types import Consent, ConsentText, Purpose
from visavis.kernel.db import Row, Tx

# The latest word of each client on each purpose.
LATEST = """
SELECT DISTINCT ON (client_id, purpose) client_id, purpose, given, version, at FROM consent
WHERE client_id = ANY($1) ORDER BY client_id, purpose, at DESC, id DESC
"""
REFUSING = f"SELECT client_id FROM ({LATEST}) AS latest WHERE purpose = $2 AND NOT given"
ADD = """
INSERT INTO consent (id, client_id, purpose, given, version, text_digest, language, at, record_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


async def latest(tx: Tx, client_id: UUID) -> dict[Purpose, Consent]:
    """A client's latest word on each purpose on which there is one."""
    return {Purpose(row["purpose"]): _consent(row) for row in await tx.fetch(LATEST, [client_id])}


async def refusing(tx: Tx, client_ids: Collection[UUID], purpose: Purpose) -> set[UUID]:
    """Those of these clients who have said no to a purpose, or withdrawn their yes."""
    rows = await tx.fetch(REFUSING, list(client_ids), purpose.value)
    return {row["client_id"] for row in rows}


async def add(
    tx: Tx, consent_id: UUID, client_id: UUID, said: bool, text: ConsentText, digest: bytes,
    language: str, at: datetime, record_id: UUID,
) -> None:  # fmt: skip
    """Keep a client's word."""
    await tx.execute(
        ADD, consent_id, client_id, text.purpose.value, said, text.version, digest, language, at, record_id
    )  # fmt: skip


def _consent(row: Row) -> Consent:
    return Consent(Purpose(row["purpose"]), row["given"], row["version"], row["at"])

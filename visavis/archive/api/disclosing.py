"""Disclosing one record to somebody it is about: its own data key opens it and nothing else."""

import base64
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap

from visavis.archive import keys
from visavis.archive.api.recording import purpose_of
from visavis.archive.seal import header_of
from visavis.archive.store import records as store
from visavis.archive.types import Damaged
from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound


async def data_key(tx: Tx, record_id: UUID) -> bytes:
    """The key that opens this record and no other; the caller has checked that its reader may have the record.

    Raises `NotFound` where the record is unknown or its key was destroyed, `Damaged`.
    """
    row = await store.record(tx, record_id)
    if row is None:
        raise NotFound
    header, _, _ = header_of(row["envelope"])
    found = await store.key_by_id(tx, UUID(header["kid"]))
    if found is None or found["wrapped"] is None:
        raise NotFound
    purpose = purpose_of(found["relationship_id"], found["retention_class"])
    try:
        wrapping = keys.ring().unwrap(found["wrapped"], purpose)
    except InvalidTag:
        raise Damaged(part="key") from None
    return aes_key_unwrap(wrapping, base64.b64decode(header["dek"]))

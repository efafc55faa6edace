"""Reading records in bulk: for the audit of completeness, the finding aid and exports; callers check their reader."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag

from visavis.archive import keys
from visavis.archive.seal import header_of, unseal
from visavis.archive.store import reading as store
from visavis.archive.types import Damaged, Stored
from visavis.kernel.db import Row, Tx
from visavis.kernel.giving_way import breathe

START = UUID(int=0)
# So many records are opened between two turns of the loop.
SLICE = 5


async def by_object(
    tx: Tx, after: tuple[UUID, UUID] = (START, START), limit: int = 500
) -> list[Stored]:
    """A page of all records in order of (object, record), after that pair; damaged ones name their fault."""
    return await _read(tx, await store.by_object(tx, after, limit))


async def by_ids(tx: Tx, ids: Collection[UUID]) -> list[Stored]:
    """Records by id, in id order; unknown ids are left out."""
    return await _read(tx, await store.by_ids(tx, ids))


async def heads(tx: Tx, objects: Collection[UUID]) -> dict[UUID, bytes]:
    """The digest of each object's newest record, as it was kept when that was sealed."""
    return await store.heads(tx, objects)


async def headless(tx: Tx) -> list[UUID]:
    """Objects of which something was on record, and nothing is any more; at most 1000."""
    return await store.headless(tx)


async def _read(tx: Tx, rows: Sequence[Row]) -> list[Stored]:
    headers: list[dict[str, Any] | None] = []
    for row in rows:
        try:
            headers.append(header_of(row["envelope"])[0])
        except Damaged:
            headers.append(None)
    ids = {key for one in headers if one and (key := _key_id(one)) is not None}
    known = {row["id"]: row for row in await store.keys(tx, ids)}
    found: list[Stored] = []
    for row, one in zip(rows, headers, strict=True):
        found.append(_stored(row, one, known))
        if len(found) % SLICE == 0:
            await breathe()
    return found


def _key_id(header: dict[str, Any]) -> UUID | None:
    try:
        return UUID(header["kid"])
    except (KeyError, ValueError, TypeError, AttributeError):
        return None


def _stored(row: Row, header: dict[str, Any] | None, known: dict[UUID, Row]) -> Stored:
    columns = (
        row["record_id"], row["kind"], row["object_id"], row["previous"], row["at_us"],
        row["environment"], row["leaf_index"], row["envelope"],
    )  # fmt: skip
    if header is None:
        return Stored(*columns, None, None, {}, None, "header")
    clear, key = header.get("clear", {}), known.get(_key_id(header) or START)
    if key is None:
        return Stored(*columns, None, None, clear, None, "key")
    whose = key["relationship_id"], key["retention_class"]
    fault = "" if _says(header) == _columns(row) else "columns"
    if key["wrapped"] is None:
        return Stored(*columns, *whose, clear, None, fault)
    try:
        wrapping = keys.ring().unwrap(key["wrapped"], f"wrapping {whose[0]} {whose[1]}")
        return Stored(*columns, *whose, clear, unseal(row["envelope"], wrapping), fault)
    except Damaged as damage:
        return Stored(*columns, *whose, clear, None, str(damage.params["part"]))
    except InvalidTag:
        return Stored(*columns, *whose, clear, None, "key")


def _says(header: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(header.get(name) for name in ("id", "kind", "object", "prev", "at", "env"))


def _columns(row: Row) -> tuple[Any, ...]:
    previous = row["previous"].hex() if row["previous"] else None
    return (
        str(row["record_id"]), row["kind"], str(row["object_id"]), previous, str(row["at_us"]),
        row["environment"],
    )  # fmt: skip

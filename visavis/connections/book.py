"""Bringing the firm's client-manager book: every row becomes a proposed own connection, all or none.

Behind the door (`api.import_book`). Work goes in slices, so that no statement grows with the file.
"""

import asyncio
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import TypeVar
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.connections import csvbook, lifecycle, store
from visavis.connections.csvbook import MOST_ERRORS
from visavis.connections.types import (
    Basis,
    BookResult,
    BookRow,
    Connection,
    Reason,
    State,
    Tie,
)
from visavis.identity import api as identity
from visavis.identity.types import NewClient, PersonKind, PersonStatus, Staff
from visavis.kernel import clock
from visavis.kernel.auth import SERVING, Actor
from visavis.kernel.db import Tx
from visavis.kernel.ids import new_id
from visavis.kernel.spreadsheet import RowError, harmless

# Small enough that sealing one slice holds up nobody else in this process for long.
SLICE = 500
T = TypeVar("T")


@dataclass
class Tally:
    """What an import does, counted while it runs."""

    created: int = 0
    moved: int = 0
    unchanged: int = 0


async def bring(tx: Tx, actor: Actor, data: bytes, *, dry_run: bool) -> BookResult:
    """Check the whole book first; then, unless `dry_run` or errors, apply all of it in this transaction."""
    rows, errors = await asyncio.to_thread(csvbook.parse, data, identity.today())
    staff = await identity.staff_by_number(tx, actor.environment, {row.employee_no for row in rows})
    errors += _unknown_staff(rows, staff)
    branches = {one.code: one.id for one in await identity.branches(tx, actor)}
    errors += _unknown_branches(rows, branches)
    errors += await _strangers(tx, actor, rows)
    errors.sort(key=lambda one: (one.row, one.column))
    total = len({one.row for one in errors} | {row.row for row in rows})
    if errors:
        return BookResult(total, 0, 0, 0, tuple(errors[:MOST_ERRORS]), applied=False)
    tally = Tally()
    for part in _slices(rows):
        await _slice(tx, actor, part, staff, tally, dry_run)
    if not dry_run:
        await _settle(tx, actor, rows, branches)
    import_id = None if dry_run else await _keep(tx, actor, data, total, tally)
    return BookResult(
        total, tally.created, tally.moved, tally.unchanged, (), not dry_run, import_id
    )


def _unknown_staff(rows: Sequence[BookRow], staff: dict[str, Staff]) -> list[RowError]:
    usable = {
        number
        for number, one in staff.items()
        if one.status is PersonStatus.ACTIVE and one.roles & SERVING
    }
    return [
        RowError(row.row, "employee_no", "row_unknown_staff", harmless(row.employee_no))
        for row in rows
        if row.employee_no not in usable
    ]


def _unknown_branches(rows: Sequence[BookRow], branches: Mapping[str, UUID]) -> list[RowError]:
    return [
        RowError(row.row, "branch", "row_unknown_branch", harmless(row.branch))
        for row in rows
        if row.branch and row.branch not in branches
    ]


async def _settle(
    tx: Tx, actor: Actor, rows: Sequence[BookRow], branches: Mapping[str, UUID]
) -> None:
    """Which branch each client belongs to, where the book says so."""
    for part in _slices([row for row in rows if row.branch]):
        known = await identity.clients_by_ref(
            tx, actor.environment, {row.client_no for row in part}
        )
        await identity.homes.settle(
            tx, {known[row.client_no].id: branches[row.branch] for row in part}
        )


async def _strangers(tx: Tx, actor: Actor, rows: Sequence[BookRow]) -> list[RowError]:
    wrong: list[RowError] = []
    for part in _slices(rows):
        known = await identity.clients_by_ref(
            tx, actor.environment, {row.client_no for row in part}
        )
        wrong += [
            RowError(row.row, "client_no", "row_not_a_client", harmless(row.client_no))
            for row in part
            if row.client_no in known and known[row.client_no].kind is not PersonKind.CLIENT
        ]
    return wrong


async def _slice(
    tx: Tx,
    actor: Actor,
    rows: Sequence[BookRow],
    staff: dict[str, Staff],
    tally: Tally,
    dry_run: bool,
) -> None:
    known = await identity.clients_by_ref(tx, actor.environment, {row.client_no for row in rows})
    own = await store.own(tx, [one.id for one in known.values()])
    new: list[BookRow] = []
    moving: list[tuple[Connection, UUID]] = []
    for row in rows:
        client = known.get(row.client_no)
        now_own = own.get(client.id) if client else None
        if now_own is None:
            new.append(row)
        elif now_own.staff_id == staff[row.employee_no].id:
            tally.unchanged += 1
        else:
            moving.append((now_own, staff[row.employee_no].id))
    tally.created += len(new)
    tally.moved += len(moving)
    if not dry_run:
        await _move(tx, actor, moving)
        await _propose(tx, actor, new, staff)


async def _move(tx: Tx, actor: Actor, moving: Sequence[tuple[Connection, UUID]]) -> None:
    by_staff: dict[UUID, list[tuple[Connection, UUID]]] = {}
    for one, heir in moving:
        by_staff.setdefault(one.staff_id, []).append((one, heir))
    for group in by_staff.values():
        chosen: dict[UUID, UUID | None] = {one.client_id: heir for one, heir in group}
        await lifecycle.part(tx, actor, [one for one, _ in group], Reason.REASSIGNED, chosen)


async def _propose(tx: Tx, actor: Actor, rows: Sequence[BookRow], staff: dict[str, Staff]) -> None:
    if not rows:
        return
    clients = await identity.ensure_clients(
        tx,
        actor.environment,
        [
            NewClient(row.client_no, row.client_name, row.language, row.client_name_en)
            for row in rows
        ],
    )
    zone = clock.now().tzinfo
    fresh = [
        Connection(
            new_id(), clients[row.client_no].id, staff[row.employee_no].id, actor.environment,
            State.PROPOSED, Tie.OWN, Basis.BOOK.value,
            datetime.combine(row.assigned_on, time(), zone), None, None, None, None, None, None,
            None, None, 0, lifecycle.NO_RECORD,
        )
        for row in rows
    ]  # fmt: skip
    known = await store.pairs(tx, [(one.client_id, one.staff_id) for one in fresh])
    living = {pair for pair, one in known.items() if one.state is not State.DISSOLVED}
    await lifecycle.keep_proposed(
        tx, actor, [one for one in fresh if (one.client_id, one.staff_id) not in living]
    )
    await lifecycle.make_own(tx, actor, [known[pair] for pair in sorted(living)])


async def _keep(tx: Tx, actor: Actor, data: bytes, rows: int, tally: Tally) -> UUID:
    import_id, digest = new_id(), hashlib.sha256(data).digest()
    body = {
        "actor": str(actor.person_id), "sha256": digest.hex(), "rows": rows,
        "created": tally.created, "moved": tally.moved, "unchanged": tally.unchanged,
    }  # fmt: skip
    record = await archive.append_one(
        tx, Fact("connection.book", import_id, actor.person_id, actor.environment, body)
    )
    await store.add_import(tx, import_id, actor.person_id, digest, rows, clock.now(), record)
    return import_id


def _slices(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), SLICE):
        yield rows[start : start + SLICE]

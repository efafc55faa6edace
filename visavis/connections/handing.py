"""Handing clients over: plan with notice, tell each client, hear what he says, move in slices, undo before that.

Behind the door (`api`); a leaver's rights end at once, whatever is planned (`lifecycle.part`), and his clients go where
they were promised to go.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.connections import lifecycle, rules, store, succeeding
from visavis.connections.terms import terms
from visavis.connections.types import (
    Connection,
    Ending,
    Handover,
    HandoverAnnounced,
    HandoverClient,
    HandoverTooSoon,
    HandoverUnderWay,
    NothingToHandOver,
    Proposal,
    Stage,
    State,
    Tie,
    Wish,
)
from visavis.identity import api as identity
from visavis.kernel import clock, jobs, outbox
from visavis.kernel.auth import Actor, system
from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound
from visavis.kernel.ids import new_id

ADVANCE = "connections.handover"
SLICE = 100


async def plan(
    tx: Tx, actor: Actor, wanted: Proposal, *, dry_run: bool
) -> tuple[Handover, list[HandoverClient]]:
    """The hand-over that is asked for with each client's successor; kept, and set going, unless it is a dry run.

    Raises `NotFound`, `NothingToHandOver`, `NoSuchSuccessor`, `HandoverTooSoon`, `HandoverUnderWay`.
    """
    leaver = (await identity.staff(tx, [wanted.staff_id])).get(wanted.staff_id)
    if leaver is None or leaver.environment != actor.environment:
        raise NotFound
    now, known = clock.now(), terms()
    first = rules.earliest(now, known.handover_notice_days)
    at = wanted.effective_at or first
    if at < first - timedelta(minutes=1):
        raise HandoverTooSoon(
            earliest=clock.to_ms(first),
            earliest_local=f"{first.astimezone(ZoneInfo(known.limits.zone)):%Y-%m-%d %H:%M}",
        )
    mine = {one.client_id: one for one in await _own_of(tx, wanted)}
    clients = await _allot(tx, wanted, mine)
    going = [one for one in clients if one.held is None]
    if not going:
        raise NothingToHandOver
    one = Handover(
        None, wanted.staff_id, leaver.environment, wanted.reason, wanted.successor_id, Stage.PLANNED,
        at, now, len(clients), len(clients) - len(going), 0, 0, 0, 0,
        actor.person_id,
    )  # fmt: skip
    if dry_run:
        return one, clients
    one = replace(one, id=new_id())
    noted = await record(tx, actor, one, "planned")
    if not await store.add_handover(tx, one, clients, noted):
        raise HandoverUnderWay
    await _go_on(tx, one)
    return one, clients


async def redirect(
    tx: Tx, actor: Actor, one: Handover, successor_id: UUID, client_ids: Collection[UUID] | None
) -> None:
    """Give clients of a plan (None: all) another successor; they are told anew. See `store.redirect` for who is not.

    Raises `NoSuchSuccessor`, and `NothingToHandOver` where nobody's successor changes.
    """
    assert one.id is not None
    living = await store.living_of_staff(tx, one.staff_id)
    if not living:
        raise NothingToHandOver
    wanted = [each for each in living if client_ids is None or each.client_id in client_ids]
    if not wanted:
        raise NotFound
    open_to = await succeeding.able(tx, wanted, successor_id)
    if not await store.redirect(tx, one.id, successor_id, open_to):
        raise NothingToHandOver
    await record(tx, actor, replace(one, successor_id=successor_id), "changed")
    await _go_on(tx, one)


async def take_back(tx: Tx, actor: Actor, one: Handover) -> Handover:
    """Undo a plan before it takes effect: nobody is moved, and whoever was told is told again."""
    assert one.id is not None
    await store.set_stage(tx, one.id, Stage.CANCELLED)
    await record(tx, actor, one, "cancelled")
    await jobs.cancel(tx, key(one))
    return replace(one, stage=Stage.CANCELLED)


async def answer(
    tx: Tx, actor: Actor, one: Handover, line: HandoverClient, said: Wish, choice: UUID | None
) -> None:
    """Keep what the client says to it, on record. Raises `NoSuchSuccessor`."""
    assert one.id is not None
    if choice is not None:
        present = await store.by_id(tx, line.connection_id)
        assert present is not None
        await succeeding.able(tx, [present], choice)
    me = actor.person_id
    body = {"client": str(me), "wish": said.value, "choice": str(choice or "")}
    clear = {"client": str(me)}
    await archive.append_one(tx, Fact("handover.wish", one.id, me, one.environment, body, clear))
    await store.wish(tx, one.id, me, said, choice, clock.now())
    tx.hint(f"person.{me}", frame="changed", what="connections")


async def advance(tx: Tx, handover_id: UUID) -> None:
    """The next slice of a hand-over: first everybody is told, then, when the time has come, everybody is moved."""
    one = await store.handover(tx, handover_id)
    if one is None or one.stage in (Stage.DONE, Stage.CANCELLED):
        return
    told = await store.unannounced(tx, handover_id, clock.now(), SLICE)
    if told:
        await _announce(tx, one, told)
        await _go_on(tx, one)
        return
    if clock.now() < one.effective_at:
        await jobs.schedule(
            tx, ADVANCE, {"handover": str(handover_id)}, one.effective_at, key=key(one)
        )
        return
    if one.stage is Stage.PLANNED:
        await store.set_stage(tx, handover_id, Stage.RUNNING)
    lines = await store.unmoved(tx, handover_id, SLICE)
    if lines:
        await _move(tx, one, lines)
        await _go_on(tx, one)
        return
    await store.set_stage(tx, handover_id, Stage.DONE)
    await record(tx, system(one.environment), one, "done")


async def _own_of(tx: Tx, wanted: Proposal) -> list[Connection]:
    living = await store.living_of_staff(tx, wanted.staff_id)
    chosen = None if wanted.client_ids is None else set(wanted.client_ids)
    mine = [one for one in living if one.tie is Tie.OWN]
    if chosen is not None:
        mine = [one for one in mine if one.client_id in chosen]
        if len(mine) < len(chosen):
            raise NotFound
    if not mine:
        raise NothingToHandOver
    return mine


async def _allot(tx: Tx, wanted: Proposal, mine: dict[UUID, Connection]) -> list[HandoverClient]:
    heirs = await succeeding.by_rule(tx, list(mine.values()))
    if wanted.successor_id is not None:
        able = await succeeding.able(tx, list(mine.values()), wanted.successor_id)
        heirs |= dict.fromkeys(able, wanted.successor_id)
    await check_chosen(tx, mine, wanted.chosen)
    heirs |= wanted.chosen
    since = clock.now() - timedelta(days=terms().handover_period_days)
    moves = await store.moves(tx, list(mine), since)
    return rules.allot(mine, heirs, moves, terms().handover_cap)


async def check_chosen(
    tx: Tx, mine: Mapping[UUID, Connection], chosen: Mapping[UUID, UUID]
) -> None:
    """Raise `NotFound` for a client who is not his, `NoSuchSuccessor` for somebody who cannot take over."""
    if chosen.keys() - mine.keys():
        raise NotFound
    for heir in set(chosen.values()):
        going = [mine[client] for client, whom in chosen.items() if whom == heir]
        await succeeding.able(tx, going, heir, every=True)


async def _announce(tx: Tx, one: Handover, told: Sequence[HandoverClient]) -> None:
    at = clock.to_ms(one.effective_at)
    events = [
        HandoverAnnounced(each.connection_id, each.client_id, one.staff_id, each.successor_id, at)
        for each in told
        if each.successor_id is not None
    ]
    await outbox.publish(tx, *events)
    for each in told:
        tx.hint(f"person.{each.client_id}", frame="changed", what="connections")


async def _move(tx: Tx, one: Handover, lines: Sequence[HandoverClient]) -> None:
    assert one.id is not None
    endings: dict[UUID, Ending] = {}
    moving: list[Connection] = []
    for line in lines:
        present = await store.by_id(tx, line.connection_id, lock=True)
        assert present is not None
        if present.state is State.DISSOLVED or present.tie is not Tie.OWN:
            endings[line.client_id] = Ending.GONE
        elif line.wish is Wish.REFUSED:
            endings[line.client_id] = Ending.KEPT
        else:
            endings[line.client_id] = Ending.MOVED
            moving.append(present)
    chosen = await succeeding.heirs(tx, moving) if moving else {}
    await lifecycle.part(tx, system(one.environment), moving, one.reason, chosen)
    await store.end_clients(tx, one.id, endings, clock.now())


async def _go_on(tx: Tx, one: Handover) -> None:
    await jobs.schedule(tx, ADVANCE, {"handover": str(one.id)}, clock.now(), key=key(one))


def key(one: Handover) -> str:
    """Under which key its next step is scheduled."""
    return f"{ADVANCE}:{one.id}"


async def record(tx: Tx, actor: Actor, one: Handover, step: str) -> UUID:
    """Put a step of a hand-over on record: planned, changed, cancelled, done."""
    assert one.id is not None
    body = {
        "actor": str(actor.person_id), "staff": str(one.staff_id), "reason": one.reason.value,
        "effective_ms": clock.to_ms(one.effective_at), "clients": one.clients,
        "successor": str(one.successor_id or ""),
    }  # fmt: skip
    fact = Fact(f"handover.{step}", one.id, one.staff_id, one.environment, body, {"step": step})
    return await archive.append_one(tx, fact)


def shares(clients: Collection[HandoverClient]) -> dict[UUID, int]:
    """How many clients each successor would get."""
    counts: dict[UUID, int] = {}
    for one in clients:
        if one.successor_id is not None:
            counts[one.successor_id] = counts.get(one.successor_id, 0) + 1
    return counts

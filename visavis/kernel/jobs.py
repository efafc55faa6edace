"""Jobs and timers are rows: they survive a crash, run once, and end in a visible dead-letter list.

A job is deleted in the transaction of its own work, so its effect on the database happens exactly once.

What is marked `patient` goes by a lane of its own, which gives way to messages under load; nothing else waits for it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec
import structlog

from visavis.kernel import clock, giving_way
from visavis.kernel.db import Database, Row, Tx
from visavis.kernel.events import Delivery
from visavis.kernel.ids import new_id
from visavis.kernel.outbox import Reactions, reaction_name

log = structlog.get_logger(__name__)

Payload = Mapping[str, Any]
Work = Callable[[Tx, Payload], Awaitable[None]]

LEASE_S = 60
BATCH, FEW = 50, 2
MAX_ATTEMPTS = 8
POLL_S = 0.5

CLAIM = """
UPDATE job SET attempts = attempts + 1, due_at = $1::timestamptz + make_interval(secs => $3)
WHERE id IN (SELECT id FROM job WHERE state = 'due' AND due_at <= $1 AND (name = ANY($4::text[])) = $5
             ORDER BY due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING id, name, event_type, event_id, payload, attempts, key
"""


F = TypeVar("F", bound=Callable[..., Any])


def patient(work: F) -> F:
    """Mark a reaction or a work: it may wait for seconds, and longer while messages come without a pause."""
    work.patient = True  # type: ignore[attr-defined]
    return work


@dataclass(frozen=True)
class Recurring:
    """Work that is done again every `every_s` seconds, by one process at a time."""

    name: str
    every_s: float
    work: Work


async def schedule(
    tx: Tx, name: str, payload: Payload, due_at: datetime, *, key: str | None = None
) -> None:
    """Do the job `name` at `due_at`; a job with the same `key` that is still waiting is replaced."""
    await tx.execute(
        "INSERT INTO job (id, name, payload, due_at, key, created_at) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (key) DO UPDATE SET payload = excluded.payload, due_at = excluded.due_at,"
        " state = 'due', attempts = 0",
        new_id(), name, payload, due_at, key, clock.now(),
    )  # fmt: skip
    if due_at <= clock.now():
        tx.hint("jobs")


async def schedule_once(tx: Tx, name: str, jobs: Sequence[tuple[str, datetime, Payload]]) -> None:
    """Do the job `name` once per (key, due at, payload); where a key is waiting already, that job stands."""
    # In the order of keys, so that two transactions that note the same ones wait in one direction only.
    ordered = sorted(jobs, key=lambda one: one[0])
    await tx.execute(
        "INSERT INTO job (id, name, payload, due_at, key, created_at)"
        " SELECT id, $2, payload, due_at, key, $6"
        " FROM unnest($1::uuid[], $3::jsonb[], $4::timestamptz[], $5::text[]) AS one (id, payload, due_at, key)"
        " ON CONFLICT (key) DO NOTHING",
        [new_id() for _ in ordered], name, [one[2] for one in ordered], [one[1] for one in ordered],
        [one[0] for one in ordered], clock.now(),
    )  # fmt: skip


async def cancel(tx: Tx, key: str) -> None:
    """Forget the waiting job with this key, if there is one."""
    await tx.execute("DELETE FROM job WHERE key = $1", key)


async def dead(tx: Tx) -> list[Row]:
    """The jobs that were given up, newest first."""
    return await tx.fetch(
        "SELECT id, name, event_type, attempts, error, due_at FROM job WHERE state = 'dead'"
        " ORDER BY due_at DESC LIMIT 200"
    )


async def revive(tx: Tx) -> int:
    """Have all jobs that were given up done again; returns how many."""
    return await tx.execute(
        "UPDATE job SET state = 'due', attempts = 0, due_at = $1 WHERE state = 'dead'", clock.now()
    )


class Runner:
    """Runs the due jobs of the database in this process."""

    def __init__(
        self,
        database: Database,
        works: Mapping[str, Work],
        reactions: Reactions,
        recurring: Sequence[Recurring] = (),
    ) -> None:
        self._database = database
        self._works = dict(works) | {one.name: one.work for one in recurring}
        self._recurring = {one.name: one for one in recurring}
        self._events = {kind.__name__: kind for kind in reactions}
        self._reactions = {reaction_name(r): r for each in reactions.values() for r in each}
        known: Mapping[str, Callable[..., Any]] = {**self._works, **self._reactions}
        self._patient = [name for name, one in known.items() if getattr(one, "patient", False)]

    async def prepare(self) -> None:
        """Make sure that every recurring job has its row, and is due within its period: a clock may have run ahead."""
        async with self._database.transaction() as tx:
            for one in self._recurring.values():
                await tx.execute(
                    "INSERT INTO job (id, name, payload, due_at, key, created_at)"
                    " VALUES ($1, $2, '{}', $3, $4, $3) ON CONFLICT (key) DO UPDATE"
                    " SET state = 'due', due_at = least(job.due_at, $5)",
                    new_id(), one.name, clock.now(), f"recurring:{one.name}",
                    clock.now() + timedelta(seconds=one.every_s),
                )  # fmt: skip

    async def run(self) -> None:
        """Work until cancelled, woken by hints and by a slow poll."""
        await self.prepare()
        async with asyncio.TaskGroup() as lanes:
            lanes.create_task(self._lane(patient=False))
            lanes.create_task(self._lane(patient=True))

    async def _lane(self, *, patient: bool) -> None:
        wake, slices = asyncio.Event(), giving_way.Work()
        cancel_hint = self._database.live.subscribe("jobs", lambda _: wake.set())
        try:
            while True:
                wake.clear()
                try:
                    done = await self._run_some(patient=patient, most=FEW if patient else BATCH)
                except Exception:
                    log.exception("job claim failed")
                    done = 0
                if patient:
                    await slices.give_way()
                if not done:
                    await clock.woken(wake, POLL_S)
                    slices.resume()
        finally:
            cancel_hint()

    async def run_due(self) -> int:
        """Run what is due now, and return how many jobs that were."""
        done = await self._run_some(patient=False, most=BATCH)
        return done + await self._run_some(patient=True, most=BATCH)

    async def _run_some(self, *, patient: bool, most: int) -> int:
        async with self._database.transaction() as tx:
            rows = await tx.fetch(CLAIM, clock.now(), most, LEASE_S, self._patient, patient)
        for several in self._gathered(sorted(rows, key=lambda row: row["id"])):
            await self._attempt(several)
        return len(rows)

    def _gathered(self, rows: Sequence[Row]) -> list[list[Row]]:
        """The jobs in their order, each alone, but for those that a reaction takes together."""
        found: dict[object, list[Row]] = {}
        for row in rows:
            many = getattr(self._reactions.get(row["name"]), "together", False)
            found.setdefault(row["name"] if many else row["id"], []).append(row)
        return list(found.values())

    async def settle(self, limit: int = 1000) -> None:
        """Run until nothing is due; for tests and tools. Raises when it does not come to rest."""
        for _ in range(limit):
            if not await self.run_due():
                return
        raise RuntimeError("jobs keep making jobs")

    async def _attempt(self, rows: Sequence[Row]) -> None:
        try:
            async with self._database.transaction() as tx:
                await self._perform(tx, rows)
                await self._finish(tx, rows)
        except Exception as error:
            if len(rows) > 1:
                for row in rows:
                    await self._attempt([row])
                return
            row = rows[0]
            log.warning("job failed", job=row["name"], attempts=row["attempts"], exc_info=True)
            await self._fail(row, error)

    async def _perform(self, tx: Tx, rows: Sequence[Row]) -> None:
        name = rows[0]["name"]
        reaction: Any = self._reactions.get(name)
        if reaction is None or not rows[0]["event_type"]:
            await self._works[name](tx, rows[0]["payload"])
            return
        told = [
            Delivery(
                row["event_id"], msgspec.convert(row["payload"], self._events[row["event_type"]])
            )
            for row in rows
        ]
        await reaction(tx, told if getattr(reaction, "together", False) else told[0])

    async def _finish(self, tx: Tx, rows: Sequence[Row]) -> None:
        row = rows[0]
        recurring = self._recurring.get(row["name"])
        if recurring is None:
            # A job that re-armed itself under its own key has attempts = 0 again: keep that row.
            await tx.execute(
                "DELETE FROM job USING unnest($1::uuid[], $2::int[]) AS done (id, attempts)"
                " WHERE job.id = done.id AND job.attempts = done.attempts",
                [one["id"] for one in rows], [one["attempts"] for one in rows],
            )  # fmt: skip
        else:
            due = clock.now() + timedelta(seconds=recurring.every_s)
            await tx.execute(
                "UPDATE job SET due_at = $2, attempts = 0, error = NULL WHERE id = $1",
                row["id"],
                due,
            )

    async def _fail(self, row: Row, error: Exception) -> None:
        recurring = row["name"] in self._recurring
        give_up = row["attempts"] >= MAX_ATTEMPTS and not recurring
        delay = min(2 ** row["attempts"], 300)
        async with self._database.transaction() as tx:
            await tx.execute(
                "UPDATE job SET state = $2, error = $3, due_at = $4 WHERE id = $1",
                row["id"], "dead" if give_up else "due", f"{type(error).__name__}: {error}"[:500],
                clock.now() + timedelta(seconds=delay),
            )  # fmt: skip

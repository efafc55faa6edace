"""Refused authorisations on their way to the record: who, which operation, on which object, why (ASVS 5.0 V16.3.2).

The edge notes each one, whether it came by HTTP or by a socket; what becomes of it is said by the composition root.
Nobody can flood the record: beyond a number per minute, denials of one person or address are counted and kept as one.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import structlog

from visavis.kernel import clock
from visavis.kernel.auth import Actor
from visavis.kernel.batch import TROUBLE
from visavis.kernel.db import Database, Tx
from visavis.kernel.errors import Refusal

log = structlog.get_logger(__name__)

# How many are kept one by one in a minute: of one person or address, and of all.
EACH, TOGETHER = 30, 600
MINUTE_S = 60.0
MOST_OBJECTS = 10


@dataclass(frozen=True)
class Denial:
    """One refused authorisation, or `omitted` more like it; without an actor, `address` says where it came from."""

    actor: Actor | None
    address: str
    operation: str
    objects: Mapping[str, str]
    code: str
    reason: str = ""
    omitted: int = 0

    @property
    def who(self) -> str:
        """Whose denials are counted together."""
        return str(self.actor.person_id) if self.actor else self.address


Keep = Callable[[Tx, Sequence[Denial]], Awaitable[None]]


# Only these can be denials: whoever refuses thousands for other reasons need not look what each has named.
DENIED = frozenset({401, 403, 404})


def is_denial(refusal: Refusal, actor: Actor | None, objects: Mapping[str, str]) -> bool:
    """Whether a refusal is one for want of rights: 401, 403, and 404 for a signed-in caller who has named something."""
    if refusal.recorded:
        return False
    if refusal.status == 404:
        return actor is not None and bool(objects)
    return refusal.status in (401, 403)


def denial(
    refusal: Refusal, actor: Actor | None, address: str, operation: str, objects: Mapping[str, str]
) -> Denial:
    """The denial that a refusal is; its reason is a word of ours, never a text of the caller's."""
    reason = str(refusal.params.get("reason", ""))[:100]
    return Denial(actor, address, operation, objects, refusal.code, reason)


def ids_in(value: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """The ids that stand in a path, a query, a body or a frame, by the names of their places."""
    return dict(list(_ids(value, prefix))[:MOST_OBJECTS])


def _ids(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from _ids(one, f"{place}.{name}"[:100] if place else str(name)[:100])
    elif isinstance(value, list | tuple):
        for number, one in enumerate(value[:MOST_OBJECTS]):
            yield from _ids(one, f"{place}.{number}")
    elif isinstance(value, UUID):
        yield place, str(value)
    elif isinstance(value, str) and len(value) == 36:
        try:
            yield place, str(UUID(value))
        except ValueError:
            return


class Denials:
    """The denials of one process, each kept in a transaction of its own before its answer goes out."""

    def __init__(self, keep: Keep, *, each: int = EACH, together: int = TOGETHER) -> None:
        self._keep = keep
        self.each, self.together = each, together
        self._minute = 0
        self._counts: Counter[str] = Counter()
        self._omitted: dict[str, Denial] = {}

    async def note(self, database: Database, one: Denial) -> None:
        """Keep `one`, or count it where there have been too many; never fails."""
        minute = clock.now_ms() // 60_000
        if minute != self._minute:
            self._minute = minute
            self._counts.clear()
            await self.settle(database)
        if self._counts.total() >= self.together:
            # Whoever sends from many addresses is one flood.
            self._omit("", replace(one, actor=None, address="", objects={}))
            return
        self._counts[one.who] += 1
        if self._counts[one.who] > self.each:
            self._omit(one.who, one)
        else:
            await self._write(database, [one])

    async def settle(self, database: Database) -> None:
        """Keep what was only counted."""
        waiting, self._omitted = list(self._omitted.values()), {}
        if waiting:
            await self._write(database, waiting)

    async def run(self, database: Database) -> None:
        """Until cancelled: what was only counted is kept once a minute."""
        while True:
            await clock.sleep(MINUTE_S)
            await self.settle(database)

    def _omit(self, who: str, one: Denial) -> None:
        before = self._omitted.get(who)
        self._omitted[who] = replace(before or one, omitted=before.omitted + 1 if before else 1)

    async def _write(self, database: Database, several: Sequence[Denial]) -> None:
        for one in several:
            log.info(
                "denied", who=one.who, operation=one.operation, objects=dict(one.objects),
                code=one.code, reason=one.reason, omitted=one.omitted,
            )  # fmt: skip
        try:
            async with database.aside() as tx:
                await self._keep(tx, several)
        except TROUBLE as trouble:
            # The log line stands; who may not must not be served because the store is away.
            log.warning("denial not on record", count=len(several), error=str(trouble))

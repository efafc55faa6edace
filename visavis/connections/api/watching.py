"""The alarm about whoever looks at very many clients: a leaver who gathers data is seen while he does (CONN-03)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.connections.store import looking as store
from visavis.connections.terms import terms
from visavis.connections.types import ManyLooked
from visavis.identity import api as identity
from visavis.kernel import clock, outbox
from visavis.kernel.db import Tx

HOUR = timedelta(hours=1)
# A look that this process has noted so lately is not noted again.
FRESH = timedelta(minutes=10)
MOST = 20_000

_noted: dict[tuple[UUID, UUID], datetime] = {}


async def looked(tx: Tx, pairs: Iterable[tuple[UUID, UUID]]) -> None:
    """Members of staff have read what clients have said or left: (staff, client) each.

    More clients of one reader within an hour than the firm allows are put on record and told, once an hour.
    """
    now = clock.now()
    fresh = [one for one in set(pairs) if now - _noted.get(one, now - HOUR) >= FRESH]
    if not fresh:
        return
    if len(_noted) > MOST:
        _noted.clear()
    await store.looked(tx, fresh, now)
    since = now - HOUR
    limit = terms().looks_per_hour
    for staff_id, clients, latest in await store.many(tx, [one[0] for one in fresh], since, limit):
        await _alarm(tx, staff_id, clients, latest, now)
    _noted.update(dict.fromkeys(fresh, now))


async def _alarm(tx: Tx, staff_id: UUID, clients: int, latest: UUID, now: datetime) -> None:
    one = (await identity.staff(tx, [staff_id]))[staff_id]
    body = {"staff": str(staff_id), "clients": clients}
    record = await archive.append_one(
        tx, Fact("connection.many_looked", staff_id, staff_id, one.environment, body)
    )
    if await store.alarm(tx, staff_id, now, now - HOUR, clients, record):
        await outbox.publish(tx, ManyLooked(staff_id, latest, clients))

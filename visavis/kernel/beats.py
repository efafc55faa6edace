"""Signs of life: who was heard of is told in crowds, so that ten thousand pages cost a transaction now and then."""

import asyncio
from uuid import UUID

import structlog

from visavis.kernel import clock, giving_way
from visavis.kernel.auth import Actor
from visavis.kernel.batch import TROUBLE
from visavis.kernel.commands import People
from visavis.kernel.db import Database

log = structlog.get_logger(__name__)

BEAT_US = 15_000_000
CROWD = 1_000


class Beats:
    """Who was told to be here, and when; whoever is heard of meanwhile goes with the next crowd."""

    def __init__(self, database: Database, people: People) -> None:
        self._database = database
        self._people = people
        self._told: dict[UUID, int] = {}
        self._due: dict[UUID, Actor] = {}
        self._telling: asyncio.Task[None] | None = None

    def told(self, person: UUID) -> None:
        """Somebody else has told that this person is here."""
        self._told[person] = clock.now_us()

    def forget(self, person: UUID) -> None:
        """The person has left."""
        self._told.pop(person, None)
        self._due.pop(person, None)

    def heard(self, actor: Actor) -> None:
        """A page of the actor has been heard of: that is told every 15 s; under overload it is shed."""
        now = clock.now_us()
        if now - self._told.get(actor.person_id, 0) <= BEAT_US:
            return
        if giving_way.sheds(giving_way.SIGNS):
            return
        self._told[actor.person_id] = now
        self._due[actor.person_id] = actor
        if self._telling is None:
            self._telling = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        try:
            while self._due:
                await giving_way.breathe()  # whoever is heard of in the same moment comes along
                crowd = list(self._due.values())[:CROWD]
                for one in crowd:
                    del self._due[one.person_id]
                async with self._database.aside() as tx:
                    await self._people.here(tx, crowd)
        except TROUBLE as trouble:
            log.info("presence not noted", error=str(trouble))
        finally:
            self._telling = None

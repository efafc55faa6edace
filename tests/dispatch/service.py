"""What the tests of dispatch ask for: clients who request, advisors who are here, an engine that is stepped by hand."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from tests.world import BOSS, Client, World
from visavis.connections import api as connections
from visavis.connections.types import Basis
from visavis.conversations import api as conversations
from visavis.conversations.types import Draft, Kind, Outcome, Stream
from visavis.dispatch import api
from visavis.dispatch.engine import Engine
from visavis.dispatch.rules.policy import Terms
from visavis.dispatch.store import requests
from visavis.dispatch.types import Request, Status
from visavis.identity.types import Staff
from visavis.kernel.auth import Actor, system

MARGIN_PAGE = {
    "url": "https://www.example-broker.test/margin/help",
    "title": "融资融券",
    "product": None,
}


@dataclass
class Service:
    """A firm's service: the world and its dispatcher."""

    world: World
    engine: Engine

    async def settle(self) -> None:
        """Let reactions run and the dispatcher come to rest."""
        await self.world.settle()
        await self.engine.settle()
        await self.world.settle()

    async def after(self, seconds: float, *here: Staff | Client) -> None:
        """Let time pass in steps; everybody named stays here all the while."""
        rest = seconds
        while rest > 0:
            step = min(rest, 15.0)
            self.world.clock.move(timedelta(seconds=step))
            rest -= step
            for one in here:
                await self.beat(one)
            await self.settle()

    async def beat(self, one: Staff | Client) -> None:
        person = one.person if isinstance(one, Client) else one
        actor = await self.world.actor(person)
        async with self.world.tx() as tx:
            await api.heartbeat(tx, actor)

    async def browser(self, staff: Staff) -> httpx.AsyncClient:
        """The advisor's browser; signed in again, since a session does not outlast a test's night."""
        return await self.world.sign_in(staff)

    async def here(self, staff: Staff, status: Status = Status.ONLINE, capacity: int = 4) -> Staff:
        """The advisor sets his presence, over HTTP."""
        body = {"status": status.value, "capacity": capacity}
        answer = await (await self.browser(staff)).put("/api/presence", json=body)
        assert answer.status_code == 200, answer.text
        return staff

    async def advisor(self, name: str | None = None, *, capacity: int = 4, **details: Any) -> Staff:
        """A registered advisor who is here."""
        return await self.here(await self.world.advisor(name, **details), capacity=capacity)

    async def client(self, own: Staff | None = None) -> Client:
        """A client who knows the recording notice; `own` is the manager of the firm's book."""
        client = await self.world.client()
        answer = await client.http.post(
            "/api/client/notice", json={"version": self.world.settings.notice_version}
        )
        if answer.status_code == 404:
            actor = await self.world.actor(client.person)
            async with self.world.tx() as tx:
                await conversations.acknowledge_notice(
                    tx, actor, self.world.settings.notice_version
                )
        if own is not None:
            async with self.world.tx() as tx:
                await connections.establish(tx, BOSS, client.id, own.id, Basis.ADMINISTRATION)
                await tx.execute(
                    "UPDATE connection SET tie = 'own' WHERE client_id = $1", client.id
                )
        return client

    async def talk(self, client: Client) -> UUID:
        """The client's open conversation with a person."""
        actor = await self.world.actor(client.person)
        async with self.world.tx() as tx:
            return (await conversations.open_with(tx, actor, "person")).id

    async def ask(self, client: Client, **body: Any) -> dict[str, Any]:
        """The client asks for a person, and the dispatcher has looked."""
        conversation = await self.talk(client)
        answer = await client.http.post(
            "/api/client/requests", json={"conversation": str(conversation), **body}
        )
        assert answer.status_code == 200, answer.text
        await self.settle()
        return dict(answer.json())

    async def state(self, asked: dict[str, Any]) -> Request:
        async with self.world.tx() as tx:
            found = await requests.by_id(tx, UUID(asked["id"]))
        assert found is not None
        return found

    async def offers(self, staff: Staff) -> list[dict[str, Any]]:
        answer = await (await self.browser(staff)).get("/api/offers")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def pool(self, staff: Staff) -> list[dict[str, Any]]:
        answer = await (await self.browser(staff)).get("/api/pool")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    async def accept(self, staff: Staff) -> httpx.Response:
        """Accept the advisor's only offer."""
        (one,) = await self.offers(staff)
        answer = await (await self.browser(staff)).post(f"/api/offers/{one['id']}/accept")
        await self.settle()
        return answer

    async def grab(
        self, staff: Staff, asked: dict[str, Any], key: UUID | None = None
    ) -> httpx.Response:
        return await (await self.browser(staff)).post(
            f"/api/pool/{asked['id']}/grab", json={"client_key": str(key or uuid4())}
        )

    async def say(self, person: Staff | Client, asked: dict[str, Any], text: str = "您好") -> None:
        """A message of either side in the request's conversation."""
        who = person.person if isinstance(person, Client) else person
        actor = await self.world.actor(who)
        draft = Draft(
            actor, UUID(asked["conversation"]), Stream.SHARED, Kind.MESSAGE, {"text": text}, uuid4()
        )
        async with self.world.tx() as tx:
            outcome = (await conversations.post(tx, [draft]))[0]
        assert isinstance(outcome, Outcome), outcome
        await self.settle()

    async def offered_to(self, asked: dict[str, Any]) -> list[UUID]:
        """Everybody who was ever offered the request, in order."""
        async with self.world.tx() as tx:
            rows = await tx.fetch(
                "SELECT advisor_id FROM offer WHERE request_id = $1 ORDER BY id", UUID(asked["id"])
            )
        return [row["advisor_id"] for row in rows]


def firm() -> Actor:
    return system()


def engine(world: World) -> Engine:
    return Engine(world.database, Terms.of(world.settings))

"""A connected pair in an open conversation, for the tests of this folder."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from tests.world import Client, World
from visavis.connections import api as connections
from visavis.connections.types import Basis
from visavis.conversations import api
from visavis.conversations.store.stream import page
from visavis.conversations.types import Conversation, Draft, Entry, Kind, Outcome, Partner, Stream
from visavis.identity.types import Staff
from visavis.kernel.auth import Actor, system
from visavis.kernel.errors import Refusal


@dataclass
class Talk:
    """An open conversation between `client` and `advisor`, with an actor for each."""

    world: World
    client: Client
    advisor: Staff
    her: Actor
    him: Actor
    id: UUID

    def draft(self, actor: Actor, text: str = "您好", **more: Any) -> Draft:
        key = more.pop("key", None) or uuid4()
        stream = more.pop("stream", Stream.SHARED)
        kind = more.pop("kind", Kind.MESSAGE)
        body = more.pop("body", {"text": text})
        return Draft(actor, more.pop("at", self.id), stream, kind, body, key, **more)

    async def post(self, *drafts: Draft) -> list[Outcome | Refusal]:
        async with self.world.tx() as tx:
            return await api.post(tx, drafts)

    async def say(self, actor: Actor, text: str = "您好", **more: Any) -> Entry:
        answer = (await self.post(self.draft(actor, text, **more)))[0]
        assert isinstance(answer, Outcome), answer
        return answer.entry

    async def refused(self, draft: Draft) -> str:
        answer = (await self.post(draft))[0]
        assert isinstance(answer, Refusal), answer
        return answer.code

    async def now(self) -> Conversation:
        async with self.world.tx() as tx:
            return await api.conversation(tx, self.id)

    async def stream(self, stream: Stream = Stream.SHARED) -> list[Entry]:

        async with self.world.tx() as tx:
            return await page(tx, self.id, stream, 0, 1000)


async def begin(
    world: World, advisor: Staff | None = None, *, notice: bool = True, client: Client | None = None
) -> Talk:
    """A fresh client talking with `advisor`."""
    client = client or await world.client()
    advisor = advisor or await world.advisor()
    her, him = await world.actor(client.person), await world.actor(advisor)
    async with world.tx() as tx:
        if notice:
            await api.acknowledge_notice(tx, her, world.settings.notice_version)
        one = await api.open_with(tx, her, Partner.ASSISTANT)
        await connections.establish(tx, him, client.id, advisor.id, Basis.ACCEPTANCE)
        await api.assign(tx, system(), one.id, advisor.id, "accepted")
    return Talk(world, client, advisor, her, him, one.id)

"""Facts: one per event, however often it is delivered, and one per side and day of talk."""

from uuid import uuid4

from tests.dispatch.service import Service, engine
from tests.world import World
from visavis.analytics import api, jobs
from visavis.analytics.types import Kind
from visavis.conversations.types import ConversationRated, MessagePosted
from visavis.dispatch.types import RequestOpened
from visavis.identity.types import Staff
from visavis.kernel.events import Delivery


async def counts(world: World, operator: Staff) -> dict[str, int]:
    actor = await world.actor(operator)
    async with world.tx() as tx:
        return await api.counts(tx, actor)


async def test_the_way_of_a_request_is_counted_step_by_step(world: World) -> None:
    service = Service(world, engine(world))
    operator = await world.operator()
    advisor = await service.advisor()
    client = await service.client()
    asked = await service.ask(client)
    await service.accept(advisor)
    for _ in range(3):
        await service.say(advisor, asked)
        await service.say(client, asked)
    done = await client.http.post(f"/api/conversations/{asked['conversation']}/close", json={})
    assert done.status_code == 200, done.text
    rated = await client.http.post(
        f"/api/client/conversations/{asked['conversation']}/rating", json={"stars": 5}
    )
    assert rated.status_code == 200, rated.text
    await service.settle()

    assert await counts(world, operator) == {
        Kind.OPENED: 1, Kind.ACCEPTED: 1, Kind.ANSWERED: 1, Kind.ESTABLISHED: 1, Kind.STAFF_SPOKE: 1,
        Kind.CLIENT_SPOKE: 1, Kind.RATED: 1,
    }  # fmt: skip


async def test_an_event_delivered_twice_counts_once(world: World) -> None:
    service = Service(world, engine(world))
    operator = await world.operator()
    client = await service.client()
    asked = await service.ask(client)
    request = await service.state(asked)
    before = await counts(world, operator)
    event = RequestOpened(request.id, client.id, request.conversation_id)
    delivery = Delivery(uuid4(), event)
    for _ in range(2):
        async with world.tx() as tx:
            await jobs.on_request(tx, delivery)
    after = await counts(world, operator)
    assert after[Kind.OPENED] == before[Kind.OPENED] + 1

    unknown = Delivery(uuid4(), RequestOpened(uuid4(), client.id, request.conversation_id))
    machine = Delivery(
        uuid4(),
        MessagePosted(request.conversation_id, uuid4(), 1, uuid4(), "assistant", "assistant"),
    )
    nobody = Delivery(
        uuid4(),
        MessagePosted(request.conversation_id, uuid4(), 1, client.id, "client", "assistant"),
    )
    async with world.tx() as tx:
        await jobs.on_request(tx, unknown)
        await jobs.on_message(tx, machine)
        await jobs.on_message(tx, nobody)
        await jobs.on_rated(tx, Delivery(uuid4(), ConversationRated(request.conversation_id, 4)))
    assert await counts(world, operator) == after | {Kind.RATED: 1}


async def test_names_follow_the_readers_language(world: World) -> None:
    service = Service(world, engine(world))
    operator = await world.sign_in(await world.operator())
    advisor = await service.advisor(topics=["fees"])
    await service.ask(await service.client(advisor), topic="fees")

    english = (await operator.get("/api/board?lang=en")).json()["lanes"][0]
    chinese = (await operator.get("/api/board?lang=zh-CN")).json()["lanes"][0]
    assert english["branch"]["name"] == "Branch SH01"
    assert chinese["branch"]["name"] == "上海静安营业部"

"""What follows from below: a closed conversation, a transfer, a leaver, a lapsed licence, a sleeping phone."""

from datetime import timedelta
from uuid import UUID

from tests.dispatch.service import Service
from tests.world import BOSS, World
from visavis.connections import api as connections
from visavis.connections.types import Reason
from visavis.conversations import api as conversations
from visavis.dispatch import api
from visavis.dispatch.types import Presence, State, Status
from visavis.identity.types import Staff
from visavis.kernel.auth import Environment


async def used(world: World, staff: Staff) -> int:
    async with world.tx() as tx:
        return (await api.presences(tx, [staff.id]))[staff.id].used


async def test_closing_the_conversation_frees_a_slot(service: Service) -> None:
    advisor = await service.advisor()
    client = await service.client()
    asked = await service.ask(client)
    await service.accept(advisor)
    await service.say(advisor, asked)
    assert await used(service.world, advisor) == 1

    actor = await service.world.actor(advisor)
    async with service.world.tx() as tx:
        await conversations.close(tx, actor, UUID(asked["conversation"]))
    await service.settle()

    assert (await service.state(asked)).state is State.CLOSED
    assert await used(service.world, advisor) == 0


async def test_what_sleeps_in_a_closed_conversation_never_wakes(service: Service) -> None:
    client = await service.client()
    asked = await service.ask(client)
    path = f"/api/client/requests/{asked['id']}/choice"
    await client.http.post(path, json={"choice": "message"})
    actor = await service.world.actor(client.person)
    async with service.world.tx() as tx:
        await conversations.close(tx, actor, UUID(asked["conversation"]))
    helper = await service.advisor()
    await service.settle()

    assert (await service.state(asked)).state is State.CANCELLED
    assert await service.offers(helper) == []


async def test_a_transfer_takes_the_slot_along(service: Service) -> None:
    first, second = await service.advisor(), await service.advisor(languages=["en"])
    asked = await service.ask(await service.client())
    await service.accept(first)
    await service.say(first, asked)

    actor = await service.world.actor(first)
    async with service.world.tx() as tx:
        await conversations.transfer(tx, actor, UUID(asked["conversation"]), second.id, "请协助")
    await service.settle()

    assert (await service.state(asked)).advisor_id == second.id
    assert (await used(service.world, first), await used(service.world, second)) == (0, 1)


async def test_a_dissolved_connection_moves_the_request_on(service: Service) -> None:
    leaver, helper = await service.advisor(), await service.advisor(languages=["en"])
    await service.here(helper, Status.BREAK)
    client = await service.client()
    asked = await service.ask(client)
    await service.accept(leaver)
    await service.say(leaver, asked)
    async with service.world.tx() as tx:
        one = await connections.between(tx, client.id, leaver.id)
        assert one is not None
        await connections.dissolve(tx, BOSS, one.id, Reason.CHANGED_POST)
    helper = await service.advisor()
    await service.settle()

    now = await service.state(asked)
    assert leaver.id in now.excluded
    assert await used(service.world, leaver) == 0
    assert [one["request"] for one in await service.offers(helper)] == [asked["id"]]


async def test_a_revoked_licence_withdraws_the_offer_at_once(service: Service) -> None:
    advisor = await service.advisor()
    asked = await service.ask(await service.client())
    helper = await service.advisor()
    async with service.world.tx() as tx:
        await tx.execute("UPDATE licence SET status = 'revoked' WHERE staff_id = $1", advisor.id)

    await service.settle()

    assert await service.offers(advisor) == []
    assert await service.offered_to(asked) == [advisor.id, helper.id]


async def test_a_silent_conversation_frees_its_slot_after_half_an_hour(service: Service) -> None:
    advisor = await service.advisor()
    client = await service.client()
    asked = await service.ask(client)
    await service.accept(advisor)
    await service.say(advisor, asked)
    await service.after(1700, advisor)
    await service.say(client, asked)
    await service.after(1700, advisor)
    assert await used(service.world, advisor) == 1

    await service.after(120, advisor)

    assert (await service.state(asked)).state is State.CLOSED
    assert await used(service.world, advisor) == 0


async def test_a_sleeping_phone_is_asked_with_a_longer_window(service: Service) -> None:
    sleeper = await service.advisor()
    async with service.world.tx() as tx:
        await api.set_pushable(tx, sleeper.id, True)
    await service.after(600)
    asked = await service.ask(await service.client())

    (offer,) = await service.offers(sleeper)

    assert asked["id"] == offer["request"]
    assert offer["expires_at"] - offer["issued_at"] == 45_000
    assert (await service.accept(sleeper)).status_code == 200


async def test_who_closed_his_page_is_not_asked_after_a_moment(service: Service) -> None:
    gone = await service.advisor()
    actor = await service.world.actor(gone)
    async with service.world.tx() as tx:
        await api.gone(tx, actor)
    service.world.clock.move(timedelta(seconds=11))

    asked = await service.ask(await service.client())

    assert await service.offered_to(asked) == []
    async with service.world.tx() as tx:
        seen = (await api.presences(tx, [gone.id]))[gone.id]
    assert seen == Presence(gone.id, Status.OFF, 4, 0, True)


async def test_who_comes_back_is_asked(service: Service) -> None:
    advisor = await service.advisor()
    service.world.clock.move(timedelta(seconds=60))
    client = await service.client()
    asked = await service.ask(client)
    assert await service.offered_to(asked) == []

    await service.beat(advisor)
    await service.settle()
    assert await service.offered_to(asked) == [advisor.id]

    actor = await service.world.actor(client.person)
    async with service.world.tx() as tx:
        await conversations.close(tx, actor, UUID(asked["conversation"]))
    await service.settle()
    assert await service.offers(advisor) == []


async def test_used_capacity_is_mended_from_the_requests(service: Service) -> None:
    advisor = await service.advisor()
    async with service.world.tx() as tx:
        await tx.execute("UPDATE advisor_load SET used = 3 WHERE advisor_id = $1", advisor.id)
        assert await api.reconcile(tx) == [advisor.id]
        assert await api.reconcile(tx) == []
    assert await used(service.world, advisor) == 0


async def test_ops_02_simulated_people_never_meet_real_ones(service: Service) -> None:
    """OPS-02."""
    simulated = await service.here(await service.world.advisor(environment=Environment.SIMULATED))
    asked = await service.ask(await service.client())
    assert await service.offered_to(asked) == []
    assert await service.pool(simulated) == []
    assert (await service.grab(simulated, asked)).status_code in (404, 409)
    assert (await service.state(asked)).advisor_id is None

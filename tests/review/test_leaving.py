"""What is held of somebody who leaves, rests or parts with the client is never said for him (CONN-02)."""

from tests.conversations.talk import Talk, begin
from tests.review.test_queue import HELD, judged, passed, taken
from tests.world import BOSS, World
from visavis.connections import api as connections
from visavis.connections.types import Reason
from visavis.conversations import api as conversations
from visavis.conversations.types import Keep, Stream
from visavis.identity import api as identity
from visavis.review import api as review


async def holding(world: World, *talks: Talk) -> None:
    """In each of these conversations a message of the advisor is held from now on."""
    for talk in talks:
        await talk.say(talk.him, HELD)
    await world.settle()


async def refused(talk: Talk) -> bool:
    """Whether the platform has refused the held message, and the client has heard nothing of it."""
    last = (await talk.stream(Stream.INTERNAL))[-1]
    return last.body.get("decision") == "refused" and HELD not in str(await talk.stream())


async def test_conn_02_a_leavers_held_message_is_refused_and_can_be_released_by_nobody(
    world: World,
) -> None:
    talk = await begin(world)
    await holding(world, talk)
    browser = await world.sign_in(await world.supervisor())
    held = (await browser.get("/api/supervision/held")).json()["items"][0]["entry"]["id"]
    async with world.tx() as tx:
        await identity.mark_left(tx, BOSS, talk.advisor.id, "resigned")
    # Before anything has followed from it, the release is refused already.
    answer = await browser.post(f"/api/supervision/held/{held}/release", json={"note": ""})
    assert (answer.status_code, answer.json()["error"]) == (409, "author_barred")
    await world.settle()
    assert await refused(talk)
    answer = await browser.post(f"/api/supervision/held/{held}/release", json={"note": ""})
    assert answer.json()["error"] == "already_decided"
    # It is still judged: what he said remains a matter of review.
    assert await taken(browser) is None
    (item,) = await passed(browser)
    assert (item["kind"], item["deadline_at"]) == ("hold", None)
    assert (await browser.get(f"/api/review/items/{item['id']}")).status_code == 200
    assert (await judged(browser, item["id"], "false_positive"))["state"] == "closed"
    assert HELD not in str(await talk.stream())


async def test_conn_02_suspended_and_parted_are_refused_and_whoever_still_may_is_not(
    world: World,
) -> None:
    advisor = await world.advisor()
    kept, parted = await begin(world, advisor), await begin(world, advisor)
    resting = await begin(world)
    await holding(world, kept, parted, resting)
    async with world.tx() as tx:
        (one,) = await connections.of_client(tx, parted.client.id)
        await connections.dissolve(tx, BOSS, one.id, Reason.REASSIGNED)
    boss = await world.sign_in(await world.administrator())
    rests = await boss.post(f"/api/staff/{resting.advisor.id}/suspend", json={"reason": "inquiry"})
    assert rests.status_code == 200, rests.text
    await world.settle()
    assert await refused(parted)
    assert await refused(resting)
    async with world.tx() as tx:
        await review.holding.stop(tx, [(advisor.id, None)])
        talk = await conversations.conversation(tx, kept.id)
        assert not await conversations.barred(tx, talk, talk.client_id)
    assert (await kept.stream(Stream.INTERNAL))[-1].state is Keep.HELD

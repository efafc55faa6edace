"""The ladder, over HTTP: own advisor, offers, pool, night; and what makes a request move on by itself."""

from datetime import timedelta

from tests.dispatch.service import MARGIN_PAGE, Service
from visavis.dispatch.types import State, Status
from visavis.identity.types import LicenceType


async def test_the_own_advisor_is_asked_first_and_alone(service: Service) -> None:
    own = await service.advisor("李雯")
    other = await service.advisor()
    client = await service.client(own)

    asked = await service.ask(client)

    (offer,) = await service.offers(own)
    assert offer["own_client"]
    assert offer["client"]["id"] == str(client.id)
    assert offer["why"][0]["code"] == "own_client"
    assert await service.offers(other) == []
    answer = await service.accept(own)
    assert answer.json()["conversation"] == asked["conversation"]
    assert (await service.state(asked)).state is State.ACCEPTED


async def test_a_full_own_advisor_holds_the_request_for_15_s_at_most(service: Service) -> None:
    own = await service.advisor(capacity=1)
    first, second = await service.client(own), await service.client(own)
    await service.ask(first)
    await service.accept(own)
    other = await service.advisor()

    asked = await service.ask(second)
    assert (await service.state(asked)).state is State.HELD
    assert await service.offers(other) == []
    await service.after(15, own, other, first, second)

    assert (await service.state(asked)).state is State.OFFERED
    assert await service.offered_to(asked) == [other.id]


async def test_without_an_own_advisor_the_best_three_are_asked(service: Service) -> None:
    able = [await service.advisor(topics=["margin"], licences=ADVISING) for _ in range(2)]
    plain = [await service.advisor(topics=["app"], licences=ADVISING) for _ in range(2)]
    unlicensed = await service.advisor(topics=["margin"])
    client = await service.client()

    asked = await service.ask(client, context=MARGIN_PAGE)

    assert (await service.state(asked)).capability == "advise_margin"
    offered = await service.offered_to(asked)
    assert len(offered) == 3
    assert set(offered[:2]) == {one.id for one in able}
    assert offered[2] in {one.id for one in plain}
    assert unlicensed.id not in offered


async def test_who_declines_is_not_asked_again_and_the_next_one_is(service: Service) -> None:
    first = await service.advisor(topics=["fees"])
    client = await service.client()
    asked = await service.ask(client, topic="fees")
    second = await service.advisor()

    (offer,) = await service.offers(first)
    done = await (await service.browser(first)).post(
        f"/api/offers/{offer['id']}/decline", json={"reason": "topic"}
    )
    assert done.status_code == 204, done.text
    await service.settle()

    assert await service.offered_to(asked) == [first.id, second.id]
    assert first.id in (await service.state(asked)).excluded


async def test_an_offer_times_out_and_two_missed_ones_make_a_break(service: Service) -> None:
    lazy = await service.advisor()
    one, two = await service.client(), await service.client()
    first, second = await service.ask(one), await service.ask(two)
    assert len(await service.offers(lazy)) == 2

    await service.after(21, lazy, one, two)

    assert await service.offers(lazy) == []
    presence = (await (await service.browser(lazy)).get("/api/presence")).json()
    assert presence["status"] == "break"
    assert {(await service.state(first)).state, (await service.state(second)).state} == {
        State.POOLED
    }


async def test_what_nobody_takes_goes_to_the_pool_where_one_grab_wins(service: Service) -> None:
    busy = await service.advisor(capacity=1)
    await service.ask(await service.client(busy))
    await service.accept(busy)
    client = await service.client()
    asked = await service.ask(client)
    assert (await service.state(asked)).state is State.POOLED

    late = await service.advisor()
    await service.settle()
    assert [one["request"] for one in await service.pool(late)] == [asked["id"]]
    assert (await service.offers(late))[0]["request"] == asked["id"]
    won = await service.grab(late, asked)
    assert won.status_code == 200, won.text
    await service.settle()
    assert (await service.state(asked)).advisor_id == late.id
    assert await service.pool(busy) == []


async def test_silence_after_accepting_moves_the_request_on(service: Service) -> None:
    silent = await service.advisor()
    client = await service.client()
    asked = await service.ask(client)
    await service.accept(silent)
    helper = await service.advisor()

    await service.after(91, silent, helper, client)

    now = await service.state(asked)
    assert silent.id in now.excluded
    assert [one["request"] for one in await service.offers(helper)] == [asked["id"]]
    assert (await (await service.browser(silent)).get("/api/presence")).json()["used"] == 0


async def test_the_first_word_ends_the_wait(service: Service) -> None:
    advisor = await service.advisor()
    client = await service.client()
    asked = await service.ask(client)
    await service.accept(advisor)
    await service.after(30, advisor, client)

    await service.say(advisor, asked)

    now = await service.state(asked)
    assert now.state is State.ANSWERED
    assert now.answered_at is not None
    assert now.answered_at - now.opened_at == timedelta(seconds=30)
    await service.after(100, advisor, client)
    assert (await service.state(asked)).state is State.ANSWERED


async def test_a_lost_connection_moves_the_request_on(service: Service) -> None:
    gone = await service.advisor()
    client = await service.client()
    asked = await service.ask(client)
    await service.accept(gone)
    helper = await service.advisor()

    await service.after(60, helper, client)

    assert gone.id in (await service.state(asked)).excluded
    assert len(await service.offers(helper)) == 1


async def test_a_break_and_a_full_day_keep_offers_away(service: Service) -> None:
    resting = await service.advisor()
    await service.here(resting, Status.BREAK)
    own_only = await service.advisor()
    await service.here(own_only, Status.BUSY)
    client, own_client = await service.client(), await service.client(own_only)

    asked = await service.ask(client)
    mine = await service.ask(own_client)

    assert await service.offered_to(asked) == []
    assert await service.offered_to(mine) == [own_only.id]


async def test_a_client_who_leaves_gives_up_after_ten_minutes(service: Service) -> None:
    advisor = await service.advisor(capacity=1)
    await service.ask(await service.client(advisor))
    await service.accept(advisor)
    client = await service.client()
    asked = await service.ask(client)

    await service.after(600, advisor)

    assert (await service.state(asked)).state is State.ABANDONED


async def test_branches_are_one_pool(service: Service) -> None:
    far = await service.advisor(branch="CD01")
    own = await service.world.advisor(branch="SH01")
    client = await service.client(own)

    asked = await service.ask(client)

    assert await service.offered_to(asked) == [far.id]


async def test_an_advisor_of_another_language_is_not_asked(service: Service) -> None:
    await service.advisor(languages=["zh-CN"])
    english = await service.advisor(languages=["en"])
    client = await service.client()

    asked = await service.ask(client, language="en")

    assert await service.offered_to(asked) == [english.id]


ADVISING = (LicenceType.ADVISORY, LicenceType.SECURITIES, LicenceType.MARGIN)


async def test_a_request_that_begins_while_a_round_is_under_way_is_decided_once(
    service: Service,
) -> None:
    own = await service.advisor("李雯")
    client = await service.client(own)
    conversation = await service.talk(client)
    asked = await client.http.post("/api/client/requests", json={"conversation": str(conversation)})
    assert asked.status_code == 200, asked.text
    service.world.clock.move(timedelta(milliseconds=-5))

    assert await service.engine.step() == 1
    assert await service.engine.step() == 0

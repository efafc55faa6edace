"""Rare turns of the review's doors: what is not there, not theirs, or no longer so."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.conversations.talk import begin
from tests.review.test_queue import BLOCKED, HELD, alerted, judged, taken
from tests.review.test_queue import terms as terms  # noqa: PLC0414 - a fixture
from tests.review.test_tickets import DISTRESS, waiting
from tests.world import World
from visavis.conversations import api as conversations
from visavis.conversations.types import OwnMessage
from visavis.kernel.auth import Environment, Role
from visavis.kernel.errors import NotFound, Unavailable
from visavis.review import api as review
from visavis.review.api import opening
from visavis.review.store import items as store
from visavis.review.store import tickets as ticket_store
from visavis.review.types import ItemKind


async def test_what_is_not_there_opens_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await begin(world)
    said = await talk.say(talk.her, "您好")
    verdict = {"action": "block", "categories": [], "policies": [], "spans": []}
    async with world.tx() as tx:
        await review.flagged(tx, talk.id, uuid4(), "block")
        await review.flagged(tx, talk.id, said.id, "pass")
        await review.found_in_history(tx, talk.id, said.id, verdict)  # the client's own words
        await review.tickets.from_message(tx, talk.id, said.id)  # no policy named it
        assert await review.reviewers_of(tx, uuid4()) == ([], Environment.REAL)
        assert await review.handlers_of(tx, uuid4()) == ([], Environment.REAL)
        await review.broadcasting.send(tx, uuid4())
    browser = await world.sign_in(await world.supervisor())
    assert (await browser.get("/api/review/items")).json()["items"] == []
    assert await waiting(browser) == []
    for path in ("items", "tickets", "cases"):
        assert (await browser.get(f"/api/review/{path}/{uuid4()}")).status_code == 404
    url = f"/api/broadcasts/{uuid4()}/decision"
    assert (await browser.post(url, json={"approve": True})).status_code == 404

    actor = await world.actor(await world.supervisor())
    with pytest.raises(NotFound):
        async with world.tx() as tx:
            await conversations.scene(tx, actor, talk.id, uuid4(), "review of nothing")

    async def nothing(*_: Any) -> None:
        return None

    # Another process was faster, and is not seen yet: it is tried again.
    await alerted(world)
    blocked = await talk.say(talk.him, BLOCKED)
    async with world.tx() as tx:
        await review.flagged(tx, talk.id, blocked.id, "block")
    monkeypatch.setattr(store, "known", nothing)
    with pytest.raises(Unavailable):
        async with world.tx() as tx:
            await opening.flagged(tx, talk.id, blocked.id, "block")


async def test_a_ticket_is_opened_once_and_by_words_alone(world: World) -> None:
    talk = await begin(world)
    entry = await talk.say(talk.her, DISTRESS)
    for _ in range(2):
        async with world.tx() as tx:
            await review.tickets.from_message(tx, talk.id, entry.id)
    browser = await world.sign_in(await world.supervisor())
    (ticket,) = await waiting(browser)
    desk = await world.sign_in(talk.advisor)
    body = {"client": str(talk.client.id), "words": "x"}
    assert (await desk.get("/api/complaints")).status_code == 403
    for wrong in ({"concerned": [str(uuid4())]}, {"client": str(uuid4())}):
        assert (await desk.post("/api/review/tickets", json=body | wrong)).status_code == 404
    her = await world.actor(talk.client.person)
    with pytest.raises(Exception, match="malformed"):
        async with world.tx() as tx:
            await review.tickets.complain(tx, her, "weather", "x")
    one, two = [await world.sign_in(await world.supervisor()) for _ in range(2)]
    url = f"/api/review/tickets/{ticket['id']}"
    await one.post(f"{url}/take")
    assert (await two.post(f"{url}/notes", json={"words": "x"})).status_code == 409
    await one.post(f"{url}/close", json={"words": "已核实"})
    assert (await one.post(f"{url}/take")).status_code == 409
    closed = (await two.get("/api/review/tickets", params={"state": "closed"})).json()["items"]
    assert [found["id"] for found in closed] == [ticket["id"]]
    async with world.tx() as tx:
        people, _ = await review.handlers_of(tx, UUID(ticket["id"]))
    assert len(people) == 3


async def test_two_processes_open_one_ticket(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = await begin(world)
    entry = await talk.say(talk.her, DISTRESS)
    await world.settle()

    async def unknown(*_: Any) -> bool:
        return False

    monkeypatch.setattr(ticket_store, "known", unknown)
    with pytest.raises(Unavailable):
        async with world.tx() as tx:
            await review.tickets.from_message(tx, talk.id, entry.id)
    await talk.client.http.post("/api/complaints", json={"words": "服务态度不好"})
    browser = await world.sign_in(await world.supervisor())
    found = [one for one in await waiting(browser) if one["source"] == "client"]
    answer = await browser.get(f"/api/review/tickets/{found[0]['id']}")
    assert answer.json()["words"] == "服务态度不好"


async def test_nobody_decides_about_a_message_of_his_own(world: World) -> None:
    both = await world.staff(Role.ADVISOR, Role.SUPERVISOR)
    talk = await begin(world, both)
    held = await talk.say(talk.him, HELD)
    himself = await world.sign_in(both)
    assert (await himself.get("/api/supervision/held")).json()["items"] == []
    url = f"/api/supervision/held/{held.id}/release"
    assert (await himself.post(url, json={})).status_code == 404
    with pytest.raises(OwnMessage):
        async with world.tx() as tx:
            await conversations.decide(tx, talk.him, held.id, True, "")


async def test_whoever_has_judged_leaves_the_item_to_the_next(world: World, terms: Any) -> None:
    await alerted(world, HELD)
    people = [await world.supervisor() for _ in range(2)]
    first, second = [await world.sign_in(one) for one in people]
    (row,) = (await first.get("/api/supervision/held")).json()["items"]
    item = await taken(first, kind="hold")
    assert item is not None
    other = f"/api/supervision/held/{row['entry']['id']}/release"
    busy = await second.post(other, json={})
    assert (busy.status_code, busy.json()["error"]) == (409, "item_claimed")
    await judged(first, item["id"], "escalate", note="请负责人裁定")
    # It is still held; looking at it again takes it out of nobody's hand.
    assert (await first.get(f"/api/review/items/{item['id']}")).json()["claimed_by"] is None
    terms(chiefs=frozenset({"nobody"}))
    refused = await second.post(f"/api/review/items/{item['id']}/verdict", json={"grade": "minor"})
    assert (refused.status_code, refused.json()["error"]) == (403, "reviewer_conflicted")
    made = await first.post("/api/review/cases", json={"title": "x", "items": [item["id"]]})
    url = f"/api/review/cases/{made.json()['id']}"
    await first.post(f"{url}/escalate", json={"words": "x"})
    end = {"outcome": "breach", "words": "x"}
    assert (await second.post(f"{url}/close", json=end)).status_code == 403
    terms()
    assert (await second.get(f"/api/review/items/{item['id']}")).json()["claimed_by"] is not None
    done = await second.post(other, json={"note": "可以发送"})
    assert (done.json()["state"], done.json()["grade"]) == ("closed", "false_positive")


async def test_by_the_free_rule_neighbours_review_each_other(world: World, terms: Any) -> None:
    terms(same_branch="free", contradiction_days=0)
    await alerted(world, HELD)
    near = await world.sign_in(await world.supervisor(branch="SH01"))
    assert len((await near.get("/api/supervision/held")).json()["items"]) == 1
    item = await taken(near)
    assert item is not None
    assert (await judged(near, item["id"], "minor"))["state"] == "closed"
    terms(same_branch="second")
    await alerted(world, HELD)
    assert await taken(near) is None, "who may only begin releases nothing"
    office = await world.sign_in(await world.supervisor())
    (found,) = (await office.get("/api/review/items")).json()["items"]
    answer = await near.get(f"/api/review/items/{found['id']}")
    assert answer.status_code == 403


async def test_a_refusal_for_one_client_holds_up_nobody_else(world: World) -> None:
    advisor = await world.advisor()
    talks = [await begin(world, advisor) for _ in range(3)]
    author = await world.sign_in(advisor)
    body = {"words": "周六系统维护", "clients": [str(talk.client.id) for talk in talks]}
    assert (await talks[0].client.http.post("/api/broadcasts", json=body)).status_code == 403
    made = (await author.post("/api/broadcasts", json=body)).json()
    browser = await world.sign_in(await world.supervisor())
    boss = await world.sign_in(await world.administrator())
    tie = (await author.get(f"/api/clients/{talks[0].client.id}")).json()["connections"][0]["id"]
    await boss.post(f"/api/connections/{tie}/dissolve", json={"reason": "compliance"})
    colleague = await world.advisor()
    async with world.tx() as tx:
        await tx.execute(
            "UPDATE conversation SET handler_id = $2 WHERE id = $1", talks[1].id, colleague.id
        )
    url = f"/api/broadcasts/{made['id']}/decision"
    assert (await browser.post(url, json={"approve": True})).status_code == 200
    await world.settle()
    (mine,) = (await author.get("/api/broadcasts")).json()["items"]
    assert (mine["state"], mine["recipients"], mine["reached"]) == ("sent", 3, 1)
    async with world.tx() as tx:
        await review.broadcasting.send(tx, UUID(made["id"]))  # again: nothing
        rows = await tx.fetch("SELECT refusal FROM broadcast_recipient WHERE refusal IS NOT NULL")
    assert len(rows) == 2


async def test_spans_are_looked_through_by_one_process_each(world: World, terms: Any) -> None:
    terms(sample_rate=1.0, contradiction_days=0)
    async with world.tx() as tx:
        await review.timing.look_through(tx)
    talk = await begin(world)
    await talk.say(talk.him, "600519，我倾向于增持")
    world.clock.move(timedelta(hours=3))
    async with world.tx() as tx:
        await review.timing.look_through(tx)  # twelve spans at once, no more
        await review.timing.look_through(tx)
        await review.timing.look_through(tx)
        rows = await tx.fetch("SELECT begins_at, ends_at FROM sampling_window ORDER BY begins_at")
        assert len(rows) == 36
        await review.timing.sample_span(tx, rows[1]["begins_at"], rows[1]["ends_at"])
        assert await store.known(tx, (await talk.stream())[-1].id, ItemKind.SAMPLE)
    both = await world.staff(Role.ADVISOR, Role.SUPERVISOR)
    await alerted(world, advisor=both)
    world.clock.move(timedelta(days=7))
    async with world.tx() as tx:
        await review.timing.alert_overdue(tx)  # nobody is left to be told


async def test_a_nudge_is_counted_only_with_a_policy_and_an_outcome(world: World) -> None:
    talk = await begin(world)
    with pytest.raises(Exception, match="malformed"):
        async with world.tx() as tx:
            await review.looking.nudged(tx, talk.him, talk.id, "", "nudge", "edited")

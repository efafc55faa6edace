"""The review queue: what gets in, who gets it, and what follows from a verdict (SUP-01, COMM-01)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.conversations.talk import Talk, begin
from tests.world import World
from visavis.archive import api as archive
from visavis.conversations.types import Keep, Stream
from visavis.identity.types import Staff
from visavis.kernel.auth import Role
from visavis.review import api as review
from visavis.review import terms as installed
from visavis.review.types import Terms

# What the house's pack does with them, when staff say them.
BLOCKED = "这款产品保本保收益，稳赚不赔"
HELD = "这只股票下周必涨"
GRAVE = "我有内幕消息，赶紧买入"


@pytest.fixture(autouse=True)
def terms(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets terms of review for one test: `terms(same_branch="free")`."""

    def put(**changed: Any) -> None:
        monkeypatch.setattr(installed, "_terms", Terms(**changed))

    return put


async def alerted(world: World, text: str = BLOCKED, advisor: Staff | None = None) -> Talk:
    talk = await begin(world, advisor)
    await talk.say(talk.him, text)
    await world.settle()
    return talk


async def taken(browser: httpx.AsyncClient, **wanted: str) -> dict[str, Any] | None:
    answer = await browser.post("/api/review/next", json=wanted)
    assert answer.status_code == 200, answer.text
    item: dict[str, Any] | None = answer.json()["item"]
    return item


async def passed(browser: httpx.AsyncClient) -> list[dict[str, Any]]:
    """What was held and refused before anybody judged it."""
    answer = await browser.get("/api/review/items", params={"state": "over"})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def judged(
    browser: httpx.AsyncClient, item: str, grade: str, status: int = 200, **more: Any
) -> dict[str, Any]:
    answer = await browser.post(f"/api/review/items/{item}/verdict", json={"grade": grade, **more})
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_an_alert_is_read_in_context_and_closed_with_one_key(world: World) -> None:
    talk = await begin(world)
    await talk.say(talk.her, "这款产品怎么样")
    await talk.say(talk.him, BLOCKED)
    await talk.say(talk.him, "我们再聊聊")
    await world.settle()
    browser = await world.sign_in(await world.supervisor())
    item = await taken(browser)
    assert item is not None
    assert (item["kind"], item["action"], item["severity"]) == ("alert", "block", 3)
    assert item["message"]["text"] == BLOCKED
    joined, asked = item["before"][-2:]
    assert (joined["kind"], joined["code"]) == ("system", "joined")
    assert joined["params"]["person"] == str(talk.him.person_id)
    assert asked["text"] == "这款产品怎么样"
    assert [one["text"] for one in item["after"]] == ["我们再聊聊"]
    start, end = item["spans"][0]
    assert BLOCKED[start:end]
    assert item["policies"][0]["title"]
    after = await judged(browser, item["id"], "false_positive")
    assert (after["state"], after["grade"]) == ("closed", "false_positive")
    assert await taken(browser) is None
    async with world.tx() as tx:
        chain = await archive.chain(tx, UUID(item["id"]))
        looks = await archive.chain(tx, talk.id)
        learned = await review.dispositions(tx)
    assert [record.kind for record in chain] == ["review.item", "review.verdict"]
    assert looks[-1].kind == "supervised_view"
    assert [(one.text, one.violation, one.source) for one in learned] == [(BLOCKED, False, "alert")]
    assert "promise-return" in learned[0].policies
    closed = await browser.get("/api/review/items", params={"state": "closed"})
    assert [one["id"] for one in closed.json()["items"]] == [item["id"]]
    again = await judged(browser, item["id"], "minor", 409)
    assert again["error"] == "item_already_judged"


async def test_two_reviewers_never_have_the_same_item(world: World) -> None:
    await alerted(world)
    one, two = [await world.sign_in(await world.supervisor()) for _ in range(2)]
    mine = await taken(one)
    assert mine is not None
    assert await taken(two) is None
    assert (await judged(two, mine["id"], "minor", 409))["error"] == "item_claimed"
    # Whoever comes back gets what he has in hand.
    again = await taken(one)
    assert again is not None
    assert again["id"] == mine["id"]
    for _ in range(2):
        answer = await one.post(f"/api/review/items/{mine['id']}/let-go")
        assert answer.status_code == 204
    async with world.tx() as tx:
        said = [record.body or {} for record in await archive.chain(tx, UUID(mine["id"]))]
    assert [body.keys() >= {"let_go_by", "withheld"} for body in said] == [False, True]
    assert (await judged(one, mine["id"], "minor", 409))["error"] == "item_not_claimed"
    assert await taken(two) is not None
    world.clock.move(timedelta(minutes=16))
    assert await taken(one) is not None


async def test_the_riskiest_comes_first(world: World) -> None:
    advisor = await world.advisor()
    for text in (BLOCKED, GRAVE):
        await alerted(world, text, advisor)
    browser = await world.sign_in(await world.supervisor())
    listed = (await browser.get("/api/review/items")).json()["items"]
    assert [one["severity"] for one in listed] == [4, 3]
    assert listed[0]["risk"] > listed[1]["risk"]
    first = await taken(browser)
    assert first is not None
    assert first["message"]["text"] == GRAVE


async def test_a_serious_finding_needs_a_second_person_who_sees_nothing_of_the_first(
    world: World,
) -> None:
    await alerted(world)
    first, second = [await world.sign_in(await world.supervisor()) for _ in range(2)]
    item = await taken(first)
    assert item is not None
    wordless = await judged(first, item["id"], "serious", 422)
    assert wordless["error"] == "words_required"
    after = await judged(first, item["id"], "serious", note="承诺保本")
    assert after["state"] == "second"
    assert await taken(first) is None
    assert (await judged(first, item["id"], "serious", 409, note="再次"))["error"] == (
        "item_already_judged"
    )
    (listed,) = (await second.get("/api/review/items")).json()["items"]
    theirs = await taken(second)
    assert theirs is not None
    assert (listed["grade"], theirs["grade"], theirs["verdicts"]) == (None, None, [])
    assert theirs["claimed_by"]["id"]
    after = await judged(second, item["id"], "serious", note="同意")
    assert (after["state"], after["grade"]) == ("closed", "serious")
    async with world.tx() as tx:
        (learned,) = await review.dispositions(tx)
    assert learned.violation
    shown = (await first.get(f"/api/review/items/{item['id']}")).json()
    assert [one["note"] for one in shown["verdicts"]] == ["承诺保本", "同意"]


async def test_where_two_differ_the_chief_settles_it(world: World, terms: Any) -> None:
    await alerted(world)
    people = [await world.supervisor() for _ in range(3)]
    chief = people[2]
    terms(chiefs=frozenset({chief.employee_no}))
    one, two, three = [await world.sign_in(person) for person in people]
    item = await taken(one)
    assert item is not None
    await judged(one, item["id"], "serious", note="严重")
    await taken(two)
    after = await judged(two, item["id"], "minor", note="轻微")
    assert after["state"] == "chief"
    fourth = await world.sign_in(await world.supervisor())
    assert await taken(fourth) is None
    settled = await taken(three)
    assert settled is not None
    assert [each["grade"] for each in settled["verdicts"]] == ["serious", "minor"]
    refused = await judged(three, item["id"], "escalate", 422, note="上报")
    assert refused["error"] == "malformed"
    after = await judged(three, item["id"], "minor")
    assert (after["state"], after["grade"]) == ("closed", "minor")


async def test_nobody_reviews_himself_or_his_own_branch(world: World, terms: Any) -> None:
    both = await world.staff(Role.ADVISOR, Role.SUPERVISOR)
    await alerted(world, advisor=both)
    himself = await world.sign_in(both)
    neighbour = await world.sign_in(await world.supervisor(branch="SH01"))
    office = await world.sign_in(await world.supervisor())
    item = await taken(office)
    assert item is not None
    await office.post(f"/api/review/items/{item['id']}/let-go")
    for browser, status in ((himself, 404), (neighbour, 403)):
        assert await taken(browser) is None
        assert (await browser.get("/api/review/items")).json()["items"] == []
        assert (await browser.get("/api/review/summary")).json()["waiting"] == 0
        url = f"/api/review/items/{item['id']}"
        assert (await browser.get(url)).status_code == status
        answer = await browser.post(f"{url}/verdict", json={"grade": "minor"})
        assert answer.status_code == status
    # Nor does he find the records about himself.
    async with world.tx() as tx:
        record, _ = await archive.chain(tx, UUID(item["id"]))
    path, why = f"/api/custody/records/{record.record_id}", {"purpose": "例行检查"}
    assert (await office.get(path, params=why)).status_code == 200
    assert (
        await himself.get(path, params=why)
    ).status_code == 403  # it is of a client whom he serves
    # With a second from elsewhere, a neighbour may begin; his acquittal alone closes nothing.
    terms(same_branch="second")
    assert await taken(himself) is None
    assert await taken(neighbour) is not None
    assert (await judged(neighbour, item["id"], "false_positive"))["state"] == "second"
    assert await taken(await world.sign_in(await world.supervisor(branch="SH01"))) is None
    assert await taken(office) is not None
    assert (await judged(office, item["id"], "false_positive"))["state"] == "closed"


async def test_a_held_message_goes_out_by_its_verdict(world: World) -> None:
    talk = await alerted(world, HELD)
    browser = await world.sign_in(await world.supervisor())
    item = await taken(browser, kind="hold")
    assert item is not None
    assert item["deadline_at"] is not None
    grave = await judged(browser, item["id"], "serious", 422, note="不可", release=True)
    assert grave["error"] == "malformed"
    after = await judged(browser, item["id"], "minor", release=True, reply="请补充依据")
    assert (after["state"], after["deadline_at"]) == ("closed", None)
    assert (await talk.stream())[-1].body == {"text": HELD}
    told = (await talk.stream(Stream.INTERNAL))[-1]
    assert told.body == {"decision": "released", "note": "请补充依据"}


async def test_at_its_deadline_a_held_message_is_refused_and_its_author_told(
    world: World, terms: Any
) -> None:
    await world.app.state.runner.prepare()
    talk = await alerted(world, HELD)
    world.clock.move(timedelta(minutes=121))
    await world.settle()
    browser = await world.sign_in(await world.supervisor())
    assert (await browser.get("/api/supervision/held")).json()["items"] == []
    told = (await talk.stream(Stream.INTERNAL))[-1]
    assert told.body["decision"] == "refused"
    # It waits for nobody any more, and is not late; in its own list it can still be graded.
    assert await taken(browser) is None
    assert (await browser.get("/api/review/items")).json()["items"] == []
    (item,) = await passed(browser)
    assert (item["deadline_at"], item["overdue"]) == (None, False)
    summary = (await browser.get("/api/review/summary")).json()
    assert [summary[one] for one in ("waiting", "overdue", "over")] == [0, 0, 1]
    world.clock.move(timedelta(days=3))
    await world.settle()
    browser = await world.sign_in(await world.supervisor())
    assert [one["overdue"] for one in await passed(browser)] == [False]
    assert (await browser.get(f"/api/review/items/{item['id']}")).status_code == 200
    assert (await judged(browser, item["id"], "false_positive"))["state"] == "closed"
    assert await passed(browser) == []
    assert len(await talk.stream()) == 1
    terms(held_at_deadline="wait")
    other = await alerted(world, HELD)
    world.clock.move(timedelta(minutes=121))
    await world.settle()
    browser = await world.sign_in(await world.supervisor())
    assert (await other.stream(Stream.INTERNAL))[-1].state is Keep.HELD
    assert len((await browser.get("/api/supervision/held")).json()["items"]) == 1


async def test_working_hours_alone_count_and_what_is_late_is_told(world: World) -> None:
    await world.app.state.runner.prepare()
    await alerted(world)
    browser = await world.sign_in(await world.supervisor())
    (item,) = (await browser.get("/api/review/items")).json()["items"]
    # Eight working hours from Monday at ten end on Tuesday.
    assert item["due_at"] - item["opened_at"] > timedelta(hours=20).total_seconds() * 1000
    world.clock.move(timedelta(hours=30))
    await world.settle()
    browser = await world.sign_in(await world.supervisor())
    summary = (await browser.get("/api/review/summary")).json()
    assert (summary["waiting"], summary["overdue"]) == (1, 1)
    (item,) = (await browser.get("/api/review/items")).json()["items"]
    assert item["overdue"]


async def test_only_supervisors_review(world: World) -> None:
    talk = await alerted(world)
    staff = (talk.advisor, await world.operator(), await world.administrator())
    others = [talk.client.http, *[await world.sign_in(one) for one in staff]]
    for browser in others:
        for path in ("summary", "items", "tickets", "cases"):
            assert (await browser.get(f"/api/review/{path}")).status_code == 403, path
        assert (await browser.post("/api/review/next", json={})).status_code == 403


async def test_what_a_later_policy_finds_in_the_past_is_an_item_once(world: World) -> None:
    talk = await begin(world)
    entry = await talk.say(talk.him, "您可以参考这份说明")
    verdict = {
        "action": "hold", "categories": ["false_or_coercive"], "spans": [[0, 2]], "score": 400,
        "policies": [{"id": "later", "category": "false_or_coercive"}],
    }  # fmt: skip
    for _ in range(2):
        async with world.tx() as tx:
            await review.found_in_history(tx, talk.id, entry.id, verdict)
    browser = await world.sign_in(await world.supervisor())
    (item,) = (await browser.get("/api/review/items")).json()["items"]
    assert (item["kind"], item["spans"], item["deadline_at"]) == ("rescan", [[0, 2]], None)


async def test_data_03_what_names_a_person_is_masked_until_somebody_says_why_he_looks(
    world: World,
) -> None:
    """DATA-03: masked by default; the whole words need a purpose, and each look is on record."""
    identifier = "11010519491231002X"
    talk = await alerted(world, f"{BLOCKED}，您的证件号是{identifier}")
    browser = await world.sign_in(await world.supervisor())
    item = await taken(browser)
    assert item is not None
    assert identifier not in str(item)
    assert "*002X" in item["message"]["text"]
    url = f"/api/supervision/conversations/{talk.id}/entries"
    assert (await browser.get(url)).json()["error"] == "purpose_required"
    whole = await browser.get(url, params={"purpose": "核查承诺收益线索", "stream": "internal"})
    assert identifier in whole.text
    async with world.tx() as tx:
        looks = await tx.fetch("SELECT purpose, record_id FROM supervised_view ORDER BY id")
    # Taking the alert was a look, too.
    assert len(looks) == 2
    assert looks[1]["purpose"] == "核查承诺收益线索"
    assert all(row["record_id"] for row in looks)

"""The HTTP side: opening, lists, headers, pages, marks, transfer, closing, rating, forwarding, search."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.conversations.talk import begin
from tests.world import World
from visavis.archive import api as archive
from visavis.connections import api as connections
from visavis.connections.types import Reason
from visavis.conversations import api
from visavis.conversations.types import (
    ConversationClosed,
    ConversationOpened,
    ConversationRated,
    ConversationTransferred,
    Kind,
    Stream,
)
from visavis.kernel import outbox
from visavis.kernel.auth import system
from visavis.kernel.errors import Refusal


async def test_a_client_reads_the_notice_and_opens_one_conversation(world: World) -> None:
    client = await world.client()
    wrong = await client.http.post("/api/client/notice", json={"version": "1999"})
    assert wrong.status_code == 422
    version = {"version": world.settings.notice_version}
    first = (await client.http.post("/api/client/notice", json=version)).json()["acknowledged_at"]
    world.clock.move(timedelta(minutes=1))
    again = (await client.http.post("/api/client/notice", json=version)).json()["acknowledged_at"]
    assert first == again
    async with world.tx() as tx:
        records = await archive.chain(tx, client.id)
    assert [record.kind for record in records].count("notice") == 1
    page = {"url": "https://broker.test/margin", "title": "融资融券", "junk": "x", "product": None}
    opened = await client.http.post(
        "/api/client/conversations", json={"with": "assistant", "context": page}
    )
    header = opened.json()
    assert header["context"] == {"url": "https://broker.test/margin", "title": "融资融券"}
    assert header["may"] == {"send": True, "note": False, "transfer": False, "close": True}
    assert header["handler"] is None
    next_one = await client.http.post("/api/client/conversations", json={"with": "person"})
    assert next_one.json()["id"] == header["id"]
    assert next_one.json()["with"] == "person"


async def test_staff_and_visitors_open_no_conversation_with_a_person(world: World) -> None:
    advisor = await world.sign_in(await world.advisor())
    answer = await advisor.post("/api/client/conversations", json={})
    assert answer.status_code == 403
    assert (await advisor.post("/api/client/notice", json={"version": "x"})).status_code == 403
    visitor = await world.visitor()
    assert (
        await visitor.post("/api/client/conversations", json={"with": "person"})
    ).status_code == 403
    assert (
        await visitor.post("/api/client/conversations", json={"with": "assistant"})
    ).status_code == 200


async def test_the_desk_lists_what_is_mine_newest_first(world: World) -> None:
    advisor = await world.advisor()
    talks = []
    for number in range(3):
        talk = await begin(world, advisor)
        world.clock.move(timedelta(minutes=1))
        await talk.say(talk.her, f"问题{number}")
        talks.append(talk)
    browser = await world.sign_in(advisor)
    listed = (await browser.get("/api/conversations", params={"state": "open"})).json()
    assert [row["id"] for row in listed["items"]] == [str(talk.id) for talk in reversed(talks)]
    row = listed["items"][0]
    assert row["last"]["text"] == "问题2"
    assert row["unread"] == 1
    assert row["waiting_since"]
    assert row["presence"] == "off"
    page = (await browser.get("/api/conversations", params={"limit": 2})).json()
    rest = await browser.get("/api/conversations", params={"limit": 2, "after": page["next"]})
    assert [row["id"] for row in rest.json()["items"]] == [str(talks[0].id)]
    named = {"q": (await browser.get("/api/conversations")).json()["items"][0]["client"]["name"]}
    assert len((await browser.get("/api/conversations", params=named)).json()["items"]) == 1
    assert (await browser.get("/api/conversations", params={"after": "x"})).status_code == 422
    hers = (await talks[0].client.http.get("/api/conversations")).json()["items"]
    assert [row["id"] for row in hers] == [str(talks[0].id)]
    operator = await world.sign_in(await world.operator())
    assert (await operator.get("/api/conversations")).json()["items"] == []


async def test_what_was_recalled_is_no_longer_unread(world: World) -> None:
    talk = await begin(world)
    said = [await talk.say(talk.her, text) for text in ("写错了", "第二条")]
    browser = await world.sign_in(talk.advisor)
    assert (await browser.get("/api/conversations")).json()["items"][0]["unread"] == 2
    await talk.say(talk.her, kind=Kind.RECALL, of_id=said[0].id, body={})
    row = (await browser.get("/api/conversations")).json()["items"][0]
    assert (row["unread"], row["last"]["text"]) == (1, "第二条")


async def test_a_page_and_its_marks(world: World) -> None:
    talk = await begin(world)
    await talk.post(*(talk.draft(talk.her, f"第{number}条") for number in range(5)))
    browser = await world.sign_in(talk.advisor)
    path = f"/api/conversations/{talk.id}"
    newest = (await browser.get(f"{path}/entries", params={"before": 2**31 - 1, "limit": 2})).json()
    assert ([entry["no"] for entry in newest["entries"]], newest["last"]) == ([5, 6], 6)
    older = (await browser.get(f"{path}/entries", params={"before": 5, "limit": 2})).json()
    assert [entry["no"] for entry in older["entries"]] == [3, 4]
    after = (await browser.get(f"{path}/entries", params={"after": 5})).json()
    assert [entry["no"] for entry in after["entries"]] == [6]
    for _ in range(2):
        assert (await browser.post(f"{path}/read", json={"no": 99})).status_code == 204
    assert (await browser.get("/api/conversations")).json()["items"][0]["unread"] == 0
    async with world.tx() as tx:
        marks = [record for record in await archive.chain(tx, talk.id) if record.kind == "read"]
    assert [record.clear for record in marks] == [{"read": 6, "person": str(talk.advisor.id)}]
    internal = await talk.client.http.get(f"{path}/entries", params={"stream": "internal"})
    assert internal.status_code == 404
    stranger = await world.sign_in(await world.advisor())
    assert (await stranger.get(f"{path}/entries")).status_code == 404
    await stranger.post(f"{path}/read", json={"no": 1})
    header = (await browser.get(path)).json()
    assert [mark["read"] for mark in header["receipts"]] == [6]


async def test_posting_editing_and_recalling_by_http(world: World) -> None:
    talk = await begin(world)
    path = f"/api/conversations/{talk.id}/entries"
    sent = {"client_key": str(uuid4()), "body": {"text": "我想买基金"}}
    first = (await talk.client.http.post(path, json=sent)).json()
    assert first == (await talk.client.http.post(path, json=sent)).json()
    assert first["t"] == "ack"
    change = {"client_key": str(uuid4()), "body": {"text": "我想了解基金"}}
    where = f"{path}/{first['entry']['id']}"
    edited = (await talk.client.http.post(where, json=change)).json()
    assert edited["entry"]["kind"] == "edit"
    recalled = (await talk.client.http.post(where, json={"client_key": str(uuid4())})).json()
    assert recalled["entry"]["kind"] == "recall"
    browser = await world.sign_in(talk.advisor)
    note = {"client_key": str(uuid4()), "stream": "internal", "body": {"text": "犹豫"}}
    assert (await browser.post(path, json=note)).json()["entry"]["stream"] == "internal"
    blocked = {"client_key": str(uuid4()), "body": {"text": "保证收益，稳赚不赔"}}
    answer = (await browser.post(path, json=blocked)).json()["entry"]
    assert answer["verdict"]["action"] == "block"
    empty = {"client_key": str(uuid4()), "body": {}}
    assert (await browser.post(path, json=empty)).status_code == 422


async def test_handing_over_to_a_colleague(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    talk, colleague = await begin(world), await world.advisor("王敏")
    browser, hers = await world.sign_in(talk.advisor), await world.sign_in(colleague)
    path = f"/api/conversations/{talk.id}"
    for to, note, error in (
        (colleague.id, " ", "malformed"),
        (talk.advisor.id, "请接手", "transfer_impossible"),
        (uuid4(), "请接手", "transfer_impossible"),
        ((await world.operator()).id, "请接手", "transfer_impossible"),
    ):
        answer = await browser.post(f"{path}/transfer", json={"to": str(to), "note": note})
        assert answer.json()["error"] == error
    assert (await hers.get(path)).status_code == 404
    published: list[object] = []
    original = outbox.publish

    async def spy(tx: object, *events: object) -> None:
        published.extend(events)
        await original(tx, *events)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "publish", spy)
    done = await browser.post(f"{path}/transfer", json={"to": str(colleague.id), "note": "请接手"})
    assert done.status_code == 204
    assert ConversationTransferred(talk.id, talk.advisor.id, colleague.id) in published
    assert (await browser.get(path)).status_code == 404
    header = (await hers.get(path)).json()
    assert header["handler"]["name"] == "王敏"
    assert header["may"]["send"]
    inside = await talk.stream(Stream.INTERNAL)
    assert inside[-1].kind is Kind.TRANSFER
    assert inside[-1].body["note"] == "请接手"
    assert (await talk.stream())[-1].body["code"] == "transferred"
    answer = await browser.post(f"{path}/transfer", json={"to": str(colleague.id), "note": "再来"})
    assert answer.json()["error"] == "not_handler"


async def test_closing_and_rating(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = await begin(world)
    path, rating = f"/api/conversations/{talk.id}", f"/api/client/conversations/{talk.id}/rating"
    early = await talk.client.http.post(rating, json={"stars": 5})
    assert early.json()["error"] == "conversation_not_closed"
    stranger = await world.sign_in(await world.advisor())
    assert (await stranger.post(f"{path}/close")).json()["error"] == "not_handler"
    other = await begin(world)
    assert (await other.client.http.post(f"{path}/close")).status_code == 404
    published: list[object] = []
    original = outbox.publish

    async def spy(tx: object, *events: object) -> None:
        published.extend(events)
        await original(tx, *events)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "publish", spy)
    browser = await world.sign_in(talk.advisor)
    for _ in range(2):
        assert (await browser.post(f"{path}/close")).json()["state"] == "closed"
    assert published.count(ConversationClosed(talk.id, talk.advisor.id)) == 1
    header = (await browser.get(path)).json()
    assert (header["may"]["send"], header["reason"]) == (False, "conversation_closed")
    for wrong, told in (
        (
            {"stars": 6},
            {"zh-CN": "星级 须为 1 至 5 的整数。", "en": "the number of stars is a whole number from 1 to 5."},
        ),
        (
            {"stars": 5, "text": "好" * 1001},
            {"zh-CN": "文字 超过 1000 个字符。", "en": "the text has more than 1000 characters."},
        ),
    ):  # fmt: skip
        for language, sentence in told.items():
            refused = await talk.client.http.post(
                rating, json=wrong, headers={"Accept-Language": language}
            )
            assert refused.status_code == 422
            assert refused.json()["detail"].endswith(sentence)
    assert (await other.client.http.post(rating, json={"stars": 1})).status_code == 404
    rated = await talk.client.http.post(rating, json={"stars": 4, "text": "耐心"})
    assert rated.json()["rating"] == 4
    assert ConversationRated(talk.id, 4) in published
    assert (await talk.client.http.post(rating, json={"stars": 1})).json()[
        "error"
    ] == "already_rated"
    fresh = await talk.client.http.post("/api/client/conversations", json={})
    assert fresh.json()["id"] != str(talk.id)
    assert any(isinstance(one, ConversationOpened) for one in published)
    closed = await talk.client.http.get("/api/conversations", params={"state": "closed"})
    assert [row["id"] for row in closed.json()["items"]] == [str(talk.id)]
    async with world.tx() as tx:
        with pytest.raises(Refusal) as refused:
            await api.assign(tx, system(), talk.id, talk.advisor.id, "accepted")
        assert refused.value.code == "conversation_closed"
    transfer = {"to": str((await world.advisor()).id), "note": "请接手"}
    assert (await browser.post(f"{path}/transfer", json=transfer)).json()[
        "error"
    ] == "conversation_closed"


async def test_a_card_is_forwarded_as_it_stands(world: World) -> None:
    advisor = await world.advisor()
    talk, other = await begin(world, advisor), await begin(world, advisor)
    card = {"kind": "page", "url": "https://broker.test/fund/1", "title": "基金页"}
    entry = await talk.say(talk.him, body={"cards": [card]})
    browser = await world.sign_in(advisor)
    path = f"/api/conversations/{other.id}/forward"
    wanted = {"client_key": str(uuid4()), "entry": str(entry.id), "card": {**card, "title": "改了"}}
    sent = (await browser.post(path, json=wanted)).json()
    assert sent["entry"]["body"] == {"cards": [card]}
    foreign = {**wanted, "client_key": str(uuid4()), "card": {**card, "url": "https://evil.test"}}
    assert (await browser.post(path, json=foreign)).status_code == 404
    unseen = await other.client.http.post(path, json={**wanted, "client_key": str(uuid4())})
    assert unseen.status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("平仓", True), ("强制平仓", True), ("担保比例 平仓", True), ("保比", True), ("仓", True),
        ("Maintenance", True), ("mainte", True), ("ratio_130", True), ("基金", False), ("仓平", False),
        ("会平", False), ("", False), ("！！", False), ("'", False), ("a\\", False),
    ],
)  # fmt: skip
async def test_search_finds_chinese_and_english(world: World, query: str, found: bool) -> None:
    talk = await begin(world)
    await talk.say(talk.her, "维持担保比例低于130%会不会被强制平仓？ Maintenance ratio_130")
    hits = (await talk.client.http.get("/api/search", params={"q": query})).json()["items"]
    assert [hit["no"] for hit in hits] == ([2] if found else [])


async def test_search_stays_within_what_one_may_read(world: World) -> None:
    talk, other = await begin(world), await begin(world)
    said = await talk.say(talk.her, "平仓线是多少")
    await talk.say(talk.him, "客户怕平仓", stream=Stream.INTERNAL, kind=Kind.NOTE)
    mine = await world.sign_in(talk.advisor)
    assert len((await mine.get("/api/search", params={"q": "平仓"})).json()["items"]) == 2
    hers = (await talk.client.http.get("/api/search", params={"q": "平仓"})).json()["items"]
    assert [hit["stream"] for hit in hers] == ["shared"]
    operator = await world.sign_in(await world.operator())
    for browser in (other.client.http, await world.sign_in(other.advisor), operator):
        assert (await browser.get("/api/search", params={"q": "平仓"})).json()["items"] == []
    await talk.say(talk.her, "警戒线是多少", kind=Kind.EDIT, of_id=said.id)
    changed = (await talk.client.http.get("/api/search", params={"q": "警戒"})).json()["items"]
    assert changed[0]["text"] == "警戒线是多少"
    assert (await talk.client.http.get("/api/search", params={"q": "平仓"})).json()["items"] == []
    await talk.say(talk.her, kind=Kind.RECALL, of_id=said.id, body={})
    assert (await talk.client.http.get("/api/search", params={"q": "警戒"})).json()["items"] == []
    administrator = await world.actor(await world.administrator())
    async with world.tx() as tx:
        tie = await connections.between(tx, talk.client.id, talk.advisor.id)
        assert tie is not None
        await connections.dissolve(tx, administrator, tie.id, Reason.COMPLAINT)
    assert (await mine.get("/api/search", params={"q": "平仓"})).json()["items"] == []
    assert (await mine.get(f"/api/conversations/{talk.id}")).status_code == 404


async def test_who_may_put_a_handler_in(world: World) -> None:
    talk = await begin(world)
    colleague = await world.advisor()
    him = await world.actor(colleague)
    async with world.tx() as tx:
        for stranger in (talk.her, him):
            with pytest.raises(Refusal) as refused:
                await api.assign(tx, stranger, talk.id, talk.advisor.id, "x")
            assert refused.value.code == "forbidden"
        with pytest.raises(Refusal):
            await api.unassign(tx, him, talk.id, "x")
        with pytest.raises(Refusal):
            await api.assign(tx, system(), talk.id, uuid4(), "x")
    async with world.tx() as tx:
        same = await api.assign(tx, system(), talk.id, talk.advisor.id, "x")
        assert same.shared_no == 1
        other = await api.assign(tx, system(), talk.id, colleague.id, "x")
        assert other.handler_id == colleague.id
        gone = await api.unassign(tx, him, talk.id, "off")
        assert (gone.handler_id, gone.partner.value) == (None, "assistant")
        assert (await api.unassign(tx, him, talk.id, "off")).shared_no == gone.shared_no
        assert await api.handled_by(tx, colleague.id) == []
        with pytest.raises(Refusal):
            await api.conversation(tx, uuid4())
        assert len(await api.transcript(tx, talk.id, 2)) == 2

"""Supervisors: search and read with a purpose, release and refuse; nobody else, and never unrecorded."""

from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from tests.conversations.talk import Talk, begin
from tests.world import World
from visavis.archive import api as archive
from visavis.conversations.api import supervising
from visavis.conversations.types import AlreadyDecided, Entry, Keep, Kind, Stream


async def held_entry(talk: Talk, text: str) -> Entry:
    entry = await talk.say(talk.him, text)
    assert entry.state is Keep.HELD
    return entry


async def views(world: World) -> list[tuple[object, str, str]]:
    """The looks in order; what was looked for, which may be a client's words, is in the record alone."""
    async with world.tx() as tx:
        rows = await tx.fetch("SELECT * FROM supervised_view ORDER BY at, id")
        bodies = [(await archive.open_record(tx, row["record_id"])).body or {} for row in rows]
    assert {row["query"] for row in rows} <= {""}
    return [
        (row["conversation_id"], body["query"], row["purpose"])
        for row, body in zip(rows, bodies, strict=True)
    ]


async def test_a_released_message_gets_its_shared_number_now(world: World, holding: str) -> None:
    talk = await begin(world)
    entry = await held_entry(talk, holding)
    await talk.say(talk.her, "在吗")
    browser = await world.sign_in(await world.supervisor())
    waiting = (await browser.get("/api/supervision/held")).json()["items"]
    assert [one["entry"]["id"] for one in waiting] == [str(entry.id)]
    assert waiting[0]["entry"]["verdict"]["policies"][0]["title"]
    answer = await browser.post(
        f"/api/supervision/held/{entry.id}/release", json={"note": "可以发送"}
    )
    assert answer.status_code == 200
    shared = (await talk.stream())[-1]
    assert (shared.id, shared.no, shared.state, shared.body) == (entry.id, 3, Keep.KEPT, entry.body)
    inside = await talk.stream(Stream.INTERNAL)
    assert [one.kind for one in inside] == [Kind.MESSAGE, Kind.VERDICT]
    assert inside[1].body == {"decision": "released", "note": "可以发送"}
    assert (await talk.now()).last_text == holding
    again = await browser.post(f"/api/supervision/held/{entry.id}/refuse", json={})
    assert (again.status_code, again.json()["error"]) == (409, "already_decided")
    assert (await browser.get("/api/supervision/held")).json()["items"] == []
    async with world.tx() as tx:
        kinds = [record.kind for record in await archive.chain(tx, talk.id)]
    assert kinds[-2:] == ["verdict", "release"]


async def test_a_refused_message_never_reaches_the_client(world: World, holding: str) -> None:
    talk = await begin(world)
    entry = await held_entry(talk, holding)
    browser = await world.sign_in(await world.supervisor())
    answer = await browser.post(f"/api/supervision/held/{entry.id}/refuse", json={"note": "不可"})
    assert answer.status_code == 200
    assert len(await talk.stream()) == 1
    unknown = await browser.post(f"/api/supervision/held/{uuid4()}/release", json={})
    assert unknown.status_code == 404


async def test_a_held_edit_replaces_the_message_only_when_released(
    world: World, holding: str
) -> None:
    talk = await begin(world)
    said = await talk.say(talk.him, "您好客户")
    edit = await talk.say(talk.him, holding, kind=Kind.EDIT, of_id=said.id)
    assert edit.state is Keep.HELD
    mine = await world.sign_in(talk.advisor)
    assert (await mine.get("/api/search", params={"q": "您好客户"})).json()["items"]
    browser = await world.sign_in(await world.supervisor())
    await browser.post(f"/api/supervision/held/{edit.id}/release", json={})
    shared = (await talk.stream())[-1]
    assert (shared.kind, shared.of_id) == (Kind.EDIT, said.id)
    hits = (await mine.get("/api/search", params={"q": "微信"})).json()["items"]
    assert str(said.id) in {hit["entry"] for hit in hits}


async def test_every_look_needs_a_purpose_and_is_a_record(world: World) -> None:
    talk = await begin(world)
    await talk.say(talk.her, "我想投诉佣金太高")
    browser = await world.sign_in(await world.supervisor())
    refused = await browser.get("/api/supervision/conversations", params={"q": "佣金"})
    assert (refused.status_code, refused.json()["error"]) == (422, "purpose_required")
    asked = {"q": "佣金", "purpose": "核查投诉 2026-11"}
    found = (await browser.get("/api/supervision/conversations", params=asked)).json()["items"]
    assert [one["id"] for one in found] == [str(talk.id)]
    assert found[0]["hit"]["text"] == "我想投诉佣金太高"
    purpose = {"purpose": "核查投诉 2026-11"}
    path = f"/api/supervision/conversations/{talk.id}/entries"
    page = (await browser.get(path, params=purpose)).json()
    assert [entry["no"] for entry in page["entries"]] == [1, 2]
    assert page["last"] == 2
    assert await views(world) == [
        (None, "佣金", "核查投诉 2026-11"),
        (talk.id, "", "核查投诉 2026-11"),
    ]
    async with world.tx() as tx:
        look = (await archive.chain(tx, talk.id))[-1]
    assert look.kind == "supervised_view"
    assert look.body is not None
    assert look.body["purpose"] == "核查投诉 2026-11"
    newest = await browser.get("/api/supervision/conversations", params=purpose)
    assert len(newest.json()["items"]) == 1
    missing = await browser.get(f"/api/supervision/conversations/{uuid4()}/entries", params=purpose)
    assert missing.status_code == 404


async def test_nobody_else_looks(world: World) -> None:
    talk = await begin(world)
    purpose = {"purpose": "好奇而已"}
    others: list[httpx.AsyncClient] = [
        talk.client.http,
        await world.sign_in(talk.advisor),
        await world.sign_in(await world.operator()),
        await world.sign_in(await world.administrator()),
        await world.sign_in(await world.editor()),
    ]
    for browser in others:
        for path in ("conversations", f"conversations/{talk.id}/entries", "held"):
            answer = await browser.get(f"/api/supervision/{path}", params=purpose)
            assert answer.status_code == 403, path
        answer = await browser.post(f"/api/supervision/held/{uuid4()}/release", json={})
        assert answer.status_code == 403
    assert await views(world) == []


async def test_the_list_goes_on_where_it_stopped(world: World) -> None:
    advisor = await world.advisor()
    talks = [await begin(world, advisor) for _ in range(3)]
    for talk in talks:
        world.clock.move(timedelta(seconds=1))
        await talk.say(talk.her, "您好")
    browser = await world.sign_in(await world.supervisor())
    asked = {"purpose": "例行抽查", "limit": 2}
    first = (await browser.get("/api/supervision/conversations", params=asked)).json()
    rest = await browser.get(
        "/api/supervision/conversations", params={**asked, "after": first["next"]}
    )
    ids = [one["id"] for one in first["items"] + rest.json()["items"]]
    assert ids == [str(talk.id) for talk in reversed(talks)]
    assert rest.json()["next"] is None
    broken = await browser.get("/api/supervision/conversations", params={**asked, "after": "!"})
    assert broken.status_code == 422


TIP = "现价赶紧满仓买入600519"


async def test_a_tip_weighs_more_from_somebody_without_the_registration(world: World) -> None:
    advised = await begin(world)
    assert (await advised.say(advised.him, TIP)).state is Keep.KEPT
    served = await begin(world, await world.manager())
    entry = await served.say(served.him, TIP)
    assert entry.state is Keep.HELD
    browser = await world.sign_in(served.advisor)
    drafted = (await browser.post("/api/judge", json={"text": TIP})).json()
    assert drafted["action"] == "hold"
    browser = await world.sign_in(advised.advisor)
    assert (await browser.post("/api/judge", json={"text": TIP})).json()["action"] == "nudge"


async def test_a_word_split_over_messages_is_found(world: World) -> None:
    talk = await begin(world)
    assert (await talk.say(talk.him, "加我微")).state is Keep.KEPT
    assert (await talk.say(talk.him, "信聊")).state is Keep.BLOCKED
    await world.clock.advance(180)
    assert (await talk.say(talk.him, "加我微")).state is Keep.KEPT
    await world.clock.advance(180)
    assert (await talk.say(talk.him, "信聊")).state is Keep.KEPT


async def test_of_two_supervisors_who_decide_at_once_the_first_has_decided(
    world: World, holding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await begin(world)
    entry = await held_entry(talk, holding)
    one, other = [await world.actor(await world.supervisor()) for _ in range(2)]
    async with world.tx() as tx:
        before = await supervising.waiting(tx, other, entry.id)
        await supervising.decide(tx, one, entry.id, False, "")

    async def seen_before(*_: object) -> Entry:
        return before

    monkeypatch.setattr(supervising, "waiting", seen_before)
    with pytest.raises(AlreadyDecided):
        async with world.tx() as tx:
            await supervising.decide(tx, other, entry.id, True, "")
    assert len(await talk.stream()) == 1

"""Protected tickets (COMM-08): whoever is concerned finds nothing, by no road."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.conversations.talk import Talk, begin
from tests.world import World
from visavis.archive import api as archive
from visavis.custody import api as custody
from visavis.custody.types import ExportFormat
from visavis.identity.types import Staff
from visavis.kernel.auth import Role

DISTRESS = "你们的客户经理让我把钱转到他的私人账户，我觉得被骗了"


async def distressed(world: World) -> tuple[Talk, Staff]:
    """A client reports his advisor, who is a supervisor too."""
    both = await world.staff(Role.ADVISOR, Role.SUPERVISOR)
    talk = await begin(world, both)
    await talk.say(talk.her, DISTRESS)
    await world.settle()
    return talk, both


async def waiting(browser: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await browser.get("/api/review/tickets")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_a_report_in_a_message_is_handled_by_somebody_else(world: World) -> None:
    _, both = await distressed(world)
    browser = await world.sign_in(await world.supervisor())
    (ticket,) = await waiting(browser)
    assert ticket["source"] == "message"
    assert [one["id"] for one in ticket["concerned"]] == [str(both.id)]
    url = f"/api/review/tickets/{ticket['id']}"
    found = (await browser.get(url)).json()
    assert found["words"] == DISTRESS
    early = await browser.post(f"{url}/close", json={"words": "已处理"})
    assert (early.status_code, early.json()["error"]) == (409, "ticket_taken")
    assert (await browser.post(f"{url}/take")).json()["state"] == "taken"
    other = await world.sign_in(await world.supervisor())
    assert (await other.post(f"{url}/take")).status_code == 409
    assert (await browser.post(f"{url}/notes", json={"words": "已联系客户"})).status_code == 204
    assert (await browser.post(f"{url}/notes", json={"words": " "})).status_code == 422
    closed = (await browser.post(f"{url}/close", json={"words": "已核实"})).json()
    assert (closed["state"], closed["answer"]) == ("closed", "已核实")
    assert await waiting(browser) == []
    steps = (await browser.get(url)).json()["steps"]
    assert [one["what"] for one in steps] == ["opened", "taken", "note", "closed"]
    async with world.tx() as tx:
        chain = await archive.chain(tx, UUID(ticket["id"]))
    assert [one.kind for one in chain] == ["ticket"] * 4


@pytest.mark.parametrize(
    ("words", "category"),
    [
        (DISTRESS, "fraud"),
        ("我亏得倾家荡产，不想活了", "distress"),
        ("我要投诉你们，没有告诉我风险", "complaint"),
        ("我的交易密码是123456", "credentials"),
        ("我要投诉，我被骗了，不想活了", "distress"),
    ],
)
async def test_a_ticket_says_what_a_message_is_the_gravest_first(
    world: World, words: str, category: str
) -> None:
    talk = await begin(world)
    await talk.say(talk.her, words)
    await world.settle()
    (ticket,) = await waiting(await world.sign_in(await world.supervisor()))
    assert ticket["category"] == category


async def test_whom_a_ticket_concerns_finds_it_by_no_road(world: World) -> None:
    talk, both = await distressed(world)
    office = await world.sign_in(await world.supervisor())
    (ticket,) = await waiting(office)
    await office.get(f"/api/review/tickets/{ticket['id']}")
    async with world.tx() as tx:
        records = [one.record_id for one in await archive.chain(tx, UUID(ticket["id"]))]
        records.append((await archive.chain(tx, talk.id))[-1].record_id)
    himself = await world.sign_in(both)
    # Lists and counts.
    assert await waiting(himself) == []
    summary = (await himself.get("/api/review/summary")).json()
    assert (summary["tickets"], summary["tickets_overdue"]) == (0, 0)
    assert (await office.get("/api/review/summary")).json()["tickets"] == 1
    # The ticket itself, and every act upon it.
    url = f"/api/review/tickets/{ticket['id']}"
    assert (await himself.get(url)).status_code == 404
    for act in ("take", "notes", "close"):
        answer = await himself.post(f"{url}/{act}", json={"words": "x"})
        assert answer.status_code == 404, act
    # The record: search, single records, proofs, the dossier, exports.
    why = {"purpose": "例行检查"}
    for record in records:
        for path in ("", "/proof"):
            answer = await himself.get(f"/api/custody/records/{record}{path}", params=why)
            assert (answer.status_code, answer.json()["error"]) == (403, "serves_client")
        assert (await office.get(f"/api/custody/records/{record}", params=why)).status_code == 200
    await _filed(world)
    for kind in ("ticket", "supervised_view"):
        asked = {**why, "kind": kind}
        mine = (await himself.get("/api/custody/records", params=asked)).json()["items"]
        assert not {str(one) for one in records} & {one["record"] for one in mine}
        theirs = (await office.get("/api/custody/records", params=asked)).json()["items"]
        assert {str(one) for one in records} & {one["record"] for one in theirs}
    assert ticket["id"] not in await _exported(world, both)
    # His own desk: the message is there, and no word of a verdict upon it.
    url = f"/api/conversations/{talk.id}/entries"
    for stream in ("shared", "internal"):
        page = (await himself.get(url, params={"stream": stream})).text
        assert "distress" not in page
        assert "ticket" not in page
    # The supervisor's own view of it: others read what was found, he reads his client's words alone.
    url = f"/api/supervision/conversations/{talk.id}/entries"
    theirs = (await office.get(url, params=why)).json()["entries"]
    mine = (await himself.get(url, params=why)).json()["entries"]
    assert [one["body"] for one in mine] == [one["body"] for one in theirs]
    assert [bool(one.get("verdict")) for one in theirs if one["body"].get("text") == DISTRESS] == [
        True
    ]
    assert not any(one.get("verdict") for one in mine)
    for path in ("/api/notices", "/api/search?q=" + "被骗", "/api/review/items"):
        assert ticket["id"] not in (await himself.get(path)).text
    # Nothing was sent to any page of his: what is hinted names a ticket to nobody.
    async with world.tx() as tx:
        jobs = await tx.fetchval("SELECT count(*) FROM notice WHERE person_id = $1", both.id)
    assert jobs == 0


async def _filed(world: World) -> None:
    from visavis.custody.api import filing  # noqa: PLC0415

    async with world.tx() as tx:
        while await filing.file_records(tx):
            pass


async def _exported(world: World, person: Staff) -> str:
    actor = await world.actor(person)
    async with world.tx() as tx:
        await custody.ask_for_export(tx, actor, ExportFormat.JSONL, None, 0, 2**60, "例行检查")
    async with world.tx() as tx:
        one = await custody.next_export(tx)
    assert one is not None
    await custody.carry_out(world.database, one)
    from zipfile import ZipFile  # noqa: PLC0415

    from visavis.custody.api.exporting import path_of  # noqa: PLC0415

    with ZipFile(path_of(one.id)) as found:
        return "\n".join(found.read(name).decode("utf-8", "replace") for name in found.namelist())


async def test_sup_04_a_client_brings_a_complaint_and_reads_the_answer(world: World) -> None:
    """SUP-04: taken in at any hour, answered, closed."""
    talk = await begin(world)
    http = talk.client.http
    empty = await http.post("/api/complaints", json={"words": "  "})
    assert (empty.status_code, empty.json()["error"]) == (422, "words_required")
    brought = await http.post("/api/complaints", json={"words": "服务态度不好"})
    assert brought.status_code == 201
    advisor = await world.sign_in(talk.advisor)
    assert (await advisor.post("/api/complaints", json={"words": "x"})).status_code == 403
    assert (await advisor.get("/api/review/tickets")).status_code == 403
    browser = await world.sign_in(await world.supervisor())
    (ticket,) = await waiting(browser)
    assert (ticket["source"], ticket["category"]) == ("client", "complaint")
    assert [one["id"] for one in ticket["concerned"]] == [str(talk.advisor.id)]
    url = f"/api/review/tickets/{ticket['id']}"
    await browser.post(f"{url}/take")
    await browser.post(f"{url}/close", json={"words": "已更换服务人员"})
    (mine,) = (await http.get("/api/complaints")).json()["items"]
    assert (mine["state"], mine["answer"]) == ("closed", "已更换服务人员")
    assert "concerned" not in json.dumps(mine)
    other = await begin(world)
    assert (await other.client.http.get("/api/complaints")).json()["items"] == []
    assert (await http.get("/api/review/tickets")).status_code == 403


async def test_staff_pass_on_what_they_hear_and_learn_no_more(world: World) -> None:
    talk = await begin(world)
    named = await world.staff(Role.SUPERVISOR)
    advisor = await world.sign_in(talk.advisor)
    body = {
        "client": str(talk.client.id), "category": "fraud", "words": "客户反映被骗",
        "concerned": [str(named.id)],
    }  # fmt: skip
    answer = await advisor.post("/api/review/tickets", json=body)
    assert (answer.status_code, answer.json()) == (202, {"received": True})
    stranger = await advisor.post("/api/review/tickets", json={**body, "client": str(named.id)})
    assert stranger.status_code == 404
    assert (await talk.client.http.post("/api/review/tickets", json=body)).status_code == 403
    assert await waiting(await world.sign_in(named)) == []
    (ticket,) = await waiting(await world.sign_in(await world.supervisor()))
    assert {one["id"] for one in ticket["concerned"]} == {str(named.id), str(talk.advisor.id)}


async def test_sup_04_a_ticket_that_nobody_takes_becomes_overdue(world: World) -> None:
    """SUP-04: complaints have a clock, and it alarms."""
    await world.app.state.runner.prepare()
    await distressed(world)
    world.clock.move(timedelta(days=3))
    await world.settle()
    browser = await world.sign_in(await world.supervisor())
    (ticket,) = await waiting(browser)
    assert ticket["overdue"]
    assert (await browser.get("/api/review/summary")).json()["tickets_overdue"] == 1

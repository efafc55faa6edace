"""An entry's life over the wire: written, approved by another, found, replaced, retired; who sees what."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.world import World
from visavis.archive import api as archive
from visavis.kernel.auth import Role

TEXT = {
    "title": "基金赎回多久到账",
    "question": "基金卖出后钱几天到账？",
    "similar": ["赎回的钱什么时候回来"],
    "answer": "一般为T+2至T+4个交易日，以招募说明书为准。",
}
ENGLISH = {
    "title": "How long a redemption takes",
    "question": "How many days until redemption money arrives?",
    "similar": ["when do I get my fund money back"],
    "answer": "Usually T+2 to T+4 trading days; the prospectus is binding.",
}


def draft(slug: str = "fund-redeem-time", **changes: Any) -> dict[str, Any]:
    return {
        "slug": slug,
        "topic": "fund",
        "source": "招募说明书",
        "content": {"zh-CN": TEXT, "en": ENGLISH},
    } | changes


@pytest.fixture
async def author(world: World) -> httpx.AsyncClient:
    return await world.sign_in(await world.editor("顾文"))


@pytest.fixture
async def approver(world: World) -> httpx.AsyncClient:
    return await world.sign_in(await world.editor("方宁"))


async def in_force(
    author: httpx.AsyncClient, approver: httpx.AsyncClient, **changes: Any
) -> dict[str, Any]:
    made = (await author.post("/api/knowledge", json=draft(**changes))).json()
    path = f"/api/knowledge/{made['id']}/versions/{made['version']}"
    assert (await author.post(f"{path}/submit")).status_code == 200
    answer = await approver.post(f"{path}/approve", json={"note": "核对无误"})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_an_entry_goes_from_draft_to_force_through_two_people(
    world: World, author: httpx.AsyncClient, approver: httpx.AsyncClient
) -> None:
    made = await author.post("/api/knowledge", json=draft())
    assert made.status_code == 201, made.text
    assert made.json()["state"] == "draft"
    assert made.json()["may"] == {"edit": True, "decide": False, "retire": True}
    path = f"/api/knowledge/{made.json()['id']}/versions/1"
    early = await approver.post(f"{path}/approve", json={})
    assert (early.status_code, early.json()["error"]) == (409, "knowledge_wrong_state")
    assert (await author.post(f"{path}/submit")).json()["state"] == "submitted"
    own = await author.post(f"{path}/approve", json={})
    assert (own.status_code, own.json()["error"]) == (403, "knowledge_same_hands")
    done = await approver.post(f"{path}/approve", json={"note": "好"})
    one = done.json()
    assert (one["state"], one["version"], one["reviewed"]) == ("approved", 1, "2026-11-23")
    writer = one["versions"][0]["author"]
    assert writer["name"] == "顾文"
    assert writer["name_en"].startswith("Staff ")
    assert one["versions"][0]["approver"]["name"] == "方宁"
    assert one["review_by"] == "2027-11-23"
    async with world.tx() as tx:
        chain = await archive.chain(tx, UUID(one["id"]))
    assert [record.clear["step"] for record in chain] == ["draft", "submitted", "approved"]
    assert chain[-1].body is not None
    assert chain[-1].body["content"]["zh-CN"]["answer"] == TEXT["answer"]


async def test_a_returned_version_needs_a_reason_and_a_new_one_replaces_it(
    author: httpx.AsyncClient, approver: httpx.AsyncClient
) -> None:
    made = (await author.post("/api/knowledge", json=draft())).json()
    path = f"/api/knowledge/{made['id']}/versions/1"
    await author.post(f"{path}/submit")
    assert (await approver.post(f"{path}/return", json={})).status_code == 422
    back = await approver.post(f"{path}/return", json={"note": "来源不全"})
    assert (back.json()["state"], back.json()["versions"][0]["note"]) == ("returned", "来源不全")
    again = {"topic": "fund", "content": {"zh-CN": TEXT}, "source": "说明书第五条"}
    second = await author.post(f"/api/knowledge/{made['id']}/versions", json=again)
    assert second.status_code == 201
    assert second.json()["versions"][0]["version"] == 2
    third = await author.post(f"/api/knowledge/{made['id']}/versions", json=again | {"source": "x"})
    assert third.json()["versions"][0]["version"] == 2, "an open draft is reworded, not multiplied"
    moved = await author.post(
        f"/api/knowledge/{made['id']}/versions", json=again | {"topic": "fees"}
    )
    assert moved.json()["topic"] == "fees"
    other = await approver.post(f"/api/knowledge/{made['id']}/versions", json=again)
    assert other.json()["error"] == "knowledge_wrong_state", "somebody else's draft stays his"


async def test_a_new_version_takes_over_and_the_cited_one_stays_readable(
    world: World, author: httpx.AsyncClient, approver: httpx.AsyncClient
) -> None:
    one = await in_force(author, approver)
    client = await world.client()
    seen = await client.http.get(f"/api/knowledge/{one['id']}", params={"version": 1})
    assert seen.json() == {
        "id": one["id"], "version": 1, "state": "approved", "title": TEXT["title"],
        "answer": TEXT["answer"], "reviewed": "2026-11-23", "topic": "fund",
    }  # fmt: skip
    new = {
        "topic": "fund",
        "content": {"zh-CN": TEXT | {"answer": "一般为T+3个交易日。"}},
        "source": "",
    }
    await author.post(f"/api/knowledge/{one['id']}/versions", json=new)
    hidden = await client.http.get(f"/api/knowledge/{one['id']}", params={"version": 2})
    assert hidden.status_code == 404, "a draft is nobody's but the editors'"
    await author.post(f"/api/knowledge/{one['id']}/versions/2/submit")
    await approver.post(f"/api/knowledge/{one['id']}/versions/2/approve", json={})
    now = await client.http.get(f"/api/knowledge/{one['id']}")
    assert (now.json()["version"], now.json()["answer"]) == (2, "一般为T+3个交易日。")
    old = await client.http.get(f"/api/knowledge/{one['id']}", params={"version": 1})
    assert (old.json()["state"], old.json()["answer"]) == ("superseded", TEXT["answer"])


async def test_a_search_sees_what_is_in_force_at_once_and_nothing_else(
    world: World, author: httpx.AsyncClient, approver: httpx.AsyncClient
) -> None:
    advisor = await world.sign_in(await world.advisor())

    async def titles(browser: httpx.AsyncClient, q: str) -> list[str]:
        answer = await browser.get("/api/knowledge", params={"q": q})
        return [row["title"] for row in answer.json()["items"]]

    made = (await author.post("/api/knowledge", json=draft())).json()
    assert await titles(advisor, "赎回到账") == []
    assert await titles(author, "招募说明书为准") == [TEXT["title"]], "editors find drafts"
    await author.post(f"/api/knowledge/{made['id']}/versions/1/submit")
    await approver.post(f"/api/knowledge/{made['id']}/versions/1/approve", json={})
    assert await titles(advisor, "赎回到账") == [TEXT["title"]]
    english = await advisor.get(
        "/api/knowledge", params={"q": "redemption money"}, headers={"Accept-Language": "en"}
    )
    assert english.json()["items"][0]["title"] == ENGLISH["title"]
    retired = await author.post(f"/api/knowledge/{made['id']}/retire", json={"note": "规则已变"})
    assert retired.json()["state"] == "retired"
    assert await titles(advisor, "赎回到账") == []
    twice = await author.post(f"/api/knowledge/{made['id']}/retire", json={"note": ""})
    assert twice.json()["error"] == "knowledge_wrong_state"


async def test_lists_are_filtered_and_paged(
    author: httpx.AsyncClient, approver: httpx.AsyncClient
) -> None:
    for number in range(3):
        await in_force(author, approver, slug=f"fund-{number}")
    await author.post("/api/knowledge", json=draft("fee-1", topic="fees"))
    page = (await author.get("/api/knowledge", params={"limit": 2})).json()
    assert [row["slug"] for row in page["items"]] == ["fund-0", "fund-1"]
    rest = (await author.get("/api/knowledge", params={"after": page["next"]})).json()
    assert [row["slug"] for row in rest["items"]] == ["fund-2", "fee-1"]
    drafts = (await author.get("/api/knowledge", params={"state": "draft"})).json()
    assert [row["slug"] for row in drafts["items"]] == ["fee-1"]
    fees = (await author.get("/api/knowledge", params={"topic": "fees"})).json()
    assert [row["pending"] for row in fees["items"]] == [None]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"slug": "不行"}, "slug"),
        ({"topic": "weather"}, "topic"),
        ({"content": {}}, "content"),
        ({"content": {"zh-CN": TEXT | {"answer": " "}}}, "zh-CN.answer"),
        ({"content": {"zh-CN": TEXT | {"title": "长" * 81}}}, "zh-CN.title"),
        ({"content": {"zh-CN": TEXT | {"similar": [""]}}}, "zh-CN.similar"),
        ({"content": {"zh-CN": TEXT | {"answer": "放心，保本保收益。"}}}, "zh-CN.answer"),
        ({"content": {"zh-CN": TEXT | {"title": "稳赚不赔"}}}, "zh-CN.title"),
        ({"source": "长" * 501}, "source"),
    ],
)
async def test_a_text_that_cannot_be_taken_is_named(
    author: httpx.AsyncClient, change: dict[str, Any], field: str
) -> None:
    answer = await author.post("/api/knowledge", json=draft() | change)
    assert (answer.status_code, answer.json()["error"]) == (422, "knowledge_unfit_text")
    assert answer.json()["params"]["field"] == field


async def test_a_short_name_is_taken_once(author: httpx.AsyncClient) -> None:
    await author.post("/api/knowledge", json=draft())
    answer = await author.post("/api/knowledge", json=draft())
    assert (answer.status_code, answer.json()["error"]) == (409, "knowledge_slug_taken")


# Who may do what: written by hand.
WRITES = {Role.EDITOR}
DECIDES = {Role.EDITOR, Role.SUPERVISOR}


@pytest.mark.parametrize(
    "role",
    [
        Role.ADVISOR, Role.CLIENT_MANAGER, Role.BROKER_AGENT, Role.SUPERVISOR, Role.OPERATOR,
        Role.EDITOR, Role.ADMINISTRATOR,
    ],
)  # fmt: skip
async def test_the_rights_of_each_role(world: World, author: httpx.AsyncClient, role: Role) -> None:
    somebody = await world.sign_in(await world.staff(role))
    made = (await author.post("/api/knowledge", json=draft())).json()
    path = f"/api/knowledge/{made['id']}"
    await author.post(f"{path}/versions/1/submit")
    reads = await somebody.get(path)
    assert reads.status_code == (200 if role in DECIDES else 404)
    writes = await somebody.post("/api/knowledge", json=draft("another"))
    assert writes.status_code == (201 if role in WRITES else 403)
    revises = await somebody.post(f"{path}/versions", json=draft())
    assert revises.status_code == (409 if role in WRITES else 403)
    submits = await somebody.post(f"{path}/versions/1/submit")
    assert submits.status_code == (409 if role in WRITES else 403)
    decides = await somebody.post(f"{path}/versions/1/approve", json={})
    assert decides.status_code == (200 if role in DECIDES else 403)
    returns = await somebody.post(f"{path}/versions/1/return", json={"note": "x"})
    assert returns.status_code == (409 if role in DECIDES else 403)
    retires = await somebody.post(f"{path}/retire", json={})
    assert retires.status_code == (200 if role in WRITES else 403)


async def test_clients_visitors_and_strangers_list_nothing(world: World) -> None:
    client = await world.client()
    visitor = await world.visitor()
    assert (await client.http.get("/api/knowledge")).status_code == 403
    assert (await visitor.get("/api/knowledge")).status_code == 403
    assert (await world.http().get("/api/knowledge")).status_code == 401
    assert (await client.http.post("/api/knowledge", json=draft())).status_code == 403
    unknown = "/api/knowledge/01890000-0000-7000-8000-000000000000"
    assert (await client.http.get(unknown)).status_code == 404
    assert (await client.http.post(f"{unknown}/retire", json={})).status_code == 403


async def test_unknown_entries_and_versions_are_not_found(author: httpx.AsyncClient) -> None:
    unknown = "/api/knowledge/01890000-0000-7000-8000-000000000000"
    assert (await author.post(f"{unknown}/retire", json={})).status_code == 404
    made = (await author.post("/api/knowledge", json=draft())).json()
    assert (await author.post(f"/api/knowledge/{made['id']}/versions/9/submit")).status_code == 404
    shown = await author.get(f"/api/knowledge/{made['id']}", params={"version": 9})
    assert shown.status_code == 404


async def test_many_entries_come_in_together_and_are_approved_by_another(
    world: World, author: httpx.AsyncClient, approver: httpx.AsyncClient
) -> None:
    entries = [draft("fund-1"), draft("fund-2")]
    made = await author.post("/api/knowledge/import", json={"entries": entries})
    assert made.status_code == 201, made.text
    refs = [{"id": one["id"], "version": one["version"]} for one in made.json()["items"]]
    own = await author.post("/api/knowledge/approvals", json={"entries": refs})
    assert own.json()["error"] == "knowledge_same_hands"
    done = await approver.post("/api/knowledge/approvals", json={"entries": refs, "note": "好"})
    assert done.json() == {"approved": 2}
    half = await author.post(
        "/api/knowledge/import", json={"entries": [draft("fund-3"), draft("fund-2")]}
    )
    assert half.json()["error"] == "knowledge_slug_taken"
    listed = (await author.get("/api/knowledge")).json()["items"]
    assert [row["slug"] for row in listed] == ["fund-1", "fund-2"], "all or none"
    advisor = await world.sign_in(await world.advisor())
    refused = await advisor.post("/api/knowledge/import", json={"entries": entries})
    assert refused.status_code == 403

"""DATA-03: a breach of personal information is on record, has a clock and two persons, and those affected are told."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from tests.conversations.talk import begin
from tests.world import Client, World
from visavis.archive import api as archive
from visavis.conversations.store.reading import UNREAD_BREACH
from visavis.kernel import clock
from visavis.review import api as review

NOTICE = {
    "zh-CN": "您的手机号码曾被误发给一家供应商，现已删除。请留意陌生来电，可致电本公司客服。",
    "en": "Your phone number was sent to a supplier by mistake and has been deleted there. Please beware of calls.",
}


def body(*clients: UUID, **more: Any) -> dict[str, Any]:
    found = clock.to_ms(clock.now() - timedelta(hours=1))
    return {"incident": "对账文件发错供应商", "notice": NOTICE, "found_at": found,
            "clients": [str(one) for one in clients], **more}  # fmt: skip


async def at_home(client: Client) -> Any:
    """What the client's first page says of a breach."""
    return (await client.http.get("/api/client/home")).json()["breach"]


async def test_data_03_a_breach_is_told_to_those_affected_once_two_persons_have_looked(
    world: World, monkeypatch
) -> None:
    """DATA-03: in their language, with or without an open conversation, nobody else, every step on record."""
    monkeypatch.setattr("visavis.review.api.breaching.SLICE", 1)
    talk, spared = await begin(world), await begin(world)
    english = await world.client(lang="en", name="Jane Roe")
    author, other = [await world.sign_in(await world.supervisor()) for _ in range(2)]
    made = await author.post("/api/breaches", json=body(talk.client.id, english.id))
    assert made.status_code == 201, made.text
    one = made.json()
    hours = (one["due_at"] - one["found_at"]) / 3_600_000
    assert (one["state"], one["affected"], one["overdue"], hours) == ("waiting", 2, False, 72)
    url = f"/api/breaches/{one['id']}/decision"
    own = await author.post(url, json={"approve": True})
    assert (own.status_code, own.json()["error"]) == (403, "reviewer_conflicted")
    missing = f"/api/breaches/{uuid4()}/decision"
    assert (await other.post(missing, json={"approve": True})).status_code == 404
    await world.settle()
    assert "breach" not in [entry.body.get("code") for entry in await talk.stream()]
    assert (await other.post(url, json={"approve": True, "note": "属实"})).status_code == 200
    again = await other.post(url, json={"approve": False})
    assert (again.status_code, again.json()["error"]) == (409, "breach_decided")
    await world.settle()
    async with world.tx() as tx:
        await review.breaching.tell(
            tx, UUID(one["id"])
        )  # a timer that comes twice says nothing twice
        steps = await archive.chain(tx, UUID(one["id"]))
    said = [entry for entry in await talk.stream() if entry.body.get("code") == "breach"]
    assert [entry.body["params"]["words"] for entry in said] == [NOTICE["zh-CN"]]
    (hers,) = (await english.http.get("/api/conversations")).json()["items"]
    page = (await english.http.get(f"/api/conversations/{hers['id']}/entries")).json()["entries"]
    assert NOTICE["en"] in str(page)
    assert "breach" not in [entry.body.get("code") for entry in await spared.stream()]
    assert await at_home(spared.client) is None
    notice = await at_home(english)
    assert notice == {"conversation": hers["id"], "at": notice["at"]}
    read = await english.http.post(f"/api/conversations/{hers['id']}/read", json={"no": 1})
    assert read.is_success, read.text
    assert await at_home(english) is None, "what was read is told no more"
    assert (await at_home(talk.client))["conversation"] == str(talk.id)
    (now,) = (await other.get("/api/breaches")).json()["items"]
    assert (now["state"], now["told"], now["note"]) == ("told", 2, "属实")
    assert [record.clear["state"] for record in steps] == ["waiting", "approved", "told"]


async def test_data_03_a_breach_is_told_until_it_is_read_however_much_was_said_since(
    world: World,
) -> None:
    """DATA-03: also to a client who has said a thousand things meanwhile; it is found without reading them."""
    talk = await begin(world)
    author, other = [await world.sign_in(await world.supervisor()) for _ in range(2)]
    one = (await author.post("/api/breaches", json=body(talk.client.id))).json()
    await other.post(f"/api/breaches/{one['id']}/decision", json={"approve": True})
    await world.settle()
    for part in range(10):
        await talk.post(*(talk.draft(talk.her, f"第{part}-{n}句") for n in range(100)))
    notice = await at_home(talk.client)
    assert notice["conversation"] == str(talk.id)
    async with world.tx() as tx:
        await tx.execute("ANALYZE")
        await tx.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        plan = str(await tx.fetch(f"EXPLAIN {UNREAD_BREACH}", talk.client.id))
    assert "entry_breach" in plan, plan
    await talk.client.http.post(f"/api/conversations/{talk.id}/read", json={"no": 1000})
    assert await at_home(talk.client) is None


async def test_data_03_a_breach_has_a_clock_and_needs_its_words(world: World) -> None:
    """DATA-03: unsettled past its time it is overdue; a refused notice goes nowhere."""
    talk = await begin(world)
    author, other = [await world.supervisor() for _ in range(2)]
    browser = await world.sign_in(author)
    wrong: tuple[dict[str, Any], ...] = (
        {"incident": " "}, {"notice": {"zh-CN": "", "en": "x"}}, {"clients": []}, {"clients": [str(uuid4())]},
        {"clients": [str(talk.advisor.id)]}, {"found_at": clock.to_ms(clock.now()) + 60_000},
    )  # fmt: skip
    for each in wrong:
        answer = await browser.post("/api/breaches", json=body(talk.client.id) | each)
        assert answer.status_code == 422, each
    lost = await browser.post(
        "/api/breaches",
        json=body(talk.client.id) | {"numbers": ["C0", talk.client.person.external_ref]},
    )
    assert (lost.status_code, lost.json()["error"]) == (422, "unknown_numbers")
    assert "C0" in lost.json()["detail"]
    numbered = {"numbers": [f" {talk.client.person.external_ref} ", ""], "clients": []}
    named = await browser.post("/api/breaches", json=body() | numbered)
    assert (named.status_code, named.json()["affected"]) == (201, 1)
    second = await world.sign_in(other)
    done = await second.post(
        f"/api/breaches/{named.json()['id']}/decision", json={"approve": False}
    )
    assert done.json()["state"] == "refused"
    desk = await world.sign_in(talk.advisor)
    assert (await desk.post("/api/breaches", json=body(talk.client.id))).status_code == 403
    made = (await browser.post("/api/breaches", json=body(talk.client.id))).json()
    world.clock.move(timedelta(hours=72))
    second = await world.sign_in(other)
    late = (await second.get("/api/breaches")).json()["items"][0]
    assert late["overdue"] is True
    url = f"/api/breaches/{made['id']}/decision"
    refused = (await second.post(url, json={"approve": False})).json()
    assert (refused["state"], refused["overdue"]) == ("refused", False)
    await world.settle()
    assert "breach" not in [entry.body.get("code") for entry in await talk.stream()]

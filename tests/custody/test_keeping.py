"""Retention, holds, restriction, destruction: what must be kept is kept; what is destroyed is gone to the last byte."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.custody.firm import PURPOSE, Firm, busy
from tests.custody.test_looking import search, work
from tests.world import World
from visavis.archive import keys
from visavis.archive.log import current
from visavis.archive.types import RetentionClass
from visavis.custody import api
from visavis.custody.clerk import Clerk
from visavis.custody.rules import retention as rules
from visavis.custody.types import Destruction, DestructionState
from visavis.kernel import clock
from visavis.kernel.auth import Actor, Role, system
from visavis.kernel.http import Catalogue
from visavis.tlog.auditing import Audit
from visavis.tlog.policy import of_log

YEAR = timedelta(days=366)
SECRET = "Zebra-4711"


@pytest.fixture
async def firm(world: World) -> Firm:
    one = await busy(world)
    await one.sequence()
    await work(one)
    return one


SENTENCES = Catalogue(Path(api.__file__).parents[2]).sentences


def test_every_class_has_a_source_and_the_longest_regime() -> None:
    for retention in RetentionClass:
        found = [one for one in rules.REGIMES if retention in one.applies]
        assert all(one.source for one in found)
        assert {f"still_retained.{one.code}" for one in found} <= SENTENCES.keys()
        assert {f"retention_note.{one.code}" for one in found} <= SENTENCES.keys()
        assert rules.regime_of(retention).months == max(one.months for one in found)
    assert [rules.regime_of(one).months for one in RetentionClass] == [240, 240, 6]


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [("2026-11-23", 240, "2046-11-23"), ("2024-08-31", 6, "2025-02-28"), ("2024-12-31", 2, "2025-02-28"),
     ("2023-08-30", 6, "2024-02-29"), ("2026-12-01", 1, "2027-01-01")],
)  # fmt: skip
def test_months_are_calendar_months(start: str, months: int, end: str) -> None:
    us = clock.to_us(datetime.fromisoformat(start).replace(tzinfo=UTC))
    assert clock.from_us(rules.months_later(us, months)).date().isoformat() == end


async def restrict(firm: Firm, by: httpx.AsyncClient | None = None) -> str:
    client, supervisor = str(firm.talk.client.id), by or firm.supervisor
    url = f"/api/custody/clients/{client}/restrict"
    assert (await supervisor.post(url, json={"basis": "x"})).status_code == 422
    for _ in range(2):
        done = await supervisor.post(url, json={"basis": "客户依法要求删除"})
        assert done.json()["status"] == "restricted", done.text
    await firm.world.settle()
    return client


async def test_a_restricted_client_is_gone_from_every_path_but_compliance(firm: Firm) -> None:
    """DATA-02."""
    world, talk = firm.world, firm.talk
    desk = await world.sign_in(talk.advisor)
    operator = await world.sign_in(await world.operator())
    name = talk.client.person.name
    seen = await desk.get("/api/clients")
    assert str(talk.client.id) in seen.text
    client = await restrict(firm)

    assert (await talk.client.http.get("/api/me")).status_code == 401
    token = {"token": world.token(talk.client.person.external_ref or "")}
    assert (await world.http().post("/api/embed/session", json=token)).status_code == 401
    lists = {
        desk: ("/api/clients", "/api/conversations", "/api/search?q=Zebra", "/api/offers", "/api/pool"),
        operator: ("/api/decisions", "/api/notices", "/api/board", *(
            f"/api/board/list?kind={kind}" for kind in ("waiting", "accepted", "abandoned", "sleeping", "opened")
        )),
        firm.administrator: ("/api/connections",),
    }  # fmt: skip
    for browser, paths in lists.items():
        for path in paths:
            answer = await browser.get(path)
            assert answer.status_code == 200, (path, answer.text)
            for word in (client, name, SECRET, str(talk.id)):
                assert word not in answer.text, (path, word)
    for path in (f"/api/conversations/{talk.id}", f"/api/conversations/{talk.id}/entries"):
        assert (await desk.get(path)).status_code in (403, 404), path
    # Compliance still finds him.
    assert len(await search(firm.supervisor, SECRET)) == 1
    known = {"ref": talk.client.person.external_ref}
    found = await firm.supervisor.get("/api/custody/clients", params=known)
    assert (found.json()["id"], found.json()["status"]) == (client, "restricted")
    assert (await desk.get("/api/custody/clients", params=known)).status_code == 403
    view = f"/api/supervision/conversations/{talk.id}/entries"
    assert (await firm.supervisor.get(view, params={"purpose": PURPOSE})).status_code == 200
    kept = (await firm.supervisor.get(f"/api/custody/clients/{client}")).json()
    assert (kept["status"], {one["class"] for one in kept["kept"]}) == (
        "restricted",
        {"business", "access"},
    )
    assert [str(one) for one in (await firm.audit()).faults] == []


async def test_a_restriction_that_is_made_or_undone_in_the_table_is_named(firm: Firm) -> None:
    client = await restrict(firm)
    other = (await firm.world.client()).id
    async with firm.world.tx() as tx:
        await tx.execute("UPDATE person SET status = 'active' WHERE id = $1::uuid", client)
        await tx.execute("UPDATE person SET status = 'restricted' WHERE id = $1", other)
    found = await firm.audit()
    assert {(one.what.value, one.table, one.key) for one in found.faults} == {
        ("row_missing", "person.restricted", client),
        ("row_added", "person.restricted", str(other)),
    }


async def ask(browser: httpx.AsyncClient, client: str) -> dict[str, Any]:
    body = {"client": client, "reason": "保存期届满，依法销毁"}
    answer = await browser.post("/api/custody/destructions", json=body)
    return {"status": answer.status_code, **answer.json()}


async def later(firm: Firm, years: int) -> tuple[httpx.AsyncClient, httpx.AsyncClient]:
    """So many years have passed; two supervisors of that time."""
    firm.world.clock.move(YEAR * years)
    one = await firm.world.sign_in(await firm.world.supervisor("甲"))
    return one, await firm.world.sign_in(await firm.world.supervisor("乙"))


async def test_rec_05_retention_and_holds_are_stronger_than_any_wish(firm: Firm) -> None:
    """REC-05: what is held is kept past its expiry; who asks for a destruction does not decide on it."""
    client = str(firm.talk.client.id)
    assert (await ask(firm.supervisor, client))["error"] == "not_restricted"
    await restrict(firm)
    early = await ask(firm.supervisor, client)
    assert (early["status"], early["error"]) == (409, "still_retained")
    assert early["params"]["source"] == "Securities Law of the PRC (2019) art 137"
    said = {}
    for language in ("en", "zh-CN"):
        asked = {"headers": {"Accept-Language": language}}
        classes = (await firm.supervisor.get("/api/custody/retention", **asked)).json()["items"]
        file = (await firm.supervisor.get(f"/api/custody/clients/{client}", **asked)).json()
        kept = [one["source"] for one in file["kept"] if one["class"] == "business"]
        said[language] = classes[0]["source"], classes[0]["note"], kept[0]
    assert said["en"][0] == said["en"][2] == "Securities Law of the PRC (2019) art 137"
    assert (
        said["zh-CN"][0]
        == said["zh-CN"][2]
        == "《中华人民共和国证券法》（2019 年修订）第一百三十七条"
    )
    assert "二十年" in said["zh-CN"][1]
    first, second = await later(firm, 21)
    body = {"client": client, "reason": "监管问询", "basis": "沪证监函〔2047〕1号"}
    held = await first.post("/api/custody/holds", json=body)
    assert held.status_code == 201, held.text
    assert (await ask(first, client))["error"] == "on_hold"
    url = f"/api/custody/holds/{held.json()['id']}/release"
    for expected in (200, 409):
        assert (await first.post(url, json={"reason": "问询结束"})).status_code == expected
    (listed, *_) = (await second.get("/api/custody/holds")).json()["items"]
    assert listed["released_at"]
    assert listed["client_number"] == firm.talk.client.person.external_ref

    asked = await ask(first, client)
    assert asked["status"] == 201, asked
    assert (await ask(second, client))["error"] == "already_settled"
    decide = f"/api/custody/destructions/{asked['id']}/decide"
    own = await first.post(decide, json={"approve": True})
    assert (own.status_code, own.json()["error"]) == (403, "same_person")
    refused = await second.post(decide, json={"approve": False, "note": "再议"})
    assert refused.json()["state"] == "refused"
    assert (await second.post(decide, json={"approve": True})).status_code == 409

    again = await ask(first, client)
    decide = f"/api/custody/destructions/{again['id']}/decide"
    assert (await second.post(decide, json={"approve": True})).json()["state"] == "approved"
    # A hold on everybody that comes before the clerk does wins, even one that is only being placed.
    actor = await firm.world.actor(await firm.world.supervisor("丙"))
    async with firm.world.tx() as tx:
        await api.place_hold(tx, actor, None, "总部诉讼保全", "(2047)沪01民初1号")
        assert await api.destroy(firm.world.database) is None
    await work(firm)
    (newest, *_) = (await first.get("/api/custody/destructions")).json()["items"]
    assert (newest["state"], newest["note"]) == ("refused", "on hold")
    assert len(await search(first, SECRET)) == 1
    assert [str(one) for one in (await firm.audit()).faults] == []
    found = (await first.get("/api/custody/retention")).json()["items"]
    assert [one["class"] for one in found] == ["business", "suitability", "access"]


async def wait_until(firm: Firm, at_ms: int) -> httpx.AsyncClient:
    """That moment has come; a supervisor of that time."""
    firm.world.clock.move(timedelta(milliseconds=at_ms - clock.now_ms()))
    return await firm.world.sign_in(await firm.world.supervisor())


async def terms_of(browser: httpx.AsyncClient, client: str) -> dict[str, int]:
    """Until when each class of a client is kept, in milliseconds."""
    answer = await browser.get(f"/api/custody/clients/{client}")
    return {one["class"]: one["until"] for one in answer.json()["kept"]}


async def test_rec_04_a_term_runs_to_its_last_moment_and_a_restriction_begins_none(
    firm: Firm,
) -> None:
    """REC-04, DATA-02: due a moment earlier, nothing is purged; restricting is no business, all that follows is."""
    client = str(firm.talk.client.id)
    before = await terms_of(firm.supervisor, client)
    end = max(before.values())
    assert clock.from_us(end * 1000).year == clock.now().year + 20
    last = await wait_until(firm, end - 1)
    await restrict(firm, last)
    assert (await terms_of(last, client))["business"] == end
    early = await ask(last, client)
    assert (early["error"], early["params"]["reason"]) == ("still_retained", "securities_law")

    # The moment has come; but a supervisor has looked meanwhile, and his look is kept as long as any.
    url = f"/api/supervision/conversations/{firm.talk.id}/entries"
    assert (await last.get(url, params={"purpose": PURPOSE})).status_code == 200
    first = await wait_until(firm, end)
    assert (await terms_of(first, client))["business"] == end
    seen = await ask(first, client)
    assert (seen["error"], seen["params"]["reason"]) == ("still_retained", "network_logs")
    looked = (await terms_of(first, client))["access"]
    assert looked == rules.months_later((end - 1) * 1000, 6) // 1000
    assert (await ask(await wait_until(firm, looked - 1), client))["error"] == "still_retained"
    first = await wait_until(firm, looked)
    asked = await ask(first, client)
    assert asked["status"] == 201, asked

    # A complaint that comes before the second person decides is business, and begins a term.
    advisor = await firm.world.sign_in(await firm.world.supervisor())
    body = {
        "client": client,
        "category": "complaint",
        "words": "来函投诉当年的服务",
        "concerned": [],
    }
    told = await advisor.post("/api/review/tickets", json=body)
    assert told.status_code == 202, told.text
    await firm.world.settle()
    second = await firm.world.sign_in(await firm.world.supervisor())
    decide = f"/api/custody/destructions/{asked['id']}/decide"
    late = await second.post(decide, json={"approve": True})
    assert (late.status_code, late.json()["error"]) == (409, "still_retained")
    assert (await terms_of(first, client))["business"] == rules.months_later(
        looked * 1000, 240
    ) // 1000


def scanned(folder: Path, words: list[bytes]) -> dict[str, list[str]]:
    """Where any of the words lies, in any file below a folder."""
    found: dict[str, list[str]] = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            content = file.read_bytes()
            for word in words:
                if word in content:
                    found.setdefault(word.decode(), []).append(str(file.relative_to(folder)))
    return found


async def dumped(world: World) -> bytes:
    """Every row of every table as text, as an SQL dump holds it."""
    pool = world.database._pool
    assert pool is not None
    out = bytearray()

    async def take(data: bytes) -> None:
        out.extend(data)

    async with pool.acquire() as connection:
        for row in await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        ):
            await connection.copy_from_table(row["tablename"], output=take)
    return bytes(out)


async def database_folder(world: World) -> Path:
    """Where the tables and indexes lie, everything dead vacuumed away."""
    pool = world.database._pool
    assert pool is not None
    async with pool.acquire() as connection:
        await connection.execute("VACUUM (FULL, ANALYZE)", timeout=60)
        await connection.execute("CHECKPOINT")
        place = await connection.fetchval(
            "SELECT current_setting('data_directory') || '/base/' || oid FROM pg_database"
            " WHERE datname = current_database()"
        )
    return Path(str(place))


async def talked_about(firm: Firm) -> None:
    """The client's words where others write them: a complaint, what is done with it, a supervisor's search."""
    client = str(firm.talk.client.id)
    told = await firm.talk.client.http.post("/api/complaints", json={"words": f"{SECRET} 未到账"})
    assert told.status_code == 201, told.text
    desk = await firm.world.sign_in(firm.talk.advisor)
    body = {"client": client, "words": f"客户称 {SECRET} 有误", "concerned": []}
    passed_on = await desk.post("/api/review/tickets", json=body)
    assert passed_on.status_code == 202, passed_on.text
    tickets = (await firm.supervisor.get("/api/review/tickets")).json()["items"]
    url = f"/api/review/tickets/{tickets[0]['id']}"
    assert (await firm.supervisor.post(f"{url}/take")).is_success
    for act in ("notes", "close"):
        done = await firm.supervisor.post(f"{url}/{act}", json={"words": f"{SECRET} 已核实"})
        assert done.is_success, done.text
    (item, *_) = (await firm.supervisor.get("/api/review/items")).json()["items"]
    case = {"title": f"核查 {SECRET}", "items": [item["id"]]}
    made = await firm.supervisor.post("/api/review/cases", json=case)
    assert made.status_code == 201, made.text
    url = f"/api/review/cases/{made.json()['id']}"
    assert (await firm.supervisor.post(f"{url}/notes", json={"words": f"{SECRET} 属实"})).is_success
    asked = {"q": SECRET, "purpose": PURPOSE}
    seen = await firm.supervisor.get("/api/supervision/conversations", params=asked)
    assert len(seen.json()["items"]) == 1, seen.text
    await firm.world.settle()


async def test_rec_05_nothing_readable_survives_destruction(firm: Firm, capfd: Any) -> None:
    """REC-05: two persons, and a certificate that stays."""
    world = firm.world
    client = str(firm.talk.client.id)
    files = list((world.settings.home / "files").rglob("*"))
    assert len([one for one in files if one.is_file()]) == 2
    export = await firm.supervisor.post(
        "/api/custody/exports", json={"format": "jsonl", "client": client, "purpose": PURPOSE}
    )
    await work(firm)
    assert (world.settings.home / "exports" / f"{export.json()['id']}.zip").exists()
    (hit,) = await search(firm.supervisor, SECRET)
    await talked_about(firm)
    words = [
        SECRET.encode(), SECRET.lower().encode(), "赎回多久到账，我".encode(), b"zebra",
        (firm.talk.client.person.external_ref or "-").encode(), firm.talk.client.person.name.encode(),
    ]  # fmt: skip
    before = await dumped(world)
    assert [word in before for word in words[:2]] == [True, False]
    (master,) = keys.ring().masters

    # What restricting him puts on record begins no new term.
    first, second = await later(firm, 21)
    await restrict(firm, first)
    asked = await ask(first, client)
    decide = f"/api/custody/destructions/{asked['id']}/decide"
    assert (await second.post(decide, json={"approve": True})).status_code == 200
    await work(firm)
    (done,) = (await first.get("/api/custody/destructions")).json()["items"]
    assert (done["state"], done["client_number"]) == ("done", None)
    certificate = done["certificate"]
    assert certificate["asked_by"] != certificate["decided_by"]
    assert {one["retention"] for one in certificate["keys"]} == {"business", "access"}
    assert certificate["rows"]["entry"] > 5
    assert (certificate["files"], certificate["backups_gone_after_days"]) == (2, 35)

    dump = await dumped(world)
    assert [word.decode() for word in words if word in dump] == []
    assert scanned(await database_folder(world), words) == {}
    assert scanned(world.settings.home, words) == {}
    heard = capfd.readouterr()
    assert not any(word.decode() in heard.out + heard.err for word in words)
    assert not list((world.settings.home / "exports").glob("*.zip"))
    assert master not in keys.ring().masters
    assert len(keys.ring().masters) == 1

    # What is left: sealed bytes that nobody opens, a certificate, and a log that still verifies.
    one = await first.get(f"/api/custody/records/{hit['record']}", params={"purpose": PURPOSE})
    assert (one.status_code, one.json()["body"], one.json()["destroyed"]) == (200, None, True)
    await firm.sequence()
    log = current()
    assert all(
        level.fault is None for level in Audit(log.target, of_log(log.signer.verifier)).levels()
    )
    assert [str(one) for one in (await firm.audit()).faults] == []
    assert await search(first, SECRET) == []
    # Everybody else's records open under the new master key.
    others = await search(first, "", kind="message", limit=200)
    assert any(not one["destroyed"] for one in others)


async def test_a_rotation_that_broke_off_is_finished(firm: Firm) -> None:
    (before,) = keys.ring().masters
    keys.ring().add_master()
    await Clerk(firm.world.database).step()
    (after,) = keys.ring().masters
    assert after != before
    assert len(await search(firm.supervisor, SECRET)) == 1


async def test_a_row_that_outlives_its_key_is_named(firm: Firm) -> None:
    async with firm.world.tx() as tx:
        await tx.execute(
            "UPDATE wrapping_key SET wrapped = NULL WHERE relationship_id = $1", firm.talk.client.id
        )
    found = await firm.audit()
    assert {one.what.value for one in found.faults} == {"row_outlives"}
    assert {"entry", "connection", "attachment"} <= {one.table for one in found.faults}


def test_only_a_second_person_of_compliance_decides() -> None:
    me = Actor(uuid4(), frozenset({Role.SUPERVISOR}))
    one = Destruction(uuid4(), uuid4(), DestructionState.ASKED, "x", me.person_id, clock.EPOCH)
    assert rules.may_decide(Actor(uuid4(), frozenset({Role.SUPERVISOR})), one) is None
    assert getattr(rules.may_decide(me, one), "code", "") == "same_person"
    assert getattr(rules.may_decide(system(), one), "code", "") == "forbidden"

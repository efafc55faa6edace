"""Looking into the archive: found by words in both languages, only with a purpose, never unrecorded, never too far."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pypdf import PdfReader

from tests.conversations.talk import begin
from tests.custody.firm import PURPOSE, Firm, busy
from tests.world import World
from visavis.custody import exporting
from visavis.custody.api import filing
from visavis.custody.clerk import Clerk
from visavis.custody.rules import formats
from visavis.custody.store import exports
from visavis.kernel import clock
from visavis.kernel.auth import Role
from visavis.tlog import evidence
from visavis.tlog.note import verifier_of
from visavis.tlog.policy import of_log

Q = {"purpose": PURPOSE}


@pytest.fixture
async def firm(world: World) -> Firm:
    one = await busy(world)
    await one.sequence()
    await work(one)
    return one


async def work(firm: Firm) -> None:
    clerk = Clerk(firm.world.database)
    while await clerk.step():
        pass


async def search(browser: httpx.AsyncClient, q: str, **more: Any) -> list[dict[str, Any]]:
    answer = await browser.get("/api/custody/records", params={"q": q, **Q, **more})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_records_are_found_in_chinese_and_english(firm: Firm) -> None:
    (hit,) = await search(firm.supervisor, "zebra-4711")
    assert (hit["kind"], hit["client"]) == ("message", str(firm.talk.client.id))
    assert "Zebra-4711" in hit["excerpt"]
    assert isinstance(hit["leaf"], int)
    assert {one["record"] for one in await search(firm.supervisor, "赎回")} >= {hit["record"]}
    # The last character of one word and the first of the next: no word of the text, and found all the same.
    assert hit["record"] in {one["record"] for one in await search(firm.supervisor, "金赎")}
    assert await search(firm.supervisor, "金赎 giraffe") == []
    assert await search(firm.supervisor, "zebra", kind="note") == []
    assert await search(firm.supervisor, "zebra", until=hit["at"] - 1) == []
    everything = await search(firm.supervisor, "", limit=200)
    assert [one["at"] for one in everything] == sorted(
        (one["at"] for one in everything), reverse=True
    )
    first = await firm.supervisor.get("/api/custody/records", params={**Q, "limit": 3})
    rest = await search(firm.supervisor, "", after=first.json()["next"], limit=200)
    assert len(rest) + 3 >= len(everything)
    assert not {one["record"] for one in rest} & {one["record"] for one in first.json()["items"]}
    nobody = "00000000-0000-7000-8000-0000000000ff"
    for wrong in ("x", f"{2**63}.{nobody}", f"-1.{nobody}", "5.x"):
        bad = await firm.supervisor.get("/api/custody/records", params={**Q, "after": wrong})
        assert bad.status_code == 422, wrong


async def test_a_look_without_a_purpose_is_refused_and_with_one_on_record(firm: Firm) -> None:
    (hit,) = await search(firm.supervisor, "zebra")
    url = f"/api/custody/records/{hit['record']}"
    for path in ("/api/custody/records", url, f"{url}/proof"):
        answer = await firm.supervisor.get(path)
        assert (answer.status_code, answer.json()["error"]) == (422, "archive_purpose_required")
    one = (await firm.supervisor.get(url, params=Q)).json()
    assert one["body"]["body"]["text"].endswith("Zebra-4711")
    proof = await firm.supervisor.get(f"{url}/proof", params=Q)
    key = (await firm.supervisor.get("/log/vkey")).text.strip()
    kept = evidence.read(proof.content)
    assert evidence.check(kept, of_log(verifier_of(key))).size > 10
    looks = (await firm.supervisor.get("/api/custody/looks")).json()["items"]
    assert [(one["what"], one["query"]) for one in looks] == [
        ("download", ""), ("record", ""), ("search", "zebra"),
    ]  # fmt: skip
    assert {one["purpose"] for one in looks} == {PURPOSE}
    found = await firm.audit()
    assert [str(one) for one in found.faults] == []
    missing = "/api/custody/records/00000000-0000-7000-8000-0000000000ff"
    assert (await firm.supervisor.get(missing, params=Q)).status_code == 404


async def test_the_key_of_an_attachment_is_shown_to_nobody(firm: Firm) -> None:
    (hit,) = await search(firm.supervisor, "", kind="attachment")
    one = await firm.supervisor.get(f"/api/custody/records/{hit['record']}", params=Q)
    assert "key" not in one.json()["body"]
    assert one.json()["body"]["name"] == "a.png"


async def export(firm: Firm, browser: httpx.AsyncClient, **body: Any) -> bytes:
    asked = await browser.post("/api/custody/exports", json={**Q, **body})
    assert asked.status_code == 202, asked.text
    url = f"/api/custody/exports/{asked.json()['id']}/file"
    early = await browser.get(url)
    assert (early.status_code, early.json()["error"]) == (409, "export_not_ready")
    await work(firm)
    (one, *_) = (await browser.get("/api/custody/exports")).json()["items"]
    assert (one["state"], one["error"]) == ("done", "")
    assert one["done"] == one["total"] > 0
    file = await browser.get(url)
    assert file.status_code == 200, file.text
    assert hashlib.sha256(file.content).hexdigest() == one["sha256"]
    return file.content


async def test_rec_08_the_same_input_gives_the_same_bytes(firm: Firm) -> None:
    """REC-08: the export of one client is the same byte by byte, complete, with an index; each is on record."""
    client, until = str(firm.talk.client.id), clock.now_ms()
    for form, name in (("jsonl", "records.jsonl"), ("csv", "records.csv"), ("eml", "messages/")):
        scope = {"format": form, "client": client, "until": until}
        once = await export(firm, firm.supervisor, **scope)
        firm.world.clock.move(timedelta(seconds=5))
        assert await export(firm, firm.supervisor, **scope) == once
        with zipfile.ZipFile(io.BytesIO(once)) as box:
            manifest = json.loads(box.read("manifest.json"))
            names = [one for one in box.namelist() if one.startswith(name)]
            data = b"".join(box.read(one) for one in names)
        assert (manifest["format"], manifest["client"]) == (form, client)
        assert manifest["records"] > 5
        if form == "jsonl":
            assert hashlib.sha256(data).hexdigest() == manifest["sha256"][name]
            rows = [json.loads(line) for line in data.splitlines()]
            assert len(rows) == manifest["records"]
            assert any("Zebra-4711" in json.dumps(one) for one in rows)
        if form == "csv":
            assert data.decode().count("Zebra-4711") == 2
        if form == "eml":
            assert len(names) == manifest["records"]
            assert b"Subject: message" in data
    async with firm.world.tx() as tx:
        made = await tx.fetch("SELECT record_id FROM record WHERE kind LIKE 'export%'")
    assert len(made) >= 6


async def test_an_export_leaves_out_nothing_that_is_not_filed_yet(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REC-08: however far behind the finding aid is, an export is complete."""
    monkeypatch.setattr(filing, "PAGE", 3)
    talk, supervisor = await begin(world), await world.sign_in(await world.supervisor())
    said = [f"第{n}句" for n in range(12)]
    for words in said:
        await talk.say(talk.her, words)
    world.clock.move(timedelta(seconds=1))
    body = {**Q, "format": "jsonl", "client": str(talk.client.id)}
    made = (await supervisor.post("/api/custody/exports", json=body)).json()["id"]
    clerk = Clerk(world.database)
    assert await clerk.step()
    file = await supervisor.get(f"/api/custody/exports/{made}/file")
    with zipfile.ZipFile(io.BytesIO(file.content)) as box:
        rows = [json.loads(line) for line in box.read("records.jsonl").splitlines()]
    texts = [one["body"]["body"]["text"] for one in rows if one["kind"] == "message"]
    assert texts == said


async def test_an_export_that_is_deleted_while_it_is_written_leaves_no_file(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client who is in it is destroyed by another process meanwhile."""
    write = exporting.write

    async def overtaken(*given: Any) -> str:
        digest = await write(*given)
        async with firm.world.tx() as tx:
            await exports.holding(tx, firm.talk.client.id)
        return digest

    monkeypatch.setattr(exporting, "write", overtaken)
    body = {**Q, "format": "csv"}
    assert (await firm.supervisor.post("/api/custody/exports", json=body)).status_code == 202
    await work(firm)
    (one,) = (await firm.supervisor.get("/api/custody/exports")).json()["items"]
    assert one["state"] == "deleted"
    assert list((firm.world.settings.home / "exports").iterdir()) == []
    assert [str(one) for one in (await firm.audit()).faults] == []


async def test_a_failed_export_says_so(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = await firm.supervisor.post("/api/custody/exports", json={**Q, "format": "csv"})
    folder = firm.world.settings.home / "exports"
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("in the way")
    await work(firm)
    (one,) = (await firm.supervisor.get("/api/custody/exports")).json()["items"]
    assert (one["id"], one["state"]) == (asked.json()["id"], "failed")
    assert one["error"]
    folder.unlink()

    def full(*_: object, heading: bool, **__: object) -> bytes:
        if heading:
            return b""
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(formats, "csv_rows", full)
    await firm.supervisor.post("/api/custody/exports", json={**Q, "format": "csv"})
    await work(firm)
    (one, _) = (await firm.supervisor.get("/api/custody/exports")).json()["items"]
    assert (one["state"], list(folder.iterdir())) == ("failed", [])
    assert "No space left" in one["error"]


async def test_rec_08_the_dossier_is_paper_and_proof_in_one_call(firm: Firm) -> None:
    """REC-08: to be read by people, and checked by machines."""
    body = {**Q, "client": str(firm.talk.client.id), "product": "Zebra-4711"}
    answer = await firm.supervisor.post("/api/custody/dossiers?lang=en", json=body)
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as box:
        files = {name: box.read(name) for name in box.namelist()}
    manifest = json.loads(files["manifest.json"])
    assert {
        name: hashlib.sha256(files[name]).hexdigest() for name in manifest["sha256"]
    } == manifest["sha256"]
    assert manifest["sha256"].keys() | {"manifest.json"} == files.keys()
    rows = [json.loads(line) for line in files["records.jsonl"].splitlines()]
    assert {one["kind"] for one in rows} == {"message", "notice", "connection.established"}
    assert len(rows) == manifest["records"] == manifest["proofs"]
    policy = of_log(verifier_of(files["vkey.txt"].decode().strip()))
    for row in rows:
        proof = evidence.read(files[f"proofs/{row['record']}.tlog-proof"])
        evidence.check(proof, policy)
        assert hashlib.sha256(proof.extra or b"").hexdigest() == row["sha256"]
    text = "".join(
        page.extract_text() for page in PdfReader(io.BytesIO(files["dossier.pdf"])).pages
    )
    assert "Zebra-4711" in text
    assert "Dossier from the log of record" in text
    whole = await firm.supervisor.post("/api/custody/dossiers", json=body | {"product": ""})
    assert len(whole.content) > len(answer.content)
    nobody = await firm.supervisor.post(
        "/api/custody/dossiers", json=body | {"client": str(firm.talk.id)}
    )
    assert nobody.status_code == 404


async def test_a_client_is_called_as_the_readers_language_writes_the_name(firm: Firm) -> None:
    client = await firm.world.client(name="周敏", name_en="Zhou Min")
    url, number = f"/api/custody/clients/{client.id}", {"ref": client.person.external_ref}
    for language, name in (("en", "Zhou Min"), ("zh-CN", "周敏")):
        spoken = {"lang": language}
        for answer in (
            await firm.supervisor.get(url, params=spoken),
            await firm.supervisor.get("/api/custody/clients", params=spoken | number),
        ):
            assert answer.json()["name"] == name
        body = {**Q, "client": str(client.id), "product": ""}
        made = await firm.supervisor.post("/api/custody/dossiers", params=spoken, json=body)
        with zipfile.ZipFile(io.BytesIO(made.content)) as box:
            pages = PdfReader(io.BytesIO(box.read("dossier.pdf"))).pages
        assert name in "".join(page.extract_text() for page in pages)


async def test_an_examiner_sees_his_part_for_his_time_and_no_more(firm: Firm) -> None:
    world = firm.world
    person = await world.staff(Role.EXAMINER, name="方检")
    examiner = await world.sign_in(person)
    refused = await examiner.get("/api/custody/records", params=Q)
    assert (refused.status_code, refused.json()["error"]) == (403, "grant_missing")
    now = clock.now_ms()
    stranger = (await begin(world)).client.id
    async with world.tx() as tx:
        for client, number in ((firm.talk.client.id, "A-1"), (stranger, "B-2")):
            await tx.execute("UPDATE person SET external_ref = $2 WHERE id = $1", client, number)
    body = {
        "examiner": str(person.id), "purpose": "现场检查第12号", "clients": [str(firm.talk.client.id)],
        "starts_at": now, "ends_at": now + 1200_000,
    }  # fmt: skip
    assert (await examiner.post("/api/custody/grants", json=body)).status_code == 403
    for wrong, said in (
        ({"clients": []}, (422, "malformed")),
        ({"clients": [str(firm.talk.advisor.id)]}, (404, "not_found")),
        ({"purpose": "x"}, (422, "archive_purpose_required")),
        ({"ends_at": now}, (422, "grant_too_long")),
        ({"ends_at": now + 367 * 86_400_000}, (422, "grant_too_long")),
        ({"until": 0}, (422, "period_is_empty")),
        ({"examiner": str(firm.talk.advisor.id)}, (422, "malformed")),
    ):
        answer = await firm.supervisor.post("/api/custody/grants", json=body | wrong)
        assert (answer.status_code, answer.json()["error"]) == said, wrong
    given = await firm.supervisor.post("/api/custody/grants", json=body)
    assert given.status_code == 201, given.text

    for number, said in (("A-1", 200), ("B-2", 404), ("nobody", 404)):
        answer = await examiner.get("/api/custody/clients", params={"ref": number})
        assert answer.status_code == said, number
    (asked,) = (await firm.supervisor.get("/api/custody/looks")).json()["items"]
    assert (asked["what"], asked["query"], asked["viewer"]) == ("search", "A-1", str(person.id))

    answer = await examiner.get("/api/custody/records", params={"limit": 200})
    assert {one["client"] for one in answer.json()["items"]} == {str(firm.talk.client.id)}
    assert answer.json()["watermark"].startswith("方检 · ")
    (other, *_) = [one for one in await search(firm.supervisor, "", kind="message", limit=200)
                   if one["client"] != str(firm.talk.client.id)]  # fmt: skip
    for path, params in (
        (f"/api/custody/records/{other['record']}", {}), (f"/api/custody/records/{other['record']}/proof", {}),
        ("/api/custody/records", {"client": other["client"]}),
    ):  # fmt: skip
        beyond = await examiner.get(path, params=params)
        assert (beyond.status_code, beyond.json()["error"]) == (403, "beyond_grant")
    wide = await examiner.post("/api/custody/exports", json={"format": "csv"})
    assert wide.status_code == 422
    file = await export(firm, examiner, format="jsonl", client=str(firm.talk.client.id))
    with zipfile.ZipFile(io.BytesIO(file)) as box:
        assert b'"watermark":' in box.read("records.jsonl")
    mine = await examiner.post("/api/custody/dossiers", json={"client": str(firm.talk.client.id)})
    assert mine.status_code == 200, mine.text
    assert len((await examiner.get("/api/custody/grants")).json()["items"]) == 1
    grant = given.json()["id"]
    looks = (await firm.supervisor.get("/api/custody/looks")).json()["items"]
    assert {one["what"] for one in looks if one["grant"] == grant} == {
        "search",
        "export",
        "download",
        "dossier",
    }

    world.clock.move(timedelta(minutes=20))
    examiner = await world.sign_in(person)
    assert (await examiner.get("/api/custody/records")).status_code == 403
    longer = body | {"starts_at": now, "ends_at": now + 3600_000}
    again = await firm.supervisor.post("/api/custody/grants", json=longer)
    assert (await examiner.get("/api/custody/records")).status_code == 200
    for _ in range(2):
        ended = await firm.supervisor.post(f"/api/custody/grants/{again.json()['id']}/revoke")
        assert ended.json()["revoked_at"]
    assert (await examiner.get("/api/custody/records")).status_code == 403
    found = await firm.audit()
    assert [str(one) for one in found.faults] == []


async def test_an_export_is_taken_away_under_its_own_grant_alone(firm: Firm) -> None:
    person = await firm.world.staff(Role.EXAMINER, name="方检")
    examiner = await firm.world.sign_in(person)
    other, now = await begin(firm.world), clock.now_ms()

    async def granted(client: str) -> str:
        body = {
            "examiner": str(person.id), "purpose": "现场检查", "clients": [client],
            "starts_at": now, "ends_at": now + 1200_000,
        }  # fmt: skip
        given = await firm.supervisor.post("/api/custody/grants", json=body)
        assert given.status_code == 201, given.text
        return str(given.json()["id"])

    first = await granted(str(firm.talk.client.id))
    await export(firm, examiner, format="csv", client=str(firm.talk.client.id))
    (made,) = (await examiner.get("/api/custody/exports")).json()["items"]
    url = f"/api/custody/exports/{made['id']}/file"
    firm.world.clock.move(timedelta(seconds=1))
    assert (await examiner.get(url)).status_code == 200
    looks = (await firm.supervisor.get("/api/custody/looks")).json()["items"]
    assert (looks[0]["what"], looks[0]["grant"]) == ("download", first)
    await firm.supervisor.post(f"/api/custody/grants/{first}/revoke")
    await granted(str(other.client.id))
    refused = await examiner.get(url)
    assert (refused.status_code, refused.json()["error"]) == (403, "grant_missing")


async def test_one_grant_of_an_examiner_is_open_at_a_time(firm: Firm) -> None:
    """Of two that are open the older would count for nothing: the second is refused, and says which one stands."""
    person = await firm.world.staff(Role.EXAMINER, name="方检")
    now, day = clock.now_ms(), 86_400_000
    body = {"examiner": str(person.id), "purpose": "现场检查"}
    url = "/api/custody/grants"

    async def give(starts: int, ends: int) -> httpx.Response:
        times = {"starts_at": now + starts * day, "ends_at": now + ends * day}
        return await firm.supervisor.post(url, json=body | times)

    first = await give(0, 10)
    assert first.status_code == 201
    for starts, ends in ((0, 10), (5, 20), (2, 3)):
        refused = await give(starts, ends)
        assert (refused.status_code, refused.json()["error"]) == (409, "grant_overlaps")
        assert "至" in refused.json()["detail"]
    assert (await give(10, 12)).status_code == 201
    await firm.supervisor.post(f"{url}/{first.json()['id']}/revoke")
    assert (await give(1, 9)).status_code == 201
    other = await firm.world.staff(Role.EXAMINER, name="另检")
    body["examiner"] = str(other.id)
    assert (await give(0, 10)).status_code == 201


async def test_punctuation_alone_is_not_looked_for(firm: Firm) -> None:
    for words in ("，。", "?!", "……"):
        for language, told in (("zh-CN", "标点符号"), ("en", "Punctuation alone")):
            answer = await firm.supervisor.get(
                "/api/custody/records",
                params={"q": words, **Q},
                headers={"Accept-Language": language},
            )
            assert (answer.status_code, answer.json()["error"]) == (422, "search_words_needed")
            assert told in answer.json()["detail"]
    assert await search(firm.supervisor, " ") != []


async def test_nobody_else_looks(firm: Firm) -> None:
    other = await begin(firm.world)
    for browser in (firm.administrator, other.client.http, await firm.world.sign_in(other.advisor)):
        for path in ("records", "looks", "exports", "grants", "audits"):
            answer = await browser.get(f"/api/custody/{path}", params=Q)
            expected = 200 if path == "audits" and browser is firm.administrator else 403
            assert answer.status_code == expected, path

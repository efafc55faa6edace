"""Whoever serves a client looks into nothing of this client's record (COMM-08): somebody else must."""

import io
import json
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import httpx

from tests.conversations.talk import begin
from tests.review.test_tickets import DISTRESS, distressed
from tests.world import BOSS, World
from visavis.archive import api as archive
from visavis.connections import api as connections
from visavis.connections.types import Basis, Reason
from visavis.custody.clerk import Clerk
from visavis.kernel.auth import Role, system

WHY = {"purpose": "例行检查"}
WORDS = ("distress", "fraud", "complaint", "ticket", DISTRESS)


async def _work(world: World) -> None:
    clerk = Clerk(world.database)
    while await clerk.step():
        pass


async def _listed(browser: httpx.AsyncClient, **asked: Any) -> dict[str, Any]:
    answer = await browser.get("/api/custody/records", params={**WHY, "limit": 200, **asked})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def _exported(world: World, browser: httpx.AsyncClient, form: str) -> dict[str, bytes]:
    asked = await browser.post("/api/custody/exports", json={**WHY, "format": form})
    assert asked.status_code == 202, asked.text
    await _work(world)
    file = await browser.get(f"/api/custody/exports/{asked.json()['id']}/file")
    with ZipFile(io.BytesIO(file.content)) as box:
        return {name: box.read(name) for name in box.namelist()}


def _refused(answer: httpx.Response) -> bool:
    return (answer.status_code, answer.json()["error"]) == (403, "serves_client")


async def test_comm_08_who_serves_a_client_reads_of_the_record_by_no_road(world: World) -> None:
    """COMM-08: search, a record, its proof, the dossier, exports, their list and the list of looks."""
    talk, both = await distressed(world)
    other = await begin(world)
    await other.say(other.her, "请问基金赎回多久到账")
    office = await world.sign_in(await world.supervisor())
    himself = await world.sign_in(both)
    client = str(talk.client.id)
    world.clock.move(timedelta(seconds=5))
    async with world.tx() as tx:
        said = (await archive.chain(tx, talk.id))[-1]
        before = [one.envelope for one in await archive.by_ids(tx, [said.record_id])]
    await _work(world)

    # Others find it with what was found; to him it is left out, and he is told of how many clients.
    assert str(said.record_id) in {one["record"] for one in (await _listed(office))["items"]}
    mine = await _listed(himself)
    assert mine["withheld_clients"] == 1
    assert (await _listed(office))["withheld_clients"] == 0
    assert client not in json.dumps(mine)
    assert str(other.client.id) in {one["client"] for one in mine["items"]}
    for words in ("被骗", "私人账户", "fraud"):
        assert (await _listed(himself, q=words))["items"] == []
    assert _refused(await himself.get("/api/custody/records", params={**WHY, "client": client}))

    # One record, its proof, the dossier, an export of this client.
    url = f"/api/custody/records/{said.record_id}"
    for path in ("", "/proof"):
        assert _refused(await himself.get(url + path, params=WHY))
    opened = (await office.get(url, params=WHY)).json()
    assert opened["body"]["verdict"]["categories"]
    body = {**WHY, "client": client}
    assert _refused(await himself.post("/api/custody/dossiers", json=body))
    assert (await office.post("/api/custody/dossiers", json=body)).status_code == 200
    assert _refused(await himself.post("/api/custody/exports", json={**body, "format": "csv"}))
    assert (
        await office.post("/api/custody/exports", json={**body, "format": "csv"})
    ).status_code == 202

    # Everybody's export has nothing of hers, and says so.
    for form in ("jsonl", "csv", "eml"):
        files = await _exported(world, himself, form)
        manifest = json.loads(files.pop("manifest.json"))
        assert manifest["withheld_clients"] == [client]
        assert not any(client.encode() in one for one in files.values())
        assert any(str(other.client.id).encode() in one for one in files.values())
    assert (
        json.loads((await _exported(world, office, "csv"))["manifest.json"])["withheld_clients"]
        == []
    )

    # What others asked for and looked at of hers: neither in the lists, nor as a record.
    for path in ("exports", "looks"):
        theirs = (await office.get(f"/api/custody/{path}")).text
        assert client in theirs
        told = (await himself.get(f"/api/custody/{path}")).text
        assert client not in told
        assert str(said.record_id) not in told
    await _work(world)
    for kind in ("archive_look", "export.asked", "supervised_view"):
        found = (await _listed(himself, kind=kind))["items"]
        for one in found:
            page = (await himself.get(f"/api/custody/records/{one['record']}", params=WHY)).text
            assert client not in page
    looks = [
        f"/api/custody/records/{one['record']}"
        for one in (await _listed(office, kind="archive_look"))["items"]
    ]
    of_hers = [
        url for url in looks
        if (await office.get(url, params=WHY)).json()["body"]["client"] == client
    ]  # fmt: skip
    assert of_hers
    for url in of_hers:
        assert (await himself.get(url, params=WHY)).status_code == 404
    listed = (await _listed(himself))["items"]
    told = json.dumps([one for one in listed if one["kind"] != "archive_look"])  # his own words
    assert not [word for word in WORDS if word in told]

    # Not a byte of the record is another one for that.
    async with world.tx() as tx:
        assert [one.envelope for one in await archive.by_ids(tx, [said.record_id])] == before


async def test_who_served_a_client_once_looks_no_more_than_who_serves_him(world: World) -> None:
    """A connection that has ended; an export that was made before it began is shut as well."""
    both = await world.staff(Role.ADVISOR, Role.SUPERVISOR)
    himself = await world.sign_in(both)
    client = (await begin(world)).client.id
    world.clock.move(timedelta(seconds=5))
    body = {**WHY, "client": str(client), "format": "csv"}
    asked = await himself.post("/api/custody/exports", json=body)
    await _work(world)
    url = f"/api/custody/exports/{asked.json()['id']}/file"
    assert (await himself.get(url)).status_code == 200
    async with world.tx() as tx:
        tie = await connections.establish(tx, system(), client, both.id, Basis.ACCEPTANCE)
        await connections.dissolve(tx, BOSS, tie.id, Reason.CHANGED_POST)
    assert _refused(await himself.get(url))
    assert _refused(await himself.post("/api/custody/exports", json=body))
    assert (await _listed(himself))["withheld_clients"] == 1

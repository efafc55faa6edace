"""Dissolved: at once no send, no read, no live socket; the client is told, keeps the history and gets a successor."""

import asyncio
import time
from uuid import UUID, uuid4

import pytest

from tests.conversations.conftest import Wire
from tests.conversations.talk import Talk, begin
from tests.pace import within
from tests.world import BOSS, World
from visavis.archive import api as archive
from visavis.connections import api as connections
from visavis.identity import api as identity
from visavis.identity.types import Staff
from visavis.sdk.errors import Ended, WireError

WITHIN_S = 2.0
PATIENCE_S = 60.0


async def own_of(world: World, client_id: UUID) -> tuple[UUID, str] | None:
    async with world.tx() as tx:
        found = (await connections.own(tx, [client_id])).get(client_id)
    return (found.staff_id, found.state.value) if found else None


async def test_conn_02_a_leavers_socket_dies_and_nothing_of_his_works(wire: Wire) -> None:
    """CONN-02: an open socket, and a device that was offline and sends what it had kept."""
    world = wire.world
    heir = await world.advisor("陈静")
    talk = await begin(world, await world.advisor("李明"))
    conversation = str(talk.id)
    him, her = await wire.live(talk.advisor), await wire.live(talk.client)
    http = await wire.http(talk.advisor)
    boss = await wire.http(await world.administrator())
    await him.send(conversation, "您好，请问有什么可以帮您？")
    await her.until(lambda: her.streams.of(conversation).high >= 2)

    began = time.monotonic()
    done = await boss.call("POST", f"/api/staff/{talk.advisor.id}/leave", {"reason": "resigned"})
    await him.until(lambda: him.ended is not None, PATIENCE_S)
    assert time.monotonic() - began < within(WITHIN_S)
    assert done["dissolved"] == 1
    with pytest.raises((Ended, WireError)):
        await him.send(conversation, "加我微信")
    for method, path in (
        ("GET", f"/api/conversations/{conversation}/entries"),
        ("GET", f"/api/conversations/{conversation}"),
        ("GET", "/api/clients"),
        ("GET", f"/api/clients/{talk.client.id}"),
        ("POST", "/api/socket-ticket"),
    ):
        with pytest.raises(WireError) as refused:
            await http.call(method, path)
        assert refused.value.status == 401, path

    kept = {"client_key": str(uuid4()), "stream": "shared", "body": {"text": "加我微信"}}
    with pytest.raises(WireError) as refused:
        await http.call("POST", f"/api/conversations/{conversation}/entries", kept)
    assert refused.value.status == 401

    # The client is told by a line of the platform and keeps everything.
    await world.settle()
    await her.until(lambda: her.streams.of(conversation).high >= 3, PATIENCE_S)
    lines = her.streams.of(conversation).entries
    assert [one["kind"] for one in lines] == ["system", "message", "system"]
    assert lines[-1]["body"]["code"] == "left"
    assert lines[-1]["body"]["params"]["successor_name"] == "陈静"
    page = await (await wire.http(talk.client)).call(
        "GET", f"/api/conversations/{conversation}/entries"
    )
    assert [one["no"] for one in page["entries"]] == [1, 2, 3]
    assert await own_of(world, talk.client.id) == (heir.id, "proposed")
    home = await (await wire.http(talk.client)).call("GET", "/api/client/home")
    assert home["advisor"]["name"] == "陈静"
    assert home["advisor"]["code"] == heir.code


async def test_a_dissolved_connection_shuts_one_conversation_and_leaves_the_rest(
    wire: Wire,
) -> None:
    world = wire.world
    advisor = await world.advisor()
    first, second = await begin(world, advisor), await begin(world, advisor)
    him = await wire.live(advisor)
    await him.pull(str(first.id))
    await him.pull(str(second.id))
    boss = await wire.http(await world.administrator())
    found = await boss.get("/api/connections", client=str(first.client.id))
    path = f"/api/connections/{found['items'][0]['id']}/dissolve"
    ended = await boss.call("POST", path, {"reason": "changed_post"})
    assert (ended["state"], ended["reason"]) == ("dissolved", "changed_post")
    assert ended["successor"] is None

    with pytest.raises(WireError) as refused:
        await him.send(str(first.id), "还在吗")
    assert refused.value.code == "connection_dissolved"
    http = await wire.http(advisor)
    for path in (f"/api/conversations/{first.id}/entries", f"/api/conversations/{first.id}"):
        with pytest.raises(WireError) as gone:
            await http.call("GET", path)
        assert gone.value.status == 404
    # What the client writes from now on does not reach his socket; the other client's words do.
    her, other = await wire.live(first.client), await wire.live(second.client)
    before = him.streams.of(str(first.id)).high
    await her.send(str(first.id), "这句话他看不到")
    await other.send(str(second.id), "这句话他看得到")
    await him.until(
        lambda: "看得到" in str(him.streams.of(str(second.id)).entries[-1]["body"]), PATIENCE_S
    )
    assert him.streams.of(str(first.id)).high == before
    assert him.ended is None


async def test_everybody_is_handed_over_in_the_leavers_commit(world: World, assign) -> None:
    leaver = await world.advisor()
    heirs = [await world.advisor() for _ in range(3)]
    stranger = await world.advisor(branch="BJ01")
    manager = await world.manager()
    refs = [f"C{n}" for n in range(9)]
    await assign(leaver, *refs)
    clients = [await world.client(ref) for ref in refs]
    async with world.tx() as tx:
        await connections.leave(tx, BOSS, leaver.id, "resigned")
    given: dict[UUID, int] = {}
    for client in clients:
        found = await own_of(world, client.id)
        assert found is not None
        assert found[1] == "proposed"
        given[found[0]] = given.get(found[0], 0) + 1
    assert given == {heir.id: 3 for heir in heirs}
    assert stranger.id not in given
    assert manager.id not in given
    async with world.tx() as tx:
        assert await connections.part_with_leaver(tx, BOSS, leaver.id) is False
        history = await connections.of_client(tx, clients[0].id)
        chain = await archive.chain(tx, history[-1].id)
    assert [one.state.value for one in history] == ["proposed", "dissolved"]
    assert history[0].successor_of == history[1].id
    assert [one.kind for one in chain] == ["connection.proposed", "connection.dissolved"]
    assert chain[-1].body is not None
    assert chain[-1].body["reason"] == "staff_left"
    assert chain[-1].body["actor"] == str(BOSS.person_id)


async def test_a_large_book_is_handed_over_in_slices_those_in_conversation_first(
    world: World, assign
) -> None:
    leaver, heir = await world.advisor(), await world.advisor()
    await assign(leaver, *(f"C{n:03d}" for n in range(250)))
    talk = await begin(world, leaver)
    boss = await world.sign_in(await world.administrator())
    answer = await boss.post(f"/api/staff/{leaver.id}/leave", json={"reason": "resigned"})
    assert answer.json()["dissolved"] == 251
    assert await own_of(world, talk.client.id) == (heir.id, "proposed")
    async with world.tx() as tx:
        assert len(await connections.of_staff(tx, leaver.id)) == 151
    await world.settle()
    async with world.tx() as tx:
        assert await connections.of_staff(tx, leaver.id) == []
        assert len(await connections.of_staff(tx, heir.id)) == 251


async def test_leaving_by_another_door_is_followed_by_reaction(world: World, assign) -> None:
    leaver, heir = await world.advisor(), await world.advisor()
    await assign(leaver, "C1")
    client = await world.client("C1")
    async with world.tx() as tx:
        await identity.mark_left(tx, BOSS, leaver.id, "reported by personnel")
    assert await own_of(world, client.id) == (leaver.id, "proposed")
    await world.settle()
    assert await own_of(world, client.id) == (heir.id, "proposed")


async def test_whoever_has_another_manager_keeps_him(world: World, assign) -> None:
    talk = await begin(world)
    manager = await world.manager()
    ref = talk.client.person.external_ref or ""
    await assign(manager, ref)
    async with world.tx() as tx:
        await connections.leave(tx, BOSS, talk.advisor.id, "resigned")
    assert await own_of(world, talk.client.id) == (manager.id, "proposed")
    async with world.tx() as tx:
        every = await connections.of_client(tx, talk.client.id)
    assert sorted((one.staff_id == manager.id, one.state.value) for one in every) == [
        (False, "dissolved"), (True, "proposed"),
    ]  # fmt: skip


async def test_a_successor_is_chosen_and_checked(world: World) -> None:
    talk = await begin(world)
    boss = await world.sign_in(await world.administrator())
    found = (await boss.get("/api/connections")).json()["items"][0]
    path = f"/api/connections/{found['id']}/dissolve"
    unlicensed = await world.advisor(licences=[])
    refusals = {
        str(talk.advisor.id): "same_person",
        str((await world.supervisor()).id): "not_serving",
        str(unlicensed.id): "licence_expired",
    }
    for successor, reason in refusals.items():
        answer = await boss.post(path, json={"reason": "reassigned", "successor": successor})
        assert (answer.status_code, answer.json()["error"]) == (409, "no_such_successor")
        assert answer.json()["params"]["reason"] == reason
    heir: Staff = await world.manager(branch="BJ01")
    answer = await boss.post(path, json={"reason": "reassigned", "successor": str(heir.id)})
    assert answer.json()["successor"]["staff_id"] == str(heir.id)
    assert await own_of(world, talk.client.id) == (heir.id, "proposed")


async def test_only_an_administrator_dissolves(world: World) -> None:
    talk = await begin(world)
    async with world.tx() as tx:
        (one,) = await connections.of_client(tx, talk.client.id)
    staff = [
        talk.advisor, await world.supervisor(), await world.operator(), await world.editor(),
        await world.manager(),
    ]  # fmt: skip
    for person in staff:
        browser = await world.sign_in(person)
        for path, body in (
            (f"/api/connections/{one.id}/dissolve", {"reason": "error"}),
            (f"/api/connections/{one.id}/suspend", {"reason": "error"}),
            (f"/api/connections/{one.id}/resume", None),
            (f"/api/staff/{talk.advisor.id}/leave", {"reason": "x"}),
        ):
            assert (await browser.post(path, json=body)).status_code == 403
    answer = await talk.client.http.post(
        f"/api/connections/{one.id}/dissolve", json={"reason": "error"}
    )
    assert answer.status_code == 403


async def test_a_client_declines_and_gets_another_thrice_at_most(world: World, assign) -> None:
    staff = [await world.advisor() for _ in range(5)]
    await assign(staff[0], "C1")
    client = await world.client("C1")
    choices = (await client.http.get("/api/client/advisor/choices")).json()["items"]
    assert len(choices) == 3
    assert str(staff[0].id) not in {one["id"] for one in choices}
    assert {"name", "code", "verify_url", "usual_reply_s"} <= choices[0].keys()
    chosen = await client.http.post(
        "/api/client/advisor/decline", json={"choice": str(staff[4].id)}
    )
    assert chosen.json()["advisor"]["id"] == str(staff[4].id)
    seen = {str(staff[0].id), str(staff[4].id)}
    for _ in range(2):
        answer = await client.http.post("/api/client/advisor/decline", json={})
        assert answer.json()["advisor"]["id"] not in seen
        seen.add(answer.json()["advisor"]["id"])
    refused = await client.http.post("/api/client/advisor/decline", json={})
    assert (refused.status_code, refused.json()["error"]) == (429, "too_many")
    desk = await world.sign_in(staff[0])
    assert (await desk.post("/api/client/advisor/decline", json={})).status_code == 403
    nobody = await world.client()
    assert (await nobody.http.post("/api/client/advisor/decline", json={})).status_code == 404
    assert (await nobody.http.get("/api/client/advisor/choices")).json()["items"] == []


async def test_dissolving_and_speaking_at_the_same_moment(world: World) -> None:
    talk: Talk = await begin(world)
    boss = await world.sign_in(await world.administrator())
    found = (await boss.get("/api/connections")).json()["items"][0]
    path = f"/api/connections/{found['id']}/dissolve"
    answers = await asyncio.gather(
        boss.post(path, json={"reason": "compliance"}),
        *(talk.post(talk.draft(talk.him, f"第{n}句")) for n in range(3)),
    )
    assert answers[0].status_code == 200
    assert await talk.refused(talk.draft(talk.him, "之后")) == "connection_dissolved"

"""The firm's acts at their edges: what is repeated, what is impossible, what nobody may."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from tests.connections.conftest import Import, book
from tests.world import BOSS, World
from visavis.archive import api as archive
from visavis.connections import api as connections
from visavis.connections import csvbook, rules
from visavis.connections.types import (
    Ask,
    Basis,
    ClientRestricted,
    ConnectionResting,
    Contact,
    NotConnected,
    Reason,
    StaffSuspended,
    State,
    Tie,
    WrongEnvironment,
)
from visavis.identity import api as identity
from visavis.identity.types import PersonStatus
from visavis.kernel import clock as clocks
from visavis.kernel.auth import Environment, Role, system
from visavis.kernel.errors import Forbidden, NotFound


async def test_suspending_is_for_active_connections_and_may_be_repeated(
    world: World, boss: httpx.AsyncClient, assign
) -> None:
    advisor = await world.advisor()
    await assign(advisor, "C1")
    (proposed,) = (await boss.get("/api/connections")).json()["items"]
    path = f"/api/connections/{proposed['id']}"
    refused = await boss.post(f"{path}/suspend", json={"reason": "complaint"})
    assert (refused.status_code, refused.json()["error"]) == (403, "not_connected")
    client = await world.client("C1")
    async with world.tx() as tx:
        await connections.establish(tx, system(), client.id, advisor.id, Basis.FIRST_CONTACT)
    for _ in range(2):
        answer = await boss.post(f"{path}/suspend", json={"reason": "complaint"})
        assert (answer.json()["state"], answer.json()["reason"]) == ("suspended", "complaint")
    async with world.tx() as tx:
        with pytest.raises(ConnectionResting):
            await connections.establish(tx, system(), client.id, advisor.id, Basis.ACCEPTANCE)
    for _ in range(2):
        answer = await boss.post(f"{path}/resume")
        assert (answer.json()["state"], answer.json()["reason"]) == ("active", None)
    for missing in ("suspend", "resume", "dissolve"):
        body = {"reason": "error"}
        answer = await boss.post(f"/api/connections/{uuid4()}/{missing}", json=body)
        assert answer.status_code == 404


async def test_strangers_cannot_be_connected(world: World) -> None:
    advisor, client = await world.advisor(), await world.client()
    gone = await world.advisor()
    async with world.tx() as tx:
        await identity.mark_left(tx, BOSS, gone.id, "resigned")
    for client_id, staff_id, expected in (
        (uuid4(), advisor.id, NotConnected),
        (client.id, uuid4(), NotConnected),
        (advisor.id, advisor.id, NotConnected),
        (client.id, gone.id, StaffSuspended),
    ):
        async with world.tx() as tx:
            with pytest.raises(expected):
                await connections.establish(tx, system(), client_id, staff_id, Basis.ACCEPTANCE)


async def test_a_book_makes_whoever_serves_already_the_manager(world: World, bring: Import) -> None:
    advisor, client = await world.advisor(), await world.client()
    async with world.tx() as tx:
        served = await connections.establish(tx, system(), client.id, advisor.id, Basis.ACCEPTANCE)
    assert served.tie is Tie.SERVED
    ref = client.person.external_ref or ""
    done = await bring(book((ref, "王芳", advisor.employee_no or "", "2026-01-01")))
    assert (done["created"], done["applied"]) == (1, True)
    async with world.tx() as tx:
        (one,) = await connections.of_client(tx, client.id)
    assert (one.id, one.tie, one.state) == (served.id, Tie.OWN, State.ACTIVE)


async def test_a_contact_establishes_what_the_book_proposed(world: World, assign) -> None:
    advisor = await world.advisor()
    await assign(advisor, "C1")
    client, stranger = await world.client("C1"), await world.client()
    async with world.tx() as tx:
        for one in (client, stranger):
            met = Contact(one.id, advisor.id, True, clocks.now())
            await connections.contact(tx, system(), met)
        known = await connections.between(tx, client.id, advisor.id)
        assert await connections.between(tx, stranger.id, advisor.id) is None
    assert known is not None
    assert (known.state, known.basis, known.contacts) == (State.ACTIVE, "first_contact", 1)
    assert known.last_contact_at == clocks.now()


async def test_a_contact_with_a_leaver_is_counted_and_connects_nobody(world: World, assign) -> None:
    advisor = await world.advisor()
    await assign(advisor, "C1")
    client = await world.client("C1")
    async with world.tx() as tx:
        await identity.suspend(tx, BOSS, advisor.id, "inquiry")
        await connections.contact(tx, system(), Contact(client.id, advisor.id, True, clocks.now()))
        known = await connections.between(tx, client.id, advisor.id)
    assert known is not None
    assert (known.state, known.contacts) == (State.PROPOSED, 1)


async def test_nobody_is_left_to_take_over(world: World) -> None:
    advisor, client = await world.advisor(), await world.client()
    async with world.tx() as tx:
        one = await connections.establish(tx, system(), client.id, advisor.id, Basis.ACCEPTANCE)
        await connections.dissolve(tx, BOSS, one.id, Reason.CHANGED_POST)
        assert await connections.own(tx, [client.id]) == {}
        assert await connections.own(tx, []) == {}


async def test_lists_are_for_those_who_serve_or_oversee(world: World) -> None:
    editor = await world.sign_in(await world.editor())
    assert (await editor.get("/api/clients")).status_code == 403
    client = await world.client()
    assert (await client.http.get("/api/clients")).status_code == 403
    visitor = await world.visitor()
    assert (await visitor.get("/api/clients")).status_code == 403
    assert (await world.http().get("/api/clients")).status_code == 401
    async with world.tx() as tx:
        with pytest.raises(Forbidden):
            await connections.funnel(tx, await world.actor(await world.advisor()), 90)
        with pytest.raises(Forbidden):
            await connections.part_with_leaver(
                tx, await world.actor(await world.advisor()), uuid4()
            )


async def test_the_funnel_counts_how_far_clients_have_come(world: World, assign) -> None:
    advisor, other = await world.advisor(), await world.manager()
    await assign(advisor, "C1", "C2", "C3", "C4")
    clients = [await world.client(f"C{n}") for n in range(1, 5)]
    operator = await world.actor(await world.operator())
    for client in clients[:3]:
        async with world.tx() as tx:
            met = Contact(client.id, advisor.id, True, clocks.now())
            await connections.contact(tx, system(), met)
    world.clock.move(timedelta(days=60))
    async with world.tx() as tx:
        met = Contact(clients[0].id, advisor.id, True, clocks.now())
        await connections.contact(tx, system(), met)
        own = await connections.own(tx, [clients[2].id])
        await identity.suspend(tx, BOSS, other.id, "inquiry")
        await connections.dissolve(tx, BOSS, own[clients[2].id].id, Reason.COMPLAINT)
        (row,) = await connections.funnel(tx, operator, 30)
    counts = {key: value for key, value in row.items() if key != "staff_id"}
    assert row["staff_id"] == advisor.id
    assert counts == {
        "assigned": 3, "never_met": 1, "connected": 2, "active": 1, "dormant": 1, "lost": 1,
    }  # fmt: skip


async def test_a_restricted_client_neither_writes_nor_is_greeted(world: World, assign) -> None:
    advisor = await world.advisor()
    await assign(advisor, "C1")
    client = await world.client("C1")
    actor = await world.actor(client.person)
    async with world.tx() as tx:
        await tx.execute("UPDATE person SET status = 'restricted' WHERE id = $1", client.id)
        (refusal,) = await connections.may_speak(tx, [Ask(actor, client.id, uuid4())])
    assert isinstance(refusal, ClientRestricted)
    desk = await world.sign_in(advisor)
    (row,) = (await desk.get("/api/clients")).json()["items"]
    assert row["greet_refusal"]["error"] == "client_restricted"


async def test_rights_of_strangers_are_refused_one_by_one(world: World) -> None:
    advisor, client = await world.advisor(), await world.client()
    actor = await world.actor(advisor)
    assert isinstance(
        rules.may_staff_speak(actor, None, frozenset(), client.person, None), NotConnected
    )
    async with world.tx() as tx:
        partner = await world.staff(Role.PARTNER_STAFF)
        able = identity.capabilities(partner, identity.today())
        assert await connections.may_speak(tx, []) == []
    lacking = rules.lacks_licence(partner.roles, able)
    assert lacking is not None
    assert lacking.code == "capability_missing"
    assert PersonStatus.ACTIVE is partner.status


@pytest.mark.parametrize("line", ["", "\n", ";;;\n"])
async def test_empty_lines_of_a_book_are_passed_over(
    world: World, bring: Import, line: str
) -> None:
    manager = await world.manager()
    text = f"client_no;client_name;employee_no;assigned_on\n{line}C1;王芳;{manager.employee_no};2026-01-05\n"
    assert (await bring(text.encode()))["rows"] == 1


async def test_a_book_in_no_known_encoding_or_without_bounds_is_refused(
    boss: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await boss.post("/api/connections/import", files={"file": ("b.csv", b"client_no\0")})
    assert answer.json()["params"]["reason"] == "encoding"
    monkeypatch.setattr(csvbook, "MOST_BYTES", 100)
    answer = await boss.post("/api/connections/import", files={"file": ("b.csv", b"x" * 101)})
    assert answer.json()["params"]["reason"] == "too_large"
    monkeypatch.setattr(csvbook, "MOST_BYTES", 1000)
    monkeypatch.setattr(csvbook, "MOST_ROWS", 2)
    rows = [(f"C{n}", "x", "E1", "2026-01-01") for n in range(3)]
    answer = await boss.post("/api/connections/import", files={"file": ("b.csv", book(*rows))})
    assert answer.json()["params"]["reason"] == "too_many_rows"


async def test_what_cannot_be_known_is_not_found(world: World, assign) -> None:
    advisor, lonely = await world.advisor(), await world.advisor(branch="BJ01")
    await assign(advisor, "C1")
    client = await world.client("C1")
    actor = await world.actor(advisor)
    async with world.tx() as tx:
        with pytest.raises(NotFound):
            await connections.client_view(tx, actor, uuid4())
        with pytest.raises(NotFound):
            await connections.client_view(
                tx, replace(actor, environment=Environment.TEST), client.id
            )
        with pytest.raises(NotConnected):
            await connections.touch(tx, actor, uuid4(), "greeting")
        her = await world.actor(client.person)
        assert await connections.successors(tx, her) == [lonely.id]
        one = (await connections.own(tx, [client.id]))[client.id]
        theirs = await connections.greetable(tx, await world.actor(lonely), [one])
    assert isinstance(theirs[client.id], NotConnected)


async def test_a_simulated_advisor_is_told_apart_at_once(world: World) -> None:
    client = await world.client()
    stranger = await world.advisor(environment=Environment.SIMULATED)
    actor = await world.actor(stranger)
    async with world.tx() as tx:
        (refusal,) = await connections.may_speak(tx, [Ask(actor, client.id, uuid4())])
    assert isinstance(refusal, WrongEnvironment)


async def test_a_book_says_which_language_it_does_not_know(world: World, bring: Import) -> None:
    manager = await world.manager()
    text = (
        "client_no,client_name,employee_no,assigned_on,language\n"
        f"C1,王芳,{manager.employee_no},2026-01-05,fr\n"
    )
    (error,) = (await bring(text.encode()))["errors"]
    assert (error["code"], error["column"], error["value"]) == ("row_language", "language", "fr")


async def test_two_who_connect_the_same_pair_at_once_get_one_connection(world: World) -> None:
    advisor, client = await world.advisor(), await world.client()

    async def connect() -> UUID:
        async with world.tx() as tx:
            one = await connections.establish(tx, system(), client.id, advisor.id, Basis.ACCEPTANCE)
            await connections.may_speak(tx, [])
            return one.id

    found = await asyncio.gather(*(connect() for _ in range(4)))
    assert len(set(found)) == 1
    async with world.tx() as tx:
        (one,) = await connections.of_client(tx, client.id)
        chain = await archive.chain(tx, one.id)
    assert [record.kind for record in chain] == ["connection.established"]
    assert one.record_id == chain[0].record_id

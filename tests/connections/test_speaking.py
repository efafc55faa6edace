"""Who may speak: state, registration, environment, at this very moment; a constant number of statements."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.world import BOSS, Client, World
from visavis.connections import api as connections
from visavis.connections.types import Ask, Basis, ConnectionEnded, NotConnected, Reason
from visavis.identity import api as identity
from visavis.identity.types import LicenceType, Staff
from visavis.kernel.auth import Actor, Environment, Role, assistant, system
from visavis.kernel.db import Row, Tx
from visavis.kernel.errors import Forbidden, Refusal


async def served(world: World, staff: Staff, client: Client) -> UUID:
    async with world.tx() as tx:
        one = await connections.establish(tx, system(), client.id, staff.id, Basis.ACCEPTANCE)
    return one.id


async def verdict(world: World, actor: Actor, client_id: UUID) -> str | None:
    async with world.tx() as tx:
        (refusal,) = await connections.may_speak(tx, [Ask(actor, client_id, uuid4())])
    return refusal.code if refusal else None


async def test_an_active_connection_lets_a_licensed_advisor_speak(world: World) -> None:
    advisor, client = await world.advisor(), await world.client()
    actor = await world.actor(advisor)
    assert await verdict(world, actor, client.id) == "not_connected"
    await served(world, advisor, client)
    assert await verdict(world, actor, client.id) is None


async def test_a_proposed_connection_does_not(world: World, assign) -> None:
    advisor = await world.advisor()
    await assign(advisor, "C1")
    client = await world.client("C1")
    assert await verdict(world, await world.actor(advisor), client.id) == "not_connected"


async def test_a_licence_counts_to_the_last_moment_of_its_day(world: World) -> None:
    today = identity.today()
    advisor, client = await world.advisor(valid_to=today), await world.client()
    actor = await world.actor(advisor)
    await served(world, advisor, client)
    world.clock.move(timedelta(hours=13, minutes=59, seconds=59))  # 23:59:59 in Shanghai
    assert await verdict(world, actor, client.id) is None
    world.clock.move(timedelta(seconds=1))
    assert await verdict(world, actor, client.id) == "licence_expired"


async def test_suspended_and_former_staff_are_silent_at_once(world: World) -> None:
    advisor, client = await world.advisor(), await world.client()
    actor = await world.actor(advisor)
    await served(world, advisor, client)
    async with world.tx() as tx:
        await identity.suspend(tx, BOSS, advisor.id, "inquiry")
    assert await verdict(world, actor, client.id) == "staff_suspended"
    async with world.tx() as tx:
        await identity.reinstate(tx, BOSS, advisor.id, "cleared")
    assert await verdict(world, actor, client.id) is None
    async with world.tx() as tx:
        await identity.mark_left(tx, BOSS, advisor.id, "resigned")
    assert await verdict(world, actor, client.id) == "staff_suspended"


async def test_suspended_and_dissolved_connections_are_silent(world: World) -> None:
    advisor, client = await world.advisor(), await world.client()
    actor = await world.actor(advisor)
    connection_id = await served(world, advisor, client)
    boss = await world.sign_in(await world.administrator())
    path = f"/api/connections/{connection_id}"
    assert (await boss.post(f"{path}/suspend", json={"reason": "complaint"})).status_code == 200
    assert await verdict(world, actor, client.id) == "connection_suspended"
    assert (await boss.post(f"{path}/resume")).json()["state"] == "active"
    assert await verdict(world, actor, client.id) is None
    assert (await boss.post(f"{path}/dissolve", json={"reason": "compliance"})).status_code == 200
    assert await verdict(world, actor, client.id) == "connection_dissolved"
    again = await boss.post(f"{path}/dissolve", json={"reason": "compliance"})
    assert (again.status_code, again.json()["error"]) == (409, "already_dissolved")
    resumed = await boss.post(f"{path}/resume")
    assert (resumed.status_code, resumed.json()["error"]) == (409, "already_dissolved")


@pytest.mark.parametrize(
    ("role", "licences", "expected"),
    [
        (Role.ADVISOR, [LicenceType.ADVISORY], None),
        (Role.ADVISOR, [LicenceType.SECURITIES], None),
        (Role.ADVISOR, [], "licence_expired"),
        (Role.CLIENT_MANAGER, [LicenceType.SECURITIES], None),
        (Role.CLIENT_MANAGER, [LicenceType.FUND], "licence_expired"),
        (Role.BROKER_AGENT, [LicenceType.AGENT], None),
        (Role.BROKER_AGENT, [LicenceType.SECURITIES], "licence_expired"),
    ],
)
async def test_the_registration_of_the_role_is_needed(
    world: World, role: Role, licences: list[LicenceType], expected: str | None
) -> None:
    one, client = await world.staff(role, licences=licences), await world.client()
    await served(world, one, client)
    assert await verdict(world, await world.actor(one), client.id) == expected


@pytest.mark.parametrize(
    "role",
    [
        Role.PARTNER_STAFF,
        Role.SUPERVISOR,
        Role.OPERATOR,
        Role.EDITOR,
        Role.ADMINISTRATOR,
        Role.EXAMINER,
    ],
)
async def test_other_roles_cannot_even_be_connected(world: World, role: Role) -> None:
    one, client = await world.staff(role), await world.client()
    with pytest.raises(NotConnected):
        await served(world, one, client)
    assert await verdict(world, await world.actor(one), client.id) == "not_connected"


async def test_clients_speak_only_for_themselves(world: World) -> None:
    client, other = await world.client(), await world.client()
    actor = await world.actor(client.person)
    assert await verdict(world, actor, client.id) is None
    assert await verdict(world, actor, other.id) == "not_connected"
    assert await verdict(world, replace(actor, environment=Environment.TEST), client.id) == (
        "wrong_environment"
    )


async def test_ops_02_nobody_crosses_environments(world: World) -> None:
    """OPS-02: what is simulated or tested reaches no client."""
    client = await world.client()
    stranger = await world.advisor(environment=Environment.SIMULATED)
    with pytest.raises(Refusal) as refused:
        await served(world, stranger, client)
    assert refused.value.code == "wrong_environment"
    assert await verdict(world, assistant(Environment.REAL), client.id) is None
    assert await verdict(world, assistant(Environment.SIMULATED), client.id) == "wrong_environment"
    assert await verdict(world, assistant(Environment.REAL), uuid4()) == "not_connected"


async def test_staff_cannot_connect_themselves_to_a_client(world: World, assign) -> None:
    """CONN-01: only the firm connects; staff cannot make themselves somebody's."""
    owner, stranger = await world.advisor(), await world.advisor()
    await assign(owner, "C1")
    client = await world.client("C1")
    actor = await world.actor(stranger)
    for basis in (Basis.FIRST_CONTACT, Basis.BOOK, Basis.ADMINISTRATION, Basis.SUCCESSION):
        async with world.tx() as tx:
            with pytest.raises(Forbidden):
                await connections.establish(tx, actor, client.id, stranger.id, basis)
    async with world.tx() as tx:
        with pytest.raises(Forbidden):
            await connections.establish(tx, actor, client.id, owner.id, Basis.ACCEPTANCE)
    async with world.tx() as tx:
        with pytest.raises(NotConnected):
            await connections.establish(tx, actor, client.id, stranger.id, Basis.TRANSFER)


async def test_a_handler_connects_the_colleague_he_hands_over_to(world: World) -> None:
    handler, colleague, client = await world.advisor(), await world.advisor(), await world.client()
    await served(world, handler, client)
    async with world.tx() as tx:
        one = await connections.establish(
            tx, await world.actor(handler), client.id, colleague.id, Basis.TRANSFER
        )
        assert (one.basis, one.tie) == ("transfer", "served")
        again = await connections.establish(tx, system(), client.id, colleague.id, Basis.ACCEPTANCE)
        assert again.id == one.id


async def test_a_batch_costs_as_many_statements_as_one(world: World) -> None:
    advisor = await world.advisor()
    clients = [await world.client() for _ in range(5)]
    for client in clients:
        await served(world, advisor, client)
    actor = await world.actor(advisor)
    asks = [Ask(actor, client.id, uuid4()) for client in clients] + [
        Ask(await world.actor(client.person), client.id, uuid4()) for client in clients
    ]
    async with world.tx() as tx:
        single, batch = Counting(tx), Counting(tx)
        assert await connections.may_speak(single, asks[:1]) == [None]
        assert await connections.may_speak(batch, asks) == [None] * 10
    assert len(batch.statements) == len(single.statements) == 2


async def test_after_a_new_start_the_old_end_does_not_count(world: World) -> None:
    advisor, client = await world.advisor(), await world.client()
    connection_id = await served(world, advisor, client)
    boss = await world.actor(await world.administrator())
    async with world.tx() as tx:
        ended = await connections.dissolve(tx, boss, connection_id, Reason.ERROR)
        assert (ended.reason, ended.dissolved_by) == ("error", boss.person_id)
    actor = await world.actor(advisor)
    assert await verdict(world, actor, client.id) == ConnectionEnded.code
    await served(world, advisor, client)
    assert await verdict(world, actor, client.id) is None


class Counting(Tx):
    """A transaction that remembers its statements."""

    def __init__(self, tx: Tx) -> None:
        super().__init__(tx.connection)
        self.statements: list[str] = []

    async def fetch(self, sql: str, *args: object) -> list[Row]:
        self.statements.append(sql)
        return await super().fetch(sql, *args)

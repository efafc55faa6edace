"""The doors of identity called as other contexts call them: what they refuse without a route in front."""

from dataclasses import replace
from datetime import date

import pytest

from tests.world import BOSS, World
from visavis.identity import api as identity
from visavis.identity.api import sessions
from visavis.identity.api.people import ensure_client
from visavis.identity.types import (
    HasLeft,
    LicenceDetails,
    LicenceStatus,
    LicenceType,
    NewClient,
    StaffDetails,
)
from visavis.kernel.auth import Environment, Role, system
from visavis.kernel.errors import Forbidden, Malformed, NotFound
from visavis.kernel.ids import new_id

FUND = LicenceDetails(LicenceType.FUND, "1", date(2026, 1, 1), date(2027, 1, 1), "test")


async def test_figures_of_staff_are_for_who_may_list_them(world: World) -> None:
    advisor = await world.actor(await world.advisor())
    async with world.tx() as tx:
        with pytest.raises(Forbidden):
            await identity.staff_counts(tx, advisor)


async def test_details_that_say_too_little_are_refused_by_name(world: World) -> None:
    branch = await world.branch()
    whole = StaffDetails(login="x1", name="新", roles=frozenset({Role.EDITOR}), branch_id=branch.id)
    one = await world.editor()
    async with world.tx() as tx:
        with pytest.raises(Malformed) as error:
            await identity.add_staff(tx, BOSS, StaffDetails(login="x1", name="新"))
        assert error.value.params["field"] == "roles"
        with pytest.raises(Malformed) as error:
            await identity.edit_staff(tx, BOSS, one.id, StaffDetails(roles=frozenset()))
        assert error.value.params["field"] == "roles"
        await tx.execute("UPDATE installation SET mode = 'production'")
        simulated = replace(whole, login="x2", environment=Environment.SIMULATED)
        with pytest.raises(Malformed) as error:
            await identity.add_staff(tx, BOSS, simulated)
        assert error.value.params["field"] == "environment"
        assert (await identity.add_staff(tx, BOSS, whole)).login == "x1"


async def test_what_does_not_exist_is_not_found(world: World) -> None:
    nobody = new_id()
    async with world.tx() as tx:
        for call in (
            identity.one_staff(tx, BOSS, nobody),
            identity.lock(tx, BOSS, nobody),
            identity.licences(tx, BOSS, nobody),
            identity.add_licence(tx, BOSS, nobody, FUND),
            identity.change_licence(tx, BOSS, nobody, status=LicenceStatus.ACTIVE),
            identity.set_photo(tx, BOSS, nobody, None),
            identity.edit_branch(tx, BOSS, nobody, "x", None, None),
        ):
            with pytest.raises(NotFound):
                await call


async def test_a_licence_needs_a_number_a_sound_span_and_somebody_present(world: World) -> None:
    advisor, gone = await world.advisor(), await world.advisor()
    held = advisor.licences[0]
    async with world.tx() as tx:
        blank = LicenceDetails(LicenceType.FUND, " ", FUND.valid_from, FUND.valid_to, "test")
        with pytest.raises(Malformed):
            await identity.add_licence(tx, BOSS, advisor.id, blank)
        with pytest.raises(Malformed):
            await identity.change_licence(tx, BOSS, held.id, valid_to=date(2000, 1, 1))
        longer = await identity.change_licence(tx, BOSS, held.id, valid_to=date(2030, 1, 1))
        assert (longer.valid_to, longer.status) == (date(2030, 1, 1), LicenceStatus.ACTIVE)
        await identity.mark_left(tx, BOSS, gone.id, "离职")
        with pytest.raises(HasLeft):
            await identity.add_licence(tx, BOSS, gone.id, FUND)


async def test_clients_are_made_once_singly_and_in_bulk(world: World) -> None:
    async with world.tx() as tx:
        one = await ensure_client(tx, Environment.REAL, "C1", "甲", "zh-CN")
        rows = [NewClient("C1", "不改", "en"), NewClient("C2", "乙", "zh-CN", "Yi")]
        both = await identity.ensure_clients(tx, Environment.REAL, rows)
        assert both["C1"] == one
        assert (both["C2"].name, both["C2"].name_en) == ("乙", "Yi")
        assert await identity.ensure_clients(tx, Environment.REAL, rows) == both
        assert await identity.clients_by_ref(tx, Environment.REAL, ["C2", "C3"]) == {
            "C2": both["C2"]
        }
        assert await identity.clients_by_ref(tx, Environment.REAL, []) == {}
        assert await identity.client_by_ref(tx, Environment.TEST, "C1") is None
        other = await ensure_client(tx, Environment.TEST, "C1", "甲", "zh-CN")
        assert other.id != one.id


async def test_staff_are_found_by_number_in_their_own_world(world: World) -> None:
    advisor = await world.advisor()
    number = str(advisor.employee_no)
    async with world.tx() as tx:
        found = await identity.staff_by_number(tx, Environment.REAL, [number, "none"])
        assert {key: one.id for key, one in found.items()} == {number: advisor.id}
        assert await identity.staff_by_number(tx, Environment.TEST, [number]) == {}
        assert await identity.staff_by_number(tx, Environment.REAL, []) == {}
        serving = [one.id for one in await identity.serving_staff(tx, Environment.REAL)]
        assert serving == [advisor.id]
        assert await identity.people(tx, []) == {}
        assert await identity.staff(tx, []) == {}


async def test_whoever_came_in_by_no_session_ends_none(world: World) -> None:
    token = await world.session((await world.advisor()).id)
    async with world.tx() as tx:
        await sessions.sign_out(tx, system())
        assert await sessions.authenticate(tx, [token]) != [None]

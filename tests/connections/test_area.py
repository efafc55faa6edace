"""LIC-02: a contract names branch and region; outside of them nothing is said. The book names a client's branch."""

from typing import Any

import pytest

from tests.connections.conftest import Import
from tests.conversations.talk import begin
from tests.world import World
from visavis.kernel.auth import Role

HEADING = "client_no,client_name,employee_no,assigned_on,branch\n"


async def book(world: World, bring: Import, staff: Any, **homes: str) -> dict[str, Any]:
    """The firm's book names the branch of each client."""
    for code in set(homes.values()) - {"??"}:
        await world.branch(code)
    rows = "".join(
        f"{ref},客户{ref},{staff.employee_no},2026-01-05,{code}\n" for ref, code in homes.items()
    )
    return await bring((HEADING + rows).encode())


@pytest.mark.parametrize("role", [Role.BROKER_AGENT, Role.CLIENT_MANAGER])
async def test_lic_02_an_agent_speaks_within_branch_and_region_of_his_contract(
    world: World, bring: Import, boss, role: Role
) -> None:
    """LIC-02: without a word in the contract an agent's own branch; an area binds whoever has one."""
    one = await world.staff(role)
    await book(world, bring, one, C1="SH01", C2="BJ01")
    async with world.tx() as tx:  # another region
        await tx.execute("UPDATE branch SET region = '北京' WHERE code = 'BJ01'")
    near, far = await world.client("C1"), await world.client("C2")
    talks = [await begin(world, one, client=client) for client in (near, far)]

    async def heard() -> list[str]:
        answers = await talks[0].post(*[talk.draft(talk.him, "您好") for talk in talks])
        return [getattr(answer, "code", "said") for answer in answers]

    outside = "outside_contract"
    free = role is Role.CLIENT_MANAGER
    assert await heard() == ["said", "said" if free else outside]
    url = f"/api/staff/{one.id}"
    for area, expected in (
        (["SH01", "BJ01"], ["said", "said"]),
        (["北京"], [outside, "said"]),
        (["上海", "BJ01"], ["said", "said"]),
        (["SH01"], ["said", outside]),
    ):
        changed = await boss.patch(url, json={"area": area})
        assert changed.json()["area"] == area
        assert await heard() == expected
    assert (await boss.patch(url, json={"area": ["月球"]})).status_code == 422
    assert (await boss.patch(url, json={"name": "新名"})).json()["area"] == ["SH01"]
    stranger = await begin(world, one)  # the firm names no branch of hers
    await stranger.say(stranger.him, "您好")


async def test_the_book_names_branches_that_exist(world: World, bring: Import) -> None:
    one = await world.manager()
    answer = await book(world, bring, one, C1="??")
    assert [each["code"] for each in answer["errors"]] == ["row_unknown_branch"]
    answer = await book(world, bring, one, C1="SH01")
    assert answer["applied"]

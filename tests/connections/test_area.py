"""LIC-02: a contract names branch and region; outside of them nothing is said. The book names a client's branch."""

from typing import Any

import pytest

from tests.connections.conftest import Import
from tests.connections.test_handover import known, own
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


async def holders(world: World, *refs: str) -> list[Any]:
    """Who is each client's own advisor now, by the number at the broker."""
    clients = await known(world, *refs)
    mine = await own(world, *(one.id for one in clients))
    return [mine[one.id].staff_id if one.id in mine else None for one in clients]


async def test_lic_02_a_leaver_s_clients_go_to_who_may_serve_their_branch(
    world: World, bring: Import, boss
) -> None:
    """LIC-02, CONN-02: by rule, as promised or as chosen, nobody inherits a client beyond his contract."""
    leaver = await world.manager()
    near, far = await world.manager(), await world.manager(branch="BJ01")
    await book(world, bring, leaver, C1="SH01", C2="BJ01", C3="SZ01", C4="SH01")
    for one, area in ((near, ["SH01"]), (far, ["BJ01"])):
        assert (await boss.patch(f"/api/staff/{one.id}", json={"area": area})).is_success
    # A hand-over to one of them takes along whom he may serve; the others go by rule, or stay where nobody may.
    body = {"staff": str(leaver.id), "successor": str(near.id)}
    tried = (await boss.post("/api/handovers", json=body | {"dry_run": True})).json()
    assert {one["advisor"]["id"]: one["clients"] for one in tried["successors"]} == {
        str(near.id): 2, str(far.id): 1,
    }  # fmt: skip
    assert tried["held"] == 1
    two = (await known(world, "C2"))[0]
    refused = await boss.post("/api/handovers", json=body | {"clients": [str(two.id)]})
    assert refused.json()["error"] == "no_such_successor"
    assert "area" in refused.json()["detail"] or "区域" in refused.json()["detail"]
    # A client who may choose is shown nobody else, and can choose nobody else.
    chooser = await world.client("C2")
    choices = (await chooser.http.get("/api/client/advisor/choices")).json()["items"]
    assert [one["id"] for one in choices] == [str(far.id)]
    other = await chooser.http.post("/api/client/advisor/decline", json={"choice": str(near.id)})
    assert other.json()["error"] == "no_such_successor"
    # The plan promises C4 to near, whose contract then changes: the promise lapses with it.
    made = await boss.post("/api/handovers", json=body)
    assert made.status_code == 201
    await world.settle()
    chosen = {str(two.id): str(near.id)}
    leave = f"/api/staff/{leaver.id}/leave"
    wrong = await boss.post(leave, json={"reason": "resigned", "chosen": chosen})
    assert wrong.json()["error"] == "no_such_successor"
    assert (await boss.patch(f"/api/staff/{near.id}", json={"area": ["SZ01"]})).is_success
    assert (await boss.post(leave, json={"reason": "resigned"})).is_success
    await world.settle()
    assert await holders(world, "C1", "C2", "C3", "C4") == [None, far.id, near.id, None]

"""The board and the funnel: every number has a list behind it, and the worlds never mix."""

from typing import Any

import httpx

from tests.dispatch.service import Service, engine
from tests.world import World
from visavis.kernel.auth import Environment


async def board(browser: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    answer = await browser.get("/api/board", params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def listed(browser: httpx.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    answer = await browser.get("/api/board/list", params=query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_the_board_counts_who_waits_and_who_is_free(world: World) -> None:
    service = Service(world, engine(world))
    operator = await world.sign_in(await world.operator())
    empty = await board(operator)
    assert (empty["waiting"], empty["oldest_s"], empty["fill_rate"], empty["free"]) == (
        0,
        None,
        None,
        0,
    )

    full = await service.advisor(capacity=1, topics=["fees"])
    served = await service.client(full)
    asked = await service.ask(served, topic="fees")
    await service.after(10, full, served)
    await service.accept(full)
    await service.after(20, full, served)
    await service.say(full, asked)
    waiting = await service.client(full)
    await service.ask(waiting, topic="fees")
    free = await service.advisor(topics=["margin"], branch="CD01")
    await service.after(60, full, free, waiting)

    seen = await board(operator)
    assert seen["waiting"] == 1
    assert seen["oldest_s"] == 60
    assert seen["fill_rate"] == 0.5
    assert (seen["free"], seen["on_duty"]) == (1, 2)
    assert seen["first_response"] == {"p50_s": 30, "p95_s": 30, "count": 1}
    lanes = {(lane["branch"]["id"], lane["topic"]): lane for lane in seen["lanes"]}
    assert lanes[str(full.branch_id), "fees"]["waiting"] == 1
    assert lanes[str(free.branch_id), "margin"]["free"] == 1
    assert [(one["branch"]["id"], one["free"]) for one in seen["branches"]] == [
        (str(free.branch_id), 1)
    ]
    assert len(seen["series"]) == 48
    assert sum(point["opened"] for point in seen["series"]) == 2
    assert sum(point["accepted"] for point in seen["series"]) == 1
    assert seen["series"][-1]["waiting"] == 1

    assert [one["topic"] for one in await listed(operator, kind="waiting")] == ["fees"]
    assert [one["advisor"]["id"] for one in await listed(operator, kind="free")] == [str(free.id)]
    assert len(await listed(operator, kind="on_duty")) == 2
    assert await listed(operator, kind="waiting", branch=str(free.branch_id)) == []
    (accepted,) = await listed(operator, kind="accepted")
    assert (accepted["state"], "client" in accepted) == ("answered", False)


async def test_a_simulated_world_has_a_board_of_its_own(world: World) -> None:
    service = Service(world, engine(world))
    await service.here(await world.advisor(environment=Environment.SIMULATED, topics=["fees"]))
    await world.advisor(environment=Environment.SIMULATED)
    operator = await world.sign_in(await world.operator())

    assert (await board(operator))["on_duty"] == 0
    assert (await board(operator, environment="simulated"))["on_duty"] == 1


async def test_only_those_who_run_the_service_see_the_board(world: World) -> None:
    advisor = await world.sign_in(await world.advisor())
    client = (await world.client()).http
    for browser in (advisor, client):
        for path in ("/api/board", "/api/board/list?kind=free", "/api/funnel"):
            assert (await browser.get(path)).status_code == 403


async def test_the_funnel_follows_a_client_from_the_book_to_both_sides_talk(world: World) -> None:
    service = Service(world, engine(world))
    supervisor = await world.sign_in(await world.supervisor())
    own = await service.advisor()
    client = await service.client(own)
    asked = await service.ask(client)
    await service.accept(own)

    before = (await supervisor.get("/api/funnel", params={"by": "advisor"})).json()
    assert (before["assigned"], before["connected"], before["activated"]) == (1, 1, 0)

    await service.say(client, asked)
    await service.say(own, asked)
    after = (await supervisor.get("/api/funnel", params={"by": "branch"})).json()
    assert (after["activated"], after["active"], after["dormant"], after["lost"]) == (1, 1, 0, 0)
    assert [one["id"] for one in after["items"]] == [str(own.branch_id)]


async def test_a_question_counts_for_the_advisor_who_then_takes_it(world: World) -> None:
    service = Service(world, engine(world))
    supervisor = await world.sign_in(await world.supervisor())
    own = await service.advisor()
    client = await service.client(own)
    await service.say(client, {"conversation": str(await service.talk(client))}, "怎么转户？")
    asked = await service.ask(client)
    await service.accept(own)

    taken = (await supervisor.get("/api/funnel", params={"by": "advisor"})).json()
    assert (taken["connected"], taken["activated"]) == (1, 0)

    await service.say(own, asked)
    answered = (await supervisor.get("/api/funnel", params={"by": "advisor"})).json()
    assert (answered["connected"], answered["activated"]) == (1, 1)


async def test_a_rehearsal_is_the_operators_switch(world: World) -> None:
    operator = await world.sign_in(await world.operator())
    supervisor = await world.sign_in(await world.supervisor())
    assert (await operator.get("/api/rehearsal")).json() == {"running": False}
    assert (await supervisor.put("/api/rehearsal", json={"running": True})).status_code == 403
    assert (await operator.put("/api/rehearsal", json={"running": True})).json() == {
        "running": True
    }
    assert (await supervisor.get("/api/rehearsal")).json() == {"running": True}
    async with world.tx() as tx:
        await tx.execute("UPDATE installation SET mode = 'production'")
    for answer in (
        await operator.get("/api/rehearsal"),
        await operator.put("/api/rehearsal", json={"running": True}),
    ):
        assert (answer.status_code, answer.json()["error"]) == (409, "no_rehearsal")

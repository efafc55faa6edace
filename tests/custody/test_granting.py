"""One grant of an examiner is open at a time, also where two supervisors give one in the same moment (SUP-02)."""

import asyncio
from datetime import timedelta

import httpx

from tests.conversations.talk import begin
from tests.custody.firm import sequence
from tests.world import World
from visavis.archive.log import current
from visavis.connections import api as connections
from visavis.custody import api
from visavis.kernel import clock
from visavis.kernel.auth import Role

WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))"


async def test_of_two_given_in_the_same_moment_one_is_refused(world: World) -> None:
    examiner = await world.staff(Role.EXAMINER, name="方检")
    one, two = await world.supervisor("沈督"), await world.supervisor("陆督")
    browser = await world.sign_in(two)
    now = clock.now()

    async def given_by_wire() -> httpx.Response:
        times = {"starts_at": clock.to_ms(now), "ends_at": clock.to_ms(now + timedelta(days=2))}
        body = {"examiner": str(examiner.id), "purpose": "现场检查"} | times
        return await browser.post("/api/custody/grants", json=body)

    async with world.tx() as tx:
        actor = await connections.actor_of(tx, one.id)
        ends = now + timedelta(days=10)
        all_of_it = (None, 0, 2**62)
        first = await api.give_grant(tx, actor, examiner.id, "例行检查", *all_of_it, now, ends)
        second = asyncio.create_task(given_by_wire())
        async with asyncio.timeout(30):
            while not await tx.fetchval(WAITS):
                assert not second.done(), "it does not wait for the first"
                await asyncio.sleep(0)
    answer = await second
    assert (answer.status_code, answer.json()["error"]) == (409, "grant_overlaps")
    async with world.tx() as tx:
        assert [one.id for one in await api.grants(tx, actor)] == [first.id]
        await api.revoke_grant(tx, actor, first.id)
    assert (await given_by_wire()).status_code == 201


async def test_sealed_bundles_are_for_a_grant_on_everybody_and_all_time(world: World) -> None:
    """A bundle shows the headers of whoever is in it: a narrower grant opens none, and none is taken unrecorded."""
    talk = await begin(world)
    person = await world.staff(Role.EXAMINER, name="方检")
    examiner, boss = await world.sign_in(person), await world.sign_in(await world.supervisor())
    await sequence(world)
    size = current().view()[1].size
    path = f"tile/entries/000.p/{size}"
    now = clock.now_ms()
    times = {"starts_at": now, "ends_at": now + 3600_000}
    body = {"examiner": str(person.id), "purpose": "现场检查第12号"} | times

    async def taken() -> tuple[int, str]:
        answer = await examiner.get(f"/log/{path}")
        return answer.status_code, answer.json()["error"] if answer.is_error else ""

    assert await taken() == (403, "grant_missing")
    for narrow in ({"clients": [str(talk.client.id)]}, {"from": 1}, {"until": now}):
        grant = (await boss.post("/api/custody/grants", json=body | narrow)).json()["id"]
        assert await taken() == (403, "beyond_grant"), narrow
        assert (await boss.post(f"/api/custody/grants/{grant}/revoke")).is_success
    assert (await boss.post("/api/custody/grants", json=body)).status_code == 201
    assert await taken() == (200, "")
    (look,) = (await boss.get("/api/custody/looks")).json()["items"]
    assert (look["what"], look["query"]) == ("download", path)
    assert (await boss.get(f"/log/{path}")).status_code == 200
    assert len((await boss.get("/api/custody/looks")).json()["items"]) == 1
    world.clock.move(timedelta(hours=2))
    examiner = await world.sign_in(person)
    assert await taken() == (403, "grant_missing")

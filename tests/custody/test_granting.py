"""One grant of an examiner is open at a time, also where two supervisors give one in the same moment (SUP-02)."""

import asyncio
from datetime import timedelta

import httpx

from tests.world import World
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

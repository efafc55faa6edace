"""A database connection that is lost on the way: the caller hears `unavailable` at once, and the next one works."""

import asyncio
from typing import Any

import asyncpg
import pytest

from visavis.kernel import db
from visavis.kernel.db import Database
from visavis.kernel.errors import Unavailable
from visavis.kernel.live import InProcess

CUT = "SELECT pg_terminate_backend(pg_backend_pid())"


async def test_a_connection_that_is_cut_is_unavailable_and_replaced(database: Database) -> None:
    async def work() -> None:
        async with database.transaction() as tx:
            await tx.execute(CUT)

    for _ in range(3):
        with pytest.raises(Unavailable):
            await work()
    async with database.transaction() as tx:
        assert await tx.fetchval("SELECT 1") == 1


async def test_a_connection_that_is_closed_is_unavailable(database: Database) -> None:
    async def work() -> None:
        async with database.transaction() as tx:
            tx.connection.terminate()
            await tx.execute("SELECT 1")

    with pytest.raises(Unavailable):
        await work()


async def test_a_mistake_is_not_taken_for_a_lost_connection(database: Database) -> None:
    async def work(statement: str) -> None:
        async with database.transaction() as tx:
            await tx.execute("CREATE TABLE half_done (n integer)")
            await tx.execute(statement, *([] if "1" in statement else ["too", "many"]))

    with pytest.raises(asyncpg.DivisionByZeroError):
        await work("SELECT 1 / 0")
    with pytest.raises(asyncpg.InterfaceError):
        await work("SELECT 'a'")
    async with database.transaction() as tx:
        assert await tx.fetchval("SELECT to_regclass('half_done')") is None


async def test_a_server_that_does_not_answer_is_not_waited_for(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "COMMAND_S", 2)  # enough to be set up
    slow = await Database(dsn, InProcess(), size=1).start()

    async def work() -> None:
        async with slow.transaction() as tx:
            await tx.execute("SELECT pg_sleep(30)")

    try:
        async with asyncio.timeout(60):
            with pytest.raises(Unavailable):
                await work()
    finally:
        await slow.stop()


async def test_a_busy_pool_is_unavailable_in_time(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = await Database(dsn, InProcess(), size=1).start()

    async def work() -> None:
        async with narrow.transaction():
            pass

    try:
        async with narrow.transaction():
            monkeypatch.setattr(db, "ACQUIRE_S", 0.2)
            with pytest.raises(Unavailable):
                await work()
    finally:
        await narrow.stop()


async def test_a_crowd_takes_turns_and_leaves_room_for_others(dsn: str) -> None:
    pool = await Database(dsn, InProcess(), size=4).start()
    inside, most = 0, 0
    may_go = asyncio.Event()

    async def one_of_many() -> None:
        nonlocal inside, most
        async with pool.aside() as tx:
            inside += 1
            most = max(most, inside)
            await may_go.wait()
            await tx.fetchval("SELECT 1")
            inside -= 1

    crowd = [asyncio.create_task(one_of_many()) for _ in range(20)]
    try:
        async with asyncio.timeout(30):
            async with pool.transaction() as tx:  # never waits behind the crowd
                assert await tx.fetchval("SELECT 1") == 1
            while inside < 2:  # the crowd has its half before anybody of it is done
                await asyncio.sleep(0)
            may_go.set()
            await asyncio.gather(*crowd)
        assert most == 2
    finally:
        await pool.stop()


async def test_whoever_is_cut_short_leaves_no_transaction_open(database: Database) -> None:
    """At any step of begin, work, commit and rollback, once or twice: the connection comes back at rest."""
    heard: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: heard.append(context))

    async def work(fails: bool) -> None:
        async with database.transaction() as tx:
            await tx.execute("SELECT 1")
            if fails:
                raise LookupError

    ended = set()
    for fails in (False, True):
        for steps in (*range(40), *range(40, 400, 8)):
            task = asyncio.create_task(work(fails))
            for _ in range(2):
                for _ in range(steps):
                    await asyncio.sleep(0)
                task.cancel()
            await asyncio.wait([task])
            ended.add("cut" if task.cancelled() else type(task.exception()).__name__)
            async with database.transaction() as tx:
                assert await tx.fetchval("SELECT 1") == 1
    assert ended == {"cut", "NoneType", "LookupError"}
    assert [one["message"] for one in heard] == []

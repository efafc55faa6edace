"""Places in the log: none is passed over, whatever commits late or never, and those given before are taken over."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from alembic import command
from alembic.config import Config

from tests.tlog import auditor
from visavis.archive import api, keys, log
from visavis.archive.keys import KeyRing
from visavis.archive.log import Contradiction, Log
from visavis.archive.rules import HOLES, moved
from visavis.archive.sequencer import Sequencer
from visavis.archive.store import places
from visavis.archive.types import Fact, Mark
from visavis.kernel import migrate
from visavis.kernel.auth import Environment
from visavis.kernel.db import Database
from visavis.kernel.live import InProcess
from visavis.kernel.postgres import EmbeddedPostgres
from visavis.tlog.auditing import Audit
from visavis.tlog.note import ED25519, Signer
from visavis.tlog.policy import of_log
from visavis.tlog.sources import Folder

SIGNER = Signer("example.test/log", ED25519, bytes(range(32)))


@pytest.fixture
def target(tmp_path: Path) -> Log:
    keys.install(KeyRing(bytes(32)))
    found = Log(Folder(tmp_path), SIGNER, of_log(SIGNER.verifier))
    log.install(found)
    return found


def facts(count: int) -> list[Fact]:
    return [Fact("message", uuid4(), UUID(int=7), Environment.TEST, {}) for _ in range(count)]


class Undone(Exception):
    pass


async def undone(database: Database) -> None:
    async with database.transaction() as tx:
        await api.append(tx, facts(2))
        raise Undone


async def mark(database: Database) -> Mark:
    async with database.transaction() as tx:
        return (await places.mark(tx))[0]


def test_the_mark_waits_for_whoever_may_still_come() -> None:
    begun = moved(Mark(0, {}), [1, 2, 5], 100, 90)
    assert begun == Mark(5, {3: 0, 4: 0})
    seen = moved(begun, [3, 7], 110, 105)
    assert seen == Mark(7, {4: 110, 6: 0}), "what is missed again is given until this transaction"
    assert moved(seen, [8], 120, 109).missing == {4: 110, 6: 120}, "an older one is not over"
    assert moved(seen, [8], 120, 110).missing == {6: 120}
    assert moved(seen, [4, 6], 120, 110) == Mark(7, {})
    with pytest.raises(ValueError, match="before number 9000000 are missing"):
        moved(seen, [9_000_000], 120, 110)
    assert len(moved(Mark(0, {}), [HOLES + 1], 1, 1).missing) == HOLES


async def test_what_is_rolled_back_is_given_up_and_what_is_late_is_not(
    database: Database, target: Log
) -> None:
    sequencer, go_on = Sequencer(database, target), asyncio.Event()
    begun = asyncio.Event()

    async def late() -> None:
        async with database.transaction() as tx:
            await api.append(tx, facts(3))
            begun.set()
            await go_on.wait()

    async def count(expected: int) -> None:
        async with database.transaction() as tx:
            await api.append(tx, facts(1))
            assert (await api.standing(tx)).waiting == expected
        assert await sequencer.step() == expected

    await count(1)
    waits = asyncio.create_task(late())
    await begun.wait()
    with pytest.raises(Undone):
        await undone(database)
    await count(1)
    for _ in range(3):  # while one transaction is open, nobody can say which numbers never come
        await count(1)
        assert len((await mark(database)).missing) == 5
    go_on.set()
    await waits
    async with database.transaction() as tx:
        found = await api.standing(tx)
        assert found.waiting == 3
        assert found.oldest_waiting_us is not None
    await count(4)
    assert len((await mark(database)).missing) <= 2
    await count(1)
    assert (await mark(database)).missing == {}
    async with database.transaction() as tx:
        audit = Audit(target.target, of_log(SIGNER.verifier))
        level = await api.database_level(tx, audit)
        assert (level.fault, level.checked) == (None, 10)


async def test_a_record_that_was_passed_over_is_named(database: Database, target: Log) -> None:
    async with database.transaction() as tx:
        await api.append(tx, facts(3))
    await Sequencer(database, target).step()
    async with database.transaction() as tx:
        lost = await api.append_one(tx, facts(1)[0])
        await tx.execute("UPDATE record SET number = NULL WHERE record_id = $1", lost)
    assert await Sequencer(database, target).step() == 0
    async with database.transaction() as tx:
        assert await api.unplaced(tx, 10) == [lost]
        fault = (await api.database_level(tx, Audit(target.target, of_log(SIGNER.verifier)))).fault
    assert str(fault) == f"record {lost}: has no place and waits for none"


async def test_numbers_that_cannot_be_true_stop_the_log(database: Database, target: Log) -> None:
    async with database.transaction() as tx:
        found = await api.append_one(tx, facts(1)[0])
        await tx.execute("UPDATE record SET number = 1e15 WHERE record_id = $1", found)
    with pytest.raises(Contradiction, match=r"incomplete: .* are missing"):
        await Sequencer(database, target).step()


@pytest.fixture
async def earlier(postgres: EmbeddedPostgres, dsn: str) -> AsyncIterator[str]:
    """A database as the version before left it."""
    del dsn
    keeper = await asyncpg.connect(postgres.dsn())
    await keeper.execute("CREATE DATABASE earlier")
    made = postgres.dsn("earlier")
    config = Config()
    config.set_main_option("script_location", str(migrate.FOLDER))
    config.attributes["dsn"] = made
    await asyncio.to_thread(command.upgrade, config, "0033_board")
    yield made
    await keeper.execute("DROP DATABASE earlier WITH (FORCE)")
    await keeper.close()


OLDER = """
INSERT INTO record (record_id, kind, object_id, at_us, environment, envelope, leaf_index)
SELECT lpad(to_hex(n), 32, '0')::uuid, 'message', gen_random_uuid(), n, 'test', '\\x0002',
    CASE WHEN n < 500 THEN 499 - n END
FROM generate_series(0, 519) AS n
"""
GIVEN = "INSERT INTO log_batch (first, size, epoch, sequenced_at) VALUES (0, 500, 1, now())"


async def test_places_given_by_the_version_before_stay(earlier: str, target: Log) -> None:
    connection = await asyncpg.connect(earlier)
    await connection.execute(OLDER)
    await connection.execute(GIVEN)
    await migrate.upgrade(earlier)
    assert not await connection.fetchval(
        "SELECT EXISTS (SELECT 1 FROM pg_index WHERE NOT indisvalid)"
    )
    await connection.close()
    database = await Database(earlier, InProcess(), size=2).start()
    try:
        async with database.transaction() as tx:
            assert (await api.standing(tx)).waiting == 20
        assert await Sequencer(database, target).step() == 520
        auditor.agrees(target)
        async with database.transaction() as tx:
            rows = await places.whole_leaves(tx, 0, 520)
            assert await api.unplaced(tx, 10) == []
        kept = [row["at_us"] for row in rows]
        assert kept == [*reversed(range(500)), *range(500, 520)]
    finally:
        await database.stop()

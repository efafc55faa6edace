"""The record in the database: chains, order of commits, keys, and that nothing is skipped."""

import asyncio
from uuid import UUID, uuid4

import pytest

from visavis.archive import api, keys
from visavis.archive.keys import KeyRing
from visavis.archive.store import records as store
from visavis.archive.types import Damaged, Fact, RetentionClass
from visavis.kernel.auth import Actor, Environment, Role
from visavis.kernel.db import Database
from visavis.kernel.errors import Forbidden, NotFound
from visavis.kernel.settings import Settings


@pytest.fixture(autouse=True)
def ring() -> None:
    keys.install(KeyRing(bytes(32)))


def fact(about: UUID, number: int, whose: UUID | None = None) -> Fact:
    return Fact("message", about, whose or about, Environment.TEST, {"n": number}, {"no": number})


async def test_facts_about_one_thing_form_a_chain(database: Database) -> None:
    about, other = uuid4(), uuid4()
    async with database.transaction() as tx:
        ids = await api.append(tx, [fact(about, 1), fact(other, 1), fact(about, 2)])
    async with database.transaction() as tx:
        ids.append(await api.append_one(tx, fact(about, 3)))
        chain = await api.chain(tx, about)
        assert [record.body for record in chain] == [{"n": 1}, {"n": 2}, {"n": 3}]
        assert [record.previous for record in chain] == [None, chain[0].digest, chain[1].digest]
        assert (await api.open_record(tx, ids[1])).previous is None
        counting = Actor(uuid4(), frozenset({Role.SUPERVISOR}))
        assert await api.count(tx, counting) == 4
        assert await api.count(tx, counting, Environment.REAL) == 0
        with pytest.raises(Forbidden):
            await api.count(tx, Actor(uuid4(), frozenset({Role.ADVISOR})))
        assert await api.append(tx, []) == []
        with pytest.raises(NotFound):
            await api.open_record(tx, uuid4())


async def test_a_chain_does_not_fork_under_concurrency(database: Database) -> None:
    abouts = [uuid4() for _ in range(3)]

    async def write(number: int) -> None:
        async with database.transaction() as tx:
            await api.append(tx, [fact(about, number) for about in reversed(abouts)])

    await asyncio.gather(*(write(number) for number in range(12)))
    async with database.transaction() as tx:
        for about in abouts:
            rows = await store.of_object(tx, about)
            before = [row["previous"] for row in rows]
            # Each but the first names another one: no digest twice, so no fork.
            assert before.count(None) == 1
            assert len(set(before)) == 12


async def test_what_is_rolled_back_was_never_recorded(database: Database) -> None:
    about = uuid4()

    async def give_up() -> None:
        async with database.transaction() as tx:
            await api.append(tx, [fact(about, 1)])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await give_up()
    async with database.transaction() as tx:
        await api.append(tx, [fact(about, 2)])
        chain = await api.chain(tx, about)
    # The key of the first attempt went with it and was not remembered.
    assert [record.body for record in chain] == [{"n": 2}]
    assert chain[0].previous is None


async def test_a_destroyed_key_leaves_the_proof_and_takes_the_words(database: Database) -> None:
    about = uuid4()
    async with database.transaction() as tx:
        record_id = await api.append_one(tx, fact(about, 1))
        await tx.execute("UPDATE wrapping_key SET wrapped = NULL")
        record = await api.open_record(tx, record_id)
    assert (record.body, record.clear) == (None, {"no": 1})


async def test_a_tampered_row_is_noticed(database: Database) -> None:
    async with database.transaction() as tx:
        record_id = await api.append_one(tx, fact(uuid4(), 1))
        await tx.execute(
            "UPDATE record SET envelope = set_byte(envelope, octet_length(envelope) - 1,"
            " get_byte(envelope, octet_length(envelope) - 1) # 1)"
        )
        with pytest.raises(Damaged):
            await api.open_record(tx, record_id)
        await tx.execute("DELETE FROM wrapping_key")
        with pytest.raises(Damaged):
            await api.open_record(tx, record_id)


async def test_each_retention_class_has_a_key_of_its_own(database: Database) -> None:
    about = uuid4()
    facts = [
        Fact("message", about, about, Environment.TEST, {}, {}, retention)
        for retention in (RetentionClass.BUSINESS, RetentionClass.ACCESS)
    ]
    async with database.transaction() as tx:
        await api.append(tx, facts)
        assert await tx.fetchval("SELECT count(*) FROM wrapping_key") == 2


def test_a_fresh_home_has_a_key_of_its_own(settings: Settings) -> None:
    assert KeyRing.of_folder(settings.home).master_id != KeyRing(bytes(32)).master_id

"""The number of SQL statements of a batch does not depend on its size: the guard of the message path."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from tests.conversations.talk import Talk, begin
from tests.world import World
from visavis.conversations import api
from visavis.conversations.types import Draft, Kind, Outcome
from visavis.kernel.db import Tx


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every statement that a transaction is asked for meanwhile."""
    statements: list[str] = []
    with monkeypatch.context() as patch:
        for name in ("fetch", "fetchrow", "fetchval", "execute", "executemany"):
            original = getattr(Tx, name)

            async def spy(tx: Tx, sql: str, *args: object, original: object = original) -> object:
                statements.append(sql)
                return await original(tx, sql, *args)  # type: ignore[operator]

            patch.setattr(Tx, name, spy)
        yield statements


async def cost(world: World, monkeypatch: pytest.MonkeyPatch, drafts: Sequence[Draft]) -> int:
    async with world.tx() as tx:
        with counted(monkeypatch) as statements:
            answers = await api.post(tx, drafts)
    assert all(isinstance(answer, Outcome) for answer in answers)
    return len(statements)


def words(talks: Sequence[Talk], each: int) -> list[Draft]:
    return [
        talk.draft(actor, f"第{number}条")
        for number in range(each)
        for talk in talks
        for actor in (talk.her, talk.him)
    ]


async def test_a_batch_costs_the_same_whatever_its_size(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    talks = [await begin(world) for _ in range(4)]
    # Wrapping keys are looked up once per relationship and process.
    await cost(world, monkeypatch, words(talks, 1))
    one = await cost(world, monkeypatch, words(talks[:1], 1))
    many = await cost(world, monkeypatch, words(talks, 25))
    assert one == many == 7
    assert await cost(world, monkeypatch, [talks[0].draft(talks[0].her)]) == 6


async def test_words_that_could_be_a_mailing_cost_one_statement_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    talks = [await begin(world) for _ in range(4)]
    # Each says something else. What is judged is never chance: digits enough could be a telephone number.
    serial = itertools.count(1)

    def long(count: int, some: Sequence[Talk]) -> list[Draft]:
        return [
            talk.draft(talk.him, f"关于您昨天咨询的维持担保比例，请查收第{next(serial)}条说明")
            for _ in range(count)
            for talk in some
        ]

    # Whoever goes on speaking is noted once.
    await cost(world, monkeypatch, [*words(talks, 1), *long(1, talks)])
    plain = await cost(world, monkeypatch, [talk.draft(talk.him, "好") for talk in talks])
    assert await cost(world, monkeypatch, long(1, talks[:1])) == plain + 1
    assert await cost(world, monkeypatch, long(20, talks)) == plain + 1


async def test_retries_cost_one_statement(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    talks = [await begin(world) for _ in range(3)]
    drafts = words(talks, 2)
    fresh = await cost(world, monkeypatch, drafts)
    # Nothing is recorded, kept or published again: the lock, the right to speak, what was kept.
    assert await cost(world, monkeypatch, drafts) == 4
    assert await cost(world, monkeypatch, drafts[:1]) == 3
    # One retry among others.
    assert await cost(world, monkeypatch, [*words(talks, 2), drafts[0]]) == fresh + 1


async def test_changes_cost_one_statement_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    talks = [await begin(world) for _ in range(3)]
    said = [await talk.say(talk.her, "一") for talk in talks]
    edits = [
        talk.draft(talk.her, "二", kind=Kind.EDIT, of_id=entry.id)
        for talk, entry in zip(talks, said, strict=True)
    ]
    # An edit is no event, so nothing is published.
    assert await cost(world, monkeypatch, edits) == 6
    assert (
        await cost(
            world,
            monkeypatch,
            [talks[0].draft(talks[0].her, "三", kind=Kind.EDIT, of_id=said[0].id)],
        )
        == 6
    )

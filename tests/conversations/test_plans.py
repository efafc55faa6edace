"""Plans are kept while tables grow: none that is made while they are small may read them whole for a row."""

import re

import pytest

from tests.conversations.talk import begin
from tests.world import World
from visavis.archive.store import records
from visavis.connections.store.ties import STATES
from visavis.conversations import api
from visavis.conversations.store import stream, wording
from visavis.conversations.store.sameness import HEAR
from visavis.identity.store.standing import STANDING
from visavis.kernel.columns import column

COUNT = 100
PLANNED = 5


@pytest.mark.parametrize("table", ["posted", "entry"])
async def test_a_plan_of_small_tables_looks_rows_up_by_their_keys(world: World, table: str) -> None:
    talk = await begin(world)
    drafts = [talk.draft(talk.her, f"第{number}条") for number in range(COUNT)]
    await talk.post(*drafts)
    keys = [(one.conversation_id, one.actor.person_id, one.client_key) for one in drafts]
    columns = [*zip(*keys, strict=True)]
    spans = [{"conversation": str(talk.id), "stream": 0, "first": 7, "last": 9}]
    asked = {
        stream.LOCK: [column([talk.id]), "1", *columns],
        stream.SEEN: columns,
        wording.SPANNED: [spans],
    }
    async with world.tx() as tx:
        await tx.execute("ANALYZE")
        await tx.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        for sql, args in asked.items():
            plan = "\n".join(row[0] for row in await tx.fetch(f"EXPLAIN {sql}", *args))
            assert f"Seq Scan on {table} " not in plan, plan
            looked_up = re.search(rf"Index (Only )?Scan using {table}_pkey on {table}\b", plan)
            assert looked_up or f" {table} " not in sql, plan


async def test_the_lookups_of_a_message_are_planned_once(world: World) -> None:
    """A plan for the very values that are asked for costs a lone message more than the lookup."""
    talk = await begin(world)
    long = "关于您昨天咨询的维持担保比例，请查收第{}条说明"
    async with world.tx() as tx:
        # PostgreSQL tries a statement five times before it keeps a plan.
        for number in range(PLANNED + 4):
            await api.post(tx, [talk.draft(talk.him, long.format(number))])
        rows = await tx.fetch(
            "SELECT statement, generic_plans, custom_plans FROM pg_prepared_statements"
        )
    said = {row["statement"]: (row["generic_plans"], row["custom_plans"]) for row in rows}
    for sql in (stream.LOCK, stream.KEEP, STANDING, STATES, HEAR, records.HEADS, records.KEEP):
        generic, custom = said[sql]
        assert generic >= 4, sql
        assert custom <= PLANNED, sql

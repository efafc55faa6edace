"""No query that people cause all day reads a table that grows from end to end, and their plans are kept."""

from pathlib import Path

import asyncpg
import pytest

from bench import hot
from tests.conversations.talk import begin
from tests.world import World
from visavis.kernel.db import prepare

# What a large installation has hundreds of thousands of. Small tables are rightly read whole.
GROWS = [
    "entry", "conversation", "connection", "participant", "receipt", "record", "record_head", "person",
    "login_session", "request", "claim", "offer", "fact", "outbox", "job", "attachment", "verdict", "supervised_view",
    "entry_words", "wrapping_key",
]  # fmt: skip

# What `make bench-scale` fills; the kept plans were made with these tables large.
FILLED = [
    "entry", "conversation", "connection", "participant", "receipt", "person", "request", "claim",
]  # fmt: skip
KEPT = Path(__file__).parents[2] / "docs" / "operate" / "plans.txt"


def test_the_kept_plans_read_no_large_table_whole() -> None:
    head, *parts = KEPT.read_text().split("\n== ")
    assert "messages" in head
    acts = {part.partition(",")[0] for part in parts}
    assert {"opening a conversation", "posting", "the desk's list", "the supervisor's list"} <= acts
    assert "the live board" in acts
    assert {part.partition("\n")[0]: hot.scanned(part, FILLED) for part in parts} == {
        part.partition("\n")[0]: [] for part in parts
    }


@pytest.mark.server
async def test_every_hot_query_has_an_index_for_what_grows(world: World, dsn: str) -> None:
    talk = await begin(world, await world.advisor())
    http = {
        "advisor": await world.sign_in(talk.advisor),
        "supervisor": await world.sign_in(await world.supervisor()),
        "operator": await world.sign_in(await world.operator()),
        "client": talk.client.http,
    }
    found = await hot.day(http, str(talk.id))
    connection = await asyncpg.connect(dsn)
    try:
        await prepare(connection)
        # On tables as small as these the planner would read everything; asked not to, it shows what it cannot help.
        await connection.execute("SET enable_seqscan = off")
        made = await hot.plans(connection, found)
    finally:
        await connection.close()
    assert len(made) > 40
    assert {
        name: bad
        for name, one in made.items()
        if (bad := hot.scanned(f"{one.generic}\n{one.custom}", GROWS))
    } == {}

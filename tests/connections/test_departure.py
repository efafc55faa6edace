"""A departure as a whole: five hundred clients, sockets open at two servers, messages for later, and its times."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.conversations.conftest import Wire
from tests.conversations.talk import begin
from tests.pace import within
from tests.world import World
from visavis.app import create
from visavis.connections import api as connections
from visavis.kernel import clock
from visavis.kernel.db import Database
from visavis.launch import listen, server

Assign = Callable[..., Awaitable[None]]
BOOK = 497
SOCKETS_S, EVERYWHERE_S, PATIENCE_S = 2.0, 60.0, 60.0


@pytest.mark.slow
async def test_conn_01_to_03_a_leaver_with_five_hundred_clients_is_out_everywhere(
    wire: Wire, assign: Assign, capsys
) -> None:
    """CONN-01..03: sockets at both servers end, nothing planned is sent, every client has a successor by rule."""
    world = wire.world
    heirs = [await world.advisor() for _ in range(2)]
    leaver = await world.advisor("李明")
    await assign(leaver, *(f"D{number:03}" for number in range(BOOK)))
    talks = [await begin(world, leaver) for _ in range(3)]
    database, other, task, elsewhere = await second(world)
    desk, away = await wire.live(leaver), await Wire(world, elsewhere, wire._stack).live(leaver)
    for line in (desk, away):
        await line.pull(str(talks[0].id))
    browser = await world.sign_in(leaver)
    for talk in talks:
        later = {
            "client_key": str(uuid4()), "body": {"text": "明早联系您"},
            "send_at": clock.to_ms(clock.now() + timedelta(minutes=20)),
        }  # fmt: skip
        made = await browser.post(f"/api/conversations/{talk.id}/scheduled", json=later)
        assert made.status_code == 201, made.text

    boss = await world.sign_in(await world.administrator())
    began = time.monotonic()
    left = await boss.post(f"/api/staff/{leaver.id}/leave", json={"reason": "resigned"})
    assert left.json()["dissolved"] == BOOK + 3
    for line in (desk, away):
        await line.until(lambda line=line: line.ended is not None, PATIENCE_S)
    sockets_s = time.monotonic() - began
    await world.settle()
    everywhere_s = time.monotonic() - began

    async with world.tx() as tx:
        kept = await connections.of_staff(tx, leaver.id)
        given = [len(await connections.of_staff(tx, one.id)) for one in heirs]
        states = await tx.fetch("SELECT state, count(*) AS n FROM scheduled_message GROUP BY 1")
    assert kept == []
    assert sum(given) == BOOK + 3
    assert max(given) - min(given) <= 1
    assert [(row["state"], row["n"]) for row in states] == [("stopped", 3)]
    for talk in talks:
        last = (await talk.stream())[-1]
        assert (last.kind, last.body["code"]) == ("system", "left")
        assert last.body["params"]["successor_name"]
        home = (await talk.client.http.get("/api/client/home")).json()
        assert home["advisor"]["id"] in {str(one.id) for one in heirs}
    await world.clock.advance(30 * 60)
    await world.settle()
    for talk in talks:
        assert not any(one.sender_id == leaver.id for one in await talk.stream())
    other.should_exit = True
    await world.clock.advance(0)
    await asyncio.wait_for(task, PATIENCE_S)
    await database.stop()
    with capsys.disabled():
        sys.stdout.write(
            f" departure: sockets {sockets_s:.2f} s, {BOOK + 3} clients {everywhere_s:.1f} s\n"
        )
    assert sockets_s < within(SOCKETS_S)
    assert everywhere_s < within(EVERYWHERE_S)


async def second(world: World) -> tuple[Database, Any, asyncio.Task[None], str]:
    """Another server of the same platform: an application, a gateway and database connections of its own."""
    database = await Database(world.database.dsn, world.database.live, size=4).start()
    app = create(world.settings, database, background=False)
    sock = listen("127.0.0.1", 0)
    running = server(app)
    task = asyncio.create_task(running.serve(sockets=[sock]))
    return database, running, task, f"http://127.0.0.1:{sock.getsockname()[1]}"

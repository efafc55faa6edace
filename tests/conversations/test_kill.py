"""A server that is killed again and again under load: what was acknowledged is there, once, and in order."""

import asyncio
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests.children import unmeasured
from tests.conversations.talk import begin
from tests.world import World
from visavis import launch
from visavis.identity.types import PersonKind
from visavis.kernel import clock
from visavis.sdk.errors import WireError
from visavis.sdk.http import Http
from visavis.sdk.live import Live

# A bound for what never comes: a start takes a minute where many processes share a processor.
PATIENCE_S = 300.0
SERVER = """
import asyncio, socket, sys
from visavis import launch
from visavis.app import create
from visavis.kernel.settings import load

async def main():
    settings = load()
    sock = socket.socket(fileno=int(sys.argv[1]))
    async with launch.database(settings, settings.database_url, "test") as opened:
        await launch.server(create(settings, opened)).serve(sockets=[sock])

asyncio.run(main())
"""


class Victim:
    """A server process of its own on the test's database.

    The listening socket is the test's: whoever calls while the server is dead is answered by the next one.
    """

    def __init__(self, dsn: str, home: Path) -> None:
        self._listening = launch.listen("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._environment = {
            **unmeasured(),
            "VISAVIS_DATABASE_URL": dsn,
            "VISAVIS_HOME": str(home),
            "VISAVIS_CLIENT_MESSAGES_PER_MINUTE": "100000",
            "VISAVIS_LOG_LEVEL": "error",
        }
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        number = self._listening.fileno()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SERVER, str(number), env=self._environment, pass_fds=(number,)
        )

    async def ready(self) -> None:
        """Return once it answers: whoever calls before that waits in the line of the socket."""
        async with httpx.AsyncClient(trust_env=False, timeout=None) as http:
            assert (await http.get(f"{self.url}/healthz")).is_success

    async def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGKILL)
            await self._process.wait()

    async def end(self) -> None:
        await self.kill()
        self._listening.close()


@pytest.mark.slow
@pytest.mark.timeout(1200)
async def test_rec_01_nothing_acknowledged_is_lost_when_the_server_is_killed(
    world: World, dsn: str
) -> None:
    """REC-01: killed at any moment, a message is delivered and on record, or neither; a retry makes no second one."""
    # The server that is killed has a real clock: sessions begin now.
    world.clock.move(datetime.now(UTC) - clock.now())
    talk = await begin(world)
    conversation = str(talk.id)
    victim = Victim(dsn, world.settings.home)
    await victim.start()
    await victim.ready()
    acknowledged: dict[str, str] = {}
    refused: list[str] = []
    seen: list[str] = []
    few = asyncio.Event()
    try:
        async with Http(victim.url) as hers, Http(victim.url) as his:
            hers.use_bearer(await world.session(talk.client.id, PersonKind.CLIENT))
            his.use_bearer(await world.session(talk.advisor.id))
            async with (
                Live(hers) as her,
                Live(his, on_entry=lambda entry: seen.append(entry["id"])) as him,
            ):
                await him.pull(conversation)

                async def say(number: int) -> None:
                    try:
                        entry = await her.send(conversation, f"第{number}条")
                    except WireError as error:
                        refused.append(error.code)
                    else:
                        acknowledged[entry["id"]] = entry["body"]["text"]
                        if len(acknowledged) % 40 > 5:
                            few.set()

                sending = []
                for number in range(2):
                    sending += [asyncio.create_task(say(100 * number + n)) for n in range(40)]
                    # Killed in the middle: as soon as the first few of this round are acknowledged.
                    async with asyncio.timeout(PATIENCE_S):
                        await few.wait()
                    await victim.kill()
                    few.clear()
                    await victim.start()
                async with asyncio.timeout(PATIENCE_S):
                    await asyncio.gather(*sending)
                last = 1 + len(acknowledged)
                await him.until(lambda: him.streams.of(conversation).high >= last, PATIENCE_S)
    finally:
        await victim.end()
    stream = await talk.stream()
    kept = [str(entry.id) for entry in stream]
    assert refused == []
    assert len(acknowledged) == 80
    assert set(kept[1:]) == set(acknowledged)
    assert [entry.no for entry in stream] == list(range(1, 82))
    assert len({entry.body["text"] for entry in stream[1:]}) == 80
    assert seen == kept
    async with world.tx() as tx:
        apart = await tx.fetchrow(
            "SELECT count(*) FILTER (WHERE r.record_id IS NULL) AS unrecorded,"
            " count(*) FILTER (WHERE e.record_id IS NULL) AS undelivered, count(*) AS all"
            " FROM (SELECT record_id FROM entry WHERE kind = 'message') AS e"
            " FULL JOIN (SELECT record_id FROM record WHERE kind = 'message') AS r USING (record_id)"
        )
    assert apart is not None
    assert dict(apart) == {"unrecorded": 0, "undelivered": 0, "all": 80}

"""A store that is away when a server starts, goes away at any step of the start, or after it: the start ends with one
line that says so, never hangs, and what runs can be stopped.
"""

import asyncio
import contextlib
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest

from tests.children import unmeasured
from tests.faults.proxy import Proxy
from visavis import launch
from visavis.kernel import db, migrate
from visavis.kernel.migrate import WrongDatabase
from visavis.kernel.ports import free_port
from visavis.kernel.postgres import SOCKET_NAME, EmbeddedPostgres
from visavis.kernel.settings import Settings

PATIENCE_S = 120.0
CLEAN = {name: value for name, value in unmeasured().items() if not name.startswith("VISAVIS_")}


class Falling(Proxy):
    """Loses the store after so many pieces of talk: cut off and refused from then on, or silent."""

    def __init__(self, target: str, pieces: int, *, silent: bool = False) -> None:
        super().__init__(target)
        self.pieces = pieces
        self._silent = silent

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await super()._pass(_Counted(reader, self), writer)  # type: ignore[arg-type]

    def passed(self) -> None:
        """A piece has come through."""
        self.pieces -= 1
        if self.pieces == 0:
            self.silence() if self._silent else self.refuse()

    def refuse(self) -> None:
        """From now on nobody is let in, and who is in is out."""
        assert self._server is not None
        self._server.close()
        self.cut()


class _Counted:
    def __init__(self, reader: asyncio.StreamReader, proxy: Falling) -> None:
        self._reader, self._proxy = reader, proxy

    async def read(self, most: int) -> bytes:
        data = await self._reader.read(most)
        self._proxy.passed()
        return data


def through(proxy: Proxy, dsn: str) -> str:
    """The same database by way of the proxy."""
    there = urlsplit(dsn)
    who = there.netloc.rpartition("@")[0]
    return f"postgresql://{who}@127.0.0.1:{proxy.port}{there.path}"


@pytest.fixture
def socket(postgres: EmbeddedPostgres) -> str:
    return str(postgres.socket_dir / SOCKET_NAME)


@pytest.fixture
async def nothing_yet(postgres: EmbeddedPostgres, dsn: str) -> AsyncIterator[str]:
    """A database in which nothing has been made."""
    keeper = await asyncpg.connect(dsn)
    await keeper.execute("CREATE DATABASE nothing_at_all")
    yield postgres.dsn("nothing_at_all")
    await keeper.execute("DROP DATABASE nothing_at_all WITH (FORCE)")
    await keeper.close()


async def begun(proxy: Falling, dsn: str, settings: Settings) -> bool:
    """Whether a start came through; where it did not, it said in words that the database is away."""
    await proxy.start()
    try:
        async with (
            asyncio.timeout(60),
            launch.database(settings, through(proxy, dsn), "production"),
        ):
            pass
    except WrongDatabase as error:
        told = str(error)
    else:
        return proxy.pieces > 0
    finally:
        await proxy.stop()
    assert re.fullmatch(r"the database cannot be reached \(.+\): look at .+", told)
    return False


async def test_a_store_that_goes_away_at_any_step_of_the_start_ends_it_in_words(
    dsn: str, socket: str, settings: Settings
) -> None:
    pieces = 1
    while not await begun(Falling(socket, pieces), dsn, settings):
        pieces += 1
    assert pieces > 50, "a start has many steps"


async def test_a_store_that_falls_silent_during_the_start_is_not_waited_for(
    dsn: str, socket: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "ANSWER_S", 0.5)
    for name in ("ACQUIRE_S", "COMMAND_S", "CLOSE_S"):
        monkeypatch.setattr(db, name, 0.5)
    for pieces in range(1, 80, 7):
        assert not await begun(Falling(socket, pieces, silent=True), dsn, settings), pieces


async def test_a_store_that_goes_away_while_it_is_migrated_is_migrated_by_the_next_start(
    nothing_yet: str, socket: str, settings: Settings
) -> None:
    pieces = 60
    while not await begun(Falling(socket, pieces), nothing_yet, settings):
        pieces += 60
    assert pieces > 200


async def test_whoever_waits_too_long_for_the_migrations_of_another_is_told_so(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "TURN_S", 0.3)
    holder = await asyncpg.connect(dsn)
    try:
        async with holder.transaction():
            await holder.execute("LOCK TABLE migration_turn IN EXCLUSIVE MODE")
            with pytest.raises(WrongDatabase, match="another process has been migrating"):
                await migrate.upgrade(dsn)
    finally:
        await holder.close()


async def started(dsn: str, home: Path, *more: str) -> asyncio.subprocess.Process:
    """The command on this database."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "visavis", "serve", "--home", str(home), *more,
        env=CLEAN | {"VISAVIS_DATABASE_URL": dsn}, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def ended(process: asyncio.subprocess.Process) -> str:
    """What it said to its end, which comes."""
    async with asyncio.timeout(PATIENCE_S):
        return (await process.communicate())[1].decode()


@pytest.mark.server
async def test_a_start_that_waits_for_an_answer_can_be_stopped(tmp_path: Path) -> None:
    arrived = asyncio.Event()

    async def says_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(says_nothing, "127.0.0.1", 0) as mute:
        port = mute.sockets[0].getsockname()[1]
        process = await started(f"postgresql://u:p@127.0.0.1:{port}/x", tmp_path, "--port", "0")
        async with asyncio.timeout(PATIENCE_S):
            await arrived.wait()
        process.terminate()
        assert "Traceback" not in await ended(process)
    assert process.returncode in (-signal.SIGTERM, 128 + signal.SIGTERM)


@pytest.mark.server
@pytest.mark.parametrize("lose", [Falling.refuse, Falling.silence], ids=["refusing", "silent"])
async def test_a_server_whose_store_went_away_can_be_stopped(
    lose: Callable[[Falling], None], dsn: str, socket: str, tmp_path: Path
) -> None:
    proxy, port = Falling(socket, sys.maxsize), free_port()
    await proxy.start()
    process = await started(through(proxy, dsn), tmp_path, "--port", str(port))
    transport = httpx.AsyncHTTPTransport(retries=10)  # with back-off: it waits until it is up
    try:
        async with httpx.AsyncClient(transport=transport, timeout=PATIENCE_S) as http:
            url = f"http://127.0.0.1:{port}"
            assert (await http.get(f"{url}/api/public/firm")).status_code < 500
            lose(proxy)
            assert (await http.get(f"{url}/readyz")).status_code == 503
        process.terminate()
        said = await ended(process)
    finally:
        await proxy.stop()
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    assert process.returncode == 0, said
    assert "Traceback" not in said

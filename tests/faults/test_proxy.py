"""The proxy in between behaves as the network it stands for."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.proxy import Proxy


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(100):
        writer.write(data)
    writer.close()


async def ended(reader: asyncio.StreamReader) -> bool:
    """Whether the line was cut, with a word or without."""
    try:
        return await asyncio.wait_for(reader.read(100), 10) == b""
    except ConnectionError:
        return True


@pytest.fixture(params=["tcp", "unix"])
async def proxy(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Proxy]:
    if request.param == "tcp":
        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        one = Proxy(("127.0.0.1", server.sockets[0].getsockname()[1]))
    else:
        server = await asyncio.start_unix_server(echo, tmp_path / "s")
        one = Proxy(str(tmp_path / "s"))
    await one.start()
    yield one
    await one.stop()
    server.close()


async def test_it_passes_on_falls_silent_heals_and_cuts(proxy: Proxy) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(b"one")
    assert await asyncio.wait_for(reader.read(100), 10) == b"one"
    proxy.silence()
    writer.write(b"two")
    answer = asyncio.ensure_future(reader.read(100))
    _, waiting = await asyncio.wait([answer], timeout=0.05)
    assert waiting
    proxy.heal()
    assert await asyncio.wait_for(answer, 10) == b"two"
    proxy.cut()
    assert await ended(reader)
    writer.close()


async def test_nobody_behind_it_is_a_reset(tmp_path: Path) -> None:
    proxy = await Proxy(str(tmp_path / "nobody")).start()
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    assert await ended(reader)
    writer.close()
    await proxy.stop()

"""The socket that Autobahn's client is shown gives back what it gets."""

import asyncio
import subprocess
import sys

import pytest
import websockets

from tests.faults.stand import ROOT
from visavis.kernel.ports import free_port


@pytest.mark.server
async def test_it_gives_back_what_it_gets() -> None:
    port = free_port()
    server = subprocess.Popen([sys.executable, "-m", "tests.faults.echoing", str(port)], cwd=ROOT)
    try:
        line = await _reached(port, server)
        for said in ("", "hello", b"\x00\xff", "x" * 65_535):
            await line.send(said)
            assert await asyncio.wait_for(line.recv(), 10) == said
        await line.close()
    finally:
        server.terminate()
        server.wait()


async def _reached(port: int, server: "subprocess.Popen[bytes]") -> websockets.ClientConnection:
    """The line to it as soon as it listens, however long this machine takes to start it."""
    while server.poll() is None:
        try:
            return await websockets.connect(f"ws://127.0.0.1:{port}/ws", ping_interval=None)
        except ConnectionRefusedError:
            await asyncio.sleep(0.1)
    raise AssertionError(f"it ended with {server.returncode}")

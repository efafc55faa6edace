"""The production socket, giving back what it gets: `python -m tests.faults.echoing PORT`, for Autobahn's client.

Server, transport, limits and settings are those of the platform; only what a message does is replaced.
"""

import functools
import sys
from pathlib import Path
from typing import Any

import uvloop
from fastapi import FastAPI

from visavis import launch
from visavis.kernel.auth import system
from visavis.kernel.gateway_line import Line
from visavis.kernel.gateway_ws import protocol_of
from visavis.kernel.settings import Settings
from visavis.kernel.sockets import Limits, Socket


class EchoLine(Line):
    """Gives every message back as it came."""

    def received(self, kind: Any, data: bytes) -> None:
        """Without the gateway."""
        self._transport.send(kind, data)


class Everybody:
    """A gateway that asks for no ticket."""

    limits = Limits()
    draining = False

    async def open(self, ticket: str, address: str) -> Socket | int:
        """A socket for whoever comes."""
        del ticket, address
        return Socket(system(), self.limits)

    def gone(self, socket: Socket) -> None:
        """Nothing is kept."""

    async def drain(self) -> None:
        """Nobody is told."""


async def serve(port: int) -> None:
    """Until a signal."""
    app = FastAPI()
    app.state.gateway, app.state.settings = Everybody(), Settings(home=Path("/nonexistent"))
    launch.protocol_of = functools.partial(protocol_of, line=EchoLine)
    await launch.server(app).serve(sockets=[launch.listen("127.0.0.1", port)])


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))

"""WebSocket (RFC 6455) on the port and in the loop of the web server.

uvicorn reads a request's head and hands a connection that asks for `websocket` to the class that `protocol_of` makes;
from then on its bytes go straight to a `Line`.
"""

import re
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from picows import WSUpgradeRequest, WSUpgradeResponse, WSUpgradeResponseWithListener
from picows.picows import WSAutoPingStrategy, WSProtocol  # type: ignore[attr-defined]

from visavis.kernel.gateway import Gateway
from visavis.kernel.gateway_line import Line
from visavis.kernel.settings import Settings

PATH = "/ws"
HANDSHAKE_S = 10.0
# Bytes taken in with one reading, some six messages: reading can stop between two of them, and not within one.
READ_BUFFER = 2_048
CONNECTION = re.compile(rb"(?<=\r\n)connection: [^\r\n]*", re.IGNORECASE)


class _Quiet:
    """What the parser has to say about a peer is no news of ours."""

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 - the name that loggers have
        """Never."""
        del level
        return False

    def debug(self, *args: object, **kwargs: object) -> None:
        """Say nothing."""

    log = info = warning = error = exception = debug


class _Protocol(WSProtocol):  # type: ignore[misc]
    """uvicorn's WebSocket protocol: reads the request that uvicorn has read, then the connection itself."""

    def __init__(self, gateway: Gateway, settings: Settings, line: type[Line], state: Any) -> None:
        super().__init__(
            None, None, False, self._accept, _Quiet(), True, HANDSHAKE_S, False, 20, 20,
            WSAutoPingStrategy.PING_WHEN_IDLE, False, gateway.limits.frame_bytes, None, READ_BUFFER,
        )  # fmt: skip
        self._wired = (gateway, settings, line)
        self._connections = state.connections

    def connection_made(self, transport: Any) -> None:
        """A connection has asked for an upgrade."""
        self._connections.add(self)
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """It has ended."""
        self._connections.discard(self)
        super().connection_lost(exc)

    def get_buffer(self, size_hint: int) -> memoryview:
        """Room for one reading, also where a long message has made the buffer grow."""
        room: memoryview = super().get_buffer(size_hint)
        return room[:READ_BUFFER]

    def data_received(self, data: bytes) -> None:
        """Take the request as uvicorn passes it on, which has seen that `Connection` names an upgrade."""
        rest = memoryview(CONNECTION.sub(b"connection: Upgrade", data, count=1))
        while rest:
            room = self.get_buffer(-1)
            size = min(len(room), len(rest))
            room[:size] = rest[:size]
            rest = rest[size:]
            self.buffer_updated(size)

    def shutdown(self) -> None:
        """The server stops: close what is still open."""
        if isinstance(self.listener, Line):
            self.listener.leave()
        else:
            self.transport.disconnect(False)

    def _accept(self, request: WSUpgradeRequest) -> Any:
        gateway, settings, line = self._wired
        parts = urlsplit(request.path.decode("latin-1"))
        if parts.path != PATH:
            return _refused(HTTPStatus.NOT_FOUND)
        if not _same_origin(request, settings):
            peer = self.transport.underlying_transport.get_extra_info("peername")
            gateway.foreign(str(peer[0]) if peer else "")
            return _refused(HTTPStatus.FORBIDDEN)
        return line(gateway, _ticket(parts.query))


def protocol_of(gateway: Gateway, settings: Settings, line: type[Line] = Line) -> type[Any]:
    """The class that uvicorn makes for each WebSocket of this gateway."""

    class Protocol(_Protocol):
        """`_Protocol`, as uvicorn calls it."""

        def __init__(self, config: Any, server_state: Any, app_state: Any) -> None:
            del config, app_state
            super().__init__(gateway, settings, line, server_state)

    return Protocol


def _refused(status: HTTPStatus) -> WSUpgradeResponseWithListener:
    answer = WSUpgradeResponse.create_error_response(status, status.phrase.encode())
    return WSUpgradeResponseWithListener(answer, None)


def _same_origin(request: WSUpgradeRequest, settings: Settings) -> bool:
    """Pages come from the platform's own origin; programs send none (OWASP ASVS 5.0 V4.4.2)."""
    origin = request.headers.get("origin")
    if origin is None:
        return True
    parts = urlsplit(origin)
    own = urlsplit(settings.public_url).netloc if settings.public_url else ""
    return parts.scheme in ("http", "https") and parts.netloc in {
        own,
        request.headers.get("host"),
    } - {""}


def _ticket(query: str) -> str:
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if name == "ticket":
            return value
    return ""

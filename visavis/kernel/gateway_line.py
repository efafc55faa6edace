"""One WebSocket of the gateway: assembles what arrives, writes what its `Socket` has queued.

Nothing waits here: what arrives goes to the gateway at once, what the gateway queues is written once per turn of the
loop. A peer that does not read is seen by its full queue, one that reads nothing for 20 s by a timer; both are closed
with 4008.
"""

import asyncio
import socket as sockets
from typing import Any

import structlog
from picows import WSFrame, WSListener, WSMsgType, WSProtocolError, WSTransport

from visavis.kernel import giving_way
from visavis.kernel.gateway import Gateway
from visavis.kernel.sockets import DRAINED, TOO_LARGE, TOO_SLOW, Socket

log = structlog.get_logger(__name__)

# Seconds: a peer that reads nothing, one that does not answer a close, and one that holds up the server's own end.
STALLED_S, CLOSING_S, LEAVING_S = 20.0, 5.0, 1.0
# Bytes that the system takes in for a line that is not read: what one line may have waiting outside.
OUTSIDE = 16_384
# Bytes given to the transport at a time, and those above which it asks for a pause.
CHUNK = 65_536
PROTOCOL_ERROR, INVALID_TEXT, FAILED = 1002, 1007, 1011
CONTINUATION, TEXT, BINARY = WSMsgType.CONTINUATION, WSMsgType.TEXT, WSMsgType.BINARY
PING, CLOSE = WSMsgType.PING, WSMsgType.CLOSE


class Line(WSListener):
    """One WebSocket: assembles messages for the gateway, writes what its `Socket` has queued."""

    __slots__ = (
        "_gateway", "_kind", "_loop", "_opening", "_parts", "_paused", "_reading", "_scheduled", "_socket",
        "_ticket", "_timer", "_transport",
    )  # fmt: skip

    def __init__(self, gateway: Gateway, ticket: str) -> None:
        self._gateway = gateway
        self._ticket = ticket
        self._loop = asyncio.get_running_loop()
        self._transport: Any = None
        self._socket: Socket | None = None
        self._opening: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._parts: bytearray | None = None
        self._kind = TEXT
        self._paused = self._scheduled = False
        self._reading = True

    # -- what arrives ---------------------------------------------------------------------------------------------

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Read nothing before it is known whose socket this is."""
        self._transport = transport
        raw = transport.underlying_transport
        raw.set_write_buffer_limits(high=CHUNK)
        raw.get_extra_info("socket").setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, OUTSIDE)
        # The head of the request has been read; fifteen thousand idle connections need not remember it.
        transport.request.headers.clear()
        self._read(False)
        self._opening = self._loop.create_task(self._open())

    async def _open(self) -> None:
        try:
            opened = await self._gateway.open(self._ticket, self._address())
        except Exception:
            log.exception("line not opened")
            opened = FAILED
        self._opening = None
        self._ticket = ""
        if not isinstance(opened, Socket):
            self._read(True)
            self._end(opened)
        elif self._transport.is_disconnected:
            self._gateway.gone(opened)
        else:
            self._socket = opened
            opened.attach(self._wake, self._resume)
            self._read(True)
            self._wake()

    def _address(self) -> str:
        peer = self._transport.underlying_transport.get_extra_info("peername")
        return str(peer[0]) if peer else ""

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Take a frame; raises `WSProtocolError`, with which the connection is closed."""
        kind: Any = frame.msg_type
        if frame.rsv1 or frame.rsv2 or frame.rsv3:
            raise WSProtocolError(PROTOCOL_ERROR, "reserved bit")
        if kind <= BINARY:
            if transport.is_close_frame_sent:
                return
            data = frame.get_payload_as_bytes()
            if frame.fin and self._parts is None and kind != CONTINUATION:
                self._message(kind, data)
            else:
                self._part(kind, data, bool(frame.fin))
        elif kind == PING:
            if not self._paused and (self._socket is None or self._socket.take_token()):
                transport.send_pong(frame.get_payload_as_bytes())
        elif kind == CLOSE:
            self._goodbye(frame.get_payload_as_bytes())

    def _part(self, kind: Any, data: bytes, last: bool) -> None:
        if (kind == CONTINUATION) != (self._parts is not None):
            raise WSProtocolError(PROTOCOL_ERROR, "fragment out of order")
        if self._parts is None:
            self._kind, self._parts = kind, bytearray()
        self._parts += data
        if len(self._parts) > self._gateway.limits.frame_bytes:
            raise WSProtocolError(TOO_LARGE, "message too large")
        if last:
            whole, self._parts = bytes(self._parts), None
            self._message(self._kind, whole)

    def _message(self, kind: Any, data: bytes) -> None:
        if kind == TEXT and not data.isascii():
            try:
                data.decode()
            except UnicodeDecodeError:
                raise WSProtocolError(INVALID_TEXT, "not UTF-8") from None
        try:
            self.received(kind, data)
        except Exception:
            log.exception("frame not taken")
            self._end(FAILED)

    def received(self, kind: Any, data: bytes) -> None:
        """Give a whole message to the gateway; too many commands in flight, of this page or of all pages together,
        stop the reading until some are answered.
        """
        del kind
        socket = self._socket
        if socket is None:
            return
        self._gateway.frame(socket, data)
        if socket.full:
            self._read(False)
        elif giving_way.crowded():
            self._read(False)
            giving_way.outside(self._resume)

    def _goodbye(self, payload: bytes) -> None:
        code = int.from_bytes(payload[:2], "big") if payload else 1000
        if code < 1000 or code in (1004, 1005, 1006, 1015):
            raise WSProtocolError(PROTOCOL_ERROR, "close code")
        if not self._transport.is_close_frame_sent:
            self._transport.send_close(code)
        self._transport.disconnect()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Forget the peer."""
        del transport
        if self._timer is not None:
            self._timer.cancel()
        if self._socket is not None:
            self._gateway.gone(self._socket)

    def _read(self, on: bool) -> None:
        if on is not self._reading and not self._transport.is_disconnected:
            self._reading = on
            raw = self._transport.underlying_transport
            if on:
                raw.resume_reading()
            else:
                raw.pause_reading()

    def _resume(self) -> None:
        if self._socket is not None and self._socket.full:
            return  # it is asked again once some are answered
        if giving_way.crowded():
            giving_way.outside(self._resume)
        else:
            self._read(True)

    # -- what goes out --------------------------------------------------------------------------------------------

    def _wake(self) -> None:
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._scheduled = False
        socket, transport = self._socket, self._transport
        if socket is None or transport.is_disconnected:
            return
        while not self._paused and (frames := socket.take(CHUNK)):
            if len(frames) == 1:
                transport.send(TEXT, frames[0])
            else:
                transport.underlying_transport.write(b"".join(_framed(frames)))
        if socket.closing is not None and (socket.empty or socket.closing == TOO_SLOW):
            self._end(socket.closing)

    def pause_writing(self) -> None:
        """The peer reads more slowly than we write: keep the rest in the bounded queue."""
        self._paused = True
        if self._timer is None:
            self._timer = self._loop.call_later(STALLED_S, self._stalled)

    def resume_writing(self) -> None:
        """The peer has caught up."""
        self._paused = False
        if self._timer is not None and not self._transport.is_close_frame_sent:
            self._timer.cancel()
            self._timer = None
        self._flush()

    def _stalled(self) -> None:
        self._timer = None
        self._end(TOO_SLOW)

    def _end(self, code: int) -> None:
        """Send a close frame, and give the peer a moment to answer it."""
        transport = self._transport
        if transport.is_disconnected or transport.is_close_frame_sent:
            return
        transport.send_close(code)
        self._read(True)
        self._abort_in(CLOSING_S)

    def _abort_in(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(seconds, self._transport.underlying_transport.abort)

    def leave(self) -> None:
        """The server stops."""
        self._end(DRAINED)
        self._abort_in(LEAVING_S)


def _framed(frames: list[bytes]) -> list[bytes]:
    """Frames with their heads (RFC 6455 §5.2): final, text, unmasked."""
    pieces: list[bytes] = []
    for data in frames:
        size = len(data)
        if size < 126:
            pieces.append(bytes((0x81, size)))
        elif size < 65_536:
            pieces.append(b"\x81\x7e" + size.to_bytes(2, "big"))
        else:
            pieces.append(b"\x81\x7f" + size.to_bytes(8, "big"))
        pieces.append(data)
    return pieces

"""Rows of the matrix on the network: partitions, half-open lines, readers that do not read, slow callers."""

import asyncio
import contextlib
import socket
import struct
import sys
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from tests.faults.crew import talking
from tests.faults.proxy import Proxy
from tests.faults.report import Result
from tests.faults.run import Run
from tests.faults.stand import Pair, Server, until
from visavis.sdk.errors import WireError
from visavis.sdk.http import Http
from visavis.sdk.live import Live

PAIRS = 6
MEBI = 1_048_576
# Messages of which a percentile is taken, in a quick run and in a full one.
FEW, MANY = 300, 2000
NOISE_MS = 5.0


async def cut_from_database(run: Run) -> None:
    """Row 5: the way to the database falls silent, and heals; nobody waits for ever."""
    silent = 9 if run.quick else 30
    async with run.row(
        "5", f"the way to the database silent for {silent} s, then healed"
    ) as result:
        proxy = await Proxy(run.stand.postgres_socket).start()
        server = await run.stand.server(dsn=run.stand.over_tcp(proxy.port)).start()
        try:
            pairs = await run.stand.pairs(PAIRS)
            async with talking(server.url, pairs) as crew:
                for _ in range(run.times(5, 1)):
                    await crew.spoken(run.times(60, 20))
                    proxy.silence()
                    worst = await _refused(server.url, pairs[0], silent)
                    proxy.heal()
                    result.recovery_s.append(await crew.recovered(time.monotonic()))
                    result.notes = [f"the longest wait for a refusal: {worst:.1f} s"]
                    if worst > run.patience(10):
                        result.violations.append(f"a call waited {worst:.1f} s, at most 10")
                    result.repetitions += 1
            run.judge(result, crew, 10)
        finally:
            await server.kill()
            await proxy.stop()


async def _refused(url: str, pair: Pair, seconds: float) -> float:
    """Post by HTTP as long as it is silent; the longest wait for an answer, whatever it was."""
    worst, ends = 0.0, time.monotonic() + seconds
    async with Http(url) as http:
        http._client.timeout = None
        http.use_bearer(pair.hers)
        while time.monotonic() < ends:
            began = time.monotonic()
            try:
                async with asyncio.timeout(60):
                    await http.get("/api/me")
            except (WireError, TimeoutError):
                worst = max(worst, time.monotonic() - began)
            await asyncio.sleep(0.2)
    return worst


async def half_open(run: Run) -> None:
    """Row 7: a client's line is dead and nobody was told: the server frees it; the client resumes without a gap."""
    limit = 6 if run.quick else 60
    fault = "half-open lines: the way between client and server silent until the server frees them"
    async with run.row("7", fault) as result:
        hasty = (sys.executable, "-m", "tests.faults.hasty", "silent", str(limit), "serve")
        server = await run.stand.server(command=hasty if run.quick else ()).start()
        proxy = await Proxy(("127.0.0.1", server.port)).start()
        pairs = await run.stand.pairs(3)
        try:
            async with talking(f"http://127.0.0.1:{proxy.port}", pairs) as crew:
                for _ in range(run.times(1, 1)):
                    await crew.spoken(30)
                    before = (await server.figures())["visavis_sockets"]
                    proxy.silence()
                    freed = await until(
                        lambda most=before - 6: _sockets_at_most(server, most),
                        limit + 30,
                        "the sockets to be freed",
                    )
                    result.notes = [f"freed after {freed:.0f} s, set to {limit}"]
                    if freed > limit + run.patience(6):
                        result.violations.append(
                            f"the sockets were freed after {freed:.0f} s, at most {limit}"
                        )
                    proxy.cut()
                    proxy.heal()
                    result.recovery_s.append(await crew.recovered(time.monotonic()))
                    result.repetitions += 1
            run.judge(result, crew, 10)
        finally:
            await server.kill()
            await proxy.stop()


async def _sockets_at_most(server: Server, count: float) -> bool:
    return (await server.figures())["visavis_sockets"] <= count


async def connections_cut(run: Run) -> None:
    """Beside the matrix: every connection of the clients is reset at once, again and again."""
    async with run.row("7c", "all client connections reset at once") as result:
        server = await run.server()
        proxy = await Proxy(("127.0.0.1", server.port)).start()
        try:
            async with talking(
                f"http://127.0.0.1:{proxy.port}", await run.stand.pairs(PAIRS)
            ) as crew:
                for _ in range(run.times(30, 5)):
                    await crew.spoken(30)
                    proxy.cut()
                    result.recovery_s.append(await crew.recovered(time.monotonic()))
                    result.repetitions += 1
            run.judge(result, crew, 5)
        finally:
            await proxy.stop()


@dataclass
class Bare:
    """A WebSocket by hand: reads only what it is told to."""

    sock: socket.socket

    def send(self, opcode: int, data: bytes, *, final: bool = True) -> None:
        """One masked frame (RFC 6455 section 5.2); the mask is zero."""
        head = bytes([opcode | (0x80 if final else 0)])
        if len(data) < 126:
            head += bytes([0x80 | len(data)])
        elif len(data) < 65_536:
            head += bytes([0x80 | 126]) + struct.pack(">H", len(data))
        else:
            head += bytes([0x80 | 127]) + struct.pack(">Q", len(data))
        self.sock.sendall(head + bytes(4) + data)

    def close_code(self, within_s: float = 10) -> int:
        """The code of the close frame, 1006 where the line just ended, 0 where it is still open."""
        self.sock.settimeout(within_s)
        data = b""
        try:
            while part := self.sock.recv(MEBI):
                data = (data + part)[-MEBI:]
        except TimeoutError:
            return 0
        except OSError:
            pass
        found = [int.from_bytes(data[i + 2 : i + 4], "big") for i in _closes(data)]
        return found[-1] if found else 1006


def _closes(data: bytes) -> Sequence[int]:
    return [i for i in range(max(0, len(data) - 200), len(data) - 3) if data[i] == 0x88]


async def bare(server: Server, bearer: str, *, buffer: int = 0, hello: str = "") -> Bare:
    """A socket that has opened its WebSocket, and said hello."""
    async with Http(server.url) as http:
        http.use_bearer(bearer)
        ticket = (await http.post("/api/socket-ticket"))["ticket"]

    def connect() -> Bare:
        sock = socket.socket()
        if buffer:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        sock.settimeout(30)
        sock.connect(("127.0.0.1", server.port))
        sock.sendall(
            f"GET /ws?ticket={ticket} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )
        head = b""
        while b"\r\n\r\n" not in head:
            head += sock.recv(1)
        one = Bare(sock)
        one.send(1, hello.encode() or b'{"t":"hello","protocol":1}')
        return one

    return await asyncio.to_thread(connect)


async def slow_readers(run: Run) -> None:
    """Row 14: readers of a byte a second; the others feel nothing, memory is bounded, the slow ones are closed."""
    people, lines = (3, 8) if run.quick else (17, 12)
    async with run.row("14", f"{people * lines} readers that read a byte a second") as result:
        hasty = (sys.executable, "-m", "tests.faults.hasty", "stalled", "5", "serve")
        server = await run.stand.server(command=hasty if run.quick else ()).start()
        slow = await run.stand.pairs(people)
        stuck: list[Bare] = []
        tasks = [asyncio.create_task(_breathe(stuck)), asyncio.create_task(_sip(stuck))]
        try:
            async with talking(server.url, await run.stand.pairs(3), pause_s=0.02) as crew:
                quiet = await crew.p99(FEW if run.quick else MANY)
                before, others = server.memory(), (await server.figures())["visavis_sockets"]
                for pair in slow:
                    stuck += [await bare(server, pair.hers, buffer=4096) for _ in range(lines)]
                await asyncio.gather(
                    *(_flood(server, pair, 4 if run.quick else 20) for pair in slow)
                )
                # Nobody speaks to them any more, and all that they have not read lies there.
                held, busy = server.memory() - before, await crew.p99(FEW if run.quick else MANY)
                cut = await until(
                    lambda: _sockets_at_most(server, others), 60, "the slow readers to be closed"
                )
                after = await crew.p99(FEW if run.quick else MANY)
            run.judge(result, crew)
            codes = await asyncio.gather(*(asyncio.to_thread(one.close_code) for one in stuck))
        finally:
            for task in tasks:
                task.cancel()
            for one in stuck:
                one.sock.close()
            await server.kill()
        result.repetitions += 1
        result.notes = [f"all cut {cut:.0f} s later", f"memory grew by {held / MEBI:.0f} MiB"]
        _unmoved(run, result, busy, (quiet, after), 1.2)
        if wrong := {code for code in codes if code not in (4008, 1006)}:
            result.violations.append(f"slow readers closed with {wrong}")
        if held > len(stuck) * 2 * MEBI + 64 * MEBI:
            result.violations.append(
                f"memory grew by {held / MEBI:.0f} MiB for {len(stuck)} slow readers"
            )
        if crew.failed:
            result.violations.append(f"sends of others failed: {sorted(set(crew.failed))}")


def _unmoved(
    run: Run, result: Result, busy: float, quiet: tuple[float, float], factor: float
) -> None:
    """What others wait for (99th percentile) is at most `factor` of what it was before, or is afterwards."""
    before, after = (one * 1000 for one in quiet)
    result.notes.append(
        f"99th percentile of others {busy * 1000:.0f} ms ({before:.0f} before, {after:.0f} after)"
    )
    # A few ms are noise of the machine, whatever share of so little they are.
    if busy * 1000 > run.patience(max(before, after) * factor + NOISE_MS):
        result.violations.append(
            f"99th percentile of others {busy * 1000:.0f} ms, at most {factor} of {max(before, after):.0f}"
        )


async def _sip(stuck: Sequence[Bare]) -> None:
    """Read a byte of each once a second."""
    while True:
        await asyncio.sleep(1)
        for one in tuple(stuck):
            one.sock.setblocking(False)
            with contextlib.suppress(OSError):
                one.sock.recv(1)
            one.sock.settimeout(30)


async def _breathe(stuck: Sequence[Bare]) -> None:
    """Say that they are there: however long the flood takes, slowness ends them and not silence."""
    while True:
        await asyncio.sleep(15)
        for one in tuple(stuck):
            with contextlib.suppress(OSError):
                one.send(1, b'{"t":"ping"}')


async def _flood(server: Server, pair: Pair, rounds: int) -> None:
    """Say so many times twenty long things, to a client who reads nothing."""
    page = "产品资料" * 1900
    async with Http(server.url) as him:
        him.use_bearer(pair.his)
        live = Live(him)
        await live.start()
        for _ in range(rounds):
            await asyncio.gather(*(live.send(pair.conversation, page) for _ in range(20)))
        await live.stop()


async def giants(run: Run) -> None:
    """Row 16: a frame of 64 MiB, a message of a million fragments, a compressed bomb: closed, and no memory taken."""
    async with run.row("16", "a frame of 64 MiB; 10^6 fragments; a deflate bomb") as result:
        server = await run.server()
        (pair,) = await run.stand.pairs(1)
        before = server.memory()
        for _ in range(run.times(3, 1)):
            for name, act in (("frame", _giant), ("fragments", _fragments), ("bomb", _bomb)):
                line = await bare(server, pair.hers)
                code = await asyncio.to_thread(act, line)
                line.sock.close()
                if code not in (1009, 1002, 1006):
                    result.violations.append(f"{name}: closed with {code}")
                result.notes = [*result.notes[-2:], f"{name}: {code}"]
                result.repetitions += 1
        grown = server.memory() - before
        result.notes.append(f"memory grew by {max(grown, 0) / MEBI:.0f} MiB")
        if grown > 64 * MEBI:
            result.violations.append(f"memory grew by {grown / MEBI:.0f} MiB, at most 64")
        async with talking(server.url, await run.stand.pairs(1)) as crew:
            await crew.spoken(20)
        run.judge(result, crew)


def _giant(line: Bare) -> int:
    with contextlib.suppress(OSError):
        line.send(1, bytes(64 * MEBI))
    return line.close_code()


def _fragments(line: Bare) -> int:
    with contextlib.suppress(OSError):
        line.send(1, b"a", final=False)
        part = bytes([0x00, 0x81]) + bytes(4) + b"a"
        for _ in range(1000):
            line.sock.sendall(part * 1000)
    return line.close_code()


def _bomb(line: Bare) -> int:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packer.compress(bytes(64 * MEBI)) + packer.flush()
    with contextlib.suppress(OSError):
        line.send(0x41, data)  # reserved bit 1: compressed, which was never agreed
    return line.close_code()


async def slow_callers(run: Run) -> None:
    """Row 17: hundreds of calls whose head, body or answer takes for ever; others are served as before."""
    count = 201 if run.quick else 501
    fault = (
        f"{count} calls: a head or a body that comes a byte at a time, or an answer that is read so"
    )
    async with run.row("17", fault) as result:
        server = await run.server()
        async with talking(server.url, await run.stand.pairs(3), pause_s=0.02) as crew:
            quiet = await crew.p99(FEW if run.quick else MANY)
            slow = [await asyncio.to_thread(_slow, server.port, number) for number in range(count)]
            dripping = asyncio.create_task(_drip(slow))
            try:
                # The first hundreds find it out: what they cost is in the next.
                await crew.spoken(FEW)
                busy = await crew.p99(FEW if run.quick else MANY)
                ready = await _asked(server)
            finally:
                dripping.cancel()
                for sock in slow:
                    sock.close()
            after = await crew.p99(FEW if run.quick else MANY)
        run.judge(result, crew)
        result.repetitions += 1
        _unmoved(run, result, busy, (quiet, after), 2)
        result.notes.append(f"a page meanwhile: {ready * 1000:.0f} ms")
        if ready > run.patience(2):
            result.violations.append(f"a page took {ready:.1f} s meanwhile")
        if crew.failed:
            result.violations.append(f"sends of others failed: {sorted(set(crew.failed))}")


def _slow(port: int, number: int) -> socket.socket:
    """The beginning of a call: by turns of its head, of its body, or a whole one with a long answer."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.settimeout(30)
    sock.connect(("127.0.0.1", port))
    head = b"POST /api/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    begun = (
        head + b"X-A: b",
        head + b"Content-Length: 5000\r\n\r\n{",
        b"GET /api/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n",
    )
    sock.sendall(begun[number % 3])
    sock.setblocking(False)
    return sock


async def _drip(slow: Sequence[socket.socket]) -> None:
    """A byte of each, three times a second."""
    while True:
        for number, sock in enumerate(slow):
            with contextlib.suppress(OSError):
                if number % 3 == 2:  # the third kind reads
                    sock.recv(1)
                else:
                    sock.send(b"a")
        await asyncio.sleep(0.3)


async def _asked(server: Server) -> float:
    """The seconds that somebody else's call takes."""
    began = time.monotonic()
    async with Http(server.url) as http:
        await http.get("/api/public/firm")
    return time.monotonic() - began


ROWS = {
    "5": cut_from_database, "7": half_open, "7c": connections_cut, "14": slow_readers, "16": giants,
    "17": slow_callers,
}  # fmt: skip

"""Row beside the matrix: the web interface's own library, in Node, survives what the Python one survives."""

import asyncio
import json
import shutil
import subprocess
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tests.faults.crew import MARK, Crew, fresh_token, talking
from tests.faults.history import FAIL, OK, Seen, Sent
from tests.faults.proxy import Proxy
from tests.faults.run import Run
from tests.faults.stand import ROOT, Pair, Server, Skipped, until
from tools.build_web import toolchain

PAIRS, WORDS, PAUSE_S, QUIET_S = 2, 3000, 0.05, 90.0
SILENT_S = 3.0
BUNDLER = ROOT / "web/node_modules/.bin/rolldown"


class Page:
    """One page: a process that talks and listens with `web/src/core`, and writes down what it did and saw."""

    def __init__(self, crew: Crew, name: str, pair: Pair) -> None:
        self.crew, self.name, self.pair = crew, name, pair
        self.here = self.quiet = False
        self.said: dict[str, Sent] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None

    async def start(self, node: str, program: Path, url: str) -> None:
        """Begin to talk; returns once it is there."""
        words = [fresh_token() for _ in range(WORDS)]
        self._process = await asyncio.create_subprocess_exec(
            node, str(program), url, self.pair.hers, self.pair.conversation, *words,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self._reading = asyncio.create_task(self._read())
        await until(lambda: self.here, 60, f"{self.name} to be there")

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self._note(json.loads(line))

    def _note(self, told: dict[str, Any]) -> None:
        history, conversation = self.crew.history, self.pair.conversation
        match told["t"]:
            case "here":
                self.here = True
            case "quiet":
                self.quiet = True
            case "sent":
                note = Sent(told["word"], self.name, conversation, told["at"])
                self.said[told["word"]] = note
                history.sent.append(note)
            case "ok":
                note = self.said[told["word"]]
                note.fate, note.known, note.no = OK, told["at"], told["no"]
            case "fail":
                note = self.said[told["word"]]
                note.fate, note.known = FAIL, told["at"]
                self.crew.failed.append(told["error"])
            case "seen":
                token, mark, _ = told["text"].partition(MARK)
                history.seen.append(Seen(self.name, conversation, told["no"], token * bool(mark)))

    def tell(self, line: str) -> None:
        """A line on its input."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())

    async def end(self) -> None:
        """Let it see everything, and go; the checker says what it lacks."""
        last = len(self.crew.history.final[self.pair.conversation])
        self.tell(f"until {last}")
        assert self._process is not None
        try:
            await asyncio.wait_for(self._process.wait(), 60)
        except TimeoutError:
            await self.kill()
        assert self._reading is not None
        await self._reading
        self.crew.history.stayed.append((self.name, self.pair.conversation))

    async def kill(self) -> None:
        """End it without warning."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


async def pages_survive(run: Run) -> None:
    """Row t: pages in Node talk beside the others while server, database and lines are hurt."""
    async with run.row(
        "t",
        "the TypeScript library: server killed and drained, database killed, lines cut and silent",
    ) as result:
        program = await asyncio.to_thread(_bundled, run.stand.folder)
        server = await run.server()
        proxy = await Proxy(("127.0.0.1", server.port)).start()
        url = f"http://127.0.0.1:{proxy.port}"
        pairs = await run.stand.pairs(PAIRS)
        pages: list[Page] = []
        with toolchain() as (_, env):
            node = shutil.which("node", path=env["PATH"]) or "node"
            try:
                async with talking(url, pairs, in_flight=1, pause_s=PAUSE_S) as crew:
                    pages += [Page(crew, f"page-{n}", pair) for n, pair in enumerate(pairs)]
                    for page in pages:
                        await page.start(node, program, url)
                    for _ in range(run.times(5, 1)):
                        for hurt in _hurts(run, server, proxy):
                            before = [_acknowledged(page) for page in pages]
                            await hurt()
                            healed = time.monotonic()
                            await until(
                                lambda before=before: all(  # type: ignore[misc]
                                    _acknowledged(page) >= was + 5
                                    for page, was in zip(pages, before, strict=True)
                                ),
                                90, "every page to go on",
                            )  # fmt: skip
                            result.recovery_s.append(time.monotonic() - healed)
                            result.repetitions += 1
                    for page in pages:
                        page.tell("stop")
                    await until(lambda: all(page.quiet for page in pages), QUIET_S, "quiet pages")
                    await crew.finish()
                    for page in pages:
                        await page.end()
            finally:
                for page in pages:
                    await page.kill()
                await proxy.stop()
        run.judge(result, crew)
        said = sum(_acknowledged(page) for page in pages)
        result.notes = [f"{said} of the messages were the pages'"]
        if crew.failed:
            result.violations.append(f"sends failed: {sorted(set(crew.failed))}")


def _acknowledged(page: Page) -> int:
    return sum(one.fate == OK for one in page.said.values())


def _hurts(run: Run, server: Server, proxy: Proxy) -> list[Callable[[], Awaitable[None]]]:
    async def killed() -> None:
        await server.kill()
        await server.start(wait=False)

    async def drained() -> None:
        await server.drain()
        await server.start(wait=False)

    async def database() -> None:
        await run.stand.kill_postgres()
        await run.stand.start_postgres()

    async def cut() -> None:
        proxy.cut()

    async def silent() -> None:
        proxy.silence()
        await asyncio.sleep(SILENT_S)
        proxy.heal()

    return [killed, database, cut] if run.quick else [killed, database, cut, drained, silent]


def _bundled(folder: Path) -> Path:
    """The page as one file for Node; raises `Skipped` where the web interface's packages are not installed."""
    if not BUNDLER.exists():
        raise Skipped("the web interface's packages are not installed: make web")
    program = folder / "page.mjs"
    with toolchain() as (_, env):
        done = subprocess.run(
            [str(BUNDLER), str(ROOT / "tests/faults/page.ts"), "--file", str(program), "--format", "esm",
             "--platform", "node"],
            cwd=ROOT, env=env, capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"the page cannot be bundled: {done.stderr[-300:]}{done.stdout[-300:]}")
    return program


ROWS = {"t": pages_survive}

"""A crew of pages: the TypeScript library talks in a process of Node and tells it (web/src/faults/talker.ts)."""

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.faults.crew import MARK, Talk, read
from tests.faults.history import FAIL, OK, Seen, Sent
from tests.faults.stand import Pair, Skipped, until
from tools.build_web import ROOT, WEB, toolchain
from visavis.sdk.http import Http

BEGIN_S, END_S = 60.0, 90.0
SOURCE = WEB / "src/faults/talker.ts"
BUNDLER = WEB / "node_modules/rolldown/bin/cli.mjs"
MADE = ROOT / "build/faults/talker.mjs"


class Pages(Talk):
    """Several pairs that talk at once, over the TypeScript library."""

    def __init__(self, url: str, pairs: Sequence[Pair]) -> None:
        super().__init__()
        self._url = url
        self._pairs = pairs
        self._sent: dict[str, Sent] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._ended = False

    async def start(self, program: Sequence[str], env: Mapping[str, str], errors: Path) -> None:
        """Start the process, and return once everybody is connected."""
        with errors.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *program, env=env, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=log
            )  # fmt: skip
        self._reading = asyncio.create_task(self._read(errors))
        pairs = [
            {"conversation": one.conversation, "hers": one.hers, "his": one.his}
            for one in self._pairs
        ]
        await self._tell(json.dumps({"url": self._url, "pairs": pairs, "mark": MARK}))
        await until(lambda: self.stand_by() or self._ready.is_set(), BEGIN_S, "the pages to talk")

    def stand_by(self) -> None:
        """Raise what has ended the process, if anything has."""
        if self._reading is not None and self._reading.done() and not self._ended:
            self._reading.result()
            raise RuntimeError("the pages have ended")

    async def finish(self) -> None:
        """Stop talking, let everybody see the rest, and read every conversation as it is now."""
        await self._tell("end")
        assert self._reading is not None
        await asyncio.wait_for(self._reading, END_S)
        for pair in self._pairs:
            reader = Http(self._url)
            reader.use_bearer(pair.his)
            try:
                self.history.final[pair.conversation] = await read(reader, pair.conversation)
            finally:
                await reader.close()
        for number, pair in enumerate(self._pairs):
            for name in (f"her-{number}", f"him-{number}"):
                self.history.stayed.append((name, pair.conversation))

    async def end(self) -> None:
        """End the process, whatever it does."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _tell(self, line: str) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")
        with contextlib.suppress(ConnectionError):
            await self._process.stdin.drain()

    async def _read(self, errors: Path) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self._take(json.loads(line))
        if not self._ended:
            raise RuntimeError(errors.read_text(errors="replace")[-1000:])

    def _take(self, line: dict[str, object]) -> None:
        match line.pop("t"):
            case "ready":
                self._ready.set()
            case "invoke":
                one = Sent(
                    str(line["token"]), str(line["sender"]), str(line["conversation"]), _s(line["at"])
                )  # fmt: skip
                self._sent[one.token] = one
                self.history.sent.append(one)
            case "fate":
                one = self._sent[str(line["token"])]
                one.fate = OK if line["fate"] == "ok" else FAIL
                one.known, one.no = _s(line["at"]), int(_s(line["no"]))
                if one.fate == OK:
                    self.last = one
            case "seen":
                self.history.seen.append(Seen(**line))  # type: ignore[arg-type]
            case "failed":
                self.failed.append(str(line["error"]))
            case "end":
                self._ended = True


def _s(value: object) -> float:
    assert isinstance(value, int | float)
    return float(value)


@asynccontextmanager
async def talking(url: str, pairs: Sequence[Pair], errors: Path) -> AsyncIterator[Pages]:
    """Pages that talk as long as the block runs; afterwards their history is complete."""
    if not BUNDLER.exists():
        raise Skipped("web/node_modules is missing: `make web` makes it")
    with toolchain() as (_, env):
        node = str(Path(env["PATH"].partition(os.pathsep)[0], "node"))
        bundle = [node, str(BUNDLER), str(SOURCE), "--platform", "node", "--file", str(MADE)]
        made = await asyncio.create_subprocess_exec(
            *bundle, cwd=WEB, env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )  # fmt: skip
        said, _ = await made.communicate()
        if made.returncode:
            raise RuntimeError(f"the pages cannot be bundled: {said.decode()[-1000:]}")
        crew = Pages(url, pairs)
        try:
            await crew.start([node, str(MADE)], env, errors)
            yield crew
            await crew.finish()
        finally:
            await crew.end()

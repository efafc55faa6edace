"""Rows of the matrix on the disk below PostgreSQL: slow, failing, full."""

import asyncio
import contextlib
import io
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from PIL import Image

from tests.faults import logs
from tests.faults.crew import talking
from tests.faults.report import Result
from tests.faults.run import Run
from tests.faults.stand import Skipped, Stand, until
from visavis.sdk.errors import WireError
from visavis.sdk.http import Http

PAIRS = 6
MEBI = 1_048_576
PAGE = 4096
ROOM_MB = 128
# A cluster that fits on a small disk.
SMALL = {"max_wal_size": "64MB", "min_wal_size": "32MB", "shared_buffers": "32MB"}


@asynccontextmanager
async def injected(pids: Sequence[int], fault: str) -> AsyncIterator[None]:
    """Let strace tamper with a system call of these processes, those to come included: `CALL:FAULT`."""
    program = shutil.which("strace")
    if program is None:
        raise Skipped("strace is not installed")
    attach = [part for pid in pids for part in ("-p", str(pid))]
    process = await asyncio.create_subprocess_exec(
        program, "-f", "-qq", *attach, "-e", f"trace={fault.partition(':')[0]}", "-e", f"inject={fault}",
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        await asyncio.sleep(0.5)
        if process.returncode is not None:
            assert process.stderr is not None
            raise Skipped(f"strace may not attach here: {(await process.stderr.read())[-200:]!r}")
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def slow_disk(run: Run) -> None:
    """Row 8: every fdatasync takes 100 ms longer."""
    async with run.row("8", "slow disk: every fdatasync 100 ms longer (strace)") as result:
        server = await run.server()
        async with talking(server.url, await run.stand.pairs(PAIRS)) as crew:
            for _ in range(run.times(5, 1)):
                await crew.spoken(run.times(60, 20))
                crew.slowest = 0.0
                async with injected(run.stand.postgres_pids(), "fdatasync:delay_enter=100000"):
                    await crew.spoken(run.times(200, 40))
                result.notes = [f"longest acknowledgement {crew.slowest:.1f} s"]
                if crew.slowest > run.patience(5):
                    result.violations.append(f"an acknowledgement took {crew.slowest:.1f} s")
                result.recovery_s.append(await crew.recovered(time.monotonic()))
                result.repetitions += 1
        run.judge(result, crew, 5)


async def failing_disk(run: Run) -> None:
    """Row 9, the WAL's part: fdatasync fails once; PostgreSQL panics and recovers rather than lie."""
    async with run.row("9", "fdatasync of the WAL fails with EIO (strace)") as result:
        server = await run.server()
        log = run.stand.postgres.log
        async with talking(server.url, await run.stand.pairs(PAIRS)) as crew:
            for _ in range(run.times(5, 1)):
                await crew.spoken(run.times(60, 20))
                panics = _panics(log)
                async with injected(run.stand.postgres_pids(), "fdatasync:error=EIO:when=5"):
                    await until(
                        lambda panics=panics: _panics(log) > panics, 60, "PostgreSQL to panic"
                    )  # type: ignore[misc]
                hurt = time.monotonic()
                if not _alive(run.stand):
                    await run.stand.start_postgres()
                result.recovery_s.append(await crew.recovered(hurt))
                result.repetitions += 1
            result.notes = [f"{_panics(log)} panics, each recovered from"]
        run.judge(result, crew, 15)


def _panics(log: Path) -> int:
    return log.read_text(errors="replace").count("PANIC:")


def _alive(stand: Stand) -> bool:
    process = stand.postgres._process
    return process is not None and process.poll() is None


@contextmanager
def small_disk(holds: Path | None = None) -> Iterator[Path]:
    """A tmpfs of its own, with little room beside a copy of the folder `holds`; needs root."""
    kept = sum(path.stat().st_size for path in holds.rglob("*") if path.is_file()) if holds else 0
    size = ROOM_MB + kept // MEBI
    with tempfile.TemporaryDirectory(prefix="visavis-disk-") as name:
        folder = Path(name)
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}m,mode=755", "tmpfs", name],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if os.geteuid() != 0 or made.returncode:
            raise Skipped(f"a small disk needs root and mount: {made.stderr.strip()[:120]}")
        folder.parent.chmod(folder.parent.stat().st_mode)
        try:
            yield folder
        finally:
            subprocess.run(["umount", "-l", name], check=False)


async def full_disk(run: Run) -> None:
    """Row 10: the database's disk is full; readable refusals, nothing lost, and it goes on when there is room."""
    async with run.row("10", "the disk of the database full, then room again (tmpfs)") as result:
        await run.rest()
        pairs = await run.stand.pairs(PAIRS)
        with small_disk(run.stand.postgres.data) as place:
            async with run.stand.copied(place, **SMALL) as other:
                # With a copy of the log, too: the stand's own must not run ahead of its database.
                home = run.stand.folder / "home-full"
                await asyncio.to_thread(shutil.copytree, run.stand.home, home)
                server = await run.stand.server(dsn=other.dsn(), home=str(home)).start()
                async with talking(server.url, pairs) as crew:
                    for _ in range(run.times(3, 1)):
                        await crew.spoken(run.times(60, 30))
                        ballast = place / "ballast"
                        fill(place, ballast)
                        refused = len(crew.failed)
                        with contextlib.suppress(
                            TimeoutError
                        ):  # or the database is down: then nobody is answered
                            await until(
                                lambda r=refused: len(crew.failed) > r + 3,  # type: ignore[misc]
                                run.times(30, 5),
                                "a refusal",
                            )
                        ballast.unlink()
                        if not other.answers():
                            await asyncio.to_thread(other.stop)
                            await asyncio.to_thread(other.start)
                        result.recovery_s.append(await crew.recovered(time.monotonic()))
                        result.repetitions += 1
                    codes = sorted(set(crew.failed))
                result.notes = [f"refused with {', '.join(codes) or 'patience'}"]
                if set(codes) - {"disk_full", "unavailable"}:
                    result.violations.append(f"refused with {codes}")
                run.judge(result, crew, 10)
                await logs.caught_up(other.dsn())
                result.violations += await asyncio.to_thread(logs.faults_of, home)
                await server.kill()


async def uploads_full(run: Run) -> None:
    """Row 10u: the disk of the files is full; a readable refusal, nothing half kept, messages go on."""
    async with run.row("10u", "the disk of the files full, then room again (tmpfs)") as result:
        await run.rest()
        place = run.stand.home / "files"
        with small_disk() as disk:
            if place.exists():
                await asyncio.to_thread(shutil.copytree, place, disk / "files")
                await asyncio.to_thread(shutil.rmtree, place)
            else:
                (disk / "files").mkdir()
            place.symlink_to(disk / "files")
            try:
                server = await run.server()
                pairs = await run.stand.pairs(2)
                async with (
                    talking(server.url, pairs, pause_s=0.05) as crew,
                    Http(server.url) as hers,
                ):
                    hers.use_bearer(pairs[0].hers)
                    for _ in range(run.times(5, 1)):
                        await crew.spoken(10)
                        await _uploads(hers, pairs[0].conversation, disk, result)
                        await crew.spoken(10)
                        result.repetitions += 1
                run.judge(result, crew)
                if crew.failed:
                    result.violations.append(f"messages failed: {sorted(set(crew.failed))}")
                await run.rest()
            finally:
                place.unlink()
                await asyncio.to_thread(shutil.copytree, disk / "files", place)


async def _uploads(hers: Http, conversation: str, disk: Path, result: Result) -> None:
    """One file while there is no room, and one when there is."""
    path, ballast = f"/api/conversations/{conversation}/attachments", disk / "ballast"
    before = _files(disk)
    fill(disk, ballast, 0)
    try:
        await hers.upload(path, "a.png", _picture(), "image/png")
        result.violations.append("a file was taken though there was no room")
    except WireError as error:
        result.notes = [f"refused with {error.status} {error.code}"]
        if (error.status, error.code) != (507, "disk_full"):
            result.violations.append(f"refused with {error.status} {error.code}")
    ballast.unlink()
    if _files(disk) != before:
        result.violations.append("a part of a refused file was left")
    kept = await hers.upload(path, "a.png", _picture(), "image/png")
    data, _ = await hers.download(f"/api/attachments/{kept['id']}")
    if len(data) != kept["size"]:
        result.violations.append(f"{len(data)} of {kept['size']} bytes are served")


def _files(disk: Path) -> int:
    return sum(one.is_file() for one in (disk / "files").rglob("*"))


def _picture() -> bytes:
    """Noise: half a megabyte that no format makes smaller."""
    out = io.BytesIO()
    Image.frombytes("RGB", (400, 400), os.urandom(480_000)).save(out, "PNG")
    return out.getvalue()


def fill(place: Path, ballast: Path, leave: int = MEBI // 8) -> None:
    """Take the room of a disk but for so many bytes."""
    found = os.statvfs(place)
    room = found.f_bavail * found.f_frsize - leave
    with contextlib.suppress(OSError), ballast.open("wb") as file:
        for _ in range(max(0, room // PAGE)):
            file.write(bytes(PAGE))


ROWS = {"8": slow_disk, "9": failing_disk, "10": full_disk, "10u": uploads_full}

"""Row of the matrix on malformed frames: Autobahn's fuzzing client against the platform's own socket."""

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.faults.run import Run
from tests.faults.stand import ROOT, Skipped, until
from visavis.kernel.ports import free_port

LEAST, CASES = 246, ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*"]
KEPT = ROOT / "build/autobahn"
GOOD = frozenset({"OK", "NON-STRICT", "INFORMATIONAL"})


async def fuzzed_frames(run: Run) -> None:
    """Row 15: cases 1 to 7 and 10; at least 246 of the 247 pass."""
    async with run.row(
        "15", "malformed frames: Autobahn's fuzzing client, cases 1-7 and 10"
    ) as result:
        wstest = await asyncio.to_thread(_wstest)
        port = free_port()
        log = run.stand.folder / "echo.log"
        with log.open("wb") as file:
            server = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.faults.echoing", str(port), cwd=ROOT, stdout=file, stderr=file
            )  # fmt: skip
        try:
            await until(lambda: _listens(port), run.patience(60), f"the socket to listen: {log}")
            verdicts = await _judge(wstest, port, run.stand.folder / "autobahn", run.patience(300))
        finally:
            server.kill()
            await server.wait()
        good = sum(one in GOOD for one in verdicts.values())
        result.repetitions = len(verdicts)
        result.notes = [f"{good} of {len(verdicts)} pass"]
        bad = [f"{case} {verdict}" for case, verdict in verdicts.items() if verdict not in GOOD]
        if good < LEAST:
            result.violations.append(f"{good} of {len(verdicts)} pass: {', '.join(bad[:10])}")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def _judge(wstest: Path, port: int, folder: Path, within_s: float) -> dict[str, str]:
    folder.mkdir(exist_ok=True)
    spec = folder / "spec.json"
    server = {"agent": "visavis", "url": f"ws://127.0.0.1:{port}/ws"}
    wanted = {"outdir": str(folder), "servers": [server], "cases": CASES}
    spec.write_text(json.dumps({**wanted, "exclude-cases": [], "exclude-agent-cases": {}}))
    process = await asyncio.create_subprocess_exec(
        str(wstest), "-m", "fuzzingclient", "-s", str(spec), cwd=folder,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        await asyncio.wait_for(process.wait(), within_s)
    except TimeoutError:
        process.kill()
        raise TimeoutError(f"Autobahn has not ended after {within_s:.0f} s") from None
    found = json.loads((folder / "index.json").read_text())["visavis"]
    return {case: str(one["behavior"]) for case, one in found.items()}


def _wstest() -> Path:
    """Autobahn's test suite, installed once for a Python 2.7; raises `Skipped` where there is none."""
    program = KEPT / "v27/bin/wstest"
    if program.exists():
        return program
    python = shutil.which("python2.7")
    if python is None:
        raise Skipped("Autobahn's test suite needs Python 2.7, which is not here")
    KEPT.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, "PYENV_VERSION": "2.7.18", "PYTHONPATH": ""}
    began = time.monotonic()
    for command, more in (
        ([python, "-m", "pip", "install", "-q", "--target", "py2", "virtualenv"], {}),
        ([python, "-m", "virtualenv", "-q", "v27"], {"PYTHONPATH": "py2"}),
        (["v27/bin/pip", "install", "-q", "autobahntestsuite"], {}),
    ):
        done = subprocess.run(
            command, cwd=KEPT, env={**env, **more}, capture_output=True, text=True, check=False,
            timeout=600,
        )  # fmt: skip
        if done.returncode:
            raise Skipped(f"Autobahn's test suite cannot be installed: {done.stderr[-200:]}")
    print(
        f"          Autobahn's test suite installed in {time.monotonic() - began:.0f} s",
        file=sys.stderr,
    )
    return program


ROWS = {"15": fuzzed_frames}

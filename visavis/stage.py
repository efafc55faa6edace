"""Runs rehearsals from the command line: beside a running demo, or with a temporary one of its own."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx

from visavis import launch
from visavis.demo import accounts, seed
from visavis.demo.accounts import Secrets
from visavis.kernel.ports import NoPort, free_port
from visavis.rehearsal import gentle, run
from visavis.rehearsal.run import Plan, Report

START_S = 300.0


class NoStage(Exception):
    """There is no platform to rehearse at; the text says what to do."""


@dataclass(frozen=True)
class Platform:
    """A running demo or test installation and the sign-ins that its folder holds."""

    url: str
    secrets: Secrets

    def account(self, role: str) -> dict[str, str]:
        """The sign-in of the first account with this role."""
        for one in self.secrets.accounts:
            if one.role == role:
                return {
                    "login": one.login,
                    "password": one.password,
                    "totp_secret": one.totp_secret,
                }
        raise NoStage(f"the demo's folder holds no sign-in of a {role}")


def running(url: str, home: Path) -> Platform:
    """The demo that runs at `url` with its data in `home`; raises `NoStage`."""
    kept = accounts.load(home)
    if kept is None:
        raise NoStage(f"{home} holds no demo: name the folder of the running one with --home")
    try:
        httpx.get(f"{url}/healthz", trust_env=False).raise_for_status()
    except httpx.HTTPError as error:
        raise NoStage(f"nobody answers at {url}: {error}") from None
    return Platform(url.rstrip("/"), kept)


@dataclass(frozen=True)
class Demo:
    """Where a demo runs: the ports of platform and broker's site on loopback, and its folder."""

    port: int
    site_port: int
    home: Path


@contextlib.contextmanager
def started(output: IO[bytes] | None = None) -> Iterator[Demo]:
    """A demo in a folder of its own, on free ports; what it says goes to `output`. Raises `NoStage`.

    It ends with the block, and with this process on SIGTERM and SIGHUP.
    """
    made = tempfile.TemporaryDirectory(prefix="visavis-demo-", ignore_cleanup_errors=True)
    with launch.unwinding_signals(), made as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL may run as another account and must pass through
        try:
            one = Demo(free_port(), free_port(), folder / "demo")
        except NoPort as error:
            raise NoStage(str(error)) from None
        command = [
            sys.executable, "-m", "visavis", "demo", "--home", str(one.home), "--port", str(one.port),
            "--site-port", str(one.site_port), "--no-rehearse",
        ]  # fmt: skip
        process = subprocess.Popen(
            command, stdout=output or sys.stderr, stderr=output, start_new_session=True
        )
        try:
            _wait(f"http://127.0.0.1:{one.site_port}/", process)
            yield one
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


@contextlib.contextmanager
def temporary(output: IO[bytes] | None = None) -> Iterator[Platform]:
    """A demo of its own to rehearse at, for as long as the block runs; what it says goes to `output`."""
    with started(output) as one:
        yield running(f"http://127.0.0.1:{one.port}", one.home)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise NoStage("the temporary platform ended at its start; its messages stand above")
        with contextlib.suppress(httpx.HTTPError):
            httpx.get(url, trust_env=False)
            return
        time.sleep(0.2)
    raise NoStage(f"the temporary platform did not come up in {START_S:.0f} s")


async def play(platform: Platform, plan: Plan) -> Report:
    """Rehearse as the platform's administrator."""
    return await run.rehearse(platform.url, platform.account("administrator"), plan)


async def play_gently(url: str, home: Path) -> None:
    """Keep a gentle rehearsal going at a running demo, with questions from its own knowledge."""
    platform = running(url, home)
    questions = [text for one in seed.entries() for text in one["texts"]["zh-CN"]["similar"]]
    await gentle.keep_playing(
        platform.url, platform.account("administrator"), platform.account("operator"), questions
    )


@contextlib.asynccontextmanager
async def gentle_beside(url: str, home: Path) -> AsyncIterator[None]:
    """A gentle rehearsal in a process of its own, for as long as the block runs."""
    command = [
        sys.executable,
        "-m",
        "visavis",
        "rehearse",
        "--gentle",
        "--url",
        url,
        "--home",
        str(home),
    ]
    # A session of its own: Ctrl-C reaches the platform, which ends this process in its turn.
    process = await asyncio.create_subprocess_exec(
        *command, env=dict(os.environ), start_new_session=True
    )
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


def line(report: Report) -> str:
    """The figures as one line of JSON."""
    return json.dumps(report.figures)

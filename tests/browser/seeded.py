"""A demo that is seeded once in a run of the tests: each file starts a copy of its folder, within seconds."""

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx
import pyotp
import pytest

from tests import places
from tests.children import unmeasured
from visavis.demo import accounts
from visavis.demo.accounts import Account
from visavis.kernel.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
SEED_S = 900
START_S = 180
STOP_S = 60
STEP_S = 30
SPARE = 2  # processes that take the place of others which ended


@dataclass(frozen=True)
class Seed:
    """A demo's folder at rest, and the port of the broker's site that this process may use with it."""

    home: Path
    site_port: int


def seed() -> Seed:
    """The run's seed, made by whoever asks first; the others wait for it."""
    folder = places.shared()
    home, sites = folder / "seed", folder / "sites.json"
    with (folder / "seed.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not sites.exists():
            subprocess.run([sys.executable, ROOT / "tools/build_web.py"], cwd=ROOT, check=True)
            workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) + SPARE
            ports = [free_port() for _ in range(workers)]
            _make(home, ports)
            sites.write_text(json.dumps(ports), encoding="utf-8")
    ports = json.loads(sites.read_text("utf-8"))
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return Seed(home, ports[number % len(ports)])


def _make(home: Path, sites: Sequence[int]) -> None:
    """Seed a demo whose broker has a site on any of these ports, and whose rehearsal is switched on."""
    port = free_port()
    shutil.rmtree(home, ignore_errors=True)
    with running(home, port, sites[0], within=SEED_S):
        base = f"http://127.0.0.1:{port}"
        found = accounts.load(home)
        assert found is not None
        staff = {one.login: one for one in found.accounts}
        with _signed_in(base, staff["admin"]) as admin:
            for other in sites[1:]:
                origin = {"origin": f"http://127.0.0.1:{other}"}
                admin.post("/api/origins", json=origin).raise_for_status()
        with _signed_in(base, staff["chen"]) as operator:
            operator.put("/api/rehearsal", json={"running": True}).raise_for_status()


@contextlib.contextmanager
def _signed_in(base: str, account: Account) -> Iterator[httpx.Client]:
    """A session begun with the code of the step before: the present one is left to the tests."""
    with httpx.Client(
        base_url=base, headers={"X-Visavis": "1"}, trust_env=False, timeout=30
    ) as http:
        if not _sign_in(http, account).is_success:  # the step may just have passed
            _sign_in(http, account).raise_for_status()
        yield http


def _sign_in(http: httpx.Client, account: Account) -> httpx.Response:
    login = {"login": account.login, "password": account.password}
    step = http.post("/api/sign-in", json=login).raise_for_status().json()
    code = pyotp.TOTP(account.totp_secret).at(int(time.time()) - STEP_S)
    body = {"challenge": step["challenge"], "code": code}
    return http.post("/api/sign-in/totp", json=body)


@contextlib.contextmanager
def copied(home: Path) -> Iterator[Path]:
    """A copy of a demo's folder, owners and rights included, for as long as the block runs."""
    with tempfile.TemporaryDirectory(
        prefix="visavis-browser-", dir=places.quick(), ignore_cleanup_errors=True
    ) as folder:
        Path(folder).chmod(0o711)  # the account PostgreSQL runs as passes through
        copy = Path(folder) / "demo"
        subprocess.run(["/bin/cp", "-a", home, copy], check=True)
        yield copy


@contextlib.contextmanager
def running(
    home: Path,
    port: int,
    site_port: int,
    *,
    module: str = "visavis",
    rehearse: bool = False,
    within: float = START_S,
    settings: Mapping[str, str] | None = None,
    measured: bool = True,
) -> Iterator[None]:
    """The demo in this folder, serving for as long as the block runs; a new folder is seeded first.

    It must be ready `within` seconds.
    """
    command = [
        sys.executable, "-m", module, "demo", "--home", str(home), "--port", str(port),
        "--site-port", str(site_port), "--rehearse" if rehearse else "--no-rehearse",
    ]  # fmt: skip
    surroundings = dict(os.environ) if measured else unmeasured()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as complaints:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=complaints, text=True,
            env=surroundings | {"PYTHONUNBUFFERED": "1"} | (settings or {}),
        )  # fmt: skip
        try:
            _until_ready(process, complaints, within)
            yield
        finally:
            process.terminate()
            process.communicate(timeout=STOP_S)


def _until_ready(process: "subprocess.Popen[str]", complaints: IO[str], within: float) -> None:
    assert process.stdout is not None
    said: list[str] = []
    alarm = threading.Timer(within, process.kill)
    alarm.start()
    try:
        for line in process.stdout:
            said.append(line)
            if line.rstrip().endswith("ready") and "database" not in line:
                break
        else:
            complaints.seek(0)
            pytest.fail(f"the demo did not start:\n{''.join(said)}{complaints.read()[-2000:]}")
    finally:
        alarm.cancel()

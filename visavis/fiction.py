"""Runs the demonstration: the platform in demo mode, the fictional broker's site beside it, and the seeding of both."""

import asyncio
import contextlib
import shutil
import socket
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import uvicorn
from joserfc.jwk import ECKey

from visavis import launch, stage
from visavis.app import create
from visavis.demo import accounts, seed
from visavis.demo.accounts import Secrets
from visavis.demo.site import Site
from visavis.demo.site import create as create_site
from visavis.demo.talk import Watch
from visavis.identity import api as identity
from visavis.kernel import clock
from visavis.kernel.db import Database
from visavis.kernel.postgres import EmbeddedPostgres
from visavis.kernel.settings import Settings

MARK = "this-folder-is-a-demo"

# How long before now the firm's past begins: longer than it takes, and within what waits are estimated from.
PAST_S = 3000

# On loopback everybody shares one address, and a rehearsal is a crowd: the limits per address must not stop it.
LOOPBACK_LIMITS: dict[str, object] = {
    "sign_in_attempts": 10_000,
    "embed_sessions_per_minute": 100_000,
    "client_requests_per_hour": 1_000,
    # Nobody is real here: let everybody see what an auditor sees.
    "archive_entries": "all",
}


class NotADemo(Exception):
    """The folder holds something else than a demo; the text says what to do."""


class Progress:
    """Says what is being done and how long the last thing took."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def step(self, text: str) -> None:
        """Print one line with the seconds since the start."""
        print(f"  {time.monotonic() - self._began:5.1f} s  {text}", flush=True)


def prepare(home: Path, *, reset: bool) -> None:
    """Make the demo's folder; a demo that never finished its seeding starts over.

    Raises `NotADemo`, and `EmbeddedPostgresError` where a copy runs in the folder that is to start over.
    """
    if home.exists() and any(home.iterdir()) and not (home / MARK).exists():
        raise NotADemo(f"{home} is not the folder of a demo: choose another with --home")
    if home.exists() and (reset or accounts.load(home) is None):
        if (home / "postgres").exists():
            EmbeddedPostgres(home / "postgres").evict()
        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True)
    (home / MARK).touch()


class Quiet(uvicorn.Server):
    """A server beside the main one: signals are the main one's business."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


@contextlib.asynccontextmanager
async def site_running(
    settings: Settings, secrets: Secrets, sock: socket.socket
) -> AsyncIterator[None]:
    """The broker's own site, for as long as the block runs."""
    key = ECKey.import_key(secrets.site_key)
    site = Site(
        settings.public_url, settings.embed_audience, key, secrets.clients, secrets.accounts
    )
    server = Quiet(
        uvicorn.Config(create_site(site), lifespan="off", log_config=None, access_log=False)
    )
    running = asyncio.create_task(server.serve(sockets=[sock]))
    try:
        yield
    finally:
        server.should_exit = True
        await running


async def run(
    settings: Settings,
    dsn: str,
    sock: socket.socket,
    site_sock: socket.socket,
    progress: Progress,
    *,
    rehearse: bool,
) -> None:
    """Serve platform and site until a signal says stop.

    A new demo begins in the hour before now and plays its past in it, so that waits and replies are such as between
    people; then it is now.
    """
    past = clock.PastClock(PAST_S)
    with contextlib.ExitStack() as until_now:
        if accounts.load(settings.home) is None:
            until_now.enter_context(clock.installed(past))
        async with launch.database(settings, dsn, "demo") as database:
            progress.step("database ready")
            main = launch.server(create(settings, database))
            running = asyncio.create_task(main.serve(sockets=[sock]))
            try:
                await launch.until_started(main, running)
                platform = "http://{}:{}".format(*sock.getsockname()[:2])
                site = f"http://127.0.0.1:{site_sock.getsockname()[1]}"
                secrets = accounts.load(settings.home)
                if secrets is None and not running.done():
                    progress.step("bringing in the fictional firm")
                    secrets = await _bring_in(
                        settings, database, platform, site, rehearse, progress, past
                    )
                until_now.close()
                if secrets is not None:
                    playing = stage.gentle_beside(platform, settings.home)
                    async with (
                        site_running(settings, secrets, site_sock),
                        playing if rehearse else contextlib.nullcontext(),
                    ):
                        progress.step("ready")
                        print(welcome(settings.public_url, site, secrets), flush=True)
                        await running
            finally:
                main.should_exit = True
                await running


async def _bring_in(
    settings: Settings,
    database: Database,
    platform: str,
    site: str,
    rehearse: bool,
    progress: Progress,
    past: clock.PastClock,
) -> Secrets:
    """Make the first administrator, who brings in everybody else over the wire; remember their secrets."""
    async with database.transaction() as tx:
        invitation = await identity.create_administrator(tx, "admin", "何丽")
    watch = Watch(lambda: past.now_us() / 1_000_000, past.skip)
    secrets = await seed.bring_in(
        platform, site, invitation.token, settings.embed_audience, rehearse, progress.step, watch
    )
    accounts.save(settings.home, secrets)
    return secrets


def welcome(platform: str, site: str, secrets: Secrets) -> str:
    """What a newcomer needs: addresses, and the sign-in of every role."""
    lines = [
        "",
        f"  The broker's site, with the widget   {site}/",
        f"  Sign-in of every client, by a click  {site}/sign-in",
        f"  Advisor's desk                       {platform}/desk/",
        f"  Console                              {platform}/console/",
        f"  One-time codes of all staff, live    {site}/accounts",
        "",
        f"  {'role':<16}{'login':<10}{'password':<22}{'code now':<10}name",
    ]
    for one in secrets.accounts:
        code, _ = one.code()
        lines.append(
            f"  {one.role:<16}{one.login:<10}{one.password:<22}{code:<10}{one.name} {one.name_en}"
        )
    lines += ["", "  Ctrl-C stops everything; the data stays. `--reset` starts over.", ""]
    return "\n".join(lines)

"""The private PostgreSQL: made, attached to, refused, stopped; its errors help an operator."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from structlog.testing import capture_logs

from visavis.kernel import postgres_keeping
from visavis.kernel.postgres import EmbeddedPostgres
from visavis.kernel.postgres_programs import EmbeddedPostgresError

pytestmark = pytest.mark.server

FAST = {"fsync": "off", "shared_buffers": "16MB"}

HOLDER = """
import pathlib, sys
from visavis.kernel.postgres import EmbeddedPostgres
held = EmbeddedPostgres(pathlib.Path(sys.argv[1]), parameters={"fsync": "off"}).start()
print("up", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that an unprivileged account may reach, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="visavis-test-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder) / "home"


async def ask(server: EmbeddedPostgres, question: str) -> object:
    connection = await asyncpg.connect(server.dsn())
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_a_server_that_is_killed_is_started_again_with_all_it_had(home: Path) -> None:
    server = EmbeddedPostgres(home, parameters={"shared_buffers": "16MB"}).start()
    try:
        with postgres_keeping.kept(server):
            await ask(server, "CREATE TABLE kept AS SELECT 42 AS answer")
            before = (home / "pgdata/postmaster.pid").read_text().split()[0]
            os.kill(int(before), signal.SIGKILL)
            answer, until = None, time.monotonic() + 90
            while answer is None and time.monotonic() < until:
                with contextlib.suppress(OSError, asyncpg.PostgresError):
                    answer = await ask(server, "SELECT answer FROM kept")
            assert answer == 42
            assert (home / "pgdata/postmaster.pid").read_text().split()[0] != before
    finally:
        server.stop()
    assert not (home / "pgdata/postmaster.pid").exists()


class Fails:
    """A server that ends again and again, or does not start any more."""

    def __init__(self, starts: int) -> None:
        self.starts = starts

    def lives(self) -> bool:
        return False

    def start_again(self) -> None:
        self.starts -= 1
        if self.starts < 0:
            raise EmbeddedPostgresError("the disk is gone")


@pytest.mark.parametrize(("starts", "why"), [(99, "it ended 4 times"), (0, "the disk is gone")])
def test_a_server_that_does_not_stay_up_ends_the_platform_with_one_line(
    starts: int, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_keeping, "LOOK_S", 0.001)
    monkeypatch.setattr(postgres_keeping, "PATIENCE_S", 0)
    ended = threading.Event()
    with capture_logs() as said, postgres_keeping.kept(Fails(starts), ended.set):
        assert ended.wait(60)
    assert [one["error"] for one in said if one["log_level"] == "critical"] == [why]


async def test_data_outlives_a_restart_and_the_server_is_gone_after_stop(home: Path) -> None:
    server = EmbeddedPostgres(home, parameters=FAST).start()
    await ask(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    assert await ask(server, "SHOW timezone") == "UTC"
    assert await ask(server, "SHOW data_checksums") == "on"
    assert await ask(server, "SHOW listen_addresses") == ""
    server.stop()
    server.stop()
    assert not (home / "pgdata/postmaster.pid").exists()
    assert not server.socket_dir.exists()

    server.start()
    assert await ask(server, "SELECT answer FROM kept") == 42
    server.stop()


def test_the_folder_and_the_password_are_private(home: Path) -> None:
    server = EmbeddedPostgres(home, parameters=FAST).start()
    try:
        assert (home / "postgres.secret").stat().st_mode & 0o077 == 0
        assert (home / "pgdata").stat().st_mode & 0o077 == 0
        assert home.stat().st_mode & 0o066 == 0
        assert server.socket_dir.stat().st_mode & 0o077 == 0
    finally:
        server.stop()


async def test_a_server_left_by_a_killed_predecessor_is_attached_to_and_stopped(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, home], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"up\n"
        left = int((home / "pgdata/postmaster.pid").read_text().splitlines()[0])
        holder.send_signal(signal.SIGKILL)
    monkeypatch.setattr(tempfile, "tempdir", str(home.parent))  # another TMPDIR than before

    server = EmbeddedPostgres(home).start()
    try:
        assert await ask(server, "SELECT 1") == 1
        assert int((home / "pgdata/postmaster.pid").read_text().splitlines()[0]) == left
    finally:
        server.stop()
    assert not (home / "pgdata/postmaster.pid").exists()
    with pytest.raises(OSError, match=r"No such file|refused"):
        await asyncpg.connect(server.dsn())


def test_what_a_killed_predecessor_left_is_stopped_before_the_folder_goes(home: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, home], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"up\n"
        with pytest.raises(EmbeddedPostgresError, match=rf"in use by process {holder.pid}\b"):
            EmbeddedPostgres(home).evict()
        assert (home / "pgdata/postmaster.pid").exists()
        holder.send_signal(signal.SIGKILL)
    EmbeddedPostgres(home).evict()
    assert not (home / "pgdata/postmaster.pid").exists()


def test_a_second_copy_on_the_folder_is_told_who_holds_it(home: Path) -> None:
    server = EmbeddedPostgres(home, parameters=FAST).start()
    try:
        with pytest.raises(EmbeddedPostgresError, match=rf"in use by process {os.getpid()}\b"):
            EmbeddedPostgres(home).start()
    finally:
        server.stop()


def test_another_major_version_is_refused_and_the_data_left_alone(home: Path) -> None:
    server = EmbeddedPostgres(home, parameters=FAST).start()
    server.stop()
    (home / "pgdata/PG_VERSION").write_text("14\n")
    with pytest.raises(EmbeddedPostgresError, match="was made by PostgreSQL 14"):
        server.start()
    assert (home / "pgdata/base").is_dir()


def test_what_the_server_says_at_a_failed_start_reaches_the_operator(home: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match="no_such_setting"):
        EmbeddedPostgres(home, parameters={"no_such_setting": "1"}).start()
    EmbeddedPostgres(home, parameters=FAST).start().stop()  # and the lock is free again


def test_a_folder_that_cannot_be_made_names_itself(home: Path) -> None:
    home.write_text("a file")
    with pytest.raises(EmbeddedPostgresError, match=r"cannot use the data folder .*home"):
        EmbeddedPostgres(home / "below")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")
def test_a_private_folder_of_root_is_refused_with_a_way_out(home: Path) -> None:
    home.mkdir()
    home.chmod(0o700)
    with pytest.raises(EmbeddedPostgresError, match=r"outside private homes.*/var/lib/visavis"):
        EmbeddedPostgres(home)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_of_somebody_else_is_refused(home: Path) -> None:
    home.mkdir()
    home.chmod(0o500)
    with pytest.raises(EmbeddedPostgresError, match="may not be read and written"):
        EmbeddedPostgres(home)


def test_a_foreign_socket_folder_is_not_trusted(home: Path) -> None:
    server = EmbeddedPostgres(home)
    server.socket_dir.mkdir(mode=0o777)
    server.socket_dir.chmod(0o777)
    try:
        with pytest.raises(EmbeddedPostgresError, match="is not ours"):
            server.start()
    finally:
        server.socket_dir.rmdir()


def test_programs_that_are_not_there_or_too_old_are_named(home: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match="no PostgreSQL in"):
        EmbeddedPostgres(home, programs=Path("/usr/share"))
    old = home / "bin"
    old.mkdir()
    home.chmod(0o711)
    (old / "postgres").write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 14.2'\n")
    (old / "postgres").chmod(0o755)
    with pytest.raises(EmbeddedPostgresError, match="15 or newer is needed, found"):
        EmbeddedPostgres(home, programs=old)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_is_called_by_its_name(home: Path) -> None:
    home.mkdir()
    small = ["mount", "-t", "tmpfs", "-o", "size=12M,mode=711", "tmpfs", str(home)]
    if subprocess.run(small, capture_output=True, check=False).returncode:
        pytest.skip("this container may not mount")
    try:
        with pytest.raises(EmbeddedPostgresError, match=r"the disk that holds .* is full"):
            EmbeddedPostgres(home).start()
        assert not (home / "pgdata").exists()
    finally:
        subprocess.run(["umount", str(home)], check=True)


def test_the_programs_are_the_operators_first(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("VISAVIS_PG_BIN", "/usr/share")
    with pytest.raises(EmbeddedPostgresError, match="no PostgreSQL in /usr/share"):
        EmbeddedPostgres(home)

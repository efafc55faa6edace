"""The command as an operator meets it: it starts, stops its children, and says what he can mend."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.children import unmeasured
from tests.places import quick
from visavis import __main__ as command_line
from visavis.kernel.ports import free_port
from visavis.kernel.postgres import EmbeddedPostgres

pytestmark = pytest.mark.server
# A bound for what never comes: a start takes a minute where many processes share a processor.
PATIENCE_S = 240.0

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("VISAVIS_")}
BRISK = {name: value for name, value in unmeasured().items() if not name.startswith("VISAVIS_")}


@contextlib.contextmanager
def reachable() -> Iterator[Path]:
    """A data folder that an unprivileged account may reach, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="visavis-test-", dir=quick()) as folder:
        Path(folder).chmod(0o711)
        yield Path(folder) / "home"


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder that is not there yet."""
    with reachable() as folder:
        yield folder


@pytest.fixture(scope="module")
def migrated() -> Iterator[Path]:
    """A data folder that the command has made and migrated; nobody changes it."""
    with reachable() as folder:
        done = run("migrate", "--home", folder)
        assert done.returncode == 0, done.stderr
        yield folder


@pytest.fixture
def made(migrated: Path, home: Path) -> Path:
    """A copy of a data folder that the command has made and migrated."""
    subprocess.run(["/bin/cp", "-a", migrated, home], check=True)
    return home


@contextlib.contextmanager
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        yield holder.getsockname()[1]


def run(*arguments: object, **settings: str) -> subprocess.CompletedProcess[str]:
    """The command, to its end."""
    return subprocess.run(
        command(*arguments), env=CLEAN | settings, capture_output=True, text=True, timeout=PATIENCE_S,
        check=False,
    )  # fmt: skip


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "visavis", *map(str, arguments)]


@contextlib.contextmanager
def serving(
    home: Path, environment: dict[str, str] = BRISK
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A server that answers, until the block ends."""
    port = free_port()
    process = subprocess.Popen(command("serve", "--home", home, "--port", port), env=environment)
    try:
        transport = httpx.HTTPTransport(retries=10)  # with back-off: it waits until it is up
        with httpx.Client(transport=transport, timeout=PATIENCE_S) as client:
            assert client.get(f"http://127.0.0.1:{port}/api/public/firm").status_code < 500
        yield process, port
    finally:
        process.kill()
        process.wait()


def stopped_by(number: signal.Signals, home: Path, environment: dict[str, str]) -> None:
    with serving(home, environment) as (process, _):
        assert (home / "postgres/pgdata/postmaster.pid").exists()
        process.send_signal(number)
        process.wait(PATIENCE_S)
        assert not (home / "postgres/pgdata/postmaster.pid").exists()


def test_a_first_start_makes_all_that_it_needs_and_a_signal_stops_it(home: Path) -> None:
    stopped_by(signal.SIGTERM, home, CLEAN)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_a_signal_stops_the_server_and_its_database(made: Path, number: signal.Signals) -> None:
    stopped_by(number, made, BRISK)


def test_a_second_copy_on_the_folder_says_which_process_holds_it(made: Path) -> None:
    home = made
    with serving(home) as (process, _):
        second = run("serve", "--home", home, "--port", free_port())
        process.terminate()
        process.wait(PATIENCE_S)
    assert second.returncode == 2
    assert f"in use by process {process.pid}:" in second.stderr
    assert second.stderr.count("\n") == 1


def test_a_taken_port_is_named_with_a_way_out(home: Path) -> None:
    with taken_port() as port:
        refused = run("serve", "--home", home, "--port", port)
    assert refused.returncode == 2
    assert f"cannot listen on 127.0.0.1:{port}" in refused.stderr
    assert "--port" in refused.stderr
    assert not home.exists(), "nothing is made before the port is had"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("VISAVIS_PORT", "high", "VISAVIS_PORT"),
        ("VISAVIS_PORT", "70000", "less than or equal to 65535"),
        ("VISAVIS_LOG_FORMAT", "xml", "'json' or 'text'"),
        ("VISAVIS_PUBLIC_URL", "foo", "VISAVIS_PUBLIC_URL: should be an address that begins with"),
        ("VISAVIS_DATABASE_URL", "mysql://u:p@h/x", "begins with postgresql://, or empty\n"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_its_name(
    name: str, value: str, says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    for known in os.environ.keys() - CLEAN.keys():
        monkeypatch.delenv(known)
    monkeypatch.setenv("VISAVIS_PORT", "0")
    monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["visavis", "serve"])
    with pytest.raises(SystemExit) as ended:  # what the command does, without another start of it
        command_line.main()
    assert ended.value.code == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("VISAVIS_PROT", "1", "unknown setting VISAVIS_PROT"),
        ("VISAVIS_DATABASE_URL", "postgresql://u@127.0.0.1:1/x", "cannot be reached ("),
    ],
)
def test_what_the_command_says_of_a_setting_is_one_line(name: str, value: str, says: str) -> None:
    refused = run("serve", **({"VISAVIS_PORT": "0"} | {name: value}))
    assert refused.returncode == 2
    assert says in refused.stderr
    assert "Traceback" not in refused.stderr


def test_migrating_twice_changes_nothing(made: Path) -> None:
    done = run("migrate", "--home", made)
    assert done.returncode == 0, done.stderr


def test_a_rehearsal_that_is_told_to_stop_takes_its_platform_with_it(home: Path) -> None:
    home.mkdir()
    home.chmod(0o711)
    questions = home / "questions.csv"
    questions.write_text("question\n基金赎回多久到账\n", "utf-8")
    process = subprocess.Popen(
        command("rehearse", "--questions", questions), env=BRISK | {"TMPDIR": str(home)}, text=True,
        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stderr is not None
    assert any("starting PostgreSQL" in line for line in process.stderr)
    process.terminate()
    process.communicate(
        timeout=PATIENCE_S
    )  # at its end nobody holds the pipe, the platform neither
    assert process.returncode == 128 + signal.SIGTERM
    assert [one.name for one in home.iterdir()] == ["questions.csv"]


def test_the_demo_does_not_take_over_a_folder_of_something_else(home: Path) -> None:
    home.mkdir()
    (home / "letters.txt").write_text("dear client")
    refused = run("demo", "--reset", "--home", home, "--port", free_port(), "--site-port", 0)
    assert refused.returncode == 2
    assert "is not the folder of a demo" in refused.stderr
    assert (home / "letters.txt").exists()


def test_the_demo_does_not_start_over_under_a_copy_that_runs(home: Path) -> None:
    server = EmbeddedPostgres(home / "postgres").start()
    try:
        (home / "this-folder-is-a-demo").touch()  # and no sign-ins yet: the other one is seeding
        refused = run("demo", "--home", home, "--port", free_port(), "--site-port", 0)
        assert refused.returncode == 2
        assert f"in use by process {os.getpid()}:" in refused.stderr
        assert server.answers()
    finally:
        server.stop()

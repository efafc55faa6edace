"""The doctor: finds what would lose messages, says what to do, and changes nothing."""

import json
import subprocess
import sys
import tempfile
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest

from tests.kernel.conftest import NatsServer
from tests.kernel.test_command import CLEAN
from visavis import launch
from visavis.kernel import clock, doctor, migrate
from visavis.kernel.doctor import Finding, database_settings, examine, report, sound
from visavis.kernel.migrate import WrongDatabase
from visavis.kernel.settings import Settings

GOOD = {
    "server_version_num": "180006",
    "server_version": "18.6",
    "server_encoding": "UTF8",
    "transaction_read_only": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "data_checksums": "on",
    "archive_mode": "on",
    "max_connections": "100",
    "superuser_reserved_connections": "3",
}


def levels(findings: Any) -> dict[str, str]:
    return {one.name: one.level for one in findings if one.level != "ok"}


def test_a_good_database_is_found_good() -> None:
    found = list(database_settings(GOOD, 12))
    assert not levels(found)
    assert "Nothing to do." in report(found)


@pytest.mark.parametrize(
    ("name", "value", "finding", "level"),
    [
        ("fsync", "off", "fsync", "failure"),
        ("synchronous_commit", "off", "synchronous_commit", "failure"),
        ("full_page_writes", "off", "full_page_writes", "failure"),
        ("server_version_num", "140010", "PostgreSQL", "failure"),
        ("transaction_read_only", "on", "writes", "failure"),
        ("server_encoding", "LATIN1", "encoding", "failure"),
        ("data_checksums", "off", "data_checksums", "warning"),
        ("archive_mode", "off", "archive_mode", "warning"),
        ("max_connections", "15", "connections", "failure"),
    ],
)
def test_what_would_lose_messages_is_found(name: str, value: str, finding: str, level: str) -> None:
    found = list(database_settings({**GOOD, name: value}, 12))
    assert levels(found) == {finding: level}
    assert sound(found) == (level == "warning")
    assert "What to do:" in report(found)


async def test_a_hurried_database_fails_and_the_rest_is_looked_at(
    dsn: str, settings: Settings, nats_server: NatsServer
) -> None:
    settings.home.mkdir(mode=0o755)
    settings.home.chmod(0o755)
    found = await examine(settings.model_copy(update={"nats_url": nats_server.url}), dsn)
    assert levels(found)["fsync"] == "failure"
    assert levels(found)["data folder"] == "warning"
    names = {one.name for one in found}
    assert {"versions", "disk", "open files", "clock", "schema", "bus"} <= names
    assert not {"clock", "schema", "bus"} & set(levels(found))


async def test_a_role_that_may_not_do_what_is_needed_is_found_and_named_at_the_start(
    dsn: str, settings: Settings
) -> None:
    role, poor = f"poor_{uuid4().hex[:12]}", urlsplit(dsn)
    owner = await asyncpg.connect(dsn)
    await owner.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'poor' CONNECTION LIMIT 3")
    try:
        there = poor.netloc.rpartition("@")[2]
        address = poor._replace(netloc=f"{role}:poor@{there}").geturl()
        found = levels(await examine(settings, address))
        assert (found["rights"], found["connection limit"]) == ("failure", "failure")
        with pytest.raises(WrongDatabase, match=rf"GRANT CREATE ON SCHEMA public TO {role}"):
            await migrate.upgrade(address)

        await owner.execute(f"ALTER ROLE {role} SET default_transaction_read_only = on")
        assert levels(await examine(settings, address))["writes"] == "failure"
        with pytest.raises(WrongDatabase, match="takes no writes"):
            await migrate.upgrade(address)
    finally:
        await owner.execute(f"DROP ROLE {role}")
        await owner.close()


async def test_a_clock_that_is_wrong_is_found(dsn: str, settings: Settings) -> None:
    with clock.installed(clock.FakeClock(datetime.now(UTC) + timedelta(seconds=5))):
        found = {one.name: one for one in await examine(settings, dsn)}
    assert found["clock"].level == "failure"
    assert "NTP" in found["clock"].advice


async def test_no_database_and_no_bus_are_named(settings: Settings) -> None:
    alone = settings.model_copy(update={"nats_url": "nats://127.0.0.1:9"})
    found = await examine(alone, "postgresql://nobody@127.0.0.1:9/none")
    assert levels(found)["database"] == "failure"
    assert levels(found)["bus"] == "warning"


@pytest.mark.parametrize(
    ("free", "level"), [(1 << 20, "failure"), (5 << 30, "warning"), (50 << 30, "ok")]
)
def test_room_runs_out_before_the_disk_is_full(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, free: int, level: str
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: usage(free, 0, free))
    found = doctor.disk(tmp_path / "not" / "yet")
    assert isinstance(found, Finding)
    assert found.level == level


@pytest.mark.server
def test_the_command_looks_at_what_runs_and_at_what_does_not() -> None:
    with tempfile.TemporaryDirectory(prefix="visavis-doctor-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        home = folder / "home"
        command = [sys.executable, "-m", "visavis", "doctor", "--home", str(home), "--json"]

        done = subprocess.run(
            command, env=CLEAN, capture_output=True, text=True, timeout=100, check=False
        )
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        assert done.returncode == (0 if answer["ok"] else 1), done.stderr
        assert {"schema", "fsync"} <= {one["name"] for one in answer["findings"]}
        # An embedded server that runs is used as it is, not fought over.
        settings = Settings(home=home)
        with launch.postgres(settings) as dsn, launch.reached_postgres(settings) as same:
            assert same == dsn

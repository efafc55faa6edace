"""`visavis archive` over an installation: its own log with its own database."""

import asyncio
import json
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from click.testing import Result
from typer.testing import CliRunner

from tests.tlog import auditor
from visavis.archive import api, log
from visavis.archive.sequencer import Sequencer
from visavis.archive.store import sequence
from visavis.archive.types import Fact, LogFaulty, NotLogged
from visavis.archive_given import Unusable
from visavis.archiving import app
from visavis.kernel import clock
from visavis.kernel.auth import Environment
from visavis.kernel.db import Database
from visavis.kernel.errors import NotFound
from visavis.kernel.settings import Settings
from visavis.tlog.sources import Folder


async def run(*args: object) -> Result:
    """The command in a thread of its own, for it runs a loop of its own."""
    result = await asyncio.to_thread(CliRunner().invoke, app, [str(one) for one in args])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


async def test_an_installation_verifies_proves_and_names_what_is_wrong(
    database: Database,
    dsn: str,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home, file = settings.home, tmp_path / "one.tlog-proof"
    monkeypatch.setenv("VISAVIS_HOME", str(home))
    monkeypatch.setenv("VISAVIS_DATABASE_URL", dsn)
    with pytest.raises(Unusable, match="public key"):
        await run("verify")
    api.install(settings)
    assert api.own_key(home) is not None
    assert isinstance(api.source_of(settings), Folder)
    facts = [Fact("note", uuid4(), UUID(int=1), Environment.TEST, {"n": n}) for n in range(20)]
    async with database.transaction() as tx:
        ids = await api.append(tx, facts)
    with pytest.raises(NotLogged):
        await run("prove", ids[3], "--out", file)
    await Sequencer(database, log.current()).step()
    auditor.agrees(log.current())

    good = await run("verify", "--json")
    assert good.exit_code == 0, good.output
    levels = json.loads(good.output.splitlines()[-1])["levels"]
    assert [(one["name"], one["ok"]) for one in levels] == [
        ("proof", True), ("tiles", True), ("bundles", True), ("database", True),
    ]  # fmt: skip
    assert levels[3]["checked"] == 20
    named = await run("verify", "--dir", home / "archive", "--database", dsn, "--home", home)
    assert named.exit_code == 0

    assert (await run("prove", ids[3], "--out", file)).exit_code == 0
    assert (await run("check", file)).exit_code == 0
    assert (await run("check", file, "--vkey", api.vkey())).exit_code == 0
    with pytest.raises(NotFound):
        await run("prove", uuid4(), "--out", file)

    async with database.transaction() as tx:
        batch = (await api.batches(tx))[0]
        await sequence.keep_stamp(tx, batch, b"granted", clock.now())
    assert (await run("stamps", "--out", tmp_path)).output == f"{tmp_path}: 1 timestamps\n"
    assert (tmp_path / "20.tsr").read_bytes() == b"granted"
    assert batch.checkpoint is not None
    assert batch.checkpoint.startswith((tmp_path / "20.txt").read_text() + "\n")

    async with database.transaction() as tx:
        await tx.execute(
            "UPDATE record SET kind = 'other' WHERE record_id = (SELECT record_id FROM log_place WHERE leaf_index = 7)"
        )
    bad = await run("verify", "--json")
    assert bad.exit_code == 1
    said = json.loads(bad.output.splitlines()[-1])
    assert [one["ok"] for one in said["levels"]] == [True, True, True, False]
    assert (said["levels"][3]["leaf"], "column kind" in said["first_fault"]) == (7, True)
    tile = home / "archive/tile/0/000.p/20"
    tile.write_bytes(bytes(640))
    with pytest.raises(LogFaulty):
        await run("prove", ids[3], "--out", file)
    with pytest.raises(LogFaulty):
        api.entry(3)
    (home / "archive/checkpoint").write_text("nothing")
    log.install(log.of_settings(settings))
    with pytest.raises(LogFaulty):
        api.entry(3)
    async with database.transaction() as tx:
        with pytest.raises(LogFaulty):
            await api.evidence(tx, ids[3])

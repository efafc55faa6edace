"""Rows of the matrix on copies: an old backup restored, a twin that goes on by itself, a record that is tampered with.

Real processes over a real copy of the database and the data folder, and a real witness that remembers.
"""

import asyncio
import json
import os
import random
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults import logs
from tests.faults.crew import talking
from tests.faults.report import Result
from tests.faults.run import Run
from tests.faults.stand import ROOT, Pair, Server, until
from tests.tlog.test_tampering import CHANGES, Memory
from tools.cluster import spawn
from visavis.archive import log
from visavis.kernel.postgres import EmbeddedPostgres
from visavis.tlog.auditing import Audit
from visavis.tlog.sources import Folder
from visavis.tlog.tiles import bundles_of, tiles_of

WITNESS = "faults-witness"
PAIRS, PAUSE_S = 2, 0.05
NOT_ITS_KEYS = "are not those of this database"
# What is done to a record, by its leaf: `archive verify` must name that leaf.
CRIMES = {
    "a bit of a record": "UPDATE record SET envelope = set_byte(envelope, octet_length(envelope) - 1,"
    " get_byte(envelope, octet_length(envelope) - 1) # 1) FROM log_place AS place"
    " WHERE place.record_id = record.record_id AND leaf_index = $1",
    "a record without its place": "DELETE FROM log_place WHERE leaf_index = $1",
    "two records swapped": "UPDATE record AS one SET envelope = other.envelope"
    " FROM log_place AS place, record AS other, log_place AS there"
    " WHERE place.record_id = one.record_id AND there.record_id = other.record_id"
    " AND place.leaf_index IN ($1::bigint, $1::bigint + 1)"
    " AND there.leaf_index = 2 * $1::bigint + 1 - place.leaf_index",
    "a record gone": "DELETE FROM record USING log_place AS place"
    " WHERE place.record_id = record.record_id AND leaf_index = $1",
}
# What is done to a message: `archive audit` must name the record that says otherwise.
LAST = """(SELECT record_id FROM entry WHERE kind = 'message' ORDER BY record_id DESC LIMIT 1 OFFSET {})"""
WORDS = {
    "a message's words": "UPDATE entry SET body = '{\"text\":\"never said\"}' WHERE record_id = "
    + LAST.format(0) + " RETURNING record_id::text",
    "a message gone": f"DELETE FROM entry WHERE record_id = {LAST.format(2)} RETURNING record_id::text",
}  # fmt: skip


@dataclass
class Backup:
    """A copy as it was, and the installation that went on since."""

    postgres: EmbeddedPostgres
    home: Path
    witness: Server
    policy: Path
    pairs: list[Pair]


async def restored(run: Run) -> None:
    """Row 22: an old backup restored: database alone, then whole; and row 21w: a twin with the log's key goes on."""
    async with (
        run.row("22", "an old backup restored: the database alone; database and files") as result,
        _backed_up(run, result) as backup,
    ):
        newer = run.stand.folder / "newer"
        await asyncio.to_thread(shutil.copytree, run.stand.home, newer)
        for home, what in ((newer, "the database alone"), (backup.home, "database and files")):
            why = await _refuses(run, result, backup, home)
            result.notes.append(f"{what}: {why}")
            if not why.startswith("restored: "):
                result.violations.append(f"{what} restored, and the log said {why}")
            result.repetitions += 1
        await _twin(run, backup)


async def _refuses(run: Run, result: Result, backup: Backup, home: Path) -> str:
    """Serve the restored copy: it must say why it does not go on, and sign nothing however much is said."""
    before = (home / log.FOLDER / log.CHECKPOINT).read_bytes()
    dsn = backup.postgres.dsn()
    server = await run.stand.server(
        dsn=dsn, home=str(home), archive_policy=str(backup.policy)
    ).start()
    try:
        async with talking(server.url, backup.pairs, pause_s=PAUSE_S) as crew:
            await crew.spoken(10)
            why = await logs.halted(dsn)
            await crew.spoken(10)
        run.judge(result, crew)
    finally:
        await server.kill()
    await logs.asked(dsn, "DELETE FROM log_halt")
    await logs.asked(dsn, "UPDATE lease SET until = now() WHERE name = 'sequencer'")
    if (home / log.FOLDER / log.CHECKPOINT).read_bytes() != before:
        result.violations.append("a checkpoint was signed over a restored database")
    return why


async def _twin(run: Run, backup: Backup) -> None:
    """The copy goes on while no witness sees it, past what the witness knows; then the witness meets it."""
    async with run.row("21w", "split brain: a twin with the log's key, and a witness") as result:
        await backup.witness.kill()
        lax = backup.policy.with_name("lax.policy")
        lax.write_text(backup.policy.read_text().replace(f"quorum {WITNESS}", "quorum none"))
        dsn, seen = backup.postgres.dsn(), logs.size_of(run.stand.home)
        server = run.stand.server(dsn=dsn, home=str(backup.home), archive_policy=str(lax))
        try:
            await server.start()
            async with talking(server.url, backup.pairs, pause_s=PAUSE_S) as crew:
                await until(
                    lambda: logs.size_of(backup.home) > seen + 5,
                    90,
                    "the twin to be the longer one",
                )
                await server.drain()
                await backup.witness.start(wait=False)
                await _listens(backup.witness)
                before = logs.size_of(backup.home)
                await server.start()
                await crew.spoken(10)
                why = await logs.halted(dsn)
            run.judge(result, crew)
        finally:
            await server.kill()
        result.repetitions += 1
        result.notes = [why]
        if not why.startswith("split: "):
            result.violations.append(f"a twin met the witness, and the log said {why}")
        if logs.size_of(backup.home) != before:
            result.violations.append("the twin signed on after the witness had contradicted")


@asynccontextmanager
async def _backed_up(run: Run, result: Result) -> AsyncIterator[Backup]:
    """An installation with a witness, backed up, and gone on since."""
    stand = run.stand
    await run.rest()
    pairs = await stand.pairs(PAIRS)
    policy = stand.folder / "log.policy"
    witness = await _witness(run, policy)
    server = stand.server(archive_policy=str(policy))
    try:
        await _grow(run, result, server, pairs)
        copy = stand.folder / "backup"
        await asyncio.to_thread(shutil.copytree, stand.home, copy)
        async with stand.copied(stand.folder / "backup-of-database") as postgres:
            await _grow(run, result, server, await stand.pairs(PAIRS))
            yield Backup(postgres, copy, witness, policy, pairs)
    finally:
        await server.kill()
        await witness.kill()


async def _grow(run: Run, result: Result, server: Server, pairs: list[Pair]) -> None:
    """Run for a while with the witness, until all is in the log; then stop calmly."""
    await server.start()
    async with talking(server.url, pairs, pause_s=PAUSE_S) as crew:
        await crew.spoken(10)
    run.judge(result, crew)
    await logs.caught_up(run.stand.dsn)
    await server.drain()


async def _witness(run: Run, policy: Path) -> Server:
    """A witness as a process of its own; `policy` then names log, witness and quorum."""
    home, vkey = run.stand.folder / "witness", logs.vkey_of(run.stand.home)
    policy.write_text(f"log {vkey}\nquorum none\n")
    command = (
        sys.executable, "-m", "visavis", "witness", "--policy", str(policy), "--home", str(home), "--name", WITNESS,
    )  # fmt: skip
    witness = await run.stand.server(command=command).start(wait=False)
    await _listens(witness)
    theirs = next(line for line in witness.tail().splitlines() if line.startswith(WITNESS))
    policy.write_text(f"log {vkey}\nwitness {WITNESS} {theirs} {witness.url}\nquorum {WITNESS}\n")
    return witness


async def _listens(server: Server) -> None:
    async def connected() -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        except OSError:
            return False
        writer.close()
        return True

    await until(connected, 60, f"the witness to listen: {server.tail()}")


async def keys_lost(run: Run) -> None:
    """Row k: the store of the keys is gone: the server says so and does not start; with the backup it goes on."""
    async with run.row("k", "the store of the keys lost, then restored from its backup") as result:
        server = await run.server()
        pairs = await run.stand.pairs(PAIRS)
        async with talking(server.url, pairs, pause_s=PAUSE_S) as crew:
            await crew.spoken(10)
        run.judge(result, crew)
        await run.rest()
        keys, away = run.stand.home / "keys", run.stand.home / "keys-kept"
        keys.rename(away)
        try:
            said = server.said(NOT_ITS_KEYS)
            await server.start(wait=False)
            assert server.process is not None
            code = await asyncio.wait_for(server.process.wait(), 60)
            if not code or server.said(NOT_ITS_KEYS) == said:
                result.violations.append(
                    f"without its keys it ended with {code}: {server.tail(200)}"
                )
        finally:
            await server.kill()
            shutil.rmtree(keys, ignore_errors=True)
            away.rename(keys)
        await server.start()
        async with talking(server.url, pairs, pause_s=PAUSE_S) as crew:
            await crew.spoken(10)
        run.judge(result, crew)
        await logs.caught_up(run.stand.dsn)
        result.violations += await asyncio.to_thread(logs.faults_of, run.stand.home)
        result.repetitions += 1


async def tampered(run: Run) -> None:
    """Row 23: files and rows are changed, cut, swapped, lost, signed anew; all of it is noticed and placed."""
    async with run.row("23", "tampering with the log's files and the database's rows") as result:
        server = await run.server()
        async with talking(server.url, await run.stand.pairs(PAIRS)) as crew:
            await crew.spoken(run.times(300, 100))
        run.judge(result, crew)
        await logs.caught_up(run.stand.dsn)
        await run.rest()
        await asyncio.to_thread(_files, run, result)
        copy = run.stand.folder / "copy-of-database"
        async with run.stand.copied(copy) as postgres:
            await _rows(run, result, postgres.dsn())


def _files(run: Run, result: Result) -> None:
    """Random changes of every kind of file; each is placed at a file that was changed."""
    place, policy, dice = (
        run.stand.home / log.FOLDER,
        logs.policy_of(run.stand.home),
        random.Random(),
    )
    size = logs.size_of(run.stand.home)
    names = [tile.path for tile in (*tiles_of(size), *bundles_of(size))]
    whole = {one: Folder(place).read(one) for one in (log.CHECKPOINT, *names)}
    missed = 0
    for _ in range(run.times(1000, 60)):
        files = dict(whole)
        places = dice.choice(CHANGES)(dice, files)
        if files == whole:
            continue
        levels = Audit(Memory(files), policy).levels()
        missed += not {one.fault.place for one in levels if one.fault} & set(places)
        result.repetitions += 1
    result.notes = [f"{result.repetitions} changes of files, {missed} not placed"]
    if missed:
        result.violations.append(f"{missed} changes of files were not noticed, or not placed")


async def _rows(run: Run, result: Result, dsn: str) -> None:
    """Changes of rows, one after the other: the commands must name each of them."""
    leaf = logs.size_of(run.stand.home) // 2
    for what, crime in CRIMES.items():
        leaf -= 10  # the first fault is the one that is named
        await logs.asked(dsn, crime, leaf)
        told = await _command(run, dsn, "verify")
        places = [one["leaf"] for one in told["levels"] if not one["ok"]]
        if places != [leaf]:
            result.violations.append(f"{what} at leaf {leaf}: verify said {places}")
        result.repetitions += 1
    for what, crime in WORDS.items():
        record = await logs.asked(dsn, crime)
        told = await _command(run, dsn, "audit")
        if record not in [one["record"] for one in told["named"]]:
            result.violations.append(f"{what}, record {record}: audit said {told['first_fault']}")
        result.repetitions += 1
    result.notes.append(f"{len(CRIMES) + len(WORDS)} changes of rows, each named by the commands")


async def _command(run: Run, dsn: str, verb: str) -> dict[str, Any]:
    """What `visavis archive …` says in JSON, run as an operator would."""
    said = run.stand.folder / "command.log"
    said.unlink(missing_ok=True)
    begin = spawn if run.stand.nursery is None else run.stand.nursery.spawn
    command = [
        sys.executable,
        "-m",
        "visavis",
        "archive",
        verb,
        "--home",
        str(run.stand.home),
        "--json",
    ]
    process = await begin(command, {**os.environ, "VISAVIS_DATABASE_URL": dsn}, said, ROOT)
    await asyncio.wait_for(process.wait(), 120)
    return dict(json.loads(said.read_text().splitlines()[-1]))


ROWS = {"22": restored, "23": tampered, "k": keys_lost}

"""How fast the log of record is: `python bench/archive.py` (QUICK=1 for at most a minute); the last line is JSON.

Against a PostgreSQL of its own with fsync on, beside a writer that keeps putting records on record. The bare loop
writes the same bytes, file by file, and syncs each; it takes turns with the sequencer, beside the same writer, so that
both meet the same machine. `bare_batch` is one file and one sync per batch. Neither has a database that gives every
record its place.
"""

import asyncio
import json
import math
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parents[1]))

import archive_growing
from archive_growing import timed

from visavis.archive import api, keys
from visavis.archive.keys import KeyRing
from visavis.archive.log import Log
from visavis.archive.sequencer import Sequencer
from visavis.archive.store import places, sequence
from visavis.archive.types import Fact
from visavis.kernel import clock, migrate
from visavis.kernel.auth import Environment
from visavis.kernel.db import Database
from visavis.kernel.ids import new_id
from visavis.kernel.live import InProcess
from visavis.kernel.postgres import EmbeddedPostgres
from visavis.tlog import checkpoint, evidence, tree
from visavis.tlog.auditing import Audit
from visavis.tlog.checkpoint import Checkpoint
from visavis.tlog.evidence import Evidence
from visavis.tlog.growing import Edge
from visavis.tlog.note import ED25519, Signer
from visavis.tlog.policy import of_log
from visavis.tlog.sources import Folder

QUICK = bool(os.environ.get("QUICK"))
ROUNDS = 3 if QUICK else 5
RECORDS = 12_000 if QUICK else 60_000
PACED = 300 if QUICK else 1_500  # records of the latency run
AIMS = {
    "entries_per_s": 3_000, "share_of_bare_loop": 0.5, "commit_to_checkpoint_p99_s": 2.0,
    "verified_leaves_per_s": 150_000, "proof_check_ms": 1.0, "proof_bytes_at_10m": 3_072,
    "cost_at_1m_over_10k": 1.5,
}  # fmt: skip
AT_MOST = {
    "commit_to_checkpoint_p99_s", "proof_check_ms", "proof_bytes_at_10m", "cost_at_1m_over_10k",
}  # fmt: skip
TEXT = "我想咨询一下融资融券的维持担保比例低于130%会不会被强制平仓，需要多久之内补足担保物？"
SIGNER = Signer("bench.invalid/log", ED25519, bytes(range(32)))


async def put_on_record(database: Database, count: int, relationship: UUID) -> None:
    """Records as the message path makes them, in one transaction."""
    facts = [
        Fact(
            "message", new_id(), relationship, Environment.TEST, {"text": TEXT, "n": n},
            {"no": n, "stream": "shared", "sender": str(relationship)},
        )
        for n in range(count)
    ]  # fmt: skip
    async with database.transaction() as tx:
        await api.append(tx, facts)


class Weighed(Folder):
    """A folder that remembers how many bytes each batch took."""

    def __init__(self, place: Path) -> None:
        super().__init__(place)
        self.batches: list[list[int]] = []
        self._open: list[int] = []

    def put(self, files: Any) -> None:
        """As the folder does it, weighed."""
        self._open += [len(content) for _, content in files]
        super().put(files)

    def publish(self, path: str, content: bytes) -> None:
        """As the folder does it; a checkpoint ends a batch."""
        self.batches.append([*self._open, len(content)])
        self._open = []
        super().publish(path, content)


def bare_loop(place: Path, files: list[int]) -> float:
    """Seconds to write files of these sizes and sync each, one after the other."""
    place.mkdir()
    content = os.urandom(max(files))
    began = time.perf_counter()
    for number, size in enumerate(files):
        with (place / str(number)).open("wb") as file:
            file.write(content[:size])
            file.flush()
            os.fsync(file.fileno())
    return time.perf_counter() - began


async def beside(database: Database, stop: asyncio.Event) -> int:
    """The message path going on meanwhile, a transaction of four records every 20 ms; returns how many records."""
    relationship, made = new_id(), 0
    while not stop.is_set():
        await put_on_record(database, 4, relationship)
        made += 4
        await clock.sleep(0.02)
    return made


async def writing(database: Database, place: Path) -> dict[str, float]:
    """Entries per second through the sequencer, and the bare loop's share."""
    relationships = [new_id() for _ in range(20)]
    for number in range(RECORDS // 500):
        await put_on_record(database, 500, relationships[number % 20])
    target = Weighed(place / "log")
    sequencer = Sequencer(database, Log(target, SIGNER, of_log(SIGNER.verifier)))
    stop, first = asyncio.Event(), time.perf_counter()
    other = asyncio.create_task(beside(database, stop))
    done, seconds, bare, bare_files, weight = 0, 0.0, 0.0, 0.0, 0
    for turn in range(ROUNDS):
        began, seen = time.perf_counter(), len(target.batches)
        while done < RECORDS * (turn + 1) / ROUNDS:
            done += await sequencer.step()
        seconds += time.perf_counter() - began
        batches = [sum(files) for files in target.batches[seen:]]
        files = [size for files in target.batches[seen:] for size in files]
        weight += sum(batches)
        bare += await asyncio.to_thread(bare_loop, place / f"batches{turn}", batches)
        bare_files += await asyncio.to_thread(bare_loop, place / f"files{turn}", files)
    await sequencer.resign()
    stop.set()
    meanwhile, lasted = await other, time.perf_counter() - first
    return {
        "entries": done, "entries_per_s": done / seconds, "beside_per_s": meanwhile / lasted,
        "bare_loop_entries_per_s": done / bare_files, "share_of_bare_loop": bare_files / seconds,
        "bare_batch_entries_per_s": done / bare,
        "bytes_per_entry": weight / done,
    }  # fmt: skip


async def latency(database: Database, place: Path) -> dict[str, float]:
    """From a record's commit to the checkpoint that covers it, one record every 20 ms, the sequencer on its own."""
    log = Log(Folder(place / "log"), SIGNER, of_log(SIGNER.verifier))
    running = asyncio.create_task(Sequencer(database, log).run())
    relationship, committed = new_id(), dict[UUID, int]()
    for _ in range(PACED):
        async with database.transaction() as tx:
            record = await api.append_one(
                tx, Fact("message", new_id(), relationship, Environment.TEST, {"text": TEXT})
            )
        committed[record] = clock.now_us()
        await clock.sleep(0.02)
    while True:
        async with database.transaction() as tx:
            if not (found := await api.standing(tx)).waiting and found.size == found.sequenced:
                break
        await clock.sleep(0.05)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    async with database.transaction() as tx:
        batches = await sequence.published(tx, 100_000)
        waits = []
        for record, at_us in committed.items():
            row = await places.place_of(tx, record)
            assert row is not None
            batch = next(one for one in batches if one.first <= row["leaf_index"] < one.size)
            assert batch.published_at is not None
            waits.append((clock.to_us(batch.published_at) - at_us) / 1e6)
    waits.sort()
    return {
        "commit_to_checkpoint_p50_s": statistics.median(waits),
        "commit_to_checkpoint_p99_s": waits[math.ceil(len(waits) * 0.99) - 1],
    }


def checking(place: Path) -> dict[str, float]:
    """The verifier over a whole log on disk, one proof, and the size of a proof file of ten million leaves."""
    folder, edge = Folder(place / "checked"), Edge()
    entries = [b"leaf %d" % n + bytes(200) for n in range(70_000)]
    folder.put([(tile.path, content) for tile, content in edge.append(entries)])
    signed = checkpoint.sign(Checkpoint(SIGNER.name, edge.size, edge.root()), SIGNER)
    folder.publish("checkpoint", signed.encode())
    seconds = quickest(lambda: audited(folder))
    text = proof_of_ten_million(bytes(628))  # a message's envelope, as the runs above weigh it
    trusted = of_log(SIGNER.verifier)
    checks = [timed(lambda: evidence.check(evidence.read(text), trusted)) for _ in range(200)]
    return {
        "verified_leaves_per_s": len(entries) / seconds, "proof_check_ms": statistics.median(checks) * 1e3,
        "proof_bytes_at_10m": len(text),
    }  # fmt: skip


def proof_of_ten_million(entry: bytes) -> bytes:
    """A proof file, the entry in it, of a log of ten million leaves all of which but this one are the same."""
    size, index = 10_000_000, 6_543_210
    others = [tree.leaf_hash(b"another")]
    while len(others) < size.bit_length():
        others.append(tree.node_hash(others[-1], others[-1]))

    def node(height: int, at: int) -> bytes:
        if index >> height != at:
            return others[height]
        if height == 0:
            return tree.leaf_hash(entry)
        return tree.node_hash(node(height - 1, 2 * at), node(height - 1, 2 * at + 1))

    made = Checkpoint(SIGNER.name, size, tree.root_of(node, size))
    proof = tuple(tree.inclusion_proof(node, index, size))
    return Evidence(index, proof, checkpoint.sign(made, SIGNER).encode(), entry).text.encode()


def audited(folder: Folder) -> None:
    """All levels hold, or the figure means nothing."""
    levels = Audit(folder, of_log(SIGNER.verifier)).levels()
    assert not any(level.fault for level in levels), levels


def growing(place: Path, server: EmbeddedPostgres) -> dict[str, float]:
    """What an entry costs in a log of ten thousand and of a million leaves: its place, and its files."""
    batches = 3 if QUICK else 10
    files = archive_growing.files(place, SIGNER, batches * 4)
    places = archive_growing.places(server, batches)
    low, high = (files[size] + places[size] for size in (archive_growing.FEW, archive_growing.MANY))
    return {
        "place_at_10k_us": places[archive_growing.FEW],
        "place_at_1m_us": places[archive_growing.MANY],
        "cost_at_10k_us": low, "cost_at_1m_us": high, "cost_at_1m_over_10k": high / low,
    }  # fmt: skip


def quickest(work: Callable[[], object]) -> float:
    """Seconds that the work takes where nobody else is on its core: the least of seven."""
    return min(timed(work) for _ in range(7))


async def with_database(dsn: str, place: Path) -> dict[str, float]:
    """The runs that need one."""
    await migrate.upgrade(dsn)
    database = await Database(dsn, InProcess(), size=4).start()
    try:
        found = await writing(database, place)
        return {**found, **await latency(database, place)}
    finally:
        await database.stop()


def main() -> None:
    """Measure, print a table, and end with one line of JSON."""
    keys.install(KeyRing(bytes(32)))
    with tempfile.TemporaryDirectory(prefix="visavis-bench-", ignore_cleanup_errors=True) as made:
        place = Path(made)
        place.chmod(0o711)
        server = EmbeddedPostgres(place / "postgres").start()
        try:
            figures = asyncio.run(with_database(server.dsn(), place))
            grown = growing(place, server)
        finally:
            server.stop()
            shutil.rmtree(place / "postgres", ignore_errors=True)
        figures |= checking(place) | grown
    held = {
        name: figures[name] <= aim if name in AT_MOST else figures[name] >= aim
        for name, aim in AIMS.items()
    }
    for name, figure in figures.items():
        aim = f"   aim {'<=' if name in AT_MOST else '>='} {AIMS[name]:g}" if name in AIMS else ""
        print(f"  {name:<28}{figure:>14,.3f}{aim}{'' if held.get(name, True) else '   MISSED'}")
    rounded = {name: round(figure, 4) for name, figure in figures.items()}
    print(json.dumps({"bench": "archive", "quick": QUICK, **rounded, "aims_held": held}))


if __name__ == "__main__":
    main()

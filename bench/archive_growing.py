"""What an entry costs in a log of ten thousand and of a million leaves: its place in the database, and its files."""

import asyncio
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg

sys.path.insert(0, str(Path(__file__).parents[1]))

from visavis.archive import api
from visavis.archive.claiming import BATCH, Term, claim
from visavis.archive.store import sequence
from visavis.archive.types import Batch, Fact
from visavis.kernel import clock, migrate
from visavis.kernel.auth import Environment
from visavis.kernel.db import Database
from visavis.kernel.ids import new_id
from visavis.kernel.live import InProcess
from visavis.kernel.postgres import EmbeddedPostgres
from visavis.tlog import checkpoint, tree
from visavis.tlog.checkpoint import Checkpoint
from visavis.tlog.growing import Edge
from visavis.tlog.note import Signer
from visavis.tlog.sources import Folder
from visavis.tlog.tiles import WIDTH

FEW, MANY = 10_000, 1_000_000
ENTRY = 300  # bytes

# Records that have their places, as many as are missing; ids grow as real ones do, objects are anywhere.
FILL = """
WITH filled AS (
    INSERT INTO record (record_id, kind, object_id, at_us, environment, envelope)
    SELECT lpad(to_hex(n), 32, '0')::uuid, 'message', gen_random_uuid(), n, 'test', decode(repeat('5a', $3), 'hex')
    FROM generate_series($1::bigint, $2::bigint - 1) AS n
    RETURNING record_id, at_us
)
INSERT INTO log_place (leaf_index, record_id) SELECT at_us, record_id FROM filled ORDER BY at_us
"""
PASSED = """
INSERT INTO log_mark (last, missing, since) SELECT max(number), '{}', '{}' FROM record
ON CONFLICT (one) DO UPDATE SET last = excluded.last
"""


def files(place: Path, signer: Signer, batches: int) -> dict[int, float]:
    """Microseconds per entry for tiles, files, sync and checkpoint, by the size of the log."""
    few, many = Edge(), Edge()
    few.append([b"x" * ENTRY] * FEW)
    level, count = 0, MANY
    while count:  # the right edge of a million leaves, without the leaves
        many.levels.append([tree.leaf_hash(bytes([level]))] * (count % WIDTH))
        level, count = level + 1, count // WIDTH
    many.size, many.bundle = MANY, [b"x" * ENTRY] * (MANY % WIDTH)
    edges = {FEW: (few, Folder(place / "few")), MANY: (many, Folder(place / "many"))}
    costs: dict[int, list[float]] = {FEW: [], MANY: []}
    for _ in range(batches):
        for size, (edge, folder) in edges.items():
            costs[size].append(
                timed(lambda edge=edge, folder=folder: _written(edge, folder, signer))
            )
    return {size: statistics.median(taken) / BATCH * 1e6 for size, taken in costs.items()}


def _written(edge: Edge, folder: Folder, signer: Signer) -> None:
    """One batch, durable under its checkpoint."""
    folder.put([(tile.path, content) for tile, content in edge.append([b"x" * ENTRY] * BATCH)])
    signed = checkpoint.sign(Checkpoint(signer.name, edge.size, edge.root()), signer)
    folder.publish("checkpoint", signed.encode())


def timed(work: Callable[[], object]) -> float:
    """Seconds that the work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def places(server: EmbeddedPostgres, batches: int) -> dict[int, float]:
    """Microseconds per entry for giving it its place, by the number of records that have theirs."""
    return asyncio.run(_places(server, batches))


async def _places(server: EmbeddedPostgres, batches: int) -> dict[int, float]:
    connection = await asyncpg.connect(server.dsn())
    await connection.execute("CREATE DATABASE growing")
    await connection.close()
    await migrate.upgrade(server.dsn("growing"))
    database = await Database(server.dsn("growing"), InProcess(), size=2).start()
    try:
        found, placed = dict[int, float](), 0
        for size in (FEW, MANY):
            found[size], placed = await _at(database, placed, size, batches)
        return found
    finally:
        await database.stop()


async def _at(database: Database, placed: int, size: int, batches: int) -> tuple[float, int]:
    """Fill the table up to `size`, then time batches; returns the cost and how many have their places now."""
    async with database.transaction() as tx:
        now = clock.now()
        epoch = await sequence.lead(tx, uuid4(), now + timedelta(seconds=30), now + timedelta(1))
        assert epoch is not None
        await tx.connection.execute(FILL, placed, size, ENTRY, timeout=600)
        await sequence.begin(tx, epoch, Batch(placed, size), now)
        await tx.execute(PASSED)
    costs: list[float] = []
    for _ in range(batches):
        await _waiting(database)
        began = time.perf_counter()
        claimed = await claim(database, Term(epoch, lambda _: None))
        costs.append(time.perf_counter() - began)
        assert claimed is not None
        assert len(claimed[1]) == BATCH
        size = claimed[0].size
    return statistics.median(costs) / BATCH * 1e6, size


async def _waiting(database: Database) -> None:
    """A batch of records that have no place yet."""
    for _ in range(BATCH // 512):
        facts = [
            Fact("message", new_id(), uuid4(), Environment.TEST, {"text": "x" * 40}, {"no": n})
            for n in range(512)
        ]
        async with database.transaction() as tx:
            await api.append(tx, facts)

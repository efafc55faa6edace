"""Before the log goes on: files, database and witnesses must tell one history, or nothing is signed.

A database restored from an old backup knows fewer leaves than a checkpoint that was signed; a folder restored from one
holds an older checkpoint than the database remembers; where both were restored, a witness remembers.
"""

import asyncio
from collections.abc import Sequence

import structlog

from visavis.archive.log import CHECKPOINT, Contradiction, Log
from visavis.archive.store import places, sequence
from visavis.archive.types import Batch
from visavis.archive.witnessing import Witnesses
from visavis.kernel import clock
from visavis.kernel.db import Database
from visavis.tlog.checkpoint import Checkpoint
from visavis.tlog.growing import Edge, edge_of
from visavis.tlog.note import BadNote
from visavis.tlog.reading import fetcher
from visavis.tlog.sources import Folder, Missing
from visavis.tlog.tiles import ENTRIES, WIDTH, Malformed, Tile

logger = structlog.get_logger(__name__)

NEWEST = 16  # tiles of one level that a batch may have filled, and some more


async def recover(database: Database, log: Log, witnesses: Witnesses) -> Edge:
    """The right edge to go on from; raises `Contradiction` where the histories differ."""
    async with database.transaction() as tx:
        marked = await sequence.newest_published(tx)
        known = await sequence.sequenced(tx)
    try:
        kept = log.published()
    except BadNote as error:
        raise Contradiction("changed", f"{CHECKPOINT}: {error}") from None
    size = kept.size if kept else 0
    if size > known:
        raise Contradiction("restored", f"the database knows {known} leaves, {size} are signed")
    if marked and size < marked.size:
        raise Contradiction("restored", f"the files hold {size} leaves, {marked.size} are marked")
    if marked and kept and size == marked.size and kept.root != marked.root:
        raise Contradiction("changed", f"{CHECKPOINT}: not the root that the database knows")
    edge = await asyncio.to_thread(_edge, log, kept)
    await _same_end(database, edge)
    await asyncio.to_thread(_tidy, log, size)
    await witnesses.ask(known)
    return edge


async def remember(database: Database, error: Contradiction) -> None:
    """Keep why the log is halted, for whoever looks; where even that fails, the log line must do."""
    try:
        async with database.transaction() as tx:
            await sequence.halt(tx, error.reason, error.place, clock.now())
    except Exception:
        logger.exception("the halt could not be kept")


def entries_of(rows: Sequence[tuple[int, bytes]], batch: Batch, present: int) -> list[bytes]:
    """The envelopes of a batch that the files do not hold yet; raises `Contradiction` where a place is empty."""
    for index, (place, _) in enumerate(rows, batch.first):
        if place != index:
            raise Contradiction("incomplete", f"leaf {index} has no record")
    if len(rows) != batch.size - batch.first:
        raise Contradiction("incomplete", f"leaf {batch.first + len(rows)} has no record")
    if present != batch.first:
        raise Contradiction("changed", f"{present} leaves, the batch begins at {batch.first}")
    return [envelope for _, envelope in rows]


def forward(log: Log, made: Checkpoint, signed: str) -> None:
    """Publish a checkpoint, never one behind what is published: a leader that slept must not turn the log back."""
    if isinstance(log.target, Folder):
        with log.target.locked():
            _forward(log, made, signed)
    else:
        _forward(log, made, signed)


def _forward(log: Log, made: Checkpoint, signed: str) -> None:
    kept = log.published()
    if kept and (kept.size > made.size or (kept.size == made.size and kept.root != made.root)):
        raise Contradiction("split", f"{kept.size} leaves are signed, not these {made.size}")
    log.target.publish(CHECKPOINT, signed.encode())


def _edge(log: Log, kept: Checkpoint | None) -> Edge:
    """The right edge by the files, believed because it folds to the signed root."""
    if kept is None:
        return Edge()
    try:
        edge = edge_of(kept.size, fetcher(log.target))
    except (Malformed, Missing) as error:
        raise Contradiction("changed", str(error)) from None
    if edge.root() != kept.root:
        raise Contradiction("changed", f"the open tiles of {kept.size} leaves")
    return edge


def _tidy(log: Log, size: int) -> None:
    """Throw away what a crash left: files in the making, and partial tiles beside the newest full ones."""
    log.target.tidy()
    level, full = 0, size // WIDTH
    while full:
        newest = range(max(0, full - NEWEST), full)
        levels = (level, ENTRIES) if level == 0 else (level,)
        log.target.drop([Tile(each, index).path for each in levels for index in newest])
        level, full = level + 1, full // WIDTH


async def _same_end(database: Database, edge: Edge) -> None:
    """The open bundle is what the database holds at those places: both go on from the same history."""
    first = edge.size - len(edge.bundle)
    async with database.transaction() as tx:
        rows = await places.leaves(tx, first, edge.size)
    kept = [bytes(row["envelope"]) for row in rows]
    for index in range(len(edge.bundle)):
        if index >= len(kept) or kept[index] != edge.bundle[index]:
            raise Contradiction("restored", f"leaf {first + index} is another one in the database")

"""Writes one batch of leaves: bundles, tiles, checkpoint, mark; between any two of them the process may end.

The order is the promise: a checkpoint is signed over durable files alone, and marked only once it is durable itself.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from visavis.archive import recovery
from visavis.archive.claiming import Fenced, Leaf, Term
from visavis.archive.log import Log
from visavis.archive.store import sequence
from visavis.archive.types import Batch
from visavis.archive.witnessing import Witnesses
from visavis.kernel import clock
from visavis.kernel.db import Database
from visavis.tlog import checkpoint
from visavis.tlog.checkpoint import Checkpoint
from visavis.tlog.growing import Edge


@dataclass(frozen=True)
class Desk:
    """What a batch is written with."""

    database: Database
    log: Log
    witnesses: Witnesses


async def write(desk: Desk, term: Term, edge: Edge, batch: Batch, rows: Sequence[Leaf]) -> None:
    """Make bundles, then tiles, then the checkpoint durable, and say so in the database."""
    log = desk.log
    full: list[str] = []
    if edge.size < batch.size:
        entries = recovery.entries_of(rows, batch, edge.size)
        files = await asyncio.to_thread(edge.append, entries)
        bundles = [(tile.path, content) for tile, content in files if tile.level < 0]
        tiles = [(tile.path, content) for tile, content in files if tile.level >= 0]
        await asyncio.to_thread(log.target.put, bundles)
        term.hook("bundles")
        await asyncio.to_thread(log.target.put, tiles)
        term.hook("tiles")
        full = [tile.path for tile, _ in files if tile.full]
    made = Checkpoint(log.signer.name, edge.size, edge.root())
    signed = await desk.witnesses.cosigned(made, checkpoint.sign(made, log.signer))
    term.hook("signed")
    async with desk.database.transaction() as tx:
        if not await sequence.holds(tx, term.epoch):
            raise Fenced
        await asyncio.to_thread(recovery.forward, log, made, signed)
        term.hook("checkpoint")
        await sequence.publish(tx, batch, made.root, signed, clock.now())
        term.hook("marked")
    term.hook("published")
    await asyncio.to_thread(log.target.drop, full)
    term.hook("tidied")

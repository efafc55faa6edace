"""Reading the log: checkpoint, proofs, files as they are served. What is proved here has been verified before.

None of these tells what a record says, but a proof file holds its envelope (header in the clear, body sealed): the
caller has checked that its reader may have it.
"""

from uuid import UUID

from visavis.archive import log, rules
from visavis.archive.store import places, sequence
from visavis.archive.types import Batch, LogFaulty, NotLogged, Standing
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, NotFound, NotSignedIn
from visavis.tlog import tree
from visavis.tlog.evidence import Evidence
from visavis.tlog.sources import Missing
from visavis.tlog.tiles import ENTRIES, Malformed, parse_path


async def evidence(tx: Tx, record_id: UUID) -> Evidence:
    """The proof that a record is in the log, its envelope as `extra`; `.text` is the `.tlog-proof` file.

    Raises `NotFound`, `NotLogged` (it takes up to 2 s), `LogFaulty`.
    """
    row = await places.place_of(tx, record_id)
    if row is None:
        raise NotFound
    index, envelope = row["leaf_index"], row["envelope"]
    if index is None or log.current().signed() is None:
        raise NotLogged
    signed, view = log.current().view()
    if index >= view.size:
        raise NotLogged
    try:
        proof = view.inclusion(index, tree.leaf_hash(envelope))
    except (Malformed, Missing):
        raise LogFaulty from None
    return Evidence(index, tuple(proof), signed, envelope)


async def batches(tx: Tx, limit: int = 100) -> list[Batch]:
    """The newest published checkpoints, newest first: size, root, text, time."""
    return await sequence.published(tx, limit)


async def standing(tx: Tx) -> Standing:
    """How the log is doing: published size, records that wait, and why it is halted if it is."""
    return await sequence.standing(tx)


def checkpoint() -> bytes | None:
    """The published checkpoint, a signed note; None before the first batch."""
    return log.current().signed()


def tile_file(path: str) -> bytes:
    """A tile of hashes by its tlog-tiles path; raises `NotFound`, also for every other spelling of a path."""
    return log_file(_tile(path, entries=False))


def entries_file(actor: Actor | None, path: str, open_to: str) -> bytes:
    """A bundle of entries by its path, for `open_to` "all" or those who may read it.

    Raises `Forbidden`, `NotSignedIn`.
    """
    if open_to != "all":
        if actor is None:
            raise NotSignedIn
        if not rules.may_read_entries(actor):
            raise Forbidden
    return log_file(_tile(path, entries=True))


def _tile(path: str, *, entries: bool) -> str:
    try:
        tile = parse_path(path)
    except Malformed:
        raise NotFound from None
    if (tile.level == ENTRIES) != entries:
        raise NotFound
    return tile.path


def log_file(path: str) -> bytes:
    """A file of the log by its tlog-tiles name (`checkpoint`, `tile/…`), unchecked; raises `NotFound`."""
    try:
        return log.current().target.read(path)
    except Missing:
        raise NotFound from None


def entry(index: int) -> bytes:
    """The envelope at a place of the log, proved against the checkpoint; raises `NotFound`, `LogFaulty`."""
    if log.current().signed() is None:
        raise NotFound
    _, view = log.current().view()
    if not 0 <= index < view.size:
        raise NotFound
    try:
        return view.entry(index)
    except (Malformed, Missing):
        raise LogFaulty from None


def vkey() -> str:
    """The log's public key as text; its name is the log's origin."""
    return log.current().signer.verifier.vkey

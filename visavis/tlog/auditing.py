"""Audits a whole log against its checkpoint: three levels that need no database, each with its first fault.

* proof: the checkpoint is signed, the right edge of the tree folds to its root, proofs of leaves and of older
  checkpoints hold;
* tiles: every hash of every tile leads to the root;
* bundles: every entry is the one its leaf hash was made of.

A level goes on where another has failed; a fault is placed at the file, and where it can be told at the leaf.
"""

from collections.abc import Iterator, Sequence

from visavis.tlog import tree
from visavis.tlog.checkpoint import Checkpoint
from visavis.tlog.faults import Fault, Level, behind, first_difference, said
from visavis.tlog.note import BadNote
from visavis.tlog.policy import Policy
from visavis.tlog.reading import View, fetcher
from visavis.tlog.sources import Missing, Source
from visavis.tlog.tiles import (
    ENTRIES,
    WIDTH,
    Malformed,
    Tile,
    bundles_of,
    hashes_of,
    readable,
    tiles_of,
    unpack,
)

CHECKPOINT = "checkpoint"


class Audit:
    """One look at a log. Levels may be asked for alone; without a checkpoint none of them can be held."""

    def __init__(
        self, source: Source, policy: Policy, older: Sequence[tuple[str, bytes]] = ()
    ) -> None:
        self._source = source
        self._policy = policy
        self._older = older
        self._fetch = fetcher(source)
        self._upper: dict[Tile, list[bytes]] = {}
        self.checkpoint: Checkpoint | None = None
        self._refused = Fault(CHECKPOINT, "not read yet")
        try:
            self.checkpoint = policy.opened(source.read(CHECKPOINT))
        except (Missing, BadNote) as error:
            self._refused = Fault(CHECKPOINT, said(error))

    def size_by_now(self) -> int:
        """How many leaves the log's checkpoint has when it is read once more: a running log has grown meanwhile."""
        try:
            return self._policy.opened(self._source.read(CHECKPOINT)).size
        except (Missing, BadNote):
            return 0

    def levels(self) -> list[Level]:
        """All three levels, in order."""
        return [self.proof(), self.tiles(), self.bundles()]

    def proof(self) -> Level:
        """The signature, the right edge, proofs of some leaves, and that older checkpoints are continued."""
        found = self.checkpoint
        if found is None:
            return Level("proof", 0, self._refused)
        view = View(self._source, found.size, found.root)
        for tile in _edge(found.size):
            fault = self._readable(tile)
            if fault:
                return Level("proof", 0, fault)
        if tree.root_of(view.node, found.size) != found.root:
            return Level("proof", 0, self._edge_fault(found))
        checked = 1
        for index in sorted({0, found.size // 2, found.size - 1} if found.size else set()):
            try:
                view.inclusion(index, view.leaf(index))
            except (Malformed, Missing) as error:
                general = Fault(_bundle_path(found.size, index), said(error), index)
                placed = self.tiles().fault or self.bundles().fault or general
                return Level("proof", checked, placed)
            checked += 1
        for name, content in self._older:
            fault = self._continues(view, found, name, content)
            if fault:
                return Level("proof", checked, fault)
            checked += 1
        return Level("proof", checked)

    def _continues(self, view: View, found: Checkpoint, name: str, content: bytes) -> Fault | None:
        """What is wrong between an older checkpoint and this log, if anything is."""
        try:
            older = self._policy.opened(content)
            if older.origin != found.origin:
                raise BadNote(f"a checkpoint of {older.origin}")
            if older.size > found.size:
                return Fault(CHECKPOINT, behind(found.size, name, older.size))
            view.consistency(older.size, older.root)
        except (Malformed, Missing, BadNote) as error:
            return Fault(name, said(error))
        return None

    def tiles(self) -> Level:
        """Every tile, from the top down: what a tile holds is believed once the tile itself has been."""
        found = self.checkpoint
        if found is None:
            return Level("tiles", 0, self._refused)
        tiles = sorted(tiles_of(found.size), key=lambda tile: (-tile.level, tile.index))
        for tile in _edge(found.size):
            fault = self._readable(tile)
            if fault:
                return Level("tiles", 0, fault)
        view = View(self._source, found.size, found.root)
        if tree.root_of(view.node, found.size) != found.root:
            return Level("tiles", 0, self._edge_fault(found))
        checked = 0
        for tile in tiles:
            try:
                hashes = self._hashes(tile)
            except (Malformed, Missing) as error:
                return Level("tiles", checked, Fault(tile.path, said(error)))
            if tile.full and tree.root(hashes) != self._parent_slot(found.size, tile):
                return Level("tiles", checked, self._slot_fault(tile, hashes))
            checked += 1
        return Level("tiles", checked)

    def bundles(self) -> Level:
        """Every entry against its leaf hash; `checked` counts entries."""
        found = self.checkpoint
        if found is None:
            return Level("bundles", 0, self._refused)
        checked = 0
        for bundle in bundles_of(found.size):
            first = bundle.index * WIDTH
            try:
                made = tree.leaf_hashes(unpack(self._fetch(bundle), bundle.width))
            except (Malformed, Missing) as error:
                leaf = self._broken_at(bundle)
                return Level("bundles", checked, Fault(bundle.path, said(error), leaf))
            slot = self._differing(found, bundle, made)
            if slot is not None:
                fault = Fault(bundle.path, "the entry is not the one that was logged", first + slot)
                return Level("bundles", checked + slot, fault)
            checked += bundle.width
        return Level("bundles", checked)

    def entries(self) -> Iterator[tuple[int, bytes]]:
        """Every leaf with its entry, unchecked: for a comparison with what a database holds."""
        assert self.checkpoint is not None
        for bundle in bundles_of(self.checkpoint.size):
            entries = unpack(self._fetch(bundle), bundle.width)
            yield from enumerate(entries, bundle.index * WIDTH)

    def _broken_at(self, bundle: Tile) -> int | None:
        """The first leaf that a malformed bundle does not hold as it was logged; None where that cannot be told."""
        try:
            content = self._fetch(bundle)
            kept = self._hashes(Tile(0, bundle.index, bundle.width))
        except (Malformed, Missing):
            return None
        made = tree.leaf_hashes(readable(content)[0])
        slot = next(
            (i for i, pair in enumerate(zip(kept, made, strict=False)) if pair[0] != pair[1]),
            len(made),
        )
        return bundle.index * WIDTH + slot if slot < bundle.width else None

    def _differing(self, found: Checkpoint, bundle: Tile, made: list[bytes]) -> int | None:
        """The first entry that is not what was logged; None also where the hashes, not the entries, were changed."""
        tile = Tile(0, bundle.index, bundle.width)
        try:
            kept = self._hashes(tile)
        except (Malformed, Missing):
            kept = []
        if kept == made:
            return None
        whole = self._expected(found, tile)
        if whole is not None and tree.root(made) == whole:
            return None  # the level of tiles names the tile
        return next(
            (i for i, pair in enumerate(zip(kept, made, strict=False)) if pair[0] != pair[1]), 0
        )

    def _expected(self, found: Checkpoint, tile: Tile) -> bytes | None:
        """What the root over this level 0 tile must be, from outside the tile; None where that cannot be told."""
        try:
            if tile.full:
                return self._parent_slot(found.size, tile)
        except (Malformed, Missing):
            return None
        return None if self._edge_holds(found) else self._open_leaves_root(found, tile)

    def _open_leaves_root(self, found: Checkpoint, tile: Tile) -> bytes | None:
        """The root over the open level 0 tile, if its bundle, put in its place, gives the checkpoint's root."""
        try:
            made = [tree.leaf_hash(one) for one in unpack(self._bundle(tile), tile.width)]
        except (Malformed, Missing):
            return None
        return tree.root(made) if self._root_with(found, tile, made) == found.root else None

    def _edge_holds(self, found: Checkpoint) -> bool:
        view = View(self._source, found.size, found.root)
        try:
            return tree.root_of(view.node, found.size) == found.root
        except (Malformed, Missing):
            return False

    def _edge_fault(self, found: Checkpoint) -> Fault:
        """The open tiles do not fold to the root: name the one that, made anew from what lies below it, would."""
        what = "the hashes do not lead to the root of the checkpoint"
        edge = _edge(found.size)
        remade: dict[Tile, list[bytes]] = {}
        for tile in edge:
            try:
                remade[tile] = self._made_anew(tile)
            except (Malformed, Missing):
                continue
            kept = self._hashes(tile)
            if remade[tile] != kept and self._root_with(found, tile, remade[tile]) == found.root:
                return first_difference(tile, kept, remade[tile], what)
        for tile, made in remade.items():
            if made != self._hashes(tile):
                return first_difference(tile, self._hashes(tile), made, what)
        return Fault(edge[0].path if edge else CHECKPOINT, what)

    def _slot_fault(self, tile: Tile, hashes: list[bytes]) -> Fault:
        """A full tile that its parent does not know: name the slot that what lies below contradicts."""
        what = "the hashes do not lead to the root of the checkpoint"
        try:
            made = self._made_anew(tile)
        except (Malformed, Missing):
            return Fault(tile.path, what)
        return first_difference(tile, hashes, made, what)

    def _root_with(self, found: Checkpoint, changed: Tile, hashes: list[bytes]) -> bytes | None:
        view = View(self._source, found.size, found.root)
        view.put(changed, hashes)
        try:
            return tree.root_of(view.node, found.size)
        except (Malformed, Missing):
            return None

    def _made_anew(self, tile: Tile) -> list[bytes]:
        """The hashes of a tile from what lies one level below it."""
        if tile.level == 0:
            return [tree.leaf_hash(one) for one in unpack(self._bundle(tile), tile.width)]
        below = range(tile.index * WIDTH, tile.index * WIDTH + tile.width)
        return [tree.root(self._hashes(Tile(tile.level - 1, index))) for index in below]

    def _bundle(self, tile: Tile) -> bytes:
        return self._fetch(Tile(ENTRIES, tile.index, tile.width))

    def _parent_slot(self, size: int, tile: Tile) -> bytes:
        level, index = tile.level + 1, tile.index // WIDTH
        width = min(WIDTH, (size >> (8 * level)) - index * WIDTH)
        return self._hashes(Tile(level, index, width))[tile.index % WIDTH]

    def _readable(self, tile: Tile) -> Fault | None:
        try:
            self._hashes(tile)
        except (Malformed, Missing) as error:
            return Fault(tile.path, said(error))
        return None

    def _hashes(self, tile: Tile) -> list[bytes]:
        """A tile's hashes; those above level 0 are few and are kept."""
        kept = self._upper.get(tile)
        if kept is None:
            kept = hashes_of(self._fetch(tile), tile.width)
            if tile.level:
                self._upper[tile] = kept
        return kept


def _edge(size: int) -> list[Tile]:
    """The open tiles of a log, from the leaves up: together they fold to its root."""
    return [tile for tile in tiles_of(size) if not tile.full]


def _bundle_path(size: int, index: int) -> str:
    number = index // WIDTH
    return Tile(ENTRIES, number, min(WIDTH, size - number * WIDTH)).path

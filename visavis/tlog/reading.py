"""Reads a log by its tiles: nodes, proofs that have been checked against the root, entries."""

from collections import OrderedDict
from collections.abc import Callable

from visavis.tlog import tree
from visavis.tlog.sources import Missing, Source
from visavis.tlog.tiles import ENTRIES, HEIGHT, WIDTH, Malformed, Tile, hashes_of, unpack

KEPT = 512


def fetcher(source: Source) -> Callable[[Tile], bytes]:
    """The content of tiles and bundles; a partial one that has been dropped is cut from the full one."""

    def fetch(tile: Tile) -> bytes:
        try:
            return source.read(tile.path)
        except Missing:
            if tile.full:
                raise
            whole = source.read(Tile(tile.level, tile.index).path)
        if tile.level == ENTRIES:
            return first_entries(whole, tile.width)
        return whole[: tile.width * tree.HASH_BYTES]

    return fetch


def first_entries(bundle: bytes, count: int) -> bytes:
    """The beginning of a bundle that holds `count` entries; raises `Malformed` when it holds fewer."""
    at = 0
    for _ in range(count):
        if at + 2 > len(bundle):
            raise Malformed(f"fewer than {count} entries")
        at += 2 + int.from_bytes(bundle[at : at + 2], "big")
    return bundle[:at]


class View:
    """A log as it was at one size. Nothing read is believed before it leads to `root`."""

    def __init__(self, source: Source, size: int, root: bytes) -> None:
        self.size = size
        self.root = root
        self._fetch = fetcher(source)
        self._tiles: OrderedDict[Tile, list[bytes]] = OrderedDict()

    def inclusion(self, index: int, leaf: bytes) -> list[bytes]:
        """The proof of this leaf hash; raises `Malformed` when the tiles do not prove it, ValueError beyond the end."""
        proof = tree.inclusion_proof(self.node, index, self.size)
        if not tree.verify_inclusion(index, self.size, leaf, proof, self.root):
            raise Malformed(f"leaf {index} does not lead to the root of {self.size} leaves")
        return proof

    def consistency(self, old: int, old_root: bytes) -> list[bytes]:
        """The proof that this log continues an older one; raises `Malformed` when it does not."""
        if old == 0:
            return []
        proof = tree.consistency_proof(self.node, old, self.size)
        if not tree.verify_consistency(old, self.size, old_root, self.root, proof):
            raise Malformed(f"the log of {self.size} leaves does not continue the one of {old}")
        return proof

    def entry(self, index: int) -> bytes:
        """The bytes of a leaf, proved against the root; raises `Malformed`, `Missing`, ValueError beyond the end."""
        if not 0 <= index < self.size:
            raise ValueError(f"a tree of {self.size} leaves has no leaf {index}")
        slot = index % WIDTH
        tile = self.tile_at(ENTRIES, index // WIDTH)
        entry = unpack(self._fetch(tile), tile.width)[slot]
        self.inclusion(index, tree.leaf_hash(entry))
        return entry

    def leaf(self, index: int) -> bytes:
        """The hash of a leaf as the tiles give it."""
        return self.node(0, index)

    def node(self, height: int, index: int) -> bytes:
        """The root of a complete subtree, as the tiles give it (`tree.Nodes`)."""
        level, inside = divmod(height, HEIGHT)
        first, count = index << inside, 1 << inside
        hashes = self._hashes(self.tile_at(level, first // WIDTH))
        start = first % WIDTH
        return tree.root(hashes[start : start + count])

    def tile_at(self, level: int, index: int) -> Tile:
        """The tile with this place in the log of this size."""
        count = self.size >> (HEIGHT * max(level, 0))
        return Tile(level, index, min(WIDTH, count - index * WIDTH))

    def put(self, tile: Tile, hashes: list[bytes]) -> None:
        """Use these hashes for a tile instead of what the source holds: to try out what the tile would have to be."""
        self._tiles[tile] = hashes

    def _hashes(self, tile: Tile) -> list[bytes]:
        found = self._tiles.get(tile)
        if found is None:
            found = hashes_of(self._fetch(tile), tile.width)
            self._tiles[tile] = found
            if len(self._tiles) > KEPT:
                self._tiles.popitem(last=False)
        return found

"""Appends: which files a log gains when entries are added, in the order in which they may be written.

Bundles come first, then tiles from the bottom up; a checkpoint may follow only when all of them are durable.
The state is the right edge: per level the hashes of its open tile, at most 255 each.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from visavis.tlog.tiles import ENTRIES, WIDTH, Malformed, Tile, hashes_of, pack, unpack
from visavis.tlog.tree import EMPTY, leaf_hashes, node_hash, root

# The content of a tile; raises when there is none.
Fetch = Callable[[Tile], bytes]


@dataclass
class Edge:
    """The right edge of a log: its size, the open tile of each level, and the entries of the open bundle."""

    size: int = 0
    levels: list[list[bytes]] = field(default_factory=list)
    bundle: list[bytes] = field(default_factory=list)

    def root(self) -> bytes:
        """The root of the whole log."""
        found: bytes | None = None
        for hashes in self.levels:
            for peak in reversed(_peaks(hashes)):
                found = peak if found is None else node_hash(peak, found)
        return EMPTY if found is None else found

    def append(self, entries: Sequence[bytes]) -> list[tuple[Tile, bytes]]:
        """Add entries; returns the new files with their final bytes. Raises `Malformed`, changing nothing."""
        level, fresh, start = 0, leaf_hashes(entries), self.size
        # It takes no entry that is too long, and then none of them.
        files = self._bundles(entries)
        self.size += len(entries)
        while fresh:
            if level == len(self.levels):
                self.levels.append([])
            tiles, above = _fill(level, start, self.levels[level], fresh)
            files += tiles
            start, fresh, level = start // WIDTH, above, level + 1
        return files

    def _bundles(self, entries: Sequence[bytes]) -> list[tuple[Tile, bytes]]:
        index, waiting = self.size // WIDTH, [*self.bundle, *entries]
        files: list[tuple[Tile, bytes]] = []
        while len(waiting) >= WIDTH:
            files.append((Tile(ENTRIES, index), pack(waiting[:WIDTH])))
            index, waiting = index + 1, waiting[WIDTH:]
        if waiting and entries:
            files.append((Tile(ENTRIES, index, len(waiting)), pack(waiting)))
        self.bundle = waiting
        return files


def _fill(
    level: int, start: int, opened: list[bytes], fresh: Sequence[bytes]
) -> tuple[list[tuple[Tile, bytes]], list[bytes]]:
    """The tiles of one level that gain hashes, and the hashes that full ones pass up; `opened` becomes the new edge."""
    index, waiting = start // WIDTH, [*opened, *fresh]
    files, above = [], []
    while len(waiting) >= WIDTH:
        files.append((Tile(level, index), b"".join(waiting[:WIDTH])))
        above.append(root(waiting[:WIDTH]))
        index, waiting = index + 1, waiting[WIDTH:]
    if waiting:
        files.append((Tile(level, index, len(waiting)), b"".join(waiting)))
    opened[:] = waiting
    return files, above


def _peaks(hashes: Sequence[bytes]) -> list[bytes]:
    """The complete subtrees that an open tile consists of, the largest first."""
    peaks, at = [], 0
    for height in range(7, -1, -1):
        width = 1 << height
        if len(hashes) & width:
            peaks.append(root(hashes[at : at + width]))
            at += width
    return peaks


def edge_of(size: int, fetch: Fetch) -> Edge:
    """The right edge of a log of this size from its own files; raises `Malformed`, and what `fetch` raises.

    Whoever goes on from it compares `root()` with a signed checkpoint first.
    """
    levels: list[list[bytes]] = []
    count = size
    while count:
        full, rest = divmod(count, WIDTH)
        tile = Tile(len(levels), full, rest)
        levels.append(hashes_of(fetch(tile), rest) if rest else [])
        count = full
    entries: Sequence[bytes] = []
    if size % WIDTH:
        last = Tile(ENTRIES, size // WIDTH, size % WIDTH)
        entries = unpack(fetch(last), last.width)
        if leaf_hashes(entries) != levels[0]:
            raise Malformed(f"{last.path} does not match its hashes")
    return Edge(size, levels, list(entries))

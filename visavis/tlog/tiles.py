"""Tiles and entry bundles, and the paths they are served under: C2SP tlog-tiles.

A tile of level L holds up to 256 hashes; each is the root over 256**L leaves. A bundle holds the entries of a level 0
tile, each with its length as a big-endian 16-bit number before it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from visavis.tlog.tree import HASH_BYTES

WIDTH = 256
HEIGHT = 8
MAX_LEVEL = 63
MAX_ENTRY = 65_535
ENTRIES = -1  # as a level: the bundle of entries beside the level 0 tile

_PATH = re.compile(
    r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII
)


class Malformed(ValueError):
    """Bytes or text that are not what the format demands; the text says where."""


@dataclass(frozen=True)
class Tile:
    """One tile, or with level `ENTRIES` one bundle: its place, and how many of its 256 slots are used."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def full(self) -> bool:
        """Whether nothing can be added any more."""
        return self.width == WIDTH

    @property
    def path(self) -> str:
        """Where it is served, for example `tile/0/x001/x234/067.p/5`."""
        name, rest = f"{self.index % 1000:03d}", self.index // 1000
        while rest:
            name, rest = f"x{rest % 1000:03d}/{name}", rest // 1000
        level = "entries" if self.level == ENTRIES else str(self.level)
        return f"tile/{level}/{name}" + ("" if self.full else f".p/{self.width}")


def parse_path(path: str) -> Tile:
    """The tile that a path names; raises `Malformed` for every other spelling."""
    found = _PATH.fullmatch(path)
    if found is None:
        raise Malformed(f"not the path of a tile: {path}")
    level, name, width = found.groups()
    elements = name.replace("x", "").split("/")
    if len(elements) > 1 and elements[0] == "000":
        raise Malformed(f"leading zeros: {path}")
    tile = Tile(
        ENTRIES if level == "entries" else int(level),
        int("".join(elements)),
        int(width) if width else WIDTH,
    )
    if tile.level > MAX_LEVEL or (width and tile.width >= WIDTH):
        raise Malformed(f"out of range: {path}")
    return tile


def tiles_of(size: int) -> Iterator[Tile]:
    """Every tile of hashes of a tree of this size, level by level; a partial one is the last of its level."""
    level, count = 0, size
    while count:
        full, rest = divmod(count, WIDTH)
        yield from (Tile(level, index) for index in range(full))
        if rest:
            yield Tile(level, full, rest)
        level, count = level + 1, full


def bundles_of(size: int) -> Iterator[Tile]:
    """Every bundle of entries of a tree of this size."""
    full, rest = divmod(size, WIDTH)
    yield from (Tile(ENTRIES, index) for index in range(full))
    if rest:
        yield Tile(ENTRIES, full, rest)


def hashes_of(content: bytes, width: int) -> list[bytes]:
    """The hashes of a tile; raises `Malformed` unless there are exactly `width`."""
    if len(content) != width * HASH_BYTES:
        raise Malformed(f"{len(content)} bytes, {width * HASH_BYTES} expected")
    return [content[at : at + HASH_BYTES] for at in range(0, len(content), HASH_BYTES)]


def pack(entries: Iterable[bytes]) -> bytes:
    """A bundle of entries; raises `Malformed` where one is longer than 65,535 bytes."""
    parts = []
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise Malformed(f"an entry of {len(entry)} bytes; {MAX_ENTRY} is the most")
        parts += [len(entry).to_bytes(2, "big"), entry]
    return b"".join(parts)


def readable(content: bytes) -> tuple[list[bytes], int]:
    """The entries that a bundle begins with, and where the first one begins that is cut short, or it ends."""
    entries: list[bytes] = []
    at = 0
    while at < len(content):
        end = at + 2 + int.from_bytes(content[at : at + 2], "big")
        if end > len(content):
            break
        entries.append(content[at + 2 : end])
        at = end
    return entries, at


def unpack(content: bytes, width: int) -> Sequence[bytes]:
    """The entries of a bundle; raises `Malformed` unless there are exactly `width` and nothing after them."""
    entries, at = readable(content)
    if at < len(content):
        raise Malformed(f"entry {len(entries)} is cut short")
    if len(entries) != width:
        raise Malformed(f"{len(entries)} entries, {width} expected")
    return entries

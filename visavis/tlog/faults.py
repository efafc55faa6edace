"""What an audit finds: levels, and the place of the first fault on each."""

from collections.abc import Sequence
from dataclasses import dataclass

from visavis.tlog.sources import Missing
from visavis.tlog.tiles import WIDTH, Tile


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where: a file, and the leaf where one can be named."""

    place: str
    what: str
    leaf: int | None = None

    def __str__(self) -> str:
        leaf = "" if self.leaf is None else f", leaf {self.leaf}"
        return f"{self.place}{leaf}: {self.what}"


@dataclass(frozen=True)
class Level:
    """What one level found: how much was checked, and the first fault if there is one."""

    name: str
    checked: int
    fault: Fault | None = None


def first_difference(tile: Tile, kept: Sequence[bytes], made: Sequence[bytes], what: str) -> Fault:
    """A fault of a tile at the first slot that differs from what lies below it; without a slot where none does."""
    slot = next(
        (i for i, pair in enumerate(zip(kept, made, strict=False)) if pair[0] != pair[1]), None
    )
    if slot is None:
        return Fault(tile.path, what)
    leaf = (tile.index * WIDTH + slot) << (8 * tile.level)
    return Fault(tile.path, what, leaf)


def behind(size: int, name: str, older: int) -> str:
    """That the log is shorter than it has been."""
    return (
        f"the log holds {size} leaves, {name} saw {older}: it has been put back to an earlier state"
    )


def said(error: Exception) -> str:
    """An error in words."""
    return f"missing: {error}" if isinstance(error, Missing) else str(error)

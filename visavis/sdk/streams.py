"""What was received of a stream: a prefix without a gap, and what waits behind one."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

Entry = Mapping[str, Any]
# A hello lists so many conversations; the others are pulled after it.
LISTED = 500


class Stream:
    """One numbered stream of one conversation; entries become visible in number order, each once."""

    def __init__(self, held: int = 0) -> None:
        self.entries: list[Entry] = []
        self.high = held
        self.last = held
        self.duplicates = 0
        self._early: dict[int, Entry] = {}

    def add(self, entries: Iterable[Entry], last: int = 0) -> list[Entry]:
        """Take in entries of any order; returns those that became visible, in order."""
        for entry in entries:
            number = entry["no"]
            self.last = max(self.last, number)
            if number <= self.high or number in self._early:
                self.duplicates += 1
            else:
                self._early[number] = entry
        self.last = max(self.last, last)
        fresh: list[Entry] = []
        while self.high + 1 in self._early:
            self.high += 1
            fresh.append(self._early.pop(self.high))
        self.entries += fresh
        return fresh

    @property
    def gap(self) -> bool:
        """Whether something is known to be missing."""
        return self.high < self.last


class Streams:
    """All streams that a client holds, by (conversation, stream)."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], Stream] = {}

    def of(self, conversation: str, stream: str = "shared") -> Stream:
        """The stream, empty at first."""
        return self._held.setdefault((conversation, stream), Stream())

    def marks(self) -> list[dict[str, Any]]:
        """What a hello says about each conversation; of very many about the last ones."""
        marks: dict[str, dict[str, Any]] = {}
        for (conversation, stream), held in self._held.items():
            marks.setdefault(conversation, {"conversation": conversation})[stream] = held.high
        return list(marks.values())[-LISTED:]

    def beyond(self, listed: Collection[str]) -> list[tuple[str, str]]:
        """The streams of other conversations than these."""
        return [key for key in self._held if key[0] not in listed]

    def gaps(self) -> list[tuple[str, str, int]]:
        """Where something is missing: conversation, stream, and the highest number held before the gap."""
        return [(*key, held.high) for key, held in self._held.items() if held.gap]

    def forget(self) -> None:
        """Drop everything: the data store is another one."""
        for key in self._held:
            self._held[key] = Stream()

"""The first look at a text: which patterns of some policies it can hold at all, by its words and their distances.

It may keep a pattern that is not there, and never drops one that is. One pass names the words, without their places;
sets of them name the patterns all of whose classes have a word; of those the words are sought and their distances
compared. Most texts hold the words of some pattern, far apart, and need no closer look.
"""

import functools
import operator
from collections.abc import Collection, Iterable, Sequence

from visavis.supervision.rules.looking import EXEMPT, Lexicon, Look
from visavis.supervision.rules.pack import Pattern, Raw, Track, Word
from visavis.supervision.rules.scanning import naming
from visavis.supervision.rules.views import Reading

Rows = tuple[tuple[int, Pattern], ...]  # patterns, each with the bits of its classes


class Glance:
    """What one track looks for on behalf of some policies; made once for every set of them that binds."""

    def __init__(self, track: Track, live: frozenset[str]) -> None:
        kept = {
            number: [one for one in row if one.policy in live]
            for number, row in track.patterns.items()
        }
        needed = {slot for row in kept.values() for one in row for slot in one.slots}
        bits = {number: 1 << place for place, number in enumerate(sorted(needed))}
        rows = {
            number: tuple((_mask(set(one.slots) - track.shapes.keys(), bits), one) for one in row)
            for number, row in kept.items()
        }
        self.lexicon = Lexicon(track.chinese, track.shapes)
        self._rows: dict[str, Rows] = {}
        self._masks: dict[str, int] = {}
        for text, word in zip(track.texts, track.words, strict=True):
            mask = _mask(word.classes, bits)
            if mask or word.exempt:
                self._masks[text] = self._masks.get(text, 0) | mask
                begun = _begun(word.classes, rows)
                if begun:
                    self._rows[text] = self._rows.get(text, ()) + begun
                self._enter(text, word)
        self._hidden = [
            (_mask(word.classes, bits), _begun(word.classes, rows)) for word in track.hidden
        ]
        self.hears = any(mask for mask, _ in self._hidden)
        self._hear = frozenset(
            pair
            for (mask, _), pairs in zip(self._hidden, track.triggers, strict=False)
            if mask
            for pair in pairs
        )
        self._starters = frozenset(self._rows)
        masks: dict[int, int] = {}  # few different ones: as shared objects they stay near
        shared: dict[Rows, Rows] = {}
        self._masks = {text: masks.setdefault(one, one) for text, one in self._masks.items()}
        self._rows = {text: shared.setdefault(row, row) for text, row in self._rows.items()}
        self._masks |= dict.fromkeys(self._hear - self._masks.keys(), 0)
        self._find = naming([*self._masks])

    def _enter(self, text: str, word: Word) -> None:
        lexicon = self.lexicon
        if word.free:
            lexicon.free.add(text)
        for number in (*word.classes, EXEMPT) if word.exempt else word.classes:
            lexicon.members.setdefault(number, set()).add(text)
            if word.open_end:
                lexicon.open.add((text, number))

    def words(self, views: Sequence[str]) -> set[str]:
        """The words in the views, each once; none where no pattern begins and nothing sounds like a word."""
        found: set[str] = set(self._find(views[0], overlapping=True))
        for view in views[1:]:
            found.update(self._find(view, overlapping=True))
        return found

    def sounded(self, found: set[str]) -> bool:
        """Whether two characters found may sound like part of a word, in a text of common characters alone."""
        return not self._hear.isdisjoint(found)

    def wanted(self, found: set[str], heard: Iterable[Raw] = ()) -> Collection[Pattern]:
        """The patterns all of whose classes have a word somewhere."""
        rows = [self._rows[word] for word in found & self._starters]
        if not rows and not heard:
            return ()
        have = functools.reduce(operator.or_, map(self._masks.__getitem__, found), 0)
        for index, _, _ in heard:
            mask, begun = self._hidden[index]
            have |= mask
            rows.append(begun)
        return {one: None for row in rows for need, one in row if have & need == need}.keys()

    def feasible(
        self, reading: Reading, wanted: Collection[Pattern], found: set[str], border: int
    ) -> tuple[Collection[Pattern], Look]:
        """Of these, the ones whose neighbouring slots have words within their gap, on both sides of a border."""
        look = Look(self.lexicon, reading, found)
        kept = [one for one in wanted if look.fits(one)]
        if kept and look.soberly():
            kept = [one for one in kept if look.fits(one)]
        if kept and border and "\u202e" not in reading.text:
            kept = [one for one in kept if one.shaped or look.crosses(one, border)]
        return kept, look


def glance_of(track: Track, live: frozenset[str]) -> Glance:
    """The glance of a track for the policies of a direction, made at its first use."""
    known: Glance | None = track.glances.get(live)
    if known is None:
        known = track.glances[live] = Glance(track, live)
    return known


def _mask(classes: Iterable[int], bits: dict[int, int]) -> int:
    return sum({bits.get(number, 0) for number in classes})


def _begun(classes: Iterable[int], rows: dict[int, Rows]) -> Rows:
    """The patterns kept under these classes."""
    return tuple(row for number in classes for row in rows.get(number, ()))

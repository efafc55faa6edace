"""The first look at a text: which patterns of some policies it can hold at all, by its words and their distances.

It may keep a pattern that is not there, and never drops one that is. One pass names the words, without their places;
their bits name the patterns all of whose classes have a word; of those the words are sought and their distances
compared. Most texts hold the words of some pattern, far apart, and need no closer look.
"""

import functools
import operator
from collections.abc import Iterable, Iterator, Sequence

from visavis.supervision.rules.looking import EXEMPT, Lexicon, Look
from visavis.supervision.rules.pack import Pattern, Raw, Track, Word
from visavis.supervision.rules.scanning import naming
from visavis.supervision.rules.views import Reading


class Glance:
    """What one track looks for on behalf of some policies; made once for every set of them that binds."""

    def __init__(self, track: Track, live: frozenset[str]) -> None:
        kept = [
            (one, [slot for slot in dict.fromkeys(one.slots) if slot not in track.shapes])
            for one in track.patterns
            if one.policy in live
        ]
        kept.sort(key=lambda row: -len(row[1]))
        self.patterns = [one for one, _ in kept]
        bits = self._layered([slots for _, slots in kept])
        # A class of words and shapes is not needed, but its words are sought.
        asked = {slot for one in self.patterns for slot in one.slots}
        self.lexicon = Lexicon(track.chinese, track.shapes)
        self._masks: dict[str, int] = {}
        for text, word in zip(track.texts, track.words, strict=True):
            if word.exempt or not asked.isdisjoint(word.classes):
                self._masks[text] = self._masks.get(text, 0) | _mask(word.classes, bits)
                self._enter(text, word)
        self._hidden = [_mask(word.classes, bits) for word in track.hidden]
        hidden = [not asked.isdisjoint(word.classes) for word in track.hidden]
        self.hears = any(hidden)
        self._hear = frozenset(
            pair
            for heard, pairs in zip(hidden, track.triggers, strict=False)
            if heard
            for pair in pairs
        )
        masks: dict[int, int] = {}  # few different ones: as shared objects they stay near
        self._masks = {text: masks.setdefault(one, one) for text, one in self._masks.items()}
        self._masks |= dict.fromkeys(self._hear - self._masks.keys(), 0)
        self._find = naming([*self._masks])

    def _layered(self, rows: Sequence[Sequence[int]]) -> dict[int, int]:
        """The bits of each class: one in every pattern that asks for it, in the layer of its first, second … class.

        The patterns with most classes come first; where one has no class in a layer, nothing is asked for there.
        """
        bits: dict[int, int] = {}
        # Where a layer begins, and what it does not ask for.
        self._layers: list[tuple[int, int]] = []
        begin = 0
        for layer in range(max(map(len, rows), default=0)):
            asking = [row[layer] for row in rows if len(row) > layer]
            for place, number in enumerate(asking, begin):
                bits[number] = bits.get(number, 0) | 1 << place
            self._layers.append((begin, (1 << len(rows)) - (1 << len(asking))))
            begin += len(asking)
        return bits

    def _enter(self, text: str, word: Word) -> None:
        lexicon = self.lexicon
        if word.free:
            lexicon.free.add(text)
        for number in (*word.classes, EXEMPT) if word.exempt else word.classes:
            lexicon.members.setdefault(number, set()).add(text)
            if word.open_end:
                lexicon.open.add((text, number))

    def words(self, views: Sequence[str]) -> set[str]:
        """The words in the views, each once."""
        found: set[str] = set(self._find(views[0], overlapping=True))
        for view in views[1:]:
            found.update(self._find(view, overlapping=True))
        return found

    def sounded(self, found: set[str]) -> bool:
        """Whether two characters found may sound like part of a word, in a text of common characters alone."""
        return not self._hear.isdisjoint(found)

    def wanted(self, found: Iterable[str], heard: Iterable[Raw] = ()) -> list[Pattern]:
        """The patterns all of whose classes have a word somewhere."""
        have = functools.reduce(operator.or_, map(self._masks.__getitem__, found), 0)
        for index, _, _ in heard:
            have |= self._hidden[index]
        left = (1 << len(self.patterns)) - 1 if have else 0
        for begin, unasked in self._layers:
            left &= have >> begin | unasked
            if not left:
                return []
        return [self.patterns[place] for place in _places(left)]

    def feasible(
        self, reading: Reading, wanted: Sequence[Pattern], found: set[str], border: int
    ) -> tuple[list[Pattern], Look]:
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
    return functools.reduce(operator.or_, (bits.get(number, 0) for number in classes), 0)


def _places(bits: int) -> Iterator[int]:
    """Where the bits of a number are set."""
    while bits:
        yield (bits & -bits).bit_length() - 1
        bits &= bits - 1

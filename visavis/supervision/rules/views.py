"""Views of one text in which disguised words look alike, and the way from each back to the original.

`plain` keeps the words apart (English is read there), `dense` has nothing left between the characters of a word
(Chinese is read there), `sound` spells the characters of `dense` by their readings, `letters` are the letters and
digits of `plain` alone. Each is made by deletions and replacements, so a place can be led back step by step;
that is done only for places where something was found.
"""

import re
from collections.abc import Sequence

from visavis.supervision.rules.components import PARTS, RARE, SPLIT
from visavis.supervision.rules.edits import (
    APART,
    DENSE,
    HYPHENS,
    LOOSE,
    PLAIN,
    nothing,
)
from visavis.supervision.rules.figures import FIGURED, LONG, long_number, numbered, shaped
from visavis.supervision.rules.folding import Evenness, Folding, Hanzi
from visavis.supervision.rules.hearing import Hearing
from visavis.supervision.rules.lazy import Lazy
from visavis.supervision.rules.ranking import Ranker
from visavis.supervision.rules.shapes import identifiers
from visavis.supervision.rules.tracing import Edit, Places, edit, trace

NO_LETTER = re.compile(r"[^a-z0-9\n]+")
NO_LETTERS = bytes(code for code in range(128) if NO_LETTER.match(chr(code)))
# A text without a Chinese character is read for Chinese contact names up to this length.
BRIEF = 40
LATIN = re.compile(r"[a-z0-9@$!](?:[^a-z0-9@$!]?[a-z0-9@$!]){2}")
LETTER = re.compile("[a-z]")
RUN_OVER = re.compile("\u202e([^\u202c\n]*)\u202c?")


class Reader:
    """Everything needed to read a text; made once with the table of characters."""

    def __init__(self, hanzi: Hanzi) -> None:
        self.folding = Folding(hanzi)
        self.evenness = Evenness(self.folding, hanzi)
        self.ranker: Ranker | None = None
        self.sounds = {ord(char): reading for char, reading in hanzi.reading.items()} | {32: ""}
        self.hearing = Hearing(hanzi, self.evenness.chars)

    def read(self, text: str) -> "Reading":
        """The views of `text`."""
        return Reading(self, text)

    def fold(self, word: str, edits: Sequence[Edit]) -> str:
        """A word of the pack as it stands in a view."""
        view = word.translate(self.folding)
        for pattern, become in edits:
            view = pattern.sub(become, view)
        return view

    def sound(self, dense: str) -> str:
        """The reading of a dense word or text."""
        return dense.translate(self.sounds)


class Reading:
    """One text and its views."""

    def __init__(self, reader: Reader, text: str) -> None:
        self._reader = reader
        self.text = text
        # Even, of common characters alone, without letters: what it sounds like is seen by a few of them.
        self.silent = reader.hearing.silent(text)
        even = reader.evenness.turned(text) if self.silent else reader.evenness.fold(text)
        self.even = even is not None  # without any character that hides or stands for another
        if even is None:
            shown = RUN_OVER.sub(lambda run: run[1][::-1], text) if "\u202e" in text else text
            even = shown.translate(reader.folding)
        self.base = even
        # Whether there may be Chinese in the text, and whether there may be English; whether it has a Latin letter: no
        # view has one that the text has not.
        self.speaks = (True, False)
        self.lettered = False
        if not self.silent:
            latin = even.isascii()
            self.speaks = (not latin or len(even) <= BRIEF, latin or bool(LATIN.search(even)))
            self.lettered = LETTER.search(even) is not None

    @Lazy
    def plain(self) -> str:
        """Words apart, the letters of one word together."""
        if not HYPHENS.search(self.base) and not APART.search(self.base):
            return self.base
        return edit(self.base, PLAIN)

    @Lazy
    def dense(self) -> str:
        """Nothing between the characters of a word, and characters put together from their parts."""
        dense = self.base
        if LOOSE.search(dense):
            dense = edit(dense, DENSE)
        if not dense.isascii() and RARE.search(dense):
            return SPLIT.sub(lambda match: PARTS[match[0]], dense)
        return dense

    @property
    def loose(self) -> bool:
        """Whether an edit of the dense view may change anything."""
        return LOOSE.search(self.base) is not None

    @Lazy
    def letters(self) -> str:
        """The letters and digits of `plain` alone."""
        plain: str = self.plain
        if plain.isascii():
            return plain.encode().translate(None, NO_LETTERS).decode()
        return NO_LETTER.sub("", plain)

    @Lazy
    def identifiers(self) -> list[tuple[str, int, int]]:
        """(kind, start, end) in `dense` of each number of a person, a card or a line; most texts have none."""
        if not (LONG.search(self.dense) if self.silent else self._numbered()):
            return []
        return identifiers(self.dense) if long_number(self.dense) else []

    def _numbered(self) -> bool:
        """Whether the dense view may hold a long number; asked where that is not made for its words."""
        return not self.base.isascii() or bool(APART.search(self.base)) or numbered(self.base)

    def shaped(self, view: str) -> bool:
        """Whether there may be any shape in this view of the text."""
        return bool(FIGURED.search(view)) if self.silent else shaped(view)

    def exceeds(self, odds: float) -> bool:
        """Whether the log odds of a breach, by what reviewers decided about other texts, are above these."""
        view, ranker = self.plain if self.base.isascii() else self.dense, self._reader.ranker
        return ranker is not None and ranker.exceeds(view, odds)

    @property
    def sound(self) -> str:
        """The dense view, spelled by readings."""
        return self._reader.sound(self.dense)

    def murmurs(self, reach: int) -> list[str]:
        """What the dense view sounds like around its letters and uncommon characters, so many characters far."""
        dense, sound = self.dense, self._reader.sound
        around: list[tuple[int, int]] = []
        for start, end in self._reader.hearing.loud(dense):
            if around and start - reach <= around[-1][1]:
                around[-1] = (around[-1][0], end + reach)
            else:
                around.append((max(0, start - reach), end + reach))
        return [sound(dense[start:end]) for start, end in around]

    @Lazy
    def plain_places(self) -> Places:
        """For each character of `plain`, its index in the text."""
        return trace(self.base, PLAIN, self._base_places())

    @Lazy
    def dense_places(self) -> Places:
        """For each character of `dense`, its index in the text."""
        places, before = self._base_places(), self.base
        if self.loose:
            places, before = trace(before, DENSE, places), edit(before, DENSE)
        if before != self.dense:
            places = trace(before, ((SPLIT, lambda match: PARTS[match[0]]),), places)
        return places

    def letters_in_plain(self) -> Places:
        """For each character of `letters`, its index in `plain`."""
        return trace(self.plain, ((NO_LETTER, nothing),), list(range(len(self.plain))))

    def sound_in_dense(self) -> tuple[Places, Places]:
        """For each letter of `sound`, its index in `dense`; and where each character of `dense` begins."""
        owner: Places = []
        begins: Places = []
        sounds = self._reader.sounds
        for index, char in enumerate(self.dense):
            begins.append(len(owner))
            owner += [index] * len(sounds.get(ord(char), char))
        begins.append(len(owner))
        return owner, begins

    def _base_places(self) -> Places:
        order = list(range(len(self.text)))
        if self.even:
            return order
        if "\u202e" in self.text:
            shown: Places = []
            last = 0
            for run in RUN_OVER.finditer(self.text):
                shown += order[last : run.start()] + order[run.start(1) : run.end(1)][::-1]
                last = run.end()
            order = shown + order[last:]
        folding = self._reader.folding
        sizes = [len(folding[ord(self.text[index])]) for index in order]
        if sizes.count(1) == len(sizes):
            return order
        return [index for index, size in zip(order, sizes, strict=True) for _ in range(size)]

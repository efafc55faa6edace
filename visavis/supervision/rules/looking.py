"""The places of words in a view: sought one word after another, where a pattern asks for them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from visavis.supervision.rules.figures import BEGINS, BEGUN
from visavis.supervision.rules.pack import Pattern
from visavis.supervision.rules.shapes import SHAPES
from visavis.supervision.rules.views import Reading

Span = tuple[int, int]
Place = tuple[int, int, bool]  # where it begins and ends, and whether it is only a look-alike
EXEMPT = -1  # the class of words that are lawful


@dataclass
class Lexicon:
    """The words of some policies: of each class, and how each may stand."""

    chinese: bool
    shapes: Mapping[int, Sequence[str]]
    members: dict[int, set[str]] = field(default_factory=dict)
    free: set[str] = field(default_factory=set)  # begin and end with characters that need no border
    open: set[tuple[str, int]] = field(default_factory=set)  # may go on in this class


class Look:
    """The places of the classes of one text, each sought when a pattern asks."""

    def __init__(self, lexicon: Lexicon, reading: Reading, found: set[str]) -> None:
        self._lexicon, self._reading, self._found = lexicon, reading, found
        self.view: str = reading.dense if lexicon.chinese else reading.plain
        self._words: dict[int, list[Span]] = {}
        self._shapes: dict[str, list[Span]] = {}
        self._exactly: dict[int, list[Place]] = {}
        self._exempt: list[Span] | None = None

    def soberly(self) -> bool:
        """Leave out, from now on, what lies in a lawful term; whether there is one."""
        if self._exempt is None:
            self._exempt = sorted(self._standing(EXEMPT))
            if self._exempt:
                self._words.clear()
        return bool(self._exempt)

    def fits(self, pattern: Pattern) -> bool:
        """Whether each slot has a place, and each two neighbours one pair near enough; wrong only by a yes."""
        shapes, words = self._lexicon.shapes, self._words
        left: list[Span] = []
        for number, slot in enumerate(pattern.slots):
            right = words.get(slot)
            if right is None:
                right = words[slot] = self._standing(slot)
            if not number:
                left = right + self._shaped(slot) if slot in shapes else right
                if not left:
                    return False
                continue
            gap, free = pattern.gaps[number - 1]
            near = bool(right) and _near(left, right, gap, free)
            if slot in shapes and not (near and number == len(pattern.slots) - 1):
                if not near and not self._begins(slot, left, gap, free):
                    return False
                right = right + self._shaped(slot)
                near = _near(left, right, gap, free)
            if not near:
                return False
            left = right
        return True

    def _begins(self, slot: int, left: Sequence[Span], gap: int, free: bool) -> bool:
        """Whether one of the shapes of a class may lie near one of these places, by its first character."""
        if free or not BEGUN.issuperset(self._lexicon.shapes[slot]):
            return True
        return any(BEGINS.search(self.view, end, end + gap + 1) for _, end in left)

    def crosses(self, pattern: Pattern, border: int) -> bool:
        """Whether one slot has a place that begins before the border, and one has a place that ends behind it."""
        reading = self._reading
        places = reading.dense_places if self._lexicon.chinese else reading.plain_places
        spans = [span for slot in pattern.slots for span in self._words[slot]]
        return any(places[start] < border for start, _ in spans) and any(
            places[end - 1] >= border for _, end in spans
        )

    def of(self, slot: int) -> list[Place]:
        """The places of a class, in order: of its words where they may stand, and of its shapes."""
        known = self._exactly.get(slot)
        if known is None:
            self.soberly()
            spans = self._words.get(slot)
            if spans is None:
                spans = self._standing(slot)
            if slot in self._lexicon.shapes or len(spans) > 1:
                spans = sorted({*spans, *self._shaped(slot)})
            known = [(start, end, False) for start, end in spans]
            self._exactly[slot] = known
        return known

    def _standing(self, slot: int) -> list[Span]:
        """The places of the words of a class where each may stand, outside of lawful terms so far as known."""
        lexicon, view = self._lexicon, self.view
        spans: list[Span] = []
        for word in lexicon.members.get(slot, EMPTY) & self._found:
            size = len(word)
            start = view.find(word)
            if word in lexicon.free:
                while start >= 0:
                    spans.append((start, start + size))
                    start = view.find(word, start + 1)
            else:
                goes_on = (word, slot) in lexicon.open
                while start >= 0:
                    if bordered(view, start, start + size, goes_on):
                        spans.append((start, start + size))
                    start = view.find(word, start + 1)
        if self._exempt:
            spans = [span for span in spans if not inside(span, self._exempt)]
        return spans

    def _shaped(self, slot: int) -> list[Span]:
        """Where a class has a shape in the view."""
        names = self._lexicon.shapes.get(slot, ())
        if not names or not self._reading.shaped(self.view):
            return []
        spans: list[Span] = []
        for name in names:
            if name not in self._shapes:
                self._shapes[name] = SHAPES[name](self.view)
            spans += self._shapes[name]
        return spans


EMPTY: set[str] = set()


def inside(place: Span, lawful: Iterable[Span]) -> bool:
    """Whether a place lies in a lawful term or hangs over its edge: 保证 in 保证金 is no promise."""
    first, last = place
    return any(
        first < end and start < last and not (first <= start and last >= end)
        for start, end in lawful
    )


def bordered(view: str, start: int, end: int, open_end: bool) -> bool:
    """Whether a word of a spaced language stands alone; figures may touch letters of Chinese contact names."""
    if view[start].isascii() and view[start].isalnum() and start:
        before = view[start - 1]
        if before.isascii() and before.isalnum() and before.isdigit() == view[start].isdigit():
            return False
    if end < len(view) - 1 and view[end] == "'" and view[end + 1] == "t":
        return False  # "can" in "can't" says the opposite
    if open_end or end >= len(view):
        return True
    last, after = view[end - 1], view[end]
    return not (
        last.isascii() and last.isalnum() and after.isascii() and after.isalnum()
        and last.isdigit() == after.isdigit()
    )  # fmt: skip


def _near(left: Sequence[Span], right: Sequence[Span], gap: int, free: bool) -> bool:
    for start, end in left:
        for first, last in right:
            if 0 <= first - end <= gap or (free and 0 <= start - last <= gap):
                return True
    return False

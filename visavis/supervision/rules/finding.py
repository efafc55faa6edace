"""Finding patterns: the words of a track in a view, rows of them, and the guards for what is left."""

import functools
import operator
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from visavis.supervision.rules import guards
from visavis.supervision.rules.edits import unleeted
from visavis.supervision.rules.glance import glance_of
from visavis.supervision.rules.looking import Look, bordered, inside
from visavis.supervision.rules.pack import Pack, Pattern, Raw, Track
from visavis.supervision.rules.shapes import SHAPES
from visavis.supervision.rules.views import Reading

LETTER = re.compile("[a-z]")
MANY = 60  # so many places of one class are no ordinary text: the rest is not compared one by one


@dataclass(slots=True)
class Found:
    """The words of one track in one text, by class; shapes are looked for when a pattern asks."""

    track: Track
    view: str
    places: dict[int, list[tuple[int, int, bool]]] = field(default_factory=dict)
    exempt: list[tuple[int, int]] = field(default_factory=list)

    def of(self, slot: int) -> list[tuple[int, int, bool]]:
        """Places of a class, in order."""
        shapes = self.track.shapes.get(slot)
        if shapes is None:
            return self.places.get(slot, [])
        key = -1 - slot
        if key not in self.places:
            spans = [span for name in shapes for span in SHAPES[name](self.view)]
            rest = self.places.get(slot, [])
            self.places[key] = sorted([*rest, *((start, end, False) for start, end in spans)])
        return self.places[key]


def hits_in(
    pack: Pack, track: Track, reading: Reading, live: frozenset[str], border: int = 0
) -> Iterator[tuple[str, int, int]]:
    """(policy, start, end) in the track's view of each pattern that is there and not guarded away.

    With a `border`, a place in the text, only what lies on both sides of it is asked for; more may be found.
    """
    chinese = track.chinese
    view = reading.dense if chinese else reading.plain
    views = [view] if chinese else [view, *unleeted(view)]
    wide = pack.wide[live]
    glance = glance_of(track, wide)
    words = glance.words(views)
    heard: list[Raw] = []
    if glance.hears and (not chinese or glance.sounded(words) or _murmurs(track, reading)):
        heard = _heard(track, reading, view, chinese)
    wanted = glance.wanted(words, heard)
    if wanted and live is not wide and live != wide:
        wanted = [one for one in wanted if one.policy in live]
    if not wanted:
        return
    found: Look | Found
    if heard or len(views) > 1:
        found = _found(track, reading, views, wanted, heard)
    else:
        wanted, found = glance.feasible(reading, wanted, words, border)
    turned: dict[tuple[frozenset[str], int, int], bool] = {}
    for pattern in wanted:
        names = pack.policies[pattern.policy].guards
        for start, end in _follow(pattern, found, chinese):
            key = (names, start, end)
            if key not in turned:
                turned[key] = guards.guarded(names, view, start, end, chinese)
            if not turned[key]:
                yield pattern.policy, start, end


def _found(
    track: Track,
    reading: Reading,
    views: Sequence[str],
    wanted: Iterable[Pattern],
    heard: Sequence[Raw],
) -> Found:
    """All words that these patterns ask for, also those heard, and those in other views of the same length."""
    found = Found(track, views[0])
    asked = functools.reduce(operator.or_, (pattern.need | pattern.shaped for pattern in wanted))
    for one in views:
        _enter(found, track.automaton.find_matches_as_indexes(one, overlapping=True), one, asked)
    if heard:
        _enter_heard(found, reading, heard, track.chinese)
    _settle(found)
    return found


def _heard(track: Track, reading: Reading, view: str, chinese: bool) -> list[Raw]:
    """Words found by their sound or run together, and not also as they are written."""
    raw = track.hidden_automaton.find_matches_as_indexes(
        reading.sound if chinese else reading.letters, overlapping=True
    )
    return [hit for hit in raw if track.hidden[hit[0]].text not in view] if raw else raw


def _murmurs(track: Track, reading: Reading) -> bool:
    """Whether anything may sound like a word with a letter or an uncommon character of the text in it."""
    return not reading.silent and any(
        track.hidden_automaton.find_matches_as_indexes(one, overlapping=True)
        for one in reading.murmurs(track.reach)
    )


def _settle(found: Found) -> None:
    """Take lawful terms out, and put the places in order."""
    exempt = found.exempt
    for number, places in list(found.places.items()):
        if exempt:
            places[:] = [place for place in places if not inside(place[:2], exempt)]
            if not places:
                del found.places[number]
        if len(places) > 1:
            places.sort()


def _enter(found: Found, raw: Sequence[Raw], view: str, asked: int) -> None:
    known = found.places
    words, masks, exempt = found.track.words, found.track.masks, found.track.exempt
    for index, start, end in raw:
        if not masks[index] & asked and index not in exempt:
            continue
        word = words[index]
        classes = [number for number in word.classes if asked >> number & 1]
        if not word.free and not bordered(view, start, end, word.open_end):
            continue
        if word.exempt:
            found.exempt.append((start, end))
        place = (start, end, False)
        for number in classes:
            places = known.get(number)
            if places is None:
                known[number] = [place]
            elif len(places) > MANY or place not in places:
                places.append(place)


def _enter_heard(found: Found, reading: Reading, heard: Sequence[Raw], chinese: bool) -> None:
    """Lead what was heard back into the view; a short homophone is only a look-alike."""
    owner, begins = reading.sound_in_dense() if chinese else (reading.letters_in_plain(), None)
    edges = frozenset(begins or ())
    for index, start, end in heard:
        if begins is not None and (start not in edges or end not in edges):
            continue
        first, last = owner[start], owner[end - 1] + 1
        if not bordered(found.view, first, last, open_end=False):
            continue
        word = found.track.hidden[index]
        weak = word.weak and LETTER.search(found.view, first, last) is None
        for number in word.classes:
            places = found.places.setdefault(number, [])
            if (first, last, False) not in places:
                places.append((first, last, weak))


def _follow(pattern: Pattern, found: Look | Found, chinese: bool) -> list[tuple[int, int]]:
    """Where the slots follow one another within their gaps; look-alikes alone are no hit."""
    rows = [(start, end, weak, (start, end)) for start, end, weak in found.of(pattern.slots[0])]
    for slot, (gap, free) in zip(pattern.slots[1:], pattern.gaps, strict=True):
        rows = [
            (min(row[0], start), max(row[1], end), row[2] and weak, (start, end))
            for row in rows[:60]
            for start, end, weak in found.of(slot)
            if _near(found.view, row[3], (start, end), gap, free, chinese)
        ]
        if not rows:
            return []
    return list({(start, end) for start, end, weak, _ in rows if not weak})


def _near(
    view: str, left: tuple[int, int], right: tuple[int, int], gap: int, free: bool, chinese: bool
) -> bool:
    if free and right[0] < left[0]:
        left, right = right, left
    distance = right[0] - left[1]
    if not 0 <= distance <= gap:
        return False
    short = left[1] - left[0] == 1 or right[1] - right[0] == 1
    if chinese and short and distance and "," in view[left[1] : right[0]]:
        return False  # one character says too little to go on behind a comma: 转托管, 我的账户
    return distance < 2 or not guards.parts(view[left[1] : right[0]], chinese)

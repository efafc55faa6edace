"""Finding patterns: the words of a track in a view, rows of them, and the guards for what is left."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from visavis.supervision.rules import guards
from visavis.supervision.rules.pack import Pack, Pattern, Track, Word
from visavis.supervision.rules.shapes import SHAPED, SHAPES
from visavis.supervision.rules.views import Reading
from visavis.supervision.types import Judged, Policy

ASCII_LETTER = re.compile("[a-z]")


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


def words_in(track: Track, reading: Reading, chinese: bool) -> Found:
    """Every word of the track in the text: as it stands, by its sound, run together, in figures for letters."""
    view = reading.dense if chinese else reading.plain
    found = Found(track, view)
    if chinese:
        _enter(found, track.words, track.automaton, view)
        if track.hidden_automaton is not None:
            _sounds(found, reading)
    elif ASCII_LETTER.search(view):
        _enter(found, track.words, track.automaton, view)
        for other in reading.unleeted():
            _enter(found, track.words, track.automaton, other)
        if track.hidden_automaton is not None:
            _run_together(found, reading)
    exempt = found.exempt
    for number, places in list(found.places.items()):
        if exempt:
            places[:] = [place for place in places if not _inside(place, exempt)]
            if not places:
                del found.places[number]
        if len(places) > 1:
            places.sort()
    return found


def _enter(found: Found, words: Sequence[Word], automaton: Any, view: str) -> None:
    known = found.places
    for index, start, end in automaton.find_matches_as_indexes(view, overlapping=True):
        word = words[index]
        if not word.free and not _bordered(view, start, end, word.open_end):
            continue
        if word.exempt:
            found.exempt.append((start, end))
        place = (start, end, False)
        for number in word.classes:
            places = known.get(number)
            if places is None:
                known[number] = [place]
            elif place not in places:
                places.append(place)


def _sounds(found: Found, reading: Reading) -> None:
    track = found.track
    raw = track.hidden_automaton.find_matches_as_indexes(reading.sound, overlapping=True)
    raw = [hit for hit in raw if track.hidden[hit[0]].text not in found.view]
    if not raw:
        return
    owner, begins = reading.sound_in_dense()
    edges = frozenset(begins)
    for index, start, end in raw:
        if start not in edges or end not in edges:
            continue
        place = owner[start], owner[end - 1] + 1
        if not _bordered(found.view, *place, open_end=False):
            continue
        word = track.hidden[index]
        for number in word.classes:
            places = found.places.setdefault(number, [])
            if (*place, False) not in places:
                spelled = ASCII_LETTER.search(found.view, *place) is not None
                places.append((*place, word.weak and not spelled))


def _run_together(found: Found, reading: Reading) -> None:
    track = found.track
    raw = track.hidden_automaton.find_matches_as_indexes(reading.letters, overlapping=True)
    raw = [hit for hit in raw if track.hidden[hit[0]].text not in found.view]
    if not raw:
        return
    owner = reading.letters_in_plain()
    for index, start, end in raw:
        first, last = owner[start], owner[end - 1] + 1
        if not _bordered(found.view, first, last, open_end=False):
            continue
        for number in track.hidden[index].classes:
            places = found.places.setdefault(number, [])
            if (first, last, False) not in places:
                places.append((first, last, False))


def patterns_in(
    pack: Pack, found: Found, judged: Judged, chinese: bool
) -> Iterator[tuple[str, int, int]]:
    """(policy, start, end) of each pattern that is there and not guarded away."""
    have = 0
    for number in found.places:
        have |= 1 << number
    for anchor in tuple(found.places):
        for pattern in found.track.patterns.get(anchor, ()):
            need = pattern.need
            if have & need != need:
                continue
            policy = pack.policies[pattern.policy]
            if judged.direction not in policy.actions or not binds(policy, judged):
                continue
            lacking = pattern.shaped & ~have
            if lacking and not SHAPED.search(found.view):
                continue
            for start, end in _follow(pattern, found, chinese):
                if not guards.guarded(policy.guards, found.view, start, end, chinese):
                    yield pattern.policy, start, end


def _follow(pattern: Pattern, found: Found, chinese: bool) -> list[tuple[int, int]]:
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
    return distance < 2 or not guards.parts(view[left[1] : right[0]], chinese)


def _bordered(view: str, start: int, end: int, open_end: bool) -> bool:
    """Whether a word of a spaced language stands alone; figures may touch letters of Chinese contact names."""
    if view[start].isascii() and view[start].isalnum() and start:
        before = view[start - 1]
        if before.isascii() and before.isalnum() and before.isdigit() == view[start].isdigit():
            return False
    if open_end or end >= len(view):
        return True
    last, after = view[end - 1], view[end]
    return not (
        last.isascii() and last.isalnum() and after.isascii() and after.isalnum()
        and last.isdigit() == after.isdigit()
    )  # fmt: skip


def _inside(place: tuple[int, int, bool], spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a place lies in a lawful term or hangs over its edge: 保证 in 保证金 is no promise."""
    return any(
        place[0] < end and start < place[1] and not (place[0] < start and place[1] > end)
        and (place[0], place[1]) != (start, end)
        for start, end in spans
    )  # fmt: skip


def binds(policy: Policy, judged: Judged) -> bool:
    """Whether the policy is one of the speaker's department, or everybody's."""
    return not policy.departments or judged.department in policy.departments

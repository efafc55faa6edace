"""The sieve before the places: which patterns can lie in a text at all, by the distances of their words alone.

It may keep a pattern that is not there, and never drops one that is: most texts hold the words of some pattern, far
apart, and need no closer look.
"""

import functools
import operator
from collections.abc import Sequence

from visavis.supervision.rules.pack import Pattern, Raw, Track
from visavis.supervision.rules.shapes import SHAPES, shaped
from visavis.supervision.rules.views import Reading

NOTHING: frozenset[int] = frozenset()


def wanted(
    track: Track, raws: Sequence[list[Raw]], heard: list[Raw], live: frozenset[str]
) -> list[Pattern]:
    """The patterns all of whose classes have a word somewhere; a filter before any place is looked at."""
    starters, begins = track.bound(live)
    numbers = {hit[0] for raw in raws for hit in raw}
    rows = [begins[number] for number in numbers & starters]
    if not rows and not heard:
        return []
    have = functools.reduce(operator.or_, map(track.masks.__getitem__, numbers), 0)
    for index, _, _ in heard:
        word = track.hidden[index]
        have |= word.mask
        rows.append(tuple(one for one in word.begins if one.policy in live))
    return list({one: None for row in rows for one in row if have & one.need == one.need})


def feasible(
    track: Track, reading: Reading, wanted: Sequence[Pattern], raw: Sequence[Raw], border: int
) -> list[Pattern]:
    """The patterns whose neighbouring slots have words within their gap, and words on both sides of a border."""
    if border and "\u202e" not in reading.text:
        wanted = _across(track, reading, wanted, raw, border)
    view = reading.dense if track.chinese else reading.plain
    lawful = [hit for hit in raw if hit[0] in track.lawful]
    return [one for one in wanted if _feasible(track, one, raw, lawful, view)]


def _across(
    track: Track, reading: Reading, wanted: Sequence[Pattern], raw: Sequence[Raw], border: int
) -> list[Pattern]:
    """The patterns with a class that has a word before the border, and one that has a word behind it."""
    places = reading.dense_places if track.chinese else reading.plain_places
    masks = track.masks
    early = late = 0
    for index, start, end in raw:
        if places[start] < border:
            early |= masks[index]
        if places[end - 1] >= border:
            late |= masks[index]
    return [one for one in wanted if one.shaped or (one.need & early and one.need & late)]


def _feasible(
    track: Track, pattern: Pattern, raw: Sequence[Raw], lawful: Sequence[Raw], view: str
) -> bool:
    """Whether each slot has a word or a shape in the view, and each two neighbours one pair near enough."""
    left: list[Raw] = []
    gaps = iter(((0, False), *pattern.gaps))
    for slot in pattern.slots:
        members = track.members.get(slot, NOTHING)
        right = [hit for hit in raw if hit[0] in members]
        if right and lawful:
            right = [hit for hit in right if not inside(hit[1:], lawful)]
        if slot in track.shapes and shaped(view):
            names = track.shapes[slot]
            right += [(slot, *span) for name in names for span in SHAPES[name](view)]
        gap, free = next(gaps)
        if not right or (left and not _near(left, right, gap, free)):
            return False
        left = right
    return True


def inside(place: tuple[int, int], lawful: Sequence[Raw]) -> bool:
    """Whether a place lies in a lawful term or hangs over its edge: 保证 in 保证金 is no promise."""
    first, last = place
    return any(
        first < end and start < last and not (first <= start and last >= end)
        for _, start, end in lawful
    )


def _near(left: Sequence[Raw], right: Sequence[Raw], gap: int, free: bool) -> bool:
    return any(
        0 <= second[1] - first[2] <= gap or (free and 0 <= first[1] - second[2] <= gap)
        for first in left
        for second in right
    )

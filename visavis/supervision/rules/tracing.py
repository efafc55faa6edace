"""Edits of a text, and the way back: for each character that is left, the place it came from."""

import re
from collections.abc import Callable, Sequence

Edit = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]
Places = list[int]


def edit(view: str, edits: Sequence[Edit]) -> str:
    """The view after the edits, one after another."""
    for pattern, become in edits:
        view = pattern.sub(become, view)
    return view


def trace(view: str, edits: Sequence[Edit], places: Places) -> Places:
    """The indexes of `places` that are left after the edits; what is put in has the place of its first part."""
    for pattern, become in edits:
        left: Places = []
        last = 0
        for match in pattern.finditer(view):
            put = become(match)
            left += places[last : match.start()]
            left += _kept(match[0], put, places[match.start() : match.end()])
            last = match.end()
        left += places[last:]
        view = pattern.sub(become, view)
        places = left
    return places


def _kept(before: str, after: str, places: Places) -> Places:
    """Places of the characters that survived, in order; a replaced one takes the first place."""
    found: Places = []
    at = 0
    for char in after:
        hit = before.find(char, at)
        found.append(places[hit if hit >= 0 else min(at, len(places) - 1)])
        at = hit + 1 if hit >= 0 else at
    return found

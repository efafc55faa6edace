"""Signals: what a text shows besides its words, hidden characters and numbers of persons and cards."""

import re
from collections.abc import Callable, Mapping

from visavis.supervision.rules import guards
from visavis.supervision.rules.views import Reading
from visavis.supervision.types import Policy

# An invisible character inside a word; joiners inside an emoji are none.
HIDDEN = re.compile("[\u200b\u200c\u200e\u200f\u2060\ufeff\u00ad]")
INVISIBLE = re.compile(rf"\w{HIDDEN.pattern}+(?=\w)")


def _invisible(policy: Policy, reading: Reading) -> list[tuple[int, int]]:
    del policy
    text = reading.text
    if reading.even or text.isascii() or not HIDDEN.search(text):
        return []
    return [(match.start() + 1, match.end()) for match in INVISIBLE.finditer(text)]


def _attachment(policy: Policy, reading: Reading) -> list[tuple[int, int]]:
    """The mark of a file that nobody has read: pictures, voice and codes may hold any words (evasion V10)."""
    del policy
    at = reading.text.find(FILE)
    return [(at, len(reading.text))] if at >= 0 else []


def _suspicion(policy: Policy, reading: Reading) -> list[tuple[int, int]]:
    """The whole text, where it reads like what reviewers called a breach; the ranker learned on short texts."""
    del policy
    if not LEAST <= len(reading.text) <= MOST:
        return []
    odds = reading.odds
    return [(0, len(reading.text))] if odds is not None and odds > SUSPECT else []


def _number(kind: str) -> Callable[[Policy, Reading], list[tuple[int, int]]]:
    """Numbers of one kind, wherever they stand; 11 digits are the shortest."""

    def find(policy: Policy, reading: Reading) -> list[tuple[int, int]]:
        if not reading.identifiers:
            return []
        spans = [
            (start, end)
            for found, start, end in reading.identifiers
            if found == kind
            and not guards.guarded(policy.guards, reading.dense, start, end, chinese=True)
            and not guards.guarded(policy.guards, reading.dense, start, end, chinese=False)
        ]
        places = reading.dense_places if spans else []
        return [(min(places[start:end]), max(places[start:end]) + 1) for start, end in spans]

    return find


# Log odds from which a text is suspected: 1.8 is 6 to 1; see docs/supervision.md for what it costs and finds.
SUSPECT = 1.8
LEAST, MOST = 6, 160
SUSPICION = "@suspicion"

FILE = "\ufffc"

SIGNALS: Mapping[str, Callable[[Policy, Reading], list[tuple[int, int]]]] = {
    "@invisible": _invisible,
    "@attachment": _attachment,
    SUSPICION: _suspicion,
    "@mobile": _number("mobile"),
    "@id": _number("id"),
    "@card": _number("card"),
}

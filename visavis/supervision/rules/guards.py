"""What turns a breach into its opposite: a denial, a warning, a quotation, a report about others, a question.

Scope is the clause for a denial and the sentence for the rest, cut where the speaker turns round (但, but). What is
inside the hit never denies it: "不赔" and "不会亏" are promises although they negate. Two negations in one clause
that belong together make an assertion ("没有不赚的").
"""

import re
from collections.abc import Callable, Mapping

from visavis.supervision.rules.chinese import CHINESE
from visavis.supervision.rules.english import ENGLISH
from visavis.supervision.rules.speech import Speech

SENTENCE = re.compile(r"[。!?\n.](?:(?<!\.)|(?=\s|$))")
QUOTED = re.compile(
    r"“([^”]*)”|「([^」]*)」|『([^』]*)』|\"([^\"]*)\"|《([^》]*)》|【([^】]*)】|"
    r"'(?<![a-z]')([^']*)'(?![a-z])"
)


def guarded(names: frozenset[str], view: str, start: int, end: int, chinese: bool) -> bool:
    """Whether any of the named guards turns this hit away."""
    speech = CHINESE if chinese else ENGLISH
    return any(name in names and GUARDS[name](speech, view, start, end) for name in GUARDS)


def parts(between: str, chinese: bool) -> bool:
    """Whether the words between two slots keep them from being one statement: a sentence ends, or it is denied."""
    if SENTENCE.search(between):
        return True
    speech = CHINESE if chinese else ENGLISH
    if speech.informs.search(between):
        return True
    return bool(speech.negation.search(speech.idle.sub("", between)))


def clause(speech: Speech, view: str, start: int) -> int:
    """Where the clause of `view` begins that holds `start`."""
    first = 0
    for mark in speech.clause.finditer(view, 0, start):
        first = mark.end()
    return first


def sentence(view: str, start: int, end: int) -> tuple[int, int]:
    """The sentence of `view` around [start, end), its closing mark included."""
    first = 0
    for mark in SENTENCE.finditer(view, 0, start):
        first = mark.end()
    after = SENTENCE.search(view, end)
    return first, after.end() if after else len(view)


def negated(speech: Speech, view: str, start: int, end: int) -> bool:
    """Whether the clause denies the hit before it, or takes it back right after."""
    first = clause(speech, view, start)
    before = speech.idle.sub("", view[max(first, start - speech.reach) : start])
    before = speech.double.sub("", before)
    if speech.negation.search(before):
        return True
    _, last = sentence(view, end, end)
    return bool(speech.undone.search(view[end:last]))


def teaches(speech: Speech, view: str, start: int, end: int) -> bool:
    """Whether the sentence warns of the hit, condemns it, names it as a rule's matter, or quotes it."""
    first, last = sentence(view, start, end)
    before, after = view[first:start], view[end:last]
    turned = max((turn.end() for turn in speech.turn.finditer(before)), default=0)
    before = speech.idle.sub("", before[turned:])
    turn = speech.turn.search(after)
    after = after[: turn.start()] if turn else after
    if speech.warns.search(before[-3 * speech.reach :]) and not _own(speech, speech.warns, before):
        return True
    if speech.condemns.search(after[: 2 * speech.reach]):
        return True
    if speech.teaches.search(before) or speech.teaches.search(after):
        return True
    return _quoted(speech, view[first:last], start - first, end - first)


def reports(speech: Speech, view: str, start: int, end: int) -> bool:
    """Whether the hit is what somebody else says or does."""
    first, _ = sentence(view, start, end)
    before = view[first:start]
    turned = max((turn.end() for turn in speech.turn.finditer(before)), default=0)
    return bool(speech.others.search(before[turned:])) and not _own(speech, speech.others, before)


def asks(speech: Speech, view: str, start: int, end: int) -> bool:
    """Whether the clause of the hit is a question about it."""
    first = clause(speech, view, start)
    if speech.asks_before.search(view[first:start]):
        return speech is CHINESE or bool(speech.asks_after.search(view[end:]))
    return speech is CHINESE and bool(speech.asks_after.search(view[end : end + 10]))


def _own(speech: Speech, marker: re.Pattern[str], before: str) -> bool:
    """Whether the speaker comes in between the marker and the hit: "小心被骗，跟我做"."""
    last = None
    for match in marker.finditer(before):
        last = match
    return last is not None and bool(speech.mine.search(before[last.end() :]))


def _quoted(speech: Speech, said: str, start: int, end: int) -> bool:
    for quote in QUOTED.finditer(said):
        if quote.start() <= start and end <= quote.end():
            return bool(speech.said.search(said[: quote.start()] + said[quote.end() :]))
    return False


def hedged(speech: Speech, view: str, start: int, end: int) -> bool:
    """Whether the sentence only considers the hit as possible."""
    first, _ = sentence(view, start, end)
    return bool(speech.hedge.search(view[first:end]))


GUARDS: Mapping[str, Callable[[Speech, str, int, int], bool]] = {
    "negation": negated,
    "education": teaches,
    "report": reports,
    "question": asks,
    "hedge": hedged,
}

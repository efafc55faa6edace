"""The engine: one pass per view over a text, then patterns over the words found, then guards for the few hits.

A harmless text costs its views and one pass of each automaton; patterns are tried only where their rarest class was
found, and offsets are computed only for hits. Nothing backtracks: a row of slots is followed from left to right over
lists of places.
"""

import functools
import re
from collections.abc import Mapping, Sequence

from visavis.supervision.rules.finding import hits_in
from visavis.supervision.rules.pack import SUSPICION, Pack
from visavis.supervision.rules.signals import SIGNALS
from visavis.supervision.types import SEVERITY, Action, Hit, Judged, Policy, Verdict

# What a hit adds to the score of its text: a chance that somebody ought to look at it, before any learning.
RISK = {Action.PASS: 0.1, Action.NUDGE: 0.4, Action.HOLD: 0.7, Action.BLOCK: 0.9}

# A longer text is read in windows that overlap by more than any pattern is wide, so that its cost grows in line.
WINDOW, OVERLAP = 4_000, 400
# Texts that have just been found clean are known again: "好的", what an assistant or a broadcast says to many.
SAME, KEPT = 200, 4_096
# Of words said one after another, this many characters of each are read together.
SHORT = 40
PIECES = re.compile(r"\w\s*(?:\n|\r| [/|] |⏎|→)\s*\w")
PIECE = re.compile(r"[^\s/|⏎→](?:[^\n\r/|⏎→]*[^\s/|⏎→])?")


def judge(pack: Pack, texts: Sequence[Judged]) -> list[Verdict]:
    """A verdict per text, in order; deterministic: a function of the ask and the pack alone."""
    return [_judge_one(pack, one) for one in texts]


def _judge_one(pack: Pack, judged: Judged) -> Verdict:
    live = pack.binding(judged.direction, judged.department, judged.day)
    text = judged.text
    known = pack.clean.get(live)
    if known is None:
        known = pack.clean[live] = set()
    hits: dict[str, set[tuple[int, int]]] = {}
    if text in known:
        pass
    elif len(text) <= WINDOW:
        hits = _hits(pack, text, live)
        if (not text.isprintable() or "/" in text or "|" in text) and PIECES.search(text):
            _add_joined(pack, text, live, hits)
        if not hits and len(text) <= SAME:
            if len(known) >= KEPT:
                known.clear()
            known.add(text)
    else:
        for first in range(0, len(text), WINDOW - OVERLAP):
            for policy_id, spans in _hits(pack, text[first : first + WINDOW], live).items():
                moved = {(start + first, end + first) for start, end in spans}
                hits.setdefault(policy_id, set()).update(moved)
    if judged.before and text:
        _add_before(pack, judged, live, hits)
    return _verdict(pack, judged, hits) if hits else pack.passed


def _hits(
    pack: Pack, text: str, live: frozenset[str], border: int = 0
) -> dict[str, set[tuple[int, int]]]:
    """The places of every policy found in one text of a bounded length; see `hits_in` for a border."""
    reading = pack.reader.read(text)
    hits: dict[str, set[tuple[int, int]]] = {}
    for track in pack.tracks.values():
        chinese = track.chinese
        if not reading.speaks[0 if chinese else 1] or (track.lettered and not reading.lettered):
            continue
        for policy_id, start, end in hits_in(pack, track, reading, live, border):
            places = reading.dense_places if chinese else reading.plain_places
            span = min(places[start:end]), max(places[start:end]) + 1
            hits.setdefault(policy_id, set()).add(span)
    signalled, suspicious = pack.sensors(live)
    if not reading.even or reading.identifiers:
        for policy, names in signalled:
            spans = [span for name in names for span in SIGNALS[name](policy, reading)]
            if spans:
                hits.setdefault(policy.id, set()).update(spans)
    for policy in suspicious:
        if not hits and (spans := SIGNALS[SUSPICION](policy, reading)):
            hits[policy.id] = set(spans)
    return hits


def _add_joined(
    pack: Pack, text: str, live: frozenset[str], hits: dict[str, set[tuple[int, int]]]
) -> None:
    """Words split over short lines are read together as well; only what goes over an edge is added."""
    pieces = [(piece.start(), piece[0]) for piece in PIECE.finditer(text)]
    if max(len(piece) for _, piece in pieces) > SHORT * 2:
        return
    places = [first + step for first, piece in pieces for step in range(len(piece))]
    edges = frozenset(first for first, _ in pieces)
    for policy_id, spans in _hits(pack, "".join(piece for _, piece in pieces), live).items():
        for start, end in spans:
            if any(place in edges for place in places[start + 1 : end]):
                hits.setdefault(policy_id, set()).add((places[start], places[end - 1] + 1))


def _add_before(
    pack: Pack, judged: Judged, live: frozenset[str], hits: dict[str, set[tuple[int, int]]]
) -> None:
    """What the same speaker said just before is read together with the text (evasion V9).

    Only what begins before the text and ends in it counts, and only its part in the text is a place.
    """
    before = "".join(judged.before)[-SHORT * len(judged.before) :]
    both = before + judged.text[:SHORT]
    found = _hits(pack, both, live, len(before))
    if any(SUSPICION in pack.signals.get(policy_id, ()) for policy_id in found):
        found = _hits(
            pack, both, live
        )  # where a policy names any of it, nothing is merely suspected
    for policy_id, spans in found.items():
        for start, end in spans:
            if start < len(before) < end:
                hits.setdefault(policy_id, set()).add((0, end - len(before)))


def _action(policy: Policy, judged: Judged) -> Action:
    if judged.licensed and judged.direction in policy.licensed:
        return policy.licensed[judged.direction]
    return policy.actions[judged.direction]


def _verdict(pack: Pack, judged: Judged, found: Mapping[str, set[tuple[int, int]]]) -> Verdict:
    units = functools.partial(_utf16, judged.text) if max(judged.text) > "\uffff" else int
    hits = []
    for policy_id, spans in found.items():
        policy = pack.policies[policy_id]
        places = tuple((units(start), units(end)) for start, end in _merged(spans))
        hits.append(
            Hit(policy_id, policy.version, policy.category, _action(policy, judged), places)
        )
    hits.sort(key=lambda hit: (-SEVERITY[hit.action], hit.id))
    rest = 1.0
    for hit in hits:
        rest *= 1 - RISK[hit.action] * (1 - 0.5 ** len(hit.spans))
    everywhere = tuple(_merged({span for hit in hits for span in hit.spans}))
    return Verdict(
        hits[0].action, tuple(hits), everywhere, pack.version,
        tuple(dict.fromkeys(hit.category for hit in hits)), round(1000 * (1 - rest)),
    )  # fmt: skip


def _merged(spans: set[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _utf16(text: str, offset: int) -> int:
    return len(text[:offset].encode("utf-16-le", "surrogatepass")) // 2

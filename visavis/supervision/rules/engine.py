"""The engine: one pass per view over a text, then guards for the few places that were hit.

Cost: two `str.translate` and two automaton passes for a harmless text; offsets are computed only
for hits. A guard works on the clause or sentence of its hit (surveillance practice: negation scope
is clause-level).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from visavis.supervision.rules import guards
from visavis.supervision.rules.pack import Near, Pack, Scanner
from visavis.supervision.rules.views import SQUEEZED, View
from visavis.supervision.types import (
    SEVERITY,
    Action,
    Hit,
    Judged,
    Policy,
    Verdict,
)

# Mainland mobile numbers and codes of listed securities, whole numbers only.
PHONE = re.compile(r"(?<!\d)(?:86)?1[3-9]\d{9}(?!\d)")
CODE = re.compile(
    r"(?<!\d)(?:00[0-3]|30[01]|60[0135]|68[89]|8[347]\d|92\d|5[1568]\d|1[1256]\d)\d{3}(?!\d)"
)
# An invisible character inside a word; joiners inside an emoji are none.
INVISIBLE = re.compile(r"\w[\u200b\u200c\u200e\u200f\u2060\ufeff\u00ad]+(?=\w)")
SIX_DIGITS = re.compile(r"\d{6}")

GUARDS: dict[str, Callable[[str, int, int], bool]] = {
    "negation": guards.negated,
    "education": guards.teaches,
    "question": guards.asks,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was found in a view."""

    view: View
    start: int
    end: int


def judge(pack: Pack, texts: Sequence[Judged]) -> list[Verdict]:
    """A verdict per text, in order; deterministic, and a function of the text, its direction and
    the pack alone.
    """
    return [_judge_one(pack, one) for one in texts]


def _judge_one(pack: Pack, judged: Judged) -> Verdict:
    found: dict[str, list[Place]] = {}
    for scanner in pack.scanners:
        view = scanner.view.of(judged.text)
        for policy_id, start, end in _scan(scanner, view):
            policy = pack.policies[policy_id]
            if judged.direction in policy.actions and not _guarded(policy, view, start, end):
                found.setdefault(policy_id, []).append(Place(scanner.view, start, end))
    hits = [_hit(pack, judged, policy_id, places) for policy_id, places in found.items()]
    hits += _signals(pack, judged)
    if not hits:
        return Verdict(Action.PASS, pack_version=pack.version)
    hits.sort(key=lambda hit: -SEVERITY[hit.action])
    return Verdict(hits[0].action, tuple(hits), _merged(hits), pack.version)


def _scan(scanner: Scanner, view: str) -> Iterator[tuple[str, int, int]]:
    """(policy, start, end) in the view, exempted places left out."""
    raw = scanner.automaton.find_matches_as_indexes(view, overlapping=True)
    digits = SIX_DIGITS.search(view) is not None
    if not raw and not digits:
        return
    exempt: list[tuple[int, int]] = []
    atoms: dict[str, list[tuple[int, int]]] = {}
    direct: list[tuple[str, int, int]] = []
    for index, start, end in raw:
        if scanner.borders and not _bordered(view, start, end):
            continue
        for meaning in scanner.meanings[scanner.words[index]]:
            if meaning == "!":
                exempt.append((start, end))
            elif meaning[0] == "~":
                atoms.setdefault(meaning, []).append((start, end))
            else:
                direct.append((meaning[1:], start, end))
    if digits and scanner.near:
        atoms["@phone"] = [match.span() for match in PHONE.finditer(view)]
        atoms["@code"] = [match.span() for match in CODE.finditer(view)]
    atoms = {
        atom: [place for place in places if not _inside(place, exempt)]
        for atom, places in atoms.items()
    }
    for policy_id, near in scanner.near:
        direct += [(policy_id, *span) for span in _pairs(near, atoms, view)]
    for policy_id, start, end in direct:
        if not _inside((start, end), exempt):
            yield policy_id, start, end


def _pairs(
    near: Near, atoms: dict[str, list[tuple[int, int]]], view: str
) -> Iterator[tuple[int, int]]:
    """Places that span both groups of a proximity, within one clause."""
    first = [place for atom in near.a for place in atoms.get(atom, ())]
    second = [place for atom in near.b for place in atoms.get(atom, ())] if first else []
    for a in first:
        for b in second:
            left, right = (a, b) if a[0] <= b[0] else (b, a)
            if near.ordered and left is not a:
                continue
            between = view[left[1] : right[0]]
            if 0 <= right[0] - left[1] <= near.distance and not guards.parts(between):
                yield left[0], right[1]


def _bordered(view: str, start: int, end: int) -> bool:
    """Whether a word of a spaced language stands alone."""
    before, after = view[start - 1 : start], view[end : end + 1]
    starts = not (view[start].isalnum() and before.isascii() and before.isalnum())
    ends = not (view[end - 1].isalnum() and after.isascii() and after.isalnum())
    return starts and ends


def _inside(place: tuple[int, int], spans: Sequence[tuple[int, int]]) -> bool:
    """Whether a place overlaps a lawful term: 保证 in 保证金 is no promise."""
    return any(
        place[0] < end and start < place[1] and _covers(place, (start, end)) for start, end in spans
    )


def _covers(place: tuple[int, int], exempt: tuple[int, int]) -> bool:
    """A longer breach around a lawful term stays a breach."""
    return not (place[0] < exempt[0] and place[1] > exempt[1]) and (
        exempt[0] <= place[0] or exempt[1] >= place[1]
    )


def _guarded(policy: Policy, view: str, start: int, end: int) -> bool:
    return any(GUARDS[name](view, start, end) for name in policy.guards)


def _merged(hits: Sequence[Hit]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(span for hit in hits for span in hit.spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _hit(pack: Pack, judged: Judged, policy_id: str, places: Sequence[Place]) -> Hit:
    policy = pack.policies[policy_id]
    spans = {place.view.origin(judged.text, place.start, place.end) for place in places}
    return Hit(
        policy_id, policy.version, policy.category, policy.actions[judged.direction],
        tuple(sorted(spans)),
    )  # fmt: skip


def _signals(pack: Pack, judged: Judged) -> Iterator[Hit]:
    """Policies that look at shapes: a phone number, characters that cannot be seen."""
    for policy_id, names in pack.patterns.items():
        policy = pack.policies[policy_id]
        if not names or judged.direction not in policy.actions:
            continue
        spans = [span for name in names for span in _shape(name, judged.text, policy)]
        if spans:
            yield Hit(
                policy_id, policy.version, policy.category, policy.actions[judged.direction],
                tuple(sorted(spans)),
            )  # fmt: skip


def _shape(name: str, text: str, policy: Policy) -> Iterator[tuple[int, int]]:
    if name == "@invisible":
        for match in INVISIBLE.finditer(text):
            yield _utf16(text, match.start() + 1), _utf16(text, match.end())
    elif name == "@phone" and len(text) >= 11:
        view = SQUEEZED.of(text)
        for match in PHONE.finditer(view):
            if not _guarded(policy, view, *match.span()):
                yield SQUEEZED.origin(text, *match.span())


def _utf16(text: str, offset: int) -> int:
    return len(text[:offset].encode("utf-16-le")) // 2

"""The judge of a history: what was lost, duplicated or reordered. It knows no line of the product's code.

* lost: acknowledged and not in the conversation afterwards; or in it and never seen by a reader who stayed
  (*undelivered*: the store holds it, and the live line did not bring it);
* duplicated: a token twice in a conversation, a number or token twice at a reader, or a refused message that is there;
* reordered: a conversation whose numbers are not 1, 2, 3 …; a reader whose sequence is no prefix of it (a number left
  out, another entry under a number); an acknowledgement with another number; a message that was acknowledged before
  another one was even sent, by whomever, and is numbered behind it (the order of real time, as in linearizability).

A message of unknown fate may be there once or not at all.

    python -m tests.faults.checker HISTORY…    judges saved histories; exit status 1 where anything is wrong
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.history import FAIL, OK, History, Sent, load

NAMED, STRETCHES = 20, 5


@dataclass
class Verdict:
    """The counts, and the first cases by name."""

    lost: int = 0
    duplicated: int = 0
    reordered: int = 0
    # Of those lost: in the store, and never brought to a reader.
    undelivered: int = 0
    details: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing went wrong."""
        return not (self.lost or self.duplicated or self.reordered)

    def note(self, kind: str, text: str, cases: int = 1) -> None:
        """Count a case, or several that one text tells."""
        setattr(self, kind, getattr(self, kind) + cases)
        if len(self.details) < NAMED:
            self.details.append(f"{kind}: {text}")


def check(history: History) -> Verdict:
    """The verdict on a run."""
    verdict = Verdict()
    for conversation, entries in history.final.items():
        _numbers(verdict, conversation, entries)
    by_conversation: dict[str, list[Sent]] = defaultdict(list)
    for one in history.sent:
        by_conversation[one.conversation].append(one)
    for conversation, sent in by_conversation.items():
        places: dict[str, int] = {}
        for no, token in history.final.get(conversation, []):
            places.setdefault(token, no)
        _fates(verdict, sent, places)
        _real_time(verdict, [one for one in sent if one.token in places], places)
    _readers(verdict, history)
    return verdict


def _numbers(verdict: Verdict, conversation: str, entries: Sequence[tuple[int, str]]) -> None:
    for place, (no, _) in enumerate(entries, 1):
        if no != place:
            verdict.note("reordered", f"{conversation} has {no} in place {place}")
            break
    for token, times in Counter(token for _, token in entries if token).items():
        if times > 1:
            verdict.note("duplicated", f"{token} is in {conversation} {times} times")


def _fates(verdict: Verdict, sent: Sequence[Sent], places: dict[str, int]) -> None:
    for one in sent:
        place = places.get(one.token)
        if one.fate == OK and place is None:
            verdict.note(
                "lost",
                f"{one.token} of {one.sender}, acknowledged as {one.no}, is not in the store",
            )
        elif one.fate == OK and place != one.no:
            verdict.note("reordered", f"{one.token} was acknowledged as {one.no} and is {place}")
        elif one.fate == FAIL and place is not None:
            verdict.note("duplicated", f"{one.token} was refused and is there as {place}")


def _real_time(verdict: Verdict, sent: Sequence[Sent], places: dict[str, int]) -> None:
    """Sweep by the moment of sending; whatever was known before has a lower number."""
    known = sorted((one for one in sent if one.fate == OK), key=lambda one: one.known)
    highest, place = 0, 0
    for one in sorted(sent, key=lambda one: one.invoked):
        while place < len(known) and known[place].known < one.invoked:
            highest = max(highest, places[known[place].token])
            place += 1
        if places[one.token] < highest:
            verdict.note(
                "reordered",
                f"{one.token} is {places[one.token]}, before {highest} that was there first",
            )


def _readers(verdict: Verdict, history: History) -> None:
    seen: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for one in history.seen:
        seen[one.reader, one.conversation].append((one.no, one.token))
    for (reader, conversation), entries in seen.items():
        _reader(
            verdict,
            f"{reader} in {conversation}",
            entries,
            dict(history.final.get(conversation, [])),
        )
    for reader, conversation in history.stayed:
        had = {no for no, _ in seen.get((reader, conversation), ())}
        final = history.final.get(conversation, [])
        missing = [no for no, _ in final if no not in had]
        if missing:
            verdict.undelivered += len(missing)
            verdict.note(
                "lost",
                f"{reader} never saw {_ranges(missing)} of {conversation}, {len(missing)} of {len(final)} that the"
                f" store holds; his client: {history.states.get(reader, 'not looked at')}",
                len(missing),
            )  # fmt: skip


def _ranges(numbers: Sequence[int]) -> str:
    """Numbers in order, the first few stretches of them."""
    stretches: list[list[int]] = []
    for no in numbers:
        if stretches and no == stretches[-1][1] + 1:
            stretches[-1][1] = no
        else:
            stretches.append([no, no])
    told = [f"{first}" if first == last else f"{first}-{last}" for first, last in stretches]
    return ", ".join([*told[:STRETCHES], *(["…"] if len(told) > STRETCHES else [])])


def _reader(
    verdict: Verdict, who: str, entries: Sequence[tuple[int, str]], final: dict[int, str]
) -> None:
    had: set[int] = set()
    last = 0
    for no, token in entries:
        if no in had:
            verdict.note("duplicated", f"{who} saw {no} twice")
            continue
        had.add(no)
        if no != last + 1:
            verdict.note("reordered", f"{who} saw {no} after {last}")
        last = no
        if no not in final:
            verdict.note("lost", f"{who} saw {no}, which is not there")
        elif final[no] != token:
            verdict.note("reordered", f"{who} saw {token} as {no}, where {final[no]} is")
    tokens = Counter(token for _, token in entries if token)
    for token, times in tokens.items():
        if times > 1:
            verdict.note("duplicated", f"{who} saw {token} {times} times")


def main(paths: Sequence[str]) -> int:
    """The command."""
    code = 0
    for path in paths:
        verdict = check(load(Path(path)))
        print(
            f"{path}: lost {verdict.lost} (undelivered {verdict.undelivered}), duplicated {verdict.duplicated},"
            f" reordered {verdict.reordered}"
        )
        for line in verdict.details:
            print(f"  {line}")
        code |= not verdict.clean
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

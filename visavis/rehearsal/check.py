"""Recomputes from the history and the register what was lost, doubled, out of order, or offered to the unlicensed.

Definitions (a set checker and a queue checker in the manner of Jepsen):

* lost: acknowledged, but absent from the conversation as it can be read afterwards, or from what a participant who
  stayed until the end has seen of it;
* doubled: one retry key twice in a conversation, or one number twice at one reader;
* out of order: a reader's numbers are not 1, 2, 3, … in order of arrival (what he has must be a prefix), or one
  sender's acknowledged messages are not numbered in the order in which he sent them.

A message whose fate its sender does not know may be there once or not at all.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from visavis.rehearsal.cast import Member
from visavis.rehearsal.history import Fate, History, Seen

GRACE_S = 2.0  # after the register changed, an offer that was already on its way may still arrive


@dataclass(frozen=True)
class Verdict:
    """What went wrong, counted; `details` names each case for a person to follow up."""

    lost: int
    duplicated: int
    out_of_order: int
    unlicensed: int
    details: Sequence[str]

    @property
    def clean(self) -> bool:
        """Whether nothing went wrong."""
        return not (self.lost or self.duplicated or self.out_of_order or self.unlicensed)


def check(
    history: History,
    readable: Mapping[str, Sequence[tuple[int, str]]],
    readers: Mapping[str, Sequence[str]],
    cast: Mapping[str, Member],
) -> Verdict:
    """The verdict on a run.

    `readable` holds, per conversation, (number, retry key) of the shared stream as read at the end; `readers` names,
    per conversation, who stayed connected to it until the end; `cast` is the register: who may be offered what.
    """
    details: list[str] = []
    lost = _lost(history, readable, readers, details)
    duplicated = _duplicated(history, readable, details)
    disorder = _disorder(history, details)
    unlicensed = _unlicensed(history, cast, details)
    return Verdict(lost, duplicated, disorder, unlicensed, details)


def _by_reader(history: History) -> dict[tuple[str, str], list[Seen]]:
    seen: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    for one in history.seen:
        seen[one.reader, one.conversation].append(one)
    return seen


def _lost(
    history: History,
    readable: Mapping[str, Sequence[tuple[int, str]]],
    readers: Mapping[str, Sequence[str]],
    details: list[str],
) -> int:
    kept = {name: {key for _, key in entries} for name, entries in readable.items()}
    numbers = {name: {no for no, _ in entries} for name, entries in readable.items()}
    count = 0
    for sent in history.sent:
        if sent.fate is Fate.ACKNOWLEDGED and sent.client_key not in kept.get(
            sent.conversation, ()
        ):
            count += 1
            details.append(f"lost: {sent.client_key} of {sent.sender} in {sent.conversation}")
    seen = _by_reader(history)
    for conversation, stayed in readers.items():
        for reader in stayed:
            missing = numbers.get(conversation, set()) - {
                one.no for one in seen.get((reader, conversation), ())
            }
            count += len(missing)
            details += [
                f"lost: {reader} never saw {no} of {conversation}" for no in sorted(missing)
            ]
    return count


def _duplicated(
    history: History, readable: Mapping[str, Sequence[tuple[int, str]]], details: list[str]
) -> int:
    count = 0
    for conversation, entries in readable.items():
        for key, times in Counter(key for _, key in entries if key).items():
            if times > 1:
                count += times - 1
                details.append(f"doubled: {key} stands {times} times in {conversation}")
    for (reader, conversation), seen in _by_reader(history).items():
        for no, times in Counter(one.no for one in seen).items():
            if times > 1:
                count += times - 1
                details.append(f"doubled: {reader} saw {no} of {conversation} {times} times")
    return count


def _disorder(history: History, details: list[str]) -> int:
    count = 0
    for (reader, conversation), seen in _by_reader(history).items():
        numbers = [one.no for one in seen]
        wrong = sum(later != sooner + 1 for sooner, later in itertools.pairwise(numbers))
        wrong += bool(numbers) and numbers[0] != 1
        if wrong:
            count += wrong
            details.append(f"out of order: {reader} saw {numbers[:20]} in {conversation}")
    by_sender: dict[tuple[str, str], list[int]] = defaultdict(list)
    for sent in history.sent:
        if sent.fate is Fate.ACKNOWLEDGED:
            by_sender[sent.sender, sent.conversation].append(sent.no)
    for (sender, conversation), numbers in by_sender.items():
        if numbers != sorted(numbers):
            count += 1
            details.append(f"out of order: {sender} sent {numbers[:20]} in {conversation}")
    return count


def _unlicensed(history: History, cast: Mapping[str, Member], details: list[str]) -> int:
    count = 0
    for offer in history.offered:
        member = cast[offer.advisor]
        barred = history.barred_since.get(offer.advisor)
        late = barred is not None and offer.at > barred + GRACE_S
        if offer.need not in member.may or late:
            count += 1
            details.append(
                f"unlicensed: {offer.advisor} was offered {offer.need} ({offer.request})"
            )
    return count

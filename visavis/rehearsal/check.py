"""Recomputes from the history and the register what was lost, doubled, out of order, or offered to the unlicensed.

Definitions (a set checker and a queue checker in the manner of Jepsen):

* lost: acknowledged, but absent from the conversation as it can be read afterwards, or standing there with other
  words, or absent from what a participant who stayed until the end has seen of it;
* doubled: one retry key twice in a conversation, one number twice at one reader, or a message of somebody who never
  sent it;
* out of order: a reader's numbers are not 1, 2, 3, … in order of arrival (what he has must be a prefix), or a message
  stands under another number than its sender or a reader was told, or one sender's acknowledged messages are not
  numbered in the order in which he sent them.

A message whose fate its sender does not know may be there once or not at all.
"""

import itertools
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from visavis.rehearsal.cast import Member
from visavis.rehearsal.history import Fate, History, Kept, Seen

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
    readable: Mapping[str, Sequence[Kept]],
    readers: Mapping[str, Sequence[str]],
    cast: Mapping[str, Member],
) -> Verdict:
    """The verdict on a run.

    `readable` holds, per conversation, the shared stream as read at the end; `readers` names, per conversation, who
    stayed connected to it until the end; `cast` is the register: who may be offered what.
    """
    details: list[str] = []
    lost = _lost(history, readable, readers, details)
    duplicated = _duplicated(history, readable, details)
    disorder = _disorder(history, details) + _misplaced(history, readable, details)
    unlicensed = _unlicensed(history, cast, details)
    return Verdict(lost, duplicated, disorder, unlicensed, details)


def _by_reader(history: History) -> dict[tuple[str, str], list[Seen]]:
    seen: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    for one in history.seen:
        seen[one.reader, one.conversation].append(one)
    return seen


def _lost(
    history: History,
    readable: Mapping[str, Sequence[Kept]],
    readers: Mapping[str, Sequence[str]],
    details: list[str],
) -> int:
    kept = _by_key(readable)
    numbers = {name: {one.no for one in entries} for name, entries in readable.items()}
    count = 0
    for sent in history.sent:
        if sent.fate is not Fate.ACKNOWLEDGED:
            continue
        found = kept.get((sent.conversation, sent.client_key))
        if found is None or found.text != sent.text:
            count += 1
            what = "other words" if found else "nothing"
            details.append(
                f"lost: {sent.client_key} of {sent.sender} in {sent.conversation}: {what} there"
            )
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


def _by_key(readable: Mapping[str, Sequence[Kept]]) -> dict[tuple[str, str], Kept]:
    return {
        (conversation, one.client_key): one
        for conversation, entries in readable.items()
        for one in entries
        if one.client_key
    }


def _duplicated(
    history: History, readable: Mapping[str, Sequence[Kept]], details: list[str]
) -> int:
    count = 0
    sent = {(one.sender, one.client_key) for one in history.sent}
    for conversation, entries in readable.items():
        for key, times in Counter(one.client_key for one in entries if one.client_key).items():
            if times > 1:
                count += times - 1
                details.append(f"doubled: {key} stands {times} times in {conversation}")
        for one in entries:
            if one.sender and (one.sender, one.client_key) not in sent:
                count += 1
                details.append(
                    f"doubled: {one.sender} never sent {one.no} of {conversation}, which is there"
                )
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


def _misplaced(history: History, readable: Mapping[str, Sequence[Kept]], details: list[str]) -> int:
    told = {
        (one.sender, one.conversation, one.client_key, one.no)
        for one in history.sent
        if one.fate is Fate.ACKNOWLEDGED
    } | {
        (one.reader, one.conversation, one.client_key, one.no)
        for one in history.seen
        if one.client_key
    }
    kept = _by_key(readable)
    count = 0
    for who, conversation, key, no in sorted(told):
        found = kept.get((conversation, key))
        if found is not None and found.no != no:
            count += 1
            details.append(
                f"out of order: {who} was told {no} of {conversation}, which is {found.no}"
            )
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

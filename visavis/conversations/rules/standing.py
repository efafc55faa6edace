"""Who stands alike in a batch is asked about once."""

from collections.abc import Sequence
from uuid import UUID

from visavis.conversations.rules.batch import Item
from visavis.conversations.types import Kind, Stream


def alike(batch: Sequence[Item]) -> list[list[Item]]:
    """Items that stand or fall together: one actor, one conversation, one kind of entry."""
    groups: dict[tuple[int, UUID, Kind, Stream], list[Item]] = {}
    for item in batch:
        d = item.draft
        key = (id(d.actor), d.conversation_id, d.kind, d.stream)
        known = groups.get(key)
        if known is None:
            groups[key] = [item]
        else:
            known.append(item)
    return list(groups.values())


def follow(groups: Sequence[Sequence[Item]]) -> None:
    """Give everybody of a group what its first was given: the answer, and how the speaker stands."""
    for leader, *others in groups:
        for item in others:
            item.answer, item.standing = leader.answer, leader.standing

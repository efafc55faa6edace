"""A batch of entries as the arguments of one statement: a column per cell, of ids an array, of others one text."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from visavis.conversations.types import Entry, Tail
from visavis.kernel.columns import column, digits, documents
from visavis.kernel.ids import new_id

# Places in the streams of conversations: (conversation, stream) -> its first and last number of the batch.
Spans = Mapping[tuple[UUID, int], Sequence[int]]


class Span(msgspec.Struct, frozen=True):
    """Numbers that follow one another in one stream."""

    conversation: UUID
    stream: int
    first: int
    last: int


def entries(kept: Sequence[tuple[Entry, bytes]]) -> list[object]:
    """The cells of `entry`, and of `posted` the fingerprint where an entry has a retry key of its own."""
    all_of = [one for one, _ in kept]
    return [
        [one.conversation_id for one in all_of], column([one.stream for one in all_of]),
        column([one.no for one in all_of]), [one.id for one in all_of],
        ",".join([one.kind for one in all_of]), [one.sender_id for one in all_of],
        column([one.at for one in all_of]), documents([one.body for one in all_of]),
        ",".join([one.state for one in all_of]), column([one.of_id for one in all_of]),
        [one.client_key for one in all_of], [one.record_id for one in all_of],
        documents([one.verdict for one in all_of]),
        digits([mark if mark and one.client_key else None for one, mark in kept]),
    ]  # fmt: skip


def ends(tails: Sequence[Tail]) -> list[str]:
    """The cells that move in `conversation`."""
    return [
        column([c.id for c in tails]), column([c.shared_no for c in tails]),
        column([c.internal_no for c in tails]), column([c.last_at for c in tails]),
        documents([c.last_text for c in tails]), column([c.last_sender for c in tails]),
        column([c.waiting_since for c in tails]),
    ]  # fmt: skip


def later(spans: Spans) -> tuple[UUID | None, list[Span] | None]:
    """The row of `later_words`; nothing where no words wait."""
    if not spans:
        return None, None
    return new_id(), [Span(*key, first=one[0], last=one[-1]) for key, one in spans.items()]


def parted(
    spans: Sequence[Mapping[str, Any]], most: int
) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """The first `most` entries of the spans of `later_words`, and the rest."""
    part: list[Mapping[str, Any]] = []
    rest: list[Mapping[str, Any]] = []
    for one in spans:
        end = min(one["last"], one["first"] + most - 1)
        if end >= one["first"]:
            part.append({**one, "last": end})
        if end < one["last"]:
            rest.append({**one, "first": end + 1})
        most -= end - one["first"] + 1
    return part, rest

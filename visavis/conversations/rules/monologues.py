"""Who goes on speaking: what follows somebody's own words within half a minute is told together."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from visavis.conversations.rules.batch import Item
from visavis.conversations.types import GOES_ON, Monologue
from visavis.kernel import clock

SPAN_US = GOES_ON // timedelta(microseconds=1)


def monologues(fresh: Sequence[Item]) -> list[Monologue]:
    """Where somebody goes on speaking: one note per conversation and span of time, told when the span is over.

    Whoever says ten things in a row is heard at the first one; the other nine are told to the contexts above together.
    """
    found: dict[tuple[UUID, datetime], Monologue] = {}
    for item in fresh:
        if item.goes_on and item.conversation is not None:
            until = span_end(item.at)
            key = (item.conversation.id, until)
            found.setdefault(key, Monologue(item.conversation.id, item.no - 1, until))
    return list(found.values())


@lru_cache(maxsize=64)
def span_end(at: datetime) -> datetime:
    """When the span of `GOES_ON` that holds `at` is over."""
    return clock.from_us((clock.to_us(at) // SPAN_US + 1) * SPAN_US)

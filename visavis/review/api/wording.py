"""How review words what lower contexts know: people's names, verdicts, entries."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from visavis.conversations.api import finding
from visavis.conversations.types import Entry
from visavis.kernel.db import Tx
from visavis.review.types import Item
from visavis.supervision import api as supervision
from visavis.supervision.api import mask

Names = Mapping[UUID, Mapping[str, Any]]

__all__ = ["Entry", "Names", "explain", "mask", "names", "verdict_of"]


async def names(tx: Tx, ids: Iterable[UUID | None]) -> Names:
    """How these people are shown."""
    return await finding.names(tx, {one for one in ids if one is not None})


def explain(verdict: Mapping[str, Any] | None, language: str) -> Mapping[str, Any] | None:
    """A kept verdict as the wire shows it."""
    return supervision.explain(verdict, language) if verdict else None


def verdict_of(one: Item, language: str) -> Mapping[str, Any]:
    """What the policies found that made an item, worded."""
    found = {"action": one.action, "policies": one.policies, "spans": one.spans}
    return supervision.explain(found, language)

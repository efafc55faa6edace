"""Contradictory advice on one instrument: two of the firm, or one to two clients, in opposite directions (COMM-02)."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from visavis.conversations.types import Said
from visavis.kernel.db import Tx
from visavis.review import rules
from visavis.review.api.opening import open_item
from visavis.review.store import advice as store
from visavis.review.terms import terms
from visavis.review.types import Fresh, ItemKind

CATEGORY = "contradictory_advice"


async def contradict(tx: Tx, said: Sequence[Said], branches: Mapping[UUID, UUID]) -> None:
    """Keep which way each text advises; one that is opposed to an earlier one becomes an item, with both."""
    days = terms().contradiction_days
    if not days:
        return
    for one in said:
        for stance in sorted(rules.stances(one.text), key=lambda it: (it.instrument, it.way)):
            since = one.at - timedelta(days=days)
            against = await store.opposite(tx, one, stance.instrument, stance.way, since)
            await store.keep(tx, one, stance.instrument, stance.way)
            if against is not None and not stance.reasoned:
                await open_item(tx, _item(one, against, branches.get(one.sender_id)))


def _item(one: Said, against: UUID, branch_id: UUID | None) -> Fresh:
    kind = ItemKind.CONTRADICTION
    return Fresh(
        kind, one.environment, one.conversation_id, one.entry_id, one.client_id, one.sender_id, branch_id, one.at,
        rules.severity(kind, "pass", ()), categories=(CATEGORY,), other_entry_id=against,
    )  # fmt: skip

"""How far everybody has got in a conversation, and whom of its staff that tells something about."""

from collections.abc import Sequence
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.connections import api as connections
from visavis.conversations.store import reading as store
from visavis.conversations.store import threads
from visavis.conversations.types import Mark
from visavis.kernel import clock
from visavis.kernel.db import Tx


async def mark(tx: Tx, marks: Sequence[Mark]) -> list[None]:
    """Raise marks of what has arrived and been seen; a mark that rises by reading goes on record.

    Set-based and idempotent; whoever may not read the conversation marks nothing. The latest mark of a batch counts.
    What staff mark they have looked at, and a mark of nothing says no more than that (CONN-03).
    """
    wanted, looks = await _rising(tx, marks)
    if looks:
        await connections.looked(tx, looks)
    risen = await store.mark(tx, wanted, clock.now()) if wanted else {}
    found = await threads.conversations(tx, {key[0] for key in risen})
    facts = []
    for (conversation_id, person), (receipt, read_at) in sorted(risen.items()):
        tx.hint(
            f"conversation.{conversation_id}", frame="receipt", person=str(person),
            delivered=receipt.delivered_no, read=receipt.read_no,
        )  # fmt: skip
        if wanted[conversation_id, person][1] == receipt.read_no and read_at is not None:
            one = found[conversation_id]
            clear = {"person": str(person), "read": receipt.read_no}
            body = {**clear, "at": str(clock.to_us(read_at))}
            facts.append(Fact("read", one.id, one.client_id, one.environment, body, clear))
    await archive.append(tx, facts)
    return [None] * len(marks)


async def _rising(
    tx: Tx, marks: Sequence[Mark]
) -> tuple[dict[tuple[UUID, UUID], tuple[int, int]], set[tuple[UUID, UUID]]]:
    """What is to be marked by (conversation, person), and who of the staff has looked at which client."""
    found = await threads.conversations(tx, {one.conversation_id for one in marks})
    staff = {(one.conversation_id, one.actor.person_id) for one in marks if one.actor.is_staff}
    taking_part = await threads.pairs(tx, staff) if staff else set()
    wanted: dict[tuple[UUID, UUID], tuple[int, int]] = {}
    looks: set[tuple[UUID, UUID]] = set()
    for one in marks:
        key, talk = (one.conversation_id, one.actor.person_id), found.get(one.conversation_id)
        if talk is None or not (talk.client_id == one.actor.person_id or key in taking_part):
            continue
        if one.actor.is_staff:
            looks.add((one.actor.person_id, talk.client_id))
        if one.delivered or one.read:
            delivered, read = wanted.get(key, (0, 0))
            last = talk.shared_no
            wanted[key] = (max(delivered, min(one.delivered, last)), max(read, min(one.read, last)))
    return dict(sorted(wanted.items())), looks

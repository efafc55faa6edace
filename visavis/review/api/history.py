"""What was said in the past as it is judged anew: whole conversations, so that words split over messages count too."""

from collections import defaultdict, deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from visavis.conversations import api as conversations
from visavis.conversations.types import Said
from visavis.identity import api as identity
from visavis.kernel.db import Tx
from visavis.supervision.types import Direction, Judged

# As in the message path: so long and so many messages, of which the short ones are read together.
SPAN, COUNT, SHORT = timedelta(minutes=2), 5, 40


async def asked_again(
    tx: Tx, first: datetime, end: datetime, *, stopped: bool = False
) -> list[tuple[Said, Judged]]:
    """What was said in that time, each with what is to be judged of it, in order; its speaker as he stands today."""
    said = await conversations.said(tx, first - SPAN, end, stopped=stopped)
    said.sort(key=lambda one: (one.at, one.entry_id))
    people = await identity.standings(tx, {one.sender_id for one in said if one.at >= first})
    today = identity.today()
    found = []
    for one, before in zip(said, _befores(said), strict=True):
        if one.at < first:
            continue
        stands = people.get(one.sender_id)
        able = stands is not None and stands.advises
        department = stands.department if stands else None
        judged = Judged(one.text, Direction.STAFF_TO_CLIENT, able, department, today, before)
        found.append((one, judged))
    return found


def _befores(said: Sequence[Said]) -> list[tuple[str, ...]]:
    """For each message the short ones that the same person said there just before, oldest first."""
    recent: dict[tuple[UUID, UUID], deque[tuple[datetime, str]]] = defaultdict(
        lambda: deque(maxlen=COUNT)
    )
    found = []
    for one in said:
        row = recent[one.conversation_id, one.sender_id]
        found.append(tuple(text for at, text in row if one.at - at <= SPAN))
        if len(one.text) <= SHORT:
            row.append((one.at, one.text))
    return found

"""The door of conversations: every verb that others may call, gathered from the modules beside this one."""

from collections.abc import Sequence

from visavis.conversations import posting, sameness
from visavis.conversations.api import groups
from visavis.conversations.api.asking import (
    acknowledge_notice,
    conversation,
    conversations,
    handled_by,
    notice_acknowledged_at,
    open_of,
    transcript,
)
from visavis.conversations.api.dropping import drop_unsent
from visavis.conversations.api.files import (
    attach,
    attachment,
    examine,
    may_attach,
    original,
)
from visavis.conversations.api.foreseeing import foreseen
from visavis.conversations.api.handing import (
    announce_successor,
    assign,
    part_ways,
    parted,
    transfer,
    unassign,
)
from visavis.conversations.api.receipts import receipt
from visavis.conversations.api.reviewing import (
    Scene,
    entries_by_id,
    said,
    scene,
)
from visavis.conversations.api.supervising import (
    concerned,
    decide,
    held,
    look_at_file,
    look_into,
    look_through,
    served,
    waiting,
)
from visavis.conversations.api.telling import (
    WORDS,
    as_hints,
    delivered,
    index_batch,
    of_client,
    said_in_a_row,
    unread_breach,
)
from visavis.conversations.api.threads import (
    close,
    concern,
    open_for,
    open_with,
    rate,
    say_system,
    tell_open,
)
from visavis.conversations.files import Served
from visavis.conversations.releasing import barred
from visavis.conversations.store.origins import ERASURES, HOLDINGS, NUMBERINGS, ORIGINS
from visavis.conversations.terms import install
from visavis.conversations.types import Draft, Outcome
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import Refusal

__all__ = [
    "ERASURES",
    "HOLDINGS",
    "NUMBERINGS",
    "ORIGINS",
    "WORDS",
    "Scene",
    "Served",
    "acknowledge_notice",
    "announce_successor",
    "approve_words",
    "as_hints",
    "assign",
    "attach",
    "attachment",
    "barred",
    "close",
    "concern",
    "concerned",
    "conversation",
    "conversations",
    "decide",
    "delivered",
    "drop_unsent",
    "entries_by_id",
    "examine",
    "foreseen",
    "groups",
    "handled_by",
    "held",
    "index_batch",
    "install",
    "look_at_file",
    "look_into",
    "look_through",
    "may_attach",
    "notice_acknowledged_at",
    "of_client",
    "open_for",
    "open_of",
    "open_with",
    "original",
    "part_ways",
    "parted",
    "post",
    "post_one",
    "rate",
    "receipt",
    "said",
    "said_in_a_row",
    "say_system",
    "scene",
    "served",
    "tell_open",
    "transcript",
    "transfer",
    "unassign",
    "unread_breach",
    "waiting",
]


async def post(tx: Tx, drafts: Sequence[Draft]) -> list[Outcome | Refusal]:
    """The only way in; see `posting.post`."""
    return await posting.post(tx, drafts)


async def post_one(tx: Tx, draft: Draft) -> Outcome:
    """`post` for a single draft; a refusal is raised and rolls the caller's transaction back."""
    answer = (await posting.post(tx, [draft]))[0]
    if isinstance(answer, Refusal):
        raise answer
    return answer


async def approve_words(tx: Tx, actor: Actor, text: str) -> None:
    """Somebody has approved these words: for now they may reach any number of clients (COMM-03)."""
    await sameness.approve(tx, actor, text)

"""Helping staff to answer: standard answers by a word, suggestions by what the client has just
said. Drafts, never acts.
"""

from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.assistant.rules.answering import SUGGESTED_FROM
from visavis.assistant.rules.text import language_of, text_of
from visavis.assistant.types import Suggestion
from visavis.conversations import api as conversations
from visavis.conversations.types import Kind
from visavis.identity.types import Topic
from visavis.kernel.auth import ASSISTANT_ID, Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, NotFound
from visavis.knowledge import api as knowledge
from visavis.knowledge.types import Found

LOOK_BACK = 20
SUGGESTIONS = 3
STANDARD = 10


async def suggest(tx: Tx, actor: Actor, conversation_id: UUID) -> list[Suggestion]:
    """At most three entries for what the client said since staff last spoke; for the
    conversation's handler alone, and on record as knowledge shown.

    Raises `NotFound`.
    """
    one = await conversations.conversation(tx, conversation_id)
    if one.handler_id != actor.person_id:
        raise NotFound
    said: list[str] = []
    for entry in reversed(await conversations.transcript(tx, conversation_id, LOOK_BACK)):
        if entry.sender_id == one.client_id and entry.kind is Kind.MESSAGE:
            said.append(text_of(entry.body))
        elif entry.kind is Kind.MESSAGE and entry.sender_id != ASSISTANT_ID:
            break
    text = " ".join(reversed(said)).strip()
    if not text:
        return []
    found = await knowledge.search(tx, text, language_of(text, one.language), SUGGESTIONS)
    shown = [_suggestion(hit) for hit in found if hit.score >= SUGGESTED_FROM]
    if shown:
        entries = [{"entry": str(each.entry_id), "version": each.version} for each in shown]
        body = {"conversation": str(one.id), "shown_to": str(actor.person_id), "entries": entries}
        await archive.append_one(
            tx, Fact("suggestion", one.id, one.client_id, one.environment, body)
        )
    return shown


async def standard_answers(tx: Tx, actor: Actor, query: str, language: str) -> list[Suggestion]:
    """Entries whose wording may be sent as it stands, best first; without a word there are none.

    Raises `Forbidden`.
    """
    if not actor.is_staff:
        raise Forbidden
    return [_suggestion(hit) for hit in await knowledge.search(tx, query, language, STANDARD)]


def _suggestion(hit: Found) -> Suggestion:
    item = hit.item
    return Suggestion(
        item.entry_id,
        item.version,
        item.title,
        item.answer,
        Topic(item.topic),
        item.reviewed,
        hit.score,
    )

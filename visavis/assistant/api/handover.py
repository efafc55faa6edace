"""Handing over to a person: what the request is about, which capability it needs, and a summary
for whoever takes it.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from visavis.assistant import store
from visavis.assistant.rules import answering as rules
from visavis.assistant.rules.text import text_of
from visavis.assistant.rules.topics import classified
from visavis.assistant.sentences import sentences
from visavis.assistant.types import Classification, Intent, KeptAnswer, Outcome
from visavis.conversations import api as conversations
from visavis.conversations.types import Conversation, Draft, Kind, Stream
from visavis.identity.types import Topic
from visavis.kernel.auth import assistant
from visavis.kernel.db import Tx
from visavis.knowledge import api as knowledge

LOOK_BACK = 30
RECENT = 3  # so many of the client's last messages say what he wants
NEAR = 0.3  # sureness from which on an entry's topic is taken for the question's


async def classify(
    tx: Tx, text: str, context: Mapping[str, Any] | None = None, language: str = "zh-CN"
) -> Classification:
    """What `text` is about and which capability it needs; `context` is the page (title, product)
    the client is on.
    """
    found = await knowledge.search(tx, text, language, 1) if text.strip() else []
    if not found or found[0].score < NEAR:
        return classified(text, context)
    surely = found[0].score >= knowledge.SURE
    return classified(text, context, Topic(found[0].item.topic), surely=surely)


async def classify_conversation(tx: Tx, conversation_id: UUID) -> Classification:
    """`classify` for a conversation: its page and the last of its client's messages that says more
    than a greeting.
    """
    one = await conversations.conversation(tx, conversation_id)
    spoken = await _questions(tx, one)
    about = Classification(Topic.OTHER, classified("", one.context).need, Intent.QUESTION)
    for text in reversed(spoken):
        about = await classify(tx, text, one.context, one.language)
        if about.intent not in {Intent.COURTESY, Intent.PERSON, Intent.IDENTITY}:
            return about
    return classified("", one.context) if about.topic is Topic.OTHER else about


async def summary(
    tx: Tx,
    conversation_id: UUID,
    topic: Topic | None = None,
    context: Mapping[str, Any] | None = None,
) -> str:
    """The conversation in the client's own words and language; also kept for staff internally.

    `topic` and `context` are those of the request for a person, so that both say the same.
    Empty, and not kept, where nothing was said and no page is known.
    """
    one = await conversations.conversation(tx, conversation_id)
    spoken = await _questions(tx, one)
    page = context or one.context
    if not spoken and not page:
        return ""
    if topic is None:
        topic = (await classify_conversation(tx, conversation_id)).topic
    known = sentences(one.language)
    asked = await store.of_conversation(tx, conversation_id)
    titles = [kept.cited[0][2] for kept in asked if kept.outcome is Outcome.ANSWERED and kept.cited]
    words = {
        name: known[f"assistant_summary_{name}"]
        for name in ("topic", "page", "asked", "answered", "nothing")
    }
    named = known[f"topic_{topic.value}"]
    text = rules.summed_up(words, named, spoken, titles if asked else None, page)
    key = uuid5(conversation_id, f"summary {one.shared_no} {text}")
    draft = Draft(
        assistant(one.environment), one.id, Stream.INTERNAL, Kind.SUMMARY, {"text": text}, key
    )
    await conversations.post_one(tx, draft)
    return text


async def answers(tx: Tx, conversation_id: UUID) -> list[KeptAnswer]:
    """What became of a conversation's questions; the caller has checked that its reader may see
    them.
    """
    return await store.of_conversation(tx, conversation_id)


async def _questions(tx: Tx, one: Conversation) -> list[str]:
    """What the client has said lately, in order."""
    seen = await conversations.transcript(tx, one.id, LOOK_BACK)
    spoken = [text_of(each.body) for each in seen if each.sender_id == one.client_id]
    return [text for text in spoken if text][-RECENT:]

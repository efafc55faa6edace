"""Answering a client: nothing but approved wording with its source, entered through the one door
of messages.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.assistant import store
from visavis.assistant.rules import answering as rules
from visavis.assistant.rules.intent import intent
from visavis.assistant.rules.text import language_of, text_of
from visavis.assistant.rules.topics import classified
from visavis.assistant.sentences import sentences
from visavis.assistant.types import Decision, KeptAnswer, Outcome
from visavis.conversations import api as conversations
from visavis.conversations.types import (
    Conversation,
    Draft,
    Entry,
    Keep,
    Kind,
    Partner,
    State,
    Stream,
)
from visavis.identity.types import Topic
from visavis.kernel import clock
from visavis.kernel.auth import ASSISTANT_ID, assistant
from visavis.kernel.db import Tx
from visavis.kernel.ids import new_id
from visavis.knowledge import api as knowledge

LOOK_BACK = 50  # entries among which the question is looked for
HITS = 4


async def answer(tx: Tx, conversation_id: UUID, question_id: UUID) -> KeptAnswer | None:
    """Answer a client's message where the assistant is his partner; once, however often it is called.

    None where there is nothing to do: a person answers, the conversation is closed, the message is
    gone.
    """
    one = await conversations.conversation(tx, conversation_id)
    if one.partner is not Partner.ASSISTANT or one.state is State.CLOSED:
        return None
    if await store.answered(tx, question_id):
        return None
    seen = await conversations.transcript(tx, conversation_id, LOOK_BACK)
    question = next((entry for entry in seen if entry.id == question_id), None)
    if question is None:
        return None
    text = text_of(question.body)
    language = language_of(text, one.language)
    found = await knowledge.search(tx, text, language, HITS)
    decision = rules.decide(intent(text), found, knowledge.SURE)
    known = Topic(found[0].item.topic) if found and decision.cited else None
    topic = classified(text, one.context, known).topic
    first = all(entry.sender_id != ASSISTANT_ID for entry in seen)
    posted = await _say(tx, one, question, decision, language, first=first)
    return await _keep(tx, one, question_id, posted, topic)


async def _say(
    tx: Tx, one: Conversation, question: Entry, decision: Decision, language: str, *, first: bool
) -> Decision:
    """Enter the answer; where supervision would not let it pass, the honest sentence instead.

    A refusal (the conversation has just been closed, a person has just come) rolls back and is looked at anew.
    """
    if await _enter(tx, one, question, decision, _text(decision, language, first=first)):
        return decision
    unknown = Decision(Outcome.UNKNOWN, "assistant_unknown", (), decision.score)
    await _enter(tx, one, question, unknown, _text(unknown, language, first=first))
    return unknown


async def _enter(tx: Tx, one: Conversation, question: Entry, decision: Decision, text: str) -> bool:
    """Whether the client sees it."""
    body: dict[str, Any] = {"text": text}
    if decision.cited:
        body["citations"] = rules.citations(decision.cited)
    key = uuid5(question.id, decision.code)
    draft = Draft(assistant(one.environment), one.id, Stream.SHARED, Kind.MESSAGE, body, key)
    return (await conversations.post_one(tx, draft)).entry.state is Keep.KEPT


def _text(choice: Decision, language: str, *, first: bool) -> str:
    known = sentences(language)
    text = rules.worded(known[choice.code], known["assistant_related"], choice.cited)
    if first and choice.code != "assistant_identity":
        return f"{known['assistant_intro']}\n\n{text}"
    return text


async def _keep(
    tx: Tx, one: Conversation, question_id: UUID, decision: Decision, topic: Topic
) -> KeptAnswer:
    kept = KeptAnswer(
        one.id,
        question_id,
        decision.outcome,
        decision.score,
        tuple((hit.item.entry_id, hit.item.version, hit.item.title) for hit in decision.cited),
        topic,
        clock.now(),
    )
    record = await archive.append_one(
        tx,
        Fact(
            "answer", question_id, one.client_id, one.environment, _evidence(kept),
            {"outcome": kept.outcome.value, "question": str(question_id)},
        ),
    )  # fmt: skip
    await store.insert(tx, new_id(), kept, record)
    return kept


def _evidence(kept: KeptAnswer) -> Mapping[str, Any]:
    cited: Sequence[Mapping[str, Any]] = [
        {"entry": str(entry), "version": version} for entry, version, _ in kept.cited
    ]
    return {
        "conversation": str(kept.conversation_id),
        "outcome": kept.outcome.value,
        "score": f"{kept.score:.4f}",
        "cited": cited,
        "topic": kept.topic.value,
    }

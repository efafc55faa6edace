"""The table of answers, and all SQL that touches it."""

from uuid import UUID

from visavis.archive.types import Erasure, Origin
from visavis.assistant.types import KeptAnswer, Outcome
from visavis.identity.types import Topic
from visavis.kernel.db import Tx

COLUMNS = "conversation_id, question_id, outcome, score, citations, topic, at"


async def answered(tx: Tx, question_id: UUID) -> bool:
    """Whether this question has been dealt with."""
    found = await tx.fetchval("SELECT 1 FROM assistant_answer WHERE question_id = $1", question_id)
    return found is not None


async def insert(tx: Tx, answer_id: UUID, one: KeptAnswer, record_id: UUID) -> bool:
    """Keep what became of a question; False where it was dealt with before."""
    cited = [[str(entry), version, title] for entry, version, title in one.cited]
    return await tx.execute(
        f"INSERT INTO assistant_answer (id, {COLUMNS}, record_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (question_id) DO NOTHING",
        answer_id, one.conversation_id, one.question_id, one.outcome.value, one.score, cited,
        one.topic.value, one.at, record_id,
    ) == 1  # fmt: skip


async def of_conversation(tx: Tx, conversation_id: UUID) -> list[KeptAnswer]:
    """What became of a conversation's questions, in order."""
    rows = await tx.fetch(
        f"SELECT {COLUMNS} FROM assistant_answer WHERE conversation_id = $1 ORDER BY at, id",
        conversation_id,
    )
    return [
        KeptAnswer(
            row["conversation_id"], row["question_id"], Outcome(row["outcome"]), row["score"],
            tuple((UUID(entry), version, title) for entry, version, title in row["citations"]),
            Topic(row["topic"]), row["at"],
        )
        for row in rows
    ]  # fmt: skip


ANSWERS = """
SELECT record_id, record_id::text AS thread, id::text AS key,
    jsonb_build_object('@object', question_id, 'conversation', conversation_id, 'outcome', outcome, 'topic', topic,
        'score', jsonb_build_object('$near', score), 'cited', coalesce((
            SELECT jsonb_agg(jsonb_build_object('entry', one -> 0, 'version', one -> 1) ORDER BY at)
            FROM jsonb_array_elements(citations) WITH ORDINALITY AS each (one, at)), '[]')) AS says
FROM assistant_answer
"""
ORIGINS = (Origin("assistant_answer", frozenset({"answer"}), "{@record}", ANSWERS),)
ERASURES = (
    Erasure(
        "assistant_answer",
        "DELETE FROM assistant_answer WHERE conversation_id IN (SELECT id FROM conversation WHERE client_id = $1)",
    ),
)

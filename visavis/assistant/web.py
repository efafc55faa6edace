"""Routes of the copilot: standard answers for a typed word, suggestions for a conversation."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from visavis.assistant import api
from visavis.assistant.types import Suggestion
from visavis.kernel.http import Signed, answer

router = APIRouter(prefix="/api", tags=["assistant"])


@router.get("/answers", operation_id="find_answers")
async def find_answers(
    edge: Signed,
    q: Annotated[str, Query(max_length=500)] = "",
    conversation: UUID | None = None,
) -> Response:
    """Approved answers with their sources: for `q`, or for what the client of a conversation has
    just said.
    """
    async with edge.transaction() as tx:
        if q.strip() or conversation is None:
            found = await api.standard_answers(tx, edge.who, q, edge.language)
        else:
            found = await api.suggest(tx, edge.who, conversation)
    return answer({"items": [_answer(one) for one in found], "next": None})


def _answer(one: Suggestion) -> dict[str, Any]:
    source = {
        "n": 1,
        "entry": str(one.entry_id),
        "version": one.version,
        "title": one.title,
        "reviewed": one.reviewed.isoformat(),
    }
    return {
        "id": f"{one.entry_id}.{one.version}",
        "entry": source["entry"],
        "version": one.version,
        "title": one.title,
        "text": one.text,
        "topic": one.topic.value,
        "reviewed": source["reviewed"],
        "score": round(one.score, 3),
        "citations": [source],
    }

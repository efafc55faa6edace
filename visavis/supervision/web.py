"""Routes of supervision: a verdict while somebody is typing; nothing is kept."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, StringConstraints

from visavis.kernel.http import Signed, answer
from visavis.supervision import api

router = APIRouter(prefix="/api", tags=["supervision"])


class Draft(BaseModel):
    """A text that has not been sent; the conversation is accepted for clients that name it, and
    changes nothing.
    """

    text: Annotated[str, StringConstraints(min_length=1, max_length=8000)]
    conversation: str | None = None


@router.post("/judge", operation_id="judge_draft")
async def judge_draft(draft: Draft, edge: Signed) -> Response:
    """What would become of this text if it were sent now, worded in the caller's language."""
    async with edge.transaction() as tx:
        verdict = await api.judge_draft(tx, edge.who, draft.text)
    return answer(api.explain(verdict, edge.language))

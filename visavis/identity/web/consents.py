"""Routes of consents: what the client is asked, and her word."""

from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from visavis.identity import api
from visavis.identity.types import Consent, Purpose
from visavis.kernel.clock import to_ms
from visavis.kernel.http import Signed, answer

router = APIRouter(tags=["identity"])


class ConsentIn(BaseModel):
    """Yes or no, and the version of the text that was on the screen."""

    given: bool
    version: str = Field(max_length=40)


@router.get("/api/client/consents")
async def read_consents(edge: Signed) -> Response:
    """What I am asked to agree to, in my language, and what I have said."""
    async with edge.transaction() as tx:
        found = await api.my_consents(tx, edge.who)
    return answer({"items": [_shown(one, edge.language) for one in found]})


@router.put("/api/client/consents/{purpose}")
async def say_consent(edge: Signed, purpose: Purpose, body: ConsentIn) -> Response:
    """Give or withdraw a consent: the same step either way, and it counts at once."""
    async with edge.transaction() as tx:
        said = await api.say_consent(tx, edge.who, purpose, body.given, body.version)
    return answer(_shown(said, edge.language))


def _shown(one: Consent, language: str) -> dict[str, Any]:
    text = next(each for each in api.consent_texts() if each.purpose is one.purpose)
    return {
        "purpose": one.purpose.value,
        "title": text.title[language],
        "text": text.text[language],
        "version": text.version,
        "given": one.given,
        "at": to_ms(one.at) if one.at else None,
    }

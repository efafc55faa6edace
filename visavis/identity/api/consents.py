"""Consents: the texts in force, a client's word on each, and who has said no (PIPL arts 14 to 16, 24, 29; DATA-01)."""

import hashlib
import json
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.identity.store import consents as store
from visavis.identity.types import Consent, ConsentText, OtherWords, Purpose
from visavis.kernel import clock
from visavis.kernel.auth import Actor, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden
from visavis.kernel.ids import new_id

TEXTS = Path(__file__).parent.parent / "consents.json"


@lru_cache(maxsize=1)
def consent_texts() -> tuple[ConsentText, ...]:
    """What clients are asked, one text per purpose, in the versions that ship."""
    found: dict[str, Any] = json.loads(TEXTS.read_text("utf-8"))
    return tuple(
        ConsentText(one, found[one]["version"], found[one]["title"], found[one]["text"])
        for one in Purpose
    )


async def my_consents(tx: Tx, actor: Actor) -> tuple[Consent, ...]:
    """The client's own word on every purpose; a yes to other words than those in force counts as never asked."""
    _client(actor)
    known = await store.latest(tx, actor.person_id)
    return tuple(_counting(known.get(text.purpose), text) for text in consent_texts())


async def say_consent(tx: Tx, actor: Actor, purpose: Purpose, given: bool, version: str) -> Consent:
    """Keep the client's yes or no, on record with the words she saw; it counts from this commit on.

    Giving and withdrawing are the same act. A repetition changes nothing. Raises `OtherWords` where the text has
    changed since: nobody agrees to what was not on the screen; a no is taken in any version.
    """
    _client(actor)
    text = next(one for one in consent_texts() if one.purpose is purpose)
    if given and version != text.version:
        raise OtherWords(version=text.version)
    before = _counting((await store.latest(tx, actor.person_id)).get(purpose), text)
    if before.given is given:
        return before
    consent_id, now = new_id(), clock.now()
    digest = hashlib.sha256(
        json.dumps([text.title, text.text], ensure_ascii=False, sort_keys=True).encode()
    ).digest()
    body = {
        "client": str(actor.person_id), "purpose": purpose.value, "given": given, "version": text.version,
        "text": digest.hex(), "language": actor.language,
    }  # fmt: skip
    fact = Fact("consent", consent_id, actor.person_id, actor.environment, body)
    record = await archive.append_one(tx, fact)
    await store.add(
        tx, consent_id, actor.person_id, given, text, digest, actor.language, now, record
    )
    return Consent(purpose, given, text.version, now)


async def refusing_consent(tx: Tx, client_ids: Collection[UUID], purpose: Purpose) -> set[UUID]:
    """Those of these clients who have said no to `purpose`, read at this moment: a withdrawal counts at once."""
    return await store.refusing(tx, client_ids, purpose) if client_ids else set()


def _counting(said: Consent | None, text: ConsentText) -> Consent:
    if said is None or (said.given and said.version != text.version):
        return Consent(text.purpose, None)
    return said


def _client(actor: Actor) -> None:
    if not actor.has(Role.CLIENT):
        raise Forbidden

"""What is kept of a client, shown to her and given along (PIPL art 45, DATA-04): every context says what it holds."""

import hashlib
from datetime import timedelta
from math import ceil

from visavis.archive import api as archive
from visavis.archive.types import Fact, RetentionClass
from visavis.custody.rules import portraits as rules
from visavis.custody.store import portraying as store
from visavis.custody.terms import terms
from visavis.custody.types import CopyFormat, Part
from visavis.kernel import clock
from visavis.kernel.auth import Actor, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, TooMany
from visavis.kernel.ids import new_id

# How a part is explained, for the edge.
explained = rules.explained
COPIES_A_DAY = 5
DAY = timedelta(days=1)


async def portrait(tx: Tx, actor: Actor, most: int | None = 50) -> list[Part]:
    """All that is kept of the client who asks, part by part with its source; the last `most` rows of each, or all.

    The record itself, the firm's supervision of its staff and legal holds are no part of it.

    Raises `Forbidden`.
    """
    if not actor.has(Role.CLIENT):
        raise Forbidden
    parts = []
    for one in terms().holdings:
        rows, total = await store.rows(tx, one, actor.person_id, most)
        parts.append(Part(one.name, one.source, one.rests_on, total, rows))
    return parts


async def take_home(
    tx: Tx, actor: Actor, form: CopyFormat, words: rules.Words
) -> tuple[bytes, str]:
    """A whole copy in this format, and its media type; on record by its SHA-256. Five a day, else `TooMany`.

    Raises `Forbidden`.
    """
    if not actor.has(Role.CLIENT):
        raise Forbidden
    now = clock.now()
    made = await store.copies_since(tx, actor.person_id, now - DAY)
    if len(made) >= COPIES_A_DAY:
        raise TooMany(retry_after=ceil((made[-COPIES_A_DAY] + DAY - now).total_seconds()))
    parts = await portrait(tx, actor, most=None)
    content = rules.written(form, parts, now, terms().zone, words)
    copy_id, digest = new_id(), hashlib.sha256(content).digest()
    body = {
        "client": str(actor.person_id), "format": form.value, "sha256": digest.hex(), "bytes": len(content),
    }  # fmt: skip
    fact = Fact(
        "client_copy", copy_id, actor.person_id, actor.environment, body, {}, RetentionClass.ACCESS
    )
    record = await archive.append_one(tx, fact)
    await store.add_copy(tx, copy_id, actor.person_id, form, digest, len(content), now, record)
    return content, rules.MEDIA_TYPES[form]

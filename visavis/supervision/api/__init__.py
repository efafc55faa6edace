"""The door of supervision: `judge` for the hot path, `explain` for readers, `keep_verdicts` for evidence.

A verdict depends on text, direction and pack alone, and costs about 20 to 30 µs; `policies` is the store of documents.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from visavis.identity import api as identity
from visavis.kernel import giving_way
from visavis.kernel.auth import Actor, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden
from visavis.supervision import store
from visavis.supervision.api import policies
from visavis.supervision.judging import DOCUMENTS, pack, weigh
from visavis.supervision.rules import engine
from visavis.supervision.rules.pack import Pack
from visavis.supervision.rules.shapes import mask
from visavis.supervision.types import Alert, Direction, Judged, Verdict

AT_ONCE = 200
ORIGINS, ERASURES = store.ORIGINS, store.ERASURES
__all__ = [
    "DOCUMENTS",
    "ERASURES",
    "ORIGINS",
    "Pack",
    "explain",
    "judge",
    "judge_by",
    "judge_draft",
    "keep_verdicts",
    "mask",
    "pack",
    "policies",
    "weigh",
]


async def judge(tx: Tx, asks: Sequence[Judged]) -> list[Verdict]:
    """A verdict per text, in order. The assistant's words are judged as staff's (AI-02).

    The store of policies is asked once in the life of a process, before its first verdict; news come by themselves.
    """
    if not policies.known():
        await policies.refresh(tx)
    return engine.judge(pack(), asks)


async def judge_by(by: Pack, asks: Sequence[Judged]) -> list[Verdict]:
    """The same by a pack of the caller's choice, for long looks at the past: others get their turn in between."""
    verdicts: list[Verdict] = []
    for first in range(0, len(asks), AT_ONCE):
        verdicts += engine.judge(by, asks[first : first + AT_ONCE])
        await giving_way.breathe()
    return verdicts


async def judge_draft(tx: Tx, actor: Actor, text: str) -> Verdict:
    """What would become of `text` if `actor` sent it now; nothing is kept. Raises `Forbidden` for a visitor."""
    if actor.has(Role.VISITOR):
        raise Forbidden
    if not actor.is_staff:
        return (await judge(tx, [Judged(text, Direction.CLIENT_TO_STAFF)]))[0]
    stands = (await identity.standings(tx, {actor.person_id})).get(actor.person_id)
    licensed = stands is not None and stands.advises
    department = stands.department if stands else None
    asked = Judged(text, Direction.STAFF_TO_CLIENT, licensed, department, identity.today())
    return (await judge(tx, [asked]))[0]


async def keep_verdicts(tx: Tx, alerts: Sequence[Alert]) -> None:
    """Keep the verdict of every entry that was not simply passed; the caller has put each on record."""
    if alerts:
        await store.insert(tx, alerts)


def explain(verdict: Verdict | Mapping[str, Any], language: str) -> dict[str, Any]:
    """A verdict, kept or fresh, as the wire shows it, worded in `language`; see docs/protocol.md."""
    plain = msgspec.to_builtins(verdict) if isinstance(verdict, Verdict) else verdict
    return {
        "action": plain["action"],
        "policies": [
            {"id": hit["id"], "category": hit["category"], **_words(hit["id"], language)}
            for hit in plain["policies"]
        ],
        "spans": [list(span) for span in plain["spans"]],
    }


def _words(policy_id: str, language: str) -> dict[str, str]:
    """Title, reason and alternative; the bare id where the pack no longer has this policy."""
    policy = pack().policies.get(policy_id)
    if policy is None:
        return {"title": policy_id, "reason": ""}
    return dict(policy.worded(language))

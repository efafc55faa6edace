"""Who may do what in suitability (SUIT-03, 14; LIC-01, LIC-02; PART-01)."""

from collections.abc import Mapping
from typing import Any

from visavis.identity.types import Capability
from visavis.kernel.auth import Actor, Role
from visavis.kernel.errors import Refusal
from visavis.suitability.types import (
    AdviceNeedsRegistration,
    AnsweredByClientAlone,
    CardNotYours,
)

MAKERS = (Role.ADMINISTRATOR, Role.EDITOR)
CHECKERS = (Role.SUPERVISOR,)
PROVERS = (Role.SUPERVISOR, Role.EXAMINER)


def check_client_alone(actor: Actor, session: Mapping[str, Any]) -> None:
    """Raise unless this is the client himself, in a session that nobody else controls (co-browsing, assisted)."""
    if not actor.has(Role.CLIENT) or session.get("co_browsing") or session.get("assisted"):
        raise AnsweredByClientAlone


def may_send_card(actor: Actor, able: frozenset[Capability], advice: bool) -> Refusal | None:
    """Whether the actor may send a product at all, at this moment: passing on is relay, a view on it is advice.

    The assistant passes on and never advises; a client asks, and partners refer (LIC-01, LIC-02, PART-01).
    """
    if actor.has(Role.CLIENT, Role.VISITOR):
        return CardNotYours()
    if actor.has(Role.SYSTEM):
        return None
    if actor.has(Role.ASSISTANT):
        return AdviceNeedsRegistration() if advice else None
    if not able & {Capability.RELAY, Capability.ADVISE}:
        return CardNotYours()
    return AdviceNeedsRegistration() if advice and Capability.ADVISE not in able else None


def may_configure(actor: Actor) -> bool:
    """Whether the actor may propose documents."""
    return actor.has(*MAKERS)


def may_approve(actor: Actor) -> bool:
    """Whether the actor may decide on documents, conversions and call-backs' files: supervisors."""
    return actor.has(*CHECKERS)


def may_read_documents(actor: Actor) -> bool:
    """Whether the actor may read documents in every version."""
    return actor.has(*MAKERS, *PROVERS, Role.OPERATOR)


def may_prove(actor: Actor) -> bool:
    """Whether the actor may open decisions, dossiers and alerts."""
    return actor.has(*PROVERS)


def may_call_back(actor: Actor) -> bool:
    """Whether the actor may make independent call-backs."""
    return actor.has(Role.SUPERVISOR, Role.OPERATOR)

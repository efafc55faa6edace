"""Who may serve a request: the hard constraints H1..H9.

The same `refusal` is asked when offering and again inside the claim's transaction; no score outweighs a constraint.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from visavis.dispatch.rules.policy import Policy, Terms
from visavis.dispatch.types import Constraint, Load, Offer, OfferState, Request, Status
from visavis.identity.types import serves_there
from visavis.kernel.auth import Environment

TAKING = frozenset({Status.ONLINE, Status.BUSY})
# Whose offer ended so has had his turn for a while; losers of a race have not.
TURN_OVER = frozenset({OfferState.DECLINED, OfferState.EXPIRED, OfferState.ACCEPTED})


@dataclass(frozen=True)
class Advisor:
    """A member of staff as dispatch sees him; `unmet` names what he lacks for each need, an absent need is met.

    `reach` are the branches of his contract, None: every one.
    """

    id: UUID
    environment: Environment
    languages: frozenset[str]
    topics: frozenset[str]
    branch_id: UUID | None
    region: str
    unmet: Mapping[str, tuple[Constraint, str]]
    load: Load | None
    reach: frozenset[UUID] | None = None


@dataclass(frozen=True)
class Case:
    """A request with the offers made for it since it began to wait; `region` is that of the client's branch."""

    request: Request
    offers: tuple[Offer, ...] = ()
    region: str = ""


@dataclass(frozen=True)
class Wanted:
    """What a conversation asks of whoever takes it over, where no request stands for it."""

    environment: Environment
    capability: str
    language: str
    excluded: frozenset[UUID]
    own_advisor_id: UUID | None
    back_at: Mapping[UUID, datetime] = field(default_factory=dict)
    branch_id: UUID | None = None


@dataclass
class Book:
    """Who is reserved by live offers while decisions are made: advisor -> requests."""

    live: dict[UUID, set[UUID]] = field(default_factory=dict)

    def reserve(self, advisor_id: UUID, request_id: UUID) -> None:
        """Count a live offer against the advisor's capacity."""
        self.live.setdefault(advisor_id, set()).add(request_id)

    def reserved(self, advisor_id: UUID, but: UUID) -> int:
        """Live offers of the advisor for other requests."""
        return len(self.live.get(advisor_id, set()) - {but})

    def holds(self, advisor_id: UUID, request_id: UUID) -> bool:
        """Whether the advisor has a live offer of this request."""
        return request_id in self.live.get(advisor_id, ())


def reach(load: Load | None, now: datetime, terms: Terms, policy: Policy) -> str:
    """`fresh`, `asleep` (only a notice reaches the device) or the reason why the advisor cannot be reached (H4)."""
    if load is None or load.seen_at is None:
        return "never_seen"
    if load.status not in TAKING:
        return load.status.value
    silent = now - load.seen_at
    if silent <= timedelta(seconds=terms.presence_s):
        return "fresh"
    if load.pushable and silent <= timedelta(seconds=policy.away_seconds):
        return "asleep"
    return "silent"


def is_excluded(request: Request | Wanted, advisor_id: UUID, now: datetime) -> bool:
    """Whether the advisor is not to be asked at `now` (H5); silence, a declined offer or a wish count for a while only.

    Whoever has a conflict of interest, or was parted from the client by the firm, is excluded for good.
    """
    if advisor_id not in request.excluded:
        return False
    back = request.back_at.get(advisor_id)
    return back is None or now < back


def has_had_turn(case: Case, advisor_id: UUID, now: datetime, terms: Terms) -> bool:
    """Whether the advisor was asked so lately that others come first."""
    pause = timedelta(seconds=terms.ask_again_s)
    return any(
        offer.advisor_id == advisor_id
        and (
            offer.state is OfferState.LIVE
            or (offer.state in TURN_OVER and now < (offer.ended_at or offer.expires_at) + pause)
        )
        for offer in case.offers
    )


def refusal(
    request: Request | Wanted, advisor: Advisor, now: datetime, terms: Terms, policy: Policy
) -> tuple[Constraint, str] | None:
    """The first constraint that the pair fails at `now`, whatever offers there are; None when it may be made.

    H1 licence and area of the contract (LIC-02), H4 presence and status, H3 capacity, H5 exclusion, H9 language, and
    the wall between environments.
    """
    if advisor.environment is not request.environment:
        return Constraint.ENVIRONMENT, advisor.environment.value
    unmet = advisor.unmet.get(request.capability)
    if unmet is not None:
        return unmet
    if not serves_there(advisor.reach, request.branch_id):
        return Constraint.AREA, ""
    if request.language not in advisor.languages:
        return Constraint.LANGUAGE, request.language
    if is_excluded(request, advisor.id, now):
        return Constraint.EXCLUDED, ""
    reached = reach(advisor.load, now, terms, policy)
    if reached not in ("fresh", "asleep"):
        return Constraint.PRESENCE, reached
    assert advisor.load is not None
    if advisor.load.status is Status.BUSY and advisor.id != request.own_advisor_id:
        return Constraint.OWN_CLIENTS_ONLY, ""
    if advisor.load.used >= advisor.load.capacity:
        return Constraint.CAPACITY, f"{advisor.load.used}/{advisor.load.capacity}"
    return None


def on_call(
    request: Request, advisors: Iterable[Advisor], now: datetime, policy: Policy
) -> list[UUID]:
    """Whom to tell that somebody waits unasked: the able who are not off duty and were here lately, the latest first.

    A break, a full day or an offer that was let pass is no reason not to know; an end of duty is.
    """
    since = now - timedelta(seconds=policy.away_seconds)
    found = [
        (one.load.seen_at, one.id)
        for one in advisors
        if one.environment is request.environment
        and request.capability not in one.unmet
        and serves_there(one.reach, request.branch_id)
        and request.language in one.languages
        and (one.id not in request.excluded or one.id in request.back_at)
        and one.load is not None
        and one.load.seen_at is not None
        and one.load.status is not Status.OFF
        and one.load.seen_at >= since
    ]
    return [one for _, one in sorted(found, reverse=True)[: policy.on_call_most]]


def push_refusal(
    case: Case, advisor: Advisor, book: Book, now: datetime, terms: Terms, policy: Policy
) -> tuple[Constraint, str] | None:
    """`refusal`, and what bars an offer alone: asked before (H6), or reserved to the brim by other offers (H3)."""
    found = refusal(case.request, advisor, now, terms, policy)
    if found is not None:
        return found
    if book.holds(advisor.id, case.request.id):
        return Constraint.LIVE_OFFER, ""
    if has_had_turn(case, advisor.id, now, terms):
        return Constraint.ASKED, ""
    assert advisor.load is not None
    reserved = book.reserved(advisor.id, case.request.id)
    if advisor.load.used + reserved >= advisor.load.capacity:
        return Constraint.CAPACITY, f"{advisor.load.used}+{reserved}/{advisor.load.capacity}"
    return None

"""The advisor's side of the door: offers, the pool, accepting, declining, grabbing."""

from datetime import timedelta
from uuid import UUID

from visavis.archive import api as archive
from visavis.dispatch import evidence, looking
from visavis.dispatch.claiming import claim
from visavis.dispatch.policies import default
from visavis.dispatch.rules.candidates import Case, refusal
from visavis.dispatch.rules.scoring import mean_offers, score, why
from visavis.dispatch.store import loads, requests
from visavis.dispatch.store import offers as offer_store
from visavis.dispatch.telling import tell_advisor, tell_client, wake_engine
from visavis.dispatch.terms import terms
from visavis.dispatch.types import (
    Claimed,
    DeclineReason,
    NotServing,
    Offer,
    OfferOver,
    OfferState,
    OfferView,
    Request,
)
from visavis.identity import api as identity
from visavis.identity.types import Person
from visavis.kernel import clock
from visavis.kernel.auth import SERVING, Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound

EXCERPT = 80
Shown = tuple[UUID | None, str, str]  # the client's id and names, as far as they may be known


async def offers(tx: Tx, actor: Actor) -> list[OfferView]:
    """The actor's offers that stand now, oldest first."""
    _serving(actor)
    live = await offer_store.live_of(tx, actor.person_id, clock.now())
    found = await requests.by_ids(tx, [one.request_id for one in live])
    names = await _own_names(tx, actor, list(found.values()))
    return [_view(actor, one, found[one.request_id], names) for one in live]


async def offer_view(tx: Tx, actor: Actor, offer_id: UUID) -> OfferView:
    """One offer of the actor's own, whatever became of it. Raises `NotFound`."""
    one = await _own(tx, actor, offer_id)
    found = await requests.by_ids(tx, [one.request_id])
    return _view(
        actor, one, found[one.request_id], await _own_names(tx, actor, list(found.values()))
    )


async def offer(tx: Tx, offer_id: UUID) -> Offer | None:
    """An offer as it stands; the caller answers for who may know of it."""
    return await offer_store.by_id(tx, offer_id)


async def pool(tx: Tx, actor: Actor) -> list[OfferView]:
    """The pooled requests that the actor could serve now, best for him first."""
    _serving(actor)
    now = clock.now()
    regions = await looking.branch_regions(tx)
    found = await looking.advisors(tx, actor.environment, regions, [actor.person_id])
    if not found or found[0].load is None:
        return []
    me = found[0]
    mean = mean_offers([me], now)
    scored: list[tuple[float, Request]] = []
    for request in await requests.pooled(tx, actor.environment):
        if refusal(request, me, now, terms(), default()) is None:
            region = regions.get(request.branch_id, "") if request.branch_id else ""
            parts = score(Case(request, (), region), me, mean, now, terms(), default())
            scored.append((sum(parts.values()), request))
    scored.sort(key=lambda one: (-one[0], one[1].waiting_since, one[1].id))
    names = await _own_names(tx, actor, [one for _, one in scored])
    return [
        OfferView(
            one.id, one.id, one.conversation_id, one.topic, one.language, one.capability, one.environment,
            one.waiting_since, why(one, me), *_client(actor, one, names), _excerpt(actor, one), rank, len(scored),
            one.waiting_since, None, OfferState.LIVE, True,
        )
        for rank, (_, one) in enumerate(scored, 1)
    ]  # fmt: skip


async def accept(tx: Tx, actor: Actor, offer_id: UUID) -> Claimed:
    """Accept an offer: one winner, one answer. Raises `AlreadyTaken`, `OfferOver`, `NotEligible`, `NotFound`."""
    one = await _own(tx, actor, offer_id)
    return await claim(tx, actor, one.request_id, one.id, one)


async def grab(tx: Tx, actor: Actor, request_id: UUID, client_key: UUID) -> Claimed:
    """Grab a pooled request: one winner, one answer per key. Raises `AlreadyTaken`, `NotEligible`, `NotFound`."""
    _serving(actor)
    return await claim(tx, actor, request_id, client_key, None)


async def decline(tx: Tx, actor: Actor, offer_id: UUID, reason: DeclineReason) -> None:
    """Pass the offer on with a reason; again is no error. The request moves on at once. Raises `OfferOver`."""
    one = await _own(tx, actor, offer_id)
    if one.state is OfferState.DECLINED:
        return
    now = clock.now()
    await requests.by_id(tx, one.request_id, lock=True)
    if not await offer_store.settle(tx, one.id, OfferState.DECLINED, now, reason.value):
        raise OfferOver
    others = await offer_store.any_live(tx, one.request_id)
    # Whoever has a conflict of interest has it tomorrow too.
    pause = timedelta(seconds=terms().ask_again_s)
    back_at = None if reason is DeclineReason.CONFLICT else now + pause
    request = await requests.decline(tx, one.request_id, actor.person_id, others, back_at)
    assert request is not None, "a live offer's request can be claimed"
    await archive.append(
        tx,
        [evidence.changed(request, "declined", advisor=str(actor.person_id), reason=reason.value)],
    )
    tell_client(tx, request)
    await loads.seen(tx, [actor.person_id], now)
    tell_advisor(tx, actor.person_id, "offer_gone", one.id)
    wake_engine(tx)


async def name_of(tx: Tx, person_id: UUID) -> str:
    """The name of a colleague, for whoever lost a race to him; empty when unknown."""
    person = (await identity.people(tx, [person_id])).get(person_id)
    return person.name if person else ""


def _serving(actor: Actor) -> None:
    if not actor.has(*SERVING):
        raise NotServing


async def _own(tx: Tx, actor: Actor, offer_id: UUID) -> Offer:
    _serving(actor)
    one = await offer_store.by_id(tx, offer_id)
    if one is None or one.advisor_id != actor.person_id:
        raise NotFound
    return one


async def _own_names(tx: Tx, actor: Actor, found: list[Request]) -> dict[UUID, Person]:
    """Names of those clients who are the actor's own: nobody else's name is shown before acceptance."""
    own = [one.client_id for one in found if one.own_advisor_id == actor.person_id]
    return await identity.people(tx, own)


def _client(actor: Actor, request: Request, names: dict[UUID, Person]) -> Shown:
    if request.own_advisor_id != actor.person_id:
        return None, "", ""
    client = names.get(request.client_id)
    return request.client_id, client.name if client else "", client.name_en if client else ""


def _excerpt(actor: Actor, request: Request) -> str:
    """The own client's words; of others only the title of the page that they ask about."""
    own = request.own_advisor_id == actor.person_id
    return (request.summary if own and request.summary else str(request.context.get("title", "")))[
        :EXCERPT
    ]


def _view(actor: Actor, one: Offer, request: Request, names: dict[UUID, Person]) -> OfferView:
    by = request.advisor_id if one.state is OfferState.TAKEN else None
    return OfferView(
        one.id, one.request_id, request.conversation_id, request.topic, request.language, request.capability,
        request.environment, request.waiting_since, one.why, *_client(actor, request, names),
        _excerpt(actor, request), one.rank, one.of, one.issued_at, one.expires_at, one.state, False, by,
    )  # fmt: skip

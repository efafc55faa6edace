"""The composition root: contexts, routes, reactions, schedule; `create` makes the application of one process."""

import functools
import pathlib
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.datastructures import State

from visavis.analytics import jobs as analytics_jobs
from visavis.analytics import web as analytics_web
from visavis.archive import api as archive
from visavis.archive import jobs as archive_jobs
from visavis.archive import sequencing
from visavis.archive import web as archive_web
from visavis.assistant import jobs as assistant_jobs
from visavis.assistant import web as assistant_web
from visavis.channels import api as channels
from visavis.channels import jobs as channels_jobs
from visavis.channels import web as channels_web
from visavis.connections import api as connections
from visavis.connections import jobs as connections_jobs
from visavis.connections import types as ties
from visavis.connections import web as connections_web
from visavis.conversations import api as conversations
from visavis.conversations import indexing
from visavis.conversations import jobs as conversations_jobs
from visavis.conversations import web as conversations_web
from visavis.conversations.types import (
    ConversationClosed,
    ConversationRated,
    ConversationTransferred,
    MessageFlagged,
    MessagePosted,
)
from visavis.custody import api as custody
from visavis.custody import clerk, watching
from visavis.custody import web as custody_web
from visavis.custody.types import CaptureResumed, CaptureStopped
from visavis.dispatch import api as dispatch
from visavis.dispatch import engine as dispatch_engine
from visavis.dispatch import jobs as dispatch_jobs
from visavis.dispatch import web as dispatch_web
from visavis.dispatch.types import OfferMade, RequestStranded, SlotBooked
from visavis.identity import api as identity
from visavis.identity import jobs as identity_jobs
from visavis.identity import web as identity_web
from visavis.identity.types import ClientRestricted, LicenceChanged, StaffLeft, StaffSuspended
from visavis.incentives import api as incentives
from visavis.incentives import jobs as incentives_jobs
from visavis.incentives import web as incentives_web
from visavis.kernel import errors, health, http, outbox, pages
from visavis.kernel.auth import Actor
from visavis.kernel.beside import Beside
from visavis.kernel.commands import Command, Handler, Presenter
from visavis.kernel.db import Database, Tx
from visavis.kernel.denials import Denials
from visavis.kernel.gateway import Gateway
from visavis.kernel.greeting import together
from visavis.kernel.jobs import Recurring, Runner, Work
from visavis.kernel.outbox import Reactions
from visavis.kernel.reconciling import Reconciler, Truth
from visavis.kernel.settings import Settings
from visavis.kernel.sockets import Limits
from visavis.knowledge import web as knowledge_web
from visavis.origins import ERASURES, HOLDINGS, NUMBERINGS, ORIGINS
from visavis.products import jobs as products_jobs
from visavis.products import web as products_web
from visavis.products.types import ProductChanged
from visavis.review import api as review
from visavis.review import jobs as review_jobs
from visavis.review import web as review_web
from visavis.review.types import ItemOverdue, TicketOverdue
from visavis.suitability import api as suitability
from visavis.suitability import jobs as suitability_jobs
from visavis.suitability import web as suitability_web
from visavis.supervision import watching as supervision_watching
from visavis.supervision import web as supervision_web

VERSION = "0.1.0"

# Routes of each context, in the order of the layers.
ROUTERS: Sequence[APIRouter] = (
    *archive_web.ROUTERS,
    *identity_web.ROUTERS,
    *custody_web.ROUTERS,
    supervision_web.router,
    products_web.router,
    *connections_web.ROUTERS,
    *suitability_web.ROUTERS,
    knowledge_web.router,
    *conversations_web.ROUTERS,
    assistant_web.router,
    *dispatch_web.ROUTERS,
    *review_web.ROUTERS,
    channels_web.router,
    incentives_web.router,
    analytics_web.router,
)

_RIGHTS_ENDED = (
    conversations_jobs.on_rights_ended, dispatch_jobs.on_rights_changed, review_jobs.on_rights_ended,
    channels_jobs.on_rights_ended,
)  # fmt: skip
# What happens when something has happened: event type -> reactions of contexts above it.
REACTIONS: Reactions = {
    StaffLeft: (connections_jobs.on_staff_left, *_RIGHTS_ENDED),
    StaffSuspended: _RIGHTS_ENDED,
    LicenceChanged: (dispatch_jobs.on_rights_changed,),
    ties.ConnectionProposed: (incentives_jobs.on_connection,),
    ties.ConnectionEstablished: (analytics_jobs.on_connection, incentives_jobs.on_connection),
    ties.ConnectionDissolved: (
        conversations_jobs.on_connection_dissolved,
        dispatch_jobs.on_connection_dissolved,
        review_jobs.on_connection_dissolved,
        channels_jobs.on_connection_dissolved,
        analytics_jobs.on_connection,
    ),
    **dispatch_jobs.BARRED,
    CaptureStopped: (conversations_jobs.on_capture_stopped, channels_jobs.on_capture_stopped),
    CaptureResumed: (conversations_jobs.on_capture_resumed,),
    ClientRestricted: (
        connections_jobs.on_client_restricted,
        conversations_jobs.on_client_restricted,
        channels_jobs.on_client_restricted,
    ),
    ties.HandoverAnnounced: (
        conversations_jobs.on_handover_announced,
        channels_jobs.on_handover_announced,
    ),
    MessagePosted: (
        conversations_jobs.on_message_posted,
        assistant_jobs.on_message_posted,
        dispatch_jobs.on_message_posted,
        channels_jobs.on_message_posted,
        analytics_jobs.on_message,
    ),
    MessageFlagged: (review_jobs.on_message_flagged,),
    **review_jobs.GATHERED,
    ItemOverdue: (channels_jobs.on_item_overdue,),
    TicketOverdue: (channels_jobs.on_ticket_overdue,),
    ProductChanged: (suitability_jobs.on_product_changed, conversations_jobs.on_product_changed),
    **conversations_jobs.SUITED,
    OfferMade: (channels_jobs.on_offer_made,),
    ConversationClosed: (dispatch_jobs.on_conversation_closed,),
    ConversationTransferred: (dispatch_jobs.on_conversation_transferred,),
    ConversationRated: (analytics_jobs.on_rated,),
    **dict.fromkeys(analytics_jobs.KINDS, (analytics_jobs.on_request,)),
    RequestStranded: (channels_jobs.on_request_stranded,),
    SlotBooked: (channels_jobs.on_slot_booked, analytics_jobs.on_request),
}

# Jobs that a context schedules by name, and work that is done again and again.
WORKS: Mapping[str, Work] = {
    **identity_jobs.WORKS,
    **connections_jobs.WORKS,
    **conversations_jobs.WORKS,
    **review_jobs.WORKS,
    **channels_jobs.WORKS,
}
RECURRING: Sequence[Recurring] = (
    *archive_jobs.RECURRING,
    *identity_jobs.RECURRING,
    *products_jobs.RECURRING,
    *suitability_jobs.RECURRING,
    *conversations_jobs.RECURRING,
    *dispatch_jobs.RECURRING,
    *review_jobs.RECURRING,
)

Table = Mapping[str, Sequence[Callable[[Database, Settings], Coroutine[Any, Any, None]]]]
# Long-running processes beside the job runner, by the role that runs them, and what it does before it is ready.
WARMING, JUDGING = (assistant_jobs.warm_up,), (watching.run, supervision_watching.run)
WORKING = (channels.run_courier, clerk.run, sequencing.run, indexing.index_words)
PROCESSES: Table = {
    "web": JUDGING,
    "dispatch": (dispatch_engine.run, watching.run),
    "work": (*JUDGING, *WORKING),
}
PREPARATIONS: Table = {"web": WARMING, "work": WARMING, "dispatch": (dispatch_engine.prepare,)}
# What stands in the store, as hints: looked at again where the bus may lose some.
TRUTHS: Mapping[str, Sequence[Truth]] = {
    "conversation": (conversations.as_hints,),
    "person": (identity.as_hints, dispatch.as_hints),
}

# The live socket: commands and frames beside those of conversations.
COMMANDS: Mapping[type[Command], Handler] = dispatch_web.COMMANDS
FRAMES: Mapping[str, Presenter] = dispatch_web.FRAMES


class People:
    """What the gateway asks about people, answered by identity and whoever cares about presence."""

    async def redeem(self, tx: Tx, tickets: Sequence[str]) -> Sequence[Actor | None]:
        """The actor of each single-use ticket."""
        return await identity.redeem_tickets(tx, tickets)

    async def again(self, tx: Tx, actors: Sequence[Actor]) -> Sequence[Actor | None]:
        """Each actor as he is now, or None where his session has ended."""
        return await identity.again(tx, actors)

    async def present(self, tx: Tx, actors: Sequence[Actor]) -> Sequence[Mapping[str, Any]]:
        """Of each the same as `/api/me`."""
        found = await identity.several_me(tx, actors)
        return [identity_web.me_out(found[one.person_id]).model_dump(mode="json") for one in actors]

    async def here(self, tx: Tx, actors: Sequence[Actor]) -> None:
        """Each of the actors has a page open."""
        await dispatch.heartbeat(tx, *actors)

    async def gone(self, tx: Tx, actor: Actor) -> None:
        """The actor's last page has closed."""
        await dispatch.gone(tx, actor)


def install_contexts(settings: Settings) -> None:
    """Tell each context what the operator has set."""
    archive.install(settings)
    identity.install(settings)
    connections.install(settings)
    dispatch.install(settings)
    channels.install(settings)
    conversations.install(settings)
    review.install(settings)
    incentives.install(settings)
    custody.install(settings, ORIGINS, NUMBERINGS, ERASURES, HOLDINGS, conversations.served)


Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def _running(gateway: Gateway, runner: Runner | None) -> Lifespan:
    """What runs as long as the application: the gateway, and with a `runner` what the process's roles ask for."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        denials, beside = app.state.denials, app.state.beside
        beside.begin(gateway.run)
        beside.begin(functools.partial(denials.run, app.state.database))
        if runner is not None:
            _beside(app.state, runner)
        try:
            yield
        finally:
            await beside.stop()
            await app.state.speaker.settle()
            await denials.settle(app.state.database)

    return lifespan


def _beside(state: State, runner: Runner) -> None:
    beside, settings, database = state.beside, state.settings, state.database
    if settings.has_role("work"):
        beside.begin(runner.run)
    if database.live.lossy:
        beside.begin(Reconciler(database, TRUTHS).run)
    for table, start in ((PREPARATIONS, beside.prepare), (PROCESSES, beside.begin)):
        mine = [one for role in table if settings.has_role(role) for one in table[role]]
        for one in dict.fromkeys(mine):
            start(functools.partial(one, database, settings))


def create(settings: Settings, database: Database, *, background: bool = True) -> FastAPI:
    """The application; with `background` it also runs jobs and processes. Tests drive `app.state.runner` themselves."""
    outbox.compose(REACTIONS)
    install_contexts(settings)
    runner = Runner(database, WORKS, REACTIONS, RECURRING)
    catalogue = http.Catalogue(pathlib.Path(__file__).parent)
    speaker = conversations_web.Speaker(database, settings.client_messages_per_minute)
    denials = Denials(identity.denied)
    gateway = Gateway(
        database, people=People(), feeds=conversations_web.ConversationFeeds(speaker),
        commands={**conversations_web.Talking(speaker).table(), **COMMANDS}, frames=FRAMES,
        catalogue=catalogue, denials=denials, limits=Limits.of(settings),
    )  # fmt: skip
    app = FastAPI(
        title="Visavis", version=VERSION, docs_url=None, redoc_url=None,
        openapi_url="/api/openapi.json", responses={"default": {"model": errors.Problem}},
        lifespan=_running(gateway, runner if background else None),
        generate_unique_id_function=lambda route: str(route.name),
    )  # fmt: skip
    app.state.settings, app.state.database, app.state.runner = settings, database, runner
    app.state.authenticate = together(database, identity.authenticate)
    app.state.catalogue = catalogue
    # What contexts below ask for: connections for their lists, the archive before it gives a bundle.
    app.state.levels, app.state.bundle_taken = suitability.levels, custody.bundle_taken
    app.state.speaker, app.state.gateway, app.state.denials = speaker, gateway, denials
    app.state.beside = Beside()
    http.install(app)
    health.install(app, sockets=gateway.count, leaving=lambda: gateway.draining)
    if settings.has_role("web"):
        for router in ROUTERS:
            app.include_router(router)
        pages.install(app, pathlib.Path(__file__).parent / "_web", identity.origins)
    return app

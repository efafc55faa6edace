"""What machines ask: is the process alive, may it get traffic, how is it doing.

`/healthz` answers as long as the process does. `/readyz` also needs the database, and refuses while the process starts
or leaves: a dispatcher that is ready can take over, a web process that is ready can judge.
`/metrics` is Prometheus' text format; it is answered to loopback alone unless VISAVIS_METRICS is `all`.
"""

import math
import time
from collections.abc import Callable

import asyncpg
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client import generate_latest as exposition
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from visavis.kernel import clock, figures
from visavis.kernel.db import Database
from visavis.kernel.errors import Forbidden, Refusal, Unavailable

LOOPBACK = ("127.0.0.1", "::1")
JOBS = "SELECT state, count(*) AS jobs, min(due_at) AS oldest FROM job GROUP BY state"


class Meter:
    """The figures of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "visavis_http_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "visavis_http_seconds",
            "From the request's arrival to its answer's end.",
            ("route",),
            registry=self.registry,
        )
        self.sockets = Gauge("visavis_sockets", "Live sockets open.", registry=self.registry)
        self.jobs = Gauge("visavis_jobs", "Jobs by state.", ("state",), registry=self.registry)
        self.lag = Gauge(
            "visavis_job_lag_seconds", "Age of the oldest job that is due.", registry=self.registry
        )
        self.connections = Gauge(
            "visavis_database_connections",
            "Connections to the database.",
            ("state",),
            registry=self.registry,
        )
        self.bus = Gauge(
            "visavis_bus_connected", "Whether hints of others arrive.", registry=self.registry
        )


class Measured:
    """Counts and times every request, by the route's pattern and never by its address."""

    def __init__(self, app: ASGIApp, meter: Meter) -> None:
        self._app = app
        self._meter = meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The next application, watched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = "500"

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        began = time.perf_counter()
        try:
            await self._app(scope, receive, watch)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            self._meter.requests.labels(scope["method"], route, status).inc()
            self._meter.seconds.labels(route).observe(time.perf_counter() - began)


def install(app: FastAPI, *, sockets: Callable[[], int], leaving: Callable[[], bool]) -> None:
    """Answer the three addresses; `sockets` counts the open ones, `leaving` says that no more may come. What is still
    being prepared `app.state.beside` knows.
    """
    meter = Meter()

    async def alive(_: Request) -> Response:
        return JSONResponse({"alive": True})

    async def ready(request: Request) -> Response:
        if leaving():
            raise Unavailable(reason="leaving")
        if not request.app.state.beside.ready:
            raise Unavailable(reason="starting")
        await _reach(request.app.state.database)
        return JSONResponse({"ready": True})

    async def metrics(request: Request) -> Response:
        caller = request.client.host if request.client else ""
        if request.app.state.settings.metrics != "all" and caller not in LOOPBACK:
            raise Forbidden(reason="metrics")
        meter.sockets.set(sockets())
        await _look(request.app.state.database, meter)
        text = exposition(meter.registry) + exposition(figures.measure())
        return Response(text, media_type=CONTENT_TYPE_LATEST)

    app.router.routes += [
        Route("/healthz", alive),
        Route("/readyz", ready),
        Route("/metrics", metrics),
    ]
    app.add_middleware(Measured, meter=meter)


async def _reach(database: Database) -> None:
    try:
        async with database.transaction(readonly=True) as tx:
            await tx.fetchval("SELECT 1")
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise Unavailable(reason="database") from error


async def _look(database: Database, meter: Meter) -> None:
    """The counts of this moment; where the database cannot be asked, the other figures still come."""
    meter.jobs.clear()
    meter.lag.set(0)
    meter.bus.set(database.live.connected)
    for state, count in zip(("used", "idle"), database.connections, strict=True):
        meter.connections.labels(state).set(count)
    try:
        async with database.transaction(readonly=True) as tx:
            for row in await tx.fetch(JOBS):
                meter.jobs.labels(row["state"]).set(row["jobs"])
                if row["state"] == "due":
                    meter.lag.set(max(0.0, (clock.now() - row["oldest"]).total_seconds()))
    except (Refusal, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        meter.jobs.labels("unknown").set(1)
        meter.lag.set(math.nan)

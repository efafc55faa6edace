"""What machines ask: alive, ready, figures."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from tests.conversations.talk import begin
from tests.world import World
from visavis import launch
from visavis.app import create
from visavis.kernel import health
from visavis.kernel.errors import Unavailable
from visavis.kernel.live import InProcess
from visavis.kernel.settings import Settings


def caller(app: FastAPI, address: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, client=(address, 1000))
    return httpx.AsyncClient(transport=transport, base_url="http://testserver")


async def test_a_running_process_is_alive_and_ready(world: World) -> None:
    async with caller(world.app, "10.0.0.9") as probe:
        assert (await probe.get("/healthz")).json() == {"alive": True}
        assert (await probe.get("/readyz")).json() == {"ready": True}


async def test_without_its_database_it_is_alive_and_not_ready(world: World) -> None:
    await world.database.stop()
    async with caller(world.app, "127.0.0.1") as probe:
        assert (await probe.get("/healthz")).status_code == 200
        answer = await probe.get("/readyz")
        assert (answer.status_code, answer.json()["error"]) == (503, "unavailable")
        figures = await probe.get("/metrics")
        assert figures.status_code == 200
        assert 'visavis_jobs{state="unknown"} 1.0' in figures.text


async def test_a_leaving_process_gets_no_more_traffic(world: World) -> None:
    world.app.state.gateway.draining = True
    async with caller(world.app, "10.0.0.9") as probe:
        assert (await probe.get("/healthz")).status_code == 200
        assert (await probe.get("/readyz")).status_code == 503


async def test_a_process_is_ready_once_it_is_prepared(world: World) -> None:
    prepared = asyncio.Event()

    async def prepare() -> None:
        await prepared.wait()

    world.app.state.beside.prepare(prepare)
    async with caller(world.app, "10.0.0.9") as probe:
        answer = await probe.get("/readyz")
        assert (answer.status_code, answer.json()["error"]) == (503, "unavailable")
        prepared.set()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert (await probe.get("/readyz")).status_code == 200


async def test_a_store_that_is_away_at_the_start_stops_no_process_for_ever(world: World) -> None:
    settings = world.settings.model_copy(update={"roles": "dispatch,work"})
    app = create(settings, world.database)
    assert not await _scheduled(world)
    await world.database.stop()
    async with app.router.lifespan_context(app), caller(app, "10.0.0.9") as probe:
        await world.clock.advance(0.5)
        assert (await probe.get("/readyz")).status_code == 503
        await world.database.start()
        async with asyncio.timeout(60):
            while not app.state.beside.ready or not await _scheduled(world):
                await world.clock.advance(0.2)
        assert (await probe.get("/readyz")).status_code == 200


async def _scheduled(world: World) -> bool:
    """Whether the job runner has put its recurring work on its list."""
    try:
        async with world.tx() as tx:
            keys = await tx.fetchval("SELECT count(*) FROM job WHERE key LIKE 'recurring:%'")
            return bool(keys)
    except Unavailable:
        return False


async def test_requests_are_counted_by_pattern_and_not_by_address(world: World) -> None:
    async with caller(world.app, "127.0.0.1") as probe:
        for code in ("S1", "S2"):
            await probe.get(f"/api/public/verify/{code}")
        await probe.get("/api/none/secret-name")
        figures = (await probe.get("/metrics")).text
    pattern = 'method="GET",route="/api/public/verify/{code}",status="200"'
    assert f"visavis_http_requests_total{{{pattern}}} 2.0" in figures
    assert "secret-name" not in figures
    assert "visavis_sockets 0.0" in figures


@pytest.mark.parametrize(
    ("address", "status"), [("127.0.0.1", 200), ("::1", 200), ("10.0.0.9", 403)]
)
async def test_figures_are_for_this_machine_alone(world: World, address: str, status: int) -> None:
    async with caller(world.app, address) as probe:
        assert (await probe.get("/metrics")).status_code == status


async def test_the_operator_may_open_the_figures() -> None:
    app = FastAPI()
    app.state.settings = Settings(metrics="all")
    app.state.database = _Nowhere()
    health.install(app, sockets=lambda: 3, leaving=lambda: False)
    async with caller(app, "10.0.0.9") as probe:
        assert "visavis_sockets 3.0" in (await probe.get("/metrics")).text


class _Nowhere:
    """A database that cannot be reached."""

    live = InProcess()
    connections = (0, 0)

    def transaction(self, **_: object) -> None:
        raise OSError("no such host")


async def test_queues_commits_and_lag_are_shown(world: World) -> None:
    talk = await begin(world)
    await world.app.state.speaker.post(talk.draft(talk.her, "在吗"))
    world.clock.move(timedelta(seconds=7))
    async with caller(world.app, "127.0.0.1") as probe:
        lines = (await probe.get("/metrics")).text.splitlines()
    figures = {
        name: float(value)
        for name, _, value in (one.rpartition(" ") for one in lines if one[0] != "#")
    }
    assert figures['visavis_batch_items_count{queue="post"}'] >= 1
    assert figures['visavis_queue_items{queue="post"}'] == 0
    assert figures["visavis_commit_seconds_count"] >= 1
    assert figures["visavis_job_lag_seconds"] >= 7
    assert figures["visavis_bus_connected"] == 1
    assert figures['visavis_database_connections{state="used"}'] >= 0


async def test_a_process_without_pages_answers_machines_alone(world: World) -> None:
    alone = create(
        world.settings.model_copy(update={"roles": "dispatch,work"}),
        world.database,
        background=False,
    )
    async with caller(alone, "127.0.0.1") as probe:
        assert (await probe.get("/readyz")).status_code == 200
        assert (await probe.get("/api/public/firm")).status_code == 404
    assert launch.server(alone).config.ws == "none"

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
from visavis.kernel import figures, giving_way, health
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
        answer = await probe.get("/metrics")
        assert answer.status_code == 200
        assert 'visavis_jobs{state="unknown"} 1.0' in answer.text
        assert "visavis_job_lag_seconds NaN" in answer.text


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


async def test_requests_are_counted_by_pattern_and_not_by_address(world: World) -> None:
    async with caller(world.app, "127.0.0.1") as probe:
        for code in ("S1", "S2"):
            await probe.get(f"/api/public/verify/{code}")
        await probe.get("/api/none/secret-name")
        told = (await probe.get("/metrics")).text
    pattern = 'method="GET",route="/api/public/verify/{code}",status="200"'
    assert f"visavis_http_requests_total{{{pattern}}} 2.0" in told
    assert "secret-name" not in told
    assert "visavis_sockets 0.0" in told


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
    told = {
        name: float(value)
        for name, _, value in (one.rpartition(" ") for one in lines if one[0] != "#")
    }
    assert told['visavis_batch_items_count{queue="post"}'] >= 1
    assert told['visavis_queue_items{queue="post"}'] == 0
    assert told["visavis_commit_seconds_count"] >= 1
    assert told["visavis_job_lag_seconds"] >= 7
    assert told["visavis_bus_connected"] == 1
    assert told['visavis_database_connections{state="used"}'] >= 0


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


async def test_what_only_reads_is_no_commit_that_counts(world: World) -> None:
    def commits() -> float:
        return figures.measure().get_sample_value("visavis_commit_seconds_count") or 0.0

    before = commits()
    async with world.database.transaction(readonly=True) as tx:
        await tx.fetchval("SELECT 1")
    assert commits() == before
    async with world.tx() as tx:
        await tx.fetchval("SELECT 1")
    assert commits() == before + 1


def test_what_is_shed_is_counted() -> None:
    def shed(what: str) -> float:
        return figures.measure().get_sample_value("visavis_shed_total", {"what": what}) or 0.0

    before = {what: shed(what) for what in ("signs", "pages")}
    giving_way.press(giving_way.SIGNS * 2)
    assert giving_way.sheds(giving_way.SIGNS)
    assert not giving_way.sheds(giving_way.PAGES)
    giving_way.press(1.0)
    assert giving_way.sheds(giving_way.PAGES)
    giving_way.press(0.0)
    assert not giving_way.sheds(giving_way.SIGNS)
    assert {what: shed(what) - before[what] for what in before} == {"signs": 1, "pages": 1}

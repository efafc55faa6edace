"""What every answer carries, whoever asks and whatever comes of it."""

import httpx
import pytest
import structlog

from tests.world import World, made
from visavis.kernel.clock import FakeClock
from visavis.kernel.db import Database
from visavis.kernel.settings import Settings

PATHS = (
    "/api/me",
    "/api/branches",
    "/api/nothing",
    "/desk/",
    "/verify/S1",
    "/healthz",
    "/log/vkey",
    "/x",
)


@pytest.mark.parametrize("path", PATHS)
async def test_no_answer_may_be_framed_sniffed_or_kept(world: World, path: str) -> None:
    answer = await world.http().get(path)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert "strict-transport-security" not in answer.headers
    # The log's public files are for everybody's pages, and nothing else is.
    assert ("access-control-allow-origin" in answer.headers) is path.startswith("/log/")
    if path.startswith("/api/"):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-type"] == "application/json"
    elif answer.headers["content-type"].startswith("text/"):
        assert answer.headers["content-type"].endswith("charset=utf-8")


@pytest.mark.parametrize("path", PATHS)
async def test_over_tls_every_answer_asks_for_tls_for_a_year(
    database: Database, clock: FakeClock, settings: Settings, path: str
) -> None:
    secure = settings.model_copy(update={"public_url": "https://talk.broker.test"})
    async with made(database, clock, secure) as world:
        answer = await world.http().get(path)
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


async def test_a_fault_tells_nothing_of_the_inside(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the inside")

    monkeypatch.setattr("visavis.identity.web.sign_in.me_out", broken)
    client = await world.client()
    transport = httpx.ASGITransport(world.app, raise_app_exceptions=False)
    with structlog.testing.capture_logs() as said:
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as browser:
            answer = await browser.get(
                "/api/me", headers={"Authorization": f"Bearer {client.bearer}"}
            )
    assert (answer.status_code, answer.json()["error"]) == (500, "internal")
    assert "inside" not in answer.text
    # The number that the caller is told finds the line.
    assert [one["request"] for one in said if one["event"] == "unexpected"] == [answer.json()["id"]]

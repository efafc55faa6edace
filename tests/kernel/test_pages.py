"""The built interface as browsers get it: policies, caching, twins by encoding, and nothing outside the folder."""

import gzip
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from visavis.kernel import pages
from visavis.kernel.db import Database, Tx


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A built interface with one file of each sort, and a secret beside it."""
    (tmp_path / "secret.js").write_text("secret")
    web = tmp_path / "_web"
    for name in ("desk.html", "console.html", "client.html", "widget/frame.html", "widget/launcher.js",
                 "assets/a-1.js", "desk/sw.js", "mark.svg", ".vite/license.md"):  # fmt: skip
        path = web / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (web / "assets/a-1.js.gz").write_bytes(gzip.compress(b"packed"))
    return web


@pytest.fixture
def browser(folder: Path, database: Database) -> httpx.AsyncClient:
    """A caller of an application that serves nothing but the interface."""

    async def origins(_: Tx) -> list[str]:
        return ["https://www.broker.test", "https://m.broker.test"]

    app = FastAPI()
    app.state.database = database
    pages.install(app, folder, origins)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://platform.test")


async def test_an_application_answers_at_every_address_below_it(browser: httpx.AsyncClient) -> None:
    for path in ("/desk", "/desk/", "/desk/conversations/1", "/console/board"):
        found = await browser.get(path)
        assert found.text == f"{path.split('/')[1]}.html"
        assert found.headers["cache-control"] == "no-cache"
        assert "frame-ancestors 'none'" in found.headers["content-security-policy"]


async def test_only_listed_origins_may_frame_the_widget(browser: httpx.AsyncClient) -> None:
    policy = (await browser.get("/widget/frame.html")).headers["content-security-policy"]
    assert policy.endswith("frame-ancestors https://www.broker.test https://m.broker.test")
    assert "script-src 'self';" in policy
    alone = (await browser.get("/client")).headers["content-security-policy"]
    assert alone.endswith("frame-ancestors 'none'")


async def test_assets_are_kept_for_ever_and_the_launcher_for_minutes(
    browser: httpx.AsyncClient,
) -> None:
    assert "immutable" in (await browser.get("/assets/a-1.js")).headers["cache-control"]
    launcher = await browser.get("/widget/launcher.js")
    assert launcher.headers["cache-control"] == "public, max-age=300"
    assert launcher.headers["cross-origin-resource-policy"] == "cross-origin"


async def test_a_packed_twin_is_sent_to_who_takes_it(browser: httpx.AsyncClient) -> None:
    packed = await browser.get("/assets/a-1.js", headers={"accept-encoding": "gzip"})
    assert (packed.text, packed.headers["content-encoding"]) == ("packed", "gzip")
    assert packed.headers["content-type"].startswith("text/javascript")
    plain = await browser.get("/assets/a-1.js", headers={"accept-encoding": "identity"})
    assert (plain.text, "content-encoding" in plain.headers) == ("assets/a-1.js", False)


@pytest.mark.parametrize(
    "path",
    ["/assets/../../secret.js", "/assets/%2e%2e/%2e%2e/secret.js", "/.vite/license.md", "/other", "/assets/b.js",
     "/client.html", "/desk/none.js"],
)  # fmt: skip
async def test_nothing_else_is_served(browser: httpx.AsyncClient, path: str) -> None:
    assert (await browser.get(path)).status_code == 404


async def test_files_of_the_applications_lie_where_they_are_asked_for(
    browser: httpx.AsyncClient,
) -> None:
    assert (await browser.get("/desk/sw.js")).text == "desk/sw.js"
    assert (await browser.get("/mark.svg")).headers["content-type"] == "image/svg+xml"
    assert (await browser.get("/")).headers["location"] == "/desk/"


async def test_an_unbuilt_interface_says_how_to_build_it(
    browser: httpx.AsyncClient, folder: Path
) -> None:
    (folder / "desk.html").unlink()
    found = await browser.get("/desk/")
    assert found.status_code == 503
    assert "tools/build_web.py" in found.text

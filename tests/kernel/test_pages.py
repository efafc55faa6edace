"""The built interface as browsers get it: policies, caching, twins by encoding, and nothing outside the folder."""

import base64
import gzip
import hashlib
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from visavis.kernel import http, pages
from visavis.kernel.db import Database, Tx
from visavis.kernel.settings import Settings

PACKAGE = Path(pages.__file__).parents[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A built interface with one file of each sort, and a secret beside it."""
    (tmp_path / "secret.js").write_text("secret")
    web = tmp_path / "_web"
    for name in ("desk.html", "console.html", "client.html", "widget/frame.html", "widget/launcher.js",
                 "assets/a-1.js", "desk/worker.js", "mark.svg", ".vite/license.md"):  # fmt: skip
        path = web / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"<head></head>{name}" if name.endswith(".html") else name)
    (web / "assets/a-1.js.gz").write_bytes(gzip.compress(b"packed"))
    return web


@pytest.fixture
def browser(folder: Path, database: Database, settings: Settings) -> httpx.AsyncClient:
    """A caller of an application that serves nothing but the interface."""

    async def origins(_: Tx) -> list[str]:
        return ["https://www.broker.test", "https://m.broker.test"]

    app = FastAPI()
    app.state.database = database
    app.state.settings = settings
    app.state.catalogue = http.Catalogue(PACKAGE)
    http.install(app)
    pages.install(app, folder, origins)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://platform.test")


async def test_an_application_answers_at_every_address_below_it(browser: httpx.AsyncClient) -> None:
    for path in ("/desk", "/desk/", "/desk/conversations/1", "/console/board"):
        found = await browser.get(path)
        assert found.text.endswith(f"</head>{path.split('/')[1]}.html")
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
    assert (await browser.get("/desk/worker.js")).text == "desk/worker.js"
    assert (await browser.get("/mark.svg")).headers["content-type"] == "image/svg+xml"


async def test_a_service_worker_may_fetch_what_it_keeps_and_is_asked_for_each_time(
    browser: httpx.AsyncClient,
) -> None:
    worker = await browser.get("/desk/worker.js")
    assert worker.headers["content-security-policy"] == "default-src 'none'; connect-src 'self'"
    assert worker.headers["cache-control"] == "no-cache"


async def test_the_start_page_leads_to_every_entrance_in_the_readers_language(
    browser: httpx.AsyncClient,
) -> None:
    english = await browser.get("/", headers={"accept-language": "en-GB"})
    chinese = await browser.get("/")
    for path in ("/desk/", "/console/", "/client", "/verify"):
        assert f'href="{path}"' in english.text
    assert "Example Securities" in english.text
    assert "投顾工作台" in chinese.text
    assert "script-src" not in english.headers["content-security-policy"]


async def test_the_only_inline_style_is_the_one_the_policy_names(
    browser: httpx.AsyncClient,
) -> None:
    page = await browser.get("/")
    style = page.text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page.headers["content-security-policy"]


async def test_each_answer_has_a_nonce_of_its_own_for_a_librarys_styles(
    browser: httpx.AsyncClient,
) -> None:
    seen = set()
    for _ in range(2):
        page = await browser.get("/desk/")
        nonce = page.text.partition('property="csp-nonce" nonce="')[2].partition('"')[0]
        assert len(nonce) > 20
        assert f"'nonce-{nonce}'" in page.headers["content-security-policy"]
        assert "script-src 'self';" in page.headers["content-security-policy"]
        seen.add(nonce)
    assert len(seen) == 2


async def test_the_frame_takes_no_text_as_script(browser: httpx.AsyncClient) -> None:
    policy = (await browser.get("/widget/frame.html")).headers["content-security-policy"]
    assert "require-trusted-types-for 'script'; trusted-types 'none'" in policy


async def test_without_a_listed_origin_nobody_frames_the_widget(
    folder: Path, database: Database, settings: Settings
) -> None:
    async def nobody(_: Tx) -> list[str]:
        return []

    app = FastAPI()
    app.state.database, app.state.settings = database, settings
    pages.install(app, folder, nobody)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://platform.test"
    ) as alone:
        policy = (await alone.get("/widget/frame.html")).headers["content-security-policy"]
    assert policy.endswith("frame-ancestors 'none'")


async def test_sockets_may_be_opened_to_the_own_origin_only(
    browser: httpx.AsyncClient, folder: Path, database: Database, settings: Settings
) -> None:
    policy = (await browser.get("/desk/")).headers["content-security-policy"]
    assert "connect-src 'self' ws://platform.test;" in policy

    async def nobody(_: Tx) -> list[str]:
        return []

    app = FastAPI()
    app.state.database = database
    app.state.settings = settings.model_copy(update={"public_url": "https://talk.broker.test"})
    pages.install(app, folder, nobody)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://inner.test"
    ) as outside:
        page = await outside.get("/desk/")
    assert (
        "connect-src 'self' wss://inner.test wss://talk.broker.test;"
        in page.headers["content-security-policy"]
    )


async def test_a_file_that_is_known_is_not_sent_again(
    browser: httpx.AsyncClient, folder: Path
) -> None:
    first = await browser.get("/mark.svg")
    tag = first.headers["etag"]
    for known in (tag, f'"other", W/{tag}'):
        again = await browser.get("/mark.svg", headers={"if-none-match": known})
        assert (again.status_code, again.content) == (304, b"")
    (folder / "mark.svg").write_text("another drawing")
    changed = await browser.get("/mark.svg", headers={"if-none-match": tag})
    assert (changed.status_code, changed.text) == (200, "another drawing")


async def test_large_text_is_packed_even_without_a_twin(
    browser: httpx.AsyncClient, folder: Path
) -> None:
    (folder / "assets/big.js").write_text("x" * 5000)
    packed = await browser.get("/assets/big.js", headers={"accept-encoding": "gzip;q=0.5, br;q=0"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == "x" * 5000
    refused = await browser.get("/assets/big.js", headers={"accept-encoding": "gzip;q=0"})
    assert "content-encoding" not in refused.headers


async def test_a_head_request_is_answered(browser: httpx.AsyncClient) -> None:
    assert (await browser.head("/desk/")).status_code == 200


async def test_an_unbuilt_interface_says_how_to_build_it(
    browser: httpx.AsyncClient, folder: Path
) -> None:
    (folder / "desk.html").unlink()
    found = await browser.get("/desk/")
    assert found.status_code == 503
    assert "tools/build_web.py" in found.text

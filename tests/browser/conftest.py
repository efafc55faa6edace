"""A real server and a real browser: the demo of the fictional firm on free ports, driven by Chromium.

Skipped, loudly, where there is no Chromium. The firm is brought in once in a run; each file of tests has a running copy
of it, and each test has browsers of its own.
"""

import contextlib
import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Frame,
    Page,
    Playwright,
    Response,
    expect,
    sync_playwright,
)

from tests.browser import seeded
from tests.browser.seeded import Seed
from tests.browser.talking import Client, numbers_of
from visavis.demo import accounts
from visavis.demo.accounts import Account, Secrets
from visavis.kernel.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
TRIES = 2
REFUSED = 400
LOG = logging.getLogger(__name__)
# A bound for what never comes; what does come is seen at once.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)
# What files of tests take, in seconds on a quiet machine: those not named here take less.
LONGEST = {"test_desk.py": 60, "test_widget.py": 45, "test_story.py": 39, "test_console.py": 36,
           "test_reflow.py": 30, "test_gentle.py": 25}  # fmt: skip
# What the server does for these files, other files have it do too, or the tests of its contexts: coverage costs a demo
# half as much again.
SEEN_ELSEWHERE = {"test_reflow.py", "test_widget.py", "test_fit.py"}
# Lines that a browser writes about refusals which a test provokes on purpose.
EXPECTED = ("Failed to load resource", "ERR_INTERNET_DISCONNECTED", "WebSocket connection to")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser and may take longer than a unit test; long files begin first."""
    items.sort(key=lambda item: LONGEST.get(item.path.name, 0), reverse=True)
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            # What is to be measured runs in the demo, not here.
            item.add_marker(pytest.mark.no_cover)
            # The demo's start has a bound of its own.
            item.add_marker(pytest.mark.timeout(300, func_only=True))
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium: apt-get install chromium"))


@dataclass(frozen=True)
class Demo:
    """The running demonstration: two sites, and who can sign in."""

    platform: str
    site: str
    secrets: Secrets

    def account(self, login: str) -> Account:
        """The sign-in of a member of staff."""
        return next(one for one in self.secrets.accounts if one.login == login)


@dataclass
class Staff:
    """A member of staff at the HTTP interface, with the cookie that a browser can take over."""

    demo: Demo
    account: Account
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(
            base_url=self.demo.platform, headers={"X-Visavis": "1"}, trust_env=False, timeout=30
        )
        # A code is good once: whoever signs in as the same person at this moment, as the gentle rehearsal does, may
        # have spent the one told here, and then another is told.
        for _ in range(TRIES - 1):
            if self._sign_in().is_success:
                return
        answer = self._sign_in()
        assert answer.is_success, f"{self.account.login}: {answer.status_code} {answer.text}"

    def _sign_in(self) -> httpx.Response:
        login = {"login": self.account.login, "password": self.account.password}
        step = self.call("POST", "/api/sign-in", login)
        code = {"challenge": step["challenge"], "code": step["demo_code"]}
        return self.http.request("POST", "/api/sign-in/totp", json=code)

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The answer's JSON; anything but success fails the test with the answer's text."""
        answer = self.http.request(method, path, json=body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def enter(self, context: BrowserContext) -> None:
        """Give a browser this session."""
        host = urlsplit(self.demo.platform).hostname or ""
        for cookie in self.http.cookies.jar:
            context.add_cookies(
                [{"name": cookie.name, "value": cookie.value or "", "domain": host, "path": "/"}]
            )


@pytest.fixture(scope="module")
def demo_settings() -> dict[str, str]:
    """Settings of the file's demo, for files that need other ones than the usual."""
    return {}


@pytest.fixture(scope="module")
def demo_module() -> str:
    """What is run as the demo, for files that need one that behaves otherwise."""
    return "visavis"


@pytest.fixture(scope="module")
def demo_rehearses() -> bool:
    """Whether simulated clients ask beside the tests; mostly nobody asks but the test's own."""
    return False


@pytest.fixture(scope="module")
def demo_measured(request: pytest.FixtureRequest) -> bool:
    """Whether coverage sees what the demo of this file runs."""
    return request.path.name not in SEEN_ELSEWHERE


@pytest.fixture(scope="session")
def seed() -> Seed:
    """The run's seeded demo, at rest."""
    return seeded.seed()


@pytest.fixture(scope="module")
def demo(
    seed: Seed,
    demo_settings: dict[str, str],
    demo_module: str,
    demo_rehearses: bool,
    demo_measured: bool,
) -> Iterator[Demo]:
    """A copy of the seeded demo, running; it stops with the file of tests."""
    port = free_port()
    with (
        seeded.copied(seed.home) as home,
        seeded.running(
            home, port, seed.site_port,
            module=demo_module, rehearse=demo_rehearses, settings=demo_settings, measured=demo_measured,
        ),
    ):  # fmt: skip
        secrets = accounts.load(home)
        assert secrets is not None
        yield Demo(f"http://localhost:{port}", f"http://127.0.0.1:{seed.site_port}", secrets)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium."""
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
    yield browser
    browser.close()


Open = Callable[..., Page]


@pytest.fixture
def browse(chromium: Browser) -> Iterator[Open]:
    """Opens a page in a browser of its own: `browse(viewport=PHONE, dark=True, language="en")`.

    At the end no page may have written an error, a violation of the content policy among them, but for the one that the
    test is `expecting`.
    """
    contexts: list[BrowserContext] = []
    errors: list[str] = []
    allowed = list(EXPECTED)

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(one in message.text for one in allowed):
            errors.append(message.text)

    def note_answer(answer: Response) -> None:
        if answer.status >= REFUSED:
            LOG.warning("%s %s", answer.status, answer.url)

    def open_page(
        viewport: dict[str, int] = DESKTOP,
        *,
        dark: bool = False,
        language: str = "zh-CN",
        staff: Staff | None = None,
        expecting: str | None = None,
        permissions: tuple[str, ...] = (),
    ) -> Page:
        allowed.extend([expecting] if expecting else [])
        phone = viewport["width"] < 768
        context = chromium.new_context(
            viewport={"width": viewport["width"], "height": viewport["height"]},
            color_scheme="dark" if dark else "light",
            locale=language,
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            has_touch=phone,
            is_mobile=phone,
            permissions=list(permissions),
        )
        contexts.append(context)
        if staff:
            staff.enter(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", note)
        # Shown where the test fails: what was asked and not given.
        page.on("response", note_answer)
        page.on("requestfailed", lambda one: LOG.warning("%s %s", one.failure, one.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        with contextlib.suppress(Exception):
            context.close()
    assert errors == []


@pytest.fixture(scope="module")
def staff(demo: Demo) -> Iterator[Callable[[str], Staff]]:
    """Signs staff in, each once in the file: `staff("lin")`."""
    known: dict[str, Staff] = {}

    def sign_in(login: str) -> Staff:
        if login not in known:
            known[login] = Staff(demo, demo.account(login))
        return known[login]

    yield sign_in
    for member in known.values():
        member.http.close()


@pytest.fixture
def su(staff: Callable[[str], Staff]) -> Iterator[Staff]:
    """An advisor who takes offers while the test runs, and has nothing open afterwards."""
    member = staff("su")
    for one in member.call("GET", "/api/offers")["items"]:
        member.call("POST", f"/api/offers/{one['id']}/decline", {"reason": "busy"})
    member.call("PUT", "/api/presence", {"status": "online", "capacity": 12})
    yield member
    for one in member.call("GET", "/api/conversations?state=open")["items"]:
        member.call("POST", f"/api/conversations/{one['id']}/close")
    member.call("PUT", "/api/presence", {"status": "off"})


@pytest.fixture
def client(demo: Demo) -> Iterator[Callable[[str], Client]]:
    """Signs a client of the broker in: `client("C100003")`."""
    known: list[Client] = []

    def sign_in(number: str) -> Client:
        known.append(Client(demo, number))
        return known[-1]

    yield sign_in
    for one in known:
        one.leave()


@pytest.fixture
def own(demo: Demo, su: Staff, client: Callable[[str], Client]) -> Client:
    """A client whose own advisor is su."""
    return client(numbers_of(demo, su)[0])


def axe(place: Page | Frame) -> list[str]:
    """What axe finds serious or critical (WCAG 2.2 A and AA) in a page or frame: rule and first element of each."""
    if not place.evaluate("'axe' in window"):
        place.evaluate(AXE.read_text("utf-8"))
    found = place.evaluate(
        """async () => (await axe.run(document, {
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
            resultTypes: ['violations'],  // the rest is not spelt out: a quarter less work
        })).violations.filter((one) => ['serious', 'critical'].includes(one.impact))
        .map((one) => `${one.id}: ${one.nodes.length} × ${one.nodes[0].html.slice(0, 200)}`)"""
    )
    return list(found)

"""Renders the main screens of a fresh demo into docs/img: desktop, phone, dark, both languages; and runs axe on each.

Run: `python tools/screenshots.py [--only NAME …] [--out DIR] [--every-look]`. Starts a demo of its own on free ports in
a temporary folder, signs in as each role with the demo's sign-ins, and plays a scene so that screens have something to
show. `--every-look` takes each screen in all of them, for the eye and for axe, not for the repository.
Exits 1 where axe finds something serious or critical, a page is wider than its window, or a key stands for its words.
"""

import argparse
import base64
import contextlib
import json
import pathlib
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pyotp
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from scene import SEATS, Crowd, ask, papers, rehearse
from screens import PHONE, SHOTS, Shot, looks

from visavis import stage

# Looks like a name of ours for a text, such as part.holds, and not like a file or an address.
KEY = re.compile(r"(?<![\w./@-])[a-z]+(?:\.[a-z_]+)+(?![\w./@-])")
LAWFUL = re.compile(r"\.(csv|html|zip|json|com|cn|md|py|org)$")
QUALITY = 88
ROOT = pathlib.Path(__file__).resolve().parents[1]
AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--force-color-profile=srgb", "--font-render-hinting=none",
]  # fmt: skip


@dataclass(frozen=True)
class Demo:
    """A running demo: the platform, the broker's site, and what it keeps."""

    platform: str
    site: str
    home: pathlib.Path

    def account(self, login: str) -> dict[str, str]:
        """The sign-in of one member of staff."""
        kept = json.loads((self.home / "demo.json").read_text("utf-8"))
        return next(one for one in kept["accounts"] if one["login"] == login)


@contextlib.contextmanager
def demo() -> Iterator[Demo]:
    """A fresh demo for as long as the block runs."""
    with stage.started() as one:
        site = f"http://127.0.0.1:{one.site_port}"
        yield Demo(f"http://localhost:{one.port}", site, one.home)


def sign_in(page: Page, running: Demo, login: str) -> None:
    """Sign the page's browser in at the platform as a member of staff, through the interface."""
    seat = SEATS.get((running.platform, login))
    if seat:
        kept = [{"name": name, "value": it, "url": running.platform} for name, it in seat.items()]
        page.context.add_cookies(kept)  # type: ignore[arg-type]
        return
    account = running.account(login)
    code = pyotp.TOTP(account["totp_secret"])
    request = page.context.request
    headers = {"X-Visavis": "1", "Origin": running.platform}
    for _ in range(3):
        step = request.post(
            f"{running.platform}/api/sign-in",
            data={"login": login, "password": account["password"]},
            headers=headers,
        ).json()
        done = request.post(
            f"{running.platform}/api/sign-in/totp",
            data={"challenge": step["challenge"], "code": code.now()},
            headers=headers,
        )
        if done.ok:
            return
        time.sleep(30 - time.time() % 30 + 0.5)  # a code is good for one sign-in: wait for the next
    raise SystemExit(f"cannot sign in as {login}: {done.text()}")


class Studio:
    """Keeps one signed-in browser context per person and look, takes the pictures and runs axe."""

    def __init__(self, browser: Browser, running: Demo, out: pathlib.Path) -> None:
        self._browser = browser
        self._running = running
        self._out = out
        self._states: dict[str, str] = {}
        self.faults: list[str] = []

    def context(self, shot: Shot) -> BrowserContext:
        """A context with the look of the shot, signed in as its person."""
        width, height = shot.size
        options = {
            "viewport": {"width": width, "height": height},
            "device_scale_factor": 2 if shot.size == PHONE else 1,
            "is_mobile": shot.size == PHONE,
            "has_touch": shot.size == PHONE,
            "color_scheme": "dark" if shot.dark else "light",
            "locale": shot.language,
            "timezone_id": "Asia/Shanghai",
        }
        state = self._states.get(shot.who)
        if state:
            options["storage_state"] = json.loads(state)
        context = self._browser.new_context(**options)
        if shot.who and not shot.who.startswith("C1") and not state:
            page = context.new_page()
            sign_in(page, self._running, shot.who)
            self._states[shot.who] = json.dumps(context.storage_state())
            page.close()
        return context

    def take(self, shot: Shot) -> None:
        """Render one picture and keep what axe says about it."""
        context = self.context(shot)
        page = context.new_page()
        base = self._running.platform
        if shot.who.startswith("C1") or shot.path.startswith("site:"):
            base = self._running.site
            page.goto(f"{base}/?lang={shot.language}")
            if shot.who:
                page.goto(f"{base}/sign-in/{shot.who}")
        joint = "&" if "?" in shot.path else "?"
        page.goto(f"{base}{shot.path.removeprefix('site:')}{joint}lang={shot.language}")
        self._settle(page)
        if shot.path.startswith("/desk/") and shot.who:
            headers = {"X-Visavis": "1", "Origin": base}
            status = "online" if shot.online else "busy"
            page.request.put(f"{base}/api/presence", data={"status": status}, headers=headers)
        if shot.asked:
            ask(base, self._running.home)
            page.locator("[role=timer]").first.wait_for(timeout=30_000)
        if shot.act:
            shot.act(page)
            self._settle(page)
        self._keep(page, shot)
        self._judge(page, shot)
        self._axe(page, shot)
        context.close()
        print(f"  {shot.name}", file=sys.stderr, flush=True)

    def _keep(self, page: Page, shot: Shot) -> None:
        tools = page.context.new_cdp_session(page)
        wanted = {"format": "webp", "quality": QUALITY}
        picture = tools.send("Page.captureScreenshot", wanted)["data"]
        (self._out / f"{shot.name}.webp").write_bytes(base64.b64decode(picture))

    def _judge(self, page: Page, shot: Shot) -> None:
        """What no page may do: be wider than its window, or show the name of a text in place of the text."""
        for frame in page.frames:
            if frame.evaluate("document.documentElement.scrollWidth > innerWidth"):
                self.faults.append(f"{shot.name}: wider than the window")
            text = frame.evaluate("document.body?.innerText ?? ''")
            for key in sorted(set(KEY.findall(text))):
                if not LAWFUL.search(key):
                    self.faults.append(f"{shot.name}: {key} stands on the page")

    @staticmethod
    def _settle(page: Page) -> None:
        """Wait until nothing is being fetched and nothing is shown as loading, as long as a person would."""
        with contextlib.suppress(PlaywrightError):
            page.wait_for_load_state("networkidle", timeout=6000)
        with contextlib.suppress(AssertionError):
            expect(page.locator("[role=status][aria-label]")).to_have_count(0, timeout=15_000)
        page.wait_for_timeout(600)

    def _axe(self, page: Page, shot: Shot) -> None:
        if not AXE.exists():
            raise SystemExit("axe-core is missing: run `make web` first")
        for frame in page.frames:
            if frame.url.startswith("about:"):
                continue
            frame.evaluate(AXE.read_text("utf-8"))
            found = frame.evaluate(
                "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'], iframes: false})"
            )
            for one in found["violations"]:
                if one["impact"] in ("serious", "critical"):
                    places = "; ".join(
                        " ".join(map(str, node["target"])) for node in one["nodes"][:3]
                    )
                    self.faults.append(f"{shot.name}: {one['id']} ({one['impact']}) {places}")


def main() -> None:
    """Play the scene, take the pictures, and say what axe found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", nargs="*", default=[])
    help_ = "a demo that runs already: its folder and its two addresses"
    parser.add_argument("--running", nargs=3, metavar=("HOME", "PLATFORM", "SITE"), help=help_)
    parser.add_argument("--every-look", action="store_true")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "docs/img")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    shots = [
        one for one in SHOTS if not arguments.only or one.name.startswith(tuple(arguments.only))
    ]
    if arguments.every_look:
        shots = [look for one in shots for look in looks(one)]
    given = arguments.running
    there = Demo(given[1], given[2], pathlib.Path(given[0])) if given else None
    with contextlib.nullcontext(there) if there else demo() as running:
        rehearse(running.platform, running.home)
        papers(running.platform, running.home)
        faults = shoot(running, arguments.out, shots)
    for fault in faults:
        print(fault, file=sys.stderr)
    raise SystemExit(1 if faults else 0)


def shoot(running: Demo, out: pathlib.Path, shots: list[Shot]) -> list[str]:
    """Take the pictures, the quiet ones first; returns what is wrong with them."""
    with sync_playwright() as playwright:
        # One process for a page and what it embeds: else the widget's frame is drawn without the phone's sharpness.
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[*FLAGS, "--disable-site-isolation-trials", "--lang=zh-CN"],
        )
        studio = Studio(browser, running, out)
        take([one for one in shots if not one.crowd], studio)
        crowded = [one for one in shots if one.crowd]
        if crowded:
            with Crowd(running.platform, running.home):
                take(crowded, studio)
        browser.close()
    return studio.faults


def take(shots: list[Shot], studio: Studio) -> None:
    """One picture after the other; what cannot be taken is a fault."""
    for shot in shots:
        try:
            studio.take(shot)
        except PlaywrightError as error:
            studio.faults.append(f"{shot.name}: {str(error).splitlines()[0]}")


if __name__ == "__main__":
    main()

"""What the pictures show: a scene that is played over the wire, and the list of screens with who looks at them."""

import asyncio
import contextlib
import sys
import threading
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyotp
from joserfc.jwk import ECKey
from playwright.sync_api import Page

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from visavis.demo import accounts
from visavis.demo.site import Site
from visavis.sdk.errors import WireError
from visavis.sdk.http import Http

DESKTOP, PHONE = (1440, 900), (390, 844)
CLIENT = "C100001"  # 周敏, whose own advisor is 林知远


@dataclass(frozen=True)
class Shot:
    """One picture: who looks at what, in which size, language and theme; `act` prepares the page."""

    name: str
    who: str
    path: str
    size: tuple[int, int] = DESKTOP
    language: str = "zh-CN"
    dark: bool = False
    act: Callable[[Page], None] | None = None
    # Whether a client asks just now, so that an offer stands while the picture is taken.
    asked: bool = False


def open_first(page: Page) -> None:
    """Open the first conversation of the desk; an offer on a phone is put aside first."""
    if page.get_by_role("dialog").count():
        page.keyboard.press("Escape")
    page.locator("[data-conversation], [role=option], [role=row] a, li a").first.click(timeout=4000)


def open_widget(page: Page) -> None:
    """Open the widget on the broker's page, and wait for its frame."""
    page.wait_for_function("() => Boolean(window.visavis)")
    page.evaluate("() => window.visavis.open()")
    page.wait_for_timeout(2500)


def open_palette(page: Page) -> None:
    """Open what can be done here, by its key."""
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").wait_for()


def purpose(page: Page) -> None:
    """State a purpose, and open the first conversation found."""
    page.locator("input").first.fill("投诉 2026-118 的核查")
    page.keyboard.press("Enter")
    page.wait_for_timeout(1200)
    page.locator("main li button").first.click()


def first_row(page: Page) -> None:
    """Open the first row of the table."""
    page.locator("tbody tr").first.click()


def expired(page: Page) -> None:
    """Open the advisor whose registration has run out."""
    page.locator("tbody tr", has_text="杜原").click()


SHOTS = (
    Shot("sign-in", "", "/desk/"),
    Shot("desk-phone", "lin", "/desk/", size=PHONE),
    Shot("desk-phone-thread", "lin", "/desk/", size=PHONE, act=open_first),
    Shot("desk-pool", "lin", "/desk/pool"),
    Shot("desk-palette", "lin", "/desk/", act=open_palette),
    Shot("desk-clients", "lin", "/desk/clients"),
    Shot("desk", "lin", "/desk/", act=open_first, asked=True),
    Shot("desk-dark", "lin", "/desk/", dark=True, act=open_first, asked=True),
    Shot("desk-en", "lin", "/desk/", language="en", act=open_first, asked=True),
    Shot("desk-phone-offer", "lin", "/desk/", size=PHONE, asked=True),
    Shot("widget", CLIENT, "/fund", act=open_widget),
    Shot("widget-en", "C100004", "/help/margin", language="en", act=open_widget),
    Shot("widget-dark", CLIENT, "/fund", dark=True, act=open_widget),
    Shot("widget-phone", CLIENT, "/fund", size=PHONE, act=open_widget),
    Shot("widget-never-met", "C100002", "/account", act=open_widget),
    Shot("widget-visitor", "", "site:/fund", act=open_widget),
    Shot("console-board", "chen", "/console/board"),
    Shot("console-board-dark", "chen", "/console/board", dark=True),
    Shot("console-board-phone", "chen", "/console/board", size=PHONE),
    Shot("console-funnel-en", "chen", "/console/funnel", language="en"),
    Shot("console-decisions", "chen", "/console/decisions", act=first_row),
    Shot("console-search", "shen", "/console/search", act=purpose),
    Shot("console-staff", "admin", "/console/staff", act=expired),
    Shot("console-connections", "admin", "/console/connections"),
    Shot("console-knowledge", "gu", "/console/knowledge", act=first_row),
    Shot("console-knowledge-en", "gu", "/console/knowledge", language="en"),
    Shot("verify", "", "/verify/S9990625030018"),
    Shot("verify-unknown-en", "", "/verify/S0000000000000", language="en"),
)


def rehearse(platform: str, home: Path) -> None:
    """Play the scene: 周敏 speaks with 林知远, a colleague waits in an offer, another in the pool."""
    asyncio.run(_scene(platform, home))


def ask(platform: str, home: Path) -> None:
    """孟晓 asks once more, while 林知远 alone is free: he is offered her."""
    # The browser's driver has the event loop of the main thread.
    asking = threading.Thread(target=asyncio.run, args=[_ask(platform, home)])
    asking.start()
    asking.join(60)


async def _ask(platform: str, home: Path) -> None:
    async with await a_client(platform, home, "C100003") as client:
        asked = (await client.get("/api/client/home"))["request"]
        if asked and "cancel" in asked["choices"]:
            await client.post(f"/api/client/requests/{asked['id']}/choice", {"choice": "cancel"})
        context = {"url": f"{platform}/help/margin", "title": "融资融券帮助"}
        talk = await client.post(
            "/api/client/conversations", {"with": "person", "context": context}
        )
        wanted = {"conversation": talk["id"], "topic": "fund", "wait": "anyone"}
        await client.post("/api/client/requests", wanted)


async def _scene(platform: str, home: Path) -> None:
    lin = await a_member(platform, home, "lin")
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(lin)
        await lin.call("PUT", "/api/presence", {"status": "online"})

        async def client(number: str) -> Http:
            return await stack.enter_async_context(await a_client(platform, home, number))

        zhou = await client(CLIENT)
        context = {"url": f"{platform}/fund", "title": "示例短债 90 天持有 A"}
        talk = await zhou.post(
            "/api/client/conversations", {"with": "assistant", "context": context}
        )
        await _say(zhou, talk["id"], "持有期没到可以赎回吗？")
        await asyncio.sleep(2)
        await _say(zhou, talk["id"], "我有一笔逆回购明天到期，大概 80 万，之后怎么安排比较好？")
        await asyncio.sleep(2)
        await zhou.post("/api/client/requests", {"conversation": talk["id"], "wait": "mine"})
        await _until(lambda: _accept(lin))
        await _say(lin, talk["id"], "周女士您好，我是林知远。到期资金当日清算后可用，次日可取。")
        await _say(zhou, talk["id"], "那到期之后放三个月左右，想稳一点。")
        await _say(lin, talk["id"], "客户希望三个月内保持稳妥，先讲清净值波动。", stream="internal")
        for number, text in (
            ("C100003", "融资融券的维持担保比例怎么看？"),
            ("C100002", "定投的扣款日可以改吗？"),
        ):
            other = await client(number)
            begun = await other.post(
                "/api/client/conversations", {"with": "person", "context": context}
            )
            await _say(other, begun["id"], text)
            await other.post(
                "/api/client/requests", {"conversation": begun["id"], "wait": "anyone"}
            )


async def a_client(platform: str, home: Path, number: str) -> Http:
    """A client whom the demo's site vouches for, and who knows the recording notice."""
    kept = accounts.load(home)
    assert kept is not None
    key = ECKey.import_key(kept.site_key)
    site = Site(platform, "visavis-widget", key, kept.clients, kept.accounts)
    http = Http(platform)
    await http.embed(site.token(site.clients[number], "zh-CN"))
    first = await http.get("/api/client/home")
    await http.post("/api/client/notice", {"version": first["notice"]["version"]})
    return http


async def a_member(platform: str, home: Path, login: str) -> Http:
    """A member of the demo's staff, signed in."""
    kept = accounts.load(home)
    assert kept is not None
    account = next(one for one in kept.accounts if one.login == login)
    http = Http(platform)

    async def enter() -> bool:
        with contextlib.suppress(WireError):
            await http.sign_in(login, account.password, pyotp.TOTP(account.totp_secret).now())
            return True
        return False

    await _until(enter, pause_s=5)
    return http


async def _say(http: Http, conversation: str, text: str, stream: str = "shared") -> None:
    body = {"client_key": str(uuid.uuid4()), "stream": stream, "body": {"text": text}}
    await http.post(f"/api/conversations/{conversation}/entries", body)


async def _accept(advisor: Http) -> bool:
    offers: list[dict[str, Any]] = (await advisor.get("/api/offers"))["items"]
    for offer in offers:
        await advisor.post(f"/api/offers/{offer['id']}/accept")
        return True
    return False


async def _until(work: Callable[[], Awaitable[bool]], pause_s: float = 0.2) -> None:
    for _ in range(100):
        if await work():
            return
        await asyncio.sleep(pause_s)
    raise SystemExit("the scene could not be played")

"""A scene that is played over the wire, so that pictures and measurements have people in them."""

import asyncio
import contextlib
import sys
import threading
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pyotp
from joserfc.jwk import ECKey

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from visavis.demo import accounts
from visavis.demo.site import Site
from visavis.sdk.errors import WireError
from visavis.sdk.http import Http
from visavis.sdk.live import Live

CLIENT = "C100001"  # 周敏, whose own advisor is 林知远
# His other clients, and what they have said to each other today.
OTHERS = (
    ("C100100", "定投的扣款日可以改到每月 15 号吗？", "可以，在定投计划里改，当日 15 点前提交的次日生效。", ""),
    ("C100114", "赎回的钱几天到账？", "债券基金一般二到四个交易日，以公告为准。", "我周五要用，来得及吗？"),
)  # fmt: skip
# Who waits while the board is looked at, and for what.
WAITING = (
    ("C100003", "margin"), ("C100002", "fund"), ("C100004", "account"), ("C100005", "fees"), ("C100103", "ipo"),
    ("C100108", "bond"), ("C100105", "planning"),
)  # fmt: skip
# Who has asked for somebody when the scene ends, and how.
SEEKING = {"C100003": "融资融券的维持担保比例怎么看？", "C100002": "定投的扣款日可以改吗？"}
FREE = ("su", "carter", "guo")
# The sessions of staff who have signed in: a code is good for one sign-in, and the next comes half a minute later.
SEATS: dict[tuple[str, str], dict[str, str]] = {}


def rehearse(platform: str, home: Path) -> None:
    """Play the scene: 周敏 and others speak with 林知远, a colleague waits in an offer, another in the pool."""
    asyncio.run(_scene(platform, home))


def papers(platform: str, home: Path) -> None:
    """What compliance and administration have on their desks: a complaint, a case, a text, a hold, a hand-over."""
    asyncio.run(_papers(platform, home))


def ask(platform: str, home: Path) -> None:
    """孟晓 asks once more, while 林知远 alone is free and nobody else waits: he is offered her."""
    aside(_ask(platform, home)).result(120)


def aside(work: Coroutine[Any, Any, None]) -> Future[None]:
    """Begin this beside the browser, whose driver has the main thread's event loop; `result` tells of a failure."""
    hands = ThreadPoolExecutor(1)
    begun = hands.submit(asyncio.run, work)
    hands.shutdown(wait=False)
    return begun


async def alone(platform: str, home: Path, *away: str) -> None:
    """Nobody of the scene waits for an advisor any more, and these members of staff take on nobody."""
    for login in away:
        async with await a_member(platform, home, login) as member:
            await member.call("PUT", "/api/presence", {"status": "off"})
    for number in SEEKING:
        async with await a_client(platform, home, number) as client:
            await _until(partial(_given_up, client))


async def _given_up(client: Http) -> bool:
    """Whether this client waits for nobody, after he has said so where he did."""
    asked = (await client.get("/api/client/home"))["request"]
    if not asked or "cancel" not in asked["choices"]:
        return True
    with contextlib.suppress(WireError):
        await client.post(f"/api/client/requests/{asked['id']}/choice", {"choice": "cancel"})
    return False


class Crowd:
    """People who are there while the block runs: advisors with free places, clients who wait."""

    def __init__(self, platform: str, home: Path) -> None:
        self._platform, self._home = platform, home
        self._loop = asyncio.new_event_loop()
        self._stack = contextlib.AsyncExitStack()

    def __enter__(self) -> None:
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._run(self._come())

    def __exit__(self, *_: object) -> None:
        self._run(self._stack.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(180)

    async def _come(self) -> None:
        for login in FREE:
            member = await a_member(self._platform, self._home, login)
            await self._stack.enter_async_context(member)
            await self._stack.enter_async_context(Live(member))
            await member.call("PUT", "/api/presence", {"status": "online"})
        for number, topic in WAITING:
            client = await a_client(self._platform, self._home, number)
            await self._stack.enter_async_context(client)
            await _request(client, self._platform, topic)


async def _ask(platform: str, home: Path) -> None:
    await alone(platform, home)
    async with await a_client(platform, home, "C100003") as client:
        await _request(client, platform, "fund")


async def _request(client: Http, platform: str, topic: str) -> None:
    """Ask anybody, in place of what was asked before."""
    await _until(lambda: _given_up(client))
    context = {"url": f"{platform}/help/margin", "title": "融资融券帮助"}
    talk = await client.post("/api/client/conversations", {"with": "person", "context": context})
    wanted = {"conversation": talk["id"], "topic": topic, "wait": "anyone"}
    await client.post("/api/client/requests", wanted)


async def _scene(platform: str, home: Path) -> None:
    async with contextlib.AsyncExitStack() as stack:
        lin = await stack.enter_async_context(await a_member(platform, home, "lin"))
        await lin.call("PUT", "/api/presence", {"status": "online"})

        async def client(number: str) -> Http:
            return await stack.enter_async_context(await a_client(platform, home, number))

        context = {"url": f"{platform}/fund", "title": "示例短债 90 天持有 A"}
        for number, asked, answered, more in OTHERS:
            other = await client(number)
            talk = await other.post(
                "/api/client/conversations", {"with": "person", "context": context}
            )
            await _say(other, talk["id"], asked)
            await other.post("/api/client/requests", {"conversation": talk["id"], "wait": "mine"})
            await _until(lambda: _accept(lin))
            await _say(lin, talk["id"], answered)
            if more:
                await _say(other, talk["id"], more)
        zhou = await client(CLIENT)
        talk = await zhou.post(
            "/api/client/conversations", {"with": "assistant", "context": context}
        )
        await _say(zhou, talk["id"], "持有期没到可以赎回吗？")
        await asyncio.sleep(2)
        await _say(zhou, talk["id"], "我有一笔逆回购明天到期，大概 80 万，之后怎么安排比较好？")
        await asyncio.sleep(2)
        await zhou.post("/api/client/requests", {"conversation": talk["id"], "wait": "mine"})
        await _until(lambda: _accept(lin))
        await _say(lin, talk["id"], "周女士您好，我是林知远。您的问题我看到了，先帮您核对到期日。")
        await _say(lin, talk["id"], "客户希望三个月内保持稳妥，先讲清净值波动。", stream="internal")
        await _say(zhou, talk["id"], "好的。国债逆回购到期后，资金什么时候能取出来？")
        for number, text in SEEKING.items():
            other = await client(number)
            begun = await other.post(
                "/api/client/conversations", {"with": "person", "context": context}
            )
            await _say(other, begun["id"], text)
            await other.post(
                "/api/client/requests", {"conversation": begun["id"], "wait": "anyone"}
            )


async def _papers(platform: str, home: Path) -> None:
    async with contextlib.AsyncExitStack() as stack:
        lin = await stack.enter_async_context(await a_member(platform, home, "lin"))
        shen = await stack.enter_async_context(await a_member(platform, home, "shen"))
        wu = await stack.enter_async_context(await a_client(platform, home, "C100005"))
        words = "上周预约的回访没有人联系我，希望说明原因。"
        await wu.post("/api/complaints", {"category": "complaint", "words": words})
        mine = (await lin.get("/api/conversations", state="open"))["items"]
        told = "交易所节假日安排已经公布，赎回到账日会顺延，如有资金安排请提前留出时间。"
        clients = sorted({one["client"]["id"] for one in mine})
        await lin.post("/api/broadcasts", {"words": told, "clients": clients})
        await shen.post("/api/review/cases", {"title": "短债产品介绍用语专项检查"})

        admin = await stack.enter_async_context(await a_member(platform, home, "admin"))
        (tang,) = (await admin.get("/api/staff", q="tang"))["items"]
        await admin.post("/api/handovers", {"staff": tang["id"], "reason": "changed_post"})

        async def known(number: str) -> str:
            return str((await shen.get("/api/custody/clients", ref=number))["id"])

        await shen.post(
            "/api/custody/holds",
            {"client": await known(CLIENT), "reason": "投诉 2026-118 处理期间", "basis": "合规〔2026〕118号"},
        )  # fmt: skip
        await shen.post(
            "/api/custody/exports",
            {
                "format": "jsonl",
                "client": await known("C100005"),
                "purpose": "投诉 2026-118 的核查",
            },
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
    """A member of the demo's staff, signed in; the same session when somebody asks again."""
    kept = accounts.load(home)
    assert kept is not None
    account = next(one for one in kept.accounts if one.login == login)
    http = Http(platform)
    seat = SEATS.get((platform, login))
    if seat:
        http.take(seat)
        return http

    async def enter() -> bool:
        with contextlib.suppress(WireError):
            await http.sign_in(login, account.password, pyotp.TOTP(account.totp_secret).now())
            return True
        return False

    await _until(enter, pause_s=5)
    SEATS[platform, login] = http.session()
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

"""What was said between clients and their own managers before today, played over the wire at the pace of people."""

import asyncio
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from visavis.demo.firm import Customer, Worker
from visavis.sdk.http import Http

# What a manager is asked and answers, by the licence that the topic needs and by language. Education only.
LINES: Mapping[str, Mapping[str, Sequence[tuple[str, str]]]] = {
    "margin": {
        "zh-CN": (
            ("融资融券的利息怎么算？", "按日计息、按月结算，以您合同里的利率为准，应用里可以看到每天的息费。"),
            ("维持担保比例低了会怎样？", "低于警戒线会短信提醒，低于平仓线要在约定时间内追加担保物。"),
            ("担保物可以转出吗？", "维持担保比例高于规定的水平时，超出部分可以申请转出。"),
            ("合约到期可以展期吗？", "可以申请展期，每次不超过六个月，到期前在应用里提交。"),
        ),
        "en": (
            ("How is margin interest worked out?", "Daily, settled monthly, at the rate in your contract."),
            ("What happens when my ratio falls?", "Below the line we tell you, and you add collateral."),
            ("May I withdraw collateral?", "What exceeds the required ratio may be withdrawn on request."),
            ("Can a contract be extended?", "Yes, by up to six months each time, before it ends."),
        ),
    },
    "fund": {
        "zh-CN": (
            (
                "我持有的基金现在要不要卖？",
                "要看这笔钱什么时候用、能承受多大波动。我把费用、到账时间和风险等级列给您，由您决定。",
            ),
            ("基金定投的扣款日可以改吗？", "可以，在应用的定投计划里修改，当日 15 点前提交的次日生效。"),
            ("赎回的钱几天到账？", "货币基金通常次日，债券和股票基金二到四个交易日，以公告为准。"),
            ("分红方式在哪里改？", "在持仓的基金详情里，选现金分红或红利再投，下一次分红起生效。"),
            ("申购费在哪里看？", "在基金详情的费率一栏，下单前也会再列一次。"),
        ),
        "en": (
            (
                "Should I sell my fund?",
                "It depends on when you need the money. I will set out fees, timing and risk; you decide.",
            ),
            ("Can I change the day of my savings plan?", "Yes; before 15:00 it applies the next day."),
            ("How long does a redemption take?", "Money funds the next day, others two to four trading days."),
            ("Where do I choose how dividends are paid?", "In the fund's details, from the next one on."),
            ("Where do I see the fees?", "In the fund's details, and once more before you confirm."),
        ),
    },
    "account": {
        "zh-CN": (
            ("我的风险测评什么时候到期？", "测评自完成之日起两年内有效，到期前我会提醒您重新填写。"),
            ("换了手机号要怎么更新？", "在应用的个人资料里更新，需要本人刷脸，不需要到营业部。"),
            ("新开的账户多久可以交易？", "通常审核通过的下一个交易日就可以，您的账户已经开通。"),
            ("银行卡限额在哪里看？", "在应用的银证转账页，限额由您的银行规定。"),
        ),
        "en": (
            ("When does my risk assessment expire?", "It is valid for two years. I will remind you before it ends."),
            ("How do I update my phone number?", "In the app, under personal details; no visit is needed."),
            ("How soon can I trade?", "On the trading day after approval; your account is open."),
            ("Where do I see my bank's limit?", "On the transfer page; the limit is set by your bank."),
        ),
    },
}  # fmt: skip
# What supervision finds in them, by the manager's login: who says it, and what. The review room starts with these.
SLIPS: Mapping[str, tuple[str, str]] = {
    "tang": ("advisor", "我的手机是13800138000，有急事可以打给我。"),
    "jiang": ("advisor", "这只债基保本保收益，您放心买。"),
    "deng": ("advisor", "这只基金下周必涨。"),
    "xiong": ("client", "有人自称你们的客服，让我把验证码发给他，我有点担心。"),
}
# The page that these conversations carry: nobody shall take them for what real people have said.
MARK = {"zh-CN": "演示：虚构的往来", "en": "Demo: invented contacts"}
POLL_S = 0.05
PATIENCE = 400
# A claim within 20 s of the offer, a first word within 45 s of the claim: nothing expires while the past is played.
CLAIMED_S = (6.0, 9.0, 12.0, 15.0)
FIRST_WORD_S = (16.0, 22.0, 28.0, 35.0)
LATER_WORD_S = (45.0, 70.0, 110.0, 180.0)
EXCHANGES = 4


@dataclass(frozen=True)
class Watch:
    """The time in which the past is played: `now` in seconds since 1970, and `skip` lets so many pass at once."""

    now: Callable[[], float]
    skip: Callable[[float], None]


@dataclass
class Pair:
    """A client at his own manager's, and what they talk about."""

    client: Http
    advisor: Http
    customer: Customer
    worker: Worker
    pace: int
    site: str
    conversation: str = ""
    request: str = ""
    offer: str = ""

    @property
    def topic(self) -> str:
        """What he is asked about: what he is licensed for, and accounts, in turn."""
        held = [kind for kind, *_ in self.worker.licences]
        able = [topic for topic in LINES if topic in held or topic == "account"]
        return able[int(self.customer.client_no[-2:]) % len(able)]

    def line(self, number: int) -> tuple[str, str]:
        """The question and answer of this exchange."""
        return LINES[self.topic][self.customer.language][number]

    async def say(self, speaker: Http, text: str) -> None:
        """One message of either side."""
        await speaker.call(
            "POST", f"/api/conversations/{self.conversation}/entries",
            {"client_key": str(uuid.uuid4()), "stream": "shared", "body": {"text": text}},
        )  # fmt: skip

    async def ask(self) -> None:
        """Acknowledge the notice, write the question, ask for the own manager; the offer has come when this returns."""
        home = await self.client.call("GET", "/api/client/home")
        await self.client.call("POST", "/api/client/notice", {"version": home["notice"]["version"]})
        about = {"url": f"{self.site}/{self.topic}", "title": MARK[self.customer.language]}
        wanted = {"with": "person", "context": about}
        self.conversation = (await self.client.call("POST", "/api/client/conversations", wanted))[
            "id"
        ]
        await self.say(self.client, self.line(0)[0])
        asked = {
            "conversation": self.conversation,
            "topic": self.topic,
            "wait": "mine",
            "context": about,
        }
        self.request = (await self.client.call("POST", "/api/client/requests", asked))["id"]
        self.offer = (await self._offered())["id"]

    async def be_there(self) -> None:
        """The manager is heard of, and takes clients."""
        await self.advisor.call("PUT", "/api/presence", {"status": "online"})

    async def accept(self) -> None:
        """Take the offer."""
        await self.advisor.call("POST", f"/api/offers/{self.offer}/accept")

    async def answer(self) -> None:
        """Say the first word; returns once the platform knows that the wait is over: till then no time may pass."""
        await self.say(self.advisor, self.line(0)[1])
        for _ in range(PATIENCE):
            path = f"/api/client/requests/{self.request}"
            if (await self.client.call("GET", path))["state"] == "answered":
                return
            await asyncio.sleep(POLL_S)
        raise RuntimeError("the first word did not end the wait")

    async def slip(self) -> None:
        """Say what supervision finds, where this manager has such a line."""
        speaker, text = SLIPS.get(self.worker.login, ("", ""))
        if text:
            await self.say(self.advisor if speaker == "advisor" else self.client, text)

    async def end(self) -> None:
        """Close, and rate."""
        path = f"/api/conversations/{self.conversation}/close"
        await self.advisor.call("POST", path, {})
        stars = {"stars": 5 if int(self.customer.client_no[-1]) % 3 else 4}
        path = f"/api/client/conversations/{self.conversation}/rating"
        await self.client.call("POST", path, stars)

    async def _offered(self) -> dict[str, Any]:
        for _ in range(PATIENCE):
            for offer in (await self.advisor.call("GET", "/api/offers"))["items"]:
                if offer["conversation"] == self.conversation:
                    return dict(offer)
            await asyncio.sleep(POLL_S)
        raise RuntimeError("the offer to the own manager did not arrive")


async def play(pairs: Sequence[Pair], watch: Watch, *, slips: bool = False) -> None:
    """One conversation of each pair, side by side: asked, taken, answered at each manager's own pace, closed.

    With `slips` some say what supervision finds.
    """
    await asyncio.gather(*(pair.be_there() for pair in pairs))
    await asyncio.gather(*(pair.ask() for pair in pairs))
    await _in_turn(pairs, CLAIMED_S, watch, lambda pair: pair.accept())
    await asyncio.gather(*(pair.be_there() for pair in pairs))
    await _in_turn(pairs, FIRST_WORD_S, watch, lambda pair: pair.answer())
    for number in range(1, EXCHANGES):
        await asyncio.gather(*(pair.say(pair.client, pair.line(number)[0]) for pair in pairs))
        await _in_turn(
            pairs, LATER_WORD_S, watch,
            lambda pair, n=number: pair.say(pair.advisor, pair.line(n)[1]),
        )  # fmt: skip
    if slips:
        await asyncio.gather(*(pair.slip() for pair in pairs))
    await asyncio.gather(*(pair.end() for pair in pairs))


async def _in_turn(
    pairs: Sequence[Pair], paces: Sequence[float], watch: Watch, act: Callable[..., Any]
) -> None:
    """Let each pair act at its own moment."""
    passed = 0.0
    for number, at in enumerate(paces):
        watch.skip(at - passed)
        passed = at
        await asyncio.gather(*(act(pair) for pair in pairs if pair.pace % len(paces) == number))

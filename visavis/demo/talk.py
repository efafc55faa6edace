"""One finished conversation between a client and the own manager, played over the wire."""

import asyncio
import uuid
from typing import Any

from visavis.demo.firm import Customer
from visavis.sdk.http import Http

# Question and answer of the client's manager, by language; picked by the client's number. Education only.
LINES = {
    "zh-CN": (
        (
            "您好，我的风险测评什么时候到期？",
            "您好，测评自完成之日起两年内有效，到期前我会提醒您重新填写。",
        ),
        (
            "基金定投的扣款日可以改吗？",
            "可以，在应用的定投计划里修改，当日 15 点前提交的次日生效。",
        ),
        ("新开的账户多久可以交易？", "通常审核通过的下一个交易日就可以，您的账户已经开通。"),
        ("逆回购到期的资金几点可用？", "到期日清算后资金自动回到账户，当日可用，次日可取。"),
        ("换了手机号要怎么更新？", "在应用的个人资料里更新，需要本人刷脸，不需要到营业部。"),
    ),
    "en": (
        (
            "When does my risk assessment expire?",
            "It is valid for two years. I will remind you before it ends.",
        ),
        (
            "Can I change the day of my savings plan?",
            "Yes, in the plan's settings; before 15:00 it applies the next day.",
        ),
    ),
}
POLL_S = 0.05
PATIENCE = 400


async def once(client: Http, advisor: Http, customer: Customer) -> None:
    """Ask for a person, be answered by the own manager, rate and close."""
    lines = LINES[customer.language]
    question, answer = lines[int(customer.client_no[-2:]) % len(lines)]
    home = await client.call("GET", "/api/client/home")
    await client.call("POST", "/api/client/notice", {"version": home["notice"]["version"]})
    conversation = await client.call("POST", "/api/client/conversations", {"with": "person"})
    await client.call(
        "POST", f"/api/conversations/{conversation['id']}/entries",
        {"client_key": str(uuid.uuid4()), "stream": "shared", "body": {"text": question}},
    )  # fmt: skip
    await client.call(
        "POST", "/api/client/requests", {"conversation": conversation["id"], "wait": "mine"}
    )
    offer = await _offer_for(advisor, conversation["id"])
    await advisor.call("POST", f"/api/offers/{offer['id']}/accept")
    await advisor.call(
        "POST", f"/api/conversations/{conversation['id']}/entries",
        {"client_key": str(uuid.uuid4()), "stream": "shared", "body": {"text": answer}},
    )  # fmt: skip
    await advisor.call("POST", f"/api/conversations/{conversation['id']}/close", {})
    stars = 5 if int(customer.client_no[-1]) % 3 else 4
    await client.call(
        "POST", f"/api/client/conversations/{conversation['id']}/rating", {"stars": stars}
    )


async def _offer_for(advisor: Http, conversation: str) -> dict[str, Any]:
    for _ in range(PATIENCE):
        found = await advisor.call("GET", "/api/offers")
        for offer in found["items"]:
            if offer.get("conversation") == conversation or len(found["items"]) == 1:
                return dict(offer)
        await asyncio.sleep(POLL_S)
    raise RuntimeError("the offer to the own manager did not arrive")

"""A house that tells: a world with a webhook, a receiver behind it, and what its people do about it."""

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from tests.channels.receiver import Receiver
from tests.channels.test_webpush import AUTH, P256DH
from tests.conversations.talk import Talk
from tests.world import World
from visavis.channels.courier import Courier
from visavis.channels.webpush import NullPush

SECRET = "a secret of the broker's"
ENDPOINT = "https://push.example.com/device/1"


@dataclass
class House:
    """A world with a webhook, a receiver behind it, and a courier whose pushes go nowhere."""

    world: World
    receiver: Receiver
    push: NullPush
    courier: Courier

    async def settle(self, seconds: float = 0) -> None:
        """Let time pass, then let reactions and the courier come to rest."""
        self.world.clock.move(timedelta(seconds=seconds))
        await self.world.settle()
        while await self.courier.run_due():
            pass

    async def log(self, **params: Any) -> list[dict[str, Any]]:
        operator = await self.world.sign_in(await self.world.operator())
        answer = await operator.get("/api/notices", params=params)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(one.body) for one in self.receiver.calls]


async def subscribe(browser: httpx.AsyncClient, endpoint: str = ENDPOINT) -> str:
    answer = await browser.post(
        "/api/push/subscriptions",
        json={"endpoint": endpoint, "keys": {"p256dh": P256DH, "auth": AUTH}, "device": "phone"},
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def arrived(talk: Talk) -> None:
    """The client's page has taken delivery of everything."""
    one = await talk.now()
    answer = await talk.client.http.post(
        f"/api/conversations/{talk.id}/read", json={"no": one.shared_no}
    )
    assert answer.status_code < 300, answer.text

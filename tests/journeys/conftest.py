"""What the stories are told with: a real server on loopback, a dispatcher stepped by hand, a firm's book."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.conversations.conftest import Wire, wire
from tests.dispatch.service import Service, engine
from tests.world import Client, World
from visavis.channels.courier import Courier
from visavis.channels.webhook import NullHook
from visavis.channels.webpush import NullPush
from visavis.identity.types import Staff
from visavis.kernel.settings import Settings

__all__ = ["wire"]


@dataclass
class Story:
    """The firm at work: everybody acts over HTTP and sockets; time moves when the story says so."""

    world: World
    wire: Wire
    service: Service
    hook: NullHook
    push: NullPush
    courier: Courier
    boss: httpx.AsyncClient

    async def settle(self, seconds: float = 0) -> None:
        """Let time pass, then let reactions, dispatcher and courier come to rest."""
        self.world.clock.move(timedelta(seconds=seconds))
        await self.service.settle()
        while await self.courier.run_due():
            pass

    async def book(self, *rows: tuple[str, str, Staff]) -> None:
        """The firm's client-manager book: number, name, manager."""
        lines = ["客户号,客户姓名,工号,分配日期"]
        lines += [f"{ref},{name},{staff.employee_no},2026-02-02" for ref, name, staff in rows]
        answer = await self.boss.post(
            "/api/connections/import", files={"file": ("book.csv", "\n".join(lines).encode())}
        )
        assert answer.status_code == 200, answer.text
        assert answer.json()["applied"], answer.text

    async def arrives(self, ref: str, name: str) -> Client:
        """The client opens the widget on the broker's page and acknowledges the recording notice."""
        client = await self.world.client(ref, name=name)
        answer = await client.http.post(
            "/api/client/notice", json={"version": self.world.settings.notice_version}
        )
        assert answer.status_code < 300, answer.text
        return client

    async def entries(self, browser: httpx.AsyncClient, conversation: str) -> list[dict[str, Any]]:
        """What somebody sees of a conversation."""
        answer = await browser.get(f"/api/conversations/{conversation}/entries")
        assert answer.status_code == 200, answer.text
        return list(answer.json()["entries"])


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The firm has a webhook; in stories nobody listens behind it but its null twin."""
    return settings.model_copy(
        update={
            "webhook_url": "http://127.0.0.1:9/notices",
            "webhook_secret": "sixteen letters and more",
        }
    )


@pytest.fixture
async def story(world: World, wire: Wire) -> Story:
    hook, push = NullHook(), NullPush()
    boss = await world.sign_in(await world.administrator())
    courier = Courier(world.database, push, hook)
    return Story(world, wire, Service(world, engine(world)), hook, push, courier, boss)

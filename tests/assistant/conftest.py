"""A firm that knows what the demo knows, and a client who talks to its assistant."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.world import Client, World
from visavis.kernel.auth import Role
from visavis.knowledge import api as knowledge
from visavis.knowledge.types import NewEntry, Text

KNOWLEDGE = Path(__file__).parents[2] / "visavis/demo/knowledge"


async def learn(world: World, slugs: Sequence[str] = ()) -> dict[str, UUID]:
    """Put the demo's entries (or those named) in force: one editor writes, another approves."""
    author = await world.actor(await world.editor())
    approver = await world.actor(await world.editor())
    known: dict[str, UUID] = {}
    async with world.tx() as tx:
        for file in sorted(KNOWLEDGE.glob("*.json")):
            for raw in json.loads(file.read_text())["entries"]:
                if slugs and raw["slug"] not in slugs:
                    continue
                texts = {
                    language: Text(
                        one["title"], one["question"], tuple(one["similar"]), one["answer"]
                    )
                    for language, one in raw["texts"].items()
                }
                made = await knowledge.create(
                    tx, author, NewEntry(raw["slug"], raw["topic"], texts, raw["source"])
                )
                await knowledge.submit(tx, author, made.id, 1)
                await knowledge.approve(tx, approver, made.id, 1)
                known[raw["slug"]] = made.id
    return known


@dataclass
class Asking:
    """A client in a conversation with the assistant, over the wire."""

    world: World
    client: Client
    conversation: str

    async def say(self, text: str, **body: Any) -> None:
        """Send a message and let the assistant answer."""
        answer = await self.client.http.post(
            f"/api/conversations/{self.conversation}/entries",
            json={"client_key": str(uuid4()), "stream": "shared", "body": {"text": text} | body},
        )
        assert answer.status_code in {200, 201}, answer.text
        await self.world.settle()

    async def entries(self) -> list[dict[str, Any]]:
        """Everything that the client sees, in order."""
        path = f"/api/conversations/{self.conversation}/entries"
        answer = await self.client.http.get(path, params={"stream": "shared"})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["entries"])

    async def ask(self, text: str) -> dict[str, Any]:
        """Send a message; the assistant's answer to it as the client sees it."""
        before = len(await self.entries())
        await self.say(text)
        new = (await self.entries())[before:]
        answers = [one for one in new if (one["sender"] or {}).get("machine")]
        assert len(answers) == 1, new
        return answers[0]


async def begin(
    world: World, context: dict[str, str] | None = None, partner: str = "assistant", **claims: Any
) -> Asking:
    """A fresh client who has acknowledged the notice and chosen the assistant, or a person."""
    client = await world.client(**claims)
    await client.http.post("/api/client/notice", json={"version": world.settings.notice_version})
    opened = await client.http.post(
        "/api/client/conversations", json={"with": partner, "context": context}
    )
    assert opened.status_code == 200, opened.text
    return Asking(world, client, opened.json()["id"])


@pytest.fixture
async def asking(world: World) -> Asking:
    """A client of a firm that knows a little."""
    await learn(
        world,
        [
            "fund-redeem-time", "fund-redeem-fee", "trade-t1", "account-password", "margin-open",
            "margin-ratio", "sec-private-transfer", "advisor-role", "fund-dividend",
            "advisor-recommend", "account-withdraw", "comp-how",
        ],
    )  # fmt: skip
    return await begin(world)


__all__ = ["Asking", "Role", "begin", "learn"]

"""Products, answers and assessed clients, for tests that need them."""

from typing import Any

import httpx

from tests.world import Client, World
from visavis.identity.types import Staff

# Scores of the shipped questionnaire: 10, 33, 53, 72 and 107 points.
LOW = {
    "age": ["over65"], "income": ["below100k"], "share": ["more"], "debt": ["borrowed"], "experience": ["none"],
    "knowledge": ["unknown"], "term": ["longer"], "goal": ["income"], "kinds": ["mixed"], "loss": ["little"],
}  # fmt: skip
HIGH = {
    "age": ["36to50"], "income": ["over1m"], "share": ["tenth"], "debt": ["none"], "experience": ["complex"],
    "knowledge": ["moves"], "term": ["longer"], "goal": ["income", "growth"], "kinds": ["all"], "loss": ["all"],
}  # fmt: skip
ANSWERS: dict[str, dict[str, list[str]]] = {
    "C1L": HIGH | {"loss": ["none"]},
    "C1": LOW | {"term": ["half_year"], "share": ["more"], "kinds": ["safe"]},
    "C2": LOW,
    "C3": HIGH | {"income": ["below100k"], "share": ["more"], "experience": ["none"], "loss": ["little"],
                  "debt": ["borrowed"]},
    "C4": HIGH | {"income": ["below100k"], "share": ["more"], "experience": ["none"], "loss": ["some"]},
    "C5": HIGH,
}  # fmt: skip

PRODUCT: dict[str, Any] = {
    "names": {"zh-CN": "稳健债券一号", "en": "Steady Bond One"},
    "kind": "bond",
    "risk": 2,
    "goals": ["income"],
    "risk_points": {"zh-CN": ["利率上升时净值会下跌"], "en": ["Its value falls when rates rise"]},
    "summaries": {"zh-CN": "主要投资于高等级债券。"},
    "effective_from": "2026-01-01",
}


async def assess(client: Client | httpx.AsyncClient, level: str) -> dict[str, Any]:
    """The client answers the questionnaire so that this level comes out."""
    http = client.http if isinstance(client, Client) else client
    asked = (await http.get("/api/client/questionnaire")).json()
    answer = await http.post(
        "/api/client/assessments", json={"version": asked["version"], "answers": ANSWERS[level]}
    )
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    assert (found["level"], found["lowest"]) == (level[:2], level == "C1L"), found
    return found


class Firm:
    """Those who keep the register: an editor who proposes, a supervisor who approves."""

    def __init__(self, world: World, maker: httpx.AsyncClient, checker: httpx.AsyncClient) -> None:
        self.world = world
        self.maker = maker
        self.checker = checker
        self._number = 0

    async def product(self, risk: int = 2, **more: Any) -> str:
        """The id of a product in force."""
        self._number += 1
        body = PRODUCT | {"code": f"P{self._number:03d}", "risk": risk} | more
        made = await self.maker.post("/api/products", json=body)
        assert made.status_code == 201, made.text
        key = str(made.json()["id"])
        await self.approve(key, 1)
        return key

    async def revise(self, key: str, **more: Any) -> int:
        """Another version comes into force; its number."""
        made = await self.maker.post(f"/api/products/{key}/versions", json=PRODUCT | more)
        assert made.status_code == 201, made.text
        number = int(made.json()["versions"][0]["version"])
        await self.approve(key, number)
        return number

    async def approve(self, key: str, number: int) -> None:
        url = f"/api/products/{key}/versions/{number}/decision"
        answer = await self.checker.post(url, json={"approved": True})
        assert answer.status_code == 200, answer.text


async def firm(world: World, maker: Staff | None = None, checker: Staff | None = None) -> Firm:
    """An editor and a supervisor, signed in."""
    editor = maker or await world.editor()
    supervisor = checker or await world.supervisor()
    return Firm(world, await world.sign_in(editor), await world.sign_in(supervisor))


def product_card(key: str, **more: Any) -> dict[str, Any]:
    """A card as the desk sends it."""
    return {"kind": "product", "title": "产品", "product": key} | more


async def timers(world: World) -> None:
    """What is done again and again is due, and done."""
    await world.app.state.runner.prepare()
    await world.settle()

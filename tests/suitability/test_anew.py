"""SUIT-07, SUIT-08: whatever changes is matched anew within a minute, and every decision can be made again."""

import asyncio
import json
from datetime import timedelta
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from tests.conversations.talk import Talk, begin
from tests.suitability.cast import assess, firm, product_card
from tests.suitability.test_requests import order, permitted, set_up
from tests.world import World
from visavis.__main__ import app
from visavis.conversations.types import Kind
from visavis.kernel import clock

MIDNIGHT = timedelta(hours=14)


async def recalls(talk: Talk) -> int:
    return [one.kind for one in await talk.stream()].count(Kind.RECALL)


async def within(world: World, talk: Talk, before: timedelta) -> float:
    """Seconds from a change, `before` from now, until the talk's open card is recalled; timers run as in life."""
    await world.app.state.runner.prepare()
    await world.settle()
    world.clock.move(before - timedelta(seconds=1))
    await world.settle()
    assert await recalls(talk) == 0
    passed = -1.0
    while await recalls(talk) == 0 and passed < 120:
        world.clock.move(timedelta(seconds=1))
        passed += 1
        await world.settle()
    return passed


@pytest.mark.parametrize("what", ["version", "matrix", "expiry"])
async def test_suit_08_what_turns_with_a_date_is_matched_anew_within_a_minute(
    world: World, what: str
) -> None:
    """SUIT-08: a version, a matrix and an assessment turn by the clock alone; 60 s later nothing unfit is open."""
    register = await firm(world)
    key = await register.product(2)
    talk = await begin(world)
    await assess(talk.client, "C3")
    before = MIDNIGHT
    if what == "version":
        await register.revise(key, risk=4, effective_from="2026-11-24")
    elif what == "matrix":
        rows = {one: [1] for one in ("C1L", "C1", "C2", "C3", "C4")}
        every = {"C5": [1, 2, 3, 4, 5], "P": [1, 2, 3, 4, 5]}
        url = "/api/suitability/documents/matrix"
        body = {"content": {"allowed": rows | every}, "effective_from": "2026-11-24"}
        assert (await register.maker.post(url, json=body)).status_code == 201
        await register.checker.post(f"{url}/2/decision", json={"approved": True})
    else:
        ends = (await talk.client.http.get("/api/client/suitability")).json()["expires_at"]
        before = clock.from_us(ends * 1000) - clock.now()
    await talk.say(talk.him, body={"cards": [product_card(key)]})
    assert await within(world, talk, before) <= 60


async def test_suit_08_a_card_that_is_planned_is_refused_when_it_suits_no_more(
    world: World,
) -> None:
    """SUIT-08: a proposal that waits ends with the change, not at its moment; its author sees why."""
    register = await firm(world)
    key, other = await register.product(2), await register.product(1)
    talk = await begin(world)
    await assess(talk.client, "C3")
    desk = await world.sign_in(talk.advisor)
    url = f"/api/conversations/{talk.id}/scheduled"

    async def planned(product: str) -> None:
        body = {"client_key": str(uuid4()), "body": {"cards": [product_card(product)]},
                "send_at": clock.to_ms(clock.now() + timedelta(hours=2))}  # fmt: skip
        assert (await desk.post(url, json=body)).status_code == 201

    async def states() -> list[str]:
        items = (await desk.get(url)).json()["items"]
        return sorted(f"{one['state']} {one['reason']}" for one in items)

    for product in (key, other):
        await planned(product)
    await register.revise(key, risk=4)
    await world.settle()
    assert await states() == ["refused suitability_above_level", "waiting None"]
    assert (await talk.client.http.delete("/api/client/assessments")).status_code == 204
    await world.settle()
    assert await states() == ["refused suitability_above_level", "refused suitability_not_assessed"]
    world.clock.move(timedelta(hours=3))
    await world.settle()
    assert await recalls(talk) == 0
    assert not [one for one in await talk.stream() if one.body.get("cards")]


async def test_suit_07_every_decision_comes_out_the_same_again(
    world: World, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SUIT-07: pushes, looks, requests and orders, with and without a permission; one that was altered is named."""
    monkeypatch.setenv("VISAVIS_HOME", str(world.settings.home))
    monkeypatch.setenv("VISAVIS_DATABASE_URL", dsn)

    async def replayed() -> tuple[int, dict[str, object]]:
        done = await asyncio.to_thread(CliRunner().invoke, app, ["suitability", "replay"])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, json.loads(done.output.splitlines()[-1])

    register, client, key = await set_up(world)
    looked = f"/api/client/products/{key}"
    assert (await client.http.get(looked)).json()["locked"]
    assert await order(client, key, 10_000) == "suitability_not_permitted"
    await permitted(world, client, key)
    assert (await client.http.get(looked)).json()["locked"] is None
    assert await order(client, key, 10_000) == "allowed"
    assert await order(client, key, 10_000_000) != "allowed"
    low = await register.product(1, min_amount=5_000)
    assert await order(client, low, 1) == "product_access_condition"
    assert await order(client, low, 5_000) == "allowed"
    talk = await begin(world, client=client)
    await talk.post(
        *[talk.draft(talk.him, body={"cards": [product_card(one)]}) for one in (key, low)]
    )
    await register.revise(key, risk=1)
    code, told = await replayed()
    assert (code, told["same"], told["incomplete"], told["differing"]) == (
        0,
        told["decisions"],
        0,
        [],
    )
    assert told["decisions"] >= 9
    async with world.tx() as tx:
        early = await tx.fetchval(
            "UPDATE match_decision SET inputs = inputs - 'permitted' WHERE id ="
            " (SELECT id FROM match_decision WHERE inputs ->> 'permitted' = 'true' ORDER BY id LIMIT 1)"
            " RETURNING id"
        )
        altered = await tx.fetchval(
            "UPDATE match_decision SET allowed = true, reason = NULL WHERE path = 'push' AND NOT allowed RETURNING id"
        )
    assert early
    code, told = await replayed()
    assert (code, told["incomplete"], told["differing"]) == (1, 1, [str(altered)])

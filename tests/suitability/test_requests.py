"""The client's own way to a product that does not suit him, and his looks at products, through the interface."""

import hashlib
import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from tests.custody.firm import sequence
from tests.suitability.cast import Firm, assess, firm, timers
from tests.world import Client, World
from visavis.archive import api as archive
from visavis.kernel.errors import Refusal
from visavis.tlog import evidence
from visavis.tlog.note import verifier_of
from visavis.tlog.policy import of_log

SENTENCE = "本人已知悉该产品不适合本人，自愿承担风险"
RIGHT = {"loss_all": ["all"], "exit": ["no"], "operated": ["no"]}


async def ask(client: Client, key: str, amount: int = 50_000) -> dict[str, Any]:
    answer = await client.http.post(f"/api/client/products/{key}/requests", json={"amount": amount})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def confirm(client: Client, request: str, **more: Any) -> httpx.Response:
    body = {"typed": SENTENCE, "scrolled": True} | more
    return await client.http.post(f"/api/client/product-requests/{request}/confirm", json=body)


async def permitted(world: World, client: Client, key: str, amount: int = 50_000) -> str:
    """The id of a request that went the whole way."""
    request: str = (await ask(client, key, amount))["id"]
    await client.http.post(f"/api/client/product-requests/{request}/warning")
    world.clock.move(timedelta(seconds=15))
    answer = await confirm(client, request)
    assert answer.json()["state"] == "permitted", answer.text
    return request


async def order(client: Client, key: str, amount: int) -> str:
    url = f"/api/client/products/{key}/order-check"
    answer = await client.http.post(url, json={"amount": amount})
    return str(answer.json().get("error", "allowed"))


def steps(request: dict[str, Any]) -> list[str]:
    return [one["step"] for one in request["steps"]]


async def set_up(world: World, level: str = "C2", risk: int = 4) -> tuple[Firm, Client, str]:
    register, client = await firm(world), await world.client()
    await assess(client, level)
    return register, client, await register.product(risk)


async def test_suit_03_the_whole_way_from_asking_to_permission(world: World) -> None:
    """SUIT-03, SUIT-16: told, checked, warned, confirmed in his own words, permitted; one chain."""
    _, client, key = await set_up(world)
    locked = (await client.http.get(f"/api/client/products/{key}")).json()
    assert locked["locked"]["reason"] == "suitability_above_level"
    assert set(locked["product"]) == {"id", "code", "version", "name", "risk"}
    assert "request" in locked["next"]

    asked = await ask(client, key)
    assert steps(asked) == ["client_requested", "told_unsuitable", "not_lowest_checked"]
    assert (await ask(client, key))["id"] == asked["id"]
    early = await confirm(client, asked["id"])
    assert (early.status_code, early.json()["error"]) == (409, "request_wrong_step")
    url = f"/api/client/product-requests/{asked['id']}"
    warning = (await client.http.post(f"{url}/warning")).json()
    assert warning["sentence"] == SENTENCE
    assert warning["risk_points"]
    assert warning["questions"] == []
    assert (await client.http.post(f"{url}/warning")).json()["hash"] == warning["hash"]
    for wrong in ({}, {"scrolled": False}, {"typed": "好的"}):
        world.clock.move(timedelta(seconds=14 if not wrong else 5))
        answer = await confirm(client, asked["id"], **wrong)
        assert (answer.status_code, answer.json()["error"]) == (409, "warning_not_read")
    assert (await confirm(client, asked["id"], recording="x")).status_code == 422
    done = (await confirm(client, asked["id"], recording="ab" * 32)).json()
    assert done["state"] == "permitted"
    assert steps(done)[3:] == ["special_warning_shown", "client_confirmed", "permitted"]
    assert (await client.http.post(f"{url}/warning")).status_code == 409
    async with world.tx() as tx:
        chain = await archive.chain(tx, UUID(asked["id"]))
    assert [one.clear["step"] for one in chain] == steps(done)
    assert [one.previous for one in chain[1:]] == [one.digest for one in chain[:-1]]
    confirmed = chain[4].body
    assert confirmed is not None
    assert confirmed["warning"] == warning["hash"]
    assert confirmed["seconds"] >= 15
    opened = (await client.http.get(f"/api/client/products/{key}")).json()
    assert opened["locked"] is None
    assert opened["request"]["state"] == "permitted"
    assert (await client.http.get(url)).json()["id"] == asked["id"]


async def test_suit_03_staff_can_neither_ask_nor_confirm(world: World) -> None:
    """SUIT-03: a staff token on the client's own steps is refused."""
    register, client, key = await set_up(world)
    asked = await ask(client, key)
    for staff in (register.maker, register.checker):
        answer = await staff.post(f"/api/client/products/{key}/requests", json={})
        assert (answer.status_code, answer.json()["error"]) == (403, "client_alone")
        url = f"/api/client/product-requests/{asked['id']}/confirm"
        answer = await staff.post(url, json={"typed": SENTENCE, "scrolled": True})
        assert (answer.status_code, answer.json()["error"]) == (403, "client_alone")
    stranger = await world.client()
    assert (await confirm(stranger, asked["id"])).status_code == 404


async def test_suit_04_a_permission_is_for_one_product_version_amount_and_day(world: World) -> None:
    """SUIT-04."""
    register, client, key = await set_up(world)
    other = await register.product(4)
    first = await permitted(world, client, key)
    assert await order(client, key, 50_000) == "allowed"
    assert await order(client, key, 50_001) == "suitability_not_permitted"
    assert await order(client, other, 1) == "suitability_not_permitted"
    again = await ask(client, key, 150_000)
    assert again["id"] != first
    assert again["amount_upto"] == 200_000
    assert (await client.http.get(f"/api/client/product-requests/{first}")).json()[
        "state"
    ] == "withdrawn"
    assert await order(client, key, 1) == "suitability_not_permitted"
    whole = await permitted(world, client, key, 150_000)
    assert await order(client, key, 150_000) == "allowed"
    await register.revise(key, risk=5)
    await world.settle()
    assert await order(client, key, 1) == "suitability_not_permitted"
    assert (await client.http.get(f"/api/client/product-requests/{whole}")).json()[
        "state"
    ] == "revoked"


async def test_suit_04_a_permission_runs_out_after_a_day(world: World) -> None:
    """SUIT-04: the default of one day; asking again begins anew."""
    _, client, key = await set_up(world)
    first = await permitted(world, client, key)
    world.clock.move(timedelta(hours=24))
    client.http.headers["Authorization"] = (
        f"Bearer {await world.session(client.id, client.person.kind)}"
    )
    assert await order(client, key, 1) == "suitability_not_permitted"
    assert (await ask(client, key))["id"] != first


async def test_suit_04_a_day_of_a_permission_is_a_trading_day(world: World) -> None:
    """SUIT-04, OPS-04: given on a Friday it stands over the weekend, and over a holiday of the firm's calendar."""
    world.clock.move(timedelta(days=4))
    boss = await world.sign_in(await world.administrator())
    holiday = {"day": "2026-11-30", "trading": False, "working": False, "note": "休市"}
    assert (await boss.put("/api/calendar", json={"days": [holiday]})).status_code == 200
    _, client, key = await set_up(world)
    request = await permitted(world, client, key)
    shown = (await client.http.get(f"/api/client/product-requests/{request}")).json()
    assert (
        shown["expires_at"] == shown["permitted_at"] + 4 * 86_400_000
    )  # Tuesday instead of Monday


async def test_suit_05_the_lowest_class_is_never_permitted_anything_above_r1(world: World) -> None:
    """SUIT-05: not by request, not by order, and no step is offered."""
    _, client, key = await set_up(world, "C1L", 2)
    for _ in range(2):
        answer = await client.http.post(f"/api/client/products/{key}/requests", json={})
        assert (answer.status_code, answer.json()["error"]) == (403, "suitability_lowest_class")
    assert await order(client, key, 1) == "suitability_lowest_class"
    seen = (await client.http.get(f"/api/client/products/{key}")).json()
    assert seen["locked"]["reason"] == "suitability_lowest_class"
    assert seen["next"] == ["ask_advisor"]


async def test_suit_08_who_stands_otherwise_asks_anew(world: World) -> None:
    """SUIT-08: another assessment ends what was asked under the old one, permissions included."""
    _, client, key = await set_up(world)
    request = await permitted(world, client, key)
    await assess(client, "C3")
    assert (await client.http.get(f"/api/client/product-requests/{request}")).json()[
        "state"
    ] == "revoked"
    assert await order(client, key, 1) == "suitability_not_permitted"


async def test_suit_10_r5_asks_for_right_answers_a_call_back_and_a_day(world: World) -> None:
    """SUIT-10: C5 may have R5, yet not before the special procedure; an order before 24 h is refused."""
    register, client, key = await set_up(world, "C5", 5)
    assert await order(client, key, 10_000) == "suitability_not_permitted"
    seen = (await client.http.get(f"/api/client/products/{key}")).json()
    assert (seen["locked"], seen["special"]) == (None, True)
    asked = await ask(client, key)
    assert (steps(asked), asked["mismatch"], asked["special"]) == (
        ["client_requested"],
        False,
        True,
    )
    url = f"/api/client/product-requests/{asked['id']}"
    warning = (await client.http.post(f"{url}/warning")).json()
    assert (warning["cooling_hours"], len(warning["questions"])) == (24, 3)
    world.clock.move(timedelta(seconds=15))
    assert (
        await confirm(client, asked["id"], answers=RIGHT | {"exit": ["yes"]})
    ).status_code == 409
    assert (await confirm(client, asked["id"], answers=RIGHT)).json()["state"] == "open"
    assert await order(client, key, 10_000) == "suitability_not_permitted"

    waiting = (await register.checker.get("/api/suitability/callbacks")).json()["items"]
    assert [(one["id"], one["product_name"]) for one in waiting] == [(asked["id"], "稳健债券一号")]
    assert waiting[0]["client_name"] == client.person.name
    call = f"/api/suitability/requests/{asked['id']}/callback"
    assert (await register.maker.post(call, json={"insists": True})).status_code == 403
    called = await register.checker.post(call, json={"insists": True, "note": "本人确认"})
    assert called.json()["state"] == "open"
    assert (await register.checker.post(call, json={"insists": True})).status_code == 409
    assert (await register.checker.get("/api/suitability/callbacks")).json()["items"] == []
    world.clock.move(timedelta(hours=24, seconds=-1))
    await timers(world)
    client.http.headers["Authorization"] = (
        f"Bearer {await world.session(client.id, client.person.kind)}"
    )
    assert (await client.http.get(url)).json()["state"] == "open"
    world.clock.move(timedelta(seconds=21))
    await world.settle()
    assert (await client.http.get(url)).json()["state"] == "permitted"
    assert await order(client, key, 10_000) == "allowed"


async def test_a_call_back_may_end_a_request_and_so_may_the_client(world: World) -> None:
    register, client, key = await set_up(world, "C4", 5)
    asked = await ask(client, key)
    assert (asked["mismatch"], asked["special"]) == (True, True)
    call = f"/api/suitability/requests/{asked['id']}/callback"
    assert (await register.checker.post(call, json={"insists": True})).status_code == 409
    assert (await register.checker.post(call, json={"insists": False})).json()[
        "state"
    ] == "withdrawn"
    assert (await register.checker.post(call, json={"insists": False})).status_code == 409
    missing = call.replace(asked["id"], str(client.id))
    assert (await register.checker.post(missing, json={"insists": True})).status_code == 404
    again = await ask(client, key)
    url = f"/api/client/product-requests/{again['id']}"
    assert (await client.http.delete(url)).json()["state"] == "withdrawn"
    assert (await client.http.delete(url)).status_code == 409
    assert (await client.http.post(f"{url}/warning")).status_code == 409


async def test_suit_13_the_level_is_checked_when_a_product_is_opened(world: World) -> None:
    """SUIT-13: a link that a C5 client forwards is locked for C1, and for somebody who is nobody here."""
    _, daring, key = await set_up(world, "C5", 4)
    assert (await daring.http.get(f"/api/client/products/{key}?card=1")).json()["locked"] is None
    careful = await world.client()
    await assess(careful, "C1")
    seen = (await careful.http.get(f"/api/client/products/{key}?card=1")).json()
    assert seen["locked"]["reason"] == "suitability_above_level"
    assert "summary" not in seen["product"]
    visitor = await world.visitor()
    assert (await visitor.get(f"/api/client/products/{key}")).status_code == 403
    assert (await visitor.get("/api/client/shelf")).status_code == 403


async def test_the_shelf_holds_what_suits_and_a_page_is_found_by_its_code(world: World) -> None:
    """SUIT-06, SUIT-09: nothing without an assessment; within the level and the wishes with one."""
    register, client, key = await set_up(world, "C2", 2)
    await register.product(3)
    await register.product(1, term_months=0, kind="equity", goals=["growth"])
    await register.product(1, effective_from="2026-12-01")
    shelf = (await client.http.get("/api/client/shelf")).json()
    assert [one["id"] for one in shelf["items"]] == [key]
    assert shelf["standing"]["level"] == "C2"
    stranger = await world.client()
    assert (await stranger.http.get("/api/client/shelf")).json()["items"] == []
    english = await client.http.get("/api/client/products/P001", headers={"Accept-Language": "en"})
    assert english.json()["product"]["name"] == "Steady Bond One"
    for unknown in ("P999", str(client.id)):
        assert (await client.http.get(f"/api/client/products/{unknown}")).status_code == 404


async def test_nothing_is_asked_for_what_suits_anyway(world: World) -> None:
    register, client, key = await set_up(world, "C2", 2)
    answer = await client.http.post(f"/api/client/products/{key}/requests", json={})
    assert answer.json()["error"] == "request_not_needed"
    assert await order(client, key, 1) == "allowed"
    dear = await register.product(2, min_amount=1_000)
    assert await order(client, dear, 999) == "product_access_condition"
    private = await register.product(2, professional_only=True)
    answer = await client.http.post(f"/api/client/products/{private}/requests", json={})
    assert answer.json()["error"] == "product_access_condition"


async def test_a_request_ends_when_its_product_does(world: World) -> None:
    register, client, key = await set_up(world)
    asked = await ask(client, key)
    await register.revise(key, risk=4, effective_from="2026-11-23", effective_to="2026-11-23")
    answer = await client.http.post(f"/api/client/product-requests/{asked['id']}/warning")
    assert answer.json()["error"] == "request_wrong_step"
    world.clock.move(timedelta(days=1))
    await timers(world)
    async with world.tx() as tx:
        states = await tx.fetch("SELECT state FROM client_request")
    assert [row["state"] for row in states] == ["revoked"]


def test_refusals_are_refusals() -> None:
    from visavis.suitability.rules.matching import REFUSALS  # noqa: PLC0415

    assert all(
        issubclass(one, Refusal) and one.code == reason.value for reason, one in REFUSALS.items()
    )


async def test_suit_16_the_evidence_of_a_warning_verifies_offline(world: World) -> None:
    """SUIT-16: what a dossier holds of the request is checked by its proofs and its chain alone; kept for 20 years."""
    register, client, key = await set_up(world)
    request = await permitted(world, client, key)
    await sequence(world)
    wanted = {"client": str(client.id), "product": key, "purpose": "核对特别警示证据"}
    answer = await register.checker.post("/api/custody/dossiers", json=wanted)
    assert answer.status_code == 200, answer.text
    # From here on nothing but the file is asked.
    with zipfile.ZipFile(io.BytesIO(answer.content)) as box:
        files = {name: box.read(name) for name in box.namelist()}
    rows = [json.loads(line) for line in files["records.jsonl"].splitlines()]
    chain = [one for one in rows if one["object"] == request]
    assert [one["clear"]["step"] for one in chain][-2:] == ["client_confirmed", "permitted"]
    policy = of_log(verifier_of(files["vkey.txt"].decode().strip()))
    before: list[bytes] = []
    for row in chain:
        proof = evidence.read(files[f"proofs/{row['record']}.tlog-proof"])
        evidence.check(proof, policy)
        assert hashlib.sha256(proof.extra or b"").hexdigest() == row["sha256"]
        before.append((re.findall(rb'"prev":"([0-9a-f]{64})"', proof.extra or b"") or [b""])[0])
    assert [one.decode() for one in before[1:]] == [one["sha256"] for one in chain[:-1]]
    assert {one["retention"] for one in chain} == {"suitability"}
    said = next(one["body"] for one in chain if one["clear"]["step"] == "client_confirmed")
    assert said["seconds"] >= 15
    assert said["warning"]

"""The questionnaire, conversions, documents and proof, through the interface."""

from datetime import timedelta
from typing import Any

from tests.conversations.talk import begin
from tests.identity.rights_stage import picture
from tests.suitability.cast import ANSWERS, HIGH, assess, firm, timers
from tests.suitability.test_requests import ask
from tests.world import Client, World
from visavis.connections import api as connections
from visavis.connections.types import Basis
from visavis.kernel.auth import system

KNOWN = {
    "protection": ["less"], "leverage": ["sixty"], "liquidity": ["no"], "diversify": ["single"], "back": ["yes"],
}  # fmt: skip
WEALTHY = {"financial": 3_000_000, "years": 1, "confirms": True, "answers": KNOWN}
PAY = {"weights": {"response": 50, "compliance": 50}}


async def mine(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = (await client.http.get("/api/client/suitability")).json()
    return found


async def test_suit_14_the_questionnaire_is_the_clients_own_and_twice_a_day(world: World) -> None:
    """SUIT-14: attempts are limited, and rising answers raise an alert."""
    client, register = await world.client(), await firm(world)
    assert (await mine(client))["state"] == "never"
    asked = (await client.http.get("/api/client/questionnaire")).json()
    assert all("score" not in option for q in asked["questions"] for option in q["options"])
    await assess(client, "C2")
    found = await assess(client, "C5")
    assert found["alert"].startswith("flipped:")
    answer = await client.http.post(
        "/api/client/assessments", json={"version": asked["version"], "answers": HIGH}
    )
    assert (answer.status_code, answer.json()["error"]) == (429, "assessment_attempts_used")
    standing = await mine(client)
    assert (standing["state"], standing["level"], standing["attempts_left"]) == ("valid", "C5", 0)
    alerts = (await register.checker.get("/api/suitability/alerts")).json()["items"]
    assert [one["client"] for one in alerts] == [str(client.id)]
    assert alerts[0]["client_name"] == client.person.name
    world.clock.move(timedelta(days=1))
    client.http.headers["Authorization"] = (
        f"Bearer {await world.session(client.id, client.person.kind)}"
    )
    assert (await mine(client))["attempts_left"] == 2
    assert (await assess(client, "C5"))["alert"] == ""


async def test_suit_14_nobody_else_answers_and_nobody_looks_on(world: World) -> None:
    """SUIT-14: staff are refused, and so is a session that the broker's site marks as co-browsed."""
    register = await firm(world)
    for staff in (register.maker, register.checker, await world.sign_in(await world.advisor())):
        answer = await staff.post("/api/client/assessments", json={"version": 1, "answers": {}})
        assert (answer.status_code, answer.json()["error"]) == (403, "client_alone")
    guided = await world.client(ctx={"co_browsing": True})
    answer = await guided.http.post("/api/client/assessments", json={"version": 1, "answers": HIGH})
    assert (answer.status_code, answer.json()["error"]) == (403, "client_alone")


async def test_suit_19_without_the_income_there_is_no_product(world: World) -> None:
    """SUIT-19: the attempt is kept, the client is told why, the shelf is empty."""
    client, register = await world.client(), await firm(world)
    key = await register.product(1)
    body = {"version": 1, "answers": {name: one for name, one in HIGH.items() if name != "income"}}
    taken = (await client.http.post("/api/client/assessments", json=body)).json()
    assert (taken["state"], taken["level"]) == ("refused_data", None)
    seen = (await client.http.get(f"/api/client/products/{key}")).json()
    assert seen["locked"]["reason"] == "suitability_data_refused"
    assert (await client.http.get("/api/client/shelf")).json()["items"] == []
    for wrong, error in (
        ({"version": 9}, "questionnaire_outdated"),
        ({"answers": {"age": ["x"]}}, "unfit_answers"),
    ):
        answer = await client.http.post("/api/client/assessments", json=body | wrong)
        assert answer.json()["error"] == error


async def test_the_clients_own_staff_and_supervisors_know_the_level(world: World) -> None:
    client, advisor, register = await world.client(), await world.advisor(), await firm(world)
    await assess(client, "C3")
    url = f"/api/clients/{client.id}/suitability"
    assert (await (await world.sign_in(advisor)).get(url)).status_code == 404
    async with world.tx() as tx:
        await connections.establish(tx, system(), client.id, advisor.id, Basis.ACCEPTANCE)
    desk = await world.sign_in(advisor)
    found = (await desk.get(url)).json()
    panel = (await desk.get(f"/api/clients/{client.id}")).json()
    [line] = (await desk.get("/api/clients")).json()["items"]
    assert line["client"]["level"] == "C3"
    assert panel["client"]["level"] == "C3"
    assert (found["level"], found["state"], found["category"]) == ("C3", "valid", "ordinary")
    assert (await register.checker.get(url)).json() == found
    assert (await client.http.delete("/api/client/assessments")).status_code == 204
    assert (await client.http.delete("/api/client/assessments")).status_code == 404
    assert (await register.checker.get(url)).json()["state"] == "withdrawn"


async def test_suit_15_an_application_is_tested_answered_and_given_up_at_once(world: World) -> None:
    """SUIT-15: conditions, risk confirmation, test, a reasoned reply; downward by notice alone."""
    client, register = await world.client(), await firm(world)
    await assess(client, "C2")
    key = await register.product(5, professional_only=True)
    test = (await client.http.get("/api/client/professional")).json()
    assert (len(test["questions"]), test["pass_mark"]) == (5, 80)
    for less in ({"financial": 2_999_999}, {"years": 0.9}, {"confirms": False},
                 {"answers": KNOWN | {"leverage": ["thirty"], "back": ["no"]}}):  # fmt: skip
        answer = await client.http.post("/api/client/professional", json=WEALTHY | less)
        assert (answer.status_code, answer.json()["error"]) == (409, "professional_conditions"), (
            less
        )
    answer = await client.http.post("/api/client/professional", json=WEALTHY)
    assert answer.json()["error"] == "professional_conditions"  # no proofs
    handed = await proof(client)
    listed = (await client.http.get("/api/client/professional")).json()
    assert (listed["proofs"], listed["person"]["financial"]) == ([handed], 3_000_000)
    made = await client.http.post("/api/client/professional", json=WEALTHY)
    assert (made.status_code, made.json()["state"]) == (201, "applied")
    assert (await client.http.post("/api/client/professional", json=WEALTHY)).status_code == 409
    assert (await mine(client))["category"] == "ordinary"
    [waiting] = (await register.checker.get("/api/suitability/applications")).json()["items"]
    assert waiting["proofs"] == [handed]
    for http, status in ((register.checker, 200), (client.http, 200), (register.maker, 404)):
        file = await http.get(f"/api/suitability/proofs/{handed['id']}")
        assert file.status_code == status, file.text
    url = f"/api/suitability/applications/{waiting['id']}/answer"
    assert (
        await register.checker.post(url, json={"accepted": True, "answer": " "})
    ).status_code == 422
    reply = {"accepted": True, "answer": "资产与经验证明齐备"}
    assert (await register.checker.post(url, json=reply)).json()["state"] == "accepted"
    assert (await register.checker.post(url, json=reply)).status_code == 409
    assert (await mine(client))["category"] == "professional"
    held = await register.checker.get("/api/suitability/applications?state=accepted")
    assert [one["client_name"] for one in held.json()["items"]] == [client.person.name]
    assert (await client.http.get(f"/api/client/products/{key}")).json()["locked"] is None
    assert (await client.http.delete("/api/client/professional")).status_code == 204
    assert (await mine(client))["category"] == "ordinary"
    assert (await client.http.get(f"/api/client/products/{key}")).json()["locked"] is not None
    assert (await client.http.delete("/api/client/professional")).status_code == 404
    assert (await register.maker.get("/api/suitability/alerts")).status_code == 403
    await proof(client)
    again = (await client.http.post("/api/client/professional", json=WEALTHY)).json()["id"]
    no = {"accepted": False, "answer": "证明材料不足"}
    refused = await register.checker.post(url.replace(waiting["id"], again), json=no)
    assert (refused.json()["state"], refused.json()["valid_until"]) == ("refused", None)
    assert (await mine(client))["conversion"]["answer"] == "证明材料不足"


async def test_suit_15_proofs_are_files_and_few(world: World) -> None:
    """SUIT-15: an image or a PDF, ten at a time, by the client alone; nothing else is taken in."""
    client = await world.client()
    bad = {"file": ("a.png", b"not an image", "image/png")}
    assert (await client.http.post(PROOFS, files=bad)).status_code == 422
    for _ in range(10):
        await proof(client)
    assert (await client.http.post(PROOFS, files=image())).status_code == 429
    stranger = await world.client()
    held = (await client.http.get("/api/client/professional")).json()["proofs"][0]["id"]
    assert (await stranger.http.get(f"/api/suitability/proofs/{held}")).status_code == 404


async def test_suit_15_a_professional_is_reminded_before_his_proofs_are_due(world: World) -> None:
    """SUIT-15: once, in the open conversation, 30 days ahead; whoever has none reads it on his own page."""
    talk, other = await begin(world), await world.client()
    register = await firm(world)
    given = {"financial": 5_000_000, "years": 2, "basis": "资产证明 2026-11"}
    for one in (talk.client, other):
        url = f"/api/clients/{one.id}/professional"
        assert (await register.checker.post(url, json=given)).status_code == 201
    await timers(world)
    before = len(await talk.stream())
    world.clock.move(timedelta(days=24 * 30 - 29))
    for _ in range(2):
        await timers(world)
    lines = (await talk.stream())[before:]
    assert [one.body["code"] for one in lines] == ["proofs_due"]


PROOFS = "/api/client/professional/proofs"


def image() -> dict[str, Any]:
    return {"file": ("资产证明.png", picture(), "image/png")}


async def proof(client: Client) -> dict[str, Any]:
    """Hand in a proof."""
    made = await client.http.post(PROOFS, files=image())
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


async def test_suit_15_a_professional_by_law_needs_proofs_that_run_out(world: World) -> None:
    """SUIT-15: 4.99 m and 1.9 years are refused, 5.0 m and 2 years accepted, until the proofs are due again."""
    client, register = await world.client(), await firm(world)
    url = f"/api/clients/{client.id}/professional"
    proof = {"financial": 4_990_000, "years": 1.9, "basis": "资产证明 2026-11"}
    assert (await register.checker.post(url, json=proof)).json()[
        "error"
    ] == "professional_conditions"
    proof |= {"financial": 5_000_000, "years": 2}
    assert (await register.checker.post(url, json=proof | {"basis": "x"})).status_code == 422
    assert (await register.checker.post(url, json=proof)).status_code == 201
    assert (await register.checker.post(url, json=proof)).json()["error"] == "professional_already"
    assert (await mine(client))["category"] == "professional"
    assert (await client.http.get("/api/client/shelf")).status_code == 200
    world.clock.move(timedelta(days=24 * 30))
    await timers(world)
    client.http.headers["Authorization"] = (
        f"Bearer {await world.session(client.id, client.person.kind)}"
    )
    assert (await mine(client))["category"] == "ordinary"
    async with world.tx() as tx:
        assert await tx.fetchval("SELECT state FROM investor_category") == "ended"


async def test_suit_07_documents_come_into_force_by_two_hands_and_on_their_day(
    world: World,
) -> None:
    """SUIT-07, SUIT-18: versions, never by their author, never weaker than the law."""
    register, client = await firm(world), await world.client()
    url = "/api/suitability/documents"
    first = (await register.checker.get(url)).json()["items"]
    assert {one["version"] for one in first} == {1}
    assert all(one["in_force"] for one in first)
    bad = {"content": {"weights": {"sales_r5": 100}}, "effective_from": "2026-11-23"}
    assert (await register.maker.post(f"{url}/incentive", json=bad)).json()[
        "error"
    ] == "unfit_document"
    past = {"content": PAY, "effective_from": "2026-11-22"}
    assert (await register.maker.post(f"{url}/incentive", json=past)).status_code == 422
    made = await register.maker.post(
        f"{url}/incentive", json=past | {"effective_from": "2026-11-23"}
    )
    assert (made.json()["version"], made.json()["state"]) == (2, "proposed")
    decision = f"{url}/incentive/2/decision"
    assert (await register.maker.post(decision, json={"approved": True})).status_code == 403
    back = await register.checker.post(decision, json={"approved": False, "note": "再议"})
    assert back.json()["state"] == "returned"
    assert (await register.checker.post(decision, json={"approved": True})).status_code == 409
    assert (
        await register.checker.post(f"{url}/incentive/9/decision", json={"approved": True})
    ).status_code == 404
    both = await world.staff(*(await both_roles()))
    alone = await world.sign_in(both)
    made = await alone.post(
        f"{url}/incentive", json={"content": PAY, "effective_from": "2026-11-23"}
    )
    decision = f"{url}/incentive/{made.json()['version']}/decision"
    assert (await alone.post(decision, json={"approved": True})).json()[
        "error"
    ] == "document_same_hand"

    asked = {key: one for one in first if (key := one["kind"]) == "questionnaire"}["questionnaire"][
        "content"
    ]
    body = {"content": asked | {"attempts_per_day": 1}, "effective_from": "2026-11-23"}
    await register.maker.post(f"{url}/questionnaire", json=body)
    await register.checker.post(f"{url}/questionnaire/2/decision", json={"approved": True})
    answer = await client.http.post(
        "/api/client/assessments", json={"version": 1, "answers": ANSWERS["C2"]}
    )
    assert answer.json()["error"] == "questionnaire_outdated"
    assert (await assess(client, "C2"))["questionnaire"] == 2
    assert (await mine(client))["attempts_left"] == 0


async def both_roles() -> list[Any]:
    from visavis.kernel.auth import Role  # noqa: PLC0415

    return [Role.EDITOR, Role.SUPERVISOR]


async def test_suit_17_one_call_returns_everything_about_a_client_and_a_product(
    world: World,
) -> None:
    """SUIT-07, SUIT-17: decisions with inputs and versions, replayed; requests with evidence; records in a chain."""
    client, register = await world.client(), await firm(world)
    key, other = await register.product(4), await register.product(1)
    await assess(client, "C2")
    for one in (key, other):
        await client.http.get(f"/api/client/products/{one}")
    asked = await ask(client, key)
    await register.revise(key, risk=2)
    wanted = {"client": str(client.id), "product": key}
    found = (await register.checker.get("/api/suitability/dossier", params=wanted)).json()
    assert [(one["path"], one["allowed"]) for one in found["decisions"]] == [
        ("look", False),
        ("request", False),
    ]
    assert [one["id"] for one in found["requests"]] == [asked["id"]]
    assert [one["step"] for one in found["requests"][0]["evidence"]] == [
        one["step"] for one in asked["steps"]
    ]
    assert [one["version"] for one in found["product"]] == [1, 2]
    assert {one["record"] for one in found["decisions"]} <= {one["id"] for one in found["records"]}
    for one in found["decisions"]:
        again = await register.checker.get(f"/api/suitability/decisions/{one['id']}/replay")
        assert again.json()["same"] is True
        assert again.json()["replayed"] == "suitability_above_level"
    nothing = wanted | {"from": "2027-01-01T00:00:00Z"}
    later = (await register.checker.get("/api/suitability/dossier", params=nothing)).json()
    assert (later["decisions"], later["requests"]) == ([], [])
    missing = f"/api/suitability/decisions/{client.id}/replay"
    assert (await register.checker.get(missing)).status_code == 404
    wrong = f"/api/suitability/applications/{client.id}/answer"
    assert (
        await register.checker.post(wrong, json={"accepted": True, "answer": "没有证明"})
    ).status_code == 404

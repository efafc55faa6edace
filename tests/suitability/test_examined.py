"""An examiner sees suitability as far as his grant goes: whose, and of which time (SUP-02, SUIT-17)."""

from datetime import timedelta

import httpx

from tests.suitability.cast import assess, firm
from tests.world import Client, World
from visavis.identity.types import Staff
from visavis.kernel import clock
from visavis.kernel.auth import Role

DOSSIER = "/api/suitability/dossier"


async def grant(
    boss: httpx.AsyncClient, examiner: Staff, clients: list[Client] | None, first: int, last: int
) -> str:
    """A grant for the next hour; `first` and `last` bound what it opens, in milliseconds."""
    now = clock.now_ms()
    body = {
        "examiner": str(examiner.id), "purpose": "现场检查第12号", "from": first, "until": last,
        "starts_at": now, "ends_at": now + 3600_000,
        "clients": None if clients is None else [str(one.id) for one in clients],
    }  # fmt: skip
    given = await boss.post("/api/custody/grants", json=body)
    assert given.status_code == 201, given.text
    return str(given.json()["id"])


async def test_an_examiner_sees_what_his_grant_opens(world: World) -> None:
    his, other, register = await world.client(), await world.client(), await firm(world)
    product = await register.product(1)
    for one in (his, other):
        await assess(one, "C2")
        await one.http.get(f"/api/client/products/{product}")
    person = await world.staff(Role.EXAMINER)
    examiner, boss = await world.sign_in(person), await world.sign_in(await world.supervisor())
    proof = {"licensed_institution": True, "basis": "licence of the institution"}
    for one in (his, other):
        made = await boss.post(f"/api/clients/{one.id}/professional", json=proof)
        assert made.is_success, made.text
    world.clock.move(timedelta(minutes=5))
    wanted = {"client": str(his.id), "product": product}
    seen = (await boss.get(DOSSIER, params=wanted)).json()
    replay = f"/api/suitability/decisions/{seen['decisions'][0]['id']}/replay"
    # Without a grant, nothing.
    for path in (DOSSIER, replay, "/api/suitability/alerts"):
        refused = await examiner.get(path, params=wanted)
        assert (refused.status_code, refused.json()["error"]) == (403, "grant_missing"), path
    now = clock.now_ms()
    # A grant for another client opens nothing of his.
    given = await grant(boss, person, [other], 0, now)
    assert (await examiner.get(DOSSIER, params=wanted)).status_code == 404
    assert (await examiner.get(replay)).status_code == 404
    assert (await examiner.get("/api/suitability/alerts")).json()["items"] == []
    await boss.post(f"/api/custody/grants/{given}/revoke")
    # One for a time in which nothing happened yet opens an empty dossier.
    given = await grant(boss, person, [his], now - 1000, now)
    found = (await examiner.get(DOSSIER, params=wanted)).json()
    assert (found["decisions"], found["assessments"], found["categories"]) == ([], [], [])
    assert (await examiner.get(replay)).status_code == 404
    await boss.post(f"/api/custody/grants/{given}/revoke")
    await grant(boss, person, None, 0, now)
    found = (await examiner.get(DOSSIER, params=wanted)).json()
    assert found["decisions"] == seen["decisions"]
    assert len(found["categories"]) == len(seen["categories"]) == 1
    again, alerts = await examiner.get(replay), await examiner.get("/api/suitability/alerts")
    assert again.json()["same"] is True
    # Every copy that he takes bears his name and his grant; the firm's own bears none.
    marks = {one["watermark"] for one in (found, again.json(), alerts.json())}
    assert len(marks) == 1
    assert person.name in marks.pop()
    assert seen["watermark"] == ""
    # Whatever he saw is on record; where he was refused, the refusal is.
    looks = (await boss.get("/api/custody/looks")).json()["items"]
    assert {one["viewer"] for one in looks} == {str(person.id)}
    assert [(one["what"], one["query"]) for one in looks] == [
        ("search", "alerts"), ("record", "replay"), ("dossier", product), ("dossier", product), ("search", "alerts"),
    ]  # fmt: skip


async def test_a_dossier_is_of_a_client_and_a_product(world: World) -> None:
    client, register = await world.client(), await firm(world)
    product = await register.product(1)
    boss, staff = await world.sign_in(await world.supervisor()), await world.advisor()
    for wanted in (
        {"client": str(staff.id), "product": product},
        {"client": str(client.id), "product": str(client.id)},
    ):
        assert (await boss.get(DOSSIER, params=wanted)).status_code == 404
    proof = {"licensed_institution": True, "basis": "licence of the institution"}
    answer = await boss.post(f"/api/clients/{staff.id}/professional", json=proof)
    assert answer.status_code == 404


async def test_a_simulated_client_has_no_dossier_among_the_real_ones(world: World) -> None:
    register = await firm(world)
    product = await register.product(1)
    client = await world.client()
    async with world.tx() as tx:
        await tx.execute("UPDATE person SET environment = 'simulated' WHERE id = $1", client.id)
    boss = await world.sign_in(await world.supervisor())
    wanted = {"client": str(client.id), "product": product}
    assert (await boss.get(DOSSIER, params=wanted)).status_code == 404

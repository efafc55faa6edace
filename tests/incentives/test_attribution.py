"""Partners refer and learn next to nothing; the ledger is only added to; what must never be paid is refused."""

from typing import Any

import pytest

from tests.conversations.talk import begin
from tests.world import World
from visavis.incentives import api as incentives
from visavis.incentives import rules
from visavis.incentives.types import Kind, Settlement, Share
from visavis.kernel.auth import Role

CODES = "/api/referral-codes"


async def test_part_01_a_partner_has_codes_and_sees_that_somebody_came_and_not_who(
    world: World,
) -> None:
    """PART-01: own codes, the minimal status of own referrals; no client's name or id anywhere in it."""
    partner = await world.sign_in(await world.staff(Role.PARTNER_STAFF))
    other = await world.sign_in(await world.staff(Role.PARTNER_STAFF))
    made = await partner.post(CODES, json={"label": "网点大厅"})
    assert made.status_code == 201, made.text
    code = made.json()["code"]
    foreign = (await other.post(CODES, json={})).json()["code"]
    assert [one["code"] for one in (await partner.get(CODES)).json()["items"]] == [code]
    talk = await begin(world)
    http = talk.client.http
    assert (await http.put("/api/client/referral", json={"code": "NONE"})).status_code == 404
    for _ in range(2):
        said = await http.put("/api/client/referral", json={"code": f" {code.lower()} "})
        assert said.status_code == 204, said.text
    again = await http.put("/api/client/referral", json={"code": foreign})
    assert (again.status_code, again.json()["error"]) == (409, "already_referred")
    fresh = await world.client()
    assert (await fresh.http.put("/api/client/referral", json={"code": code})).status_code == 204
    await world.settle()
    seen = await partner.get("/api/referrals")
    assert sorted(one["state"] for one in seen.json()["items"]) == ["connected", "referred"]
    assert {key for one in seen.json()["items"] for key in one} == {"code", "at", "state"}
    for client in (talk.client, fresh):
        assert str(client.id) not in seen.text
        assert client.person.name not in seen.text
    assert (await other.get("/api/referrals")).json()["items"] == []
    for _ in range(49):
        await partner.post(CODES, json={})
    assert (await partner.post(CODES, json={})).status_code == 429


async def test_part_02_every_connection_is_a_line_that_nobody_changes(
    world: World, assign: Any
) -> None:
    """PART-02: assigned, connected, referred, each once, with a record; only supervisors read it."""
    advisor = await world.advisor()
    talk = await begin(world, advisor)
    await assign(advisor, "T001")
    await world.settle()
    office = await world.sign_in(await world.supervisor())
    url = f"/api/attribution?client={talk.client.id}"
    lines = (await office.get(url)).json()["items"]
    assert [(one["kind"], one["staff"]) for one in lines] == [("connected", str(advisor.id))]
    assert (await (await world.sign_in(advisor)).get(url)).status_code == 403
    missing = await office.get(f"/api/attribution?client={advisor.branch_id}")
    assert missing.status_code == 404
    async with world.tx() as tx:
        again = await tx.fetchrow("SELECT * FROM attribution WHERE kind = 'connected'")
        assert again is not None
        told = (Kind.CONNECTED, again["client_id"], again["source_id"], again["staff_id"])
        await incentives.touched(tx, [told])
        rows = await tx.fetch("SELECT kind, record_id FROM attribution ORDER BY at, id")
    assert sorted(row["kind"] for row in rows) == ["assigned", "connected"]
    assert all(row["record_id"] for row in rows)


REBATES = [
    Share("client", "fixed", 100),
    Share("third_party", "referral", 100),
    Share("staff", "commission", 10),
    Share("partner_firm", "commission", 10),
    Share("staff", "gift", 10),
    Share("partner_staff", "referral", 100),
    Share("partner_staff", "account", 100),
    Share("partner_firm", "account", 100, "unknown"),
    Share("staff", "account", 100),
    Share("staff", "referral", 100),
    Share("staff", "quality", -1),
]


@pytest.mark.parametrize("share", REBATES, ids=lambda one: f"{one.to}-{one.basis}")
def test_part_02_rebates_are_rejected(share: Share) -> None:
    """PART-01, PART-02: no cash, gift or share of commission to anybody outside; nothing by account or referral."""
    lawful = Share("staff", "quality", 100)
    assert rules.forbidden(Settlement((lawful, share), 1000), ()) is not None


def test_inc_01_staff_are_paid_by_quality_under_a_cap() -> None:
    """INC-01: quality is all that staff may be paid by, and never without a cap."""
    quality = Share("staff", "quality", 100)
    assert rules.forbidden(Settlement((quality,), 1000), ()) is None
    assert rules.forbidden(Settlement((quality,), 0), ()) == "no cap"
    for basis in ("account", "referral"):
        wrong = Settlement((Share("staff", basis, 100),), 1000)
        assert rules.forbidden(wrong, ()) == "staff are paid by quality"


def test_part_01_a_reward_by_account_needs_a_contract_that_compliance_enabled() -> None:
    """PART-01: the type of contract decides, and the cap."""
    rule = Settlement((Share("partner_staff", "account", 50, "introducer"),), 1000)
    assert rules.forbidden(rule, ()) is not None
    assert rules.forbidden(rule, ("introducer",)) is None
    assert rules.forbidden(Settlement(rule.shares, 0), ("introducer",)) == "no cap"


async def test_part_02_the_settlement_rule_has_versions_and_two_hands(world: World) -> None:
    """PART-02: proposed by one, approved by another; a rebate and an unknown field never come so far."""
    boss = await world.administrator()
    maker = await world.sign_in(boss)
    checker = await world.sign_in(await world.supervisor())
    both = await world.sign_in(await world.staff(Role.ADMINISTRATOR, Role.SUPERVISOR))
    url = "/api/settlement-rules"
    good = {"shares": [{"to": "staff", "basis": "quality", "yuan": 500}], "cap": 2000}
    rebate = {"shares": [{"to": "client", "basis": "fixed", "yuan": 88}], "cap": 2000}
    refused = await maker.post(url, json=rebate)
    assert (refused.status_code, refused.json()["error"]) == (422, "settlement_forbidden")
    assert (await maker.post(url, json=good | {"rebate": 5})).status_code == 422
    assert (await checker.post(url, json=good)).status_code == 403
    assert (await maker.post(url, json=good)).json()["version"] == 1
    assert (await both.post(url, json=good)).json()["version"] == 2
    assert (await maker.post(f"{url}/1/decision", json={"approved": True})).status_code == 403
    assert (await both.post(f"{url}/2/decision", json={"approved": True})).status_code == 403
    assert (await checker.post(f"{url}/9/decision", json={"approved": True})).status_code == 404
    done = await checker.post(f"{url}/1/decision", json={"approved": True})
    assert (done.status_code, done.json()["state"]) == (200, "approved")
    assert (await checker.post(f"{url}/1/decision", json={"approved": False})).status_code == 409
    assert (await checker.post(f"{url}/2/decision", json={"approved": False})).json()[
        "state"
    ] == "refused"
    seen = (await checker.get(url)).json()["items"]
    assert [(one["version"], one["state"]) for one in seen] == [(2, "refused"), (1, "approved")]
    desk = await world.sign_in(await world.advisor())
    assert (await desk.get(url)).status_code == 403
    assert (await desk.post(f"{url}/1/decision", json={"approved": True})).status_code == 403
    assert (await desk.put("/api/client/referral", json={"code": "NONE"})).status_code == 403
    for path in (CODES, "/api/referrals"):
        assert (await desk.get(path)).status_code == 403

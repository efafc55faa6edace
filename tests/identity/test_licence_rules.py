"""Licences by rule: LIC-01..05 and PART-01, each by its oracle through the interface."""

from datetime import timedelta
from random import Random
from typing import Any

import httpx
import pytest

from tests.conversations.talk import begin
from tests.dispatch.service import Service, engine
from tests.suitability.cast import timers
from tests.world import World
from visavis.identity import api as identity
from visavis.identity.rules import capabilities
from visavis.identity.types import Capability, LicenceStatus, LicenceType, Need
from visavis.kernel.auth import Role

RELAYING = {Capability.RELAY, Capability.EDUCATE}
SERVING = RELAYING | {Capability.SERVE}


async def test_lic_01_an_end_is_noticed_by_itself_and_no_pool_keeps_him(world: World) -> None:
    """LIC-01, LIC-04: the day after the last his offer is gone and nothing is offered to him."""
    service = Service(world, engine(world))
    advisor = await service.advisor("杜原")
    asked = await service.ask(await service.client())
    assert [one["request"] for one in await service.offers(advisor)] == [asked["id"]]
    async with world.tx() as tx:
        # The day after the last one has come.
        await tx.execute(
            "UPDATE licence SET valid_to = $2 WHERE staff_id = $1",
            advisor.id, identity.today() - timedelta(days=1),
        )  # fmt: skip
    await timers(world)
    await service.settle()
    assert await service.offers(advisor) == []
    assert (await (await service.browser(advisor)).get("/api/pool")).json()["items"] == []
    again = await service.ask(await service.client())
    assert await service.offers(advisor) == []
    grab = f"/api/pool/{again['id']}/grab"
    answer = await (await service.browser(advisor)).post(grab, json={"client_key": again["id"]})
    assert answer.status_code in (403, 404, 409)


LICENCE = """
INSERT INTO licence (id, staff_id, type, number, valid_from, valid_to, status, source, updated_at)
VALUES (gen_random_uuid(), $1, $2, gen_random_uuid()::text, $3, $4, $5, 'sac', now())
"""


async def test_lic_01_who_is_chosen_from_among_thousands_is_judged_as_one_alone(
    world: World,
) -> None:
    """LIC-01, LIC-04: what the store says of licences of any kind, age and standing is what the rule says."""
    chance, today = Random(29), identity.today()
    roles = (Role.ADVISOR, Role.CLIENT_MANAGER, Role.BROKER_AGENT)
    kinds = (*LicenceType, LicenceType.ADVISORY, LicenceType.ADVISORY)
    standing = (*LicenceStatus, LicenceStatus.ACTIVE, LicenceStatus.ACTIVE)
    staff = [await world.staff(roles[n % 3], licences=()) for n in range(90)]
    days = [timedelta(days=n) for n in (-400, -1, 0, 1, 2, 400)]
    async with world.tx() as tx:
        for one in staff:
            for _ in range(chance.randrange(1, 4)):
                first, last = sorted(chance.choices(days, k=2))
                await tx.execute(
                    LICENCE, one.id, chance.choice(kinds).value, today + first, today + last,
                    chance.choice(standing).value,
                )  # fmt: skip
        people = await identity.staff(tx, [one.id for one in staff])
        everybody = await identity.serving(tx, staff[0].environment)
        some = await identity.serving(tx, staff[0].environment, [one.id for one in staff[:7]])
    assert [one.id for one in everybody] == sorted(one.id for one in staff)
    assert some == [one for one in everybody if one.id in {one.id for one in staff[:7]}]
    for one in everybody:
        alone = {need: identity.meets(people[one.id], need, today) for need in Need}
        assert one.lacks == {need: unmet for need, unmet in alone.items() if unmet}
    words = {u.detail.partition(":")[2] for one in everybody for u in one.lacks.values()}
    assert {"none", "expired", "not_yet_valid", "suspended", "revoked"} - words == set()


async def test_lic_01_a_beginning_and_an_end_are_told_once_and_an_extension_again(
    world: World,
) -> None:
    """LIC-01: nobody has to remember the day; a licence that is extended ends anew."""
    advisor = await world.advisor(valid_to=identity.today() + timedelta(days=1))
    told = []
    for days, extend in ((0, 0), (1, 0), (1, 0), (1, 0), (0, 5), (6, 0), (1, 0)):
        world.clock.move(timedelta(days=days))
        if extend:
            async with world.tx() as tx:
                await tx.execute(
                    "UPDATE licence SET valid_to = valid_to + $2::int WHERE staff_id = $1",
                    advisor.id,
                    extend,
                )
        async with world.tx() as tx:
            told.append(await identity.licences_turn(tx))
    assert told == [1, 0, 1, 0, 0, 1, 0]


@pytest.mark.parametrize(
    ("role", "licences", "able"),
    [
        (Role.ADVISOR, (LicenceType.ADVISORY,), SERVING | {Capability.ADVISE}),
        (Role.ADVISOR, (LicenceType.SECURITIES,), SERVING),
        (Role.ADVISOR, (), set()),
        (Role.CLIENT_MANAGER, (LicenceType.ADVISORY,), SERVING),
        (Role.CLIENT_MANAGER, (LicenceType.SECURITIES,), SERVING),
        (Role.CLIENT_MANAGER, (LicenceType.FUND,), set()),
        (Role.BROKER_AGENT, (LicenceType.AGENT,), RELAYING),
        (Role.BROKER_AGENT, (LicenceType.ADVISORY,), set()),
        (Role.PARTNER_STAFF, (), {Capability.REFER}),
        (Role.SUPERVISOR, (LicenceType.ADVISORY,), set()),
        (Role.ADMINISTRATOR, (), set()),
    ],
)
async def test_lic_02_what_each_role_may_do_follows_from_its_registration(
    world: World, role: Role, licences: tuple[LicenceType, ...], able: set[Capability]
) -> None:
    """LIC-02: role x registration; capability is derived at this moment, never assigned."""
    one = await world.staff(role, licences=licences)
    today = identity.today()
    assert capabilities(one, today) == able
    if role is not Role.PARTNER_STAFF:
        assert capabilities(one, today + timedelta(days=366)) == set()


async def test_lic_03_the_client_sees_who_serves_him_and_can_verify_it_without_signing_in(
    world: World,
) -> None:
    """LIC-03: firm, real name, role, code and link in the header; an unknown code is not ours and can be reported."""
    talk = await begin(world)
    header = (await talk.client.http.get(f"/api/conversations/{talk.id}")).json()["handler"]
    assert (header["name"], header["role"], header["code"]) == (
        talk.advisor.name, "advisor", talk.advisor.code,
    )  # fmt: skip
    assert header["firm"]
    anybody = world.http()
    assert (await anybody.get(header["verify_url"])).status_code == 200
    unknown = (await anybody.get("/api/public/verify/S0000000000000")).json()
    assert (unknown["found"], unknown["status"]) == (False, "unknown")
    report = {"code": "S0000000000000", "text": "自称贵公司投顾"}
    assert (await anybody.post("/api/public/reports", json=report)).status_code == 204


async def test_lic_05_a_broker_agent_belongs_to_one_firm(world: World) -> None:
    """LIC-05: a second contract whose time overlaps is refused; one that follows is not."""
    agent = await world.agent()
    boss = await world.sign_in(await world.administrator())
    url = f"/api/staff/{agent.id}/licences"
    last = agent.licences[0].valid_to
    body = {
        "type": "agent",
        "number": "A2",
        "valid_from": "2026-01-01",
        "valid_to": "2028-01-01",
        "source": "x",
    }
    assert (await boss.post(url, json=body)).status_code == 409
    later = body | {"valid_from": (last + timedelta(days=1)).isoformat(), "valid_to": "2029-01-01"}
    assert (await boss.post(url, json=later)).status_code == 201


# What partner staff may read: themselves, the firm, and what everybody signed in may.
OF_PARTNERS = {
    "/api/me", "/api/public/firm", "/api/sign-in/providers", "/api/branches", "/api/knowledge", "/api/push/key",
    "/api/conversations", "/api/search", "/api/answers", "/api/calendar",
    "/api/client/advisor/choices", "/api/referral-codes", "/api/referrals",
}  # fmt: skip
HOLDING_NOTHING = (
    "/api/conversations", "/api/search", "/api/client/advisor/choices", "/api/referral-codes", "/api/referrals",
)  # fmt: skip


async def test_part_01_partner_staff_reach_no_client_no_chat_no_product_and_no_request(
    world: World,
) -> None:
    """PART-01: every list of the interface, as a partner; what answers at all holds nobody."""
    talk = await begin(world)
    await talk.say(talk.her, "基金什么时候到账")
    partner = await world.sign_in(await world.staff(Role.PARTNER_STAFF))
    paths: dict[str, Any] = world.app.openapi()["paths"]
    lists = [
        path
        for path, methods in paths.items()
        if "get" in methods and "{" not in path and path.startswith("/api/")
    ]
    assert len(lists) > 30
    answers: dict[str, httpx.Response] = {}
    for path in lists:
        answers[path] = await partner.get(path, params={"q": "基金"} if "search" in path else {})
    reached = {path for path, one in answers.items() if one.status_code == 200}
    assert reached <= OF_PARTNERS, reached - OF_PARTNERS
    for path in HOLDING_NOTHING:
        assert answers[path].json()["items"] == []
    assert (await partner.get(f"/api/conversations/{talk.id}")).status_code == 404
    assert (await partner.get(f"/api/clients/{talk.client.id}/suitability")).status_code == 404
    card = {"kind": "product", "title": "x", "product": str(talk.id)}
    body = {"client_key": str(talk.id), "stream": "shared", "body": {"cards": [card]}}
    sent = await partner.post(f"/api/conversations/{talk.id}/entries", json=body)
    assert (sent.status_code, sent.json()["error"]) == (403, "not_handler")

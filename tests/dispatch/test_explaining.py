"""Why this advisor: read as it was kept, by those who may; and the record agrees with the row."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from tests.dispatch.service import MARGIN_PAGE, Service
from visavis.archive import api as archive
from visavis.dispatch import evidence, looking
from visavis.dispatch.policies import default
from visavis.dispatch.rules.policy import Terms
from visavis.dispatch.store import offers as offer_store
from visavis.dispatch.types import Constraint, Status
from visavis.identity.types import LicenceType, Staff
from visavis.kernel import clock
from visavis.kernel.auth import Environment

ADVISING = (LicenceType.ADVISORY, LicenceType.SECURITIES, LicenceType.MARGIN)


async def decision(service: Service, staff: Staff, asked: dict[str, Any]) -> Any:
    answer = await (await service.browser(staff)).get(f"/api/requests/{asked['id']}/decision")
    return answer.json() if answer.status_code == 200 else answer.status_code


async def test_every_refused_advisor_has_the_constraint_that_failed(service: Service) -> None:
    chosen = await service.advisor(licences=ADVISING, topics=["margin"])
    expected = {
        (await service.advisor()).id: Constraint.LICENCE,
        (await service.advisor(licences=ADVISING, languages=["en"])).id: Constraint.LANGUAGE,
        (await service.world.advisor(licences=ADVISING)).id: Constraint.PRESENCE,
        (await service.world.manager()).id: Constraint.ROLE,
    }
    resting = await service.advisor(licences=ADVISING)
    await service.here(resting, Status.BREAK)
    own_only = await service.advisor(licences=ADVISING)
    await service.here(own_only, Status.BUSY)
    expected |= {resting.id: Constraint.PRESENCE, own_only.id: Constraint.OWN_CLIENTS_ONLY}
    asked = await service.ask(await service.client(), context=MARGIN_PAGE)
    supervisor = await service.world.supervisor()

    seen = await decision(service, supervisor, asked)

    assert seen["chosen"] == [str(chosen.id)]
    assert seen["policy_version"]
    refused = {
        UUID(one["staff"]): one["refused"]["constraint"]
        for one in seen["candidates"]
        if one["refused"]
    }
    assert refused == {key: value.value for key, value in expected.items()}
    (best,) = [one for one in seen["candidates"] if not one["refused"]]
    assert (best["name"], best["name_en"] or "") == (chosen.name, chosen.name_en)
    assert best["score"] == round(sum(best["parts"].values()), 6)


async def test_a_look_loads_whom_it_can_concern_and_all_where_it_decides(service: Service) -> None:
    """Thousands off duty cost a look nothing; a decision names each of them all the same."""
    here, away = await service.advisor(), await service.world.advisor()
    await service.here(here, Status.BUSY)  # for clients of his own: nobody can be asked
    asked = await service.ask(await service.client())
    async with service.world.tx() as tx:
        now = clock.now()
        terms = Terms.of(service.world.settings)
        seen = await looking.view(tx, Environment.REAL, now, terms, default())
        every = await looking.whole(tx, Environment.REAL, seen)
    assert [one.request.id for one in seen.cases] == [UUID(asked["id"])]
    assert {one.id for one in seen.advisors} == {here.id}
    assert {one.id for one in every.advisors} == {here.id, away.id}
    await service.here(here, Status.ONLINE)
    await service.settle()
    found = await decision(service, await service.world.supervisor(), asked)
    assert [one["staff"] for one in found["candidates"]] == [str(here.id), str(away.id)]


async def test_the_decision_is_not_recomputed(service: Service) -> None:
    chosen = await service.advisor()
    asked = await service.ask(await service.client())
    supervisor = await service.world.supervisor()
    before = await decision(service, supervisor, asked)
    await service.here(chosen, Status.OFF)
    async with service.world.tx() as tx:
        await tx.execute("UPDATE licence SET status = 'revoked' WHERE staff_id = $1", chosen.id)
    assert await decision(service, supervisor, asked) == before


async def test_the_record_holds_the_digest_of_the_kept_candidates(service: Service) -> None:
    await service.advisor()
    await service.advisor(languages=["en"])
    asked = await service.ask(await service.client())
    async with service.world.tx() as tx:
        (kept,) = await offer_store.decisions(tx, UUID(asked["id"]))
        chain = await archive.chain(tx, UUID(asked["id"]))
    (recorded,) = [one.body for one in chain if one.kind == "decision"]
    assert recorded is not None
    assert recorded["candidates_sha256"] == evidence.digest(kept)
    forged = replace(kept, candidates=kept.candidates[:-1])
    assert recorded["candidates_sha256"] != evidence.digest(forged)
    assert [one.kind for one in chain].count("offer") == 1
    assert chain[0].kind == "request"


async def test_who_may_read_a_decision(service: Service) -> None:
    chosen, other = await service.advisor(), await service.advisor(languages=["en"])
    asked = await service.ask(await service.client())
    operator, administrator = await service.world.operator(), await service.world.administrator()

    mine = await decision(service, chosen, asked)
    assert [one["name"] for one in mine["candidates"] if one["staff"] == str(chosen.id)] == [
        chosen.name
    ]
    assert [one["name"] for one in mine["candidates"] if one["staff"] == str(other.id)] == [None]
    nameless = await decision(service, operator, asked)
    assert {one["name"] for one in nameless["candidates"]} == {None}
    assert await decision(service, other, asked) == 404
    assert await decision(service, administrator, asked) == 404
    assert (
        await (await service.client()).http.get(f"/api/requests/{asked['id']}/decision")
    ).status_code == 404


async def test_the_decisions_of_a_conversation_are_listed_in_order(service: Service) -> None:
    own = await service.advisor(capacity=1)
    await service.ask(await service.client())
    await service.accept(own)
    client = await service.client(own)
    asked = await service.ask(client)
    helper = await service.advisor()
    await service.after(15, own, helper, client)
    supervisor = await service.browser(await service.world.supervisor())

    listed = await supervisor.get("/api/decisions", params={"conversation": asked["conversation"]})

    assert [one["mode"] for one in listed.json()["items"]] == ["hold", "offer"]
    latest = (await supervisor.get("/api/decisions")).json()["items"]
    assert latest[0]["topic"] == asked["topic"]
    assert latest[0]["candidates"] == listed.json()["items"][-1]["candidates"]
    one = (await supervisor.get(f"/api/requests/{asked['id']}/decision")).json()
    assert [each["mode"] for each in one["items"]] == ["hold", "offer"]
    assert (await (await service.browser(helper)).get("/api/decisions")).status_code == 403


async def test_colleagues_are_judged_by_the_constraints_of_an_offer(service: Service) -> None:
    handler = await service.advisor()
    asked = await service.ask(await service.client())
    await service.accept(handler)
    able = await service.advisor("张能")
    unable = await service.advisor("李外", languages=["en"])
    browser = await service.browser(handler)

    path = f"/api/conversations/{asked['conversation']}/colleagues"
    found = {one["id"]: one for one in (await browser.get(path)).json()["items"]}

    assert found[str(able.id)]["refused"] is None
    assert found[str(unable.id)]["refused"]
    assert str(handler.id) not in found
    assert [
        one["name"] for one in (await browser.get(path, params={"q": "张"})).json()["items"]
    ] == ["张能"]
    assert (await (await service.browser(able)).get(path)).status_code == 404


async def test_lic_02_no_request_is_offered_outside_the_area_of_a_contract(
    service: Service,
) -> None:
    """LIC-02: the decision names the contract as the reason, and so does the list of colleagues."""
    world = service.world
    own, bound, free = [await service.advisor() for _ in range(3)]
    client = await service.client()
    boss = await world.sign_in(await world.administrator())
    await world.branch("BJ01", "北京西单营业部")
    async with world.tx() as tx:
        await tx.execute(
            "UPDATE person SET branch_id = (SELECT id FROM branch WHERE code = 'BJ01') WHERE id = $1",
            client.id,
        )
    area = {"area": ["SH01"]}
    assert (await boss.patch(f"/api/staff/{bound.id}", json=area)).json()["area"] == ["SH01"]
    asked = await service.ask(client)
    watch = await service.browser(await world.supervisor())
    seen = (await watch.get(f"/api/requests/{asked['id']}/decision")).json()
    refused = {
        one["staff"]: one["refused"]["constraint"] for one in seen["candidates"] if one["refused"]
    }
    assert refused == {str(bound.id): "area"}
    assert await service.offers(bound) == []
    chosen = {one["staff"] for one in seen["candidates"] if one["chosen"]}
    taker = next(one for one in (own, free) if str(one.id) in chosen)
    await service.accept(taker)
    path = f"/api/conversations/{asked['conversation']}/colleagues"
    found = (await (await service.browser(taker)).get(path)).json()["items"]
    assert {one["id"]: bool(one["refused"]) for one in found}[str(bound.id)]

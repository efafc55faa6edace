"""Refused authorisations leave a record: who, which operation, on which object, why; and nobody floods the record."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from tests.conversations.talk import begin
from tests.world import World
from visavis.archive import api as archive
from visavis.archive.types import Record
from visavis.kernel.auth import SYSTEM_ID, Role
from visavis.kernel.clock import FakeClock
from visavis.kernel.db import Database, Tx
from visavis.kernel.denials import Denial, Denials, ids_in
from visavis.kernel.errors import Unavailable


async def denied(world: World, who: UUID) -> list[Record]:
    """What stands on record of refusals to somebody, oldest first."""
    async with world.tx() as tx:
        return [one for one in await archive.chain(tx, who) if one.kind == "denied"]


async def test_a_look_at_what_is_not_ones_own_is_on_record(world: World) -> None:
    talk = await begin(world)
    other = await world.client()
    assert (await other.http.get(f"/api/conversations/{talk.id}")).status_code == 404
    assert (await other.http.get("/api/staff", params={"q": str(talk.id)})).status_code == 403
    hidden, forbidden = await denied(world, other.id)
    assert hidden.body is not None
    assert forbidden.body is not None
    assert hidden.body["operation"] == "GET /api/conversations/{conversation}"
    assert hidden.body["objects"] == {"conversation": str(talk.id)}
    assert hidden.body["why"] == "not_found"
    assert hidden.body["roles"] == ["client"]
    assert forbidden.body["objects"] == {"q": str(talk.id)}
    assert (forbidden.body["operation"], forbidden.body["why"]) == ("GET /api/staff", "forbidden")
    # What is simply not there, and names nothing, is no denial.
    assert (await other.http.get("/api/nothing")).status_code == 404
    assert len(await denied(world, other.id)) == 2


async def test_ids_of_a_body_are_on_record_too(world: World) -> None:
    talk = await begin(world)
    stranger = await world.advisor()
    browser = await world.sign_in(stranger)
    body = {"to": str(talk.advisor.id), "note": "x"}
    answer = await browser.post(f"/api/conversations/{talk.id}/transfer", json=body)
    assert answer.status_code == 403
    [one] = await denied(world, stranger.id)
    assert one.body is not None
    assert one.body["objects"] == {"conversation": str(talk.id), "body.to": str(talk.advisor.id)}


async def test_whoever_is_nobody_is_on_record_by_his_address(world: World) -> None:
    browser = world.http()
    assert (await browser.get("/api/me")).status_code == 401
    # A failed sign-in is recorded as what it is, and not twice.
    answer = await browser.post("/api/sign-in", json={"login": "x", "password": "y"})
    assert answer.status_code == 401
    [one] = await denied(world, SYSTEM_ID)
    assert one.body is not None
    assert one.body["why"] == "not_signed_in"
    assert one.body["address"] == "127.0.0.1"
    # A page of another site that tries with the cookie.
    boss = await world.sign_in(await world.administrator())
    answer = await boss.post("/api/branches", json={}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    last = (await denied(world, SYSTEM_ID))[-1]
    assert last.body is not None
    assert last.body["reason"] == "origin"


async def test_a_flood_is_counted_and_kept_as_one(world: World, clock: FakeClock) -> None:
    world.app.state.denials.each = 3
    editor = await world.staff(Role.EDITOR)
    browser = await world.sign_in(editor)
    for _ in range(8):
        assert (await browser.get("/api/issuers")).status_code == 403
    assert len(await denied(world, editor.id)) == 3
    clock.move(timedelta(minutes=1))
    assert (await browser.get("/api/issuers")).status_code == 403
    found = await denied(world, editor.id)
    assert [one.body.get("omitted", 0) for one in found if one.body] == [0, 0, 0, 5, 0]


async def test_many_addresses_are_one_flood(database: Database, clock: FakeClock) -> None:
    kept: list[Denial] = []

    async def keep(_: Tx, several: Sequence[Denial]) -> None:
        kept.extend(several)

    denials = Denials(keep, each=2, together=3)
    for number in range(10):
        await denials.note(database, Denial(None, f"10.0.0.{number}", "GET /x", {}, "forbidden"))
    assert [one.address for one in kept] == ["10.0.0.0", "10.0.0.1", "10.0.0.2"]
    await denials.settle(database)
    assert (kept[-1].address, kept[-1].omitted) == ("", 7)


async def test_without_a_store_the_refusal_stands(
    database: Database, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    async def keep(_: Tx, several: Sequence[Denial]) -> None:
        raise Unavailable(reason="database")

    await Denials(keep).note(database, Denial(None, "10.0.0.1", "GET /x", {}, "forbidden"))


def test_ids_are_found_wherever_they_stand() -> None:
    one, other = uuid4(), uuid4()
    value = {"a": one, "b": {"c": [str(other), "no id"]}, "d": "x" * 36, "e": 7}
    assert ids_in(value, "body") == {"body.a": str(one), "body.b.c.0": str(other)}
    assert len(ids_in({"many": [str(uuid4()) for _ in range(99)]})) == 10

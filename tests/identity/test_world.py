"""The cast that other tests rely on is what it says it is."""

from tests.world import World
from visavis.identity.types import LicenceType


async def test_an_advisor_signs_in_and_sees_himself(world: World) -> None:
    advisor = await world.advisor("林知远", licences=[LicenceType.ADVISORY])
    browser = await world.sign_in(advisor)
    me = (await browser.get("/api/me")).json()
    assert me["name"] == "林知远"
    assert me["roles"] == ["advisor"]
    assert me["branch"] == "上海静安营业部"
    assert me["capabilities"] == ["advise", "educate", "relay", "serve"]


async def test_a_client_and_a_visitor_come_through_the_brokers_page(world: World) -> None:
    client = await world.client("C000777")
    me = (await client.http.get("/api/me")).json()
    assert (me["kind"], me["roles"], me["id"]) == ("client", ["client"], str(client.id))
    assert (await (await world.visitor()).get("/api/me")).json()["kind"] == "visitor"
    assert (await world.http().get("/api/me")).status_code == 401

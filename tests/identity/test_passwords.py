"""Staff change their own passwords, and nobody gets one that everybody thinks of first."""

import httpx
import pytest

from tests.identity.test_sign_in import PASSWORD, Enrolled, code, enrol
from tests.world import World
from visavis.archive import api as archive
from visavis.demo import firm
from visavis.demo.accounts import LETTERS, fresh_password
from visavis.identity import secrets
from visavis.kernel import clock

FRESH = "another horse, another battery"


@pytest.fixture
async def somebody(world: World) -> Enrolled:
    return await enrol(world, await world.advisor("林知远"))


async def last_set(boss: httpx.AsyncClient, one: Enrolled) -> int:
    """When an administrator reads that somebody's password was set."""
    return int((await boss.get(f"/api/staff/{one.staff.id}")).json()["password_set_at"])


async def test_a_new_password_ends_every_session_but_the_one_it_begins(
    world: World, somebody: Enrolled
) -> None:
    here, there = await world.sign_in(somebody.staff), await world.sign_in(somebody.staff)
    boss = await world.sign_in(await world.administrator())
    first = await last_set(boss, somebody)
    assert first < clock.now_ms()
    body = {"current": PASSWORD, "password": FRESH}
    done = await here.post("/api/me/password", json=body)
    assert done.status_code == 200, done.text
    assert done.json()["me"]["id"] == str(somebody.staff.id)
    assert await last_set(boss, somebody) == clock.now_ms()
    assert (await there.get("/api/me")).status_code == 401
    token = done.cookies["visavis_session"]
    new = world.http()
    new.cookies.set("visavis_session", token)
    assert (await new.get("/api/me")).status_code == 200
    for password, status in ((PASSWORD, 401), (FRESH, 200)):
        body = {"login": somebody.staff.login, "password": password}
        assert (await world.http().post("/api/sign-in", json=body)).status_code == status
    async with world.tx() as tx:
        kinds = [one.kind for one in await archive.chain(tx, somebody.staff.id)]
    assert kinds.count("password_set") == 2


async def test_the_present_password_is_asked_for_and_guessing_it_locks(
    world: World, somebody: Enrolled
) -> None:
    browser = await world.sign_in(somebody.staff)
    wrong = {"current": "not this one", "password": FRESH}
    refused = await browser.post("/api/me/password", json=wrong)
    assert (refused.status_code, refused.json()["error"]) == (409, "password_wrong")
    weak = {"current": PASSWORD, "password": "password1234"}
    refused = await browser.post("/api/me/password", json=weak)
    assert (refused.status_code, refused.json()["error"]) == (422, "weak_password")
    answers = [await browser.post("/api/me/password", json=wrong) for _ in range(30)]
    assert answers[-1].status_code == 429
    assert (await browser.get("/api/me")).status_code == 200
    assert code(somebody.seed)


async def test_who_has_no_password_changes_none(world: World) -> None:
    body = {"current": PASSWORD, "password": FRESH}
    client = await world.client()
    assert (await client.http.post("/api/me/password", json=body)).status_code == 403
    browser = await world.sign_in(await world.advisor())  # he comes in by the firm's provider
    assert (await browser.post("/api/me/password", json=body)).status_code == 403


@pytest.mark.parametrize(
    "password",
    [
        "password1234", "Passw0rd!2024", "P@ssw0rd12345", "qwertyuiop12", "1qaz2wsx3edc", "123456789012",
        "iloveyou1314", "adminadmin123", "welcome2026!!", "aaaaaaaaaaaa", "abcabcabcabc", "letmein123456",
        "woaini1314520", "shanghai2026!", "Visavis-2026!", "zaq12wsxcde3", "qwerty123456", "13800138000138",
        "administrator1", "Summer2026!!!", "securities888",
    ],
)  # fmt: skip
def test_what_everybody_thinks_of_is_refused(password: str) -> None:
    assert not secrets.sound_password(password, "somebody")


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD, FRESH, "x7Kp-93mQz_41", "我爱北京天安门上太阳升", "gT9#vLw2pX8!", "a b c d e f g h i j",
        "correcthorsebatterystaple", "lowercaseletters", "ÄÖÜß-geheimnisvoll",
    ],
)  # fmt: skip
def test_any_composition_is_welcome(password: str) -> None:
    if len(password) >= secrets.LEAST:
        assert secrets.sound_password(password, "somebody")


def test_the_demo_draws_no_password_that_the_platform_refuses() -> None:
    logins = [one.login for one in (firm.ADMINISTRATOR, *firm.STAFF)]
    assert [one for one in logins if set(one) <= set(LETTERS.lower())] == []
    assert all(secrets.sound_password(fresh_password(), one) for one in logins)

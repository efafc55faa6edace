"""How staff sign in: invitation, password, one-time code, recovery; limits, locks, cookies, and the record."""

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pyotp
import pytest

from tests.world import BOSS, World, made
from visavis import launch
from visavis.archive import api as archive
from visavis.identity import api as identity
from visavis.identity import secrets
from visavis.identity.types import Staff
from visavis.kernel import clock as time
from visavis.kernel.auth import SYSTEM_ID
from visavis.kernel.clock import FakeClock
from visavis.kernel.db import Database
from visavis.kernel.settings import Settings

PASSWORD = "correct horse battery"


def code(seed: str, offset: int = 0) -> str:
    """The code of a step near the present one."""
    return pyotp.TOTP(seed).generate_otp(time.now_ms() // 30_000 + offset)


class Enrolled:
    """A member of staff with a password and a second factor."""

    def __init__(self, staff: Staff, seed: str, codes: list[str]) -> None:
        self.staff, self.seed, self.codes = staff, seed, codes


async def invited(world: World, one: Staff) -> str:
    async with world.tx() as tx:
        return (await identity.invite(tx, BOSS, one.id)).token


async def enrol(world: World, one: Staff, password: str = PASSWORD) -> Enrolled:
    browser = world.http()
    body = {"token": await invited(world, one), "password": password}
    step = (await browser.post("/api/invitations/accept", json=body)).json()
    assert step["step"] == "enrol"
    body = {"challenge": step["challenge"], "code": code(step["secret"])}
    done = await browser.post("/api/sign-in/totp", json=body)
    assert done.status_code == 200, done.text
    # The next sign-in needs a code of a later step.
    world.clock.move(timedelta(seconds=60))
    return Enrolled(one, step["secret"], done.json()["recovery_codes"])


@pytest.fixture
async def somebody(world: World) -> Enrolled:
    return await enrol(world, await world.advisor("林知远"))


async def first_step(browser: httpx.AsyncClient, login: str, password: str = PASSWORD) -> str:
    answer = await browser.post("/api/sign-in", json={"login": login, "password": password})
    assert answer.status_code == 200, answer.text
    assert answer.json()["step"] == "totp"
    return answer.json()["challenge"]


async def test_an_invitation_leads_through_enrolment_to_a_session(world: World) -> None:
    one = await world.advisor("林知远")
    browser = world.http()
    token = await invited(world, one)
    weak = await browser.post("/api/invitations/accept", json={"token": token, "password": "short"})
    assert (weak.status_code, weak.json()["error"]) == (422, "weak_password")
    named = {"token": token, "password": f"my {one.login} password"}
    assert (await browser.post("/api/invitations/accept", json=named)).status_code == 422
    body = {"token": token, "password": PASSWORD}
    step = (await browser.post("/api/invitations/accept", json=body)).json()
    uri = urlsplit(step["otpauth"])
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert parse_qs(uri.query)["secret"] == [step["secret"]]
    assert step["qr"].startswith("data:image/svg+xml;base64,")
    assert step["demo_code"] is None
    wrong = {"challenge": step["challenge"], "code": "000000"}
    assert (await browser.post("/api/sign-in/totp", json=wrong)).json()["error"] == (
        "sign_in_failed"
    )
    done = await browser.post(
        "/api/sign-in/totp", json={"challenge": step["challenge"], "code": code(step["secret"])}
    )
    assert len(done.json()["recovery_codes"]) == 10
    assert done.json()["me"]["name"] == "林知远"
    assert (await browser.get("/api/me")).status_code == 200
    spent = await browser.post("/api/invitations/accept", json=body)
    assert (spent.status_code, spent.json()["error"]) == (401, "step_expired")


async def test_an_invitation_ends_after_three_days_and_with_a_newer_one(world: World) -> None:
    one = await world.advisor()
    browser = world.http()
    older, newer = await invited(world, one), await invited(world, one)
    body = {"token": older, "password": PASSWORD}
    assert (await browser.post("/api/invitations/accept", json=body)).status_code == 401
    world.clock.move(timedelta(hours=72))
    body = {"token": newer, "password": PASSWORD}
    assert (await browser.post("/api/invitations/accept", json=body)).status_code == 401


async def test_signing_in_takes_password_and_code_and_leaves_an_http_only_cookie(
    world: World, somebody: Enrolled
) -> None:
    browser = world.http()
    challenge = await first_step(browser, somebody.staff.login.upper())
    body = {"challenge": challenge, "code": code(somebody.seed)}
    done = await browser.post("/api/sign-in/totp", json=body)
    cookie = done.headers["set-cookie"]
    assert cookie.startswith("visavis_session=")
    for part in ("HttpOnly", "SameSite=lax", "Path=/"):
        assert part in cookie
    assert (await browser.get("/api/me")).json()["id"] == str(somebody.staff.id)
    assert (await browser.post("/api/sign-out")).status_code == 204
    assert (await browser.get("/api/me")).status_code == 401


async def test_over_tls_the_cookie_is_secure_and_bound_to_the_host(
    database: Database, clock: FakeClock, settings: Settings
) -> None:
    tls = settings.model_copy(update={"public_url": "https://talk.broker.test"})
    async with made(database, clock, tls) as world:
        somebody = await enrol(world, await world.advisor())
        browser = world.http()
        challenge = await first_step(browser, somebody.staff.login)
        body = {"challenge": challenge, "code": code(somebody.seed)}
        done = await browser.post("/api/sign-in/totp", json=body)
        cookie = done.headers["set-cookie"]
        assert cookie.startswith("__Host-visavis_session=")
        assert "Secure" in cookie
        held = {"Cookie": cookie.partition(";")[0]}
        assert (await browser.get("/api/me", headers=held)).status_code == 200


async def test_a_code_is_good_once_and_only_near_its_time(world: World, somebody: Enrolled) -> None:
    used = code(somebody.seed)
    for n, (one, status) in enumerate(
        [(used, 200), (used, 401), (code(somebody.seed, -1), 401), (code(somebody.seed, 2), 401),
         ("12345", 401), (code(somebody.seed, 1), 200)]
    ):  # fmt: skip
        browser = world.http()
        challenge = await first_step(browser, somebody.staff.login)
        done = await browser.post("/api/sign-in/totp", json={"challenge": challenge, "code": one})
        assert done.status_code == status, n


async def test_every_failure_has_the_same_answer(world: World, somebody: Enrolled) -> None:
    locked = await enrol(world, await world.advisor())
    async with world.tx() as tx:
        await identity.lock(tx, BOSS, locked.staff.id)
    uninvited = await world.advisor()
    answers = []
    for login, password in (
        ("nobody", PASSWORD),
        (somebody.staff.login, "wrong password"),
        (somebody.staff.login, "x" * 900),
        (locked.staff.login, PASSWORD),
        (uninvited.login, PASSWORD),
    ):
        answer = await world.http().post(
            "/api/sign-in", json={"login": login, "password": password}
        )
        answers.append((answer.status_code, answer.json()["error"], answer.json()["detail"]))
    assert len(set(answers)) == 1
    assert answers[0][:2] == (401, "sign_in_failed")


async def test_whoever_does_not_exist_costs_as_much_work_as_somebody_who_does(
    world: World, somebody: Enrolled, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    real = secrets.verify_password

    def counting(password_hash: str, password: str) -> bool:
        checked.append(password_hash)
        return real(password_hash, password)

    monkeypatch.setattr(secrets, "verify_password", counting)
    for login in ("nobody", somebody.staff.login):
        await world.http().post("/api/sign-in", json={"login": login, "password": "wrong"})
    assert len(checked) == 2
    costs = {one.rpartition("$")[0].rpartition("$")[0] for one in checked}
    assert costs == {"$argon2id$v=19$m=19456,t=2,p=1"}


async def test_guessing_is_stopped_by_login_and_by_address(
    world: World, somebody: Enrolled
) -> None:
    browser = world.http()
    guess = {"login": somebody.staff.login, "password": "wrong"}
    answers = [(await browser.post("/api/sign-in", json=guess)).status_code for _ in range(11)]
    assert answers == [401] * 10 + [429]
    stopped = await browser.post("/api/sign-in", json=guess | {"password": PASSWORD})
    assert stopped.json()["error"] == "too_many"
    assert 0 < int(stopped.headers["retry-after"]) <= 900
    # Whoever sits at another desk of the same office is not stopped before the address has failed a hundred times.
    other = await world.http().post("/api/sign-in", json={"login": "n", "password": "x"})
    assert other.status_code == 401
    async with world.tx() as tx:
        await tx.execute("UPDATE attempt SET count = 100 WHERE key LIKE 'address:%'")
    other = await world.http().post("/api/sign-in", json={"login": "n", "password": "x"})
    assert other.status_code == 429
    world.clock.move(timedelta(minutes=15))
    await first_step(browser, somebody.staff.login)


@pytest.mark.parametrize("step", ["totp", "recovery"])
async def test_guessing_the_second_factor_is_stopped_too(
    world: World, somebody: Enrolled, step: str
) -> None:
    browser = world.http()
    challenge = await first_step(browser, somebody.staff.login)
    wrong = {"challenge": challenge, "code": "000000"}
    url = f"/api/sign-in/{step}"
    answers = [(await browser.post(url, json=wrong)).status_code for _ in range(11)]
    assert answers == [401] * 10 + [429]
    right = code(somebody.seed) if step == "totp" else somebody.codes[0]
    stopped = await browser.post(url, json={"challenge": challenge, "code": right})
    assert stopped.json()["error"] == "too_many"


async def test_whoever_is_locked_half_way_in_stays_outside(
    world: World, somebody: Enrolled
) -> None:
    browser = world.http()
    challenge = await first_step(browser, somebody.staff.login)
    async with world.tx() as tx:
        await identity.lock(tx, BOSS, somebody.staff.id)
    for url, given in (("totp", code(somebody.seed)), ("recovery", somebody.codes[0])):
        body = {"challenge": challenge, "code": given}
        answer = await browser.post(f"/api/sign-in/{url}", json=body)
        assert (answer.status_code, answer.json()["error"]) == (401, "sign_in_failed")


async def test_invitations_cannot_be_guessed_in_bulk(world: World) -> None:
    browser = world.http()
    async with world.tx() as tx:
        await tx.execute("INSERT INTO attempt VALUES ('address:127.0.0.1', $1, 100)", time.now())
    body = {"token": "guess", "password": PASSWORD}
    assert (await browser.post("/api/invitations/accept", json=body)).status_code == 429


async def test_signing_in_often_is_no_guessing(world: World, somebody: Enrolled) -> None:
    for _ in range(15):
        browser = world.http()
        challenge = await first_step(browser, somebody.staff.login)
        body = {"challenge": challenge, "code": code(somebody.seed)}
        assert (await browser.post("/api/sign-in/totp", json=body)).status_code == 200
        world.clock.move(timedelta(seconds=30))


async def test_twenty_failures_in_a_row_lock_until_an_administrator_unlocks(
    world: World, somebody: Enrolled
) -> None:
    login = somebody.staff.login
    open_session = await world.sign_in(somebody.staff)
    for _ in range(20):
        await world.http().post("/api/sign-in", json={"login": login, "password": "wrong"})
        world.clock.move(timedelta(minutes=2))
    world.clock.move(timedelta(minutes=15))
    refused = await world.http().post("/api/sign-in", json={"login": login, "password": PASSWORD})
    assert refused.status_code == 401
    # Failures of a stranger do not throw out whoever is at work.
    assert (await open_session.get("/api/me")).status_code == 200
    admin = await world.sign_in(await world.administrator())
    shown = (await admin.get("/api/staff", params={"locked": True})).json()["items"]
    assert [one["login"] for one in shown] == [login]
    await admin.post(f"/api/staff/{somebody.staff.id}/unlock")
    await first_step(world.http(), login)


async def test_a_recovery_code_is_good_once(world: World, somebody: Enrolled) -> None:
    spent = somebody.codes[0]
    for given, status in ((spent.lower().replace("-", " "), 200), (spent, 401), ("AAAA", 401)):
        browser = world.http()
        challenge = await first_step(browser, somebody.staff.login)
        body = {"challenge": challenge, "code": given}
        done = await browser.post("/api/sign-in/recovery", json=body)
        assert done.status_code == status
        if status == 200:
            assert done.json()["recovery_left"] == 9


async def test_after_a_reset_the_next_sign_in_enrols_anew_and_old_codes_are_worthless(
    world: World, somebody: Enrolled
) -> None:
    browser = await world.sign_in(somebody.staff)
    admin = await world.sign_in(await world.administrator())
    done = await admin.post(f"/api/staff/{somebody.staff.id}/reset-totp")
    assert done.json()["has_totp"] is False
    assert (await browser.get("/api/me")).status_code == 401
    body = {"login": somebody.staff.login, "password": PASSWORD}
    step = (await browser.post("/api/sign-in", json=body)).json()
    assert step["step"] == "enrol"
    assert step["secret"] != somebody.seed
    old = {"challenge": step["challenge"], "code": code(somebody.seed)}
    assert (await browser.post("/api/sign-in/totp", json=old)).status_code == 401
    old = {"challenge": step["challenge"], "code": somebody.codes[1]}
    assert (await browser.post("/api/sign-in/recovery", json=old)).status_code == 401
    fresh = {"challenge": step["challenge"], "code": code(step["secret"])}
    assert (await browser.post("/api/sign-in/totp", json=fresh)).status_code == 200


async def test_a_step_takes_at_most_five_minutes_and_is_spent(
    world: World, somebody: Enrolled
) -> None:
    browser = world.http()
    late = await first_step(browser, somebody.staff.login)
    world.clock.move(timedelta(minutes=5))
    body = {"challenge": late, "code": code(somebody.seed)}
    assert (await browser.post("/api/sign-in/totp", json=body)).json()["error"] == "step_expired"
    challenge = await first_step(browser, somebody.staff.login)
    body = {"challenge": challenge, "code": code(somebody.seed)}
    assert (await browser.post("/api/sign-in/totp", json=body)).status_code == 200
    world.clock.move(timedelta(seconds=30))
    body = {"challenge": challenge, "code": code(somebody.seed)}
    assert (await browser.post("/api/sign-in/totp", json=body)).json()["error"] == "step_expired"
    nothing = {"challenge": "nothing", "code": "AAAA"}
    assert (await browser.post("/api/sign-in/recovery", json=nothing)).json()["error"] == (
        "step_expired"
    )


async def test_a_new_password_makes_the_half_finished_sign_in_of_the_old_one_worthless(
    world: World, somebody: Enrolled
) -> None:
    browser = world.http()
    half = await first_step(browser, somebody.staff.login)
    body = {"token": await invited(world, somebody.staff), "password": "another long password"}
    step = (await world.http().post("/api/invitations/accept", json=body)).json()
    assert step["step"] == "totp"
    stale = {"challenge": half, "code": code(somebody.seed)}
    assert (await browser.post("/api/sign-in/totp", json=stale)).json()["error"] == "step_expired"
    fresh = {"challenge": step["challenge"], "code": code(somebody.seed)}
    assert (await browser.post("/api/sign-in/totp", json=fresh)).status_code == 200


async def test_a_session_ends_when_idle_and_at_its_longest(
    world: World, somebody: Enrolled
) -> None:
    idle, busy = await world.sign_in(somebody.staff), await world.sign_in(somebody.staff)
    for _ in range(12):
        world.clock.move(timedelta(minutes=59))
        assert (await busy.get("/api/me")).status_code == 200
    assert (await idle.get("/api/me")).status_code == 401
    world.clock.move(timedelta(minutes=13))
    assert (await busy.get("/api/me")).status_code == 401


async def test_another_site_cannot_use_the_cookie(world: World, somebody: Enrolled) -> None:
    browser = await world.sign_in(somebody.staff)
    foreign = {"Origin": "https://evil.test"}
    del browser.headers["X-Visavis"]
    assert (await browser.patch("/api/me", json={"language": "en"})).status_code == 403
    browser.headers["X-Visavis"] = "1"
    refused = await browser.patch("/api/me", json={"language": "en"}, headers=foreign)
    assert refused.status_code == 403
    body = {"login": "a", "password": "b"}
    assert (await world.http().post("/api/sign-in", json=body, headers=foreign)).status_code == 403
    assert (await browser.patch("/api/me", json={"language": "en"})).json()["language"] == "en"
    own = {"Origin": "http://testserver"}
    assert (
        await browser.patch("/api/me", json={"language": "zh-CN"}, headers=own)
    ).status_code == 200


async def test_the_page_may_be_reached_under_another_name_than_the_public_one(
    database: Database, clock: FakeClock, settings: Settings
) -> None:
    named = settings.model_copy(update={"public_url": "http://localhost:8420"})
    async with made(database, clock, named) as world:
        browser = await world.sign_in(await world.advisor())
        for origin, status in (
            ("http://localhost:8420", 200),
            ("http://testserver", 200),
            ("http://testserver.evil.test", 403),
            ("http://127.0.0.1:8421", 403),
            ("null", 403),
            ("file://testserver", 403),
        ):
            answer = await browser.patch(
                "/api/me", json={"language": "en"}, headers={"Origin": origin}
            )
            assert answer.status_code == status, origin


async def test_one_changes_only_what_is_ones_own(world: World, somebody: Enrolled) -> None:
    browser = await world.sign_in(somebody.staff)
    assert (await browser.patch("/api/me", json={"capacity": 7})).json()["capacity"] == 7
    async with world.tx() as tx:
        newest = (await archive.chain(tx, somebody.staff.id))[-1]
    assert (newest.kind, newest.body) == (
        "staff_changed", {"capacity": 7, "actor": str(somebody.staff.id)},
    )  # fmt: skip
    assert (await browser.patch("/api/me", json={"capacity": 21})).status_code == 422
    assert (await browser.patch("/api/me", json={"language": "fr"})).status_code == 422
    editor = await world.sign_in(await world.editor())
    assert (await editor.patch("/api/me", json={"capacity": 7})).status_code == 403
    client = await world.client()
    assert (await client.http.patch("/api/me", json={"capacity": 7})).status_code == 403


async def test_coming_and_failing_are_on_record(world: World, somebody: Enrolled) -> None:
    browser = world.http()
    await browser.post("/api/sign-in", json={"login": somebody.staff.login, "password": "no"})
    await browser.post("/api/sign-in", json={"login": "nobody", "password": "no"})
    async with world.tx() as tx:
        own = await archive.chain(tx, somebody.staff.id)
        stray = await archive.chain(tx, SYSTEM_ID)
    kinds = [record.kind for record in own]
    assert kinds[-4:] == ["staff_invited", "password_set", "sign_in", "sign_in_failed"]
    assert own[-1].body is not None
    assert own[-1].body["what"] == "password"
    assert stray[-1].body == {"what": "password", "login": "nobody"}
    # Neither the password nor a code is in any record.
    assert PASSWORD not in str([record.body for record in own])


async def test_a_socket_ticket_is_good_once_and_for_half_a_minute(world: World) -> None:
    advisor = await world.advisor()
    browser = await world.sign_in(advisor)

    async def ticket() -> str:
        return (await browser.post("/api/socket-ticket")).json()["ticket"]

    async def redeem(one: str) -> bool:
        async with world.tx() as tx:
            (actor,) = await identity.redeem_tickets(tx, [one])
        return actor is not None and actor.person_id == advisor.id

    first = await ticket()
    assert await redeem(first)
    assert not await redeem(first)
    late = await ticket()
    world.clock.move(timedelta(seconds=30))
    assert not await redeem(late)
    last = await ticket()
    await browser.post("/api/sign-out")
    assert not await redeem(last)


@pytest.fixture
async def demo(database: Database, clock: FakeClock, settings: Settings) -> AsyncIterator[World]:
    async with made(database, clock, settings, mode="demo") as world:
        yield world


async def test_only_a_demo_tells_the_code(demo: World) -> None:
    somebody = await enrol(demo, await demo.advisor())
    browser = demo.http()
    body = {"login": somebody.staff.login, "password": PASSWORD}
    step = (await browser.post("/api/sign-in", json=body)).json()
    assert step["demo_code"] == code(somebody.seed)
    done = await browser.post(
        "/api/sign-in/totp", json={"challenge": step["challenge"], "code": step["demo_code"]}
    )
    assert done.json()["me"]["demo"] is True
    # Signing in again at once gets a code that is still good.
    step = (await browser.post("/api/sign-in", json=body)).json()
    assert step["demo_code"] == code(somebody.seed, 1)
    again = {"challenge": step["challenge"], "code": step["demo_code"]}
    assert (await browser.post("/api/sign-in/totp", json=again)).status_code == 200


async def test_the_first_administrator_comes_from_the_command_line(
    dsn: str, clock: FakeClock, settings: Settings, database: Database
) -> None:
    link = await launch.create_administrator(settings, dsn, "Root", "超级管理员")
    assert link.startswith("http://localhost:8420/console/?invitation=")
    again = await launch.create_administrator(settings, dsn, "root", "同一人")
    token = parse_qs(urlsplit(again).query)["invitation"][0]
    async with database.transaction() as tx:
        assert await tx.fetchval("SELECT count(*) FROM staff") == 1
        assert await tx.fetchval("SELECT name FROM branch") == "总部"
        body = await identity.accept_invitation(tx, token, PASSWORD, "hash")
    assert body.step == "enrol"

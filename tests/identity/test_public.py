"""What anybody may ask without signing in: the firm, a registration code as data and as a page, and reports."""

from datetime import timedelta

import pytest

from tests.world import BOSS, World
from visavis.archive import api as archive
from visavis.identity import api as identity
from visavis.identity.types import LicenceDetails, LicenceStatus, LicenceType
from visavis.kernel.auth import Environment


async def test_a_valid_advisor_verifies_with_name_role_firm_and_last_day(world: World) -> None:
    advisor = await world.advisor("林知远")
    found = (await world.http().get(f"/api/public/verify/{advisor.code}")).json()
    last = (identity.today() + timedelta(days=365)).isoformat()
    assert (found["found"], found["status"], found["valid_to"]) == (True, "valid", last)
    assert (found["name"], found["role"], found["branch"]) == (
        "林知远", "advisor", "上海静安营业部",
    )  # fmt: skip
    assert found["register_url"].startswith("https://")
    assert found["environment"] == "real"
    assert "advise" in found["capabilities"]


async def test_the_page_of_a_valid_advisor_shows_him_and_what_he_may_never_do(
    world: World,
) -> None:
    advisor = await world.advisor("林知远")
    chinese = (await world.http().get(f"/verify/{advisor.code}")).text
    for words in (
        "是本公司在册投资顾问",
        "林知远",
        "上海静安营业部",
        "提供投资建议、答复业务问题",
        "承诺收益",
    ):
        assert words in chinese
    english = (await world.http().get(f"/verify/{advisor.code}?lang=en")).text
    for words in ("Registered with this firm: Investment advisor", advisor.name_en, "Branch SH01"):
        assert words in english
    assert "sac.net.cn" in english


@pytest.mark.parametrize("environment", [Environment.SIMULATED, Environment.TEST])
async def test_people_of_other_worlds_are_shown_as_such_and_never_as_licensed(
    world: World, environment: Environment
) -> None:
    advisor = await world.advisor(environment=environment)
    found = (await world.http().get(f"/api/public/verify/{advisor.code}")).json()
    assert found["status"] == environment.value
    assert found["valid_to"] is None
    assert found["capabilities"] == []
    page = (await world.http().get(f"/verify/{advisor.code}?lang=en")).text
    assert "not a licensed advisor" in page
    assert "Registered with this firm" not in page


async def test_every_standing_has_its_own_words(world: World) -> None:
    expired = await world.advisor(valid_to=identity.today() - timedelta(days=1))
    nobody = await world.advisor(licences=[])
    held, left, gone = await world.advisor(), await world.advisor(), await world.advisor()
    async with world.tx() as tx:
        await identity.suspend(tx, BOSS, held.id, "审查")
        await identity.mark_left(tx, BOSS, left.id, "离职")
        for licence in gone.licences:
            await identity.change_licence(tx, BOSS, licence.id, status=LicenceStatus.REVOKED)
        lapsed = await world.advisor(licences=[LicenceType.SECURITIES])
        last = identity.today() - timedelta(days=1)
        advisory = LicenceDetails(
            LicenceType.ADVISORY, lapsed.code or "", last - timedelta(days=365), last, "register"
        )
        await identity.add_licence(tx, BOSS, lapsed.id, advisory)
    for one, status, words in (
        (lapsed, "expired", "执业登记已过期"),
        (expired, "expired", "执业登记已过期"),
        (nobody, "none", "没有执业登记"),
        (held, "suspended", "目前不能服务客户"),
        (left, "left", "已于 2026-11-23 离职"),
        (gone, "revoked", "执业登记已注销"),
    ):
        answer = await world.http().get(f"/api/public/verify/{one.code}")
        assert answer.json()["status"] == status
        assert words in (await world.http().get(f"/verify/{one.code}")).text


async def test_an_unknown_code_is_not_ours_and_can_be_reported_without_scripts(
    world: World,
) -> None:
    browser = world.http()
    found = (await browser.get("/api/public/verify/S0000000000000")).json()
    assert (found["found"], found["status"], found["name"]) == (False, "unknown", "")
    page = await browser.get("/verify/S0000000000000")
    assert "不是本公司人员" in page.text
    assert "<script" not in page.text
    policy = page.headers["content-security-policy"]
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    sent = await browser.post("/verify/S0000000000000", data={"text": "他要我转账"})
    assert sent.status_code == 303
    assert "我们已留存记录" in (await browser.get(sent.headers["location"])).text
    again = await browser.post("/api/public/reports", json={"code": "S0", "text": "又来了"})
    assert again.status_code == 204
    async with world.tx() as tx:
        rows = await tx.fetch("SELECT code, text, record_id FROM public_report ORDER BY id")
        record = await archive.open_record(tx, rows[0]["record_id"])
    assert [row["text"] for row in rows] == ["他要我转账", "又来了"]
    assert record.body == {"code": "S0000000000000", "text": "他要我转账"}


async def test_what_is_typed_into_the_page_is_never_markup(world: World) -> None:
    page = await world.http().get('/verify/"><img src=x onerror=1>')
    assert "<img" not in page.text
    assert "&quot;&gt;&lt;IMG" in page.text


async def test_the_form_leads_to_the_page_of_the_code_in_the_same_language(world: World) -> None:
    browser = world.http()
    empty = await browser.get("/verify?lang=en")
    assert "Know who is opposite" in empty.text
    assert 'lang="en"' in empty.text
    asked = await browser.get("/verify", params={"code": " S1/2 ", "lang": "en"})
    assert (asked.status_code, asked.headers["location"]) == (303, "/verify/S1%2F2?lang=en")


async def test_looking_codes_up_in_bulk_is_stopped(world: World) -> None:
    browser = world.http()
    for n in range(60):
        assert (await browser.get(f"/api/public/verify/S{n}")).status_code == 200
    stopped = await browser.get("/api/public/verify/S61")
    assert (stopped.status_code, stopped.json()["error"]) == (429, "too_many")
    assert 0 < int(stopped.headers["retry-after"]) <= 61
    page = await browser.get("/verify/S61")
    assert page.status_code == 429
    assert "操作过于频繁" in page.text
    world.clock.move(timedelta(seconds=61))
    assert (await browser.get("/api/public/verify/S61")).status_code == 200


async def test_reports_in_bulk_are_stopped(world: World) -> None:
    browser = world.http()
    body = {"code": "S1", "text": "x"}
    answers = [
        (await browser.post("/api/public/reports", json=body)).status_code for _ in range(11)
    ]
    assert answers == [204] * 10 + [429]
    async with world.tx() as tx:
        assert await tx.fetchval("SELECT count(*) FROM public_report") == 10


async def test_the_firm_tells_its_recording_notice_in_both_languages(world: World) -> None:
    chinese = (await world.http().get("/api/public/firm")).json()
    english = (await world.http(**{"Accept-Language": "en"}).get("/api/public/firm")).json()
    assert chinese["notice"]["version"] == english["notice"]["version"] == "2026-11"
    assert "留痕" in chinese["notice"]["text"]
    assert "Example Securities records this conversation" in english["notice"]["text"]

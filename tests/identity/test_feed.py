"""The personnel feed: signed calls and files, once each, on their day (CONN-02, LIC-01, LIC-05)."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from tests.conversations.talk import begin
from tests.world import World
from visavis.identity import api as identity
from visavis.identity.types import LicenceType, PersonStatus, Staff
from visavis.kernel import clock
from visavis.kernel.auth import Environment, Role
from visavis.kernel.settings import Settings
from visavis.kernel.signing import SIGNATURE, TIMESTAMP, signature

SECRET = "a secret of the HR system"
HEAD = (
    "id,kind,employee_no,effective_on,reason,branch,licence_type,licence_number,"
    "valid_from,valid_to,licence_status\n"
)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """An installation that has agreed on a secret with its HR system."""
    return settings.model_copy(update={"hr_secret": SECRET})


@pytest.fixture
async def boss(world: World) -> httpx.AsyncClient:
    """An administrator's browser."""
    return await world.sign_in(await world.administrator())


async def call(world: World, body: bytes, secret: str = SECRET, ago_s: int = 0) -> httpx.Response:
    """The HR system's signed call."""
    at = str(clock.now_ms() // 1000 - ago_s)
    signed = {TIMESTAMP: at, SIGNATURE: signature(secret, at, body)}
    return await world.http().post("/api/hr/events", content=body, headers=signed)


async def say(world: World, *events: dict[str, Any]) -> list[dict[str, Any]]:
    """What became of each piece of news."""
    answer = await call(world, json.dumps({"events": events}).encode())
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def status(world: World, one: Staff) -> PersonStatus:
    """Whether he may act now."""
    return (await again(world, one)).status


async def again(world: World, one: Staff) -> Staff:
    """The member of staff as he is now."""
    async with world.tx() as tx:
        return (await identity.staff(tx, [one.id]))[one.id]


async def test_a_leaver_has_no_right_from_the_moment_the_news_arrives(world: World) -> None:
    one = await world.staff(Role.ADVISOR)
    browser = await world.sign_in(one)
    assert (await browser.get("/api/me")).status_code == 200
    news = {"id": "1", "kind": "leave", "employee_no": one.employee_no, "reason": "resigned"}
    assert [each["outcome"] for each in await say(world, news)] == ["applied"]
    assert (await browser.get("/api/me")).status_code == 401
    assert await status(world, one) is PersonStatus.LEFT
    assert [each["outcome"] for each in await say(world, news)] == ["repeated"]
    changed = await say(world, news | {"reason": "something else"})
    assert (changed[0]["outcome"], changed[0]["error"]) == ("refused", "feed_conflict")


async def test_what_a_leaver_leaves_behind_is_listed_as_planned_by_the_platform(
    world: World,
) -> None:
    talk, _ = await begin(world), await world.advisor()
    news = {"id": "1", "kind": "leave", "employee_no": talk.advisor.employee_no, "reason": "x"}
    assert [each["outcome"] for each in await say(world, news)] == ["applied"]
    await world.settle()
    boss = await world.sign_in(await world.administrator())
    (done,) = (await boss.get("/api/handovers")).json()["items"]
    assert (done["by"], done["reason"], done["moved"]) == (None, "staff_left", 1)


async def test_one_refusal_does_not_hold_up_its_neighbours(world: World) -> None:
    one = await world.staff(Role.ADVISOR)
    answers = await say(
        world,
        {"id": "1", "kind": "suspend", "employee_no": "nobody has this"},
        {"id": "2", "kind": "suspend", "employee_no": one.employee_no},
        {"id": "3", "kind": "transfer", "employee_no": one.employee_no, "branch": "nowhere"},
    )
    assert [each["error"] for each in answers] == ["unknown_employee", "", "unknown_branch"]
    assert "nobody has this" in answers[0]["detail"]
    assert await status(world, one) is PersonStatus.SUSPENDED
    # What was refused was not kept: it may come again once it can be done.
    await world.branch("nowhere", "新设营业部")
    again_ = {"id": "3", "kind": "transfer", "employee_no": one.employee_no, "branch": "nowhere"}
    assert (await say(world, again_))[0]["outcome"] == "applied"
    await say(world, {"id": "4", "kind": "reinstate", "employee_no": one.employee_no})
    assert await status(world, one) is PersonStatus.ACTIVE


async def test_a_registration_is_added_and_changed_and_counts_at_once(world: World) -> None:
    one = await world.staff(Role.ADVISOR, licences=[])
    news: dict[str, Any] = {
        "id": "1", "kind": "licence", "employee_no": one.employee_no,
        "licence": {"type": "advisory", "number": "S0001", "valid_from": "2026-01-01",
                    "valid_to": "2027-12-31"},
    }  # fmt: skip
    await say(world, news)
    held = (await again(world, one)).licences
    assert [(each.type, each.number) for each in held] == [(LicenceType.ADVISORY, "S0001")]
    revoked = news["licence"] | {"status": "revoked"}
    await say(world, news | {"id": "2", "licence": revoked})
    assert [each.status for each in (await again(world, one)).licences] == ["revoked"]


async def test_news_of_a_later_day_waits_for_its_midnight(world: World) -> None:
    one, other = await world.staff(Role.ADVISOR), await world.staff(Role.ADVISOR)
    answers = await say(
        world,
        {"id": "1", "kind": "leave", "employee_no": one.employee_no, "effective_on": "2026-11-25"},
        {"id": "2", "kind": "suspend", "employee_no": other.employee_no,
         "effective_on": "2026-11-25"},
        {"id": "3", "kind": "leave", "employee_no": other.employee_no,
         "effective_on": "2026-11-24"},
    )  # fmt: skip
    assert [each["outcome"] for each in answers] == ["scheduled"] * 3
    await world.clock.advance(13 * 3600 + 59 * 60)  # 23:59 in Shanghai
    await world.settle()
    assert await status(world, one) is PersonStatus.ACTIVE
    for _ in range(2):
        await world.clock.advance(12 * 3600 + 60)
        await world.settle()
    assert await status(world, one) is PersonStatus.LEFT
    boss = await world.sign_in(await world.administrator())
    shown = (await boss.get("/api/hr/events", params={"limit": 2})).json()
    assert shown["next"] == shown["items"][1]["id"]
    rest = (await boss.get("/api/hr/events", params={"after": shown["next"]})).json()
    lines = {each["id"]: each for each in shown["items"] + rest["items"]}
    assert {key: each["outcome"] for key, each in lines.items()} == {
        "1": "applied", "2": "failed", "3": "applied",
    }  # fmt: skip
    # Whoever has left cannot be suspended any more: said, not lost.
    assert lines["2"]["error"] == "has_left"
    failed = (await boss.get("/api/hr/events", params={"outcome": "failed"})).json()
    assert [each["id"] for each in failed["items"]] == ["2"]


async def test_the_same_news_at_the_same_moment_counts_once(world: World) -> None:
    one = await world.staff(Role.ADVISOR)
    news = {
        "id": "1",
        "kind": "leave",
        "employee_no": one.employee_no,
        "effective_on": "2026-11-24",
    }
    answers = await asyncio.gather(*(say(world, news) for _ in range(4)))
    outcomes = sorted(each[0]["outcome"] for each in answers)
    assert outcomes == ["repeated"] * 3 + ["scheduled"]
    await world.clock.advance(86400)
    await world.settle()
    async with world.tx() as tx:
        await identity.apply_due(tx, Environment.REAL, "1")  # delivered twice: nothing more happens
    assert await status(world, one) is PersonStatus.LEFT


@pytest.mark.parametrize(
    ("secret", "ago_s", "expected"),
    [("another secret", 0, 401), (SECRET, 301, 401), (SECRET, 299, 200), ("", 0, 401)],
)
async def test_only_a_fresh_signed_call_is_heard(
    world: World, secret: str, ago_s: int, expected: int
) -> None:
    answer = await call(world, b'{"events": []}', secret, ago_s)
    assert answer.status_code == expected


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"events": [{"id": "1", "kind": "vanish", "employee_no": "1"}]}',
        b'{"events": [{"id": "", "kind": "leave", "employee_no": "1"}]}',
        b'{"events": [{"id": "1", "kind": "transfer", "employee_no": "1"}]}',
        b'{"events": [{"id": "1", "kind": "leave", "employee_no": "1", "branch": "SH01"}]}',
        b'{"events": [{"id": "1", "kind": "licence", "employee_no": "1"}]}',
        (
            b'{"events": [{"id": "1", "kind": "licence", "employee_no": "1", "licence": {"type":'
            b' "advisory", "number": "1", "valid_from": "2026-02-01", "valid_to": "2026-01-01"}}]}'
        ),
        b'{"events": [{"id": "' + b"1" * 201 + b'", "kind": "leave", "employee_no": "1"}]}',
    ],
)
async def test_an_unreadable_call_is_refused_as_a_whole(world: World, body: bytes) -> None:
    answer = await call(world, body)
    assert answer.status_code == 422
    assert answer.json()["error"] == "malformed"


async def test_too_much_at_once_is_refused(world: World) -> None:
    many = [{"id": str(n), "kind": "leave", "employee_no": "1"} for n in range(5001)]
    answer = await call(world, json.dumps({"events": many}).encode())
    assert answer.status_code == 422


async def test_a_file_is_taken_wholly_or_not_at_all(world: World, boss: httpx.AsyncClient) -> None:
    one, other = await world.staff(Role.ADVISOR), await world.staff(Role.ADVISOR)
    good = (
        f"1,suspend,{one.employee_no},,investigation,,,,,,\n"
        f"2,transfer,{other.employee_no},,,SH01,,,,,\n"
        f"3,licence,{other.employee_no},,,,fund,F1,2026-01-01,2027-01-01,\n"
        f"4,leave,{other.employee_no},2027-01-31,,,,,,,\n"
    )

    async def bring(rows: str, **params: object) -> dict[str, Any]:
        answer = await boss.post(
            "/api/hr/import", files={"file": ("hr.csv", (HEAD + rows).encode("gb18030"))},
            params=params,
        )  # fmt: skip
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    tried = await bring(good, dry_run=True)
    assert (tried["rows"], tried["applied"]) == (4, False)
    assert [each["outcome"] for each in tried["items"]] == ["applied"] * 3 + ["scheduled"]
    assert await status(world, one) is PersonStatus.ACTIVE
    wrong = await bring(
        good + "5,leave,nobody,,离职,,,,,,\n6,leave,1,someday,,,,,,,\n7,go,1,,,,,,,,\n"
    )
    assert not wrong["applied"]
    refused = [(each["row"], each["code"]) for each in wrong["errors"]]
    assert refused == [(6, "unknown_employee"), (7, "day"), (8, "unknown")]
    assert await status(world, one) is PersonStatus.ACTIVE
    assert (await bring(good))["applied"]
    assert await status(world, one) is PersonStatus.SUSPENDED


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"\xff\xfe\x00", "encoding"),
        (b"id,kind\n1,leave\n", "missing_column"),
        (HEAD.replace("reason", "mood").encode(), "unknown_column"),
        (HEAD.encode() + b"1,leave\n", "cells"),
        (HEAD.encode() + b'1,"leave\n', "csv"),
        (HEAD.encode() + b"1,leave,2,,,,,,,,\n" * 5001, "too_many_rows"),
    ],
)
async def test_an_unusable_file_says_why(boss: httpx.AsyncClient, data: bytes, error: str) -> None:
    answer = await boss.post("/api/hr/import", files={"file": ("hr.csv", data)})
    assert answer.status_code == 200
    assert error in {each["code"] for each in answer.json()["errors"]}


async def test_what_is_too_large_is_refused_unread(world: World, boss: httpx.AsyncClient) -> None:
    large = b"x" * 4_000_001
    assert (await boss.post("/api/hr/import", files={"file": ("a", large)})).status_code == 422
    assert (await call(world, large)).status_code == 422


async def test_the_feed_is_for_administrators(world: World) -> None:
    operator = await world.sign_in(await world.staff(Role.OPERATOR))
    assert (await operator.get("/api/hr/events")).status_code == 403
    sent = await operator.post("/api/hr/import", files={"file": ("hr.csv", HEAD.encode())})
    assert sent.status_code == 403


async def test_lines_that_say_the_same_twice_count_once_and_contradictions_are_refused(
    world: World, boss: httpx.AsyncClient
) -> None:
    """CONN-02: a file that repeats a line does no more by it; one id with two meanings takes nothing in."""
    one = await world.staff(Role.ADVISOR)
    line = f"1,suspend,{one.employee_no},,investigation,,,,,,\n"

    async def bring(rows: str) -> dict[str, Any]:
        answer = await boss.post(
            "/api/hr/import", files={"file": ("hr.csv", (HEAD + rows).encode())}
        )
        return dict(answer.json())

    twisted = await bring(line + f"1,leave,{one.employee_no},,resigned,,,,,,\n")
    assert not twisted["applied"]
    assert [each["code"] for each in twisted["errors"]] == ["feed_conflict"]
    assert await status(world, one) is PersonStatus.ACTIVE
    twice = await bring(line + line)
    assert (twice["applied"], [each["outcome"] for each in twice["items"]]) == (
        True,
        ["applied", "repeated"],
    )
    assert await status(world, one) is PersonStatus.SUSPENDED


async def test_news_that_comes_late_does_not_bring_a_leaver_back(world: World) -> None:
    """CONN-02: out of order, a reinstatement or a transfer after the departure is refused and said."""
    one = await world.staff(Role.ADVISOR)
    await say(world, {"id": "9", "kind": "leave", "employee_no": one.employee_no})
    late = await say(
        world,
        {"id": "7", "kind": "reinstate", "employee_no": one.employee_no},
        {"id": "8", "kind": "transfer", "employee_no": one.employee_no, "branch": "SH01"},
    )
    assert [each["error"] for each in late] == ["has_left", "has_left"]
    assert await status(world, one) is PersonStatus.LEFT

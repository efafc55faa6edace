"""The firm's client-manager book: tolerant in form, strict in content, all or none, harmless to spreadsheets."""

import csv
import io
import re

import httpx
import pytest

from tests.connections.conftest import Import, book
from tests.world import BOSS, World
from visavis.archive import api as archive
from visavis.kernel.spreadsheet import harmless


async def clients_of(browser: httpx.AsyncClient, **params: object) -> list[dict]:
    answer = await browser.get("/api/clients", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def test_a_book_makes_assigned_clients_whom_nobody_has_met(
    world: World, bring: Import
) -> None:
    manager = await world.manager()
    data = book(
        ("C1", "王芳", manager.employee_no, "2025-03-01"),
        ("C2", "李雷", manager.employee_no, "20240131"),
    )
    done = await bring(data)
    assert (done["rows"], done["created"], done["errors"], done["applied"]) == (2, 2, [], True)
    found = await clients_of(await world.sign_in(manager), met="never")
    assert {one["client"]["name"] for one in found} == {"王芳", "李雷"}
    assert {one["state"] for one in found} == {"proposed"}
    assert {one["basis"] for one in found} == {"book"}
    assert all(one["greetable"] for one in found)
    assert all(one["last_contact_at"] is None for one in found)


async def test_a_dry_run_changes_nothing(world: World, bring: Import) -> None:
    manager = await world.manager()
    async with world.tx() as tx:
        before = await archive.count(tx, BOSS)
    done = await bring(book(("C1", "王芳", manager.employee_no, "2025-03-01")), dry_run=True)
    assert (done["created"], done["applied"], done["import_id"]) == (1, False, None)
    async with world.tx() as tx:
        assert await archive.count(tx, BOSS) == before
    assert await clients_of(await world.sign_in(manager)) == []


async def test_one_wrong_row_and_nothing_is_applied(world: World, bring: Import) -> None:
    manager = await world.manager()
    supervisor = await world.supervisor()
    number = manager.employee_no or ""
    data = book(
        ("C1", "王芳", number, "2025-03-01"),
        ("C1", "王芳", number, "2025-03-01"),
        ("C2", "=HYPERLINK(1)", number, "2025-03-01"),
        ("C3", "张三", "E99999", "2025-03-01"),
        ("C4", "张三", supervisor.employee_no or "", "2025-03-01"),
        ("", "张三", number, "2025-13-01"),
        ("C6", "张三", number, "2027-01-01"),
        ("C7" * 40, "张三", number, "2025-01-01"),
        ("C8", "张\u202e三", number, "2025-01-01"),
    )
    done = await bring(data + b"\nC9,x\n")
    assert not done["applied"]
    assert [(one["row"], one["column"], one["code"]) for one in done["errors"]] == [
        (3, "client_no", "row_duplicate"),
        (4, "client_name", "row_unsafe"),
        (5, "employee_no", "row_unknown_staff"),
        (6, "employee_no", "row_unknown_staff"),
        (7, "assigned_on", "row_date"),
        (7, "client_no", "row_missing"),
        (8, "assigned_on", "row_date"),
        (9, "client_no", "row_too_long"),
        (10, "client_name", "row_unsafe"),
        (11, "", "row_columns"),
    ]
    assert done["rows"] == 10
    assert "2" in done["errors"][0]["detail"]
    assert await clients_of(await world.sign_in(manager)) == []


async def test_the_error_report_runs_in_no_spreadsheet(
    world: World, boss: httpx.AsyncClient
) -> None:
    data = book(("=1+1", "@SUM(A1)", '"\t=cmd|calc"', "-1"))
    answer = await boss.post(
        "/api/connections/import", files={"file": ("b.csv", data)}, params={"report": "csv"}
    )
    cells = [cell for row in csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))) for cell in row]
    assert len(cells) > 10
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("value", ["=1", "+1", "-1", "@a", " =1", "＝1", "\t=1"])
def test_a_harmless_value_does_not_begin_like_a_formula(value: str) -> None:
    assert harmless(value)[0] in "'\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
async def test_files_are_read_as_offices_write_them(
    world: World, bring: Import, encoding: str, separator: str
) -> None:
    manager = await world.manager()
    text = "\r\n".join(
        separator.join(row)
        for row in (
            ("工号", "客户号", "客户姓名", "分配日期", "备注", "语言"),
            (manager.employee_no or "", "C1", "欧阳娜娜", "2025/03/01", "老客户", "en"),
        )
    )
    done = await bring(text.encode(encoding))
    assert (done["created"], done["errors"]) == (1, [])
    (found,) = await clients_of(await world.sign_in(manager))
    assert (found["client"]["name"], found["client"]["language"]) == ("欧阳娜娜", "en")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"client_no,client_name\nC1,x\n", "column employee_no"),
        (b"\xff\xfe\x00\x01", "encoding"),
        (b"\xef\xbb\xbf", "encoding"),
        (b"client_no,client_name,employee_no,assigned_on,branch,branch\n", "column twice"),
        (b'client_no,client_name,employee_no,assigned_on\n"C1,x', "format"),
    ],
)
async def test_an_unusable_file_is_refused_as_a_whole(
    boss: httpx.AsyncClient, data: bytes, reason: str
) -> None:
    answer = await boss.post("/api/connections/import", files={"file": ("b.csv", data)})
    assert answer.status_code == 422
    assert answer.json()["error"] == "book_unreadable"
    assert answer.json()["params"]["reason"] == reason
    # What is wrong is said in words of the reader's language; only the heading's name stays as the file has it.
    told = await boss.post(
        "/api/connections/import",
        files={"file": ("b.csv", data)},
        headers={"Accept-Language": "zh-CN"},
    )
    assert not re.search("[a-z]", told.json()["detail"].replace("employee_no", ""))


async def test_importing_again_changes_nothing_and_a_change_moves_the_client(
    world: World, bring: Import
) -> None:
    first, second = await world.manager(), await world.manager()
    data = book(("C1", "王芳", first.employee_no or "", "2025-03-01"))
    await bring(data)
    again = await bring(data)
    assert (again["created"], again["moved"], again["unchanged"]) == (0, 0, 1)
    moved = await bring(book(("C1", "王芳", second.employee_no or "", "2025-06-01")))
    assert (moved["created"], moved["moved"], moved["unchanged"]) == (0, 1, 0)
    assert await clients_of(await world.sign_in(first)) == []
    (mine,) = await clients_of(await world.sign_in(second))
    assert (mine["state"], mine["tie"], mine["basis"]) == ("proposed", "own", "succession")


async def test_only_an_administrator_brings_the_book(world: World) -> None:
    for one in (await world.advisor(), await world.operator(), await world.supervisor()):
        browser = await world.sign_in(one)
        answer = await browser.post("/api/connections/import", files={"file": ("b.csv", b"x")})
        assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")


async def test_thousands_of_rows_in_one_commit(world: World, bring: Import) -> None:
    managers = [await world.manager() for _ in range(20)]
    rows = [
        (f"C{n:06d}", f"客户{n}", managers[n % 20].employee_no or "", "2025-01-02")
        for n in range(3_000)
    ]
    done = await bring(book(*rows))
    assert (done["created"], done["applied"]) == (3_000, True)
    again = await bring(book(*rows), dry_run=True)
    assert again["unchanged"] == 3_000

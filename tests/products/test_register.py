"""The product register: two hands, effective dates, lists from the firm's core."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests.suitability.cast import PRODUCT, firm, timers
from tests.world import World
from visavis.kernel.auth import Actor, Role
from visavis.products import csvlist, rules
from visavis.products.types import UnfitProduct, UnreadableList

HEAD = "产品代码,产品名称,产品类型,风险等级,期限（月）,投资目标,起购金额,风险要点,生效日期"
GOOD = f"""{HEAD}
F001,甲债券,债券,R2,0,收益|保值,"1,000",利率风险|信用风险,2026-01-01
F002,乙股票,股票,5,12,增值,1,净值波动,2026/3/1
"""


async def bring(http: Any, text: str | bytes, query: str = "") -> Any:
    data = text.encode() if isinstance(text, str) else text
    return await http.post(f"/api/products/import{query}", files={"file": ("p.csv", data)})


async def names(http: Any) -> dict[str, str]:
    return {one["code"]: one["state"] for one in (await http.get("/api/products")).json()["items"]}


async def test_a_version_needs_two_hands(world: World) -> None:
    register, desk = await firm(world), await world.sign_in(await world.advisor())
    other = await world.sign_in(await world.editor())
    made = (await register.maker.post("/api/products", json=PRODUCT | {"code": "F1"})).json()
    url = f"/api/products/{made['id']}"
    assert (await desk.get(url)).status_code == 404
    again = await register.maker.post("/api/products", json=PRODUCT | {"code": "F1"})
    assert (again.status_code, again.json()["error"]) == (409, "product_code_taken")
    own = await register.maker.post(f"{url}/versions/1/decision", json={"approved": True})
    assert (own.status_code, own.json()["error"]) == (403, "product_same_hand")
    silent = await other.post(f"{url}/versions/1/decision", json={"approved": False})
    assert silent.json()["error"] == "unfit_product"
    back = await other.post(
        f"{url}/versions/1/decision", json={"approved": False, "note": "缺少简介"}
    )
    assert back.json()["state"] == "returned"
    twice = await other.post(f"{url}/versions/1/decision", json={"approved": True})
    assert (twice.status_code, twice.json()["error"]) == (409, "product_version_decided")
    assert (
        await register.maker.post(f"{url}/versions", json=PRODUCT | {"risk": 3})
    ).status_code == 201
    waiting = await register.maker.post(f"{url}/versions", json=PRODUCT)
    assert waiting.json()["params"]["field"] == "version"
    await register.approve(made["id"], 2)
    seen = (await desk.get(url)).json()
    assert [(one["version"], one["risk"]) for one in seen["versions"]] == [(2, 3)]
    whole = (await other.get(url)).json()
    assert [one["version"] for one in whole["versions"]] == [2, 1]
    for path in ("versions/9/decision", "versions"):
        missing = url.replace(made["id"], made["id"][:-4] + "ffff") if path == "versions" else url
        body = PRODUCT if path == "versions" else {"approved": True}
        assert (await other.post(f"{missing}/{path}", json=body)).status_code == 404
    assert (
        await desk.post(f"{url}/versions/2/decision", json={"approved": True})
    ).status_code == 403
    assert (await desk.get(url.replace(made["id"], made["id"][:-4] + "ffff"))).status_code == 404
    assert (await desk.post("/api/products", json=PRODUCT | {"code": "F2"})).status_code == 403
    assert (await desk.post(f"{url}/versions", json=PRODUCT)).status_code == 403
    assert (await desk.get("/api/products?q=稳健")).json()["items"] != []
    assert (await desk.get("/api/products?q=100%25")).json()["items"] == []


async def test_versions_begin_and_end_on_their_days(world: World) -> None:
    register, desk = await firm(world), await world.sign_in(await world.advisor())
    key = await register.product(2)
    await register.revise(key, risk=4, effective_from="2026-11-25", effective_to="2026-11-30")
    url = f"/api/products/{key}"
    assert (await desk.get(url)).json()["risk"] == 2
    async with world.tx() as tx:
        known = await tx.fetchval("SELECT count(*) FROM record WHERE kind = 'product'")
    assert known == 4
    world.clock.move(timedelta(days=2))
    await timers(world)
    desk = await world.sign_in(await world.advisor())
    assert (await desk.get(url)).json()["risk"] == 4
    world.clock.move(timedelta(days=6))
    await timers(world)
    desk = await world.sign_in(await world.advisor())
    assert (await desk.get(url)).status_code == 404


async def test_a_list_is_brought_in_whole_or_not_at_all(world: World) -> None:
    """A dry run changes nothing; row errors stop everything; a second import changes nothing."""
    register = await firm(world)
    dry = (await bring(register.maker, GOOD, "?dry_run=1")).json()
    assert (dry["rows"], dry["created"], dry["applied"], dry["errors"]) == (2, 2, False, [])
    assert await names(register.maker) == {}
    bad = await bring(register.maker, GOOD + "F003,丙,债券,R9,0,收益,1,风险,2026-01-01\n")
    assert [(one["row"], one["column"]) for one in bad.json()["errors"]] == [(4, "risk")]
    assert "R1" in bad.json()["errors"][0]["detail"]
    assert await names(register.maker) == {}
    done = (await bring(register.maker, GOOD.encode("gb18030"))).json()
    assert (done["created"], done["applied"]) == (2, True)
    assert await names(register.maker) == {"F001": "proposed", "F002": "proposed"}
    same = (await bring(register.maker, GOOD)).json()
    assert (same["unchanged"], same["created"], same["revised"]) == (2, 0, 0)
    changed = GOOD.replace("R2", "R3")
    pending = (await bring(register.maker, changed)).json()
    assert [one["code"] for one in pending["errors"]] == ["product_row_pending"]
    items = (await register.maker.get("/api/products")).json()["items"]
    refs = [{"id": one["id"], "version": 1} for one in items]
    approvals = {"products": refs, "note": "核对无误"}
    assert (await register.maker.post("/api/products/approvals", json=approvals)).status_code == 403
    assert (await register.checker.post("/api/products/approvals", json=approvals)).json() == {
        "approved": 2
    }
    moved = (await bring(register.maker, changed)).json()
    assert (moved["revised"], moved["unchanged"]) == (1, 1)
    assert (await bring(register.checker, GOOD)).status_code == 403
    assert (await bring(register.maker, b"")).json()["error"] == "product_list_unreadable"


async def test_row_errors_come_as_a_harmless_list(world: World) -> None:
    register = await firm(world)
    text = GOOD.replace("甲债券", "=HYPERLINK(1)")
    answer = await bring(register.maker, text, "?report=csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "'=HYPERLINK(1)" in answer.text


ROW = "F9,甲,bond,R1,income,可能亏损,2026-01-01"
ENGLISH = "code,name,kind,risk,goals,risk_points,effective_from"


@pytest.mark.parametrize(
    ("heading", "row", "column", "code"),
    [
        (ENGLISH, ROW.replace("甲", ""), "name", "row_missing"),
        (ENGLISH, ROW.replace("甲", "甲" * 4001), "name", "row_too_long"),
        (ENGLISH, ROW.replace("甲", "@SUM(1)"), "name", "row_unsafe"),
        (ENGLISH, ROW.replace("bond", "shoe"), "kind", "product_row_kind"),
        (ENGLISH, ROW.replace("R1", "R0"), "risk", "product_row_risk"),
        (ENGLISH, ROW.replace("income", "fame"), "goals", "product_row_goals"),
        (ENGLISH, ROW.replace("01-01", "13-01"), "effective_from", "product_row_effective_from"),
        (ENGLISH, ROW.replace("F9", "F 9"), "code", "product_row_unfit"),
        (ENGLISH, ROW.replace("甲", "甲" * 81), "names", "product_row_unfit"),
        (ENGLISH, ROW.replace("可能亏损", "|"), "risk_points", "product_row_unfit"),
        (ENGLISH, f"{ROW},x", "", "row_columns"),
        (ENGLISH, ",,,,,,\n" + ROW + ",x", "", "row_columns"),
        (f"{ENGLISH},term_months", f"{ROW},soon", "term_months", "product_row_term_months"),
        (f"{ENGLISH},term_months", f"{ROW},601", "term_months", "product_row_unfit"),
        (f"{ENGLISH},min_amount", f"{ROW},-5", "min_amount", "row_unsafe"),
        (f"{ENGLISH},min_amount", f"{ROW},1.5", "min_amount", "product_row_min_amount"),
        (
            f"{ENGLISH},professional_only",
            f"{ROW},maybe",
            "professional_only",
            "product_row_professional_only",
        ),
        (f"{ENGLISH},effective_to", f"{ROW},never", "effective_to", "product_row_effective_to"),
        (f"{ENGLISH},effective_to", f"{ROW},2025-12-31", "effective_to", "product_row_unfit"),
        (ENGLISH, f"{ROW}\n{ROW}", "code", "product_row_twice"),
    ],
)
def test_each_row_error_names_its_column(heading: str, row: str, column: str, code: str) -> None:
    _, errors, _ = csvlist.parse(f"{heading}\n{row}\n".encode())
    assert (column, code) in {(one.column, one.code) for one in errors}


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\xff\xff\xff", b"code\n", b"a\0b", f"{ENGLISH},kind\n".encode(),
        f"{ENGLISH},term_months,期限\n".encode(),
        f"{ENGLISH}\n\"unclosed".encode(), b"x" * 8_000_001,
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused_as_a_whole(data: bytes) -> None:
    with pytest.raises(UnreadableList):
        csvlist.parse(data)


def test_lists_come_as_spreadsheets_write_them() -> None:
    """Semicolons, tabs, byte order marks, empty lines, unknown columns, a last day, yes and no."""
    heading = f"{ENGLISH},professional_only,effective_to,内部备注".replace(",", ";")
    text = f"\ufeff{heading}\n\n{ROW},是,2027-12-31,x\n".replace(",", ";")
    [row], errors, total = csvlist.parse(text.encode())
    assert (errors, total, row.row) == ([], 1, 3)
    assert row.details.professional_only
    assert row.details.effective_to is not None


def test_a_list_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csvlist, "MOST_ROWS", 1)
    with pytest.raises(UnreadableList):
        csvlist.parse(f"{ENGLISH}\n{ROW}\n{ROW}\n".encode())


@pytest.mark.parametrize("code", ["x", "a b", "中文", "x" * 33])
def test_codes_are_plain(code: str) -> None:
    with pytest.raises(UnfitProduct):
        rules.check_code(code)


def test_nobody_but_staff_reads_the_register() -> None:
    client = Actor(uuid4(), frozenset({Role.CLIENT}))
    assert rules.shown(client, [], date(2026, 1, 1)) == []
    assert not rules.may_see_all(client)


@pytest.mark.parametrize(
    ("wrong", "chinese", "english"),
    [
        ({"effective_to": "2025-12-31"}, "最后有效日（早于生效起始日）", "last day (before the first day)"),
        ({"goals": []}, "投资目标（至少一项）", "goals (at least one)"),
        ({"term_months": 601}, "锁定期限（须为 0 至 600）", "lock-up (0 to 600)"),
        ({"risk_points": {"en": ["x"]}}, "风险要点（缺少中文内容）", "risk points (missing in Chinese)"),
        ({"names": {"zh-CN": "名" * 81}}, "名称（须为 1 至 80 个字符）", "name (1 to 80 characters)"),
    ],
)  # fmt: skip
async def test_what_is_wrong_with_a_version_is_told_in_the_readers_language(
    world: World, wrong: dict[str, Any], chinese: str, english: str
) -> None:
    maker = (await firm(world)).maker
    for language, told in (("zh-CN", chinese), ("en", english)):
        body = PRODUCT | {"effective_from": "2026-01-05", "code": "F1"} | wrong
        answer = await maker.post("/api/products", json=body, headers={"Accept-Language": language})
        assert (answer.status_code, answer.json()["error"]) == (422, "unfit_product")
        assert told in answer.json()["detail"]

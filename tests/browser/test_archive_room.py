"""The console's archive in a real browser: a client's file, holds, restriction, destruction, examiners, looks."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Demo, Open, axe
from tests.browser.test_console import BOOK, Sign, choose, go

NUMBER, LEAVING = "Z900001", "Z900002"
PARTS = (
    "search", "client", "exports", "holds", "destructions", "examiners", "looks", "audits", "log",
)  # fmt: skip
KEY = re.compile(
    r"\b(?:part|client|class|hold|grant|looks?|state|regimes|kept|destruction|capture|log)\.[a-z_]+"
)


@pytest.fixture(scope="module")
def demo_module() -> str:
    return "tests.browser.forgetful"


@pytest.fixture(scope="module")
def kept(demo: Demo, staff: Sign, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A client of nobody else's test in the firm's book, and an examiner; a folder for pictures."""
    admin = staff("admin")
    branch = admin.call("GET", "/api/branches")["items"][0]["id"]
    body = {
        "login": "wai",
        "name": "魏安",
        "name_en": "Wei An",
        "roles": ["examiner"],
        "branch": branch,
    }
    admin.call("POST", "/api/staff", body)
    number = admin.call("GET", "/api/staff?q=guo")["items"][0]["employee_no"]
    book = BOOK + "".join(
        f"{one},留存客户,{number},2026-01-05,zh-CN\n" for one in (NUMBER, LEAVING)
    )
    answer = admin.http.post(
        "/api/connections/import", files={"file": ("book.csv", book.encode())}, timeout=60
    )
    assert answer.is_success, answer.text
    return tmp_path_factory.mktemp("pictures")


def part(page: Page, demo: Demo, name: str) -> None:
    go(page, demo, f"archive?part={name}")


def test_compliance_keeps_holds_restricts_and_lets_look(
    demo: Demo, browse: Open, staff: Sign, kept: Path
) -> None:
    page = browse(staff=staff("shen"))
    part(page, demo, "holds")
    page.get_by_label("客户号或标识").fill(NUMBER)
    page.get_by_label("事由").fill("监管问询")
    page.get_by_label("依据文号").fill("沪证监函〔2026〕18号")
    page.get_by_role("button", name="设置保全").click()
    row = page.get_by_role("row").filter(has_text="沪证监函〔2026〕18号")
    expect(row.get_by_text("生效中")).to_be_visible()
    expect(row.get_by_text(NUMBER)).to_be_visible()
    expect(row.get_by_text("沈静")).to_be_visible()
    expect(page.get_by_label("事由")).to_have_value("")

    part(page, demo, "client")
    page.get_by_label("客户号或标识").fill(NUMBER)
    page.get_by_role("button", name="打开档案").click()
    file = page.get_by_role("region", name="留存内容")
    expect(file.get_by_role("heading", name=re.compile("留存客户"))).to_be_visible()
    expect(file.get_by_text("监管问询")).to_be_visible()
    expect(
        file.get_by_text("《中华人民共和国证券法》（2019 年修订）第一百三十七条").first
    ).to_be_visible()
    file.get_by_role("button", name="限制处理").click()
    sure = page.get_by_role("dialog")
    sure.get_by_label("依据文号").fill("客户书面申请删除")
    sure.get_by_role("button", name="限制处理").click()
    expect(sure).to_have_count(0)
    expect(file.get_by_text("已限制处理").first).to_be_visible()
    page.screenshot(path=kept / "client.png", full_page=True)

    part(page, demo, "destructions")
    page.get_by_label("客户号或标识").fill(NUMBER)
    page.get_by_label("事由").fill("客户申请删除")
    page.get_by_role("button", name="申请销毁").click()
    expect(page.get_by_role("status").or_(page.get_by_role("alert")).first).to_be_visible()
    expect(page.get_by_text("暂无申请")).to_be_visible()

    part(page, demo, "holds")
    row.get_by_role("button", name="解除").click()
    sure.get_by_label("事由").fill("问询已结束")
    sure.get_by_role("button", name="解除").click()
    expect(sure).to_have_count(0)
    expect(row.get_by_text("已解除")).to_be_visible()

    part(page, demo, "examiners")
    choose(page, page, re.compile("检查人员"), "魏安 · wai")
    page.get_by_label("客户范围").fill(NUMBER)
    page.get_by_label("目的").fill("年度现场检查")
    ends = datetime.now(UTC) + timedelta(days=30)
    page.get_by_label("可查阅至").fill(f"{ends:%Y-%m-%d}")
    page.get_by_role("button", name="授权查阅").click()
    row = page.get_by_role("row").filter(has_text="年度现场检查")
    expect(row.get_by_text("魏安")).to_be_visible()
    expect(row.get_by_text("1 位客户")).to_be_visible()
    page.screenshot(path=kept / "examiners.png", full_page=True)
    row.get_by_role("button", name="立即终止").click()
    expect(row.get_by_text("已提前终止")).to_be_visible()

    part(page, demo, "search")
    page.get_by_label("目的").fill("核查浏览器测试")
    page.get_by_role("button", name="开始").click()
    expect(page.get_by_role("row").nth(1)).to_be_visible()
    part(page, demo, "looks")
    row = page.get_by_role("row").filter(has_text="核查浏览器测试").first
    expect(row.get_by_text("沈静")).to_be_visible()
    expect(row.get_by_text("检索")).to_be_visible()


def test_two_persons_destroy_and_a_certificate_stays(
    demo: Demo, browse: Open, staff: Sign, kept: Path
) -> None:
    admin, shen = staff("admin"), staff("shen")
    second = admin.call("GET", "/api/staff?q=chen")["items"][0]["id"]
    admin.call("PATCH", f"/api/staff/{second}", {"roles": ["operator", "supervisor"]})
    client = shen.call("GET", f"/api/custody/clients?ref={LEAVING}")["id"]
    shen.call("POST", f"/api/custody/clients/{client}/restrict", {"basis": "客户书面申请删除"})
    asking, deciding = browse(staff=shen), browse(staff=staff("chen"))
    part(asking, demo, "destructions")
    asking.get_by_label("客户号或标识").fill(LEAVING)
    asking.get_by_label("事由").fill("保存期届满")
    asking.get_by_role("button", name="申请销毁").click()
    row = asking.get_by_role("row").filter(has_text=LEAVING)
    expect(row.get_by_text("待第二人审批")).to_be_visible()
    expect(row.get_by_role("button", name="批准")).to_have_count(0)

    part(deciding, demo, "destructions")
    row = deciding.get_by_role("row").filter(has_text=LEAVING)
    row.get_by_role("button", name="批准").click()
    sure = deciding.get_by_role("dialog")
    expect(sure.get_by_text("立即永久销毁")).to_be_visible()
    deciding.screenshot(path=kept / "destruction-sure.png")
    sure.get_by_role("button", name="批准").click()
    for page in (asking, deciding):
        row = page.get_by_role("row").filter(has_text="证明：已销毁")
        expect(row.get_by_text("沈静 → 陈运")).to_be_visible(timeout=60_000)
        expect(row.get_by_text("完成")).to_be_visible()
        expect(row.get_by_text(LEAVING)).to_have_count(0)
    deciding.screenshot(path=kept / "destruction.png", full_page=True)


@pytest.mark.parametrize(
    ("language", "look"),
    [("zh-CN", {}), ("en", {"viewport": PHONE, "dark": True})],
    ids=["desktop in Chinese", "dark phone in English"],
)
def test_every_part_is_fit_to_read(
    demo: Demo, browse: Open, staff: Sign, kept: Path, language: str, look: dict[str, object]
) -> None:
    page = browse(staff=staff("shen"), language=language, **look)
    for name in PARTS:
        part(page, demo, name)
        page.screenshot(path=kept / f"{language}-{name}.png", full_page=True)
        assert axe(page) == [], name
        assert KEY.findall(page.locator("body").inner_text()) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        expect(page.get_by_role("alert")).to_have_count(0)

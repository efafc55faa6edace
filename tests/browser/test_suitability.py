"""Suitability in a real browser: the questionnaire, the shelf, and the special warning."""

import re
import uuid
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Demo, Open, Staff, axe
from tests.browser.test_widget import OWN, UNASSIGNED, enter


def test_from_a_product_page_to_the_questionnaire_and_the_shelf(demo: Demo, browse: Open) -> None:
    """SUIT-06, SUIT-14: no product without an assessment; the client answers alone and sees what suits."""
    page = browse()
    frame = enter(page, demo, UNASSIGNED, path="/products/990305")
    frame.get_by_role("button", name="看看这款产品是否适合我").click()
    expect(frame.get_by_text("您还没有有效的风险测评。")).to_be_visible()
    assert axe(frame) == []
    frame.get_by_role("button", name=re.compile("^开始风险测评")).click()
    for number in range(1, 11):
        expect(frame.get_by_text(f"第 {number} 题，共 10 题")).to_be_visible()
        frame.locator("fieldset label").nth(1).click()
        if number == 1:
            assert axe(frame) == []
        frame.get_by_role("button", name="提交测评" if number == 10 else "下一题").click()
    expect(frame.get_by_text("测评结果")).to_be_visible()
    expect(frame.get_by_text("C3", exact=True)).to_be_visible()
    frame.get_by_role("button", name="查看产品").click()
    expect(frame.get_by_text("该产品风险等级为 R4，高于您的等级 C3")).to_be_visible()
    frame.get_by_role("button", name="返回").click()
    frame.get_by_role("button", name="看看这款产品是否适合我").wait_for()


def test_the_special_warning_is_read_before_it_is_confirmed(demo: Demo, browse: Open) -> None:
    """SUIT-03, SUIT-16: the client's own request; nothing is confirmed unread, and it can be given up."""
    page = browse()
    frame = enter(page, demo, OWN, path="/products/990305")
    frame.get_by_role("button", name="看看这款产品是否适合我").click()
    expect(frame.get_by_text("暂不能向您展示")).to_be_visible()
    frame.get_by_label(re.compile("打算投入的金额")).fill("30000")
    frame.get_by_role("button", name=re.compile("^我自己要求了解")).click()
    frame.get_by_role("button", name="继续阅读警示书").click()
    sheet = frame.get_by_role("dialog", name="特别风险警示书")
    sheet.get_by_role("textbox").fill("本人已知悉该产品不适合本人，自愿承担风险")
    expect(sheet.get_by_role("button", name="确认并自行承担风险")).to_be_disabled()
    assert axe(frame) == []
    sheet.get_by_role("button", name="关闭").click()
    frame.get_by_role("button", name="放弃申请").click()
    expect(frame.get_by_label(re.compile("打算投入的金额"))).to_be_visible()


def test_the_second_hand_reads_what_a_version_says_before_it_decides(
    browse: Open, staff: Callable[[str], Staff]
) -> None:
    """The register: what is proposed is shown beside what is in force, and a return says why."""
    editor, checker = staff("gu"), staff("shen")
    code = f"T{uuid.uuid4().hex[:8].upper()}"
    product = {
        "names": {"zh-CN": "样例双月债", "en": "Sample bond"}, "kind": "bond", "risk": 2, "term_months": 2,
        "goals": ["income"], "min_amount": 1000, "risk_points": {"zh-CN": ["净值波动"], "en": ["Prices move"]},
        "effective_from": "2026-01-05",
    }  # fmt: skip
    made = editor.call("POST", "/api/products", product | {"code": code})
    versions = f"/api/products/{made['id']}/versions"
    checker.call("POST", f"{versions}/1/decision", {"approved": True})
    editor.call("POST", versions, product | {"risk": 4, "term_months": 24})

    page = browse(staff=checker)
    page.goto(f"{checker.demo.platform}/console/products?q={code}")
    page.get_by_role("row", name=re.compile(code)).click()
    panel = page.get_by_role("dialog", name="样例双月债")
    fresh = panel.get_by_role("region", name="第 2 版")
    expect(fresh.locator("dt", has_text="锁定期限").locator("xpath=..")).to_contain_text(
        "24 个月 与现行版本不同"
    )
    expect(fresh.get_by_text("与现行版本不同")).to_have_count(2)
    expect(panel.get_by_role("region", name="第 1 版").get_by_text("现行有效")).to_be_visible()
    assert axe(page) == []
    expect(fresh.get_by_role("button", name="退回")).to_be_disabled()
    fresh.get_by_label("退回理由").fill("风险等级缺少依据")
    fresh.get_by_role("button", name="退回").click()
    expect(fresh.get_by_text("退回理由：风险等级缺少依据")).to_be_visible()

    own = browse(staff=editor, language="en")
    editor.call("POST", versions, product | {"risk": 3})
    own.goto(f"{editor.demo.platform}/console/products?q={code}")
    own.get_by_role("row", name=re.compile(code)).press("Enter")
    mine = own.get_by_role("region", name="Version 3")
    expect(mine.get_by_text("somebody else decides on it")).to_be_visible()
    expect(mine.get_by_role("button", name="Approve")).to_have_count(0)

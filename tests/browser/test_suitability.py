"""Suitability in a real browser: the questionnaire, the shelf, and the special warning."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Demo, Open, axe
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

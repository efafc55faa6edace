"""The rules of suitability in a real browser: a version is drafted by one and decided on by another."""

from playwright.sync_api import expect

from tests.browser.conftest import Demo, Open, axe
from tests.browser.test_console import Sign, at_console


def test_suit_07_a_version_is_drafted_compared_and_returned(
    demo: Demo, browse: Open, staff: Sign
) -> None:
    """SUIT-07: the author submits and cannot decide; the supervisor sees the differences and returns it."""
    page = at_console(browse, demo, staff("gu"), "suitability?kind=matrix")
    table = page.get_by_role("region", name="适当性匹配矩阵").first
    expect(table.get_by_text("✓").first).to_be_visible()
    page.get_by_role("button", name="评分分档").click()
    page.get_by_role("button", name="起草新版本").click()
    page.get_by_label("C1 最高分").fill("26")
    changes = page.get_by_role("region", name="与现行版本相比的改动")
    expect(changes.get_by_text("26", exact=True)).to_be_visible()
    expect(changes.get_by_text("27", exact=True)).to_be_visible()
    page.get_by_label("生效日期").fill("2199-01-01")
    assert axe(page) == []
    page.get_by_role("button", name="提交复核").click()
    expect(page.get_by_text("本人起草的版本由他人复核。")).to_be_visible()
    expect(page.get_by_role("button", name="批准")).to_have_count(0)

    other = at_console(browse, demo, staff("shen"), "suitability?kind=bands")
    expect(other.get_by_role("region", name="与现行版本相比的改动")).to_be_visible()
    assert axe(other) == []
    expect(other.get_by_role("button", name="退回")).to_be_disabled()
    other.get_by_label("复核意见").fill("请附上依据")
    other.get_by_role("button", name="退回").click()
    expect(other.get_by_text("已退回").first).to_be_visible()
    expect(other.get_by_role("button", name="批准")).to_have_count(0)

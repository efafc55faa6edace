"""The product register in a real browser: one product written by hand, its next version, and the second hand."""

import re
import uuid
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Open, Staff, axe


def test_a_product_is_written_and_followed_by_its_next_version(
    browse: Open, staff: Callable[[str], Staff]
) -> None:
    editor, checker = staff("gu"), staff("shen")
    code = f"T{uuid.uuid4().hex[:8].upper()}"
    page = browse(staff=editor)
    page.goto(f"{editor.demo.platform}/console/products?q={code}")
    page.get_by_role("button", name="新增产品").press("Enter")
    form = page.get_by_role("dialog", name="新增产品")

    # Nothing is sent while something is missing, and each fault stands at its field.
    form.get_by_role("button", name="提交复核").press("Enter")
    for said in (
        "请填写 2 至 32 位字母",
        "请填写中文名称",
        "请至少选择一项投资目标",
        "中文风险要点",
    ):
        expect(form.get_by_text(said)).to_be_visible()
    assert axe(page) == []
    form.get_by_label("代码").fill(code)
    chinese = form.get_by_role("group", name="中文")
    chinese.get_by_label("名称").fill("样例季度债")
    chinese.get_by_label("风险要点").fill("净值波动\n\n提前赎回有费用")
    form.get_by_label(re.compile("^锁定期限")).fill("3.5")
    form.get_by_text("稳定收益").click()
    expect(form.get_by_text("请填写 0 至 600 的整月数")).to_be_visible()
    form.get_by_label(re.compile("^锁定期限")).fill("3")
    # Enter in a field proposes, as in every form.
    form.get_by_label("代码").press("Enter")
    expect(page.get_by_text("已提交，由他人复核。")).to_be_visible()
    (made,) = checker.call("GET", f"/api/products?q={code}")["items"]
    assert made["versions"][0]["risk_points"] == {"zh-CN": ["净值波动", "提前赎回有费用"]}
    assert (made["state"], made["versions"][0]["term_months"]) == ("proposed", 3)

    # One version at a time waits; after its approval the next begins with what it says.
    page.get_by_role("row", name=re.compile(code)).click()
    panel = page.get_by_role("dialog", name="样例季度债")
    expect(panel.get_by_text("已有一版待复核")).to_be_visible()
    url = f"/api/products/{made['id']}/versions/1/decision"
    checker.call("POST", url, {"approved": True})
    page.reload()
    page.get_by_role("row", name=re.compile(code)).click()
    panel.get_by_role("button", name="提交新版本").click()
    form = page.get_by_role("dialog", name=f"{code} 的新版本")
    expect(form.get_by_role("group", name="中文").get_by_label("名称")).to_have_value("样例季度债")
    form.get_by_label("最后有效日").fill("2020-01-01")
    form.get_by_role("button", name="提交复核").click()
    expect(form.get_by_text("最后有效日早于起始日")).to_be_visible()
    form.get_by_label("最后有效日").fill("2099-12-31")
    form.get_by_role("button", name="提交复核").click()
    expect(page.get_by_role("dialog", name=f"{code} 的新版本")).to_have_count(0)
    (now,) = checker.call("GET", f"/api/products?q={code}")["items"]
    assert [one["effective_to"] for one in now["versions"]] == ["2099-12-31", None]

    # Who only decides writes nothing; a code that is taken is said in the reader's language.
    other = browse(staff=checker)
    other.goto(f"{checker.demo.platform}/console/products?q={code}")
    expect(other.get_by_role("row", name=re.compile(code))).to_be_visible()
    expect(other.get_by_role("button", name="新增产品")).to_have_count(0)
    english = browse(staff=editor, language="en")
    english.goto(f"{editor.demo.platform}/console/products?q=nothing-{code}")
    expect(english.get_by_text("No products yet")).to_be_visible()
    english.get_by_role("button", name="Add a product").click()
    form = english.get_by_role("dialog", name="Add a product")
    form.get_by_label("Code").fill(code)
    chinese = form.get_by_role("group", name="中文")
    chinese.get_by_label("Name").fill("另一只")
    chinese.get_by_label("Risk points").fill("净值波动")
    form.get_by_text("growth", exact=True).click()
    form.get_by_role("button", name="Propose").click()
    expect(form.get_by_role("alert")).to_contain_text("A product with this code exists.")

"""The console in a real browser: figures and what is behind them, staff, knowledge, the book, supervision, axe."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.conftest import PHONE, Demo, Open, Staff, axe
from tests.browser.test_widget import enter

Sign = Callable[[str], Staff]
BOOK = "client_no,client_name,employee_no,assigned_on,language\n"
STAFF = "login,name,roles,branch\n"
PLACES = {
    "chen": ("board", "funnel", "funnel?by=advisor", "decisions", "hours", "notices"),
    "shen": (
        "search",
        "review",
        "review?part=policies",
        "board?list=accepted",
        "suitability?view=conversions",
    ),
    "admin": ("staff", "connections", "sites"),
    "gu": ("knowledge", "suitability", "suitability?kind=matrix"),
}
# A word of the catalogue that nobody has written shows as its key.
KEY = re.compile(
    r"\b(?:board|nav|funnel|basis|topic|mode|constraint|part|notices?|staff|licence|may|role|version"
    r"|presence|request|connection|calendar|hours|search|knowledge|sites|review|import)\.[a-z_]+"
)


def at_console(browse: Open, demo: Demo, member: Staff, path: str, **look: object) -> Page:
    """This place of the console, drawn."""
    page = browse(staff=member, **look)
    go(page, demo, path)
    return page


def go(page: Page, demo: Demo, path: str) -> None:
    """Open a place and wait until what it asked for has come."""
    page.goto(f"{demo.platform}/console/{path}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


def choose(page: Page, within: Page | Locator, label: str | re.Pattern[str], option: str) -> None:
    """Take an option of a select."""
    within.get_by_role("button", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()


@pytest.mark.parametrize(
    ("language", "look"),
    [("zh-CN", {}), ("en", {"viewport": PHONE, "dark": True})],
    ids=["desktop in Chinese", "dark phone in English"],
)
def test_every_place_is_fit_to_read(
    demo: Demo, browse: Open, staff: Sign, language: str, look: dict[str, object]
) -> None:
    for login, paths in PLACES.items():
        page = browse(staff=staff(login), language=language, **look)
        for path in paths:
            go(page, demo, path)
            assert axe(page) == [], path
            assert KEY.findall(page.locator("body").inner_text()) == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            expect(page.get_by_role("alert")).to_have_count(0)


def test_the_server_is_asked_in_the_language_of_the_page(
    demo: Demo, browse: Open, staff: Sign
) -> None:
    """From the first question on, in a browser that speaks another one; and after a change."""
    page = browse(staff=staff("chen"))
    asked: list[Request] = []

    def note(one: Request) -> None:
        asked.append(one)

    page.on("requestfinished", note)
    for path in ("?lang=en", "board", "funnel"):
        go(page, demo, path)
    expect(page.get_by_role("cell", name="Shenzhen Nanshan")).to_be_visible()
    spoken = [
        one.all_headers()["accept-language"] for one in asked
        if "/api/" in one.url and one.resource_type == "fetch"
    ]  # fmt: skip
    assert set(spoken) == {"en"}
    page.get_by_role("button", name="Account").click()
    page.get_by_role("menuitem", name="中文").click()
    expect(page.get_by_role("cell", name="深圳南山营业部")).to_be_visible()


def test_a_figure_opens_its_list_and_a_row_its_decision(
    demo: Demo, browse: Open, staff: Sign
) -> None:
    page = at_console(browse, demo, staff("shen"), "board")
    page.get_by_role("button", name=re.compile("^接通率")).click()
    behind = page.get_by_role("complementary", name="已接通")
    behind.get_by_role("link", name="为什么").first.click()
    why = page.get_by_role("complementary", name="为什么是这位投顾")
    expect(why.get_by_text("选中", exact=True).first).to_be_visible()
    asked = re.search("request=([0-9a-f-]+)", page.url)
    assert asked
    kept = staff("shen").call("GET", f"/api/requests/{asked[1]}/decision")
    chosen = [one["name"] for one in kept["items"][0]["candidates"] if one["chosen"]]
    for name in chosen:
        expect(why.get_by_text(name)).to_be_visible()


def test_the_rehearsal_is_stopped_and_started_here(demo: Demo, browse: Open, staff: Sign) -> None:
    operator = staff("chen")
    page = at_console(browse, demo, operator, "board")
    page.get_by_role("button", name="停止演练").click()
    expect(page.get_by_role("button", name="开始演练")).to_be_visible()
    assert operator.call("GET", "/api/rehearsal") == {"running": False}
    page.get_by_role("button", name="开始演练").click()
    expect(page.get_by_role("button", name="停止演练")).to_be_visible()
    assert operator.call("GET", "/api/rehearsal") == {"running": True}


def test_somebody_joins_is_licensed_locked_and_leaves(
    demo: Demo, browse: Open, staff: Sign
) -> None:
    page = at_console(browse, demo, staff("admin"), "staff")
    page.get_by_role("button", name="新增人员").click()
    form = page.get_by_role("dialog")
    form.get_by_role("textbox", name="登录名").fill("newcomer")
    form.get_by_role("textbox", name="姓名", exact=True).fill("新来者")
    choose(page, form, re.compile("营业部"), "深圳南山营业部")
    assert axe(page) == []
    form.get_by_role("button", name="保存").click()
    expect(form).to_have_count(0)
    page.get_by_role("searchbox").fill("newcomer")
    page.get_by_role("row").filter(has_text="新来者").click()
    panel = page.get_by_role("complementary", name="新来者")

    panel.get_by_role("button", name="发出邀请").click()
    invitation = page.get_by_role("dialog").get_by_text(re.compile("invitation="))
    link = invitation.inner_text()
    guest = browse()
    guest.goto(link)
    expect(guest.get_by_label(re.compile("密码")).first).to_be_visible()
    page.keyboard.press("Escape")

    panel.get_by_role("button", name="添加资格").click()
    form.get_by_label("编号").fill("S9990626010001")
    form.get_by_label("起始日").fill("2020-01-01")
    form.get_by_label("截止日").fill("2099-12-31")
    form.get_by_role("button", name="保存").click()
    expect(panel.get_by_text("S9990626010001")).to_be_visible()
    expect(panel.get_by_text("投资建议")).to_be_visible()
    licence = panel.locator("button", has_text="暂停").first
    licence.click()
    expect(panel.get_by_text("无（资格或状态不符）")).to_be_visible()

    panel.get_by_role("button", name="锁定").click()
    panel.get_by_role("button", name="解锁").click()
    expect(panel.get_by_role("button", name="锁定", exact=True)).to_be_visible()
    panel.get_by_role("button", name="标记离任").click()
    form.get_by_label("理由").fill("试用期满")
    form.get_by_role("button", name="标记离任").click()
    expect(panel.get_by_text("已离任")).to_be_visible()
    assert axe(page) == []


def test_suspending_and_a_lost_device_are_mended(demo: Demo, browse: Open, staff: Sign) -> None:
    page = at_console(browse, demo, staff("admin"), "staff?q=yao")
    page.get_by_role("row").filter(has_text="姚启明").click()
    panel = page.get_by_role("complementary", name="姚启明")
    expect(panel.get_by_text(re.compile(r"^密码最近于 \d{4}-\d\d-\d\d 设置$"))).to_be_visible()
    panel.get_by_role("button", name="重置动态码").click()
    expect(panel.get_by_text("密码已设置，动态码待绑定")).to_be_visible()
    dialog = page.get_by_role("dialog")
    for verb in ("暂停", "恢复"):
        panel.get_by_role("button", name=verb).last.click()
        dialog.get_by_label("理由").fill("核查")
        dialog.get_by_role("button", name=verb).click()
        expect(dialog).to_have_count(0)
    expect(panel.get_by_text("在职", exact=True)).to_be_visible()


def test_a_file_with_a_wrong_row_changes_nothing(
    demo: Demo, browse: Open, staff: Sign, tmp_path: Path
) -> None:
    admin = staff("admin")
    page = at_console(browse, demo, admin, "staff")
    page.get_by_role("button", name="导入 CSV").click()
    form = page.get_by_role("dialog")
    code = admin.call("GET", "/api/branches")["items"][0]["code"]
    good, bad = f"bringer,带入者,advisor,{code}\n", "other,另一位,advisor,NOWHERE\n"
    for name, rows in (("wrong", good + bad), ("right", good)):
        file = tmp_path / f"{name}.csv"
        file.write_text(STAFF + rows, "utf-8")
        form.locator("input[type=file]").set_input_files(file)
        form.get_by_role("button", name="检查文件").click()
        if name == "wrong":
            expect(form.get_by_role("cell", name="没有这个值： NOWHERE")).to_be_visible()
            assert axe(page) == []
            assert admin.call("GET", "/api/staff?q=bringer")["items"] == []
    form.get_by_role("button", name="写入 1 行").click()
    expect(form).to_have_count(0)
    assert [one["name"] for one in admin.call("GET", "/api/staff?q=bringer")["items"]] == ["带入者"]


def test_the_book_is_brought_in_and_a_connection_handed_on(
    demo: Demo, browse: Open, staff: Sign, tmp_path: Path
) -> None:
    admin = staff("admin")
    (guo,) = admin.call("GET", "/api/staff?q=guo")["items"]
    page = at_console(browse, demo, admin, "connections?state=proposed")
    page.get_by_role("button", name="导入名册").click()
    form = page.get_by_role("dialog")
    file = tmp_path / "book.csv"
    file.write_text(BOOK + f"C990001,时新客,{guo['employee_no']},2024-05-06,zh-CN\n", "utf-8")
    form.locator("input[type=file]").set_input_files(file)
    form.get_by_role("button", name="检查文件").click()
    form.get_by_role("button", name="写入 1 行").click()
    expect(form).to_have_count(0)
    row = page.get_by_role("row").filter(has_text="时新客")
    expect(row).to_contain_text("郭安")
    row.get_by_role("button", name="解除").click()
    choose(page, form, re.compile("理由"), "重新分配")
    assert axe(page) == []
    form.get_by_role("button", name="解除").click()
    expect(form).to_have_count(0)
    expect(row).to_have_count(1)
    expect(row).not_to_contain_text("郭安")
    expect(row).to_contain_text("继任")


def test_knowledge_takes_two_editors(demo: Demo, browse: Open, staff: Sign) -> None:
    def entry(page: Page) -> Locator:
        go(page, demo, "knowledge?q=演示词条")
        page.get_by_role("row").filter(has_text="演示词条").click()
        return page.get_by_role("complementary")

    gu = at_console(browse, demo, staff("gu"), "knowledge")
    gu.get_by_role("button", name="新建词条").click()
    form = gu.get_by_role("dialog")
    form.get_by_role("textbox", name="短名").fill("shown-entry")
    chinese = form.get_by_role("group", name="中文")
    chinese.get_by_label("标题").fill("演示词条")
    chinese.get_by_label("标准问法").fill("怎么演示？")
    chinese.get_by_label("相似问法").fill("如何演示\n演示怎么办\n")
    chinese.get_by_label("答复").fill("照此演示。")
    assert axe(gu) == []
    form.get_by_role("button", name="保存草稿").click()
    expect(form).to_have_count(0)
    mine = entry(gu)
    mine.get_by_role("button", name="提交审核").click()
    expect(mine.get_by_text("等待另一位编辑审核")).to_be_visible()
    expect(mine.get_by_role("button", name="批准发布")).to_have_count(0)

    fang = browse(staff=staff("fang"))
    theirs = entry(fang)
    theirs.get_by_role("button", name="退回").click()
    asked = fang.get_by_role("dialog")
    asked.get_by_label("理由").fill("请写明步骤")
    asked.get_by_role("button", name="退回").click()
    expect(theirs.get_by_text("请写明步骤")).to_be_visible()

    mine = entry(gu)
    mine.get_by_role("button", name="起草新版本").click()
    chinese.get_by_label("答复").fill("先打开应用，再照此演示。")
    form.get_by_role("button", name="保存草稿").click()
    mine.get_by_role("button", name="提交审核").click()
    expect(mine.get_by_text("等待另一位编辑审核")).to_be_visible()

    theirs = entry(fang)
    theirs.get_by_role("button", name="批准发布").click()
    expect(theirs.get_by_text("已批准")).to_be_visible()
    assert axe(fang) == []
    theirs.get_by_role("button", name="停用").click()
    asked.get_by_label("理由").fill("演示完毕")
    asked.get_by_role("button", name="停用").click()
    expect(fang.get_by_role("row").filter(has_text="演示词条")).to_contain_text("已停用")


def test_reading_what_was_said_takes_a_purpose(demo: Demo, browse: Open, staff: Sign) -> None:
    page = at_console(browse, demo, staff("shen"), "search")
    begin = page.get_by_role("button", name="开始查看")
    expect(begin).to_be_disabled()
    page.get_by_label("查看目的").fill("例行抽查")
    begin.click()
    page.get_by_role("searchbox").fill("账户")
    page.keyboard.press("Enter")
    results = page.get_by_role("region", name="结果")
    found = results.get_by_role("listitem").filter(has_text="账户")
    found.get_by_role("button").first.click()
    expect(page.get_by_role("log")).to_be_visible()
    expect(page.get_by_text("本次查看已留痕")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_count(0)
    assert axe(page) == []


def test_hours_days_and_sites_are_kept(demo: Demo, browse: Open, staff: Sign) -> None:
    admin = staff("admin")
    page = at_console(browse, demo, admin, "hours", expecting="422")
    page.get_by_label("周一开始").fill("00:30")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存")).to_be_visible()
    page.reload()
    expect(page.get_by_label("周一开始")).to_have_value("00:30")
    page.get_by_label("周一开始").press("Home")
    page.get_by_label("周一开始").press("ArrowUp")
    expect(page.get_by_label("周一开始")).to_have_value("01:30")
    page.get_by_label("周一开始").fill("25:00")
    page.get_by_label("周一开始").press("Tab")
    expect(page.get_by_text("请按 24 小时制填写，如 08:30。")).to_be_visible()
    expect(page.get_by_role("button", name="保存")).to_be_disabled()
    page.get_by_label("周一开始").fill("0000")
    page.get_by_role("button", name="保存").click()
    page.get_by_label("日期").fill("2027-01-01")
    page.get_by_label("说明").fill("元旦")
    page.get_by_role("button", name="加入").click()
    row = page.get_by_role("row").filter(has_text="元旦")
    expect(row).to_contain_text("不服务")
    row.get_by_role("button", name="删除").click()
    expect(row).to_have_count(0)

    # On a phone the rows of a table stand below each other.
    page.set_viewport_size(PHONE)
    go(page, demo, "staff")
    table = page.get_by_role("region").filter(has=page.locator("tbody tr"))
    expect(table.get_by_text("S9990625030018")).to_be_visible()
    assert table.evaluate("(box) => box.scrollWidth <= box.clientWidth")
    page.set_viewport_size({"width": 1440, "height": 900})
    go(page, demo, "sites")
    for origin in ("no address", "https://shop.example"):
        page.get_by_label("来源").fill(origin)
        page.get_by_role("button", name="允许").click()
        if origin == "no address":
            expect(page.get_by_text(re.compile("来源地址无法使用")).first).to_be_visible()
    row = page.get_by_role("row").filter(has_text="https://shop.example")
    row.get_by_role("button", name="删除").click()
    expect(row).to_have_count(0)
    assert "https://shop.example" not in admin.call("GET", "/api/origins")["items"]


def test_without_a_line_the_console_says_so_and_stays(
    demo: Demo, browse: Open, staff: Sign
) -> None:
    page = browse(staff=staff("chen"), expecting="/assets/")
    go(page, demo, "board")
    page.context.set_offline(True)
    expect(page.get_by_role("status").filter(has_text="连接不上服务器")).to_be_visible()
    page.get_by_role("link", name="连接", exact=True).click()
    expect(page.get_by_role("heading", name="连接不上服务器")).to_be_visible()
    page.get_by_role("link", name="实况", exact=True).click()
    expect(page.get_by_role("heading", name="等待与空闲，面对面")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_role("status").filter(has_text="连接不上服务器")).to_have_count(0)


def test_a_place_of_other_roles_says_whose_it_is(demo: Demo, browse: Open, staff: Sign) -> None:
    page = browse(staff=staff("chen"))
    page.goto(f"{demo.platform}/console/search?lang=en")
    expect(page.get_by_role("heading", name="You may not see this")).to_be_visible()
    expect(page.get_by_label("Purpose")).to_have_count(0)
    page.get_by_role("link", name="Back to the start").click()
    expect(page.get_by_role("heading", level=1, name="Live")).to_be_visible()


def test_a_key_or_site_that_cannot_be_used_is_refused_in_words(
    demo: Demo, browse: Open, staff: Sign
) -> None:
    page = at_console(browse, demo, staff("admin"), "sites", expecting="422")
    page.get_by_label("来源", exact=True).fill("www.example.com/path")
    page.get_by_role("button", name="允许").click()
    expect(page.get_by_text("来源地址无法使用")).to_be_visible()
    page.get_by_role("button", name="添加密钥").click()
    form = page.get_by_role("dialog")
    form.get_by_label("签发方").fill("another-site")
    form.get_by_label("密钥编号").fill("k1")
    form.get_by_label("公钥", exact=True).fill("not a key")
    form.get_by_role("button", name="保存").click()
    expect(form.get_by_role("alert")).to_contain_text("这不是 EdDSA 的密钥")


def test_half_a_day_of_a_hand_over_is_not_taken_for_none(
    demo: Demo, browse: Open, staff: Sign
) -> None:
    page = at_console(browse, demo, staff("admin"), "changes", language="en")
    page.get_by_role("button", name="Plan a hand-over").click()
    plan = page.get_by_role("dialog")
    choose(page, plan, re.compile("From"), "Su Min · Shenzhen Nanshan")
    day, preview = plan.get_by_label("Effective"), plan.get_by_role("button", name="Preview")
    expect(preview).to_be_enabled()
    day.fill("2026-11-3")
    expect(preview).to_be_disabled()
    day.press("Tab")
    expect(plan.get_by_text("Please enter a day that exists, like 2026-11-30.")).to_be_visible()
    assert axe(page) == []
    day.fill("")
    expect(preview).to_be_enabled()


def test_clients_of_a_plan_get_other_successors_and_say_what_they_want(
    demo: Demo, browse: Open, staff: Sign
) -> None:
    """One successor for a single client; she stays, changes her mind, and the list says so."""
    admin = staff("admin")
    (tang,) = admin.call("GET", "/api/staff?q=tang")["items"]
    plan = admin.call("POST", "/api/handovers", {"staff": tang["id"], "reason": "changed_post"})
    page = at_console(browse, demo, admin, f"changes?handover={plan['id']}")
    panel = page.get_by_role("complementary", name="唐越名下的客户移交")
    by = admin.call("GET", "/api/me")["name"]
    expect(panel.get_by_text(re.compile(f"^{by} 安排于 "))).to_be_visible()
    line = panel.get_by_role("listitem").first
    client = str(line.locator("b").text_content())
    assert axe(page) == []
    line.get_by_role("button").click()
    page.get_by_role("searchbox").fill("林知远")
    page.get_by_role("option", name=re.compile("^林知远")).click()
    expect(page.get_by_text("已更改，客户将收到新的通知")).to_be_visible()
    lines = admin.call("GET", f"/api/handovers/{plan['id']}/clients")["items"]
    heirs = {one["client"]["name"]: one["successor"]["name"] for one in lines}
    assert [name for name, heir in heirs.items() if heir == "林知远"] == [client]

    number = next(one["client_no"] for one in demo.secrets.clients if one["name"] == client)
    hers = enter(browse(PHONE), demo, number, path="/account")
    told = hers.get_by_role("region", name="您的顾问将有变动")
    expect(told).to_contain_text("拟由林知远接替唐越")
    assert axe(hers) == []
    told.get_by_role("button", name="仍由唐越服务").click()
    expect(told.get_by_role("status")).to_have_text("您已要求不变")
    expect(told.get_by_role("button", name="仍由唐越服务")).to_have_count(0)
    page.reload()
    expect(panel.get_by_role("listitem").filter(has_text=client)).to_contain_text("要求不变")
    told.get_by_role("button", name="同意").click()
    expect(told.get_by_role("status")).to_have_text("您已同意由林知远接替")
    assert axe(hers) == []
    admin.call("POST", f"/api/handovers/{plan['id']}/cancel")

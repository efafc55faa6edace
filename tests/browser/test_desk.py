"""The advisor's desk in a real browser: offers, talking, the pool, clients, keys, offline, the end of a connection."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, Route, WebSocketRoute, expect

from tests.browser.conftest import DESKTOP, PHONE, Demo, Open, Staff, axe
from tests.browser.desking import QUESTION, Known, Sign, accepted, at_desk, offered
from tests.browser.talking import Client, numbers_of

ANSWER = "您好，到期资金明天可用，后天可取。"
FORBIDDEN = "这款产品保本保收益，三个月到期直接到账。"
TABLET = {"width": 820, "height": 1180}
# What is known of the client's level: one of five, or nothing yet.
LEVEL = re.compile(r"^(未测评|C[1-5])$")


def test_signing_in_takes_password_and_code(demo: Demo, browse: Open) -> None:
    account = demo.account("carter")
    page = browse(expecting="401")
    page.goto(f"{demo.platform}/desk/")
    page.get_by_label("登录名").fill(account.login)
    page.get_by_label("密码", exact=True).fill("not the password")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("alert")).not_to_be_empty()
    assert axe(page) == []
    page.get_by_label("密码", exact=True).fill(account.password)
    page.get_by_role("button", name="登录", exact=True).click()
    # The demo fills in a code that is still good: the seeding may have used the one of this moment.
    expect(page.get_by_label("动态码")).to_have_value(re.compile(r"^\d{6}$"))
    page.get_by_role("button", name="确认").click()
    expect(page.get_by_role("heading", name="会话", exact=True)).to_be_visible()
    page.get_by_role("button", name=re.compile("^账号")).click()
    page.get_by_role("menuitem", name="退出登录").click()
    expect(page.get_by_label("登录名")).to_be_visible()


def test_an_offer_is_accepted_by_key_and_answered(
    demo: Demo, browse: Open, su: Staff, own: Client
) -> None:
    page = at_desk(browse, demo, su)
    own.ask(QUESTION, wait="mine")
    card = offered(page, own)
    expect(card.get_by_role("timer")).to_have_text(re.compile(r"^\d+$"))
    expect(card.get_by_text("您的客户").first).to_be_visible()
    assert axe(page) == []
    page.keyboard.press("a")
    page.wait_for_url(f"**/desk/conversations/{own.conversation}")
    log = page.get_by_role("log")
    expect(log.get_by_text(QUESTION, exact=True)).to_be_visible()
    expect(page.get_by_text("来自「稳健债基 A」")).to_be_visible()
    page.get_by_role("textbox", name="输入消息").fill(ANSWER)
    page.keyboard.press("Enter")
    expect(log.get_by_text(ANSWER)).to_have_count(1)
    expect(log.get_by_text(re.compile("已发送|已送达"))).to_be_visible()
    assert own.heard() == [QUESTION, ANSWER]
    own.read()
    expect(log.get_by_text("已读")).to_be_visible()
    own.say("好的，谢谢您。")
    expect(log.get_by_text("好的，谢谢您。")).to_be_visible()
    assert axe(page) == []


def test_an_offer_is_passed_on_with_a_reason(
    demo: Demo, browse: Open, su: Staff, own: Client
) -> None:
    page = at_desk(browse, demo, su)
    own.ask(QUESTION, wait="mine")
    card = offered(page, own)
    card.get_by_role("button", name="让出").click()
    page.get_by_role("menuitem", name="手上忙，接不了").click()
    expect(card).to_have_count(0)
    live = su.call("GET", "/api/offers")["items"]
    assert own.conversation not in {one["conversation"] for one in live}


def test_what_may_not_be_said_is_stopped_with_the_next_step(
    demo: Demo, browse: Open, su: Staff, own: Client
) -> None:
    page = at_desk(browse, demo, su)
    accepted(page, own)
    box = page.get_by_role("textbox", name="输入消息")
    box.fill(FORBIDDEN)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("不能发送")
    send = page.get_by_role("button", name="发送", exact=True)
    expect(send).to_be_disabled()
    expect(page.locator("mark").first).to_have_text(re.compile("保本"))
    page.keyboard.press("Enter")
    expect(box).to_have_value(FORBIDDEN)
    assert axe(page) == []
    page.keyboard.press("Control+Period")
    expect(alert).to_have_count(0)
    expect(send).to_be_enabled()
    page.keyboard.press("Enter")
    expect(box).to_have_value("")
    expect(page.get_by_role("log").get_by_text("不保证本金和收益")).to_be_visible()
    assert FORBIDDEN not in own.heard()


def test_an_input_method_keeps_its_enter(demo: Demo, browse: Open, su: Staff, own: Client) -> None:
    page = at_desk(browse, demo, su)
    accepted(page, own)
    box = page.get_by_role("textbox", name="输入消息")
    box.fill("nihao")
    box.evaluate(
        "area => area.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'Enter', code: 'Enter', bubbles: true, cancelable: true, isComposing: true}))"
    )
    expect(box).to_have_value("nihao")
    assert own.heard() == [QUESTION]


def test_a_standard_answer_is_found_and_its_source_goes_along(
    demo: Demo, browse: Open, su: Staff, own: Client
) -> None:
    page = at_desk(browse, demo, su)
    accepted(page, own)
    box = page.get_by_role("textbox", name="输入消息")
    box.fill("/银证转账")
    answers = page.get_by_role("listbox", name="标准答复")
    expect(answers.get_by_role("option").first).to_be_visible()
    assert axe(page) == []
    page.keyboard.press("Enter")
    expect(answers).to_have_count(0)
    expect(box).not_to_have_value(re.compile("^/"))
    expect(page.get_by_text("附出处")).to_be_visible()
    page.keyboard.press("Enter")
    sources = page.get_by_role("log").get_by_role("list", name="出处")
    expect(sources).to_be_visible()
    sources.get_by_role("button").click()
    expect(page.get_by_role("dialog")).to_contain_text("版")


def test_a_note_stays_inside_and_a_transfer_ends_the_sight(
    demo: Demo, browse: Open, su: Staff, own: Client, staff: Sign
) -> None:
    lin = staff("lin")
    other = at_desk(browse, demo, lin)
    page = at_desk(browse, demo, su)
    accepted(page, own)
    page.keyboard.press("Alt+p")
    note = page.get_by_role("textbox", name="写内部备注")
    note.fill("客户说别亏本金")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log").get_by_text("客户不可见")).to_be_visible()
    assert own.heard() == [QUESTION]
    page.keyboard.press("Alt+t")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name=re.compile("杜原"))).to_be_disabled()
    dialog.get_by_role("searchbox").fill("林知远")
    dialog.get_by_role("button", name=re.compile("林知远")).click()
    expect(dialog.get_by_role("button", name="转给林知远")).to_be_disabled()
    dialog.get_by_label("交接说明").fill("等一份到期资金的安排")
    assert axe(page) == []
    dialog.get_by_role("button", name="转给林知远").click()
    expect(page.get_by_text("这个会话不再由您服务")).to_be_visible()
    expect(page.get_by_text(QUESTION, exact=True)).to_have_count(0)
    row = other.get_by_role("link", name=re.compile(QUESTION[:8]))
    row.click()
    expect(other.get_by_role("log").get_by_text("客户说别亏本金")).to_be_visible()
    expect(other.get_by_role("log").get_by_text("等一份到期资金的安排")).to_be_visible()
    lin.call("POST", f"/api/conversations/{own.conversation}/close")
    lin.call("PUT", "/api/presence", {"status": "off"})


def test_drafts_are_kept_by_conversation_and_mode(
    demo: Demo, browse: Open, su: Staff, client: Known
) -> None:
    page = at_desk(browse, demo, su)
    first, second = map(client, numbers_of(demo, su)[:2])
    accepted(page, first)
    page.get_by_role("textbox", name="输入消息").fill("只写了一半")
    page.keyboard.press("Escape")
    page.get_by_role("heading", name="会话", exact=True).click()
    accepted(page, second, "换手机号要本人到场吗？")
    expect(page.get_by_role("textbox", name="输入消息")).to_have_value("")
    expect(page.get_by_text("[草稿]")).to_be_visible()
    page.reload()
    page.get_by_role("link", name=re.compile(r"\[草稿\]")).click()
    expect(page.get_by_role("textbox", name="输入消息")).to_have_value("只写了一半")
    page.keyboard.press("Alt+p")
    expect(page.get_by_role("textbox", name="写内部备注")).to_have_value("")


def test_a_draft_is_shown_to_its_author_alone(
    demo: Demo, browse: Open, su: Staff, own: Client, staff: Sign
) -> None:
    """One browser, two members of staff one after the other, the first of whom has not signed out."""
    page, lin = at_desk(browse, demo, su), staff("lin")
    accepted(page, own)
    page.get_by_role("textbox", name="输入消息").fill("只写了一半")
    lin.call("PUT", "/api/presence", {"status": "online", "capacity": 12})
    to = {"to": lin.call("GET", "/api/me")["id"], "note": "休假"}
    su.call("POST", f"/api/conversations/{own.conversation}/transfer", to)
    expect(page.get_by_text("这个会话不再由您服务")).to_be_visible()
    lin.enter(page.context)
    page.goto(f"{demo.platform}/desk/conversations/{own.conversation}")
    box = page.get_by_role("textbox", name="输入消息")
    expect(box).to_have_value("")
    expect(page.get_by_text("[草稿]")).to_have_count(0)
    assert "只写了一半" in page.evaluate("Object.values(localStorage)")
    lin.call("POST", f"/api/conversations/{own.conversation}/close")
    lin.call("PUT", "/api/presence", {"status": "off"})


def lines_of(pages: Page | BrowserContext) -> list[WebSocketRoute]:
    """The lines that pages open from now on, in order; each can be cut."""
    lines: list[WebSocketRoute] = []

    def through(route: WebSocketRoute) -> None:
        lines.append(route)
        route.connect_to_server()

    pages.route_web_socket(re.compile("/ws"), through)
    return lines


def test_what_is_written_offline_goes_out_once_and_in_order(
    demo: Demo, browse: Open, su: Staff, own: Client
) -> None:
    page = browse(staff=su, expecting="ERR_FAILED")
    lines = lines_of(page)
    page.goto(f"{demo.platform}/desk/")
    su.call("PUT", "/api/presence", {"status": "online", "capacity": 12})
    accepted(page, own)
    page.context.set_offline(True)
    lines[-1].close(code=1012, reason="the line is cut")
    expect(page.get_by_text("网络已断开")).to_be_visible()
    box = page.get_by_role("textbox", name="输入消息")
    for text in ("第一句", "第二句"):
        box.fill(text)
        page.get_by_role("button", name="放入待发").click()
    expect(page.get_by_text("已写 2 条会在恢复后按顺序发出")).to_be_visible()
    assert axe(page) == []
    page.context.set_offline(False)
    expect(page.get_by_text("网络已断开")).to_have_count(0)
    expect(page.get_by_role("log").get_by_text(re.compile("已发送|已送达")).last).to_be_visible()
    expect(page.get_by_text("待发送")).to_have_count(0)
    assert own.heard() == [QUESTION, "第一句", "第二句"]


def test_two_tabs_send_each_message_once_and_one_goes_on_for_the_other(
    demo: Demo, browse: Open, su: Staff, own: Client
) -> None:
    """Each shows what was written in it; a tab that ends without a line leaves its messages to the other."""
    page = browse(staff=su, expecting="ERR_FAILED")
    lines = lines_of(page.context)
    page.goto(f"{demo.platform}/desk/")
    su.call("PUT", "/api/presence", {"status": "online", "capacity": 12})
    accepted(page, own)
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_role("log").get_by_text(QUESTION, exact=True)).to_be_visible()
    expect(other.get_by_text("正在连接")).to_have_count(0)  # its line is there, to be cut
    page.context.set_offline(True)
    for line in lines:
        line.close(code=1012, reason="the line is cut")
    for tab, texts in ((page, ("第一句", "第二句")), (other, ("另一页的一句",))):
        expect(tab.get_by_text("网络已断开")).to_be_visible()
        for text in texts:
            tab.get_by_role("textbox", name="输入消息").fill(text)
            tab.get_by_role("button", name="放入待发").click()
        expect(tab.get_by_text(f"已写 {len(texts)} 条会在恢复后按顺序发出")).to_be_visible()
    expect(other.get_by_text("第一句")).to_have_count(0)
    page.close()
    expect(other.get_by_text("已写 3 条会在恢复后按顺序发出")).to_be_visible()
    other.context.set_offline(False)
    for still in ("待发送", "发送中"):
        expect(other.get_by_text(still)).to_have_count(0)
    assert own.heard() == [QUESTION, "第一句", "第二句", "另一页的一句"]
    for text in own.heard():
        expect(other.get_by_role("log").get_by_text(text, exact=True)).to_have_count(1)


def test_the_first_grab_wins_and_the_other_sees_it(
    demo: Demo, browse: Open, su: Staff, staff: Sign, client: Known
) -> None:
    lin = staff("lin")
    mine, other = at_desk(browse, demo, su, "/pool"), at_desk(browse, demo, lin, "/pool")
    asking = client("C100003")
    asking.ask("可以换一只风险低一些的吗？")
    for page in (mine, other):
        # Nobody accepts: after the offers' window the request goes to the pool by itself.
        expect(page.get_by_role("button", name="抢单")).to_be_visible(timeout=60_000)
    assert axe(mine) == []
    mine.get_by_role("button", name="抢单").click()
    mine.wait_for_url(f"**/desk/conversations/{asking.conversation}")
    expect(other.get_by_text("已被接走")).to_be_visible()
    expect(other.get_by_role("button", name="抢单")).to_have_count(0)
    lin.call("PUT", "/api/presence", {"status": "off"})


def test_clients_never_met_are_greeted_or_the_reason_is_said(
    demo: Demo, browse: Open, su: Staff
) -> None:
    page = at_desk(browse, demo, su, "/clients")
    page.get_by_role("radio", name="从未见面").click()
    page.wait_for_url("**/desk/clients?view=never")
    never = su.call("GET", "/api/clients?met=never&limit=200")["items"]
    assert never, "the demo's book holds clients never met"
    expect(page.get_by_role("row")).to_have_count(len(never) + 1)
    expect(page.get_by_text("登记编码")).to_be_visible()
    assert axe(page) == []
    # Nobody has accepted a request of hers lately either, so that she stays in the list.
    first = next(one for one in never if one["state"] == "proposed")
    row = page.get_by_role("row", name=re.compile(first["client"]["name"]))
    if first["greetable"]:
        row.get_by_role("button", name="问候").click()
        expect(row.get_by_text("已问候")).to_be_visible()
        talks = su.call("GET", "/api/conversations?state=open")["items"]
        assert first["client"]["id"] in {one["client"]["id"] for one in talks}
    else:  # at night nobody is greeted: the row says until when, and the greeting may wait for it
        expect(row.get_by_text(first["greet_refusal"]["detail"])).to_be_visible()
        row.get_by_role("button", name="到时问候").click()
        row.get_by_role("button", name="撤回问候").click()
        expect(row.get_by_role("button", name="到时问候")).to_be_visible()


def test_the_panel_and_the_decision_say_what_is_known(
    demo: Demo, browse: Open, su: Staff, own: Client
) -> None:
    page = at_desk(browse, demo, su)
    accepted(page, own)
    panel = page.get_by_role("complementary", name="客户信息")
    expect(panel.get_by_text(LEVEL)).to_be_visible()
    expect(panel.get_by_role("link", name=re.compile("稳健债基 A"))).to_be_visible()
    page.get_by_role("button", name="为什么是我").first.click()
    dialog = page.get_by_role("dialog", name="为什么是您")
    expect(dialog.get_by_text("选中").first).to_be_visible()
    expect(dialog.get_by_text(re.compile("^未选：")).first).to_be_visible()
    assert axe(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_keys_and_palette(demo: Demo, browse: Open, su: Staff, client: Known) -> None:
    page = at_desk(browse, demo, su)
    first, second = map(client, numbers_of(demo, su)[:2])
    accepted(page, first)
    page.get_by_role("heading", name="会话", exact=True).click()
    accepted(page, second)
    expect(page.get_by_role("link", name=re.compile(QUESTION[:8]))).to_have_count(2)
    page.keyboard.press("j")
    page.wait_for_url(f"**/desk/conversations/{first.conversation}")
    page.keyboard.press("k")
    page.wait_for_url(f"**/desk/conversations/{second.conversation}")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="键盘快捷键")).to_be_visible()
    assert axe(page) == []
    layer = page.get_by_role("dialog")
    page.keyboard.press("Escape")
    expect(layer).to_have_count(0)  # while one is open, the page's keys do nothing
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("转接")
    expect(page.get_by_role("option", name=re.compile("转接给同事"))).to_contain_text("Alt T")
    assert axe(page) == []
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="转接给同事")).to_be_visible()
    page.keyboard.press("Escape")
    expect(layer).to_have_count(0)
    page.keyboard.type("gs")
    page.wait_for_url("**/desk/settings")
    page.get_by_role("switch", name=re.compile("^单键快捷键")).click(force=True)
    page.get_by_role("heading", name="设置").click()
    page.keyboard.type("gp")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_visible()
    assert page.url.endswith("/desk/settings")


def test_a_conversation_is_closed_and_can_be_read_again(
    demo: Demo, browse: Open, su: Staff, own: Client
) -> None:
    page = at_desk(browse, demo, su)
    accepted(page, own)
    page.keyboard.press("Alt+e")
    page.get_by_role("dialog").get_by_role("button", name="完结").click()
    page.wait_for_url("**/desk/conversations")
    asked: list[Route] = []

    def wait(one: Route) -> None:
        asked.append(one)

    page.route(re.compile(r"/api/conversations\?state=closed"), wait)
    page.get_by_role("radio", name="已完结").click()
    row = page.get_by_role("link", name=re.compile(QUESTION[:8])).first
    expect(page.get_by_role("status", name="正在载入")).to_be_visible()
    expect(row).to_have_count(0)  # what was open is not shown as closed meanwhile
    asked[0].continue_()
    row.click()
    expect(page.get_by_role("log").get_by_text(QUESTION, exact=True)).to_be_visible()
    expect(page.get_by_text("会话已完结").last).to_be_visible()
    expect(page.get_by_role("textbox", name="输入消息")).to_have_count(0)


def test_the_end_of_a_connection_ends_everything_at_once(
    demo: Demo, browse: Open, su: Staff, own: Client, staff: Sign
) -> None:
    page = at_desk(browse, demo, su)
    accepted(page, own)
    administrator = staff("admin")
    client = su.call("GET", f"/api/conversations/{own.conversation}")["client"]["id"]
    ties = administrator.call("GET", f"/api/connections?client={client}&state=active")["items"]
    mine = next(one for one in ties if one["staff"]["name"] == "苏敏")
    administrator.call("POST", f"/api/connections/{mine['id']}/dissolve", {"reason": "reassigned"})
    expect(page.get_by_text("这个会话不再由您服务")).to_be_visible()
    expect(page.get_by_text(QUESTION, exact=True)).to_have_count(0)
    expect(page.get_by_role("textbox", name="输入消息")).to_have_count(0)
    assert axe(page) == []
    own.say("还在吗？")
    expect(page.get_by_text("还在吗？")).to_have_count(0)


def test_on_a_phone_the_offer_is_a_sheet(demo: Demo, browse: Open, su: Staff, own: Client) -> None:
    page = at_desk(browse, demo, su, viewport=PHONE)
    own.ask(QUESTION, wait="mine")
    offered(page, own)
    expect(page.get_by_text(f"「{QUESTION}」")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="接单").click()
    page.wait_for_url(f"**/desk/conversations/{own.conversation}")
    expect(page.get_by_role("log").get_by_text(QUESTION, exact=True)).to_be_visible()
    expect(page.get_by_role("navigation")).to_be_hidden()
    assert axe(page) == []
    page.get_by_role("button", name="客户信息").click()
    expect(page.get_by_text(LEVEL)).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="回到会话").click()
    page.get_by_role("button", name="返回").click()
    expect(page.get_by_role("link", name=re.compile(QUESTION[:8]))).to_be_visible()
    expect(page.get_by_role("navigation")).to_be_visible()


@pytest.mark.parametrize(
    "look",
    [
        {"viewport": DESKTOP},
        {"viewport": DESKTOP, "dark": True, "language": "en"},
        {"viewport": TABLET, "language": "en"},
        {"viewport": PHONE, "dark": True},
    ],
    ids=["desktop", "dark-en", "tablet-en", "phone-dark"],
)
def test_no_page_keeps_anybody_out(
    demo: Demo, browse: Open, su: Staff, look: dict[str, object]
) -> None:
    page = at_desk(browse, demo, su, **look)
    for path in ("/", "/pool", "/clients", "/knowledge", "/settings", "/nowhere"):
        page.goto(f"{demo.platform}/desk{path}")
        expect(page.get_by_role("heading").first).to_be_visible()
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        assert axe(page) == [], path
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{path} is {wide} px wider than the window"


def test_the_shell_opens_without_a_line(demo: Demo, browse: Open, su: Staff) -> None:
    page = at_desk(browse, demo, su)
    manifest = page.evaluate(
        "async () => (await fetch(document.querySelector('link[rel=manifest]').href)).json()"
    )
    assert manifest["scope"] == "/desk/"
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.reload()
    expect(page.get_by_role("heading", name="会话", exact=True)).to_be_visible()
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_text("连接不上服务器")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="重试").click()
    expect(page.get_by_role("heading", name="会话", exact=True)).to_be_visible()

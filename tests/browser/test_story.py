"""The story between a client and an advisor, in two browsers at once: what one does, the other sees.

The firm of this file has no hours of rest, and tells soon that nobody can be asked: the hour of day never counts.
"""

import io
import re
from collections.abc import Callable, Mapping
from typing import Any

import pypdf
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from playwright.sync_api import Frame, Locator, Page, Route, expect

from tests.browser.conftest import PHONE, Demo, Open, Staff, axe
from tests.browser.test_console import at_console, choose
from tests.browser.test_desk import at_desk
from tests.browser.test_widget import acknowledge, enter, framed, say, to_start
from visavis.demo.site import Site

Sign = Callable[[str], Staff]

MET = "C100001"  # 周敏, served by 林知远
NEVER_MET = "C100002"  # 顾海, assigned to 苏敏, who never wrote
MANAGED = "C100005"  # 吴建, whose client manager may not advise
FUND_PAGE = "示例短债 90 天持有 A"
# A browser's push service stands outside; its twin keeps what it was asked and sends nothing.
NULL_PUSH = """
() => {
    let kept = null;
    PushManager.prototype.getSubscription = async () => kept;
    PushManager.prototype.subscribe = async (wanted) => {
        window.asked = {visible: wanted.userVisibleOnly, key: wanted.applicationServerKey.length};
        kept = {
            toJSON: () => ({
                endpoint: 'https://push.example.com/null-twin',
                keys: {
                    p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
                    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
                },
            }),
            unsubscribe: async () => { kept = null; return true; },
        };
        return kept;
    };
}
"""


@pytest.fixture(scope="module")
def demo_settings() -> dict[str, str]:
    """No hours of rest, and ten seconds until somebody is told that nobody can be asked."""
    return {
        "VISAVIS_QUIET_FROM": "00:00",
        "VISAVIS_QUIET_TO": "00:00",
        "VISAVIS_STRANDED_SECONDS": "10",
    }


def talk(
    demo: Demo, browse: Open, member: Staff, client: str, whom: str, words: str
) -> tuple[Frame, Page]:
    """The client asks in the widget, the advisor takes the offer at the desk: the frame and the desk's page."""
    for one in member.call("GET", "/api/conversations?state=open")["items"]:
        if one["client"]["name"] == name_of(demo, client):
            member.call("POST", f"/api/conversations/{one['id']}/close", {})
    desk = at_desk(browse, demo, member)
    frame = enter(browse(), demo, client)
    to_start(frame)
    frame.get_by_role("button", name=re.compile(f"^问{whom}")).click()
    acknowledge(frame)
    say(frame, words)
    card = desk.get_by_label("派单").filter(has_text=name_of(demo, client)).first
    card.get_by_role("button", name="接单").click()
    desk.wait_for_url("**/desk/conversations/*")
    expect(frame.get_by_text(f"{whom}已接入会话").last).to_be_visible()
    return frame, desk


def name_of(demo: Demo, client: str) -> str:
    """The client's name on the broker's site."""
    return next(one["name"] for one in demo.secrets.clients if one["client_no"] == client)


def close(member: Staff, desk: Page) -> None:
    """End the conversation that the desk shows."""
    member.call("POST", f"/api/conversations/{desk.url.rpartition('/')[2]}/close", {})


def acts(thread: Page | Frame, text: str, act: str) -> None:
    """Choose something from the menu of the message with this text."""
    menu = thread.get_by_role("button", name="消息操作")
    line = thread.locator("div").filter(has=thread.get_by_text(text)).filter(has=menu).last
    line.get_by_role("button", name="消息操作").click()
    thread.get_by_role("menuitem", name=act).click()


def test_a_client_never_met_is_greeted_in_one_tap_and_sees_it(
    demo: Demo, browse: Open, staff: Sign
) -> None:
    su = staff("su")
    page = browse(PHONE)
    frame = enter(page, demo, NEVER_MET)
    expect(frame.get_by_role("heading", name=re.compile("^苏敏"))).to_be_visible()
    desk = at_desk(browse, demo, su, "/clients?view=never")
    row = desk.get_by_role("row").filter(has_text="顾海")
    row.get_by_role("button", name="问候").click()
    expect(row.get_by_text("已问候")).to_be_visible()
    frame.get_by_text("打开这段对话").click()
    greeting = frame.get_by_role("log").get_by_text("苏敏").first
    expect(greeting).to_be_visible()
    expect(frame.get_by_text("S9990625030026").first).to_be_visible()
    assert axe(frame) == []
    # The first contact has connected them, by the firm.
    mine = su.call("GET", "/api/clients?limit=200")["items"]
    tie = next(one for one in mine if one["client"]["name"] == "顾海")
    assert (tie["state"], tie["basis"]) == ("active", "first_contact")


def test_edits_and_recalls_are_seen_by_the_other_side(
    demo: Demo, browse: Open, staff: Sign
) -> None:
    lin = staff("lin")
    frame, desk = talk(demo, browse, lin, MET, "林知远", "我想改定投金额")
    log = desk.get_by_role("log")
    say(frame, "每月五百元")
    expect(log.get_by_text("每月五百元")).to_be_visible()
    acts(frame, "每月五百元", "编辑")
    frame.get_by_role("textbox").fill("每月八百元")
    frame.get_by_role("button", name="保存修改").click()
    expect(log.get_by_text("每月八百元")).to_be_visible()
    expect(log.get_by_text("每月五百元")).to_have_count(0)
    log.get_by_role("button", name="已编辑").click()
    expect(log.get_by_text("每月五百元")).to_be_visible()

    desk.get_by_role("textbox", name="输入消息").fill("写错客户了")
    desk.keyboard.press("Enter")
    expect(frame.get_by_text("写错客户了")).to_be_visible()
    acts(desk, "写错客户了", "撤回")
    expect(frame.get_by_text(re.compile("撤回了一条消息"))).to_be_visible()
    expect(frame.get_by_text("写错客户了")).to_have_count(0)
    close(lin, desk)


def test_cards_of_page_and_knowledge_are_sent_and_forwarded(
    demo: Demo, browse: Open, staff: Sign
) -> None:
    lin = staff("lin")
    frame, desk = talk(demo, browse, lin, MET, "林知远", "请看这一页")
    frame.get_by_role("button", name=re.compile(f"{FUND_PAGE}$")).first.click()
    log = desk.get_by_role("log")
    card = log.get_by_role("link", name=re.compile(FUND_PAGE))
    expect(card).to_be_visible()
    assert (card.get_attribute("href") or "").endswith("/fund")

    # The advisor sends an answer with its source; the client opens the source and sends it on as a card.
    box = desk.get_by_role("textbox", name="输入消息")
    box.fill("/逆回购")
    expect(desk.get_by_role("listbox", name="标准答复").get_by_role("option").first).to_be_visible()
    desk.keyboard.press("Enter")
    expect(box).not_to_have_value(re.compile("^/"))
    desk.keyboard.press("Enter")
    frame.get_by_role("list", name="出处").get_by_role("button").first.click()
    source = frame.get_by_role("dialog", name="知识出处")
    expect(source.get_by_text(re.compile("第 .* 版"))).to_be_visible()
    source.get_by_role("button", name="转发给投顾").click()
    expect(log.get_by_role("button", name=re.compile("知识 · 第"))).to_be_visible()

    # And the advisor forwards the client's page to somebody else whom he serves.
    other, second = talk(demo, browse, lin, "C100100", "林知远", "我也想看看")
    desk.bring_to_front()
    acts(desk, FUND_PAGE, "转发")
    dialog = desk.get_by_role("dialog", name="转发给另一位客户")
    dialog.get_by_role("button").filter(has_text="我也想看看").click()
    expect(dialog).to_have_count(0)
    expect(other.get_by_role("link", name=re.compile(FUND_PAGE))).to_be_visible()
    for page in (desk, second):
        close(lin, page)


def test_a_pdf_is_sent_shown_and_opened(
    demo: Demo, browse: Open, staff: Sign, tmp_path: Any
) -> None:
    lin = staff("lin")
    frame, desk = talk(demo, browse, lin, MET, "林知远", "合同在附件里")
    writer = pypdf.PdfWriter()
    writer.add_blank_page(300, 400)
    out = io.BytesIO()
    writer.write(out)
    file = tmp_path / "开户合同.pdf"
    file.write_bytes(out.getvalue())
    frame.locator("input[type=file]").set_input_files([file])
    expect(frame.get_by_text("开户合同.pdf", exact=True)).to_be_visible()
    frame.get_by_role("button", name="发送", exact=True).click()
    sent = frame.get_by_role("button", name=re.compile("开户合同.pdf")).last
    expect(sent).to_be_visible()
    shown = desk.get_by_role("log").get_by_role("button", name=re.compile("开户合同.pdf"))
    expect(shown).to_be_visible()
    with desk.expect_download() as saved:
        shown.click()
    assert len(pypdf.PdfReader(saved.value.path()).pages) == 1
    assert saved.value.suggested_filename == "开户合同.pdf"
    close(lin, desk)


def vouched(demo: Demo, **claims: object) -> str:
    """A token of the demo's own site, with these claims instead of the right ones."""
    key = ECKey.import_key(demo.secrets.site_key)
    site = Site(demo.platform, "visavis-widget", key, demo.secrets.clients, [])
    good = jwt.decode(site.token(site.clients[MET], "zh-CN"), key, algorithms=["ES256"])
    signer = ECKey.generate_key("P-256") if claims.pop("forged", False) else key
    return jwt.encode(good.header, good.claims | claims, signer, algorithms=["ES256"])


@pytest.mark.parametrize(
    "wrong",
    [{"forged": True}, {"iat": 1_700_000_000, "exp": 1_700_000_100}, {"aud": "somebody-else"}],
    ids=["wrong", "expired", "foreign"],
)
def test_a_token_that_is_refused_shows_a_clear_state_and_nobody(
    demo: Demo, browse: Open, wrong: Mapping[str, object]
) -> None:
    page = browse()
    page.goto(f"{demo.site}/sign-in/{MET}")
    body = {"token": vouched(demo, **wrong)}
    page.route("**/identity", lambda route: route.fulfill(json=body))
    page.goto(f"{demo.site}/fund")
    page.locator("visavis-launcher button").click()
    frame = framed(page)
    alert = frame.get_by_role("alert")
    expect(alert.get_by_role("heading")).to_have_text("暂时打不开")
    expect(alert.get_by_text("身份")).to_be_visible()
    expect(frame.get_by_text("林知远")).to_have_count(0)
    assert axe(frame) == []
    # The page's next token is right: trying again is enough.
    page.unroute("**/identity")
    alert.get_by_role("button", name="重试").click()
    expect(frame.get_by_text("林知远").first).to_be_visible()


def test_a_token_is_good_once(demo: Demo, browse: Open) -> None:
    """What was seen on the way is worth nothing in another browser."""
    caught: list[str] = []

    def note(route: Route) -> None:
        answer = route.fetch()
        caught.append(answer.json()["token"])
        route.fulfill(response=answer)

    first = browse()
    first.route("**/identity", note)
    expect(enter(first, demo, MET).get_by_text("林知远").first).to_be_visible()
    thief = browse()
    thief.goto(f"{demo.site}/fund")
    thief.route("**/identity", lambda route: route.fulfill(json={"token": caught[0]}))
    thief.locator("visavis-launcher button").click()
    frame = framed(thief)
    expect(frame.get_by_role("alert").get_by_role("heading")).to_have_text("暂时打不开")
    expect(frame.get_by_text("林知远")).to_have_count(0)


def test_reload_back_and_the_plain_link_keep_working(demo: Demo, browse: Open) -> None:
    page = browse(PHONE)
    frame = enter(page, demo, MET)
    expect(frame.get_by_text("林知远").first).to_be_visible()
    page.goto(f"{demo.site}/help/margin")
    expect(framed(page).get_by_text("林知远").first).to_be_visible()
    page.go_back()
    expect(framed(page).get_by_text(FUND_PAGE).first).to_be_visible()
    page.reload()
    expect(framed(page).get_by_text("林知远").first).to_be_visible()

    page.goto(f"{demo.site}/app")
    expect(page.get_by_role("heading", name=re.compile("^林知远"))).to_be_visible()
    assert "token" not in page.url
    page.goto(f"{demo.platform}/verify/S9990625030018")
    page.go_back()
    expect(page.get_by_role("heading", name=re.compile("^林知远"))).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name=re.compile("^林知远"))).to_be_visible()
    stranger = browse(PHONE)
    stranger.goto(f"{demo.platform}/client")
    expect(stranger.get_by_role("heading", name="投资者教育")).to_be_visible()
    expect(stranger.get_by_role("button", name=re.compile("^问持牌投顾"))).to_have_count(0)


def stranded_card(frame: Frame) -> Locator:
    """The card of somebody for whom nobody can be asked now."""
    card = frame.get_by_text("眼下没有投顾能接")
    expect(card).to_be_visible(timeout=40_000)
    return card


def test_where_nobody_may_answer_the_card_says_so_and_a_time_is_booked(
    demo: Demo, browse: Open, staff: Sign
) -> None:
    guo = staff("guo")
    desk = at_desk(browse, demo, guo)
    page = browse(PHONE, dark=True)
    frame = enter(page, demo, MANAGED, "/help/margin")
    to_start(frame)
    frame.get_by_role("button", name=re.compile("^问郭安")).click()
    acknowledge(frame)
    frame.evaluate(
        """() => {
            window.said = [];
            const look = () => window.said.push(document.body.textContent);
            new MutationObserver(look).observe(document.body, {childList: true, subtree: true, characterData: true});
        }"""
    )
    say(frame, "维持担保比例怎么算？")
    stranded_card(frame)
    # Her own manager may not advise on margin: he was never asked, and the card never said so.
    assert not frame.evaluate("window.said.some((one) => one.includes('您的投顾已收到'))")
    assert all(one["topic"] != "margin" for one in guo.call("GET", "/api/offers")["items"])
    assert axe(frame) == []
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    frame.get_by_role("button", name=re.compile("^约一个时间")).click()
    frame.locator("button:enabled", has_text=re.compile(r"^\d\d:\d\d$")).first.click()
    frame.get_by_role("button", name=re.compile(r"^约 ")).click()
    expect(frame.get_by_text(re.compile("^已约 "))).to_be_visible()
    frame.get_by_role("button", name="取消请求").click()
    expect(frame.get_by_text(re.compile("^已约 "))).to_have_count(0)
    desk.close()


def test_at_night_she_leaves_a_message_that_stays(demo: Demo, browse: Open, staff: Sign) -> None:
    admin = staff("admin")
    branches = admin.call("GET", "/api/branches")["items"]
    before = {
        one["id"]: admin.call("GET", f"/api/branches/{one['id']}/hours")["week"] for one in branches
    }
    page = browse(PHONE, language="en")
    try:
        for one in branches:
            admin.call("PUT", f"/api/branches/{one['id']}/hours", {"week": closed_now(page)})
        frame = enter(page, demo, "C100004", lang="en")
        frame.get_by_role("button", name=re.compile("^Ask Shen Jiawen")).click()
        frame.get_by_role("button", name=re.compile("^Leave a message")).first.click()
        frame.get_by_label("Your question (optional)").fill("What does the fee cover?")
        assert axe(frame) == []
        frame.get_by_role("button", name="Write a message").click()
        acknowledge(frame)
        expect(frame.get_by_text("What does the fee cover?")).to_be_visible()
        expect(frame.get_by_text(re.compile("^Message left"))).to_be_visible()
        page.reload()
        frame = framed(page)
        expect(frame.get_by_text("What does the fee cover?")).to_be_visible()
        expect(frame.get_by_text(re.compile("^Message left"))).to_be_visible()
        frame.get_by_role("button", name="Cancel the request").click()
    finally:
        for branch, week in before.items():
            admin.call("PUT", f"/api/branches/{branch}/hours", {"week": week})


def closed_now(page: Page) -> list[dict[str, object]]:
    """A week whose only hour, each day, is half a day away from now."""
    hour = page.evaluate("(new Date().getHours() + 12) % 23")
    return [
        {"weekday": day, "opens": f"{hour:02}:00", "closes": f"{hour + 1:02}:00"}
        for day in range(7)
    ]


def test_an_advisor_lets_this_device_be_told(demo: Demo, browse: Open, staff: Sign) -> None:
    su = staff("su")
    su.call("PUT", "/api/presence", {"status": "off"})
    page = browse(PHONE, staff=su, permissions=("notifications",))
    page.add_init_script(f"({NULL_PUSH})()")
    page.goto(f"{demo.platform}/desk/settings")
    switch = page.get_by_role("switch", name="派单时通知这台设备")
    expect(switch).to_be_enabled()
    with page.expect_response("**/api/push/subscriptions") as kept:
        page.get_by_text("派单时通知这台设备").click()
    assert kept.value.status == 201
    expect(switch).to_be_checked()
    assert page.evaluate("window.asked") == {"visible": True, "key": 65}
    assert axe(page) == []
    with page.expect_response("**/api/push/subscriptions/*") as gone:
        page.get_by_text("派单时通知这台设备").click()
    assert gone.value.status == 204
    expect(switch).not_to_be_checked()


def test_a_connection_is_dissolved_at_the_console_and_the_client_sees_it(
    demo: Demo, browse: Open, staff: Sign
) -> None:
    lin, admin = staff("lin"), staff("admin")
    frame, desk = talk(demo, browse, lin, MET, "林知远", "我的定投为什么没有扣款？")
    desk.get_by_role("textbox", name="输入消息").fill("扣款日是节假日，顺延到下一个交易日。")
    desk.keyboard.press("Enter")
    expect(frame.get_by_text("顺延到下一个交易日")).to_be_visible()
    console = at_console(browse, demo, admin, "connections?state=active")
    row = console.get_by_role("row").filter(has_text="周敏")
    row.get_by_role("button", name="解除").click()
    form = console.get_by_role("dialog")
    choose(console, form, re.compile("理由"), "重新分配")
    form.get_by_role("button", name="解除").click()
    expect(form).to_have_count(0)

    # At once, without a reload: she is told, and keeps what was said; he sees it no more.
    expect(frame.get_by_text("林知远已离开会话")).to_be_visible()
    expect(frame.get_by_text("顺延到下一个交易日")).to_be_visible()
    expect(desk.get_by_text("我的定投为什么没有扣款？")).to_have_count(0)
    cancel = frame.get_by_role("button", name="取消请求")
    expect(cancel).to_be_visible()
    cancel.click()
    expect(frame.get_by_text("现在由这位投顾为您服务")).to_be_visible()
    successor = frame.get_by_role("heading", level=2).last
    expect(successor).not_to_contain_text("林知远")
    frame.get_by_role("button", name="返回").click()
    expect(frame.get_by_text("林知远不再为您服务")).to_be_visible()

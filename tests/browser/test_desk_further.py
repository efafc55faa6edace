"""The desk further: what waits for a supervisor, very long conversations, the phone's offer without a finger."""

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Demo, Open, Staff, axe
from tests.browser.desking import Sign, accepted, at_desk, offered
from tests.browser.talking import Client
from tests.policies import HELD

LONG = 240
LINE_PX = 24
# The page has come to rest: two looks a fifth of a second apart see the same place.
STEADY = """async () => {
  const box = document.querySelector('[role=log]');
  const before = box.scrollTop;
  await new Promise((done) => setTimeout(done, 200));
  return box.scrollTop === before;
}"""


@pytest.fixture(scope="module")
def demo_module() -> str:
    """A demo with a policy that holds."""
    return "tests.browser.strict"


@pytest.fixture
def desk(demo: Demo, browse: Open, su: Staff, own: Client) -> Page:
    """The desk with the own client's conversation open."""
    page = at_desk(browse, demo, su)
    accepted(page, own)
    return page


def held(page: Page, demo: Demo, client: Client, text: str) -> None:
    """The held message in the supervisor's hand."""
    page.goto(f"{demo.platform}/console/review?kind=hold")
    page.get_by_role("button", name=re.compile(client.name)).first.click()
    expect(page.get_by_text(text, exact=True)).to_be_visible()


def test_what_is_held_goes_out_when_a_supervisor_releases_it(
    demo: Demo, browse: Open, staff: Sign, desk: Page, own: Client
) -> None:
    desk.locator("#composer").fill(HELD)
    desk.get_by_role("button", name="发送", exact=True).click()
    log = desk.get_by_role("log")
    expect(log.get_by_text("待合规复核")).to_be_visible()
    assert HELD not in own.heard()

    console = browse(staff=staff("shen"))
    held(console, demo, own, HELD)
    assert axe(console) == []
    console.get_by_role("button", name=re.compile("不违规$")).click()
    expect(console.get_by_text("已放行给客户")).to_be_visible()

    expect(log.get_by_text("待合规复核")).to_have_count(0)
    expect(log.get_by_text(HELD, exact=True)).to_have_count(1)
    assert own.heard().count(HELD) == 1


def test_what_is_refused_never_reaches_the_client_and_its_author_is_told_why(
    demo: Demo, browse: Open, staff: Sign, desk: Page, own: Client
) -> None:
    said = f"{HELD}，晚上方便"
    desk.locator("#composer").fill(said)
    desk.get_by_role("button", name="发送", exact=True).click()
    expect(desk.get_by_role("log").get_by_text("待合规复核")).to_be_visible()

    console = browse(staff=staff("shen"))
    held(console, demo, own, said)
    console.get_by_label("给作者的话").fill("请在平台内沟通")
    console.get_by_role("button", name=re.compile("轻微$")).click()
    expect(console.get_by_text("不予发送，已告知作者")).to_be_visible()

    expect(desk.get_by_role("log").get_by_text("请在平台内沟通")).to_be_visible()
    assert said not in own.heard()


def test_a_very_long_conversation_is_drawn_in_part_and_keeps_ones_place(
    demo: Demo, desk: Page, su: Staff, own: Client
) -> None:
    path = f"/api/conversations/{own.conversation}/entries"
    for number in range(LONG):
        body = {
            "client_key": str(uuid.uuid4()),
            "stream": "shared",
            "body": {"text": f"第 {number} 句。"},
        }
        su.call("POST", path, body)
    log = desk.get_by_role("log")
    expect(log.get_by_text(f"第 {LONG - 1} 句。", exact=True)).to_be_visible()
    log.focus()
    first = log.get_by_text("第 0 句。", exact=True)
    while not first.count():
        desk.keyboard.press("PageUp")
        desk.wait_for_timeout(30)
    expect(first).to_be_attached()
    assert log.locator("> div > div").count() < LONG - 40
    # What comes meanwhile moves nothing, and is one step away.
    desk.wait_for_function(STEADY)
    before = log.evaluate("(box) => box.scrollTop")
    own.say("还在吗？")
    news = desk.get_by_role("button", name=re.compile("1 条新消息"))
    expect(news).to_be_visible()
    assert abs(log.evaluate("(box) => box.scrollTop") - before) < LINE_PX
    news.click()
    expect(log.get_by_text("还在吗？", exact=True)).to_be_visible()


def test_a_conversation_is_set_aside_and_taken_back(desk: Page, own: Client) -> None:
    row = (
        desk.get_by_role("navigation").locator("..").get_by_role("link", name=re.compile(own.name))
    )
    expect(row.first).to_be_visible()
    desk.keyboard.press("Alt+m")
    dialog = desk.get_by_role("dialog", name="什么时候再处理")
    expect(dialog).to_be_visible()
    assert axe(desk) == []
    dialog.get_by_role("button", name=re.compile("^半小时后")).click()
    expect(desk.get_by_text(re.compile(f"与{own.name}的会话放到"))).to_be_visible()
    expect(row).to_have_count(0)
    desk.get_by_role("button", name="撤销").click()
    expect(row.first).to_be_visible()
    # What the client says brings it back before its time.
    row.first.click()
    desk.get_by_role("button", name="稍后", exact=True).click()
    dialog.get_by_role("button", name=re.compile("^两小时后")).click()
    expect(row).to_have_count(0)
    desk.get_by_role("radio", name=re.compile("^稍后 1")).click()
    expect(row.first).to_be_visible()
    desk.get_by_role("radio", name=re.compile("^我的")).click()
    own.say("我又想起一件事。")
    expect(row.first).to_be_visible(timeout=60_000)


def test_a_message_for_later_waits_above_the_thread_until_it_is_taken_back(
    desk: Page, own: Client
) -> None:
    words = "明早我把持仓说明发给您。"
    desk.locator("#composer").fill(words)
    desk.get_by_role("button", name="定时发送").click()
    dialog = desk.get_by_role("dialog", name="定时发送")
    expect(dialog.get_by_role("textbox", name="内容")).to_have_value(words)
    moment, go = dialog.get_by_label("自己定时间"), dialog.get_by_role("button", name="定时发送")
    wrong = dialog.get_by_text("请按 2026-11-30 08:30 的格式填写一个存在的时间。")
    moment.fill("2026-12-1 8:30")
    expect(wrong).to_have_count(0)
    moment.press("Tab")
    expect(wrong).to_be_visible()
    expect(go).to_be_disabled()
    assert axe(desk) == []
    moment.fill("2099-12-01 08:30")
    expect(wrong).to_have_count(0)
    moment.press("Enter")
    expect(dialog.get_by_text("请选择未来 92 天内的时间。")).to_be_visible()
    dialog.get_by_role("button", name=re.compile("^半小时后")).click()
    bar = desk.get_by_role("status").filter(has_text=f"发送：{words}")
    expect(bar).to_be_visible()
    expect(desk.locator("#composer")).to_have_value("")
    bar.get_by_role("button", name="修改").click()
    change = desk.get_by_role("dialog", name="修改定时消息")
    change.get_by_role("textbox", name="内容").fill("改过的说明。")
    change.get_by_role("button", name="保存").click()
    changed = desk.get_by_role("status").filter(has_text="发送：改过的说明。")
    expect(changed).to_be_visible()
    assert axe(desk) == []
    changed.get_by_role("button", name="取消发送").click()
    expect(changed).to_have_count(0)
    assert words not in own.heard()


def test_the_clients_panel_has_its_parts_under_tabs(desk: Page) -> None:
    panel = desk.get_by_role("complementary", name="客户信息")
    desk.get_by_role("button", name="内部备注").first.click()
    desk.get_by_role("textbox", name="写内部备注").fill("客户希望稳妥。")
    desk.keyboard.press("Enter")
    panel.get_by_role("tab", name="备注 1").click()
    expect(panel.get_by_text("客户希望稳妥。")).to_be_visible()
    panel.get_by_role("tab", name="记录").click()
    expect(panel.get_by_text("连接历史")).to_be_visible()
    assert axe(desk) == []


def test_the_phones_offer_keeps_the_keys_and_escape_puts_it_aside(
    demo: Demo, browse: Open, su: Staff, own: Client
) -> None:
    page = at_desk(browse, demo, su, viewport=PHONE)
    own.ask("想问基金赎回。", wait="mine")
    card = offered(page, own)
    assert axe(page) == []
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("() => Boolean(document.activeElement?.closest('[role=dialog]'))")
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    page.get_by_role("button", name=re.compile("接单|派单|邀")).first.click()
    expect(offered(page, own)).to_be_visible()

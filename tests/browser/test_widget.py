"""The client's side in a real browser: on the broker's own site, at full screen, on a phone, offline and back."""

import contextlib
import re
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from playwright.sync_api import Frame, Page, expect

from tests.browser.conftest import PATIENCE_MS, PHONE, Demo, Open, Staff, axe
from tests.browser.talking import Client, numbers_of

LOOK_MS = 100
OWN = "C100001"  # served by 林知远, has spoken with him
NEVER_MET = "C100002"  # assigned to 苏敏, who never wrote
UNASSIGNED = "C100003"
QUESTION = "请问这只短债持有期内能赎回吗？"
ANSWER = "持有期内一般不能赎回，到期后每个工作日可以赎回。"


def enter(page: Page, demo: Demo, client: str | None, path: str = "/fund", lang: str = "") -> Frame:
    """Open the widget on a page of the broker's site as this client, or as a visitor."""
    if client:
        page.goto(f"{demo.site}/sign-in/{client}")
    page.goto(f"{demo.site}{path}{'?lang=' + lang if lang else ''}")
    page.locator("visavis-launcher button").click()
    return framed(page)


def framed(page: Page) -> Frame:
    """The widget's frame, drawn."""
    handle = page.locator("visavis-launcher iframe").element_handle()
    frame = handle.content_frame()
    assert frame is not None
    expect(frame.locator("main")).to_be_visible()
    return frame


def acknowledge(frame: Frame) -> None:
    """Agree to the recording notice where it is shown."""
    agree = frame.get_by_role("button", name=re.compile("我已知悉|I understand"))
    composer = frame.get_by_role("textbox")
    expect(agree.or_(composer).first).to_be_visible()
    if agree.count():
        agree.click()


def say(frame: Frame, text: str) -> None:
    """Write a message and send it."""
    frame.get_by_role("textbox").fill(text)
    frame.get_by_role("button", name=re.compile("^(发送|Send)$")).click()


def to_start(frame: Frame) -> None:
    """Back to the first screen, with nothing waiting."""
    cancel = frame.get_by_role("button", name="取消请求")
    if cancel.count():
        cancel.click()
        expect(cancel).to_have_count(0)
    back = frame.get_by_role("button", name="返回")
    if back.count():
        back.click()


def resume(frame: Frame, text: str) -> None:
    """After a reload: the conversation with this text is there again, at most one step away."""
    again = frame.get_by_text("打开这段对话")
    said = frame.get_by_text(text)
    expect(said.or_(again).first).to_be_visible()
    if again.count():
        again.click()
    expect(said).to_have_count(1)


@pytest.fixture
def on_duty(demo: Demo, staff: Callable[[str], Staff], browse: Open) -> Callable[[str], Staff]:
    """Brings an advisor to the desk, online and with room for more: `on_duty("lin")`."""

    def come(login: str) -> Staff:
        member = staff(login)
        page = browse(staff=member)
        page.goto(f"{demo.platform}/desk/")
        page.locator("main").click()
        expect(page.get_by_text(re.compile("0/|在线|接单")).first).to_be_visible()
        member.call("PUT", "/api/presence", {"status": "online", "capacity": 10})
        return member

    return come


def accept(member: Staff, page: Page, number: str) -> str:
    """Accept the advisor's offer of this client, which has to arrive in time; the conversation's id."""
    client = next(one["name"] for one in member.demo.secrets.clients if one["client_no"] == number)
    for _ in range(PATIENCE_MS // LOOK_MS):
        for offer in member.call("GET", "/api/offers")["items"]:
            if (offer["client"] or {}).get("name") == client:
                claimed = member.call("POST", f"/api/offers/{offer['id']}/accept")
                return str(claimed["conversation"])
        page.wait_for_timeout(LOOK_MS)
    raise AssertionError(f"no offer of {client} arrived")


def answer(member: Staff, conversation: str, text: str) -> None:
    """Say something as the advisor."""
    body = {"client_key": str(uuid.uuid4()), "stream": "shared", "body": {"text": text}}
    member.call("POST", f"/api/conversations/{conversation}/entries", body)


def test_a_visitor_gets_education_only(demo: Demo, browse: Open) -> None:
    frame = enter(browse(), demo, None)
    expect(frame.get_by_role("heading", name="投资者教育")).to_be_visible()
    expect(frame.get_by_role("button", name=re.compile("^问智能助手"))).to_be_visible()
    expect(frame.get_by_role("button", name=re.compile("持牌投顾"))).to_have_count(0)
    assert axe(frame) == []


def test_the_client_sees_whom_she_is_across_from(demo: Demo, browse: Open) -> None:
    frame = enter(browse(), demo, OWN)
    to_start(frame)
    expect(frame.get_by_role("heading", name=re.compile("^林知远"))).to_be_visible()
    expect(frame.get_by_text("S9990625030018")).to_be_visible()
    verify = frame.get_by_role("link", name=re.compile("核验"))
    assert "/verify/S9990625030018" in (verify.get_attribute("href") or "")
    expect(frame.get_by_text("已核验", exact=True)).to_be_visible()
    expect(frame.get_by_text("演示环境")).to_be_visible()
    assert axe(frame) == []


def test_how_soon_he_usually_answers_is_told(demo: Demo, browse: Open) -> None:
    """The median of the firm's invented past; it is counted soon after what was said, and a visit may come before."""
    for _ in range(12):
        frame = enter(browse(), demo, OWN)
        to_start(frame)
        usual = frame.get_by_text(re.compile(r"通常 \d+ 分钟内回复"))
        with contextlib.suppress(AssertionError):
            expect(usual).to_be_visible(timeout=5_000)
            return
    expect(usual).to_be_visible()


def test_nothing_is_said_before_the_notice_is_acknowledged(demo: Demo, browse: Open) -> None:
    frame = enter(browse(), demo, UNASSIGNED)
    frame.get_by_role("button", name=re.compile("^问持牌投顾")).click()
    notice = frame.get_by_role("dialog", name="对话会被记录")
    expect(notice).to_be_visible()
    assert axe(frame) == []
    notice.get_by_role("button", name="暂不").click()
    expect(notice).to_have_count(0)
    expect(frame.get_by_role("textbox")).to_have_count(0)
    frame.get_by_role("button", name=re.compile("^问持牌投顾")).click()
    frame.get_by_role("button", name="我已知悉，继续").click()
    expect(frame.get_by_role("textbox")).to_be_visible()


def test_the_page_goes_along_unless_she_takes_it_away(demo: Demo, browse: Open) -> None:
    page = browse()
    frame = enter(page, demo, OWN)
    to_start(frame)
    expect(frame.get_by_text("示例短债 90 天持有 A", exact=True)).to_be_visible()
    frame.get_by_role("button", name=re.compile("不带上这个页面")).click()
    expect(frame.get_by_text("示例短债 90 天持有 A", exact=True)).to_have_count(0)
    # A route of a single-page application: the page says that it is about something else now.
    page.evaluate(
        """() => {
            history.pushState(null, "", "/fund?code=990129&secret=1");
            document.querySelector("[data-visavis-title]").textContent = "示例货币 B";
            window.visavis.update();
        }"""
    )
    expect(frame.get_by_text("示例货币 B", exact=True)).to_be_visible()
    expect(frame.get_by_text("secret")).to_have_count(0)


def test_from_the_question_to_the_rating(
    demo: Demo, browse: Open, on_duty: Callable[[str], Staff], client: Callable[[str], Client]
) -> None:
    lin = on_duty("lin")
    page = browse()
    # However long ago the firm's past is: three have waited within the hour.
    for number in numbers_of(demo, lin)[:3]:
        client(number).ask(QUESTION, wait="mine")
        answer(lin, accept(lin, page, number), ANSWER)
    frame = enter(page, demo, OWN)
    to_start(frame)
    frame.get_by_role("button", name=re.compile("^问林知远")).click()
    acknowledge(frame)
    say(frame, QUESTION)
    expect(frame.get_by_text(re.compile("^正在联系")).first).to_be_visible()
    expect(frame.get_by_text(re.compile(r"按近一小时 \d+ 次同类接通估算"))).to_be_visible()
    assert axe(frame) == []

    conversation = accept(lin, page, OWN)
    expect(frame.get_by_text("林知远已接入会话")).to_be_visible()
    answer(lin, conversation, ANSWER)
    expect(frame.get_by_text(ANSWER)).to_be_visible()
    say(frame, "好的，谢谢。")
    lin.call("POST", f"/api/conversations/{conversation}/read", {"no": 1000})
    expect(frame.get_by_text("已读").last).to_be_visible()
    assert axe(frame) == []

    page.reload()
    frame = framed(page)
    resume(frame, ANSWER)
    expect(frame.get_by_text(ANSWER)).to_have_count(1)
    expect(frame.get_by_text("已读").last).to_be_visible()

    lin.call("POST", f"/api/conversations/{conversation}/close", {})
    frame.get_by_role("button", name="5 分").click()
    frame.get_by_role("button", name="提交评价").click()
    expect(frame.get_by_text("谢谢，评价已记录")).to_be_visible()

    page.reload()
    frame = framed(page)
    expect(frame.get_by_role("heading", name="以往对话")).to_be_visible()
    frame.get_by_role("button", name=re.compile("^好的，谢谢。")).first.click()
    expect(frame.get_by_text(ANSWER)).to_be_visible()


def test_an_interrupted_client_loses_nothing(
    demo: Demo, browse: Open, on_duty: Callable[[str], Staff]
) -> None:
    su = on_duty("su")
    page = browse()
    frame = enter(page, demo, NEVER_MET)
    to_start(frame)
    frame.get_by_role("button", name=re.compile("^问苏敏")).click()
    acknowledge(frame)
    say(frame, "第一句")
    conversation = accept(su, page, NEVER_MET)
    expect(frame.get_by_text("苏敏已接入会话")).to_be_visible()

    page.context.set_offline(True)
    su_says = "您在吗？"
    answer(su, conversation, su_says)
    say(frame, "断线时写的第二句")
    say(frame, "断线时写的第三句")
    expect(frame.get_by_text("待发送").or_(frame.get_by_text("发送中")).first).to_be_visible()
    page.context.set_offline(False)
    expect(frame.get_by_text(su_says)).to_be_visible()
    expect(frame.get_by_text("待发送")).to_have_count(0)

    def kept() -> list[str]:
        path = f"/api/conversations/{conversation}/entries?stream=shared&after=0&limit=200"
        found = su.call("GET", path)
        entries = found.get("items") or found.get("entries")
        return [one["body"]["text"] for one in entries if one["kind"] == "message"]

    while "断线时写的第三句" not in kept():
        page.wait_for_timeout(100)
    assert kept() == ["第一句", su_says, "断线时写的第二句", "断线时写的第三句"]
    page.reload()
    frame = framed(page)
    resume(frame, "断线时写的第三句")
    for text in kept():
        expect(frame.get_by_text(text, exact=True)).to_have_count(1)
    su.call("POST", f"/api/conversations/{conversation}/close", {})


def test_an_input_method_keeps_its_enter(demo: Demo, browse: Open) -> None:
    frame = enter(browse(), demo, UNASSIGNED)
    frame.get_by_role("button", name=re.compile("^先问智能助手")).click()
    acknowledge(frame)
    box = frame.get_by_role("textbox")
    box.fill("zhongguo")
    box.evaluate(
        "(area) => area.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true}))"
    )
    expect(box).to_have_value("zhongguo")
    box.press("Enter")
    expect(box).to_have_value("")


def test_the_plain_link_opens_the_same_at_full_screen(demo: Demo, browse: Open) -> None:
    page = browse(PHONE)
    page.goto(f"{demo.site}/sign-in/{OWN}")
    page.goto(f"{demo.site}/app")
    expect(page.locator("main")).to_be_visible()
    assert page.url.startswith(f"{demo.platform}/client")
    assert "token" not in page.url
    page.reload()
    expect(page.get_by_text("林知远").first).to_be_visible()
    assert axe(page) == []


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("dark", [False, True])
def test_every_look_is_accessible_on_a_phone(
    demo: Demo, browse: Open, language: str, *, dark: bool
) -> None:
    page = browse(PHONE, dark=dark, language=language)
    frame = enter(page, demo, "C100004", lang=language)
    expect(frame.locator("html")).to_have_attribute("lang", language)
    assert axe(frame) == []
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_page_that_is_not_listed_cannot_embed_the_widget(demo: Demo, browse: Open) -> None:
    page = browse(expecting="frame-ancestors")
    # The same server under another name is another origin, and this one is on no list.
    stranger = demo.site.replace("127.0.0.1", "localhost")
    page.goto(f"{stranger}/fund")
    page.locator("visavis-launcher button").click()
    expect(page.get_by_text("在线投顾不能在此页面打开")).to_be_visible()
    frame = page.locator("visavis-launcher iframe").element_handle().content_frame()
    assert frame is None or not frame.locator("main").count()


def test_a_session_that_ends_is_renewed_by_the_page(
    demo: Demo, browse: Open, client: Callable[[str], Client]
) -> None:
    known = client("C100106")
    version = known.call("GET", "/api/client/home")["notice"]["version"]
    known.call("POST", "/api/client/notice", {"version": version})
    page = browse()
    frame = enter(page, demo, "C100106")
    to_start(frame)
    ended = {"error": "not_signed_in", "detail": "请重新登录", "id": "0"}
    page.route(
        "**/api/client/conversations",
        lambda route: route.fulfill(status=401, json=ended),
        times=1,
    )
    with page.expect_response("**/identity") as vouched:
        frame.get_by_role("button", name=re.compile("^先问智能助手")).click()
    assert vouched.value.ok
    frame.get_by_role("button", name=re.compile("^先问智能助手")).click()
    acknowledge(frame)
    expect(frame.get_by_role("textbox")).to_be_visible()


def test_signing_out_forgets_the_conversation(demo: Demo, browse: Open) -> None:
    page = browse()
    enter(page, demo, OWN)
    page.evaluate("window.visavis.shutdown()")
    expect(page.locator("visavis-launcher")).to_have_count(0)
    page.goto(f"{demo.site}/sign-out")
    frame = enter(page, demo, None)
    expect(frame.get_by_role("heading", name="投资者教育")).to_be_visible()


def begin(
    demo: Demo, page: Page, member: Staff, client: str, whom: str, words: str
) -> tuple[Frame, str]:
    """The client asks in words, the advisor accepts: the frame and the conversation's id."""
    frame = enter(page, demo, client)
    to_start(frame)
    frame.get_by_role("button", name=re.compile(f"^问{whom}")).click()
    acknowledge(frame)
    say(frame, words)
    conversation = accept(member, page, client)
    expect(frame.get_by_text(f"{whom}已接入会话").last).to_be_visible()
    return frame, conversation


def test_the_assistant_answers_with_its_sources_and_hands_over(demo: Demo, browse: Open) -> None:
    frame = enter(browse(), demo, "C100100")
    to_start(frame)
    frame.get_by_role("button", name=re.compile("^先问智能助手")).click()
    acknowledge(frame)
    say(frame, "国债逆回购到期后资金什么时候可用？")
    sources = frame.get_by_role("list", name="出处")
    expect(sources).to_be_visible()
    expect(frame.get_by_text("机器生成")).to_be_visible()
    sources.get_by_role("button").first.click()
    entry = frame.get_by_role("dialog", name="知识出处")
    expect(entry.get_by_text(re.compile("第 .* 版"))).to_be_visible()
    expect(entry.get_by_text("逆回购").first).to_be_visible()
    assert axe(frame) == []
    entry.get_by_role("button", name="关闭").click()

    say(frame, "帮我看看贵州茅台能不能买")
    expect(frame.get_by_text(re.compile("不能评价或推荐具体的股票"))).to_be_visible()
    frame.get_by_role("button", name="转人工").click()
    expect(frame.get_by_text(re.compile("^正在联系")).first).to_be_visible()
    assert axe(frame) == []
    to_start(frame)


def test_own_words_can_be_mended_and_withdrawn(
    demo: Demo, browse: Open, on_duty: Callable[[str], Staff]
) -> None:
    member = on_duty("carter")
    page = browse(language="en")
    frame = enter(page, demo, "C100004", lang="en")
    frame.get_by_role("button", name=re.compile("^Ask Shen Jiawen")).click()
    acknowledge(frame)
    say(frame, "Can I redeem it early")
    conversation = accept(member, page, "C100004")
    expect(
        frame.get_by_text("Shen Jiawen has joined").or_(frame.get_by_text("has joined")).last
    ).to_be_visible()

    frame.get_by_role("button", name="Message actions").last.click()
    frame.get_by_role("menuitem", name="Edit").click()
    frame.get_by_role("textbox").fill("Can I redeem it before the 90 days?")
    frame.get_by_role("button", name="Save changes").click()
    expect(frame.get_by_text("Can I redeem it before the 90 days?")).to_be_visible()
    frame.get_by_role("button", name="Edited").click()
    expect(frame.get_by_text("Can I redeem it early", exact=True)).to_be_visible()

    say(frame, "Oops, wrong window")
    expect(frame.get_by_text("Oops, wrong window")).to_be_visible()
    frame.get_by_role("button", name="Message actions").last.click()
    frame.get_by_role("menuitem", name="Recall").click()
    expect(frame.get_by_text("You recalled a message")).to_be_visible()
    expect(frame.get_by_text("Oops, wrong window")).to_have_count(0)
    member.call("POST", f"/api/conversations/{conversation}/close", {})


def test_a_picture_goes_out_and_comes_back_harmless(
    demo: Demo, browse: Open, on_duty: Callable[[str], Staff], tmp_path: Path
) -> None:
    su = on_duty("su")
    page = browse()
    frame, conversation = begin(demo, page, su, NEVER_MET, "苏敏", "请看截图")
    good, bad = tmp_path / "账户截图.png", tmp_path / "伪装.png"
    Image.new("RGB", (640, 400), "white").save(good)
    bad.write_text("<script>alert(1)</script>")
    frame.locator("input[type=file]").set_input_files([bad])
    expect(frame.get_by_text(re.compile("无法发送该文件"))).to_be_visible()
    frame.get_by_role("button", name="移除 伪装.png").click()
    frame.locator("input[type=file]").set_input_files([good])
    expect(frame.get_by_text("账户截图.png", exact=True)).to_be_visible()
    frame.get_by_role("button", name="发送", exact=True).click()
    picture = frame.get_by_role("img", name=re.compile("账户截图"))
    expect(picture).to_be_visible()
    assert picture.evaluate("(one) => one.naturalWidth") == 640
    su.call("POST", f"/api/conversations/{conversation}/close", {})


def test_when_the_advisor_leaves_the_client_keeps_the_thread_and_gets_a_successor(
    demo: Demo, browse: Open, on_duty: Callable[[str], Staff], staff: Callable[[str], Staff]
) -> None:
    guo = on_duty("guo")
    page = browse(PHONE)
    frame, conversation = begin(demo, page, guo, "C100005", "郭安", "我的开户资料还缺什么？")
    answer(guo, conversation, "还差一份风险测评。")
    expect(frame.get_by_text("还差一份风险测评。")).to_be_visible()
    admin = staff("admin")
    ties = admin.call(
        "GET", f"/api/connections?state=active&staff={guo.call('GET', '/api/me')['id']}"
    )
    wanted = next(one for one in ties["items"] if one["client"]["name"] == "吴建")
    admin.call("POST", f"/api/connections/{wanted['id']}/dissolve", {"reason": "reassigned"})
    expect(frame.get_by_text("郭安已离开会话")).to_be_visible()
    expect(frame.get_by_text("还差一份风险测评。")).to_be_visible()
    expect(frame.get_by_text("郭安若在别处联系您，已不代表本公司。")).to_be_visible()
    # Her open request looks for somebody else by itself; once she stops it, the successor is introduced.
    going_on = frame.get_by_text("现在由这位投顾为您服务")
    cancel = frame.get_by_role("button", name="取消请求")
    expect(cancel).to_be_visible()
    cancel.click()
    expect(going_on).to_be_visible()
    expect(frame.get_by_role("textbox")).to_have_count(0)
    expect(frame.get_by_role("button", name="另选一位")).to_be_visible()
    assert axe(frame) == []
    refused = guo.http.post(
        f"/api/conversations/{conversation}/entries",
        json={"client_key": str(uuid.uuid4()), "stream": "shared", "body": {"text": "最后一句"}},
    )
    assert refused.status_code in (403, 404)


def test_at_night_she_books_a_time_or_leaves_a_message(
    demo: Demo, browse: Open, staff: Callable[[str], Staff]
) -> None:
    admin = staff("admin")
    hour = datetime.now(ZoneInfo("Asia/Shanghai")).hour
    opens, closes = ("15:00", "17:00") if 8 <= hour <= 11 else ("09:00", "11:00")
    short = [{"weekday": day, "opens": opens, "closes": closes} for day in range(7)]
    branches = admin.call("GET", "/api/branches")["items"]
    before = {
        one["id"]: admin.call("GET", f"/api/branches/{one['id']}/hours")["week"] for one in branches
    }
    try:
        for one in branches:
            admin.call("PUT", f"/api/branches/{one['id']}/hours", {"week": short})
        frame = enter(browse(PHONE), demo, "C100103")
        to_start(frame)
        frame.get_by_role("button", name=re.compile("^问")).first.click()
        expect(frame.get_by_text("约一个时间").first).to_be_visible()
        frame.get_by_role("button", name=opens).click()
        frame.get_by_label("想问什么（可不填）").fill("想了解定投")
        assert axe(frame) == []
        frame.get_by_role("button", name=re.compile(f"^约.*{opens}")).click()
        acknowledge(frame)
        expect(frame.get_by_text(re.compile(f"已约 .*{opens}"))).to_be_visible()
        expect(frame.get_by_text("想了解定投")).to_be_visible()
        frame.get_by_role("button", name="取消请求").click()
        expect(frame.get_by_text(re.compile("已约"))).to_have_count(0)
    finally:
        for branch, week in before.items():
            admin.call("PUT", f"/api/branches/{branch}/hours", {"week": week})

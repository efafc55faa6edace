"""What the pictures show: the list of screens, who looks at each, and what he does before the picture is taken."""

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Frame, Page
from scene import CLIENT

DESKTOP, PHONE = (1440, 900), (390, 844)
# A product above 周敏's level, on the broker's site.
RISKY = "/products/990305"
BOOK = """client_no,client_name,employee_no,assigned_on,language
C100201,欧阳明,E30018,2026-11-02,zh-CN
C100202,,E30018,2026-11-02,zh-CN
C100203,唐宁,E99999,2026-11-31,zh-CN
"""


@dataclass(frozen=True)
class Shot:
    """One picture: who looks at what, in which size, language and theme; `act` prepares the page."""

    name: str
    who: str
    path: str
    act: Callable[[Page], None] | None = None
    size: tuple[int, int] = DESKTOP
    language: str = "zh-CN"
    dark: bool = False
    # Whether a client asks just now, so that an offer stands while the picture is taken.
    asked: bool = False
    # Whether he takes on clients meanwhile: offers would stand before what is shown.
    online: bool = True
    # Whether advisors are free and clients wait meanwhile.
    crowd: bool = False


def looks(shot: Shot) -> tuple[Shot, ...]:
    """The same screen as it is, on a phone, in the dark and in the other language."""
    other = "en" if shot.language == "zh-CN" else "zh-CN"
    return (
        shot,
        replace(shot, name=f"{shot.name}@phone", size=PHONE),
        replace(shot, name=f"{shot.name}@dark", dark=not shot.dark),
        replace(shot, name=f"{shot.name}@{other}", language=other),
        replace(shot, name=f"{shot.name}@phone-{other}", language=other, size=PHONE, dark=True),
    )


def pooled(page: Page) -> None:
    """Wait until an offer that nobody took has gone into the pool."""
    page.get_by_role("button", name=re.compile("^(抢单|Take)")).first.wait_for(timeout=90_000)


def put_aside(page: Page) -> None:
    """Put an offer that stands before everything on a phone aside."""
    if page.get_by_role("dialog").count():
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="detached")


def open_first(page: Page) -> None:
    """Open the conversation with 周敏; an offer on a phone is put aside first."""
    put_aside(page)
    page.locator("main li a").filter(has_text=re.compile("周敏|Zhou Min")).first.click(timeout=6000)
    page.get_by_role("log").wait_for()


def with_client(page: Page) -> None:
    """Her conversation, and what is known of her: a pane on a desk, a page on a phone."""
    open_first(page)
    page.goto(f"{page.url.split('?')[0]}/client")


def blocked(page: Page) -> None:
    """A sentence that may not be sent."""
    open_first(page)
    page.locator("#composer").fill("这款产品保本保收益，三个月到期直接到账，您放心买。")
    page.get_by_role("alert").first.wait_for()


def planned(page: Page) -> None:
    """A message that is to go at a moment of its own, before the moment is chosen."""
    open_first(page)
    english = page.evaluate("document.documentElement.lang") == "en"
    words = "I will send you the holdings before the market opens." if english else ""
    page.locator("#composer").fill(words or "明早开盘前，我把这款基金的持仓说明发给您。")
    page.get_by_role("button", name=re.compile("^(定时发送|Send later)")).click()
    page.get_by_role("dialog").wait_for()


def keys(combination: str) -> Callable[[Page], None]:
    """Press these keys in the first conversation."""

    def act(page: Page) -> None:
        open_first(page)
        page.get_by_role("log").focus()
        page.keyboard.press(combination)
        page.get_by_role("dialog").wait_for()

    return act


def cut_off(page: Page) -> None:
    """The line breaks, and something is written all the same."""
    open_first(page)
    page.route_web_socket(re.compile("/ws"), lambda line: line.close(code=1012))
    page.reload()
    page.get_by_role("log").wait_for()
    page.locator("#composer").fill("收到，我核对后给您回复。")
    page.get_by_role("button", name=re.compile("^(放入待发|Queue)")).click()


def open_palette(page: Page) -> None:
    """Open what can be done here, by its key."""
    page.keyboard.press("Control+k")
    page.get_by_role("dialog").wait_for()


def widget(page: Page) -> Frame:
    """Open the widget on the broker's page; its frame, drawn."""
    page.wait_for_function("() => Boolean(window.visavis)")
    page.evaluate("() => window.visavis.open()")
    handle = page.locator("visavis-launcher iframe").element_handle()
    frame = handle.content_frame() if handle else None
    assert frame
    frame.locator("main").wait_for()
    page.wait_for_timeout(1500)
    return frame


def open_widget(page: Page) -> None:
    """Just that."""
    widget(page)


def press(frame: Frame, words: str) -> None:
    """Press the button that begins with these words, in either language."""
    frame.get_by_role("button", name=re.compile(f"^({words})")).first.click(timeout=6000)


def start(page: Page) -> Frame:
    """The widget's first page."""
    frame = widget(page)
    back = frame.get_by_role("button", name=re.compile("^(返回|Back)"))
    home = frame.get_by_role("button", name=re.compile("^(产品、测评|Products, risk)"))
    if not home.count() and back.count():
        back.first.click()
    page.wait_for_timeout(600)
    return frame


def at_home(page: Page) -> None:
    """Just that."""
    start(page)


def waits(page: Page) -> None:
    """Where a request that waits is shown."""
    frame = start(page)
    waiting = frame.get_by_role("button", name=re.compile("正在为您联系|An advisor is|Finding"))
    if waiting.count():
        waiting.first.click()


def shelf(page: Page) -> None:
    """Level and products."""
    press(start(page), "产品、测评|Products, risk")


def wishes(page: Page) -> None:
    """How she wants to be contacted, and what is kept of her."""
    frame = start(page)
    press(frame, "产品、测评|Products, risk")
    press(frame, "我的数据|My data")


def locked(page: Page) -> None:
    """A product above her level."""
    frame = start(page)
    press(frame, "看看这款|See whether")
    frame.locator("h1").wait_for()


def warned(page: Page) -> None:
    """She has asked for it herself, and reads the warning."""
    locked(page)
    frame = page.frames[-1]
    page.wait_for_timeout(800)
    amount = frame.get_by_label(re.compile("打算投入的金额|Amount you think of"))
    if amount.count():
        amount.fill("30000")
        press(frame, "我自己要求|I ask")
    press(frame, "继续阅读|Go on reading")


def question(page: Page) -> None:
    """The first question of the questionnaire."""
    frame = start(page)
    press(frame, "产品、测评|Products, risk")
    press(frame, "开始风险测评|重新测评|Start the|Answer")
    frame.locator("fieldset label").nth(1).click()


def result(page: Page) -> None:
    """Every question answered: the level."""
    question(page)
    frame = page.frames[-1]
    for number in range(10):
        frame.locator("fieldset label").nth(1).click()
        press(frame, "提交测评|Send my" if number == 9 else "下一题|Next")
        page.wait_for_timeout(200)
    frame.get_by_text(re.compile("^C[1-5]$")).wait_for()


def complaint(page: Page) -> None:
    """Where the client complains."""
    press(start(page), "投诉|Complain")


def purpose(page: Page) -> None:
    """State a purpose, and open the conversation with 周敏."""
    stated(page)
    page.locator("main li button").filter(has_text=re.compile("周敏|Zhou")).first.click()


def stated(page: Page) -> None:
    """State a purpose."""
    page.locator("main input").first.fill("投诉 2026-118 的核查")
    page.keyboard.press("Enter")
    page.wait_for_timeout(1500)


def proven(page: Page) -> None:
    """State a purpose, and open a record."""
    stated(page)
    first_row(page)


def filed(page: Page) -> None:
    """Open the file of 周敏."""
    page.locator("main input").first.fill(CLIENT)
    page.keyboard.press("Enter")
    page.wait_for_timeout(1500)


def in_hand(page: Page) -> None:
    """Take the first item of the queue."""
    page.locator("main li button, main [role=option]").first.wait_for(timeout=5000)
    page.keyboard.press("j")
    page.locator("mark").first.wait_for(timeout=5000)


def first_item(page: Page) -> None:
    """Open the first of the list."""
    page.locator("main li button").first.click(timeout=5000)


def first_row(page: Page) -> None:
    """Open the first row of the table."""
    page.locator("tbody tr").first.click(timeout=5000)


def offered(page: Page) -> None:
    """Open the newest decision that chose somebody."""
    row = page.locator("tbody tr").filter(has_text=re.compile("派单|自有|Offer|Own"))
    row.first.click(timeout=5000)


def expired(page: Page) -> None:
    """Open the advisor whose registration has run out."""
    page.locator("tbody tr").filter(has_text=re.compile("杜原|Du Yuan")).click()


def waiting_list(page: Page) -> None:
    """What a number of the board stands for."""
    page.locator("main section button").first.click()


def dry_run(page: Page) -> None:
    """A book with two faults in it is looked at before anything is written."""
    page.get_by_role("button", name=re.compile("导入名册|Import")).first.click()
    book = {"name": "book.csv", "mimeType": "text/csv", "buffer": BOOK.encode()}
    page.locator("input[type=file]").set_input_files([book])
    page.get_by_role("dialog").get_by_role(
        "button", name=re.compile("试|核对|检查|[Cc]heck|Look")
    ).click()
    with contextlib.suppress(PlaywrightError):
        page.get_by_role("dialog").get_by_role("alert").wait_for(timeout=5000)


DESK = (
    Shot("sign-in", "", "/desk/"),
    Shot("desk-phone", "lin", "/desk/", put_aside, size=PHONE, online=False),
    Shot("desk-phone-thread", "lin", "/desk/", open_first, size=PHONE, online=False),
    Shot("desk-phone-client", "lin", "/desk/", with_client, PHONE, dark=True, online=False),
    Shot("desk-pool", "lin", "/desk/pool", pooled, crowd=True),
    Shot("desk-palette", "lin", "/desk/", open_palette),
    Shot("desk-keys-en", "lin", "/desk/", keys("?"), language="en", online=False),
    Shot("desk-transfer", "lin", "/desk/", keys("Alt+t"), crowd=True),
    Shot("desk-snooze", "lin", "/desk/", keys("Alt+m"), online=False),
    Shot("desk-later", "lin", "/desk/", planned, online=False),
    Shot("desk-later-phone-en", "lin", "/desk/", planned, PHONE, "en", dark=True, online=False),
    Shot("desk-blocked", "lin", "/desk/", blocked),
    Shot("desk-clients", "lin", "/desk/clients", online=False),
    Shot("desk-knowledge-en", "lin", "/desk/knowledge", language="en", online=False),
    Shot("desk-settings", "lin", "/desk/settings", online=False),
    Shot("desk-offline", "lin", "/desk/", cut_off, size=PHONE, online=False),
    Shot("desk", "lin", "/desk/", open_first, asked=True),
    Shot("desk-dark", "lin", "/desk/", open_first, dark=True, asked=True),
    Shot("desk-en", "lin", "/desk/", open_first, language="en", asked=True),
    Shot("desk-phone-offer", "lin", "/desk/", size=PHONE, asked=True),
)
CLIENTS = (
    Shot("widget", CLIENT, "/fund", open_widget),
    Shot("widget-en", "C100004", "/help/margin", open_widget, language="en"),
    Shot("widget-dark", CLIENT, "/fund", open_widget, dark=True),
    Shot("widget-phone", CLIENT, "/fund", open_widget, size=PHONE),
    Shot("widget-never-met", "C100002", "/account", at_home),
    Shot("widget-visitor", "", "site:/fund", open_widget),
    Shot("widget-waiting", "C100003", "/fund", waits, size=PHONE),
    Shot("widget-complaint", "C100005", "/account", complaint),
    Shot("widget-wishes", CLIENT, "/account", wishes, size=PHONE),
    Shot("suitability-shelf", CLIENT, "/account", shelf),
    Shot("suitability-locked", CLIENT, RISKY, locked),
    Shot("suitability-warning", CLIENT, RISKY, warned, size=PHONE),
    Shot("suitability-question-en", "C100004", "/account", question, language="en"),
    Shot("suitability-result", "C100003", "/account", result, size=PHONE),
    Shot("verify", "", "/verify/S9990625030018"),
    Shot("verify-unknown-en", "", "/verify/S0000000000000", language="en"),
)
CONSOLE = (
    Shot("console-funnel-en", "chen", "/console/funnel", language="en"),
    Shot("console-decisions", "shen", "/console/decisions", offered),
    Shot("console-search", "shen", "/console/search", purpose),
    Shot("console-review", "shen", "/console/review", in_hand),
    Shot("console-review-dark", "shen", "/console/review", in_hand, dark=True),
    Shot("console-tickets", "shen", "/console/review?part=tickets", first_item),
    Shot("console-cases", "shen", "/console/review?part=cases", first_item),
    Shot("console-broadcasts", "shen", "/console/review?part=broadcasts"),
    Shot("console-policies", "shen", "/console/review?part=policies"),
    Shot("console-figures-en", "shen", "/console/review?part=figures", language="en"),
    Shot("console-archive", "shen", "/console/archive?part=search", proven),
    Shot("console-archive-client", "shen", "/console/archive?part=client", filed),
    Shot("console-holds", "shen", "/console/archive?part=holds"),
    Shot("console-destructions", "shen", "/console/archive?part=destructions"),
    Shot("console-exports-en", "shen", "/console/archive?part=exports", language="en"),
    Shot("console-examiners", "shen", "/console/archive?part=examiners"),
    Shot("console-looks-phone", "shen", "/console/archive?part=looks", size=PHONE, dark=True),
    Shot("console-audits", "shen", "/console/archive?part=audits"),
    Shot("console-log", "shen", "/console/archive?part=log"),
    Shot("console-staff", "admin", "/console/staff", expired),
    Shot("console-staff-phone", "admin", "/console/staff", size=PHONE),
    Shot("console-suitability", "gu", "/console/suitability"),
    Shot("console-connections", "admin", "/console/connections"),
    Shot("console-import", "admin", "/console/connections", dry_run),
    Shot("console-changes", "admin", "/console/changes", first_row),
    Shot("console-hours", "admin", "/console/hours"),
    Shot("console-sites", "admin", "/console/sites"),
    Shot("console-notices", "chen", "/console/notices"),
    Shot("console-knowledge", "gu", "/console/knowledge", first_row),
    Shot("console-knowledge-en", "gu", "/console/knowledge", language="en"),
    Shot("console-products", "gu", "/console/products"),
    Shot("console-board", "chen", "/console/board", waiting_list, crowd=True),
    Shot("console-board-dark", "chen", "/console/board", dark=True, crowd=True),
    Shot("console-board-phone", "chen", "/console/board", size=PHONE, crowd=True),
)
SHOTS = (*DESK, *CLIENTS, *CONSOLE)

"""The way in for staff, in a real browser: password and code, the right application, language and look."""

import re

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.conftest import PHONE, Demo, Open, Staff, axe
from tests.browser.desking import accepted
from tests.browser.talking import Client, numbers_of

# How many places with messages there are on this device.
KEPT = """() => new Promise((done) => {
  indexedDB.open('visavis', 1).onsuccess = ({ target: { result: all } }) => {
    all.transaction('outbox').objectStore('outbox').count().onsuccess = ({ target }) => {
      done(target.result);
      all.close();
    };
  };
})"""


def sign_in(page: Page, demo: Demo, login: str) -> None:
    """Password and code, as the sign-in page asks for them."""
    account = demo.account(login)
    page.get_by_label("登录名").fill(account.login)
    page.get_by_label("密码", exact=True).fill(account.password)
    page.get_by_role("button", name="登录", exact=True).click()
    # The demo fills in a code that is still good: the seeding may have used the one of this moment.
    expect(page.get_by_label("动态码")).to_have_value(re.compile(r"^\d{6}$"))
    page.get_by_label("动态码").press("Enter")


def test_staff_enter_with_password_and_code(demo: Demo, browse: Open) -> None:
    account = demo.account("shen")
    page = browse()
    page.goto(f"{demo.platform}/console/")
    expect(page.get_by_role("heading", name="登录控制台")).to_be_visible()
    assert axe(page) == []
    page.get_by_label("登录名").fill(account.login)
    page.get_by_label("密码", exact=True).fill("not the password")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("登录失败")
    sign_in(page, demo, account.login)
    expect(page.get_by_role("navigation", name="主导航")).to_be_visible()

    # A supervisor does not work at the desk, and is shown the way.
    page.goto(f"{demo.platform}/desk/")
    page.get_by_role("link", name=re.compile("控制台")).click()
    expect(page).to_have_url(re.compile("/console/"))

    page.get_by_role("button", name=re.compile("^账号")).click()
    page.get_by_role("menuitem", name="深色").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name=re.compile("^账号")).click()
    page.get_by_role("menuitem", name="English").click()
    expect(page.get_by_role("navigation", name="Main navigation")).to_be_visible()
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name=re.compile("^Account")).click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in to the console")).to_be_visible()


def test_the_demo_fills_in_and_speaks_english_on_a_phone(demo: Demo, browse: Open) -> None:
    page = browse(PHONE, dark=True, language="en")
    account = demo.account("lin")
    page.goto(f"{demo.platform}/desk/#demo={account.login},{account.password},000000")
    expect(page.get_by_role("heading", name="Sign in to the desk")).to_be_visible()
    expect(page.get_by_label("Login name")).to_have_value(account.login)
    assert account.password not in page.url
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_signing_out_in_one_tab_leaves_nothing_in_the_others_nor_to_whoever_comes_next(
    demo: Demo, browse: Open
) -> None:
    lin = Staff(demo, demo.account("lin"))
    page = browse(staff=lin, expecting="401")
    lines: list[WebSocketRoute] = []
    cut: list[int] = []

    def through(route: WebSocketRoute) -> None:
        if cut:
            route.close(code=cut[0])
        else:
            route.connect_to_server()
            lines.append(route)

    page.route_web_socket(re.compile("/ws"), through)
    page.goto(f"{demo.platform}/desk/")
    lin.call("PUT", "/api/presence", {"status": "online", "capacity": 12})
    client = Client(demo, numbers_of(demo, lin)[0])
    accepted(page, client)
    cut.append(1012)
    lines[-1].close(code=cut[0])
    expect(page.get_by_text("网络已断开").or_(page.get_by_text("离线")).first).to_be_visible()
    page.get_by_role("textbox", name="输入消息").fill("没有发出的一句")
    page.get_by_role("button", name="放入待发").click()
    expect(page.get_by_text("没有发出的一句")).to_be_visible()
    assert page.evaluate(KEPT) == 1
    other = page.context.new_page()
    other.goto(f"{demo.platform}/desk/")
    other.get_by_role("button", name=re.compile("^账号")).click()
    other.get_by_role("menuitem", name="退出登录").click()
    expect(page.get_by_label("登录名")).to_be_visible()
    expect(other.get_by_label("登录名")).to_be_visible()
    assert page.evaluate(KEPT) == 0
    page.evaluate("window.before = true")
    sign_in(page, demo, "su")
    expect(page.get_by_role("heading", name="会话", exact=True)).to_be_visible()
    page.wait_for_function("!window.before")
    assert page.evaluate(KEPT) == 0
    client.leave()
    lin.http.close()

"""The review room by keyboard, a complaint from the widget to its answer, and how soon the desk advises."""

import re
import statistics
import sys
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Demo, Open, Staff, axe
from tests.browser.desking import accepted, at_desk
from tests.browser.talking import Client, numbers_of
from tests.browser.test_widget import enter, to_start

Sign = Callable[[str], Staff]
ADVISED = "这款产品保本保收益"
# How soon the advice has to be there: 150 ms in the house's own network, with room for a crowded machine here.
GENEROUS_MS = 3_000


def waiting(member: Staff) -> set[str]:
    """The items that wait for this reviewer."""
    return {one["id"] for one in member.call("GET", "/api/review/items")["items"]}


def test_a_verdict_is_one_key_and_the_next_item_comes_by_itself(
    demo: Demo, browse: Open, staff: Sign
) -> None:
    shen = staff("shen")
    # The demo's own messages go on coming into the queue: what was seen in it has to leave it.
    seen = waiting(shen)
    assert len(seen) >= 2, "the demo starts with a few items"
    page = browse(staff=shen)
    page.goto(f"{demo.platform}/console/review")
    expect(page.get_by_role("button", name=re.compile("^开始复核"))).to_be_visible()
    assert axe(page) == []
    page.keyboard.press("j")
    expect(page.locator("mark").first).to_be_visible()
    assert axe(page) == []
    first = page.locator("mark").first.inner_text()
    seen |= waiting(shen)
    page.keyboard.press("3")
    expect(page.get_by_text("认定严重须填写说明，并由第二人确认。")).to_be_visible()
    page.keyboard.type("承诺收益")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("3")
    expect(page.get_by_text("已留痕，等待第二人复核")).to_be_visible()
    expect(page.get_by_text(first, exact=True).and_(page.locator("mark"))).to_have_count(0)
    seen |= waiting(shen)
    page.keyboard.press("1")
    expect(page.get_by_text(re.compile("结论已留痕|已放行给客户"))).to_be_visible()
    assert len(seen - waiting(shen)) >= 2
    small = browse(staff=shen, viewport=PHONE, dark=True, language="en")
    for part in ("queue", "tickets", "cases", "broadcasts", "figures"):
        small.goto(f"{demo.platform}/console/review?part={part}")
        expect(small.get_by_role("heading", level=1)).to_have_text("Review")
        expect(small.locator("[aria-busy=true]")).to_have_count(0)
        assert axe(small) == [], part
        assert small.evaluate("document.documentElement.scrollWidth <= innerWidth"), part
    stranger = browse(staff=staff("chen"))
    stranger.goto(f"{demo.platform}/console/review")
    expect(stranger.get_by_text("合规复核").first).to_be_visible()
    expect(stranger.get_by_role("button", name=re.compile("^开始复核"))).to_have_count(0)


def test_a_complaint_from_the_widget_is_answered_by_somebody_else(
    demo: Demo, browse: Open, staff: Sign
) -> None:
    frame = enter(browse(), demo, "C100001")
    to_start(frame)
    frame.get_by_role("button", name="投诉或举报").click()
    frame.get_by_role("textbox").fill("服务人员回复太慢")
    frame.get_by_role("button", name="提交").click()
    expect(frame.get_by_text("已收到，我们会尽快答复您。")).to_be_visible()
    assert axe(frame) == []
    console = browse(staff=staff("shen"))
    console.goto(f"{demo.platform}/console/review?part=tickets")
    console.get_by_role("button", name=re.compile("周敏")).click()
    expect(console.get_by_text("服务人员回复太慢", exact=True).first).to_be_visible()
    console.get_by_role("button", name="由我处理").click()
    console.get_by_label("处理记录，或给客户的答复").fill("已安排专人与您联系")
    console.get_by_role("button", name="以此答复结案").click()
    expect(console.get_by_text("已安排专人与您联系").first).to_be_visible()
    to_start(frame)
    frame.get_by_role("button", name="投诉或举报").click()
    expect(frame.get_by_text("已安排专人与您联系")).to_be_visible()
    lin = staff("lin")
    assert lin.http.get("/api/review/tickets").status_code == 403


def test_the_desk_advises_while_one_types_and_counts_what_came_of_it(
    demo: Demo, browse: Open, staff: Sign
) -> None:
    su = staff("su")
    server = []
    for number in range(10):
        answer = su.http.post("/api/judge", json={"text": f"{ADVISED}{number}"})
        assert answer.json()["action"] == "block"
        server.append(answer.elapsed.total_seconds() * 1000)
    own = Client(demo, numbers_of(demo, su)[0])
    page = at_desk(browse, demo, su)
    accepted(page, own)
    box = page.locator("#composer")
    box.fill("您好")
    page.evaluate(
        """() => {
          const box = document.querySelector('#composer');
          const seen = new MutationObserver(() => {
            if (!box.hasAttribute('aria-invalid')) return;
            window.advised ??= performance.now() - window.typed;
          });
          seen.observe(box, { attributes: true });
          window.typed = performance.now();
        }"""
    )
    box.fill(ADVISED)
    expect(box).to_have_attribute("aria-invalid", "true")
    took = page.evaluate("window.advised")
    sys.stdout.write(
        f"judged in {statistics.median(server):.1f} ms over HTTP; advised after {took:.0f} ms, the pause included\n"
    )
    assert took < GENEROUS_MS
    expect(page.get_by_text("《证券法》第一百三十五条").first).to_be_visible()
    page.get_by_role("button", name=re.compile("^采用改写")).first.click()
    expect(box).not_to_have_attribute("aria-invalid", "true")
    with page.expect_response(re.compile("/api/review/nudges")) as counted:
        page.get_by_role("button", name="发送", exact=True).click()
    assert counted.value.status == 204
    figures = staff("shen").call("GET", "/api/review/summary")["nudges"]
    assert {one["policy"]: one["edited"] for one in figures}.get("promise-return", 0) >= 1
    own.leave()

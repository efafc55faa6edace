"""The client's own side in a real browser: how she is contacted and by whom, what she agrees to and takes home."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Demo, Open, Staff, axe
from tests.browser.test_widget import OWN, enter


def test_wishes_consents_and_a_copy_are_a_few_taps_away(demo: Demo, browse: Open) -> None:
    """CONN-04, DATA-01, DATA-04: withdrawing is one tap like giving; the copy is a file of the browser's."""
    page = browse()
    frame = enter(page, demo, OWN, path="/")
    frame.get_by_role("button", name="产品、测评与我的数据").click()
    frame.get_by_role("button", name=re.compile("^我的数据与联系偏好")).click()
    expect(frame.get_by_role("heading", name="我的数据与联系偏好")).to_be_visible()
    frame.get_by_label("开始").fill("12:00")
    frame.get_by_label("结束").fill("14:00")
    frame.get_by_role("button", name="保存联系偏好").click()
    expect(frame.get_by_text("已保存，立即生效")).to_be_visible()
    frame.get_by_label("结束").fill("")
    frame.get_by_role("button", name="保存联系偏好").click()
    expect(frame.get_by_text(re.compile("^请同时填写免打扰的开始与结束时间"))).to_be_visible()
    expect(frame.get_by_text("已保存，立即生效")).to_have_count(0)
    consent = frame.get_by_role("region", name="主动联系与产品介绍")
    consent.get_by_role("button", name="同意", exact=True).click()
    expect(consent.get_by_text("已同意")).to_be_visible()
    consent.get_by_role("button", name="撤回同意").click()
    expect(consent.get_by_text("未同意")).to_be_visible()
    frame.get_by_role("button", name="静音").click()
    expect(frame.get_by_text("已静音：照常收到消息，不再发送通知")).to_be_visible()
    # Who is muted can still be blocked, without a tap between.
    expect(frame.get_by_role("button", name="屏蔽")).to_be_visible()
    frame.get_by_role("button", name="解除").click()
    expect(frame.get_by_role("button", name="静音")).to_be_visible()
    assert axe(frame) == []
    # A block is asked for twice, ends the connection at once, and is lifted by one tap.
    frame.get_by_role("button", name="屏蔽").click()
    frame.get_by_role("button", name="不再由其服务，确认屏蔽").click()
    expect(frame.get_by_text("已屏蔽：由其他同事为您服务")).to_be_visible()
    frame.get_by_role("button", name="解除").click()
    expect(frame.get_by_text("已屏蔽：由其他同事为您服务")).to_have_count(0)
    with page.expect_download() as taken:
        frame.get_by_role("button", name="网页版").click()
    assert taken.value.suggested_filename == "my-data.html"
    assert "您的风险等级" in taken.value.path().read_text("utf-8")


def test_a_partner_hands_out_a_code_and_learns_that_somebody_came_by_it(
    demo: Demo, browse: Open, staff: Callable[[str], Staff]
) -> None:
    """PART-01: own codes and the state of own referrals on a desk of one page; nothing else is even asked for."""
    page = browse(staff=staff("luo"), viewport=PHONE, language="en")
    refused: list[str] = []
    page.on("response", lambda one: refused.append(one.url) if one.status >= 400 else None)
    page.goto(f"{demo.platform}/desk/?lang=en")
    expect(page.get_by_text("Nobody has come yet")).to_be_visible()
    page.get_by_label("Note for yourself").fill("Branch counter")
    page.get_by_role("button", name="Make a code").click()
    mine = page.get_by_role("region", name="My codes").get_by_role("listitem")
    expect(mine).to_contain_text("Branch counter")
    code = mine.locator("b").first.inner_text()
    assert axe(page) == []
    client = browse()
    frame = enter(client, demo, OWN, path="/")
    frame.get_by_role("button", name="产品、测评与我的数据").click()
    frame.get_by_role("button", name=re.compile("^我的数据与联系偏好")).click()
    frame.get_by_label("推荐码").fill(code.lower())
    frame.get_by_role("button", name="填写推荐码").click()
    expect(frame.get_by_text(f"您经 {code} 推荐而来")).to_be_visible()
    assert axe(frame) == []
    page.reload()
    expect(page.get_by_role("region", name="Who came").get_by_role("row")).to_have_count(2)
    expect(mine).to_contain_text("1 came")
    page.goto(f"{demo.platform}/desk/conversations")
    expect(page.get_by_text("This is not part of your work here")).to_be_visible()
    assert refused == []

"""One text for several, approved by another; a client applies to be professional, with a proof: in a browser."""

import json
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import FilePayload, expect

from tests.browser.conftest import PHONE, Demo, Open, Staff, axe
from tests.browser.desking import at_desk
from tests.browser.test_widget import OWN, enter
from tests.identity.rights_stage import picture

Sign = Callable[[str], Staff]
LAW = Path(__file__).parents[2] / "visavis/suitability/documents/professional.json"
WORDS = "本周六上午系统维护，请提前安排好资金"


def test_one_text_for_several_waits_for_somebody_else_and_then_reaches_them(
    demo: Demo, browse: Open, staff: Sign
) -> None:
    """COMM-03: written at the desk for two clients and for a group, approved in the console, sent."""
    li = staff("lin")
    page = at_desk(browse, demo, li, "/clients")
    page.get_by_role("button", name="群发与客户群").click()
    drawer = page.get_by_role("dialog")
    hand_in = drawer.get_by_role("button", name="提交审批")
    expect(hand_in).to_be_disabled()
    drawer.get_by_label("内容").fill(WORDS)
    boxes = drawer.get_by_role("checkbox")
    expect(boxes.nth(2)).to_be_attached()
    for name in ("周敏", "程建平"):
        drawer.locator("label").filter(has_text=name).click()
    expect(drawer.get_by_text("已选 2 位")).to_be_visible()
    assert axe(page) == []
    drawer.get_by_text("新建客户群").click()
    drawer.get_by_label("群名称").fill("定投交流")
    drawer.get_by_role("button", name="建群并加入所选客户").click()
    expect(drawer.get_by_text("已选 0 位")).to_be_visible()
    drawer.get_by_role("button", name=re.compile("发给$")).click()
    page.get_by_role("option", name=re.compile("^定投交流")).click()
    expect(drawer.get_by_role("list", name="群成员").get_by_role("listitem")).to_have_count(2)
    hand_in.click()
    expect(drawer.get_by_text("等待审批", exact=True)).to_be_visible()
    waiting = staff("shen").call("GET", "/api/broadcasts")["items"]
    mine = next(one for one in waiting if one["words"] == WORDS)
    assert (mine["state"], mine["recipients"]) == ("waiting", 2)
    staff("shen").call("POST", f"/api/broadcasts/{mine['id']}/decision", {"approve": True})
    page = browse()
    frame = enter(page, demo, OWN, path="/")
    frame.get_by_role("button", name="产品、测评与我的数据").click()
    frame.get_by_role("button", name=re.compile("^我的数据与联系偏好")).click()
    frame.get_by_role("button", name="查看内容").click()
    expect(frame.get_by_text(WORDS).first).to_be_visible()
    assert axe(frame) == []
    frame.get_by_role("button", name="退出该群").click()
    expect(frame.get_by_role("button", name="退出该群")).to_have_count(0)
    small = at_desk(browse, demo, li, "/clients", viewport=PHONE, dark=True, language="en")
    small.get_by_role("button", name="One text for several").click()
    expect(small.get_by_role("dialog").get_by_text(WORDS)).to_be_visible()
    assert axe(small) == []
    assert small.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_client_applies_to_be_professional_with_a_proof(demo: Demo, browse: Open) -> None:
    """SUIT-15: conditions, proof, test and confirmation by the client; until then nothing can be sent."""
    page = browse()
    frame = enter(page, demo, OWN, path="/")
    frame.get_by_role("button", name="产品、测评与我的数据").click()
    frame.get_by_role("button", name=re.compile("^专业投资者")).click()
    apply = frame.get_by_role("button", name="提交申请")
    expect(apply).to_be_disabled()
    frame.get_by_label("金融资产（元）").fill("3000000")
    frame.get_by_label("投资经历（年）").fill("1")
    proof = FilePayload(name="资产证明.png", mimeType="image/png", buffer=picture())
    frame.get_by_label("添加文件").set_input_files([proof])
    expect(frame.get_by_text("资产证明.png")).to_be_visible()
    law = json.loads(LAW.read_text("utf-8"))
    for question in law["questions"]:
        right = next(n for n, one in enumerate(question["options"]) if one.get("right"))
        group = frame.get_by_role("group", name=question["text"]["zh-CN"])
        group.get_by_role("radio").nth(right).check()
    frame.get_by_label(re.compile("^我已了解转为专业投资者")).check()
    assert axe(frame) == []
    apply.click()
    expect(frame.get_by_text("申请已提交，等待合规人员书面答复。")).to_be_visible()
    expect(apply).to_have_count(0)

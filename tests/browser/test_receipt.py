"""A client's receipt: kept from the widget, checked by the public page without a network; a wrong bit is shown."""

import base64
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Download, Frame, Page, expect

from tests.browser.conftest import Demo, Open, Staff
from tests.browser.test_widget import (
    NEVER_MET,
    UNASSIGNED,
    acknowledge,
    begin,
    enter,
    on_duty,  # noqa: F401 - a fixture
    say,
)
from tests.identity.rights_stage import picture


def flipped(text: str, at: int) -> str:
    """The same base64 with one bit of its content turned."""
    content = bytearray(base64.b64decode(text))
    content[at] ^= 1
    return base64.b64encode(content).decode()


def in_line(proof: str, begins: str, change: Callable[[str], str]) -> str:
    """The proof with the last word of the first line that begins so changed."""
    lines = proof.split("\n")
    place = next(n for n, one in enumerate(lines) if one.startswith(begins))
    head, _, word = lines[place].rpartition(" ")
    lines[place] = f"{head} {change(word)}" if head else change(word)
    return "\n".join(lines)


@pytest.fixture
def kept(demo: Demo, browse: Open, tmp_path: Path) -> dict[str, Any]:
    """A receipt that a client has kept."""
    page = browse()
    frame = enter(page, demo, UNASSIGNED)
    frame.get_by_role("button", name=re.compile("^先问智能助手")).click()
    acknowledge(frame)
    say(frame, "请为这句话留个凭证")
    expect(frame.get_by_text("请为这句话留个凭证").first).to_be_visible()
    return keep(page, frame, tmp_path, first=True)


def keep(page: Page, frame: Frame, folder: Path, *, first: bool = False) -> dict[str, Any]:
    """Keep a receipt of the first or the last message in the widget; what the file says."""
    actions = frame.get_by_role("button", name="消息操作")
    files: list[Download] = []
    page.on("download", lambda one: files.append(one))  # noqa: PLW0108  # a builtin cannot be wrapped
    for _ in range(200):
        # It takes the log up to two seconds: until then the answer is a refusal.
        (actions.first if first else actions.last).click()
        expect(frame.get_by_role("menu")).to_be_visible()
        # One that is still on its way has no receipt yet.
        if not frame.get_by_role("menuitem", name="保存凭证").count():
            page.keyboard.press("Escape")
            continue
        with page.expect_response(lambda answer: answer.url.endswith("/receipt")) as answer:
            frame.get_by_role("menuitem", name="保存凭证").click()
        if answer.value.ok:
            break
    assert answer.value.ok
    while not files:
        page.wait_for_event("download")
    file = folder / files[0].suggested_filename
    files[0].save_as(file)
    return dict(json.loads(file.read_text()))


def checked(page: Page, receipt: dict[str, Any]) -> tuple[bool, list[bool]]:
    """What the page says of a receipt: whether it holds, and which of the five steps do."""
    content = json.dumps(receipt, ensure_ascii=False).encode()
    file = {"name": "r.json", "mimeType": "application/json", "buffer": content}
    page.locator("#result").evaluate("one => { one.replaceChildren(); delete one.dataset.ok }")
    page.locator("#file").set_input_files([])
    page.locator("#file").set_input_files([file])  # type: ignore[list-item]
    expect(page.locator("#result li")).to_have_count(5)
    steps = [one.get_attribute("class") == "ok" for one in page.locator("#result li").all()]
    return page.locator("#result").get_attribute("data-ok") == "true", steps


def test_a_receipt_holds_without_a_network_and_a_wrong_bit_is_shown(
    demo: Demo, browse: Open, kept: dict[str, Any], tmp_path: Path
) -> None:
    page = browse()
    page.goto(f"{demo.platform}/receipt")
    page.context.set_offline(True)
    assert checked(page, kept) == (True, [True] * 5)
    expect(page.locator("#result blockquote")).to_have_text("请为这句话留个凭证")
    expect(page.locator("#result h2")).to_have_text("凭证有效：内容确已留痕且未被更改。")

    wrong_text = kept | {"text": "另一句话"}
    assert checked(page, wrong_text) == (False, [True, True, True, True, False])
    wrong_key = kept | {"key": flipped(kept["key"], 5)}
    assert checked(page, wrong_key)[1][:4] == [True, True, True, False]
    entry = kept | {"proof": in_line(kept["proof"], "extra ", lambda one: flipped(one, -1))}
    assert checked(page, entry)[1][2:4] == [False, False]
    root = kept["proof"].split("\n\n")[1].split("\n")[2]
    other = kept | {"proof": kept["proof"].replace(root, flipped(root, 0))}
    assert checked(page, other)[1][1:3] == [False, False]
    signature = kept | {"proof": in_line(kept["proof"], "— ", lambda one: flipped(one, 9))}
    assert checked(page, signature) == (False, [True, False, True, True, True])
    page.locator("#vkey").fill("nobody+00000000+AAAA")
    assert checked(page, kept)[1][1] is False

    page.context.set_offline(False)
    page.goto(f"{demo.platform}/receipt?lang=en")
    page.context.set_offline(True)
    assert checked(page, kept) == (True, [True] * 5)
    expect(page.locator("#result h2")).to_have_text(re.compile("^The receipt holds"))
    assert checked(page, entry)[0] is False
    expect(page.locator("#result h2")).to_have_text("The receipt does not hold.")
    page.screenshot(path=tmp_path / "wrong-en.png")


def test_a_receipt_of_any_message_holds(
    demo: Demo,
    browse: Open,
    on_duty: Callable[[str], Staff],  # noqa: F811
    tmp_path: Path,
) -> None:
    """Of one that has words and a file, of a file alone, and of what an edited one says now."""
    su, page, checking = on_duty("su"), browse(), browse()
    frame, conversation = begin(demo, page, su, NEVER_MET, "苏敏", "周二赎回")
    checking.goto(f"{demo.platform}/receipt")
    checking.context.set_offline(True)

    frame.get_by_role("button", name="消息操作").last.click()
    frame.get_by_role("menuitem", name="编辑").click()
    frame.get_by_role("textbox").fill("周三赎回")
    frame.get_by_role("button", name="保存修改").click()
    expect(frame.get_by_text("已编辑")).to_be_visible()
    edited = keep(page, frame, tmp_path)
    assert checked(checking, edited) == (True, [True] * 5)
    expect(checking.locator("#result blockquote")).to_have_text("周三赎回")
    assert checked(checking, edited | {"text": "周二赎回"})[1] == [True, True, True, True, False]

    file = tmp_path / "回单.png"
    file.write_bytes(picture())
    for words, told in (("这是回单", "这是回单 回单.png"), ("", "回单.png")):
        shown = frame.get_by_role("img", name=re.compile("回单"))
        before = shown.count()
        frame.locator("input[type=file]").set_input_files([file])
        expect(frame.get_by_text("回单.png", exact=True)).to_be_visible()
        say(frame, words)
        expect(shown).to_have_count(before + 1)
        assert checked(checking, keep(page, frame, tmp_path)) == (True, [True] * 5)
        expect(checking.locator("#result blockquote")).to_have_text(told)
    su.call("POST", f"/api/conversations/{conversation}/close", {})

"""Nothing is cut off and nothing runs sideways at 320 pixels and at 200 % (WCAG 1.4.10, 1.4.4), in both languages.

What has two dimensions by nature, a table, may be pushed sideways in a box of its own.
"""

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.browser.conftest import Demo, Open, Staff
from tests.browser.desking import Sign, accepted, at_desk
from tests.browser.talking import Client
from tests.browser.test_widget import NEVER_MET, OWN

# 1280 pixels at 400 % and at 200 %.
SIZES = ({"width": 320, "height": 640}, {"width": 640, "height": 450})
LOOKS, LOOK_MS = 40, 150
DESK = ("/", "/pool", "/clients", "/knowledge", "/settings")
CONSOLE = {
    "chen": ("board", "funnel", "decisions", "hours", "notices"),
    "shen": ("search", "review", "archive", "products"),
    "admin": ("staff", "connections", "changes", "sites"),
    "gu": ("knowledge",),
}
FAULTS = """() => {
  const wide = innerWidth, faults = [];
  const name = (one) => `${one.localName} "${(one.textContent || one.ariaLabel || '').trim().slice(0, 30)}"`;
  if (document.scrollingElement.scrollWidth > wide + 1) faults.push('the page runs sideways');
  const pushed = (one) => {
    for (let up = one.parentElement; up && up !== document.body; up = up.parentElement) {
      const how = getComputedStyle(up).overflowX;
      if ((how === 'auto' || how === 'scroll') && up.scrollWidth > up.clientWidth + 1) return up;
    }
    return null;
  };
  const mayBePushed = (box) => box.closest('table') || box.querySelector('table') || box.matches('[role=tablist]');
  for (const one of document.body.querySelectorAll('*')) {
    if (one.closest('svg, [aria-hidden=true], .visually-hidden')) continue;
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    if (style.visibility === 'hidden' || box.width < 3 || box.height < 3) continue;
    const says = [...one.childNodes].some((part) => part.nodeType === 3 && part.textContent.trim());
    if (one.textContent.trim() === '·') continue;  // a drawn dot, with its sign for readers
    if (!says && !/^(a|button|input|textarea)$/.test(one.localName)) continue;
    if (box.right > wide + 1 || box.left < -1) {
      const by = pushed(one);
      if (!by || !mayBePushed(by)) faults.push(`outside: ${name(one)}`);
    }
    const cuts = ['hidden', 'clip'];
    if (style.textOverflow === 'ellipsis' || one.localName === 'textarea') continue;
    if (cuts.includes(style.overflowX) && one.scrollWidth > one.clientWidth + 1) faults.push(`cut: ${name(one)}`);
    if (cuts.includes(style.overflowY) && style.webkitLineClamp === 'none' && one.scrollHeight > one.clientHeight + 4)
      faults.push(`cut below: ${name(one)}`);
  }
  return faults;
}"""


def faults(page: Page, what: str, within: Frame | None = None) -> list[str]:
    """What of this page (or of this frame in it) is cut off or outside, at both sizes."""
    found = []
    for size in SIZES:
        page.set_viewport_size(size)
        # A page takes a moment to follow its window: what is wrong then is wrong for good.
        for _ in range(LOOKS):
            page.wait_for_timeout(LOOK_MS)
            if not (told := (within or page).evaluate(FAULTS)):
                break
        found += [f"{what} at {size['width']}: {one}" for one in told]
    return found


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_desk_fits(demo: Demo, browse: Open, su: Staff, own: Client, language: str) -> None:
    page = at_desk(browse, demo, su)
    accepted(page, own)
    found: list[str] = []
    for path in (
        *DESK,
        f"/conversations/{own.conversation}",
        f"/conversations/{own.conversation}/client",
    ):
        page.set_viewport_size(SIZES[0])
        page.goto(f"{demo.platform}/desk{path}?lang={language}")
        expect(page.locator("main h1, main h2, main h3").first).to_be_visible()
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        found += faults(page, path)
    assert found == []


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_console_fits(demo: Demo, browse: Open, staff: Sign, language: str) -> None:
    found: list[str] = []
    for login, places in CONSOLE.items():
        page = browse(staff=staff(login), language=language)
        for place in places:
            page.goto(f"{demo.platform}/console/{place}?lang={language}")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            expect(page.locator("[aria-busy=true]")).to_have_count(0)
            found += faults(page, place)
    assert found == []


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_clients_side_fits(demo: Demo, browse: Open, language: str) -> None:
    found: list[str] = []
    for client, path in ((OWN, "/fund"), (NEVER_MET, "/products/990305"), (None, "/fund")):
        page = browse(viewport=SIZES[0], language=language)
        if client:
            page.goto(f"{demo.site}/sign-in/{client}")
        page.goto(f"{demo.site}{path}?lang={language}")
        page.wait_for_function("() => Boolean(window.visavis)")
        page.evaluate("() => window.visavis.open()")
        handle = page.locator("visavis-launcher iframe").element_handle()
        frame = handle.content_frame()
        assert frame is not None
        expect(frame.locator("main button").first).to_be_visible()
        found += faults(page, path, frame)
    assert found == []

"""What tests do at the advisor's desk: open it, be offered a client, and take him."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Demo, Open, Staff
from tests.browser.talking import Client

QUESTION = "到期之后怎么安排比较好？想放三个月左右。"
Sign = Callable[[str], Staff]
Known = Callable[[str], Client]


def at_desk(browse: Open, demo: Demo, member: Staff, path: str = "/", **look: object) -> Page:
    """The advisor's desk at this path, online and drawn."""
    page = browse(staff=member, **look)
    page.goto(f"{demo.platform}/desk{path}")
    expect(page.get_by_role("navigation")).to_be_attached()
    member.call("PUT", "/api/presence", {"status": "online", "capacity": 12})
    return page


def offered(page: Page, client: Client) -> Locator:
    """The card of this client's offer, once it has come."""
    card = page.get_by_label("派单").filter(has_text=client.name).first
    expect(card).to_be_visible()
    return card


def accepted(page: Page, client: Client, question: str = QUESTION) -> None:
    """The client asks for the own advisor, who accepts."""
    client.ask(question, wait="mine")
    offered(page, client).get_by_role("button", name="接单").click()
    page.wait_for_url(f"**/desk/conversations/{client.conversation}")
    expect(page.get_by_role("log").get_by_text(question, exact=True)).to_be_visible()

"""The gentle rehearsal beside a demo: simulated clients ask the newcomer who plays an advisor, until the switch."""

import time
from collections.abc import Callable

import pytest

from tests.browser.conftest import Staff

PATIENCE_S = 150.0
LOOK_S = 0.25


@pytest.fixture(scope="module")
def demo_rehearses() -> bool:
    """Here simulated clients ask."""
    return True


def test_offers_arrive_while_a_newcomer_plays_the_advisor(staff: Callable[[str], Staff]) -> None:
    operator, practice = staff("chen"), staff("practice")
    assert operator.call("GET", "/api/rehearsal") == {"running": True}
    taken = ""
    deadline = time.monotonic() + PATIENCE_S
    while not taken and time.monotonic() < deadline:
        practice.call("PUT", "/api/presence", {"status": "online", "capacity": 12})
        for offer in practice.call("GET", "/api/offers")["items"]:
            assert offer["environment"] == "simulated"
            path = f"/api/offers/{offer['id']}/accept"
            answer = practice.http.request("POST", path)
            if answer.is_success:  # a colleague of the cast may be faster
                taken = answer.json()["conversation"]
                break
        time.sleep(LOOK_S)
    assert taken, "no simulated client came"
    entries = practice.call("GET", f"/api/conversations/{taken}/entries?stream=shared&after=0")
    assert any(one["kind"] == "message" for one in entries["entries"])
    assert operator.call("PUT", "/api/rehearsal", {"running": False}) == {"running": False}

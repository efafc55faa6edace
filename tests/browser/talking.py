"""A client at the HTTP interface: for tests that look at the advisor's side of a conversation."""

import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

if TYPE_CHECKING:
    from tests.browser.conftest import Demo, Staff


class Client:
    """One client of the demo's broker, signed in by the broker's own site."""

    def __init__(self, demo: "Demo", number: str) -> None:
        with httpx.Client(base_url=demo.site, trust_env=False, timeout=30) as site:
            site.get(f"/sign-in/{number}")
            token = site.get("/identity").json()["token"]
        self.http = httpx.Client(base_url=demo.platform, trust_env=False, timeout=30)
        begun = self.http.post("/api/embed/session", json={"token": token})
        assert begun.is_success, begun.text
        self.http.headers["Authorization"] = f"Bearer {begun.json()['bearer']}"
        self.name = str(self.call("GET", "/api/me")["name"])
        self.page = f"{urlsplit(demo.site)._replace(path='/fund').geturl()}"
        self.conversation = ""

    def call(self, method: str, path: str, body: object = None, **query: str | int) -> Any:
        """The answer's JSON; anything but success fails the test with the answer's text."""
        answer = self.http.request(method, path, json=body, params=query or None)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def begin(self, question: str) -> str:
        """Open a conversation with a person and say the first words; its id."""
        home = self.call("GET", "/api/client/home")
        self.call("POST", "/api/client/notice", {"version": home["notice"]["version"]})
        wanted = {"with": "person", "context": {"url": self.page, "title": "稳健债基 A"}}
        self.conversation = self.call("POST", "/api/client/conversations", wanted)["id"]
        self.say(question)
        return self.conversation

    def ask(self, question: str, topic: str = "fund", wait: str = "anyone") -> str:
        """Begin, and ask for a person; the conversation's id."""
        self.begin(question)
        wanted = {"conversation": self.conversation, "topic": topic, "wait": wait}
        self.call("POST", "/api/client/requests", wanted)
        return self.conversation

    def say(self, text: str) -> None:
        """Write a message."""
        body = {"client_key": str(uuid.uuid4()), "stream": "shared", "body": {"text": text}}
        self.call("POST", f"/api/conversations/{self.conversation}/entries", body)

    def heard(self) -> list[str]:
        """The texts of all messages in the conversation, in order."""
        path = f"/api/conversations/{self.conversation}/entries"
        entries = self.call("GET", path, stream="shared", after=0)["entries"]
        return [one["body"]["text"] for one in entries if one["kind"] == "message"]

    def read(self) -> None:
        """See everything."""
        path = f"/api/conversations/{self.conversation}"
        last = self.call("GET", f"{path}/entries", stream="shared", after=0)["last"]
        self.call("POST", f"{path}/read", {"no": last})

    def leave(self) -> None:
        """Stop asking, end the conversation, and go: the next test finds this client as at the start."""
        if self.conversation:
            asked = self.call("GET", "/api/client/home").get("request")
            if asked and "cancel" in asked["choices"]:
                self.call(
                    "POST", f"/api/client/requests/{asked['id']}/choice", {"choice": "cancel"}
                )
            if self.call("GET", f"/api/conversations/{self.conversation}")["state"] == "open":
                self.call("POST", f"/api/conversations/{self.conversation}/close")
        self.http.close()


def numbers_of(demo: "Demo", member: "Staff") -> list[str]:
    """The client numbers of an advisor's own clients without an open conversation, none that other tests play with."""
    mine = member.call("GET", "/api/clients?limit=200")["items"]
    names = {one["client"]["name"] for one in mine if one["tie"] == "own"}
    busy = {
        one["client"]["name"]
        for one in member.call("GET", "/api/conversations?state=open")["items"]
    }
    return [
        one["client_no"]
        for one in demo.secrets.clients
        if one["name"] in names - busy and not one["kind"]
    ]

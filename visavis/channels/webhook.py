"""The webhook to the broker's app push or SMS: signed, repeated, without what was said (docs/guide/webhook.md)."""

from typing import Protocol

import httpx

from visavis.channels.rules import judge_response
from visavis.channels.types import Attempt, Fate
from visavis.kernel import clock
from visavis.kernel.signing import SIGNATURE, TIMESTAMP, signature

NOTICE = "Visavis-Notice"


class Hook(Protocol):
    """The way to the broker's own systems."""

    async def call(self, notice_id: str, body: bytes) -> Attempt:
        """Hand one notice over."""
        ...


class NullHook:
    """Calls nobody and remembers what it would have said; the choice while no webhook is set."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, bytes]] = []

    async def call(self, notice_id: str, body: bytes) -> Attempt:
        """Remember the call."""
        self.calls.append((notice_id, body))
        return Attempt(Fate.SENT, "null")


class HttpHook:
    """Posts to the operator's address; each attempt is signed anew, the notice's id stays."""

    def __init__(self, url: str, secret: str, http: httpx.AsyncClient) -> None:
        self._url = url
        self._secret = secret
        self._http = http

    async def call(self, notice_id: str, body: bytes) -> Attempt:
        """One signed attempt."""
        timestamp = str(clock.now_ms() // 1000)
        headers = {
            "Content-Type": "application/json",
            TIMESTAMP: timestamp,
            SIGNATURE: signature(self._secret, timestamp, body),
            NOTICE: notice_id,
        }
        try:
            answer = await self._http.post(self._url, content=body, headers=headers)
        except (httpx.HTTPError, OSError) as error:
            return Attempt(Fate.AGAIN, type(error).__name__)
        judged = judge_response(answer.status_code, answer.headers.get("retry-after", ""))
        # A wrong address is the operator's slip and may be mended: a subscription would be gone, a webhook is not.
        return Attempt(Fate.AGAIN, judged.detail) if judged.fate is Fate.GONE else judged

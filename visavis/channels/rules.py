"""Decisions of channels without I/O: which endpoints are fit, when to try again, what a notice may hold."""

import base64
import binascii
import ipaddress
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from visavis.channels.types import Attempt, Fate, Greeting, Notice, NoticeReason, UnfitEndpoint
from visavis.kernel.clock import to_ms

LONGEST_ENDPOINT = 2000
MOST_ATTEMPTS = 8
LONGEST_WAIT_S = 3600
FIRST_WAIT_S = 5
# A message that nobody has taken delivery of after so long finds its reader away.
SEEN_WITHIN = timedelta(seconds=5)
# At most one notice about one conversation to one person in this time.
COALESCE = timedelta(seconds=60)
REMIND_BEFORE = timedelta(seconds=60)
POINT_BYTES, SECRET_BYTES = 65, 16
LOCAL_NAMES = (".local", ".localhost", ".internal", ".lan", ".home.arpa", ".invalid", ".test")


def check_subscription(endpoint: str, p256dh: str, auth: str) -> None:
    """Raise `UnfitEndpoint` unless a push service could stand there, and no server of the firm's own."""
    parts = urlsplit(endpoint)
    host = (parts.hostname or "").rstrip(".").lower()
    if len(endpoint) > LONGEST_ENDPOINT or parts.scheme != "https" or parts.username:
        raise UnfitEndpoint(reason="address")
    if parts.port not in (None, 443) or "." not in host or host.endswith(LOCAL_NAMES):
        raise UnfitEndpoint(reason="address")
    if _is_address(host):
        raise UnfitEndpoint(reason="address")
    if len(_decoded(p256dh)) != POINT_BYTES or len(_decoded(auth)) != SECRET_BYTES:
        raise UnfitEndpoint(reason="keys")


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public network; notices go nowhere else."""
    return ipaddress.ip_address(address.partition("%")[0]).is_global


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _decoded(text: str) -> bytes:
    try:
        return unpadded(text)
    except (binascii.Error, ValueError) as error:
        raise UnfitEndpoint(reason="keys") from error


def unpadded(text: str) -> bytes:
    """Bytes of base64url with or without padding; raises binascii.Error."""
    return base64.b64decode(
        text.rstrip("=").replace("-", "+").replace("_", "/") + "=" * (-len(text.rstrip("=")) % 4),
        validate=True,
    )


def judge_response(status: int, retry_after: str = "") -> Attempt:
    """What an HTTP answer means (RFC 8030 §7; 404 and 410: this subscription is gone)."""
    detail = f"HTTP {status}"
    if 200 <= status < 300:
        return Attempt(Fate.SENT, detail)
    if status in (404, 410):
        return Attempt(Fate.GONE, detail)
    if status == 429 or status >= 500 or status == 408:
        wait = float(retry_after) if retry_after.isdigit() else 0.0
        return Attempt(Fate.AGAIN, detail, min(wait, LONGEST_WAIT_S))
    return Attempt(Fate.FAILED, detail)


def next_try(notice: Notice, attempt: Attempt, now: datetime) -> datetime | None:
    """When to try again: 5 s, doubled each time; None when it is given up or would come too late."""
    if attempt.fate is not Fate.AGAIN or notice.attempts >= MOST_ATTEMPTS:
        return None
    wait = max(FIRST_WAIT_S * 2 ** (notice.attempts - 1), attempt.retry_after_s)
    due = now + timedelta(seconds=min(wait, LONGEST_WAIT_S))
    return due if notice.expires_at is None or due < notice.expires_at else None


def due_after(now: datetime, last: datetime | None) -> datetime:
    """When somebody who does not look is told: in 5 s, and a minute after the last notice about the same thing."""
    soon = now + SEEN_WITHIN
    return soon if last is None else max(soon, last + COALESCE)


def reminder(at: datetime) -> datetime:
    """When people are reminded of a booked time."""
    return at - REMIND_BEFORE


def payload(
    notice_id: UUID,
    reason: NoticeReason,
    object_id: UUID,
    at: datetime,
    sender: Mapping[str, str] | None,
    expires_at: datetime | None,
) -> dict[str, Any]:
    """What leaves the house: reason, ids, times and the public name of a member of staff; no text, no client's name."""
    body: dict[str, Any] = {
        "id": str(notice_id), "reason": reason.value, "object": str(object_id), "at": to_ms(at),
    }  # fmt: skip
    if sender is not None:
        body["from"] = dict(sender)
    if expires_at is not None:
        body["expires_at"] = to_ms(expires_at)
    return body


def worded(greeting: Greeting, language: str, names: Mapping[str, str]) -> str:
    """The greeting in the client's language with its blanks filled."""
    return greeting.text.get(language, greeting.text["zh-CN"]).format_map(names)

"""Signed calls between systems: HMAC-SHA256 (RFC 2104) of timestamp and body, good for five minutes either way."""

import hashlib
import hmac
from collections.abc import Mapping

TIMESTAMP = "Visavis-Timestamp"
SIGNATURE = "Visavis-Signature"
VERSION = "v1="
TOLERANCE_S = 300


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """`v1=` and the hexadecimal HMAC-SHA256 of timestamp (seconds since 1970), a dot and the body's bytes."""
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return VERSION + digest.hexdigest()


def verify(secret: str, headers: Mapping[str, str], body: bytes, now_s: int) -> bool:
    """Whether a call was signed with `secret`, is unchanged and at most 5 minutes old; never with an empty secret."""
    given = {name.lower(): value for name, value in headers.items()}
    timestamp = given.get(TIMESTAMP.lower(), "")
    if not secret or not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    fresh = abs(now_s - int(timestamp)) <= TOLERANCE_S
    expected = signature(secret, timestamp, body)
    same = hmac.compare_digest(expected.encode(), given.get(SIGNATURE.lower(), "").encode())
    return fresh and same

"""Daily RFC 3161 timestamps of the checkpoint: an outside authority says that this history existed at that time.

The request is SHA-256 of the checkpoint's signed text with a nonce. The response is kept as it came, after a look at
its status, digest and nonce; `openssl ts -verify` checks it fully against the authority's certificate.
"""

import hashlib
import secrets

import httpx

TIMEOUT_S = 30.0
SHA256 = bytes.fromhex("608648016503040201")
TST_INFO = bytes.fromhex("060b2a864886f70d0109100104")  # id-ct-TSTInfo with its tag
GRANTED = (0, 1)


class NotStamped(Exception):
    """The authority gave no timestamp of what it was asked for; the text says why."""


def request_of(digest: bytes, nonce: int) -> bytes:
    """A TimeStampReq (RFC 3161 §2.4.1) that asks for the certificate as well."""
    algorithm = _der(0x30, _der(0x06, SHA256) + _der(0x05, b""))
    imprint = _der(0x30, algorithm + _der(0x04, digest))
    return _der(0x30, _integer(1) + imprint + _integer(nonce) + _der(0x01, b"\xff"))


def check(response: bytes, digest: bytes, nonce: int) -> None:
    """Whether a TimeStampResp was granted for this digest and nonce; raises `NotStamped`."""
    try:
        _, whole, rest = _read(response)
        _, status, token = _read(whole)
        number = int.from_bytes(_read(status)[1], "big")
    except ValueError:
        raise NotStamped("the answer is not a timestamp response") from None
    if rest or number not in GRANTED:
        raise NotStamped(f"the authority refuses, status {number}")
    info = token[token.find(TST_INFO) :] if TST_INFO in token else b""
    if _der(0x04, digest) not in info or _integer(nonce) not in info:
        raise NotStamped("the timestamp is of something else")


async def stamp(url: str, text: str, client: httpx.AsyncClient | None = None) -> bytes:
    """The response of the authority at `url` for a checkpoint's text; raises `NotStamped`."""
    digest, nonce = hashlib.sha256(text.encode()).digest(), secrets.randbits(63) | 1
    headers = {"Content-Type": "application/timestamp-query"}
    asking = client or httpx.AsyncClient(timeout=TIMEOUT_S)
    try:
        answer = await asking.post(url, content=request_of(digest, nonce), headers=headers)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise NotStamped(f"the authority does not answer: {type(error).__name__}") from None
    finally:
        if client is None:
            await asking.aclose()
    check(answer.content, digest, nonce)
    return answer.content


def _der(tag: int, content: bytes) -> bytes:
    if len(content) < 0x80:
        return bytes([tag, len(content)]) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def _integer(value: int) -> bytes:
    return _der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _read(data: bytes) -> tuple[int, bytes, bytes]:
    """Tag, content and what follows; raises ValueError."""
    if len(data) < 2:
        raise ValueError("cut short")
    length, at = data[1], 2
    if length & 0x80:
        at += length & 0x7F
        length = int.from_bytes(data[2:at], "big")
    if len(data) < at + length:
        raise ValueError("cut short")
    return data[0], data[at : at + length], data[at + length :]

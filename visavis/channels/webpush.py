"""Web Push: messages encrypted for one browser (RFC 8291, RFC 8188) and signed for its push service (RFC 8292)."""

import asyncio
import base64
import json
import os
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit
from uuid import UUID

import httpx
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from visavis.channels.rules import is_public, judge_response, unpadded
from visavis.channels.types import Attempt, Fate, Subscription
from visavis.kernel import clock

CURVE = ec.SECP256R1()
RECORD_SIZE = 4096
TOKEN_LIFE_S = 12 * 3600


def text_of(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """The uncompressed point, 65 bytes."""
    return key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def _derive(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def encrypt(
    plaintext: bytes,
    p256dh: str,
    auth: str,
    ephemeral: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """The aes128gcm body for one browser: at most 3,993 bytes of plaintext in one record.

    Key and salt are fresh for each message (RFC 8291 §3.1); only its test vector gives them. Raises ValueError for a
    point that is not on P-256.
    """
    if len(plaintext) > RECORD_SIZE - 103:
        raise ValueError("a push message fits into one record")
    sender = ephemeral or ec.generate_private_key(CURVE)
    salt = salt or os.urandom(16)
    receiver_point = unpadded(p256dh)
    receiver = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, receiver_point)
    sender_point = point_of(sender.public_key())
    info = b"WebPush: info\0" + receiver_point + sender_point
    secret = _derive(unpadded(auth), sender.exchange(ec.ECDH(), receiver), info, 32)
    key = _derive(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(salt, secret, b"Content-Encoding: nonce\0", 12)
    sealed = AESGCM(key).encrypt(nonce, plaintext + b"\x02", None)
    header = salt + RECORD_SIZE.to_bytes(4, "big") + bytes([len(sender_point)]) + sender_point
    return header + sealed


class Vapid:
    """The platform's identity towards push services: an ES256 key in the data folder (mode 0600)."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, contact: str) -> None:
        self._key = key
        self._contact = contact
        self.public = text_of(point_of(key.public_key()))

    @classmethod
    def of_folder(cls, home: Path, contact: str) -> "Vapid":
        """The key of a data folder, made there on first use; subscriptions are bound to it."""
        path = home / "keys" / "vapid.pem"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            pem = ec.generate_private_key(CURVE).private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            fresh = path.with_suffix(".new")
            with open(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
                file.write(pem)
                file.flush()
                os.fsync(file.fileno())
            fresh.rename(path)
        key = serialization.load_pem_private_key(path.read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return cls(key, contact)

    def authorization(self, endpoint: str) -> str:
        """The Authorization header for one push service: a token for its origin alone, valid for 12 hours."""
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": clock.now_ms() // 1000 + TOKEN_LIFE_S,
            "sub": self._contact,
        }
        signed = ".".join(
            text_of(json.dumps(part, separators=(",", ":")).encode())
            for part in ({"typ": "JWT", "alg": "ES256"}, claims)
        )
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        signature = text_of(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
        return f"vapid t={signed}.{signature}, k={self.public}"


class Push(Protocol):
    """The way to a browser."""

    async def send(self, to: Subscription, body: bytes, ttl_s: int, topic: UUID | None) -> Attempt:
        """Deliver `body` within `ttl_s` seconds; a later one on the same topic replaces an undelivered one."""
        ...


class NullPush:
    """Sends nothing and remembers what it would have sent; the choice of `VISAVIS_PUSH=off`."""

    def __init__(self) -> None:
        self.sent: list[tuple[Subscription, bytes]] = []
        self.answers: list[Attempt] = []

    async def send(self, to: Subscription, body: bytes, ttl_s: int, topic: UUID | None) -> Attempt:  # noqa: ARG002 - the same call as the real one
        """Remember the message; answer as told to."""
        self.sent.append((to, body))
        return self.answers.pop(0) if self.answers else Attempt(Fate.SENT, "null")


Resolve = Callable[[str], Awaitable[list[str]]]


async def resolve(host: str) -> list[str]:
    """The addresses of a host."""
    found = await asyncio.get_running_loop().getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


class HttpPush:
    """Sends to the browser's push service, and to public addresses only (no way into the firm's network)."""

    def __init__(self, vapid: Vapid, http: httpx.AsyncClient, find: Resolve = resolve) -> None:
        self._vapid = vapid
        self._http = http
        self._find = find

    async def send(self, to: Subscription, body: bytes, ttl_s: int, topic: UUID | None) -> Attempt:
        """One encrypted and signed attempt."""
        headers = {
            "Authorization": self._vapid.authorization(to.endpoint),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(ttl_s),
            "Urgency": "high",
        }
        if topic is not None:
            headers["Topic"] = text_of(topic.bytes)
        try:
            addresses = await self._find(urlsplit(to.endpoint).hostname or "")
            if not addresses or not all(is_public(one) for one in addresses):
                return Attempt(Fate.FAILED, "address is not public")
            sealed = encrypt(body, to.p256dh, to.auth)
            answer = await self._http.post(to.endpoint, content=sealed, headers=headers)
        except (httpx.HTTPError, OSError) as error:
            return Attempt(Fate.AGAIN, type(error).__name__)
        except ValueError:
            return Attempt(Fate.GONE, "unusable key")
        return judge_response(answer.status_code, answer.headers.get("retry-after", ""))

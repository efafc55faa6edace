"""Web Push to the letter: RFC 8291's own example, RFC 8292's token, and answers of push services."""

import base64
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from visavis.channels import rules, webpush
from visavis.channels.types import (
    Attempt,
    Channel,
    Fate,
    Notice,
    NoticeReason,
    NoticeState,
    Subscription,
    UnfitEndpoint,
)
from visavis.channels.webpush import HttpPush, Vapid, encrypt, point_of, text_of
from visavis.kernel import clock as clocks
from visavis.kernel.clock import FakeClock
from visavis.kernel.ids import new_id

# RFC 8291, appendix A.
PLAINTEXT = b"When I grow up, I want to be a watermelon"
SENDER_SECRET = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
RECEIVER_SECRET = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
    "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)
PUBLIC = "93.184.216.34"


def secret_key(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(rules.unpadded(text), "big"), ec.SECP256R1())


def opened(body: bytes, receiver: ec.EllipticCurvePrivateKey, auth: bytes) -> bytes:
    """What the browser makes of a body (RFC 8188 §2, RFC 8291 §3.4), written apart from the sender."""
    salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
    point, sealed = body[21 : 21 + length], body[21 + length :]
    assert len(body) <= size
    sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)

    def derive(salt: bytes, secret: bytes, info: bytes, size: int) -> bytes:
        return HKDF(hashes.SHA256(), size, salt, info).derive(secret)

    info = b"WebPush: info\0" + point_of(receiver.public_key()) + point
    secret = derive(auth, receiver.exchange(ec.ECDH(), sender), info, 32)
    key = derive(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
    nonce = derive(salt, secret, b"Content-Encoding: nonce\0", 12)
    text, _, padding = AESGCM(key).decrypt(nonce, sealed, None).rpartition(b"\x02")
    assert not padding.strip(b"\0")
    return text


def test_the_example_of_rfc_8291() -> None:
    body = encrypt(PLAINTEXT, P256DH, AUTH, secret_key(SENDER_SECRET), rules.unpadded(SALT))
    assert text_of(body) == BODY


def test_a_browser_opens_what_is_sent_and_nothing_repeats() -> None:
    receiver = secret_key(RECEIVER_SECRET)
    bodies = {encrypt(PLAINTEXT, P256DH, AUTH) for _ in range(5)}
    assert len(bodies) == 5
    assert {opened(body, receiver, rules.unpadded(AUTH)) for body in bodies} == {PLAINTEXT}


def test_a_message_fits_into_one_record() -> None:
    most = webpush.RECORD_SIZE - 103
    assert len(encrypt(b"x" * most, P256DH, AUTH)) == webpush.RECORD_SIZE
    with pytest.raises(ValueError, match="one record"):
        encrypt(b"x" * (most + 1), P256DH, AUTH)


def test_the_token_names_the_push_service_alone_and_expires(
    clock: FakeClock, tmp_path: Path
) -> None:
    vapid = Vapid.of_folder(tmp_path, "mailto:ops@example.com")
    header = vapid.authorization("https://push.example.com/a/b?c=d")
    token, key = header.removeprefix("vapid t=").split(", k=")
    head, claims, signature = token.split(".")
    raw = rules.unpadded(signature)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), rules.unpadded(key)).verify(
        encode_dss_signature(r, s), f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256())
    )
    found = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    now = clocks.now_ms() // 1000
    assert (found["aud"], found["sub"]) == ("https://push.example.com", "mailto:ops@example.com")
    assert now < found["exp"] <= now + 24 * 3600


def test_the_key_stays_and_is_private(tmp_path: Path) -> None:
    first = Vapid.of_folder(tmp_path, "mailto:a@b.c").public
    assert Vapid.of_folder(tmp_path, "mailto:a@b.c").public == first
    assert (tmp_path / "keys" / "vapid.pem").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.com/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://10.0.0.1/x",
        "https://localhost/x",
        "https://core/x",
        "https://db.internal/x",
        "https://push.example.com:8443/x",
        "https://user@push.example.com/x",
        "https://push.example.com/" + "x" * 2000,
        "ftp://push.example.com/x",
        "https://169.254.169.254/latest",
    ],
)
def test_an_endpoint_inside_the_house_is_refused(endpoint: str) -> None:
    with pytest.raises(UnfitEndpoint):
        rules.check_subscription(endpoint, P256DH, AUTH)


@pytest.mark.parametrize(
    ("p256dh", "auth"), [(P256DH[:-4], AUTH), (P256DH, AUTH[:-4]), ("!!", AUTH), (P256DH, "ü")]
)
def test_keys_that_no_browser_has_are_refused(p256dh: str, auth: str) -> None:
    with pytest.raises(UnfitEndpoint):
        rules.check_subscription("https://push.example.com/x", p256dh, auth)


def browser() -> Subscription:
    return Subscription(
        new_id(), new_id(), "https://push.example.com/abc", P256DH, AUTH, "", clocks.now()
    )


async def attempt(
    tmp_path: Path, status: int, address: str = PUBLIC
) -> tuple[Attempt, list[httpx.Request]]:
    seen: list[httpx.Request] = []

    def serve(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if status == 0:
            raise httpx.ConnectError("broken")
        return httpx.Response(status, headers={"Retry-After": "120"})

    async def find(host: str) -> list[str]:
        assert host == "push.example.com"
        return [address]

    async with httpx.AsyncClient(transport=httpx.MockTransport(serve)) as http:
        push = HttpPush(Vapid.of_folder(tmp_path, "mailto:a@b.c"), http, find)
        return await push.send(browser(), PLAINTEXT, 45, new_id()), seen


@pytest.mark.parametrize(
    ("status", "fate", "wait"),
    [
        (201, Fate.SENT, 0),
        (301, Fate.FAILED, 0),
        (400, Fate.FAILED, 0),
        (403, Fate.FAILED, 0),
        (404, Fate.GONE, 0),
        (410, Fate.GONE, 0),
        (413, Fate.FAILED, 0),
        (429, Fate.AGAIN, 120),
        (503, Fate.AGAIN, 120),
        (0, Fate.AGAIN, 0),
    ],
)
async def test_what_a_push_service_answers(
    tmp_path: Path, status: int, fate: Fate, wait: float
) -> None:
    found, _ = await attempt(tmp_path, status)
    assert (found.fate, found.retry_after_s) == (fate, wait)


async def test_the_request_is_what_the_standards_ask_for(tmp_path: Path) -> None:
    _, (request,) = await attempt(tmp_path, 201)
    assert request.headers["content-encoding"] == "aes128gcm"
    assert request.headers["ttl"] == "45"
    assert request.headers["urgency"] == "high"
    assert len(request.headers["topic"]) <= 32
    assert opened(request.content, secret_key(RECEIVER_SECRET), rules.unpadded(AUTH)) == PLAINTEXT
    assert PLAINTEXT not in request.content


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "192.168.0.1", "::1", "fe80::1%eth0"])
async def test_a_name_that_leads_into_the_house_is_not_called(tmp_path: Path, address: str) -> None:
    found, seen = await attempt(tmp_path, 201, address)
    assert (found.fate, seen) == (Fate.FAILED, [])


async def test_keys_that_turn_out_unusable_end_the_subscription(tmp_path: Path) -> None:
    async def find(_: str) -> list[str]:
        return [PUBLIC]

    def serve(request: httpx.Request) -> httpx.Response:
        return httpx.Response(201 if "topic" not in request.headers else 500)

    off_the_curve = text_of(b"\x04" + b"\x01" * 64)
    async with httpx.AsyncClient(transport=httpx.MockTransport(serve)) as http:
        push = HttpPush(Vapid.of_folder(tmp_path, "mailto:a@b.c"), http, find)
        wrong = replace(browser(), p256dh=off_the_curve)
        assert (await push.send(wrong, PLAINTEXT, 45, None)).fate is Fate.GONE
        assert (await push.send(browser(), PLAINTEXT, 45, None)).fate is Fate.SENT


async def test_names_are_looked_up() -> None:
    assert {"127.0.0.1", "::1"} & set(await webpush.resolve("localhost"))


def test_notices_wait_longer_each_time_and_end(clock: FakeClock) -> None:
    now = clocks.now()
    one = Notice(
        new_id(), new_id(), Channel.WEBHOOK, NoticeReason.MESSAGE, None, NoticeState.QUEUED, 1, "",
        now, None,
    )  # fmt: skip
    again = Attempt(Fate.AGAIN, "")
    waits = [rules.next_try(replace(one, attempts=n), again, now) for n in range(1, 9)]
    seconds = [(due - now).total_seconds() if due else None for due in waits]
    assert seconds == [5, 10, 20, 40, 80, 160, 320, None]
    late = replace(one, expires_at=now + timedelta(seconds=4))
    assert rules.next_try(late, again, now) is None
    asked = Attempt(Fate.AGAIN, "", 120)
    assert rules.next_try(one, asked, now) == now + timedelta(seconds=120)
    assert rules.next_try(one, Attempt(Fate.GONE, ""), now) is None

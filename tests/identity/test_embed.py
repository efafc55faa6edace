"""Clients come through the broker's page with a signed token: every wrong token is refused, each for its reason."""

import asyncio
import base64
import hashlib
import hmac
import json
import warnings
from datetime import timedelta
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from tests.world import BOSS, ISSUER, PAGE_ORIGIN, World, made
from visavis.archive import api as archive
from visavis.identity import api as identity
from visavis.identity.types import Issuer
from visavis.kernel import clock as time
from visavis.kernel.auth import Environment
from visavis.kernel.clock import FakeClock
from visavis.kernel.db import Database
from visavis.kernel.errors import Malformed
from visavis.kernel.settings import Settings


async def enter(world: World, token: str, **more: Any) -> httpx.Response:
    return await world.http().post("/api/embed/session", json={"token": token, **more})


async def refused_for(world: World, token: str) -> str:
    answer = await enter(world, token)
    assert answer.status_code == 401, answer.text
    assert answer.json()["error"] == "identity_refused"
    return str(answer.json()["params"]["reason"])


def encoded(data: object) -> str:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def claims(world: World, ref: str = "C1", **more: Any) -> dict[str, Any]:
    payload = world.token(ref, **more).split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=="))


def signed(key: Any, algorithm: str, key_id: str, body: dict[str, Any]) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        return jwt.encode({"alg": algorithm, "kid": key_id}, body, key, algorithms=[algorithm])


async def test_a_good_token_opens_a_session_with_what_was_signed_about_the_page(
    world: World,
) -> None:
    context = {"url": f"{PAGE_ORIGIN}/fund/1", "title": "货币基金", "product": "F1"}
    answer = await enter(
        world, world.token("C1", name="张三", ctx=context), page_origin=PAGE_ORIGIN
    )
    body = answer.json()
    assert body["me"]["name"] == "张三"
    assert body["expires_in"] == 7200
    async with world.tx() as tx:
        (actor,) = await identity.authenticate(tx, [body["bearer"]])
        assert actor is not None
        assert actor.session_id is not None
        assert await identity.session_context(tx, actor.session_id) == context
        records = await archive.chain(tx, actor.person_id)
    assert [record.kind for record in records] == ["client_session"]


async def test_the_same_number_is_the_same_client_and_keeps_his_name(world: World) -> None:
    first, second = await world.client("C9", name="张三"), await world.client("C9", name="李四")
    assert first.id == second.id
    assert (await second.http.get("/api/me")).json()["name"] == "张三"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"aud": "another-widget"}, "audience"),
        ({"aud": ["visavis-widget", "another-widget"]}, "audience"),
        ({"aud": None}, "audience"),
        ({"iat": 0}, "life"),
        ({"exp": "soon"}, "life"),
        ({"exp": None}, "life"),
        ({"iat": True}, "life"),
        ({"jti": "short"}, "jti"),
        ({"jti": 12345678}, "jti"),
        ({"sub": "someone@example.com"}, "sub"),
        ({"sub": ""}, "sub"),
        ({"sub": 7}, "sub"),
        ({"sub": "x" * 65}, "sub"),
        ({"ctx": "text"}, "ctx"),
        ({"ctx": {"title": "x" * 5000}}, "ctx"),
        ({"nbf": 4_000_000_000}, "not_yet"),
    ],
)
async def test_a_well_signed_token_with_wrong_claims_is_refused(
    world: World, change: dict[str, Any], reason: str
) -> None:
    assert await refused_for(world, world.token("C1", **change)) == reason


async def test_a_token_lives_at_most_five_minutes_and_not_from_the_future(world: World) -> None:
    now = time.now_ms() // 1000
    assert await refused_for(world, world.token("C1", exp=now + 301)) == "life"
    assert await refused_for(world, world.token("C1", iat=now + 31, exp=now + 90)) == "not_yet"
    fresh = world.token("C1", exp=now + 300)
    world.clock.move(timedelta(seconds=299))
    assert (await enter(world, fresh)).status_code == 200
    late = world.token("C1", iat=now, exp=now + 300)
    world.clock.move(timedelta(seconds=1))
    assert await refused_for(world, late) == "expired"


async def test_a_token_is_good_once(world: World) -> None:
    token = world.token("C1")
    assert (await enter(world, token)).status_code == 200
    assert await refused_for(world, token) == "replayed"
    other = world.token("C2", jti=claims(world, jti="a-fixed-token-id")["jti"])
    assert (await enter(world, other)).status_code == 200
    assert await refused_for(world, world.token("C3", jti="a-fixed-token-id")) == "replayed"


async def test_a_clock_that_leaps_ahead_and_back_opens_no_used_token_again(world: World) -> None:
    token = world.token("C3")
    assert (await world.http().post("/api/embed/session", json={"token": token})).status_code == 200
    world.clock.move(timedelta(hours=25))
    async with world.tx() as tx:
        await identity.sweep(tx)
    world.clock.move(timedelta(hours=-25))
    assert await refused_for(world, token) == "replayed"


async def test_a_swapped_client_breaks_the_signature(world: World) -> None:
    header, _, signature = world.token("C1").split(".")
    swapped = f"{header}.{encoded(claims(world, 'C2'))}.{signature}"
    assert await refused_for(world, swapped) == "signature"


async def test_a_foreign_key_an_unknown_issuer_and_an_unknown_key_are_refused(
    world: World,
) -> None:
    stranger = OKPKey.generate_key("Ed25519")
    assert await refused_for(world, signed(stranger, "EdDSA", "1", claims(world))) == "signature"
    assert await refused_for(world, world.token("C1", iss="https://evil.test")) == "issuer"
    assert await refused_for(world, signed(world.key, "EdDSA", "2", claims(world))) == "issuer"
    async with world.tx() as tx:
        await identity.set_issuer_active(tx, BOSS, ISSUER, "1", active=False)
    assert await refused_for(world, world.token("C1")) == "issuer"


async def test_no_algorithm_is_no_signature(world: World) -> None:
    for name in ("none", "None", "NONE"):
        unsigned = f"{encoded({'alg': name, 'kid': '1'})}.{encoded(claims(world))}."
        assert await refused_for(world, unsigned) == "algorithm"


async def test_a_public_key_is_no_secret(world: World) -> None:
    pem = world.key.as_pem(private=False)
    raw = base64.urlsafe_b64decode(world.key.as_dict(private=False)["x"] + "=")
    for secret in (pem, raw):
        head = f"{encoded({'alg': 'HS256', 'kid': '1'})}.{encoded(claims(world))}"
        mac = hmac.new(secret, head.encode(), hashlib.sha256).digest()
        assert await refused_for(world, f"{head}.{encoded(mac)}") == "algorithm"


async def test_each_key_has_one_algorithm(world: World) -> None:
    secret = OctKey.generate_key(256)
    ec = ECKey.generate_key("P-256")
    rsa_key = RSAKey.generate_key(2048)
    keys: list[tuple[str, str, Any, str]] = [
        ("h", "HS256", secret, base64.b64encode(secret.raw_value).decode()),
        ("e", "ES256", ec, ec.as_pem(private=False).decode()),
        ("r", "RS256", rsa_key, rsa_key.as_pem(private=False).decode()),
        ("d", "EdDSA", world.key, world.key.as_pem(private=False).decode()),
    ]
    async with world.tx() as tx:
        for key_id, algorithm, _, text in keys:
            issuer = Issuer(ISSUER, key_id, algorithm, Environment.REAL)
            await identity.add_issuer(tx, BOSS, issuer, text)
    for key_id, algorithm, key, _ in keys:
        token = signed(key, algorithm, key_id, claims(world))
        assert (await enter(world, token)).status_code == 200, algorithm
        for other_id, other, _, _ in keys:
            if other_id != key_id:
                token = signed(key, algorithm, other_id, claims(world))
                assert await refused_for(world, token) == "algorithm", (algorithm, other)
    # RSA in another dress, with the right key.
    token = jwt.encode({"alg": "PS256", "kid": "r"}, claims(world), rsa_key, algorithms=["PS256"])
    assert await refused_for(world, token) == "algorithm"
    # A secret of one issuer's key vouches for nothing under another key id of the same algorithm.
    async with world.tx() as tx:
        other_secret = base64.b64encode(OctKey.generate_key(256).raw_value).decode()
        issuer = Issuer(ISSUER, "h2", "HS256", Environment.REAL)
        await identity.add_issuer(tx, BOSS, issuer, other_secret)
    assert await refused_for(world, signed(secret, "HS256", "h2", claims(world))) == "signature"


async def test_a_secret_is_kept_sealed(world: World) -> None:
    secret = OctKey.generate_key(256)
    text = base64.b64encode(secret.raw_value).decode()
    async with world.tx() as tx:
        issuer = Issuer(ISSUER, "h", "HS256", Environment.REAL)
        await identity.add_issuer(tx, BOSS, issuer, text)
        kept = await tx.fetchval("SELECT public_key FROM embed_issuer WHERE key_id = 'h'")
    assert text not in kept
    assert secret.raw_value not in base64.b64decode(kept)


@pytest.mark.parametrize(
    "token",
    [
        "x", "a.b", "a.b.c", "....", "e30.e30.", "W10.W10.x",
        f"{encoded({'alg': 'EdDSA'})}.{encoded({'iss': ISSUER})}.x",
        f"{encoded({'alg': 1, 'kid': '1'})}.{encoded({'iss': ISSUER})}.x",
        f"{encoded(b'[' * 5000)}.e30.x",
        "é.è.ê",
    ],
)  # fmt: skip
async def test_what_is_no_token_is_refused_without_a_fault(world: World, token: str) -> None:
    assert await refused_for(world, token) == "form"


async def test_a_token_larger_than_any_is_not_even_read(world: World) -> None:
    assert (await enter(world, "x" * 8193)).json()["error"] == "malformed"


async def test_a_page_that_is_not_listed_is_refused(world: World) -> None:
    token = world.token("C1")
    answer = await enter(world, token, page_origin="https://evil.test")
    assert (answer.status_code, answer.json()["error"]) == (403, "origin_refused")
    # Nothing was spent by that.
    assert (await enter(world, token, page_origin=PAGE_ORIGIN)).status_code == 200
    visitor = await world.http().post(
        "/api/embed/visitor", json={"page_origin": "https://evil.test"}
    )
    assert visitor.status_code == 403
    called = await world.http().post(
        "/api/embed/session", json={"token": world.token("C1")}, headers={"Origin": PAGE_ORIGIN}
    )
    assert called.status_code == 403


async def test_whoever_may_not_act_gets_no_session(world: World) -> None:
    client = await world.client("C5")
    async with world.tx() as tx:
        await tx.execute("UPDATE person SET status = 'restricted' WHERE id = $1", client.id)
    assert await refused_for(world, world.token("C5")) == "status"
    assert (await client.http.get("/api/me")).status_code == 401


async def test_simulated_clients_come_only_where_they_are_admitted(
    world: World, database: Database, clock: FakeClock, settings: Settings
) -> None:
    async with world.tx() as tx:
        issuer = Issuer("https://rehearsal.test", "s", "EdDSA", Environment.SIMULATED)
        await identity.add_issuer(tx, BOSS, issuer, world.key.as_pem(private=False).decode())
    body = claims(world, "C1", iss="https://rehearsal.test")
    made_here = await enter(world, signed(world.key, "EdDSA", "s", body))
    assert made_here.json()["me"]["environment"] == "simulated"
    real = await world.client("C1")
    assert str(real.id) != made_here.json()["me"]["id"]
    async with world.tx() as tx:
        await tx.execute("UPDATE installation SET mode = 'production'")
    body = claims(world, "C1", iss="https://rehearsal.test")
    assert await refused_for(world, signed(world.key, "EdDSA", "s", body)) == "environment"
    admin = await world.sign_in(await world.administrator())
    more = {
        "issuer": "https://x.test", "key_id": "t", "algorithm": "EdDSA", "environment": "test",
        "key": world.key.as_pem(private=False).decode(),
    }  # fmt: skip
    assert (await admin.post("/api/issuers", json=more)).status_code == 422


async def test_a_clients_session_ends_after_two_hours_and_needs_no_header_against_other_sites(
    world: World,
) -> None:
    client = await world.client()
    del client.http.headers["X-Visavis"]
    assert (await client.http.patch("/api/me", json={"language": "en"})).status_code == 200
    world.clock.move(timedelta(hours=2))
    assert (await client.http.get("/api/me")).status_code == 401


async def test_boots_in_bulk_from_one_address_are_stopped(
    database: Database, clock: FakeClock, settings: Settings
) -> None:
    few = settings.model_copy(update={"embed_sessions_per_minute": 3})
    async with made(database, clock, few) as world:
        for _ in range(2):
            await world.visitor()
        assert (await enter(world, "x")).status_code == 401
        stopped = await enter(world, world.token("C1"))
        assert (stopped.status_code, stopped.json()["error"]) == (429, "too_many")
        clock.move(timedelta(seconds=61))
        await world.client()


async def test_a_staff_cookie_in_the_same_browser_does_not_matter(world: World) -> None:
    browser = await world.sign_in(await world.advisor())
    del browser.headers["X-Visavis"]
    answer = await browser.post("/api/embed/session", json={"token": world.token("C1")})
    assert answer.status_code == 200
    assert answer.json()["me"]["kind"] == "client"


async def test_of_two_who_bring_one_token_at_once_one_enters(world: World) -> None:
    token = world.token("C1")
    answers = await asyncio.gather(*(enter(world, token) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401, 401]


async def test_an_origin_that_is_taken_off_the_list_is_off_at_once(world: World) -> None:
    async with world.tx() as tx:
        assert list(await identity.origins(tx)) == [PAGE_ORIGIN]
        await identity.remove_origin(tx, BOSS, PAGE_ORIGIN)
        assert list(await identity.origins(tx)) == []


async def test_keys_that_do_not_fit_their_algorithm_are_not_registered(world: World) -> None:
    curve = ECKey.generate_key("P-384").as_pem(private=False).decode()
    small = rsa.generate_private_key(65537, 1024).public_key()
    short = small.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    x25519 = OKPKey.generate_key("X25519").as_pem(private=False).decode()
    for algorithm, text, field in (
        ("ES256", curve, "key"), ("RS256", short, "key"), ("EdDSA", x25519, "key"),
        ("ES512", curve, "algorithm"),
    ):  # fmt: skip
        async with world.tx() as tx:
            with pytest.raises(Malformed) as error:
                await identity.add_issuer(
                    tx, BOSS, Issuer("https://x.test", "k", algorithm, Environment.REAL), text
                )
        assert error.value.params["field"] == field

"""Signing in through the firm's provider: a real one on loopback that can be made to lie."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from tests.identity.provider import CLIENT_ID, CLIENT_SECRET, Provider, running
from tests.world import BOSS, World, made
from visavis.identity import api as identity
from visavis.identity import oidc
from visavis.identity.types import ProviderRefused, Staff
from visavis.kernel.clock import FakeClock
from visavis.kernel.db import Database
from visavis.kernel.settings import Settings


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with running() as one:
        yield one


@pytest.fixture
async def world(
    database: Database, clock: FakeClock, settings: Settings, provider: Provider
) -> AsyncIterator[World]:
    known = settings.model_copy(
        update={
            "oidc_issuer": provider.issuer,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret": CLIENT_SECRET,
            "oidc_name": "统一登录",
        }
    )
    async with made(database, clock, known) as one:
        yield one


async def away(browser: httpx.AsyncClient, to: str = "/desk/") -> str:
    """Start, let the provider agree, and return the address that it sends the browser back to."""
    started = await browser.get("/api/oidc/firm/start", params={"to": to})
    assert started.status_code == 303, started.text
    async with httpx.AsyncClient() as outside:
        agreed = await outside.get(started.headers["location"])
    assert agreed.status_code == 303
    return str(agreed.headers["location"])


async def round_trip(world: World, browser: httpx.AsyncClient | None = None) -> httpx.Response:
    browser = browser or world.http()
    return await browser.get(await away(browser))


def told(response: httpx.Response) -> dict[str, str]:
    query = parse_qs(urlsplit(response.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


async def linked(world: World, provider: Provider) -> Staff:
    one = await world.advisor("林知远")
    provider.user = {"preferred_username": one.login}
    return one


async def test_the_sign_in_page_knows_the_provider(world: World) -> None:
    found = (await world.http().get("/api/sign-in/providers")).json()
    assert found == [{"id": "firm", "name": "统一登录"}]


async def test_the_first_time_links_by_login_and_then_only_the_subject_counts(
    world: World, provider: Provider
) -> None:
    one = await linked(world, provider)
    browser = world.http()
    back = await browser.get(await away(browser, "/console/"))
    assert back.headers["location"] == "/console/"
    assert (await browser.get("/api/me")).json()["id"] == str(one.id)
    provider.user = {"preferred_username": "renamed"}
    browser = world.http()
    assert (await round_trip(world, browser)).headers["location"] == "/desk/"
    assert (await browser.get("/api/me")).json()["id"] == str(one.id)
    # Another subject with the same login is somebody else.
    provider.subject, provider.user = "subject-2", {"preferred_username": one.login}
    assert told(await round_trip(world)) == {"error": "sign_in_failed"}


async def test_an_address_counts_only_when_verified(world: World, provider: Provider) -> None:
    async with world.tx() as tx:
        one = await world.advisor()
        await tx.execute("UPDATE staff SET login = 'lin@broker.test' WHERE person_id = $1", one.id)
    provider.user = {"email": "lin@broker.test", "email_verified": False}
    assert told(await round_trip(world)) == {"error": "sign_in_failed"}
    provider.user = {"email": "lin@broker.test", "email_verified": True}
    assert (await round_trip(world)).headers["location"] == "/desk/"


async def test_whoever_is_locked_or_unknown_stays_outside(world: World, provider: Provider) -> None:
    assert told(await round_trip(world)) == {"error": "sign_in_failed"}
    one = await linked(world, provider)
    async with world.tx() as tx:
        await identity.lock(tx, BOSS, one.id)
    assert told(await round_trip(world)) == {"error": "sign_in_failed"}


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"nonce": "another"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"aud": "another"}, "audience"),
        ({"aud": ["visavis", "another"]}, "audience"),
        ({"aud": "visavis", "azp": "another"}, "audience"),
        ({"iss": "http://127.0.0.1:1"}, "issuer"),
        ({"exp": 1}, "expired"),
        ({"exp": None}, "expired"),
        ({"iat": 1}, "issued"),
        ({"iat": 4_000_000_000, "exp": 4_000_000_300}, "issued"),
        ({"sub": ""}, "sub"),
        ({"sub": None}, "sub"),
    ],
)
async def test_an_id_token_with_a_wrong_claim_is_refused(
    world: World, provider: Provider, claims: dict[str, Any], reason: str
) -> None:
    await linked(world, provider)
    provider.claims = claims
    browser = world.http()
    back = await round_trip(world, browser)
    assert told(back) == {"error": "provider_refused", "reason": reason}
    assert (await browser.get("/api/me")).status_code == 401
    assert provider.redeemed == 1


def _encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


async def test_signatures_that_prove_nothing_are_refused(world: World, provider: Provider) -> None:
    await linked(world, provider)
    stranger = RSAKey.generate_key(2048, {"kid": "k1"})
    pem = provider.key.as_pem(private=False)

    def unsigned(body: dict[str, Any]) -> str:
        return f"{_encoded({'alg': 'none'})}.{_encoded(body)}."

    def by_public_key(body: dict[str, Any]) -> str:
        head = f"{_encoded({'alg': 'HS256', 'kid': 'k1'})}.{_encoded(body)}"
        mac = hmac.new(pem, head.encode(), hashlib.sha256).digest()
        return f"{head}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"

    def by_client_secret(body: dict[str, Any]) -> str:
        head = f"{_encoded({'alg': 'HS256'})}.{_encoded(body)}"
        mac = hmac.new(CLIENT_SECRET.encode(), head.encode(), hashlib.sha256).digest()
        return f"{head}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"

    def by_stranger(body: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": "k1"}, body, stranger)

    def by_own_key_in_the_header(body: dict[str, Any]) -> str:
        key = ECKey.generate_key("P-256")
        header = {"alg": "ES256", "kid": "k1", "jwk": key.as_dict(private=False)}
        return jwt.encode(header, body, key, algorithms=["ES256"])

    for sign in (unsigned, by_public_key, by_client_secret, by_stranger, by_own_key_in_the_header,
                 lambda _: "x", lambda _: "a.b.c"):  # fmt: skip
        provider.sign = sign
        assert told(await round_trip(world)) == {
            "error": "provider_refused", "reason": "signature",
        }  # fmt: skip


async def test_the_round_belongs_to_the_browser_that_began_it_and_is_spent(
    world: World, provider: Provider
) -> None:
    await linked(world, provider)
    victim, thief = world.http(), world.http()
    back = await away(victim)
    assert told(await thief.get(back)) == {"error": "provider_refused", "reason": "state"}
    assert provider.redeemed == 0
    assert (await victim.get(back)).headers["location"] == "/desk/"
    assert told(await victim.get(back))["reason"] == "state"
    late = world.http()
    back = await away(late)
    world.clock.move(timedelta(minutes=10))
    assert told(await late.get(back))["reason"] == "state"


async def test_a_code_of_another_round_does_not_pass_pkce(world: World, provider: Provider) -> None:
    await linked(world, provider)
    one, two = world.http(), world.http()
    first, second = await away(one), await away(two)
    stolen = parse_qs(urlsplit(first).query)["code"][0]
    state = parse_qs(urlsplit(second).query)["state"][0]
    back = await two.get("/api/oidc/firm/callback", params={"code": stolen, "state": state})
    assert told(back) == {"error": "provider_refused", "reason": "answer"}


async def test_a_provider_that_says_it_is_another_is_not_asked(
    world: World, provider: Provider
) -> None:
    for change, reason in (
        ({"issuer": "http://127.0.0.1:1"}, "issuer"),
        ({"token_endpoint": "http://provider.example/token"}, "discovery"),
        ({"jwks_uri": 7}, "discovery"),
    ):
        provider.discovery = change
        answer = await world.http().get("/api/oidc/firm/start")
        assert (answer.status_code, answer.json()["params"]["reason"]) == (401, reason)


async def test_only_our_own_pages_are_gone_back_to(world: World, provider: Provider) -> None:
    await linked(world, provider)
    browser = world.http()
    back = await browser.get(await away(browser, "//evil.test/"))
    assert back.headers["location"] == "/desk/"


async def test_without_a_provider_there_is_none(
    database: Database, clock: FakeClock, settings: Settings
) -> None:
    async with made(database, clock, settings) as world:
        browser = world.http()
        assert (await browser.get("/api/sign-in/providers")).json() == []
        assert (await browser.get("/api/oidc/firm/start")).status_code == 404


async def test_a_provider_out_of_reach_is_said_so(
    database: Database, clock: FakeClock, settings: Settings
) -> None:
    gone = settings.model_copy(update={"oidc_issuer": "http://127.0.0.1:1", "oidc_client_id": "x"})
    async with made(database, clock, gone) as world:
        answer = await world.http(**{"Accept-Language": "en"}).get("/api/oidc/firm/start")
        assert answer.json()["params"] == {"reason": "unreachable"}
        assert "out of reach" in answer.json()["detail"]


def test_a_symmetric_key_in_the_key_set_is_not_even_looked_at() -> None:
    key = {"kty": "oct", "k": base64.urlsafe_b64encode(b"s" * 32).decode(), "kid": "k1"}
    with pytest.raises(ProviderRefused):
        oidc.checked("a.b.c", {"keys": [key]}, "i", "c", "n")
    with pytest.raises(ProviderRefused):
        oidc.checked("a.b.c", {"keys": "none"}, "i", "c", "n")

"""A small OpenID Connect client: discovery, authorization code with PKCE, and the checks of an ID token.

Sources: OpenID Connect Core 1.0 §3.1, RFC 7636 (S256), RFC 8725. Algorithms are taken from a fixed list of asymmetric
ones, never from the token alone, so neither `none` nor a public key used as a secret passes.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from visavis.identity.types import ProviderRefused
from visavis.kernel import clock
from visavis.kernel.settings import Settings

ALGORITHMS = ["RS256", "ES256", "PS256", "Ed25519"]
SKEW_S = 60
OLDEST_S = 600
TIMEOUT_S = 10.0
LARGEST = 1_000_000


@dataclass(frozen=True)
class Provider:
    """The firm's provider as it describes itself."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


@dataclass(frozen=True)
class Ask:
    """What the browser is sent away with, and what must come back with it."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Subject:
    """Whom the provider vouches for; `login` only where the provider says that it is verified."""

    issuer: str
    subject: str
    login: str | None


def fresh_ask() -> Ask:
    """Three independent secrets of 256 bits."""
    return Ask(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(32))


async def discover(settings: Settings) -> Provider:
    """What the issuer says about itself; raises `ProviderRefused` when it is out of reach or another issuer answers."""
    issuer = settings.oidc_issuer.rstrip("/")
    found = await _json("GET", f"{issuer}/.well-known/openid-configuration")
    if found.get("issuer") not in (settings.oidc_issuer, issuer):
        raise ProviderRefused(reason="issuer")
    places = [found.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    if not all(isinstance(place, str) and _safe(place) for place in places):
        raise ProviderRefused(reason="discovery")
    return Provider(str(found["issuer"]), *(str(place) for place in places))


def authorization_url(provider: Provider, settings: Settings, ask: Ask, redirect_uri: str) -> str:
    """Where to send the browser."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(ask.verifier.encode()).digest())
    query = {
        "response_type": "code",
        "client_id": settings.oidc_client_id,
        "redirect_uri": redirect_uri,
        "scope": "openid profile email",
        "state": ask.state,
        "nonce": ask.nonce,
        "code_challenge": challenge.rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    joint = "&" if urlsplit(provider.authorization_endpoint).query else "?"
    return provider.authorization_endpoint + joint + urlencode(query)


async def redeem(
    provider: Provider, settings: Settings, code: str, ask: Ask, redirect_uri: str
) -> Subject:
    """Whom the code stands for; raises `ProviderRefused`."""
    answer = await _json(
        "POST",
        provider.token_endpoint,
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": ask.verifier,
            "client_id": settings.oidc_client_id,
        },
        (settings.oidc_client_id, settings.oidc_client_secret),
    )
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise ProviderRefused(reason="id_token")
    keys = await _json("GET", provider.jwks_uri)
    return checked(token, keys, provider.issuer, settings.oidc_client_id, ask.nonce)


def checked(
    token: str, keys: Mapping[str, Any], issuer: str, client_id: str, nonce: str
) -> Subject:
    """The subject of an ID token that passes every check of Core §3.1.3.7; raises `ProviderRefused`."""
    try:
        public = [key for key in keys.get("keys", []) if key.get("kty") in ("RSA", "EC", "OKP")]
        key_set = KeySet.import_key_set({"keys": public})
        claims = jwt.decode(token, key_set, algorithms=ALGORITHMS).claims
    except (JoseError, ValueError, AttributeError, TypeError):
        raise ProviderRefused(reason="signature") from None
    now = clock.now_ms() / 1000
    audience = claims.get("aud")
    several = audience if isinstance(audience, list) else [audience]
    party = claims.get("azp", client_id if len(several) == 1 else None)
    expires, issued = claims.get("exp"), claims.get("iat")
    subject = claims.get("sub")
    checks = (
        ("issuer", claims.get("iss") == issuer),
        ("audience", client_id in several and party == client_id),
        ("expired", isinstance(expires, int | float) and expires > now - SKEW_S),
        ("issued", isinstance(issued, int | float) and now - OLDEST_S < issued < now + SKEW_S),
        ("nonce", hmac.compare_digest(str(claims.get("nonce", "")), nonce)),
        ("sub", isinstance(subject, str) and 0 < len(subject) <= 255),
    )
    for reason, sound in checks:
        if not sound:
            raise ProviderRefused(reason=reason)
    return Subject(issuer, str(subject), _login(claims))


def _login(claims: Mapping[str, Any]) -> str | None:
    """A verified e-mail address, or else the name that the firm's own provider prefers."""
    email = claims.get("email")
    if isinstance(email, str) and claims.get("email_verified") is True:
        return email
    name = claims.get("preferred_username")
    return name if isinstance(name, str) and name else None


def _safe(url: str) -> bool:
    parts = urlsplit(url)
    loopback = parts.hostname in ("localhost", "127.0.0.1", "::1")
    return parts.scheme == "https" or (parts.scheme == "http" and loopback)


async def _json(
    method: str,
    url: str,
    form: Mapping[str, str] | None = None,
    auth: tuple[str, str] | None = None,
) -> dict[str, Any]:
    if not _safe(url):
        raise ProviderRefused(reason="scheme")
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False) as client:
            answer = await client.request(method, url, data=form, auth=auth)
        body = answer.json() if len(answer.content) <= LARGEST else None
    except (httpx.HTTPError, ValueError):
        raise ProviderRefused(reason="unreachable") from None
    if answer.status_code != 200 or not isinstance(body, dict):
        raise ProviderRefused(reason="answer")
    return body

"""A small and real OpenID Connect provider on loopback: discovery, authorization code with PKCE, token and keys.

It signs what it is told to sign, so that a test can make it lie; otherwise it keeps the rules of OpenID Connect
Core 1.0 and RFC 7636, and refuses who does not.
"""

import asyncio
import base64
import hashlib
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import uvicorn
from fastapi import FastAPI, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import RSAKey

from visavis.kernel import clock

CLIENT_ID = "visavis"
CLIENT_SECRET = "a secret of the test"


@dataclass
class Provider:
    """What the provider knows, and how a test bends it: `claims` changes the ID token, `sign` replaces the signing."""

    issuer: str
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))
    subject: str = "subject-1"
    user: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    discovery: dict[str, Any] = field(default_factory=dict)
    sign: Callable[[dict[str, Any]], str] | None = None
    rounds: dict[str, dict[str, str]] = field(default_factory=dict)
    redeemed: int = 0

    def id_token(self, nonce: str) -> str:
        """The token of a round."""
        now = clock.now_ms() // 1000
        body = {
            "iss": self.issuer, "aud": CLIENT_ID, "sub": self.subject, "nonce": nonce,
            "iat": now, "exp": now + 300, **self.user, **self.claims,
        }  # fmt: skip
        if self.sign is not None:
            return self.sign(body)
        return jwt.encode({"alg": "RS256", "kid": "k1"}, body, self.key)


def application(provider: Provider) -> FastAPI:
    """The provider's web application."""
    app = FastAPI()

    @app.get("/.well-known/openid-configuration")
    async def discovery() -> dict[str, Any]:
        return {
            "issuer": provider.issuer,
            "authorization_endpoint": f"{provider.issuer}/authorize",
            "token_endpoint": f"{provider.issuer}/token",
            "jwks_uri": f"{provider.issuer}/keys",
        } | provider.discovery

    @app.get("/keys")
    async def keys() -> dict[str, Any]:
        return {"keys": [provider.key.as_dict(private=False)]}

    @app.get("/authorize")
    async def authorize(request: Request) -> RedirectResponse:
        asked = dict(request.query_params)
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        assert "openid" in asked["scope"].split()
        code = secrets.token_urlsafe(16)
        provider.rounds[code] = asked
        query = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{query}", 303)

    @app.post("/token")
    async def token(
        request: Request,
        grant_type: str = Form(),
        code: str = Form(),
        redirect_uri: str = Form(),
        code_verifier: str = Form(),
    ) -> JSONResponse:
        asked = provider.rounds.pop(code, None)
        expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        digest = hashlib.sha256(code_verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        sound = (
            asked is not None
            and request.headers.get("authorization") == f"Basic {expected}"
            and grant_type == "authorization_code"
            and redirect_uri == asked["redirect_uri"]
            and challenge == asked["code_challenge"]
        )
        if asked is None or not sound:
            return JSONResponse({"error": "invalid_grant"}, 400)
        provider.redeemed += 1
        body = {
            "access_token": "opaque", "token_type": "Bearer",
            "id_token": provider.id_token(asked["nonce"]),
        }  # fmt: skip
        return JSONResponse(body)

    return app


class Quiet(uvicorn.Server):
    """A server that leaves the signals to pytest."""

    def install_signal_handlers(self) -> None:
        return


@asynccontextmanager
async def running() -> AsyncIterator[Provider]:
    """A provider on a free port of loopback, for as long as the block runs."""
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    provider = Provider(f"http://127.0.0.1:{sock.getsockname()[1]}")
    config = uvicorn.Config(
        application(provider), log_config=None, access_log=False, lifespan="off", loop="asyncio"
    )
    server = Quiet(config)
    started = asyncio.Event()
    startup = server.startup

    async def tell(sockets: list[socket.socket] | None = None) -> None:
        await startup(sockets)
        started.set()

    server.startup = tell  # type: ignore[method-assign]
    serving = asyncio.create_task(server._serve([sock]))
    await started.wait()
    try:
        yield provider
    finally:
        server.should_exit = True
        await serving
        sock.close()

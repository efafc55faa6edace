"""Routes of signing in through the firm's OpenID Connect provider."""

import hashlib
import hmac
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from visavis.identity import api
from visavis.identity.types import ProviderRefused, SignInFailed
from visavis.identity.web.present import is_https, set_session_cookie
from visavis.identity.web.sign_in import device_of
from visavis.kernel.errors import Refusal
from visavis.kernel.http import Edge, Unsigned, origin_of

router = APIRouter(tags=["identity"])

STATE_COOKIE = "visavis_oidc"
APPLICATIONS = ("/desk/", "/console/")


class ProviderOut(BaseModel):
    """A provider on the sign-in page."""

    id: str
    name: str


@router.get("/api/sign-in/providers")
async def list_providers(edge: Unsigned) -> list[ProviderOut]:
    """The firm's providers; empty where none is set."""
    return [ProviderOut(id=one, name=name) for one, name in api.providers(edge.settings)]


@router.get("/api/oidc/{provider_id}/start", response_class=RedirectResponse)
async def start_oidc(
    request: Request,
    edge: Unsigned,
    provider_id: str,
    to: Annotated[str, Query(max_length=100)] = "/desk/",
) -> Response:
    """Send the browser to the provider; the round is bound to this browser by a cookie."""
    back_to = to if to in APPLICATIONS else APPLICATIONS[0]
    ask, url = await api.authorization(
        provider_id, edge.settings, _redirect_uri(request, edge, provider_id)
    )
    async with edge.transaction() as tx:
        await api.remember_ask(tx, ask, back_to)
    response = RedirectResponse(url, 303)
    response.set_cookie(
        STATE_COOKIE, _bound(ask.state), max_age=600, path="/api/oidc/",
        secure=is_https(request, edge), httponly=True, samesite="lax",
    )  # fmt: skip
    return response


@router.get("/api/oidc/{provider_id}/callback", response_class=RedirectResponse)
async def finish_oidc(
    request: Request,
    edge: Unsigned,
    provider_id: str,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=4096)] = "",
) -> Response:
    """Take the browser back: the state must be this browser's, and is spent; then sign in or say why not."""
    back_to = APPLICATIONS[0]
    try:
        held = request.cookies.get(STATE_COOKIE, "")
        if not state or not hmac.compare_digest(held, _bound(state)):
            raise ProviderRefused(reason="state")
        async with edge.transaction() as tx:
            round_ = await api.recall_ask(tx, state)
        if round_ is None or not code:
            raise ProviderRefused(reason="state" if round_ is None else "code")
        ask, back_to = round_
        subject = await api.redeem_code(
            provider_id, edge.settings, code, ask, _redirect_uri(request, edge, provider_id)
        )
        async with edge.transaction() as tx:
            begun = await api.enter_by_provider(
                tx, subject.issuer, subject.subject, subject.login, edge.address,
                device_of(request),
            )  # fmt: skip
        if isinstance(begun, SignInFailed):
            raise begun
    except Refusal as refusal:
        query = urlencode({"error": refusal.code} | {k: str(v) for k, v in refusal.params.items()})
        return _forget(RedirectResponse(f"{back_to}?{query}", 303))
    response = _forget(RedirectResponse(back_to, 303))
    set_session_cookie(request, response, edge, begun)
    return response


def _forget(response: RedirectResponse) -> RedirectResponse:
    response.delete_cookie(STATE_COOKIE, path="/api/oidc/", httponly=True, samesite="lax")
    return response


def _bound(state: str) -> str:
    """What the cookie carries: not the state itself."""
    return hashlib.sha256(b"oidc state " + state.encode()).hexdigest()


def _redirect_uri(request: Request, edge: Edge, provider_id: str) -> str:
    return f"{origin_of(request, edge.settings)}/api/oidc/{provider_id}/callback"

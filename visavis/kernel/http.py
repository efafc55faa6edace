"""The edge's tools: who calls, in which language, with which transaction; how a refusal becomes a response.

`Signed`, `Anyone` and `Unsigned` are the parameters a route may take; each gives an `Edge`. A route parses, opens one
transaction, calls one door and presents the result. Texts of refusals come from the `messages.json` of each context.
"""

import json
import pathlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
import structlog
from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from visavis.kernel.auth import Actor
from visavis.kernel.db import Database, Tx
from visavis.kernel.denials import denial, ids_in, is_denial
from visavis.kernel.errors import Forbidden, Malformed, NotFound, NotSignedIn, Refusal, TooMany
from visavis.kernel.ids import new_id
from visavis.kernel.settings import Settings

log = structlog.get_logger(__name__)

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
COOKIE = "visavis_session"
SECURE_COOKIE = "__Host-visavis_session"


class Catalogue:
    """Sentences for codes, per language; `{name}` is filled from a refusal's parameters, reason and field in words."""

    def __init__(self, package: pathlib.Path) -> None:
        self.sentences: dict[str, dict[str, str]] = {}
        for file in sorted(package.glob("*/messages.json")):
            self.sentences.update(json.loads(file.read_text()))

    def text(self, code: str, language: str, params: Mapping[str, object] | None = None) -> str:
        """The sentence for `code`, in `language` or else English; the code itself where there is none."""
        sentence = self.sentences.get(code, {})
        template = sentence.get(language) or sentence.get("en") or code
        filled = {key: str(value) for key, value in (params or {}).items()}
        if "reason" in filled:
            filled["reason"] = self._reason(code, filled["reason"], language)
        if f"field.{filled.get('field')}" in self.sentences:
            filled["field"] = self.text(f"field.{filled['field']}", language)
        try:
            return template.format_map(filled)
        except (KeyError, IndexError, ValueError):
            return template

    def _reason(self, code: str, reason: str, language: str) -> str:
        """A reason in words where it has some, under `code.reason`; what follows its first word may fill `{of}`.

        What a checker of forms says stands as a detail in the words under `code.*`.
        """
        word, _, of = reason.partition(" ")
        fits = ((f"{code}.{reason}", of), (f"{code}.{word}", of), (f"{code}.*", reason))
        known = [(key, rest) for key, rest in fits if reason and key in self.sentences]
        return self.text(known[0][0], language, {"of": known[0][1]}) if known else reason


@dataclass(frozen=True)
class Edge:
    """One call: the actor, his language, and the way to a transaction. `token` is the session's, for signing out."""

    actor: Actor | None
    database: Database
    settings: Settings
    language: str
    address: str
    token: str

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Tx]:
        """The call's one transaction: committed when the block ends."""
        async with self.database.transaction() as tx:
            yield tx

    @property
    def who(self) -> Actor:
        """The actor; raises `NotSignedIn` where there is none."""
        if self.actor is None:
            raise NotSignedIn
        return self.actor


def language_of(request: Request) -> str:
    """zh-CN or en, from `?lang=` or `Accept-Language`; Chinese when neither says."""
    wanted = request.query_params.get("lang") or request.headers.get("accept-language", "")
    first = wanted.strip().lower()
    return "en" if first.startswith("en") else "zh-CN"


def session_token(request: Request) -> tuple[str, bool]:
    """The session's token, and whether it came by cookie (and so needs the cross-site guard)."""
    header = request.headers.get("authorization", "")
    if header.lower().startswith("bearer "):
        return header[7:].strip(), False
    return request.cookies.get(SECURE_COOKIE) or request.cookies.get(COOKIE) or "", True


def guard_cross_site(request: Request, settings: Settings) -> None:
    """Refuse an unsafe call that another site could have made with the cookie (OWASP ASVS 5.0 V3.5)."""
    if request.method in SAFE_METHODS:
        return
    if not from_own_page(request, settings):
        raise Forbidden(reason="origin")
    if request.headers.get("x-visavis") != "1":
        raise Forbidden(reason="x-visavis")


def from_own_page(request: Request, settings: Settings) -> bool:
    """Whether the call comes from a page of the platform, or from no page at all.

    A browser names the page's origin; it is ours when it is the public one, or has the host that the call was sent to.
    """
    origin = request.headers.get("origin")
    if not origin or origin == origin_of(request, settings):
        return True
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc == request.headers.get("host")


def origin_of(request: Request, settings: Settings) -> str:
    """The platform's own origin as browsers see it."""
    if settings.public_url:
        parts = urlsplit(settings.public_url)
        return f"{parts.scheme}://{parts.netloc}"
    return f"{request.url.scheme}://{request.headers.get('host', '')}"


def address_of(request: Request) -> str:
    """Where the call came from."""
    return request.client.host if request.client else ""


async def anyone(request: Request) -> Edge:
    """A caller who may be signed in or not."""
    state = request.app.state
    token, by_cookie = session_token(request)
    actor: Actor | None = None
    if token:
        if by_cookie:
            guard_cross_site(request, state.settings)
        actor = await state.authenticate(token)
    request.state.actor = actor
    return Edge(
        actor, state.database, state.settings, language_of(request), address_of(request), token
    )


async def unsigned(request: Request) -> Edge:
    """A caller whose session, if there is one, does not matter: signing in, the widget's boot, public pages."""
    state = request.app.state
    return Edge(None, state.database, state.settings, language_of(request), address_of(request), "")


async def signed(request: Request) -> Edge:
    """A caller with a valid session; raises `NotSignedIn`."""
    edge = await anyone(request)
    if edge.actor is None:
        raise NotSignedIn
    return edge


Anyone = Annotated[Edge, Depends(anyone)]
Signed = Annotated[Edge, Depends(signed)]
Unsigned = Annotated[Edge, Depends(unsigned)]


def answer(value: object, status: int = 200) -> Response:
    """A JSON response encoded by msgspec: for lists and whatever is asked for often."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def refusal_response(request: Request, refusal: Refusal) -> JSONResponse:
    """The one form of every error body."""
    catalogue: Catalogue = request.app.state.catalogue
    params: dict[str, Any] = {
        k: v for k, v in refusal.params.items() if isinstance(v, str | int | float)
    }
    body = {
        "error": refusal.code,
        "detail": catalogue.text(refusal.code, language_of(request), params),
        "id": str(getattr(request.state, "id", "")),
    }
    if params:
        body["params"] = params  # type: ignore[assignment]  # the only nested part
    headers = (
        {"Retry-After": str(params["retry_after"])}
        if isinstance(refusal, TooMany) and "retry_after" in params
        else None
    )
    return JSONResponse(body, refusal.status, headers)


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class Identified:
    """A request id on every response and log line, and the headers that every response carries."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The next application, its response completed; what it has set itself stays."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = str(new_id())
        scope.setdefault("state", {})["id"] = number

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = number
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if (scope["app"].state.settings.public_url or scope["scheme"]).startswith("https"):
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        with structlog.contextvars.bound_contextvars(request=number):
            await self._app(scope, receive, complete)


async def _on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    await _note(request, error)
    return refusal_response(request, error)


async def _note(request: Request, refusal: Refusal) -> None:
    """Put a refused authorisation on record before anybody learns of it."""
    actor: Actor | None = getattr(request.state, "actor", None)
    objects = ids_in(request.path_params) | ids_in(request.query_params)
    # What the route has read of a body; a body that nobody has read stays unread.
    read = getattr(request, "_json", None)
    objects |= ids_in(read, "body") if isinstance(read, dict) else {}
    if not is_denial(refusal, actor, objects):
        return
    route = getattr(request.scope.get("route"), "path", request.url.path)
    operation = f"{request.method} {route}"
    state = request.app.state
    await state.denials.note(
        state.database, denial(refusal, actor, address_of(request), operation, objects)
    )


async def _on_malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"][1:])
    # The first bound or the list of what is possible, where the kind of error has one.
    bound = next((str(one) for one in first.get("ctx", {}).values()), "")
    known = f"malformed.{first['type']}" in request.app.state.catalogue.sentences
    reason = f"{first['type']} {bound}".strip() if known else first["msg"]
    return refusal_response(request, Malformed(field=place, reason=reason))


async def _on_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    refusal = NotFound() if error.status_code == 404 else Malformed(field="", reason=error.detail)
    response = refusal_response(request, refusal)
    response.status_code = error.status_code
    return response


async def _on_anything(request: Request, error: Exception) -> Response:
    number = str(getattr(request.state, "id", ""))
    # Whatever was bound to the request's lines is gone by now.
    log.error("unexpected", request=number, path=request.url.path, exc_info=error)
    text = request.app.state.catalogue.text("internal", language_of(request))
    return JSONResponse({"error": "internal", "detail": text, "id": number}, 500)


def install(app: FastAPI) -> None:
    """Give `app` its error handlers and a request id on every response and log line."""
    app.add_exception_handler(Refusal, _on_refusal)
    app.add_exception_handler(RequestValidationError, _on_malformed)
    app.add_exception_handler(HTTPException, _on_route)
    app.add_exception_handler(Exception, _on_anything)
    app.add_middleware(Identified)

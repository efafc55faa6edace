"""The broker's own web site: pages with the widget, and the small server that vouches for who is signed in.

It stands for the site that a firm already has. Its sign-in is simulated (one chooses who to be); everything between it
and the platform is real: a signed token per boot (RFC 7519, ES256, 2 minutes, single use), fetched by the launcher.
"""

import csv
import html
import io
import json
import math
import pathlib
import random
import secrets
import string
import time
from collections.abc import Callable, Mapping, Sequence

from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from visavis.demo.accounts import Account

FOLDER = pathlib.Path(__file__).parent / "site"
WORDS: Mapping[str, Mapping[str, str]] = json.loads((FOLDER / "words.json").read_text("utf-8"))
ISSUER = "demo-broker-site"
KEY_ID = "demo-1"
TOKEN_SECONDS = 120
COOKIE = "demo_site"


class Site:
    """The site's state: who may be chosen, the key it signs with, and who is signed in in which browser."""

    def __init__(
        self,
        platform: str,
        audience: str,
        key: ECKey,
        clients: Sequence[Mapping[str, str]],
        accounts: Sequence[Account],
        now: Callable[[], float] = time.time,
    ) -> None:
        self.platform = platform
        self.audience = audience
        self.key = key
        self.clients = {one["client_no"]: one for one in clients}
        self.accounts = accounts
        self.now = now
        self.sessions: dict[str, str] = {}

    def client(self, request: Request) -> Mapping[str, str] | None:
        """The client signed in in this browser, or None for a visitor."""
        number = self.sessions.get(request.cookies.get(COOKIE, ""), "")
        return self.clients.get(number)

    def token(self, client: Mapping[str, str], language: str) -> str:
        """A fresh identity token for the client."""
        now = int(self.now())
        claims = {
            "iss": ISSUER,
            "aud": self.audience,
            "sub": client["client_no"],
            "name": client["name"],
            "name_en": client["name_en"],
            "lang": language,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            "jti": secrets.token_urlsafe(16),
        }
        return jwt.encode({"alg": "ES256", "kid": KEY_ID}, claims, self.key)


def language_of(request: Request) -> str:
    """The language of this browser's visit: the one asked for, else the browser's own; zh-CN where it is neither."""
    wanted = request.query_params.get("lang") or request.cookies.get("demo_lang")
    wanted = wanted or request.headers.get("accept-language", "")
    return "en" if wanted.lower().startswith("en") else "zh-CN"


def page(request: Request, name: str, **parts: str) -> Response:
    """The page `name`.html inside the site's frame, in the visitor's language."""
    site: Site = request.app.state.site
    language = language_of(request)
    words = WORDS[language]
    client = site.client(request)
    values = {
        **words,
        **parts,
        "lang": language,
        "other_lang": "zh-CN" if language == "en" else "en",
        "path": request.url.path,
        "platform": site.platform,
        "who": html.escape(_display_name(client, language)) if client else words["visitor"],
        "enter": words["sign_out"] if client else words["sign_in"],
        "enter_path": "/sign-out" if client else "/sign-in",
        "signed_in": "1" if client else "",
    }
    body = string.Template((FOLDER / f"{name}.html").read_text("utf-8")).safe_substitute(values)
    frame = string.Template((FOLDER / "frame.html").read_text("utf-8"))
    response = HTMLResponse(frame.safe_substitute(values | {"body": body, "page": name}))
    platform = site.platform
    response.headers["Content-Security-Policy"] = (
        f"default-src 'self'; script-src 'self' {platform}; frame-src {platform};"
        f" connect-src 'self' {platform}; style-src 'self'; img-src 'self' data:"
    )
    response.headers["Cache-Control"] = "no-store"
    response.set_cookie("demo_lang", language, samesite="lax")
    return response


def _display_name(client: Mapping[str, str], language: str) -> str:
    return client["name_en"] if language == "en" else client["name"]


async def home(request: Request) -> Response:
    """The front page: where to go, and who to be."""
    return page(request, "home")


async def fund(request: Request) -> Response:
    """A fund's page, with a net value chart made of invented figures."""
    return page(request, "fund", chart=chart())


def listed_products() -> dict[str, Mapping[str, str]]:
    """The firm's product list by code, as its site knows it: codes and names."""
    lines = csv.DictReader(io.StringIO((FOLDER.parent / "products.csv").read_text("utf-8")))
    return {one["产品代码"]: {"zh-CN": one["产品名称"], "en": one["英文名称"]} for one in lines}


async def products(request: Request) -> Response:
    """The list of products: names alone, each with the way to its page."""
    language = language_of(request)
    rows = "".join(
        f'<tr><th>{code}</th><td class="wide"><a href="/products/{code}">{html.escape(names[language])}</a></td></tr>'
        for code, names in listed_products().items()
    )
    return page(request, "products", rows=rows)


async def product(request: Request) -> Response:
    """A product's page: what it is comes with a guide, in the widget."""
    code = request.path_params["code"]
    names = listed_products().get(code)
    if names is None:
        return RedirectResponse("/products", 303)
    return page(request, "product", code=code, product=html.escape(names[language_of(request)]))


async def margin(request: Request) -> Response:
    """A help page about margin trading."""
    return page(request, "margin")


async def account(request: Request) -> Response:
    """The client's account; visitors are asked to sign in."""
    site: Site = request.app.state.site
    return page(request, "account" if site.client(request) else "account-visitor")


async def sign_in(request: Request) -> Response:
    """Choose who to be: the simulated sign-in of the broker's own site."""
    site: Site = request.app.state.site
    language = language_of(request)
    words = WORDS[language]
    rows = "".join(
        f'<a class="person" href="/sign-in/{one["client_no"]}"><b>'
        f"{html.escape(_display_name(one, language))}</b>"
        f"<span>{html.escape(words['kind_' + one['kind']])}</span></a>"
        for one in site.clients.values()
        if one.get("kind")
    )
    return page(request, "sign-in", people=rows)


async def sign_in_as(request: Request) -> Response:
    """Start the site's session of the chosen client."""
    site: Site = request.app.state.site
    number = request.path_params["number"]
    if number not in site.clients:
        return RedirectResponse("/sign-in", 303)
    session = secrets.token_urlsafe(24)
    site.sessions[session] = number
    response = RedirectResponse("/fund", 303)
    response.set_cookie(COOKIE, session, httponly=True, samesite="lax")
    return response


async def sign_out(request: Request) -> Response:
    """End the site's session."""
    site: Site = request.app.state.site
    site.sessions.pop(request.cookies.get(COOKIE, ""), None)
    response = RedirectResponse("/", 303)
    response.delete_cookie(COOKIE)
    return response


async def identity(request: Request) -> Response:
    """A fresh token for the launcher, or 204 for a visitor; same-origin calls only."""
    site: Site = request.app.state.site
    client = site.client(request)
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return Response(status_code=403)
    if client is None:
        return Response(status_code=204)
    token = site.token(client, language_of(request))
    return JSONResponse({"token": token}, headers={"Cache-Control": "no-store"})


async def full_screen(request: Request) -> Response:
    """The plain link that the broker's app opens in its web view."""
    site: Site = request.app.state.site
    client = site.client(request)
    language = language_of(request)
    fragment = f"#token={site.token(client, language)}" if client else ""
    return RedirectResponse(f"{site.platform}/client?lang={language}{fragment}", 303)


async def accounts(request: Request) -> Response:
    """The sign-ins of the demo's staff with the code of this moment."""
    site: Site = request.app.state.site
    language = language_of(request)
    words = WORDS[language]
    rows = ""
    for one in site.accounts:
        code, left = one.code()
        name = one.name_en if language == "en" else one.name
        link = f"{site.platform}{one.page}#demo={one.login},{one.password},{code}"
        rows += (
            f"<tr><td><b>{html.escape(name)}</b><span>{html.escape(words['role_' + one.role])}</span></td>"
            f"<td><code>{html.escape(one.login)}</code></td><td><code>{html.escape(one.password)}</code></td>"
            f'<td><code class="otp">{code}</code> <small>{left} s</small></td>'
            f'<td><a class="go" target="_blank" href="{html.escape(link)}">{words["open"]}</a></td></tr>'
        )
    return page(request, "accounts", rows=rows)


async def asset(request: Request) -> Response:
    """The site's style sheet, script and icon."""
    name = request.path_params["name"]
    if name not in {"site.css", "site.js", "site.svg"}:
        return Response(status_code=404)
    return FileResponse(FOLDER / name)


def chart() -> str:
    """A year of invented net values as an SVG line, the same for everybody."""
    dice = random.Random(990128)
    value, points = 1.0026, []
    for day in range(122):
        value += dice.gauss(0.00021, 0.0006) - (0.0022 if day == 54 else 0)
        points.append(value)
    low, high = 0.998, math.ceil(max(points) * 500) / 500
    step = 880 / (len(points) - 1)
    line = " ".join(
        f"{i * step:.1f},{300 - (p - low) / (high - low) * 280:.1f}" for i, p in enumerate(points)
    )
    grid = "".join(f'<line x1="0" x2="880" y1="{y}" y2="{y}"/>' for y in (20, 90, 160, 230, 300))
    return (
        '<svg class="chart" viewBox="0 0 880 310" role="img" aria-label="NAV" preserveAspectRatio="none">'
        f'<g class="grid">{grid}</g><polyline points="{line}"/></svg>'
    )


def create(site: Site) -> Starlette:
    """The site's application."""
    routes = [
        Route("/", home),
        Route("/fund", fund),
        Route("/products", products),
        Route("/products/{code}", product),
        Route("/help/margin", margin),
        Route("/account", account),
        Route("/sign-in", sign_in),
        Route("/sign-in/{number}", sign_in_as),
        Route("/sign-out", sign_out),
        Route("/identity", identity),
        Route("/app", full_screen),
        Route("/accounts", accounts),
        Route("/static/{name}", asset),
    ]
    app = Starlette(routes=routes)
    app.state.site = site
    return app

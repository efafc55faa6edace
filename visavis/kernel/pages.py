"""Serves the built web interface, and the few pages that need no build; each page with its own content security policy.

The build lies in `visavis/_web`: one HTML file per application, and files whose names change with their content. Every
page that is not the widget's frame refuses to be framed; who may frame that one is asked of the composition root.
"""

import base64
import gzip
import hashlib
import html
import mimetypes
import pathlib
import re
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from string import Template

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from starlette.routing import Route

from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound
from visavis.kernel.http import Catalogue, language_of, origin_of

APPLICATIONS = {"desk": "desk.html", "console": "console.html", "client": "client.html"}
FRAME = "widget/frame.html"
LAUNCHER = "widget/launcher.js"
# Service workers: scripts with a policy of their own, which may fetch the application that they keep.
WORKERS = frozenset({"desk/worker.js"})
UNCHANGING = "public, max-age=31536000, immutable"
SHORT = "public, max-age=300"
# Text cannot become script in the widget's frame: no sink takes a string.
TRUSTED = "require-trusted-types-for 'script'; trusted-types 'none'"
HOST = re.compile(r"[A-Za-z0-9.\-\[\]:]+")
UNSERVED = frozenset({".br", ".gz", ".map"})
TYPES = {".js": "text/javascript", ".webmanifest": "application/manifest+json"}

# Who may embed the frame: asked at every request, so that a change counts at once.
Embedders = Callable[[Tx], Awaitable[Sequence[str]]]


@dataclass(frozen=True)
class Asset:
    """One file of the build, with its compressed forms."""

    data: bytes
    media_type: str
    tag: str
    compressed: tuple[tuple[str, bytes], ...]


class Build:
    """The files of the build, read when they are first asked for, and again when they have changed."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder.resolve()
        self._known: dict[str, tuple[tuple[int, int], Asset]] = {}

    def get(self, name: str) -> Asset | None:
        """The file `name`, or None; nothing outside the folder, hidden or meant for tools is ever served."""
        path = (self._folder / name).resolve()
        hidden = any(part.startswith(".") for part in name.split("/"))
        if hidden or path.suffix in UNSERVED or not path.is_relative_to(self._folder):
            return None
        if not path.is_file():
            return None
        found = path.stat()
        stamp = (found.st_mtime_ns, found.st_size)
        if name not in self._known or self._known[name][0] != stamp:
            self._known[name] = (stamp, _asset(path))
        return self._known[name][1]


def _asset(path: pathlib.Path) -> Asset:
    data = path.read_bytes()
    guessed = mimetypes.guess_type(path.name)[0]
    media_type = TYPES.get(path.suffix) or guessed or "application/octet-stream"
    compressed: list[tuple[str, bytes]] = []
    for encoding, ending in (("br", ".br"), ("gzip", ".gz")):
        beside = path.with_name(path.name + ending)
        if beside.is_file():
            compressed.append((encoding, beside.read_bytes()))
        elif encoding == "gzip" and len(data) > 1024 and not media_type.startswith("image/p"):
            compressed.append((encoding, gzip.compress(data, 9, mtime=0)))
    tag = f'"{hashlib.sha256(data).hexdigest()[:24]}"'
    return Asset(data, media_type, tag, tuple(compressed))


def install(app: FastAPI, folder: pathlib.Path, embedders: Embedders) -> None:
    """Give `app` its pages; call it after every other route, since it answers whatever is left."""
    build = Build(folder)

    async def start(request: Request) -> Response:
        return _start(request)

    async def application(request: Request) -> Response:
        path = request.url.path.strip("/")
        if "." in path.rpartition("/")[2]:
            return _loose(request, build, path)
        return _application(request, build.get(APPLICATIONS[path.split("/")[0]]))

    async def frame(request: Request) -> Response:
        async with request.app.state.database.transaction() as tx:
            allowed = await embedders(tx)
        return _frame(request, build.get(FRAME), allowed)

    async def file(request: Request) -> Response:
        return _loose(request, build, str(request.path_params["path"]))

    methods = ["GET", "HEAD"]
    routes = [Route("/", start, methods=methods), Route(f"/{FRAME}", frame, methods=methods)]
    for name in APPLICATIONS:
        routes.append(Route(f"/{name}", application, methods=methods))
        routes.append(Route(f"/{name}/{{rest:path}}", application, methods=methods))
    routes.append(Route("/{path:path}", file, methods=methods))
    app.router.routes.extend(routes)


def _loose(request: Request, build: Build, name: str) -> Response:
    """A file that is no page; raises `NotFound`."""
    asset = None if name.endswith(".html") else build.get(name)
    if asset is None:
        raise NotFound
    return _file(request, name, asset)


def _application(request: Request, asset: Asset | None) -> Response:
    if asset is None:
        return _not_built(request)
    nonce = secrets.token_urlsafe(16)
    response = HTMLResponse(_with_nonce(asset.data, nonce))
    response.headers["Content-Security-Policy"] = _policy(request, nonce, "'none'")
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return _page_headers(response)


def _frame(request: Request, asset: Asset | None, allowed: Sequence[str]) -> Response:
    if asset is None:
        return _not_built(request)
    nonce = secrets.token_urlsafe(16)
    response = HTMLResponse(_with_nonce(asset.data, nonce))
    policy = _policy(request, nonce, " ".join(allowed) or "'none'")
    response.headers["Content-Security-Policy"] = f"{TRUSTED}; {policy}"
    return _page_headers(response)


def _policy(request: Request, nonce: str, ancestors: str) -> str:
    """Only what the platform itself serves; styles that a library adds carry the page's nonce."""
    own = origin_of(request, request.app.state.settings)
    hosts = {own.partition("://")[2], request.headers.get("host", "")}
    scheme = "wss" if own.startswith("https") else "ws"
    sockets = " ".join(sorted(f"{scheme}://{host}" for host in hosts if HOST.fullmatch(host)))
    return (
        "default-src 'none'; script-src 'self'; "
        f"style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; font-src 'self'; "
        f"connect-src 'self' {sockets}; manifest-src 'self'; worker-src 'self'; "
        f"base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
    )


def _with_nonce(page: bytes, nonce: str) -> str:
    mark = f'<meta property="csp-nonce" nonce="{nonce}" content="{nonce}">'
    return page.decode().replace("</head>", f"{mark}</head>", 1)


def _page_headers(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()"
    return response


def _file(request: Request, name: str, asset: Asset) -> Response:
    headers = {
        "ETag": asset.tag,
        "Vary": "Accept-Encoding",
        "Cache-Control": UNCHANGING if name.startswith("assets/") else "no-cache",
    }
    if name == LAUNCHER:
        # The one file that other sites include, with an integrity attribute if they like.
        headers |= {
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Access-Control-Allow-Origin": "*",
            "Cache-Control": SHORT,
        }
    else:
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if name in WORKERS:
        headers["Content-Security-Policy"] = "default-src 'none'; connect-src 'self'"
    known = request.headers.get("if-none-match", "")
    if asset.tag in (one.strip().removeprefix("W/") for one in known.split(",")):
        return Response(status_code=304, headers=headers)
    accepted = _accepted(request.headers.get("accept-encoding", ""))
    for encoding, data in asset.compressed:
        if encoding in accepted:
            headers["Content-Encoding"] = encoding
            return Response(data, media_type=asset.media_type, headers=headers)
    return Response(asset.data, media_type=asset.media_type, headers=headers)


def _accepted(header: str) -> set[str]:
    """The encodings that a header accepts; those with a weight of nought are not among them."""
    found = set()
    for part in header.lower().split(","):
        name, _, weight = part.strip().partition(";")
        if weight.strip().replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            found.add(name.strip())
    return found


# -- pages that need no build ------------------------------------------------------------------------------------------

PLAIN_STYLE = (pathlib.Path(__file__).parent / "plain.css").read_text()
PLAIN = Template((pathlib.Path(__file__).parent / "plain.html").read_text())


def document(page: str, style: str, status: int = 200) -> Response:
    """A page without scripts whose only style is `style`: its hash is in the policy, and `$style` in the page."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    response = HTMLResponse(page.replace("$style", style, 1), status)
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return _page_headers(response)


def _start(request: Request) -> Response:
    text = _texts(request)
    links = "".join(
        f'<li><a href="{path}"><b>{text(f"start_{name}")}</b><span>{text(f"start_{name}_hint")}'
        "</span></a></li>"
        for name, path in (
            ("desk", "/desk/"),
            ("console", "/console/"),
            ("client", "/client"),
            ("verify", "/verify"),
        )
    )
    return _plain(request, text("start_title"), text("start_text"), f"<ul>{links}</ul>")


def _not_built(request: Request) -> Response:
    text = _texts(request)
    body = f"<pre>{text('not_built_command')}</pre>"
    return _plain(request, text("not_built_title"), text("not_built_text"), body, 503)


def _plain(request: Request, title: str, text: str, body: str, status: int = 200) -> Response:
    language = language_of(request)
    other = "en" if language == "zh-CN" else "zh-CN"
    settings = request.app.state.settings
    page = PLAIN.substitute(
        lang=language,
        title=title,
        text=text,
        body=body,
        firm=html.escape(settings.firm_name if language == "zh-CN" else settings.firm_name_en),
        other=other,
        other_name={"en": "English", "zh-CN": "中文"}[other],
        style="$style",
    )
    return document(page, PLAIN_STYLE, status)


def _texts(request: Request) -> Callable[[str], str]:
    catalogue: Catalogue = request.app.state.catalogue
    language = language_of(request)
    return lambda code: html.escape(catalogue.text(code, language))

"""Serves the built interface of `visavis/_web`: pages with their content policy, cached assets, twins by encoding.

It knows files, not words: which origins may embed the widget is asked of a function that the composition root names.
"""

import mimetypes
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

from visavis.kernel.db import Tx

Origins = Callable[[Tx], Awaitable[Sequence[str]]]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: blob:;"
    " connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self';"
)
ALONE = f"{POLICY} frame-ancestors 'none'"
FOR_EVER = "public, max-age=31536000, immutable"
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
# Types that the platform's own table may lack.
TYPES = {
    ".webmanifest": "application/manifest+json",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}
UNBUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Visavis</title>
<h1>The web interface is not built</h1>
<p>The server is running. Build the interface once, then reload this page:</p>
<pre>python tools/build_web.py</pre></html>
"""


def install(app: FastAPI, folder: Path, origins: Origins) -> None:
    """Give `app` the pages of the interface in `folder`; `origins` names who may frame the widget."""
    router = APIRouter(include_in_schema=False)

    def page(request: Request, name: str, policy: str = ALONE) -> Response:
        if not (folder / name).is_file():
            return HTMLResponse(UNBUILT, 503)
        headers = {"Content-Security-Policy": policy, "Cache-Control": "no-cache"}
        return found(request, folder / name, headers)

    @router.get("/")
    async def start() -> Response:
        return RedirectResponse("/desk/", 307)

    @router.get("/widget/frame.html")
    async def frame(request: Request) -> Response:
        async with request.app.state.database.transaction() as tx:
            listed = " ".join(await origins(tx)) or "'none'"
        return page(request, "widget/frame.html", f"{POLICY} frame-ancestors {listed}")

    @router.get("/widget/launcher.js")
    async def launcher(request: Request) -> Response:
        headers = {
            "Cache-Control": "public, max-age=300",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        return asset(request, folder, "widget/launcher.js", headers)

    @router.get("/assets/{path:path}")
    async def hashed(request: Request, path: str) -> Response:
        return asset(request, folder, f"assets/{path}", {"Cache-Control": FOR_EVER})

    @router.get("/client")
    async def client(request: Request) -> Response:
        return page(request, "client.html")

    @router.get("/{application}", name="application")
    @router.get("/{application}/{path:path}", name="application_path")
    async def application(request: Request, application: str, path: str = "") -> Response:
        loose = f"{application}/{path}" if path else application
        if "." in loose and (folder / loose).suffix != ".html":
            # A service worker may rule over its own application only, which is the folder that it lies in.
            return asset(request, folder, loose, {"Cache-Control": "no-cache"})
        if application not in {"desk", "console"}:
            return Response(status_code=404)
        return page(request, f"{application}.html")

    app.include_router(router)


def asset(request: Request, folder: Path, name: str, headers: dict[str, str]) -> Response:
    """The file `name` below `folder`, or 404; nothing outside it is ever served."""
    path = (folder / name).resolve()
    if not path.is_file() or not path.is_relative_to(folder.resolve()) or "/." in f"/{name}":
        return Response(status_code=404)
    return found(request, path, headers)


def found(request: Request, path: Path, headers: dict[str, str]) -> Response:
    """The file, as the smallest twin that the caller takes."""
    kind = (
        TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    )
    accepted = {
        part.split(";")[0].strip() for part in request.headers.get("accept-encoding", "").split(",")
    }
    for encoding, suffix in ENCODINGS:
        twin = path.with_name(path.name + suffix)
        if encoding in accepted and twin.is_file():
            more = {"Content-Encoding": encoding, "Vary": "Accept-Encoding"}
            return FileResponse(twin, headers=headers | more, media_type=kind)
    return FileResponse(path, headers=headers | {"Vary": "Accept-Encoding"}, media_type=kind)

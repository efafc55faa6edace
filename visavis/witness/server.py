"""The witness on the wire: `POST /add-checkpoint`, and `GET /<hex SHA-256 of the origin>/checkpoint`."""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from visavis.tlog.note import Verifier
from visavis.tlog.policy import BadPolicy, read
from visavis.witness import judging
from visavis.witness.judging import Refused
from visavis.witness.keeping import Store, Unusable

MAX_BODY = 256 * 1024


def posix_seconds() -> int:
    """The machine's clock: a witness has no other."""
    return int(time.time())


class Witness:
    """Cosigns what continues what it has seen; one checkpoint at a time, so that nothing overtakes its memory."""

    def __init__(
        self, store: Store, logs: Sequence[Verifier], now: Callable[[], int] = posix_seconds
    ) -> None:
        self._store = store
        self._logs = logs
        self._now = now
        self._turn = asyncio.Lock()

    async def add(self, request: Request) -> Response:
        """`add-checkpoint`: the cosignature, or what speaks against it."""
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                return PlainTextResponse("too long\n", 400)
        try:
            submission = judging.read(body)
            found, by_log = judging.origin_of(submission, self._logs)
            async with self._turn:
                judging.judge(submission, found, self._store.last(found.origin))
                kept, line = judging.cosigned(found, by_log, self._store.signer, self._now())
                # Only this request is in here: compared and kept in one piece, and durable before the answer.
                self._store.keep(found.origin, kept)
        except Refused as refused:
            if refused.size is not None:
                headers = {"Content-Type": "text/x.tlog.size"}
                return Response(f"{refused.size}\n", refused.status, headers)
            return PlainTextResponse(f"{refused}\n", refused.status)
        return PlainTextResponse(line)

    async def last(self, request: Request) -> Response:
        """The last cosigned checkpoint of a log; 404 when there is none."""
        kept = self._store.kept(request.path_params["digest"])
        if kept is None:
            return PlainTextResponse("nothing seen of such a log\n", 404)
        return Response(kept, media_type="text/plain; charset=utf-8")

    def app(self) -> Starlette:
        """The application."""
        return Starlette(
            routes=[
                Route("/add-checkpoint", self.add, methods=["POST"]),
                Route("/{digest:str}/checkpoint", self.last),
            ]
        )


def logs_of(path: Path) -> list[Verifier]:
    """The logs that a policy file names; raises `Unusable`."""
    try:
        found = [one.key for one in read(path.read_text("utf-8")).logs]
    except (OSError, UnicodeDecodeError, BadPolicy) as error:
        raise Unusable(f"{path}: {error}") from None
    if not found:
        raise Unusable(f"{path} names no log")
    return found


def key_of(home: Path, name: str) -> str:
    """The witness's public key, made on first use; raises `Unusable`."""
    store = Store(home, name)
    store.close()
    return store.signer.verifier.vkey


def serve(home: Path, policy: Path, name: str, host: str, port: int) -> None:
    """Witness the logs of the policy until a signal says stop; raises `Unusable`."""
    store = Store(home, name)
    try:
        app = Witness(store, logs_of(policy)).app()
        uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)
    finally:
        store.close()

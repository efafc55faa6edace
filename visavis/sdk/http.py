"""Calls beside the socket: signing in, and every JSON route."""

import asyncio
from collections.abc import Mapping
from types import TracebackType
from typing import Any

import httpx

from visavis.sdk.errors import WireError

TIMEOUT_S = 15.0
PATIENT_S = 60.0
AGAIN_S = 1.0


class Http:
    """One person's calls to one installation; staff sign in with a cookie, clients with a bearer.

    A call that is refused with `unavailable` changed nothing: it is made again as many times as `patience` says; who
    has patience also waits longer for an answer.
    """

    def __init__(
        self,
        base_url: str,
        *,
        language: str = "zh-CN",
        transport: httpx.AsyncBaseTransport | None = None,
        patience: int = 0,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._patience = patience
        self._client = httpx.AsyncClient(
            base_url=self.base_url,
            transport=transport,
            timeout=PATIENT_S if patience else TIMEOUT_S,
            headers={"X-Visavis": "1", "Accept-Language": language},
        )

    async def __aenter__(self) -> "Http":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Give the connections back."""
        await self._client.aclose()

    async def call(
        self, method: str, path: str, body: Any = None, *, query: Mapping[str, Any] | None = None
    ) -> Any:
        """The JSON answer of a route; raises `WireError`, with code `network` where nobody answered."""
        wanted = {key: value for key, value in (query or {}).items() if value is not None}
        for left in range(self._patience, -1, -1):
            try:
                answer = await self._client.request(method, path, json=body, params=wanted)
                return _json(answer)
            except httpx.HTTPError as error:
                raise WireError("network", type(error).__name__) from error
            except WireError as error:
                if error.code != "unavailable" or not left:
                    raise
                await asyncio.sleep(error.retry_after_s or AGAIN_S)
        raise AssertionError("unreachable")

    async def get(self, path: str, **query: Any) -> Any:
        """`call` with GET."""
        return await self.call("GET", path, query=query)

    async def post(self, path: str, body: Any = None) -> Any:
        """`call` with POST."""
        return await self.call("POST", path, {} if body is None else body)

    async def upload(
        self, path: str, name: str, data: bytes, media_type: str, *, method: str = "POST"
    ) -> Any:
        """Send one file as multipart form data."""
        files = {"file": (name, data, media_type)}
        try:
            answer = await self._client.request(method, path, files=files)
        except httpx.HTTPError as error:
            raise WireError("network", type(error).__name__) from error
        return _json(answer)

    async def download(self, path: str) -> tuple[bytes, Mapping[str, str]]:
        """The bytes and headers of a file."""
        answer = await self._client.get(path)
        if answer.is_error:
            _json(answer)
        return answer.content, answer.headers

    async def embed(self, token: str) -> Mapping[str, Any]:
        """Sign a client in with a token of the broker's site; returns `me`."""
        return self._bear(await self.post("/api/embed/session", {"token": token}))

    async def visit(self) -> Mapping[str, Any]:
        """Begin as a visitor, for education only; returns `me`."""
        return self._bear(await self.post("/api/embed/visitor"))

    async def sign_in(
        self, login: str, password: str, code: str | None = None
    ) -> Mapping[str, Any]:
        """Sign staff in with password and second factor; a demo installation tells the code itself. Returns `me`."""
        step = await self.post("/api/sign-in", {"login": login, "password": password})
        answer = await self.post(
            "/api/sign-in/totp",
            {"challenge": step["challenge"], "code": code or step.get("demo_code", "")},
        )
        me: Mapping[str, Any] = answer["me"]
        return me

    def session(self) -> dict[str, str]:
        """The cookies of the session that was begun here: whoever holds them acts as this person."""
        return dict(self._client.cookies.items())

    def take(self, session: Mapping[str, str]) -> None:
        """Act with the cookies of a session that was begun elsewhere."""
        self._client.cookies.update(dict(session))

    def use_bearer(self, bearer: str) -> None:
        """Act with a session that was begun elsewhere."""
        self._client.headers["Authorization"] = f"Bearer {bearer}"

    def _bear(self, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        self.use_bearer(answer["bearer"])
        me: Mapping[str, Any] = answer["me"]
        return me


def _json(answer: httpx.Response) -> Any:
    if answer.is_error:
        try:
            body = answer.json()
        except ValueError:
            body = {}
        after = answer.headers.get("Retry-After")
        raise WireError(
            body.get("error", f"http_{answer.status_code}"),
            body.get("detail", ""),
            answer.status_code,
            float(after) if after else None,
        )
    return answer.json() if answer.content else None

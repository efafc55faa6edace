"""A small client of the HTTP interface: staff with a cookie, clients with a bearer."""

from typing import Any

import httpx
import pyotp

from visavis.demo.firm import Worker

TIMEOUT_S = 60


class Refused(Exception):
    """The platform said no; the text holds the call and the answer."""


class Session:
    """One signed-in person at the platform."""

    def __init__(self, base: str, bearer: str = "", language: str = "zh-CN") -> None:
        headers = {"X-Visavis": "1", "Accept-Language": language}
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        self._http = httpx.AsyncClient(
            base_url=base, headers=headers, timeout=TIMEOUT_S, trust_env=False
        )

    async def call(self, method: str, path: str, body: object = None, **query: object) -> Any:
        """The answer's JSON (None where there is none); raises `Refused`."""
        params = {key: str(value) for key, value in query.items()}
        response = await self._http.request(method, path, json=body, params=params)
        return self._read(method, path, response)

    async def upload(self, path: str, name: str, content: bytes, kind: str, **query: object) -> Any:
        """Send one file as multipart form data."""
        params = {key: str(value) for key, value in query.items()}
        response = await self._http.post(path, files={"file": (name, content, kind)}, params=params)
        return self._read("POST", path, response)

    @staticmethod
    def _read(method: str, path: str, response: httpx.Response) -> Any:
        if response.status_code >= 400:
            raise Refused(f"{method} {path}: {response.status_code} {response.text[:500]}")
        return response.json() if response.content else None

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()


async def accept_invitation(base: str, invitation: str, password: str) -> tuple[Session, str]:
    """Set the password, enrol the second factor, and sign in; returns the session and the TOTP secret."""
    session = Session(base)
    step = await session.call(
        "POST", "/api/invitations/accept", {"token": invitation, "password": password}
    )
    secret = pyotp.parse_uri(step["otpauth"]).secret
    code = pyotp.TOTP(secret).now()
    await session.call("POST", "/api/sign-in/totp", {"challenge": step["challenge"], "code": code})
    return session, secret


def staff_body(worker: Worker, branch_id: str) -> dict[str, object]:
    """The body that makes a member of staff."""
    return {
        "login": worker.login,
        "employee_no": worker.employee_no,
        "name": worker.name,
        "name_en": worker.name_en,
        "roles": list(worker.roles),
        "branch": branch_id,
        "code": worker.code or None,
        "languages": list(worker.languages),
        "topics": list(worker.topics),
        "capacity": worker.capacity,
    }

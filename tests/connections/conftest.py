"""Helpers for tests of connections: a book, an import, a proposed client."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.conversations.conftest import wire  # noqa: F401 - the same real server
from tests.world import World
from visavis.identity.types import Staff

Import = Callable[..., Awaitable[dict]]


def book(*rows: tuple[str, str, str, str]) -> bytes:
    """A client-manager book with these rows."""
    lines = ["client_no,client_name,employee_no,assigned_on", *(",".join(row) for row in rows)]
    return "\n".join(lines).encode()


@pytest.fixture
async def boss(world: World) -> httpx.AsyncClient:
    """An administrator's browser."""
    return await world.sign_in(await world.administrator())


@pytest.fixture
def bring(world: World, boss: httpx.AsyncClient) -> Import:
    """Import a book: `await bring(data, dry_run=True)`."""

    async def one(data: bytes, **params: object) -> dict:
        answer = await boss.post(
            "/api/connections/import", files={"file": ("book.csv", data)}, params=params
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    return one


@pytest.fixture
def assign(bring: Import) -> Callable[..., Awaitable[None]]:
    """Put clients by number into the book of one member of staff."""

    async def many(staff: Staff, *refs: str) -> None:
        done = await bring(
            book(*((ref, f"客户{ref}", staff.employee_no or "", "2026-01-05") for ref in refs))
        )
        assert done["applied"], done

    return many

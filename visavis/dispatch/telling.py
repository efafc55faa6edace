"""Hints to the pages concerned: ids alone, what they mean is read again by the page's own socket."""

from datetime import datetime, timedelta
from uuid import UUID

from visavis.dispatch.rules.policy import Terms
from visavis.dispatch.store import clients, loads
from visavis.dispatch.types import Request
from visavis.kernel.db import Tx

LINE = 10


def tell_advisor(tx: Tx, advisor_id: UUID, frame: str, subject: UUID | None = None) -> None:
    """Give every page of the advisor this frame after the commit."""
    tx.hint(f"person.{advisor_id}", frame=frame, id=str(subject or advisor_id))


def tell_client(tx: Tx, request: Request) -> None:
    """Give every page of the client his request anew."""
    tx.hint(f"person.{request.client_id}", frame="request", id=str(request.id))


async def tell_line(tx: Tx, request: Request) -> None:
    """Give those who wait behind the request their place anew, the next 10 of them: it has left the line."""
    for client_id, request_id in await clients.behind(tx, request, LINE):
        tx.hint(f"person.{client_id}", frame="request", id=str(request_id))


async def tell_pool(tx: Tx, now: datetime, terms: Terms) -> int:
    """Let every advisor on duty look at the pool again; returns how many they are."""
    found = await loads.on_duty(tx, now - timedelta(seconds=terms.presence_s))
    for advisor_id in found:
        tell_advisor(tx, advisor_id, "pool")
    return len(found)


def wake_engine(tx: Tx) -> None:
    """Let the dispatcher look at once."""
    tx.hint("engine")

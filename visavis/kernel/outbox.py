"""The outbox: an event becomes one job per reaction, in the transaction of what has happened.

The reaction table is composed in `app.py` and handed to the database of the process; nothing registers itself by being
imported. Delivery is at least once; a reaction that fails is tried again alone and never blocks its neighbours.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec

from visavis.kernel import clock
from visavis.kernel.db import Tx
from visavis.kernel.events import Delivery, Event
from visavis.kernel.ids import new_id

Reaction = Callable[[Tx, Delivery], Awaitable[None]]
Reactions = Mapping[type[Event], Sequence[Reaction]]

_reactions: Reactions = {}


def compose(reactions: Reactions) -> None:
    """Install the reaction table of this process; called once, by the composition root."""
    global _reactions
    _reactions = reactions


def reactions() -> Reactions:
    """The table in force."""
    return _reactions


def reaction_name(reaction: Reaction) -> str:
    """The name under which a reaction's jobs are kept, for example `dispatch.on_message_posted`."""
    context = reaction.__module__.removeprefix("visavis.").partition(".")[0]
    return f"{context}.{getattr(reaction, '__name__', 'reaction')}"


async def publish(tx: Tx, *events: Event) -> None:
    """Queue every reaction to `events`; they run after the commit, and only if there is one."""
    now = clock.now()
    rows: list[tuple[Any, ...]] = []
    for event in events:
        event_id = new_id()
        for reaction in _reactions.get(type(event), ()):
            payload = msgspec.to_builtins(event)
            rows.append(
                (new_id(), reaction_name(reaction), type(event).__name__, event_id, payload, now)
            )
    if not rows:
        return
    await tx.executemany(
        "INSERT INTO job (id, name, event_type, event_id, payload, due_at, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $6)",
        rows,
    )
    tx.hint("jobs")

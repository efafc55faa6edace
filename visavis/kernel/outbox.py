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


def only(cares: Callable[[Any], bool]) -> Callable[[Reaction], Reaction]:
    """A reaction to some events of its type: for the others no job is made. `cares` sees the event alone."""

    def mark(reaction: Reaction) -> Reaction:
        reaction.cares = cares  # type: ignore[attr-defined]
        return reaction

    return mark


def reaction_name(reaction: Reaction) -> str:
    """The name under which a reaction's jobs are kept, for example `dispatch.on_message_posted`."""
    context = reaction.__module__.removeprefix("visavis.").partition(".")[0]
    return f"{context}.{getattr(reaction, '__name__', 'reaction')}"


def _always(event: Event) -> bool:
    del event
    return True


async def publish(tx: Tx, *events: Event) -> None:
    """Queue every reaction to `events`; they run after the commit, and only if there is one."""
    now = clock.now()
    rows: list[tuple[Any, ...]] = []
    for event in events:
        event_id = new_id()
        payload = msgspec.to_builtins(event)
        rows += [
            (new_id(), reaction_name(reaction), type(event).__name__, event_id, payload)
            for reaction in _reactions.get(type(event), ())
            if getattr(reaction, "cares", _always)(event)
        ]
    if not rows:
        return
    await tx.execute(
        "INSERT INTO job (id, name, event_type, event_id, payload, due_at, created_at)"
        " SELECT *, $6, $6 FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::jsonb[])",
        *map(list, zip(*rows, strict=True)), now,
    )  # fmt: skip
    tx.hint("jobs")

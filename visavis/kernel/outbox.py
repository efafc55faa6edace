"""The outbox: an event becomes one job per reaction, in the transaction of what has happened.

The reaction table is composed in `app.py` and handed to the database of the process; nothing registers itself by being
imported. Delivery is at least once; a reaction that fails is tried again alone and never blocks its neighbours.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from visavis.kernel import clock
from visavis.kernel.db import Tx
from visavis.kernel.events import Delivery, Event
from visavis.kernel.ids import new_id

Reaction = Callable[[Tx, Delivery], Awaitable[None]]
Gathering = Callable[[Tx, Sequence[Delivery]], Awaitable[None]]
Reactions = Mapping[type[Event], Sequence[Reaction | Gathering]]
F = TypeVar("F", bound=Gathering)

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


def together(reaction: F) -> F:
    """Mark a reaction to many events at once: what is claimed together is done in one transaction, and a set at a time.

    Where it fails for several, each is tried alone.
    """
    reaction.together = True  # type: ignore[attr-defined]
    return reaction


def reaction_name(reaction: Reaction | Gathering) -> str:
    """The name under which a reaction's jobs are kept, for example `dispatch.on_message_posted`."""
    context = reaction.__module__.removeprefix("visavis.").partition(".")[0]
    return f"{context}.{getattr(reaction, '__name__', 'reaction')}"


def _always(event: Event) -> bool:
    del event
    return True


async def publish(tx: Tx, *events: Event) -> None:
    """Queue every reaction to `events`; they run after the commit, and only if there is one."""
    now = clock.now()
    told = [(new_id(), event, msgspec.to_builtins(event)) for event in events]
    # Reaction by reaction, so that one that takes many at once is claimed with many.
    reactions = dict.fromkeys(each for event in events for each in _reactions.get(type(event), ()))
    rows: list[tuple[Any, ...]] = [
        (new_id(), reaction_name(reaction), type(event).__name__, event_id, payload)
        for reaction in reactions
        for event_id, event, payload in told
        if reaction in _reactions.get(type(event), ())
        and getattr(reaction, "cares", _always)(event)
    ]
    if not rows:
        return
    await tx.execute(
        "INSERT INTO job (id, name, event_type, event_id, payload, due_at, created_at)"
        " SELECT *, $6, $6 FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::jsonb[])",
        *map(list, zip(*rows, strict=True)), now,
    )  # fmt: skip
    tx.hint("jobs")

"""Reactions and timers of review: verdicts become items or tickets, clocks run, approved texts go out."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from visavis.connections.types import ConnectionDissolved, ManyLooked
from visavis.conversations.types import MessageFlagged
from visavis.identity.types import StaffLeft, StaffSuspended
from visavis.kernel.db import Tx
from visavis.kernel.events import Delivery
from visavis.kernel.jobs import Payload, Recurring, patient
from visavis.kernel.outbox import Reactions, together
from visavis.review import api

EVERY_S = 30.0


@patient
async def on_message_flagged(tx: Tx, delivery: Delivery) -> None:
    """What a client reports becomes a protected ticket (COMM-08); what the firm's side says, an item (SUP-01)."""
    event = delivery.event
    assert isinstance(event, MessageFlagged)
    if event.by == "client":
        await api.tickets.from_message(tx, event.conversation_id, event.entry_id)
    else:
        await api.flagged(tx, event.conversation_id, event.entry_id, event.action)


async def on_rights_ended(tx: Tx, delivery: Delivery) -> None:
    """What is held of somebody who has left or is suspended goes out no more (CONN-02)."""
    event = delivery.event
    assert isinstance(event, StaffLeft | StaffSuspended)
    await api.holding.stop(tx, [(event.staff_id, None)])


@patient
@together
async def on_connection_dissolved(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """What is held of an advisor for clients who are not his any more goes out no more; nobody can release it."""
    events = [cast(ConnectionDissolved, one.event) for one in deliveries]
    await api.holding.stop(tx, [(one.staff_id, one.client_id) for one in events])


async def on_many_looked(tx: Tx, delivery: Delivery) -> None:
    """Compliance looks at who has looked at very many clients within an hour."""
    event = delivery.event
    assert isinstance(event, ManyLooked)
    await api.tickets.gathered(tx, event.staff_id, event.client_id, event.clients)


async def send_broadcast(tx: Tx, payload: Payload) -> None:
    """An approved text goes out."""
    await api.broadcasting.send(tx, UUID(payload["broadcast"]))


async def tell_breach(tx: Tx, payload: Payload) -> None:
    """Those affected by a breach are told."""
    await api.breaching.tell(tx, UUID(payload["breach"]))


async def rescan(tx: Tx, payload: Payload) -> None:
    """A slice of history is judged by the pack in force."""
    await api.rescanning.step(tx, payload)


async def backtest(tx: Tx, payload: Payload) -> None:
    """A proposed policy is tried on a slice of history."""
    await api.backtesting.step(tx, payload)


async def tick(tx: Tx, _: Payload) -> None:
    """Deadlines of held messages, overdue items and tickets, the sampling of what nobody flagged."""
    await api.timing.meet_deadlines(tx)
    await api.timing.alert_overdue(tx)
    await api.timing.look_through(tx)
    await api.rescanning.keep_watch(tx)


async def learn(tx: Tx, _: Payload) -> None:
    """The ranker of the queue is taught by what reviewers have decided since."""
    await api.learning.teach(tx)


WORKS = {
    api.broadcasting.SEND: send_broadcast,
    api.breaching.TELL: tell_breach,
    api.rescanning.RESCAN: rescan,
    api.backtesting.BACKTEST: backtest,
}
# One alarm, one ticket.
GATHERED: Reactions = {ManyLooked: (on_many_looked,)}
RECURRING = (
    Recurring("review.tick", EVERY_S, tick),
    Recurring("review.learn", api.learning.EVERY_S, learn),
)

"""Protected tickets: what a client suffers, reports or complains of, kept from those it concerns (COMM-08, SUP-04).

Concerned is whoever of the firm took part in the conversation or is connected with the client. He finds no ticket by
any road; somebody else handles it. The same holds for the records, which name him as withheld from.
"""

from collections.abc import Collection
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.conversations import api as conversations
from visavis.identity import api as identity
from visavis.identity.types import PersonKind
from visavis.kernel import clock, outbox
from visavis.kernel.auth import SYSTEM_ID, Actor, Environment, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, Malformed, NotFound, Unavailable
from visavis.kernel.ids import new_id
from visavis.review import rules
from visavis.review.api.judging import reviewer
from visavis.review.api.opening import due_after
from visavis.review.store import tickets as store
from visavis.review.terms import terms
from visavis.review.types import Note, Ticket, TicketOpened, TicketState, TicketTaken

CATEGORIES = ("complaint", "fraud", "distress", "credentials", "other")
# What a policy's category makes of a client's message, the gravest first.
BY_POLICY = {
    "distress": "distress",
    "fraud": "fraud",
    "pii_or_credential": "credentials",
    "complaint": "complaint",
}
PAGE = 200


async def from_message(tx: Tx, conversation_id: UUID, entry_id: UUID) -> None:
    """A client's message names a policy: a ticket, once per message."""
    if await store.known(tx, entry_id):
        return
    talk = await conversations.conversation(tx, conversation_id)
    found = await conversations.entries_by_id(tx, [(conversation_id, entry_id)])
    entry = found.get((conversation_id, entry_id))
    if entry is None or not entry.verdict:
        return
    named = entry.verdict.get("categories", ())
    category = next((word for one, word in BY_POLICY.items() if one in named), "other")
    await _open(
        tx, talk.environment, talk.client_id, category, "", "message", SYSTEM_ID, conversation_id, entry_id
    )  # fmt: skip


async def complain(tx: Tx, actor: Actor, category: str, words: str) -> Ticket:
    """A client brings something himself; his advisor does not learn of it. Raises `Forbidden`, `NothingSaid`."""
    if not actor.has(Role.CLIENT):
        raise Forbidden
    talk = await conversations.open_of(tx, actor.person_id)
    return await _open(
        tx, actor.environment, actor.person_id, _category(category), rules.words_of(words), "client", actor.person_id,
        talk.id if talk else None, None,
    )  # fmt: skip


async def report(
    tx: Tx, actor: Actor, client_id: UUID, category: str, words: str, concerned: Collection[UUID]
) -> None:
    """Staff pass on what a client has told them; nothing comes back, for the reporter may be concerned himself.

    Raises `Forbidden` for outsiders, `NotFound` for a client who is not of this world.
    """
    if not actor.is_staff or actor.has(Role.PARTNER_STAFF, Role.EXAMINER):
        raise Forbidden
    people = await identity.people(tx, [client_id, *concerned])
    client = people.get(client_id)
    known = client is not None and client.kind == PersonKind.CLIENT
    if not known or any(one.environment is not actor.environment for one in people.values()):
        raise NotFound
    if not {*concerned} <= (await identity.staff(tx, concerned)).keys():
        raise NotFound  # a ticket is kept from people of the firm, not from its clients
    await _open(
        tx, actor.environment, client_id, _category(category), rules.words_of(words), "staff", actor.person_id,
        None, None, concerned,
    )  # fmt: skip


async def gathered(tx: Tx, staff_id: UUID, client_id: UUID, clients: int) -> None:
    """Somebody has looked at very many clients within an hour: a ticket that he does not find (CONN-03)."""
    one = (await identity.staff(tx, [staff_id]))[staff_id]
    words = f"{one.name} {one.employee_no or ''} · {clients} / 60 min"
    await _open(
        tx, one.environment, client_id, "gathering", words, "platform", SYSTEM_ID, None, None, [staff_id]
    )  # fmt: skip


async def mine(tx: Tx, actor: Actor) -> list[Ticket]:
    """What a client has brought himself, with the firm's answers; raises `Forbidden`."""
    if not actor.has(Role.CLIENT):
        raise Forbidden
    return await store.of_client(tx, actor.person_id)


async def listed(tx: Tx, actor: Actor, closed: bool) -> list[Ticket]:
    """Tickets for whoever they do not concern; raises `Forbidden`."""
    reviewer(actor)
    return await store.listed(tx, actor.environment.value, actor.person_id, closed, PAGE)


async def look_at(tx: Tx, actor: Actor, ticket_id: UUID) -> tuple[Ticket, list[Note], str]:
    """A ticket, what was done, and the client's own words; the look is on record. `NotFound` for the concerned."""
    one = await _found(tx, actor, ticket_id)
    words = one.words
    if one.conversation_id and one.entry_id:
        purpose = f"ticket {one.id}"
        scene = await conversations.scene(
            tx, actor, one.conversation_id, one.entry_id, purpose, one.concerned
        )
        words = str(scene.entry.body.get("text", ""))
    return one, await store.steps(tx, one.id), words


async def take(tx: Tx, actor: Actor, ticket_id: UUID) -> Ticket:
    """Handle a ticket from now on; raises `TicketTaken`."""
    one = await _found(tx, actor, ticket_id)
    if one.state is TicketState.CLOSED or one.assignee_id not in (None, actor.person_id):
        raise TicketTaken
    await _step(tx, one, actor.person_id, "taken", "")
    await store.change(tx, one.id, TicketState.TAKEN, actor.person_id, None, None)
    return await _found(tx, actor, ticket_id)


async def write(tx: Tx, actor: Actor, ticket_id: UUID, words: str) -> None:
    """Note what was done; raises `TicketTaken` where somebody else handles it."""
    one = await _handled(tx, actor, ticket_id)
    await _step(tx, one, actor.person_id, "note", rules.words_of(words))


async def close(tx: Tx, actor: Actor, ticket_id: UUID, answer: str) -> Ticket:
    """Close a ticket with the firm's answer, which a client who brought it reads."""
    one = await _handled(tx, actor, ticket_id)
    words = rules.words_of(answer)
    await _step(tx, one, actor.person_id, "closed", words)
    await store.change(tx, one.id, TicketState.CLOSED, actor.person_id, words, clock.now())
    return await _found(tx, actor, ticket_id)


async def _open(
    tx: Tx, environment: Environment, client_id: UUID, category: str, words: str, source: str, by: UUID,
    conversation_id: UUID | None, entry_id: UUID | None, also: Collection[UUID] = (),
) -> Ticket:  # fmt: skip
    now = clock.now()
    concerned = await conversations.concerned(tx, client_id) | {*also}
    ticket = Ticket(
        new_id(), environment, client_id, conversation_id, entry_id, source, category, words, TicketState.OPEN, by,
        None, now, await due_after(tx, now, terms().ticket_hours), None, None, None, tuple(sorted(concerned)),
    )  # fmt: skip
    if not await store.insert(tx, ticket):
        raise Unavailable  # another process has just opened it
    await _step(tx, ticket, by, "opened", words)
    await outbox.publish(tx, TicketOpened(ticket.id))
    return ticket


async def _step(tx: Tx, one: Ticket, by: UUID, what: str, words: str) -> None:
    body = {
        "what": what, "by": str(by), "category": one.category, "source": one.source, "words": words,
        "withheld": [str(person) for person in one.concerned],
    }  # fmt: skip
    record = await archive.append_one(
        tx, Fact("ticket", one.id, one.client_id, one.environment, body)
    )
    await store.step(tx, one.id, Note(by, what, words, clock.now()), record)


async def _found(tx: Tx, actor: Actor, ticket_id: UUID) -> Ticket:
    reviewer(actor)
    one = await store.find(tx, ticket_id, actor.environment.value, actor.person_id)
    if one is None:
        raise NotFound
    return one


async def _handled(tx: Tx, actor: Actor, ticket_id: UUID) -> Ticket:
    one = await _found(tx, actor, ticket_id)
    if one.state is TicketState.CLOSED or one.assignee_id != actor.person_id:
        raise TicketTaken
    return one


def _category(category: str) -> str:
    if category not in CATEGORIES:
        raise Malformed(field="category", reason=f"enum {', '.join(CATEGORIES)}")
    return category

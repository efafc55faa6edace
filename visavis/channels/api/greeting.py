"""Greeting a client whom the firm's book has assigned: approved words, one tap, within the firm's limits."""

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from visavis.channels import rules
from visavis.channels.terms import terms
from visavis.channels.types import Greeting
from visavis.connections import api as connections
from visavis.connections.types import Basis, Connection
from visavis.conversations import api as conversations
from visavis.conversations.types import Conversation, Draft, Kind, NotHandler, Partner, Stream
from visavis.identity import api as identity
from visavis.identity.types import Person
from visavis.kernel.auth import SERVING, Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, NotFound
from visavis.suitability import api as suitability


@functools.cache
def catalogue() -> tuple[Greeting, ...]:
    """The approved greetings, in their order."""
    found = json.loads(Path(__file__).parents[1].joinpath("greetings.json").read_text("utf-8"))
    return tuple(
        Greeting(one["id"], one["version"], one["approved_on"], one["title"], one["text"])
        for one in found
    )


def greetings(actor: Actor) -> tuple[Greeting, ...]:
    """The greetings that serving staff may send. Raises `Forbidden`."""
    if not actor.roles & SERVING:
        raise Forbidden
    return catalogue()


def chosen(actor: Actor, template: str) -> Greeting:
    """The approved greeting with this id; raises `NotFound`, and `Forbidden` to whoever serves nobody."""
    found = next((one for one in greetings(actor) if one.id == template), None)
    if found is None:
        raise NotFound
    return found


async def send(
    tx: Tx, actor: Actor, client_id: UUID, greeting: Greeting, client_key: UUID | None = None
) -> Conversation:
    """Send an approved greeting to one's own client now; the first one establishes the connection.

    Everything or nothing: a greeting that may not go out (`TouchCapReached`, `QuietHours`, a missing licence) leaves no
    trace but its refusal. A conversation that a colleague handles is not entered (`NotHandler`).
    """
    client, _ = await connections.client_view(tx, actor, client_id)
    await connections.touch(tx, actor, client_id, f"greeting:{greeting.id}@{greeting.version}")
    await connections.establish(tx, actor, client_id, actor.person_id, Basis.FIRST_CONTACT)
    talk = await conversations.open_for(tx, actor, client_id, client.language, Partner.PERSON)
    if talk.handler_id not in (None, actor.person_id):
        raise NotHandler
    await conversations.assign(tx, actor, talk.id, actor.person_id, Basis.FIRST_CONTACT.value)
    text = rules.worded(greeting, client.language, await _names(tx, actor, client))
    draft = Draft(actor, talk.id, Stream.SHARED, Kind.MESSAGE, {"text": text}, client_key)
    await conversations.post_one(tx, draft)
    return await conversations.conversation(tx, talk.id)


async def _names(tx: Tx, actor: Actor, client: Person) -> dict[str, str]:
    me = (await identity.staff(tx, [actor.person_id]))[actor.person_id]
    return {
        "client": client.called(client.language),
        "advisor": me.called(client.language),
        "firm": terms().firm_en if client.language == "en" else terms().firm,
        "code": me.code or "",
    }


@dataclass(frozen=True)
class Panel:
    """What staff see of their client beside a conversation: who, connections and their people, past conversations."""

    client: Person
    connections: tuple[Connection, ...]
    staff: dict[UUID, Person]
    past: tuple[Conversation, ...]
    level: str | None = None


async def panel(tx: Tx, actor: Actor, client_id: UUID) -> Panel:
    """The panel, for the client's own staff and supervisors; else `NotFound`. Topics and times, never words."""
    client, history = await connections.client_view(tx, actor, client_id)
    if actor.has(*SERVING):
        await connections.looked(tx, [(actor.person_id, client_id)])
    people = await identity.people(tx, {one.staff_id for one in history})
    past = tuple(await conversations.of_client(tx, client_id))
    level = (await suitability.levels(tx, [client_id])).get(client_id)
    return Panel(client, tuple(history), people, past, level)

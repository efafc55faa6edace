"""Groups: clients of one member of staff who are told the same, and who see nothing of each other.

What goes to a group is written by one, approved by another (COMM-03) and said to each member in a conversation of his
own, through the message path. A product goes only where it suits every member (SUIT-11), and what a client sees of
the group's past is matched with him when he opens it. A group with a level admits by it (SUIT-12).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.connections import api as connections
from visavis.connections.types import Ask
from visavis.conversations import rules, suiting
from visavis.conversations.store import groups as store
from visavis.conversations.types import Body, Group, Opened, Post
from visavis.kernel import clock
from visavis.kernel.auth import SERVING, Actor, Role, system
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, Malformed, NotFound, Refusal
from visavis.kernel.ids import new_id
from visavis.suitability import api as suitability
from visavis.suitability.types import CardAsk, Cleared

LONGEST, MOST, PAGE = 60, 500, 50
NOWHERE = UUID(int=0)


async def create(tx: Tx, actor: Actor, name: str, admits: int | None) -> Group:
    """A new group of the actor's own, nobody in it yet. Raises `Forbidden`, `Malformed`."""
    if not actor.has(*SERVING):
        raise Forbidden
    name = name.strip().replace("\x00", "")
    if not 0 < len(name) <= LONGEST or not (admits is None or 1 <= admits <= 5):
        raise Malformed(field="name", reason=f"group {LONGEST}")
    one = Group(new_id(), actor.environment, actor.person_id, name, admits, None, clock.now())
    await _keep(tx, actor, one)
    return one


async def mine(tx: Tx, actor: Actor) -> list[Group]:
    """The actor's own groups, or those that the client is in. Raises `Forbidden`."""
    if actor.has(Role.CLIENT):
        return await store.of_client(tx, actor.person_id)
    if not actor.has(*SERVING):
        raise Forbidden
    return await store.owned(tx, actor.person_id)


async def own(tx: Tx, actor: Actor, group_id: UUID) -> tuple[Group, list[UUID]]:
    """A group of the actor's own with its members. Raises `NotFound`."""
    one = await store.find(tx, group_id)
    if one is None or one.owner_id != actor.person_id or not actor.has(*SERVING):
        raise NotFound
    return one, list(await store.members(tx, group_id))


async def join(tx: Tx, actor: Actor, group_id: UUID, client_ids: Collection[UUID]) -> None:
    """Take own clients into a group; idempotent.

    Raises `NotFound`, `Malformed`, why the actor may not speak with one of them, or, where the group admits by level,
    why its products are not for one of them (SUIT-12).
    """
    one, there = await own(tx, actor, group_id)
    fresh = sorted(set(client_ids) - set(there))
    if len(there) + len(fresh) > MOST:
        raise Malformed(field="clients", reason=f"too_long {MOST}")
    for refusal in await connections.may_speak(tx, [Ask(actor, each, NOWHERE) for each in fresh]):
        if refusal is not None:
            raise refusal
    if one.admits is not None:
        for refusal in await suitability.admitted(tx, fresh, one.admits):
            if refusal is not None:
                raise refusal
    await _move(tx, actor, one, fresh, "joined")


async def leave(tx: Tx, actor: Actor, group_id: UUID, client_id: UUID) -> None:
    """Take a client out: its owner may, and the client himself; idempotent. Raises `NotFound`."""
    one = await store.find(tx, group_id)
    may = actor.person_id in (client_id, one.owner_id) if one else False
    if one is None or not may:
        raise NotFound
    if client_id in await store.members(tx, group_id):
        await _move(tx, actor, one, [client_id], "left")
    elif actor.person_id == client_id:
        raise NotFound


async def opened(tx: Tx, actor: Actor, group_id: UUID) -> tuple[Group, list[Opened]]:
    """What was told to a group that the client is in, the newest first, matched with him now (SUIT-11, SUIT-13).

    Every match is kept as a decision. Raises `NotFound`.
    """
    one = await store.find(tx, group_id)
    if one is None or actor.person_id not in await store.members(tx, group_id):
        raise NotFound
    posts = await store.posts(tx, group_id, PAGE)
    products = sorted({product for post in posts for product in post.products})
    by = system(actor.environment)
    asks = [CardAsk(by, (actor.person_id,), each, actor.environment) for each in products]
    answers = dict(zip(products, await suitability.gate(tx, asks), strict=True))
    return one, [_opened(post, answers, actor.language) for post in posts]


def _opened(post: Post, answers: Mapping[UUID, Cleared | Refusal], language: str) -> Opened:
    found = {each: answers[each] for each in post.products}
    locked = next((one for one in found.values() if isinstance(one, Refusal)), None)
    versions = {key: one.version for key, one in found.items() if isinstance(one, Cleared)}
    if locked is None and post.body.get("cards"):
        post = replace(post, body=rules.shown(post.body, versions, language))
    return Opened(post, locked)


async def fits(
    tx: Tx,
    actor: Actor,
    client_ids: Sequence[UUID],
    body: Body,
    reference: UUID,
    group: Group | None,
) -> Refusal | None:
    """Why what this body shows must not go to all of these clients, or None; every match is kept (SUIT-02, SUIT-11).

    In a group that admits by level nothing stands above that level (SUIT-12).
    """
    asks = [
        CardAsk(actor, tuple(client_ids), each, actor.environment, advice, None, reference)
        for each, advice in await suiting.products_in(tx, body)
    ]
    for answer in await suitability.gate(tx, asks):
        if isinstance(answer, Refusal):
            return answer
        if group is not None and group.admits is not None:
            risk = answer.version.details.risk
            if risk > group.admits:
                return suitability.above(f"R{group.admits}", risk.name)
    return None


async def keep_post(
    tx: Tx, group_id: UUID, author_id: UUID, post_id: UUID, body: Body, at: datetime
) -> None:
    """Keep what was told to a group, for those who join later."""
    products = tuple(each for each, _ in await suiting.products_in(tx, body))
    await store.post(tx, Post(post_id, group_id, author_id, body, products, at))


async def follow(tx: Tx, client_id: UUID, staff_id: UUID, successor_id: UUID | None) -> None:
    """A connection has ended: in the groups of that member of staff the client goes on with the successor (CONN-02)."""
    for one in await store.of_client(tx, client_id):
        if one.owner_id != staff_id:
            continue
        by = system(one.environment)
        await _move(tx, by, one, [client_id], "left")
        if successor_id is None:
            continue
        heir = replace(
            one, id=new_id(), owner_id=successor_id, follows_id=one.id, created_at=clock.now()
        )
        known = await store.follower(tx, one.id, successor_id)
        if known is None:
            await _keep(tx, by, heir)
        await _move(tx, by, known or heir, [client_id], "joined")


async def _keep(tx: Tx, actor: Actor, one: Group) -> None:
    body = {"name": one.name, "owner": str(one.owner_id), "by": str(actor.person_id)}
    clear = {"admits": one.admits or 0}
    record = await archive.append_one(
        tx, Fact("client_group", one.id, one.owner_id, one.environment, body, clear)
    )
    await store.insert(tx, one, record)


async def _move(tx: Tx, actor: Actor, one: Group, clients: Sequence[UUID], state: str) -> None:
    if not clients:
        return
    now = clock.now()
    known = await store.memberships(tx, one.id, clients)
    ids = {client: known.get(client) or new_id() for client in clients}
    body = {"group": str(one.id), "by": str(actor.person_id)}
    records = await archive.append(
        tx,
        [
            Fact("client_group_member", ids[client], client, one.environment, body | {"client": str(client)},
                 {"state": state})
            for client in clients
        ],
    )  # fmt: skip
    lines = [(ids[client], client, record) for client, record in zip(clients, records, strict=True)]
    await store.put(tx, one.id, lines, state, now)
    tx.hint(f"person.{one.owner_id}", frame="changed", what="groups")
    for client in clients:
        tx.hint(f"person.{client}", frame="changed", what="groups")

"""The roads by which somebody may try to show a product: each sends it, and says what came of it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from tests.conversations.talk import Talk, begin
from tests.suitability.cast import assess, firm, product_card
from visavis.conversations import api as conversations
from visavis.conversations.types import Draft, Kind, Outcome
from visavis.kernel import clock
from visavis.kernel.auth import Actor, Environment, assistant, system
from visavis.kernel.errors import Refusal


def sent(talk: Talk, actor: Actor, key: str, **more: Any) -> Draft:
    return talk.draft(actor, body={"cards": [product_card(key)]}, **more)


Road = Callable[[Talk, str], Awaitable[str]]


def answered(answer: Outcome | Refusal) -> str:
    return answer.code if isinstance(answer, Refusal) else "sent"


async def by_http(talk: Talk, key: str) -> str:
    desk = await talk.world.sign_in(talk.advisor)
    body = {"client_key": str(uuid4()), "stream": "shared", "body": {"cards": [product_card(key)]}}
    answer = await desk.post(f"/api/conversations/{talk.id}/entries", json=body)
    return str(answer.json().get("error", "sent"))


async def by_forward(talk: Talk, key: str) -> str:
    """A card that went to somebody else lawfully, forwarded to this client."""
    other = await begin(talk.world, talk.advisor)
    await assess(other.client, "C5")
    entry = (await other.post(sent(other, other.him, key)))[0]
    assert isinstance(entry, Outcome), entry
    desk = await talk.world.sign_in(talk.advisor)
    card = dict(entry.entry.body["cards"][0])
    body = {"client_key": str(uuid4()), "entry": str(entry.entry.id), "card": card}
    answer = await desk.post(f"/api/conversations/{talk.id}/forward", json=body)
    return str(answer.json().get("error", "sent"))


async def by_edit(talk: Talk, key: str) -> str:
    said = await talk.say(talk.him, "您好")
    return answered((await talk.post(sent(talk, talk.him, key, kind=Kind.EDIT, of_id=said.id)))[0])


async def by_manager(talk: Talk, key: str) -> str:
    async with talk.world.tx() as tx:
        await conversations.unassign(tx, system(), talk.id, "test")
    manager = await talk.world.manager()
    later = await begin_with(talk, manager)
    return answered((await talk.post(sent(talk, later, key)))[0])


async def begin_with(talk: Talk, staff: Any) -> Actor:
    from visavis.connections import api as connections  # noqa: PLC0415
    from visavis.connections.types import Basis  # noqa: PLC0415

    him = await talk.world.actor(staff)
    async with talk.world.tx() as tx:
        await connections.establish(tx, him, talk.client.id, staff.id, Basis.ACCEPTANCE)
        await conversations.assign(tx, system(), talk.id, staff.id, "accepted")
    return him


async def by_bot(talk: Talk, key: str) -> str:
    async with talk.world.tx() as tx:
        await conversations.unassign(tx, system(), talk.id, "test")
    return answered((await talk.post(sent(talk, assistant(Environment.REAL), key)))[0])


async def by_schedule(talk: Talk, key: str) -> str:
    """What a timer sends, in the name of the platform."""
    return answered((await talk.post(sent(talk, system(), key)))[0])


async def by_later(talk: Talk, key: str) -> str:
    """Written while nothing spoke against it, refused at the moment of sending."""
    desk = await talk.world.sign_in(talk.advisor)
    body = {"client_key": str(uuid4()), "body": {"cards": [product_card(key)]},
            "send_at": clock.to_ms(clock.now() + timedelta(minutes=9))}  # fmt: skip
    made = await desk.post(f"/api/conversations/{talk.id}/scheduled", json=body)
    assert made.status_code == 201, made.text
    await talk.world.clock.advance(540)
    await talk.world.settle()
    [one] = (await desk.get("/api/scheduled")).json()["items"]
    assert "{" not in one["detail"]
    return str(one["reason"])


async def by_import(talk: Talk, key: str) -> str:
    """Many at once: a neighbour's message goes, this one does not."""
    neighbour = await begin(talk.world)
    answers = await talk.post(
        neighbour.draft(neighbour.him, "您好"),
        sent(talk, talk.him, key),
        talk.draft(talk.him, "稍等"),
    )
    assert [answered(one) for one in (answers[0], answers[2])] == ["sent", "sent"]
    return answered(answers[1])


async def by_link(talk: Talk, key: str) -> str:
    """The product's page instead of its card."""
    card = {
        "kind": "page",
        "title": "看看这个",
        "url": "https://www.example-broker.test/products/P001?x=1",
    }
    return answered((await talk.post(talk.draft(talk.him, body={"cards": [card]})))[0])


async def by_address(talk: Talk, key: str) -> str:
    """The address of its page among the words, as in a broadcast."""
    text = "您可以看看：www.example-broker.test/products/P001，欢迎咨询"
    return answered((await talk.post(talk.draft(talk.him, text)))[0])


async def by_many_cards(talk: Talk, key: str) -> str:
    """Behind a suitable one, in one message."""
    good = await (await firm(talk.world)).product(1, code="G001")
    body = {"cards": [product_card(good), product_card(key)]}
    return answered((await talk.post(talk.draft(talk.him, body=body)))[0])


async def by_broadcast(talk: Talk, key: str) -> str:
    """To several clients at once, of whom one other may have it."""
    other = await begin(talk.world, talk.advisor)
    await assess(other.client, "C5")
    desk = await talk.world.sign_in(talk.advisor)
    clients = [str(other.client.id), str(talk.client.id)]
    answer = await desk.post(
        "/api/broadcasts", json={"words": "新产品说明", "clients": clients, "product": key}
    )
    return str(answer.json().get("error", "sent"))


async def by_group(talk: Talk, key: str) -> str:
    """To a group that the client is in."""
    desk = await talk.world.sign_in(talk.advisor)
    group = (await desk.post("/api/groups", json={"name": "定投交流"})).json()["id"]
    await desk.post(f"/api/groups/{group}/members", json={"clients": [str(talk.client.id)]})
    answer = await desk.post(
        "/api/broadcasts", json={"words": "新产品说明", "group": group, "product": key}
    )
    return str(answer.json().get("error", "sent"))


ROADS = [
    by_http,
    by_forward,
    by_edit,
    by_manager,
    by_bot,
    by_schedule,
    by_later,
    by_import,
    by_link,
    by_address,
    by_many_cards,
    by_broadcast,
    by_group,
]

"""Refusals over the socket leave the same record as those over HTTP."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.conversations.conftest import Wire
from tests.conversations.talk import begin
from visavis.archive import api as archive
from visavis.kernel.auth import SYSTEM_ID
from visavis.sdk.errors import WireError


async def denied(wire: Wire, who: UUID) -> list[dict[str, Any]]:
    """What stands on record of refusals to somebody, once it has been written."""
    gateway = wire.world.app.state.gateway
    for task in tuple(gateway._tasks):
        await task
    async with wire.world.tx() as tx:
        records = await archive.chain(tx, who)
    return [dict(one.body or {}) for one in records if one.kind == "denied"]


async def test_a_message_to_strangers_is_on_record(wire: Wire) -> None:
    talk = await begin(wire.world)
    other = await wire.world.client()
    live = await wire.live(other)
    with pytest.raises(WireError):
        await live.send(str(talk.id), "您好")
    [one] = await denied(wire, other.id)
    assert one["operation"] == "WS /ws send"
    assert one["objects"]["conversation"] == str(talk.id)
    assert one["why"] == "not_found"


async def test_a_stream_of_strangers_asked_for_in_the_greeting_is_on_record(wire: Wire) -> None:
    talk = await begin(wire.world)
    other = await wire.world.client()
    ticket = (await (await wire.http(other)).post("/api/socket-ticket"))["ticket"]
    address = wire.url.replace("http", "ws", 1) + f"/ws?ticket={ticket}"
    async with connect(address, proxy=None) as line:
        await line.send(
            f'{{"t":"hello","protocol":1,"streams":[{{"conversation":"{talk.id}","shared":1}}]}}'
        )
        assert '"welcome"' in str(await line.recv())
    [one] = await denied(wire, other.id)
    assert one["operation"] == "WS /ws hello"
    assert one["objects"] == {"conversation": str(talk.id)}


async def test_a_bad_ticket_and_a_foreign_page_are_on_record(wire: Wire) -> None:
    address = wire.url.replace("http", "ws", 1) + f"/ws?ticket={uuid4()}"
    async with connect(address, proxy=None) as line:
        await line.wait_closed()
        assert line.close_code == 4401
    with pytest.raises(InvalidStatus, match="403"):
        await connect(address, proxy=None, origin="https://evil.example")  # type: ignore[arg-type]
    found = await denied(wire, SYSTEM_ID)
    assert [(one["why"], one["reason"]) for one in found] == [
        ("not_signed_in", "ticket"),
        ("forbidden", "origin"),
    ]
    assert {one["address"] for one in found} == {"127.0.0.1"}

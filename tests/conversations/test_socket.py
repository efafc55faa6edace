"""The live protocol over real sockets: welcome, send and acknowledge, delivery, resume, duplicates, rights."""

import asyncio

from tests.conversations.conftest import Wire
from tests.conversations.talk import begin


async def test_a_message_is_acknowledged_and_reaches_the_other_side(wire: Wire) -> None:
    talk = await begin(wire.world)
    conversation = str(talk.id)
    her, him = await wire.live(talk.client), await wire.live(talk.advisor)
    assert her.me is not None
    assert her.me["id"] == str(talk.client.id)
    entry = await her.send(conversation, "融资融券怎么开通？")
    assert entry["no"] == 2
    assert entry["sender"]["role"] == "client"
    await him.until(lambda: him.streams.of(conversation).last >= 2)
    await him.until(lambda: him.streams.of(conversation).high >= 2)
    assert him.streams.of(conversation).entries[-1]["body"]["text"] == "融资融券怎么开通？"


async def test_what_was_missed_arrives_after_a_drop_once_and_in_order(wire: Wire) -> None:
    talk = await begin(wire.world)
    conversation = str(talk.id)
    seen: list[int] = []
    him = await wire.live(talk.advisor, on_entry=lambda entry: seen.append(entry["no"]))
    her = await wire.live(talk.client)
    await him.pull(conversation)
    await her.pull(conversation)
    for number in range(5):
        await her.send(conversation, f"第{number}条")
    him.drop()
    await asyncio.gather(*(her.send(conversation, f"续{number}") for number in range(20)))
    await him.until(lambda: him.streams.of(conversation).high >= 26)
    assert seen == list(range(1, 27))
    assert him.connections == 2

"""The live protocol over real sockets: welcome, send and acknowledge, delivery, resume, rights, limits."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.conversations.conftest import Wire
from tests.conversations.talk import begin
from visavis.connections import api as connections
from visavis.connections.types import Reason
from visavis.conversations import api
from visavis.conversations.web.live import Pace
from visavis.identity.api import sessions
from visavis.kernel.live import Hint
from visavis.kernel.sockets import Limits
from visavis.sdk.errors import Ended, WireError


async def raw(wire: Wire, person: Any, *, hello: bool = True, **headers: str) -> ClientConnection:
    """A bare socket of somebody, greeted."""
    http = await wire.http(person)
    ticket = (await http.post("/api/socket-ticket"))["ticket"]
    url = wire.url.replace("http", "ws", 1) + f"/ws?ticket={ticket}"
    line = await connect(url, proxy=None, additional_headers=headers, ping_interval=None)
    if hello:
        await line.send('{"t":"hello","protocol":1}')
        assert json.loads(await line.recv())["t"] == "welcome"
    return line


async def closed(line: ClientConnection) -> int | None:
    """The code with which the server closes the line."""
    async with asyncio.timeout(60):
        try:
            while True:
                await line.recv()
        except ConnectionClosed:
            return line.close_code


async def test_a_message_is_acknowledged_and_reaches_the_other_side(wire: Wire) -> None:
    talk = await begin(wire.world)
    conversation = str(talk.id)
    her, him = await wire.live(talk.client), await wire.live(talk.advisor)
    assert her.me is not None
    assert her.me["id"] == str(talk.client.id)
    entry = await her.send(conversation, "融资融券怎么开通？")
    assert entry["no"] == 2
    assert entry["sender"]["role"] == "client"
    # Whoever pulled nothing is still told, and finds the beginning by himself.
    await him.until(lambda: him.streams.of(conversation).high >= 2)
    assert him.streams.of(conversation).entries[-1]["body"]["text"] == "融资融券怎么开通？"
    answer = await him.send(conversation, "您好")
    assert answer["sender"]["code"] == talk.advisor.code


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


async def test_nothing_is_lost_or_doubled_while_the_line_keeps_breaking(wire: Wire) -> None:
    talk = await begin(wire.world)
    conversation = str(talk.id)
    seen: list[str] = []
    her = await wire.live(talk.client)
    him = await wire.live(
        talk.advisor, on_entry=lambda entry: seen.append(entry["body"].get("text", ""))
    )
    await him.pull(conversation)
    # Every repetition counts as a message of the minute, and this clock stands still.
    wire.world.app.state.speaker.pace = Pace(10_000)
    texts = [f"第{number}条" for number in range(24)]
    sending = [asyncio.create_task(her.send(conversation, text)) for text in texts]
    for number in range(4):
        (her if number % 2 else him).drop()
        await asyncio.wait(sending, timeout=0.05)
    entries = await asyncio.gather(*sending)
    assert sorted(entry["no"] for entry in entries) == list(range(2, 26))
    await him.until(lambda: him.streams.of(conversation).high >= 25)
    assert sorted(seen[1:]) == sorted(texts)
    assert len(await talk.stream()) == 25


async def test_hints_may_be_lost_doubled_and_reordered(wire: Wire) -> None:
    talk = await begin(wire.world)
    conversation = str(talk.id)
    seen: list[int] = []
    him = await wire.live(talk.advisor, on_entry=lambda entry: seen.append(entry["no"]))
    await him.pull(conversation)
    await him.until(lambda: him.streams.of(conversation).high >= 1)
    live, original, late = wire.world.database.live, wire.world.database.live.publish, []

    def unreliable(hint: Hint) -> None:
        if hint.topic != f"conversation.{conversation}":
            original(hint)
        elif len(late) < 3:
            late.append(hint)
        else:
            for one in (hint, *reversed(late), hint):
                original(one)

    live.publish = unreliable  # type: ignore[method-assign]
    for number in range(4):
        await talk.say(talk.her, f"第{number}条")
    await him.until(lambda: him.streams.of(conversation).high >= 5)
    assert seen == [1, 2, 3, 4, 5]
    assert him.streams.of(conversation).duplicates == 0


async def test_a_retry_over_the_wire_is_answered_with_the_first_answer(wire: Wire) -> None:
    talk = await begin(wire.world)
    her, key = await wire.live(talk.client), str(uuid4())
    first = await her.send(str(talk.id), "在吗", key=key)
    assert await her.send(str(talk.id), "在吗", key=key) == first
    with pytest.raises(WireError) as refused:
        await her.send(str(talk.id), "不在", key=key)
    assert refused.value.code == "client_key_reused"
    assert refused.value.detail


async def test_edits_recalls_and_notes_go_over_the_wire(wire: Wire) -> None:
    talk = await begin(wire.world)
    conversation = str(talk.id)
    her, him = await wire.live(talk.client), await wire.live(talk.advisor)
    said = await her.send(conversation, "我想买基金")
    assert (await her.edit(conversation, said["id"], "我想了解基金"))["of"] == said["id"]
    assert (await her.recall(conversation, said["id"]))["kind"] == "recall"
    note = await him.send(conversation, "客户犹豫", stream="internal")
    assert (note["stream"], note["no"]) == ("internal", 1)
    await her.until(lambda: her.streams.of(conversation).high >= 4)
    assert her.streams.of(conversation, "internal").high == 0


async def test_a_blocked_message_comes_back_with_its_verdict(wire: Wire) -> None:
    talk = await begin(wire.world)
    him = await wire.live(talk.advisor)
    entry = await him.send(str(talk.id), "这只基金保证收益，稳赚不赔")
    assert entry["state"] == "blocked"
    assert entry["verdict"]["action"] == "block"
    assert entry["verdict"]["policies"][0]["title"]
    internal = him.streams.of(str(talk.id), "internal")
    await him.until(lambda: internal.high >= 1)


async def test_marks_and_typing_reach_the_other_side(wire: Wire) -> None:
    talk = await begin(wire.world)
    conversation = str(talk.id)
    frames: list[dict[str, Any]] = []
    her = await wire.live(talk.client)
    him = await wire.live(talk.advisor, on_frame=lambda frame: frames.append(dict(frame)))
    await him.pull(conversation)
    await her.pull(conversation)
    await him.send(conversation, "您好")
    await her.until(lambda: her.streams.of(conversation).high >= 2)
    await her.tell({"t": "typing", "conversation": conversation})
    await her.delivered(conversation)
    await her.read(conversation)
    await him.until(lambda: any(frame["t"] == "receipt" and frame["read"] == 2 for frame in frames))
    person = str(talk.client.id)
    assert {"t": "typing", "conversation": conversation, "person": person} in frames
    header = await (await wire.http(talk.advisor)).get(f"/api/conversations/{conversation}")
    assert header["receipts"] == [{"person": person, "delivered": 2, "read": 2}]


async def test_a_new_handler_is_told_and_the_old_one_hears_no_more(wire: Wire) -> None:
    talk = await begin(wire.world)
    colleague = await wire.world.advisor()
    conversation = str(talk.id)
    him, next_one = await wire.live(talk.advisor), await wire.live(colleague)
    http = await wire.http(talk.advisor)
    await http.post(
        f"/api/conversations/{conversation}/transfer", {"to": str(colleague.id), "note": "请接手"}
    )
    her = await wire.live(talk.client)
    await her.send(conversation, "换人了？")
    await next_one.until(lambda: next_one.streams.of(conversation).high >= 3)
    transfer = next_one.streams.of(conversation, "internal")
    await next_one.pull(conversation, "internal")
    await next_one.until(lambda: transfer.high >= 1)
    assert transfer.entries[0]["body"]["note"] == "请接手"
    with pytest.raises(WireError) as refused:
        await him.send(conversation, "我还在")
    assert refused.value.code == "not_handler"
    assert all(e["body"].get("text") != "换人了？" for e in him.streams.of(conversation).entries)


async def test_a_dissolved_connection_silences_an_open_socket(wire: Wire) -> None:
    talk = await begin(wire.world)
    conversation = str(talk.id)
    him, her = await wire.live(talk.advisor), await wire.live(talk.client)
    await him.pull(conversation)
    await her.pull(conversation)
    administrator = await wire.world.actor(await wire.world.administrator())
    async with wire.world.tx() as tx:
        tie = await connections.between(tx, talk.client.id, talk.advisor.id)
        assert tie is not None
        await connections.dissolve(tx, administrator, tie.id, Reason.COMPLAINT)
    await her.send(conversation, "只给公司看")
    await wire.world.settle()
    await her.until(lambda: her.streams.of(conversation).high >= 3)
    assert all(e["body"].get("text") != "只给公司看" for e in him.streams.of(conversation).entries)


async def test_a_revoked_session_closes_its_socket(wire: Wire) -> None:
    talk = await begin(wire.world)
    him = await wire.live(talk.advisor)
    async with wire.world.tx() as tx:
        await sessions.end_all(tx, talk.advisor.id)
    await him.until(lambda: him.ended is not None, within_s=2)
    assert him.ended is not None
    assert him.ended.code == "not_signed_in"
    with pytest.raises(Ended):
        await him.send(str(talk.id), "我还在")


async def test_a_ticket_opens_one_socket_once(wire: Wire) -> None:
    talk = await begin(wire.world)
    http = await wire.http(talk.client)
    ticket = (await http.post("/api/socket-ticket"))["ticket"]
    url = wire.url.replace("http", "ws", 1) + f"/ws?ticket={ticket}"
    first = await connect(url, proxy=None)
    assert await closed(await connect(url, proxy=None)) == 4401
    assert await closed(await connect(url + "x", proxy=None)) == 4401
    await first.close()


async def test_another_sites_page_is_turned_away(wire: Wire) -> None:
    talk = await begin(wire.world)
    with pytest.raises(InvalidStatus) as refused:
        await raw(wire, talk.client, Origin="https://evil.example")
    assert refused.value.response.status_code == 403
    own = await raw(wire, talk.client, Origin=wire.url)
    await own.close()


async def test_a_person_has_only_so_many_sockets(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await begin(wire.world)
    monkeypatch.setattr(wire.world.app.state.gateway, "limits", Limits(sockets=2))
    lines = [await raw(wire, talk.client) for _ in range(2)]
    assert await closed(await raw(wire, talk.client, hello=False)) == 4429
    await lines[0].close()
    sockets = wire.world.app.state.gateway.sockets
    async with asyncio.timeout(60):
        while len(sockets[talk.client.id]) > 1:
            await asyncio.sleep(0)
    again = await raw(wire, talk.client)
    await again.close()
    await lines[1].close()


@pytest.mark.parametrize(
    "frame",
    ["", "{", "[]", "7", '{"t":"dance"}', '{"t":"send"}', '{"t":"send","client_key":"x"}', "\x00"],
)
async def test_nonsense_is_answered_and_survived(wire: Wire, frame: str) -> None:
    talk = await begin(wire.world)
    line = await raw(wire, talk.client)
    await line.send(frame)
    answer = json.loads(await line.recv())
    assert (answer["t"], answer["error"]) == ("error", "malformed")
    await line.send('{"t":"ping"}')
    assert json.loads(await line.recv())["t"] == "pong"
    await line.close()


async def test_the_first_word_is_hello(wire: Wire) -> None:
    talk = await begin(wire.world)
    line = await raw(wire, talk.client, hello=False)
    await line.send('{"t":"ping"}')
    assert json.loads(await line.recv())["error"] == "malformed"
    await line.send('{"t":"hello","protocol":9}')
    assert json.loads(await line.recv())["error"] == "malformed"
    await line.send('{"t":"hello","protocol":1,"streams":[{"conversation":"x"}]}')
    assert json.loads(await line.recv())["error"] == "malformed"
    await line.close()


async def test_a_giant_frame_and_a_flood_end_the_socket(wire: Wire) -> None:
    talk = await begin(wire.world)
    giant = await raw(wire, talk.client)
    await giant.send("x" * 70_000)
    assert await closed(giant) == 1009
    flood = await raw(wire, talk.client)
    for _ in range(450):
        await flood.send('{"t":"ping"}')
    assert await closed(flood) == 4429


async def test_a_silent_socket_is_freed(wire: Wire) -> None:
    talk = await begin(wire.world)
    silent, shy = await raw(wire, talk.client), await raw(wire, talk.client, hello=False)
    sockets = wire.world.app.state.gateway.sockets
    async with asyncio.timeout(60):
        while len(sockets[talk.client.id]) < 2:
            await asyncio.sleep(0)
    await wire.world.clock.advance(20)
    assert await closed(shy) == 4408
    await wire.world.clock.advance(60)
    assert await closed(silent) == 4408


async def test_clients_are_held_to_their_pace(wire: Wire) -> None:
    talk = await begin(wire.world)
    http = await wire.http(talk.client)
    path = f"/api/conversations/{talk.id}/entries"

    async def say() -> Any:
        return await http.post(path, {"client_key": str(uuid4()), "body": {"text": "快"}})

    for _ in range(wire.world.settings.client_messages_per_minute):
        await say()
    with pytest.raises(WireError) as refused:
        await say()
    assert (refused.value.code, refused.value.status) == ("too_many", 429)
    assert refused.value.retry_after_s
    wire.world.clock.move(timedelta(seconds=61))
    assert (await say())["t"] == "ack"


async def test_another_persons_conversation_cannot_be_followed(wire: Wire) -> None:
    talk, other = await begin(wire.world), await begin(wire.world)
    line = await raw(wire, other.client)
    pull = {"t": "pull", "conversation": str(talk.id), "stream": "shared", "after": 0}
    await line.send(json.dumps(pull))
    assert json.loads(await line.recv())["error"] == "not_found"
    for stream in ("read", "delivered"):
        await line.send(json.dumps({"t": stream, "conversation": str(talk.id), "no": 1}))
    await line.send(json.dumps({"t": "typing", "conversation": str(talk.id)}))
    internal = {**pull, "conversation": str(other.id), "stream": "internal"}
    await line.send(json.dumps(internal))
    assert json.loads(await line.recv())["error"] == "not_found"
    await talk.say(talk.him, "机密")
    await line.send('{"t":"ping"}')
    assert json.loads(await line.recv())["t"] == "pong"
    await line.close()


async def test_a_long_absence_is_caught_up_page_by_page(wire: Wire) -> None:
    talk = await begin(wire.world)
    conversation = str(talk.id)
    her = await wire.live(talk.client)
    await her.pull(conversation)
    await her.until(lambda: her.streams.of(conversation).high == 1)
    her.drop()
    for _ in range(3):
        await talk.post(*(talk.draft(talk.him, f"第{n}条") for n in range(150)))
    await her.until(lambda: her.streams.of(conversation).high == 451)
    assert her.streams.of(conversation).duplicates == 0
    await talk.say(talk.him, "新的")
    await her.until(lambda: her.streams.of(conversation).high == 452)


async def test_a_drain_tells_when_to_come_back(wire: Wire) -> None:
    talk = await begin(wire.world)
    line = await raw(wire, talk.client)
    await wire.world.app.state.gateway.drain(300)
    frame = json.loads(await line.recv())
    assert frame["t"] == "drain"
    assert 200 <= frame["after_ms"] < 300
    assert await closed(line) == 1012
    refused = await raw(wire, talk.client, hello=False)
    assert await closed(refused) == 1012


async def test_the_page_that_leaves_is_forgotten(wire: Wire) -> None:
    talk = await begin(wire.world)
    line = await raw(wire, talk.client)
    gateway = wire.world.app.state.gateway
    assert len(gateway.sockets[talk.client.id]) == 1
    line.transport.abort()
    async with asyncio.timeout(60):
        while gateway.sockets.get(talk.client.id):
            await asyncio.sleep(0)
    assert gateway.watching._watches == {}


async def test_a_slow_reader_is_given_up(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = await begin(wire.world)
    monkeypatch.setattr(
        wire.world.app.state.gateway, "limits", Limits(frames=40, burst=10_000, in_flight=1000)
    )
    line = await raw(wire, talk.client)
    (socket,) = wire.world.app.state.gateway.sockets[talk.client.id]
    assert all(socket.push(b"{}") for _ in range(40))
    assert not socket.push(b"{}")
    assert await closed(line) == 4008


async def test_what_an_unexpected_error_does_to_one_command(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await begin(wire.world)

    async def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(api.posting, "post", broken)
    line = await raw(wire, talk.client)
    key = str(uuid4())
    frame = {"t": "send", "client_key": key, "conversation": str(talk.id), "body": {"text": "a"}}
    await line.send(json.dumps(frame))
    answer = json.loads(await line.recv())
    assert (answer["t"], answer["client_key"], answer["error"]) == ("refused", key, "internal")
    await line.close()

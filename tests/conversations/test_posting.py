"""The message path through its door: who may, retries, numbers, verdicts, changes, records."""

from datetime import timedelta
from uuid import UUID, uuid4

import msgspec
import pytest

from tests.conversations.talk import begin
from tests.world import World
from visavis.archive import api as archive
from visavis.connections import api as connections
from visavis.connections.types import Reason
from visavis.conversations import api
from visavis.conversations.types import Draft, Keep, Kind, MessagePosted, Outcome, Stream
from visavis.kernel import clock, outbox
from visavis.kernel.auth import Environment, assistant, system
from visavis.kernel.errors import Refusal

BLOCKED = "这只基金保证收益，稳赚不赔"


async def test_two_sides_write_and_the_numbers_have_no_gap(world: World) -> None:
    talk = await begin(world)
    first = await talk.say(talk.her, "融资融券的维持担保比例是多少？")
    assert (await talk.now()).waiting_since == first.at
    second = await talk.say(talk.him, "您好，请看公司公示的标准。")
    assert [entry.no for entry in await talk.stream()] == [1, 2, 3]
    assert (first.no, second.no) == (2, 3)
    now = await talk.now()
    assert now.shared_no == 3
    assert now.waiting_since is None
    assert now.last_text == "您好，请看公司公示的标准。"
    assert now.last_sender == talk.advisor.id


async def test_nothing_is_said_before_the_notice(world: World) -> None:
    talk = await begin(world, notice=False)
    assert await talk.refused(talk.draft(talk.her)) == "notice_required"
    assert (await talk.say(talk.him, "您好")).no == 2


async def test_a_retry_gets_the_first_answer_and_another_body_is_refused(world: World) -> None:
    talk = await begin(world)
    draft = talk.draft(talk.her, "在吗")
    first = (await talk.post(draft))[0]
    again, other = await talk.post(draft, talk.draft(talk.her, "不在", key=draft.client_key))
    assert isinstance(first, Outcome)
    assert isinstance(again, Outcome)
    assert again.again
    assert again.entry == first.entry
    assert isinstance(other, Refusal)
    assert other.code == "client_key_reused"
    assert len(await talk.stream()) == 2


async def test_one_key_twice_in_one_batch_is_one_message(world: World) -> None:
    talk = await begin(world)
    draft = talk.draft(talk.her, "在吗")
    first, twin, other = await talk.post(
        draft, draft, talk.draft(talk.her, "别的", key=draft.client_key)
    )
    assert isinstance(first, Outcome)
    assert isinstance(twin, Outcome)
    assert twin.entry == first.entry
    assert twin.again
    assert isinstance(other, Refusal)
    assert (await talk.now()).shared_no == 2


async def test_the_twin_of_a_refused_draft_is_refused_like_it(world: World) -> None:
    talk = await begin(world)
    draft = talk.draft(talk.her, "  ")
    answers = await talk.post(draft, draft)
    assert [one.code for one in answers if isinstance(one, Refusal)] == ["malformed", "malformed"]


async def test_a_refusal_leaves_its_neighbours_alone(world: World) -> None:
    talk, other = await begin(world), await begin(world)
    answers = await talk.post(
        talk.draft(talk.her, "一"),
        talk.draft(other.her, "走错了"),
        other.draft(other.her, "二"),
        talk.draft(talk.her, "长" * 8001),
        talk.draft(talk.her, "三"),
    )
    codes = [one.code if isinstance(one, Refusal) else one.entry.no for one in answers]
    assert codes == [2, "not_found", 2, "message_too_long", 3]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": "a\x00b"},
        {"text": 1},
        {"text": "a", "html": "<b>"},
        {"cards": [{"kind": "product", "title": "x", "url": "https://x"}]},
        {"cards": [{"kind": "page", "title": "x", "url": "javascript:alert(1)"}]},
        {"cards": [{"kind": "page", "title": "", "url": "https://x"}]},
        {"cards": [{"kind": "page", "title": "a\x00", "url": "https://x"}]},
        {"cards": [{"kind": "knowledge", "title": "x"}]},
        {"cards": [{"kind": "film", "title": "x", "url": "https://x"}]},
        {"cards": [{"kind": "knowledge", "title": "x", "entry": str(UUID(int=1)), "version": 1}]},
        {"cards": [{"kind": "page", "title": "x", "url": "https://x"}] * 6},
        {
            "text": "a",
            "citations": [{"n": 1, "entry": str(UUID(int=1)), "version": 1, "title": "x"}],
        },
        {"attachments": [{"id": str(UUID(int=1))}]},
        {"attachments": [{"name": "x"}]},
        {"attachments": 7},
        {"cards": 7},
    ],
)
async def test_what_cannot_be_kept_as_it_is_is_refused(
    world: World, body: dict[str, object]
) -> None:
    talk = await begin(world)
    assert await talk.refused(talk.draft(talk.her, body=body)) == "malformed"


async def test_a_text_that_would_burst_its_record_is_refused(world: World) -> None:
    talk = await begin(world)
    assert await talk.refused(talk.draft(talk.her, "\x01" * 8000)) == "message_too_long"


async def test_held_and_blocked_stay_inside_and_take_no_shared_number(
    world: World, holding: str
) -> None:
    talk = await begin(world)
    held, blocked, kept = await talk.post(
        talk.draft(talk.him, holding), talk.draft(talk.him, BLOCKED), talk.draft(talk.him, "您好")
    )
    assert isinstance(held, Outcome)
    assert isinstance(blocked, Outcome)
    assert isinstance(kept, Outcome)
    assert (held.entry.state, blocked.entry.state) == (Keep.HELD, Keep.BLOCKED)
    assert [held.entry.no, blocked.entry.no] == [1, 2]
    assert {held.entry.stream, blocked.entry.stream} == {Stream.INTERNAL}
    assert kept.entry.no == 2
    assert held.verdict is not None
    assert [entry.no for entry in await talk.stream()] == [1, 2]
    async with world.tx() as tx:
        kept_verdicts = await tx.fetch(
            "SELECT entry_id, record_id FROM verdict ORDER BY at, entry_id"
        )
    assert {row["entry_id"] for row in kept_verdicts} == {held.entry.id, blocked.entry.id}


async def test_a_retry_of_a_blocked_message_gets_its_verdict_again(world: World) -> None:
    talk = await begin(world)
    draft = talk.draft(talk.him, BLOCKED)
    first = (await talk.post(draft))[0]
    again = (await talk.post(draft))[0]
    assert isinstance(first, Outcome)
    assert isinstance(again, Outcome)
    assert again.verdict == msgspec.json.decode(msgspec.json.encode(first.verdict))
    assert again.entry.state is Keep.BLOCKED


async def test_an_edit_and_a_recall_are_entries_and_the_original_stays(world: World) -> None:
    talk = await begin(world)
    said = await talk.say(talk.her, "我想买基金")
    edit = await talk.say(talk.her, "我想了解基金", kind=Kind.EDIT, of_id=said.id)
    recall = await talk.say(talk.her, kind=Kind.RECALL, of_id=said.id, body={})
    assert [edit.no, recall.no] == [3, 4]
    stream = await talk.stream()
    assert stream[1].body == {"text": "我想买基金"}
    assert stream[2].of_id == stream[3].of_id == said.id
    late = talk.draft(talk.her, "再改", kind=Kind.EDIT, of_id=said.id)
    assert await talk.refused(late) == "already_recalled"


async def test_rec_03_every_version_of_a_message_can_be_made_again_from_the_record(
    world: World,
) -> None:
    """REC-03: three edits make four versions, each with its author and time; a recall takes away none of them."""
    talk = await begin(world)
    words = ["想买基金", "想了解基金", "想了解货币基金", "想了解货币基金的费用"]
    said = await talk.say(talk.her, words[0])
    moments = [clock.now()]
    for text in words[1:]:
        world.clock.move(timedelta(seconds=7))
        moments.append(clock.now())
        await talk.say(talk.her, text, kind=Kind.EDIT, of_id=said.id)
    world.clock.move(timedelta(seconds=7))
    await talk.say(talk.her, kind=Kind.RECALL, of_id=said.id, body={})
    async with world.tx() as tx:
        chain = [one for one in await archive.chain(tx, talk.id) if one.body is not None]
    versions = [
        (one.body["body"]["text"], one.clear["sender"], one.at)
        for one in chain
        if one.body and one.kind in ("message", "edit")
    ]
    assert versions == [
        (text, str(talk.client.id), at) for text, at in zip(words, moments, strict=True)
    ]
    assert chain[-1].kind == "recall"


async def test_only_an_own_message_can_be_changed_and_not_for_ever(world: World) -> None:
    talk = await begin(world)
    said = await talk.say(talk.her, "我想买基金")
    assert (
        await talk.refused(talk.draft(talk.him, "改", kind=Kind.EDIT, of_id=said.id)) == "forbidden"
    )
    unknown = talk.draft(talk.her, "改", kind=Kind.EDIT, of_id=uuid4())
    assert await talk.refused(unknown) == "not_found"
    nothing = talk.draft(talk.her, "改", kind=Kind.EDIT)
    assert await talk.refused(nothing) == "not_found"
    joined = (await talk.stream())[0]
    assert (
        await talk.refused(talk.draft(talk.her, "改", kind=Kind.EDIT, of_id=joined.id))
        == "not_found"
    )
    world.clock.move(timedelta(minutes=16))
    assert (
        await talk.refused(talk.draft(talk.her, "改", kind=Kind.EDIT, of_id=said.id))
        == "too_late_to_change"
    )


async def test_notes_are_the_handlers_and_stay_inside(world: World) -> None:
    talk = await begin(world)
    note = await talk.say(talk.him, "客户已有两融账户", stream=Stream.INTERNAL, kind=Kind.NOTE)
    assert (note.stream, note.no) == (Stream.INTERNAL, 1)
    hers = talk.draft(talk.her, "我也记", stream=Stream.INTERNAL, kind=Kind.NOTE)
    assert await talk.refused(hers) == "forbidden"
    shared_note = talk.draft(talk.him, "记", stream=Stream.SHARED, kind=Kind.NOTE)
    assert await talk.refused(shared_note) == "forbidden"
    colleague = await world.actor(await world.advisor())
    assert await talk.refused(talk.draft(colleague, "插话")) == "not_handler"
    assert (
        await talk.refused(talk.draft(talk.him, body={"code": "x"}, kind=Kind.SYSTEM))
        == "forbidden"
    )
    verdict = talk.draft(talk.him, body={}, stream=Stream.INTERNAL, kind=Kind.VERDICT)
    assert await talk.refused(verdict) == "forbidden"


async def test_the_assistant_speaks_only_while_it_is_the_partner(world: World) -> None:
    talk = await begin(world)
    machine = assistant(talk.her.environment)
    assert await talk.refused(talk.draft(machine, "您好")) == "not_handler"
    summary = await talk.say(machine, "客户问两融", stream=Stream.INTERNAL, kind=Kind.SUMMARY)
    assert summary.no == 1
    async with world.tx() as tx:
        await api.unassign(tx, system(), talk.id, "test")
    cited = {
        "text": "见词条",
        "citations": [{"n": 1, "entry": str(uuid4()), "version": 1, "title": "费用"}],
    }
    assert (await talk.say(machine, body=cited)).body["citations"][0]["n"] == 1


async def test_whoever_lost_the_connection_is_refused_at_once(world: World) -> None:
    talk = await begin(world)
    administrator = await world.actor(await world.administrator())
    async with world.tx() as tx:
        tie = await connections.between(tx, talk.client.id, talk.advisor.id)
        assert tie is not None
        await connections.dissolve(tx, administrator, tie.id, Reason.COMPLAINT)
    assert await talk.refused(talk.draft(talk.him, "还在吗")) == "connection_dissolved"
    await world.settle()
    now = await talk.now()
    assert now.handler_id is None
    assert (await talk.stream())[-1].body["code"] == "left"
    assert await talk.refused(talk.draft(talk.him, "还在吗")) == "not_handler"
    assert (await talk.say(talk.her, "您走了吗")).no == 3


async def test_a_closed_conversation_takes_no_more_words(world: World) -> None:
    talk = await begin(world)
    async with world.tx() as tx:
        await api.close(tx, talk.him, talk.id)
    assert await talk.refused(talk.draft(talk.her)) == "conversation_closed"
    note = await talk.say(talk.him, "已处理", stream=Stream.INTERNAL, kind=Kind.NOTE)
    assert note.no == 1


async def test_another_world_does_not_exist(world: World) -> None:
    talk = await begin(world)

    stranger = assistant(Environment.SIMULATED)
    assert await talk.refused(talk.draft(stranger, "您好")) == "not_found"
    assert await talk.refused(talk.draft(talk.her, at=uuid4())) == "not_found"


async def test_every_entry_has_its_record_and_the_chain_holds(world: World) -> None:
    talk = await begin(world)
    await talk.say(talk.her, "融资融券怎么开通？")
    await talk.post(talk.draft(talk.him, BLOCKED), talk.draft(talk.him, "您好"))
    entries = await talk.stream() + await talk.stream(Stream.INTERNAL)
    async with world.tx() as tx:
        records = await archive.chain(tx, talk.id)
    by_id = {record.record_id: record for record in records}
    assert {entry.record_id for entry in entries} == set(by_id)
    for entry in entries:
        record = by_id[entry.record_id]
        assert record.body is not None
        assert record.body["body"] == entry.body
        assert record.clear["no"] == entry.no
        assert "融资" not in str(record.clear)
    assert [record.previous for record in records] == [
        None,
        *(record.digest for record in records[:-1]),
    ]


async def test_time_never_runs_backwards_in_a_conversation(world: World) -> None:
    talk = await begin(world)
    first = await talk.say(talk.her, "一")
    world.clock.move(timedelta(hours=-1))
    assert (await talk.say(talk.him, "二")).at >= first.at


async def test_events_carry_numbers_and_no_text(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await begin(world)
    published: list[object] = []
    original = outbox.publish

    async def spy(tx: object, *events: object) -> None:
        published.extend(events)
        await original(tx, *events)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "publish", spy)
    entry = await talk.say(talk.her, "融资融券怎么开通？")
    await talk.say(talk.him, "记", stream=Stream.INTERNAL, kind=Kind.NOTE)
    expected = MessagePosted(talk.id, entry.id, 2, talk.client.id, "client", "person")
    assert published == [expected]


async def test_a_line_of_the_platform_reaches_many_conversations_in_one_batch(world: World) -> None:
    talk, other = await begin(world), await begin(world)
    async with world.tx() as tx:
        await api.say_system(tx, [other.id, talk.id], "market_closed", {"until": 9})
    for one in (talk, other):
        assert (await one.stream())[-1].body == {"code": "market_closed", "params": {"until": 9}}


async def test_a_single_draft_raises_its_refusal(world: World) -> None:
    talk = await begin(world)
    async with world.tx() as tx:
        with pytest.raises(Refusal) as refused:
            await api.post_one(tx, talk.draft(talk.her, " "))
        kept = await api.post_one(tx, talk.draft(talk.her, "好"))
    assert refused.value.code == "malformed"
    assert kept.entry.no == 2


async def test_a_key_belongs_to_its_sender_and_conversation(world: World) -> None:
    talk, other = await begin(world), await begin(world)
    key = uuid4()
    drafts = [
        Draft(actor, one.id, Stream.SHARED, Kind.MESSAGE, {"text": "您好"}, key)
        for one, actor in ((talk, talk.her), (talk, talk.him), (other, other.her))
    ]
    assert len({one.entry.id for one in await talk.post(*drafts) if isinstance(one, Outcome)}) == 3

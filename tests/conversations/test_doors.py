"""Corners of the doors: races, empty hands, machines, files that are gone, knowledge in its approved wording."""

import asyncio
from datetime import date
from uuid import UUID, uuid4

import pytest

from tests.conversations.talk import begin
from tests.world import World
from visavis.archive import api as archive
from visavis.connections import api as connections
from visavis.connections.types import Reason
from visavis.conversations import api
from visavis.conversations.api import finding, marking, reading, saying
from visavis.conversations.files import Served
from visavis.conversations.store import threads as store
from visavis.conversations.types import Conversation, Kind, Mark, MessagePosted, Partner, Stream
from visavis.conversations.web import live, wire
from visavis.identity.types import PersonStatus
from visavis.kernel.auth import ASSISTANT_ID, SYSTEM_ID, Actor, Environment, Role, assistant, system
from visavis.kernel.db import Tx
from visavis.kernel.errors import Refusal
from visavis.knowledge import api as knowledge
from visavis.knowledge.types import NewEntry, Text


async def approved(world: World) -> tuple[str, int]:
    """An approved knowledge entry: its id and version."""
    writer = await world.actor(await world.editor())
    other = await world.actor(await world.editor())
    texts = {
        "zh-CN": Text(
            "维持担保比例",
            "是什么？",
            (),
            "维持担保比例是客户担保物价值与融资融券债务之间的比例。" * 9,
        ),
        "en": Text("Maintenance ratio", "What is it?", (), "Collateral divided by debt."),
    }
    async with world.tx() as tx:
        one = await knowledge.create(
            tx, writer, NewEntry("ratio", "margin", texts, "规则", date(2027, 1, 1))
        )
        await knowledge.submit(tx, writer, one.id, 1)
        await knowledge.approve(tx, other, one.id, 1)
    return str(one.id), 1


async def test_a_knowledge_card_carries_the_approved_wording(world: World) -> None:
    talk = await begin(world)
    entry, version = await approved(world)
    card = {"kind": "knowledge", "entry": entry, "version": version, "title": "Maintenance ratio",
            "excerpt": "保证收益"}  # fmt: skip
    said = await talk.say(talk.him, body={"cards": [card]})
    assert said.body["cards"][0]["excerpt"] == "Collateral divided by debt."
    renamed = {**card, "title": "稳赚"}
    said = await talk.say(talk.him, body={"cards": [renamed]})
    assert said.body["cards"][0]["title"] in ("维持担保比例", "Maintenance ratio")
    assert len(said.body["cards"][0]["excerpt"]) <= 400
    assert (
        await talk.refused(talk.draft(talk.him, body={"cards": [{**card, "version": 9}]}))
        == "malformed"
    )


async def test_two_pages_open_one_conversation(world: World) -> None:
    client = await world.client()
    her = await world.actor(client.person)

    async def open_one() -> object:
        async with world.tx() as tx:
            return (await api.open_with(tx, her, Partner.ASSISTANT)).id

    assert len(set(await asyncio.gather(*(open_one() for _ in range(4))))) == 1
    async with world.tx() as tx:
        one = await api.open_with(tx, her, Partner.PERSON, {"url": "https://broker.test/2"})
        assert one.context == {"url": "https://broker.test/2"}
        assert (await api.open_with(tx, her, Partner.PERSON)).context == one.context
        assert await api.notice_acknowledged_at(tx, client.id) is None
        await api.acknowledge_notice(tx, her, world.settings.notice_version)
        assert await api.notice_acknowledged_at(tx, client.id) is not None
        assert set(await api.conversations(tx, [one.id, uuid4()])) == {one.id}


async def test_whoever_is_nobody_here_reads_nothing(world: World) -> None:
    talk = await begin(world)
    machine = assistant(Environment.REAL)
    other_world = Actor(talk.advisor.id, frozenset({Role.ADVISOR}), Environment.SIMULATED)
    async with world.tx() as tx:
        for actor in (machine, other_world, system(Environment.TEST)):
            assert await reading.readable(tx, actor, [talk.id]) == {}
        assert (await reading.listed(tx, machine, None, None, 10))[0] == []
        assert (await finding.search(tx, machine, "您好"))[0] == []
        with pytest.raises(Refusal):
            await reading.one_of(tx, talk.her, uuid4())
        with pytest.raises(Refusal):
            await api.close(tx, system(), uuid4())
        with pytest.raises(Refusal):
            await api.original(tx, uuid4())


async def test_many_conversations_are_read_by_active_connections_alone(world: World) -> None:
    advisor = await world.advisor()
    talks = [await begin(world, advisor) for _ in range(3)]
    async with world.tx() as tx:
        found = await reading.readable(tx, talks[0].him, [talk.id for talk in talks])
        assert set(found) == {talk.id for talk in talks}
        page, last = await reading.page_of(tx, talks[0].id, Stream.SHARED, 0, 1)
        assert (len(page), last) == (1, 1)
        await talks[0].say(talks[0].her)
    async with world.tx() as tx:
        assert (await reading.page_of(tx, talks[0].id, Stream.SHARED, 0, 1))[1] == 2
        assert await reading.page_of(tx, talks[0].id, Stream.INTERNAL, 0, 1) == ([], 0)


async def test_a_restricted_client_neither_writes_nor_uploads(world: World) -> None:
    talk = await begin(world)
    async with world.tx() as tx:
        await tx.execute(
            "UPDATE person SET status = $2 WHERE id = $1",
            talk.client.id,
            PersonStatus.RESTRICTED.value,
        )
        with pytest.raises(Refusal) as refused:
            await api.may_attach(tx, talk.her, talk.id)
    assert refused.value.code == "client_restricted"
    assert await talk.refused(talk.draft(talk.her)) == "client_restricted"


async def test_a_line_that_is_refused_is_raised(world: World) -> None:
    talk = await begin(world)
    async with world.tx() as tx:
        with pytest.raises(Refusal) as refused:
            await api.transfer(tx, talk.him, talk.id, talk.advisor.id, "a\x00b")
    assert refused.value.code == "malformed"


async def test_two_supervisors_decide_and_one_is_told_so(world: World, holding: str) -> None:
    talk = await begin(world)
    entry = await talk.say(talk.him, holding)
    first, second = [await world.actor(await world.supervisor()) for _ in range(2)]

    async def decide(actor: Actor) -> object:
        try:
            async with world.tx() as tx:
                return await api.decide(tx, actor, entry.id, True, "好")
        except Refusal as refusal:
            return refusal.code

    answers = await asyncio.gather(decide(first), decide(second))
    assert answers.count("already_decided") == 1
    assert len(await talk.stream()) == 2


async def test_a_contact_is_counted_when_a_message_is_posted(world: World) -> None:
    talk = await begin(world)
    await talk.say(talk.her)
    await talk.say(talk.him)
    await world.settle()
    async with world.tx() as tx:
        contacts = await tx.fetchval(
            "SELECT contacts FROM connection WHERE client_id = $1", talk.client.id
        )
    assert contacts == 2


async def test_names_are_those_of_the_cast(world: World) -> None:
    talk = await begin(world)
    async with world.tx() as tx:
        await tx.execute(
            "INSERT INTO person (id, kind, environment, name, created_at) VALUES ($1, 'machine', 'real', 'A', now())"
            " ON CONFLICT DO NOTHING",
            uuid4(),
        )
        ids = [row["id"] for row in await tx.fetch("SELECT id FROM person")]
        shown = await finding.names(tx, ids)
    assert shown[talk.advisor.id]["code"] == talk.advisor.code
    assert shown[talk.client.id]["role"] == "client"
    assert any(one.get("machine") for one in shown.values())


async def test_faces_and_recent_entries_are_bounded(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await begin(world)
    monkeypatch.setattr(wire, "FACES", 1)
    monkeypatch.setattr(wire, "ENTRIES", 1)
    faces, recent = wire.Faces(), wire.Recent()
    entries = [await talk.say(talk.her), await talk.say(talk.him)]
    async with world.tx() as tx:
        await faces.learn(tx, {talk.client.id, talk.advisor.id})
    known = [faces.of(one) for one in (talk.client.id, talk.advisor.id)]
    assert known.count(None) == 1
    assert faces.of(SYSTEM_ID) is None
    assert b"machine" in bytes(faces.of(ASSISTANT_ID) or b"")
    for entry in entries:
        recent.remember(entry, wire.encode_entry(faces, entry))
    assert recent.get(entries[0]) is None
    assert recent.frame(talk.id, 1, 3) is None
    assert recent.frame(talk.id, 2, 3)


async def test_the_pace_forgets_who_is_long_gone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PEOPLE", 2)
    pace = live.Pace(1)
    for number in range(4):
        pace.check(Actor(uuid4(), frozenset({Role.CLIENT}), name=str(number)))
        await world.clock.advance(40)
    assert len(pace._said) <= 2


async def test_an_assistants_message_is_told_as_its_own(world: World) -> None:
    talk = await begin(world)
    async with world.tx() as tx:
        await api.unassign(tx, system(), talk.id, "test")
    await talk.say(assistant(Environment.REAL), "我是智能助手")
    await world.settle()
    event = MessagePosted(talk.id, uuid4(), 1, ASSISTANT_ID, "assistant", "assistant")
    assert event.by == "assistant"
    assert (await talk.stream())[-1].kind is Kind.MESSAGE


async def test_whoever_is_connected_anew_is_not_parted(world: World) -> None:
    talk = await begin(world)
    async with world.tx() as tx:
        await api.part_ways(tx, talk.client.id, talk.advisor.id, None)
    assert (await talk.now()).handler_id == talk.advisor.id


async def test_what_cannot_be_entered_is_raised(world: World) -> None:
    talk = await begin(world)
    async with world.tx() as tx:
        with pytest.raises(Refusal) as refused:
            await saying.enter(tx, [talk.draft(talk.her, " ")])
    assert refused.value.code == "malformed"


async def test_what_has_arrived_is_no_record(world: World) -> None:
    talk = await begin(world)
    async with world.tx() as tx:
        before = len(await archive.chain(tx, talk.id))
        await marking.mark(
            tx, [Mark(talk.her, talk.id, delivered=1), Mark(talk.her, uuid4(), 1, 1)]
        )
        await marking.mark(tx, [Mark(talk.her, talk.id, delivered=1)])
        assert await api.delivered(tx, talk.id) == {talk.client.id: 1}
        assert len(await archive.chain(tx, talk.id)) == before


async def test_an_original_goes_with_its_key(world: World) -> None:
    talk = await begin(world)
    async with world.tx() as tx:
        served = Served(b"copy", "image/png", 1, 1)
        file = await api.attach(tx, talk.her, talk.id, "a.png", b"original", served)
        assert await api.original(tx, file.id) == b"original"
        await tx.execute("UPDATE wrapping_key SET wrapped = NULL")
        with pytest.raises(Refusal) as refused:
            await api.original(tx, file.id)
    assert refused.value.code == "not_found"


async def test_whoever_is_slower_gets_the_conversation_of_the_faster(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await world.client()
    her = await world.actor(client.person)
    async with world.tx() as tx:
        first = await api.open_with(tx, her, Partner.ASSISTANT)
        found, blind = store.open_of, [True]

        async def too_early(tx: Tx, client_id: UUID) -> Conversation | None:
            return None if blind and blind.pop() else await found(tx, client_id)

        monkeypatch.setattr(store, "open_of", too_early)
        assert (await api.open_with(tx, her, Partner.ASSISTANT)).id == first.id


async def test_a_closed_conversation_is_left_without_a_word(world: World) -> None:
    talk = await begin(world)
    administrator = await world.actor(await world.administrator())
    async with world.tx() as tx:
        await api.close(tx, talk.him, talk.id)
        assert await api.handled_by(tx, talk.advisor.id) == []
        tie = await connections.between(tx, talk.client.id, talk.advisor.id)
        assert tie is not None
        await connections.dissolve(tx, administrator, tie.id, Reason.COMPLAINT)
    await world.settle()
    assert (await talk.stream())[-1].body["code"] == "closed"
    async with world.tx() as tx:
        assert await reading.readable(tx, talk.him, [talk.id]) == {}

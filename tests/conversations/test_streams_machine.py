"""A state machine against the real path: streams are gap-free, readers hold prefixes, retries change nothing.

The model is a list per stream and a dictionary of keys. Readers pull at any moment with any page size, and may forget
that they did; whatever they hold is a prefix of what was kept.
"""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.conversations.talk import Talk, begin
from tests.world import World
from visavis.conversations import api
from visavis.conversations.store.stream import page
from visavis.conversations.types import Draft, Entry, Keep, Kind, Outcome, Stream
from visavis.kernel.errors import Refusal
from visavis.sdk.streams import Stream as Held

BLOCKED = "保证收益，稳赚不赔"
TEXTS = st.sampled_from(["您好", "在吗", "请问", BLOCKED, " ", "长" * 8001])

Run = Callable[[Any], Any]


class BrokenOff(Exception):
    """The transaction ends in the middle."""


class Streams(RuleBasedStateMachine):
    """One conversation, three writers and two readers."""

    run: Run
    talk: Talk

    @initialize()
    def start(self) -> None:
        self.model: dict[Stream, list[UUID]] = {Stream.SHARED: [], Stream.INTERNAL: []}
        self.keys: dict[UUID, tuple[Draft, UUID]] = {}
        self.changeable: list[UUID] = []
        self.readers = {Stream.SHARED: Held(), Stream.INTERNAL: Held()}
        self.talk = self.run(begin(self.talk.world, self.talk.advisor))
        self.model[Stream.SHARED] += [entry.id for entry in self.run(self.talk.stream())]

    def enter(self, *drafts: Draft) -> list[Outcome | Refusal]:
        answers: list[Outcome | Refusal] = self.run(self.talk.post(*drafts))
        for draft, answer in zip(drafts, answers, strict=True):
            if isinstance(answer, Refusal):
                continue
            entry = answer.entry
            assert draft.client_key is not None
            if draft.client_key in self.keys:
                assert answer.again
                assert entry.id == self.keys[draft.client_key][1]
                continue
            assert not answer.again
            self.keys[draft.client_key] = (draft, entry.id)
            self.model[entry.stream].append(entry.id)
            assert entry.no == len(self.model[entry.stream])
            if (
                entry.kind is Kind.MESSAGE
                and entry.state is Keep.KEPT
                and draft.actor is self.talk.her
            ):
                self.changeable.append(entry.id)
        return answers

    @rule(texts=st.lists(st.tuples(st.booleans(), TEXTS), min_size=1, max_size=5))
    def say(self, texts: list[tuple[bool, str]]) -> None:
        talk = self.talk
        self.enter(*(talk.draft(talk.her if hers else talk.him, text) for hers, text in texts))

    @rule(text=TEXTS)
    def note(self, text: str) -> None:
        self.enter(self.talk.draft(self.talk.him, text, stream=Stream.INTERNAL, kind=Kind.NOTE))

    @rule(which=st.integers(0, 50), times=st.integers(1, 3))
    def repeat(self, which: int, times: int) -> None:
        if self.keys:
            draft = list(self.keys.values())[which % len(self.keys)][0]
            assert all(isinstance(one, Outcome) for one in self.enter(*[draft] * times))

    @rule(which=st.integers(0, 50))
    def reuse(self, which: int) -> None:
        if self.keys:
            draft = list(self.keys.values())[which % len(self.keys)][0]
            other = self.talk.draft(draft.actor, "别的", key=draft.client_key)
            (answer,) = self.run(self.talk.post(other))
            assert isinstance(answer, Refusal)
            assert answer.code == "client_key_reused"

    @rule(which=st.integers(0, 50), text=TEXTS, recall=st.booleans())
    def change(self, which: int, text: str, recall: bool) -> None:
        if self.changeable:
            target = self.changeable[which % len(self.changeable)]
            kind, body = (Kind.RECALL, {}) if recall else (Kind.EDIT, {"text": text})
            self.enter(self.talk.draft(self.talk.her, kind=kind, body=body, of_id=target))

    @rule(text=TEXTS)
    def break_off(self, text: str) -> None:
        async def broken() -> None:
            async with self.talk.world.tx() as tx:
                await api.post(tx, [self.talk.draft(self.talk.her, text)])
                raise BrokenOff

        with pytest.raises(BrokenOff):
            self.run(broken())

    @rule(stream=st.sampled_from(Stream), limit=st.integers(1, 4), back=st.integers(0, 3))
    def pull(self, stream: Stream, limit: int, back: int) -> None:
        reader = self.readers[stream]

        async def fetch() -> list[Entry]:
            async with self.talk.world.tx() as tx:
                return await page(tx, self.talk.id, stream, max(0, reader.high - back), limit)

        reader.add([{"no": entry.no, "id": entry.id} for entry in self.run(fetch())])

    @invariant()
    def streams_have_no_gap_and_readers_hold_prefixes(self) -> None:
        for stream, ids in self.model.items():
            kept = self.run(self.talk.stream(stream))
            assert [entry.no for entry in kept] == list(range(1, len(ids) + 1))
            assert [entry.id for entry in kept] == ids
            held = [entry["id"] for entry in self.readers[stream].entries]
            assert held == ids[: len(held)]
        now = self.run(self.talk.now())
        assert (now.shared_no, now.internal_no) == tuple(len(ids) for ids in self.model.values())


@pytest.mark.slow
async def test_streams_hold_whatever_happens(world: World) -> None:
    talk = await begin(world)
    loop = asyncio.get_running_loop()

    class Here(Streams):
        def run(self, work: Any) -> Any:
            return asyncio.run_coroutine_threadsafe(work, loop).result(30)

    Here.talk = talk
    configured = settings(
        max_examples=12, stateful_step_count=20, deadline=None, database=None,
        phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    await asyncio.to_thread(run_state_machine_as_test, Here, settings=configured)

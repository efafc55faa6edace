"""Capture health (REC-09): whoever is not provably captured for too long may not send, and goes on afterwards."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.conversations.talk import begin
from tests.custody.firm import sequence
from tests.world import World
from visavis.archive.log import current
from visavis.archive.sequencer import Sequencer
from visavis.custody import api
from visavis.custody.rules.capture import looked
from visavis.custody.types import Capture
from visavis.kernel import clock
from visavis.tlog.sources import Folder


async def watch(world: World) -> Capture:
    async with world.tx() as tx:
        found = await api.watch(tx)
    await world.settle()
    return found


async def test_staff_wait_until_the_log_is_back(world: World) -> None:
    talk = await begin(world)
    await talk.say(talk.him, "您好")
    assert (await watch(world)).stopped_at is None
    world.clock.move(timedelta(minutes=10, seconds=1))
    assert (await watch(world)).stopped_at is None
    world.clock.move(timedelta(seconds=30))
    seen = await watch(world)
    assert (seen.reason, seen.stopped_at) == ("behind", clock.now())
    assert api.stopped()
    assert await talk.refused(talk.draft(talk.him, "请看")) == "not_captured"
    await talk.say(talk.her, "我在等")
    lines = [one.body["code"] for one in await talk.stream() if one.kind.value == "system"]
    assert lines[-1] == "capture_stopped"
    operator = await world.sign_in(await world.operator())
    shown = (await operator.get("/api/custody/health")).json()
    assert (shown["stopped"], shown["reason"], shown["size"]) == (True, "behind", 0)
    assert shown["waiting"] > 5
    assert (await watch(world)).stopped_at == seen.stopped_at

    await sequence(world)
    world.clock.move(timedelta(seconds=30))
    assert (await watch(world)).stopped_at is None
    await talk.say(talk.him, "让您久等了")
    lines = [one.body["code"] for one in await talk.stream() if one.kind.value == "system"]
    assert [one for one in lines if one.startswith("capture")] == [
        "capture_stopped",
        "capture_resumed",
    ]
    shown = (await operator.get("/api/custody/health")).json()
    assert (shown["stopped"], shown["checkpoints"][0]["size"]) == (False, shown["size"])
    async with world.tx() as tx:
        rows = await tx.fetch(
            "SELECT kind FROM record WHERE kind LIKE 'capture.%' ORDER BY record_id"
        )
    assert [row["kind"] for row in rows] == ["capture.stopped", "capture.resumed"]


async def test_a_store_that_takes_no_files_stops_staff_though_all_have_their_places(
    world: World,
) -> None:
    """What came before the store went down is not in the log, even where nothing comes after it."""

    class Full(Folder):
        def put(self, files: Sequence[tuple[str, bytes]]) -> None:
            raise OSError(28, "No space left on device")

    talk = await begin(world)
    await talk.say(talk.him, "您好")
    log = current()
    full = Sequencer(world.database, replace(log, target=Full(world.settings.home / "archive")))
    for _ in range(2):
        with pytest.raises(OSError, match="No space"):
            await full.step()
    world.clock.move(timedelta(minutes=10, seconds=1))
    assert (await watch(world)).stopped_at is None
    world.clock.move(timedelta(seconds=30))
    assert (await watch(world)).reason == "behind"
    assert await talk.refused(talk.draft(talk.him, "请看")) == "not_captured"
    await full.resign()
    await sequence(world)
    assert (await watch(world)).stopped_at is None
    await talk.say(talk.him, "让您久等了")


LIMIT = timedelta(minutes=10)


@pytest.mark.parametrize("minutes", [0, 9, 11])
def test_a_halted_log_stops_staff_after_the_same_time(minutes: int) -> None:
    start = clock.now()
    first = looked(Capture(), None, "restored", LIMIT, start)
    assert (first.failing_since, first.stopped_at) == (start, None)
    then = looked(first, None, "restored", LIMIT, start + timedelta(minutes=minutes))
    assert (then.stopped_at is not None) == (minutes > 10)
    assert looked(then, None, "", LIMIT, start) == Capture(checked_at=start)


def test_a_clock_set_forward_stops_nobody() -> None:
    old = clock.to_us(clock.now() - timedelta(hours=1))
    first = looked(Capture(), old, "", LIMIT, clock.now())
    assert (first.reason, first.stopped_at) == ("behind", None)
    assert looked(first, None, "", LIMIT, clock.now() + timedelta(seconds=5)).failing_since is None

"""The log in the making: every record gets one place, in order, and a crash anywhere repairs itself to the byte."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from tests.tlog import auditor
from visavis.archive import api, keys, log, recovery
from visavis.archive.claiming import Fenced
from visavis.archive.keys import KeyRing
from visavis.archive.log import Contradiction, Log
from visavis.archive.sequencer import Sequencer
from visavis.archive.types import Fact, NotLogged
from visavis.kernel.auth import Environment
from visavis.kernel.clock import FakeClock
from visavis.kernel.db import Database
from visavis.kernel.errors import NotFound
from visavis.tlog import evidence
from visavis.tlog.auditing import Audit
from visavis.tlog.checkpoint import Checkpoint, sign
from visavis.tlog.note import ED25519, Signer
from visavis.tlog.policy import of_log
from visavis.tlog.sources import Folder

SIGNER = Signer("example.test/log", ED25519, bytes(range(32)))


class Crash(BaseException):
    """The process ends here; no handler of ours sees it."""


class Brittle(Folder):
    """A folder whose process dies at the n-th durable write, before or after it."""

    def __init__(self, place: Path, at: int, after: bool) -> None:
        super().__init__(place)
        self.at, self.after, self.writes = at, after, 0

    def _count(self, write: Callable[[], None]) -> None:
        self.writes += 1
        if self.writes == self.at and not self.after:
            raise Crash
        write()
        if self.writes == self.at:
            raise Crash

    def put(self, files: Sequence[tuple[str, bytes]]) -> None:
        for file in files:
            self._count(lambda one=file: super(Brittle, self).put([one]))

    def publish(self, path: str, content: bytes) -> None:
        self._count(lambda: super(Brittle, self).publish(path, content))


@pytest.fixture(autouse=True)
def ring() -> None:
    keys.install(KeyRing(bytes(32)))


def log_in(place: Path, **options: object) -> Log:
    return Log(Folder(place), SIGNER, of_log(SIGNER.verifier))


async def write(database: Database, count: int) -> list[UUID]:
    async with database.transaction() as tx:
        return await api.append(
            tx,
            [
                Fact("message", uuid4(), UUID(int=7), Environment.TEST, {"n": n}, {"no": n})
                for n in range(count)
            ],
        )


async def drain(sequencer: Sequencer) -> int:
    total = 0
    while done := await sequencer.step():
        total += done
    return total


def files_of(place: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(place)): path.read_bytes()
        for path in sorted(place.rglob("*"))
        if path.is_file() and not path.name.startswith(".") and ".new" not in path.parts
    }


def audited(place: Path) -> int:
    audit = Audit(Folder(place), of_log(SIGNER.verifier))
    assert [level.fault for level in audit.levels()] == [None] * 3
    assert audit.checkpoint is not None
    if auditor.program():  # an auditor's own program must agree, where it can be built
        held, said = auditor.verdict(place, SIGNER.verifier.vkey)
        assert held, said
    return audit.checkpoint.size


async def test_every_record_becomes_a_leaf_with_a_proof(database: Database, tmp_path: Path) -> None:
    target = log_in(tmp_path)
    log.install(target)
    ids = await write(database, 5)
    async with database.transaction() as tx:
        with pytest.raises(NotLogged):
            await api.evidence(tx, ids[0])
        assert (await api.standing(tx)).waiting == 5
    assert api.checkpoint() is None
    with pytest.raises(NotFound):
        api.entry(0)
    sequencer = Sequencer(database, target)
    assert await sequencer.step() == 5
    assert await sequencer.step() == 0
    later = await write(database, 600)
    assert await drain(sequencer) == 600
    assert audited(tmp_path) == 605
    async with database.transaction() as tx:
        for number, record_id in enumerate([*ids, *later]):
            if number % 50 and number > 5:
                continue
            found = await api.evidence(tx, record_id)
            kept = evidence.read(found.text.encode())
            assert evidence.check(kept, of_log(SIGNER.verifier)).size == 605
            assert api.entry(kept.index) == kept.extra
        with pytest.raises(NotFound):
            await api.evidence(tx, uuid4())
        standing = await api.standing(tx)
        assert (standing.size, standing.sequenced, standing.waiting) == (605, 605, 0)
        assert [one.size for one in await api.batches(tx)] == [605, 5]
    with pytest.raises(NotFound):
        api.entry(605)
    with pytest.raises(NotFound):
        api.log_file("tile/0/009")
    assert api.log_file("tile/0/000") == (tmp_path / "tile/0/000").read_bytes()
    # What full tiles have made superfluous is gone; what the last checkpoint needs is there.
    assert not (tmp_path / "tile/0/000.p").exists()
    assert (tmp_path / "tile/0/002.p/93").exists()


async def test_late_and_out_of_order_commits_leave_no_gap(
    database: Database, tmp_path: Path
) -> None:
    sequencer = Sequencer(database, log_in(tmp_path))
    gates = [asyncio.Event() for _ in range(3)]
    begun = asyncio.Semaphore(0)

    async def late(number: int) -> None:
        async with database.transaction() as tx:
            await api.append_one(
                tx, Fact("message", uuid4(), UUID(int=number), Environment.TEST, {}, {})
            )
            begun.release()
            await gates[number].wait()

    tasks = []
    for number in range(3):
        tasks.append(asyncio.create_task(late(number)))
        await begun.acquire()
    for number in (2, 0, 1):
        gates[number].set()
        await tasks[number]
        assert await sequencer.step() == 1
    async with database.transaction() as tx:
        rows = await tx.fetch("SELECT leaf_index FROM log_place ORDER BY record_id")
    assert [row["leaf_index"] for row in rows] == [1, 2, 0]
    assert audited(tmp_path) == 3


POINTS = (
    "assigned", "sequenced", "bundles", "tiles", "signed", "checkpoint", "marked", "published",
    "tidied",
)  # fmt: skip


async def test_a_crash_between_any_two_steps_repairs_itself_to_the_byte(
    database: Database, tmp_path: Path, clock: FakeClock
) -> None:
    """Twin logs of the same records: one is crashed at every point in turn, the other never."""
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    for number, point in enumerate(POINTS):
        await write(database, 90)

        def crash(at: str, point: str = point) -> None:
            if at == point:
                raise Crash

        with pytest.raises(Crash):
            await Sequencer(database, log_in(broken), crash).step()
        clock.move(timedelta(seconds=11))
        after = Sequencer(database, log_in(broken))
        await drain(after)
        assert audited(broken) == 90 * (number + 1)
        clock.move(timedelta(seconds=11))
    await _replay(database, whole)
    assert files_of(broken) == files_of(whole)


@pytest.mark.parametrize("after", [False, True])
async def test_a_crash_at_any_single_write_repairs_itself_to_the_byte(
    database: Database, tmp_path: Path, clock: FakeClock, after: bool
) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    crashed, at = 0, 1
    while True:
        await write(database, 130)
        target = Log(Brittle(broken, at, after), SIGNER, of_log(SIGNER.verifier))
        try:
            await drain(Sequencer(database, target))
        except Crash:
            crashed += 1
        else:
            break
        clock.move(timedelta(seconds=11))
        await drain(Sequencer(database, log_in(broken)))
        clock.move(timedelta(seconds=11))
        at += 1
    assert crashed >= 4
    audited(broken)
    await _replay(database, whole)
    assert files_of(broken) == files_of(whole)


async def _replay(database: Database, place: Path) -> None:
    """The same batches, written by a process that nothing happens to."""
    async with database.transaction() as tx:
        await tx.execute("UPDATE log_batch SET root = NULL, checkpoint = NULL, published_at = NULL")
        await tx.execute("DELETE FROM lease")
    await drain(Sequencer(database, log_in(place)))


async def test_one_leads_and_a_paused_leader_changes_nothing(
    database: Database, tmp_path: Path, clock: FakeClock
) -> None:
    await write(database, 3)
    second = Sequencer(database, log_in(tmp_path))
    paused: list[int] = []

    def pause(at: str) -> None:
        if at == "signed" and not paused:
            paused.append(1)
            clock.move(timedelta(seconds=11))  # its lease has run out while it slept

    first = Sequencer(database, log_in(tmp_path), pause)
    await first.step()
    assert await second.step() == 0, "the lease was renewed by nobody, but nothing is left to do"
    await write(database, 2)
    assert await first.step() == 0, "somebody else leads"

    async def overtake() -> None:
        clock.move(timedelta(seconds=11))
        await first.step()

    stale = Sequencer(database, log_in(tmp_path))
    clock.move(timedelta(seconds=11))
    assert await stale.step() == 2
    async with database.transaction() as tx:
        await tx.execute("UPDATE lease SET epoch = epoch + 1")
    await write(database, 1)
    with pytest.raises(Fenced):
        await stale.step()
    clock.move(timedelta(seconds=11))
    await overtake()
    assert audited(tmp_path) == 6


async def test_a_restored_database_is_noticed_and_nothing_is_signed(
    database: Database, tmp_path: Path
) -> None:
    await write(database, 10)
    sequencer = Sequencer(database, log_in(tmp_path))
    await drain(sequencer)
    before = (tmp_path / "checkpoint").read_bytes()
    async with database.transaction() as tx:  # the backup was taken when it held seven
        await tx.execute(
            "WITH gone AS (DELETE FROM log_place WHERE leaf_index >= 7 RETURNING record_id)"
            " DELETE FROM record WHERE record_id IN (SELECT record_id FROM gone)"
        )
        await tx.execute("UPDATE log_batch SET size = 7")
    await write(database, 5)
    fresh = Sequencer(database, log_in(tmp_path))
    fresh.holder = sequencer.holder
    with pytest.raises(Contradiction, match="restored: the database knows 7 leaves, 10 are signed"):
        await fresh.step()
    assert (tmp_path / "checkpoint").read_bytes() == before


async def test_a_restored_folder_is_noticed(database: Database, tmp_path: Path) -> None:
    sequencer = Sequencer(database, log_in(tmp_path))
    await write(database, 4)
    await drain(sequencer)
    early = (tmp_path / "checkpoint").read_bytes()
    await write(database, 4)
    await drain(sequencer)
    (tmp_path / "checkpoint").write_bytes(early)
    fresh = Sequencer(database, log_in(tmp_path))
    fresh.holder = sequencer.holder
    with pytest.raises(Contradiction, match="the files hold 4 leaves, 8 are marked"):
        await fresh.step()


LENGTHEN = """
UPDATE record SET envelope = envelope || '\\x00' FROM log_place AS place
WHERE place.record_id = record.record_id AND leaf_index = 3
"""


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (LENGTHEN, "restored"),
        ("DELETE FROM log_place WHERE leaf_index = 3", "restored"),
        ("UPDATE log_batch SET root = '\\x00'", "changed"),
    ],
)
async def test_a_changed_row_stops_the_log(
    database: Database, tmp_path: Path, change: str, reason: str
) -> None:
    sequencer = Sequencer(database, log_in(tmp_path))
    await write(database, 6)
    await drain(sequencer)
    async with database.transaction() as tx:
        await tx.execute(change)
    fresh = Sequencer(database, log_in(tmp_path))
    fresh.holder = sequencer.holder
    with pytest.raises(Contradiction) as caught:
        await fresh.step()
    assert caught.value.reason == reason


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/000.p/6", "tile/entries/000.p/6"])
async def test_a_changed_file_stops_the_log_and_is_told(
    database: Database, tmp_path: Path, path: str
) -> None:
    sequencer = Sequencer(database, log_in(tmp_path))
    await write(database, 6)
    await drain(sequencer)
    content = bytearray((tmp_path / path).read_bytes())
    content[20] ^= 1
    (tmp_path / path).write_bytes(content)
    fresh = Sequencer(database, log_in(tmp_path))
    fresh.holder = sequencer.holder
    assert await fresh._turn() == 10.0
    async with database.transaction() as tx:
        halt = (await api.standing(tx)).halt
    assert halt is not None
    assert halt.reason == "changed"
    content[20] ^= 1
    (tmp_path / path).write_bytes(content)
    assert await fresh._turn() == 0.25
    async with database.transaction() as tx:
        assert (await api.standing(tx)).halt is None


async def test_it_runs_by_itself_and_resigns(database: Database, tmp_path: Path) -> None:
    ids = await write(database, 2)
    target = log_in(tmp_path)
    log.install(target)
    done = asyncio.Event()

    def hear(at: str) -> None:
        if at == "tidied":
            done.set()

    running = asyncio.create_task(Sequencer(database, target, hear).run())
    await asyncio.wait_for(done.wait(), 60)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    async with database.transaction() as tx:
        assert (await api.evidence(tx, ids[0])).index == 0
    assert await Sequencer(database, target).step() == 0, "the lease is free at once"


def test_the_key_is_made_once_and_keeps_its_name(tmp_path: Path) -> None:
    one = log.of_folder(tmp_path, "first.example/log")
    again = log.of_folder(tmp_path, "second.example/log")
    assert one.signer == again.signer
    assert again.signer.name == "first.example/log"
    assert (tmp_path / "keys" / "log.key").stat().st_mode & 0o777 == 0o600


async def test_full_batches_follow_each_other_and_a_crash_among_them_is_repaired(
    database: Database, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("claiming", "sequencer"):
        monkeypatch.setattr(f"visavis.archive.{module}.BATCH", 8)
    await write(database, 50)
    sequencer = Sequencer(database, log_in(tmp_path))
    assert await sequencer.step() == 8
    crashed = Log(Brittle(tmp_path, 2, False), SIGNER, of_log(SIGNER.verifier))
    sequencer._log = crashed
    with pytest.raises(Crash):  # the next places are given already
        await sequencer.step()
    clock.move(timedelta(seconds=11))
    assert await drain(Sequencer(database, log_in(tmp_path))) == 42
    assert audited(tmp_path) == 50
    async with database.transaction() as tx:
        assert [one.size for one in await api.batches(tx)] == [50, 48, 40, 32, 24, 16, 8]


async def test_a_place_whose_record_is_gone_stops_the_log(
    database: Database, tmp_path: Path, clock: FakeClock
) -> None:
    def crash(at: str) -> None:
        if at == "bundles":
            raise Crash

    for condition in ("leaf_index = 2", "leaf_index = 9"):
        place = tmp_path / condition[-1]
        await write(database, 10)
        with pytest.raises(Crash):
            await Sequencer(database, log_in(place), crash).step()
        async with database.transaction() as tx:
            rows = await tx.fetch(
                "DELETE FROM record WHERE record_id ="
                f" (SELECT record_id FROM log_place WHERE {condition}) RETURNING record_id"
            )
        assert len(rows) == 1
        clock.move(timedelta(seconds=11))
        with pytest.raises(Contradiction, match=r"incomplete: leaf . has no record"):
            await Sequencer(database, log_in(place)).step()
        assert not (place / "checkpoint").exists()
        clock.move(timedelta(seconds=11))
        async with database.transaction() as tx:
            await tx.execute("TRUNCATE record, log_place, log_batch")


async def test_what_goes_wrong_is_tried_again(
    database: Database, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(Folder):
        def put(self, files: Sequence[tuple[str, bytes]]) -> None:
            raise OSError(28, "No space left on device")

    await write(database, 3)
    sequencer = Sequencer(database, Log(Full(tmp_path), SIGNER, of_log(SIGNER.verifier)))
    assert await sequencer._turn() == 0.25
    assert not (tmp_path / "checkpoint").exists(), "nothing is signed over what is not written"
    sequencer._log = log_in(tmp_path)
    assert await sequencer._turn() == 0.25
    assert audited(tmp_path) == 3
    async with database.transaction() as tx:
        await tx.execute("UPDATE lease SET epoch = epoch + 1, holder = gen_random_uuid()")
    await write(database, 1)
    assert await sequencer._turn() == 0.25  # fenced
    clock.move(timedelta(seconds=11))
    assert await drain(sequencer) == 1
    # Even where the halt cannot be kept, the loop goes on.
    (tmp_path / "checkpoint").write_text("nothing")
    fresh = Sequencer(database, log_in(tmp_path))
    fresh.holder = sequencer.holder
    async with database.transaction() as tx:
        await tx.execute("ALTER TABLE log_halt RENAME TO elsewhere")
    assert await fresh._turn() == 10.0


async def test_a_leader_that_slept_does_not_turn_the_log_back(
    database: Database, tmp_path: Path
) -> None:
    await write(database, 5)
    target = log_in(tmp_path)
    await drain(Sequencer(database, target))
    for size, root in ((3, bytes(32)), (5, bytes(32))):
        made = Checkpoint(SIGNER.name, size, root)
        with pytest.raises(Contradiction, match="5 leaves are signed"):
            recovery.forward(target, made, sign(made, SIGNER))
    assert audited(tmp_path) == 5

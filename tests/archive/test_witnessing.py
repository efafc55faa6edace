"""The log and its witnesses: cosignatures, an old backup restored whole, witnesses that are away or disagree."""

import base64
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from tests.tlog import auditor
from visavis.archive import api, keys
from visavis.archive.keys import KeyRing
from visavis.archive.log import Contradiction, Log
from visavis.archive.sequencer import Sequencer
from visavis.archive.types import Fact
from visavis.kernel.auth import Environment
from visavis.kernel.clock import FakeClock
from visavis.kernel.db import Database
from visavis.tlog import note, policy, tree
from visavis.tlog.checkpoint import Checkpoint, sign
from visavis.tlog.growing import edge_of
from visavis.tlog.note import ED25519, Signer
from visavis.tlog.reading import fetcher
from visavis.tlog.sources import Folder
from visavis.witness.keeping import Store
from visavis.witness.server import Witness

SIGNER = Signer("example.test/log", ED25519, bytes(range(32)))


class Town:
    """Witnesses by host name; some may be away, or answer something else."""

    def __init__(self, folder: Path, count: int) -> None:
        self.stores = {f"w{n}": Store(folder / f"w{n}", f"w{n}.test") for n in range(count)}
        self.apps = {
            name: httpx.ASGITransport(
                Witness(store, [SIGNER.verifier], lambda: 1_700_000_000).app()
            )
            for name, store in self.stores.items()
        }
        self.away: set[str] = set()
        self.instead: dict[str, Callable[[httpx.Request], httpx.Response]] = {}
        self.asked: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        self.asked.append(host)
        if host in self.away:
            raise httpx.ConnectError("nobody is there")
        if host in self.instead:
            return self.instead[host](request)
        return await self.apps[host].handle_async_request(request)

    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=_Transport(self))

    def policy(self, quorum: str) -> policy.Policy:
        lines = [f"log {SIGNER.verifier.vkey}"]
        for name, store in self.stores.items():
            lines.append(f"witness {name} {store.signer.verifier.vkey} http://{name}")
        return policy.read("\n".join([*lines, *quorum.split(";")]))


class _Transport(httpx.AsyncBaseTransport):
    def __init__(self, town: Town) -> None:
        self._town = town

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._town.handle_async_request(request)


@pytest.fixture(autouse=True)
def ring() -> None:
    keys.install(KeyRing(bytes(32)))


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path / "town", 2)
    yield made
    for store in made.stores.values():
        store.close()


async def write(database: Database, count: int) -> None:
    async with database.transaction() as tx:
        await api.append(
            tx,
            [Fact("message", uuid4(), UUID(int=7), Environment.TEST, {}, {}) for _ in range(count)],
        )


def sequencer(database: Database, town: Town, place: Path, quorum: str) -> Sequencer:
    return Sequencer(database, Log(Folder(place), SIGNER, town.policy(quorum)), http=town.http())


def witnesses_of(place: Path, town: Town) -> list[str]:
    return town.policy("quorum none").witnessed_by((place / "checkpoint").read_bytes())


async def test_a_checkpoint_carries_what_the_witnesses_sign(
    database: Database, tmp_path: Path, town: Town, clock: FakeClock
) -> None:
    place = tmp_path / "log"
    leader = sequencer(database, town, place, "quorum w0")
    for count in (3, 300, 1):
        await write(database, count)
        assert await leader.step() == count
        assert witnesses_of(place, town) == ["w0", "w1"]
    # One is away: the log goes on, leaves it alone for a while, and comes back to it with the proof it then needs.
    town.away = {"w1"}
    for _ in range(2):
        await write(database, 2)
        await leader.step()
        assert witnesses_of(place, town) == ["w0"]
    assert town.asked[-1] == "w0"
    town.away = set()
    await clock.advance(31)
    await write(database, 2)
    await leader.step()
    assert witnesses_of(place, town) == ["w0", "w1"]
    # A new leader does not know what the witnesses know; they say.
    await clock.advance(31)
    fresh = sequencer(database, town, place, "quorum w0")
    await write(database, 2)
    await fresh.step()
    assert witnesses_of(place, town) == ["w0", "w1"]
    auditor.agrees(Log(Folder(place), SIGNER, town.policy("quorum none")))


async def test_a_backup_restored_whole_is_noticed_by_whoever_remembers(
    database: Database, tmp_path: Path, town: Town, clock: FakeClock
) -> None:
    place, backup = tmp_path / "log", tmp_path / "backup"
    leader = sequencer(database, town, place, "quorum none")
    await write(database, 6)
    await leader.step()
    shutil.copytree(place, backup)
    await write(database, 6)
    await leader.step()
    # Database and folder go back together: between themselves they agree.
    async with database.transaction() as tx:
        await tx.execute(
            "WITH gone AS (DELETE FROM log_place WHERE leaf_index >= 6 RETURNING record_id)"
            " DELETE FROM record WHERE record_id IN (SELECT record_id FROM gone)"
        )
        await tx.execute("DELETE FROM log_batch WHERE first >= 6")
    shutil.rmtree(place)
    backup.rename(place)
    await write(database, 4)
    before = (place / "checkpoint").read_bytes()
    await clock.advance(31)
    with pytest.raises(Contradiction, match="a witness saw 12 leaves, 6 are known"):
        await sequencer(database, town, place, "quorum none").step()
    # A leader that was not asked again meets it at the next checkpoint.
    await clock.advance(31)
    town.away = {"w0", "w1"}
    blind = sequencer(database, town, place, "quorum none")
    blind._hook = lambda at: town.away.clear() if at == "bundles" else None
    await clock.advance(31)
    await blind._database.run(lambda tx: tx.execute("SELECT 1"))
    with pytest.raises(Contradiction, match="saw 12 leaves, not 10"):
        await _step_with_rested_witnesses(blind, clock)
    assert (place / "checkpoint").read_bytes() == before


async def _step_with_rested_witnesses(leader: Sequencer, clock: FakeClock) -> None:
    """The witnesses rest after their absence; when the batch is written they are asked again."""
    hook = leader._hook

    def wait(at: str) -> None:
        hook(at)
        if at == "tiles":
            leader._witnesses._resting.clear()

    leader._hook = wait
    await leader.step()


async def test_without_the_quorum_the_log_does_not_begin(
    database: Database, tmp_path: Path, town: Town, clock: FakeClock
) -> None:
    place = tmp_path / "log"
    await write(database, 1)
    town.away = {"w1"}
    leader = sequencer(database, town, place, "group both all w0 w1;quorum both")
    with pytest.raises(Contradiction, match="unwitnessed: witnesses that answer: w0"):
        await leader.step()
    assert not (place / "checkpoint").exists()
    town.away = set()
    assert await leader.step() == 1
    # Later its lack is an alarm and no more: what is said to clients must still be recorded.
    town.away = {"w1"}
    await write(database, 1)
    assert await leader.step() == 1


async def test_a_witness_that_saw_another_history_stops_the_log(
    database: Database, tmp_path: Path, town: Town
) -> None:
    """Somebody with the log's key continued it elsewhere, and showed that to a witness."""
    leader = sequencer(database, town, tmp_path / "log", "quorum none")
    await write(database, 2)
    await leader.step()
    ours = edge_of(2, fetcher(Folder(tmp_path / "log")))
    before = [*ours.levels[0]]
    ours.append([b"never", b"said"])
    proof = tree.consistency_proof(lambda _, i: tree.root(ours.levels[0][2 * i : 2 * i + 2]), 2, 4)
    assert tree.root(before) == tree.root(ours.levels[0][:2])
    body = "old 2\n" + "".join(base64.b64encode(one).decode() + "\n" for one in proof)
    body += "\n" + sign(Checkpoint(SIGNER.name, 4, ours.root()), SIGNER)
    async with town.http() as http:
        answer = await http.post("http://w0/add-checkpoint", content=body.encode())
    assert answer.status_code == 200, answer.text
    await write(database, 2)
    with pytest.raises(Contradiction, match="split: w0 saw another history"):
        await leader.step()


@pytest.mark.parametrize("answer", ["", "nonsense\n", "— w0.test AAAAAAAAAAAA\n"])
async def test_an_answer_that_is_no_signature_is_none(
    database: Database, tmp_path: Path, town: Town, answer: str
) -> None:
    town.instead["w0"] = lambda _: httpx.Response(200, text=answer)
    town.instead["w1"] = lambda _: httpx.Response(403, text="no")
    await write(database, 2)
    assert await sequencer(database, town, tmp_path / "log", "quorum none").step() == 2
    assert len(note.split((tmp_path / "log/checkpoint").read_bytes())[1]) == 1

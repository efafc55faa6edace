"""The database against the log: every changed, dropped, added or swapped row is named.

ROWS says how many random changes are tried (by default 30).
"""

import os
import random
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from tests.tlog import auditor
from visavis.archive import api, keys, log
from visavis.archive.keys import KeyRing
from visavis.archive.log import Log
from visavis.archive.seal import header_of
from visavis.archive.sequencer import LEASE_S, Sequencer
from visavis.archive.types import Fact, RetentionClass
from visavis.kernel.auth import Environment
from visavis.kernel.clock import FakeClock
from visavis.kernel.db import Database, Tx
from visavis.tlog.auditing import Audit
from visavis.tlog.faults import Level
from visavis.tlog.note import ED25519, Signer
from visavis.tlog.policy import of_log
from visavis.tlog.sources import Folder

SIGNER = Signer("example.test/log", ED25519, bytes(range(32)))
COUNT = 1_030  # more than one stride of the comparison
TRIES = int(os.environ.get("ROWS", "30"))


@pytest.fixture(autouse=True)
def ring() -> None:
    keys.install(KeyRing(bytes(32)))


@pytest.fixture
async def place(database: Database, tmp_path: Path) -> Path:
    target = Log(Folder(tmp_path), SIGNER, of_log(SIGNER.verifier))
    log.install(target)
    about = [uuid4() for _ in range(50)]
    facts = [
        Fact("message", about[n % 50], UUID(int=7), Environment.TEST, {"n": n}, {"no": n})
        for n in range(COUNT)
    ]
    sequencer = Sequencer(database, target)
    for some in (facts[:500], facts[500:]):
        async with database.transaction() as tx:
            await api.append(tx, some)
        await sequencer.step()
    auditor.agrees(target)
    return tmp_path


async def level(tx: Tx, place: Path) -> Level:
    return await api.database_level(tx, Audit(Folder(place), of_log(SIGNER.verifier)))


OF_LEAF = (
    "WHERE record_id = (SELECT record_id FROM log_place WHERE leaf_index = $1) AND $2::int >= 0"
)
CHANGES = {
    "a bit of the envelope": "UPDATE record SET envelope = set_byte(envelope, $2::int % octet_length(envelope),"
    f" get_byte(envelope, $2::int % octet_length(envelope)) # 1) {OF_LEAF}",
    "dropped": f"DELETE FROM record {OF_LEAF}",
    "never logged": f"DELETE FROM log_place {OF_LEAF}",
    "its kind": f"UPDATE record SET kind = 'note' {OF_LEAF}",
    "its time": f"UPDATE record SET at_us = at_us + 1 + $2::int {OF_LEAF}",
    "its object": f"UPDATE record SET object_id = gen_random_uuid() {OF_LEAF}",
    "its environment": f"UPDATE record SET environment = 'real' {OF_LEAF}",
    "its chain": f"UPDATE record SET previous = '\\x00' {OF_LEAF}",
    "its name": f"UPDATE record SET record_id = gen_random_uuid() {OF_LEAF}",
    "swapped": "UPDATE record SET envelope = (SELECT envelope FROM record JOIN log_place USING (record_id)"
    f" WHERE leaf_index = ($1 + 1 + $2::int % 1000) % 1030) {OF_LEAF}",
}


class Undone(Exception):
    pass


async def test_every_changed_row_is_named(database: Database, place: Path) -> None:
    async with database.transaction() as tx:
        whole = await level(tx, place)
        assert (whole.fault, whole.checked) == (None, COUNT)
    dice = random.Random(20261122)
    for number in range(TRIES):
        name, change = list(CHANGES.items())[number % len(CHANGES)]
        leaf = dice.randrange(COUNT)
        try:
            async with database.transaction() as tx:
                row = await tx.fetchrow(
                    "SELECT record_id FROM log_place WHERE leaf_index = $1", leaf
                )
                assert row is not None
                assert await tx.execute(change, leaf, dice.randrange(10**6)) == 1
                fault = (await level(tx, place)).fault
                assert fault is not None, name
                assert fault.leaf == leaf, name
                gone = name in {"dropped", "never logged"}
                assert (f"record at leaf {leaf}" if gone else "record ") in fault.place
                assert (str(row["record_id"]) in f"{fault}") or name == "its name", name
                raise Undone
        except Undone:
            continue


async def test_rows_and_checkpoints_that_the_log_does_not_know(
    database: Database, place: Path
) -> None:
    async with database.transaction() as tx:
        added = await api.append_one(
            tx, Fact("message", uuid4(), UUID(int=7), Environment.TEST, {})
        )
        assert (await level(tx, place)).fault is None, "it waits for its place"
        await tx.execute("INSERT INTO log_place VALUES (5000, $1)", added)
        fault = (await level(tx, place)).fault
        assert fault is not None
        assert (fault.leaf, "no batch gave" in fault.what) == (5000, True)
        for table in ("log_place", "record"):
            await tx.execute(f"DELETE FROM {table} WHERE record_id = $1", added)
    async with database.transaction() as tx:
        early = (await api.batches(tx))[-1]
        assert early.checkpoint is not None
    newest = (place / "checkpoint").read_bytes()
    (place / "checkpoint").write_text(early.checkpoint)
    async with database.transaction() as tx:
        fault = (await level(tx, place)).fault
        assert fault is not None
        assert fault.place == "checkpoint"
        assert f"{COUNT} have been published" in fault.what
        (place / "checkpoint").unlink()
        assert (await level(tx, place)).fault is not None
        (place / "checkpoint").write_bytes(newest)
        (place / "tile/entries/002").unlink()
        assert "tile/entries/002" in str((await level(tx, place)).fault)


async def test_a_log_that_grows_while_it_is_compared_is_not_behind(
    database: Database, place: Path, clock: FakeClock
) -> None:
    begun = Audit(Folder(place), of_log(SIGNER.verifier))
    fact = Fact("message", uuid4(), UUID(int=7), Environment.TEST, {})
    async with database.transaction() as tx:
        await api.append_one(tx, fact)
    await clock.advance(LEASE_S + 1)  # whoever led before leads no more
    await Sequencer(database, log.current()).step()
    async with database.transaction() as tx:
        found = await api.database_level(tx, begun)
        assert (found.fault, found.checked) == (None, COUNT)
        (place / "checkpoint").unlink()
        fault = (await api.database_level(tx, begun)).fault
        assert f"{COUNT + 1} have been published" in str(fault)


async def test_leaves_that_are_no_records_of_ours_are_said_to_be(
    database: Database, tmp_path: Path
) -> None:
    target = Log(Folder(tmp_path), SIGNER, of_log(SIGNER.verifier))
    insert = (
        "INSERT INTO record (record_id, kind, object_id, at_us, environment, envelope)"
        " VALUES ($1, 'message', $1, 0, 'test', $2)"
    )
    async with database.transaction() as tx:
        for content in (b"\x00\x02[]", b"\xff"):
            await tx.execute(insert, uuid4(), content)
    await Sequencer(database, target).step()
    async with database.transaction() as tx:
        assert (await level(tx, tmp_path)).fault is None
        await tx.execute(
            "DELETE FROM record USING log_place AS place"
            " WHERE place.record_id = record.record_id AND leaf_index = 1"
        )
        assert "no record of this platform" in str((await level(tx, tmp_path)).fault)


ENVELOPE = (Path(__file__).parent / "envelope-v1.bin").read_bytes()


async def test_a_record_sealed_before_there_was_a_log_enters_it_unchanged(
    database: Database, tmp_path: Path
) -> None:
    """The log adds places, tiles and proofs, and changes no byte of what was sealed."""
    target = Log(Folder(tmp_path), SIGNER, of_log(SIGNER.verifier))
    log.install(target)
    header, _, _ = header_of(ENVELOPE)
    async with database.transaction() as tx:
        await tx.execute(
            "INSERT INTO record (record_id, kind, object_id, previous, at_us, environment, envelope)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)",
            UUID(header["id"]), header["kind"], UUID(header["object"]),
            bytes.fromhex(header["prev"]) if header["prev"] else None, int(header["at"]),
            header["env"], ENVELOPE,
        )  # fmt: skip
        await api.append_one(
            tx, Fact("sign_in", uuid4(), uuid4(), Environment.TEST, {}, {}, RetentionClass.ACCESS)
        )
    await Sequencer(database, target).step()
    async with database.transaction() as tx:
        proof = await api.evidence(tx, UUID(header["id"]))
        assert proof.extra == ENVELOPE
        assert api.entry(proof.index) == ENVELOPE
        assert ENVELOPE in api.entries_file(None, "tile/entries/000.p/2", "all")
        assert (await level(tx, tmp_path)).fault is None

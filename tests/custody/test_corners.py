"""Refusals and rare turns of custody's doors."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.conversations.talk import begin
from tests.custody.firm import PURPOSE, sequence
from tests.world import BOSS, World
from visavis.archive import api as archive
from visavis.archive.types import Damaged, Fact, NotLogged, Origin, Stored
from visavis.custody import api, terms
from visavis.custody.api import capturing, dossiers, keeping
from visavis.custody.clerk import Clerk
from visavis.custody.rules import auditing, formats, nightly
from visavis.custody.store import capture as store
from visavis.custody.types import (
    AuditState,
    Capture,
    CaptureStopped,
    ExportFormat,
    Line,
    What,
)
from visavis.kernel import clock
from visavis.kernel.auth import Environment, Role, system
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, NotFound
from visavis.kernel.events import Event


@pytest.mark.parametrize(
    ("last", "due"),
    [(None, True), ("2026-11-22T18:29:00", True), ("2026-11-22T18:31:00", False)],
)
def test_the_nightly_comparison_is_due_once_a_night(last: str | None, due: bool) -> None:
    now = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    before = datetime.fromisoformat(last).replace(tzinfo=UTC) if last else None
    assert nightly.is_due(now, before, time(2, 30), "Asia/Shanghai") is due
    # Before tonight's time it is last night's that counts.
    assert nightly.is_due(now, before, time(23, 30), "Asia/Shanghai") is (last is None)


async def test_the_comparison_of_the_night_is_asked_for_once(world: World) -> None:
    for _ in range(2):
        async with world.tx() as tx:
            await api.nightly_audit(tx)
    async with world.tx() as tx:
        run = await api.next_audit(tx)
        assert run is not None
        assert await api.next_audit(tx) is None
        await api.give_up_audit(tx, run)
        (found,) = await api.audits(tx, BOSS)
    assert found.state is AuditState.FAILED
    # A night whose comparison failed is not over: it is asked for again in an hour.
    for minutes, waits in ((59, False), (2, True)):
        world.clock.move(timedelta(minutes=minutes))
        async with world.tx() as tx:
            await api.nightly_audit(tx)
            assert (await api.next_audit(tx) is not None) is waits
    async with world.tx() as tx:
        run = await api.begin_audit(tx)
    async with world.tx() as tx:
        result = await api.compare(tx)
    async with world.tx() as tx:
        assert (await api.keep_audit(tx, run, result)).fault_count == 0


async def test_who_has_no_business_here_is_refused(world: World) -> None:
    talk = await begin(world)
    async with world.tx() as tx:
        for call in (api.ask_for_audit, api.audits, api.health, api.exports, api.grants):
            with pytest.raises(Forbidden):
                await call(tx, talk.him)
        with pytest.raises(Forbidden):
            api.retention(talk.him)
        with pytest.raises(Forbidden):
            await api.give_grant(
                tx, talk.him, talk.him.person_id, PURPOSE, None, 0, 1, talk.advisor.id, None
            )  # type: ignore[arg-type]
        with pytest.raises(Forbidden):
            await api.revoke_grant(tx, talk.him, uuid4())
        with pytest.raises(Forbidden):
            await api.looks_taken(tx, talk.him)


async def test_what_does_not_exist_is_not_found(world: World) -> None:
    supervisor = await world.sign_in(await world.supervisor())
    advisor = await world.advisor()
    missing = str(uuid4())
    for path, body in (
        (f"grants/{missing}/revoke", {}),
        (f"holds/{missing}/release", {"reason": "无此保全"}),
        (f"destructions/{missing}/decide", {"approve": True}),
        ("destructions", {"client": str(advisor.id), "reason": "不是客户"}),
        (f"clients/{missing}/restrict", {"basis": "依法限制"}),
    ):
        answer = await supervisor.post(f"/api/custody/{path}", json=body)
        assert answer.status_code == 404, path
    wrong: list[dict[str, Any]] = [{"from": 10, "until": 5}]
    for one in wrong:
        body = {"format": "csv", "purpose": PURPOSE} | one
        assert (await supervisor.post("/api/custody/exports", json=body)).status_code == 422
    short = await supervisor.post("/api/custody/exports", json={"format": "csv", "purpose": "x"})
    assert short.json()["error"] == "archive_purpose_required"


async def test_a_dossier_before_the_log_has_it_says_so_by_its_proofs(world: World) -> None:
    talk = await begin(world)
    await talk.say(talk.him, "您好")
    supervisor = await world.sign_in(await world.supervisor())
    body = {"client": str(talk.client.id), "purpose": PURPOSE}
    early = await supervisor.post("/api/custody/dossiers", json=body)
    await sequence(world)
    later = await supervisor.post("/api/custody/dossiers", json=body)
    assert (early.status_code, later.status_code) == (200, 200)
    assert len(later.content) > len(early.content) + 1000


async def test_a_damaged_envelope_is_named_not_raised(world: World) -> None:
    talk = await begin(world)
    entry = await talk.say(talk.him, "您好")
    async with world.tx() as tx:
        await tx.execute(
            "UPDATE record SET envelope = '\\x0002' WHERE record_id = $1", entry.record_id
        )
        (one,) = await archive.by_ids(tx, [entry.record_id])
    assert (one.fault, one.body) == ("header", None)
    async with world.tx() as tx:
        with pytest.raises(NotFound):
            await archive.data_key(tx, uuid4())


async def test_a_wrong_wrapping_key_is_damage(world: World) -> None:
    about = uuid4()
    async with world.tx() as tx:
        record = await archive.append_one(
            tx, Fact("note", about, about, Environment.TEST, {"n": 1}, {})
        )
        await tx.execute(
            "UPDATE wrapping_key SET wrapped = set_byte(wrapped, octet_length(wrapped) - 1,"
            " get_byte(wrapped, octet_length(wrapped) - 1) # 1) WHERE relationship_id = $1",
            about,
        )
    async with world.tx() as tx:
        (one,) = await archive.by_ids(tx, [record])
        assert one.fault == "key"
        with pytest.raises(Damaged):
            await archive.data_key(tx, record)


def stored(kind: str = "note", **body: Any) -> Stored:
    key = UUID(int=7)
    return Stored(key, kind, key, None, 0, "test", None, b"x", key, "business", {}, body)


def test_a_row_is_held_against_what_its_record_says() -> None:
    origin = Origin("t", frozenset({"note"}), "{name}", "")
    assert auditing.gather([origin], [stored(other=1)]) == {}
    told = auditing.gather([origin], [stored(name="a", n="x")])["t", "a"]
    near = Line(1, "t", None, "a", "k", {"n": {"$near": 1}})
    fault = auditing.compare(origin, near, told)
    assert fault is not None
    assert (fault.what, fault.fields) == (What.ROW_CHANGED, ("n",))
    foreign = Line(1, "t", UUID(int=9), "a", "k", {"n": {"$in": ["x"]}})
    fault = auditing.compare(origin, foreign, told)
    assert fault is not None
    assert fault.fields == ("record_id",)


def test_a_spreadsheet_runs_no_cell_and_mail_carries_the_mark() -> None:
    row = formats.csv_rows([stored(text="=HYPERLINK(1)")], "方检", heading=True).decode()
    assert "'=HYPERLINK(1)" in row
    assert "X-Visavis-Watermark" in formats.eml(stored(text="x"), "Fang").decode()
    assert ExportFormat("eml") is ExportFormat.EML


async def test_a_failed_comparison_ends_as_failed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(tx: object) -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr("visavis.custody.api.auditing.compare", broken)
    async with world.tx() as tx:
        await api.ask_for_audit(tx, system())
    world.clock.move(timedelta(seconds=1))
    assert await Clerk(world.database).step()
    async with world.tx() as tx:
        (found,) = await api.audits(tx, BOSS)
    assert found.state is AuditState.FAILED


def test_a_row_outlives_its_end_and_a_chain_begins_somewhere() -> None:
    ends = Origin("t", frozenset({"note"}), "{name}", "", ends=frozenset({"note"}))
    told = auditing.gather([ends], [stored(name="a")])["t", "a"]
    fault = auditing.compare(ends, Line(1, "t", None, "a", "k", {}), told)
    assert fault is not None
    assert fault.what is What.ROW_OUTLIVES
    circle = [(UUID(int=1), b"two", b"one"), (UUID(int=2), b"one", b"two")]
    faults = auditing.chain(UUID(int=7), circle, b"two")
    assert [one.fields for one in faults if one.what is What.RECORD_MISSING] == [
        ("first",),
        ("last",),
    ]


async def test_a_header_without_a_key_is_named_not_raised(world: World) -> None:
    talk = await begin(world)
    entry = await talk.say(talk.him, "您好")
    header = b'{"v":1}'
    async with world.tx() as tx:
        await tx.execute(
            "UPDATE record SET envelope = $2 WHERE record_id = $1",
            entry.record_id, len(header).to_bytes(2, "big") + header + b"x",
        )  # fmt: skip
        (one,) = await archive.by_ids(tx, [entry.record_id])
    assert (one.fault, one.body) == ("key", None)


async def test_of_two_processes_that_see_capture_fail_one_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    published: list[Event] = []

    async def publish(_: object, event: Event) -> None:
        published.append(event)

    read = store.read

    async def late(tx: Tx, *, lock: bool = False) -> Capture:
        found = await read(tx, lock=lock)
        return found if lock else replace(found, stopped_at=None)

    monkeypatch.setattr(capturing.outbox, "publish", publish)
    monkeypatch.setattr(capturing.store, "read", late)
    monkeypatch.setattr(capturing, "_halt", lambda _: "disk")
    try:
        for minutes in (0, world.settings.capture_minutes + 1, 0):
            world.clock.move(timedelta(minutes=minutes))
            async with world.tx() as tx:
                await capturing.watch(tx)
        assert terms.capture().stopped_at is not None
    finally:
        terms.saw(Capture())
    assert published == [CaptureStopped("disk")]


async def test_a_dossier_has_an_end_and_numbers_their_readers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await begin(world)
    monkeypatch.setattr(dossiers, "MOST", 0)
    browser = await world.sign_in(await world.supervisor())
    body = {"client": str(talk.client.id), "purpose": PURPOSE}
    refused = await browser.post("/api/custody/dossiers", json=body)
    assert refused.json()["error"] == "dossier_too_large"
    async with world.tx() as tx:
        with pytest.raises(Forbidden):
            await keeping.numbers_of(tx, talk.him, [talk.client.id])


async def test_a_grant_opens_its_time_alone(world: World) -> None:
    talk = await begin(world)
    entry = await talk.say(talk.him, "您好")
    person = await world.staff(Role.EXAMINER)
    boss, examiner = await world.sign_in(await world.supervisor()), await world.sign_in(person)
    now = clock.now_ms()
    body = {
        "examiner": str(person.id), "purpose": "现场检查第12号", "clients": [str(talk.client.id)], "from": 0,
        "until": now - 1000, "starts_at": now, "ends_at": now + 3600_000,
    }  # fmt: skip
    assert (await boss.post("/api/custody/grants", json=body)).status_code == 201
    refused = await examiner.get(f"/api/custody/records/{entry.record_id}")
    assert (refused.status_code, refused.json()["error"]) == (403, "beyond_grant")


async def test_a_place_that_is_none_holds_nothing(world: World) -> None:
    talk = await begin(world)
    entry = await talk.say(talk.him, "您好")
    await sequence(world)
    async with world.tx() as tx:
        await tx.execute(
            "UPDATE log_place SET leaf_index = 10000 WHERE record_id = $1", entry.record_id
        )
        with pytest.raises(NotLogged):  # it has a place that is not published yet
            await archive.evidence(tx, entry.record_id)
    async with world.tx() as tx:
        with pytest.raises(NotFound):
            await archive.evidence(tx, uuid4())
    with pytest.raises(NotFound):
        archive.tile_file("tile/entries/000")

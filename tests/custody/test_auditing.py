"""The audit of completeness: whoever tampers with a table of origin, or with the record itself, is named."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest

from tests.custody.firm import Firm, busy
from tests.suitability.test_requests import permitted, set_up
from tests.world import World
from visavis.custody import api
from visavis.custody.types import Fault, What
from visavis.kernel.db import Tx
from visavis.origins import ORIGINS, UNCOMPARED

# Table of origin, and a change that somebody with the database in hand might make.
TABLES: Mapping[str, str] = {
    "public_report": "text = 'nothing to see'",
    "staff": "roles = roles || '{administrator}'",
    "branch": "region = 'elsewhere'",
    "embed_issuer": "public_key = 'mine'",
    "licence": "valid_to = valid_to + 30",
    "verdict": "action = 'nudge'",
    "connection": "tie = CASE tie WHEN 'own' THEN 'served' ELSE 'own' END",
    "touch": "kind = 'call'",
    "contact_preference": "greetings = true",
    "book_import": "rows = rows + 1",
    "knowledge_version": "content = jsonb_set(content, '{en,answer}', '\"x\"')",
    "entry": "body = body || '{\"text\": \"您放心\"}'",
    "attachment": "original_digest = '\\x00'",
    "notice_acknowledgement": "version = '2020-01'",
    "supervised_view": "purpose = 'none'",
    "assistant_answer": "outcome = 'unknown'",
    "request": "conversation_id = id",
    "offer": "rank = 9",
    "decision": "candidates = '[]'",
    "claim": "waited_s = 1",
    "notice": "state = 'failed'",
    "push_subscription": "person_id = gen_random_uuid()",
    "receipt": "read_no = read_no + 1",
    "handover": "successor_id = NULL",
    "audit_run": "fault_count = 7",
}  # fmt: skip
# Of these, a copy needs more than new ids to fit in.
COPIES = {
    "knowledge_version": {"version": 99},
    "notice_acknowledgement": {"version": "2099-01"},
    "entry": {"no": 99, "client_key": None},
    "connection": {"state": "dissolved"},
    "request": {"state": "closed"},
    "offer": {"state": "declined"},
    "staff": {"login": "somebody", "employee_no": None, "registration_code": None},
    "branch": {"code": "X9"},
    "embed_issuer": {"key_id": "mine"},
    "push_subscription": {"endpoint": "https://elsewhere.test/1"},
    "handover": {"stage": "cancelled"},
}
NEW_IDS = ("id", "record_id", "entry_id", "client_id", "client_key", "question_id", "person_id")


@pytest.fixture
async def firm(world: World) -> Firm:
    """A busy firm whose first comparison is on record, as every night."""
    one = await busy(world)
    await one.sequence()
    await one.nightly()
    found = await one.audit()
    assert [str(fault) for fault in found.faults] == []
    assert found.count == 0
    return one


@asynccontextmanager
async def tampering(firm: Firm) -> AsyncIterator[Tx]:
    """A transaction of somebody whom no foreign key stops."""
    async with firm.world.tx() as tx:
        await tx.execute("SET LOCAL session_replication_role = replica")
        yield tx


@asynccontextmanager
async def undone(firm: Firm, *tables: str) -> AsyncIterator[None]:
    """What happens to these tables inside is undone afterwards."""
    async with firm.world.tx() as tx:
        for table in tables:
            await tx.execute(f"CREATE TABLE saved_{table} AS TABLE {table}")
    yield
    async with tampering(firm) as tx:
        for table in tables:
            await tx.execute(f"DELETE FROM {table}")
            await tx.execute(f"INSERT INTO {table} TABLE saved_{table}")
            await tx.execute(f"DROP TABLE saved_{table}")
    assert (await firm.audit()).count == 0


def first(table: str) -> str:
    return f"(SELECT ctid FROM {table} ORDER BY ctid LIMIT 1)"


async def lines(tx: Tx, table: str) -> set[tuple[str, str]]:
    """What the rows of a table say, by the key a person would name them with."""
    origin = next(one for one in ORIGINS if one.table == table)
    rows = await tx.fetch(f"SELECT key, says::text FROM ({origin.sql}) AS line")
    return {(row["key"], row["says"]) for row in rows}


def named(faults: Sequence[Fault], what: What) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in faults:
        if one.what is what:
            found.setdefault(one.table, []).append(one.key)
    return found


async def changed_rows(firm: Firm) -> None:
    keys = {}
    async with tampering(firm) as tx:
        for table, change in TABLES.items():
            before = await lines(tx, table)
            touched = await tx.execute(f"UPDATE {table} SET {change} WHERE ctid = {first(table)}")
            assert touched == 1, table
            keys[table] = [key for key, _ in await lines(tx, table) - before]
    found = await firm.audit()
    assert named(found.faults, What.ROW_CHANGED) == keys
    assert {one.what for one in found.faults} == {What.ROW_CHANGED}


async def dropped_rows(firm: Firm) -> None:
    async with tampering(firm) as tx:
        for table in TABLES:
            dropped = await tx.execute(f"DELETE FROM {table} WHERE ctid = {first(table)}")
            assert dropped == 1, table
    found = await firm.audit()
    assert named(found.faults, What.ROW_MISSING).keys() >= set(TABLES)
    assert all(one.record_id for one in found.faults if one.what is What.ROW_MISSING)
    # The dropped entry also leaves a hole in its stream.
    assert named(found.faults, What.NUMBER_MISSING).keys() == {"entry"}


async def added_rows(firm: Firm) -> None:
    async with tampering(firm) as tx:
        for table in TABLES:
            columns = {
                row["attname"]
                for row in await tx.fetch(
                    "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0",
                    table,
                )
            }
            fresh = {one: str(uuid4()) for one in NEW_IDS if one in columns} | COPIES.get(table, {})
            if table in ("knowledge_version", "notice_acknowledgement"):
                fresh = {"record_id": str(uuid4()), **COPIES[table]}
            added = await tx.execute(
                f"INSERT INTO {table} SELECT (jsonb_populate_record(one, $1)).* FROM {table} AS one"
                f" WHERE one.ctid = {first(table)}",
                fresh,
            )
            assert added == 1, table
    found = await firm.audit()
    assert named(found.faults, What.ROW_ADDED).keys() == set(TABLES)
    assert named(found.faults, What.NUMBER_BEYOND).keys() == {"entry"}


async def swapped_rows(firm: Firm) -> None:
    async with tampering(firm) as tx:
        await tx.execute(
            "UPDATE entry AS e SET body = o.body FROM entry AS o"
            " WHERE e.shard_key = $1 AND o.shard_key = $1 AND e.stream = 0 AND o.stream = 0"
            " AND e.kind = 'message' AND o.kind = 'message' AND e.no IN ($2, $3) AND o.no = $2 + $3 - e.no",
            firm.talk.id, *(one.no for one in await firm.messages()),
        )  # fmt: skip
    found = await firm.audit()
    assert [one.what for one in found.faults] == [What.ROW_SWAPPED] * 2
    assert {one.table for one in found.faults} == {"entry"}
    assert all(
        one.fields[0] == "body" and one.fields[1].startswith("with ") for one in found.faults
    )


async def test_rec_02_a_row_that_is_changed_dropped_added_or_swapped_is_named(firm: Firm) -> None:
    """REC-02: one firm for all of them, every table of origin each time."""
    for crime in (changed_rows, dropped_rows, added_rows, swapped_rows):
        async with undone(firm, *TABLES):
            await crime(firm)


async def test_what_suitability_keeps_is_compared_too(world: World) -> None:
    _, client, key = await set_up(world)
    await permitted(world, client, key)
    async with world.tx() as tx:
        found = await api.compare(tx)
    assert [str(one) for one in found.faults] == []
    async with world.tx() as tx:
        await tx.execute("UPDATE match_decision SET allowed = NOT allowed")
        await tx.execute("UPDATE assessment SET score = score + 1")
        await tx.execute("UPDATE client_request SET state = 'withdrawn'")
        await tx.execute("DELETE FROM client_request_step WHERE number = 2")
        await tx.execute(
            "UPDATE client_request_step SET at = at, evidence = '{}' WHERE step = 'client_confirmed'"
        )
        await tx.execute("INSERT INTO embed_origin VALUES ('https://mine.test', now())")
        await tx.execute("DELETE FROM product_version")
    async with world.tx() as tx:
        found = await api.compare(tx)
    changed = {"match_decision", "assessment", "client_request", "client_request_step"}
    assert named(found.faults, What.ROW_CHANGED).keys() == changed
    missing = {"product_version", "client_request_step"}
    assert named(found.faults, What.ROW_MISSING).keys() == missing
    assert named(found.faults, What.ROW_ADDED) == {"embed_origin": ["https://mine.test"]}


async def test_lic_02_a_contract_s_area_is_compared_too(world: World) -> None:
    """LIC-02: whoever widens somebody's area in the table is named, with or without an area on record."""
    boss = await world.sign_in(await world.administrator())
    bound, free = await world.manager(), await world.manager()
    answer = await boss.patch(f"/api/staff/{bound.id}", json={"area": ["SH01"]})
    assert answer.status_code == 200
    async with world.tx() as tx:
        assert (await api.compare(tx)).faults == []
    async with world.tx() as tx:
        await tx.execute("UPDATE staff SET area = '{}' WHERE person_id = $1", bound.id)
        await tx.execute("UPDATE staff SET area = '{HQ}' WHERE person_id = $1", free.id)
    async with world.tx() as tx:
        found = await api.compare(tx)
    changed = named(found.faults, What.ROW_CHANGED)
    assert {key: sorted(names) for key, names in changed.items()} == {
        "staff": sorted([bound.login, free.login])
    }
    assert {one.fields for one in found.faults} == {("area",)}
    # What was narrowed again through the door agrees again.
    for one, area in ((bound, []), (free, ["SH01"])):
        assert (await boss.patch(f"/api/staff/{one.id}", json={"area": area})).is_success
    async with world.tx() as tx:
        assert (await api.compare(tx)).faults == []


async def test_every_table_is_compared_or_says_why_not(world: World) -> None:
    async with world.tx() as tx:
        rows = await tx.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    tables = {row["tablename"] for row in rows} - {"alembic_version"}
    compared = {one.table.partition(".")[0] for one in ORIGINS}
    assert tables == {*compared, *UNCOMPARED}, "say in visavis/origins.py how, or why not"
    # But for a rating, and a restriction.
    assert compared & UNCOMPARED.keys() == {"conversation", "person"}
    assert all(UNCOMPARED.values())


CRIMES: Sequence[tuple[str, set[What]]] = [
        # The last record of an object goes: its chain's head still speaks of it, and so does the log.
        ("DELETE FROM record WHERE kind = 'rating'", {What.RECORD_MISSING, What.ROW_ADDED}),
        # One in the middle goes: the next one speaks of it.
        (("DELETE FROM record WHERE record_id = (SELECT record_id FROM record WHERE kind = 'message'"
         " ORDER BY record_id LIMIT 1)"), {What.RECORD_MISSING, What.CHAIN_BROKEN, What.ROW_ADDED}),
        # One byte of a sealed body.
        (("UPDATE record SET envelope = set_byte(envelope, octet_length(envelope) - 1,"
         " get_byte(envelope, octet_length(envelope) - 1) # 1) WHERE kind = 'rating'"),
         {What.RECORD_DAMAGED, What.RECORD_MISSING, What.NOT_LOGGED}),
        # A column that says something else than the sealed envelope.
        ("UPDATE record SET environment = 'test' WHERE kind = 'rating'", {What.RECORD_DAMAGED}),
        # Everything about an object goes, with its rows.
        ("DELETE FROM record WHERE kind = 'public_report'", {What.RECORD_MISSING, What.ROW_ADDED}),
        # A key goes: what it opened cannot be read any more, and nothing speaks of the rows it spoke of.
        ("DELETE FROM wrapping_key WHERE id = (SELECT id FROM wrapping_key ORDER BY id LIMIT 1)",
         {What.RECORD_DAMAGED, What.ROW_ADDED}),
]  # fmt: skip


async def test_rec_02_the_record_itself_is_guarded(firm: Firm) -> None:
    """REC-02: a record that is dropped or changed is named by its chain and by the signed log."""
    for crime, expected in CRIMES:
        async with undone(firm, "record", "wrapping_key"):
            async with tampering(firm) as tx:
                assert await tx.execute(crime) >= 1
            found = await firm.audit()
            seen = {one.what for one in found.faults}
            assert seen == expected, [str(one) for one in found.faults]
            assert found.count == len(found.faults) > 0
    await the_result_is_on_record_and_shown(firm)


async def the_result_is_on_record_and_shown(firm: Firm) -> None:
    async with tampering(firm) as tx:
        await tx.execute("DELETE FROM touch")
    run = await firm.nightly()
    assert (run.fault_count, run.faults[0].what) == (1, What.ROW_MISSING)
    answer = await firm.supervisor.get("/api/custody/audits")
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    assert [one["faults"] for one in items] == [1, 0]
    assert items[0]["named"][0]["table"] == "touch"
    asked = await firm.administrator.post("/api/custody/audits")
    assert asked.status_code == 202, asked.text
    assert (await firm.talk.client.http.get("/api/custody/audits")).status_code == 403
    assert json.loads(answer.text)["items"][0]["records"] > 20

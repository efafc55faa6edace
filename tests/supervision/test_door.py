"""The door on a database: verdicts are kept with their entry, and drafts are judged without a trace."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests.world import World
from visavis.kernel import clock as kernel_clock
from visavis.kernel.auth import Actor, Role
from visavis.kernel.clock import FakeClock
from visavis.kernel.db import Database
from visavis.kernel.errors import Forbidden
from visavis.kernel.ids import new_id
from visavis.supervision import api
from visavis.supervision.types import Action, Direction, Judged


@dataclass
class Entry:
    id: UUID
    conversation_id: UUID
    at: datetime
    record_id: UUID
    verdict: dict[str, Any] | None


async def test_a_verdict_is_kept_with_its_entry(database: Database, clock: FakeClock) -> None:
    async with database.transaction() as tx:
        texts = [Judged(text, Direction.STAFF_TO_CLIENT) for text in ("稳赚不赔", "您好")]
        bad, good = await api.judge(tx, texts)
        assert (bad.action, good.action) == (Action.BLOCK, Action.PASS)
        entry = Entry(new_id(), new_id(), kernel_clock.now(), new_id(), msgspec.to_builtins(bad))
        await api.keep_verdicts(tx, [])
        await api.keep_verdicts(tx, [entry])
        row = (await tx.fetch("SELECT * FROM verdict"))[0]
    assert row["entry_id"] == entry.id
    assert row["action"] == "block"
    assert row["policies"][0]["id"] == "promise-return"
    assert row["spans"] == [[0, 4]]
    assert row["pack_version"] == api.pack().version


async def test_what_a_client_reports_passes_and_is_kept(
    database: Database, clock: FakeClock
) -> None:
    async with database.transaction() as tx:
        said = Judged("你们经理让我把钱转到他个人账户", Direction.CLIENT_TO_STAFF)
        verdict = (await api.judge(tx, [said]))[0]
        assert verdict.action is Action.PASS
        assert verdict.categories == ("fraud",)
        entry = Entry(
            new_id(), new_id(), kernel_clock.now(), new_id(), msgspec.to_builtins(verdict)
        )
        await api.keep_verdicts(tx, [entry])
        row = (await tx.fetch("SELECT * FROM verdict"))[0]
    assert row["action"] == "pass"
    assert row["policies"][0]["id"] == "client-fraud"


async def test_a_draft_is_judged_by_who_would_send_it(database: Database, clock: FakeClock) -> None:
    staff = Actor(new_id(), frozenset({Role.ADVISOR}))
    client = Actor(new_id(), frozenset({Role.CLIENT}))
    visitor = Actor(new_id(), frozenset({Role.VISITOR}))
    async with database.transaction() as tx:
        assert (await api.judge_draft(tx, staff, "加我微信")).action is Action.BLOCK
        assert (await api.judge_draft(tx, client, "加我微信")).action is Action.PASS
        with pytest.raises(Forbidden):
            await api.judge_draft(tx, visitor, "您好")
        assert await tx.fetch("SELECT * FROM verdict") == []


async def test_a_verdict_comes_while_typing_in_the_readers_language(world: World) -> None:
    advisor = await world.sign_in(await world.advisor())
    answer = await advisor.post("/api/judge", json={"text": "😀加我微信"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["action"] == "block"
    assert answer.json()["spans"] == [[2, 6]]
    assert answer.json()["policies"][0]["title"] == "引导到平台之外"
    english = await advisor.post(
        "/api/judge", json={"text": "加我微信"}, headers={"Accept-Language": "en"}
    )
    assert english.json()["policies"][0]["title"] == "Leaving the recorded channel"
    fine = await advisor.post("/api/judge", json={"text": "您好"})
    assert fine.json() == {"action": "pass", "policies": [], "spans": []}
    assert (await advisor.post("/api/judge", json={"text": ""})).status_code == 422
    assert (await world.http().post("/api/judge", json={"text": "您好"})).status_code == 401

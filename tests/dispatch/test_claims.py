"""The claim: one winner, never over capacity, one answer per key; on a real PostgreSQL, all at once."""

import asyncio
import json
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.conversations.conftest import Wire
from tests.conversations.conftest import wire as wire  # noqa: PLC0414 - the same real server
from tests.dispatch.service import Service
from tests.world import World
from visavis.dispatch import api
from visavis.dispatch.engine import LEASE_S, POLL_S, Engine, prepare
from visavis.dispatch.rules.policy import Terms
from visavis.dispatch.types import State, Status
from visavis.identity.api import sessions
from visavis.identity.types import PersonKind, Staff
from visavis.kernel import clock
from visavis.kernel.auth import Actor, Role
from visavis.kernel.errors import Refusal, Unavailable

GRABBERS = 500


async def grab(world: World, actor: Actor, request_id: UUID, key: UUID | None = None) -> str:
    """What a grab came to: `won` or the refusal's code. Where no connection was free in time it is sent again."""
    key = key or uuid4()
    while True:
        try:
            async with world.tx() as tx:
                await api.grab(tx, actor, request_id, key)
        except Unavailable:
            continue
        except Refusal as refusal:
            return refusal.code
        return "won"


async def pooled(service: Service) -> dict[str, Any]:
    """A request that nobody was free to be offered."""
    asked = await service.ask(await service.client())
    assert (await service.state(asked)).state is State.POOLED
    return asked


def actor_of(staff: Staff) -> Actor:
    return Actor(staff.id, frozenset({Role.ADVISOR}), staff.environment, staff.name)


async def crowd(service: Service, count: int, capacity: int = 1) -> list[Actor]:
    """Many advisors who come on duty at once; their presence is written straight into the table."""
    template = await service.advisor(capacity=capacity)
    ids = []
    async with service.world.tx() as tx:
        for number in range(count - 1):
            one = uuid4()
            ids.append(one)
            await tx.execute(
                "INSERT INTO person (id, kind, environment, name, created_at)"
                " SELECT $1, kind, environment, $2, created_at FROM person WHERE id = $3",
                one, f"员工群{number}", template.id,
            )  # fmt: skip
            await tx.execute(
                "INSERT INTO staff (person_id, login, roles, branch_id, created_at, languages, registration_code)"
                " SELECT $1, $2, roles, branch_id, created_at, languages, $2 FROM staff WHERE person_id = $3",
                one, f"crowd{number}", template.id,
            )  # fmt: skip
            await tx.execute(
                "INSERT INTO licence (id, staff_id, type, number, valid_from, valid_to, source, updated_at)"
                " SELECT gen_random_uuid(), $1, type, number, valid_from, valid_to, source, updated_at"
                " FROM licence WHERE staff_id = $2",
                one, template.id,
            )  # fmt: skip
            await tx.execute(
                "INSERT INTO advisor_load (advisor_id, capacity, status, seen_at, changed_at)"
                " SELECT $1, capacity, status, seen_at, changed_at FROM advisor_load WHERE advisor_id = $2",
                one, template.id,
            )  # fmt: skip
    return [actor_of(template), *(Actor(one, frozenset({Role.ADVISOR})) for one in ids)]


async def grab_by_wire(url: str, token: str, request_id: str, ready: asyncio.Barrier) -> str:
    """The same by a call on a connection of its own; whoever is told that there is no room now sends it again."""
    body = json.dumps({"client_key": str(uuid4())})
    call = (
        f"POST /api/pool/{request_id}/grab HTTP/1.1\r\nHost: {url}\r\nX-Visavis: 1\r\n"
        f"Cookie: visavis_session={token}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
    )
    status, first = 503, True
    while status == 503:
        reader, writer = await asyncio.open_connection(url.partition(":")[0], url.partition(":")[2])
        if first:
            await ready.wait()
            first = False
        writer.write(call.encode())
        head, _, answer = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
        status = int(head.split()[1])
    return "won" if status == 200 else str(json.loads(answer)["error"])


# Five hundred calls at once, watched by coverage on a machine with much else to do: an alarm in the midst of them would
# end one of them and leave the others waiting.
@pytest.mark.timeout(1200)
async def test_of_500_simultaneous_grabs_exactly_one_wins(service: Service, wire: Wire) -> None:
    asked = await pooled(service)
    actors = await crowd(service, GRABBERS)
    async with service.world.tx() as tx:
        tokens = [(await sessions.begin(tx, one.person_id, PersonKind.STAFF))[0] for one in actors]

    url, ready = wire.url.removeprefix("http://"), asyncio.Barrier(GRABBERS)
    results = await asyncio.gather(*(grab_by_wire(url, one, asked["id"], ready) for one in tokens))

    assert Counter(results) == {"won": 1, "already_taken": GRABBERS - 1}
    async with service.world.tx() as tx:
        assert await tx.fetchval("SELECT sum(used)::int FROM advisor_load") == 1
        assert await tx.fetchval("SELECT count(*) FROM claim") == 1
        winner = await tx.fetchval("SELECT advisor_id FROM claim")
    assert (await service.state(asked)).advisor_id == winner


MANY = """
WITH client AS (
    INSERT INTO person (id, kind, environment, name, created_at)
    SELECT gen_random_uuid(), 'client', 'real', '客户' || n, $2 FROM generate_series(1, $1) AS n RETURNING id
), talk AS (
    INSERT INTO conversation (id, client_id, environment, partner, last_at, created_at)
    SELECT gen_random_uuid(), id, 'real', 'person', $2, $2 FROM client RETURNING id, client_id
)
INSERT INTO request (id, client_id, conversation_id, environment, topic, language, capability, state, stage,
                     opened_at, waiting_since, client_seen_at, touched_at)
SELECT gen_random_uuid(), client_id, id, 'real', 'fees', 'zh-CN', 'serve', 'pooled', 2, $2, $2, $2, $2 FROM talk
"""


async def test_a_thousand_requests_never_put_anybody_over_his_capacity(service: Service) -> None:
    actors = await crowd(service, 8, capacity=20)
    async with service.world.tx() as tx:
        await tx.execute(MANY, 1000, clock.now())
        asked = [row["id"] for row in await tx.fetch("SELECT id FROM request ORDER BY id")]

    async def through_the_pool(actor: Actor) -> list[str]:
        """Grab one after the other, in the order that everybody else goes in."""
        return [await grab(service.world, actor, one) for one in asked[:180]]

    results = Counter(
        one for each in await asyncio.gather(*map(through_the_pool, actors)) for one in each
    )

    assert results["won"] == 160
    assert set(results) == {"won", "already_taken", "not_eligible"}
    async with service.world.tx() as tx:
        used = [row["used"] for row in await tx.fetch("SELECT used FROM advisor_load")]
        held = await tx.fetch(
            "SELECT advisor_id, count(*) AS n FROM request WHERE state = 'accepted' GROUP BY advisor_id"
        )
    assert used == [20] * 8
    assert {row["n"] for row in held} == {20}


async def test_one_offer_has_one_answer_however_often_it_is_accepted(service: Service) -> None:
    advisor = await service.advisor()
    asked = await service.ask(await service.client())
    (offer,) = await service.offers(advisor)
    browser = await service.browser(advisor)

    answers = await asyncio.gather(
        *(browser.post(f"/api/offers/{offer['id']}/accept") for _ in range(5))
    )

    assert {one.status_code for one in answers} == {200}
    assert {one.json()["conversation"] for one in answers} == {asked["conversation"]}
    assert (await browser.get("/api/presence")).json()["used"] == 1


async def test_one_key_grabs_one_request(service: Service) -> None:
    one, two = await pooled(service), await pooled(service)
    advisor = await service.advisor()
    key = uuid4()

    assert (await service.grab(advisor, one, key)).status_code == 200
    assert (await service.grab(advisor, one, key)).status_code == 200
    reused = await service.grab(advisor, two, key)
    assert (reused.status_code, reused.json()["error"]) == (409, "client_key_reused")


async def test_a_second_offered_advisor_is_told_who_was_faster(service: Service) -> None:
    fast, slow = await service.advisor("王芳"), await service.advisor()
    asked = await service.ask(await service.client())
    (offer,) = await service.offers(slow)
    await service.accept(fast)

    late = await (await service.browser(slow)).post(f"/api/offers/{offer['id']}/accept")

    assert (late.status_code, late.json()["error"]) == (409, "already_taken")
    async with service.world.tx() as tx:
        seen = await api.offer_view(tx, actor_of(slow), UUID(offer["id"]))
    assert seen.ended_by == fast.id
    assert (await service.state(asked)).advisor_id == fast.id


async def test_a_licence_that_lapses_between_offer_and_claim_loses(service: Service) -> None:
    advisor = await service.advisor()
    asked = await service.ask(await service.client())
    async with service.world.tx() as tx:
        await tx.execute("UPDATE licence SET status = 'revoked' WHERE staff_id = $1", advisor.id)

    refused = await service.accept(advisor)

    assert (refused.status_code, refused.json()["error"]) == (409, "not_eligible")
    assert refused.json()["params"]["constraint"] == "licence"
    assert (await service.state(asked)).advisor_id is None


async def test_a_paused_leader_changes_nothing(service: Service) -> None:
    await service.advisor()
    client = await service.client()
    conversation = await service.talk(client)
    opened = await client.http.post(
        "/api/client/requests", json={"conversation": str(conversation)}
    )
    seen = await service.engine.look()
    assert seen is not None
    leader, moves = seen
    assert len(moves) == 1

    standby = Engine(service.world.database, Terms.of(service.world.settings))
    assert await standby.look() is None
    await service.world.clock.advance(6)
    assert await standby.look() is not None

    assert await service.engine.act(leader, moves) == 0
    asked = opened.json()
    assert (await service.state(asked)).state is State.WAITING
    assert await service.offered_to(asked) == []
    assert await standby.settle() == 1
    assert (await service.state(asked)).state is State.OFFERED


async def test_a_standby_leads_at_the_moment_the_lease_ends(service: Service) -> None:
    clock = service.world.clock
    standby = Engine(service.world.database, Terms.of(service.world.settings))
    await prepare(service.world.database, service.world.settings)
    assert await service.engine.turn() <= POLL_S
    clock.move(timedelta(seconds=LEASE_S - 0.3))
    rest = await standby.turn()
    assert rest == pytest.approx(0.3, abs=0.01)
    clock.move(timedelta(seconds=rest))
    assert await standby.look() is not None
    # A leader that resigns is followed within a second, whether or not anybody says so.
    assert await service.engine.turn() == POLL_S
    await standby._resign()
    assert await service.engine.look() is not None


async def test_a_timer_that_has_run_out_in_vain_does_not_keep_the_dispatcher_looking(
    service: Service,
) -> None:
    """Whoever waits in the pool while nobody can be asked is looked at once a second, not fifty times."""
    advisor = await service.advisor()
    client = await service.client()
    asked = await service.ask(client)
    await service.after(service.engine._terms.pool_after_s, advisor, client)
    assert (await service.state(asked)).state is State.POOLED
    await service.here(advisor, Status.BREAK)
    await service.after(service.engine._terms.offer_s, advisor, client)
    state = await service.state(asked)
    assert (state.state, state.due_at) == (State.POOLED, None)
    async with service.world.tx() as tx:
        await tx.execute("UPDATE request SET due_at = opened_at")  # by whatever version before
    assert await service.engine.turn() == POLL_S


async def test_a_decision_on_an_older_state_changes_nothing(service: Service) -> None:
    await service.advisor()
    client = await service.client()
    conversation = await service.talk(client)
    opened = await client.http.post(
        "/api/client/requests", json={"conversation": str(conversation)}
    )
    seen = await service.engine.look()
    assert seen is not None
    done = await client.http.post(
        f"/api/client/requests/{opened.json()['id']}/choice", json={"choice": "cancel"}
    )
    assert done.json()["state"] == "cancelled"

    assert await service.engine.act(*seen) == 0
    assert await service.offered_to(opened.json()) == []

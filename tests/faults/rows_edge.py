"""Rows of the matrix on what callers do: repeat themselves, race, lose their rights."""

import asyncio
import time
from uuid import uuid4

import httpx

from tests.faults.crew import Crew, fresh_token, read, talking
from tests.faults.history import OK
from tests.faults.run import Run
from tests.faults.stand import until
from visavis.conversations import api as conversations
from visavis.identity.types import PersonKind
from visavis.kernel import clock
from visavis.kernel.ids import new_id
from visavis.sdk.errors import WireError
from visavis.sdk.http import Http
from visavis.sdk.live import Live


async def repeated(run: Run) -> None:
    """Row 12: the same message ten times at once is one message; another body under its key is refused."""
    async with run.row(
        "12", "the same message 10 times at once; then another body under its key"
    ) as result:
        server = await run.server()
        (pair,) = await run.stand.pairs(1)
        crew = Crew(server.url, [])
        async with Http(server.url) as hers:
            hers.use_bearer(pair.hers)
            path = f"/api/conversations/{pair.conversation}/entries"
            for _ in range(run.times(50, 5)):
                token = fresh_token()
                body = {"text": f"{token}号单，请问今天可以办理吗"}
                call = {"client_key": str(uuid4()), "stream": "shared", "body": body}
                note = crew.history.invoke(token, "her", pair.conversation)
                answers = await asyncio.gather(*(hers.post(path, call) for _ in range(10)))
                note.fate, note.known, note.no = OK, time.monotonic(), answers[0]["entry"]["no"]
                if len({one["entry"]["id"] for one in answers}) != 1:
                    result.violations.append("one message got several answers")
                try:
                    await hers.post(path, {**call, "body": {"text": "换一个内容"}})
                    result.violations.append("another body under a used key was accepted")
                except WireError as error:
                    if (error.status, error.code) != (409, "client_key_reused"):
                        result.violations.append(f"another body under a used key: {error}")
                result.repetitions += 1
            crew.history.final[pair.conversation] = await read(hers, pair.conversation)
        run.judge(result, crew)


async def revoked(run: Run) -> None:
    """Row 26: an advisor is suspended while he listens; his last byte leaves within 2 s."""
    async with run.row("26", "rights revoked while the socket is open") as result:
        server = await run.server()
        cast = run.stand.cast
        admin = await cast.session((await cast.administrator()).id)
        async with Http(server.url) as boss:
            boss.use_bearer(admin)
            for _ in range(run.times(20, 2)):
                (pair,) = await run.stand.pairs(1)
                heard: list[float] = []
                async with (
                    Http(server.url) as his,
                    talking(server.url, [pair], in_flight=1, pause_s=0.02) as crew,
                ):
                    his.use_bearer(pair.his)
                    page = Live(his, on_entry=lambda _, heard=heard: heard.append(time.monotonic()))  # type: ignore[misc]
                    await page.start()
                    await page.pull(pair.conversation)
                    await until(lambda heard=heard: len(heard) > 3, 30, "the page to hear")  # type: ignore[misc]
                    await boss.post(
                        f"/api/staff/{pair.talk.advisor.id}/suspend", {"reason": "drill"}
                    )
                    told = time.monotonic()
                    await until(
                        lambda page=page: page.ended is not None, 30, "the page to be closed"
                    )  # type: ignore[misc]
                    result.recovery_s.append(time.monotonic() - told)
                    crew.stopping = True
                    await page.stop()
                last = max(heard) - told
                if last > run.patience(2):
                    result.violations.append(f"an entry left {last:.1f} s after the suspension")
                run.judge(result, crew, 2)
                result.repetitions += 1


GRABBERS = """
WITH people AS (
    INSERT INTO person (id, kind, environment, name, created_at)
    SELECT made.new_id, kind, environment, 'Drill', created_at FROM person, unnest($2::uuid[]) AS made (new_id)
    WHERE person.id = $1
    RETURNING person.id
), ours AS (
    INSERT INTO staff (person_id, login, roles, branch_id, created_at, languages, registration_code)
    SELECT people.id, people.id::text, roles, branch_id, staff.created_at, languages, people.id::text
    FROM staff, people WHERE person_id = $1
), licences AS (
    INSERT INTO licence (id, staff_id, type, number, valid_from, valid_to, source, updated_at)
    SELECT gen_random_uuid(), people.id, type, number, valid_from, valid_to, source, updated_at
    FROM licence, people WHERE staff_id = $1
)
INSERT INTO advisor_load (advisor_id, capacity, status, seen_at, changed_at)
SELECT people.id, 4, 'online', $3, $3 FROM people
"""
REQUEST = """
INSERT INTO request (id, client_id, conversation_id, environment, topic, language, capability, state, stage,
                     opened_at, waiting_since, client_seen_at, touched_at)
SELECT $1, client_id, id, 'real', 'fees', 'zh-CN', 'serve', 'pooled', 2, $3, $3, $3, $3
FROM conversation WHERE id = $2
"""


async def grabbed(run: Run) -> None:
    """Row 25: hundreds of advisors grab one request; exactly one has it."""
    count = 60 if run.quick else 500
    async with run.row("25", f"{count} advisors grab one request") as result:
        # Without a dispatcher in it: it would offer the request round meanwhile.
        server = await run.stand.server(roles="web").start()
        try:
            for _ in range(run.times(10, 2)):
                won = await _race(run, server.url, count)
                result.repetitions += 1
                if won != 1:
                    result.violations.append(f"{won} of {count} were told that they had it")
        finally:
            await server.kill()


async def _race(run: Run, url: str, count: int) -> int:
    cast = run.stand.cast
    template = await cast.advisor()
    client = await cast.client()
    ids = [new_id() for _ in range(count)]
    request = new_id()
    her = await cast.actor(client.person)
    async with cast.tx() as tx:
        await conversations.acknowledge_notice(tx, her, cast.settings.notice_version)
        talk = await conversations.open_with(tx, her, "person")
        await tx.execute(GRABBERS, template.id, ids, clock.now())
        await tx.execute(REQUEST, request, talk.id, clock.now())
    bearers = [await cast.session(one, PersonKind.STAFF) for one in ids]

    async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as http:

        async def grab(bearer: str) -> bool:
            call = {"client_key": str(uuid4())}
            head = {"Authorization": f"Bearer {bearer}"}
            while True:
                try:
                    answer = await http.post(f"/api/pool/{request}/grab", json=call, headers=head)
                except httpx.HTTPError:
                    continue
                if answer.status_code != 503:
                    return answer.status_code == 200

        return sum(await asyncio.gather(*map(grab, bearers)))


ROWS = {"12": repeated, "25": grabbed, "26": revoked}

"""Row of the matrix on the clock: it jumps ahead, back, and past the end of every session, while people sign in."""

import asyncio
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyotp

from tests.faults import logs
from tests.faults.crew import PAGE, Crew, talking
from tests.faults.report import Result
from tests.faults.run import Run
from tests.faults.stand import Server, until
from tests.world import BOSS
from visavis.identity import api as identity
from visavis.kernel.auth import Role
from visavis.sdk.errors import WireError
from visavis.sdk.http import Http

HOUR_S = 3600
STEP_S = 30  # of a one-time code
PASSWORD = "correct horse battery"
# Of the log's checkpoints, those that bear an earlier moment than the one before.
BACK = """
SELECT count(*) FROM (
    SELECT published_at < lag(published_at) OVER (ORDER BY first) AS back FROM log_batch WHERE checkpoint IS NOT NULL
) AS one WHERE back
"""
# Challenges of the first day that nobody has answered: a day after their end they are swept away.
UNSWEPT = "SELECT count(*) FROM one_time_token WHERE expires_at < now() + interval '2 hours'"


async def clock_jumps(run: Run) -> None:
    """Row 11: ahead and back by most of a day under load; a day ahead no session is good any more."""
    async with run.row(
        "11", "clock jumps: 20 hours ahead, back again, then 25 hours ahead"
    ) as result:
        ahead = run.stand.folder / "ahead"
        command = (sys.executable, "-m", "tests.faults.skewed", str(ahead), "serve")
        server = await run.stand.server(command=command).start()
        try:
            pairs = await run.stand.pairs(4)
            async with talking(server.url, pairs) as crew:
                for hours in (20, 0, -20, 0) * run.times(3, 1):
                    await crew.spoken(run.times(60, 20))
                    await asyncio.to_thread(ahead.write_text, str(hours * HOUR_S))
                    result.recovery_s.append(await crew.recovered(time.monotonic()))
                    await crew.spoken(run.times(60, 20))
                    result.repetitions += 1
                await _moments(result, crew)
            run.judge(result, crew, 5)
            await logs.caught_up(run.stand.dsn)
            result.violations += await asyncio.to_thread(logs.faults_of, run.stand.home)
            await asyncio.to_thread(ahead.write_text, str(25 * HOUR_S))
            async with Http(server.url) as http:
                http.use_bearer(pairs[0].hers)
                try:
                    await http.get("/api/me")
                    result.violations.append("a session outlived its end")
                except WireError as error:
                    if error.status != 401:
                        result.violations.append(f"a session past its end: {error}")
        finally:
            await server.kill()
        await asyncio.to_thread(ahead.write_text, "0")
        await _entrances(run, result, ahead, server)


async def _entrances(run: Run, result: Result, ahead: Path, server: Server) -> None:
    """Codes and tokens across a leap of 25 hours and back, in one process and after a restart: none opens twice."""
    try:
        await server.start()
        door = await Door(run, server, result, Http(server.url)).enrolled()
        code, token, spare = door.code(), door.token(), door.token()
        await door.opens("a code", door.by_code(code))
        await door.stays_shut("a code that was used", door.by_code(code))
        await door.opens("a token", door.by_token(token))

        await asyncio.to_thread(ahead.write_text, str(25 * HOUR_S))
        later, early = door.code(25 * HOUR_S), door.token(25 * HOUR_S)
        await door.stays_shut("a code of the day before", door.by_code(door.code()))
        await door.stays_shut("a token of the day before", door.by_token(spare))
        await door.opens("a code of the day", door.by_code(later))
        hers = await door.opens("a token of the day", door.by_token(early))
        await door.asks(hers)
        await until(door.swept, 60, "what has run out to be swept away")

        await asyncio.to_thread(ahead.write_text, "0")
        for _ in range(2):
            await door.stays_shut("a code used before the leap back", door.by_code(later))
            await door.stays_shut("a code of a day that was over", door.by_code(door.code()))
            await door.stays_shut("a token used before the leap back", door.by_token(early))
            await door.stays_shut("a token used before the leap ahead", door.by_token(token))
            await server.kill()
            await server.start()
        await door.opens("a token after the leap back", door.by_token(door.token()))
        await door.opens("a recovery code", door.by_recovery_code())
        await door.waits(hers)
        await logs.caught_up(run.stand.dsn)
        if back := await logs.asked(run.stand.dsn, BACK):
            result.violations.append(
                f"{back} checkpoints bear an earlier moment than the one before"
            )
        result.notes.append(
            f"{door.tried} codes and tokens across the leap, each opened once at most"
        )
    finally:
        await server.kill()


@dataclass
class Door:
    """One member of staff with a second factor, and one client of the broker's, who try to get in."""

    run: Run
    server: Server
    result: Result
    staff: Http
    login: str = ""
    seed: str = ""
    codes: list[str] = field(default_factory=list)
    tried: int = 0

    async def enrolled(self) -> "Door":
        """Invite somebody, who chooses a password and shows his first code."""
        cast = self.run.stand.cast
        one = await cast.staff(Role.OPERATOR)
        async with cast.tx() as tx:
            invitation = await identity.invite(tx, BOSS, one.id)
        step = await self._call(
            "/api/invitations/accept", token=invitation.token, password=PASSWORD
        )
        self.login, self.seed = one.login, step["secret"]
        # Of the step before: the present one is still to be used.
        first = self.code(-STEP_S)
        done = await self._call("/api/sign-in/totp", challenge=step["challenge"], code=first)
        self.codes = done["recovery_codes"]
        return self

    def code(self, ahead_s: int = 0) -> str:
        """The one-time code so many seconds from now."""
        return pyotp.TOTP(self.seed).at(int(time.time()) + ahead_s)

    def token(self, ahead_s: int = 0) -> str:
        """What the broker's site vouches for with so many seconds from now, for four minutes."""
        now = int(time.time()) + ahead_s
        return self.run.stand.cast.token("CLOCK1", iat=now, exp=now + 240)

    async def by_code(self, code: str) -> dict[str, Any]:
        """Sign in with password and code."""
        step = await self._call("/api/sign-in", login=self.login, password=PASSWORD)
        return await self._call("/api/sign-in/totp", challenge=step["challenge"], code=code)

    async def by_recovery_code(self) -> dict[str, Any]:
        """Sign in with password and a recovery code."""
        step = await self._call("/api/sign-in", login=self.login, password=PASSWORD)
        code = self.codes.pop()
        return await self._call("/api/sign-in/recovery", challenge=step["challenge"], code=code)

    async def by_token(self, token: str) -> dict[str, Any]:
        """Enter from the broker's page."""
        return await self._call("/api/embed/session", token=token)

    async def opens(self, what: str, attempt: Any) -> dict[str, Any]:
        """The answer, where it lets in; a violation where it does not."""
        self.tried += 1
        try:
            return dict(await attempt)
        except WireError as error:
            self.result.violations.append(f"{what} is refused: {error.code}")
            return {}

    async def stays_shut(self, what: str, attempt: Any) -> None:
        """A violation where it lets in, or breaks."""
        self.tried += 1
        try:
            await attempt
            self.result.violations.append(f"{what} opens")
        except WireError as error:
            if error.status not in (401, 403):
                self.result.violations.append(f"{what}: {error.status} {error.code}")

    async def asks(self, session: dict[str, Any]) -> None:
        """The client waits for a person, on the day ahead."""
        async with Http(self.server.url) as http:
            http.use_bearer(session["bearer"])
            home = await http.get("/api/client/home")
            await http.post("/api/client/notice", {"version": home["notice"]["version"]})
            talk = await http.post("/api/client/conversations", {"with": "person", "context": {}})
            wanted = {"conversation": talk["id"], "topic": "fund", "wait": "anyone"}
            await http.post("/api/client/requests", wanted)

    async def swept(self) -> bool:
        """Whether what ended a day ago has been swept away."""
        return not await logs.asked(self.run.stand.dsn, UNSWEPT)

    async def waits(self, session: dict[str, Any]) -> None:
        """Nobody has waited for less than no time: neither the client's page nor the board says so."""
        async with Http(self.server.url) as hers:
            hers.use_bearer(session["bearer"])
            for http, path in ((hers, "/api/client/home"), (self.staff, "/api/board")):
                below = [one for one in _numbers(await http.get(path)) if one < 0]
                if below:
                    self.result.violations.append(f"{path} says {below}")

    async def _call(self, path: str, **body: str) -> dict[str, Any]:
        return dict(await self.staff.post(path, body))


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _numbers(one)
    elif isinstance(value, int | float):
        yield value


async def _moments(result: Result, crew: Crew) -> None:
    """Whatever the clock did: what was said later never bears an earlier moment."""
    for speaker in crew.speakers:
        path, moments, after = f"/api/conversations/{speaker.pair.conversation}", [0], 0
        while page := (await speaker.http.get(f"{path}/entries", after=after, limit=PAGE))[
            "entries"
        ]:
            moments += [int(one["at"]) for one in page]
            after = page[-1]["no"]
        if moments != sorted(moments):
            result.violations.append(f"moments run back in {speaker.pair.conversation}")
        result.notes = ["the moments of a conversation never run back"]


ROWS = {"11": clock_jumps}

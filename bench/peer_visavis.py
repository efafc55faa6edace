"""Visavis as it is served: `visavis serve` on one core, pairs made through the doors, tickets for their sockets.

Nothing is switched off. Two limits are raised by their settings, as the peers' shapers are: how many frames a socket
and how many messages a client may send.
"""

import asyncio
import hashlib
import json
import secrets
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from common import ROOT, SERVER, Postgres, Served, free_port, spawn, wait_port

from tests.conversations.talk import begin
from tests.world import World, made
from visavis.identity.types import PersonKind
from visavis.kernel import migrate
from visavis.kernel.auth import Role
from visavis.kernel.clock import FakeClock, installed
from visavis.kernel.db import Database
from visavis.kernel.ids import new_id
from visavis.kernel.live import InProcess
from visavis.kernel.settings import Settings

AT_ONCE = 6
LIMITS = {
    "VISAVIS_SOCKET_FRAMES_PER_SECOND": "100000",
    "VISAVIS_SOCKET_FRAMES_AT_ONCE": "100000",
    "VISAVIS_CLIENT_MESSAGES_PER_MINUTE": "100000000",
}
TICKET = """
INSERT INTO one_time_token (token_hash, purpose, person_id, data, expires_at)
SELECT hash, 'socket', person, data::jsonb, $4
FROM unnest($1::bytea[], $2::uuid[], $3::text[]) AS t (hash, person, data)
"""
# People who only wait; synthetic, and of the test environment.
WAITING = """
WITH people AS (
    INSERT INTO person (id, kind, environment, name, external_ref, created_at)
    SELECT id, 'client', 'test', 'Idle', 'idle-' || id, now() FROM unnest($1::uuid[]) AS id RETURNING id
)
INSERT INTO login_session (id, token_hash, person_id, kind, context, device, created_at, seen_at, expires_at)
SELECT s.id, sha256(s.id::text::bytea), s.person, 'client', '{}', 'bench', now(), now(), now() + interval '1 day'
FROM unnest($2::uuid[], $1::uuid[]) AS s (id, person) JOIN people ON people.id = s.person
"""


class Visavis(Served):
    """One installation with `pairs` connected pairs."""

    name, kind = "visavis", "visavis"
    # What policies and tables have left after loading holds about two thousand connections.
    spare = 3_000

    def __init__(
        self, postgres: Postgres, home: Path, pairs: int, database: str = "visavis"
    ) -> None:
        super().__init__()
        self.home, self.pairs = home / database, pairs
        self.port = free_port()
        self._log, self._kept = home / f"{database}.log", home / f"{database}.json"
        self._people: list[tuple[Any, Any]] = []
        self.conversations: list[str] = []
        self.bearers: dict[str, str] = {}
        self.kept = self._kept.exists()
        if self.kept:
            known = json.loads(self._kept.read_text())
            self._people = [(UUID(one), UUID(session)) for one, session in known["people"]]
            self.conversations, self.bearers = known["conversations"], known["bearers"]
            self.pairs = len(self.conversations)
            self.dsn = postgres.dsn(database)
        else:
            self.dsn = postgres.create(database)

    def keep(self) -> None:
        """Write down who is who, so that a later run finds this installation in the same folder."""
        people = [(str(one), str(session)) for one, session in self._people]
        known = {"people": people, "conversations": self.conversations, "bearers": self.bearers}
        self._kept.write_text(json.dumps(known))

    def start(self) -> "Visavis":
        """Fill the database, unless it was kept, and start the server."""
        asyncio.run(self._again() if self.kept else self._fill())
        self._process = spawn(
            [sys.executable, "-m", "visavis", "serve", "--home", self.home, "--port", self.port],
            SERVER, self._log, PYTHONPATH=str(ROOT), VISAVIS_DATABASE_URL=self.dsn, VISAVIS_LOG_LEVEL="warning",
            **LIMITS,
        )  # fmt: skip
        wait_port(self.port, self._process, self._log)
        return self

    @property
    def speaker(self) -> Any:
        """Who speaks in the first conversation."""
        return self._people[0][0]

    def spec(self) -> dict[str, Any]:
        """What the generator needs to know: fresh tickets, speaker and listener in turn."""
        return {
            "port": self.port,
            "pairs": self.pairs,
            "tickets": asyncio.run(self._tickets(self._people)),
            "conversations": self.conversations,
        }

    def waiting(self, people: int, first: int) -> dict[str, Any]:
        """The same for people who only wait."""
        del first
        return {
            "port": self.port, "people": people, "conversations": [],
            "tickets": asyncio.run(self._waiting(people)),
        }  # fmt: skip

    async def _again(self) -> None:
        """Bring what was kept to the schema of today; whoever was signed in then still is."""
        await migrate.upgrade(self.dsn)
        connection = await asyncpg.connect(self.dsn)
        await connection.execute(
            "UPDATE login_session SET seen_at = now(), expires_at = now() + interval '1 day'"
        )
        await connection.close()

    async def _fill(self) -> None:
        await migrate.upgrade(self.dsn)
        database = await Database(self.dsn, InProcess(), size=6).start()
        clock = FakeClock(datetime.now(UTC))
        with installed(clock):
            settings = Settings(home=self.home, embed_sessions_per_minute=1_000_000)
            async with made(database, clock, settings) as world:
                await self._pair(world)  # makes what all of them share
                for first in range(1, self.pairs, AT_ONCE):
                    count = min(AT_ONCE, self.pairs - first)
                    await asyncio.gather(*(self._pair(world) for _ in range(count)))
                self.bearers["advisor"] = await world.session(self._people[0][0])
                self.bearers["client"] = await world.session(self._people[1][0], PersonKind.CLIENT)
                for role in (Role.SUPERVISOR, Role.OPERATOR):
                    self.bearers[role.value] = await world.session((await world.staff(role)).id)
                await world.settle()
        await database.stop()
        # The server asks for its own mode.
        connection = await asyncpg.connect(self.dsn)
        await connection.execute("UPDATE installation SET mode = 'production'")
        await connection.close()

    async def _pair(self, world: World) -> None:
        talk = await begin(world, await world.advisor())
        pair = []
        for person in (talk.advisor, talk.client.person):
            token = await world.session(person.id, PersonKind(person.kind))
            digest = hashlib.sha256(token.encode()).digest()
            async with world.tx() as tx:
                session = await tx.fetchval(
                    "SELECT id FROM login_session WHERE token_hash = $1", digest
                )
            pair.append((person.id, session))
        self.conversations.append(str(talk.id))
        self._people += pair

    async def _tickets(self, people: list[tuple[Any, Any]]) -> list[str]:
        tickets = [secrets.token_urlsafe(16) for _ in people]
        connection = await asyncpg.connect(self.dsn)
        await connection.execute(
            TICKET,
            [hashlib.sha256(one.encode()).digest() for one in tickets],
            [person for person, _ in people],
            [json.dumps({"session": str(session)}) for _, session in people],
            datetime.now(UTC) + timedelta(hours=1),
        )
        await connection.close()
        return tickets

    async def _waiting(self, people: int) -> list[str]:
        ids = [(new_id(), new_id()) for _ in range(people)]
        connection = await asyncpg.connect(self.dsn)
        await connection.execute(WAITING, [one for one, _ in ids], [one for _, one in ids])
        await connection.close()
        return await self._tickets(ids)

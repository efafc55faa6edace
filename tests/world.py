"""A small named cast on a running application: `world.advisor()`, `world.client()`, `world.sign_in()`.

People are made through the doors, so that their records exist; clients come in by a signed token of the broker's site,
as in life. Staff sessions are begun at the door of sessions (a password costs 30 ms); the long way is tested in
tests/identity.
"""

import itertools
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import OKPKey

from visavis.app import create
from visavis.identity import api as identity
from visavis.identity.api import sessions
from visavis.identity.types import (
    Branch,
    Issuer,
    LicenceDetails,
    LicenceType,
    Person,
    PersonKind,
    Staff,
    StaffDetails,
)
from visavis.kernel import clock, giving_way
from visavis.kernel.auth import Actor, Environment, Role, system
from visavis.kernel.clock import FakeClock
from visavis.kernel.db import Database, Tx
from visavis.kernel.installation import Mode, ensure
from visavis.kernel.settings import Settings

ISSUER = "https://www.example-broker.test"
PAGE_ORIGIN = "https://www.example-broker.test"
BASE = "http://testserver"
BOSS = Actor(system().person_id, frozenset({Role.ADMINISTRATOR}), name="Bootstrap")

LICENCES = {
    Role.ADVISOR: (LicenceType.ADVISORY, LicenceType.SECURITIES),
    Role.CLIENT_MANAGER: (LicenceType.SECURITIES,),
    Role.BROKER_AGENT: (LicenceType.AGENT,),
}


@dataclass(frozen=True)
class Client:
    """A client with a session of his own: `http` carries his bearer."""

    person: Person
    http: httpx.AsyncClient
    bearer: str

    @property
    def id(self) -> UUID:
        return self.person.id


class World:
    """One installation in test mode, with helpers that make people."""

    def __init__(self, app: FastAPI, database: Database, fake: FakeClock) -> None:
        self.app = app
        self.database = database
        self.clock = fake
        self.settings: Settings = app.state.settings
        self.key = OKPKey.generate_key(
            "Ed25519",
            {"kid": "1"},
        )
        self._numbers = itertools.count(1)
        self._branches: dict[str, Branch] = {}
        self._open: list[httpx.AsyncClient] = []

    @asynccontextmanager
    async def tx(self) -> AsyncIterator[Tx]:
        """A transaction, for calling doors."""
        async with self.database.transaction() as tx:
            yield tx

    def http(self, **headers: str) -> httpx.AsyncClient:
        """Somebody's browser, signed in nowhere; it reaches the application without a network."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=True)
        browser = httpx.AsyncClient(
            transport=transport, base_url=BASE, headers={"X-Visavis": "1", **headers}
        )
        self._open.append(browser)
        return browser

    async def settle(self) -> None:
        """Run reactions and due jobs until nothing is due."""
        await self.app.state.runner.settle()

    async def branch(self, code: str = "SH01", name: str = "上海静安营业部") -> Branch:
        """A branch, made on first use."""
        if code not in self._branches:
            async with self.tx() as tx:
                self._branches[code] = await identity.add_branch(
                    tx, BOSS, code, name, f"Branch {code}", "上海"
                )
        return self._branches[code]

    async def staff(
        self,
        *roles: Role,
        name: str | None = None,
        branch: str = "SH01",
        topics: Iterable[str] = (),
        languages: Iterable[str] = ("zh-CN", "en"),
        capacity: int = 4,
        licences: Iterable[LicenceType] | None = None,
        valid_to: date | None = None,
        environment: Environment = Environment.REAL,
    ) -> Staff:
        """A member of staff with the licences of his roles, valid for a year unless `valid_to` says otherwise."""
        number = next(self._numbers)
        today = identity.today()
        if licences is None:
            licences = [one for role in roles for one in LICENCES.get(role, ())]
        details = StaffDetails(
            login=f"staff{number}",
            name=name or f"员工{number}",
            name_en=f"Staff {number}",
            roles=frozenset(roles),
            branch_id=(await self.branch(branch)).id,
            code=f"S999{number:09d}",
            employee_no=f"E{number:05d}",
            languages=tuple(languages),
            topics=tuple(topics),
            capacity=capacity,
            environment=environment,
        )
        async with self.tx() as tx:
            one = await identity.add_staff(tx, BOSS, details)
            for kind in dict.fromkeys(licences):
                last = valid_to or today + timedelta(days=365)
                first = min(today, last) - timedelta(days=365)
                await identity.add_licence(
                    tx, BOSS, one.id,
                    LicenceDetails(kind, f"{kind.value}-{number}", first, last, "test register"),
                )  # fmt: skip
            return (await identity.staff(tx, [one.id]))[one.id]

    async def advisor(self, name: str | None = None, **details: Any) -> Staff:
        """A registered advisor; `licences=` replaces the advisory and securities ones."""
        return await self.staff(Role.ADVISOR, name=name, **details)

    async def manager(self, name: str | None = None, **details: Any) -> Staff:
        """A client manager."""
        return await self.staff(Role.CLIENT_MANAGER, name=name, **details)

    async def agent(self, name: str | None = None, **details: Any) -> Staff:
        """A broker-agent."""
        return await self.staff(Role.BROKER_AGENT, name=name, **details)

    async def supervisor(self, name: str | None = None, **details: Any) -> Staff:
        """A supervisor (compliance officer) of the head office: nobody reviews his own branch."""
        details = {"branch": "HQ", **details}
        return await self.staff(Role.SUPERVISOR, name=name, **details)

    async def operator(self, name: str | None = None, **details: Any) -> Staff:
        """An operator."""
        return await self.staff(Role.OPERATOR, name=name, **details)

    async def editor(self, name: str | None = None, **details: Any) -> Staff:
        """A knowledge editor."""
        return await self.staff(Role.EDITOR, name=name, **details)

    async def administrator(self, name: str | None = None, **details: Any) -> Staff:
        """An administrator."""
        return await self.staff(Role.ADMINISTRATOR, name=name, **details)

    async def session(self, person_id: UUID, kind: PersonKind = PersonKind.STAFF) -> str:
        """The token of a new session."""
        async with self.tx() as tx:
            return (await sessions.begin(tx, person_id, kind, device="test"))[0]

    async def sign_in(self, person: Person) -> httpx.AsyncClient:
        """A browser in which a member of staff is signed in."""
        token = await self.session(person.id)
        browser = self.http()
        browser.cookies.set("visavis_session", token)
        return browser

    async def actor(self, person: Person) -> Actor:
        """The actor of a new session of somebody, for calling doors."""
        async with self.tx() as tx:
            return (await sessions.begin(tx, person.id, person.kind, device="test"))[1]

    def token(self, ref: str, **claims: Any) -> str:
        """An identity token as the broker's site signs it."""
        now = clock.now_ms() // 1000
        body = {
            "iss": ISSUER, "aud": self.settings.embed_audience, "sub": ref, "jti": str(uuid4()),
            "iat": now, "exp": now + 240, "name": f"客户{ref[-4:]}", "lang": "zh-CN",
        } | claims  # fmt: skip
        header = {"alg": "Ed25519", "kid": "1"}
        return jwt.encode(header, body, self.key, algorithms=["Ed25519"])

    async def client(self, ref: str | None = None, **claims: Any) -> Client:
        """A client who has opened the widget on the broker's page."""
        ref = ref or f"C{next(self._numbers):06d}"
        browser = self.http()
        answer = await browser.post("/api/embed/session", json={"token": self.token(ref, **claims)})
        assert answer.status_code == 200, answer.text
        bearer = answer.json()["bearer"]
        browser.headers["Authorization"] = f"Bearer {bearer}"
        async with self.tx() as tx:
            person = await identity.client_by_ref(tx, Environment.REAL, ref)
        assert person is not None
        return Client(person, browser, bearer)

    async def visitor(self) -> httpx.AsyncClient:
        """Somebody who is not signed in at the broker's."""
        browser = self.http()
        answer = await browser.post("/api/embed/visitor", json={})
        assert answer.status_code == 200, answer.text
        browser.headers["Authorization"] = f"Bearer {answer.json()['bearer']}"
        return browser

    async def close(self) -> None:
        for browser in self._open:
            await browser.aclose()


@asynccontextmanager
async def made(
    database: Database, fake: FakeClock, settings: Settings, mode: Mode = "test"
) -> AsyncIterator[World]:
    """A world on a fresh database: an installation that trusts the broker's test site."""
    # Load belongs to a process, and all worlds begin at the same moment: what was said in another one is no load here.
    giving_way._loaded_us, giving_way._noted_us, giving_way._second = 0, 0, (0, 0)
    giving_way._pressed, giving_way._crowded = (0.0, 0), False
    giving_way._outside.clear()
    async with database.transaction() as tx:
        await ensure(tx, mode)
    world = World(create(settings, database, background=False), database, fake)
    issuer = Issuer(ISSUER, "1", "EdDSA", Environment.REAL)
    async with database.transaction() as tx:
        await identity.add_issuer(tx, BOSS, issuer, world.key.as_pem(private=False).decode())
        await identity.add_origin(tx, BOSS, PAGE_ORIGIN)
    try:
        yield world
    finally:
        await world.close()

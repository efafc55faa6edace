"""The stage of the rights matrix: one firm in the middle of its day, and calls that leave no trace.

Every cell of the matrix is a real HTTP call on the whole application. Its transactions are nested into one that is
rolled back afterwards, so that each cell finds the same firm.
"""

import asyncio
import io
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
from PIL import Image

from tests.dispatch.service import Service, engine
from tests.world import World
from visavis.connections import api as connections
from visavis.connections.types import Basis
from visavis.conversations import api as conversations
from visavis.conversations.types import Partner
from visavis.identity.types import LicenceType, Staff
from visavis.kernel import clock
from visavis.kernel.auth import Role, system
from visavis.kernel.db import Database, Tx

MISSING = "00000000-0000-7000-8000-0000000000ff"


DENIALS = "SELECT EXISTS (SELECT FROM record WHERE kind = 'denied' AND at_us > $1)"


class Traceless(Database):
    """A database whose transactions all happen inside one that never ends well."""

    def __init__(self, database: Database, connection: asyncpg.Connection) -> None:
        super().__init__(database.dsn, database.live)
        self._connection = connection
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self, *, readonly: bool = False) -> AsyncIterator[Tx]:
        async with self._turn, self._connection.transaction():
            yield Tx(self._connection)


@dataclass
class Stage:
    """Callers by name, and the ids that fill the paths of operations."""

    world: World
    callers: dict[str, httpx.AsyncClient]
    ids: dict[str, str]
    people: dict[str, Staff]
    until: int  # when it was set up, in microseconds UTC

    def path(self, operation: str, ids: Mapping[str, str]) -> str:
        """The operation with the ids of the stage in its path, or with `ids` instead."""
        return operation.format_map({**self.ids, **ids})

    async def call(self, caller: str, filled: str, request: Mapping[str, Any]) -> tuple[int, bool]:
        """The status that `caller` gets, and whether a denial was put on record; nothing of it stays."""
        method, path = filled.split(" ")
        app, real = self.world.app, self.world.database
        pool = real._pool
        assert pool is not None
        async with pool.acquire() as connection:
            outer = connection.transaction()
            await outer.start()
            app.state.database = Traceless(real, connection)
            try:
                answer = await self.callers[caller].request(method, path, **request)
                noted = await connection.fetchval(DENIALS, self.until)
            finally:
                app.state.database = real
                await outer.rollback()
        return answer.status_code, noted


def picture() -> bytes:
    """A small image."""
    out = io.BytesIO()
    Image.new("RGB", (200, 200), (20, 90, 160)).save(out, "PNG")
    return out.getvalue()


ENTRY = {
    "topic": "fund",
    "content": {
        "zh-CN": {"title": "赎回", "question": "多久到账？", "answer": "一般为两个交易日。"}
    },
    "source": "说明书",
}

STAFF_CALLERS: Mapping[str, Role] = {
    "advisor": Role.ADVISOR,
    "colleague": Role.ADVISOR,
    "lapsed": Role.ADVISOR,
    "parted": Role.ADVISOR,
    "resting": Role.ADVISOR,
    "manager": Role.CLIENT_MANAGER,
    "agent": Role.BROKER_AGENT,
    "partner": Role.PARTNER_STAFF,
    "supervisor": Role.SUPERVISOR,
    "examiner": Role.EXAMINER,
    "operator": Role.OPERATOR,
    "editor": Role.EDITOR,
    "writer": Role.EDITOR,
    "administrator": Role.ADMINISTRATOR,
}


async def set_up(world: World) -> Stage:
    """The firm: a talk in every state of a connection, a request on offer, one in the pool, an entry in review."""
    service = Service(world, engine(world))
    people = {name: await world.staff(role, name=name) for name, role in STAFF_CALLERS.items()}
    ids = {"staff_id": str(people["manager"].id), "person_id": str(people["manager"].id)}
    callers = {"nobody": world.http(), "visitor": await world.visitor()}
    for name, one in people.items():
        callers[name] = await world.sign_in(one)
    for name in ("advisor", "lapsed", "parted", "resting"):
        await _talk(service, people[name], name, callers, ids)
    await _end_states(world, people, ids)
    await _requests(service, people, callers, ids)
    await _knowledge(callers, ids)
    await _more(world, people, callers, ids)
    # Beside the table of rows, which needs this module.
    from tests.identity import rights_foreign, rights_products, rights_review  # noqa: PLC0415

    await rights_products.set_up(callers, ids)
    await rights_foreign.set_up(callers, ids)
    await rights_review.set_up(world, people, callers, ids)
    for browser in callers.values():
        # A fault is an answer of its own here: a broken permission may run into a constraint of the database.
        browser._transport.raise_app_exceptions = False  # type: ignore[attr-defined]
    # Here everything is refused within minutes, and every refusal is looked for on record.
    world.app.state.denials.each = world.app.state.denials.together = 1_000_000
    until = clock.now_us()
    world.clock.move(timedelta(seconds=1))
    return Stage(world, callers, ids, people, until)


async def _talk(
    service: Service,
    one: Staff,
    name: str,
    callers: dict[str, httpx.AsyncClient],
    ids: dict[str, str],
) -> None:
    """A client of his own in an open conversation with `one`, a message from each side."""
    world = service.world
    client = await service.client()
    her, him = await world.actor(client.person), await world.actor(one)
    async with world.tx() as tx:
        talk = await conversations.open_with(tx, her, Partner.ASSISTANT)
        tie = await connections.establish(tx, him, client.id, one.id, Basis.ACCEPTANCE)
        await conversations.assign(tx, system(), talk.id, one.id, "accepted")
    url = f"/api/conversations/{talk.id}/entries"
    for side in (client.http, callers[name]):
        body = {"client_key": str(uuid4()), "stream": "shared", "body": {"text": "您好"}}
        answer = await side.post(url, json=body)
        assert answer.status_code == 200, answer.text
        entry = answer.json()["entry"]["id"]
    prefix = "" if name == "advisor" else f"{name}_"
    ids |= {
        f"{prefix}conversation": str(talk.id), f"{prefix}conversation_id": str(talk.id),
        f"{prefix}connection_id": str(tie.id), f"{prefix}client_id": str(client.id),
        f"{prefix}entry": entry,
    }  # fmt: skip
    callers["client" if name == "advisor" else f"client_of_{name}"] = client.http


async def _end_states(world: World, people: Mapping[str, Staff], ids: dict[str, str]) -> None:
    async with world.tx() as tx:
        await tx.execute(
            "UPDATE licence SET valid_to = valid_from WHERE staff_id = $1", people["lapsed"].id
        )
    boss = await world.sign_in(people["administrator"])
    for name, act in (("parted", "dissolve"), ("resting", "suspend")):
        url = f"/api/connections/{ids[f'{name}_connection_id']}/{act}"
        body = {"reason": "compliance"}
        if act == "dissolve":
            body["successor"] = str(people["colleague"].id)
        answer = await boss.post(url, json=body)
        assert answer.status_code == 200, answer.text
    await world.settle()


async def _requests(
    service: Service,
    people: Mapping[str, Staff],
    callers: dict[str, httpx.AsyncClient],
    ids: dict[str, str],
) -> None:
    """One request that nobody took and one that is on offer to the advisor and his colleague."""
    await service.here(people["advisor"])
    pooled = await service.ask(await service.client())
    await service.after(120, people["advisor"])
    await service.here(people["advisor"])
    await service.here(people["colleague"])
    asking = await service.client()
    offered = await service.ask(asking)
    callers["asking"] = asking.http
    mine = await service.offers(people["advisor"])
    ids |= {
        "request_id": offered["id"], "pooled_id": pooled["id"],
        "offer_id": next(one["id"] for one in mine if one["request"] == offered["id"]),
        "asking_conversation": offered["conversation"],
    }  # fmt: skip


async def _knowledge(callers: Mapping[str, httpx.AsyncClient], ids: dict[str, str]) -> None:
    """An entry that one editor has written and handed in, and another that is in force."""
    for name in ("entry_id", "valid_entry_id"):
        made = await callers["writer"].post(
            "/api/knowledge", json=ENTRY | {"slug": name.replace("_", "-")}
        )
        assert made.status_code in (200, 201), made.text
        ids[name] = made.json()["id"]
        url = f"/api/knowledge/{ids[name]}/versions/1"
        answer = await callers["writer"].post(f"{url}/submit")
        assert answer.status_code == 200, answer.text
    answer = await callers["editor"].post(f"{url}/approve", json={})
    assert answer.status_code == 200, answer.text
    made = await callers["writer"].post("/api/knowledge", json=ENTRY | {"slug": "draft"})
    ids |= {"draft_id": made.json()["id"], "number": "1"}


async def _more(
    world: World,
    people: Mapping[str, Staff],
    callers: Mapping[str, httpx.AsyncClient],
    ids: dict[str, str],
) -> None:
    files = {"file": ("a.png", picture(), "image/png")}
    url = f"/api/conversations/{ids['conversation']}/attachments"
    answer = await callers["client"].post(url, files=files)
    assert answer.status_code in (200, 201), answer.text
    ids["attachment"] = answer.json()["id"]
    ids["card_entry"] = await _card(callers, ids)
    url = f"/api/conversations/{ids['conversation']}/entries"
    body = {
        "client_key": str(uuid4()), "stream": "shared",
        "body": {"text": "图", "attachments": [answer.json()]},
    }  # fmt: skip
    answer = await callers["client"].post(url, json=body)
    assert answer.status_code == 200, answer.text
    later = {"client_key": str(uuid4()), "body": {"text": "稍后"}, "send_at": 1_795_485_600_000}
    made = await callers["advisor"].post(url.replace("entries", "scheduled"), json=later)
    assert made.status_code == 201, made.text
    ids["message"] = made.json()["id"]
    margin = await world.staff(Role.ADVISOR, licences=[LicenceType.MARGIN])
    ids |= {
        "licence_id": str(margin.licences[0].id), "branch_id": str(margin.branch_id),
        "day": "2026-12-31", "code": str(people["advisor"].code), "provider_id": "firm",
        "subscription_id": MISSING, "greeting": MISSING, "decision": "release", "held": MISSING,
        "colleague": str(people["colleague"].id),
    }  # fmt: skip
    plan = await callers["administrator"].post("/api/handovers", json={"staff": ids["colleague"]})
    assert plan.status_code == 201, plan.text
    ids["handover_id"] = plan.json()["id"]
    photo = {"file": ("a.png", picture(), "image/png")}
    answer = await callers["administrator"].put(f"/api/staff/{ids['staff_id']}/photo", files=photo)
    assert answer.status_code == 200, answer.text
    day = {"days": [{"day": ids["day"], "trading": False, "working": False, "note": "x"}]}
    answer = await callers["administrator"].put("/api/calendar", json=day)
    assert answer.status_code in (200, 204), answer.text
    world.clock.move(timedelta(seconds=1))


CARD = {"kind": "page", "url": "https://www.example-broker.test/a", "title": "基金"}


async def _card(callers: Mapping[str, httpx.AsyncClient], ids: Mapping[str, str]) -> str:
    """An entry of the advisor's conversation that carries a page's card."""
    body = {"client_key": str(uuid4()), "stream": "shared", "body": {"cards": [CARD]}}
    url = f"/api/conversations/{ids['conversation']}/entries"
    answer = await callers["advisor"].post(url, json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["entry"]["id"])

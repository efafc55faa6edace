"""A firm in the middle of its day: at least one row in every table of origin, made through the wire and the doors."""

from dataclasses import dataclass
from uuid import uuid4

import httpx

from tests.assistant.conftest import learn
from tests.channels.test_webpush import AUTH, P256DH
from tests.connections.conftest import book
from tests.conversations.talk import Talk, begin
from tests.dispatch.service import Service, engine
from tests.identity.rights_stage import picture
from tests.tlog import auditor
from tests.world import BOSS, World
from visavis.archive.log import current
from visavis.archive.sequencer import Sequencer
from visavis.channels.courier import Courier
from visavis.channels.webhook import NullHook
from visavis.channels.webpush import NullPush
from visavis.conversations.types import Entry, Kind
from visavis.custody import api
from visavis.custody.clerk import Clerk
from visavis.custody.comparing import Findings
from visavis.custody.types import Audit
from visavis.kernel.auth import system

PURPOSE = "例行检查第四季度留痕"


@dataclass
class Firm:
    """The firm, and browsers of those who answer for its record."""

    world: World
    talk: Talk
    supervisor: httpx.AsyncClient
    administrator: httpx.AsyncClient

    async def audit(self) -> Findings:
        async with self.world.tx() as tx:
            return await api.compare(tx)

    async def nightly(self) -> Audit:
        """The comparison of the night, put on record."""
        clerk = Clerk(self.world.database)
        async with self.world.tx() as tx:
            await api.ask_for_audit(tx, system())
        assert await clerk.step()
        async with self.world.tx() as tx:
            return (await api.audits(tx, BOSS, 1))[0]

    async def messages(self) -> list[Entry]:
        """The first words of either side."""
        return [one for one in await self.talk.stream() if one.kind is Kind.MESSAGE][:2]

    async def sequence(self) -> None:
        await sequence(self.world)


async def sequence(world: World) -> None:
    """Take everything on record into the log, which an auditor's own program must hold for whole."""
    sequencer = Sequencer(world.database, current())
    while await sequencer.step():
        pass
    auditor.agrees(current())


async def busy(world: World, blocked: str = "保证收益，稳赚不赔") -> Firm:
    """Clients talk, ask, are offered, rate; staff greet, import, look; knowledge is approved and used."""
    service = Service(world, engine(world))
    await learn(world, ["fund-redeem-time"])
    talk = await begin(world)
    supervisor = await world.sign_in(await world.supervisor("沈督"))
    boss = await world.sign_in(await world.administrator())
    await talk.say(talk.her, "请问基金赎回多久到账，我的编号是 Zebra-4711")
    await talk.say(talk.him, "一般两个交易日")
    await talk.say(talk.him, blocked)
    files = {"file": ("a.png", picture(), "image/png")}
    one = await talk.client.http.post(f"/api/conversations/{talk.id}/attachments", files=files)
    assert one.status_code == 201, one.text
    body = {"text": "图", "attachments": [{"id": one.json()["id"]}]}
    await talk.say(talk.her, "", body=body)
    await _ask(service)
    await _office(world, talk, supervisor, boss)
    return Firm(world, talk, supervisor, boss)


async def _ask(service: Service) -> None:
    """Two requests: one is taken, one waits; a message nobody looks at leads to a notice."""
    advisor = await service.advisor()
    client = await service.client()
    asked = await service.ask(client)
    answer = await service.accept(advisor)
    assert answer.status_code == 200, answer.text
    keys = {"endpoint": "https://push.example.com/1", "keys": {"p256dh": P256DH, "auth": AUTH}}
    assert (await client.http.post("/api/push/subscriptions", json=keys)).status_code == 201
    await service.say(advisor, asked, "请看一下材料")
    await service.after(10)
    courier = Courier(service.world.database, NullPush(), NullHook())
    while await courier.run_due():
        pass
    other = await service.client()
    asking = await service.world.client()
    await service.ask(other)
    start = await asking.http.post("/api/client/conversations", json={"with": "assistant"})
    url = f"/api/conversations/{start.json()['id']}/entries"
    await asking.http.post("/api/client/notice", json={"version": "2026-11"})
    question = {
        "client_key": str(uuid4()),
        "stream": "shared",
        "body": {"text": "基金赎回多久到账"},
    }
    assert (await asking.http.post(url, json=question)).status_code == 200
    await service.settle()


async def _office(
    world: World, talk: Talk, supervisor: httpx.AsyncClient, boss: httpx.AsyncClient
) -> None:
    advisor = await world.advisor("李明")
    data = book(("C77", "王芳", advisor.employee_no or "", "2026-01-05"))
    answer = await boss.post("/api/connections/import", files={"file": ("book.csv", data)})
    assert answer.json()["applied"], answer.text
    client = await world.client("C77", name="王芳")
    desk = await world.sign_in(advisor)
    greeting = (await desk.get("/api/greetings")).json()["items"][0]["id"]
    answer = await desk.post(f"/api/clients/{client.id}/greet", json={"template": greeting})
    assert answer.status_code == 201, answer.text
    answer = await client.http.put("/api/client/contact", json={"greetings": False})
    assert answer.status_code == 200, answer.text
    report = {"code": "S9990001", "text": "有人冒充贵司员工"}
    assert (await world.http().post("/api/public/reports", json=report)).status_code == 204
    heir = await world.advisor("周宁")
    plan = {"staff": str(advisor.id), "successor": str(heir.id)}
    answer = await boss.post("/api/handovers", json=plan)
    assert answer.status_code == 201, answer.text
    url = f"/api/supervision/conversations/{talk.id}/entries"
    answer = await supervisor.get(url, params={"purpose": PURPOSE})
    assert answer.status_code == 200, answer.text
    answer = await talk.client.http.post(f"/api/conversations/{talk.id}/read", json={"no": 2})
    assert answer.status_code == 204, answer.text
    answer = await talk.client.http.post(f"/api/conversations/{talk.id}/close")
    assert answer.status_code == 200, answer.text
    url = f"/api/client/conversations/{talk.id}/rating"
    answer = await talk.client.http.post(url, json={"stars": 4, "text": "不错"})
    assert answer.status_code == 200, answer.text
    await world.settle()

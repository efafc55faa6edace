"""A breach of personal information: put on record by one, its notice let out by another, said to everybody affected.

PIPL art 57: the firm tells those affected what of theirs leaked, why, what may come of it, what it does and what they
can do, and whom they reach. The clock runs from when the firm learned of it (DATA-03).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.conversations import api as conversations
from visavis.conversations.types import Partner
from visavis.identity import api as identity
from visavis.identity.types import PersonKind
from visavis.kernel import clock, jobs
from visavis.kernel.auth import Actor, system
from visavis.kernel.db import Tx
from visavis.kernel.errors import Malformed, NotFound
from visavis.kernel.ids import new_id
from visavis.kernel.languages import LANGUAGES
from visavis.review.api.judging import reviewer
from visavis.review.store import breaches as store
from visavis.review.terms import terms
from visavis.review.types import Breach, BreachDecided, Conflicted, UnknownNumbers

TELL = "review.tell_breach"
LONGEST, MOST, SLICE, PAGE, NAMED = 2000, 5000, 100, 100, 5


async def put_on_record(
    tx: Tx,
    actor: Actor,
    incident: str,
    notice: Mapping[str, str],
    found_at: datetime,
    client_ids: Sequence[UUID],
) -> Breach:
    """Put a breach on record with its notice in both languages; nobody is told before another has looked.

    Raises `Forbidden`, `Malformed`.
    """
    reviewer(actor)
    incident = _tidy(incident, "incident")
    notice = {one: _tidy(notice.get(one, ""), f"notice.{one}") for one in LANGUAGES}
    now = clock.now()
    if found_at > now:
        raise Malformed(field="found_at", reason="in the future")
    clients = sorted(set(client_ids))
    people = await identity.people(tx, clients)
    strangers = [
        key
        for key in clients
        if key not in people
        or people[key].kind is not PersonKind.CLIENT
        or people[key].environment is not actor.environment
    ]
    if strangers or not 0 < len(clients) <= MOST:
        raise Malformed(field="clients", reason=f"clients {MOST}")
    due_at = found_at + timedelta(hours=terms().breach_hours)
    one = Breach(
        new_id(), actor.environment, actor.person_id, incident, notice, found_at, due_at, "waiting", now,
        UUID(int=0), affected=len(clients),
    )  # fmt: skip
    told = {"notice": notice, "incident": incident, "clients": [str(key) for key in clients]}
    one = await _recorded(tx, one, actor.person_id, told)
    await store.insert(tx, one, clients)
    return one


async def known_by(tx: Tx, actor: Actor, numbers: Sequence[str]) -> list[UUID]:
    """The clients with these numbers at the broker. Raises `Forbidden`, `UnknownNumbers`."""
    reviewer(actor)
    wanted = [tidy for one in numbers if (tidy := one.strip())]
    found = await identity.clients_by_ref(tx, actor.environment, wanted)
    lost = [one for one in wanted if one not in found]
    if lost:
        raise UnknownNumbers(count=len(lost), numbers=", ".join(lost[:NAMED]))
    return [one.id for one in found.values()]


async def decide(tx: Tx, actor: Actor, breach_id: UUID, approve: bool, note: str) -> Breach:
    """Let a notice out or refuse it; never its author. Raises `NotFound`, `Conflicted`, `BreachDecided`."""
    reviewer(actor)
    one = await store.find(tx, breach_id)
    if one is None or one.environment is not actor.environment:
        raise NotFound
    if one.author_id == actor.person_id:
        raise Conflicted(reason="author")
    if one.state != "waiting":
        raise BreachDecided
    note = note.strip().replace("\x00", "")[:LONGEST]
    one = replace(
        one, state="approved" if approve else "refused", approver_id=actor.person_id, note=note,
        decided_at=clock.now(),
    )  # fmt: skip
    one = await _recorded(tx, one, actor.person_id, {"note": note})
    await store.change(tx, one)
    if approve:
        await jobs.schedule(tx, TELL, {"breach": str(one.id)}, clock.now())
    return one


async def listed(tx: Tx, actor: Actor) -> list[Breach]:
    """Breaches of the firm, the unsettled first; supervisors alone."""
    reviewer(actor)
    return await store.listed(tx, actor.environment.value, PAGE)


async def tell(tx: Tx, breach_id: UUID) -> None:
    """Say an approved notice to the next of those affected, as a line of the platform; once to each, slice by slice."""
    one = await store.find(tx, breach_id)
    if one is None or one.state != "approved":
        return
    by, now = system(one.environment), clock.now()
    clients = await store.untold(tx, one.id, SLICE)
    people = await identity.people(tx, clients)
    for key in clients:
        language = people[key].language
        talk = await conversations.open_for(tx, by, key, language, Partner.ASSISTANT)
        words = one.notice.get(language, one.notice["zh-CN"])
        await conversations.say_system(tx, [talk.id], "breach", {"words": words})
        tx.hint(f"person.{key}", frame="changed", what="conversations", id=str(talk.id))
    await store.told(tx, one.id, clients, now)
    if len(clients) == SLICE:
        await jobs.schedule(tx, TELL, {"breach": str(one.id)}, now)
        return
    one = await _recorded(tx, replace(one, state="told", told_at=now), by.person_id, {})
    await store.change(tx, one)


def overdue(one: Breach) -> bool:
    """Whether those affected should know by now and do not."""
    return one.state in ("waiting", "approved") and clock.now() > one.due_at


def _tidy(words: str, field: str) -> str:
    words = words.strip().replace("\x00", "")
    if not 0 < len(words) <= LONGEST:
        raise Malformed(field=field, reason=f"characters {LONGEST}")
    return words


async def _recorded(tx: Tx, one: Breach, by: UUID, body: Mapping[str, object]) -> Breach:
    fact = Fact(
        "breach",
        one.id,
        one.author_id,
        one.environment,
        {"by": str(by), **body},
        {"state": one.state},
    )
    return replace(one, record_id=await archive.append_one(tx, fact))

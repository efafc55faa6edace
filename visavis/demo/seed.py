"""Brings the fictional firm in through the HTTP interface: staff, knowledge, the book, and the contacts of the past."""

import csv
import io
import json
import pathlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from joserfc.jwk import ECKey

from visavis.demo import firm, shelf, talk
from visavis.demo.accounts import Account, Secrets, fresh_password
from visavis.demo.portraits import portrait
from visavis.demo.site import ISSUER, KEY_ID, Site
from visavis.demo.wire import PATIENCE, accept_invitation, staff_body
from visavis.sdk.http import Http

KNOWLEDGE = pathlib.Path(__file__).parent / "knowledge"
EXAMINED_MS = 30 * 86_400_000
# So many entries in one call: also a busy machine answers in time.
AT_ONCE = 20
ALL_DAY = [{"weekday": day, "opens": "00:00", "closes": "24:00"} for day in range(7)]

Say = Callable[[str], None]


async def bring_in(
    base: str,
    site: str,
    invitation: str,
    audience: str,
    rehearse: bool,
    say: Say,
    watch: talk.Watch,
) -> Secrets:
    """Seed an empty platform whose time is the watch's; returns what the demo must remember."""
    password = fresh_password()
    admin, totp = await accept_invitation(base, invitation, password, watch.now())
    accounts = [_account(firm.ADMINISTRATOR, password, totp)]
    key = ECKey.generate_key("P-256")
    sessions: dict[str, Http] = {}
    try:
        await _trust_site(admin, site, key)
        people = await _staff(admin, accounts, sessions, base, watch)
        await _let_examine(sessions["shen"], people["ning"], watch.now())
        say(f"{len(people)} staff in {len(firm.OFFICES)} branches")
        count = await _knowledge(sessions["gu"], sessions["fang"])
        say(f"{count} knowledge entries, written by one editor and approved by another")
        customers = list(firm.customers())
        await _book(admin, customers)
        listed = [_public(one) for one in customers]
        vouch = Site(site, audience, key, listed, [], watch.now)
        count = await shelf.products(sessions["gu"], sessions["shen"])
        say(f"{count} products, proposed by an editor and approved by a supervisor")
        answered = await shelf.assessments(base, vouch, customers, watch)
        say(f"{answered} clients answered the questionnaire")
        met = await _past(base, vouch, customers, sessions, watch)
        if rehearse:
            await sessions["chen"].call("PUT", "/api/rehearsal", {"running": True})
        say(f"{len(customers)} clients, {met} of them met their manager")
    finally:
        for session in [admin, *sessions.values()]:
            await session.close()
    return Secrets(key.as_pem(private=True).decode(), listed, accounts)


def _account(worker: firm.Worker, password: str, totp: str) -> Account:
    return Account(
        worker.login, password, totp, worker.name, worker.name_en, worker.roles[0], worker.page
    )


def _public(customer: firm.Customer) -> dict[str, str]:
    return {
        "client_no": customer.client_no,
        "name": customer.name,
        "name_en": customer.name_en,
        "language": customer.language,
        "kind": customer.kind,
    }


async def _trust_site(admin: Http, site: str, key: ECKey) -> None:
    await admin.call(
        "POST",
        "/api/issuers",
        {
            "issuer": ISSUER,
            "key_id": KEY_ID,
            "algorithm": "ES256",
            "key": key.as_pem(private=False).decode(),
        },
    )
    await admin.call("POST", "/api/origins", {"origin": site})


async def _staff(
    admin: Http,
    accounts: list[Account],
    sessions: dict[str, Http],
    base: str,
    watch: talk.Watch,
) -> dict[str, str]:
    """Branches, hours, staff, licences and sign-ins; returns staff ids by login."""
    branches = await _branches(admin)
    first = (await admin.call("GET", "/api/me"))["id"]
    await admin.call("PATCH", f"/api/staff/{first}", {"name_en": firm.ADMINISTRATOR.name_en})
    ids = {}
    for number, worker in enumerate(firm.STAFF):
        made = await admin.call("POST", "/api/staff", staff_body(worker, branches[worker.branch]))
        ids[worker.login] = made["id"]
        await admin.upload(
            f"/api/staff/{made['id']}/photo",
            f"{worker.login}.png",
            portrait(worker.login, number),
            "image/png",
            method="PUT",
        )
        for kind, licence, first, last in worker.licences:
            await admin.call(
                "POST",
                f"/api/staff/{made['id']}/licences",
                {
                    "type": kind,
                    "number": licence,
                    "valid_from": first,
                    "valid_to": last,
                    "source": "demo",
                },
            )
    await _sign_ins(admin, ids, accounts, sessions, base, watch)
    return ids


async def _sign_ins(
    admin: Http,
    ids: Mapping[str, str],
    accounts: list[Account],
    sessions: dict[str, Http],
    base: str,
    watch: talk.Watch,
) -> None:
    """Invite whoever signs in in the demo, and accept for them."""
    signing = [
        one for one in firm.STAFF if one.account or one.roles[0] in ("advisor", "client_manager")
    ]
    for worker in signing:
        invited = await admin.call("POST", f"/api/staff/{ids[worker.login]}/invite")
        password = fresh_password()
        sessions[worker.login], totp = await accept_invitation(
            base, invited["url"].rpartition("=")[2], password, watch.now()
        )
        if worker.account:
            accounts.append(_account(worker, password, totp))


async def _let_examine(supervisor: Http, examiner: str, now: float) -> None:
    """An examiner sees nothing without a grant: here everything, for thirty days."""
    start = int(now * 1000)
    body = {"examiner": examiner, "purpose": "演示用：例行查看"}
    await supervisor.post(
        "/api/custody/grants", body | {"starts_at": start, "ends_at": start + EXAMINED_MS}
    )


async def _branches(admin: Http) -> dict[str, str]:
    """Branch ids by code; the head office was made with the first administrator."""
    found = await admin.call("GET", "/api/branches")
    ids = {one["code"]: one["id"] for one in found["items"]}
    for office in firm.OFFICES:
        body = {"name": office.name, "name_en": office.name_en, "region": office.region}
        if office.code in ids:
            await admin.call("PATCH", f"/api/branches/{ids[office.code]}", body)
        else:
            made = await admin.call("POST", "/api/branches", {"code": office.code, **body})
            ids[office.code] = made["id"]
        await admin.call("PUT", f"/api/branches/{ids[office.code]}/hours", {"week": ALL_DAY})
    return ids


def entries() -> Iterator[dict[str, Any]]:
    """The demo's knowledge entries, topic by topic."""
    for file in sorted(KNOWLEDGE.glob("*.json")):
        yield from json.loads(file.read_text("utf-8"))["entries"]


async def _knowledge(author: Http, approver: Http) -> int:
    bodies = [
        {
            "slug": entry["slug"],
            "topic": entry["topic"],
            "source": entry["source"],
            "content": entry["texts"],
        }
        for entry in entries()
    ]
    for at in range(0, len(bodies), AT_ONCE):
        some = {"entries": bodies[at : at + AT_ONCE]}
        made = await author.call("POST", "/api/knowledge/import", some)
        refs = [{"id": one["id"], "version": one["version"]} for one in made["items"]]
        await approver.call("POST", "/api/knowledge/approvals", {"entries": refs})
    return len(bodies)


async def _book(admin: Http, customers: Sequence[firm.Customer]) -> None:
    """The firm's client-manager book as the file that a back office would hand over."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ["client_no", "client_name", "client_name_en", "employee_no", "assigned_on", "language"]
    )
    for one in customers:
        if one.manager:
            writer.writerow(
                [one.client_no, one.name, one.name_en, one.manager, "2025-03-18", one.language]
            )
    content = ("\ufeff" + out.getvalue()).encode("utf-8")
    result = await admin.upload(
        "/api/connections/import?dry_run=0", "book.csv", content, "text/csv"
    )
    if result["errors"]:
        raise RuntimeError(f"the demo's own book is wrong: {result['errors'][:3]}")


async def _past(
    base: str,
    site: Site,
    customers: Sequence[firm.Customer],
    sessions: dict[str, Http],
    watch: talk.Watch,
) -> int:
    """The contacts of the past: each client who has met his manager asked him something and was answered, in rounds."""
    workers = {one.employee_no: one for one in firm.STAFF if one.login in sessions}
    met = [one for one in customers if one.met and one.manager in workers]
    queues: dict[str, list[firm.Customer]] = {}
    for one in met:
        queues.setdefault(one.manager, []).append(one)
    slips = True
    while queues:
        pairs = [
            await _pair(base, site, line.pop(0), workers[manager], sessions, pace)
            for pace, (manager, line) in enumerate(queues.items())
        ]
        await talk.play(pairs, watch, slips=slips)
        slips = False
        for pair in pairs:
            await pair.client.close()
        queues = {manager: line for manager, line in queues.items() if line}
    for manager in {one.manager for one in met}:
        await sessions[workers[manager].login].call("PUT", "/api/presence", {"status": "off"})
    return len(met)


async def _pair(
    base: str,
    site: Site,
    customer: firm.Customer,
    worker: firm.Worker,
    sessions: dict[str, Http],
    pace: int,
) -> talk.Pair:
    client = Http(base, language=customer.language, patience=PATIENCE)
    await client.embed(site.token(_public(customer), customer.language))
    return talk.Pair(client, sessions[worker.login], customer, worker, pace, site.platform)

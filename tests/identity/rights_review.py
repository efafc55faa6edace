"""Rows of the rights table for the review of what the machine found, and what they need on the stage."""

from collections.abc import Mapping
from typing import Any

import httpx

from tests.conversations.talk import begin
from tests.identity.rights_mutants import admits, always, forgets, mutant, unguarded
from tests.identity.rights_table import CLIENTS, MISSING, SERVING, STAFF, row
from tests.world import World
from visavis.review import api as review

ITEM, TICKET, CASE = (
    "/api/review/items/{item}",
    "/api/review/tickets/{ticket}",
    "/api/review/cases/{case}",
)
POLICY = "/api/policies/{policy}"
WORDS = {"words": "x"}
# What a client has told may be passed on by all of the house, not by partners and examiners.
OF_THE_HOUSE = tuple(one for one in STAFF if one not in ("partner", "examiner"))
NUDGE = {"conversation": MISSING, "policy": "x", "action": "nudge", "outcome": "edited"}

REVIEW = [
    row("GET /api/review/summary", "supervisor"),
    row("GET /api/review/items", "supervisor"),
    row("POST /api/review/next", "supervisor", json={}),
    row(f"GET {ITEM}", "supervisor"),
    row(f"GET {ITEM}", "supervisor", gives=403, ids={"item": "{near_item}"}, state="own branch"),
    row(f"POST {ITEM}/let-go", "supervisor", gives=204),
    row(f"POST {ITEM}/verdict", "supervisor", gives=409, json={"grade": "minor"}),
    row("POST /api/review/nudges", SERVING, gives=204, json=NUDGE),
    row("GET /api/review/cases", "supervisor"),
    row("POST /api/review/cases", "supervisor", gives=201, json={"title": "x"}),
    row(f"GET {CASE}", "supervisor"),
    row(f"POST {CASE}/items", "supervisor", json={"item": "{item}"}),
    row(f"POST {CASE}/notes", "supervisor", gives=204, json=WORDS),
    row(f"POST {CASE}/assign", "supervisor", gives=404, json={"to": MISSING}),
    row(f"POST {CASE}/escalate", "supervisor", json=WORDS),
    row(f"POST {CASE}/close", "supervisor", json=WORDS | {"outcome": "unfounded"}),
]  # fmt: skip

TICKETS = [
    row("POST /api/complaints", CLIENTS, gives=201, json=WORDS),
    row("GET /api/complaints", CLIENTS),
    row("POST /api/review/tickets", OF_THE_HOUSE, gives=202, json=WORDS | {"client": "{client_id}"}),
    row("GET /api/review/tickets", "supervisor"),
    row(f"GET {TICKET}", "supervisor"),
    row(f"GET {TICKET}", "supervisor", gives=404, ids={"ticket": "{own_ticket}"}, state="concerned"),
    row(f"POST {TICKET}/take", "supervisor"),
    row(f"POST {TICKET}/take", "supervisor", gives=404, ids={"ticket": "{own_ticket}"}, state="concerned"),
    row(f"POST {TICKET}/notes", "supervisor", gives=409, json=WORDS),
    row(f"POST {TICKET}/close", "supervisor", gives=409, json=WORDS),
]  # fmt: skip

BROADCASTS = [
    row("GET /api/breaches", "supervisor"),
    row("POST /api/breaches", "supervisor", gives=201, json={"incident": "误发邮件", "found_at": 1,
        "notice": {"zh-CN": "通知", "en": "Notice"}, "clients": ["{client_id}"]}),
    row("POST /api/breaches/{breach}/decision", "supervisor", gives=404, ids={"breach": MISSING},
        json={"approve": True}),
    row("GET /api/broadcasts", SERVING, "supervisor"),
    row("POST /api/broadcasts", "advisor", gives=201, json={"words": "周六维护", "clients": ["{client_id}"]}),
    row("GET /api/broadcasts/{broadcast}/preview", "supervisor", gives=404, ids={"broadcast": MISSING}),
    row("POST /api/broadcasts/{broadcast}/decision", "supervisor", gives=404, ids={"broadcast": MISSING},
        json={"approve": True}),
]  # fmt: skip

GROUP = "/api/groups/{group}"
GROUPS = [
    row("GET /api/groups", SERVING, CLIENTS),
    row("POST /api/groups", SERVING, gives=201, json={"name": "群"}),
    row(f"GET {GROUP}", "advisor", others=404),
    row("GET /api/client/groups/{group}", "client", others=404),
    row(f"POST {GROUP}/members", "advisor", gives=204, others=404, json={"clients": ["{client_id}"]}),
    row(f"DELETE {GROUP}/members/{{client}}", "advisor", gives=204, others=404, ids={"client": "{client_id}"},
        but={"client": 204}),
]  # fmt: skip

PAY = {"shares": [{"to": "staff", "basis": "quality", "yuan": 5}], "cap": 9}
INCENTIVES = [
    row("GET /api/referral-codes", "partner"),
    row("POST /api/referral-codes", "partner", gives=201, json={}),
    row("GET /api/referrals", "partner"),
    row("PUT /api/client/referral", CLIENTS, gives=404, json={"code": "NONE"}),
    row("GET /api/attribution", "supervisor", params={"client": "{client_id}"}),
    row("GET /api/settlement-rules", "administrator", "supervisor"),
    row("POST /api/settlement-rules", "administrator", gives=201, json=PAY),
    row("POST /api/settlement-rules/{version}/decision", "supervisor", gives=404, ids={"version": "99"},
        json={"approved": True}),
]  # fmt: skip

PROPOSAL = {"name": "house", "source": "[]", "effective": "2099-01-01"}
POLICIES = [
    row("GET /api/policies", "supervisor", "examiner"),
    row("POST /api/policies", "supervisor", gives=422, json=PROPOSAL),
    row(f"GET {POLICY}", "supervisor", "examiner", gives=404, ids={"policy": MISSING}),
    row(f"POST {POLICY}/backtest", "supervisor", gives=404, ids={"policy": MISSING}),
    row(f"POST {POLICY}/sample", "supervisor", gives=404, ids={"policy": MISSING},
        json={"entry": MISSING, "breach": True}),
    row(f"POST {POLICY}/decision", "supervisor", gives=404, ids={"policy": MISSING}, json={"approve": True}),
]  # fmt: skip

REVIEWED = [*REVIEW, *TICKETS, *BROADCASTS, *GROUPS, *INCENTIVES, *POLICIES]

BROKEN_REVIEW = [
    mutant("review:reviewer", admits("administrator"), "GET /api/review/cases"),
    mutant("review:reviewer", admits("advisor"), "GET /api/review/items", f"GET {TICKET}"),
    mutant("review:reviewer", forgets("supervisor"), "POST /api/review/next"),
    mutant("review:barred", always(None), f"GET {ITEM}"),
    mutant("review:complain", unguarded(), "POST /api/complaints"),
    mutant("review:report", unguarded(), "POST /api/review/tickets"),
    mutant("review:nudged", unguarded(), "POST /api/review/nudges"),
    mutant("supervision:may_propose", admits("advisor"), "POST /api/policies"),
    mutant("review:hand_in", unguarded(), "POST /api/broadcasts"),
]  # fmt: skip


async def set_up(
    world: World, people: Mapping[str, Any], callers: Mapping[str, httpx.AsyncClient], ids: dict[str, str]
) -> None:  # fmt: skip
    """An alert of a far branch and one of the supervisor's own; a case; a ticket, and one that concerns him."""
    for name, branch in (("item", "GZ01"), ("near_item", "SH01")):
        talk = await begin(world, await world.advisor(branch=branch))
        entry = await talk.say(talk.him, "这款产品保本保收益，稳赚不赔")
        # Not by the reaction: settling would also carry out what waits on the stage.
        async with world.tx() as tx:
            await review.flagged(tx, talk.id, entry.id, "block")
            found = await tx.fetchval(
                "SELECT id FROM review_item WHERE conversation_id = $1", talk.id
            )
        ids[name] = str(found)
    made = await callers["supervisor"].post("/api/review/cases", json={"title": "x"})
    assert made.status_code == 201, made.text
    ids["case"] = made.json()["id"]
    body = {"client": ids["client_id"], "words": "x"}
    for name, concerned in (("ticket", []), ("own_ticket", [str(people["supervisor"].id)])):
        answer = await callers["advisor"].post(
            "/api/review/tickets", json={**body, "concerned": concerned}
        )
        assert answer.status_code == 202, answer.text
        async with world.tx() as tx:
            found = await tx.fetchval("SELECT id FROM ticket ORDER BY id DESC LIMIT 1")
        ids[name] = str(found)
    made = await callers["advisor"].post("/api/groups", json={"name": "群"})
    assert made.status_code == 201, made.text
    ids["group"] = made.json()["id"]
    url = f"/api/groups/{ids['group']}/members"
    joined = await callers["advisor"].post(url, json={"clients": [ids["client_id"]]})
    assert joined.status_code == 204, joined.text

"""Rows of the rights table for foreign ids: in every place that takes an id, the id of what is not his.

For whoever works for the whole firm, everything is the firm's: there the id is that of something else (a client where a
member of staff is asked for). Whoever may not do the operation at all is told the same as ever; the rows name what
those get who may, and who else is let in because the thing is his.
"""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import httpx

from tests.identity.rights_products import PRODUCTS, SUITABILITY
from tests.identity.rights_review import CASE, GROUP, ITEM, POLICY, REVIEWED, TICKET
from tests.identity.rights_table import (
    EVERYBODY,
    FILE,
    PUSH_KEYS,
    SERVING,
    STRANGERS,
    TABLE,
    TALK,
    Row,
    entry,
    key,
    row,
)
from tests.suitability.cast import assess

BASE: Mapping[str, Row] = {
    one.operation: one for one in reversed((*TABLE, *PRODUCTS, *SUITABILITY, *REVIEWED))
}


def foreign(
    operation: str, place: str, name: str, *, gives: int = 404, but: Mapping[str, int] | None = None
) -> Row:
    """The first row of `operation` with the stage's id `name` at `place`: whoever may, gets `gives` instead."""
    base = BASE[operation]
    others = {one: base.expected(one) for one in EVERYBODY if one not in base.allowed} | (
        dict(but) if but else {}
    )
    where, _, at = place.partition(":")
    ids, request = dict(base.ids), copy.deepcopy(dict(base.request))
    if where == "path":
        ids[at] = f"{{{name}}}"
    elif where == "query":
        request["params"] = {**request.get("params", {}), at: f"{{{name}}}"}
    else:
        request["json"] = placed(request.get("json", {}), at.split("."), f"{{{name}}}")
    if "client_key" in request.get("json", {}):
        request["json"]["client_key"] = key()
    allowed = {one: gives for one in base.allowed if one not in others}
    return replace(
        base, allowed=allowed, but=others, ids=ids, request=request, state=f"foreign {place}"
    )


def placed(value: Any, way: Sequence[str], what: str) -> Any:
    """`value` with `what` at the end of `way`; a step that ends in `[]` leads into every one of a list."""
    step, rest = way[0], way[1:]
    name = step.removesuffix("[]")
    if not step.endswith("[]"):
        return {**value, name: placed(value.get(name, {}), rest, what) if rest else what}
    inside = [placed(one, rest, what) for one in value[name]] if rest else [what]
    return {**value, name: inside}


HERS = {"client_of_lapsed": 200}
# Whoever made a thing is told that it is not there before he is told that others must check it.
MAKER = {"writer": 404}
NOT_ASSESSED = dict.fromkeys(("client_of_parted", "client_of_resting", "asking"), 404)
THEIRS = HERS | {"lapsed": 200}

STAFF_IDS = [
    foreign("GET /api/staff", "query:branch", "client_id", gives=200),
    foreign("POST /api/staff", "body:branch", "client_id", gives=422),
    foreign("GET /api/staff/{staff_id}", "path:staff_id", "client_id"),
    foreign("PATCH /api/staff/{staff_id}", "path:staff_id", "client_id"),
    foreign("PATCH /api/staff/{staff_id}", "body:branch", "client_id", gives=422),
    foreign("POST /api/staff/{staff_id}/invite", "path:staff_id", "client_id"),
    foreign("POST /api/staff/{staff_id}/lock", "path:staff_id", "client_id"),
    foreign("POST /api/staff/{staff_id}/unlock", "path:staff_id", "client_id"),
    foreign("POST /api/staff/{staff_id}/reset-totp", "path:staff_id", "client_id"),
    foreign("POST /api/staff/{staff_id}/suspend", "path:staff_id", "client_id"),
    foreign("POST /api/staff/{staff_id}/reinstate", "path:staff_id", "client_id"),
    foreign("POST /api/staff/{staff_id}/leave", "path:staff_id", "client_id"),
    foreign("PUT /api/staff/{staff_id}/photo", "path:staff_id", "client_id", but={"manager": 403}),
    foreign("DELETE /api/staff/{staff_id}/photo", "path:staff_id", "client_id", but={"manager": 403}),
    foreign("GET /api/people/{person_id}/photo", "path:person_id", "client_id"),
    foreign("GET /api/staff/{staff_id}/licences", "path:staff_id", "branch_id", but={"manager": 403}),
    foreign("POST /api/staff/{staff_id}/licences", "path:staff_id", "client_id"),
    foreign("PATCH /api/licences/{licence_id}", "path:licence_id", "staff_id"),
    foreign("PATCH /api/branches/{branch_id}", "path:branch_id", "staff_id"),
    foreign("GET /api/branches/{branch_id}/hours", "path:branch_id", "staff_id"),
    foreign("PUT /api/branches/{branch_id}/hours", "path:branch_id", "staff_id"),
    foreign("GET /api/notices", "query:after", "staff_id", gives=200),
    foreign("GET /api/notices", "query:person", "branch_id", gives=200),
    foreign("GET /api/board/list", "query:branch", "staff_id", gives=200),
    foreign("DELETE /api/push/subscriptions/{subscription_id}", "path:subscription_id", "her_subscription",
            but={"client_of_lapsed": 204}),
]  # fmt: skip

CUSTODY_IDS = [
    foreign("GET /api/custody/records", "query:client", "branch_id", gives=200),
    foreign("GET /api/custody/records/{record}", "path:record", "client_id"),
    foreign("GET /api/custody/records/{record}/proof", "path:record", "client_id"),
    foreign("POST /api/custody/dossiers", "body:client", "branch_id"),
    foreign("POST /api/custody/exports", "body:client", "branch_id"),
    foreign("GET /api/custody/exports/{export}/file", "path:export", "client_id"),
    foreign("POST /api/custody/grants", "body:examiner", "client_id", gives=422),
    foreign("POST /api/custody/grants", "body:clients[]", "branch_id", gives=422),
    foreign("POST /api/custody/grants/{grant}/revoke", "path:grant", "client_id"),
    foreign("GET /api/custody/clients/{client_id}", "path:client_id", "staff_id"),
    foreign("POST /api/custody/clients/{client_id}/restrict", "path:client_id", "staff_id"),
    foreign("POST /api/custody/holds", "body:client", "staff_id"),
    foreign("POST /api/custody/holds/{hold}/release", "path:hold", "client_id"),
    foreign("POST /api/custody/destructions", "body:client", "staff_id"),
    foreign("POST /api/custody/destructions/{destruction}/decide", "path:destruction", "client_id"),
]  # fmt: skip

CONNECTION_IDS = [
    foreign("GET /api/clients", "query:after", "staff_id", gives=200),
    foreign("GET /api/connections", "query:after", "staff_id", gives=200),
    foreign("GET /api/connections", "query:client", "staff_id", gives=200),
    foreign("GET /api/connections", "query:staff", "client_id", gives=200),
    foreign("POST /api/connections/{connection_id}/dissolve", "path:connection_id", "client_id"),
    foreign("POST /api/connections/{connection_id}/dissolve", "body:successor", "client_id", gives=409),
    foreign("POST /api/connections/{connection_id}/suspend", "path:connection_id", "client_id"),
    foreign("POST /api/connections/{connection_id}/resume", "path:connection_id", "client_id"),
    foreign("POST /api/client/advisor/decline", "body:choice", "lapsed_client_id", gives=409),
    foreign("PUT /api/client/bars/{staff_id}/{kind}", "path:staff_id", "client_id"),
    foreign("DELETE /api/client/bars/{staff_id}/{kind}", "path:staff_id", "client_id"),
    foreign("POST /api/handovers", "body:staff", "client_id"),
    foreign("POST /api/handovers", "body:successor", "client_id", gives=409),
    foreign("POST /api/handovers", "body:clients[]", "staff_id"),
    foreign("GET /api/handovers", "query:after", "staff_id", gives=200),
    foreign("GET /api/handovers/{handover_id}", "path:handover_id", "client_id"),
    foreign("GET /api/handovers/{handover_id}/clients", "path:handover_id", "client_id"),
    foreign("GET /api/handovers/{handover_id}/clients", "query:after", "staff_id", gives=200),
    foreign("POST /api/handovers/{handover_id}/cancel", "path:handover_id", "client_id"),
    foreign("POST /api/handovers/{handover_id}/successor", "path:handover_id", "client_id"),
    foreign("POST /api/handovers/{handover_id}/successor", "body:successor", "client_id", gives=409),
    foreign("POST /api/handovers/{handover_id}/successor", "body:clients[]", "staff_id"),
    foreign("POST /api/client/handover", "body:choice", "lapsed_client_id", gives=409),
    foreign("GET /api/clients/{client_id}", "path:client_id", "lapsed_client_id",
            but={"lapsed": 200, "supervisor": 200}),
    foreign("POST /api/clients/{client_id}/greet", "path:client_id", "lapsed_client_id", but={"lapsed": 403}),
    foreign("GET /api/clients/{client_id}/suitability", "path:client_id", "lapsed_client_id",
            but={"lapsed": 200, "supervisor": 200}),
    foreign("GET /api/suitability/proofs/{proof}", "path:proof", "client_id"),
    foreign("POST /api/clients/{client_id}/professional", "path:client_id", "staff_id"),
]  # fmt: skip

PRODUCT_IDS = [
    foreign("POST /api/products/approvals", "body:products[].id", "client_id", but=MAKER),
    foreign("GET /api/products/{product}", "path:product", "client_id"),
    foreign("POST /api/products/{product}/versions", "path:product", "client_id"),
    foreign("POST /api/products/{product}/versions/{number}/decision", "path:product", "client_id", but=MAKER),
    foreign("GET /api/client/products/{product}", "path:product", "proposed"),
    foreign("POST /api/client/products/{product}/requests", "path:product", "proposed", but=NOT_ASSESSED),
    foreign("POST /api/client/products/{product}/order-check", "path:product", "proposed", but=NOT_ASSESSED),
    foreign("GET /api/client/product-requests/{request_id}", "path:request_id", "her_product_request", but=HERS),
    foreign("POST /api/client/product-requests/{request_id}/warning", "path:request_id", "her_product_request",
            but=HERS),
    foreign("POST /api/client/product-requests/{request_id}/confirm", "path:request_id", "her_product_request",
            but={"client_of_lapsed": 409}),
    foreign("DELETE /api/client/product-requests/{request_id}", "path:request_id", "her_product_request", but=HERS),
    foreign("POST /api/suitability/applications/{application}/answer", "path:application", "client_id"),
    foreign("POST /api/suitability/requests/{request_id}/callback", "path:request_id", "client_id"),
    foreign("GET /api/suitability/decisions/{decision}/replay", "path:decision", "client_id"),
    foreign("GET /api/suitability/dossier", "query:client", "staff_id"),
    foreign("GET /api/suitability/dossier", "query:product", "client_id"),
]  # fmt: skip

KNOWLEDGE_IDS = [
    foreign("GET /api/knowledge", "query:after", "client_id", gives=200),
    foreign("POST /api/knowledge/approvals", "body:entries[].id", "client_id", but=MAKER),
    foreign("GET /api/knowledge/{entry_id}", "path:entry_id", "client_id"),
    foreign("POST /api/knowledge/{entry_id}/versions", "path:entry_id", "client_id"),
    foreign("POST /api/knowledge/{entry_id}/versions/{number}/submit", "path:entry_id", "client_id"),
    foreign("POST /api/knowledge/{entry_id}/versions/{number}/approve", "path:entry_id", "client_id", but=MAKER),
    foreign("POST /api/knowledge/{entry_id}/versions/{number}/return", "path:entry_id", "client_id", but=MAKER),
    foreign("POST /api/knowledge/{entry_id}/retire", "path:entry_id", "client_id"),
]  # fmt: skip

HER_FILE = {"attachments": [{"id": "{her_attachment}", "name": "a.png"}]}
CONVERSATION_IDS = [
    foreign("POST /api/client/conversations/{conversation}/rating", "path:conversation", "lapsed_conversation",
            but={"client_of_lapsed": 409}),
    foreign("GET /api/client/entries/{entry}/receipt", "path:entry", "lapsed_entry",
            but={"client_of_lapsed": 409}),
    foreign(f"GET {TALK}", "path:conversation", "lapsed_conversation", but=THEIRS),
    foreign(f"GET {TALK}/entries", "path:conversation", "lapsed_conversation", but=THEIRS),
    foreign(f"POST {TALK}/entries", "path:conversation", "lapsed_conversation",
            but=HERS | {"advisor": 403, "lapsed": 403}),
    row(f"POST {TALK}/entries", others=404, but=STRANGERS | {"client": 422, "advisor": 422},
        json=entry() | {"body": {"text": "图", **HER_FILE}}, state="foreign attachment"),
    foreign(f"POST {TALK}/entries/{{entry}}", "path:conversation", "lapsed_conversation", gives=403,
            but={"client": 404}),
    foreign(f"POST {TALK}/entries/{{entry}}", "path:entry", "lapsed_entry", but={"client": 404}),
    foreign(f"POST {TALK}/forward", "path:conversation", "lapsed_conversation", but={"advisor": 403}),
    foreign(f"POST {TALK}/forward", "body:entry", "lapsed_entry"),
    foreign(f"POST {TALK}/read", "path:conversation", "lapsed_conversation", gives=204),
    foreign(f"PUT {TALK}/later", "path:conversation", "lapsed_conversation", but={"lapsed": 200}),
    foreign(f"DELETE {TALK}/later", "path:conversation", "lapsed_conversation", but={"lapsed": 204}),
    foreign(f"POST {TALK}/scheduled", "path:conversation", "lapsed_conversation", but={"lapsed": 403}),
    foreign(f"GET {TALK}/scheduled", "path:conversation", "lapsed_conversation", but={"lapsed": 200}),
    foreign("PUT /api/scheduled/{message}", "path:message", "lapsed_entry"),
    foreign("DELETE /api/scheduled/{message}", "path:message", "lapsed_entry"),
    foreign("DELETE /api/greetings/queued/{greeting}", "path:greeting", "lapsed_entry"),
    foreign(f"POST {TALK}/transfer", "path:conversation", "lapsed_conversation", gives=403),
    foreign(f"POST {TALK}/transfer", "body:to", "client_id", gives=409),
    foreign(f"POST {TALK}/close", "path:conversation", "lapsed_conversation", but=THEIRS | {"advisor": 403}),
    foreign(f"POST {TALK}/attachments", "path:conversation", "lapsed_conversation",
            but={"client_of_lapsed": 201, "advisor": 403}),
    foreign("GET /api/conversations/{conversation_id}/colleagues", "path:conversation_id", "lapsed_conversation",
            but={"lapsed": 200}),
    foreign("GET /api/attachments/{attachment}", "path:attachment", "her_attachment", but=HERS),
    foreign("GET /api/supervision/conversations/{conversation}/entries", "path:conversation", "client_id"),
    foreign("GET /api/supervision/attachments/{attachment}", "path:attachment", "client_id"),
    foreign("POST /api/supervision/held/{entry}/{decision}", "path:entry", "entry"),
    foreign("GET /api/answers", "query:conversation", "lapsed_conversation", gives=200),
]  # fmt: skip

DISPATCH_IDS = [
    foreign("POST /api/client/requests", "body:conversation", "conversation", but={"client": 200}),
    foreign("GET /api/client/requests/{request_id}", "path:request_id", "pooled_id"),
    foreign("POST /api/client/requests/{request_id}/choice", "path:request_id", "pooled_id"),
    foreign("POST /api/client/requests/{request_id}/slot", "path:request_id", "pooled_id"),
    foreign("POST /api/offers/{offer_id}/accept", "path:offer_id", "his_offer", but={"colleague": 200}),
    foreign("POST /api/offers/{offer_id}/decline", "path:offer_id", "his_offer", but={"colleague": 204}),
    foreign("POST /api/pool/{request_id}/grab", "path:request_id", "client_id", but=dict.fromkeys(SERVING, 404)),
    foreign("GET /api/requests/{request_id}/decision", "path:request_id", "client_id"),
    foreign("GET /api/decisions", "query:after", "client_id", gives=200),
    row("GET /api/decisions", others=404, params={"conversation": "{client_id}"}, state="foreign query:conversation"),
    row("GET /api/decisions", "advisor", "colleague", "supervisor", "operator", others=404,
        params={"conversation": "{asking_conversation}"}, state="of a conversation"),
]  # fmt: skip

REVIEW_IDS = [
    foreign(f"GET {ITEM}", "path:item", "client_id"),
    foreign(f"POST {ITEM}/let-go", "path:item", "client_id"),
    foreign(f"POST {ITEM}/verdict", "path:item", "client_id"),
    foreign("POST /api/review/nudges", "body:conversation", "lapsed_conversation", gives=204),
    foreign("POST /api/review/cases", "body:items[]", "client_id"),
    foreign(f"GET {CASE}", "path:case", "client_id"),
    foreign(f"POST {CASE}/items", "path:case", "client_id"),
    foreign(f"POST {CASE}/items", "body:item", "client_id"),
    foreign(f"POST {CASE}/notes", "path:case", "client_id"),
    foreign(f"POST {CASE}/assign", "path:case", "client_id"),
    foreign(f"POST {CASE}/assign", "body:to", "client_id"),
    foreign(f"POST {CASE}/escalate", "path:case", "client_id"),
    foreign(f"POST {CASE}/close", "path:case", "client_id"),
    foreign("POST /api/review/tickets", "body:client", "staff_id"),
    foreign("POST /api/review/tickets", "body:concerned[]", "client_id"),
    foreign(f"GET {TICKET}", "path:ticket", "client_id"),
    foreign(f"POST {TICKET}/take", "path:ticket", "client_id"),
    foreign(f"POST {TICKET}/notes", "path:ticket", "client_id"),
    foreign(f"POST {TICKET}/close", "path:ticket", "client_id"),
    foreign("POST /api/broadcasts", "body:clients[]", "lapsed_client_id", gives=403),
    foreign("POST /api/breaches", "body:clients[]", "lapsed_entry", gives=422),
    foreign("POST /api/breaches/{breach}/decision", "path:breach", "client_id"),
    foreign("GET /api/broadcasts/{broadcast}/preview", "path:broadcast", "client_id"),
    foreign("POST /api/broadcasts/{broadcast}/decision", "path:broadcast", "client_id"),
    foreign("GET /api/attribution", "query:client", "staff_id"),
    foreign("POST /api/broadcasts", "body:product", "client_id", gives=409),
    foreign("POST /api/broadcasts", "body:group", "client_id", but=dict.fromkeys(SERVING, 404)),
    foreign(f"GET {GROUP}", "path:group", "client_id"),
    foreign("GET /api/client/groups/{group}", "path:group", "client_id"),
    foreign(f"POST {GROUP}/members", "path:group", "client_id"),
    foreign(f"POST {GROUP}/members", "body:clients[]", "lapsed_client_id", gives=403),
    foreign(f"DELETE {GROUP}/members/{{client}}", "path:group", "client_id", but={"client": 404}),
    foreign(f"DELETE {GROUP}/members/{{client}}", "path:client", "lapsed_client_id",
            but={"advisor": 204, "client": 404}),
    foreign(f"GET {POLICY}", "path:policy", "client_id"),
    foreign(f"POST {POLICY}/backtest", "path:policy", "client_id"),
    foreign(f"POST {POLICY}/sample", "path:policy", "client_id"),
    foreign(f"POST {POLICY}/sample", "body:entry", "client_id"),
    foreign(f"POST {POLICY}/decision", "path:policy", "client_id"),
    foreign("PUT /api/client/bars/{staff_id}/{kind}", "path:staff_id", "lapsed_client_id"),
    foreign("DELETE /api/client/bars/{staff_id}/{kind}", "path:staff_id", "lapsed_client_id"),
]  # fmt: skip

FOREIGN: Sequence[Row] = (
    *REVIEW_IDS,
    *STAFF_IDS, *CUSTODY_IDS, *CONNECTION_IDS, *PRODUCT_IDS, *KNOWLEDGE_IDS, *CONVERSATION_IDS, *DISPATCH_IDS,
)  # fmt: skip

# Not an id of ours: what a caller has made up so that a repeated call is known.
FREE = frozenset({"body:client_key"})


def id_places(schema: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Every place of the interface that takes an id: operation, and where in it."""
    parts = schema["components"]["schemas"]
    found = set()
    for path, methods in schema["paths"].items():
        for method, one in methods.items():
            places = {
                f"{p['in']}:{p['name']}"
                for p in one.get("parameters", ())
                if list(_ids(p["schema"], "", parts))
            }
            for kind in one.get("requestBody", {}).get("content", {}).values():
                places |= {f"body:{at}" for at in _ids(kind["schema"], "", parts)}
            found |= {(f"{method.upper()} {path}", place) for place in places - FREE}
    return found


def _ids(schema: Mapping[str, Any], at: str, parts: Mapping[str, Any]) -> Sequence[str]:
    if "$ref" in schema:
        schema = parts[schema["$ref"].rsplit("/", 1)[-1]]
    if schema.get("format") == "uuid":
        return [at]
    found: list[str] = []
    for way in ("anyOf", "oneOf", "allOf"):
        for one in schema.get(way, ()):
            found += _ids(one, at, parts)
    for name, one in schema.get("properties", {}).items():
        found += _ids(one, f"{at}.{name}" if at else name, parts)
    if "items" in schema:
        found += _ids(schema["items"], f"{at}[]", parts)
    return found


async def set_up(callers: Mapping[str, httpx.AsyncClient], ids: dict[str, str]) -> None:
    """What belongs to others: a file, a subscription and a product request of another client, a colleague's offer."""
    her = callers["client_of_lapsed"]
    url = f"/api/conversations/{ids['lapsed_conversation']}/attachments"
    made = await her.post(url, files=FILE)
    ids["her_attachment"] = made.json()["id"]
    body = {"endpoint": "https://push.example/9", "keys": PUSH_KEYS}
    made = await her.post("/api/push/subscriptions", json=body)
    ids["her_subscription"] = made.json()["id"]
    await assess(her, "C2")
    made = await her.post(f"/api/client/products/{ids['risky']}/requests", json={})
    ids["her_product_request"] = made.json()["id"]
    offers = (await callers["colleague"].get("/api/offers")).json()
    ids["his_offer"] = offers["items"][0]["id"]

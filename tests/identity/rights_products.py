"""Rows of the rights table for products and suitability, and what they need on the stage."""

from collections.abc import Mapping
from typing import Any

import httpx

from tests.identity.rights_mutants import admits, always, forgets, mutant
from tests.identity.rights_table import CLIENTS, EDITORS, FILE, MISSING, OVERSEERS, STAFF, row
from tests.suitability.cast import PRODUCT, assess

# PART-01: partners have no part in products.
OWN_STAFF = tuple(one for one in STAFF if one != "partner")
ASSESSED = ("client", "client_of_lapsed")
OTHERS = tuple(one for one in CLIENTS if one != "client")
FOREIGN = dict.fromkeys(OTHERS, 404)
MAKERS = (*EDITORS, "administrator")
LIST = b"code,name,kind,risk,goals,risk_points,effective_from\nL1,A,bond,R1,income,x,2026-01-01\n"
RISKY = {"product": "{risky}"}
ASKED = {"request_id": "{product_request}"}
NOTE = {"answer": "conditions met", "accepted": True}
PROOF = {"licensed_institution": True, "basis": "licence of the institution"}
PAY = {"content": {"weights": {"response": 100}}, "effective_from": "2027-01-01"}

PRODUCTS = [
    row("GET /api/products", OWN_STAFF),
    row("POST /api/products", MAKERS, gives=201, json=PRODUCT | {"code": "NEW1"}),
    row("POST /api/products/approvals", "editor", "supervisor",
        json={"products": [{"id": "{proposed}", "version": 1}]}),
    row("POST /api/products/import", MAKERS, files={"file": ("p.csv", LIST)}),
    row("GET /api/products/{product}", OWN_STAFF, others=404),
    row("GET /api/products/{product}", MAKERS, "supervisor", "examiner", others=404,
        ids={"product": "{proposed}"}, state="proposed"),
    row("POST /api/products/{product}/versions", MAKERS, gives=201, json=PRODUCT),
    row("POST /api/products/{product}/versions/{number}/decision", "editor", "supervisor",
        ids={"product": "{proposed}"}, json={"approved": True}),
]  # fmt: skip

SUITABILITY = [
    row("GET /api/client/suitability", CLIENTS),
    row("GET /api/client/questionnaire", CLIENTS),
    row("POST /api/client/assessments", CLIENTS, gives=201, json={"version": 1, "answers": {}}),
    row("DELETE /api/client/assessments", ASSESSED, gives=204, but=FOREIGN),
    row("GET /api/client/shelf", CLIENTS),
    row("GET /api/client/products/{product}", CLIENTS),
    row("POST /api/client/products/{product}/requests", ASSESSED, gives=201, ids=RISKY, json={}),
    row("POST /api/client/products/{product}/order-check", ASSESSED, json={"amount": 1}),
    row("GET /api/client/product-requests/{request_id}", "client", but=FOREIGN, ids=ASKED),
    row("POST /api/client/product-requests/{request_id}/warning", "client", but=FOREIGN, ids=ASKED),
    row("POST /api/client/product-requests/{request_id}/confirm", "client", gives=409, but=FOREIGN,
        ids=ASKED, json={"typed": "x", "scrolled": True}),
    row("DELETE /api/client/product-requests/{request_id}", "client", but=FOREIGN, ids=ASKED),
    row("GET /api/client/professional", CLIENTS),
    row("POST /api/client/professional", CLIENTS, gives=409, json={"confirms": False, "answers": {}}),
    row("POST /api/client/professional/proofs", CLIENTS, gives=201, files=FILE),
    row("GET /api/suitability/proofs/{proof}", "client", "supervisor", others=404),
    row("DELETE /api/client/professional", CLIENTS, gives=404),
    row("GET /api/clients/{client_id}/suitability", "advisor", "supervisor", others=404),
    row("POST /api/clients/{client_id}/professional", "supervisor", gives=201, json=PROOF),
    row("GET /api/suitability/applications", "supervisor"),
    row("POST /api/suitability/applications/{application}/answer", "supervisor", gives=404,
        ids={"application": MISSING}, json=NOTE),
    row("GET /api/suitability/callbacks", "supervisor", "operator"),
    row("POST /api/suitability/requests/{request_id}/callback", "supervisor", "operator",
        ids=ASKED, json={"insists": False}),
    # An examiner has what his grant opens, and nobody has given him one (tests/suitability/test_examined.py).
    row("GET /api/suitability/alerts", "supervisor"),
    row("GET /api/suitability/documents", OVERSEERS, EDITORS, "examiner"),
    row("POST /api/suitability/documents/{kind}", MAKERS, gives=201, ids={"kind": "incentive"}, json=PAY),
    row("POST /api/suitability/documents/{kind}/{number}/decision", "supervisor", gives=409,
        ids={"kind": "incentive"}, json={"approved": True}),
    row("GET /api/suitability/decisions/{decision}/replay", "supervisor",
        ids={"decision": "{match}"}),
    row("GET /api/suitability/dossier", "supervisor",
        params={"client": "{client_id}", "product": "{product}"}),
]  # fmt: skip


BROKEN = [
    mutant("products:may_make", admits("operator"), "POST /api/products"),
    mutant("products:may_make", always(True), "POST /api/products/import"),
    mutant("products:may_check", admits("administrator"), "POST /api/products/{product}/versions/{number}/decision"),
    mutant("products:check_decision", always(None), "POST /api/products/approvals"),
    mutant("products:may_read", always(True), "GET /api/products"),
    mutant("suitability:check_client_alone", always(None), "GET /api/client/suitability"),
    mutant("suitability:may_configure", admits("supervisor"), "POST /api/suitability/documents/{kind}"),
    mutant("suitability:may_approve", admits("editor"), "POST /api/clients/{client_id}/professional"),
    mutant("suitability:may_read_documents", forgets("operator"), "GET /api/suitability/documents"),
    mutant("suitability:may_prove", admits("operator"), "GET /api/suitability/dossier"),
    mutant("suitability:may_call_back", admits("advisor"), "POST /api/suitability/requests/{request_id}/callback"),
]  # fmt: skip


async def set_up(callers: Mapping[str, httpx.AsyncClient], ids: dict[str, str]) -> None:
    """A product in force, one too risky for the assessed client, one that waits; her own request for the risky one."""
    for name, risk in (("product", 2), ("risky", 3), ("proposed", 1)):
        made = await callers["writer"].post(
            "/api/products", json=PRODUCT | {"code": name, "risk": risk}
        )
        assert made.status_code == 201, made.text
        ids[name] = made.json()["id"]
        if name != "proposed":
            url = f"/api/products/{ids[name]}/versions/1/decision"
            answer = await callers["editor"].post(url, json={"approved": True})
            assert answer.status_code == 200, answer.text
    await assess(callers["client"], "C2")
    asked = await callers["client"].post(f"/api/client/products/{ids['risky']}/requests", json={})
    assert asked.status_code == 201, asked.text
    ids["product_request"] = asked.json()["id"]
    proof: Mapping[str, Any] = {"client": ids["client_id"], "product": ids["risky"]}
    found = await callers["supervisor"].get("/api/suitability/dossier", params=proof)
    ids["match"] = found.json()["decisions"][0]["id"]
    handed = await callers["client"].post("/api/client/professional/proofs", files=FILE)
    assert handed.status_code == 201, handed.text
    ids["proof"] = handed.json()["id"]

"""Who may do what, in which state: written by hand, row by row, and never generated from the code.

Sources: the roles and rules of ARCHITECTURE.md; LIC-01..05 and CONN-01..04. A row names an operation, who may do it
(with the status he gets when it is not 200), and what everybody else who is signed in gets: 403 where the operation is
not for his role, 404 where he may not even learn that the thing exists. Whoever is not signed in gets 401, unless the
row says otherwise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.identity.rights_stage import ENTRY, MISSING, picture

# -- callers -------------------------------------------------------------------------------------------------------
# `advisor` handles the conversation with `client`; `lapsed`, `parted` and `resting` have one each: a licence that
# ended, a connection that was dissolved (`colleague` succeeds), one that is suspended. `asking` waits for a person: her
# request is on offer to `advisor` and `colleague`. `writer` is the editor who wrote the entries.
CLIENTS = ("client", "client_of_lapsed", "client_of_parted", "client_of_resting", "asking")
SERVING = ("advisor", "colleague", "lapsed", "parted", "resting", "manager", "agent")
OFFICE = ("partner", "supervisor", "examiner", "operator", "editor", "writer", "administrator")
STAFF = SERVING + OFFICE
SIGNED = ("visitor", *CLIENTS, *STAFF)
EVERYBODY = ("nobody", *SIGNED)
EDITORS = ("editor", "writer")
OVERSEERS = ("supervisor", "operator", "administrator")


@dataclass(frozen=True)
class Row:
    """One operation on one state: what each caller gets."""

    operation: str
    allowed: Mapping[str, int]
    others: int
    but: Mapping[str, int]
    request: Mapping[str, Any]
    ids: Mapping[str, str] = field(default_factory=dict)
    state: str = ""

    def expected(self, caller: str) -> int:
        """The status that `caller` gets."""
        if caller in self.allowed:
            return self.allowed[caller]
        if caller in self.but:
            return self.but[caller]
        return 401 if caller == "nobody" else self.others


def row(
    operation: str,
    *allowed: str | Sequence[str],
    gives: int = 200,
    others: int = 403,
    but: Mapping[str, int] | None = None,
    ids: Mapping[str, str] | None = None,
    state: str = "",
    **request: Any,
) -> Row:
    """A row; `gives` is the status of those who may, `but` names who gets something else."""
    names = [name for one in allowed for name in ((one,) if isinstance(one, str) else one)]
    return Row(operation, dict.fromkeys(names, gives), others, but or {}, request, ids or {}, state)


def key() -> str:
    """A fresh retry key."""
    return str(uuid4())


def entry(text: str = "您好", stream: str = "shared") -> dict[str, Any]:
    """A message."""
    return {"client_key": key(), "stream": stream, "body": {"text": text}}


def of(name: str) -> dict[str, str]:
    """The conversation of `name` instead of the advisor's."""
    return {"conversation": f"{{{name}_conversation}}", "client_id": f"{{{name}_client_id}}"}


# Staff who have no place in a conversation learn that they have none; clients, not even that it exists.
STRANGERS = dict.fromkeys(STAFF, 403)
# The receiver of RFC 8291, appendix A.
PUSH_KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
CARD = {"kind": "page", "url": "https://www.example-broker.test/a", "title": "基金"}
FILE = {"file": ("a.png", picture(), "image/png")}
BOOK = {"file": ("b.csv", b"client_no,client_name,employee_no,assigned_on\n")}
CSV = {"file": ("a.csv", b"login,name\n")}
REASON = {"reason": "x"}
STAFF_BODY = {"login": "fresh", "name": "新人", "roles": ["editor"]}

COMING_IN = [
    row("POST /api/sign-in", EVERYBODY, gives=401, json={"login": "x", "password": "y"}),
    row("POST /api/sign-in/totp", EVERYBODY, gives=401, json={"challenge": "x", "code": "1"}),
    row("POST /api/sign-in/recovery", EVERYBODY, gives=401, json={"challenge": "x", "code": "1"}),
    row("POST /api/invitations/accept", EVERYBODY, gives=401,
        json={"token": "x", "password": "long enough password"}),
    row("GET /api/sign-in/providers", EVERYBODY),
    row("GET /api/oidc/{provider_id}/start", EVERYBODY, gives=404),
    row("GET /api/oidc/{provider_id}/callback", EVERYBODY, gives=303),
    row("POST /api/embed/session", EVERYBODY, gives=401, json={"token": "x"}),
    row("POST /api/embed/visitor", EVERYBODY, json={}),
    row("POST /api/sign-out", EVERYBODY, gives=204),
    row("POST /api/socket-ticket", SIGNED),
    row("GET /api/me", SIGNED),
    row("PATCH /api/me", SIGNED, json={"language": "en"}),
    # Nobody here has a password to change; who has one is in test_passwords.py.
    row("POST /api/me/password", others=403, json={"current": "x", "password": "y"}),
    row("PATCH /api/me", SERVING, json={"capacity": 3}, state="capacity"),
]  # fmt: skip

PUBLIC = [
    row("GET /api/public/firm", EVERYBODY),
    row("GET /api/public/verify/{code}", EVERYBODY),
    row("POST /api/public/reports", EVERYBODY, gives=204, json={"code": "S1", "text": "x"}),
    row("GET /api/people/{person_id}/photo", EVERYBODY),
    row("GET /log/checkpoint", EVERYBODY, gives=404),  # nothing is in the log yet
    row("GET /log/vkey", EVERYBODY),
    row("GET /log/tile/{path}", EVERYBODY, gives=404, ids={"path": "0/000"}),
    row("GET /log/tile/entries/{path}", "supervisor", "examiner", gives=404, ids={"path": "000"}),
]

ADMINISTRATION = [
    row("GET /api/staff", OVERSEERS),
    row("POST /api/staff", "administrator", gives=201, json=STAFF_BODY | {"branch": "{branch_id}"}),
    row("POST /api/staff/import", "administrator", files=CSV),
    row("GET /api/hr/events", "administrator"),
    row("POST /api/hr/import", "administrator", files=CSV),
    row("POST /api/hr/events", others=401, but=dict.fromkeys(EVERYBODY, 401), json={"events": []}),
    row("GET /api/staff/{staff_id}", OVERSEERS),
    row("PATCH /api/staff/{staff_id}", "administrator", json={"capacity": 3}),
    row("POST /api/staff/{staff_id}/invite", "administrator"),
    row("POST /api/staff/{staff_id}/lock", "administrator"),
    row("POST /api/staff/{staff_id}/unlock", "administrator"),
    row("POST /api/staff/{staff_id}/reset-totp", "administrator"),
    row("POST /api/staff/{staff_id}/suspend", "administrator", json=REASON),
    row("POST /api/staff/{staff_id}/reinstate", "administrator", json=REASON),
    row("POST /api/staff/{staff_id}/leave", "administrator", json=REASON),
    row("PUT /api/staff/{staff_id}/photo", "administrator", "manager", files=FILE),
    row("DELETE /api/staff/{staff_id}/photo", "administrator", "manager"),
    row("GET /api/staff/{staff_id}/licences", OVERSEERS, "manager"),
    row("POST /api/staff/{staff_id}/licences", "administrator", gives=201,
        json={"type": "fund", "number": "1", "valid_from": "2026-01-01", "valid_to": "2027-01-01"}),
    row("PATCH /api/licences/{licence_id}", "administrator", json={"status": "suspended"}),
    row("GET /api/branches", SIGNED),
    row("POST /api/branches", "administrator", gives=201,
        json={"code": "X1", "name": "新部", "name_en": "New"}),
    row("PATCH /api/branches/{branch_id}", "administrator", json={"region": "x"}),
    row("GET /api/issuers", "administrator"),
    row("POST /api/issuers", "administrator", gives=201,
        json={"issuer": "https://i.test", "key_id": "1", "algorithm": "HS256", "key": "A" * 43 + "="}),
    row("PATCH /api/issuers", "administrator", gives=204,
        json={"issuer": "https://www.example-broker.test", "key_id": "1", "active": False}),
    row("GET /api/origins", "administrator"),
    row("POST /api/origins", "administrator", gives=201, json={"origin": "https://o.test"}),
    row("DELETE /api/origins", "administrator", gives=204,
        params={"origin": "https://www.example-broker.test"}),
    row("GET /api/branches/{branch_id}/hours", SIGNED),
    row("PUT /api/branches/{branch_id}/hours", "administrator", json={"week": []}),
    row("GET /api/calendar", SIGNED, params={"first": "2026-12-01", "last": "2026-12-31"}),
    row("PUT /api/calendar", "administrator",
        json={"days": [{"day": "2027-01-01", "trading": False, "working": False}]}),
    row("DELETE /api/calendar/{day}", "administrator", gives=204),
    row("GET /api/notices", "operator", "administrator"),
]  # fmt: skip

CONNECTIONS = [
    row("GET /api/connections", OVERSEERS),
    row("POST /api/connections/import", "administrator", files=BOOK),
    row("POST /api/connections/{connection_id}/dissolve", "administrator",
        json={"reason": "reassigned"}),
    row("POST /api/connections/{connection_id}/suspend", "administrator",
        json={"reason": "compliance"}),
    row("POST /api/connections/{connection_id}/resume", "administrator",
        ids={"connection_id": "{resting_connection_id}"}),
    row("POST /api/handovers", "administrator", json={"staff": "{colleague}", "dry_run": True}),
    row("GET /api/handovers", OVERSEERS),
    row("GET /api/handovers/{handover_id}", OVERSEERS),
    row("GET /api/handovers/{handover_id}/clients", OVERSEERS),
    row("POST /api/handovers/{handover_id}/cancel", "administrator"),
    row("POST /api/handovers/{handover_id}/successor", "administrator", gives=409, json={"successor": "{colleague}"}),
    row("GET /api/client/handover", CLIENTS),
    row("POST /api/client/handover", CLIENTS, gives=409, json={"wish": "agreed"}),
    row("GET /api/clients", SERVING),
    row("GET /api/clients/{client_id}", "advisor", "supervisor", others=404),
    row("GET /api/clients/{client_id}", "colleague", "supervisor", others=404, ids=of("parted"),
        state="parted"),
    row("GET /api/greetings", SERVING),
    row("GET /api/greetings/queued", SERVING),
    row("DELETE /api/greetings/queued/{greeting}", (), others=404),
    row("PUT /api/client/bars/{staff_id}/{kind}", gives=204, ids={"kind": "mute"},
        but=dict.fromkeys(CLIENTS, 404)),
    row("DELETE /api/client/bars/{staff_id}/{kind}", gives=204, ids={"kind": "mute"},
        but=dict.fromkeys(CLIENTS, 404)),
    row("GET /api/client/consents", CLIENTS),
    row("PUT /api/client/consents/{purpose}", CLIENTS, ids={"purpose": "marketing"},
        json={"given": False, "version": "x"}),
    row("GET /api/client/portrait", CLIENTS),
    row("POST /api/client/copies", CLIENTS, json={"format": "json"}),
    row("GET /api/funnel", OVERSEERS),
    row("POST /api/clients/{client_id}/greet", "colleague", gives=201, ids=of("parted"),
        but=dict.fromkeys(set(SERVING) - {"colleague"}, 404), json={"template": "anti-fraud"},
        state="assigned to a successor"),
    row("GET /api/client/advisor/choices", SIGNED),  # to others than clients, none
    row("POST /api/client/advisor/decline", "client_of_parted",
        but=dict.fromkeys(set(CLIENTS) - {"client_of_parted"}, 404), json={}),
]  # fmt: skip

TOMORROW = 1_795_485_600_000  # 2026-11-24 10:00 in Shanghai, a day after the tests' clock
LATER = {"body": {"text": "明早联系您"}, "send_at": TOMORROW}
TALK = "/api/conversations/{conversation}"
CONVERSATIONS = [
    row(f"GET {TALK}", "client", "advisor", others=404),
    row(f"GET {TALK}", "client_of_lapsed", "lapsed", others=404, ids=of("lapsed"), state="lapsed"),
    row(f"GET {TALK}", "client_of_parted", others=404, ids=of("parted"), state="parted"),
    row(f"GET {TALK}/entries", "client", "advisor", others=404),
    row(f"GET {TALK}/entries", "advisor", others=404,
        params={"stream": "internal"}, state="internal"),
    row(f"GET {TALK}/entries", "client_of_parted", others=404, ids=of("parted"), state="parted"),
    row(f"POST {TALK}/entries", "client", "advisor", others=404, but=STRANGERS, json=entry()),
    row(f"POST {TALK}/entries", "client_of_lapsed", others=404, json=entry(), ids=of("lapsed"),
        but=STRANGERS, state="lapsed"),
    row(f"POST {TALK}/entries", "client_of_parted", others=404, json=entry(), ids=of("parted"),
        but=STRANGERS, state="parted"),
    row(f"POST {TALK}/entries", "client_of_resting", others=404, json=entry(), ids=of("resting"),
        but=STRANGERS, state="resting"),
    row(f"POST {TALK}/entries", "advisor", others=404, but=STRANGERS | {"client": 403},
        json=entry(stream="internal"), state="note"),
    row(f"POST {TALK}/entries/{{entry}}", "advisor", others=404, but=STRANGERS | {"client": 403},
        json={"client_key": key(), "body": {"text": "改正"}}),
    row(f"POST {TALK}/forward", "client", "advisor", others=404,
        json={"client_key": key(), "entry": "{card_entry}", "card": CARD}),
    # Of whoever has no place there, nothing is kept: test_receipts in tests/conversations.
    row(f"POST {TALK}/read", SIGNED, gives=204, json={"no": 1}),
    row(f"PUT {TALK}/later", "advisor", others=404, json={"until": TOMORROW}),
    row(f"DELETE {TALK}/later", "advisor", gives=204, others=404),
    row(f"POST {TALK}/scheduled", "advisor", gives=201, others=404, json=LATER | {"client_key": key()}),
    row(f"GET {TALK}/scheduled", "advisor", others=404),
    row("GET /api/scheduled", SERVING),
    row("PUT /api/scheduled/{message}", "advisor", others=404, json=LATER),
    row("DELETE /api/scheduled/{message}", "advisor", gives=204, others=404),
    row(f"POST {TALK}/transfer", "advisor", gives=204,
        json={"to": "{colleague}", "note": "请接手"}),
    row(f"POST {TALK}/close", "client", "advisor", others=404, but=STRANGERS),
    row(f"POST {TALK}/attachments", "client", "advisor", gives=201, others=404, but=STRANGERS,
        files=FILE),
    row("GET /api/conversations/{conversation_id}/colleagues", "advisor", others=404),
    row("GET /api/attachments/{attachment}", "client", "advisor", others=404),
    row("GET /api/conversations", SIGNED),
    row("GET /api/search", SIGNED, params={"q": "您好"}),
    row("POST /api/judge", CLIENTS, STAFF, json={"text": "稳赚不赔"}),
]  # fmt: skip

CLIENT_SIDE = [
    row("GET /api/client/home", "visitor", CLIENTS),
    row("POST /api/client/notice", "visitor", CLIENTS, json={"version": "2026-11"}),
    row("POST /api/client/conversations", "visitor", CLIENTS, json={"with": "assistant"}),
    row("POST /api/client/conversations", CLIENTS, json={"with": "person"}, state="person"),
    row(f"POST {TALK.replace('/api', '/api/client')}/rating", "client", gives=409,
        others=404, json={"stars": 5}),
    row("POST /api/client/requests", "asking", others=403,
        but=dict.fromkeys(set(CLIENTS) - {"asking"}, 404),
        json={"conversation": "{asking_conversation}"}),
    row("GET /api/client/requests/{request_id}", "asking", others=404),
    row("POST /api/client/requests/{request_id}/choice", "asking", others=404,
        json={"choice": "cancel"}),
    row("GET /api/client/entries/{entry}/receipt", gives=404, others=404, ids={"entry": MISSING}),
    row("GET /api/client/slots", CLIENTS),
    row("GET /api/client/contact", CLIENTS),
    row("PUT /api/client/contact", CLIENTS, json={"greetings": False}),
    row("POST /api/client/requests/{request_id}/slot", "asking", gives=409, others=404,
        json={"starts_at": 1}),
]  # fmt: skip

DISPATCH = [
    row("GET /api/offers", SERVING),
    row("POST /api/offers/{offer_id}/accept", "advisor",
        but=dict.fromkeys(set(SERVING) - {"advisor"}, 404)),
    row("POST /api/offers/{offer_id}/decline", "advisor", gives=204,
        but=dict.fromkeys(set(SERVING) - {"advisor"}, 404), json={"reason": "busy"}),
    row("GET /api/pool", SERVING),
    row("POST /api/pool/{request_id}/grab", "advisor", "colleague", json={"client_key": key()},
        ids={"request_id": "{pooled_id}"},
        but={name: 403 for name in SERVING if name not in ("advisor", "colleague")}),
    row("GET /api/presence", SERVING),
    row("PUT /api/presence", SERVING, json={"status": "online"}),
    row("GET /api/requests/{request_id}/decision", "advisor", "colleague", "supervisor", "operator",
        others=404),
    row("GET /api/decisions", "supervisor", "operator"),
    row("GET /api/board", OVERSEERS),
    row("GET /api/rehearsal", OVERSEERS),
    row("PUT /api/rehearsal", "operator", json={"running": True}),
    row("GET /api/records/count", OVERSEERS, "examiner"),
    row("GET /api/board/list", OVERSEERS, params={"kind": "waiting"}),
]  # fmt: skip

KNOWLEDGE = [
    row("GET /api/knowledge", STAFF),
    row("GET /api/knowledge/{entry_id}", SIGNED, ids={"entry_id": "{valid_entry_id}"}),
    row("GET /api/knowledge/{entry_id}", EDITORS, "supervisor", others=404, state="in review"),
    row("POST /api/knowledge", EDITORS, gives=201, json=ENTRY | {"slug": "fresh"}),
    row("POST /api/knowledge/{entry_id}/versions", EDITORS, gives=201, json=ENTRY,
        ids={"entry_id": "{valid_entry_id}"}),
    row("POST /api/knowledge/{entry_id}/versions/{number}/submit", EDITORS,
        ids={"entry_id": "{draft_id}"}),
    row("POST /api/knowledge/{entry_id}/versions/{number}/approve", "editor", "supervisor", json={}),
    row("POST /api/knowledge/{entry_id}/versions/{number}/return", "editor", "supervisor", json={"note": "x"}),
    row("POST /api/knowledge/{entry_id}/retire", EDITORS, json={"note": "x"},
        ids={"entry_id": "{valid_entry_id}"}),
    row("POST /api/knowledge/import", EDITORS, gives=201,
        json={"entries": [ENTRY | {"slug": "brought-in"}]}),
    row("POST /api/knowledge/approvals", "editor", "supervisor",
        json={"entries": [{"id": "{entry_id}", "version": 1}]}),
    row("GET /api/answers", STAFF, params={"q": "赎回"}),
]  # fmt: skip

PURPOSE = {"purpose": "例行抽查第三季度会话"}
SUPERVISION = [
    row("GET /api/supervision/conversations", "supervisor", params=PURPOSE),
    row("GET /api/supervision/conversations/{conversation}/entries", "supervisor", params=PURPOSE),
    row("GET /api/supervision/attachments/{attachment}", "supervisor", params=PURPOSE),
    row("GET /api/supervision/held", "supervisor"),
    row("POST /api/supervision/held/{entry}/{decision}", "supervisor", gives=404,
        json={"note": "x"}, ids={"entry": MISSING}),
]  # fmt: skip

CUSTODY = [
    row("GET /api/custody/audits", OVERSEERS, "examiner"),
    row("POST /api/custody/audits", OVERSEERS, gives=202),
    row("GET /api/custody/health", OVERSEERS, "examiner"),
    # An examiner without a grant has no more rights than anybody else: each of his 403 says so.
    row("GET /api/custody/records", "supervisor", params=PURPOSE),
    row("GET /api/custody/records/{record}", "supervisor", gives=404, params=PURPOSE,
        ids={"record": MISSING}),
    row("GET /api/custody/records/{record}/proof", "supervisor", gives=404, params=PURPOSE,
        ids={"record": MISSING}),
    row("POST /api/custody/dossiers", "supervisor", json={"client": "{client_id}", **PURPOSE}),
    row("GET /api/custody/looks", "supervisor"),
    row("POST /api/custody/exports", "supervisor", gives=202, json={"format": "csv", **PURPOSE}),
    row("GET /api/custody/exports", "supervisor", "examiner"),
    row("GET /api/custody/exports/{export}/file", gives=404, others=404, ids={"export": MISSING}),
    row("POST /api/custody/grants", "supervisor", gives=422,
        json={"examiner": MISSING, "starts_at": 0, "ends_at": 1, **PURPOSE}),
    row("GET /api/custody/grants", "supervisor", "examiner"),
    row("GET /api/custody/retention", OVERSEERS, "examiner"),
    row("GET /api/custody/clients", "supervisor", gives=404, params={"ref": "nobody"}),
    row("GET /api/custody/clients/{client_id}", "supervisor"),
    row("POST /api/custody/clients/{client_id}/restrict", "supervisor", json={"basis": "依法删除"}),
    row("GET /api/custody/holds", "supervisor"),
    row("POST /api/custody/holds", "supervisor", gives=201,
        json={"client": "{client_id}", "reason": "诉讼保全", "basis": "法院通知"}),
    row("POST /api/custody/holds/{hold}/release", "supervisor", gives=404, json={"reason": "已结束"},
        ids={"hold": MISSING}),
    row("GET /api/custody/destructions", "supervisor"),
    row("POST /api/custody/destructions", "supervisor", gives=409,
        json={"client": "{client_id}", "reason": "期满销毁"}),
    row("POST /api/custody/destructions/{destruction}/decide", "supervisor", gives=404,
        json={"approve": True}, ids={"destruction": MISSING}),
    row("POST /api/custody/grants/{grant}/revoke", "supervisor", gives=404, ids={"grant": MISSING}),
]  # fmt: skip

NOTICES = [
    row("GET /api/push/key", EVERYBODY),
    row(
        "POST /api/push/subscriptions",
        CLIENTS,
        STAFF,
        gives=201,
        json={"endpoint": "https://push.example/1", "keys": PUSH_KEYS},
    ),
    row("DELETE /api/push/subscriptions/{subscription_id}", gives=404, others=404),
]

TABLE: Sequence[Row] = (
    *COMING_IN, *PUBLIC, *ADMINISTRATION, *CONNECTIONS, *CONVERSATIONS, *CLIENT_SIDE, *DISPATCH,
    *KNOWLEDGE, *SUPERVISION, *CUSTODY, *NOTICES,
)  # fmt: skip

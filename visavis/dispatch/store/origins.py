"""What dispatch keeps as evidence, for the audit of completeness: requests, offers, decisions, claims."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from visavis.archive.types import Erasure, Holding, Origin

REQUESTS = """
SELECT NULL::uuid AS record_id, id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, 'conversation', conversation_id, '@env', environment) AS says
FROM request
"""

OFFERS = """
SELECT record_id, record_id::text AS thread, id::text AS key,
    jsonb_build_object('@object', request_id, 'offer', id, 'advisor', advisor_id, 'rank', rank, 'of', of,
        'decision', decision_id, 'why', coalesce((SELECT jsonb_agg(one -> 'code' ORDER BY at)
            FROM jsonb_array_elements(why) WITH ORDINALITY AS each (one, at)), '[]')) AS says
FROM offer
"""

DECISIONS = """
SELECT record_id, record_id::text AS thread, id::text AS key,
    jsonb_build_object('@object', request_id, 'decision', id, 'mode', mode, 'stage', stage, 'policy', policy_version,
        'chosen', chosen, 'candidates', candidates) AS says
FROM decision
"""

CLAIMS = """
SELECT record_id, record_id::text AS thread, id::text AS key,
    jsonb_build_object('@object', request_id, 'advisor', advisor_id, 'client_key', client_key,
        'conversation', conversation_id, 'waited_ms', round(waited_s * 1000)::bigint) AS says
FROM claim
"""


def digested(says: Mapping[str, Any]) -> Mapping[str, Any]:
    """The candidates of a decision as the record holds them: by their digest."""
    kept = msgspec.json.encode(says["candidates"], order="deterministic")
    rest = {key: value for key, value in says.items() if key != "candidates"}
    return {**rest, "candidates_sha256": hashlib.sha256(kept).hexdigest()}


ORIGINS = (
    Origin("request", frozenset({"request"}), "{@object}", REQUESTS),
    Origin("offer", frozenset({"offer"}), "{@record}", OFFERS),
    Origin("decision", frozenset({"decision"}), "{@record}", DECISIONS, derive=digested),
    Origin("claim", frozenset({"claim"}), "{@record}", CLAIMS),
)

_REQUESTS = "request_id IN (SELECT id FROM request WHERE client_id = $1)"

ERASURES = (
    Erasure("offer", f"DELETE FROM offer WHERE {_REQUESTS}"),
    Erasure("claim", f"DELETE FROM claim WHERE {_REQUESTS}"),
    Erasure("decision", f"DELETE FROM decision WHERE {_REQUESTS}"),
    Erasure("request", "DELETE FROM request WHERE client_id = $1"),
)

SERVED = """
SELECT r.topic, r.language, r.capability, r.summary, r.wait_for, r.state, r.opened_at, r.accepted_at, r.answered_at,
    r.ended_at, r.slot_at, p.name AS staff_name, s.registration_code AS staff_code
FROM request AS r LEFT JOIN person AS p ON p.id = r.advisor_id LEFT JOIN staff AS s ON s.person_id = r.advisor_id
WHERE r.client_id = $1 ORDER BY r.opened_at
"""

HOLDINGS = (Holding("requests", "derived", SERVED, "messages"),)

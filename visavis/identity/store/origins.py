"""What identity keeps as evidence, for the audit of completeness: reports, licences, the HR system's news."""

from visavis.archive.types import Erasure, Holding, Origin

REPORTS = """
SELECT record_id, record_id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, 'code', code, 'text', text) AS says
FROM public_report
"""

LICENCES = """
SELECT NULL::uuid AS record_id, id::text AS thread, id::text AS key,
    jsonb_build_object('@object', staff_id, 'type', type, 'number', number, 'source', source,
        'valid_from', valid_from, 'valid_to', valid_to, 'status',
        CASE WHEN status = 'active' THEN '{"$in": ["active", null]}' ELSE to_jsonb(status) END) AS says
FROM licence
"""

NEWS = """
SELECT record_id, record_id::text AS thread, id AS key,
    jsonb_build_object('@object', staff_id, 'event', id, 'kind', kind, 'effective_on', effective_on,
        'source', source) AS says
FROM hr_event
"""

# Who may do what. An act that changes several things names those alone that it changed.
STAFF = """
SELECT NULL::uuid AS record_id, person_id::text AS thread, login AS key,
    jsonb_build_object('@object', person_id, '@env', p.environment, 'login', login,
        'roles', (SELECT jsonb_agg(one ORDER BY one COLLATE "C") FROM unnest(roles) AS one), 'branch', staff.branch_id,
        'code', registration_code, 'employee_no', employee_no,
        'area', CASE area WHEN '{}' THEN '{"$in": [[], null]}' ELSE to_jsonb(area) END, 'status',
        CASE p.status WHEN 'active' THEN '{"$in": ["active", null]}' ELSE to_jsonb(p.status) END) AS says
FROM staff LEFT JOIN person AS p ON p.id = person_id
"""
STAFF_KINDS = frozenset(
    f"staff_{one}" for one in ("added", "changed", "suspended", "reinstated", "left")
)

# Whose data is kept for the law's sake alone, until nothing of him is left to say.
RESTRICTED = """
SELECT NULL::uuid AS record_id, id::text AS thread, id::text AS key, jsonb_build_object('@object', id) AS says
FROM person WHERE status = 'restricted' AND (name <> '' OR external_ref IS NOT NULL)
"""

BRANCHES = """
SELECT NULL::uuid AS record_id, id::text AS thread, code AS key,
    jsonb_build_object('@object', id, 'code', code, 'name', name, 'name_en', name_en, 'region', region) AS says
FROM branch
"""

# Who may vouch for clients, with the digest of the key as it is kept.
ISSUERS = """
SELECT NULL::uuid AS record_id, format('%s %s', issuer, key_id) AS thread, format('%s %s', issuer, key_id) AS key,
    jsonb_build_object('issuer', issuer, 'key', key_id, 'algorithm', algorithm, 'for', environment,
        'digest', encode(sha256(convert_to(public_key, 'UTF8')), 'hex'),
        'active', CASE WHEN active THEN '{"$in": [true, null]}' ELSE to_jsonb(active) END) AS says
FROM embed_issuer
"""

PAGES = """
SELECT NULL::uuid AS record_id, origin AS thread, origin AS key, jsonb_build_object('origin', origin) AS says
FROM embed_origin
"""

CONSENTS = """
SELECT record_id, record_id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, 'client', client_id, 'purpose', purpose, 'given', given, 'version', version,
        'text', encode(text_digest, 'hex'), 'language', language) AS says
FROM consent
"""

ORIGINS = (
    Origin("staff", STAFF_KINDS, "{@object}", STAFF),
    Origin("person.restricted", frozenset({"client_restricted"}), "{@object}", RESTRICTED),
    Origin("branch", frozenset({"branch_added", "branch_changed"}), "{@object}", BRANCHES),
    Origin(
        "embed_issuer", frozenset({"issuer_added", "issuer_changed"}), "{issuer} {key}", ISSUERS
    ),
    Origin(
        "embed_origin",
        frozenset({"origin_added", "origin_removed"}),
        "{origin}",
        PAGES,
        ends=frozenset({"origin_removed"}),
    ),
    Origin("hr_event", frozenset({"hr_event"}), "{@record}", NEWS),
    Origin("public_report", frozenset({"public_report"}), "{@record}", REPORTS),
    Origin("consent", frozenset({"consent"}), "{@record}", CONSENTS),
    Origin("licence", frozenset({"licence_added", "licence_changed"}), "{licence}", LICENCES),
)

# What stays of a client is a number: the record's pseudonym, without name and without the broker's reference.
ERASURES = (
    Erasure("consent", "DELETE FROM consent WHERE client_id = $1"),
    Erasure("login_session", "DELETE FROM login_session WHERE person_id = $1"),
    Erasure("one_time_token", "DELETE FROM one_time_token WHERE person_id = $1"),
    Erasure(
        "person",
        "UPDATE person SET name = '', name_en = '', external_ref = NULL, language = 'zh-CN' WHERE id = $1",
    ),
)

# What a client is shown of himself and may take home.
HOLDINGS = (
    Holding("person", "given", "SELECT name, name_en, language, external_ref AS client_number, created_at FROM person"
            " WHERE id = $1"),
    Holding("consents", "given", "SELECT purpose, given, version, language, at FROM consent WHERE client_id = $1"
            " ORDER BY at"),
    Holding("sessions", "observed", "SELECT created_at, expires_at FROM login_session WHERE person_id = $1"
            " ORDER BY created_at"),
)  # fmt: skip

"""What connections keep as evidence, for the audit of completeness."""

from visavis.archive.types import Erasure, Holding, Origin

# The reason stays with a row that rests or has ended; a resumed one has none.
CONNECTIONS = """
SELECT record_id, id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, 'client', client_id, 'staff', staff_id, 'tie', tie, 'basis', basis,
        'state', state, '@env', environment)
    || CASE WHEN state IN ('suspended', 'dissolved') THEN jsonb_build_object('reason', reason) ELSE '{}' END AS says
FROM connection
"""

TOUCHES = """
SELECT record_id, record_id::text AS thread, id::text AS key,
    jsonb_build_object('actor', staff_id, 'client', client_id, 'kind', kind) AS says
FROM touch
"""

PREFERENCES = """
SELECT record_id, client_id::text AS thread, client_id::text AS key,
    jsonb_build_object('client', client_id, 'greetings', greetings, 'quiet_from', coalesce(quiet_from, ''),
        'quiet_to', coalesce(quiet_to, ''), 'cap', coalesce(cap, -1)) AS says
FROM contact_preference
"""

BARS = """
SELECT record_id, id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, 'client', client_id, 'staff', staff_id, 'kind', kind,
        'standing', standing) AS says
FROM contact_bar
"""

IMPORTS = """
SELECT record_id, record_id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, 'actor', actor_id, 'sha256', encode(file_digest, 'hex'), 'rows', rows) AS says
FROM book_import
"""

LOOKS = """
SELECT record_id, staff_id::text AS thread, staff_id::text AS key,
    jsonb_build_object('@object', staff_id, 'staff', staff_id, 'clients', clients) AS says
FROM look_alarm
"""

STEPS = ("proposed", "established", "suspended", "resumed", "dissolved", "taken_over")

HANDOVERS = """
SELECT record_id, id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, '@env', environment, 'staff', staff_id, 'reason', reason,
        'effective_ms', floor(extract(epoch FROM effective_at) * 1000)::bigint,
        'successor', coalesce(successor_id::text, ''),
        'step', CASE stage WHEN 'running' THEN 'planned' ELSE stage END) AS says
FROM handover
"""

# What a client said to being handed over; before that, his line is the plan's own memory.
WISHES = """
SELECT NULL::uuid AS record_id, format('%s/%s', handover_id, client_id) AS thread,
    format('%s/%s', handover_id, client_id) AS key,
    jsonb_build_object('@object', handover_id, 'client', client_id, 'wish', wish,
        'choice', jsonb_build_object('$in', jsonb_build_array('', successor_id))) AS says
FROM handover_client WHERE wish IS NOT NULL
"""

ORIGINS = (
    Origin(
        "handover",
        frozenset(f"handover.{one}" for one in ("planned", "cancelled", "done")),
        "{@object}",
        HANDOVERS,
    ),
    Origin("handover_client", frozenset({"handover.wish"}), "{@object}/{client}", WISHES),
    Origin("connection", frozenset(f"connection.{one}" for one in STEPS), "{@object}", CONNECTIONS),
    Origin("look_alarm", frozenset({"connection.many_looked"}), "{@object}", LOOKS),
    Origin("touch", frozenset({"connection.touch"}), "{@record}", TOUCHES),
    Origin("contact_preference", frozenset({"connection.preference"}), "{@object}", PREFERENCES),
    Origin("contact_bar", frozenset({"connection.bar"}), "{@object}", BARS),
    Origin("book_import", frozenset({"connection.book"}), "{@record}", IMPORTS),
)

ERASURES = (
    Erasure("client_look", "DELETE FROM client_look WHERE client_id = $1"),
    Erasure(
        "reply",
        "DELETE FROM reply WHERE connection_id IN (SELECT id FROM connection WHERE client_id = $1)",
    ),
    Erasure("touch", "DELETE FROM touch WHERE client_id = $1"),
    Erasure("contact_bar", "DELETE FROM contact_bar WHERE client_id = $1"),
    Erasure("contact_preference", "DELETE FROM contact_preference WHERE client_id = $1"),
    Erasure("handover_client", "DELETE FROM handover_client WHERE client_id = $1"),
    Erasure("connection", "DELETE FROM connection WHERE client_id = $1"),
)

# Staff by what anybody may look up: name and registration code.
STAFF = """
SELECT p.name, s.registration_code AS code, c.state, c.tie,
    c.basis, c.reason, c.assigned_at, c.established_at, c.dissolved_at, c.contacts,
    c.last_client_at, c.last_staff_at
FROM connection AS c JOIN person AS p ON p.id = c.staff_id JOIN staff AS s ON s.person_id = c.staff_id
WHERE c.client_id = $1 ORDER BY c.assigned_at, c.id
"""
TOUCHED = """
SELECT p.name, s.registration_code AS code, t.kind, t.at FROM touch AS t JOIN person AS p ON p.id = t.staff_id
JOIN staff AS s ON s.person_id = t.staff_id WHERE t.client_id = $1 ORDER BY t.at
"""
BARRED = """
SELECT p.name, s.registration_code AS code, b.kind, b.standing, b.at FROM contact_bar AS b
JOIN person AS p ON p.id = b.staff_id JOIN staff AS s ON s.person_id = b.staff_id WHERE b.client_id = $1 ORDER BY b.at
"""

HOLDINGS = (
    Holding("connections", "firm", STAFF),
    Holding("contact_wishes", "given", "SELECT greetings, quiet_from, quiet_to, cap, at FROM contact_preference"
            " WHERE client_id = $1"),
    Holding("contact_bars", "given", BARRED),
    Holding("touches", "firm", TOUCHED),
)  # fmt: skip

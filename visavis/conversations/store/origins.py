"""What conversations keep as evidence, for the audit of completeness: entries, files, notices, ratings, looks.

And the two gap-free numberings of every conversation.
"""

from visavis.archive.types import Erasure, Holding, Numbering, Origin
from visavis.conversations.types import Kind

# A released message has the id of the internal entry that was held: its record is the release.
ENTRIES = """
SELECT e.record_id, e.record_id::text AS thread,
    format('%s/%s/%s', e.shard_key, CASE e.stream WHEN 0 THEN 'shared' ELSE 'internal' END, e.no) AS key,
    jsonb_build_object('@object', e.shard_key, 'entry', e.id, 'no', e.no, 'sender', e.sender_id,
        'stream', CASE e.stream WHEN 0 THEN 'shared' ELSE 'internal' END, 'body', e.body, 'of', e.of_id,
        'at', (extract(epoch FROM e.at) * 1000000)::bigint::text, 'verdict', e.verdict,
        '@kind', CASE WHEN h.id IS NULL THEN e.kind ELSE 'release' END,
        'state', CASE WHEN h.id IS NULL THEN e.state END) AS says
FROM entry AS e LEFT JOIN entry AS h
    ON e.stream = 0 AND h.shard_key = e.shard_key AND h.id = e.id AND h.stream = 1
"""

FILES = """
SELECT record_id, record_id::text AS thread, id::text AS key,
    jsonb_build_object('@object', shard_key, 'file', id, 'uploader', uploader_id,
        'sealed', encode(original_digest, 'hex')) AS says
FROM attachment
"""

# What was uploaded and never sent, and was taken away after its term.
DROPPED = """
SELECT dropped_record_id AS record_id, dropped_record_id::text AS thread, id::text AS key,
    jsonb_build_object('@object', shard_key, 'file', id) AS says
FROM attachment WHERE dropped_record_id IS NOT NULL
"""

NOTICES = """
SELECT record_id, record_id::text AS thread, format('%s/%s', client_id, version) AS key,
    jsonb_build_object('@object', client_id, 'version', version) AS says
FROM notice_acknowledgement
"""

RATINGS = """
SELECT NULL::uuid AS record_id, id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, 'stars', rating, 'text', rating_text) AS says
FROM conversation WHERE rating IS NOT NULL
"""

READS = """
SELECT NULL::uuid AS record_id, format('%s/%s', shard_key, person_id) AS thread,
    format('%s/%s', shard_key, person_id) AS key,
    jsonb_build_object('@object', shard_key, 'person', person_id, 'read', read_no) AS says
FROM receipt WHERE read_no > 0
"""

LOOKS = """
SELECT record_id, record_id::text AS thread, id::text AS key,
    jsonb_build_object('@object', coalesce(conversation_id, viewer_id), 'viewer', viewer_id, 'purpose', purpose)
        AS says
FROM supervised_view
"""

# The author's words for later, with what has become of them.
SCHEDULED = """
SELECT record_id, id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, 'conversation', shard_key, 'staff', staff_id, 'body', body, 'state', state,
        'reason', reason, 'send_at', (extract(epoch FROM send_at) * 1000000)::bigint::text) AS says
FROM scheduled_message
"""

GROUPS = """
SELECT record_id, id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, 'name', name, 'owner', owner_id, 'admits', coalesce(admits, 0)) AS says
FROM client_group
"""
MEMBERS = """
SELECT record_id, id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, 'group', group_id, 'client', client_id, 'state', state) AS says
FROM client_group_member
"""

# A number between 1 and the last that no entry has; an entry beyond the last.
GAPS = """
SELECT format('%s/%s', c.id, s.word) AS key, n.no, 'missing' AS what
FROM conversation AS c
CROSS JOIN LATERAL (VALUES (0::smallint, 'shared', c.shared_no), (1::smallint, 'internal', c.internal_no))
    AS s (stream, word, last)
CROSS JOIN LATERAL generate_series(1, s.last) AS n (no)
WHERE (SELECT count(*) FROM entry AS e WHERE e.shard_key = c.id AND e.stream = s.stream) <> s.last
    AND NOT EXISTS (SELECT FROM entry AS e WHERE e.shard_key = c.id AND e.stream = s.stream AND e.no = n.no)
UNION ALL
SELECT format('%s/%s', e.shard_key, CASE e.stream WHEN 0 THEN 'shared' ELSE 'internal' END), e.no, 'beyond'
FROM entry AS e LEFT JOIN conversation AS c ON c.id = e.shard_key
WHERE c.id IS NULL OR e.no < 1 OR e.no > CASE e.stream WHEN 0 THEN c.shared_no ELSE c.internal_no END
ORDER BY 1, 2
"""

ORIGINS = (
    Origin("entry", frozenset({*(kind.value for kind in Kind), "release"}), "{@record}", ENTRIES),
    Origin("attachment", frozenset({"attachment"}), "{@record}", FILES),
    Origin("attachment.dropped", frozenset({"attachment_dropped"}), "{@record}", DROPPED),
    Origin("notice_acknowledgement", frozenset({"notice"}), "{@record}", NOTICES),
    Origin("conversation.rating", frozenset({"rating"}), "{@object}", RATINGS),
    Origin("receipt", frozenset({"read"}), "{@object}/{person}", READS),
    Origin("scheduled_message", frozenset({"scheduled_message"}), "{@object}", SCHEDULED),
    Origin("client_group", frozenset({"client_group"}), "{@object}", GROUPS),
    Origin("client_group_member", frozenset({"client_group_member"}), "{@object}", MEMBERS),
    Origin("supervised_view", frozenset({"supervised_view"}), "{@record}", LOOKS),
)
NUMBERINGS = (Numbering("entry", GAPS),)

_TALKS = "shard_key IN (SELECT id FROM conversation WHERE client_id = $1)"

ERASURES = (
    Erasure(
        "attachment",
        f"DELETE FROM attachment WHERE {_TALKS} RETURNING served_path, original_path",
        files=True,
    ),
    Erasure("entry_words", f"DELETE FROM entry_words WHERE {_TALKS}"),
    Erasure("scheduled_message", "DELETE FROM scheduled_message WHERE client_id = $1"),
    Erasure("client_group_member", "DELETE FROM client_group_member WHERE client_id = $1"),
    Erasure("same_words", "UPDATE same_words SET client_id = NULL, at = NULL WHERE client_id = $1"),
    Erasure("same_words_recipient", "DELETE FROM same_words_recipient WHERE client_id = $1"),
    Erasure("posted", f"DELETE FROM posted WHERE {_TALKS}"),
    Erasure("receipt", f"DELETE FROM receipt WHERE {_TALKS}"),
    Erasure("participant", f"DELETE FROM participant WHERE {_TALKS}"),
    Erasure("entry", f"DELETE FROM entry WHERE {_TALKS}"),
    Erasure(
        "supervised_view",
        "DELETE FROM supervised_view WHERE conversation_id IN (SELECT id FROM conversation WHERE client_id = $1)",
    ),
    Erasure("notice_acknowledgement", "DELETE FROM notice_acknowledgement WHERE client_id = $1"),
    Erasure("conversation", "DELETE FROM conversation WHERE client_id = $1"),
)

# The shared stream alone: what the client sees, or saw; words that were withdrawn stay withdrawn.
WORDS = """
SELECT e.at, e.kind, CASE WHEN e.sender_id = $1 THEN 'client' WHEN s.person_id IS NULL THEN 'machine' ELSE 'staff' END
    AS by, p.name AS staff_name, s.registration_code AS staff_code,
    CASE WHEN EXISTS (SELECT FROM entry AS r WHERE r.shard_key = e.shard_key AND r.stream = 0 AND r.of_id = e.id
                      AND r.kind = 'recall') THEN '{"recalled": true}'::jsonb ELSE e.body END AS body
FROM entry AS e JOIN conversation AS c ON c.id = e.shard_key
LEFT JOIN staff AS s ON s.person_id = e.sender_id LEFT JOIN person AS p ON p.id = s.person_id
WHERE c.client_id = $1 AND e.stream = 0 AND e.state = 'kept' ORDER BY e.at, e.shard_key, e.no
"""
SENT_FILES = """
SELECT a.name, a.type, a.size FROM attachment AS a JOIN conversation AS c ON c.id = a.shard_key
WHERE c.client_id = $1 AND a.entry_id IS NOT NULL AND a.dropped_at IS NULL ORDER BY a.id
"""

HOLDINGS = (
    Holding("notices_read", "given", "SELECT version, at FROM notice_acknowledgement WHERE client_id = $1 ORDER BY at"),
    Holding("conversations", "observed", "SELECT created_at, closed_at, state, topic, language, context, rating,"
            " rating_text FROM conversation WHERE client_id = $1 ORDER BY created_at"),
    Holding("groups", "firm", "SELECT g.name, m.state, m.at FROM client_group_member AS m"
            " JOIN client_group AS g ON g.id = m.group_id WHERE m.client_id = $1 ORDER BY m.at"),
    Holding("messages", "observed", WORDS),
    Holding("files", "observed", SENT_FILES),
)  # fmt: skip

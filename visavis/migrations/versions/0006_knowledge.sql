CREATE TABLE knowledge_entry (
    id uuid PRIMARY KEY,
    slug text NOT NULL UNIQUE,
    topic text NOT NULL,
    owner_id uuid,
    current_version integer,
    retired_at timestamptz,
    created_at timestamptz NOT NULL
);

CREATE TABLE knowledge_version (
    entry_id uuid NOT NULL REFERENCES knowledge_entry (id),
    version integer NOT NULL,
    state text NOT NULL CHECK (state IN ('draft', 'submitted', 'approved', 'returned', 'superseded')),
    -- {"zh-CN": {"title", "question", "similar": [], "answer"}, "en": {...}}
    content jsonb NOT NULL,
    source text NOT NULL DEFAULT '',
    author_id uuid NOT NULL,
    approver_id uuid,
    note text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    approved_at timestamptz,
    review_by date,
    record_id uuid NOT NULL,
    PRIMARY KEY (entry_id, version),
    CHECK (approver_id IS DISTINCT FROM author_id)
);

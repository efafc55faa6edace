CREATE TABLE conversation (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES person (id),
    environment text NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    -- Who answers: the assistant, or the handler once there is one.
    partner text NOT NULL DEFAULT 'assistant' CHECK (partner IN ('assistant', 'person')),
    handler_id uuid REFERENCES staff (person_id),
    topic text NOT NULL DEFAULT '',
    language text NOT NULL DEFAULT 'zh-CN',
    context jsonb NOT NULL DEFAULT '{}',
    -- The last number of each stream; raised under the row's lock, in the commit that keeps the entry.
    shared_no bigint NOT NULL DEFAULT 0,
    internal_no bigint NOT NULL DEFAULT 0,
    last_at timestamptz NOT NULL,
    last_text text NOT NULL DEFAULT '',
    last_sender uuid,
    waiting_since timestamptz,
    created_at timestamptz NOT NULL,
    closed_at timestamptz,
    rating smallint CHECK (rating BETWEEN 1 AND 5),
    rating_text text
);
CREATE UNIQUE INDEX conversation_open ON conversation (client_id) WHERE state = 'open';
CREATE INDEX conversation_handler ON conversation (handler_id, last_at);
CREATE INDEX conversation_client ON conversation (client_id, last_at);

-- Who may see a conversation, and since when; the handler and former handlers.
CREATE TABLE participant (
    shard_key uuid NOT NULL,
    person_id uuid NOT NULL,
    role text NOT NULL,
    joined_at timestamptz NOT NULL,
    left_at timestamptz,
    PRIMARY KEY (shard_key, person_id)
);
CREATE INDEX participant_person ON participant (person_id);

-- The two gap-free streams of every conversation: 0 shared, 1 internal. `shard_key` is the conversation's id.
CREATE TABLE entry (
    shard_key uuid NOT NULL,
    stream smallint NOT NULL CHECK (stream IN (0, 1)),
    no bigint NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    sender_id uuid NOT NULL,
    at timestamptz NOT NULL,
    body jsonb NOT NULL,
    state text NOT NULL DEFAULT 'kept' CHECK (state IN ('kept', 'held', 'blocked')),
    of_id uuid,
    client_key uuid,
    record_id uuid NOT NULL,
    -- Supervision's verdict where it was more than pass.
    verdict jsonb,
    PRIMARY KEY (shard_key, stream, no)
);
CREATE UNIQUE INDEX entry_id ON entry (shard_key, id, stream);
CREATE INDEX entry_of ON entry (shard_key, of_id) WHERE of_id IS NOT NULL;
CREATE INDEX entry_held ON entry (at) WHERE state = 'held';

-- One answer per retry key, for as long as the message is kept.
CREATE TABLE posted (
    shard_key uuid NOT NULL,
    sender_id uuid NOT NULL,
    client_key uuid NOT NULL,
    body_hash bytea NOT NULL,
    stream smallint NOT NULL,
    no bigint NOT NULL,
    PRIMARY KEY (shard_key, sender_id, client_key)
);

CREATE TABLE receipt (
    shard_key uuid NOT NULL,
    person_id uuid NOT NULL,
    delivered_no bigint NOT NULL DEFAULT 0,
    read_no bigint NOT NULL DEFAULT 0,
    read_at timestamptz,
    PRIMARY KEY (shard_key, person_id)
);

-- Search words of what both sides see: tokens made by the application, Chinese included.
CREATE TABLE entry_words (
    shard_key uuid NOT NULL,
    entry_id uuid NOT NULL,
    at timestamptz NOT NULL,
    words tsvector NOT NULL,
    PRIMARY KEY (shard_key, entry_id)
);
CREATE INDEX entry_words_gin ON entry_words USING gin (words);

-- The original's bytes are sealed for evidence; what is served is a re-encoding. Files live in the data folder.
CREATE TABLE attachment (
    shard_key uuid NOT NULL,
    id uuid NOT NULL,
    uploader_id uuid NOT NULL,
    entry_id uuid,
    name text NOT NULL,
    type text NOT NULL,
    size integer NOT NULL,
    width integer,
    height integer,
    served_path text NOT NULL,
    original_path text NOT NULL,
    original_digest bytea NOT NULL,
    created_at timestamptz NOT NULL,
    record_id uuid NOT NULL,
    PRIMARY KEY (shard_key, id)
);
CREATE INDEX attachment_id ON attachment (id);

-- The recording notice, acknowledged before the first word (a legal duty, not a consent).
CREATE TABLE notice_acknowledgement (
    client_id uuid NOT NULL,
    version text NOT NULL,
    at timestamptz NOT NULL,
    record_id uuid NOT NULL,
    PRIMARY KEY (client_id, version)
);

-- Every look of a supervisor, with its purpose.
CREATE TABLE supervised_view (
    id uuid PRIMARY KEY,
    viewer_id uuid NOT NULL,
    conversation_id uuid,
    query text NOT NULL DEFAULT '',
    purpose text NOT NULL,
    at timestamptz NOT NULL,
    record_id uuid NOT NULL
);

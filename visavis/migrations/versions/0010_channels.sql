CREATE TABLE push_subscription (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person (id),
    endpoint text NOT NULL UNIQUE,
    p256dh text NOT NULL,
    auth text NOT NULL,
    device text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL
);
CREATE INDEX push_subscription_person ON push_subscription (person_id);

-- The wish to tell somebody, unless he has seen it by then: at most one at a time per person and thing.
CREATE TABLE wake (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person (id),
    reason text NOT NULL,
    object_id uuid NOT NULL,
    no bigint NOT NULL DEFAULT 0,
    sender_id uuid,
    due_at timestamptz NOT NULL,
    expires_at timestamptz,
    UNIQUE (person_id, reason, object_id)
);

-- Every notice that left the house or was about to: to whom, how, with what result; never the message's text.
CREATE TABLE notice (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person (id),
    environment text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('web_push', 'webhook')),
    reason text NOT NULL,
    object_id uuid,
    subscription_id uuid REFERENCES push_subscription (id) ON DELETE SET NULL,
    payload jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'skipped')),
    attempts integer NOT NULL DEFAULT 0,
    detail text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    expires_at timestamptz,
    ended_at timestamptz,
    -- Put on record when its fate is known.
    record_id uuid
);
CREATE INDEX notice_due ON notice (due_at) WHERE state = 'queued';
CREATE INDEX notice_person ON notice (person_id, object_id, created_at);

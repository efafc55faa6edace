CREATE TABLE push_subscription (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person (id),
    endpoint text NOT NULL UNIQUE,
    p256dh text NOT NULL,
    auth text NOT NULL,
    device text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    failed_at timestamptz
);
CREATE INDEX push_subscription_person ON push_subscription (person_id);

-- Every notice that left the house: to whom, how, with what result; never the message's text.
CREATE TABLE notice (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    channel text NOT NULL CHECK (channel IN ('web_push', 'webhook')),
    reason text NOT NULL,
    object_id uuid,
    state text NOT NULL CHECK (state IN ('queued', 'sent', 'failed', 'skipped')),
    attempts integer NOT NULL DEFAULT 0,
    detail text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    ended_at timestamptz,
    record_id uuid NOT NULL
);
CREATE INDEX notice_person ON notice (person_id, created_at);

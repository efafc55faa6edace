-- The personnel feed: news of the firm's HR system, each id once.
CREATE TABLE hr_event (
    environment text NOT NULL,
    id text NOT NULL,
    -- SHA-256 of what it says: the same id with another content is a contradiction.
    digest bytea NOT NULL,
    kind text NOT NULL CHECK (kind IN ('leave', 'suspend', 'reinstate', 'transfer', 'licence')),
    employee_no text NOT NULL,
    staff_id uuid NOT NULL REFERENCES staff (person_id),
    effective_on date NOT NULL,
    body jsonb NOT NULL,
    source text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('applied', 'scheduled', 'failed')),
    error text NOT NULL DEFAULT '',
    received_at timestamptz NOT NULL,
    applied_at timestamptz,
    -- Set in the same transaction.
    record_id uuid,
    PRIMARY KEY (environment, id)
);
CREATE INDEX hr_event_time ON hr_event (environment, received_at, id);

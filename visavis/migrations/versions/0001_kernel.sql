CREATE TABLE installation (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    id uuid NOT NULL,
    compatibility integer NOT NULL,
    mode text NOT NULL CHECK (mode IN ('production', 'demo', 'test')),
    created_at timestamptz NOT NULL
);

-- One row per thing to do: timers, recurring work, and one per reaction to an event.
CREATE TABLE job (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    event_type text,
    event_id uuid,
    payload jsonb NOT NULL,
    due_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'dead')),
    attempts integer NOT NULL DEFAULT 0,
    error text,
    key text UNIQUE,
    created_at timestamptz NOT NULL
);
CREATE INDEX job_due ON job (due_at, id) WHERE state = 'due';

-- Leadership: one holder, and an epoch that every write of the leader carries.
CREATE TABLE lease (
    name text PRIMARY KEY,
    holder uuid NOT NULL,
    epoch bigint NOT NULL,
    until timestamptz NOT NULL
);

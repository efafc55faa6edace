-- One row per thing that counts, written by reactions to events; figures are sums over it.
CREATE TABLE fact (
    event_id uuid PRIMARY KEY,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    environment text NOT NULL,
    branch_id uuid,
    staff_id uuid,
    client_id uuid,
    topic text NOT NULL DEFAULT '',
    number double precision NOT NULL DEFAULT 0
);
CREATE INDEX fact_kind ON fact (kind, at);

-- Whether simulated people should be playing here; only demo and test installations admit them.
CREATE TABLE rehearsal (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    running boolean NOT NULL,
    changed_by uuid,
    changed_at timestamptz NOT NULL
);

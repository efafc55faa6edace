-- Clients handed over with notice: planned, announced, answered, then moved in slices.
CREATE TABLE handover (
    id uuid PRIMARY KEY,
    staff_id uuid NOT NULL REFERENCES staff (person_id),
    environment text NOT NULL,
    reason text NOT NULL,
    -- Null: each client's successor is found by rule.
    successor_id uuid REFERENCES staff (person_id),
    stage text NOT NULL CHECK (stage IN ('planned', 'running', 'done', 'cancelled')),
    effective_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    record_id uuid NOT NULL
);
CREATE UNIQUE INDEX handover_open ON handover (staff_id) WHERE stage IN ('planned', 'running');

CREATE TABLE handover_client (
    handover_id uuid NOT NULL REFERENCES handover (id),
    client_id uuid NOT NULL REFERENCES person (id),
    connection_id uuid NOT NULL REFERENCES connection (id),
    successor_id uuid,
    held text CHECK (held IN ('cap', 'nobody')),
    announced_at timestamptz,
    wish text CHECK (wish IN ('agreed', 'chosen', 'refused')),
    answered_at timestamptz,
    ending text CHECK (ending IN ('moved', 'kept', 'gone')),
    ended_at timestamptz,
    PRIMARY KEY (handover_id, client_id)
);
CREATE INDEX handover_client_client ON handover_client (client_id);

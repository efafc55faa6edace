-- A breach of personal information: on record by one supervisor, its notice let out by another (PIPL art 57).
CREATE TABLE breach (
    id uuid PRIMARY KEY,
    environment text NOT NULL,
    author_id uuid NOT NULL,
    incident text NOT NULL,
    notice jsonb NOT NULL,
    found_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'approved', 'refused', 'told')),
    approver_id uuid,
    note text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    decided_at timestamptz,
    told_at timestamptz,
    record_id uuid NOT NULL
);
CREATE INDEX breach_due ON breach (environment, due_at);
CREATE TABLE breach_person (
    breach_id uuid NOT NULL REFERENCES breach (id),
    client_id uuid NOT NULL,
    told_at timestamptz,
    PRIMARY KEY (breach_id, client_id)
);
CREATE INDEX breach_person_of_client ON breach_person (client_id);

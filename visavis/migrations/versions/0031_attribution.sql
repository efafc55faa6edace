-- The codes that staff of partner institutions hand out; a code names its owner and nobody else (PART-01).
CREATE TABLE referral_code (
    id uuid PRIMARY KEY,
    environment text NOT NULL,
    partner_id uuid NOT NULL REFERENCES person (id),
    code text NOT NULL UNIQUE,
    label text NOT NULL,
    created_at timestamptz NOT NULL,
    record_id uuid NOT NULL
);
CREATE INDEX referral_code_partner ON referral_code (partner_id);

-- Who has come by whom: only added to (PART-02). A client is referred once.
CREATE TABLE attribution (
    id uuid PRIMARY KEY,
    environment text NOT NULL,
    client_id uuid NOT NULL REFERENCES person (id),
    kind text NOT NULL CHECK (kind IN ('referred', 'assigned', 'connected')),
    source_id uuid NOT NULL,
    staff_id uuid,
    at timestamptz NOT NULL,
    record_id uuid NOT NULL,
    UNIQUE (kind, source_id, client_id)
);
CREATE INDEX attribution_client ON attribution (client_id, at);
CREATE UNIQUE INDEX attribution_referred_once ON attribution (client_id) WHERE kind = 'referred';

-- How contributions are settled: versions, proposed by one and approved by another.
CREATE TABLE settlement_rule (
    version integer PRIMARY KEY,
    content jsonb NOT NULL,
    state text NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'approved', 'refused')),
    author_id uuid NOT NULL,
    approver_id uuid,
    created_at timestamptz NOT NULL,
    record_id uuid NOT NULL
);

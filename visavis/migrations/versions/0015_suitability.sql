CREATE TABLE product (
    id uuid PRIMARY KEY,
    code text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL
);

CREATE TABLE product_version (
    product_id uuid NOT NULL REFERENCES product (id),
    version integer NOT NULL,
    state text NOT NULL CHECK (state IN ('proposed', 'approved', 'returned')),
    -- names, kind, risk, term_months, goals, min_amount, professional_only, summaries, risk_points
    content jsonb NOT NULL,
    effective_from date NOT NULL,
    effective_to date,
    author_id uuid NOT NULL,
    approver_id uuid,
    note text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    decided_at timestamptz,
    -- whether its beginning and its end have been told of
    told_from boolean NOT NULL DEFAULT false,
    told_to boolean NOT NULL DEFAULT false,
    record_id uuid NOT NULL,
    PRIMARY KEY (product_id, version),
    CHECK (approver_id IS DISTINCT FROM author_id)
);
CREATE INDEX product_version_dates ON product_version (effective_from) WHERE state = 'approved';

CREATE TABLE product_import (
    id uuid PRIMARY KEY,
    imported_by uuid NOT NULL,
    digest bytea NOT NULL,
    rows integer NOT NULL,
    at timestamptz NOT NULL,
    record_id uuid NOT NULL
);

CREATE TABLE suitability_document (
    kind text NOT NULL,
    version integer NOT NULL,
    state text NOT NULL CHECK (state IN ('proposed', 'approved', 'returned')),
    content jsonb NOT NULL,
    effective_from date NOT NULL,
    author_id uuid NOT NULL,
    approver_id uuid,
    note text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    told boolean NOT NULL DEFAULT false,
    record_id uuid NOT NULL,
    PRIMARY KEY (kind, version),
    CHECK (approver_id IS DISTINCT FROM author_id)
);

-- One row per client who ever began: his attempts and conversions are made one at a time.
CREATE TABLE suitability_client (client_id uuid PRIMARY KEY);

CREATE TABLE assessment (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL,
    environment text NOT NULL,
    state text NOT NULL CHECK (state IN ('valid', 'withdrawn', 'refused_data')),
    questionnaire_version integer NOT NULL,
    bands_version integer NOT NULL,
    answers jsonb NOT NULL,
    score integer NOT NULL,
    level smallint,
    lowest boolean NOT NULL,
    goals text[] NOT NULL,
    kinds text[] NOT NULL,
    months integer,
    taken_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    -- why somebody should look at this attempt, or empty
    alert text NOT NULL DEFAULT '',
    expiry_told boolean NOT NULL DEFAULT false,
    record_id uuid NOT NULL
);
CREATE INDEX assessment_client ON assessment (client_id, taken_at DESC, id DESC);
CREATE INDEX assessment_expiry ON assessment (expires_at) WHERE NOT expiry_told;
CREATE INDEX assessment_alert ON assessment (taken_at) WHERE alert <> '';

CREATE TABLE investor_category (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL,
    environment text NOT NULL,
    state text NOT NULL CHECK (state IN ('applied', 'accepted', 'refused', 'ended')),
    basis text NOT NULL,
    evidence jsonb NOT NULL,
    score integer,
    answer text NOT NULL DEFAULT '',
    applied_at timestamptz NOT NULL,
    decided_by uuid,
    decided_at timestamptz,
    valid_until timestamptz,
    expiry_told boolean NOT NULL DEFAULT false,
    record_id uuid NOT NULL
);
CREATE UNIQUE INDEX investor_category_live ON investor_category (client_id) WHERE state IN ('applied', 'accepted');

CREATE TABLE match_decision (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL,
    environment text NOT NULL,
    product_id uuid NOT NULL,
    product_version integer NOT NULL,
    path text NOT NULL,
    allowed boolean NOT NULL,
    reason text,
    inputs jsonb NOT NULL,
    versions jsonb NOT NULL,
    actor_id uuid NOT NULL,
    conversation_id uuid,
    reference uuid,
    at timestamptz NOT NULL,
    record_id uuid NOT NULL
);
CREATE INDEX match_decision_client ON match_decision (client_id, product_id, at);

CREATE TABLE client_request (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL,
    environment text NOT NULL,
    product_id uuid NOT NULL,
    product_version integer NOT NULL,
    amount_upto bigint,
    mismatch boolean NOT NULL,
    special boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'permitted', 'withdrawn', 'revoked')),
    versions jsonb NOT NULL,
    warning_hash text NOT NULL DEFAULT '',
    confirmed_at timestamptz,
    permitted_at timestamptz,
    expires_at timestamptz,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX client_request_live ON client_request (client_id, product_id) WHERE state IN ('open', 'permitted');
CREATE INDEX client_request_product ON client_request (product_id) WHERE state IN ('open', 'permitted');

CREATE TABLE client_request_step (
    request_id uuid NOT NULL REFERENCES client_request (id),
    number integer NOT NULL,
    step text NOT NULL,
    actor_id uuid NOT NULL,
    at timestamptz NOT NULL,
    evidence jsonb NOT NULL,
    record_id uuid NOT NULL,
    PRIMARY KEY (request_id, number)
);

-- Cards that show a product, as conversations has sent them; they are recalled when they no longer suit.
CREATE TABLE product_card (
    shard_key uuid NOT NULL,
    entry_id uuid NOT NULL,
    product_id uuid NOT NULL,
    product_version integer NOT NULL,
    client_id uuid NOT NULL,
    sent_at timestamptz NOT NULL,
    recalled_at timestamptz,
    PRIMARY KEY (shard_key, entry_id, product_id)
);
CREATE INDEX product_card_client ON product_card (client_id) WHERE recalled_at IS NULL;
CREATE INDEX product_card_product ON product_card (product_id) WHERE recalled_at IS NULL;

-- Every comparison of the tables of origin with the record; `faults` holds the first thousand, by place.
CREATE TABLE audit_run (
    id uuid PRIMARY KEY,
    state text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
    asked_by uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    started_at timestamptz,
    ended_at timestamptz,
    records bigint NOT NULL DEFAULT 0,
    lines bigint NOT NULL DEFAULT 0,
    fault_count bigint NOT NULL DEFAULT 0,
    faults jsonb NOT NULL DEFAULT '[]',
    record_id uuid
);
CREATE INDEX audit_run_due ON audit_run (asked_at) WHERE state IN ('queued', 'running');

-- The finding aid: where a record is found, derived from it and made again at any time.
CREATE TABLE finding (
    record_id uuid PRIMARY KEY,
    relationship_id uuid NOT NULL,
    retention_class text NOT NULL,
    kind text NOT NULL,
    object_id uuid NOT NULL,
    environment text NOT NULL,
    at_us bigint NOT NULL,
    words tsvector NOT NULL
);
CREATE INDEX finding_words ON finding USING gin (words);
CREATE INDEX finding_whose ON finding (relationship_id, at_us);
CREATE INDEX finding_at ON finding (at_us);

-- Up to where the records have been filed; the filing looks an hour further back for what committed late.
CREATE TABLE finding_mark (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    at_us bigint NOT NULL
);

-- An outsider's key to a part of the record, for a time.
CREATE TABLE examiner_grant (
    id uuid PRIMARY KEY,
    examiner_id uuid NOT NULL REFERENCES staff (person_id),
    purpose text NOT NULL,
    -- Null: every client.
    client_ids uuid[],
    from_us bigint NOT NULL,
    until_us bigint NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    granted_by uuid NOT NULL,
    granted_at timestamptz NOT NULL,
    revoked_by uuid,
    revoked_at timestamptz,
    record_id uuid NOT NULL
);
CREATE INDEX examiner_grant_examiner ON examiner_grant (examiner_id, ends_at);

-- Every look into the archive, with its purpose; what was looked for is in its record alone.
CREATE TABLE archive_look (
    id uuid PRIMARY KEY,
    viewer_id uuid NOT NULL,
    grant_id uuid REFERENCES examiner_grant (id),
    what text NOT NULL CHECK (what IN ('search', 'record', 'export', 'dossier', 'download')),
    about uuid,
    purpose text NOT NULL,
    at timestamptz NOT NULL,
    record_id uuid NOT NULL
);
CREATE INDEX archive_look_at ON archive_look (at);

-- Whole parts of the record, written to a file; the same scope gives the same bytes.
CREATE TABLE export_job (
    id uuid PRIMARY KEY,
    state text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'deleted')),
    asked_by uuid NOT NULL,
    grant_id uuid REFERENCES examiner_grant (id),
    environment text NOT NULL,
    format text NOT NULL CHECK (format IN ('jsonl', 'csv', 'eml')),
    client_id uuid,
    from_us bigint NOT NULL,
    until_us bigint NOT NULL,
    purpose text NOT NULL,
    total bigint NOT NULL DEFAULT 0,
    done bigint NOT NULL DEFAULT 0,
    bytes bigint NOT NULL DEFAULT 0,
    sha256 text NOT NULL DEFAULT '',
    error text NOT NULL DEFAULT '',
    asked_at timestamptz NOT NULL,
    claimed_at timestamptz,
    ended_at timestamptz,
    record_id uuid NOT NULL
);
CREATE INDEX export_job_due ON export_job (asked_at) WHERE state IN ('queued', 'running');

-- What may not be destroyed whatever its age; without a client: nothing at all.
CREATE TABLE legal_hold (
    id uuid PRIMARY KEY,
    client_id uuid,
    reason text NOT NULL,
    basis text NOT NULL,
    placed_by uuid NOT NULL,
    placed_at timestamptz NOT NULL,
    released_by uuid,
    released_at timestamptz,
    release_reason text NOT NULL DEFAULT '',
    record_id uuid NOT NULL
);
CREATE INDEX legal_hold_client ON legal_hold (client_id) WHERE released_at IS NULL;

-- Destruction of all that is kept of a client: asked by one, decided by another; the certificate stays.
CREATE TABLE destruction (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('asked', 'refused', 'approved', 'done')),
    reason text NOT NULL,
    asked_by uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    decided_by uuid,
    decided_at timestamptz,
    note text NOT NULL DEFAULT '',
    done_at timestamptz,
    certificate jsonb,
    record_id uuid NOT NULL,
    CHECK (decided_by IS DISTINCT FROM asked_by)
);
CREATE UNIQUE INDEX destruction_open ON destruction (client_id) WHERE state IN ('asked', 'approved');

-- Whether what happens is provably captured; one row, looked at by every process.
CREATE TABLE capture (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    failing_since timestamptz,
    reason text NOT NULL DEFAULT '',
    stopped_at timestamptz,
    checked_at timestamptz NOT NULL
);

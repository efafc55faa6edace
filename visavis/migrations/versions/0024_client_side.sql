-- Consents as they were given and withdrawn; the latest row of a purpose counts. Recording rests on notice, not on one.
CREATE TABLE consent (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES person (id),
    purpose text NOT NULL CHECK (purpose IN ('profiling', 'sensitive', 'marketing')),
    given boolean NOT NULL,
    -- the version of the text that was on the screen, and its SHA-256
    version text NOT NULL,
    text_digest bytea NOT NULL,
    language text NOT NULL,
    at timestamptz NOT NULL,
    record_id uuid NOT NULL
);
CREATE INDEX consent_client ON consent (client_id, purpose, at DESC, id DESC);

-- The client's own hours of rest and cap of unasked contact; they only tighten the firm's.
ALTER TABLE contact_preference ADD COLUMN quiet_from text;
ALTER TABLE contact_preference ADD COLUMN quiet_to text;
ALTER TABLE contact_preference ADD COLUMN cap integer CHECK (cap >= 0);

-- Members of staff whom a client has blocked or muted.
CREATE TABLE contact_bar (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES person (id),
    staff_id uuid NOT NULL REFERENCES staff (person_id),
    kind text NOT NULL CHECK (kind IN ('block', 'mute')),
    standing boolean NOT NULL,
    at timestamptz NOT NULL,
    record_id uuid NOT NULL,
    UNIQUE (client_id, staff_id, kind)
);

-- What clients took home of what the firm holds about them.
CREATE TABLE client_copy (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES person (id),
    format text NOT NULL,
    digest bytea NOT NULL,
    bytes integer NOT NULL,
    at timestamptz NOT NULL,
    record_id uuid NOT NULL
);
CREATE INDEX client_copy_client ON client_copy (client_id, at);

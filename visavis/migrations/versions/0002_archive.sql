-- The record is final from the first day: no column of it is ever updated but `leaf_index`, set by the sequencer.
CREATE TABLE record (
    record_id uuid PRIMARY KEY,
    kind text NOT NULL,
    object_id uuid NOT NULL,
    previous bytea,
    at_us bigint NOT NULL,
    environment text NOT NULL CHECK (environment IN ('real', 'simulated', 'test')),
    envelope bytea NOT NULL CHECK (octet_length(envelope) <= 65535),
    leaf_index bigint UNIQUE
);
CREATE INDEX record_object ON record (object_id, record_id);
CREATE INDEX record_unsequenced ON record (record_id) WHERE leaf_index IS NULL;

-- The newest record of each object: the next one carries its digest.
CREATE TABLE record_head (
    object_id uuid PRIMARY KEY,
    record_id uuid NOT NULL,
    digest bytea NOT NULL
);

-- Keys that wrap data keys, one per relationship and retention class, wrapped in turn by the master key.
CREATE TABLE wrapping_key (
    id uuid PRIMARY KEY,
    relationship_id uuid NOT NULL,
    retention_class text NOT NULL,
    master_id text NOT NULL,
    wrapped bytea,
    created_at timestamptz NOT NULL,
    destroyed_at timestamptz,
    UNIQUE (relationship_id, retention_class)
);

-- One row per batch of leaves, from `first` up to `size`: the places are given in one transaction, the files are written
-- after it, and a batch without a checkpoint is written again, byte for byte. `epoch` is the leader's who gave the places.
CREATE TABLE log_batch (
    first bigint PRIMARY KEY CHECK (first >= 0),
    size bigint NOT NULL UNIQUE CHECK (size > first),
    epoch bigint NOT NULL,
    sequenced_at timestamptz NOT NULL,
    root bytea,
    checkpoint text,
    published_at timestamptz,
    CHECK ((checkpoint IS NULL) = (published_at IS NULL) AND (root IS NULL) = (published_at IS NULL))
);
CREATE INDEX log_batch_unfinished ON log_batch (first) WHERE checkpoint IS NULL;

-- Why the log signs nothing at present, where it does not.
CREATE TABLE log_halt (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    reason text NOT NULL,
    place text NOT NULL,
    halted_at timestamptz NOT NULL
);

-- RFC 3161 timestamps of checkpoints.
CREATE TABLE log_timestamp (
    size bigint PRIMARY KEY,
    root bytea NOT NULL,
    taken_at timestamptz NOT NULL,
    response bytea NOT NULL
);

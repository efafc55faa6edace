-- Every verdict other than pass, by the entry it was given on.
CREATE TABLE verdict (
    entry_id uuid PRIMARY KEY,
    conversation_id uuid NOT NULL,
    action text NOT NULL CHECK (action IN ('nudge', 'hold', 'block')),
    policies jsonb NOT NULL,
    spans jsonb NOT NULL,
    pack_version text NOT NULL,
    at timestamptz NOT NULL,
    record_id uuid NOT NULL
);

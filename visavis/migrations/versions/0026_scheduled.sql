-- What a member of staff has written to be sent at a moment; judged and gated then, as if it were said then.
CREATE TABLE scheduled_message (
    id uuid PRIMARY KEY,
    shard_key uuid NOT NULL REFERENCES conversation (id),
    client_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    body jsonb NOT NULL,
    send_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'sent', 'refused', 'stopped', 'withdrawn')),
    reason text NOT NULL DEFAULT '',
    params jsonb NOT NULL DEFAULT '{}',
    record_id uuid NOT NULL
);
CREATE INDEX scheduled_message_of_staff ON scheduled_message (staff_id, send_at) WHERE state IN ('waiting', 'refused');
CREATE INDEX scheduled_message_of_client ON scheduled_message (client_id);

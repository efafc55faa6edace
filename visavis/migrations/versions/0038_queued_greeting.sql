-- A greeting asked for beyond the cap or in hours of rest: it goes when the client may be contacted (CONN-04).
CREATE TABLE queued_greeting (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    template text NOT NULL,
    version integer NOT NULL,
    send_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'sent', 'refused', 'stopped', 'withdrawn')),
    reason text NOT NULL DEFAULT '',
    params jsonb NOT NULL DEFAULT '{}',
    record_id uuid NOT NULL
);
CREATE UNIQUE INDEX queued_greeting_waiting ON queued_greeting (staff_id, client_id) WHERE state = 'waiting';
CREATE INDEX queued_greeting_of_client ON queued_greeting (client_id);

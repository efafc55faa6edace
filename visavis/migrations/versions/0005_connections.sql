CREATE TABLE connection (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES person (id),
    staff_id uuid NOT NULL REFERENCES staff (person_id),
    environment text NOT NULL,
    -- proposed: in the firm's book, never in contact; then established by the firm on acceptance or first contact.
    state text NOT NULL CHECK (state IN ('proposed', 'active', 'suspended', 'dissolved')),
    -- own: the client's manager of the firm's book; served: met through a request.
    tie text NOT NULL DEFAULT 'own' CHECK (tie IN ('own', 'served')),
    basis text NOT NULL,
    assigned_at timestamptz NOT NULL,
    established_at timestamptz,
    established_by uuid,
    dissolved_at timestamptz,
    dissolved_by uuid,
    reason text,
    successor_of uuid REFERENCES connection (id),
    last_client_at timestamptz,
    last_staff_at timestamptz,
    -- The first word of the client that the member of staff has not answered yet.
    waiting_since timestamptz,
    contacts integer NOT NULL DEFAULT 0,
    record_id uuid NOT NULL
);
CREATE UNIQUE INDEX connection_pair ON connection (client_id, staff_id) WHERE state <> 'dissolved';
CREATE UNIQUE INDEX connection_own ON connection (client_id) WHERE tie = 'own' AND state <> 'dissolved';
CREATE INDEX connection_staff ON connection (staff_id, state);

CREATE INDEX connection_client ON connection (client_id);

-- Observed answers: seconds from a client's first unanswered word to the reply, for the usual reply time.
CREATE TABLE reply (
    id uuid PRIMARY KEY,
    staff_id uuid NOT NULL,
    connection_id uuid NOT NULL REFERENCES connection (id),
    seconds integer NOT NULL CHECK (seconds >= 0),
    at timestamptz NOT NULL
);
CREATE INDEX reply_staff ON reply (staff_id, at);

-- Proactive contacts, for the frequency cap (CONN-04).
CREATE TABLE touch (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    record_id uuid NOT NULL
);
CREATE INDEX touch_client ON touch (client_id, at);

-- Whether a client wishes to be contacted unasked; no row: yes, within the firm's limits.
CREATE TABLE contact_preference (
    client_id uuid PRIMARY KEY REFERENCES person (id),
    greetings boolean NOT NULL,
    at timestamptz NOT NULL,
    record_id uuid NOT NULL
);

CREATE TABLE book_import (
    id uuid PRIMARY KEY,
    actor_id uuid NOT NULL,
    file_digest bytea NOT NULL,
    rows integer NOT NULL,
    at timestamptz NOT NULL,
    record_id uuid NOT NULL
);

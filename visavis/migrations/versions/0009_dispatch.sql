CREATE TABLE request (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES person (id),
    conversation_id uuid NOT NULL,
    environment text NOT NULL,
    topic text NOT NULL,
    language text NOT NULL,
    capability text NOT NULL,
    context jsonb NOT NULL DEFAULT '{}',
    summary text NOT NULL DEFAULT '',
    own_advisor_id uuid,
    -- The lane on the board: the branch of the client's own advisor.
    branch_id uuid,
    -- mine: only the own advisor; anyone: the best of every branch.
    wait_for text NOT NULL DEFAULT 'anyone' CHECK (wait_for IN ('mine', 'anyone')),
    state text NOT NULL CHECK (state IN ('waiting', 'held', 'offered', 'pooled', 'scheduled', 'message_left',
                                         'accepted', 'answered', 'closed', 'abandoned', 'cancelled')),
    stage smallint NOT NULL DEFAULT 0,
    excluded uuid[] NOT NULL DEFAULT '{}',
    -- Raised by every change of state: a decision made on an older state changes nothing.
    version integer NOT NULL DEFAULT 0,
    due_at timestamptz,
    opened_at timestamptz NOT NULL,
    waiting_since timestamptz NOT NULL,
    client_seen_at timestamptz NOT NULL,
    -- The last message of either side once it is accepted.
    touched_at timestamptz NOT NULL,
    -- The client need not stay: a left message or a booked time is never given up.
    patient boolean NOT NULL DEFAULT false,
    advisor_id uuid,
    accepted_at timestamptz,
    answered_at timestamptz,
    ended_at timestamptz,
    slot_at timestamptz
);
CREATE UNIQUE INDEX request_live ON request (conversation_id)
    WHERE state NOT IN ('closed', 'abandoned', 'cancelled', 'message_left', 'scheduled');
CREATE INDEX request_due ON request (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX request_state ON request (state, waiting_since);
CREATE INDEX request_advisor ON request (advisor_id, state);
CREATE INDEX request_opened ON request (opened_at);
CREATE INDEX request_client ON request (client_id, opened_at);

CREATE TABLE offer (
    id uuid PRIMARY KEY,
    request_id uuid NOT NULL REFERENCES request (id),
    advisor_id uuid NOT NULL REFERENCES staff (person_id),
    decision_id uuid NOT NULL,
    rank smallint NOT NULL,
    of smallint NOT NULL,
    state text NOT NULL CHECK (state IN ('live', 'accepted', 'declined', 'expired', 'taken', 'withdrawn')),
    why jsonb NOT NULL,
    reason text,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    seen_at timestamptz,
    ended_at timestamptz,
    record_id uuid NOT NULL
);
CREATE UNIQUE INDEX offer_live ON offer (request_id, advisor_id) WHERE state = 'live';
CREATE INDEX offer_advisor ON offer (advisor_id) WHERE state = 'live';
CREATE INDEX offer_due ON offer (expires_at) WHERE state = 'live';
CREATE INDEX offer_request ON offer (request_id);

-- Who won a request, and how long it had waited; one client_key, one answer.
CREATE TABLE claim (
    id uuid PRIMARY KEY,
    request_id uuid NOT NULL REFERENCES request (id),
    advisor_id uuid NOT NULL REFERENCES staff (person_id),
    client_key uuid NOT NULL,
    conversation_id uuid NOT NULL,
    environment text NOT NULL,
    capability text NOT NULL,
    waited_s double precision NOT NULL,
    at timestamptz NOT NULL,
    record_id uuid NOT NULL,
    UNIQUE (advisor_id, client_key)
);
CREATE INDEX claim_at ON claim (at);
CREATE INDEX claim_request ON claim (request_id);

-- Capacity in use; a claim raises it in the same statement that checks it.
CREATE TABLE advisor_load (
    advisor_id uuid PRIMARY KEY REFERENCES staff (person_id),
    used integer NOT NULL DEFAULT 0 CHECK (used >= 0),
    capacity integer NOT NULL DEFAULT 4,
    status text NOT NULL DEFAULT 'off' CHECK (status IN ('online', 'busy', 'break', 'off')),
    seen_at timestamptz,
    -- A notice reaches his sleeping device.
    pushable boolean NOT NULL DEFAULT false,
    missed_offers integer NOT NULL DEFAULT 0,
    offers_today integer NOT NULL DEFAULT 0,
    offers_day date,
    changed_at timestamptz NOT NULL
);

-- Why this advisor: written when decided, read as it is, never recomputed.
CREATE TABLE decision (
    id uuid PRIMARY KEY,
    request_id uuid NOT NULL REFERENCES request (id),
    stage smallint NOT NULL,
    mode text NOT NULL CHECK (mode IN ('own', 'hold', 'offer', 'pool', 'grab', 'none')),
    policy_version text NOT NULL,
    -- The leader's fencing epoch; null where an advisor's own claim decided.
    epoch bigint,
    chosen uuid[] NOT NULL,
    candidates jsonb NOT NULL,
    at timestamptz NOT NULL,
    record_id uuid NOT NULL
);
CREATE INDEX decision_request ON decision (request_id, at);

CREATE TABLE opening_hours (
    branch_id uuid NOT NULL REFERENCES branch (id),
    weekday smallint NOT NULL CHECK (weekday BETWEEN 0 AND 6),
    opens time NOT NULL,
    closes time NOT NULL,
    PRIMARY KEY (branch_id, weekday, opens)
);
-- Trading and working days, editable; `working` is the firm's service day.
CREATE TABLE calendar_day (
    day date PRIMARY KEY,
    trading boolean NOT NULL,
    working boolean NOT NULL,
    note text NOT NULL DEFAULT ''
);

-- Bookings per time.
CREATE TABLE slot (
    environment text NOT NULL,
    starts_at timestamptz NOT NULL,
    booked integer NOT NULL CHECK (booked >= 0),
    PRIMARY KEY (environment, starts_at)
);

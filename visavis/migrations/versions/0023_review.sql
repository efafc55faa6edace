-- What somebody has to look at: alerts, held messages, samples, hits of a later policy, contradictory advice.
CREATE TABLE review_item (
    id uuid PRIMARY KEY,
    environment text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('alert', 'hold', 'sample', 'rescan', 'contradiction')),
    conversation_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    client_id uuid NOT NULL,
    subject_id uuid NOT NULL,
    branch_id uuid,
    action text NOT NULL,
    categories jsonb NOT NULL DEFAULT '[]',
    policies jsonb NOT NULL DEFAULT '[]',
    spans jsonb NOT NULL DEFAULT '[]',
    other_entry_id uuid,
    score integer NOT NULL DEFAULT 0,
    severity smallint NOT NULL CHECK (severity BETWEEN 1 AND 4),
    said_at timestamptz NOT NULL,
    opened_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    -- A held message is released or refused by then.
    deadline_at timestamptz,
    overdue_at timestamptz,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'second', 'chief', 'closed')),
    claimed_by uuid,
    claimed_until timestamptz,
    grade text,
    closed_at timestamptz,
    record_id uuid NOT NULL,
    UNIQUE (entry_id, kind)
);
CREATE INDEX review_item_waiting ON review_item (environment, state) WHERE state <> 'closed';
CREATE INDEX review_item_closed ON review_item (environment, closed_at) WHERE state = 'closed';
CREATE INDEX review_item_client ON review_item (client_id);

-- One verdict per step, each by another person.
CREATE TABLE review_verdict (
    id uuid PRIMARY KEY,
    item_id uuid NOT NULL REFERENCES review_item (id) ON DELETE CASCADE,
    step text NOT NULL CHECK (step IN ('open', 'second', 'chief')),
    reviewer_id uuid NOT NULL,
    grade text NOT NULL,
    note text NOT NULL DEFAULT '',
    at timestamptz NOT NULL,
    record_id uuid NOT NULL,
    UNIQUE (item_id, step),
    UNIQUE (item_id, reviewer_id)
);

-- What review has come to, for the ranker to learn from; the text stays in the conversation.
CREATE TABLE disposition (
    item_id uuid PRIMARY KEY REFERENCES review_item (id) ON DELETE CASCADE,
    entry_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    direction text NOT NULL,
    categories jsonb NOT NULL,
    policies jsonb NOT NULL,
    action text NOT NULL,
    score integer NOT NULL,
    source text NOT NULL,
    grade text NOT NULL,
    violation boolean NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX disposition_at ON disposition (at);

-- A span of time whose unflagged messages were sampled, once; the seed was drawn after they were committed.
CREATE TABLE sampling_window (
    begins_at timestamptz PRIMARY KEY,
    ends_at timestamptz NOT NULL,
    seed bytea NOT NULL,
    rate double precision NOT NULL,
    said integer NOT NULL,
    taken integer NOT NULL
);

CREATE TABLE review_case (
    id uuid PRIMARY KEY,
    environment text NOT NULL,
    title text NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'escalated', 'closed')),
    opened_by uuid NOT NULL,
    assignee_id uuid,
    outcome text,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz
);
CREATE TABLE review_case_item (
    case_id uuid NOT NULL REFERENCES review_case (id) ON DELETE CASCADE,
    item_id uuid NOT NULL REFERENCES review_item (id) ON DELETE CASCADE,
    PRIMARY KEY (case_id, item_id)
);
CREATE TABLE review_case_step (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES review_case (id) ON DELETE CASCADE,
    by_id uuid NOT NULL,
    what text NOT NULL,
    words text NOT NULL DEFAULT '',
    at timestamptz NOT NULL,
    record_id uuid NOT NULL
);
CREATE INDEX review_case_step_case ON review_case_step (case_id, at);

-- A client's distress, report or complaint; whoever is concerned never learns of it (COMM-08).
CREATE TABLE ticket (
    id uuid PRIMARY KEY,
    environment text NOT NULL,
    client_id uuid NOT NULL REFERENCES person (id),
    conversation_id uuid,
    entry_id uuid UNIQUE,
    source text NOT NULL CHECK (source IN ('message', 'client', 'staff')),
    category text NOT NULL,
    words text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'taken', 'closed')),
    opened_by uuid NOT NULL,
    assignee_id uuid,
    opened_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    overdue_at timestamptz,
    answer text,
    closed_at timestamptz
);
CREATE INDEX ticket_waiting ON ticket (environment, due_at) WHERE state <> 'closed';
CREATE INDEX ticket_client ON ticket (client_id);
CREATE TABLE ticket_concerned (
    ticket_id uuid NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
    person_id uuid NOT NULL,
    PRIMARY KEY (ticket_id, person_id)
);
CREATE TABLE ticket_step (
    id uuid PRIMARY KEY,
    ticket_id uuid NOT NULL REFERENCES ticket (id) ON DELETE CASCADE,
    by_id uuid NOT NULL,
    what text NOT NULL,
    words text NOT NULL DEFAULT '',
    at timestamptz NOT NULL,
    record_id uuid NOT NULL
);
CREATE INDEX ticket_step_ticket ON ticket_step (ticket_id, at);

-- What became of a nudge in the desk: edited, sent all the same, or given up.
CREATE TABLE nudge_outcome (
    id uuid PRIMARY KEY,
    environment text NOT NULL,
    staff_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    policy text NOT NULL,
    action text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('edited', 'sent', 'abandoned')),
    at timestamptz NOT NULL
);
CREATE INDEX nudge_outcome_at ON nudge_outcome (environment, at);

-- Which way staff advised which client on which instrument (COMM-02).
CREATE TABLE advice (
    entry_id uuid NOT NULL,
    instrument text NOT NULL,
    way smallint NOT NULL,
    environment text NOT NULL,
    conversation_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    client_id uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (entry_id, instrument)
);
CREATE INDEX advice_instrument ON advice (instrument, at);

-- One text for several clients: nothing goes out before somebody else has approved it (COMM-03).
CREATE TABLE broadcast (
    id uuid PRIMARY KEY,
    environment text NOT NULL,
    author_id uuid NOT NULL,
    branch_id uuid,
    words text NOT NULL,
    digest bytea NOT NULL,
    verdict jsonb,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'approved', 'refused', 'sent')),
    approver_id uuid,
    note text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    decided_at timestamptz,
    sent_at timestamptz,
    record_id uuid NOT NULL
);
CREATE TABLE broadcast_recipient (
    broadcast_id uuid NOT NULL REFERENCES broadcast (id) ON DELETE CASCADE,
    client_id uuid NOT NULL REFERENCES person (id),
    entry_id uuid,
    refusal text,
    PRIMARY KEY (broadcast_id, client_id)
);
CREATE INDEX broadcast_recipient_client ON broadcast_recipient (client_id);

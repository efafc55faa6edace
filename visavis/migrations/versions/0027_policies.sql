-- Documents of supervision policies that the house has written: a version is proposed, tried on the past, and decided
-- on by somebody else; of each name the approved version with the latest day that has come is in force.
CREATE TABLE policy_document (
    id uuid PRIMARY KEY,
    environment text NOT NULL CHECK (environment IN ('real', 'simulated', 'test')),
    name text NOT NULL,
    number integer NOT NULL,
    format text NOT NULL CHECK (format IN ('json', 'yaml')),
    source text NOT NULL,
    note text NOT NULL,
    state text NOT NULL CHECK (state IN ('draft', 'tested', 'approved', 'refused')),
    author_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    effective date NOT NULL,
    backtest jsonb,
    tested_at timestamptz,
    approver_id uuid CHECK (approver_id <> author_id),
    decided_at timestamptz,
    decision_note text NOT NULL DEFAULT '',
    UNIQUE (name, number),
    CHECK (state <> 'approved' OR (approver_id IS NOT NULL AND tested_at IS NOT NULL))
);

-- What the dispositions of reviewers have taught the ranker: it orders the queue and says why, and stops nothing.
CREATE TABLE taught_ranker (
    version text PRIMARY KEY,
    weights jsonb NOT NULL,
    prior double precision NOT NULL,
    trained_on integer NOT NULL,
    at timestamptz NOT NULL
);

CREATE INDEX disposition_entry ON disposition (entry_id);

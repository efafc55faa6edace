-- What the assistant answered, with what, and how sure it was; unanswered questions are the gaps to fill.
CREATE TABLE assistant_answer (
    id uuid PRIMARY KEY,
    conversation_id uuid NOT NULL,
    question_id uuid NOT NULL UNIQUE,
    outcome text NOT NULL CHECK (outcome IN ('answered', 'unknown', 'declined_advice', 'handed_over')),
    score real NOT NULL,
    citations jsonb NOT NULL DEFAULT '[]',
    topic text NOT NULL DEFAULT '',
    at timestamptz NOT NULL,
    record_id uuid NOT NULL
);
CREATE INDEX assistant_answer_conversation ON assistant_answer (conversation_id, at);

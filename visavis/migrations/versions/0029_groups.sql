-- Groups: clients of one member of staff who are told the same, each in a conversation of his own (SUIT-11, SUIT-12).
CREATE TABLE client_group (
    id uuid PRIMARY KEY,
    environment text NOT NULL,
    owner_id uuid NOT NULL REFERENCES person (id),
    name text NOT NULL,
    admits smallint CHECK (admits BETWEEN 1 AND 5),
    follows_id uuid REFERENCES client_group (id),
    created_at timestamptz NOT NULL,
    record_id uuid NOT NULL,
    UNIQUE (follows_id, owner_id)
);
CREATE INDEX client_group_owner ON client_group (owner_id);
CREATE TABLE client_group_member (
    id uuid PRIMARY KEY,
    group_id uuid NOT NULL REFERENCES client_group (id),
    client_id uuid NOT NULL REFERENCES person (id),
    state text NOT NULL CHECK (state IN ('joined', 'left')),
    at timestamptz NOT NULL,
    record_id uuid NOT NULL,
    UNIQUE (group_id, client_id)
);
CREATE INDEX client_group_member_client ON client_group_member (client_id);
-- What was told to a group; `products` are those that it shows or leads to.
CREATE TABLE client_group_post (
    id uuid PRIMARY KEY,
    group_id uuid NOT NULL REFERENCES client_group (id),
    author_id uuid NOT NULL,
    body jsonb NOT NULL,
    products uuid[] NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX client_group_post_lately ON client_group_post (group_id, at);

ALTER TABLE broadcast ADD COLUMN product_id uuid, ADD COLUMN group_id uuid REFERENCES client_group (id);

-- Whom the same words of staff have reached lately, and until when they are approved for more (COMM-03).
CREATE TABLE same_words (
    environment text NOT NULL,
    digest bytea NOT NULL,
    approved_until timestamptz,
    PRIMARY KEY (environment, digest)
);
CREATE TABLE same_words_recipient (
    environment text NOT NULL,
    digest bytea NOT NULL,
    client_id uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (environment, digest, client_id)
);
CREATE INDEX same_words_recipient_client ON same_words_recipient (client_id);

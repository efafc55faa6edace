-- What a member of staff has set aside in a list of his own, until when; after that moment it stands at that place.
CREATE TABLE aside (
    shard_key uuid NOT NULL,
    person_id uuid NOT NULL,
    until timestamptz NOT NULL,
    PRIMARY KEY (shard_key, person_id)
);

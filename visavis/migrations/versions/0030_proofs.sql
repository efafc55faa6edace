-- What a client hands in to show that he may be professional: a harmless copy, and the original sealed (SUIT-15).
CREATE TABLE professional_proof (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES person (id),
    environment text NOT NULL,
    category_id uuid REFERENCES investor_category (id),
    name text NOT NULL,
    type text NOT NULL,
    size integer NOT NULL,
    served_path text NOT NULL,
    original_path text NOT NULL,
    original_digest bytea NOT NULL,
    at timestamptz NOT NULL,
    record_id uuid NOT NULL
);
CREATE INDEX professional_proof_client ON professional_proof (client_id);
CREATE INDEX professional_proof_category ON professional_proof (category_id);

ALTER TABLE investor_category ADD COLUMN reminded_at timestamptz;

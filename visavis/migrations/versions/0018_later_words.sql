-- Batches whose words are made beside the message path; one row per batch: [conversation, stream, first no, last no].
CREATE TABLE later_words (
    id uuid PRIMARY KEY,
    spans jsonb NOT NULL
);

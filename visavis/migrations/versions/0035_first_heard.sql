-- Most words reach one client alone: who that was stands beside the words, and only those of several have a list.
ALTER TABLE same_words ADD COLUMN client_id uuid, ADD COLUMN at timestamptz;
CREATE INDEX same_words_client ON same_words (client_id) WHERE client_id IS NOT NULL;

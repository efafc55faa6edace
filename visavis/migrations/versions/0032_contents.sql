-- What was read in a file, as it is judged with the message that carries it.
ALTER TABLE attachment ADD COLUMN says text NOT NULL DEFAULT '';

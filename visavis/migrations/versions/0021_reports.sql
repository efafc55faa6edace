-- What a client reports is no breach of the client's: it passes, and its verdict is kept all the same.
ALTER TABLE verdict DROP CONSTRAINT verdict_action_check;
ALTER TABLE verdict ADD CONSTRAINT verdict_action_check CHECK (action IN ('pass', 'nudge', 'hold', 'block'));

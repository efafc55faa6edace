-- The newest conversations of a world, without reading all of them. The hour changes seldom: while it stays, a message
-- updates its conversation's row in place (no index names a column that each message changes), within the room that
-- the pages leave for it.
ALTER TABLE conversation ADD COLUMN last_hour timestamp
    GENERATED ALWAYS AS (date_trunc('hour', last_at AT TIME ZONE 'UTC')) STORED;
ALTER TABLE conversation SET (fillfactor = 85);
CREATE INDEX conversation_newest ON conversation (environment, last_hour DESC);
DROP INDEX conversation_handler;
CREATE INDEX conversation_handler ON conversation (handler_id);
DROP INDEX conversation_client;
CREATE INDEX conversation_client ON conversation (client_id);

-- The board asks what ended in the last hours.
CREATE INDEX request_ended ON request (ended_at) WHERE ended_at IS NOT NULL;

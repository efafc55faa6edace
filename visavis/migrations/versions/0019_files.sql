-- When the bytes of a file that was never sent were taken away; what was uploaded stays on record.
ALTER TABLE attachment ADD COLUMN dropped_at timestamptz;
CREATE INDEX attachment_unsent ON attachment (created_at) WHERE entry_id IS NULL AND dropped_at IS NULL;
CREATE INDEX attachment_uploader ON attachment (uploader_id, created_at);

-- On what record a file was taken away that was uploaded and never sent.
ALTER TABLE attachment ADD COLUMN dropped_record_id uuid;

-- The client whose key seals the step's record; null where the case is about several, or none.
ALTER TABLE review_case_step ADD COLUMN client_id uuid;
CREATE INDEX review_case_step_client ON review_case_step (client_id) WHERE client_id IS NOT NULL;

-- When somebody excluded may be asked again, in UTC milliseconds by id; who is not named here is excluded for good.
ALTER TABLE request ADD COLUMN back_at jsonb NOT NULL DEFAULT '{}';
-- Since when nobody can be asked although somebody waits.
ALTER TABLE request ADD COLUMN stranded_at timestamptz;

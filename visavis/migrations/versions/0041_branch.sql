-- No version has ever written or read it, so older processes serve on.
ALTER TABLE branch DROP COLUMN parent_id;

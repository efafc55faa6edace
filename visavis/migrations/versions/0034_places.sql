-- From here on `record` is written once and never again. Where its leaf lies says `log_place`; `number` is the order in
-- which records are made, with holes where a transaction was rolled back, and tells nobody anything but the sequencer.
LOCK TABLE record IN ACCESS EXCLUSIVE MODE;
INSERT INTO log_place (leaf_index, record_id)
SELECT leaf_index, record_id FROM record
WHERE leaf_index > (SELECT coalesce(max(leaf_index), -1) FROM log_place) ORDER BY leaf_index;
-- What was made meanwhile and has its place needs no number; what waits for one is taken in order.
UPDATE record SET number = NULL WHERE number IS NOT NULL AND leaf_index IS NOT NULL;
UPDATE record SET number = fresh.number
FROM (
    SELECT record_id, nextval('record_number') AS number FROM (
        SELECT record_id FROM record WHERE leaf_index IS NULL AND number IS NULL ORDER BY record_id
    ) AS waiting
) AS fresh
WHERE record.record_id = fresh.record_id;
ALTER TABLE record DROP COLUMN leaf_index;

-- Up to which number the sequencer has given places, and which numbers before it were not there yet: `since` is the
-- transaction by which they were missed for the second time, 0 before; whoever made them had begun earlier.
CREATE TABLE log_mark (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    last bigint NOT NULL,
    missing bigint[] NOT NULL,
    since bigint[] NOT NULL
);

-- The leader of an older version knows nothing of this: it must not be started again.
UPDATE installation SET compatibility = 2;

-- The day on which its beginning or end was last told of: an end that lies after it has not been told.
ALTER TABLE licence ADD COLUMN told_on date;

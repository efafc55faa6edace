-- The firm's active staff, without a look at a million clients: the planner would read all people from end to end.
CREATE INDEX person_staff ON person (environment, status, id) WHERE kind = 'staff';

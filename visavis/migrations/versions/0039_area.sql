-- Codes of branches and names of regions in which a contract lets somebody serve (order of 2009-04-13, art 6).
-- Empty: everywhere, but for a broker-agent, whose contract is his branch's.
ALTER TABLE staff ADD COLUMN area text[] NOT NULL DEFAULT '{}';
-- The branch that keeps a client's account, where the firm's book says so.
ALTER TABLE person ADD COLUMN branch_id uuid REFERENCES branch (id);

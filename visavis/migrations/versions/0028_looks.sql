-- When a member of staff last looked at what a client has said or left; only the last hour is asked for.
CREATE TABLE client_look (
    staff_id uuid NOT NULL,
    client_id uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (staff_id, client_id)
);
CREATE INDEX client_look_lately ON client_look (staff_id, at);
CREATE INDEX client_look_of_client ON client_look (client_id);

-- The last alarm about somebody who looked at many clients within an hour.
CREATE TABLE look_alarm (
    staff_id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    clients integer NOT NULL,
    record_id uuid NOT NULL
);

ALTER TABLE ticket DROP CONSTRAINT ticket_source_check;
ALTER TABLE ticket ADD CONSTRAINT ticket_source_check CHECK (source IN ('message', 'client', 'staff', 'platform'));

CREATE TABLE branch (
    id uuid PRIMARY KEY,
    code text NOT NULL UNIQUE,
    name text NOT NULL,
    name_en text NOT NULL,
    region text NOT NULL DEFAULT '',
    parent_id uuid REFERENCES branch (id),
    created_at timestamptz NOT NULL
);

CREATE TABLE person (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('client', 'visitor', 'staff', 'machine')),
    environment text NOT NULL CHECK (environment IN ('real', 'simulated', 'test')),
    name text NOT NULL,
    name_en text NOT NULL DEFAULT '',
    language text NOT NULL DEFAULT 'zh-CN',
    -- A client's stable number at the broker; never an e-mail address.
    external_ref text,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'left', 'restricted')),
    created_at timestamptz NOT NULL,
    UNIQUE (environment, external_ref)
);

CREATE TABLE staff (
    person_id uuid PRIMARY KEY REFERENCES person (id),
    login text NOT NULL UNIQUE,
    employee_no text UNIQUE,
    roles text[] NOT NULL,
    branch_id uuid NOT NULL REFERENCES branch (id),
    registration_code text UNIQUE,
    languages text[] NOT NULL DEFAULT '{zh-CN}',
    topics text[] NOT NULL DEFAULT '{}',
    capacity integer NOT NULL DEFAULT 4 CHECK (capacity BETWEEN 1 AND 20),
    photo bytea,
    photo_type text,
    password_hash text,
    password_set_at timestamptz,
    totp_sealed bytea,
    totp_last_step bigint NOT NULL DEFAULT 0,
    locked_at timestamptz,
    failed_attempts integer NOT NULL DEFAULT 0,
    oidc_issuer text,
    oidc_subject text,
    left_at timestamptz,
    created_at timestamptz NOT NULL,
    UNIQUE (oidc_issuer, oidc_subject)
);
CREATE INDEX staff_branch ON staff (branch_id);

-- Registrations and qualifications; capability is derived from these rows at the moment of acting.
CREATE TABLE licence (
    id uuid PRIMARY KEY,
    staff_id uuid NOT NULL REFERENCES staff (person_id),
    type text NOT NULL CHECK (type IN ('advisory', 'securities', 'fund', 'futures', 'margin', 'agent')),
    number text NOT NULL,
    valid_from date NOT NULL,
    valid_to date NOT NULL,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'revoked')),
    source text NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX licence_staff ON licence (staff_id);

CREATE TABLE login_session (
    id uuid PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE,
    person_id uuid NOT NULL REFERENCES person (id),
    kind text NOT NULL CHECK (kind IN ('staff', 'client', 'visitor')),
    context jsonb NOT NULL DEFAULT '{}',
    device text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX login_session_person ON login_session (person_id) WHERE revoked_at IS NULL;

-- Between password and second factor, and the single-use socket tickets and invitations: hashed, short-lived.
CREATE TABLE one_time_token (
    token_hash bytea PRIMARY KEY,
    purpose text NOT NULL,
    person_id uuid,
    data jsonb NOT NULL DEFAULT '{}',
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);

CREATE TABLE recovery_code (
    person_id uuid NOT NULL REFERENCES staff (person_id),
    code_hash bytea NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (person_id, code_hash)
);

-- Who may vouch for a client: one algorithm and one key per key id.
CREATE TABLE embed_issuer (
    issuer text NOT NULL,
    key_id text NOT NULL,
    algorithm text NOT NULL CHECK (algorithm IN ('EdDSA', 'ES256', 'RS256', 'HS256')),
    public_key text NOT NULL,
    environment text NOT NULL DEFAULT 'real',
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, key_id)
);
CREATE TABLE embed_origin (
    origin text PRIMARY KEY,
    created_at timestamptz NOT NULL
);
CREATE TABLE used_token (
    issuer text NOT NULL,
    token_id text NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, token_id)
);

CREATE TABLE public_report (
    id uuid PRIMARY KEY,
    code text NOT NULL,
    text text NOT NULL,
    created_at timestamptz NOT NULL,
    record_id uuid NOT NULL
);

-- Fixed-window counters of the rate limits.
CREATE TABLE attempt (
    key text NOT NULL,
    window_start timestamptz NOT NULL,
    count integer NOT NULL,
    PRIMARY KEY (key, window_start)
);

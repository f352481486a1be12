-- Deploy wijzer:rules to pg
-- Rule tables as rows. A region has up to seven tables, each in versions; a version is drafted, published, and
-- from then on never changed: old decisions are explained from it.

BEGIN;
SET ROLE wijzer_owner;

CREATE TABLE data.rule_table (
    region_id    int         NOT NULL REFERENCES data.region,
    table_no     int         NOT NULL CHECK (table_no BETWEEN 1 AND 7),
    version      int         NOT NULL CHECK (version >= 1),
    hit_policy   text        NOT NULL CHECK (hit_policy IN ('U', 'A', 'P', 'F', 'C', 'R', 'O')),
    name         text        NOT NULL,
    author_id    int,        -- account that wrote it; null: came with the region
    approver_id  int,
    published_at timestamptz, -- null: a draft
    PRIMARY KEY (region_id, table_no, version),
    FOREIGN KEY (region_id, author_id) REFERENCES data.account,
    FOREIGN KEY (region_id, approver_id) REFERENCES data.account,
    CHECK (approver_id <> author_id)
);
CALL data.isolate('data.rule_table');

-- Table 3: approach, area, group -> offering. An empty cell (null) means "any".
CREATE TABLE data.rule (
    region_id       int    NOT NULL,
    table_no        int    NOT NULL,
    version         int    NOT NULL,
    rule_id         text   NOT NULL CHECK (rule_id ~ '^[A-Z][A-Z0-9-]{0,19}$'), -- stable over versions
    position        int    NOT NULL,
    domains         text[] CHECK (cardinality(domains) > 0),
    areas           text[] CHECK (cardinality(areas) > 0), -- PC4, or the beginning of one: "57"
    age_min         int    CHECK (age_min >= 0),
    age_max         int    CHECK (age_max >= age_min),
    urgency         text   CHECK (urgency IN ('routine', 'soon')),
    offering_id     int,   -- null: to the coordination
    organisation_id int    NOT NULL,
    reason          text   NOT NULL CHECK (reason <> ''), -- the sentence why
    PRIMARY KEY (region_id, table_no, version, rule_id),
    UNIQUE (region_id, table_no, version, position),
    FOREIGN KEY (region_id, table_no, version) REFERENCES data.rule_table,
    FOREIGN KEY (region_id, offering_id) REFERENCES data.offering,
    FOREIGN KEY (region_id, organisation_id) REFERENCES data.organisation
);
CALL data.isolate('data.rule');

RESET ROLE;
COMMIT;

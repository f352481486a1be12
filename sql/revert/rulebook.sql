-- Revert wijzer:rulebook from pg
-- Table 3 as it was before: the versions with hit policy FIRST. What was made since is lost; decisions by it stay, but
-- cannot be explained any more. What interface.sql made goes first; it is made anew by running it again.

BEGIN;
SET LOCAL client_min_messages = warning;
DROP SCHEMA IF EXISTS wijzer CASCADE;
DROP SCHEMA IF EXISTS logic CASCADE;
DROP VIEW data.exclusion_rule, data.approach_rule, data.offering_rule, data.fields_rule, data.promises_rule,
          data.declines_rule, data.feedback_rule;
CREATE SCHEMA latter;
ALTER TABLE data.rule SET SCHEMA latter;
ALTER TABLE data.rule_table SET SCHEMA latter;
DROP TABLE data.rule_example;
DELETE FROM data.idempotency WHERE operation NOT IN ('submit', 'move', 'open');
ALTER DOMAIN data.operation DROP CONSTRAINT operation_check;
ALTER DOMAIN data.operation ADD CONSTRAINT operation_check CHECK (VALUE IN ('submit', 'move', 'open'));

SET ROLE wijzer_owner;
CREATE TABLE data.rule_table (
    region_id    int         NOT NULL REFERENCES data.region,
    table_no     int         NOT NULL CHECK (table_no BETWEEN 1 AND 7),
    version      int         NOT NULL CHECK (version >= 1),
    hit_policy   text        NOT NULL CHECK (hit_policy IN ('U', 'A', 'P', 'F', 'C', 'R', 'O')),
    name         text        NOT NULL,
    author_id    int,
    approver_id  int,
    published_at timestamptz,
    PRIMARY KEY (region_id, table_no, version),
    FOREIGN KEY (region_id, author_id) REFERENCES data.account,
    FOREIGN KEY (region_id, approver_id) REFERENCES data.account,
    CHECK (approver_id <> author_id)
);
CALL data.isolate('data.rule_table');
CREATE TABLE data.rule (
    region_id       int    NOT NULL,
    table_no        int    NOT NULL,
    version         int    NOT NULL,
    rule_id         text   NOT NULL CHECK (rule_id ~ '^[A-Z][A-Z0-9-]{0,19}$'),
    position        int    NOT NULL,
    domains         text[] CHECK (cardinality(domains) > 0),
    areas           text[] CHECK (cardinality(areas) > 0),
    age_min         int    CHECK (age_min >= 0),
    age_max         int    CHECK (age_max >= age_min),
    urgency         text   CHECK (urgency IN ('routine', 'soon')),
    offering_id     int,
    organisation_id int    NOT NULL,
    reason          text   NOT NULL CHECK (reason <> ''),
    PRIMARY KEY (region_id, table_no, version, rule_id),
    UNIQUE (region_id, table_no, version, position),
    FOREIGN KEY (region_id, table_no, version) REFERENCES data.rule_table,
    FOREIGN KEY (region_id, offering_id) REFERENCES data.offering,
    FOREIGN KEY (region_id, organisation_id) REFERENCES data.organisation
);
CALL data.isolate('data.rule');
RESET ROLE;

INSERT INTO data.rule_table (region_id, table_no, version, hit_policy, name, author_id, approver_id, published_at)
SELECT t.region_id, 3, t.version, 'F', t.name, t.author_id, t.approver_id, t.published_at
FROM latter.rule_table t
WHERE t.table_no = 3 AND t.hit_policy = 'F';
INSERT INTO data.rule (region_id, table_no, version, rule_id, position, domains, areas, age_min, age_max, urgency,
                       offering_id, organisation_id, reason)
SELECT r.region_id, 3, r.version, r.rule_id, r.position, r.domains,
       (SELECT array_agg(pc4::text ORDER BY pc4)
        FROM unnest(r.area) AS part, generate_series(lower(part), upper(part) - 1) AS pc4),
       lower(r.age), nullif(upper(r.age) - 1, 120), r.urgency[1], r.offering_id,
       coalesce(f.organisation_id, g.coordination_id), r.reason
FROM latter.rule r
JOIN latter.rule_table t USING (region_id, version)
JOIN data.region g USING (region_id)
LEFT JOIN data.offering f ON f.region_id = r.region_id AND f.offering_id = r.offering_id
WHERE t.table_no = 3 AND t.hit_policy = 'F';

DROP SCHEMA latter CASCADE;
DROP FUNCTION data.seed_approaches(int);
DROP TABLE data.approach;
DROP DOMAIN data.words;
COMMIT;

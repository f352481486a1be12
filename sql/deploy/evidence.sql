-- Deploy wijzer:evidence to pg
-- How well it is proved that an offering works, by the ladder of Movisie's database of effective social interventions: what a
-- coordinator wrote down of it, from which source; and how much of it a row of table 3 asks for.

BEGIN;
SET ROLE wijzer_owner;

-- In order, from least to most: the order is the ladder's, and rules go by it. A region has its own words for them.
CREATE DOMAIN data.evidence_code AS text CHECK (
    VALUE IN ('well-described', 'well-founded', 'first-indications', 'good-indications', 'strong-indications'));

CREATE TABLE data.evidence_level (
    region_id int                NOT NULL REFERENCES data.region,
    code      data.evidence_code NOT NULL,
    label     text               NOT NULL,
    position  int                NOT NULL,
    PRIMARY KEY (region_id, code)
);
CALL data.isolate('data.evidence_level');

-- What was said last of an offering. No row, or no level: it is not known.
CREATE TABLE data.evidence (
    region_id   int         NOT NULL,
    offering_id int         NOT NULL,
    level       data.evidence_code,
    source      text        CHECK (length(source) BETWEEN 1 AND 200 AND source !~ '[[:cntrl:]]'), -- title or address of the entry
    as_of       date        NOT NULL, -- of the entry
    account_id  int         NOT NULL, -- who wrote it down, and when
    at          timestamptz NOT NULL,
    PRIMARY KEY (region_id, offering_id),
    FOREIGN KEY (region_id, offering_id) REFERENCES data.offering,
    FOREIGN KEY (region_id, level) REFERENCES data.evidence_level,
    CHECK ((level IS NULL) = (source IS NULL))
);
CALL data.isolate('data.evidence');

ALTER TABLE data.offering_event
    ADD COLUMN evidence text, -- of evidence-set, of the day as_of; null: it is not known any more
    ADD COLUMN source text;

-- The least that the row's offering must have, for the row to count: table 3.
ALTER TABLE data.rule
    ADD COLUMN evidence data.evidence_code,
    ADD CONSTRAINT rule_evidence CHECK (evidence IS NULL OR table_no = 3 AND offering_id IS NOT NULL);
CREATE OR REPLACE VIEW data.offering_rule WITH (security_invoker = true) AS
SELECT region_id, version, rule_id, position, is_otherwise, nots, approaches, domains, age, area, urgency, language, lvb,
       mobility, digital_skill, occupation, household, declines,
       (SELECT f.code FROM data.offering f WHERE f.region_id = r.region_id AND f.offering_id = r.offering_id) AS offering,
       weight, reason, offer, evidence
FROM data.rule r WHERE table_no = 3;

RESET ROLE;
COMMIT;

-- Deploy wijzer:offer to pg
-- Steps that are offered to several organisations at once, before any of them knows who it is about.

BEGIN;
SET ROLE wijzer_owner;

-- While a step is offered nobody owns it, so that nothing that asks for its owner shows anything to whom it is offered; who accepts
-- becomes its owner, and it is offered no more. What was declined or went to another keeps to whom it was offered, and no owner.
ALTER TABLE data.step
    ALTER COLUMN owner_id DROP NOT NULL,
    ADD COLUMN offered_to int,    -- organisation; null: it has an owner
    ADD COLUMN offer_group int;   -- those that were offered at once have the same number, within the referral

ALTER TABLE data.event
    ADD COLUMN offered_to int,    -- of a new step that is offered
    ADD COLUMN offer_group int;

-- To how many at most, where this row's offering comes first: table 3.
ALTER TABLE data.rule
    ADD COLUMN offer int,
    ADD CONSTRAINT rule_offer CHECK (offer IS NULL OR table_no = 3 AND offering_id IS NOT NULL AND offer BETWEEN 1 AND 5);
CREATE OR REPLACE VIEW data.offering_rule WITH (security_invoker = true) AS
SELECT region_id, version, rule_id, position, is_otherwise, nots, approaches, domains, age, area, urgency, language, lvb,
       mobility, digital_skill, occupation, household, declines,
       (SELECT f.code FROM data.offering f WHERE f.region_id = r.region_id AND f.offering_id = r.offering_id) AS offering,
       weight, reason, offer
FROM data.rule r WHERE table_no = 3;

-- What the client would like, in fixed words that say nothing of who it is; null: nothing was said.
CREATE DOMAIN data.wishes AS text[] CHECK (
    cardinality(VALUE) > 0 AND array_position(VALUE, NULL) IS NULL
    AND VALUE <@ '{group,one-to-one,at-home,nearby,daytime,evening,weekend,online,same-gender,interpreter}'::text[]);
ALTER TABLE data.referral ADD COLUMN wishes data.wishes;

RESET ROLE;
COMMIT;

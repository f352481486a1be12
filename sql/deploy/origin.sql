-- Deploy wijzer:origin to pg
-- Who came without a referrer (self, desk) or by a signal of another system, and referrals that go on in another one. A foreign
-- key to the latter would be checked for every referral that is sent; an invariant looks instead.

BEGIN;
SET ROLE wijzer_owner;

CREATE DOMAIN data.origin AS text CHECK (VALUE IN ('self', 'desk', 'signal'));

ALTER TABLE data.referral
    ADD COLUMN origin      data.origin, -- null: a referrer
    ADD COLUMN merged_into bigint;      -- the referral in which it goes on
CREATE INDEX referral_merged ON data.referral (region_id, merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX referral_following ON data.referral (region_id, organisation_id, referral_id)
    WHERE merged_into IS NOT NULL AND ended_at IS NULL;

ALTER TABLE data.event
    ADD COLUMN origin      text,   -- of a new referral
    ADD COLUMN merged_into bigint; -- of referral-merged

-- Nobody asked the client yet: what the law lets somebody pass on, and no more.
ALTER DOMAIN data.basis DROP CONSTRAINT basis_check;
ALTER DOMAIN data.basis ADD CONSTRAINT basis_check
    CHECK (VALUE IN ('standard', 'own-choice', 'changed', 'withdrawn', 'before', 'law'));

RESET ROLE;
COMMIT;

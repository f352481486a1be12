-- Deploy wijzer:unread to pg
-- Where an organisation has messages that it has not read, so that whoever asks is told at once instead of by going through its steps.

BEGIN;
SET LOCAL client_min_messages = warning;
SET ROLE wijzer_owner;

-- A row from the message on until all is read. It helps to find; what counts is data.message and data.message_mark.
CREATE TABLE data.message_waiting (
    region_id       int         NOT NULL,
    organisation_id int         NOT NULL,
    step_id         bigint      NOT NULL,
    at              timestamptz NOT NULL, -- of the last message
    PRIMARY KEY (region_id, organisation_id, step_id),
    FOREIGN KEY (region_id, step_id) REFERENCES data.step
);
CALL data.isolate('data.message_waiting');

-- What is unread already: of who referred, of whose step it is, and of who directs.
DO $$
DECLARE
    region int;
BEGIN
    PERFORM set_config('wijzer.scope', 'regions', true);
    FOREACH region IN ARRAY ARRAY(SELECT r.region_id FROM data.region r ORDER BY r.region_id) LOOP
        PERFORM set_config('wijzer.scope', '', true), set_config('wijzer.region', region::text, true),
                set_config('wijzer.role', 'coordinator', true);
        INSERT INTO data.message_waiting (region_id, organisation_id, step_id, at)
        SELECT m.region_id, o.organisation_id, m.step_id, max(m.at)
        FROM data.message m
        JOIN data.step s ON s.region_id = m.region_id AND s.step_id = m.step_id
        JOIN data.referral r ON r.region_id = m.region_id AND r.referral_id = m.referral_id
        CROSS JOIN LATERAL (SELECT DISTINCT x FROM unnest(ARRAY[r.organisation_id, s.owner_id, r.director_id]) x) o (organisation_id)
        WHERE m.region_id = region AND o.organisation_id IS NOT NULL AND m.organisation_id <> o.organisation_id
          AND NOT EXISTS (SELECT FROM data.message_mark k
                          WHERE k.region_id = m.region_id AND k.step_id = m.step_id AND k.organisation_id = o.organisation_id
                            AND k.message_nr >= m.nr)
        GROUP BY m.region_id, o.organisation_id, m.step_id;
    END LOOP;
    PERFORM set_config('wijzer.scope', '', true), set_config('wijzer.region', '', true), set_config('wijzer.role', '', true);
END
$$;

RESET ROLE;
COMMIT;

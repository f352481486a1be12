-- Deploy wijzer:region to pg
-- The tenant. Every table here has region_id as the first column of its keys; who reads or writes it has to say
-- first which region it is in (wijzer.region), and row-level security, forced on the owner too, holds it to that.

BEGIN;

CREATE SCHEMA data AUTHORIZATION wijzer_owner;
SET ROLE wijzer_owner;

-- Ids that people read out (referral, step, client, note, feedback). Cached per session: neighbours in time need
-- not be neighbours in number, and no two sessions queue for the sequence.
CREATE SEQUENCE data.object_seq AS bigint MINVALUE 1 MAXVALUE 3404825446 CACHE 64;
CREATE SEQUENCE data.event_seq AS bigint CACHE 64;
CREATE SEQUENCE data.people_seq AS int START 1000;

-- Puts a table under the rule of isolation. Append-only tables get no policy (and no right) to change or delete,
-- so that not even their owner can.
CREATE PROCEDURE data.isolate(target regclass, append_only boolean DEFAULT false)
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    -- A read asks once a statement; a write asks for each row, because a sub-select in a check costs a statement more to
    -- set up than to ask thirty times.
    here constant text := 'region_id = (SELECT nullif(current_setting(''wijzer.region'', true), '''')::int)';
    written constant text := 'region_id = nullif(current_setting(''wijzer.region'', true), '''')::int';
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    IF append_only THEN
        EXECUTE format('CREATE POLICY region_read ON %s FOR SELECT USING (%s)', target, here);
        EXECUTE format('CREATE POLICY region_add ON %s FOR INSERT WITH CHECK (%s)', target, written);
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM PUBLIC, wijzer_owner', target);
    ELSE
        EXECUTE format('CREATE POLICY region ON %s USING (%s) WITH CHECK (%s)', target, here, written);
    END IF;
END
$$;

CREATE TABLE data.region (
    region_id       int    NOT NULL,
    code            text   NOT NULL CHECK (code ~ '^[a-z][a-z0-9-]{0,39}$'),
    name            text   NOT NULL CHECK (name <> ''),
    version         bigint NOT NULL DEFAULT 1, -- grows with every change of what the snapshot holds
    coordination_id int,                       -- the organisation the catch-all leads to
    PRIMARY KEY (region_id)
);
CALL data.isolate('data.region');
-- The one question that has no region: which regions are there? Only a function that sets this scope may ask.
CREATE POLICY every_region ON data.region FOR SELECT
    USING ((SELECT current_setting('wijzer.scope', true)) = 'regions');

-- Days on which a region is closed, besides weekends and public holidays.
CREATE TABLE data.closure (
    region_id int  NOT NULL REFERENCES data.region,
    day       date NOT NULL,
    reason    text NOT NULL DEFAULT '',
    PRIMARY KEY (region_id, day)
);
CALL data.isolate('data.closure');

RESET ROLE;
COMMIT;

-- Ways in for functions that search: keys and ids alone. They belong to wijzer_vault, as those of sight.sql do; what is found
-- is read through the others.
RESET ROLE;
GRANT CREATE ON SCHEMA logic TO wijzer_vault;
SET LOCAL ROLE wijzer_vault;

-- By keyed hash; whom row-level security shows.
CREATE VIEW logic.client_hash WITH (security_barrier = true) AS
SELECT c.region_id, c.client_id, c.name_hash, c.phone_hash, c.email_hash FROM data.client c;

-- Entries of the access log about one client (setting wijzer.about): the policy about_client makes this the only thing
-- wijzer_vault reads of it, and the only way to use its index.
CREATE VIEW logic.access_about WITH (security_barrier = true) AS
SELECT a.region_id, a.access_id, a.at, a.account_id FROM data.access a;

GRANT SELECT ON logic.client_hash, logic.access_about TO wijzer_owner;
RESET ROLE;
REVOKE CREATE ON SCHEMA logic FROM wijzer_vault;
SET LOCAL ROLE wijzer_owner;

-- Joining and leaving: codes that are used once, certificates, what stewards do; who may, and what is told of it.
BEGIN;
\ir support/helpers.sql
SELECT no_plan();
SELECT test.account('steward') AS steward, test.account('worker') AS worker, test.account('gp') AS gp,
       test.account('coordinator_2', 2) AS nobody, repeat('a', 64) AS ca, repeat('b', 64) AS other_ca \gset

CREATE FUNCTION test.invite(code text, name text, role text DEFAULT 'worker', who text DEFAULT 'steward', key text DEFAULT NULL,
                            organisation text DEFAULT 'levgroep', target int DEFAULT NULL, OUT result text, OUT answer json)
LANGUAGE sql AS $$
    SELECT * FROM wijzer.make_invitation(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(name || role),
                                         organisation, role, name, target, test.hash(code), '192.0.2.1') $$;
CREATE FUNCTION test.open(code text, address text DEFAULT '192.0.2.7', request text DEFAULT 'q') RETURNS text LANGUAGE sql AS $$
    SELECT result || coalesce(' ' || fault, '') || coalesce(' ' || san, '') FROM wijzer.open_code(test.hash(code), address, request) $$;
CREATE FUNCTION test.join(code text, serial text, address text DEFAULT '192.0.2.7', request text DEFAULT 'q',
                          san text DEFAULT 'urn:wijzer:deurne:levgroep:anna') RETURNS text LANGUAGE sql AS $$
    SELECT result || coalesce(' ' || fault, '') FROM wijzer.enrol(test.hash(code), address, request, san, repeat('a', 64), serial,
        logic.microseconds(wijzer.clock() + interval '90 days'), 'PEM ' || serial) $$;
CREATE FUNCTION test.id_of(a json) RETURNS bigint LANGUAGE sql
RETURN (SELECT invitation_id FROM data.invitation WHERE wijzer.code(invitation_id) = a ->> 'id');
CREATE FUNCTION test.known(san text, serial text, issuer text DEFAULT repeat('a', 64)) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce((SELECT account_name || ' ' || role FROM wijzer.find_account(issuer, san, serial)), 'nobody') $$;

-- Inviting.
SELECT is((test.invite('c', 'anna', who => w)).result, 'not-yours', w || ' invites nobody') FROM unnest('{gp,worker,coordinator}'::text[]) w;
SELECT is((SELECT result FROM wijzer.make_invitation(1, test.account('coordinator', 2), 'k', test.hash(''), 'levgroep', 'worker', 'anna', NULL, test.hash('c'), NULL)),
    'account-unknown', 'nobody of another region does');
SELECT is((test.invite('c', 'worker')).result, 'name-taken', 'not under a name that somebody has');
SELECT is((test.invite('c', 'anna', organisation => 'nergens')).result, 'organisation-unknown', 'not into an organisation that is not there');
SELECT result AS invited, answer AS doc, test.id_of(answer) AS id FROM test.invite('code-1', 'anna', key => 'k1') \gset
SELECT is(:'invited'::text, 'invited', 'a steward invites');
SELECT is(:'doc'::jsonb - '{id,madeAt,expiresAt}'::text[], '{"name": "anna", "role": "worker", "organisation": {"code": "levgroep", "name": "LEVgroep"}, "account": null,
    "state": "open", "madeBy": "steward", "usedAt": null, "withdrawnAt": null, "attempts": 0}'::jsonb, 'and sees what was made of it');
SELECT is((SELECT expires_at - made_at FROM data.invitation WHERE invitation_id = :id), interval '7 days', 'good for a week');
SELECT is_empty($$ SELECT FROM data.account WHERE name = 'anna' $$, 'there is no account yet');
SELECT is_empty($$ SELECT FROM data.invitation i WHERE row_to_json(i)::text LIKE '%code-1%' $$, 'the code is not kept');
SELECT is((test.invite('code-x', 'anna')).result, 'already-invited', 'nobody is invited twice');
SELECT is((test.invite('code-2', 'anna', key => 'k1')).result, 'replayed', 'the same request again');
SELECT is(test.open('code-1'), 'refused unknown', 'takes the new code instead');
SELECT is(test.open('code-2'), 'open urn:wijzer:deurne:levgroep:anna', 'which opens, for one name');
SELECT is((test.invite('c', 'bert', key => 'k1')).result, 'key-reused', 'the key for somebody else is refused');

-- Joining.
SELECT is(test.join('code-2', '0A', san => 'urn:wijzer:deurne:levgroep:bert'), 'refused organisation-ended', 'only under the name of the invitation');
SELECT is(test.join('code-2', '0A'), 'enrolled', 'the code is used');
SELECT is(test.known('urn:wijzer:deurne:levgroep:anna', '0A'), 'anna worker', 'and its certificate lets in');
SELECT is(test.known('urn:wijzer:deurne:levgroep:anna', '0B'), 'nobody', 'another of the same name, which we did not issue, does not');
SELECT is(test.known('urn:wijzer:deurne:levgroep:anna', NULL), 'nobody', 'nor one without a serial');
SELECT is(test.known('urn:wijzer:deurne:levgroep:anna', '0A', repeat('b', 64)), 'nobody', 'nor one of another CA');
SELECT is(test.open('code-2', request => 'other'), 'refused used', 'the code opens no more');
SELECT is(test.join('code-2', '0C', request => 'other'), 'refused used', 'and lets nobody in');
SELECT is(test.join('code-2', '0C'), 'replayed replayed', 'who asks the same again');
SELECT is((SELECT concat_ws(' ', result, pem, serial, answer ->> 'account', answer ->> 'role') FROM wijzer.open_code(test.hash('code-2'), '192.0.2.7', 'q')),
    'replayed PEM 0A 0A anna worker', 'hears the same again');
UPDATE data.invitation SET used_at = used_at - interval '11 minutes', made_at = made_at - interval '11 minutes' WHERE invitation_id = :id;
SELECT is(test.open('code-2'), 'refused used', 'for ten minutes');
SELECT is((SELECT attempts FROM data.invitation WHERE invitation_id = :id), 3, 'attempts are counted');
SELECT is((SELECT wijzer.me(1, test.account('anna')) ->> 'role'), 'worker', 'the account is there');

-- Withdrawn, expired.
SELECT test.id_of(answer) AS bert FROM test.invite('code-3', 'bert') \gset
SELECT is((SELECT result FROM wijzer.withdraw_invitation(1, :worker, 'w', test.hash(''), :bert, NULL)), 'not-yours', 'a worker withdraws nothing');
SELECT is((SELECT result || ' ' || (answer ->> 'state') FROM wijzer.withdraw_invitation(1, :steward, 'w1', test.hash(''), :bert, NULL)), 'withdrawn withdrawn', 'a steward does');
SELECT is((SELECT result FROM wijzer.withdraw_invitation(1, :steward, 'w1', test.hash(''), :bert, NULL)), 'replayed', 'once');
SELECT is((SELECT result FROM wijzer.withdraw_invitation(1, :steward, 'w2', test.hash(''), :id, NULL)), 'state-not-allowed', 'not what was used');
SELECT is((SELECT result FROM wijzer.withdraw_invitation(1, :steward, 'w3', test.hash(''), 999999999, NULL)), 'not-found', 'not what is not there');
SELECT is(test.open('code-3', '192.0.2.8'), 'refused withdrawn', 'a withdrawn code opens nothing');
SELECT test.id_of(answer) AS carl FROM test.invite('code-4', 'carl') \gset
UPDATE data.invitation SET made_at = made_at - interval '8 days', expires_at = expires_at - interval '8 days' WHERE invitation_id = :carl;
SELECT is(test.open('code-4', '192.0.2.8'), 'refused expired', 'nor one that is older than a week');
SELECT is((test.invite('code-5', 'carl')).result, 'invited', 'somebody can be invited again then');
SELECT results_eq($$ SELECT i ->> 'name', i ->> 'state' FROM json_array_elements(wijzer.list_invitations(1, test.account('steward')) -> 'items') i ORDER BY 1, 2 $$,
    $$ VALUES ('anna', 'used'), ('bert', 'withdrawn'), ('carl', 'expired'), ('carl', 'open') $$, 'the list');
SELECT is(wijzer.list_invitations(1, :worker)::text, NULL, 'is not for workers');

-- Guessing.
SELECT count(test.open('guess-' || n, '203.0.113.9')) FROM generate_series(1, 9) n \g /dev/null
SELECT is(test.open('code-5', '203.0.113.9'), 'open urn:wijzer:deurne:levgroep:carl', 'nine wrong codes lock nothing');
SELECT is(test.open('guess-10', '203.0.113.9'), 'refused unknown', 'the tenth');
SELECT is(test.open('code-5', '203.0.113.9'), 'refused locked', 'locks the address, for right codes too');
SELECT is(test.join('code-5', '0D', '203.0.113.9', san => 'urn:wijzer:deurne:levgroep:carl'), 'refused locked', 'at both doors');
SELECT is(test.open('code-5', '203.0.113.10'), 'open urn:wijzer:deurne:levgroep:carl', 'and no other');
SELECT is((SELECT locked_until - wijzer.clock() > interval '59 minutes' FROM data.wrong_code WHERE address = '203.0.113.9'), true, 'for an hour');
SELECT count(test.open('guess-' || n, '2001:db8::' || n)) FROM generate_series(1, 10) n \g /dev/null
SELECT is(test.open('code-5', '2001:db8::77'), 'refused locked', 'of IPv6 a whole network is one address');
SELECT is(test.open('code-5', '2001:db8:0:1::1'), 'open urn:wijzer:deurne:levgroep:carl', 'and not the next one');
SELECT count(test.open('guess-' || n, '198.51.100.' || n)) FROM generate_series(1, 9) n \g /dev/null
UPDATE data.wrong_code SET since = since - interval '11 minutes' WHERE address LIKE '198.%';
SELECT is((SELECT wrong FROM data.wrong_code WHERE address = '198.51.100.1'), 1, 'what was wrong longer ago');
SELECT is(test.open('guess', '198.51.100.1') || (SELECT wrong FROM data.wrong_code WHERE address = '198.51.100.1'), 'refused unknown1', 'counts no more');
UPDATE data.wrong_code SET wrong = 999 WHERE address = '*';
SELECT is(test.open('guess', '198.51.100.2'), 'refused unknown', 'a thousand wrong ones in all');
SELECT is(test.open('code-5', '198.51.100.3'), 'refused locked', 'close the door for everybody');
SELECT is((SELECT locked_until - wijzer.clock() < interval '11 minutes' FROM data.wrong_code WHERE address = '*'), true, 'for ten minutes');
DELETE FROM data.wrong_code;
INSERT INTO data.wrong_code VALUES (0, '1.1.1.1', wijzer.clock() - interval '2 days', 3, NULL), (0, '1.1.1.2', wijzer.clock() - interval '2 days', 3, wijzer.clock() + interval '1 hour');
SELECT test.open('guess', '198.51.100.4') \g /dev/null
SELECT results_eq($$ SELECT address FROM data.wrong_code ORDER BY 1 $$, $$ VALUES ('*'), ('1.1.1.2'), ('198.51.100.4') $$, 'old addresses are forgotten');

-- Renewal.
CREATE FUNCTION test.renew(who text, serial text, key text DEFAULT NULL, san text DEFAULT 'urn:wijzer:deurne:levgroep:anna') RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', result, pem) FROM wijzer.renew_certificate(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(''), san,
        repeat('a', 64), serial, logic.microseconds(wijzer.clock() + interval '90 days'), 'PEM ' || serial, '192.0.2.7') $$;
SELECT is(test.renew('anna', '1A', 'r1'), 'renewed PEM 1A', 'who has one of our certificates gets the next');
SELECT is(test.renew('anna', '1B', 'r1'), 'replayed PEM 1A', 'once for a key');
SELECT is(test.known('urn:wijzer:deurne:levgroep:anna', '1A') || test.known('urn:wijzer:deurne:levgroep:anna', '0A'), 'anna workeranna worker', 'both are good');
SELECT is(test.renew('gp', '1C'), 'not-issued-here', 'not for a name of somebody else');
SELECT count(test.renew('anna', '2' || n)) FROM generate_series(0, 7) n \g /dev/null
SELECT is(test.renew('anna', '29'), 'too-many', 'ten at a time are enough');

-- Revoking.
CREATE FUNCTION test.revoke(target int, serial text, issuer text DEFAULT NULL, who text DEFAULT 'steward', key text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT result FROM wijzer.revoke_certificate(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(''), target, serial, issuer, 'key-lost', '192.0.2.1') $$;
SELECT rights AS before FROM wijzer.regions() WHERE region_id = 1 \gset
SELECT is(test.revoke(NULL, '0A', who => 'coordinator'), 'not-yours', 'a coordinator revokes nothing');
SELECT is(test.revoke(NULL, '0A', key => 'v1'), 'revoked', 'a certificate is revoked');
SELECT is(test.revoke(NULL, '0A', key => 'v1'), 'replayed', 'once');
SELECT is(test.known('urn:wijzer:deurne:levgroep:anna', '0A') || ' ' || test.known('urn:wijzer:deurne:levgroep:anna', '1A'), 'nobody anna worker', 'it lets in no more; the other one does');
SELECT is((SELECT rights FROM wijzer.regions() WHERE region_id = 1), :before::bigint + 1, 'daemons see that rights have changed');
SELECT is(test.revoke(NULL, 'FF'), 'not-found', 'not one that nobody knows');
SELECT is(test.revoke(test.account('anna'), NULL), 'revoked', 'all of an account');
SELECT is(test.known('urn:wijzer:deurne:levgroep:anna', '1A'), 'nobody', 'let in no more');
SELECT is((test.invite('code-6', 'x', target => test.account('anna'))).result, 'invited', 'another key for the same account');
SELECT is(test.join('code-6', '3A', request => 'z'), 'enrolled', 'is taken');
SELECT is(test.known('urn:wijzer:deurne:levgroep:anna', '3A'), 'anna worker', 'and lets in');
SELECT is((SELECT count(*) FROM data.account WHERE name = 'anna'), 1::bigint, 'it is the same account');

-- People of another CA.
CREATE FUNCTION test.add(who text, san text, target text DEFAULT 'worker', region int DEFAULT 1) RETURNS text LANGUAGE sql AS $$
    SELECT result FROM wijzer.add_identity(region, test.account(who, region), gen_random_uuid()::text, test.hash(san), test.account(target, region), repeat('b', 64), san, NULL) $$;
SELECT is(test.add('coordinator', 'dns:zorg.example'), 'not-yours', 'a coordinator adds nobody');
SELECT is(test.add('steward', 'dns:zorg.example'), 'added', 'a name of another CA');
SELECT is(test.known('dns:zorg.example', '77', repeat('b', 64)), 'worker worker', 'lets in, whatever the serial');
SELECT is(test.known('dns:zorg.example', '77'), 'nobody', 'not by our own CA');
SELECT is(test.add('steward', 'dns:zorg.example', 'gp'), 'identity-taken', 'for one account');
UPDATE data.account SET role = 'steward' WHERE region_id = 2 AND name = 'coordinator';
SELECT is(test.add('coordinator', 'dns:zorg.example', 'worker', 2), 'identity-taken', 'in one region, else it would be nobody''s');
SELECT is(test.revoke(NULL, '77', repeat('b', 64)), 'revoked', 'a certificate of that CA can be revoked');
SELECT is(test.known('dns:zorg.example', '77', repeat('b', 64)) || ' ' || test.known('dns:zorg.example', '78', repeat('b', 64)), 'nobody worker worker', 'alone');
SELECT is(test.revoke(NULL, '77', repeat('c', 64)), 'not-found', 'not of a CA that nobody here has');
SELECT is(test.revoke(:worker, NULL), 'revoked', 'all of that account');
SELECT is(test.known('dns:zorg.example', '78', repeat('b', 64)), 'nobody', 'ends what the other CA vouches for');

-- Roles and ends.
CREATE FUNCTION test.role(target text, role text, who text DEFAULT 'steward') RETURNS text LANGUAGE sql AS $$
    SELECT result FROM wijzer.change_role(1, test.account(who), gen_random_uuid()::text, test.hash(role), test.account(target), role, NULL) $$;
CREATE FUNCTION test.end(target text, who text DEFAULT 'steward', key text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT result FROM wijzer.end_account(1, test.account(who), coalesce(key, gen_random_uuid()::text), test.hash(''), test.account(target), NULL) $$;
SELECT is(test.role('anna', 'coordinator', 'worker'), 'not-yours', 'a worker makes nobody coordinator');
SELECT is(test.role('anna', 'coordinator'), 'changed', 'a steward does');
SELECT is(test.known('urn:wijzer:deurne:levgroep:anna', '3A'), 'anna coordinator', 'it is so');
SELECT is(test.role('steward', 'worker') || ' ' || test.end('steward'), 'last-steward last-steward', 'somebody must be left to administer');
SELECT is(test.role('anna', 'steward') || ' ' || test.role('steward', 'coordinator') || ' ' || test.role('steward', 'steward', 'anna'), 'changed changed changed', 'with a second one it goes');
SELECT is((test.invite('code-7', 'x', target => test.account('anna'))).result, 'invited', 'a key is on its way');
SELECT is(test.end('anna', key => 'e1') || ' ' || test.end('anna', key => 'e1') || ' ' || test.end('anna'), 'ended replayed ended', 'an account ends');
SELECT is(test.known('urn:wijzer:deurne:levgroep:anna', '3A'), 'nobody', 'its certificate lets in no more');
SELECT is(test.open('code-7', '192.0.2.30'), 'refused withdrawn', 'nor does its code');
SELECT is(test.role('anna', 'worker'), 'not-found', 'it has no role to change');
SELECT is((test.invite('c', 'x', target => test.account('anna'))).result, 'not-found', 'and gets no key');
SELECT is((test.invite('c', 'anna')).result, 'name-taken', 'nobody else gets the name');
SELECT is((SELECT a ->> 'role' || ' ' || (a ->> 'endedAt' IS NOT NULL) || ' ' || json_array_length(a -> 'certificates')
           FROM json_array_elements(wijzer.list_accounts(1, :steward) -> 'items') a WHERE a ->> 'name' = 'anna'), 'steward true 11', 'the list tells');
SELECT is(wijzer.list_accounts(1, :gp)::text, NULL, 'stewards alone');

-- What daemons ask when rights have changed.
SELECT is((SELECT array_agg(item ORDER BY item) FROM wijzer.still_known(ARRAY[:'ca', :'other_ca', :'ca'],
    '{urn:wijzer:deurne:levgroep:anna,dns:zorg.example,x}', '{3A,78,1}')), NULL, 'nobody of these is known any more');

-- It is all written down, and stays.
SELECT results_eq($$ SELECT kind::text, count(*) FROM data.administration GROUP BY 1 ORDER BY 1 $$,
    $$ VALUES ('ended', 2::bigint), ('enrolled', 2), ('identity-added', 1), ('invited', 6), ('renewed', 9), ('revoked', 4), ('role-changed', 4), ('withdrawn', 1) $$, 'every change of rights');
SELECT is((SELECT account_id || ' ' || came_from || ' ' || (what ->> 'role') FROM data.administration WHERE kind = 'invited' AND invitation_id = :id), :steward || ' 192.0.2.1 worker', 'who, whence, what');
SET LOCAL ROLE wijzer_owner;
SELECT throws_ok('UPDATE data.administration SET kind = ''x''', '42501', NULL, 'the owner cannot change it');
SELECT throws_ok('DELETE FROM data.administration', '42501', NULL, 'nor take it away');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;

// A database of before names and texts were sealed: `wijzerd migrate` seals what is plain, once, and people read on.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { World, finish, wijzerd } from './lib/world.mjs';

const name = 'Noëlle Çelik-de Vries';
const text = 'Slaapt slecht sinds de zomer.';
let world, gp, id;

// Puts plain text where it stood before, past the constraints that hold for everything new, and takes the keys away.
function makePlain() {
  const client = `(SELECT client_id FROM data.referral WHERE wijzer.code(referral_id) = '${id}')`;
  const referral = `(SELECT referral_id FROM data.referral WHERE wijzer.code(referral_id) = '${id}')`;
  const number = world.sql(`SELECT client_id FROM data.referral WHERE wijzer.code(referral_id) = '${id}'`);
  const constraints = [
    ['data.client', 'client_nothing_plain', 'num_nonnulls(plain_name, plain_phone, plain_email) = 0'],
    ['data.note', 'note_nothing_plain', 'num_nonnulls(plain_text, plain_reason) = 0'],
    ['data.feedback', 'feedback_nothing_plain', 'plain_text IS NULL'],
  ];
  for (const [table, constraint] of constraints) world.sql(`ALTER TABLE ${table} DROP CONSTRAINT ${constraint}`);
  world.sql(`UPDATE data.client SET name = NULL, phone = NULL, email = NULL, name_hash = NULL, phone_hash = NULL, email_hash = NULL,
      plain_name = '${name}', plain_phone = '+31 6 12345678', plain_email = 'Noelle@example.org' WHERE client_id = ${client}`);
  world.sql(`UPDATE data.note SET text = NULL, plain_text = '${text}', plain_reason = '' WHERE referral_id = ${referral}`);
  world.sql(`INSERT INTO data.feedback (region_id, feedback_id, referral_id, step_id, state, from_id, to_id, plain_text, at)
      SELECT r.region_id, nextval('data.object_seq'), r.referral_id, s.step_id, 'accepted', s.owner_id, r.organisation_id,
             '${name} is gebeld.', now()
      FROM data.referral r JOIN data.step s USING (region_id, referral_id) WHERE r.referral_id = ${referral}`);
  for (const [table, constraint, check] of constraints) world.sql(`ALTER TABLE ${table} ADD CONSTRAINT ${constraint} CHECK (${check}) NOT VALID`);
  world.keysSql(`DELETE FROM data.client_key WHERE client_id = ${number}`);
}

const migrate = () => finish(wijzerd, ['migrate', '--config', world.conf], { env: process.env, timeout: 120000 });
const everything = () => ['client', 'note', 'feedback'].map((table) => world.sql(`SELECT t FROM data.${table} t`)).join('\n');

before(async () => {
  world = await World.make();
  world.secret(name, text, 'Noelle@example.org');
  world.configure({
    'migrate-database': world.conninfo(false, 'postgres'),
    'migrate-key-database': world.conninfo(false, 'postgres@wijzer_keys'),
  });
  gp = world.api('gp');
  id = (await gp.refer({ text: 'Wordt vervangen.' })).id;
  await world.stop();
  makePlain();
});
after(() => world?.close());

test('what is plain is sealed, and nothing of it is left', async () => {
  assert.ok(everything().includes(name));
  const done = await migrate();
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stdout, /sealed 3 rows/);
  for (const word of [name, text, '12345678', 'oelle@']) assert.ok(!everything().includes(word), word);
});

test('people read what they read before', async () => {
  await world.start();
  gp = world.api('gp');
  const seen = (await gp.get(`/v1/referrals/${id}`)).json;
  assert.deepEqual([seen.client.name, seen.client.phone, seen.client.email, seen.text], [name, '+31 6 12345678', 'Noelle@example.org', text]);
  const feedback = (await gp.get('/v1/feedback')).json.items.find((item) => item.referralId === id);
  assert.equal(feedback.text, `${name} is gebeld.`);
});

test('a second time there is nothing to do, and the key is the same', async () => {
  const before = world.keysSql('SELECT client_id, wrapped FROM data.client_key ORDER BY 1');
  const again = await migrate();
  assert.equal(again.code, 0, again.stderr);
  assert.ok(!/sealed/.test(again.stdout), again.stdout);
  assert.equal(world.keysSql('SELECT client_id, wrapped FROM data.client_key ORDER BY 1'), before);
});

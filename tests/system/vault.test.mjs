// Clients are sealed in the database under keys that lie in another one. That one goes away: what is known about clients
// cannot be read, referrals are taken in while there are keys in stock, and all of it recovers by itself.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { agree } from './lib/agree.mjs';
import { referral } from './lib/api.mjs';
import { referralTexts } from './lib/sealed.mjs';
import { World, eventually, finish, wijzerd } from './lib/world.mjs';

let world, gp, coach;
before(async () => {
  world = await World.make({ conf: { workers: 1, 'job-timeout': '3s', 'connect-timeout': '1s' } });
  gp = world.api('gp');
  coach = world.api('worker');
});
after(() => world?.close());
let isAway = false;
afterEach(async () => isAway && (await back()));

const word = (answer) => answer.json?.type.split(':').pop();
const metric = async (name) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec((await world.plain('/metrics')).text)[1]);
const allow = (whether) => {
  world.sql(`ALTER DATABASE wijzer_keys ALLOW_CONNECTIONS ${whether}`);
  if (!whether) world.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'wijzer_keys'");
};
const away = async () => {
  allow(false);
  isAway = true;
  await eventually(async () => (await metric('wijzer_key_lanes_up')) === 0, { what: 'the loss of the key database' });
};
const back = async () => {
  allow(true);
  isAway = false;
  await eventually(async () => {
    const ready = await world.plain('/readyz');
    return ready.status === 200 && JSON.parse(ready.text).keyDatabase === 'up' && (await metric('wijzer_fresh_keys')) > 32;
  }, { what: 'recovery', timeout: 20000 });
};

test('what is stored opens to what was sent, and nothing of it stands there in the open', async () => {
  const text = `Slaapt slecht "en" is \\ moe — ${randomUUID()}`;
  const { id } = await gp.refer({ text, client: { name: 'Zoë  van   der Berg', email: 'Zoe@Example.org' } });
  assert.ok(referralTexts(world).includes(text));
  const stored = ['client', 'note', 'event', 'idempotency', 'access', 'consent', 'decision'].map((table) => world.sql(`SELECT t FROM data.${table} t`)).join('\n');
  for (const plain of [text, 'Zoë', 'Berg', 'xample', '55512345']) assert.ok(!stored.includes(plain), plain);
  const seen = await gp.referral(id);
  assert.equal(seen.text, text);
  assert.deepEqual([seen.client.name, seen.client.email, seen.client.phone, seen.client.erased], ['Zoë  van   der Berg', 'Zoe@Example.org', '+31 6 55512345', false]);
});

test('away: reading about a client is 503, what is about nobody goes on, and it is told', async () => {
  const { id } = await gp.refer({ text: randomUUID() });
  const other = await gp.refer({ text: randomUUID() });
  await gp.referral(id); // its key is kept for a while
  await away();
  assert.equal((await gp.get(`/v1/referrals/${id}`)).status, 200);
  for (const path of [`/v1/referrals/${other.id}`, `/v1/steps/${other.stepId}`]) {
    const answer = await gp.get(path);
    assert.equal(answer.status, 503, answer.text);
    assert.equal(word(answer), 'database-away');
    assert.match(answer.headers['retry-after'], /^\d+$/);
  }
  for (const path of ['/v1/me', '/v1/vocabulary', `/v1/referrals/${id}/status`, '/v1/referrals'])
    assert.equal((await gp.get(path)).status, 200, path);
  const ready = await world.plain('/readyz');
  assert.equal(ready.status, 200);
  assert.equal(JSON.parse(ready.text).keyDatabase, 'away');
  assert.ok((await metric('wijzer_key_errors_total')) > 0);
  await back();
  assert.equal((await gp.get(`/v1/referrals/${other.id}`)).status, 200);
});

test('away: referrals are taken in until no key is left, then 503; nothing is lost or doubled', async () => {
  const acknowledged = [];
  let refused = null;
  await away();
  for (let i = 0; i < 4000 && !refused; i++) {
    const key = randomUUID();
    const answer = await gp.post('/v1/referrals', referral({ text: key }), { 'Idempotency-Key': key });
    if (answer.status === 201) acknowledged.push(key);
    else refused = { key, answer };
  }
  assert.ok(acknowledged.length >= 16, `${acknowledged.length} were taken in`);
  assert.equal(refused?.answer.status, 503);
  assert.equal(word(refused.answer), 'busy');
  assert.match(refused.answer.headers['retry-after'], /^\d+$/);
  assert.equal(await metric('wijzer_fresh_keys'), 32); // those of the other region
  const ready = await world.plain('/readyz');
  assert.equal(ready.status, 503);
  assert.match(ready.text, /key-database-away/);
  assert.equal((await gp.get('/v1/me')).status, 200);
  await back();
  const again = await gp.post('/v1/referrals', referral({ text: refused.key }), { 'Idempotency-Key': refused.key });
  assert.equal(again.status, 201, again.text);
  acknowledged.push(refused.key);
  const stored = new Map();
  for (const text of referralTexts(world)) stored.set(text, (stored.get(text) ?? 0) + 1);
  assert.deepEqual(acknowledged.filter((key) => stored.get(key) !== 1), []);
});

test('away: what is written about a client waits for its key, and is written once', async () => {
  const { stepId } = await gp.refer({ text: randomUUID() });
  const { etag } = await coach.step(stepId);
  const reason = `Te weinig plaats ${randomUUID()}`;
  const headers = { 'Idempotency-Key': randomUUID(), 'If-Match': etag };
  const body = { code: 'capacity', text: reason };
  world.secret(reason);
  await world.stop(); // nothing is kept
  await world.start();
  await away();
  const refused = await coach.post(`/v1/steps/${stepId}/_decline`, body, headers);
  assert.equal(refused.status, 503, refused.text);
  await back();
  const moved = await coach.post(`/v1/steps/${stepId}/_decline`, body, headers);
  assert.equal(moved.status, 200, moved.text);
  const again = await coach.post(`/v1/steps/${stepId}/_decline`, body, headers);
  assert.ok(again.bytes.equals(moved.bytes));
  const seen = await gp.referral((await gp.get('/v1/feedback')).json.items.find((item) => item.stepId === stepId).referralId);
  assert.equal(seen.events.filter((event) => event.text === reason).length, 1);
});

test('keys were rotated and retired and nobody reloaded: 503 until the daemon has loaded them by itself', async () => {
  const keys = async (...words) => {
    const { code, stderr } = await finish(wijzerd, ['keys', ...words, '--config', world.conf]);
    assert.equal(code, 0, stderr);
  };
  const change = async (old) => {
    agree(world, 'rotate');
    await keys('rotate', 'deurne');
    await keys('rewrap', 'deurne');
    agree(world, 'retire', old);
    await keys('retire', 'deurne', `${old}`);
  };
  const { id } = await gp.refer({ text: randomUUID() });
  await world.stop(); // nothing is kept
  await world.start();
  await eventually(async () => (await metric('wijzer_fresh_keys')) >= 32, { what: 'fresh keys' });
  await change(1);
  const refused = await gp.get(`/v1/referrals/${id}`);
  assert.equal(refused.status, 503, refused.text);
  assert.equal(word(refused), 'keys-not-loaded');
  assert.match(refused.headers['retry-after'], /^\d+$/);
  await eventually(async () => (await gp.get(`/v1/referrals/${id}`)).status === 200, { what: 'the keys' });

  await eventually(async () => (await metric('wijzer_fresh_keys')) >= 32, { what: 'fresh keys' });
  await change(2);
  for (let i = 0; i < 100; i++) { // more than there are in stock, and what comes is wrapped by a key that is retired
    const headers = { 'Idempotency-Key': randomUUID() };
    const body = referral({ text: headers['Idempotency-Key'] });
    await eventually(async () => {
      const answer = await gp.post('/v1/referrals', body, headers);
      assert.ok([201, 503].includes(answer.status), answer.text);
      return answer.status === 201;
    }, { what: 'a referral', timeout: 20000 });
  }
  assert.equal((await gp.get(`/v1/referrals/${id}`)).status, 200);
});

test('a destroyed key: the client is unreadable for ever, and nothing more can be written about them', async () => {
  const { id, stepId } = await gp.refer({ text: randomUUID() });
  const { etag } = await coach.step(stepId);
  const client = world.sql(`SELECT client_id FROM data.referral WHERE wijzer.code(referral_id) = '${id}'`);
  assert.equal(world.keysSql(`SELECT destroyed FROM keys.destroy(1, ${client})`), 't');
  await world.stop();
  await world.start();
  const seen = await gp.referral(id);
  assert.deepEqual([seen.client.name, seen.client.phone, seen.client.email, seen.text], [null, null, null, null]);
  const refused = await coach.post(`/v1/steps/${stepId}/_decline`, { code: 'capacity', text: 'Vol.' }, { 'If-Match': etag });
  assert.equal(refused.status, 409, refused.text);
  assert.equal(word(refused), 'state-not-allowed');
  const moved = await coach.post(`/v1/steps/${stepId}/_accept`, {}, { 'If-Match': etag });
  assert.equal(moved.status, 200, moved.text); // without words it goes on
});

test('a value that was put elsewhere does not open, and that is counted, not shown', async () => {
  const one = await gp.refer({ text: randomUUID(), client: { name: 'Een Ander' } });
  const other = await gp.refer({ text: randomUUID() });
  const client = (id) => `(SELECT client_id FROM data.referral WHERE wijzer.code(referral_id) = '${id}')`;
  world.sql(`UPDATE data.client SET name = (SELECT name FROM data.client WHERE client_id = ${client(one.id)}) WHERE client_id = ${client(other.id)}`);
  const answer = await gp.get(`/v1/referrals/${other.id}`);
  assert.equal(answer.status, 500);
  assert.equal(await metric('wijzer_unseal_failures_total'), 1);
});

// The database goes away, stalls, or is cut off at any byte: requests are answered 503 quickly and honestly, the daemon
// recovers by itself, and what was in doubt is resolved by the key.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { referral } from './lib/api.mjs';
import { Proxy } from './lib/proxy.mjs';
import { pause } from './lib/raw.mjs';
import { referralTexts } from './lib/sealed.mjs';
import { World, eventually, freePort } from './lib/world.mjs';

let world, proxy, gp;
before(async () => {
  world = await World.make({ daemon: false });
  proxy = await new Proxy(world.databasePort).listen();
  world.configure({ database: world.conninfo(proxy.port), workers: 1, lanes: 2, 'job-timeout': '2s', 'connect-timeout': '1s' });
  await world.start();
  gp = world.api('gp');
});
after(async () => {
  try {
    await world?.close();
  } finally {
    await proxy?.close();
  }
});

// Each referral of these tests carries its key as its text, so that a second one would be seen.
const stored = (key) => referralTexts(world).filter((text) => text === key).length;
const up = () => eventually(async () => (await gp.get('/v1/me')).status === 200 && (await world.plain('/readyz')).status === 200, { timeout: 30000, what: 'recovery' });

describe('away', () => {
  for (const mode of ['fast', 'immediate']) {
    test(`stopped (${mode}): 503 at once with Retry-After; started: it recovers by itself`, async () => {
      await up();
      world.stopDatabase(mode);
      await eventually(async () => (await gp.get('/v1/me')).status === 503, { what: 'first 503' });
      for (const [method, path, body] of [['GET', '/v1/me'], ['GET', '/v1/inbox'], ['POST', '/v1/referrals', referral()]]) {
        const start = Date.now();
        const answer = method === 'GET' ? await gp.get(path) : await gp.post(path, body);
        assert.equal(answer.status, 503, answer.text);
        assert.ok(['busy', 'database-away', 'outcome-uncertain'].includes(answer.json.type.split(':').pop()), answer.text);
        assert.match(answer.headers['retry-after'], /^\d+$/);
        assert.ok(Date.now() - start < 4000, `${path}: ${Date.now() - start} ms`);
      }
      assert.equal((await world.plain('/readyz')).status, 503);
      assert.equal((await world.plain('/livez')).status, 200);
      world.startDatabase();
      await up();
      await gp.refer();
    });
  }

  test('at the start of the daemon: it waits, says 503, and serves when it comes', async () => {
    await up();
    await world.stop();
    world.stopDatabase();
    await world.start({ ready: false });
    await eventually(async () => (await world.plain('/readyz')).status === 503, { what: '503 of readyz' });
    world.startDatabase();
    await world.ready();
    await up();
  });

  test('connections that are refused for a while', async () => {
    proxy.refusing = true;
    proxy.dropAll();
    await eventually(async () => (await gp.get('/v1/me')).status === 503, { what: '503' });
    proxy.refusing = false;
    await up();
  });
});

describe('several hosts', () => {
  test('are tried in order: one that refuses and one that says nothing are passed over', async () => {
    await up();
    await world.stop();
    const silent = net.createServer(() => {});
    await new Promise((done) => silent.listen(0, '127.0.0.1', done));
    const before = world.keys.database;
    world.configure({
      database: before.replace('host=127.0.0.1 port=', `host=127.0.0.1,127.0.0.1,127.0.0.1 port=${await freePort()},${silent.address().port},`),
    });
    await world.start();
    await gp.refer();
    await world.stop();
    silent.close();
    world.configure({ database: before });
    await world.start();
  });
});

describe('slow', () => {
  test('a stalled database: 503 within the job timeout, then recovery', async () => {
    await up();
    proxy.stall();
    const start = Date.now();
    const key = randomUUID();
    const answer = await gp.post('/v1/referrals', referral({ text: key }), { 'Idempotency-Key': key });
    assert.equal(answer.status, 503, answer.text);
    assert.ok(Date.now() - start < 6000, `${Date.now() - start} ms`);
    proxy.flow();
    await up();
    await gp.refer({ text: key }, { 'Idempotency-Key': key });
    assert.equal(stored(key), 1);
  });

  test('a client that goes while it waits: what is committed stays, and the key tells', async () => {
    await up();
    const key = randomUUID();
    const raw = await world.raw('gp');
    const body = JSON.stringify(referral({ text: key }));
    await raw.write('GET /v1/me HTTP/1.1\r\nHost: localhost\r\n\r\n');
    assert.equal((await raw.reply()).status, 200);
    await raw.write(`POST /v1/referrals HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: ${key}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    raw.destroy();
    await eventually(async () => stored(key) === 1, { what: 'the referral of the client that went', timeout: 3000 }).catch(() => {});
    const again = await gp.post('/v1/referrals', referral({ text: key }), { 'Idempotency-Key': key });
    assert.equal(again.status, 201, again.text);
    assert.equal(stored(key), 1);
  });
});

describe('cut off', () => {
  // The answer may be lost before, within or after the commit; whatever was said must be true.
  for (const direction of ['up', 'down']) {
    for (const bytes of [0, 1, 20, 60, 150, 400, 900]) {
      test(`after ${bytes} bytes ${direction}`, async () => {
        await up();
        const key = randomUUID();
        proxy.cutAfter(direction, bytes);
        const answer = await gp.post('/v1/referrals', referral({ text: key }), { 'Idempotency-Key': key });
        proxy.cut = null;
        assert.ok([201, 503].includes(answer.status), answer.text);
        if (answer.status === 201) assert.equal(stored(key), 1);
        await up();
        const again = await gp.post('/v1/referrals', referral({ text: key }), { 'Idempotency-Key': key });
        assert.equal(again.status, 201, again.text);
        if (answer.status === 201) assert.equal(again.text, answer.text);
        assert.equal(stored(key), 1);
      });
    }
  }
});

describe('a schema that is not ours', () => {
  test('the daemon refuses to start, in one clear line', async () => {
    await up();
    await world.stop();
    world.sql(`ALTER FUNCTION wijzer.schema_version() RENAME TO schema_version_away;
      CREATE FUNCTION wijzer.schema_version() RETURNS text LANGUAGE sql AS $$ SELECT 'of another time' $$;
      GRANT EXECUTE ON FUNCTION wijzer.schema_version() TO wijzer_app`);
    const daemon = await world.start({ ready: false });
    const how = await daemon.end(10000);
    assert.equal(how.code, 1);
    const lines = daemon.text().trim().split('\n');
    assert.equal(lines.length, 1, daemon.text());
    assert.match(lines[0], /of another time.*wijzerd migrate/);
    world.sql(`DROP FUNCTION wijzer.schema_version(); ALTER FUNCTION wijzer.schema_version_away() RENAME TO schema_version`);
    await world.start();
    await pause(100);
  });
});

// SIGTERM: what is in flight is finished, new work is refused, and the daemon leaves with 0.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { referral } from './lib/api.mjs';
import { pause } from './lib/raw.mjs';
import { Proxy } from './lib/proxy.mjs';
import { referralTexts } from './lib/sealed.mjs';
import { World, eventually } from './lib/world.mjs';

let world, proxy;
before(async () => {
  world = await World.make({ daemon: false });
  proxy = await new Proxy(world.databasePort).listen();
  world.configure({ database: world.conninfo(proxy.port), 'drain-timeout': '5s', 'job-timeout': '4s' });
});
beforeEach(() => world.start());
after(async () => {
  try {
    await world?.close();
  } finally {
    await proxy?.close();
  }
});

const post = (key) => {
  const body = JSON.stringify(referral({ text: key }));
  return `POST /v1/referrals HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: ${key}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
};
const ME = 'GET /v1/me HTTP/1.1\r\nHost: localhost\r\n\r\n';

async function leaves() {
  assert.deepEqual(await world.daemon.end(15000), { code: 0, signal: null }, world.daemon.text().slice(-2000));
  world.daemon.assertClean();
}

test('idle: leaves at once, and closes connections that are idle', async () => {
  const raw = await world.raw('gp');
  await raw.write(ME);
  assert.equal((await raw.reply()).status, 200);
  const start = Date.now();
  world.daemon.signal('SIGTERM');
  assert.ok(await raw.closes());
  await leaves();
  assert.ok(Date.now() - start < 4500, `${Date.now() - start} ms`);
});

test('a referral that waits for the database is finished; new connections and requests are refused', async () => {
  const raw = await world.raw('gp');
  await raw.write(ME);
  await raw.reply();
  const idle = await world.raw('gp');
  await idle.write(ME);
  await idle.reply();
  const key = randomUUID();
  proxy.stall();
  await raw.write(post(key));
  await pause(300);
  world.daemon.signal('SIGTERM');
  await eventually(() => /draining/.test(world.daemon.text()), { what: 'draining in the log' });
  await pause(200);
  await assert.rejects(world.raw('gp', { timeout: 1500 }).then(async (late) => {
    await late.write(ME);
    const answer = await late.reply({ timeout: 1500 });
    late.destroy();
    if (answer?.status !== 503) return answer?.status;
    throw new Error('refused with 503');
  }));
  assert.equal(world.daemon.gone, null, 'it left before the work was done');
  proxy.flow();
  const answer = await raw.reply({ timeout: 6000 });
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.headers.get('connection')?.toLowerCase(), 'close');
  await leaves();
  assert.equal(referralTexts(world).filter((text) => text === key).length, 1);
});

test('under load: every request is answered or refused honestly, none is lost', async () => {
  const acknowledged = [];
  let running = true;
  const clients = Array.from({ length: 6 }, async () => {
    const api = world.api('gp');
    while (running) {
      const key = randomUUID();
      try {
        const answer = await api.post('/v1/referrals', referral({ text: key }), { 'Idempotency-Key': key });
        if (answer.status === 201) acknowledged.push(key);
        else assert.equal(answer.status, 503, answer.text);
      } catch (error) {
        if (error.code === 'ERR_ASSERTION') throw error;
        await pause(10);
      }
    }
    api.close();
  });
  while (acknowledged.length < 100) await pause(5);
  world.daemon.signal('SIGTERM');
  await leaves();
  running = false;
  await Promise.all(clients);
  const stored = new Set(referralTexts(world));
  assert.deepEqual(acknowledged.filter((key) => !stored.has(key)), []);
});

test('a client that never ends its request does not hold it longer than the drain timeout', async () => {
  const raw = await world.raw('gp');
  await raw.write(post(randomUUID()).slice(0, -20));
  await pause(200);
  const start = Date.now();
  world.daemon.signal('SIGTERM');
  await leaves();
  assert.ok(Date.now() - start < 8000);
  raw.destroy();
});

test('a second SIGTERM does no harm', async () => {
  world.daemon.signal('SIGTERM');
  world.daemon.signal('SIGTERM');
  await leaves();
});

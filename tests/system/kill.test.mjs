// Acknowledged is durable, and once: under a load of referrals the daemon is killed with kill -9 and the database stopped
// in the hardest way, again and again. Clients do what they should: on no answer or a 503 they send the same key again.
// At the end every acknowledged referral is there, none is there twice, and none that was not sent.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { referral } from './lib/api.mjs';
import { pause } from './lib/raw.mjs';
import { referralTexts } from './lib/sealed.mjs';
import { World } from './lib/world.mjs';

const ROUNDS = 20; // of them five hit the daemon, five the database, ten both
const CLIENTS = 8;
let world;
before(async () => (world = await World.make()));
after(() => world?.close());

test(`${ROUNDS} times kill -9 of the daemon or an immediate stop of the database: 0 lost, 0 doubled`, { timeout: 240000 }, async (t) => {
  const sent = new Set();
  const acknowledged = new Map(); // key → answer's text
  const differing = [];
  let interrupted = 0; // requests that got no answer at all
  let running = true;
  let unexpected = null;

  const client = async (name) => {
    const api = world.api(name);
    while (running) {
      const key = randomUUID();
      sent.add(key);
      for (let done = false; !done && !unexpected;) {
        let answer = null;
        try {
          answer = await api.post('/v1/referrals', referral({ text: key }), { 'Idempotency-Key': key });
        } catch (error) {
          if (error.code === 'ERR_ASSERTION') unexpected = error;
          interrupted++;
        }
        if (answer?.status === 201) {
          acknowledged.set(key, answer.text);
          done = true;
        } else if (answer && ![503].includes(answer.status)) {
          unexpected = new Error(`${answer.status} ${answer.text}`);
        } else {
          await pause(20);
          if (!running) done = true; // in doubt: may be there once or not at all
        }
      }
      // Now and then an old key once more: it must get the same answer.
      if (Math.random() < 0.1 && acknowledged.size) {
        const [old, text] = [...acknowledged][Math.floor(Math.random() * acknowledged.size)];
        const again = await api.post('/v1/referrals', referral({ text: old }), { 'Idempotency-Key': old }).catch(() => null);
        if (again?.status === 201 && again.text !== text) differing.push(old);
      }
    }
    api.close();
  };

  // Keys belong to accounts: one account for all, so that each may repeat another's.
  const clients = Array.from({ length: CLIENTS }, () => client('gp'));
  let last = 0;
  for (let round = 0; round < ROUNDS && !unexpected; round++) {
    // Only under load does a kill mean something.
    while (acknowledged.size < last + 30 && !unexpected) await pause(5);
    await pause(Math.random() * 60);
    last = acknowledged.size;
    const what = round % 4;
    if (what === 0 || what === 3) await world.kill();
    if (what === 1 || what === 3) {
      world.stopDatabase('immediate');
      world.startDatabase();
    }
    if (what === 2) {
      world.daemon.signal('SIGKILL');
      world.stopDatabase('immediate');
      await world.daemon.end();
      world.startDatabase();
    }
    if (what !== 1) await world.start({ ready: false });
  }
  if (!unexpected) {
    await world.ready();
    const settled = acknowledged.size;
    while (acknowledged.size < settled + 50) await pause(10);
  }
  running = false;
  await Promise.all(clients);
  if (unexpected) throw unexpected;

  const there = new Map();
  for (const key of referralTexts(world)) there.set(key, (there.get(key) ?? 0) + 1);
  const lost = [...acknowledged.keys()].filter((key) => !there.has(key));
  const doubled = [...there].filter(([, count]) => count !== 1).map(([key]) => key);
  const strangers = [...there.keys()].filter((key) => !sent.has(key));
  t.diagnostic(`${sent.size} sent, ${acknowledged.size} acknowledged, ${there.size} stored, ${interrupted} cut off, ${lost.length} lost, ${doubled.length} doubled`);
  assert.ok(interrupted >= ROUNDS / 2, `only ${interrupted} requests were cut off: the kills did not hit the load`);
  assert.deepEqual({ lost, doubled, strangers, differing }, { lost: [], doubled: [], strangers: [], differing: [] });
  const steps = Number(world.sql('SELECT count(*) FROM data.step'));
  assert.equal(steps, there.size, 'each referral has its one step');

  // What was acknowledged is answered the same once more.
  const api = world.api('gp');
  for (const [key, text] of [...acknowledged].slice(-100)) {
    const again = await api.post('/v1/referrals', referral({ text: key }), { 'Idempotency-Key': key });
    assert.equal(again.text, text);
  }
});

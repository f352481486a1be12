// Rule tables in a running daemon: a new version is taken up within a second without a restart or a failed request, also
// after a lost connection and when its time comes; one that does not hold together changes nothing; several daemons agree.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { pause } from './lib/raw.mjs';
import { referral } from './lib/api.mjs';
import { approve, draft, draftOf, inForce, publish, secondCoordinator, table, taken } from './lib/rules.mjs';
import { World, eventually } from './lib/world.mjs';

const SECOND = 1000;
const SLACK = 5000; // of a machine that does other things too

let world, coordinator, second, gp;
before(async () => {
  world = await World.make();
  coordinator = world.api('coordinator');
  second = secondCoordinator(world);
  gp = world.api('gp');
});
after(() => world?.close());

// A new version of a table, in force; `change` may alter the draft.
async function change(number, alter = () => {}, more = {}) {
  const body = draftOf(await table(coordinator, number));
  alter(body);
  const version = await draft(coordinator, number, body);
  await publish(coordinator, version, more);
  await approve(second, version);
  return version;
}

describe('a new version', () => {
  test('decides within a second, and the answer says so', async () => {
    const first = (await gp.refer()).decision;
    const version = await change(3, (body) => (body.rules.find(({ id }) => id === first.rule).reason = 'Zo zegt de nieuwe tabel het.'));
    const took = await taken(world, 3, version);
    assert.ok(took < SECOND + SLACK, `${took} ms`);
    const now = (await gp.refer()).decision;
    assert.deepEqual([now.version, now.rule, now.reason], [version, first.rule, 'Zo zegt de nieuwe tabel het.']);
  });

  test('is swapped in under load without a failed request', async () => {
    let running = true;
    const failed = [];
    const versions = new Set();
    const clients = [gp, world.api('gp2')].map(async (api) => {
      for (let n = 0; running; n++) {
        const answer = await api.post('/v1/referrals', referral({ domains: [n % 2 ? 'finances' : 'social-network'] }));
        if (answer.status === 201) versions.add(answer.json.decision.version);
        else failed.push(answer.text);
      }
    });
    const published = [];
    for (let n = 0; n < 4; n++) {
      published.push(await change(3));
      await taken(world, 3, published.at(-1));
    }
    await eventually(() => versions.has(published.at(-1)) || failed.length > 0, { what: 'the last of them' });
    running = false;
    await Promise.all(clients);
    assert.deepEqual(failed, []);
    for (const version of published.slice(-1)) assert.ok(versions.has(version), [...versions].join(' '));
  });

  test('of a later date waits for its time', async () => {
    const before = (await inForce(world))[5];
    const from = new Date(Date.now() + 12000).toISOString();
    const version = await change(5, () => {}, { effectiveFrom: from });
    assert.equal((await inForce(world))[5], before);
    const item = (await coordinator.get('/v1/rule-tables')).json.items[4];
    assert.deepEqual([item.inForce.version, item.next.version], [before, version]);
    await taken(world, 5, version, 40000);
    const late = Date.now() - Date.parse(from);
    assert.ok(late >= 0 && late < SECOND + SLACK, `${late} ms after its time`);
  });

  test('shows in readyz, metrics and the log', async () => {
    const version = await change(7);
    await taken(world, 7, version);
    const rules = (await table(coordinator, 7)).ruleCount;
    const { text } = await world.plain('/metrics');
    assert.ok(text.includes(`\nwijzer_rule_table_version{region="deurne",table="7"} ${version}\n`), text);
    assert.ok(text.includes(`\nwijzer_rule_table_rules{region="deurne",table="7"} ${rules}\n`));
    assert.match(text, /\nwijzer_rule_snapshot_bytes\{region="deurne"\} [1-9]\d{3,}\n/);
    assert.match(text, /\nwijzer_rule_snapshot_build_seconds\{region="deurne"\} \d/);
    assert.match(text, /\nwijzer_rule_snapshot_stale\{region="deurne"\} 0\n/);
    assert.match(world.log(), new RegExp(`event=region-loaded region=deurne version=\\d+ tables="[^"]*7:${version}"`));
    const answer = await gp.get('/readyz');
    assert.equal(answer.json.regions.find(({ code }) => code === 'deurne').tables[7], version);
  });
});

describe('a lost connection', () => {
  test('of the one that watches does not delay it', async () => {
    const body = draftOf(await table(coordinator, 2));
    const version = await draft(coordinator, 2, body);
    await publish(coordinator, version);
    const keeper = () => world.sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'wijzerd-keeper'");
    const before = keeper();
    world.sql(`SELECT pg_terminate_backend(${before})`);
    await approve(second, version);
    const took = await taken(world, 2, version);
    assert.ok(took < SECOND + SLACK, `${took} ms`);
    assert.notEqual(keeper(), before);
  });

  test('of all of them, with what was published while it was away', async () => {
    const version = await draft(coordinator, 2, draftOf(await table(coordinator, 2)));
    await publish(coordinator, version);
    world.stopDatabase('immediate');
    await eventually(async () => (await world.plain('/readyz')).status === 503, { what: '503 of readyz' });
    world.startDatabase();
    await eventually(async () => (await second.post(`/v1/rule-versions/${version}/_approve`, {})).status === 200, { what: 'approval' });
    const took = await taken(world, 2, version);
    assert.ok(took < SECOND + SLACK, `${took} ms`);
    await gp.refer();
  });
});

describe('a snapshot that does not hold together', () => {
  test('is told and changes nothing; the next good one is taken', async () => {
    const before = await inForce(world);
    const highest = Number(world.sql('SELECT max(version) FROM data.rule_table WHERE region_id = 1'));
    world.sql(`INSERT INTO data.rule_table (region_id, version, table_no, hit_policy, name, note, status, created_at, published_at, approved_at, effective_from)
      SELECT region_id, ${highest + 1}, table_no, hit_policy, name, 'zonder rijen', 'published', now(), now(), now(), now() FROM data.rule_table
      WHERE region_id = 1 AND version = ${before[3]};
      UPDATE data.region SET version = version + 1 WHERE region_id = 1`);
    await eventually(async () => /wijzer_rule_snapshot_stale\{region="deurne"\} 1/.test((await world.plain('/metrics')).text), { what: 'the stale snapshot' });
    assert.match(world.log(), /event=region-failed/);
    assert.deepEqual(await inForce(world), before);
    assert.equal((await gp.refer()).decision.version, before[3]);
    world.sql(`UPDATE data.rule_table SET effective_from = '2999-01-01' WHERE region_id = 1 AND version = ${highest + 1}; UPDATE data.region SET version = version + 2 WHERE region_id = 1`);
    await eventually(async () => /wijzer_rule_snapshot_stale\{region="deurne"\} 0/.test((await world.plain('/metrics')).text), { what: 'a good snapshot' });
    assert.deepEqual(await inForce(world), before);
  });
});

describe('several daemons', () => {
  test('on one database take it within a second, each', async () => {
    const other = await world.startOther();
    const ports = { port: other.port, metricsPort: other.metricsPort };
    const version = await change(6);
    const start = Date.now();
    await Promise.all([taken(world, 6, version), taken(Object.assign(Object.create(world), ports), 6, version)]);
    assert.ok(Date.now() - start < SECOND + SLACK);
    other.signal('SIGTERM');
    assert.deepEqual(await other.end(), { code: 0, signal: null });
    other.assertClean();
  });
});

describe('a decline', () => {
  test('goes to the next candidate by table 6, and the explanation tells', async () => {
    const { id, stepId, decision } = await gp.refer({ domains: ['social-network'], client: { birthYear: 1950, area: '5751' } });
    const names = { levgroep: 'worker', buurtteam: 'worker2' };
    const worker = world.api(names[decision.organisation.code]);
    await worker.move(stepId, 'decline', { code: 'capacity' });
    const { after: rerouted, candidates } = (await gp.get(`/v1/referrals/${id}/explanation`)).json;
    assert.equal(rerouted.length, 1);
    assert.deepEqual([rerouted[0].table, rerouted[0].declineCode, rerouted[0].next], [6, 'capacity', 'next-candidate']);
    const next = candidates.find(({ owner }) => owner !== decision.organisation.code);
    assert.equal(rerouted[0].offering.code, next.code);
    assert.notEqual(rerouted[0].organisation.code, decision.organisation.code);
  });
});

describe('promises', () => {
  // The soonest day is that of table 5 for each urgency; the database picks, because only it knows the referral's.
  test('last as long as table 5 says for the urgency', async () => {
    await change(5, (body) => {
      const [contact] = body.rules.filter(({ when }) => /first-contact/.test(when.promise) && /soon/.test(when.urgency ?? ''));
      contact.then = { ...contact.then, amount: 1, unit: 'working-days' };
      body.examples = [];
    });
    const { version } = await table(coordinator, 5);
    await taken(world, 5, version);
    const due = {};
    for (const urgency of ['soon', 'routine']) {
      const { id, stepId, decision } = await gp.refer({ urgency, client: { birthYear: 1950, area: '5751' } });
      const worker = world.api({ levgroep: 'worker', buurtteam: 'worker2' }[decision.organisation.code]);
      await worker.move(stepId, 'accept');
      due[urgency] = (await gp.referral(id)).next.by;
    }
    assert.ok(Date.parse(due.soon) < Date.parse(due.routine), JSON.stringify(due));
    assert.ok(Date.parse(due.soon) - Date.now() < 6 * 86400 * SECOND, due.soon);
  });
});

describe('the desk', () => {
  test('a large table is proved while others are served', async () => {
    const body = draftOf(await table(coordinator, 3), { examples: [] });
    body.rules = Array.from({ length: 3000 }, (_, i) => ({
      id: `B${i}`, when: { area: `[${1000 + 3 * i}..${1002 + 3 * i}]`, age: `[${i % 60}..120]` }, then: { offering: 'welzijn-op-recept', weight: 10 }, reason: 'Rij van een test.',
    }));
    const version = await draft(coordinator, 3, body);
    let proving = true;
    const check = coordinator.post(`/v1/rule-versions/${version}/_check`, {}).finally(() => (proving = false));
    const slow = [];
    for (let n = 0; proving && n < 200; n++) {
      const start = Date.now();
      await gp.refer();
      if (Date.now() - start > 8000) slow.push(Date.now() - start);
    }
    assert.equal((await check).status, 200);
    assert.deepEqual(slow, []);
  });

  test('who leaves and a daemon that stops find it in order', async () => {
    const { version } = await table(coordinator, 3);
    const raw = await world.raw('coordinator');
    await raw.write(`POST /v1/rule-versions/${version}/_check HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: leaves-1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`);
    await pause(20);
    raw.destroy();
    const asked = coordinator.post(`/v1/rule-versions/${version}/_check`, {});
    await pause(30);
    const stopped = world.stop();
    const answer = await asked;
    assert.ok([200, 503].includes(answer.status), answer.text);
    await stopped;
    await world.start();
  });
});

// What operators see: health, metrics, the contract, the log, the configuration; and that none of it tells of a client.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { referral } from './lib/api.mjs';
import { World, finish, root, wijzerd } from './lib/world.mjs';

let world;
before(async () => (world = await World.make()));
after(() => world?.close());

describe('health', () => {
  test('livez and readyz on both listeners', async () => {
    for (const path of ['/livez', '/readyz']) {
      assert.equal((await world.plain(path)).status, 200);
      assert.equal((await world.api('gp').get(path)).status, 200);
    }
  });

  test('readyz names the version of each table in force, by region', async () => {
    const rows = world.sql("SELECT r.code, f.table_no, f.version FROM data.region r, LATERAL (SELECT generate_series(1, 7) AS table_no) t, LATERAL (SELECT t.table_no, wijzer.rule_version_in_force(r.region_id, t.table_no) AS version) f WHERE f.version IS NOT NULL ORDER BY 1, 2");
    const wanted = {};
    for (const row of rows.split('\n')) {
      const [region, number, version] = row.split('|');
      (wanted[region] ??= {})[number] = Number(version);
    }
    assert.ok(Object.keys(wanted.deurne).length === 7, rows);
    for (const answer of [JSON.parse((await world.plain('/readyz')).text), (await world.api('gp').get('/readyz')).json]) {
      assert.deepEqual(Object.fromEntries(answer.regions.map(({ code, tables }) => [code, tables])), wanted);
    }
  });

  test('the loopback listener has health and metrics and nothing else', async () => {
    for (const path of ['/v1/me', '/v1/referrals', '/', '/metrics/..', '/v1/openapi.json']) {
      assert.ok([400, 404].includes((await world.plain(path)).status), path);
    }
    assert.equal((await world.plain('/metrics', { method: 'POST' })).status, 405);
  });

  test('the API has no metrics', async () => {
    const raw = await world.raw('steward');
    await raw.write('GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n');
    assert.equal((await raw.reply()).status, 404);
    raw.destroy();
  });
});

describe('metrics', () => {
  const read = async () => {
    const { status, headers, text } = await world.plain('/metrics');
    assert.equal(status, 200);
    assert.match(headers['content-type'], /^text\/plain/);
    return text;
  };
  const value = (text, name) => Number(new RegExp(`^${name.replace(/[{}"]/g, '\\$&')} (\\S+)$`, 'm').exec(text)?.[1] ?? NaN);

  test('have the form of Prometheus: HELP and TYPE before each family, numbers only', async () => {
    const known = new Set();
    for (const line of (await read()).trim().split('\n')) {
      const meta = /^# (HELP|TYPE) (\w+) .+$/.exec(line);
      if (meta) {
        known.add(meta[2]);
        continue;
      }
      const sample = /^(\w+)(\{(\w+="[^"\n]*",?)+\})? -?[0-9.e+]+$/.exec(line);
      assert.ok(sample, line);
      assert.ok(known.has(sample[1].replace(/_(bucket|sum|count)$/, '')) || known.has(sample[1]), line);
    }
  });

  test('count what happens', async () => {
    const before = await read();
    const gp = world.api('gp');
    const key = randomUUID();
    await gp.refer({}, { 'Idempotency-Key': key });
    await gp.refer({}, { 'Idempotency-Key': key });
    await gp.post('/v1/referrals', { domains: [] });
    const after = await read();
    assert.equal(value(after, 'wijzer_referrals_total') - value(before, 'wijzer_referrals_total'), 1);
    assert.equal(value(after, 'wijzer_replays_total') - value(before, 'wijzer_replays_total'), 1);
    assert.ok(value(after, 'wijzer_requests_total{route="refer",status="4xx"}') >= 1);
    assert.ok(value(after, 'wijzer_connections') >= 1);
    assert.ok(value(after, 'wijzer_lanes_up') >= 1);
  });

  test('the buckets of the histogram only grow and end at the count', async () => {
    const text = await read();
    const buckets = [...text.matchAll(/^wijzer_request_seconds_bucket\{le="[^"]+"\} (\d+)$/gm)].map((match) => Number(match[1]));
    assert.deepEqual(buckets, [...buckets].sort((a, b) => a - b));
    assert.equal(buckets.at(-1), value(text, 'wijzer_request_seconds_count'));
  });
});

describe('the contract', () => {
  test('is served as it is in the project', async () => {
    const served = (await world.api('gp').get('/v1/openapi.json')).json;
    assert.deepEqual(served, JSON.parse(readFileSync(join(root, 'proto/openapi.json'), 'utf8')));
    assert.match(served.openapi, /^3\.1/);
  });

  test('every answer names its version', async () => {
    const gp = world.api('gp');
    for (const answer of [await gp.get('/v1/me'), await gp.get('/v1/nothing'), await gp.post('/v1/referrals', 'x'), await gp.post('/v1/referrals', referral())]) {
      assert.match(answer.headers['api-version'], /^1\.0\.0$/);
    }
  });
});

describe('the log', () => {
  test('one line per event, ids only', async () => {
    const gp = world.api('gp');
    const odd = { text: 'Geheim verhaal\n"level=error event=forged', client: { name: 'Björk Guðmundsdóttir', phone: '06 98765432', email: 'bjork@example.org', area: '5752', birthYear: 1965 } };
    world.secret('Geheim verhaal', 'forged', 'Björk', '98765432', 'bjork@example.org');
    const { id, stepId } = await gp.refer(odd);
    const worker = world.api('worker');
    await worker.get('/v1/inbox');
    await worker.post(`/v1/steps/${stepId}/_decline`, { code: 'other', text: 'Geheim verhaal' }, { 'If-Match': '*' });
    await gp.get(`/v1/referrals/${id}`);
    await gp.get('/v1/referrals?organisation=Geheim%20verhaal');
    await gp.get('/v1/Geheim%20verhaal');
    await gp.post('/v1/referrals', referral({ text: 'Geheim verhaal'.repeat(500) }));
    world.assertDiscreet(world.log(), 'the log');
    for (const line of world.log().trim().split('\n')) assert.match(line, /^\S+=/, line);
  });
});

describe('the command', () => {
  const tell = (...args) => finish(wijzerd, args);

  test('--check says what is wrong, with file and line', async () => {
    assert.equal((await tell('--config', world.conf, '--check')).code, 0);
    const bad = join(world.dir, 'bad.conf');
    const good = readFileSync(world.conf, 'utf8');
    const rows = [['no-such-key = 1', /:2: .*no-such-key/], ['workers = many', /:2: .*workers/], ['workers = 0', /:2: .*workers/],
      ['idle-timeout = 5', /:2: .*idle-timeout/], ['nonsense', /:2: /], ['log-level = loud', /:2: .*log-level/]];
    for (const [line, expected] of rows) {
      writeFileSync(bad, `# a comment\n${line}\n${good}`);
      const result = await tell('--config', bad, '--check');
      assert.equal(result.code, 1, line);
      assert.match(result.stderr, expected);
      assert.equal(result.stderr.trim().split('\n').length, 1, result.stderr);
    }
    writeFileSync(bad, `${good}workers = 3\n`);
    assert.match((await tell('--config', bad, '--check')).stderr, /workers/);
    assert.equal((await tell('--config', '/nowhere', '--check')).code, 1);
  });

  test('--show-config prints every key in a form that can be read again', async () => {
    const shown = await tell('--config', world.conf, '--show-config');
    assert.equal(shown.code, 0);
    const again = join(world.dir, 'again.conf');
    writeFileSync(again, shown.stdout);
    const twice = await tell('--config', again, '--show-config');
    const keys = (text) => text.split('\n').filter((line) => line && !line.startsWith('#'));
    assert.deepEqual(keys(twice.stdout), keys(shown.stdout));
    assert.ok(keys(shown.stdout).length > 20);
  });

  test('wrong use is exit status 2', async () => {
    assert.equal((await tell('--nonsense')).code, 2);
    assert.equal((await tell('nonsense')).code, 2);
  });

  test('a port that is taken is told in one line', async () => {
    const result = await tell('--config', world.conf);
    assert.equal(result.code, 1);
    assert.match(result.stderr, new RegExp(`${world.metricsPort}|${world.port}`));
  });
});

// The access log: every read, write, search and refused attempt is in it, by whom, from where and on what ground; as JSON, FHIR
// and CSV; and a refusal is answered even when it cannot be kept.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { World, eventually, today } from './lib/world.mjs';

let world, gp, worker, coordinator;
before(async () => {
  world = await World.make({ conf: { 'account-ttl': '60s' } });
  gp = world.api('gp');
  worker = world.api('worker');
  coordinator = world.api('coordinator');
});
after(() => world?.close());

const made = async (fields = ['name', 'phone']) => {
  const receipt = await gp.refer({ consent: { choices: [{ kind: 'welfare', fields }] } });
  return { ...receipt, client: (await gp.referral(receipt.id)).client.id };
};
const log = async (client, query = '') => {
  const answer = await coordinator.get(`/v1/clients/${client}/access-log${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};

describe('of a client', () => {
  test('each way of reading and writing is an entry, with its fields', async () => {
    const { id, stepId, client } = await made();
    await worker.referral(id);
    await worker.get(`/v1/steps/${stepId}`);
    await worker.get('/v1/inbox?pageSize=200');
    await world.api('worker2').get(`/v1/referrals/${id}`);
    assert.equal((await world.api('worker2').get(`/v1/referrals/${id}/status`)).status, 404);
    await worker.move(stepId, 'accept', {});
    await gp.get(`/v1/referrals/${id}/explanation`);
    await gp.get(`/v1/referrals/${id}/disclosure`);
    await gp.get(`/v1/clients/${client}/consent`);
    await gp.post(`/v1/clients/${client}/consent/_withdraw`, {}, { 'if-match': '*' });
    await worker.get(`/v1/clients/${client}/consent`);
    const { items } = await log(client);
    const seen = items.map((one) => `${one.action} ${one.type} ${one.outcome} ${one.account.name} ${one.ground}`);
    for (const expected of ['C referral-sent granted gp referrer', 'R referral granted gp referrer', 'R referral granted worker consent',
      'R step granted worker consent', 'R inbox granted worker consent', 'R referral refused worker2 none', 'U step-moved granted worker step',
      'R explanation granted gp referrer', 'R disclosure granted gp referrer', 'R consent granted gp referrer',
      'U consent-withdrawn granted gp referrer', 'E route refused worker none'])
      assert.ok(seen.includes(expected), `${expected} is not among\n${seen.join('\n')}`);
    assert.deepEqual(items.filter((one) => one.type === 'referral' && one.outcome === 'refused').map((one) => one.address), ['127.0.0.1', '127.0.0.1'], 'the status too');
    const read = items.find((one) => one.type === 'step');
    assert.deepEqual(read.fields, ['name', 'phone']);
    assert.deepEqual(read.clients, [client]);
    assert.equal(read.consentNr, 1);
    assert.deepEqual(read.relation, { kind: 'step', id: stepId });
    assert.deepEqual([read.account.role, read.account.organisation.code, read.purpose, read.emergency], ['worker', 'levgroep', 'care', false]);
    assert.equal(read.address, '127.0.0.1');
    assert.equal(read.system, 'wijzer:deurne');
    const times = items.map((one) => one.at);
    assert.deepEqual(times, [...times].sort().reverse(), 'newest first');
  });

  test('looking at it is an entry, and so is being refused', async () => {
    const { client } = await made();
    await gp.get(`/v1/clients/${client}/access-log`);
    assert.equal((await worker.get(`/v1/clients/${client}/access-log`)).status, 403);
    assert.equal((await gp.get('/v1/clients/GXGP-2X3J/access-log')).status, 404);
    const entries = (await log(client)).items.map((one) => `${one.type} ${one.outcome} ${one.account.name}`);
    assert.deepEqual(entries.slice(0, 2), ['route refused worker', 'access-log granted gp']);
  });

  test('page by page the same, and nobody else is named', async () => {
    const { client } = await made();
    await made();
    for (let i = 0; i < 3; i++) await worker.get('/v1/inbox?pageSize=200');
    const whole = (await log(client, '?pageSize=200')).items.filter((one) => one.type !== 'access-log').map((one) => one.id);
    const paged = [];
    for (let path = `/v1/clients/${client}/access-log?pageSize=2`; path;) {
      const page = await coordinator.get(path);
      paged.push(...page.json.items.filter((one) => one.type !== 'access-log').map((one) => one.id));
      for (const one of page.json.items) assert.deepEqual(one.clients, [client]);
      path = /^<([^>]+)>; rel="next"$/.exec(page.headers.link ?? '')?.[1];
    }
    assert.deepEqual(paged, whole);
    assert.equal((await coordinator.get(`/v1/clients/${client}/access-log?cursor=zz`)).status, 400);
  });
});

describe('of the region', () => {
  test('by period, account and client', async () => {
    const { client } = await made();
    await worker.get('/v1/inbox?pageSize=200');
    const items = async (query) => {
      const answer = await coordinator.get(`/v1/access-log?pageSize=200&${query}`);
      assert.equal(answer.status, 200, answer.text);
      return answer.json.items;
    };
    assert.ok((await items(`since=${today()}&until=${today()}`)).length > 5);
    assert.deepEqual(await items('since=2020-01-01&until=2020-02-01'), []);
    const byWorker = await items(`account=levgroep/worker&client=${client}`);
    assert.ok(byWorker.length && byWorker.every((one) => one.account.name === 'worker' && one.clients.includes(client)));
    for (const [query, pointer] of [['account=nobody', '?account'], ['since=yesterday', '?since'], ['until=2026-02-30', '?until'], ['client=Jansen', '?client'], ['cursor=zz', '?cursor']]) {
      const answer = await coordinator.get(`/v1/access-log?${query}`);
      assert.deepEqual([answer.status, answer.json.errors?.[0]?.pointer], [400, pointer]);
    }
    for (const who of ['gp', 'worker', 'steward']) assert.equal((await world.api(who).get('/v1/access-log')).status, 403);
  });

  // FHIR R4, AuditEvent: cardinalities and required bindings, and that no value is empty.
  const problems = (event) => {
    const found = [];
    const need = (what, good) => good || found.push(what);
    const coding = (value) => value && /^(https?:|urn:)/.test(value.system) && /^\S+$/.test(value.code);
    need('resourceType', event.resourceType === 'AuditEvent');
    need('id', /^[A-Za-z0-9\-.]{1,64}$/.test(event.id));
    need('type 1..1 Coding', coding(event.type));
    need('subtype 0..* Coding', (event.subtype ?? []).every(coding));
    need('action', ['C', 'R', 'U', 'D', 'E'].includes(event.action));
    need('recorded 1..1 instant', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(event.recorded));
    need('outcome', ['0', '4', '8', '12'].includes(event.outcome));
    need('purposeOfEvent', event.purposeOfEvent.every((one) => one.coding.every(coding)));
    need('agent 1..*', event.agent.length >= 1);
    for (const agent of event.agent) {
      need('agent.requestor 1..1', typeof agent.requestor === 'boolean');
      need('agent.who', agent.who.identifier.value);
      need('agent.role', (agent.role ?? []).every((one) => one.coding[0].code));
      need('agent.policy uri', agent.policy.every((uri) => uri.startsWith('urn:')));
      need('agent.network', !agent.network || (agent.network.address && ['1', '2', '3', '4', '5'].includes(agent.network.type)));
    }
    need('source 1..1, source.observer 1..1', event.source?.observer?.identifier?.value);
    need('source.type', event.source.type.every(coding));
    for (const entity of event.entity ?? []) {
      need('entity.what', entity.what);
      need('entity codings', coding(entity.type) && coding(entity.role) && (!entity.lifecycle || coding(entity.lifecycle)));
      need('sev-1: name or query, not both', !(entity.name && entity.query));
      need('entity.detail', (entity.detail ?? []).every((one) => one.type && typeof one.valueString === 'string'));
    }
    const empty = (value) => value === null || value === '' || (typeof value === 'object' && (Object.keys(value).length === 0 || Object.values(value).some(empty)));
    need('no empty values', !empty(event));
    return found;
  };

  test('as a FHIR Bundle of AuditEvent', async () => {
    await made();
    const answer = await coordinator.get('/v1/access-log?pageSize=200', { accept: 'application/fhir+json' });
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.headers['content-type'], /^application\/fhir\+json/);
    const bundle = JSON.parse(answer.text);
    assert.deepEqual([bundle.resourceType, bundle.type, bundle.link[0].relation], ['Bundle', 'searchset', 'self']);
    assert.ok(bundle.entry.length > 5);
    for (const { resource } of bundle.entry) assert.deepEqual(problems(resource), [], JSON.stringify(resource));
    assert.equal(new Set(bundle.entry.map(({ resource }) => resource.id)).size, bundle.entry.length);
  });

  test('as CSV, page behind page one table', async () => {
    let text = '';
    for (let path = '/v1/access-log?pageSize=3'; path;) {
      const answer = await coordinator.get(path, { accept: 'text/csv' });
      assert.match(answer.headers['content-type'], /^text\/csv/);
      text += answer.text;
      path = text.split('\r\n').length > 12 ? null : /^<([^>]+)>; rel="next"$/.exec(answer.headers.link ?? '')?.[1];
    }
    const lines = text.split('\r\n');
    assert.equal(lines.pop(), '', 'every line ends in CRLF');
    assert.equal(lines.filter((line) => line.startsWith('"id"')).length, 1);
    const cells = (line) => [...line.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^,"]*)/g)].map(([, cell]) => cell);
    for (const line of lines) {
      assert.equal(cells(line).length, cells(lines[0]).length, line);
      for (const cell of cells(line)) assert.doesNotMatch(cell, /^"?[=+\-@\t\r]/, 'no cell is a formula');
    }
  });
});

test('a refusal is answered even when it cannot be kept', async () => {
  const impatient = world.api('worker');
  const before = await impatient.get('/v1/access-log');
  assert.equal(before.status, 403, 'known from now on, for a while');
  world.stopDatabase('immediate');
  try {
    const answer = await impatient.get('/v1/access-log');
    assert.deepEqual([answer.status, answer.json.type], [403, 'urn:wijzer:problem:wrong-role']);
  } finally {
    world.startDatabase();
  }
  // Each connection's thread comes back to each of the two databases in its own time.
  await eventually(async () => {
    const { id } = await gp.refer();
    await gp.referral(id);
    return worker.referral(id);
  }, { timeout: 20000, what: 'the daemon with both its databases' });
});

test('days that nobody means are refused by name', async () => {
  for (const day of ['0000-01-01', '0001-01-01', '1899-12-31', '2026-02-30'])
    for (const name of ['since', 'until']) {
      const refused = await coordinator.get(`/v1/access-log?${name}=${day}`);
      assert.equal(refused.status, 400, refused.text);
      assert.deepEqual(refused.json.errors.map((one) => [one.pointer, one.code]), [[`?${name}`, 'not-a-date']]);
    }
});

test('the client in words, and the log manager in any form', async () => {
  const { id, client } = await made(['name']);
  await worker.referral(id);
  const told = await world.cli('gp', ['access-log', client]);
  assert.equal(told.code, 0, told.stderr);
  assert.match(told.stdout, /^\d{1,2} [a-z]+ \d{4}, \d\d:\d\d — LEVgroep \(uitvoerder\) bekeek uw naam\. Grond: uw toestemming \(nr 1\)\.$/m);
  assert.match((await world.cli('gp', ['access-log', client, '--lang', 'en'])).stdout, /LEVgroep \(worker\) saw your name\. Ground: your consent \(nr 1\)\./);
  const csv = await world.cli('coordinator', ['access-log', '--client', client, '--format', 'csv']);
  assert.match(csv.stdout, /^"id","at"/);
  assert.equal(JSON.parse((await world.cli('coordinator', ['access-log', '--client', client, '--format', 'fhir'])).stdout).resourceType, 'Bundle');
  assert.ok(JSON.parse((await world.cli('coordinator', ['access-log', '--client', client, '--json'])).stdout).items.length > 2);
  assert.equal((await world.cli('worker', ['access-log', client])).code, 5);
  assert.equal((await world.cli('gp', ['access-log', client, '--since', '2026-01-01'])).code, 2);
  assert.equal((await world.cli('gp', ['access-log', client, '--format', 'pdf'])).code, 2);
  assert.ok(JSON.parse((await world.cli('coordinator', ['access-log', '--client', client, '--json', '--format', 'json'])).stdout).items.length > 2);
});

test('a period has days in it', async () => {
  for (const query of ['since=2027-01-01&until=2026-01-01', 'since=2026-02-30', 'since=0000-01-01', 'until=0001-12-31', 'since=1899-12-31', 'since=gisteren']) {
    const answer = await coordinator.get(`/v1/access-log?${query}`);
    assert.equal(answer.status, 400, answer.text);
    assert.equal(answer.json.type, 'urn:wijzer:problem:invalid-parameter');
  }
  assert.equal((await coordinator.get('/v1/access-log?since=2027-01-01&until=2026-01-01')).json.errors[0].pointer, '?until');
  for (const query of ['since=2026-01-01&until=2026-01-01', 'since=1900-01-01&until=9999-12-31'])
    assert.equal((await coordinator.get(`/v1/access-log?${query}`)).status, 200);
});

test('what was typed wrong is told by the option, and nothing is sent', async () => {
  for (const [words, said] of [
    [['--since', 'gisteren'], 'bij --since hoort een dag van de kalender zoals 2026-12-01, niet "gisteren"'],
    [['--until', '2026-02-30'], 'bij --until hoort een dag van de kalender zoals 2026-12-01, niet "2026-02-30"'],
    [['--since', '2027-01-01', '--until', '2026-01-01'], '--since (2027-01-01) ligt na --until (2026-01-01): in die periode zit geen dag'],
    [['--format', 'csv', '--json'], '--format csv en --json kunnen niet samen'],
    [['--format', 'fhir', '--json'], '--format fhir en --json kunnen niet samen'],
    [['--format', 'text', '--json'], '--format text en --json kunnen niet samen']]) {
    const result = await world.cli('coordinator', ['access-log', ...words]);
    assert.deepEqual([result.code, result.stdout, result.stderr.trim()], [2, '', said]);
  }
  const nobody = await world.cli('coordinator', ['access-log', '--account', 'nobody']);
  assert.equal(nobody.code, 1);
  assert.match(nobody.stderr, /--account is een onbekend woord: een account als ORGANISATIE\/NAAM/);
  assert.doesNotMatch(nobody.stderr, /\?account|not an/);
});

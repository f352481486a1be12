// How well an offering is proved to work, through real daemons: who may say it, what is refused, that it is said once, two at the same
// time over two daemons, that the answer to a repeated referral has the same bytes, and that the history tells it all. How it reads is in
// tests/scenario/practices/databank-interventies.scn.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { referral } from './lib/api.mjs';
import { approve, draft, draftOf, publish, secondCoordinator, table, taken } from './lib/rules.mjs';
import { World, eventually, finish, sanitizers, wijzerd } from './lib/world.mjs';

let world, other, gp, worker, coordinator;
before(async () => {
  world = await World.make();
  world.configure({ 'migrate-database': world.conninfo(false, 'postgres') });
  other = await world.startOther();
  [gp, worker, coordinator] = ['gp', 'worker', 'coordinator'].map((name) => world.api(name));
});
after(() => world?.close());

const said = { offering: 'welzijn-op-recept', level: 'good-indications', source: 'Databank: Welzijn op Recept', asOf: '2026-03-01' };
const prove = (body = {}, headers) => coordinator.post('/v1/offerings/_prove', { ...said, ...body }, headers);
const shown = async (code) => (await gp.get('/v1/offerings')).json.items.find((one) => one.code === code).evidence;
const problem = (answer, status, type) => {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.json.type, new RegExp(`${type}$`));
  return answer.json;
};
const errors = (answer) => problem(answer, 422, 'invalid-body').errors.map(({ pointer, code }) => `${pointer} ${code}`);

test('a coordinator says it, once; everybody reads it', async () => {
  const key = { 'Idempotency-Key': randomUUID() };
  const first = await prove({}, key);
  assert.equal(first.status, 201, first.text);
  assert.deepEqual((({ by, ...rest }) => rest)(first.json.evidence), { code: 'good-indications', label: 'Goede aanwijzingen dat het werkt', source: said.source, asOf: said.asOf });
  assert.equal(first.json.evidence.by.organisation.code, 'ketenregie-deurne');
  assert.equal((await prove({}, key)).text, first.text);
  problem(await prove({ level: 'well-founded' }, key), 422, 'key-reused');
  assert.deepEqual(await shown('welzijn-op-recept'), first.json.evidence);
  assert.equal(world.sql("SELECT count(*) FROM data.offering_event WHERE kind = 'evidence-set'").trim(), '1');
});

test('nobody else, and nothing that does not hold', async () => {
  for (const api of [worker, gp, world.api('steward')]) problem(await api.post('/v1/offerings/_prove', said), 403, 'wrong-role');
  assert.deepEqual(errors(await prove({ level: 'proven' })), ['/level unknown-word']);
  assert.deepEqual(errors(await prove({ source: 'x'.repeat(201) })), ['/source too-long']);
  assert.deepEqual(errors(await prove({ source: 'twee\nregels' })), ['/source control-character']);
  assert.deepEqual(errors(await prove({ source: undefined })), ['/source required']);
  assert.deepEqual(errors(await prove({ level: 'none' })), ['/source conflict']);
  assert.deepEqual(errors(await prove({ asOf: '2999-01-01' })), ['/asOf range']);
  assert.deepEqual(errors(await prove({ offering: 'van-elders' })), ['/offering unknown-word']);
  world.sql(`INSERT INTO data.organisation (region_id, organisation_id, code, name, kind) VALUES (2, 990, 'elders', 'Elders', 'welfare');
    INSERT INTO data.offering (region_id, offering_id, code, name, organisation_id, kind) VALUES (2, 991, 'alleen-daar', 'Alleen daar', 990, 'coaching')`);
  assert.deepEqual(errors(await prove({ offering: 'alleen-daar' })), ['/offering unknown-word'], 'of another region');
  assert.equal((await shown('welzijn-op-recept')).code, 'good-indications');
});

test('of many at once over two daemons the last word holds, and each is told', async () => {
  const levels = ['well-described', 'well-founded', 'first-indications', 'strong-indications'];
  const apis = [coordinator, Object.assign(world.api('coordinator'), { port: other.port })];
  const answers = await Promise.all(Array.from({ length: 16 }, (_, i) => apis[i % 2].post('/v1/offerings/_prove', { ...said, level: levels[i % 4], source: `Bron ${i}` })));
  assert.deepEqual(answers.map(({ status }) => status), Array(16).fill(201));
  const last = world.sql(`SELECT source FROM data.offering_event WHERE kind = 'evidence-set' ORDER BY at DESC, event_id DESC LIMIT 1`).trim();
  assert.equal((await shown('welzijn-op-recept')).source, last);
  assert.equal(world.sql("SELECT count(DISTINCT source) FROM data.offering_event WHERE kind = 'evidence-set' AND source LIKE 'Bron %'").trim(), '16');
});

test('a rule asks for it, and what was decided stays as it was', async () => {
  const second = secondCoordinator(world);
  await prove({ level: 'strong-indications', source: 'Toen' });
  const rules = draftOf(await table(coordinator, 3));
  rules.examples = [];
  rules.rules = [{ id: 'E1', when: {}, then: { offering: 'welzijn-op-recept', weight: 90, evidence: 'good-indications' }, reason: 'Bewezen.' },
    { id: 'E2', when: {}, then: { offering: 'buurtteam', weight: 10 }, reason: 'Zonder eis.' }];
  problem(await coordinator.post('/v1/rule-tables/3/_draft', { ...rules, rules: [{ ...rules.rules[0], then: { ...rules.rules[0].then, evidence: 'proven' } }] }), 422, 'invalid-body');
  problem(await coordinator.post('/v1/rule-tables/3/_draft', { ...rules, rules: [{ ...rules.rules[0], then: { offering: null, weight: null, evidence: 'good-indications' } }] }), 422, 'invalid-body');
  const version = await draft(coordinator, 3, rules);
  const kinds = async () => (await coordinator.post(`/v1/rule-versions/${version}/_check`, {})).json.findings.filter(({ kind }) => kind === 'no-evidence');
  assert.deepEqual(await kinds(), []);
  await publish(coordinator, version);
  await approve(second, version);
  await taken(world, 3, version);
  const key = { 'Idempotency-Key': randomUUID() }, body = referral();
  const sent = await gp.post('/v1/referrals', body, key);
  assert.deepEqual([sent.json.decision.rule, sent.json.decision.evidence.code, sent.json.decision.evidence.source], ['E1', 'strong-indications', 'Toen']);
  await prove({ level: 'well-described', source: 'Nu' });
  assert.equal((await kinds()).length, 1, 'the check tells that the row counts for nobody');
  await eventually(async () => (await gp.refer()).decision.rule === 'E2');
  const explained = async (id) => (await coordinator.get(`/v1/referrals/${id}/explanation`)).json;
  const after = await gp.refer();
  assert.deepEqual((await explained(after.id)).tables.find((one) => one.table === 3).lacks.map(({ rule, has, asks }) => [rule, has.code, asks.code]), [['E1', 'well-described', 'good-indications']]);
  assert.deepEqual((await gp.get(`/v1/referrals/${sent.json.id}`)).json.decision.evidence, sent.json.decision.evidence);
  const then = await explained(sent.json.id);
  assert.deepEqual([then.decision.evidence, then.candidates[0].evidence, then.tables.find((one) => one.table === 3).lacks], [sent.json.decision.evidence, sent.json.decision.evidence, undefined]);
  assert.equal((await gp.post('/v1/referrals', body, key)).text, sent.text, 'the same key, the same bytes');
  // Not known is not no: the row could not be judged, and nobody else fits.
  const alone = draftOf(await table(coordinator, 3));
  alone.rules = alone.rules.slice(0, 1);
  const draft2 = await draft(coordinator, 3, alone);
  await prove({ level: 'none', source: undefined, asOf: undefined });
  assert.equal(await shown('welzijn-op-recept'), null);
  await publish(coordinator, draft2);
  await approve(second, draft2);
  await taken(world, 3, draft2);
  await eventually(async () => (await gp.refer()).decision.offering === null);
  assert.ok((await explained((await gp.refer()).id)).tables.find((one) => one.table === 3).unknown.includes('E1'), 'the row could not be judged');
});

test('the history is whole', async () => {
  const check = () => finish(wijzerd, ['-c', world.conf, 'rebuild', '--check'], { env: { ...process.env, ...sanitizers() } });
  const good = await check();
  assert.equal(good.code, 0, good.stdout + good.stderr);
  world.sql("UPDATE data.evidence SET level = 'strong-indications', source = 'Stilletjes'");
  const bad = await check();
  world.sql('UPDATE data.evidence SET level = NULL, source = NULL');
  assert.match(bad.stdout, /offering welzijn-op-recept, evidence: level is strong-indications, events say null/);
  assert.equal(bad.code, 1, bad.stdout);
});

// What the help is estimated to save from what coordinators assume, and how residents moved by their own scores: who may state and
// read it, what is refused, once, what is counted; by API and on screens.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { World, today } from './lib/world.mjs';

let world, gp, worker, coordinator, steward;
before(async () => {
  world = await World.make();
  [gp, worker, coordinator, steward] = ['gp', 'worker', 'coordinator', 'steward'].map((name) => world.api(name));
});
after(() => world?.close());

const word = (answer) => [answer.status, answer.json?.type.split(':').pop()];
const ASSUMED = { outcome: 'done-goal-reached', amount: 1200, source: 'Rapport Welzijn 2025, blz. 12.', effectiveFrom: '2026-01-01' };
const assume = (body, api = coordinator, headers) => api.post('/v1/assumptions', body, headers);
const read = async (path, api = coordinator) => {
  const answer = await api.get(`/v1/${path}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};
const figures = ({ closed, counted, notCounted, estimate }) => [closed, counted, notCounted, estimate];

// A referral whose loop closes by facts.
async function closed(outcome, extra = {}) {
  const receipt = await gp.refer();
  for (const [verb, body] of [['accept', {}], ['report', { state: 'first-contact' }], ['complete', { outcome, ...extra }]])
    await worker.move(receipt.stepId, verb, body);
  const final = (await gp.get('/v1/feedback?unread=true&pageSize=200')).json.items.find((one) => one.referralId === receipt.id && one.final);
  assert.equal((await gp.post(`/v1/feedback/${final.id}/_open`, {})).status, 200);
  return receipt;
}

test('nothing is assumed by itself', async () => {
  await closed('reached');
  assert.deepEqual(figures(await read('savings')), [1, 0, 1, null]);
  assert.deepEqual(await read('assumptions'), { items: [] });
  const screen = await world.cli('coordinator', ['savings']);
  assert.match(screen.stdout, /geen schatting\. Rond zijn: 1\..*wijzer\s+savings\s+assume/s, screen.stderr);
});

test('what is no assumption', async () => {
  for (const [change, pointer, code] of [[{ amount: -1 }, '/amount', 'range'], [{ amount: 1000001 }, '/amount', 'range'], [{ amount: '1200' }, '/amount', 'type'],
    [{ amount: 1.5 }, '/amount', 'type'], [{ source: '' }, '/source', 'too-short'], [{ source: undefined }, '/source', 'required'],
    [{ source: 'x'.repeat(301) }, '/source', 'too-long'], [{ outcome: 'taking-part' }, '/outcome', 'unknown-word'], [{ outcome: 'geluk' }, '/outcome', 'unknown-word'],
    [{ domain: 'geluk' }, '/domain', 'unknown-word'], [{ effectiveFrom: '2026-02-30' }, '/effectiveFrom', 'not-a-date'], [{ account: 'x' }, '/account', 'unknown-field']]) {
    const answer = await assume({ ...ASSUMED, ...change });
    assert.deepEqual([answer.status, answer.json.errors.map((issue) => [issue.pointer, issue.code])], [422, [[pointer, code]]], JSON.stringify(change));
  }
  for (const api of [gp, worker, steward]) assert.deepEqual(word(await assume(ASSUMED, api)), [403, 'wrong-role']);
  assert.equal(world.sql('SELECT count(*) FROM data.assumption'), '0');
});

test('a coordinator states it, once, and it is told who did', async () => {
  const key = randomUUID();
  const stated = await assume(ASSUMED, coordinator, { 'Idempotency-Key': key });
  assert.equal(stated.status, 201, stated.text);
  assert.deepEqual([stated.json.amount, stated.json.domain, stated.json.source, stated.json.by.name], [1200, null, ASSUMED.source, 'coordinator']);
  assert.deepEqual((await assume(ASSUMED, coordinator, { 'Idempotency-Key': key })).json, stated.json);
  assert.deepEqual(word(await assume({ ...ASSUMED, amount: 1 }, coordinator, { 'Idempotency-Key': key })), [422, 'idempotency-key-reused']);
  assert.equal(world.sql("SELECT count(*), max(what ->> 'amount') FROM data.administration WHERE kind = 'assumption-stated'"), '1|1200');
  const { items, ...rest } = await read('savings');
  assert.deepEqual([figures(rest), items], [[1, 1, 0, 1200], [{ assumption: stated.json, count: 1, saved: 1200 }]]);
});

test('each referral with what was assumed when it ended; nothing that was stated changes', async () => {
  await closed('partly');
  await closed('not-reached', { reason: 'Er is meer nodig.' });
  assert.equal((await assume({ outcome: 'done-partly', amount: 300, source: 'Schatting.' })).json.effectiveFrom, today());
  assert.deepEqual(figures(await read('savings')), [3, 2, 1, 1500]);
  assert.equal((await assume({ ...ASSUMED, amount: 900, source: 'Verbeterd.' })).status, 201);
  assert.deepEqual(figures(await read('savings', steward)), [3, 2, 1, 1200]);
  assert.deepEqual((await read('assumptions', steward)).items.map((one) => one.amount), [900, 300, 1200]);
  for (const api of [gp, worker]) for (const path of ['savings', 'assumptions']) assert.deepEqual(word(await api.get(`/v1/${path}`)), [403, 'wrong-role']);
  assert.deepEqual(figures(await read('savings?from=2020-01-01&to=2020-02-01')), [0, 0, 0, null]);
  for (const [query, pointer] of [['from=2027-01-01&to=2026-01-01', '?to'], ['from=2026-02-30', '?from'], ['by=area', '?by']]) {
    const answer = await coordinator.get(`/v1/savings?${query}`);
    assert.deepEqual([answer.status, answer.json.errors[0].pointer], [400, pointer], query);
  }
});

test('on the command line', async () => {
  const screen = await world.cli('coordinator', ['savings']);
  for (const text of [/Geschat: € 1\.200 per jaar/, /geen meting/, /Afgerond, doel bereikt: 1 × € 900 = € 900\n.*\n +Bron: Verbeterd\./, /Niet meegeteld: 1\./]) assert.match(screen.stdout, text);
  assert.match((await world.cli('coordinator', ['savings', '--lang', 'en'])).stdout, /Estimated: € 1,200 a year.*not a measurement/s);
  assert.deepEqual(JSON.parse((await world.cli('coordinator', ['savings', '--json'])).stdout), await read('savings'));
  assert.match((await world.cli('steward', ['savings', 'assumptions'])).stdout, /€ 900\n.*\n +Bron: Verbeterd\.[^]*€ 1\.200/);
  const base = ['savings', 'assume', '--outcome', 'reached', '--amount', '5', '--source', 'Rapport'];
  for (const [words, says, code = 2] of [[base.slice(0, 6), /wijzer savings assume/], [[...base, '--from', 'morgen'], /--from/], [[...base, '--domain', 'huosing'], /Bedoelde u "housing"\?/],
    [base.with(3, 'partyl'), /Bedoelde u "partly"\?/], [base.with(3, 'unreachble'), /Bedoelde u "unreachable"\?/], [base.with(5, '1e3'), /van 0 tot en met 1000000/],
    [base.with(5, '1000001'), /van 0 tot en met 1000000/], [base.with(7, 'x'.repeat(301)), /--source/], [['savings', '--from', '2027-01-01', '--to', '2026-01-01'], /ligt na --to/]]) {
    const wrong = await world.cli('coordinator', words);
    assert.equal(wrong.code, code, words.join(' '));
    assert.match(wrong.stderr, says);
  }
  for (const who of ['gp', 'worker', 'steward']) assert.equal((await world.cli(who, base)).code, 5, who);
  const stated = await world.cli('coordinator', ['savings', 'assume', '--outcome', 'unreachable', '--domain', 'housing', '--amount', '0', '--source', 'Rapport', '--from', '2026-03-01', '--json']);
  assert.deepEqual((({ outcome, domain, amount, effectiveFrom }) => [outcome.code, domain.code, amount, effectiveFrom])(JSON.parse(stated.stdout)), ['unreachable', 'housing', 0, '2026-03-01']);
});

test('movement of what was scored twice, of five residents or more', async () => {
  const moved = async (api = coordinator, query = '') => (await read(`movement${query}`, api)).items.map((row) => [row.domain?.code ?? row.area, row.goals, row.clients, row.first, row.last, row.difference]);
  const scores = [[2, 9], [4, 4], [7, 3], [5, 6], [1, 8]];
  for (const [i, [first, last]] of scores.entries()) {
    const { stepId } = await gp.refer({ client: { area: '5753' } });
    for (const [verb, body] of [['accept', {}], ['report', { state: 'first-contact' }]]) await worker.move(stepId, verb, body);
    const goal = (await worker.post(`/v1/steps/${stepId}/goals`, { text: 'Een huis zonder lekkage', domain: 'housing', score: first })).json.id;
    assert.deepEqual([await moved(), await moved(coordinator, '?by=area')], [[], []], `${i} residents`);
    assert.equal((await worker.post(`/v1/goals/${goal}/_score`, { score: last })).status, 200);
  }
  const before = world.sql('SELECT count(*) FROM data.access');
  // 19 / 5 and 30 / 5
  assert.deepEqual([await moved(), await moved(coordinator, '?by=area')], [[['housing', 5, 5, 3.8, 6, 2.2]], [['5753', 5, 5, 3.8, 6, 2.2]]]);
  assert.equal(world.sql('SELECT count(*) FROM data.access'), before, 'figures are about no client');
  for (const api of [gp, worker, steward]) {
    assert.deepEqual(await moved(api), [['housing', 5, 5, 3.8, 6, 2.2]]);
    assert.deepEqual(word(await api.get('/v1/movement?by=area')), [403, 'wrong-role']);
  }
  for (const name of ['gp2', 'worker2']) assert.deepEqual(await moved(world.api(name)), [], name);
  assert.deepEqual(await moved(coordinator, '?from=2020-01-01&to=2020-02-01'), []);
  for (const [query, pointer] of [['from=2027-01-01&to=2026-01-01', '?to'], ['by=region', '?by']]) {
    const answer = await coordinator.get(`/v1/movement?${query}`);
    assert.deepEqual([answer.status, answer.json.errors[0].pointer], [400, pointer], query);
  }
  const screen = await world.cli('coordinator', ['movement', '--by', 'area']);
  assert.match(screen.stdout, /gebied 5753 +5 +5 +3,8 +6,0 +\+2,2/, screen.stderr);
  assert.equal((await world.cli('gp', ['movement', '--by', 'area'])).code, 5);
  assert.match((await world.cli('coordinator', ['movement', '--by', 'region'])).stderr, /domain, area/);
});

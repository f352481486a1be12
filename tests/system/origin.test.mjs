// Referrals without a referrer, signals, duplicates and room, through the daemon: who may send what, what a system sees, two at once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { World } from './lib/world.mjs';

let world, gp, gp2, worker, worker2, coordinator, steward;
before(async () => {
  world = await World.make();
  [gp, gp2, worker, worker2, coordinator, steward] = ['gp', 'gp2', 'worker', 'worker2', 'coordinator', 'steward'].map((name) => world.api(name));
});
after(() => world?.close());

const client = { name: 'Margriet Maassen', birthYear: 1948, area: '5751', phone: '+31 6 55512345' };
const send = (api, more = {}, headers) => api.post('/v1/referrals', { domains: ['social-network'], client, ...more }, headers);
const word = (answer) => answer.json?.type?.split(':').pop();

test('who may send what', async () => {
  assert.deepEqual([(await send(gp)).status, (await send(worker)).status, (await send(coordinator)).status], [201, 403, 403]);
  for (const origin of ['self', 'desk'])
    for (const api of [gp, worker, worker2, coordinator]) assert.equal((await send(api, { origin })).status, 201);
  assert.equal((await send(worker, { origin: 'signal', signal: 'SV-1' })).status, 403);
  assert.equal((await send(steward, { origin: 'self' })).status, 403);
});

test('a signal is one referral under every key, also of twenty at once; of its reference nothing personal', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => send(gp2, { origin: 'signal', signal: 'SV-2026-17', client: { ...client, phone: `+31 6 555123${10 + n}` } })));
  assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [201]);
  assert.equal(new Set(answers.map((answer) => answer.json.id)).size, 1);
  const { id } = answers[0].json;
  assert.equal((await gp2.get(`/v1/referrals/${id}`)).status, 404);
  const status = (await gp2.get(`/v1/referrals/${id}/status`)).json;
  assert.deepEqual([status.state, status.outcome, status.step.state.code, status.next], ['open', null, 'received', null]);
  assert.equal((await gp2.get('/v1/referrals?origin=signal')).json.items.find((one) => one.id === id).currentStep, null);
  for (const [more, pointer] of [[{ signal: '0612345678' }, '/signal'], [{ signal: 'a@b.nl' }, '/signal'], [{}, '/signal'], [{ signal: 'SV-2', text: 'Huur.' }, '/text'],
    [{ signal: 'SV-2', consent: { choices: [] } }, '/consent']]) {
    const answer = await send(gp2, { origin: 'signal', ...more });
    assert.deepEqual([answer.status, answer.json.errors?.some((one) => one.pointer === pointer) ?? answer.text], [422, true]);
  }
  assert.equal((await send(gp2, { signal: 'SV-2' })).status, 422);
  assert.equal((await send(gp2, { origin: 'other' })).status, 422);
});

test('a duplicate goes on in another: two coordinators at once, both ways', async () => {
  const [a, b] = await Promise.all([send(gp), send(worker2, { origin: 'self' })]).then((both) => both.map((answer) => answer.json.id));
  assert.ok((await coordinator.get('/v1/duplicates?pageSize=200')).json.items.some((group) => [a, b].every((id) => group.referrals.some((one) => one.id === id))));
  assert.equal((await gp.get('/v1/duplicates')).status, 403);
  assert.equal((await gp.post(`/v1/referrals/${a}/_merge`, { into: b })).status, 403);
  assert.equal((await coordinator.post(`/v1/referrals/${a}/_merge`, { into: 'nonsense' })).status, 422);
  const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => (n % 2 ? coordinator.post(`/v1/referrals/${a}/_merge`, { into: b }) : coordinator.post(`/v1/referrals/${b}/_merge`, { into: a }))));
  assert.equal(answers.filter((answer) => answer.status === 200).length, 1, JSON.stringify(answers.map((answer) => answer.status)));
  assert.ok(answers.filter((answer) => answer.status !== 200).every((answer) => answer.status === 409 && word(answer) === 'state-not-allowed'));
});

test('what waits while nobody has room', async () => {
  assert.equal((await coordinator.get('/v1/referrals?capacity=some')).status, 400);
  assert.equal((await coordinator.get('/v1/referrals?origin=nobody')).status, 400);
  const { id } = (await send(gp)).json;
  const waits = async () => (await coordinator.get('/v1/referrals?capacity=none&pageSize=200')).json.items.some((one) => one.id === id);
  assert.equal(await waits(), false);
  world.sql("INSERT INTO data.capacity (region_id, offering_id, as_of, state) SELECT 1, offering_id, '2030-01-01', 'full' FROM data.offering WHERE region_id = 1");
  assert.equal(await waits(), true);
});

test('the invariants hold', async () => {
  for (const one of (await coordinator.get('/v1/checks')).json.invariants) assert.notEqual(one.status, 'violated', JSON.stringify(one));
});

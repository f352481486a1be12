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
  const answers = await Promise.all(Array.from({ length: 20 }, () => send(gp2, { origin: 'signal', signal: 'SV-2026-17' })));
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [...Array(19).fill(200), 201], 'one is new, the others were received before');
  assert.equal(new Set(answers.map((answer) => answer.json.id)).size, 1);
  const { id } = answers[0].json;
  const other = await send(gp2, { origin: 'signal', signal: 'SV-2026-17', client: { ...client, name: 'Peter de Vries', phone: '+31 6 55512399' } });
  assert.deepEqual([other.status, word(other)], [422, 'idempotency-key-reused'], 'another person under one reference');
  assert.match(other.json.detail, /reference of its own/);
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

test('what the client says to who signals, and to a desk, is so', async () => {
  const words = (name, phone) => ['refer', '--domain', 'finances', '--birth-year', '1981', '--area', '5751', '--name', name, '--phone', phone];
  const refer = (more, name = 'Signaal Een', phone = '06 44444404') => world.cli('gp2', [...words(name, phone), ...more]);
  const first = await refer(['--signal', 'KENM-1']);
  assert.match(first.stdout, /^Het signaal is ontvangen: verwijzing [0-9A-Z]{4}-[0-9A-Z]{4}\./, first.stderr);
  assert.doesNotMatch(first.stdout, /wijzer show|U hoort/);
  const again = await refer(['--signal', 'KENM-1']);
  assert.deepEqual([again.code, again.stdout.slice(0, 38)], [0, 'Dit signaal is al ontvangen: verwijzing'.slice(0, 38)]);
  assert.equal(again.stdout.match(/[0-9A-Z]{4}-[0-9A-Z]{4}/)[0], first.stdout.match(/[0-9A-Z]{4}-[0-9A-Z]{4}/)[0]);
  const other = await refer(['--signal', 'KENM-1'], 'Signaal Ander', '06 44444405');
  assert.notEqual(other.code, 0);
  assert.match(other.stderr.replace(/\s+/g, ' '), /Met dit nummer \(--signal\) kwam al een ander signaal binnen\. Er is niets bewaard/);
  for (const way of ['--self', '--desk']) {
    const came = await refer([way], `Inwoner ${way.slice(2)}`, '06 44444406');
    assert.match(came.stdout.replace(/\s+/g, ' '), /De inwoner moet horen hoe het afloopt/, came.stderr);
    assert.doesNotMatch(came.stdout, /U hoort vanzelf/);
  }
  assert.match((await refer([], 'Zonder', '06 44444407')).stdout, /U hoort vanzelf hoe het afloopt/);
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
  world.sql("INSERT INTO data.capacity (region_id, offering_id, as_of, state) SELECT 1, offering_id, (now() AT TIME ZONE 'Europe/Amsterdam')::date, 'full' FROM data.offering WHERE region_id = 1 ON CONFLICT (region_id, offering_id, as_of) DO UPDATE SET state = 'full'");
  assert.equal(await waits(), true);
});

test('the invariants hold', async () => {
  for (const one of (await coordinator.get('/v1/checks')).json.invariants) assert.notEqual(one.status, 'violated', JSON.stringify(one));
});

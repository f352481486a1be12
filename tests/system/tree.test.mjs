// Branches in order, and who directs, through the real daemon: what is refused, and that the events tell all of it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { World, finish, sanitizers, wijzerd } from './lib/world.mjs';

let world, gp, worker, worker2, coordinator, steward;
before(async () => {
  world = await World.make();
  world.configure({ 'migrate-database': world.conninfo(false, 'postgres') });
  [gp, worker, worker2, coordinator, steward] = ['gp', 'worker', 'worker2', 'coordinator', 'steward'].map((name) => world.api(name));
});
after(() => world?.close());

const word = (answer) => answer.json?.type?.split(':').pop();
const direct = (api, id, organisation, headers) => api.post(`/v1/referrals/${id}/_direct`, { organisation }, headers);
const report = async (api, id, body) => api.post(`/v1/steps/${id}/_report`, body, { 'If-Match': (await worker.step(id)).etag });
const pointers = (answer) => answer.json.errors?.map((one) => one.pointer);

async function begun() {
  const { id, stepId } = await gp.refer();
  await worker.move(stepId, 'accept');
  await worker.move(stepId, 'report', { state: 'first-contact' });
  return { id, stepId };
}

test('branches one after another, to the end', async () => {
  const { id, stepId } = await begun();
  const body = { state: 'passed-on', branches: [{ offering: 'buurtteam' }, { offering: 'klantwijzer', after: 1 }] };
  for (const [wrong, at] of [
    [{ ...body, offerings: ['buurtteam'] }, '/branches'],
    [{ state: 'passed-on', branches: [{ offering: 'buurtteam', after: 1 }] }, '/branches/0/after'],
    [{ state: 'passed-on', branches: [{ offering: 'buurtteam', afterStep: 'niets' }] }, '/branches/0/afterStep'],
    [{ state: 'passed-on', branches: [{ offering: 'bestaat-niet' }] }, '/branches/0/offering'],
    [{ state: 'taking-part', branches: [{ offering: 'buurtteam' }] }, '/branches']]) {
    const answer = await report(worker, stepId, wrong);
    assert.deepEqual([answer.status, pointers(answer)], [422, [at]], answer.text);
  }
  const self = await report(worker, stepId, { state: 'passed-on', branches: [{ offering: 'buurtteam', afterStep: stepId }] });
  assert.deepEqual([self.status, word(self)], [409, 'state-not-allowed']);
  assert.equal((await report(worker, stepId, body)).status, 200);
  let { steps, director } = await gp.referral(id);
  assert.deepEqual([steps[1].state.code, steps[2].state.code, steps[2].afterId, steps[2].promise, director.code], ['sent', 'planned', steps[1].id, null, 'levgroep']);
  await worker2.move(steps[1].id, 'accept');
  await worker2.move(steps[1].id, 'report', { state: 'first-contact' });
  await worker2.move(steps[1].id, 'complete', { outcome: 'partly' });
  ({ steps } = await gp.referral(id));
  assert.deepEqual([steps[2].state.code, steps[2].promise.what.code], ['sent', 'deliver']);
});

test('it ends otherwise: who passed on decides', async () => {
  const { id, stepId } = await begun();
  await report(worker, stepId, { state: 'passed-on', branches: [{ offering: 'buurtteam' }, { offering: 'klantwijzer', after: 1 }] });
  let { steps } = await gp.referral(id);
  await worker2.move(steps[1].id, 'decline', { code: 'client-does-not-want' });
  ({ steps } = await gp.referral(id));
  assert.deepEqual([steps[2].state.code, steps[2].promise.what.code, steps[2].promise.who.code], ['planned', 'decide', 'levgroep']);
  assert.equal((await report(gp, steps[2].id, { state: 'sent' })).status, 403);
  assert.deepEqual(pointers(await report(worker, steps[2].id, { state: 'dropped' })), ['/reason']);
  assert.equal((await report(worker, steps[2].id, { state: 'dropped', reason: 'Niet meer nodig.' })).status, 200);
  ({ steps } = await gp.referral(id));
  assert.deepEqual([steps[0].promise.what.code, steps[0].branchOutcome.code], ['wrap-up', 'declined']);
});

test('who directs', async () => {
  const { id, stepId } = await gp.refer();
  assert.deepEqual(pointers(await direct(gp, id, 'bestaat-niet')), ['/organisation']);
  assert.equal((await direct(worker, id, 'levgroep')).status, 403);
  assert.equal((await direct(worker2, id, 'levgroep')).status, 404);
  assert.equal((await direct(steward, id, 'levgroep')).status, 403);
  assert.deepEqual([(await direct(gp, id, 'buurtteam')).status, (await direct(gp, id, 'levgroep')).json], [409, { referralId: id, director: { code: 'levgroep', name: 'LEVgroep' } }]);
  await worker.move(stepId, 'accept');
  assert.deepEqual((await direct(coordinator, id, 'ketenregie-deurne')).json, { referralId: id, director: null });
});

test('the events tell all of it', async () => {
  const { code, stdout, stderr } = await finish(wijzerd, ['-c', world.conf, 'rebuild', '--check', '--json'], { env: { ...process.env, ...sanitizers() } });
  assert.deepEqual([code, stderr], [0, ''], stdout);
  const out = JSON.parse(stdout);
  assert.deepEqual([out.same, out.differences], [true, []]);
});

// What a worker does between one state and the next: contact attempts, calling back, goals; through the real daemon, where two do
// the same at once, where a call is repeated and where it is wrong. How that reads is in tests/scenario/callback.scn and goals.scn.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { World, eventually, finish, today, wijzerd } from './lib/world.mjs';

let world, gp, worker, worker3, worker2, coordinator, steward;
before(async () => {
  world = await World.make();
  [gp, worker, worker3, worker2, coordinator, steward] = ['gp', 'worker', 'worker3', 'worker2', 'coordinator', 'steward'].map((name) => world.api(name));
  world.secret('minder cola', 'na de middag');
});
after(() => world?.close());

const day = (ahead) => new Date(Date.parse(today()) + ahead * 86_400_000).toISOString().slice(0, 10);
const promise = (api, step, body, headers) => api.post(`/v1/steps/${step}/_callback`, body, headers);
const called = (api, step, body = {}) => api.post(`/v1/steps/${step}/_calledback`, body);
const accepted = async () => {
  const { id, stepId } = await gp.refer();
  await worker.move(stepId, 'accept');
  return { id, step: stepId };
};
const pointers = (answer) => answer.json.errors?.map((error) => [error.pointer, error.code]);

test('a promise to call back: by when, once at a time, kept by a call', async () => {
  const { id, step } = await accepted();
  const key = { 'Idempotency-Key': randomUUID() };
  const body = { on: '2031-01-15', at: '14:00', note: 'Liefst na de middag.' };
  const made = await promise(worker, step, body, key);
  assert.deepEqual([made.status, made.json], [201, { stepId: step, referralId: id, by: '2031-01-15T13:00:00Z', dayOff: false }]);
  assert.deepEqual((await promise(worker, step, body, key)).json, made.json);
  // The note is for colleagues; what a command answers is kept, and has no text.
  assert.equal((await worker3.step(step)).callBack.note, 'Liefst na de middag.');
  assert.equal((await gp.step(step)).callBack.note, null);
  for (const verb of ['_pickup', '_putback']) {
    const answer = await worker3.post(`/v1/steps/${step}/${verb}`, verb === '_pickup' ? {} : undefined);
    assert.deepEqual([answer.status, 'note' in answer.json.callBack], [200, false]);
  }
  assert.equal((await promise(worker, step, { on: '2031-01-16' })).status, 409);
  // Winter and summer time, without a time at the end of the working day, on a Saturday, on Christmas.
  const by = async (more) => {
    const answer = await promise(worker, step, { instead: true, ...more });
    return [answer.json.by, answer.json.dayOff];
  };
  assert.deepEqual(await by({ on: '2031-07-15', at: '14:00' }), ['2031-07-15T12:00:00Z', false]);
  assert.deepEqual(await by({ on: '2031-01-15' }), ['2031-01-15T16:00:00Z', false]);
  assert.deepEqual(await by({ on: '2031-01-18', at: '09:30' }), ['2031-01-18T08:30:00Z', true]);
  assert.deepEqual(await by({ on: '2031-12-25' }), ['2031-12-25T16:00:00Z', true]);
  assert.deepEqual((await worker.step(step)).callBack, { by: '2031-12-25T16:00:00Z', overdue: false, level: 0, person: null, note: null });
  const item = (await worker.get('/v1/inbox')).json.items.filter((one) => one.id === step);
  assert.equal(item.length, 1);
  assert.equal((await called(worker3, step, { channel: 'phone', result: 'voicemail' })).json.callBack, null);
  assert.equal((await called(worker, step)).status, 409);
  const kinds = (await gp.referral(id)).events.filter((event) => event.kind.startsWith('call-back')).map((event) => `${event.kind} ${event.result ?? ''}`.trim());
  assert.equal(kinds.filter((kind) => kind === 'call-back-released').length, 4);
  assert.equal(kinds.at(-1), 'call-back-kept voicemail');
  const feed = await eventually(async () => {
    const items = (await gp.get('/v1/events?pageSize=200')).json.items.filter((event) => event.referralId === id && event.kind === 'call-back-promised');
    return items.length > 0 && items;
  }, { what: 'the events' });
  assert.equal(feed[0].promise.what.code, 'call-back');
});

test('what is wrong with it is said, and who may not is refused', async () => {
  const { step } = await accepted();
  const wrong = async (body) => {
    const answer = await promise(worker, step, body);
    return [answer.status, ...(pointers(answer) ?? [])];
  };
  assert.deepEqual(await wrong({}), [422, ['/on', 'required']]);
  assert.deepEqual(await wrong({ on: day(-1) }), [422, ['/on', 'range']]);
  assert.deepEqual(await wrong({ on: day(0), at: '00:00' }), [422, ['/at', 'range']]);
  assert.deepEqual(await wrong({ on: '2099-01-01' }), [422, ['/on', 'range']]);
  assert.deepEqual(await wrong({ on: '2031-02-30' }), [422, ['/on', 'not-a-date']]);
  assert.deepEqual(await wrong({ on: day(3), at: '25:00' }), [422, ['/at', 'pattern']]);
  const statuses = await Promise.all([gp, worker2, coordinator, steward].map(async (api) => (await promise(api, step, { on: day(3) })).status));
  assert.deepEqual(statuses, [403, 404, 403, 403]);
  assert.equal((await promise(worker, 'GXGP-2X3J', { on: day(3) })).status, 404);
  const refused = world.sql(`SELECT count(*) > 0 FROM data.access WHERE outcome = 'refused' AND what = 'step'`);
  assert.equal(refused, 't');
});

test('ten at once: one promise, and one call that keeps it', async () => {
  const { id, step } = await accepted();
  const promised = await Promise.all(Array.from({ length: 10 }, (_, i) => promise(i % 2 ? worker : world.api('worker3'), step, { on: day(3) })));
  assert.deepEqual(promised.map((answer) => answer.status).sort(), [201, ...Array(9).fill(409)]);
  const kept = await Promise.all(Array.from({ length: 10 }, () => called(world.api('worker'), step)));
  assert.deepEqual(kept.map((answer) => answer.status).sort(), [200, ...Array(9).fill(409)]);
  assert.equal((await gp.referral(id)).events.filter((event) => event.kind.startsWith('call-back')).length, 2);
});

test('attempts are counted with their result, and three make unreachable', async () => {
  const { id, step } = await accepted();
  const attempt = (channel, result) => worker.move(step, 'report', { state: 'contact-attempt', channel, ...(result ? { result } : {}) });
  assert.equal((await attempt('phone', 'voicemail')).attempts, 1);
  const early = await worker.post(`/v1/steps/${step}/_report`, { state: 'unreachable' }, { 'If-Match': '*' });
  assert.deepEqual([early.status, pointers(early)], [422, [['/reason', 'required']]]);
  const strange = await worker.post(`/v1/steps/${step}/_report`, { state: 'waiting-list', date: day(9), result: 'spoke' }, { 'If-Match': '*' });
  assert.deepEqual([strange.status, pointers(strange)], [422, [['/result', 'contradiction']]]);
  await promise(worker, step, { on: day(3) });
  assert.equal((await attempt('phone', 'no-answer')).callBack.level, 0);
  const spoken = await attempt('phone', 'spoke');
  assert.deepEqual([spoken.attempts, spoken.callBack], [2, null]);
  assert.equal((await attempt('sms', 'message-left')).attempts, 3);
  assert.equal((await worker.move(step, 'report', { state: 'unreachable' })).state.code, 'unreachable');
  const attempts = (await gp.referral(id)).events.filter((event) => event.attempt).map((event) => [event.attempt, event.channel, event.result]);
  assert.deepEqual(attempts, [[1, 'phone', 'voicemail'], [2, 'phone', 'no-answer'], [3, 'phone', 'spoke'], [4, 'sms', 'message-left']]);
});

test('the waiting list has a date that who referred reads, also when it changes', async () => {
  const contract = await gp.post('/v1/feedback-contracts', { form: 'at-once', milestones: ['accepted', 'first-contact', 'started', 'ended'] });
  assert.ok(contract.status < 300, contract.text);
  const { id, step } = await accepted();
  await worker.move(step, 'report', { state: 'waiting-list', date: '2031-02-03' });
  await worker.move(step, 'report', { state: 'waiting-list', date: '2031-03-04' });
  const texts = (await gp.get('/v1/feedback?pageSize=200')).json.items.filter((item) => item.referralId === id).map((item) => item.text).join('\n');
  assert.match(texts, /3 februari 2031/);
  assert.match(texts, /4 maart 2031/);
  assert.equal((await coordinator.referral(id)).next.by, '2031-03-04T16:00:00Z');
});

test('goals in the client\'s own words: scored, ended, seen by who may read notes', async () => {
  const { id, step } = await accepted();
  const set = await worker.post(`/v1/steps/${step}/goals`, { text: 'minder cola', domain: 'physical-health', score: 3 });
  assert.equal(set.status, 201, set.text);
  const goal = set.json.id;
  const unknown = await worker.post(`/v1/steps/${step}/goals`, { text: 'x', domain: 'cola' });
  assert.deepEqual([unknown.status, pointers(unknown)], [422, [['/domain', 'unknown-word']]]);
  const scores = await Promise.all([4, 5, 6, 7].map((score) => worker.post(`/v1/goals/${goal}/_score`, { score })));
  assert.deepEqual(scores.map((answer) => answer.status), [200, 200, 200, 200]);
  await worker.post(`/v1/goals/${goal}/_score`, { score: 8 });
  assert.equal((await worker3.post(`/v1/goals/${goal}/_end`, { state: 'reached' })).json.state, 'reached');
  assert.equal((await worker2.post(`/v1/goals/${goal}/_end`, { state: 'dropped' })).status, 404);
  assert.equal((await gp.post(`/v1/goals/${goal}/_score`, { score: 1 })).status, 403);
  assert.equal((await worker.post('/v1/goals/GXGP-2X3J/_score', { score: 1 })).status, 404);
  const [read] = (await gp.get(`/v1/referrals/${id}/goals`)).json.items;
  assert.deepEqual([read.text, read.domain.code, read.firstScore, read.score, read.lifecycleStatus, read.achievementStatus],
    ['minder cola', 'physical-health', 3, 8, 'completed', 'achieved']);
  assert.equal((await worker2.get(`/v1/referrals/${id}/goals`)).status, 404);
  assert.equal((await steward.get(`/v1/referrals/${id}/goals`)).status, 403);
  assert.ok(!world.sql(`SELECT string_agg(n.text, ' ') FROM data.note n`).includes('cola'), 'the words are sealed');
  // The client's copy holds it; being forgotten leaves neither words nor domain to be read.
  const client = (await gp.referral(id)).client.id;
  assert.equal((await gp.get(`/v1/clients/${client}/export`)).json.referrals[0].goals[0].text, 'minder cola');
  await worker.move(step, 'report', { state: 'first-contact' });
  await worker.move(step, 'complete', { outcome: 'reached' });
  assert.equal((await gp.post(`/v1/clients/${client}/_erase`, {})).status, 200);
  const [gone] = (await gp.get(`/v1/referrals/${id}/goals`)).json.items;
  assert.deepEqual([gone.text, gone.domain, gone.score, gone.state], [null, null, null, 'reached']);
  await eventually(async () => (await worker.post(`/v1/goals/${goal}/_score`, { score: 1 })).status === 409, { what: 'a refusal' });
});

test('a region without the new word refuses, and goes on', async () => {
  const { step } = await accepted();
  world.sql(`UPDATE data.promise_kind SET code = 'call-back-then' WHERE region_id = 1 AND code = 'call-back'`);
  assert.equal((await promise(worker, step, { on: day(3) })).status, 409);
  world.sql(`UPDATE data.promise_kind SET code = 'call-back' WHERE region_id = 1 AND code = 'call-back-then'`);
  assert.equal((await promise(worker, step, { on: day(3) })).status, 201);
});

test('the history replayed is the state', async () => {
  world.configure({ 'migrate-database': world.conninfo(false, 'postgres') });
  const { code, stdout, stderr } = await finish(wijzerd, ['--config', world.conf, 'rebuild', '--check']);
  assert.equal(code, 0, stdout + stderr);
});

// The inbox of a team and what the coordinator does when a chain stalls: who of many at once picks a step up, who is told what,
// who may, what the log says.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { World } from './lib/world.mjs';

let world, gp, gp2, worker, worker2, worker3, coordinator, coordinator2, steward;
before(async () => {
  world = await World.make();
  [gp, gp2, worker, worker2, worker3, coordinator, coordinator2, steward] = ['gp', 'gp2', 'worker', 'worker2', 'worker3', 'coordinator', 'coordinator2', 'steward'].map((name) => world.api(name));
});
after(() => world?.close());

const word = (answer) => answer.json?.type?.split(':').pop();
const pick = (api, id, body = {}, headers) => api.post(`/v1/steps/${id}/_pickup`, body, headers);
const back = (api, id) => api.post(`/v1/steps/${id}/_putback`, {});
const unread = async (api) => (await api.get('/v1/notices?unread=true&pageSize=200')).json.items;
const inbox = async (api, query = '') => (await api.get(`/v1/inbox?pageSize=200${query}`)).json.items;
const events = (kind, referral) => Number(world.sql(`SELECT count(*) FROM data.event e WHERE e.kind = '${kind}' AND wijzer.code(e.referral_id) = '${referral}'`));

test('twenty at once: one picks it up, everybody else is told who', async () => {
  const { id, stepId } = await gp.refer();
  const people = ['worker', 'worker3'].flatMap((name) => Array.from({ length: 10 }, () => world.api(name)));
  const answers = await Promise.all(people.map((api) => pick(api, stepId)));
  const holder = answers.find((answer) => answer.status === 200).json.assignee.name;
  for (const [index, answer] of answers.entries()) {
    if ((index < 10 ? 'worker' : 'worker3') === holder) assert.deepEqual([answer.status, answer.json.assignee], [200, { name: holder, mine: true }]);
    else assert.deepEqual([answer.status, word(answer), answer.json.detail], [409, 'already-taken', `${holder} has picked this step up.`]);
  }
  assert.equal(events('step-picked-up', id), 1);
});

test('twenty steps, two people: each step has one of them', async () => {
  const steps = await Promise.all(Array.from({ length: 20 }, async () => (await gp.refer()).stepId));
  const taken = await Promise.all(steps.map(async (id) => (await Promise.all([pick(worker, id), pick(worker3, id)])).map((answer) => answer.status).sort()));
  assert.deepEqual(taken, steps.map(() => [200, 409]));
  const mine = (await Promise.all([worker, worker3].map((api) => inbox(api, '&picked=mine')))).map((items) => items.map((one) => one.id));
  assert.equal(new Set(mine.flat().filter((id) => steps.includes(id))).size, 20);
});

test('what others are told: no more than they see', async () => {
  const { id, stepId } = await gp.refer();
  assert.equal((await pick(worker, stepId)).status, 200);
  for (const [api, status, type] of [[worker2, 404, 'not-found'], [gp2, 403, 'wrong-role'], [gp, 403, 'wrong-role'], [coordinator, 403, 'not-yours'], [steward, 403, 'wrong-role']]) {
    for (const answer of [await pick(api, stepId), await pick(api, stepId, { takeOver: true }), await back(api, stepId)]) {
      assert.deepEqual([answer.status, word(answer)], [status, type]);
      assert.doesNotMatch(answer.text, /worker/);
    }
  }
  assert.deepEqual((await gp.referral(id)).steps[0].assignee, { name: 'worker', mine: false });
  assert.deepEqual((await coordinator.step(stepId)).assignee, { name: 'worker', mine: false });
  assert.equal(world.sql(`SELECT count(*) FROM data.access a WHERE a.outcome = 'refused' AND a.what = 'step' AND wijzer.code(a.object_id) = '${stepId}'`), '6');
});

test('a colleague reports all the same, and takes over', async () => {
  const { stepId } = await gp.refer();
  const { etag } = await worker3.step(stepId);
  assert.equal((await pick(worker, stepId)).status, 200);
  assert.equal((await worker3.post(`/v1/steps/${stepId}/_report`, { state: 'received' }, { 'If-Match': etag })).status, 200);
  const before = (await unread(worker)).length;
  const key = randomUUID();
  for (let again = 0; again < 2; again++) {
    const answer = await pick(worker3, stepId, { takeOver: true }, { 'Idempotency-Key': key });
    assert.deepEqual([answer.status, answer.json.assignee], [200, { name: 'worker3', mine: true }]);
  }
  const told = (await unread(worker)).slice(before);
  assert.deepEqual(told.map((one) => [one.kind.code, one.personal, one.readAt]), [['step-taken-over', true, null]]);
  assert.ok(!(await unread(worker3)).some((one) => one.id === told[0].id));
  assert.deepEqual([word(await back(worker, stepId)), (await back(worker3, stepId)).json.assignee], ['already-taken', null]);
});

test('the inbox: mine, nobody\'s, all, page by page', async () => {
  const { stepId: mine } = await gp.refer(), { stepId: free } = await gp.refer();
  await pick(worker, mine);
  const ids = async (picked) => {
    const found = [];
    for (let next = ''; next !== null;) {
      const page = (await worker.get(`/v1/inbox?pageSize=3&picked=${picked}${next && `&cursor=${next}`}`)).json;
      found.push(...page.items.map((one) => one.id));
      ({ next } = page);
    }
    return found;
  };
  const [own, open, all] = [await ids('mine'), await ids('nobody'), await ids('all')];
  assert.deepEqual([own.includes(mine), own.includes(free), open.includes(mine), open.includes(free)], [true, false, false, true]);
  assert.deepEqual(all, (await inbox(worker)).map((one) => one.id));
  assert.ok(all.length >= own.length + open.length && new Set(all).size === all.length);
  assert.equal((await worker.get('/v1/inbox?picked=yours')).status, 400);
});

test('on the screen, and in the history', async () => {
  const { id, stepId } = await gp.refer();
  assert.match((await world.cli('worker', ['pick-up', stepId])).stdout, /U hebt stap \S+ opgepakt/);
  const taken = await world.cli('worker3', ['pick-up', stepId]);
  assert.equal(taken.code, 6);
  assert.match(taken.stderr.replace(/\s+/g, ' '), /worker heeft stap \S+ opgepakt; er is niets veranderd. Is worker er niet\? Dan kunt u hem overnemen met: wijzer pick-up \S+ --take-over/);
  assert.match((await world.cli('worker3', ['put-back', stepId])).stderr, /Alleen worker legt hem terug/);
  assert.equal((await world.cli('worker3', ['pick-up', stepId, '--take-over'])).code, 0);
  assert.match((await world.cli('worker', ['inbox', '--limit', '0'])).stdout, new RegExp(`${stepId}.*opgepakt door worker3`));
  assert.match((await world.cli('worker3', ['inbox', '--mine', '--limit', '0'])).stdout, new RegExp(`${stepId}.*opgepakt door u`));
  assert.doesNotMatch((await world.cli('worker', ['inbox', '--open', '--limit', '0'])).stdout, new RegExp(stepId));
  assert.equal((await world.cli('worker', ['inbox', '--open', '--mine'])).code, 2);
  assert.equal((await world.cli('worker3', ['put-back', stepId])).code, 0);
  assert.deepEqual((await gp.referral(id)).events.slice(1).map((one) => [one.kind, one.actor.name]),
    [['step-picked-up', 'worker'], ['step-picked-up', 'worker3'], ['step-put-back', 'worker3']]);
});

// ---- a chain that stalls ----

const reassign = async (api, id, offerings, headers) => api.post(`/v1/steps/${id}/_reassign`, { offerings, reason: 'Al drie weken geen bericht.' },
  headers ?? { 'If-Match': (await coordinator.step(id)).etag });

test('a stalled step goes to somebody else: who gets it, who loses it', async () => {
  world.secret('Al drie weken geen bericht.');
  const { id, stepId } = await gp.refer();
  for (const api of [gp, worker, steward]) assert.equal(word(await reassign(api, stepId, ['buurtteam'])), 'wrong-role');
  const before = (await unread(worker)).length;
  const moved = await reassign(coordinator, stepId, ['buurtteam']);
  assert.deepEqual([moved.status, moved.json.state.code, moved.json.status, moved.json.promise], [200, 'reassigned', 'cancelled', null]);
  const { steps, next, state } = await gp.referral(id);
  assert.deepEqual([steps[1].previousId, steps[1].offering.code, next.what.code, next.who.code, state], [stepId, 'buurtteam', 'deliver', 'buurtteam', 'open']);
  assert.deepEqual((await unread(worker)).slice(before).map((one) => [one.kind.code, one.referralId, one.personal]), [['step-reassigned', id, false]]);
  assert.equal((await worker.referral(id)).client, null);
  assert.ok((await worker2.step(steps[1].id)).client.name);
  assert.ok(!(await inbox(worker)).some((one) => one.id === stepId));
  assert.equal(word(await pick(worker, stepId)), 'state-not-allowed');
  const offerings = (await coordinator.get('/v1/vocabulary')).json.offerings.slice(0, 2).map((one) => one.code);
  const two = await coordinator.post(`/v1/steps/${steps[1].id}/_report`, { state: 'reassigned', reason: 'x', offerings }, { 'If-Match': '"1"' });
  assert.deepEqual([two.status, two.json.errors[0].pointer], [422, '/offerings']);
});

test('the coordination takes over, unless somebody has just acted', async () => {
  const { id, stepId } = await gp.refer();
  const { etag } = await coordinator.step(stepId);
  await worker.move(stepId, 'accept');
  assert.equal((await reassign(coordinator, stepId, [], { 'If-Match': etag })).status, 412);
  assert.equal((await reassign(coordinator, stepId, [])).status, 200);
  const { next, steps } = await gp.referral(id);
  assert.deepEqual([next.what.code, next.who.code], ['next-step', 'ketenregie-deurne']);
  assert.deepEqual([(await pick(coordinator, steps[1].id)).status, word(await pick(coordinator2, steps[1].id))], [200, 'already-taken']);
  assert.equal((await back(coordinator2, steps[1].id)).json.assignee, null);
  const again = await reassign(coordinator, steps[1].id, []);
  assert.deepEqual([word(again), again.json.detail], ['state-not-allowed', 'The coordination has this step already.']);
  const shown = await world.cli('coordinator', ['reassign', steps[1].id, '--to-coordination', '--reason', 'Nog een keer']);
  assert.equal(shown.code, 1);
  assert.match(shown.stderr, /De ketenregie heeft deze stap al/);
  assert.equal((await world.cli('coordinator', ['reassign', steps[1].id, '--to', 'taaldoen', '--to-coordination', '--reason', 'x'])).code, 2);
  assert.equal((await world.cli('coordinator', ['reassign', steps[1].id, '--to', 'taaldoen'])).code, 2);
  const given = await world.cli('coordinator', ['reassign', steps[1].id, '--to', 'taaldoen', '--reason', 'Al drie weken geen bericht.']);
  assert.equal(given.code, 0, given.stderr);
  assert.match(given.stdout, /Overgedragen door de ketenregie/);
});

test('twenty coordinators at once: one step comes in its place', async () => {
  const { id, stepId } = await gp.refer();
  const { etag } = await coordinator.step(stepId);
  const people = ['coordinator', 'coordinator2'].flatMap((name) => Array.from({ length: 10 }, () => world.api(name)));
  const answers = await Promise.all(people.map((api, index) => reassign(api, stepId, [['buurtteam'], ['taaldoen'], []][index % 3], { 'If-Match': etag })));
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, ...Array(19).fill(412)]);
  assert.equal((await gp.referral(id)).steps.length, 2);
});

// ---- a referral goes on ----

const reopen = (api, id, more = {}) => api.post(`/v1/referrals/${id}/_reopen`, { reason: 'Zij belt weer.', ...more });
// A referral that was helped: read and closed, or only ended.
async function helped(reads = true) {
  const { id, stepId } = await gp.refer();
  await worker.move(stepId, 'accept');
  await worker.move(stepId, 'report', { state: 'first-contact' });
  await worker.move(stepId, 'complete', { outcome: 'reached' });
  if (reads) await read(id);
  return { id, stepId };
}
async function read(id) {
  for (const one of (await gp.get('/v1/feedback?unread=true&pageSize=200')).json.items.filter((item) => item.referralId === id)) await gp.post(`/v1/feedback/${one.id}/_open`, {});
}
const loop = async (id) => {
  const facts = (await gp.referral(id)).loop;
  return ['l1', 'l2', 'l3', 'l4', 'l5', 'l6'].map((name) => Number(facts[name])).join('');
};

test('reopened: the loop is open, and closes again by facts alone', async () => {
  world.secret('Zij belt weer.');
  const { id, stepId } = await helped();
  assert.deepEqual([(await gp.referral(id)).state, await loop(id)], ['closed', '111111']);
  for (const [api, status, type] of [[worker2, 404, 'not-found'], [gp2, 404, 'not-found'], [steward, 403, 'wrong-role']]) {
    const answer = await reopen(api, id);
    assert.deepEqual([answer.status, word(answer)], [status, type]);
  }
  const before = (await unread(gp)).length;
  const opened = await reopen(worker, id);
  assert.deepEqual([opened.status, opened.json.previousId, opened.json.promise.what.code, opened.json.organisation.code], [200, stepId, 'deliver', 'levgroep']);
  assert.deepEqual((await unread(gp)).slice(before).map((one) => [one.kind.code, one.referralId]), [['referral-reopened', id]]);
  const referral = await gp.referral(id);
  assert.deepEqual([referral.state, referral.outcome, referral.closedAt, await loop(id)], ['open', null, null, '111000']);
  assert.deepEqual(referral.events.filter((one) => one.kind === 'referral-reopened').map((one) => [one.actor.name, one.text]), [['worker', 'Zij belt weer.']]);
  assert.equal(word(await reopen(gp, id)), 'state-not-allowed');
  await worker.move(opened.json.id, 'accept');
  await worker.move(opened.json.id, 'report', { state: 'unreachable', reason: 'Het nummer bestaat niet meer.' });
  assert.deepEqual([(await gp.referral(id)).outcome.code, await loop(id)], ['unreachable', '111110']);
  await read(id);
  assert.deepEqual([(await gp.referral(id)).state, await loop(id)], ['closed', '111111']);
});

test('twenty at once: one new step', async () => {
  const { id } = await helped(false);
  const people = ['gp', 'worker', 'coordinator', 'coordinator2'].flatMap((name) => Array.from({ length: 5 }, () => world.api(name)));
  const answers = await Promise.all(people.map((api) => reopen(api, id)));
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, ...Array(19).fill(409)]);
  const { steps, next } = await gp.referral(id);
  assert.deepEqual([steps.length, next.what.code], [2, 'deliver']);
});

test('elsewhere, on the screen; not of who is locked or forgotten', async () => {
  const { id } = await helped();
  assert.equal((await reopen(gp, id, { offering: 'nowhere' })).json.errors[0].pointer, '/offering');
  assert.equal((await world.cli('coordinator', ['reopen', id])).code, 2);
  const shown = await world.cli('coordinator', ['reopen', id, '--reason', 'Zij belt weer.', '--to', 'buurtteam']);
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(shown.stdout, new RegExp(`Verwijzing ${id} is heropend`));
  assert.equal((await gp.referral(id)).next.who.code, 'buurtteam');
  const again = await world.cli('gp', ['reopen', id, '--reason', 'Zij belt weer.']);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /nog niet klaar/);
  const { id: other } = await helped();
  const client = (await gp.referral(other)).client.id;
  assert.equal((await gp.post(`/v1/clients/${client}/_restrict`, {})).status, 200);
  assert.match((await reopen(gp, other)).json.detail, /locked/);
  assert.equal((await gp.post(`/v1/clients/${client}/_restrict`, { lift: true })).status, 200);
  assert.ok([200, 202].includes((await gp.post(`/v1/clients/${client}/_erase`, {})).status));
  assert.equal(word(await reopen(gp, other)), 'state-not-allowed');
  assert.equal((await gp.referral(other)).steps.length, 1);
});

test('who leaves loses nothing: their steps wait for somebody', async () => {
  const { stepId } = await gp.refer();
  await pick(worker3, stepId);
  const account = (await steward.get('/v1/accounts')).json.items.find((one) => one.name === 'worker3');
  assert.equal((await steward.post(`/v1/accounts/${account.id}/_end`, {})).status, 200);
  assert.ok((await inbox(worker, '&picked=nobody')).some((one) => one.id === stepId && one.assignee === null));
  assert.deepEqual((await pick(worker, stepId)).json.assignee, { name: 'worker', mine: true });
});

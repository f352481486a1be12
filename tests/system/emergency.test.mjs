// The emergency button: what it gives and to whom, who is told, the second look by somebody else, and what happens when
// nobody looks: it is escalated once for each level, however many daemons watch.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { World, eventually } from './lib/world.mjs';

const REASON = 'Mevrouw doet niet open en neemt niet op; haar zoon is bang voor haar leven.';
const FINDING = 'Gebeld met de zoon: het was terecht.';
let world, gp, worker2, coordinator, coordinator2, steward;
before(async () => {
  world = await World.make();
  world.secret(REASON, FINDING);
  [gp, worker2, coordinator, coordinator2, steward] = ['gp', 'worker2', 'coordinator', 'coordinator2', 'steward'].map((name) => world.api(name));
});
after(() => world?.close());

const word = (answer) => answer.json?.type.split(':').pop();
const press = (api, id, reason = REASON, headers) => api.post(`/v1/referrals/${id}/_emergency`, { reason }, headers);
const kinds = async (api) => (await api.get('/v1/notices?unread=true&pageSize=200')).json.items.map((one) => one.kind.code);

test('beyond consent, for one account: with a reason, and others are told', async () => {
  const { id: referralId, stepId } = await gp.refer();
  assert.equal((await worker2.get(`/v1/referrals/${referralId}`)).status, 404);
  const key = randomUUID();
  const used = await press(worker2, referralId, REASON, { 'Idempotency-Key': key });
  assert.equal(used.status, 201, used.text);
  assert.ok(!used.text.includes(REASON));
  const again = await press(worker2, referralId, REASON, { 'Idempotency-Key': key });
  assert.deepEqual([again.status, again.json], [201, used.json]);
  assert.equal(word(await press(worker2, referralId, 'Iets anders.', { 'Idempotency-Key': key })), 'idempotency-key-reused');
  assert.ok(new Date(used.json.dueAt) > Date.now());
  assert.equal(Date.parse(used.json.until) - Date.parse(used.json.at), 24 * 3600 * 1000);

  const seen = await worker2.referral(referralId);
  assert.equal(seen.client.name, 'Margriet Maassen');
  assert.match(seen.text, /hoofdpijn/);
  assert.equal((await worker2.step(stepId)).client.phone, '+31 6 55512345');
  const moved = await worker2.post(`/v1/steps/${stepId}/_accept`, {}, { 'If-Match': '*' });
  assert.equal(moved.status, 404, 'to look is not to act');

  assert.deepEqual(await kinds(coordinator), ['emergency-used']);
  assert.deepEqual(await kinds(steward), []);
  assert.equal(world.sql("SELECT count(*) FROM data.note WHERE reason LIKE 's1.%'"), '1');
  const log = world.sql(`SELECT string_agg(DISTINCT what || ' ' || ground, ', ' ORDER BY what || ' ' || ground) FROM data.access
    WHERE account_id = (SELECT account_id FROM data.account WHERE region_id = 1 AND name = 'worker2') AND outcome = 'granted'`);
  assert.equal(log, 'emergency emergency, referral emergency, step emergency');
});

test('not for a steward, not without a reason, not for what is not there', async () => {
  const { id: referralId } = await gp.refer();
  assert.equal((await press(steward, referralId)).status, 403);
  const empty = await press(worker2, referralId, ' ');
  assert.equal(empty.status, 422);
  assert.equal(empty.json.errors[0].pointer, '/reason');
  assert.equal((await press(worker2, 'GXGP-2X3J')).status, 404);
  assert.equal((await worker2.get('/v1/emergencies')).status, 403);
});

test('the second look: by a coordinator who did not use it, once', async () => {
  const { id: referralId } = await gp.refer();
  const used = await press(coordinator, referralId);
  assert.equal(used.status, 201, used.text);
  const open = (await coordinator2.get('/v1/emergencies')).json.items;
  assert.deepEqual(open.map((one) => one.verdict), [null, null]);
  assert.equal(open.find((one) => one.id === used.json.id).reason, REASON);
  const review = (api, id, body = { verdict: 'justified', text: FINDING }, headers) => api.post(`/v1/emergencies/${id}/_review`, body, headers);
  const own = await review(coordinator, used.json.id);
  assert.deepEqual([own.status, word(own)], [403, 'same-person']);
  assert.equal((await review(worker2, used.json.id)).status, 403);
  assert.equal((await review(coordinator2, 'GXGP-2X3J')).status, 404);
  const key = randomUUID();
  const done = await review(coordinator2, used.json.id, undefined, { 'Idempotency-Key': key });
  assert.equal(done.status, 200, done.text);
  assert.deepEqual((await review(coordinator2, used.json.id, undefined, { 'Idempotency-Key': key })).json, done.json);
  assert.equal(word(await review(coordinator2, used.json.id, { verdict: 'not-justified' })), 'state-not-allowed');
  const items = (await coordinator.get('/v1/emergencies')).json.items;
  assert.equal(items[0].verdict, null, 'those to be looked at come first');
  const reviewed = items.find((one) => one.id === used.json.id);
  assert.deepEqual([reviewed.verdict, reviewed.review, reviewed.reviewedBy], ['justified', FINDING, 'coordinator2']);
});

test('who referred is asked to tell the client, and says that it was done', async () => {
  const { id: referralId } = await gp.refer();
  const used = await press(worker2, referralId);
  const { client } = await gp.referral(referralId);
  const tell = (await gp.get('/v1/notices?unread=true&pageSize=200')).json.items.find((one) => one.referralId === referralId);
  assert.deepEqual([tell.kind.code, tell.forClient, tell.organisation.code, tell.readAt], ['emergency-used', true, 'buurtteam', null]);
  const seen = async () => (await coordinator.get('/v1/emergencies?pageSize=200')).json.items.find((one) => one.id === used.json.id);
  assert.deepEqual([(await seen()).toldBy.code, (await seen()).toldAt], ['huisartsenpraktijk-de-peel', null], 'an open promise, for coordinators to see');
  const told = (await gp.get(`/v1/clients/${client.id}/export`)).json.notices;
  assert.deepEqual(told.map((one) => one.readAt), [null]);
  for (const api of [coordinator, steward, worker2, world.api('gp2')]) assert.equal((await api.post(`/v1/notices/${tell.id}/_read`, {})).status, 404);
  const list = await world.cli('gp', ['notices', '--unread']);
  assert.match(list.stdout, new RegExp(`Vertel uw inwoner van verwijzing ${referralId}: op .* keek iemand van Buurtteam met de noodknop`), list.stderr);
  assert.match(list.stdout, /Verteld\? Meld het met: wijzer notices read/);
  const marked = await world.cli('gp', ['notices', 'read', tell.id]);
  assert.equal(marked.code, 0, marked.stderr);
  assert.ok((await seen()).toldAt);
  const copy = await world.cli('gp', ['client', 'export', client.id]);
  assert.match(copy.stdout, /Noodknop gebruikt\. Verteld op .*, door gp\./);
  const log = await world.cli('gp', ['access-log', client.id]);
  assert.match(log.stdout, /Huisartsenpraktijk De Peel \(verwijzer\) meldde dat u ervan weet dat de noodknop is gebruikt\./);
});

test('who referred and pressed it themselves does not say so: the coordination does', async () => {
  const { id: referralId } = await gp.refer();
  await press(gp, referralId);
  const mine = async (api) => (await api.get('/v1/notices?unread=true&pageSize=200')).json.items.filter((one) => one.referralId === referralId);
  assert.deepEqual(await mine(gp), []);
  assert.deepEqual((await mine(coordinator)).map((one) => [one.kind.code, one.forClient]).sort(), [['emergency-used', false], ['emergency-used', true]]);
});

test('two at once: one counts', async () => {
  const { id: referralId } = await gp.refer();
  const used = await press(worker2, referralId);
  const answers = await Promise.all([coordinator, coordinator2].map((api) => api.post(`/v1/emergencies/${used.json.id}/_review`, { verdict: 'justified' })));
  assert.deepEqual(answers.map((one) => one.status).sort(), [200, 409]);
});

test('notices are read for the organisation', async () => {
  const [first] = (await coordinator.get('/v1/notices?unread=true')).json.items;
  const read = await coordinator2.post(`/v1/notices/${first.id}/_read`, {});
  assert.equal(read.status, 200, read.text);
  assert.equal(read.json.readBy, 'coordinator2');
  assert.ok(!(await coordinator.get('/v1/notices?unread=true')).json.items.some((one) => one.id === first.id));
  assert.ok((await coordinator.get('/v1/notices')).json.items.some((one) => one.id === first.id));
  assert.equal((await worker2.post(`/v1/notices/${first.id}/_read`, {})).status, 404);
  const [next] = (await coordinator.get('/v1/notices?unread=true')).json.items;
  assert.equal((await steward.post(`/v1/notices/${next.id}/_read`, {})).status, 404);
  assert.deepEqual((await steward.get('/v1/notices')).json.items, [], 'a steward sees none of the coordination\'s');
  assert.ok((await coordinator.get('/v1/notices?unread=true')).json.items.some((one) => one.id === next.id), 'and clears none');
  assert.equal((await coordinator.get('/v1/notices?cursor=x')).status, 400);
});

test('nobody looks: escalated once for each level, to a named person, by two daemons', async () => {
  const { id: referralId } = await gp.refer();
  const used = await press(worker2, referralId);
  const id = world.sql(`SELECT emergency_id FROM data.emergency WHERE wijzer.code(emergency_id) = '${used.json.id}'`);
  const second = await world.startOther();
  for (let level = 1; level <= 3; level++) {
    world.sql(`UPDATE data.emergency SET due_at = now() WHERE emergency_id = ${id}`);
    await eventually(() => world.sql(`SELECT level FROM data.emergency WHERE emergency_id = ${id}`) === String(level), { what: `level ${level}` });
  }
  world.sql(`UPDATE data.emergency SET due_at = now() WHERE emergency_id = ${id}`);
  await new Promise((done) => setTimeout(done, 4500)); // two more looks of each
  const told = world.sql(`SELECT string_agg(version::text, ' ' ORDER BY version) FROM data.event WHERE kind = 'emergency-overdue' AND object_id = ${id}`);
  assert.equal(told, '1 2 3');
  assert.equal(world.sql(`SELECT count(*), count(account_id) FROM data.notice WHERE kind = 'emergency-overdue' AND referral_id =
    (SELECT referral_id FROM data.emergency WHERE emergency_id = ${id})`), '4|1');
  assert.ok((await coordinator2.get('/v1/notices?unread=true&pageSize=200')).json.items.some((one) => one.personal));
  assert.ok(!(await coordinator.get('/v1/notices?unread=true&pageSize=200')).json.items.some((one) => one.personal));
  const item = (await coordinator.get('/v1/emergencies')).json.items.find((one) => one.id === used.json.id);
  assert.deepEqual([item.overdue, item.level], [true, 3]);
  second.signal('SIGTERM');
  assert.deepEqual(await second.end(), { code: 0, signal: null });
});

test('on the command line', async () => {
  const { id: referralId } = await gp.refer();
  const used = await world.cli('worker2', ['emergency', referralId, '--reason', REASON]);
  assert.equal(used.code, 0, used.stderr);
  assert.match(used.stdout, /De noodknop is gebruikt/);
  const list = await world.cli('coordinator', ['emergencies']);
  assert.ok(list.stdout.includes(REASON), list.stdout);
  const id = /noodknop ([2-9A-Z]{4}-[2-9A-Z]{4})/.exec(used.stdout)[1];
  const done = await world.cli('coordinator', ['emergency', 'review', id, '--verdict', 'not-justified', '--text', FINDING, '--lang', 'en']);
  assert.match(done.stdout, /not justified/, done.stderr);
  const twice = await world.cli('coordinator', ['emergency', 'review', id, '--verdict', 'justified']);
  assert.equal(twice.code, 1);
  assert.match(twice.stderr, /Een ander heeft dit al bekeken/);
  const missing = await world.cli('worker2', ['emergency', referralId]);
  assert.equal(missing.code, 2);
  const notices = await world.cli('coordinator', ['notices', '--unread']);
  assert.match(notices.stdout, /Noodknop gebruikt/);
});

// What practices hear back: rule table 7 as the daemon and the database read it, contracts, texts for the record, digests once
// with two daemons and over a kill, a question that stops the clock, and the overview.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { eventually, World } from './lib/world.mjs';

let world, gp, gp2, worker, coordinator, steward, offset = 0;
before(async () => {
  world = await World.make();
  [gp, gp2, worker, coordinator, steward] = ['gp', 'gp2', 'worker', 'coordinator', 'steward'].map((name) => world.api(name));
});
after(() => world?.close());

const word = (answer) => answer.json?.type.split(':').pop();
const set = (api, body, headers) => api.post('/v1/feedback-contracts', body, headers);
const feedback = async (api = gp, query = '?unread=true&pageSize=200') => (await api.get(`/v1/feedback${query}`)).json;
const about = async (id, api = gp) => (await feedback(api)).items.filter((one) => one.referralId === id).map((one) => one.state.code);

// Time goes on, in the database and in the daemon.
async function later(hours) {
  offset += hours;
  await world.stop();
  world.sql(`ALTER DATABASE wijzer SET wijzer.clock_offset = '${offset} hours'`);
  world.configure({ 'clock-offset': `${offset}h` });
  await world.start();
}

test('the daemon and the database read rule table 7 alike', async () => {
  const states = world.sql('SELECT code FROM data.state WHERE region_id = 1 ORDER BY 1').split('\n');
  for (const referrer of ['huisartsenpraktijk-de-peel', 'levgroep'])
    for (const milestone of states) {
      const answer = await coordinator.post('/v1/rule-tables/7/_evaluate', { facts: { milestone, referrer } });
      assert.equal(answer.status, 200, answer.text);
      const form = world.sql(`SET wijzer.region = 1; SELECT logic.form_by_rules(1, '${milestone}', o.organisation_id, now())
        FROM data.organisation o WHERE o.region_id = 1 AND o.code = '${referrer}'`).split('\n').pop();
      assert.ok(answer.text.includes(`"${form}"`), `${milestone} for ${referrer}: ${form}, not ${answer.text}`);
    }
});

test('contracts: who sets them, and what is wrong with one', async () => {
  assert.equal((await gp.get('/v1/feedback-contracts')).json.items[0].by, 'rules');
  for (const api of [worker, steward]) {
    assert.equal((await set(api, { form: 'daily', milestones: ['accepted'] })).status, 403);
    assert.equal((await api.get('/v1/feedback-contracts')).status, 403);
  }
  for (const [api, body, pointer] of [[gp, { form: 'weekly', milestones: ['accepted'] }, '/form'], [gp, { form: 'daily', milestones: ['begonnen'] }, '/milestones/0'],
    [gp, { form: 'daily' }, '/milestones'], [gp, { form: 'standard', milestones: ['ended'] }, '/milestones'], [gp, { milestones: ['ended'] }, '/form'],
    [coordinator, { form: 'daily', milestones: ['ended'] }, '/organisation'], [coordinator, { form: 'daily', milestones: ['ended'], organisation: 'nergens' }, '/organisation']]) {
    const answer = await set(api, body);
    assert.deepEqual([answer.status, answer.json.errors?.[0].pointer], [422, pointer], answer.text);
  }
  assert.equal((await set(gp, { form: 'daily', milestones: ['ended'], organisation: 'huisartsenpraktijk-vlierden' })).status, 403);
  const key = randomUUID(), body = { form: 'at-once', milestones: ['accepted', 'story'] };
  const made = await set(gp, body, { 'Idempotency-Key': key });
  assert.deepEqual([made.status, made.json.by, made.json.milestones], [201, 'contract', ['accepted', 'story']]);
  assert.deepEqual((await set(gp, body, { 'Idempotency-Key': key })).json, made.json);
  assert.equal(word(await set(gp, { ...body, form: 'daily' }, { 'Idempotency-Key': key })), 'idempotency-key-reused');
  assert.ok((await coordinator.get('/v1/feedback-contracts')).json.items.some((one) => one.organisation.code === 'huisartsenpraktijk-de-peel' && one.form === 'at-once'));
});

test('a story is feedback of its own, and every feedback a line for the record', async () => {
  const { id, stepId } = await gp.refer();
  await worker.move(stepId, 'accept', {});
  await worker.move(stepId, 'report', { state: 'first-contact' });
  const etag = (await worker.step(stepId)).etag;
  const bare = await worker.post(`/v1/steps/${stepId}/_report`, { state: 'taking-part', story: true }, { 'If-Match': etag });
  assert.deepEqual([bare.status, bare.json.errors[0].pointer], [422, '/text']);
  await worker.move(stepId, 'report', { state: 'taking-part', story: true, text: `Zij eet elke dinsdag mee.\n${'Het gaat goed. '.repeat(60)}` });
  assert.deepEqual(await about(id), ['accepted', 'taking-part']);
  const story = (await feedback()).items.find((one) => one.story);
  for (const one of (await feedback()).items) {
    assert.ok([...one.paste].length <= 500, one.paste);
    assert.match(one.paste, /^\d\d-\d\d-\d{4}, [^\p{Cc}]+$/u);
  }
  assert.match(story.paste, /vertelt: "Zij eet elke dinsdag mee\. Het gaat goed\./);
  const pasted = await world.cli('gp', ['feedback', '--paste', story.id]);
  assert.equal(pasted.stdout, `${story.paste}\n`, pasted.stderr);
  assert.equal((await gp.get(`/v1/feedback/${story.id}`)).json.openedAt, null, 'it is not read by that');
  assert.equal((await gp2.get(`/v1/feedback/${story.id}`)).status, 404);
  assert.match((await world.cli('gp', ['feedback', '--unread'])).stdout, /^Nog niet gelezen: 2$/m);
  const { client } = await gp.referral(id);
  assert.match((await world.cli('gp', ['access-log', client.id])).stdout, /vertelde uw verwijzer hoe het met u gaat/);
  const overview = (await gp.get('/v1/overview')).json;
  assert.deepEqual([overview.figures.referrals, overview.figures.contacted, overview.figures.running, overview.stories.length], [1, 1, 1, 1]);
  assert.match(overview.stories[0].text, /^Zij eet/);
  const region = (await coordinator.get('/v1/overview')).json;
  assert.deepEqual([region.organisation, region.figures.referrals, region.stories[0].text], [null, 1, null]);
  assert.equal((await worker.get('/v1/overview')).status, 403);
  assert.equal((await gp.get('/v1/overview?from=2027-01-01&to=2026-01-01')).json.errors[0].pointer, '?to');
});

test('a question stops the worker\'s clock and starts the referrer\'s; the answer gives a fresh time', async () => {
  const { id, stepId } = await gp.refer();
  await worker.move(stepId, 'report', { state: 'question-to-referrer', text: 'Is er vervoer?' });
  assert.deepEqual(await about(id), ['question-to-referrer'], 'whatever the contract says');
  const asked = (await gp.referral(id)).next;
  assert.deepEqual([asked.what.code, asked.who.code], ['answer-question', 'huisartsenpraktijk-de-peel']);
  await later(24 * 21); // ten working days, whatever holidays there are
  await eventually(async () => (await gp.referral(id)).next.level >= 1, { what: 'the referrer is late' });
  assert.ok((await gp.referral(id)).next.overdue);
  assert.equal(world.sql(`SELECT count(*) FROM data.promise WHERE wijzer.code(step_id) = '${stepId}' AND owner_id = organisation_id AND (level > 0 OR ended_at IS NULL)`),
    '0', 'the worker is not');
  await gp.move(stepId, 'answer', { text: 'Ja.' });
  const answered = (await gp.referral(id)).next;
  assert.deepEqual([answered.what.code, answered.who.code, answered.overdue, answered.level], ['answer', 'levgroep', false, 0]);
  const now = Date.now() + offset * 3600e3;
  assert.ok(Date.parse(answered.by) - now > 4 * 86400e3, 'five working days from now');
});

test('two daemons, one killed: one digest of a day, and nothing lost', async () => {
  assert.equal((await set(gp, { form: 'daily', milestones: ['accepted', 'first-contact'] })).status, 201);
  const { id, stepId } = await gp.refer();
  await worker.move(stepId, 'accept', {});
  await worker.move(stepId, 'report', { state: 'first-contact', text: 'Gebeld.' });
  assert.deepEqual(await about(id), []);
  assert.deepEqual((await gp.get('/v1/feedback-digests')).json, { items: [], next: null });
  // To the afternoon of the Monday after the next: even where that is a holiday, a working day lies between.
  const here = new Date(Date.now() + offset * 3600e3);
  const days = ((8 - here.getUTCDay()) % 7 || 7) + 7;
  await later(days * 24 + 13 - here.getUTCHours());
  const other = await world.startOther();
  await world.kill();
  await world.start();
  const digests = await eventually(async () => {
    const { items } = (await gp.get('/v1/feedback-digests')).json;
    return items.length && items;
  }, { what: 'a digest' });
  assert.deepEqual([digests.length, digests[0].unread, digests[0].clients.map((one) => one.referralId)], [1, 2, [id]]);
  assert.match(digests[0].clients[0].text, /neemt de verwijzing aan.* eerste contact.* "Gebeld\."/);
  assert.deepEqual(await about(id), ['accepted', 'first-contact']);
  assert.equal(world.sql("SELECT count(*) || ' ' || (SELECT count(*) FROM data.feedback_digest) FROM data.notice WHERE kind = 'feedback-digest'"), '1 1');
  assert.match((await world.cli('gp', ['feedback', '--digest'])).stdout, /^Dagoverzicht van [\s\S]*"Gebeld\."/);
  assert.match((await world.cli('gp', ['notices'])).stdout, /Dagoverzicht van terugkoppelingen/);
  other.signal('SIGTERM');
  assert.deepEqual(await other.end(), { code: 0, signal: null });
});

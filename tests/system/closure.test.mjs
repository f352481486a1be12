// Closing by facts: who may say that the client was told and when, how far loops are closed by region, referrer and partner, and
// how partners answer; by API and on screens.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { World } from './lib/world.mjs';

let world, gp, gp2, worker, worker2, coordinator, steward;
before(async () => {
  world = await World.make();
  [gp, gp2, worker, worker2, coordinator, steward] = ['gp', 'gp2', 'worker', 'worker2', 'coordinator', 'steward'].map((name) => world.api(name));
});
after(() => world?.close());

const word = (answer) => answer.json?.type.split(':').pop();
const tell = (api, id, helped = 'yes', headers) => api.post(`/v1/referrals/${id}/_tell`, { helped }, headers);
const rates = async (api, query = '') => {
  const answer = await api.get(`/v1/closure-rates${query}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};
const counts = (row) => [row.referrals, ...['l1', 'l2', 'l3', 'l4', 'l5', 'l6', 'l7', 'closed', 'fullyClosed'].map((name) => row[name].count)];
const today = () => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Amsterdam' }).format(new Date());

// For the invariants.
const promisesAsTheyWere = () => world.sql(`UPDATE data.promise p SET due_at = e.promise_due FROM data.event e
  WHERE e.region_id = p.region_id AND e.step_id = p.step_id AND e.version = p.nr AND e.promise_kind IS NOT NULL`);

async function ended(from = gp) {
  const receipt = await from.refer();
  for (const [verb, body] of [['accept', {}], ['report', { state: 'first-contact' }], ['complete', { outcome: 'reached' }]])
    await worker.move(receipt.stepId, verb, body);
  return receipt;
}

async function opened(from, id) {
  const final = (await from.get('/v1/feedback?unread=true&pageSize=200')).json.items.find((one) => one.referralId === id && one.final);
  assert.equal((await from.post(`/v1/feedback/${final.id}/_open`, {})).status, 200);
}

test('before there is anything the region has its row, and a role its own', async () => {
  const region = await rates(coordinator);
  assert.deepEqual([region.by, region.to, region.items.length, region.items[0].organisation, region.items[0].l7], ['region', today(), 1, null, { count: 0, share: null }]);
  assert.equal((Date.parse(region.to) - Date.parse(region.from)) / 86400000, 89, '90 days');
  assert.deepEqual((await rates(coordinator, '?by=partner')).items, []);
  assert.equal((await rates(gp)).items[0].organisation.code, 'huisartsenpraktijk-de-peel');
  assert.deepEqual((await coordinator.get('/v1/partner-figures')).json.items, []);
  const empty = await world.cli('coordinator', ['closure', '--by', 'partner']);
  assert.match(empty.stdout, /In deze periode zijn er geen verwijzingen\./, empty.stderr);
});

test('the client is told after the end, by who speaks for them', async () => {
  const { id, stepId } = await gp.refer();
  const early = await tell(gp, id);
  assert.deepEqual([early.status, word(early)], [409, 'state-not-allowed']);
  assert.match(early.json.detail, /has not ended/);
  assert.equal((await world.cli('gp', ['told', id, '--helped', 'yes'])).code, 1);
  for (const [verb, body] of [['accept', {}], ['report', { state: 'first-contact' }], ['complete', { outcome: 'partly' }]]) await worker.move(stepId, verb, body);
  for (const api of [gp2, worker2]) assert.equal((await tell(api, id)).status, 404);
  assert.equal((await tell(steward, id)).status, 403);
  assert.equal((await tell(gp, 'GXGP-2X3J')).status, 404);
  const wrong = await tell(gp, id, 'perhaps');
  assert.deepEqual([wrong.status, wrong.json.errors[0].pointer], [422, '/helped']);
  const key = randomUUID();
  const told = await tell(gp, id, 'partly', { 'Idempotency-Key': key });
  assert.equal(told.status, 200, told.text);
  assert.deepEqual([told.json.referralId, told.json.helped], [id, 'partly']);
  assert.deepEqual((await tell(gp, id, 'partly', { 'Idempotency-Key': key })).json, told.json);
  assert.equal(word(await tell(gp, id, 'no', { 'Idempotency-Key': key })), 'idempotency-key-reused');
  assert.equal(world.sql("SELECT count(*) FROM data.event WHERE kind = 'client-asked'"), '1');
  assert.equal((await tell(worker, id, 'not-known')).status, 200, 'who helped may correct it');
  const seen = await gp.referral(id);
  assert.deepEqual([seen.state, seen.loop.l6, seen.loop.l7, seen.loop.fullyClosed], ['open', false, true, false]);
  assert.deepEqual(seen.events.filter((event) => event.kind === 'client-asked').map((event) => event.helped), ['partly', 'not-known']);
  await opened(gp, id);
  assert.deepEqual([(await gp.referral(id)).state, (await gp.referral(id)).loop.fullyClosed], ['closed', true]);
  assert.deepEqual((await steward.referral(id)).events.filter((event) => event.kind === 'client-asked').map((event) => event.helped), [null, null]);
  assert.equal(world.sql("SELECT count(*) FROM data.access WHERE what = 'client-asked' AND outcome = 'refused' AND cardinality(client_ids) = 1"), '2');
});

test('on the command line, in the history, and for the client', async () => {
  const { id } = await ended();
  const bare = await world.cli('gp', ['told', id]);
  assert.equal(bare.code, 2);
  assert.match(bare.stderr, /wijzer told VERWIJZING --helped/);
  assert.equal((await world.cli('gp', ['told', id, '--helped', 'misschien'])).code, 2);
  const told = await world.cli('gp', ['told', id, '--helped', 'no']);
  assert.equal(told.code, 0, told.stderr);
  assert.equal(told.stdout, `Vastgelegd: de inwoner weet hoe verwijzing ${id} afliep, en vond: het hielp niet.\n`);
  const json = await world.cli('coordinator', ['told', id, '--helped', 'not-known', '--json']);
  assert.equal(JSON.parse(json.stdout).helped, 'not-known');
  const shown = await world.cli('gp', ['show', id]);
  assert.match(shown.stdout, /\[x\] inwoner weet het/);
  assert.match(shown.stdout, /Inwoner weet de afloop; gevraagd of het hielp: het hielp niet/);
  const { client } = await gp.referral(id);
  assert.match((await world.cli('gp', ['client', 'export', client.id])).stdout, /gevraagd of het hielp: het hielp niet/);
  assert.match((await world.cli('gp', ['access-log', client.id])).stdout, /Huisartsenpraktijk De Peel \(verwijzer\) meldde dat u weet hoe het afliep, en of het hielp\./);
});

test('rates of the region, by referrer and by partner; each role its own', async () => {
  const late = await ended(gp2);
  world.sql(`UPDATE data.promise SET due_at = ended_at - interval '1 second'
    WHERE kind = 'deliver' AND wijzer.code(referral_id) = '${late.id}'`);
  await opened(gp2, late.id);
  // gp: one fully closed, one ended and told; gp2: one closed, answered late, the client not told.
  const region = (await rates(coordinator)).items;
  assert.deepEqual(region.map(counts), [[3, 3, 2, 3, 3, 3, 2, 2, 2, 1]]);
  assert.equal(region[0].l2.share, 0.6667);
  const byReferrer = (await rates(steward, '?by=referrer')).items;
  assert.deepEqual(byReferrer.map((row) => [row.organisation.code, ...counts(row)]),
    [['huisartsenpraktijk-de-peel', 2, 2, 2, 2, 2, 2, 1, 2, 1, 1], ['huisartsenpraktijk-vlierden', 1, 1, 0, 1, 1, 1, 1, 0, 1, 0]]);
  assert.deepEqual((await rates(gp)).items, byReferrer.slice(0, 1));
  assert.deepEqual((await rates(gp2, '?by=referrer')).items, byReferrer.slice(1));
  const byPartner = (await rates(coordinator, '?by=partner')).items;
  assert.deepEqual(byPartner.map((row) => row.organisation.code), ['levgroep']);
  assert.deepEqual((await rates(worker)).items, byPartner);
  assert.deepEqual((await rates(worker2)).items.map((row) => [row.organisation.code, row.referrals]), [['buurtteam', 0]]);
  for (const [api, by] of [[gp, 'region'], [gp, 'partner'], [worker, 'region'], [worker, 'referrer'], [gp, 'area']]) {
    const refused = await api.get(`/v1/closure-rates?by=${by}`);
    assert.deepEqual([refused.status, word(refused)], [403, 'wrong-role']);
  }
});

test('periods', async () => {
  assert.equal((await rates(coordinator, `?from=${today()}&to=${today()}`)).items[0].referrals, 3);
  assert.equal((await rates(coordinator, '?from=2020-01-01&to=2020-02-01')).items[0].referrals, 0);
  assert.equal((await rates(coordinator, '?from=1900-01-01&to=9999-12-31')).items[0].referrals, 3);
  for (const path of ['closure-rates', 'partner-figures'])
    for (const [query, pointer] of [['from=2027-01-01&to=2026-01-01', '?to'], ['from=2026-02-30', '?from'], ['to=gisteren', '?to'], ['since=2026-01-01', '?since']]) {
      const answer = await coordinator.get(`/v1/${path}?${query}`);
      assert.deepEqual([answer.status, answer.json.errors[0].pointer], [400, pointer], query);
    }
  assert.equal((await coordinator.get('/v1/closure-rates?by=colour')).json.errors[0].pointer, '?by');
  assert.equal((await coordinator.get('/v1/partner-figures?by=region')).status, 400);
});

test('how partners answer', async () => {
  const { stepId } = await gp.refer();
  await worker.move(stepId, 'decline', { code: 'duplicate' });
  const figures = (await coordinator.get('/v1/partner-figures')).json;
  const [row] = figures.items;
  assert.deepEqual([figures.items.length, row.organisation.code, row.steps, row.answered, row.answeredInTime, row.open, row.overdue],
    [1, 'levgroep', 4, 4, { count: 3, share: 0.75 }, 0, 0]);
  assert.deepEqual(row.declines.map(({ code, count }) => [code, count]), [['duplicate', 1]]);
  assert.ok(row.hoursToAnswer.median < 1 && row.hoursToAnswer.p90 < 1 && row.daysToFirstContact.median < 1);
  assert.deepEqual((await worker.get('/v1/partner-figures')).json.items, [row]);
  assert.deepEqual((await worker2.get('/v1/partner-figures')).json.items.map((one) => [one.organisation.code, one.steps, one.hoursToAnswer.median]), [['buurtteam', 0, null]]);
  for (const api of [gp, steward]) assert.equal((await api.get('/v1/partner-figures')).status, 403);
});

test('figures are about no client: the access log does not grow', async () => {
  const before = world.sql('SELECT count(*) FROM data.access');
  await rates(coordinator, '?by=partner');
  await coordinator.get('/v1/partner-figures');
  assert.equal(world.sql('SELECT count(*) FROM data.access'), before);
});

test('tables on the screen, and --json', async () => {
  const table = await world.cli('coordinator', ['closure', '--by', 'partner']);
  assert.equal(table.code, 0, table.stderr);
  assert.match(table.stdout, /^ +aantal +L1 +L2 +L3 +L4 +L5 +L6 +L7 +rond +heel$/m);
  assert.match(table.stdout, /^\S.+ +4 +100% +75% +75% +100% +100% +50% +50% +50% +25%\n +4 +3 +3 +4 +4 +2 +2 +2 +1$/m);
  const own = await world.cli('worker', ['closure', '--from', today(), '--to', today(), '--json']);
  assert.deepEqual(JSON.parse(own.stdout), await rates(worker, `?from=${today()}&to=${today()}`));
  const english = await world.cli('coordinator', ['closure', '--lang', 'en']);
  assert.match(english.stdout, /the whole region/);
  const partners = await world.cli('worker', ['partners']);
  assert.match(partners.stdout, /geweigerd: Deze inwoner is al aangemeld \(1\)/, partners.stderr);
  const refused = await world.cli('gp', ['partners']);
  assert.equal(refused.code, 5);
  assert.equal((await world.cli('gp', ['closure', '--by', 'partner'])).code, 5);
  for (const [words, says] of [[['closure', '--from', '2027-01-01', '--to', '2026-01-01'], /^--from \(2027-01-01\) ligt na --to \(2026-01-01\)/m],
    [['closure', '--by', 'colour'], /--by/], [['partners', '--to', 'morgen'], /^bij --to hoort een dag van de kalender/m],
    [['partners', '--to', '2026-01-01,2026-01-02'], /--to/]]) {
    const wrong = await world.cli('coordinator', words);
    assert.equal(wrong.code, 2, words.join(' '));
    assert.match(wrong.stderr, says);
  }
  promisesAsTheyWere();
});

test('an area with fewer than five referrals is told with others, or not at all', async () => {
  assert.deepEqual(await rates(coordinator, `?by=area&from=${today()}`), { from: today(), to: today(), by: 'area', items: [] });
  for (const area of ['5752', '5753'])
    for (let i = 0; i < (area === '5752' ? 5 : 1); i++) await gp.refer({ client: { area } });
  const { items } = await rates(coordinator, '?by=area');
  assert.deepEqual(items.map((row) => [row.organisation, row.area, row.referrals]), [[null, '5752', 5], [null, null, 5]]);
});

test('a partner is judged by its own steps', async () => {
  const { id, stepId } = await gp2.refer();
  await worker.move(stepId, 'decline', { code: 'capacity', offerings: ['buurtteam'] });
  const step = (await coordinator.referral(id)).steps.find((one) => one.organisation.code === 'buurtteam');
  const of = async (code) => counts((await rates(coordinator, '?by=partner')).items.find((row) => row.organisation.code === code)).slice(0, 4);
  assert.deepEqual(await of('buurtteam'), [1, 1, 0, 0], 'another one has answered, it has not');
  world.sql(`UPDATE data.promise SET due_at = started_at - interval '1 second' WHERE wijzer.code(step_id) = '${step.id}'`);
  await worker2.move(step.id, 'accept', {});
  assert.deepEqual(await of('buurtteam'), [1, 1, 0, 0], 'and too late it did');
  assert.match((await world.cli('coordinator', ['show', id])).stdout, /\[x\] beantwoord, te laat/);
  const figures = (await coordinator.get('/v1/partner-figures')).json.items.find((row) => row.organisation.code === 'buurtteam');
  assert.deepEqual([figures.answered, figures.answeredInTime.count], [1, 0], 'as the figures of partners say');
  promisesAsTheyWere();
});

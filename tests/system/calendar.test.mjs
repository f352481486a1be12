// Days on which the region closes: set by a coordinator, taken up by every running daemon, and by nothing that was promised before.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { referral } from './lib/api.mjs';
import { World, eventually, today } from './lib/world.mjs';

let world, other, gp, gpThere, coordinator;
before(async () => {
  world = await World.make({ conf: { workers: 1 } });
  other = await world.startOther();
  [gp, coordinator] = ['gp', 'coordinator'].map((name) => world.api(name));
  gpThere = Object.assign(world.api('gp'), { port: other.port });
});
after(async () => {
  other.signal('SIGTERM');
  await other.end();
  await world.close();
});

const promised = async (api) => (await api.post('/v1/referrals/_preview', referral())).json.next.by;
const dayOf = (moment) => moment.slice(0, 10);
const word = (answer) => [answer.status, answer.json.type.split(':').pop(), answer.json.detail];
const day = () => world.sql('SELECT max(day) FROM data.closure WHERE region_id = 1');

test('a closed day counts in two running daemons, and what was promised keeps its moment', async () => {
  const before = await gp.refer(), due = before.next.by;
  assert.equal(await promised(gpThere), due, 'both promise the same');
  const closed = await coordinator.post('/v1/closures', { day: dayOf(due), name: 'Studiedag' });
  assert.deepEqual([closed.status, closed.json], [201, { day: dayOf(due), kind: 'closure', name: 'Studiedag' }]);
  for (const api of [gp, gpThere]) await eventually(async () => (await promised(api)) > due, { what: 'a later promise' });
  assert.equal(await promised(gp), await promised(gpThere));
  assert.ok((await gpThere.refer()).next.by > due, 'what is referred now is due later');
  assert.equal((await gp.referral(before.id)).next.by, due, 'what was promised keeps its moment');
  assert.deepEqual((await gp.get('/v1/closures')).json.items.filter(({ kind }) => kind === 'closure').at(-1), closed.json, 'everybody sees it');
  assert.deepEqual(word(await coordinator.post('/v1/closures', { day: dayOf(due) })), [409, 'state-not-allowed', 'The region is closed on that day already.']);

  assert.equal((await coordinator.post('/v1/closures/_end', { day: dayOf(due) })).status, 200);
  for (const api of [gp, gpThere]) await eventually(async () => (await promised(api)) === due, { what: 'the promise of before' });
  assert.deepEqual(word(await coordinator.post('/v1/closures/_end', { day: dayOf(due) })), [409, 'state-not-allowed', 'The region is not closed on that day by its own choice.']);
});

test('holidays are listed as the calendar knows them; what is no working day is not closed', async () => {
  const year = Number(today().slice(0, 4)), { items } = (await gp.get('/v1/closures')).json;
  const holidays = items.filter(({ kind }) => kind === 'holiday').map((one) => `${one.day} ${one.name}`);
  for (const of of [year, year + 1]) for (const name of ['01-01 Nieuwjaarsdag', '12-25 Eerste kerstdag', '12-26 Tweede kerstdag']) assert.ok(holidays.includes(`${of}-${name}`), name);
  assert.equal(holidays.filter((one) => /paasdag|pinksterdag|Hemelvaart|Koningsdag/.test(one)).length, 12);
  assert.deepEqual(items.map((one) => one.day), items.map((one) => one.day).sort());
  assert.deepEqual(word(await coordinator.post('/v1/closures', { day: `${year + 1}-12-25` })).slice(0, 2), [409, 'state-not-allowed']);
  assert.deepEqual(word(await coordinator.post('/v1/closures', { day: '2020-01-08' })).slice(0, 2), [409, 'state-not-allowed']);
  for (const name of ['gp', 'worker', 'steward']) assert.equal((await world.api(name).post('/v1/closures', { day: `${year + 2}-03-01` })).status, 403, name);
});

test('by the client', async () => {
  const at = dayOf(await promised(gp)), cli = (...words) => world.cli('coordinator', words);
  const closed = await cli('calendar', 'close', at, 'Studiedag');
  assert.equal(closed.code, 0, closed.stderr);
  assert.match(closed.stdout, /^Gesloten: .* is geen werkdag\. Wat al beloofd is, houdt zijn\s+moment\./);
  assert.match((await world.cli('worker', ['calendar'])).stdout, /feestdag {2}Eerste kerstdag[\s\S]*gesloten {2}Studiedag|gesloten {2}Studiedag[\s\S]*feestdag/);
  assert.match((await cli('calendar', 'close', at)).stderr, /De regio is op die dag al gesloten/);
  assert.match((await cli('calendar', 'close', 'morgen')).stderr, /"morgen" is geen datum/);
  assert.match((await world.cli('gp', ['calendar', 'open', at])).stderr, /\S/);
  assert.equal(day(), at);
  assert.match((await cli('calendar', 'open', at)).stdout, /weer een werkdag/);
  assert.notEqual(day(), at);
});

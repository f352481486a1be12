// How much room there is, groups with places, and whether an offering is still right; through real daemons: twenty who want the last
// places at once over two daemons, lines that two of them settle, keepers that are killed while organisations are asked, and routing,
// which hears of all that. How it reads is in tests/scenario/group.scn and stale.scn.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { pause } from './lib/raw.mjs';
import { referral } from './lib/api.mjs';
import { World, eventually, finish, sanitizers, today, wijzerd } from './lib/world.mjs';

let world, other, gp, worker, worker2, coordinator, steward;
before(async () => {
  world = await World.make();
  world.configure({ 'migrate-database': world.conninfo(false, 'postgres') });
  other = await world.startOther();
  [gp, worker, worker2, coordinator, steward] = ['gp', 'worker', 'worker2', 'coordinator', 'steward'].map((name) => world.api(name));
});
after(() => world?.close());

const day = (ahead) => new Date(Date.parse(today()) + ahead * 86_400_000).toISOString().slice(0, 10);
const group = async (places, more = {}) => {
  const made = await worker.post('/v1/groups', { offering: 'welzijn-op-recept', name: 'Dinsdagochtend', startsOn: day(10), places, ...more });
  assert.equal(made.status, 201, made.text);
  return made.json.id;
};
const accepted = async () => {
  const { id, stepId } = await gp.refer();
  await worker.move(stepId, 'accept');
  return { id, step: stepId };
};
const take = (api, step, body, headers) => api.post(`/v1/steps/${step}/_place`, body, headers);
const offering = async (api, code) => (await api.get('/v1/offerings')).json.items.find((one) => one.code === code);
// Until it holds: `check` throws no assertion.
const holds = (check, what) => eventually(async () => {
  try {
    await check();
    return true;
  } catch (error) {
    if (error.code !== 'ERR_ASSERTION') throw error;
    return false;
  }
}, { timeout: 30000, what });
const filled = (id) => world.sql(`SELECT g.taken || ' of ' || g.places FROM data.offering_group g WHERE wijzer.code(g.group_id) = '${id}'`).trim();

test('room is said, read and refused', async () => {
  const key = { 'Idempotency-Key': randomUUID() };
  const said = await worker.post('/v1/offerings/_set', { offering: 'welzijn-op-recept', state: 'open', places: 9, waitDays: 3 }, key);
  assert.deepEqual([said.status, said.json.capacity.state, said.json.capacity.places, said.json.capacity.by.name], [201, 'open', 9, 'worker']);
  assert.deepEqual((await worker.post('/v1/offerings/_set', { offering: 'welzijn-op-recept', state: 'open', places: 9, waitDays: 3 }, key)).json, said.json);
  for (const api of [gp, worker2, coordinator, steward]) assert.equal((await offering(api, 'welzijn-op-recept')).capacity.places, 9);
  assert.equal((await worker2.post('/v1/offerings/_set', { offering: 'welzijn-op-recept', state: 'full' })).json.type, 'urn:wijzer:problem:not-yours');
  assert.equal((await gp.post('/v1/offerings/_set', { offering: 'welzijn-op-recept', state: 'full' })).json.type, 'urn:wijzer:problem:wrong-role');
  assert.deepEqual((await worker.post('/v1/offerings/_set', { offering: 'nergens', state: 'full' })).json.errors.map((error) => error.pointer), ['/offering']);
  assert.equal((await gp.get('/v1/offerings?organisation=nergens')).status, 400);
  assert.deepEqual((await gp.get('/v1/offerings?organisation=buurtteam')).json.items.map((one) => one.code), ['buurtteam']);
});

test('who refers hears at once that there is a line', async () => {
  const room = { asOf: day(0), capacity: 'waiting-list', freshness: 'fresh' };
  await worker.post('/v1/offerings/_set', { offering: 'welzijn-op-recept', state: 'waiting-list', waitDays: 40 });
  const key = { 'Idempotency-Key': randomUUID() }, body = referral();
  await eventually(async () => {
    const { decision } = await gp.refer();
    return decision.offering?.code === 'welzijn-op-recept' && decision.room?.capacity === 'waiting-list';
  }, { what: 'routing has heard' });
  const sent = await gp.post('/v1/referrals', body, key);
  assert.deepEqual(sent.json.decision.room, room);
  await worker.post('/v1/offerings/_set', { offering: 'welzijn-op-recept', state: 'open', places: 9, waitDays: 3 });
  await eventually(async () => (await gp.refer()).decision.room.capacity === 'open', { what: 'routing has heard' });
  assert.equal((await gp.post('/v1/referrals', body, key)).text, sent.text, 'the same key, the same bytes');
  assert.deepEqual((await gp.get(`/v1/referrals/${sent.json.id}`)).json.decision.room, room, 'as it was when it was decided');
});

test('twenty at once want the last three places, over two daemons', async () => {
  const id = await group(3);
  const steps = [];
  for (let i = 0; i < 20; i++) steps.push((await accepted()).step);
  const askers = Array.from({ length: 10 }, (_, i) => {
    const api = world.api('worker');
    if (i % 2) api.port = other.port;
    return api;
  });
  const answers = await Promise.all(steps.map((step, i) => take(askers[i % 10], step, { group: id, wait: true })));
  assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [200]);
  const states = answers.map((answer) => answer.json.place.state);
  assert.equal(states.filter((state) => state === 'taken').length, 3);
  assert.equal(filled(id), '3 of 3');
  const line = [];
  for (const [i, step] of steps.entries()) if (states[i] === 'waiting') line[(await worker.step(step)).place.line - 1] = step;
  assert.equal(line.filter(Boolean).length, 17, 'everybody has a place of their own in the line');

  // Three go, by the end of their step, by giving up and by being taken away: the first three in line are next, in that order.
  const [a, b, c] = steps.filter((_, i) => states[i] === 'taken');
  await Promise.all([
    worker.move(a, 'report', { state: 'client-withdrew', reason: 'Liever niet.' }),
    worker.post(`/v1/steps/${b}/_leave`, {}),
    coordinator.move(c, 'reassign', { offerings: ['buurtteam'], reason: 'Niemand belt.' }),
  ]);
  await holds(async () => {
    for (const step of line.slice(0, 3)) assert.equal((await worker.step(step)).place?.state, 'offered');
  }, 'the first in line are told');
  assert.equal((await worker.step(line[3])).place.line, 1);
  assert.equal(filled(id), '3 of 3');
  const first = await worker.step(line[0]);
  assert.ok(first.place.by > new Date().toISOString());
  assert.ok((await worker.get('/v1/notices?pageSize=200')).json.items.some((one) => one.kind.code === 'place-offered' && one.referralId === first.referralId));
  const told = (await worker.get('/v1/events?pageSize=200')).json;
  assert.ok(told.items.length > 0);
  assert.equal((await take(worker, line[0], {})).json.place.state, 'taken');
  assert.equal((await take(worker, line[0], { group: id })).status, 409);
  assert.equal(world.sql(`SELECT count(*) FROM data.promise WHERE kind = 'take-place' AND ended_how = 'kept'`).trim(), '1');
  const late = await accepted();
  assert.match((await take(worker, late.step, { group: id })).json.detail, /With wait it stands in its line/);
});

test('many take, leave and take again at once: never one too many, nobody is forgotten', async () => {
  const id = await group(4), steps = [];
  for (let i = 0; i < 10; i++) steps.push((await accepted()).step);
  await Promise.all(steps.map(async (step, i) => {
    const api = world.api('worker');
    if (i % 2) api.port = other.port;
    for (let n = 0; n < 4; n++) {
      const answer = await take(api, step, { group: id, wait: true, persons: 1 + (i % 2) });
      assert.equal(answer.status, 200, answer.text);
      if (n < 3) assert.equal((await api.post(`/v1/steps/${step}/_leave`, {})).status, 200);
    }
  }));
  const waits = () => Number(world.sql(`SELECT count(*) FROM logic.unsettled_group`).trim());
  await holds(() => assert.equal(waits(), 0), 'what is free is told of');
  const [taken, places] = world.sql(`SELECT g.taken || ' ' || (SELECT coalesce(sum(p.persons), 0) FROM data.place p WHERE p.group_id = g.group_id AND p.state IN ('taken', 'offered'))
    FROM data.offering_group g WHERE wijzer.code(g.group_id) = '${id}'`).trim().split(' ').map(Number);
  assert.equal(taken, places);
  assert.ok(taken >= 3 && taken <= 4, `${taken} taken`);
  assert.equal(world.sql(`SELECT count(*) FROM data.place p JOIN data.offering_group g USING (region_id, group_id)
    WHERE wijzer.code(g.group_id) = '${id}' AND p.state IN ('waiting', 'taken', 'offered')`).trim(), '10');
});

test('what a group refuses, and that it is called off', async () => {
  const made = (more) => worker.post('/v1/groups', { offering: 'welzijn-op-recept', name: 'Vandaag', startsOn: day(0), places: 2, ...more });
  assert.deepEqual([(await made({ startsOn: '2026-01-01' })).status, (await made({ startsOn: day(-1) })).json.detail],
    [409, 'A group starts today or later. One that people may join while it goes on (rolling) may have begun.']);
  const { id } = (await made()).json, { step } = await accepted(), { step: second } = await accepted();
  assert.equal((await worker.post(`/v1/groups/${id}/_change`, { startsOn: day(-1) })).status, 409);
  for (const [state, places] of [['full', 5], ['open', 0]])
    assert.match((await worker.post('/v1/offerings/_set', { offering: 'welzijn-op-recept', state, places })).json.detail, /Say one or the other/);
  const { stepId: fresh } = await gp.refer();
  assert.equal((await take(worker, fresh, { group: id })).status, 409);
  assert.equal((await take(worker, step, { group: '2222-2222' })).status, 409);
  assert.equal((await take(worker, step, { group: id, persons: 3 })).status, 409);
  assert.equal((await take(worker, step, {})).status, 409);
  assert.equal((await take(worker2, step, { group: id })).status, 404);
  assert.equal((await take(worker, step, { group: id, persons: 2 })).json.place.persons, 2);
  assert.equal((await worker.post(`/v1/steps/${step}/_attend`, { attended: true, on: day(3) })).status, 422);
  assert.match((await worker.post(`/v1/steps/${step}/_attend`, { attended: true, on: day(-30) })).json.detail, /no group on that day/);
  assert.equal((await worker.post(`/v1/steps/${step}/_attend`, { attended: false })).status, 200);
  assert.equal((await worker.post(`/v1/groups/${id}/_change`, { places: 1 })).status, 409);
  assert.equal((await worker.post(`/v1/groups/${id}/_change`, { endsOn: day(-1) })).status, 409);
  assert.equal((await worker2.post(`/v1/groups/${id}/_end`, {})).json.type, 'urn:wijzer:problem:not-yours');
  assert.equal((await worker.post('/v1/groups', { offering: 'welzijn-op-recept', name: 'X', startsOn: day(2), endsOn: day(1), places: 1 })).status, 422);
  assert.equal((await take(worker, second, { group: id, wait: true })).json.place.line, 1);
  assert.equal((await worker.post(`/v1/groups/${id}/_end`, {})).status, 200);
  await holds(async () => {
    for (const one of [step, second]) assert.equal((await worker.step(one)).place, null);
  }, 'nobody has a place in it');
  const kinds = (await gp.referral((await worker.step(step)).referralId)).events.map((event) => [event.kind, event.result ?? null, event.group?.persons ?? null]).filter(([kind]) => kind.startsWith('place-'));
  assert.deepEqual(kinds, [['place-taken', null, 2], ['place-attended', 'absent', null], ['place-lost', null, 2]]);
});

test('what is said of room reaches routing at once, without reading rule tables again', async () => {
  const first = async () => (await gp.post('/v1/referrals/_preview', { domains: ['social-network'], client: { name: 'Margriet Maassen', birthYear: 1948, area: '5751', phone: '+31 6 55512345' } })).json.candidates;
  const before = await first();
  // One without groups, which would have a say in it.
  const one = before.find((candidate) => candidate.offering.code !== 'welzijn-op-recept');
  const shown = async () => (await first()).find((candidate) => candidate.offering.code === one.offering.code);
  assert.equal((await coordinator.post('/v1/offerings/_set', { offering: one.offering.code, state: 'paused' })).status, 201);
  await holds(async () => assert.equal((await shown()).capacity, 'paused'), 'routing hears of it');
  assert.equal((await coordinator.post('/v1/offerings/_set', { offering: one.offering.code, state: 'open' })).status, 201);
  await holds(async () => assert.deepEqual([(await shown()).capacity, (await shown()).freshness], ['open', 'fresh']), 'and that it is over');
});

test('every month an offering is asked for, once, and goes up once a level, whoever keeps time', async () => {
  const shift = async (hours) => {
    await world.kill();
    other.signal('SIGKILL');
    await other.end();
    world.sql(`ALTER DATABASE wijzer SET wijzer.clock_offset = '${hours} hours'`);
    world.configure({ 'clock-offset': `${hours}h` });
  };
  world.sql(`UPDATE data.offering SET ended_at = now() WHERE region_id = 2 OR code NOT IN ('welzijn-op-recept', 'buurtteam', 'join-us', 'klantwijzer')`);
  await shift(24 * 23);
  const open = () => world.sql(`SELECT coalesce(string_agg(f.code || ' ' || p.nr || ' ' || p.level, ', ' ORDER BY f.code), '') FROM data.offering_promise p
    JOIN data.offering f USING (region_id, offering_id) WHERE p.ended_at IS NULL`).trim();
  // Killed again and again while it asks.
  for (let i = 0; i < 6; i++) {
    await world.start();
    await pause(40 * i);
    await world.kill();
  }
  await world.start();
  other = await world.startOther();
  await holds(() => assert.equal(open(), 'buurtteam 1 0, join-us 1 0, klantwijzer 1 0, welzijn-op-recept 1 0'), 'all are asked');
  const w = world.api('worker'), w2 = world.api('worker2'), c = world.api('coordinator');
  assert.ok((await w.get('/v1/offerings?asked=true')).json.items.some((item) => item.code === 'welzijn-op-recept' && item.asked.level === 0));
  assert.equal((await w.get('/v1/notices?pageSize=200')).json.items.filter((one) => one.kind.code === 'confirmation-asked' && one.offering.code === 'welzijn-op-recept').length, 1);
  assert.equal((await w.post('/v1/offerings/_confirm', { offering: 'welzijn-op-recept' })).json.freshness, 'fresh');
  await w2.post('/v1/offerings/_set', { offering: 'buurtteam', state: 'full' });
  await c.post('/v1/offerings/_confirm', { offering: 'klantwijzer' });
  assert.equal(open(), 'join-us 1 0');
  // Nobody answers for the last one: over weeks, with keepers that are killed.
  const level = () => world.sql(`SELECT coalesce(p.level || ' ' || (p.raise_at IS NOT NULL), '') FROM data.offering_promise p JOIN data.offering f USING (region_id, offering_id)
    WHERE f.code = 'join-us' AND p.ended_at IS NULL`).trim();
  // Each time so much later that holidays do not matter; first it is only settled when it goes up.
  for (const [days, reached] of [[23 + 12, /^0 true/], [23 + 26, /^1 /], [23 + 34, /^2 /], [23 + 42, /^3 /]]) {
    await shift(24 * days);
    await world.start();
    await pause(100);
    await world.kill();
    await world.start();
    other = await world.startOther();
    await holds(() => assert.match(level(), reached), `${days} days`);
  }
  await holds(() => assert.match(open(), /join-us 1 3/), 'to the named person');
  assert.equal(world.sql(`SELECT string_agg(e.kind || coalesce(' ' || e.level, ''), ', ' ORDER BY e.at, e.event_id) FROM data.offering_event e JOIN data.offering f USING (region_id, offering_id)
    WHERE f.code = 'join-us' AND e.nr = 1`).trim(), 'confirmation-asked, confirmation-overdue 1, confirmation-overdue 2, confirmation-overdue 3');
  assert.equal(world.sql(`SELECT count(*) FROM data.notice n JOIN data.offering f ON f.region_id = n.region_id AND f.offering_id = n.object_id
    WHERE f.code = 'join-us' AND n.kind LIKE 'confirmation-%'`).trim(), '4');
  assert.equal((await world.api('coordinator').post('/v1/offerings/_confirm', { offering: 'join-us' })).json.asked, null);
});

test('the history is whole', async () => {
  const { code, stdout, stderr } = await finish(wijzerd, ['-c', world.conf, 'rebuild', '--check'], { env: { ...process.env, ...sanitizers() } });
  assert.equal(code, 0, stdout + stderr);
});

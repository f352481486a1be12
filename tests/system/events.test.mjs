// What happens, as pages and as it happens: to who takes part, nothing skipped and nothing twice, over reconnects, restarts,
// open transactions and several daemons.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pause } from './lib/raw.mjs';
import { Stream } from './lib/stream.mjs';
import { World, eventually, root, sanitizers, wijzer } from './lib/world.mjs';

let world, gp, worker, coordinator, steward;
before(async () => {
  world = await World.make();
  [gp, worker, coordinator, steward] = ['gp', 'worker', 'coordinator', 'steward'].map((name) => world.api(name));
});
after(() => world?.close());

// All that the pages tell somebody from a place on.
async function pages(api, cursor, size = 200) {
  const items = [];
  for (let more = true; more;) {
    const answer = await api.get(`/v1/events?pageSize=${size}${cursor ? `&cursor=${cursor}` : ''}`);
    assert.equal(answer.status, 200, answer.text);
    items.push(...answer.json.items);
    ({ next: cursor, more } = answer.json);
  }
  return { items, next: cursor };
}

const ids = (events) => events.map((event) => event.id);

async function same(stream, api, since) {
  const { items } = await pages(api, since);
  await stream.until(`${items.length} events`, (s) => s.events.length >= items.length);
  assert.deepEqual(ids(stream.events), ids(items));
}

test('pages: in order, each once, to who takes part', async () => {
  const { id } = await gp.refer();
  const other = await world.api('gp2').refer();
  await worker.move((await gp.referral(id)).steps[0].id, 'accept');
  const all = await pages(coordinator);
  assert.deepEqual(all.items.filter((e) => e.referralId === id).map((e) => e.kind), ['referral-sent', 'step-moved']);
  assert.ok(all.items.some((e) => e.referralId === other.id));
  const own = await pages(gp, undefined, 1);
  assert.ok(own.items.every((e) => e.referralId === id), 'of their own alone');
  assert.equal(own.items.length, 2, 'a page of one at a time');
  assert.deepEqual((await pages(gp, own.next)).items, [], 'nothing twice');
  assert.equal(JSON.stringify(all).includes('Maassen'), false);
  assert.equal((await steward.get('/v1/events')).status, 403);
  assert.equal((await gp.get('/v1/events?cursor=x')).status, 400);
});

test('a stream: told within a moment, to parties alone', async () => {
  const [mine, others, all] = await Promise.all(['gp', 'gp2', 'coordinator'].map((name) => Stream.open(world, name)));
  assert.equal(mine.status, 200);
  assert.equal(mine.headers['content-type'], 'text/event-stream');
  assert.equal(mine.headers['cache-control'], 'no-store');
  const { id } = await gp.refer();
  const begun = Date.now();
  await mine.until('the event', (s) => s.kinds(id).length);
  assert.ok(Date.now() - begun < 5000, `${Date.now() - begun} ms`);
  await all.until('the event', (s) => s.kinds(id).length);
  const theirs = await world.api('gp2').refer();
  await others.until('their own', (s) => s.kinds(theirs.id).length);
  assert.deepEqual(others.events.map((e) => e.referralId), [theirs.id]);
  assert.deepEqual(mine.kinds(theirs.id), []);
  await eventually(async () => /^wijzer_event_streams 3$/m.test((await world.plain('/metrics')).text), { what: 'three streams' });
  for (const stream of [mine, others, all]) stream.close();
  await eventually(async () => /^wijzer_event_streams 0/m.test((await world.plain('/metrics')).text), { what: 'no stream' });
});

test('Last-Event-ID: what happened meanwhile, then on; nothing twice', async () => {
  const { next } = await pages(gp);
  const first = await Stream.open(world, 'gp', { lastId: next });
  for (let i = 0; i < 3; i++) await gp.refer();
  await first.until('three', (s) => s.events.length === 3);
  first.close();
  for (let i = 0; i < 150; i++) await gp.refer();
  const second = await Stream.open(world, 'gp', { lastId: first.lastId });
  await gp.refer();
  await second.until('the rest', (s) => s.events.length >= 151);
  await gp.refer();
  await second.until('the last', (s) => s.events.length >= 152);
  assert.deepEqual(ids([...first.events, ...second.events]), ids((await pages(gp, next)).items));
  second.close();
});

test('refused: a place that is none, a role that has no part; HEAD has no stream', async () => {
  for (const [name, lastId, status] of [['gp', 'nonsense', 400], ['gp', 'e1', 400], ['steward', undefined, 403]]) {
    const refused = await Stream.open(world, name, { lastId });
    assert.equal(refused.status, status);
    await refused.until('a problem', (s) => s.text.includes('"type"'));
    refused.close();
  }
  const head = await gp.send('HEAD', '/v1/events', undefined, { Accept: 'text/event-stream' });
  assert.equal(head.status, 200);
  assert.equal((await gp.get('/v1/me')).status, 200, 'the connection goes on');
});

test('an open transaction hides what comes after it; nothing is skipped', async () => {
  const { next } = await pages(coordinator);
  const stream = await Stream.open(world, 'coordinator', { lastId: next });
  const holder = spawn(join(root, 'deploy/cluster'), ['psql', world.pg, '-qAt'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const held = new Promise((done) => holder.stdout.once('data', done));
  holder.stdin.write('BEGIN; SELECT pg_current_xact_id();\n');
  await held;
  const sent = [(await gp.refer()).id, (await gp.refer()).id];
  await pause(500);
  assert.deepEqual(stream.events, [], 'not final yet');
  assert.deepEqual((await pages(coordinator, next)).items, []);
  const late = await Stream.open(world, 'coordinator');
  holder.stdin.end('ROLLBACK;\n');
  await stream.until('both', (s) => s.events.length === 2);
  assert.deepEqual(stream.events.map((e) => e.referralId), sent);
  await late.until('both', (s) => s.events.length === 2);
  await same(stream, coordinator, next);
  for (const one of [stream, late]) one.close();
});

test('over restarts and kill -9 of the daemon: no gap and no double', async () => {
  const { next } = await pages(coordinator);
  const seen = [];
  let lastId = next;
  for (const how of ['stop', 'kill', 'stop']) {
    const stream = await Stream.open(world, 'coordinator', { lastId });
    for (let i = 0; i < 5; i++) await gp.refer();
    if (how === 'kill') await stream.until('some', (s) => s.events.length >= 5);
    await world[how]();
    await stream.until('its end', (s) => s.ended);
    seen.push(...stream.events);
    lastId = stream.lastId;
    await world.start();
    await gp.refer();
  }
  const rest = await Stream.open(world, 'coordinator', { lastId });
  const { items } = await pages(coordinator, next);
  await rest.until('the rest', (s) => seen.length + s.events.length >= items.length);
  assert.deepEqual(ids([...seen, ...rest.events]), ids(items));
  assert.equal(items.length, 18);
  rest.close();
});

test('kill -9 of the database: the stream stays and goes on', async () => {
  const { next } = await pages(gp);
  const stream = await Stream.open(world, 'gp', { lastId: next });
  await gp.refer();
  await stream.until('the first', (s) => s.events.length === 1);
  world.stopDatabase('immediate');
  await pause(300);
  world.startDatabase();
  await world.ready();
  await eventually(async () => (await gp.get('/v1/feedback')).status === 200, { what: 'the database' });
  await gp.refer();
  await stream.until('the second', (s) => s.events.length === 2, 20000);
  assert.equal(stream.ended, false);
  await same(stream, gp, next);
  stream.close();
});

test('what comes in at one daemon is heard at another', async () => {
  const second = await world.startOther();
  const stream = await eventually(() => Stream.open(world, 'worker', { port: second.port }).then((s) => s.status === 200 && s, () => false), { what: 'the other daemon' });
  const { id } = await gp.refer();
  await stream.until('the event', (s) => s.kinds(id).length === 1);
  second.signal('SIGTERM');
  assert.deepEqual(await second.end(), { code: 0, signal: null });
  await stream.until('its end', (s) => s.ended);
  const on = await Stream.open(world, 'worker', { lastId: stream.lastId });
  const { id: next } = await gp.refer();
  await on.until('the event', (s) => s.kinds(next).length === 1);
  assert.deepEqual(on.kinds(id), [], 'also from daemon to daemon nothing comes twice');
  on.close();
});

test('a reader who does not keep up is closed, and comes again', async () => {
  const { id } = await gp.refer();
  const { next } = await pages(coordinator);
  const stream = await Stream.open(world, 'coordinator', { lastId: next });
  const quick = await Stream.open(world, 'coordinator', { lastId: next });
  await stream.until('to be there', (s) => s.beats);
  stream.response.pause();
  stream.request.socket.pause();
  const many = 24000;
  for (let sent = 0; sent < many; sent += 3000) { // as many as a reader who keeps up is never behind by
    world.sql(`INSERT INTO data.event (region_id, referral_id, at, kind, to_state) SELECT region_id, referral_id, now(), 'loop-closed', repeat('x', 200)
      FROM data.referral, generate_series(1, 3000) WHERE wijzer.code(referral_id) = '${id}'`);
    await quick.until('these', (s) => s.events.length >= sent + 3000, 60000);
  }
  await quick.until('all of them', (s) => s.events.length === many, 120000);
  assert.equal(new Set(ids(quick.events)).size, many);
  await eventually(async () => /^wijzer_slow_streams_total 1$/m.test((await world.plain('/metrics')).text), { what: 'the slow one to be closed', timeout: 90000 });
  assert.equal(quick.ended, false, 'nobody else is');
  stream.request.socket.resume();
  stream.response.resume();
  await stream.until('its end', (s) => s.ended);
  const again = await Stream.open(world, 'coordinator', { lastId: stream.lastId });
  await again.until('the rest', (s) => stream.events.length + s.events.length >= many, 120000);
  assert.deepEqual(ids([...stream.events, ...again.events]), ids(quick.events));
  world.sql(`DELETE FROM data.event WHERE to_state = repeat('x', 200)`);
  for (const one of [quick, again]) one.close();
});

// As on a Monday, when every browser wakes with the id of Friday. They read in turns: between two rounds of all of them many
// other requests are answered, not one.
test('many who come again far behind keep nobody waiting, and miss nothing', async (t) => {
  const { id } = await gp.refer();
  const { next } = await pages(coordinator);
  const [many, streams, rounds] = [1500, 40, 15];
  world.sql(`INSERT INTO data.event (region_id, referral_id, at, kind, to_state) SELECT region_id, referral_id, now(), 'loop-closed', repeat('y', 40)
    FROM data.referral, generate_series(1, ${many}) WHERE wijzer.code(referral_id) = '${id}'`);
  const behind = await Promise.all(Array.from({ length: streams }, () => Stream.open(world, 'coordinator', { lastId: next })));
  let answered = 0;
  for (const begun = Date.now(); behind.some((s) => s.events.length < many); answered++) {
    assert.ok(Date.now() - begun < 120000, `${behind.filter((s) => s.events.length < many).length} have not all`);
    assert.equal((await worker.get('/v1/inbox')).status, 200);
  }
  t.diagnostic(`${answered} requests in ${rounds} rounds`);
  assert.ok(answered > 2 * rounds, `${answered} requests were answered in ${rounds} rounds`);
  const { items } = await pages(coordinator, next);
  for (const stream of behind) {
    assert.deepEqual(ids(stream.events), ids(items));
    stream.close();
  }
  world.sql(`DELETE FROM data.event WHERE to_state = repeat('y', 40)`);
});

test('who is no more who they were hears no more, within a second', async () => {
  const [mine, kept] = await Promise.all(['gp2', 'gp'].map((name) => Stream.open(world, name)));
  await mine.until('to be there', (s) => s.beats);
  const account = (await steward.get('/v1/accounts')).json.items.find((one) => one.name === 'gp2');
  const begun = Date.now();
  assert.equal((await steward.post(`/v1/accounts/${account.id}/_role`, { role: 'worker' })).status, 200);
  await mine.until('its end', (s) => s.ended);
  assert.ok(Date.now() - begun < 5000, `${Date.now() - begun} ms`);
  assert.equal(kept.ended, false);
  kept.close();
});

test('an id comes now and then where nothing happens', async () => {
  const stream = await Stream.open(world, 'gp');
  await stream.until('the second', (s) => s.beats >= 2, 40000);
  assert.match(stream.lastId, /^e[0-9a-f]+\.0$/);
  stream.close();
});

// wijzer watch as somebody would leave it running; its text, and its end.
function watch(t, ...args) {
  world.makeProfile('gp');
  const child = spawn(wijzer, ['watch', ...args], { env: { PATH: process.env.PATH, HOME: world.dir, LC_ALL: 'C.UTF-8', WIJZER_PROFILE: world.profile('gp'), ...sanitizers() } });
  const watching = { child, out: '', err: '', end: new Promise((done) => child.once('close', (code) => done(code))) };
  t.after(() => child.kill('SIGKILL'));
  child.stdout.setEncoding('utf8').on('data', (text) => (watching.out += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (watching.err += text));
  return watching;
}

test('wijzer watch: in plain words, on over a restart, until interrupted', async (t) => {
  const { next } = await pages(gp);
  const [words, lines] = [watch(t, '--after', next), watch(t, '--json', '--after', next)];
  const { id } = await gp.refer();
  await eventually(() => words.out.includes(id) && lines.out.includes(id), { timeout: 20000, what: 'the first' });
  assert.match(words.out, /, naar LEVgroep\n {6}aan zet: LEVgroep: /);
  await world.stop();
  await world.start();
  const { id: second } = await gp.refer();
  await eventually(() => words.out.includes(second) && lines.out.includes(second), { what: 'the second', timeout: 20000 });
  await world.stop();
  await eventually(() => /even niet bereikbaar/.test(words.err), { what: 'that it is away', timeout: 20000 });
  await world.start();
  const { id: third } = await gp.refer();
  await eventually(() => words.out.includes(third) && lines.out.includes(third), { what: 'the third', timeout: 20000 });
  for (const { child } of [words, lines]) child.kill('SIGINT');
  assert.deepEqual([await words.end, await lines.end], [0, 0]);
  const piped = watch(t, '--after', next);
  piped.child.stdout.destroy(); // `| head`
  assert.deepEqual([await piped.end, piped.err], [1, '']);
  assert.deepEqual(lines.out.trim().split('\n').map((line) => JSON.parse(line).id), ids((await pages(gp, next)).items));
  assert.ok(words.err.split('\n').filter((line) => line).length <= 2, words.err); // once for each time it was away
  assert.doesNotMatch(words.out + lines.out, /Maassen/);
});

test('wijzer watch: a place that is none is refused', async () => {
  const refused = await world.cli('gp', ['watch', '--after', 'nonsense']);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /--after/);
});

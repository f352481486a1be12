// Promises and time, through the real daemon with a shifted clock: due moments right to the second over both changes of the clock,
// holidays and a closure of the region; and keepers that are killed while promises fall due over several levels, or are three at
// once: every promise goes up once for each level, and that is told once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { pause } from './lib/raw.mjs';
import { World, eventually } from './lib/world.mjs';

const HOUR = 3_600_000;
let world, gp;
before(async () => {
  world = await World.make({ conf: { workers: 1 } });
  gp = world.api('gp');
});
after(() => world?.close());

// ---- the same calendar once more, in other words ----

const iso = (date) => date.toISOString().slice(0, 10);
const utc = (text) => new Date(`${text}T00:00:00Z`);
const plus = (text, days) => iso(new Date(utc(text).getTime() + days * 24 * HOUR));
const lastSunday = (year, month) => {
  const end = new Date(Date.UTC(year, month, 0));
  return plus(iso(end), -end.getUTCDay());
};
// Butcher's algorithm for Easter.
function easter(year) {
  const a = year % 19, b = Math.floor(year / 100), c = year % 100, d = b >> 2, e = b % 4;
  const g = Math.floor((8 * b + 13) / 25), h = (19 * a + b - d - g + 15) % 30, i = c >> 2, k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7, m = Math.floor((a + 11 * h + 19 * l) / 433);
  const month = Math.floor((h + l - 7 * m + 90) / 25), day = (h + l - 7 * m + 33 * month + 19) % 32;
  return iso(new Date(Date.UTC(year, month - 1, day)));
}
function isOff(text, closures) {
  const year = Number(text.slice(0, 4)), weekday = utc(text).getUTCDay(), first = easter(year);
  return weekday === 0 || weekday === 6 || closures.includes(text) || [0, 1, 39, 49, 50].some((after) => plus(first, after) === text)
    || ['01-01', '04-27', '12-25', '12-26', ...(year % 5 ? [] : ['05-05'])].includes(text.slice(5));
}
function workingDays(from, count, closures) {
  let day = from;
  while (count > 0) {
    day = plus(day, 1);
    if (!isOff(day, closures)) count--;
  }
  return day;
}
// What a clock in Amsterdam shows, by another library than the daemon's.
const shown = (moment) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Amsterdam', dateStyle: 'short', timeStyle: 'medium' }).format(new Date(moment));

async function shiftTo(text) {
  const hours = Math.round((utc(text).getTime() + 9 * HOUR - Date.now()) / HOUR);
  await world.stop();
  world.sql(`ALTER DATABASE wijzer SET wijzer.clock_offset = '${hours} hours'`);
  world.configure({ 'clock-offset': `${hours}h` });
  await world.start();
}

// The next of both, in their order: a certificate is not good for much longer than a year.
const next = (month) => [0, 1].map((more) => lastSunday(new Date().getUTCFullYear() + more, month)).find((sunday) => plus(sunday, -2) > iso(new Date()));
const changes = Object.entries({ March: next(3), October: next(10) }).sort(([, one], [, two]) => one.localeCompare(two));
for (const [name, sunday] of changes)
  test(`what is promised over the change of the clock in ${name} is due to the second`, async () => {
    const friday = plus(sunday, -2), closure = plus(sunday, 2);
    world.sql(`SELECT set_config('wijzer.region', '1', false);
      INSERT INTO data.closure (region_id, day) VALUES (1, '${closure}');
      UPDATE data.region SET version = version + 1 WHERE region_id = 1`);
    await shiftTo(friday);
    const worker = world.api('worker');
    const { stepId } = await gp.refer();
    const by = async () => shown((await worker.step(stepId)).promise.by);
    const due = (count) => `${workingDays(friday, count, [closure])} 17:00:00`;
    assert.equal(await by(), due(2), 'to confirm: two working days');
    await worker.move(stepId, 'report', { state: 'received' });
    assert.equal(await by(), due(5), 'to answer: five');
    await worker.move(stepId, 'accept');
    assert.equal(await by(), `${plus(friday, 14)} 17:00:00`, 'the first contact: fourteen days');
    await worker.move(stepId, 'report', { state: 'waiting-list', date: sunday });
    assert.equal(await by(), `${sunday} 17:00:00`, 'a date: that day');
    await worker.move(stepId, 'report', { state: 'contact-attempt', channel: 'phone' });
    assert.equal(await by(), due(3));
    await worker.move(stepId, 'report', { state: 'first-contact' });
    await worker.move(stepId, 'report', { state: 'taking-part' });
    const late = new Date(utc(friday));
    late.setUTCMonth(late.getUTCMonth() + 3);
    assert.equal(await by(), `${iso(late)} 17:00:00`, 'months');
    // A call is promised for a time on the clock, before and after it changes.
    const calls = [[friday, '23:59'], [sunday, '01:59'], [sunday, '03:00'], [sunday, '12:00'], [plus(sunday, 1), '09:00']];
    for (const [on, at] of calls) {
      const answer = await worker.post(`/v1/steps/${stepId}/_callback`, { on, at, instead: true });
      assert.equal(answer.status, 201, answer.text);
      assert.equal(shown(answer.json.by), `${on} ${at}:00`);
      assert.equal(answer.json.dayOff, isOff(on, [closure]));
    }
    // The hour that is not there is the one behind it; of the hour that comes twice it is the first.
    const { json } = await worker.post(`/v1/steps/${stepId}/_callback`, { on: sunday, at: '02:30', instead: true });
    assert.equal(json.by, name === 'March' ? `${sunday}T01:30:00Z` : `${sunday}T00:30:00Z`);
    assert.equal(shown(json.by), `${sunday} 0${name === 'March' ? 3 : 2}:30:00`);
  });

// ---- keepers ----

// In a world of today: certificates do not live for ever.
test('another world for the keepers', async () => {
  await world.close();
  world = await World.make({ conf: { workers: 1, 'clock-offset': '0h' } });
  gp = world.api('gp');
});

const PROMISES = 200;
const raised = () => world.sql(`SELECT level || ':' || count(*) || ':' || count(DISTINCT (step_id, version)) FROM data.event
  WHERE kind = 'promise-overdue' GROUP BY level ORDER BY level`).split('\n').filter(Boolean);
const levels = () => world.sql(`SELECT level || ':' || count(*) FROM data.promise WHERE ended_at IS NULL GROUP BY level ORDER BY level`).split('\n');
const notices = () => Number(world.sql(`SELECT count(*) FROM data.notice WHERE kind = 'promise-overdue'`));
const events = () => Number(world.sql(`SELECT count(*) FROM data.event WHERE kind = 'promise-overdue'`));

// Promises of two kinds: every other step has one to call back as well. Returns how many are open.
async function promiseMuch() {
  const worker = world.api('worker');
  const steps = await Promise.all(Array.from({ length: 4 }, async () => {
    const api = world.api('gp'), made = [];
    for (let i = 0; i < PROMISES / 8; i++) made.push((await api.refer()).stepId);
    return made;
  }));
  const on = shown(Date.now() + offset() + 24 * HOUR).slice(0, 10);
  for (const step of steps.flat()) assert.equal((await worker.post(`/v1/steps/${step}/_callback`, { on })).status, 201);
  return Number(world.sql('SELECT count(*) FROM data.promise WHERE ended_at IS NULL'));
}
const offset = () => Number(world.keys['clock-offset'].slice(0, -1)) * HOUR;
const later = (days) => iso(new Date(Date.now() + offset() + days * 24 * HOUR));

test(`${PROMISES} promises over three levels, and a keeper that is killed again and again`, { timeout: 280000 }, async () => {
  const open = await promiseMuch();
  assert.ok(open >= PROMISES);
  for (let round = 0; round < 9; round++) {
    if (round % 3 === 0) await shiftTo(later(10));
    else await world.start({ ready: false });
    await pause(Math.random() * 1500); // some before it has read the region, some within a batch, some after
    await world.kill();
    const counts = raised().map((line) => line.split(':'));
    for (const [level, all, different] of counts) assert.equal(all, different, `level ${level} was told twice`);
    if (round % 3 === 2) await world.start();
  }
  await shiftTo(later(20));
  await eventually(() => levels().join() === `3:${open}`, { timeout: 60000, every: 500, what: 'every promise at the top' }).catch(async (error) => {
    await shiftTo(later(20)); // a level waits for its working day
    await eventually(() => levels().join() === `3:${open}`, { timeout: 60000, every: 500, what: `every promise at the top (${error.message}; ${levels()})` });
  });
  const sum = raised().map((line) => line.split(':').slice(1).join());
  assert.deepEqual(sum.map((line) => line.split(',')[0] === line.split(',')[1]), [true, true, true]);
  assert.equal(notices(), events(), 'each is told once');
  assert.equal(world.violated(), '');
});

test('three daemons: every promise goes up once for each level', { timeout: 200000 }, async () => {
  await promiseMuch();
  await shiftTo(later(30));
  const others = [await world.startOther(), await world.startOther()];
  const open = Number(world.sql('SELECT count(*) FROM data.promise WHERE ended_at IS NULL'));
  const count = (level) => Number(world.sql(`SELECT count(*) FROM data.promise WHERE ended_at IS NULL AND level >= ${level}`));
  await eventually(() => count(1) === open, { timeout: 60000, every: 250, what: 'the first level' });
  for (const level of [2, 3]) {
    world.sql('UPDATE data.promise SET raise_at = now() WHERE ended_at IS NULL AND level < 3'); // for all three at the same moment
    await eventually(() => count(level) === open, { timeout: 60000, every: 250, what: `level ${level}` });
  }
  await pause(2500);
  for (const line of raised()) assert.equal(line.split(':')[1], line.split(':')[2], line);
  assert.equal(notices(), events(), 'each is told once');
  for (const other of others) {
    other.signal('SIGTERM');
    assert.deepEqual(await other.end(), { code: 0, signal: null });
  }
});

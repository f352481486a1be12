// A class referred as one act from a CSV file: every row is looked at before the first is sent, each child is sent once whatever happens
// on the way, and the partner takes them one by one or all together.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pause } from './lib/raw.mjs';
import { World, eventually, sanitizers, wijzer } from './lib/world.mjs';

let world;
const file = (name) => join(world.dir, name);
const put = (name, ...lines) => writeFileSync(file(name), `${lines.join('\n')}\n`);
const HEAD = 'name,birth-year,phone,domain';
const ROWS = ['Miriam Almenkinders,1957,0493 555691,', 'Sebastiaan de Boer,1957,0493 555692,', 'Vincent Charbon,1956,0493 555693,"social-network,meaning"'];
const refer = (name, ...more) => ['refer', '--class', 'Groep 5', '--file', file(name), '--domain', 'social-network', '--area', '5751', '--text', 'Uit de klas.', ...more];
const stored = () => Number(world.sql('SELECT count(*) FROM data.referral'));
const spooled = () => readdirSync(join(world.profile('gp'), 'spool')).filter((each) => each.endsWith('.json')).length;

before(async () => {
  world = await World.make();
  world.secret('Miriam Almenkinders', 'Sebastiaan de Boer', 'Vincent Charbon', '555691', '555692', '555693', 'Uit de klas.');
  put('klas.csv', HEAD, ...ROWS);
});
after(() => world?.close());

test('what is wrong is told by line and column, all of it, and nobody is sent', async () => {
  put('fout.csv', HEAD, ROWS[0], 'Sebastiaan de Boer,17,geen,', ROWS[2].replace('meaning', 'geld'));
  const { code, stderr } = await world.cli('gp', refer('fout.csv'));
  assert.equal(code, 2);
  assert.match(stderr, /Regel 3:[^]*kolom birth-year[^]*kolom phone[^]*Regel 4:[^]*geld/);
  assert.doesNotMatch(stderr, /Regel 2/);
  assert.equal(stored(), 0);
});

test('so are a column that is not there, a row that is too wide, the same child twice, and a file without rows', async () => {
  for (const [lines, said] of [[['name,schoen', 'A B,38'], /regel 1, kolom "schoen"/], [['name,name', 'A,B'], /twee keer/],
    [[HEAD, `${ROWS[0]},x`], /Regel 2 heeft meer velden/], [[HEAD, ...ROWS, ROWS[0]], /Regel 5 is dezelfde inwoner als regel 2/], [[HEAD], /geen regels/]]) {
    put('fout.csv', ...lines);
    const { code, stderr } = await world.cli('gp', refer('fout.csv'));
    assert.equal(code, 2);
    assert.match(stderr, said);
  }
  assert.equal(stored(), 0);
});

test('what only the service sees to be wrong refuses the row before any is sent', async () => {
  put('later.csv', HEAD, ROWS[0], 'Sebastiaan de Boer,2099,0493 555692,');
  const { code, stderr } = await world.cli('gp', refer('later.csv'));
  assert.equal(code, 1);
  assert.match(stderr, /Regel 3:[^]*kolom birth-year/);
  assert.equal(stored(), 0);
});

test('without a service all of it is kept; repeated and sent, each child is there once', async () => {
  await world.stop();
  const first = await world.cli('gp', refer('klas.csv'));
  assert.equal(first.code, 3, first.stderr);
  assert.match(first.stderr, /3 nog niet aangekomen en 0 geweigerd/);
  assert.equal(spooled(), 3);
  const away = await world.cli('gp', refer('klas.csv'));
  assert.equal(away.code, 3, away.stderr);
  assert.equal(spooled(), 3, 'what waits is not kept a second time');
  await world.start();
  const again = await world.cli('gp', refer('klas.csv'));
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stdout, /Groep 5: 3 verwezen/);
  assert.equal(spooled(), 0);
  assert.equal(stored(), 3);
  assert.equal(world.sql('SELECT count(DISTINCT class_id) FROM data.referral'), '1');
});

test('a child more is sent alone; --json gives a line for each row, the same as before', async () => {
  put('klas.csv', HEAD, ...ROWS, 'Noor van Tessel,1957,0493 555695,');
  world.secret('Noor van Tessel', '555695');
  const { code, stdout, stderr } = await world.cli('gp', refer('klas.csv', '--json'));
  assert.equal(code, 0, stderr);
  const ids = stdout.trim().split('\n').map((line) => JSON.parse(line).id);
  assert.equal(new Set(ids).size, 4);
  assert.equal(stored(), 4);
  const again = await world.cli('gp', refer('klas.csv', '--json'));
  assert.deepEqual(again.stdout.trim().split('\n').map((line) => JSON.parse(line).id), ids);
  assert.equal(stored(), 4);
});

test('no key that is stored tells of a child: two profiles have other ones, by a secret that stays at home', async () => {
  assert.equal(statSync(join(world.profile('gp'), 'send.key')).mode & 0o777, 0o600);
  assert.equal(readFileSync(join(world.profile('gp'), 'send.key')).length, 32);
  assert.equal(existsSync(join(world.profile('worker'), 'send.key')), false);
});

test('the partner takes several at once, and one that is gone stops no other; who referred sees the class go on', async () => {
  const inbox = (await world.api('worker').get('/v1/inbox')).json.items;
  const mine = inbox.filter((each) => each.class?.name === 'Groep 5');
  assert.ok(mine.length >= 3, JSON.stringify(inbox));
  const notes = () => Number(world.sql('SELECT count(*) FROM data.note'));
  const before = notes();
  const first = await world.cli('worker', ['accept', mine[0].id, mine[1].id, '--text', '-'], { input: 'Wij bellen woensdag.\n' });
  assert.equal(first.code, 0, first.stderr);
  assert.equal(notes(), before + 2, 'the same words for each');
  const second = await world.cli('worker', ['accept', mine[0].id, mine[2].id]);
  assert.equal(second.code, 6);
  assert.equal((await world.api('worker').get(`/v1/steps/${mine[2].id}`)).json.state.code, 'accepted');
  const [group] = (await world.api('gp').get('/v1/classes')).json.items;
  assert.deepEqual([group.name, group.referred, group.accepted, group.waiting], ['Groep 5', 4, 3, 1]);
  assert.equal((await world.api('worker').get('/v1/classes')).status, 403);
  assert.equal((await world.cli('worker', ['accept'])).code, 2);
  assert.equal((await world.cli('worker', ['accept', mine[0].id, '--class', group.id])).code, 2);
});

test('who may not look at the inbox is told so when they accept a class', async () => {
  const [group] = (await world.api('gp').get('/v1/classes')).json.items;
  const { code, stderr } = await world.cli('steward', ['accept', '--class', group.id]);
  assert.equal(code, 5, stderr);
});

// The client as somebody runs it who may press Ctrl-C; the profile was written by an earlier command.
function begin(t, name, args) {
  const child = spawn(wijzer, args, { env: { PATH: process.env.PATH, HOME: world.dir, LC_ALL: 'C.UTF-8', WIJZER_PROFILE: world.profile(name), ...sanitizers() } });
  const run = { child, out: '', err: '', end: new Promise((done) => child.once('close', (code) => done(code))) };
  t.after(() => child.kill('SIGKILL'));
  child.stdout.setEncoding('utf8').on('data', (text) => (run.out += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (run.err += text));
  return run;
}

// Ctrl-C once it waits for the service, where it heeds SIGINT itself (proc(5), SigCgt).
async function interrupt({ child }) {
  await eventually(() => BigInt(`0x${/^SigCgt:\s*(\w+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]}`) & 2n, { what: 'a call', timeout: 30000 });
  await pause(1000);
  child.kill('SIGINT');
}

test('Ctrl-C stops a class where it is: no more is kept to be sent, and the same command sends the rest once', async (t) => {
  const count = 40;
  const before = stored();
  put('groot.csv', HEAD, ...Array.from({ length: count }, (_, i) => `Kind ${String.fromCharCode(65 + i % 26)} van Rij${i},1957,0493 5557${10 + i},`));
  const args = ['refer', '--class', 'Groep 6', ...refer('groot.csv').slice(3)];
  const { daemon } = world;
  t.after(() => daemon.signal('SIGCONT'));
  const watcher = watch(join(world.profile('gp'), 'spool'), () => { // the first that is sent, or one soon after
    daemon.signal('SIGSTOP');
    if (spooled() !== 1) daemon.signal('SIGCONT');
  });
  const run = begin(t, 'gp', args);
  await eventually(() => spooled() === 1 && /^State:\s+T/m.test(readFileSync(`/proc/${daemon.pid}/status`, 'utf8')), { what: 'the first on its way', timeout: 30000 });
  watcher.close();
  await interrupt(run);
  assert.equal(await run.end, 4, run.err);
  assert.equal(spooled(), 1, 'only the one that may have been sent');
  const [, sent, left] = /Onderbroken: (\d+) verwezen, (\d+) nog niet aangekomen en 0 geweigerd/.exec(run.err) ?? assert.fail(run.err);
  assert.equal(Number(sent) + Number(left), count);
  assert.ok(Number(left) > 1, run.err);
  assert.equal(run.err.match(/Onderbroken/g).length, 2, run.err); // the one on its way, and all of it
  daemon.signal('SIGCONT');
  const again = await world.cli('gp', args);
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stdout, new RegExp(`Groep 6: ${count} verwezen`));
  assert.equal(spooled(), 0);
  assert.equal(stored(), before + count);
});

test('Ctrl-C stops accepting too, and says of how many', async (t) => {
  const steps = (await world.api('worker').get('/v1/inbox?pageSize=200')).json.items.filter((each) => each.class?.name === 'Groep 6').slice(0, 3).map(({ id }) => id);
  assert.equal(steps.length, 3);
  const { daemon } = world;
  t.after(() => daemon.signal('SIGCONT'));
  daemon.signal('SIGSTOP');
  const run = begin(t, 'worker', ['accept', ...steps]);
  await interrupt(run);
  assert.equal(await run.end, 4, run.err);
  assert.match(run.err, /Onderbroken: 0 van de 3 aangenomen/);
  assert.equal(run.err.match(/Onderbroken/g).length, 2, run.err);
  daemon.signal('SIGCONT');
  const again = await world.cli('worker', ['accept', ...steps]);
  assert.equal(again.code, 0, again.stderr);
});

test('a signal has no class', async () => {
  const { status, json } = await world.api('gp').post('/v1/referrals', { domains: ['finances'], origin: 'signal', signal: 'schuld-1', class: 'Groep 5',
    client: { name: 'Miriam Almenkinders', birthYear: 2017, area: '5751', phone: '0493 555691' } });
  assert.equal(status, 422);
  assert.deepEqual(json.errors.map(({ pointer }) => pointer), ['/class']);
});

// Nothing typed is lost: without a daemon, `refer` keeps the referral on disk with its key and sends it once later.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { World, eventually, wijzer } from './lib/world.mjs';

let world;
before(async () => {
  world = await World.make({ daemon: false });
  world.secret('Margriet Maassen', '55512345', 'Komt alleen langs.');
});
after(() => world?.close());

const refer = (...more) => ['refer', '--domain', 'social-network', '--birth-year', '1948', '--area', '5751', '--name', 'Margriet Maassen', '--phone', '+31 6 55512345', '--text', 'Komt alleen langs.', ...more];
const spool = () => join(world.profile('gp'), 'spool');
const waiting = () => (existsSync(spool()) ? readdirSync(spool()).filter((name) => name.endsWith('.json')) : []);
const stored = () => Number(world.sql('SELECT count(*) FROM data.referral'));

test('with the daemon down it is spooled, mode 0600 in a directory 0700, and that is said', async () => {
  const result = await world.cli('gp', refer());
  assert.equal(waiting().length, 1, result.stdout + result.stderr);
  assert.equal(statSync(spool()).mode & 0o777, 0o700);
  for (const name of waiting()) assert.equal(statSync(join(spool(), name)).mode & 0o777, 0o600);
  assert.match(result.stdout + result.stderr, /bewaard|wacht/i);
  assert.equal(stored(), 0);
});

test('a second one waits beside it; sync without a daemon keeps both', async () => {
  await world.cli('gp', refer('--language', 'pl'));
  assert.equal(waiting().length, 2);
  const result = await world.cli('gp', ['sync']);
  assert.notEqual(result.code, 0);
  assert.equal(waiting().length, 2);
});

test('sync sends each once', async () => {
  await world.start();
  const result = await world.cli('gp', ['sync']);
  assert.equal(result.code, 0, result.stderr);
  assert.equal(waiting().length, 0);
  assert.equal(stored(), 2);
  await world.cli('gp', ['sync']);
  assert.equal(stored(), 2);
});

test('any later command sends what waits', async () => {
  await world.stop();
  await world.cli('gp', refer());
  assert.equal(waiting().length, 1);
  await world.start();
  const result = await world.cli('gp', ['feedback']);
  assert.equal(result.code, 0, result.stderr);
  assert.equal(waiting().length, 0);
  assert.equal(stored(), 3);
});

test('what is typed is on disk before what waits is tried again, and goes first', async () => {
  const before = stored();
  await world.stop();
  await world.cli('gp', refer());
  await world.start();
  world.daemon.signal('SIGSTOP'); // it takes connections and says nothing
  const child = spawn(wijzer, refer('--language', 'pl'), {
    env: { PATH: process.env.PATH, HOME: world.dir, LC_ALL: 'C.UTF-8', WIJZER_PROFILE: world.profile('gp') }, stdio: 'ignore',
  });
  const ended = new Promise((done) => child.once('exit', done));
  await eventually(() => waiting().length === 2, { what: 'what was typed' }).finally(() => child.kill('SIGKILL'));
  await ended;
  world.daemon.signal('SIGCONT');
  const result = await world.cli('gp', refer('--language', 'de'));
  assert.equal(result.code, 0, result.stderr);
  assert.equal(waiting().length, 0);
  assert.equal(stored(), before + 3);
});

test('with the database away it is spooled too and sent once', async () => {
  world.stopDatabase('immediate');
  const result = await world.cli('gp', refer());
  assert.equal(waiting().length, 1, result.stdout + result.stderr);
  world.startDatabase();
  await world.ready();
  assert.equal((await world.cli('gp', ['sync'])).code, 0);
  assert.equal(stored(), 7);
});

test('what the daemon refuses is not kept for ever in silence', async () => {
  const before = stored();
  const result = await world.cli('gp', refer('--area', '99'));
  assert.notEqual(result.code, 0);
  assert.equal(stored(), before);
  assert.equal(waiting().length, 0, 'a refused referral stayed in the spool');
});

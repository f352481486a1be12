// What the running daemon has given up: system calls, capabilities, new privileges, core files, root.
import assert from 'node:assert/strict';
import { chownSync, copyFileSync, mkdirSync, readFileSync, readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { World, eventually, finish, run, wijzerd } from './lib/world.mjs';

const root = process.getuid() === 0;
let world;
before(async () => (world = await World.make()));
after(() => world?.close());

const fields = (text) => Object.fromEntries(text.trim().split('\n').map((line) => line.split(/:\s*/, 2)));
const threads = (pid) => readdirSync(`/proc/${pid}/task`).map((id) => fields(readFileSync(`/proc/${pid}/task/${id}/status`, 'utf8')));

function assertShutIn(pid) {
  const all = threads(pid);
  assert.ok(all.length >= 4, 'main thread, workers, keeper, desk');
  for (const thread of all) {
    assert.equal(thread.Seccomp, '2', `${thread.Name}: a filter of system calls`);
    assert.equal(thread.NoNewPrivs, '1', thread.Name);
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb']) assert.match(thread[set], /^0+$/, `${thread.Name} ${set}`);
    if (root) assert.match(thread.CapBnd, /^0+$/, `${thread.Name} CapBnd`);
  }
  assert.match(readFileSync(`/proc/${pid}/limits`, 'utf8'), /^Max core file size +0 +0 /m);
}

test('the daemon is shut in, each of its threads', () => {
  assertShutIn(world.daemon.pid);
  assert.match(world.log(), /event=(shut-in|exposed) system-calls=filtered/);
});

test('and still serves, reloads, opens its log again and finds its database back', async () => {
  const api = world.api('gp');
  const { id } = await api.refer();
  const log = join(world.dir, 'rotated.log');
  await world.stop();
  world.configure({ 'log-file': log });
  await world.start();
  world.daemons.push({ gone: true, text: () => readFileSync(log, 'utf8'), assertClean() {} });
  renameSync(log, `${log}.1`);
  world.daemon.signal('SIGHUP');
  await eventually(() => readFileSync(log, 'utf8').includes('event=reloaded'), { what: 'a reload in the new log' });
  world.stopDatabase('immediate');
  await eventually(async () => (await world.plain('/readyz')).status === 503, { what: 'the database to be missed' });
  world.startDatabase();
  await world.ready();
  const again = world.api('gp'); // the lane of the keys comes back by itself too
  await eventually(async () => (await again.get(`/v1/referrals/${id}`)).status === 200, { what: 'the keys and the referral' });
  assertShutIn(world.daemon.pid);
});

describe('root', { skip: !root && 'not root' }, () => {
  test('is not taken for granted', async () => {
    world.configure({ user: null });
    const { code, stderr } = await finish(wijzerd, ['--config', world.conf]);
    world.configure({ user: 'root' });
    assert.equal(code, 1);
    assert.match(stderr, /started as root: set `user`/);
  });

  test('is left for another login, who can reload and is not dumped', async () => {
    const [uid, gid] = ['-u', '-g'].map((option) => Number(run('id', [option, 'nobody'])));
    const dir = `/var/tmp/wijzer-nobody-${process.pid}`;
    mkdirSync(dir, { mode: 0o711 });
    const mine = (from, name) => {
      copyFileSync(from, join(dir, name));
      chownSync(join(dir, name), uid, gid);
      return join(dir, name);
    };
    await world.stop();
    const own = { ...world.keys };
    try {
      mine(world.env.PGPASSFILE, 'pgpass');
      chownSync(dir, uid, gid);
      const files = ['tls-certificate', 'tls-key', 'tls-client-ca', 'seal-key'].filter((key) => world.keys[key]);
      const keys = Object.fromEntries(files.map((key) => [key, mine(world.keys[key], key)]));
      const keyrings = join(dir, 'keys');
      mkdirSync(keyrings, { mode: 0o700 });
      chownSync(keyrings, uid, gid);
      for (const name of readdirSync(world.keyrings)) mine(join(world.keyrings, name), join('keys', name));
      const [database, keyDatabase] = ['wijzer_app', 'wijzer_keys'].map((role) => world.conninfo(true, role).replace(/passfile='[^']*'/, `passfile=${join(dir, 'pgpass')}`));
      world.configure({ ...keys, database, 'key-database': keyDatabase, 'region-keys': keyrings, user: 'nobody', 'log-file': join(dir, 'log') });
      const conf = world.conf;
      world.conf = mine(conf, 'conf');
      await world.start();
      world.conf = conf;
      assertShutIn(world.daemon.pid);
      assert.deepEqual([...new Set(threads(world.daemon.pid).map((thread) => thread.Uid))], [Array(4).fill(uid).join('\t')]);
      // The kernel gives what may not be dumped to root.
      assert.equal(statSync(`/proc/${world.daemon.pid}/fd`).uid, 0);
      renameSync(join(dir, 'log'), join(dir, 'log.1'));
      world.daemon.signal('SIGHUP');
      await eventually(() => readFileSync(join(dir, 'log'), 'utf8').includes('event=reloaded'), { what: 'a reload as nobody' });
      await world.stop();
    } finally {
      run('rm', ['-rf', dir]);
      world.configure({ ...own, 'log-file': null });
    }
  });
});

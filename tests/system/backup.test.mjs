// Backups of data and keys: both restored, everything can be read again; a client whose key is destroyed cannot be read
// from an older backup of the data.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { World, eventually, finish, root, run, wijzerd } from './lib/world.mjs';

const kept = { name: 'Margriet Maassen', phone: '+31 6 55512345' };
const erased = { name: 'Ginger Slaghekke', phone: '+31 6 55598765' };
let world, conf, dataDir, keysDir, keptId, erasedId;

const deploy = (command, ...args) =>
  finish(join(root, 'deploy', command), [...args, '--config', conf], { env: { ...process.env, TMPDIR: '/tmp' } });

async function ok(result) {
  const { code, stdout, stderr } = await result;
  assert.equal(code, 0, stderr + stdout);
  return stdout + stderr;
}

async function refused(result, pattern) {
  const { code, stderr } = await result;
  assert.notEqual(code, 0);
  assert.match(stderr, pattern);
}

function configure() {
  world.configure({ database: world.conninfo(false), 'key-database': world.conninfo(false, 'wijzer_keys') });
  const lines = [`migrate-database = ${world.conninfo(false, 'postgres')}`, `migrate-key-database = ${world.conninfo(false, 'postgres@wijzer_keys')}`,
    `database = ${world.conninfo(false)}`, `key-database = ${world.conninfo(false, 'wijzer_keys')}`, `region-keys = ${world.keyrings}`];
  writeFileSync(conf, `${lines.join('\n')}\n`);
}

// What a fire would leave: the keyrings, which lie elsewhere, and the backups.
function destroyDatabases() {
  run(join(root, 'deploy/cluster'), ['destroy', world.pg]);
  run(join(root, 'deploy/cluster'), ['up', world.pg]);
  world.env = Object.fromEntries(run(join(root, 'deploy/cluster'), ['env', world.pg]).trim().split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2)));
  configure();
}

async function nameOf(id) {
  const api = world.api('gp');
  const answer = await api.get(`/v1/referrals/${id}`);
  api.close();
  assert.equal(answer.status, 200, answer.text);
  return answer.json.client?.name ?? null;
}

before(async () => {
  world = await World.make({ conf: { 'seal-every': '100ms' } });
  world.sql('DO $$ BEGIN FOR i IN 1..20000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$'); // far beyond a new cluster's
  conf = join(world.dir, 'backup.conf');
  [dataDir, keysDir] = ['data', 'keys'].map((name) => join(world.dir, `backups-of-${name}`));
  configure();
  keptId = (await world.api('gp').refer({ client: kept })).id;
  const { id, stepId } = await world.api('gp').refer({ client: erased });
  erasedId = id;
  // Nobody is at work for them any more, so that they can be forgotten.
  const worker = world.api('worker');
  await worker.move(stepId, 'accept');
  await worker.move(stepId, 'report', { state: 'first-contact' });
  await worker.move(stepId, 'complete', { outcome: 'reached' });
});
after(() => world.close());

test('backups are private files that say what they are and until when', async () => {
  await ok(deploy('backup', 'data', dataDir));
  await ok(deploy('backup', 'keys', keysDir, '--keep-days', '3'));
  const [data] = readdirSync(dataDir);
  const [keys] = readdirSync(keysDir);
  assert.match(data, /^data-\d{8}T\d{6}Z\.dump$/);
  assert.match(keys, /^keys-\d{8}T\d{6}Z\.until-\d{8}T\d{6}Z\.dump$/);
  for (const file of [join(dataDir, data), join(keysDir, keys)]) assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(world.keysSql('SELECT expires_at - taken_at FROM data.backup'), '4 days');
});

test('what was dumped of the data tells of nobody', () => {
  const text = run('pg_restore', ['-f', '-', join(dataDir, readdirSync(dataDir)[0])], { maxBuffer: 64 << 20 });
  assert.match(text, /s1\./);
  for (const word of [kept.name, erased.name, '55512345', '55598765', 'hoofdpijn']) assert.ok(!text.includes(word), `the dump holds ${word}`);
});

test('check restores the newest of both and compares', async () => {
  const said = await ok(deploy('backup', 'check', dataDir, '--keys', keysDir, '--wijzerd', wijzerd));
  assert.match(said, /2 clients and 0 erased ones, \d+ keys/);
  assert.match(said, /deurne: \d+ client keys, 0 cannot be unwrapped/);
  assert.match(said, /the newest backups hold together/);
});

test('a broken backup, and clients without a key, are told', async () => {
  const broken = join(world.dir, 'broken');
  mkdirSync(broken);
  const [data] = readdirSync(dataDir);
  writeFileSync(join(broken, data), readFileSync(join(dataDir, data)).subarray(0, 2000));
  await refused(deploy('backup', 'check', broken), /cannot be read/);
  rmSync(broken, { recursive: true });
});

test('old backups of the keys are removed, the others stay', async () => {
  const old = join(keysDir, 'keys-20200101T000000Z.until-20200108T000000Z.dump');
  writeFileSync(old, 'old');
  assert.match(await ok(deploy('backup', 'prune', keysDir)), /until-20200108T000000Z\.dump: removed/);
  assert.equal(readdirSync(keysDir).length, 1);
});

test('after a loss of everything both are restored, and a referral can be read', async () => {
  await world.stop();
  destroyDatabases();
  await ok(deploy('restore', 'data', dataDir));
  await ok(deploy('restore', 'keys', keysDir));
  await refused(deploy('restore', 'keys', keysDir), /holds data already; nothing was changed/);
  await world.start();
  assert.equal(await nameOf(keptId), kept.name);
  assert.equal(await nameOf(erasedId), erased.name);
  const next = await world.api('gp').refer({ client: kept });
  assert.equal(await nameOf(next.id), kept.name);
  assert.notEqual(world.sql('SELECT data.tx_offset()'), '0');
  await eventually(() => world.sql('SELECT sum(unsealed) FROM wijzer.seal_status(1)') === '0', { what: 'sealing' });
  await ok(finish(wijzerd, ['-c', conf, 'seal', 'verify', '--key', join(world.pki, 'seal.pub')], { env: process.env }));
});

// As the client wishes: at once in the data and the keys.
async function forget() {
  const client = world.sql(`SELECT wijzer.code(client_id) FROM data.referral WHERE wijzer.code(referral_id) = '${erasedId}'`);
  const answer = await world.api('gp').post(`/v1/clients/${client}/_erase`, {});
  assert.deepEqual([answer.status, answer.json.status], [200, 'done'], answer.text);
  return answer.json;
}

const numberOf = () => world.sql(`SELECT client_id FROM data.referral WHERE wijzer.code(referral_id) = '${erasedId}'`);

test('the data of an erased client stays unreadable when an older backup of the data comes back', async () => {
  const days = (Date.parse((await forget()).backupsGoneAt) - Date.now()) / 86400000;
  assert.ok(days > 3 && days < 4, `a backup of the keys holds it for ${days} days`);
  await world.stop();
  run(join(root, 'deploy/cluster'), ['psql-keys', world.pg, '-qc', 'DROP DATABASE wijzer WITH (FORCE)', '-c', 'CREATE DATABASE wijzer']);
  const said = await ok(deploy('restore', 'data', dataDir));
  assert.match(said, new RegExp(`1 clients cannot be read and are not marked as erased .*1:${numberOf()}`));
  assert.match(world.sql(`SELECT name FROM data.client WHERE client_id = ${numberOf()}`), /^s1\./);
  await world.start();
  assert.equal(await nameOf(keptId), kept.name);
  assert.equal(await nameOf(erasedId), null);
});

test('a key that a backup brings back is destroyed again where the data knows of the erasure', async () => {
  await forget(); // again, since the older data did not know
  await world.stop();
  run(join(root, 'deploy/cluster'), ['psql', world.pg, '-qc', 'DROP DATABASE wijzer_keys WITH (FORCE)', '-c', 'CREATE DATABASE wijzer_keys']);
  assert.match(await ok(deploy('restore', 'keys', keysDir)), /region 1: 1 keys of erased clients had come back and were destroyed again/);
  assert.equal(world.keysSql(`SELECT count(*) FROM data.client_key WHERE client_id = ${numberOf()}`), '0');
  await world.start();
  assert.equal(await nameOf(erasedId), null);
});

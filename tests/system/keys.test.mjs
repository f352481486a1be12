// The keys of regions: the key database by its own login, `wijzerd keys`, and reloads. Client keys are made here by
// node's own AES-GCM, so that what daemon/keys says of their form is held against a second implementation.
import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { agree } from './lib/agree.mjs';
import { World, eventually, finish, run, root, wijzerd } from './lib/world.mjs';

const DEURNE = 1;
let world;
before(async () => {
  world = await World.make({ daemon: false }); // whose stock of fresh keys would count
  world.sql("SELECT setval('data.object_seq', 100000)"); // the clients made up here are not among those of the daemon
});
after(() => world.close());

const file = () => join(world.keyrings, 'deurne.keys');
const keys = (...words) => finish(wijzerd, ['keys', ...words, '--config', world.conf]);
const rotate = () => (agree(world, 'rotate'), keys('rotate', 'deurne'));
const retire = (number) => (agree(world, 'retire', number), keys('retire', 'deurne', String(number)));
const asKeys = (sql, role = 'wijzer_keys', database = 'wijzer_keys') =>
  finish('psql', ['-XAt', '-v', 'ON_ERROR_STOP=1', '-h', world.env.PGHOST, '-p', world.env.PGPORT, '-U', role, '-d', database, '-c', sql], { env: process.env });

function wrappingKey(number) {
  return Buffer.from(new RegExp(`^wrap ${number} \\d{4}-\\d\\d-\\d\\d ([0-9a-f]{64})$`, 'm').exec(readFileSync(file(), 'utf8'))[1], 'hex');
}

function wrap(key, client, number) {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', wrappingKey(number), nonce);
  cipher.setAAD(Buffer.from(`wijzer key 1 ${DEURNE} ${client} ${number}`));
  return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

function unwrap(text, client, number) {
  const bytes = Buffer.from(text, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', wrappingKey(number), bytes.subarray(0, 12));
  decipher.setAAD(Buffer.from(`wijzer key 1 ${DEURNE} ${client} ${number}`));
  decipher.setAuthTag(bytes.subarray(44));
  return Buffer.concat([decipher.update(bytes.subarray(12, 44)), decipher.final()]);
}

async function add(clients, wrapped, number, region = DEURNE) {
  return asKeys(`SELECT keys.add(${region}, '{${clients}}', '{${wrapped}}', ${number})`);
}

async function ok(result) {
  const { code, stdout, stderr } = await result;
  assert.equal(code, 0, stderr);
  return stdout.trim();
}

async function refused(result, pattern) {
  const { code, stderr } = await result;
  assert.notEqual(code, 0);
  assert.match(stderr, pattern);
}

const known = new Map();
async function addMany(count, number) {
  const first = 1000 + known.size;
  const clients = Array.from({ length: count }, (_, i) => first + i);
  for (const client of clients) known.set(client, randomBytes(32));
  await ok(add(clients, clients.map((client) => wrap(known.get(client), client, number)), number));
}

test('the login of the keys may call functions and nothing else; that of the data is kept out', async () => {
  await refused(asKeys('SELECT * FROM data.client_key'), /permission denied/);
  await refused(asKeys("SELECT keys.note_backup(now(), now())"), /permission denied/);
  await refused(asKeys("SELECT keys.destroy_again(1, '{1}')"), /permission denied/);
  await refused(asKeys('CREATE TABLE public.x ()'), /permission denied/);
  await refused(asKeys('SELECT 1', 'wijzer_app'), /permission denied for database/);
  await refused(asKeys('SELECT 1', 'wijzer_keys', 'wijzer'), /permission denied for database/);
});

test('keys are added once, got, and stay gone when destroyed', async () => {
  const text = wrap(randomBytes(32), 7, 1);
  await ok(add([7], [text], 1));
  await ok(add([7], [text], 1)); // the same again: an outcome that was not seen
  await refused(add([7], [wrap(randomBytes(32), 7, 1)], 1), /has another key/);
  await refused(add([7], [text], 2), /has another key/);
  await refused(add([8], ['short'], 1), /data.wrapped|check constraint/);
  assert.equal(await ok(asKeys("SELECT * FROM keys.get(1, '{6,7,8}')")), `7|${text}|1`);
  assert.equal(await ok(asKeys("SELECT * FROM keys.get(2, '{7}')")), '');
  assert.match(await ok(asKeys('SELECT * FROM keys.destroy(1, 7)')), /^t\|20/);
  assert.match(await ok(asKeys('SELECT * FROM keys.destroy(1, 7)')), /^f\|20/);
  assert.equal(await ok(asKeys("SELECT * FROM keys.get(1, '{7}')")), '');
  await refused(add([7], [text], 1), /had a key that was destroyed/);
});

test('a destroyed key has gone when the last backup that holds it has', async () => {
  const before = new Date(Date.now() - 10 * 86400e3).toISOString(), at = (offset) => `'${before}'::timestamptz + interval '${offset}'`;
  world.keysSql(`SELECT keys.note_backup(${at('0')}, ${at('400 days')}); SELECT keys.note_backup(${at('1 day')}, ${at('300 days')})`);
  const text = wrap(randomBytes(32), 9, 1);
  await ok(add([9], [text], 1));
  assert.equal(await ok(asKeys(`SELECT destroyed, gone_at = ${at('400 days')} FROM keys.destroy(1, 9)`)), 't|t');
  // One that was taken afterwards does not hold it.
  world.keysSql("SELECT keys.note_backup(now(), now() + interval '900 days')");
  assert.equal(await ok(asKeys(`SELECT destroyed, gone_at = ${at('400 days')} FROM keys.destroy(1, 9)`)), 'f|t');
});

test('keys new refuses where a keyring or client keys are', async () => {
  await addMany(3, 1);
  await refused(keys('new', 'deurne'), /3 client keys that a new keyring cannot unwrap/);
  await refused(keys('new', 'elders'), /elders\.keys: is there already/);
  await refused(keys('new', '../deurne'), /named by its region's code/);
  await refused(keys('new'), /usage: wijzerd/);
  await refused(keys('retire', 'deurne', 'one'), /expected the number of a wrapping key/);
  assert.equal((await keys('dance')).code, 2);
});

test('keys check counts, and names what cannot be unwrapped', async () => {
  assert.match(await ok(keys('check')), /^deurne: 3 client keys, 0 cannot be unwrapped\n {2}wrapping key 1 of 20\d\d-\d\d-\d\d wraps 3\nelders: 0 client keys/);
  world.keysSql('UPDATE data.client_key SET wrapped = (SELECT wrapped FROM data.client_key WHERE client_id = 1001) WHERE client_id = 1000');
  const { code, stdout, stderr } = await keys('check');
  assert.equal(code, 1);
  assert.match(stdout, /deurne: 3 client keys, 1 cannot be unwrapped/);
  assert.match(stderr, /the key of client 1000 of region 1 does not unwrap/);
  world.keysSql(`UPDATE data.client_key SET wrapped = '${wrap(known.get(1000), 1000, 1)}' WHERE client_id = 1000`);
  renameSync(file(), `${file()}.away`);
  await refused(keys('check'), /region deurne has no keyring in .* \(3 client keys\)/);
  renameSync(`${file()}.away`, file());
});

const alone = /two people must agree first: `wijzer keys propose --rotate`, then another `wijzer keys approve NUMBER`/;
const changes = () => world.sql('SELECT string_agg((done_at IS NOT NULL)::text, \' \' ORDER BY nr) FROM data.key_change');

test('nobody changes keys alone: what two people agreed to is done once, within a week', async () => {
  const before = readFileSync(file(), 'utf8');
  await refused(keys('rotate', 'deurne'), alone);
  await refused(keys('rotate', 'elders'), alone);
  await refused(keys('rotate', 'nergens'), /the database has no region 'nergens'/);
  agree(world, 'rotate');
  await refused(keys('rotate', 'elders'), alone);
  world.sql("ALTER DATABASE wijzer SET wijzer.clock_offset = '7 days 1 minute'");
  await refused(keys('rotate', 'deurne'), alone);
  world.sql('ALTER DATABASE wijzer RESET wijzer.clock_offset');
  world.keysSql('ALTER DATABASE wijzer ALLOW_CONNECTIONS false');
  await refused(keys('rotate', 'deurne'), /database: .*not currently accepting connections/);
  world.keysSql('ALTER DATABASE wijzer ALLOW_CONNECTIONS true');
  chmodSync(file(), 0o644);
  await refused(keys('rotate', 'deurne'), /others than its owner may use it/);
  chmodSync(file(), 0o600);
  assert.equal(readFileSync(file(), 'utf8'), before);
  assert.equal(changes(), 'false', 'what failed may be repeated');

  // The file is changed and that cannot be noted: it is told, and not lost either.
  world.sql(`CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
    CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON data.key_change DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.refuse()`);
  await refused(keys('rotate', 'deurne'), /deurne\.keys has changed, but may not be noted as done/);
  world.sql('DROP TRIGGER refuse ON data.key_change; DROP FUNCTION public.refuse()');
  assert.match(readFileSync(file(), 'utf8'), /^wrap 2 /m);
  writeFileSync(file(), before);
  assert.match(await ok(keys('rotate', 'deurne')), /wrapping key 2 added/);
  assert.equal(changes(), 'true');
  await refused(keys('rotate', 'deurne'), alone);
  await refused(keys('retire', 'deurne', '1'), /`wijzer keys propose --retire 1`/);
  agree(world, 'retire', 2);
  await refused(keys('retire', 'deurne', '1'), /two people must agree first/);
  writeFileSync(file(), before);
});

test('a wrapping key is rotated, client keys are wrapped anew, the old one is retired', async () => {
  await addMany(1200, 1); // more than two pages
  copyFileSync(file(), join(world.dir, 'before.keys'));
  assert.match(await ok(rotate()), /wrapping key 2 added/);
  assert.equal(statSync(file()).mode & 0o777, 0o600);
  await refused(retire(1), /wrapping key 1 still wraps 1203 client keys/);
  await refused(keys('retire', 'deurne', '2'), /is the newest/);
  const said = await ok(keys('rewrap', 'deurne'));
  assert.match(said, /1203 client keys wrapped by wrapping key 2\nNo client key is wrapped by an older wrapping key any more/);
  for (const line of (await ok(asKeys("SELECT * FROM keys.get(1, '{1000,1001,1002,1777,2202}')"))).split('\n')) {
    const [client, text, number] = line.split('|');
    assert.equal(number, '2');
    assert.deepEqual(unwrap(text, client, 2), known.get(Number(client)));
  }
  await addMany(1, 1); // by a daemon that was not told
  await refused(keys('retire', 'deurne', '1'), /still wraps 1 client keys/);
  await ok(keys('rewrap', 'deurne'));
  assert.match(await ok(keys('retire', 'deurne', '1')), /wrapping key 1 is gone/);
  assert.doesNotMatch(readFileSync(file(), 'utf8'), /^wrap 1 /m);
  await refused(add([5000], [wrap(randomBytes(32), 5000, 2)], 1), /wrapping key 1 of region 1 has been retired/);
  await ok(keys('check'));
});

const count = (event) => world.daemon.text().split('\n').filter((line) => line.includes(`event=${event}`)).length;
async function reload(event) {
  const seen = count(event);
  world.daemon.signal('SIGHUP');
  await eventually(() => count(event) > seen, { what: event });
}

async function nameOf(id) {
  return (await gp.referral(id)).client.name;
}

const people = ['Margriet Maassen', 'Ginger Slaghekke', 'Wim Kokx'];
let gp, first;

async function said(who, words, code = 0) {
  const result = await world.cli(who, ['keys', ...words]);
  assert.equal(result.code, code, result.stderr);
  return result.stdout + result.stderr;
}

test('two people agree to a change of keys, and neither is the other', async () => {
  await world.start();
  gp = world.api('gp');
  const [coordinator, steward] = ['coordinator', 'steward'].map((name) => world.api(name));
  assert.equal((await gp.get('/v1/key-changes')).status, 403);
  assert.equal((await gp.post('/v1/key-changes', { action: 'rotate' })).status, 403);
  assert.equal((await steward.post('/v1/key-changes', { action: 'retire' })).status, 422);
  await said('gp', ['propose', '--rotate'], 5);
  for (const words of [[], ['--rotate', '--retire', '1']]) assert.match(await said('steward', ['propose', ...words], 2), /zeg wat u voorstelt: een sleutel erbij met --rotate/);
  assert.match(await said('steward', ['propose', '--retire', '0'], 2), /bij --retire hoort een getal van 1 tot en met 999999/);
  const number = /als nummer (\d+): een sleutel erbij/.exec(await said('steward', ['propose', '--rotate']))[1];
  assert.match(await said('coordinator', []), new RegExp(`^${number} +een sleutel erbij  voorgesteld door steward; keur goed met: wijzer keys approve ${number}$`, 'm'));
  await refused(keys('rotate', 'deurne'), alone);
  assert.match(await said('steward', ['approve', number], 5), /Dit moet iemand anders doen/);
  await refused(keys('rotate', 'deurne'), alone);
  assert.match(await said('coordinator', ['approve', number]), new RegExp(`Goedgekeurd: nummer ${number}, een sleutel erbij`));
  assert.equal((await coordinator.post(`/v1/key-changes/${number}/_approve`, {})).status, 409);
  assert.equal((await coordinator.post('/v1/key-changes/9999/_approve', {})).status, 404);
  assert.equal((await steward.get('/v1/key-changes')).json.items.at(-1).status, 'approved');
});

test('keys are rotated beside a daemon that works, and nothing becomes unreadable', async () => {
  first = (await gp.refer({ client: { name: people[0] } })).id;
  await ok(keys('rotate', 'deurne'));
  await refused(keys('rotate', 'deurne'), alone);
  assert.match(await said('steward', []), /een sleutel erbij  voorgesteld door steward, goedgekeurd door coordinator, gedaan op/);
  await reload('reloaded');
  const second = (await gp.refer({ client: { name: people[1] } })).id;
  await ok(keys('rewrap', 'deurne'));
  await ok(keys('check'));
  assert.match(await ok(retire(2)), /wrapping key 2 is gone/);
  await reload('reloaded');
  const third = (await gp.refer({ client: { name: people[2] } })).id;
  await world.stop(); // and with it all keys that it remembers
  await world.start();
  assert.deepEqual(await Promise.all([first, second, third].map(nameOf)), people);
  await ok(keys('check'));
});

test('a reload takes new keyrings, and keeps the old ones where they cannot be read', async () => {
  await reload('reloaded');
  chmodSync(file(), 0o644);
  await reload('reload-failed');
  assert.match(world.daemon.text(), /others than its owner may use it/);
  chmodSync(file(), 0o600);
  const text = readFileSync(file(), 'utf8');
  writeFileSync(file(), text.replace(/^wrap 3/m, 'warp 3'));
  await reload('reload-failed');
  assert.match(world.daemon.text(), /deurne\.keys:\d+: expected/);
  writeFileSync(file(), text);
  await reload('reloaded');
  for (const key of text.match(/[0-9a-f]{64}/g)) assert.ok(!world.daemon.text().includes(key), 'a key in the log');
  assert.equal(await nameOf(first), people[0]);
});

test('the daemon does not start without keyrings or without their database', async () => {
  const conf = join(world.dir, 'other.conf');
  const start = (change) => {
    writeFileSync(conf, change(readFileSync(world.conf, 'utf8')).replace(/-listen = .*/g, '-listen = 127.0.0.1:0'));
    return finish(wijzerd, ['--config', conf]);
  };
  await refused(start((text) => text.replace(/^region-keys.*$/m, '')), /region-keys is not set/);
  await refused(start((text) => text.replace(/^key-database.*$/m, '')), /key-database is not set/);
  await refused(start((text) => text.replace(/^region-keys.*$/m, `region-keys = ${world.pki}`)), /holds no keyring/);
  await refused(start((text) => text.replace(/^key-database = (.*)dbname=wijzer_keys user=wijzer_keys/m, 'key-database = $1dbname=postgres user=postgres')),
    /the key database has no Wijzer schema/);
});

test('a token wraps what is in a keyring, and is asked again at a reload', async () => {
  const hsm = join(world.dir, 'hsm');
  mkdirSync(join(hsm, 'tokens'), { recursive: true });
  const put = (name, text) => writeFileSync(join(hsm, name), text, { mode: 0o600 });
  put('conf', `directories.tokendir = ${hsm}/tokens\nobjectstore.backend = file\n`);
  put('aes', randomBytes(16).toString('hex')); // letters and digits: softhsm2-util imports no others whole
  put('pin', '4321\n');
  process.env.SOFTHSM2_CONF = join(hsm, 'conf');
  run('softhsm2-util', ['--init-token', '--free', '--label', 'deurne', '--so-pin', '12345678', '--pin', '4321']);
  run('softhsm2-util', ['--import', join(hsm, 'aes'), '--aes', '--token', 'deurne', '--label', 'region', '--id', '01', '--pin', '4321']);
  await world.stop();
  world.configure({ 'pkcs11-module': '/usr/lib/softhsm/libsofthsm2.so', 'pkcs11-token': 'deurne', 'pkcs11-key': 'region', 'pkcs11-pin-file': join(hsm, 'pin') });
  assert.match(await ok(rotate()), /wrapping key 4 added/);
  assert.match(readFileSync(file(), 'utf8'), /^wrap 4 \S+ pkcs11 [0-9a-f]{120}$/m);
  await world.start(); // shut in: what the module does then is in the table of system calls
  await reload('reloaded');
  await ok(keys('rewrap', 'deurne'));
  await ok(retire(3));
  put('pin', '9999\n');
  await reload('reload-failed');
  assert.match(world.daemon.text(), /deurne\.keys:\d+: token deurne: login: the PIN is wrong/);
  put('pin', '4321\n');
  await reload('reloaded');
  assert.equal(await nameOf(first), people[0]);
  await ok(keys('check'));
});

test('without the key database nothing is read or taken, and all comes back with it', async () => {
  world.sql('ALTER DATABASE wijzer_keys ALLOW_CONNECTIONS false');
  world.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'wijzer_keys'");
  await world.stop();
  await world.start({ ready: false });
  await eventually(async () => (await world.plain('/livez')).status === 200, { what: 'life' });
  await eventually(async () => (await gp.get(`/v1/referrals/${first}`)).status === 503, { what: '503' });
  world.sql('ALTER DATABASE wijzer_keys ALLOW_CONNECTIONS true');
  await eventually(async () => (await gp.get(`/v1/referrals/${first}`)).status === 200, { what: 'the referral' });
  assert.equal(await nameOf(first), people[0]);
});

test('the key database is migrated by a plan of its own, and reverts only when it is empty', async () => {
  await world.stop(); // which would fill its stock again
  const target = `db:pg://postgres@/wijzer_keys?host=${encodeURIComponent(world.env.PGHOST)}&port=${world.env.PGPORT}`;
  const sqitch = (...args) => run('sqitch', [...args, target], { cwd: join(root, 'sql/keys'), env: { ...process.env, PGUSER: 'postgres' } });
  assert.throws(() => sqitch('revert', '-y', '--to', 'roles'), /there are client keys/);
  world.keysSql('CREATE TABLE public.kept AS SELECT * FROM data.client_key; DELETE FROM data.client_key');
  sqitch('revert', '-y');
  sqitch('deploy', '--verify');
});

// Sealed history on a real database: whatever a superuser does to a sealed event or block is found and named, in the live
// database and in a dump of it; a restored database goes on without gap or double; two daemons do not get in each other's way.
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, createPublicKey, sign, verify } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { eventually, finish, run, sanitizers, wijzerd, World } from './lib/world.mjs';

// A daemon looks once when it starts, a moment after it is ready, and then not for an hour: without a key it seals nothing until
// rounds() gives it one.
const unsealed = { 'seal-every': '1h', 'seal-key': null };

let world;
before(async () => {
  world = await World.make({ conf: unsealed });
});
after(() => world?.close());

// ---- what tests do ----

const sealed = (at = world) => eventually(() => at.sql(`SELECT coalesce(sum(unsealed), -1) FROM wijzer.seal_status(1)`) === '0', { what: 'sealing' });
const blocks = (at = world) => Number(at.sql(`SELECT count(*) FROM data.seal WHERE region_id = 1 AND log = 'event'`));

// What people do; how many events it makes.
async function work(at) {
  const gp = at.api('gp');
  const worker = at.api('worker');
  const { id } = await gp.refer();
  await gp.refer();
  await worker.move((await gp.referral(id)).steps[0].id, 'accept');
  gp.close();
  worker.close();
}

// Each round becomes one block: what was done is sealed by the daemon that starts after it. The one before had no key, or it
// has looked already.
async function rounds(at, count, key = join(at.pki, 'seal.key')) {
  for (let i = 0; i < count; i++) {
    await work(at);
    await at.stop();
    at.configure({ 'seal-key': key });
    await at.start();
    await sealed(at);
  }
}

// A program beside the database's server: psql, pg_dump, as superuser.
function beside(at, command, args, options = {}) {
  return execFileSync(command, args, { env: { ...process.env, ...at.env }, encoding: 'utf8', maxBuffer: 256 << 20, stdio: ['pipe', 'pipe', 'pipe'], ...options });
}

function dump(at, database = 'wijzer', name = database) {
  const file = join(at.dir, `${name}.sql`);
  writeFileSync(file, beside(at, 'pg_dump', [database]));
  return file;
}

async function seal(at, ...args) {
  return finish(wijzerd, ['-c', at.conf, 'seal', ...args], { env: { ...process.env, ...sanitizers() } });
}

// A copy of the database under another name, tampered with; its configuration.
let copies = 0;
function copy(tampering) {
  const name = `copy${++copies}`;
  beside(world, 'psql', ['-Xq', '-v', 'ON_ERROR_STOP=1', '-d', 'postgres', '-c', `CREATE DATABASE ${name} TEMPLATE wijzer`]);
  if (tampering) beside(world, 'psql', ['-Xq', '-v', 'ON_ERROR_STOP=1', '-d', name, '-c', tampering]);
  const conf = join(world.dir, `${name}.conf`);
  const text = readFileSync(world.conf, 'utf8').replace(/^migrate-database.*\n/m, '');
  writeFileSync(conf, `${text}migrate-database = ${world.conninfo(false, 'postgres').replace('dbname=wijzer', `dbname=${name}`)}\n`);
  return { name, conf };
}

const findings = (text) => text.trim().split('\n').filter((line) => /^[a-z-]+: region/.test(line));

// What verifying finds, live and in the dump: the same, and as a steward would read it.
async function verified({ name, conf }, ...more) {
  const live = await finish(wijzerd, ['-c', conf, 'seal', 'verify', ...more], { env: process.env });
  const file = dump(world, name);
  const offline = await finish(wijzerd, ['seal', 'verify', '--dump', file, '--key', join(world.pki, 'seal.pub'), ...more], { env: process.env });
  for (const { code, stdout, stderr } of [live, offline]) {
    assert.equal(stderr, '');
    assert.equal(code, findings(stdout).length ? 1 : 0, stdout);
    assert.equal(/^all holds$/m.test(stdout), code === 0, stdout);
  }
  assert.deepEqual(findings(live.stdout).sort(), findings(offline.stdout).sort());
  return findings(offline.stdout);
}

// An event in the middle of block 2, by its place in it; and how it is named.
function event(block, place) {
  const [id, about, code] = world.sql(`SELECT ids[${place}], abouts[${place}], wijzer.code(abouts[${place}]) FROM data.seal
    WHERE region_id = 1 AND log = 'event' AND block_no = ${block}`).split('|');
  return { id, about, code, of: `event ${id} of referral ${code}` };
}

// ---- the same by other means ----

const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();

function leafOf(row) {
  const bytes = Object.entries(row).filter(([, value]) => value !== null).map(([name, value]) => {
    const text = Array.isArray(value) ? `{${value}}` : String(value); // a list of words, as PostgreSQL writes it
    return `${name}=${['at', 'promise_due'].includes(name) ? 't' : 's'}${Buffer.byteLength(text)}:${text}\n`;
  });
  return sha256(Buffer.of(0), Buffer.from(bytes.join('')));
}

function rootOf(leaves) {
  if (leaves.length === 1) return leaves[0];
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Buffer.of(1), rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

const headOf = (b) => `wijzer-seal=1\nregion=${b.region_id}\nlog=${b.log}\nblock=${b.block_no}\nprevious=${b.previous}\nroot=${b.root}\nrows=${
  sha256(Buffer.from(b.ids.map((id, i) => `${id} ${b.abouts[i] ?? 0}\n`).join(''))).toString('hex')}\ncount=${b.count}\nhorizon=${b.horizon}\nup-to=${
  b.up_to}\nuntil=${b.until}\nsealed-at=${b.sealed_at}\nkey=${b.key_id}\n`;

const us = (column) => `(extract(epoch FROM ${column}) * 1000000)::bigint`;
const hex = (column) => `encode(${column}, 'hex')`;
function readBlocks() {
  return JSON.parse(world.sql(`SELECT json_agg(json_build_object('region_id', region_id, 'log', log, 'block_no', block_no, 'previous', ${hex('previous')},
    'root', ${hex('root')}, 'count', count, 'horizon', horizon, 'up_to', up_to, 'until', ${us('until')}, 'sealed_at', ${us('sealed_at')}, 'ids', ids, 'abouts', abouts,
    'leaves', ${hex('leaves')}, 'hash', ${hex('hash')}, 'key_id', key_id, 'signature', ${hex('signature')}) ORDER BY block_no)
    FROM data.seal WHERE region_id = 1 AND log = 'event'`));
}

// ---- the tests ----

let early; // a database of before, as a dump, and the root of after
test('what is written is sealed, in blocks that anybody can check with SHA-256 and Ed25519', { timeout: 120000 }, async () => {
  world.sql(`DO $$ BEGIN FOR i IN 1..3000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$`); // far beyond a new cluster's
  await rounds(world, 2);
  early = dump(world, 'wijzer', 'early');
  await rounds(world, 2);
  await world.stop(); // nobody is connected, so that the database can be copied
  const all = readBlocks();
  assert.deepEqual(all.map(({ count }) => count), Array(4).fill(all[0].count));
  const key = createPublicKey(readFileSync(join(world.pki, 'seal.pub')));
  let previous = '0'.repeat(64);
  for (const block of all) {
    const rows = JSON.parse(world.sql(`SELECT json_agg(to_jsonb(e) - '{at,promise_due}'::text[] || jsonb_build_object('at', ${us('at')}, 'promise_due', ${us('promise_due')}) ORDER BY event_id)
      FROM data.event e WHERE region_id = 1 AND event_id = ANY ('{${block.ids}}')`));
    const order = world.sql(`SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'data.event'::regclass AND attnum > 0 AND NOT attisdropped`).split(',');
    const leaves = rows.map((row) => leafOf(Object.fromEntries(order.map((name) => [name, row[name] ?? null]))));
    assert.equal(Buffer.concat(leaves).toString('hex'), block.leaves);
    assert.equal(rootOf(leaves).toString('hex'), block.root);
    assert.equal(sha256(Buffer.of(2), Buffer.from(headOf(block))).toString('hex'), block.hash);
    assert.equal(block.previous, previous);
    assert.ok(verify(null, Buffer.from(headOf(block)), key, Buffer.from(block.signature, 'hex')), 'the signature');
    previous = block.hash;
  }
});

test('the root is exported, and a whole history holds', async () => {
  const { code, stdout } = await seal(world, 'root');
  assert.equal(code, 0);
  const [exported] = JSON.parse(stdout);
  const last = readBlocks().at(-1);
  assert.deepEqual([exported.region, exported.log, exported.block, exported.hash, exported.count, exported.key, exported.signature],
    ['deurne', 'event', last.block_no, last.hash, last.count, last.key_id, last.signature]);
  assert.equal(exported.publicKey, readFileSync(join(world.pki, 'seal.pub'), 'utf8'));
  assert.ok(verify(null, Buffer.from(exported.head), createPublicKey(exported.publicKey), Buffer.from(exported.signature, 'hex')));
  writeFileSync(join(world.dir, 'root.json'), stdout);
  assert.deepEqual(await verified(copy(), '--root', join(world.dir, 'root.json')), []);
  const json = await seal(world, 'verify', '--dump', dump(world), '--json');
  const told = JSON.parse(json.stdout);
  const [events] = told.logs;
  assert.deepEqual([told.logs.map(({ region, log }) => `${region} ${log}`).sort(), told.logs.every(({ unsealed }) => unsealed === 0)], [['deurne access', 'deurne event'], true]);
  assert.deepEqual([told.holds, told.findings, events.blocks, events.unsealed, events.hash], [true, [], last.block_no, 0, last.hash]);
  const status = JSON.parse((await seal(world, 'status', '--json')).stdout);
  assert.deepEqual([status[0].region, status[0].blocks, status[0].unsealed, status[0].behind], ['deurne', last.block_no, 0, false]);
  assert.equal((await seal(world, 'root', 'nergens')).code, 1);
  assert.equal((await seal(world, 'root', 'elders')).stdout, '[]\n');
});

// name: [tampering, what must be found], as functions because the history is only there when they run.
const tamperings = {
  'an event is changed': () => [`UPDATE data.event SET kind = 'other' WHERE region_id = 1 AND event_id = ${event(2, 1).id}`,
    [`changed: region deurne, log event, block 2, ${event(2, 1).of} is not what was sealed`]],
  'its time is changed by a microsecond': () => [`UPDATE data.event SET at = at + '1 microsecond' WHERE region_id = 1 AND event_id = ${event(1, 1).id}`,
    [`changed: region deurne, log event, block 1, ${event(1, 1).of} is not what was sealed`]],
  'an empty cell is filled': () => [`UPDATE data.event SET channel = '' WHERE region_id = 1 AND event_id = ${event(1, 2).id}`,
    [`changed: region deurne, log event, block 1, ${event(1, 2).of} is not what was sealed`]],
  'an event is moved to another referral': () => [`UPDATE data.event SET referral_id = 77777 WHERE region_id = 1 AND event_id = ${event(2, 2).id}`,
    [`changed: region deurne, log event, block 2, ${event(2, 2).of} is not what was sealed`]],
  'an event is removed': () => [`DELETE FROM data.event WHERE region_id = 1 AND event_id = ${event(3, 1).id}`,
    [`removed: region deurne, log event, block 3, ${event(3, 1).of} was sealed and is gone`]],
  'an event is inserted among old ones': () => [
    `INSERT INTO data.event (region_id, referral_id, event_id, tx, at, kind) SELECT 1, referral_id, 990001, tx, at, kind FROM data.event WHERE event_id = ${event(2, 1).id}`,
    [`inserted: region deurne, log event, event 990001 of referral ${event(2, 1).code} stands among sealed rows and is in no block`]],
  'an event is inserted as if it were old': () => [
    `INSERT INTO data.event (region_id, referral_id, event_id, at, kind) SELECT 1, referral_id, 990001, at - interval '1 hour', kind FROM data.event WHERE event_id = ${event(2, 1).id}`,
    [`inserted: region deurne, log event, event 990001 of referral ${event(2, 1).code} is in no block and dated before what the last block holds`]],
  'an event is there twice': () => [
    `INSERT INTO data.event (region_id, referral_id, event_id, tx, at, kind) SELECT 1, 77777, event_id, tx, at, kind FROM data.event WHERE event_id = ${event(2, 1).id}`,
    [`double: region deurne, log event, block 2, event ${event(2, 1).id} of referral ${world.sql('SELECT wijzer.code(77777)')} is there more than once`]],
  'two events change places': () => [
    `ALTER TABLE data.event DROP CONSTRAINT event_pkey;
     UPDATE data.event e SET event_id = CASE e.event_id WHEN ${event(1, 1).id} THEN ${event(2, 1).id} ELSE ${event(1, 1).id} END
     WHERE region_id = 1 AND event_id IN (${event(1, 1).id}, ${event(2, 1).id})`,
    [`changed: region deurne, log event, block 1, ${event(1, 1).of} is not what was sealed`, `changed: region deurne, log event, block 2, ${event(2, 1).of} is not what was sealed`]],
  'two events change times': () => [
    `UPDATE data.event e SET at = o.at FROM data.event o WHERE (e.event_id, o.event_id) IN ((${event(1, 1).id}, ${event(2, 1).id}), (${event(2, 1).id}, ${event(1, 1).id}))`,
    [`changed: region deurne, log event, block 1, ${event(1, 1).of} is not what was sealed`, `changed: region deurne, log event, block 2, ${event(2, 1).of} is not what was sealed`]],
  'an event is renumbered': () => [`UPDATE data.event SET event_id = 990001 WHERE region_id = 1 AND event_id = ${event(2, 1).id}`,
    [`removed: region deurne, log event, block 2, ${event(2, 1).of} was sealed and is gone`,
      `inserted: region deurne, log event, event 990001 of referral ${event(2, 1).code} stands among sealed rows and is in no block`]],
  'an event gets a later transaction': () => [`UPDATE data.event SET tx = tx + 100000 WHERE region_id = 1 AND event_id = ${event(2, 1).id}`,
    [`changed: region deurne, log event, block 2, ${event(2, 1).of} is not what was sealed`]],
  'a block is dropped': () => [`DELETE FROM data.seal WHERE region_id = 1 AND log = 'event' AND block_no = 2`,
    ['block-missing: region deurne, log event, block 2 is missing',
      ...readBlocks()[1].ids.map((id, i) => `inserted: region deurne, log event, event ${id} of referral ${event(2, i + 1).code} stands among sealed rows and is in no block`)]],
  'all blocks are dropped': () => ['DELETE FROM data.seal', ['not-sealed: region deurne, log event has rows and not one block', 'not-sealed: region deurne, log access has rows and not one block']],
  'blocks are renumbered': () => [`UPDATE data.seal SET block_no = 900 WHERE region_id = 1 AND log = 'event' AND block_no = 2; UPDATE data.seal SET block_no = 2 WHERE region_id = 1 AND log = 'event' AND block_no = 3;
     UPDATE data.seal SET block_no = 3 WHERE region_id = 1 AND log = 'event' AND block_no = 900`,
    ['block-broken: region deurne, log event, block 2 has a hash that is not of its head', 'block-broken: region deurne, log event, block 3 has a hash that is not of its head',
      'signature-wrong: region deurne, log event, block 2 has a signature that does not fit it', 'signature-wrong: region deurne, log event, block 3 has a signature that does not fit it',
      'chain-broken: region deurne, log event, block 2 does not follow on the block before', 'chain-broken: region deurne, log event, block 3 does not follow on the block before',
      'chain-broken: region deurne, log event, block 3 has a horizon that is not beyond that of the block before', 'chain-broken: region deurne, log event, block 4 does not follow on the block before']],
  'a leaf is changed with its event': () => [
    `UPDATE data.event SET kind = 'other' WHERE region_id = 1 AND event_id = ${event(2, 1).id};
     UPDATE data.seal SET leaves = overlay(leaves PLACING sha256('x') FROM 1) WHERE region_id = 1 AND log = 'event' AND block_no = 2`,
    ['block-broken: region deurne, log event, block 2 has leaves that do not give its root', `changed: region deurne, log event, block 2, ${event(2, 1).of} is not what was sealed`]],
  'the order in a block is changed': () => [
    `UPDATE data.seal SET ids = ids[2:2] || ids[1:1] || ids[3:] WHERE region_id = 1 AND log = 'event' AND block_no = 2`,
    ['block-broken: region deurne, log event, block 2 has a hash that is not of its head', 'signature-wrong: region deurne, log event, block 2 has a signature that does not fit it',
      `reordered: region deurne, log event, block 2, event ${event(2, 1).id} of referral ${event(2, 2).code} does not stand in order in its block`,
      'chain-broken: region deurne, log event, block 3 does not follow on the block before',
      `changed: region deurne, log event, block 2, event ${event(2, 2).id} of referral ${event(2, 1).code} is not what was sealed`,
      `changed: region deurne, log event, block 2, event ${event(2, 1).id} of referral ${event(2, 2).code} is not what was sealed`]],
  'a signature is changed': () => [`UPDATE data.seal SET signature = sha512('x') WHERE region_id = 1 AND log = 'event' AND block_no = 2`,
    ['signature-wrong: region deurne, log event, block 2 has a signature that does not fit it']],
  'a block is made unreadable': () => [`ALTER TABLE data.seal ALTER COLUMN ids DROP NOT NULL; UPDATE data.seal SET ids = NULL WHERE region_id = 1 AND log = 'event' AND block_no = 1`,
    ['block-broken: region deurne, log event, block 1 cannot be read as a block', 'block-missing: region deurne, log event, block 1 is missing',
      ...readBlocks()[0].ids.map((id, i) => `inserted: region deurne, log event, event ${id} of referral ${event(1, i + 1).code} stands among sealed rows and is in no block`)]],
  'a block is forged with another key': () => [forged(2), ['key-unknown: region deurne, log event, block 2 is signed by a key that is not among those given',
    'chain-broken: region deurne, log event, block 3 does not follow on the block before']],
};

// The access log is told of in the same way.
const access = (block, place) => world.sql(`SELECT s.ids[${place}] || coalesce(' of object ' || wijzer.code(s.abouts[${place}]), '') FROM data.seal s
  WHERE s.region_id = 1 AND s.log = 'access' AND s.block_no = ${block}`);
const entry = (named) => named.split(' ')[0];
Object.assign(tamperings, {
  'who looked is changed': () => [`UPDATE data.access SET account_id = account_id + 1 WHERE region_id = 1 AND access_id = ${entry(access(2, 1))}`,
    [`changed: region deurne, log access, block 2, row ${access(2, 1)} is not what was sealed`]],
  'a look is hidden from a client': () => [`UPDATE data.access SET client_ids = '{}' WHERE region_id = 1 AND access_id = ${entry(access(1, 1))}`,
    [`changed: region deurne, log access, block 1, row ${access(1, 1)} is not what was sealed`]],
  'a look is removed': () => [`DELETE FROM data.access WHERE region_id = 1 AND access_id = ${entry(access(3, 1))}`,
    [`removed: region deurne, log access, block 3, row ${access(3, 1)} was sealed and is gone`]],
  'a look is made up': () => [`INSERT INTO data.access (region_id, access_id, tx, at, action, what, outcome, ground) SELECT 1, 990001, tx, at, action, what, outcome, ground
     FROM data.access WHERE access_id = ${entry(access(2, 1))}`, ['inserted: region deurne, log access, row 990001 stands among sealed rows and is in no block']],
});

// Event 1 of a block changed, and the block made anew by somebody else, with everything as it should be but the key.
function forged(number) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const block = readBlocks()[number - 1];
  const row = JSON.parse(world.sql(`SELECT to_jsonb(e) || jsonb_build_object('at', ${us('at')}, 'promise_due', ${us('promise_due')}) FROM data.event e WHERE event_id = ${block.ids[0]}`));
  const order = world.sql(`SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'data.event'::regclass AND attnum > 0 AND NOT attisdropped`).split(',');
  const leaf = leafOf(Object.fromEntries(order.map((name) => [name, name === 'kind' ? 'forged' : row[name] ?? null])));
  const leaves = [leaf, ...block.leaves.match(/.{64}/g).slice(1).map((text) => Buffer.from(text, 'hex'))];
  block.key_id = sha256(publicKey.export({ type: 'spki', format: 'der' })).toString('hex').slice(0, 16);
  block.root = rootOf(leaves).toString('hex');
  const head = Buffer.from(headOf(block));
  return `UPDATE data.event SET kind = 'forged' WHERE region_id = 1 AND event_id = ${block.ids[0]};
    UPDATE data.seal SET leaves = '\\x${Buffer.concat(leaves).toString('hex')}', root = '\\x${block.root}', key_id = '${block.key_id}', hash = '\\x${sha256(Buffer.of(2), head).toString('hex')}',
      signature = '\\x${sign(null, head, privateKey).toString('hex')}' WHERE region_id = 1 AND log = 'event' AND block_no = ${number}`;
}

for (const [name, tampering] of Object.entries(tamperings)) {
  test(`found and named: ${name}`, { timeout: 60000 }, async () => {
    const [sql, expected] = tampering();
    assert.deepEqual((await verified(copy(sql))).sort(), [...expected].sort());
  });
}

test('found and named: the database was rolled back to before an exported root', async () => {
  const { stdout, code } = await seal(world, 'verify', '--dump', early);
  assert.equal(code, 0, 'by itself nothing is wrong with it');
  const last = readBlocks().at(-1).block_no;
  const back = await seal(world, 'verify', '--dump', early, '--root', join(world.dir, 'root.json'));
  assert.equal(back.code, 1);
  assert.deepEqual(findings(back.stdout), ['event', 'access'].map((log) => `rolled-back: region deurne, log ${log}, block ${last} was exported and is not there: history was rolled back`));
  assert.match(stdout, /^all holds$/m);
});

test('what cannot be verified is said in one line', async () => {
  const whole = readFileSync(dump(world), 'utf8');
  const cut = join(world.dir, 'cut.sql');
  writeFileSync(cut, whole.slice(0, whole.indexOf('COPY data.seal ') + 2000));
  const cases = [
    [['verify', '--dump', cut], 1, /the dump is cut off here/],
    [['verify', '--dump', '/nowhere'], 1, /\/nowhere: No such file/],
    [['verify', '--dump', cut, '--key', '/nowhere'], 1, /\/nowhere: No such file/],
    [['verify', '--dump', cut, '--key', world.conf], 1, /not an Ed25519 key/],
    [['verify', '--dump', cut, '--root', world.conf], 1, /wijzerd\.conf: /],
    [['verify', 'this', 'that'], 2, /too many words/],
    [['prove'], 2, /unknown word/],
    [[], 2, /seal what/],
    [['key', join(world.pki, 'seal.key')], 1, /File exists/],
  ];
  for (const [args, status, words] of cases) {
    const { code, stderr } = await seal(world, ...args);
    assert.equal(code, status, args.join(' '));
    assert.match(stderr, words);
    assert.equal(stderr.trim().split('\n').length, 1);
  }
});

test('another key says so of every block; a new key goes on where the old one was', { timeout: 60000 }, async () => {
  const other = join(world.dir, 'other.key');
  const made = await seal(world, 'key', other);
  assert.equal(made.code, 0);
  writeFileSync(join(world.dir, 'other.pub'), made.stdout);
  const all = blocks();
  const wrong = await seal(world, 'verify', '--dump', dump(world), '--key', join(world.dir, 'other.pub'));
  assert.equal(findings(wrong.stdout).filter((line) => line.startsWith('key-unknown: region deurne, log event')).length, all);
  world.configure(unsealed);
  await world.start();
  await rounds(world, 1, other);
  await world.stop();
  assert.equal(blocks(), all + 1);
  const both = await seal(world, 'verify', '--dump', dump(world), '--key', join(world.dir, 'other.pub'), '--key', join(world.pki, 'seal.pub'), '--root', join(world.dir, 'root.json'));
  assert.equal(both.code, 0, both.stdout);
  world.configure({ 'seal-key': join(world.pki, 'seal.key') });
});

test('a daemon that sees history go back says so; without a key it says that nothing is sealed', { timeout: 60000 }, async () => {
  world.configure({ 'seal-every': '200ms' });
  await world.start();
  await work(world);
  await sealed();
  world.sql(`DELETE FROM data.seal WHERE region_id = 1 AND log = 'event' AND block_no = (SELECT max(block_no) FROM data.seal WHERE region_id = 1 AND log = 'event')`);
  await eventually(() => /event=seal-failed .*history went back/.test(world.log()), { what: 'the line in the log' });
  await world.stop();
  world.configure({ 'seal-key': null });
  await world.start();
  assert.equal(world.daemon.text().match(/event=not-sealed/g).length, 1);
  await world.stop();
  world.configure({ 'seal-key': join(world.pki, 'seal.pub') });
  const check = await finish(wijzerd, ['-c', world.conf, '--check'], { env: { ...process.env, ...sanitizers() } });
  assert.match(check.stderr, /seal\.pub: a public key cannot sign/);
  world.configure({ 'seal-key': join(world.dir, 'nothing.key') });
  await world.start({ ready: false });
  assert.deepEqual(await world.daemon.end(), { code: 1, signal: null });
  world.configure({ 'seal-key': join(world.pki, 'seal.key') });
});

test('two daemons seal one database, each block once', { timeout: 120000 }, async () => {
  const two = await World.make({ conf: { 'seal-every': '100ms' } });
  try {
    const first = two.daemon;
    two.configure({ 'api-listen': '127.0.0.1:0', 'metrics-listen': '127.0.0.1:0' });
    await two.start({ ready: false });
    const gp = two.api('gp');
    for (let i = 0; i < 40; i++) await gp.refer();
    await sealed(two);
    const told = await finish(wijzerd, ['-c', two.conf, 'seal', 'verify', '--dump', dump(two)], { env: process.env });
    assert.equal(told.code, 0, told.stdout);
    assert.doesNotMatch(two.log(), /seal-failed/);
    await two.stop();
    two.daemon = first;
  } finally {
    await two.close();
  }
});

test('a restored database goes on, without gap or double', { timeout: 180000 }, async () => {
  const old = await World.make({ conf: unsealed });
  const fresh = await World.make({ conf: unsealed, daemon: false });
  try {
    old.sql(`DO $$ BEGIN FOR i IN 1..30000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$`);
    await rounds(old, 2);
    await old.stop();
    const gp = old.sql(`SELECT count(*) FROM data.event`);
    const before = blocks(old);
    const last = Number(old.sql('SELECT max(tx) FROM data.event'));
    for (const database of ['wijzer', 'wijzer_keys']) {
      beside(fresh, 'psql', ['-Xq', '-d', 'postgres', '-c', `DROP DATABASE ${database}`, '-c', `CREATE DATABASE ${database}`]);
      beside(fresh, 'psql', ['-Xq', '-v', 'ON_ERROR_STOP=1', '-d', database], { input: readFileSync(dump(old, database)) });
    }
    assert.ok(Number(fresh.sql('SELECT pg_current_xact_id()')) < last, 'the new cluster counts lower');
    assert.match((await finish(wijzerd, ['-c', fresh.conf, 'seal', 'status'], { env: process.env })).stdout, /transactions are numbered lower than history: run wijzerd migrate/);
    fresh.configure({ 'migrate-database': fresh.conninfo(false, 'postgres'), 'migrate-key-database': fresh.conninfo(false, 'postgres@wijzer_keys') });
    run(wijzerd, ['-c', fresh.conf, 'migrate']);
    await fresh.start();
    await rounds(fresh, 2);
    assert.ok(Number(fresh.sql('SELECT min(tx) FROM data.event WHERE tx > ' + last)) > last, 'transactions go on above');
    await fresh.stop();
    assert.equal(blocks(fresh), before + 2);
    assert.ok(Number(fresh.sql('SELECT count(*) FROM data.event')) > Number(gp));
    assert.equal(fresh.sql(`SELECT count(*) FROM (SELECT unnest(ids) AS id FROM data.seal WHERE log = 'event' AND region_id = 1) s FULL JOIN data.event e ON e.event_id = s.id AND e.region_id = 1 WHERE s.id IS NULL OR e.event_id IS NULL`), '0', 'every event once');
    const told = await finish(wijzerd, ['-c', fresh.conf, 'seal', 'verify'], { env: process.env });
    assert.equal(told.code, 0, told.stdout);
  } finally {
    await old.close();
    await fresh.close();
  }
});

// Messages and files between the parties to a step: through two daemons, killed and asked again, by who may not, with a real virus
// scanner and with one that misbehaves. How that reads is in tests/scenario/message.scn.
import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, crc32 as zlibCrc } from 'node:zlib';
import { after, before, test } from 'node:test';
import { Clamd, EICAR, FakeScanner } from './lib/scanner.mjs';
import { World, eventually, finish, pki, run, sanitizers, wijzerd } from './lib/world.mjs';

const LIMIT = 8 * 1024 * 1024;
let world, gp, gp2, worker, worker2, coordinator, steward;
before(async () => {
  world = await World.make({ daemon: false });
  world.configure({ 'attachment-limit': LIMIT, 'smtp-url': 'smtp://localhost:9', 'mail-from': 'wijzer@wijzer.test', 'migrate-database': world.conninfo(false, 'postgres') });
  await world.start();
  [gp, gp2, worker, worker2, coordinator, steward] = ['gp', 'gp2', 'worker', 'worker2', 'coordinator', 'steward'].map((name) => world.api(name));
  world.secret('Heeft zij al gebeld', 'Ja, gisteren', 'huisartsbrief', 'PLAATJE VAN MEVROUW');
});
after(() => world?.close());

const say = (api, step, text, headers) => api.post(`/v1/steps/${step}/messages`, { text }, headers);
const messages = async (api, step) => {
  const answer = await api.get(`/v1/steps/${step}/messages`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
};
const attach = (api, step, bytes, { type = 'text/plain', name = 'huisartsbrief.txt', headers = {} } = {}) =>
  api.post(`/v1/steps/${step}/attachments`, Buffer.from(bytes), { 'Content-Type': type, 'Content-Disposition': `attachment; filename="${name}"`, ...headers });
const accepted = async () => {
  const made = await gp.refer();
  await worker.move(made.stepId, 'accept');
  return made;
};
const dump = () => run(join(world.env.PGBINDIR ?? '/usr/lib/postgresql/15/bin', 'pg_dump'), ['--data-only', '--schema=data'], { env: { ...process.env, ...world.env }, maxBuffer: 1 << 28 });

// A picture of so many bytes, of noise, that decoders take.
function png(size) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]), out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length);
    body.copy(out, 4);
    out.writeUInt32BE(crc(body), body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(1, 0), head.writeUInt32BE(1, 4), head.set([8, 6], 8);
  const parts = [Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.alloc(5)))];
  const rest = size - parts.reduce((n, part) => n + part.length, 0) - 12 - 12;
  return Buffer.concat([...parts, chunk('teXt', Buffer.concat([Buffer.from('PLAATJE VAN MEVROUW'), randomBytes(Math.max(rest - 19, 0))])), chunk('IEND', Buffer.alloc(0))]);
}
function crc(bytes) {
  if (zlibCrc) return zlibCrc(bytes);
  crc.table ??= Array.from({ length: 256 }, (_, n) => { let c = n; for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1; return c >>> 0; });
  let c = 0xffffffff;
  for (const byte of bytes) c = crc.table[(c ^ byte) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

test('written, read, marked as read; who is no party is told nothing', async () => {
  const { id, stepId: step } = await accepted();
  const key = { 'Idempotency-Key': randomUUID() };
  const sent = await say(gp, step, 'Heeft zij al gebeld?', key);
  assert.deepEqual([sent.status, sent.json.number, sent.json.stepId, sent.json.referralId], [201, 1, step, id]);
  assert.deepEqual((await say(gp, step, 'Heeft zij al gebeld?', key)).json, sent.json);
  assert.equal((await say(gp, step, 'Iets anders', key)).status, 422);
  const inbox = async () => (await worker.get('/v1/inbox?pageSize=200')).json.items.find((one) => one.id === step).unread;
  assert.equal(await inbox(), 1);
  const waiting = async (api) => (await api.get('/v1/messages')).json.items.find((one) => one.stepId === step);
  assert.deepEqual({ ...(await waiting(worker)), at: null }, { stepId: step, referralId: id, organisation: { code: 'levgroep', name: 'LEVgroep' }, unread: 1, at: null });
  assert.equal(await waiting(gp), undefined);
  const [first] = (await messages(worker, step)).items;
  assert.deepEqual([first.text, first.by.name, first.unread, first.readBy], ['Heeft zij al gebeld?', 'gp', true, []]);
  assert.equal(await inbox(), 1, 'a GET marks nothing');
  const read = await worker.post(`/v1/steps/${step}/messages/_read`, { upTo: 1 });
  assert.deepEqual([read.status, read.json], [200, { stepId: step, readTo: 1, unread: 0 }]);
  assert.equal(await inbox(), 0);
  assert.deepEqual((await messages(gp, step)).items[0].readBy.map((one) => one.code), ['levgroep']);
  assert.equal((await say(worker, step, 'Ja, gisteren.')).json.number, 2);
  assert.equal((await messages(gp, step)).unread, 1);
  assert.equal(await waiting(worker), undefined);
  assert.equal((await waiting(gp)).unread, 1, 'whoever referred has nothing to do, and hears of it all the same');
  assert.ok((await gp.get('/v1/inbox')).json.unread >= 1);
  assert.equal((await gp.get('/v1/messages?cursor=x')).status, 400);
  assert.equal((await steward.get('/v1/messages')).status, 403);
  assert.equal(await waiting(gp2), undefined);
  for (const api of [gp2, worker2]) {
    assert.equal((await say(api, step, 'Hallo')).status, 404);
    assert.equal((await api.get(`/v1/steps/${step}/messages`)).status, 404);
    assert.equal((await api.post(`/v1/steps/${step}/messages/_read`, { upTo: 1 })).status, 404);
    assert.equal((await attach(api, step, 'Hallo')).status, 404);
    assert.equal((await api.get(`/v1/steps/${step}/attachments`)).status, 404);
  }
  assert.equal((await steward.get(`/v1/steps/${step}/messages`)).status, 403);
  assert.equal((await worker.get(`/v1/steps/${step}/messages?cursor=x`)).status, 400);
  const told = async () => (await worker.get('/v1/events?pageSize=200')).json.items.filter((event) => event.referralId === id && event.kind === 'message-sent').length;
  await eventually(async () => (await told()) >= 2, { what: 'the events' });
  assert.equal(await told(), 2);
});

test('a file comes and goes; its name is no path, and the answer cannot be taken for a page', async () => {
  const { stepId: step } = await accepted();
  const bytes = png(20000), sha256 = createHash('sha256').update(bytes).digest('hex');
  const key = { 'Idempotency-Key': randomUUID() };
  const options = { type: 'image/png', name: 'x.png', headers: { ...key, 'Content-Disposition': `attachment; filename="x.png"; filename*=UTF-8''foto%20zo%C3%AB.png` } };
  const made = await attach(gp, step, bytes, options);
  assert.deepEqual([made.status, made.json.mediaType, made.json.size, made.json.number], [201, 'image/png', bytes.length, 1]);
  assert.deepEqual((await attach(gp, step, bytes, options)).json, made.json, 'the same again is the same');
  assert.equal((await attach(gp, step, bytes, { type: 'image/png', name: 'other.png', headers: key })).status, 422, 'another name is another file');
  const list = (await worker.get(`/v1/steps/${step}/attachments`)).json.items;
  assert.deepEqual(list.map((one) => [one.name, one.size, one.sha256]), [['foto zoë.png', bytes.length, sha256]]);
  const got = await worker.get(`/v1/attachments/${made.json.id}`);
  assert.ok(got.bytes.equals(bytes));
  assert.deepEqual([got.headers['content-type'], got.headers['content-disposition'], got.headers['x-content-type-options']],
    ['image/png', `attachment; filename="foto zo_.png"; filename*=UTF-8''foto%20zo%C3%AB.png`, 'nosniff']);
  assert.equal((await gp2.get(`/v1/attachments/${made.json.id}`)).status, 404);
  assert.equal((await coordinator.get(`/v1/attachments/${made.json.id}?forClient=true`)).status, 200);
  assert.equal((await gp2.get(`/v1/attachments/${made.json.id}?forClient=true`)).status, 404);
  // The client's own copy with its files, by who speaks for them.
  const { client } = await gp.referral(list[0].referralId);
  const folder = join(world.dir, 'copy');
  const saved = await world.cli('coordinator', ['client', 'export', client.id, '--files', folder]);
  assert.deepEqual([saved.code, saved.stderr], [0, '']);
  assert.deepEqual(readdirSync(folder), [`${step}-1-foto zoë.png`]);
  assert.ok(readFileSync(join(folder, `${step}-1-foto zoë.png`)).equals(bytes));
  assert.notEqual((await world.cli('coordinator', ['client', 'export', client.id, '--files', folder])).code, 0, 'what is there stays');
  writeFileSync(join(folder, `${step}-1-foto zoë.png`), 'x');
  assert.equal((await world.cli('coordinator', ['client', 'export', client.id, '--files', folder, '--force', '--format', 'json'])).code, 0);
  assert.ok(readFileSync(join(folder, `${step}-1-foto zoë.png`)).equals(bytes));
  const refused = await world.cli('gp2', ['client', 'export', client.id, '--files', join(world.dir, 'none')]);
  assert.notEqual(refused.code, 0);
  assert.ok(!existsSync(join(world.dir, 'none')));
  for (let i = 0; i < 20; i++) assert.equal((await worker.get(`/v1/attachments/${made.json.id}`)).status, 200, 'a place is given back');
});

test('what is not what it says, is more than that, or has no proper name is refused', async () => {
  const { stepId: step } = await accepted();
  const image = png(400), zip = Buffer.from('504b0506' + '00'.repeat(18), 'hex');
  const refused = async (bytes, options, status, about) => {
    const answer = await attach(gp, step, bytes, options);
    assert.equal(answer.status, status, `${about}: ${answer.text}`);
    assert.ok(answer.json.detail.length > 10);
  };
  await refused(Buffer.concat([image, zip]), { type: 'image/png', name: 'x.png' }, 422, 'a picture that is an archive too');
  await refused('<!DOCTYPE html><script>alert(1)</script>', {}, 422, 'a page');
  await refused(Buffer.concat([Buffer.from('MZ\x90\0', 'latin1'), randomBytes(100)]), {}, 422, 'a program as text');
  await refused(Buffer.concat([Buffer.from('\x7fELF', 'latin1'), randomBytes(100)]), { type: 'application/pdf', name: 'x.pdf' }, 422, 'a program as PDF');
  await refused('xx%PDF-1.7\n%%EOF\n', { type: 'application/pdf', name: 'x.pdf' }, 422, 'a PDF with something before it');
  await refused(image, { type: 'image/jpeg', name: 'x.jpg' }, 422, 'another picture');
  await refused(image, { type: 'image/png', name: 'x.txt' }, 422, 'another name');
  await refused('', {}, 422, 'nothing');
  await refused('x', { type: 'text/html', name: 'x.html' }, 415, 'a type that is not taken');
  await refused('x', { type: 'application/json', name: 'x.txt' }, 415, 'JSON');
  await refused('x', { headers: { 'Content-Disposition': 'attachment; filename="../x.txt"' } }, 400, 'a path');
  await refused('x', { headers: { 'Content-Disposition': null } }, 400, 'no name');
  assert.deepEqual((await gp.get(`/v1/steps/${step}/attachments`)).json.items, []);
});

test('too large is refused before the body is read; 8 MiB go', async () => {
  const { stepId: step } = await accepted();
  const raw = await world.raw('gp');
  await raw.write(`POST /v1/steps/${step}/attachments HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: ${randomUUID()}\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename="x.png"\r\nContent-Length: ${LIMIT + 1}\r\n\r\n`);
  const large = await raw.reply({ method: 'POST' });
  assert.equal(large.status, 413);
  const problem = JSON.parse(large.body);
  assert.deepEqual([problem.type, problem.limit], ['urn:wijzer:problem:body-too-large', LIMIT]);
  assert.equal(problem.detail, `The body is larger than the ${LIMIT} bytes that this operation takes.`);
  raw.destroy();
  const bytes = png(LIMIT);
  assert.equal(bytes.length, LIMIT);
  const begun = Date.now();
  const made = await attach(gp, step, bytes, { type: 'image/png', name: 'x.png' });
  const sentIn = Date.now() - begun;
  assert.equal(made.status, 201, made.text);
  const got = await worker.get(`/v1/attachments/${made.json.id}`);
  assert.ok(got.bytes.equals(bytes));
  if (process.env.WIJZER_FIGURES) console.log(`8 MiB: sent in ${sentIn} ms, got in ${Date.now() - begun - sentIn} ms`);
});

test('files that come or go at a time are bounded, of one account too', async () => {
  const { stepId: step } = await accepted();
  const slow = [];
  const begin = async (name) => {
    const raw = await world.raw(name);
    await raw.write(`POST /v1/steps/${step}/attachments HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: ${randomUUID()}\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename="x.txt"\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n`);
    slow.push(raw);
    return raw;
  };
  for (let i = 0; i < 2; i++) assert.match(`${(await (await begin('gp')).reply({ method: 'POST' })).status}`, /^100$/);
  const third = await attach(gp, step, 'Hallo');
  assert.deepEqual([third.status, third.headers['retry-after']], [503, '1']);
  assert.equal((await attach(worker, step, 'Hallo')).status, 201, 'others go on');
  for (const raw of slow) raw.destroy();
  await eventually(async () => (await attach(gp, step, 'Hallo')).status === 201, { what: 'a place' });
});

test('the accounts of one organisation do not hold all places', async () => {
  const { stepId: step } = await accepted();
  const colleagues = ['file-1', 'file-2'].map((name) => {
    const san = `urn:wijzer:deurne:levgroep:${name}`;
    world.certificate(name, san);
    world.sql(`SELECT set_config('wijzer.region', '1', false);
      INSERT INTO data.account (region_id, organisation_id, name, role) SELECT 1, organisation_id, '${name}', 'worker' FROM data.organisation WHERE region_id = 1 AND code = 'levgroep';
      SELECT data.add_identity('deurne', 'levgroep', '${name}', '${pki('fingerprint', `${world.pki}/ca`)}', '${san}')`);
    return name;
  });
  const slow = [];
  const begin = async (name) => {
    const raw = await world.raw(name);
    slow.push(raw);
    await raw.write(`POST /v1/steps/${step}/attachments HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: ${randomUUID()}\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename="x.txt"\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n`);
    return (await raw.reply({ method: 'POST' })).status;
  };
  for (const name of colleagues) for (let i = 0; i < 2; i++) assert.equal(await begin(name), 100, name);
  const fifth = await attach(worker, step, 'Hallo');
  assert.deepEqual([fifth.status, fifth.headers['retry-after']], [503, '1'], 'another account of theirs waits');
  assert.equal((await attach(gp, step, 'Hallo')).status, 201, 'others go on');
  slow[0].destroy();
  await eventually(async () => (await attach(worker, step, 'Hallo')).status === 201, { what: 'a place of the organisation' });
  for (const raw of slow) raw.destroy();
  for (let i = 0; i < 5; i++) await eventually(async () => (await attach(worker, step, 'Hallo')).status === 201, { what: 'no place is lost' });
});

test('who goes before the file has come is nobody\'s trouble', async () => {
  const { stepId: step } = await accepted();
  const made = await attach(gp, step, png(2000000), { type: 'image/png', name: 'x.png' });
  const { pid } = world.daemon;
  for (let i = 0; i < 60; i++) {
    const raw = await world.raw('gp');
    await raw.write(`GET /v1/attachments/${made.json.id} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await new Promise((done) => setTimeout(done, i % 6));
    raw.destroy();
  }
  const got = await eventually(async () => {
    const answer = await gp.get(`/v1/attachments/${made.json.id}`);
    return answer.status === 200 && answer;
  }, { what: 'a place' });
  assert.equal(got.bytes.length, 2000000);
  assert.equal(world.daemon.pid, pid, 'it is the same daemon');
});

test('two daemons, and kill -9: what was acknowledged is there, once', async () => {
  const { stepId: step } = await accepted();
  const other = await world.startOther();
  const there = world.api('worker');
  there.port = other.port;
  await eventually(async () => (await there.get('/v1/me')).status === 200, { what: 'the other daemon' });
  const sent = await say(gp, step, 'Heeft zij al gebeld?');
  assert.equal((await messages(there, step)).items[0].id, sent.json.id);
  const bytes = png(100000), key = { 'Idempotency-Key': randomUUID() };
  const made = await attach(there, step, bytes, { type: 'image/png', name: 'x.png', headers: key });
  assert.equal(made.status, 201);
  assert.ok((await gp.get(`/v1/attachments/${made.json.id}`)).bytes.equals(bytes));
  other.signal('SIGKILL');
  await other.end();
  const again = { type: 'image/png', name: 'x.png', headers: key };
  const here = world.api('worker'); // a new connection, to the daemon that is left
  assert.deepEqual((await attach(here, step, bytes, again)).json, made.json);
  await world.kill();
  await world.start();
  const after = world.api('worker');
  assert.equal((await messages(after, step)).items.length, 1);
  assert.ok((await after.get(`/v1/attachments/${made.json.id}`)).bytes.equals(bytes));
  assert.equal((await after.get(`/v1/steps/${step}/attachments`)).json.items.length, 1);
  [gp, gp2, worker, worker2, coordinator, steward] = ['gp', 'gp2', 'worker', 'worker2', 'coordinator', 'steward'].map((name) => world.api(name));
});

test('it is told outside that there is one, and not what', async () => {
  const { stepId: step } = await accepted();
  for (const [api, to] of [[worker, 'worker'], [gp, 'gp']]) assert.equal((await api.post('/v1/subscriptions', { channel: 'mail', address: `${to}@wijzer.test`, kinds: ['message'] })).status, 201);
  await say(gp, step, 'Heeft zij al gebeld?');
  await attach(gp, step, 'Ja, gisteren');
  const heard = () => world.sql(`SELECT o.code || ' ' || d.kind FROM data.dispatch d JOIN data.organisation o ON o.region_id = d.region_id AND o.organisation_id = d.organisation_id WHERE d.region_id = 1 AND d.kind = 'message'`).split('\n').filter(Boolean);
  await eventually(() => {
    world.sql(`SELECT wijzer.make_dispatches(1, 1000, 0)`);
    return heard().length > 1;
  }, { what: 'the letters' });
  assert.deepEqual(heard(), ['levgroep message', 'levgroep message'], 'the other party, not who wrote');
});

test('nothing plain lies in the database, and the history can be replayed', async () => {
  const text = dump();
  world.assertDiscreet(text, 'a dump of the database');
  assert.ok(!text.includes(Buffer.from('PLAATJE VAN MEVROUW').toString('hex')) && !text.includes(Buffer.from('PLAATJE VAN MEVROUW').toString('base64').slice(2, 20)));
  const { code, stdout, stderr } = await finish(wijzerd, ['-c', world.conf, 'rebuild', '--check'], { env: { ...process.env, ...sanitizers() } });
  assert.equal(code, 0, stdout + stderr);
  for (const [table, column, about] of [['message_mark', 'message_nr', /read by organisation \d+: message_nr is \d+, events say \d+/], ['message', 'nr', /message \S+: nr is \d+, events say \d+/],
    ['message', 'account_id', /message \S+: account_id is/], ['attachment', 'organisation_id', /attachment \S+: organisation_id is/]]) {
    world.sql(`UPDATE data.${table} SET ${column} = ${column} + 5000`);
    const wrong = await finish(wijzerd, ['-c', world.conf, 'rebuild', '--check'], { env: { ...process.env, ...sanitizers() } });
    world.sql(`UPDATE data.${table} SET ${column} = ${column} - 5000`);
    assert.equal(wrong.code, 1, `${table}.${column}`);
    assert.match(wrong.stdout, about);
  }
});

test('who is forgotten takes messages and files with them', async () => {
  const { stepId: step } = await gp.refer();
  await say(gp, step, 'Heeft zij al gebeld?');
  const made = await attach(gp, step, 'Ja, gisteren');
  const { client } = (await worker.get('/v1/inbox?pageSize=200')).json.items.find((one) => one.id === step);
  await worker.move(step, 'decline', { code: 'client-does-not-want' });
  await eventually(async () => {
    const answer = await gp.post(`/v1/clients/${client.id}/_erase`, {});
    return answer.status === 200 || assert.fail(answer.text);
  }, { what: 'the erasure' });
  assert.deepEqual((await messages(gp, step)).items.map((one) => one.text), [null]);
  assert.deepEqual((await gp.get(`/v1/steps/${step}/attachments`)).json.items.map((one) => [one.name, one.erased]), [[null, true]]);
  assert.equal((await gp.get(`/v1/attachments/${made.json.id}`)).status, 409);
  assert.equal((await say(gp, step, 'Nog iets')).status, 409);
  assert.equal(world.sql(`SELECT count(*) FROM data.attachment WHERE erased_at IS NOT NULL AND num_nonnulls(name, digest, content) > 0`), '0');
});

test('with a scanner: clean files go, a virus does not, and without an answer nothing does', async () => {
  const { stepId: step } = await accepted();
  const clamd = await Clamd.make(world);
  const reload = async () => {
    const count = () => world.log().split('event=reloaded').length, before = count();
    world.daemon.signal('SIGHUP');
    await eventually(() => count() > before, { what: 'the reload' });
    await gp.get('/v1/me');
  };
  const use = async (server, timeout = '10s') => {
    world.configure({ clamd: server, 'clamd-timeout': timeout });
    await reload();
  };
  try {
    for (const server of [clamd.socket, `127.0.0.1:${clamd.port}`]) {
      await use(server);
      assert.equal((await attach(gp, step, 'Geachte collega')).status, 201, server);
      const found = await attach(gp, step, EICAR);
      assert.deepEqual([found.status, found.json.type], [422, 'urn:wijzer:problem:virus-found'], found.text);
    }
    const big = png(LIMIT);
    assert.equal((await attach(gp, step, big, { type: 'image/png', name: 'x.png' })).status, 201, 'eight MiB are looked at whole');
    Buffer.from(EICAR).copy(big, LIMIT - 200);
    const at = big.length - 12 - 4; // the checksum of the last piece is made right again
    const start = 8 + 25 + 12 + deflateSync(Buffer.alloc(5)).length;
    big.writeUInt32BE(crc(big.subarray(start + 4, at)), at);
    assert.equal((await attach(gp, step, big, { type: 'image/png', name: 'x.png' })).json.type, 'urn:wijzer:problem:virus-found', 'to the end');
    await clamd.stop();
    const away = await attach(gp, step, 'Geachte collega');
    assert.deepEqual([away.status, away.json.type, away.headers['retry-after']], [503, 'urn:wijzer:problem:scanner-away', '1']);
    assert.match(world.log(), /event=virus-found name="?Wijzer\.Test/);
  } finally {
    await clamd.stop();
  }
  const before = (await gp.get(`/v1/steps/${step}/attachments`)).json.items.length;
  const end = (text) => (socket) => socket.on('data', () => {}) && socket.end(text);
  for (const [about, act] of [
    ['says nothing', () => {}],
    ['hangs up', (socket) => socket.destroy()],
    ['hangs up when all was sent', end('')],
    ['says something else', end('HTTP/1.1 200 OK\r\n\r\n\0')],
    ['does not end', (socket) => socket.on('data', () => {}).write('x'.repeat(5000))],
    ['says half of it', (socket) => socket.on('data', () => {}).write('stream: OK')],
    ['has a limit', end('INSTREAM size limit exceeded. ERROR\0')],
    ['says more', end('stream: OK but\0')],
  ]) {
    const fake = await FakeScanner.make(act);
    await use(`127.0.0.1:${fake.port}`, '700ms');
    const begun = Date.now();
    const answer = await attach(gp, step, png(300000), { type: 'image/png', name: 'x.png' });
    assert.deepEqual([answer.status, answer.json.type], [503, 'urn:wijzer:problem:scanner-away'], `a scanner that ${about}: ${answer.text}`);
    assert.ok(Date.now() - begun < 15000 && fake.seen >= 1);
    await fake.close();
  }
  // A file takes memory until the scanner is done with it, though its client has gone.
  const mute = await FakeScanner.make((socket) => socket.on('data', () => {}));
  await use(`127.0.0.1:${mute.port}`, '30s');
  for (let i = 1; i <= 2; i++) {
    const raw = await world.raw('gp2');
    const other = (await gp2.refer()).stepId;
    await raw.write(`POST /v1/steps/${other}/attachments HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: ${randomUUID()}\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename="x.txt"\r\nContent-Length: 5\r\n\r\nHallo`);
    await eventually(() => mute.seen === i, { what: 'the scanner' });
    raw.destroy();
  }
  const third = (await gp2.refer()).stepId;
  assert.equal((await attach(gp2, third, 'Hallo')).headers['retry-after'], '1', 'their places are not free');
  assert.equal(mute.seen, 2, 'so no third one is looked at');
  await mute.close();
  // While a file is looked at, others are served.
  const looking = [], slow = await FakeScanner.make((socket) => socket.on('data', () => {}) && looking.push(socket));
  await use(`127.0.0.1:${slow.port}`, '30s');
  const late = attach(gp, step, 'Geachte collega');
  await eventually(() => looking.length === 1, { what: 'the scanner' });
  for (let i = 0; i < 20; i++) assert.equal((await worker.get('/v1/me')).status, 200);
  looking[0].end('stream: OK\0');
  assert.equal((await late).status, 201);
  await slow.close();
  assert.equal((await gp.get(`/v1/steps/${step}/attachments`)).json.items.length, before + 1, 'nothing unscanned was stored');
});

test('the client tells how large a file may be here', async () => {
  const { stepId: step } = await accepted();
  await world.stop();
  world.configure({ 'attachment-limit': 2048 });
  await world.start();
  const path = join(world.dir, 'lang.txt');
  writeFileSync(path, 'a'.repeat(3000));
  const told = await world.cli('gp', ['attach', step, path]);
  assert.equal(told.code, 2);
  assert.match(told.stderr, /lang\.txt is te groot: 3 kB, en een bijlage is hier hooguit 2 kB/);
});

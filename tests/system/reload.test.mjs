// SIGHUP: new certificates and limits are taken over without dropping a connection; a configuration that is wrong keeps
// the old one; a revoked certificate loses its connection.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { World, eventually, pki } from './lib/world.mjs';

let world;
before(async () => (world = await World.make()));
after(() => world?.close());

const ME = 'GET /v1/me HTTP/1.1\r\nHost: localhost\r\n\r\n';
const lines = (word) => world.log().split('\n').filter((line) => new RegExp(`\\b${word}\\b`).test(line)).length;

async function reload(word = 'reloaded') {
  const before = lines(word);
  world.daemon.signal('SIGHUP');
  await eventually(() => lines(word) > before, { what: `"${word}" in the log` });
}

async function alive(raw) {
  await raw.write(ME);
  const answer = await raw.reply();
  return answer?.status;
}

const serverSerial = (raw) => raw.socket.getPeerCertificate().serialNumber;

test('a new certificate is served to new connections; the old connection lives on', async () => {
  const old = await world.raw('gp');
  assert.equal(await alive(old), 200);
  const next = join(world.pki, 'server-2');
  pki('server', join(world.pki, 'ca'), next);
  world.configure({ 'tls-certificate': join(next, 'cert.pem'), 'tls-key': join(next, 'key.pem') });
  await reload();
  const fresh = await eventually(async () => {
    const raw = await world.raw('gp');
    if (serverSerial(raw) === pki('serial', next)) return raw;
    raw.destroy();
    return null;
  }, { what: 'the new certificate' });
  assert.notEqual(serverSerial(fresh), serverSerial(old));
  assert.equal(await alive(old), 200);
  assert.equal(await alive(fresh), 200);
  old.destroy();
  fresh.destroy();
});

// [what is wrong, how the file is spoilt]
const wrong = [
  ['an unknown key', (text) => `${text}no-such-key = 1\n`],
  ['a number out of range', (text) => `${text}max-connections = 0\n`],
  ['a key that does not fit the certificate', (text) => text.replace(/tls-key = .*/, `tls-key = ${join(world.profile('gp'), 'key.pem')}`)],
  ['a certificate that is not there', (text) => text.replace(/tls-certificate = .*/, 'tls-certificate = /nowhere/cert.pem')],
  ['a CA file that is none', (text) => text.replace(/tls-client-ca = .*/, `tls-client-ca = ${world.conf}`)],
];

for (const [what, spoil] of wrong) {
  test(`${what}: the old configuration stays, one line says why`, async () => {
    const old = await world.raw('gp');
    const good = readFileSync(world.conf, 'utf8');
    writeFileSync(world.conf, spoil(good));
    await reload('reload-failed');
    assert.equal(await alive(old), 200);
    const fresh = await world.raw('gp');
    assert.equal(await alive(fresh), 200);
    fresh.destroy();
    old.destroy();
    writeFileSync(world.conf, good);
  });
}

test('limits are taken over', async () => {
  world.configure({ 'max-connections-per-address': 3 });
  await reload();
  const taken = [];
  for (let i = 0; i < 3; i++) taken.push(await eventually(() => world.raw('gp'), { what: 'a place' }));
  await assert.rejects(world.raw('gp', { timeout: 2000 }).then(async (raw) => {
    await raw.write(ME);
    if ((await raw.reply({ timeout: 2000 })) === null) throw new Error('closed');
  }));
  for (const raw of taken) raw.destroy();
  world.configure({ 'max-connections-per-address': null });
  await reload();
});

test('a certificate that is revoked loses its connections and gets no new one; others keep theirs', async () => {
  const san = world.sans.gp2;
  world.certificate('revoked', san);
  const theirs = await world.raw('revoked');
  const ours = await world.raw('gp');
  assert.equal(await alive(theirs), 200);
  assert.equal(await alive(ours), 200);
  const crl = join(world.pki, 'crl.pem');
  pki('revoke', join(world.pki, 'ca'), world.profile('revoked'));
  pki('crl', join(world.pki, 'ca'), crl);
  world.configure({ 'tls-crl': crl });
  await reload();
  assert.ok(await theirs.closes(20000), 'the revoked connection lives on');
  assert.equal(await alive(ours), 200);
  await assert.rejects(world.raw('revoked').then(async (raw) => {
    await raw.write(ME);
    if ((await raw.reply({ timeout: 3000 })) === null) throw new Error('closed');
  }));
  ours.destroy();
});

test('a revocation list that has expired is refused and the old one kept', async () => {
  const stale = join(world.pki, 'stale.pem');
  pki('crl', join(world.pki, 'ca'), stale, '1s');
  world.configure({ 'tls-crl': stale });
  await new Promise((done) => setTimeout(done, 2100));
  await reload('reload-failed');
  const raw = await world.raw('gp');
  assert.equal(await alive(raw), 200);
  raw.destroy();
  world.configure({ 'tls-crl': join(world.pki, 'crl.pem') });
  await reload();
});

test('fifty reloads under requests drop nothing', async () => {
  const api = world.api('gp');
  let running = true;
  let count = 0;
  const load = (async () => {
    while (running) {
      assert.equal((await api.get('/v1/me')).status, 200);
      count++;
    }
  })();
  for (let i = 0; i < 50; i++) {
    world.daemon.signal('SIGHUP');
    await new Promise((done) => setTimeout(done, 20));
  }
  await eventually(() => count > 20, { what: 'requests' });
  running = false;
  await load;
});

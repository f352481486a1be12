// Certificates that are wrong in a way that only a handshake or a look at the name can tell: each is refused, logged by its
// serial number and counted under its reason, and nobody hears a byte.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Raw, pause } from './lib/raw.mjs';
import { World, eventually, pki, run } from './lib/world.mjs';

let world;
const ME = 'GET /v1/me HTTP/1.1\r\nHost: localhost\r\n\r\n';
const lines = (word) => world.log().split('\n').filter((line) => line.includes(word));
const serial = (name) => pki('serial', world.profile(name)).toLowerCase();
const ca = (name = 'ca') => join(world.pki, name);

async function metric(name, reason) {
  const { text } = await world.plain('/metrics');
  const found = text.split('\n').find((line) => line.startsWith(`${name}{reason="${reason}"} `));
  assert.ok(found, `${name} ${reason}`);
  return Number(found.split(' ').at(-1));
}

async function reload(word = 'event=reloaded') {
  const before = lines(word).length;
  world.daemon.signal('SIGHUP');
  await eventually(() => lines(word).length > before, { what: word });
}

// A certificate for NAME's key by openssl itself, with extensions and issuer as one likes.
function sign(name, extensions, { issuer = ca(), days = 30 } = {}) {
  const dir = world.profile(name);
  mkdirSync(dir, { recursive: true });
  run('openssl', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', join(dir, 'key.pem')]);
  run('openssl', ['req', '-new', '-key', join(dir, 'key.pem'), '-subj', `/CN=${name}`, '-out', join(dir, 'csr.pem')]);
  writeFileSync(join(dir, 'extensions.cnf'), extensions.join('\n'));
  run('openssl', ['x509', '-req', '-in', join(dir, 'csr.pem'), '-CA', join(issuer, issuer === ca() ? 'ca.pem' : 'cert.pem'), '-CAkey', join(issuer, issuer === ca() ? 'ca.key' : 'key.pem'),
    '-set_serial', `0x${Buffer.from(name).toString('hex')}`, '-days', String(days), '-extfile', join(dir, 'extensions.cnf'), '-out', join(dir, 'cert.pem')]);
  writeFileSync(join(dir, 'ca.pem'), readFileSync(join(ca(), 'ca.pem')));
  return dir;
}
const LEAF = ['basicConstraints=critical,CA:FALSE', 'keyUsage=critical,digitalSignature', 'extendedKeyUsage=clientAuth'];
const der = (uri) => {
  const bytes = Buffer.from(uri, 'latin1');
  const name = Buffer.concat([Buffer.from([0x86, bytes.length]), bytes]);
  return `subjectAltName=DER:${Buffer.concat([Buffer.from([0x30, name.length]), name]).toString('hex')}`;
};

async function heard(options) {
  let raw;
  try {
    raw = await Raw.connect(world.port, options);
  } catch {
    return '';
  }
  await raw.write(ME).catch(() => {});
  await raw.until(() => raw.ended || raw.buffer.length, 10000, 'end of the connection').catch(() => {});
  const text = raw.buffer.toString('latin1');
  raw.destroy();
  return text;
}

// Refused in the handshake, in both versions of TLS.
async function refused(name, reason) {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    const before = await metric('wijzer_tls_refusals_total', reason);
    assert.equal(await heard({ profile: world.profile(name), maxVersion }), '', `${name}, ${maxVersion}`);
    await eventually(async () => (await metric('wijzer_tls_refusals_total', reason)) === before + 1, { what: `${name} counted as ${reason}` });
    assert.ok(lines('event=tls-refused').some((line) => line.toLowerCase().includes(serial(name))), `the serial number of ${name}`);
  }
}

before(async () => {
  world = await World.make();
  const known = world.sans.gp;
  pki('ca', ca('other-ca'), 'Another region');
  world.certificate('wrong-ca', known, { ca: ca('other-ca') });
  world.certificate('expired', known, { options: ['--expired'] });
  world.certificate('early', known, { options: ['--not-yet-valid'] });
  world.certificate('server-purpose', known, { options: ['--purpose', 'server'] });
});
after(() => world?.close());

describe('refused in the handshake', () => {
  const cases = [['wrong-ca', 'untrusted'], ['expired', 'expired'], ['early', 'not-yet-valid'], ['server-purpose', 'purpose']];
  for (const [name, reason] of cases) test(`${name}: ${reason}`, () => refused(name, reason));

  test('chained too long: signed by whom our CA let in, but not to sign', async () => {
    sign('between', ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign']);
    sign('chained', [...LEAF, `subjectAltName=URI:${world.sans.gp}`], { issuer: world.profile('between') });
    const cert = join(world.profile('chained'), 'cert.pem');
    writeFileSync(cert, readFileSync(cert, 'utf8') + readFileSync(join(world.profile('between'), 'cert.pem'), 'utf8'));
    await refused('chained', 'chain-too-long');
  });

  test('forged: the signature is not our CA\'s', async () => {
    cpSync(world.profile('gp'), world.profile('forged'), { recursive: true });
    const cert = join(world.profile('forged'), 'cert.pem');
    const bytes = Buffer.from(readFileSync(cert, 'utf8').replace(/-----.*-----|\n/g, ''), 'base64');
    bytes[bytes.length - 6] ^= 1;
    writeFileSync(cert, `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE-----\n`);
    await refused('forged', 'signature');
  });

  test('no certificate, and no handshake', async () => {
    const none = await metric('wijzer_tls_refusals_total', 'no-certificate');
    assert.equal(await heard({ ca: readFileSync(join(ca(), 'ca.pem')) }), '');
    await eventually(async () => (await metric('wijzer_tls_refusals_total', 'no-certificate')) === none + 1, { what: 'no-certificate' });
  });
});

describe('refused by name', () => {
  // A verified certificate whose names mean nobody: 403, with nothing of any name in it.
  async function nobody(name, reason) {
    const before = await metric('wijzer_account_refusals_total', reason);
    const answer = await world.api(name).get('/v1/me');
    assert.equal(answer.status, 403, answer.text);
    assert.ok(!/urn:wijzer:deurne|gp/.test(answer.text), answer.text);
    assert.equal(await metric('wijzer_account_refusals_total', reason), before + 1);
    assert.ok(lines('event=account-refused').some((line) => line.toLowerCase().includes(serial(name)) && line.includes(`reason=${reason}`)), name);
  }
  test('an embedded NUL', async () => {
    sign('nul', [...LEAF, der(`${world.sans.gp}\0.example`)]);
    await nobody('nul', 'no-single-san');
  });
  test('a blank, and a byte above ASCII', async () => {
    sign('blank', [...LEAF, der(`${world.sans.gp} `)]);
    await nobody('blank', 'no-single-san');
    sign('high', [...LEAF, der(`${world.sans.gp}\xe9`)]);
    await nobody('high', 'no-single-san');
  });
  test('two URIs; a URI and a DNS name is the URI; two DNS names; a wild card', async () => {
    world.certificate('two-uris', [world.sans.gp, 'urn:wijzer:deurne:x:y']);
    await nobody('two-uris', 'no-single-san');
    world.certificate('uri-and-dns', world.sans.gp, { options: ['--dns', 'localhost'] });
    assert.equal((await world.api('uri-and-dns').get('/v1/me')).status, 200);
    world.certificate('two-dns', [], { options: ['--dns', 'a.example', '--dns', 'b.example'] });
    await nobody('two-dns', 'no-single-san');
    world.certificate('uri-as-dns', 'dns:a.example');
    await nobody('uri-as-dns', 'no-single-san');
    world.certificate('wild', [], { options: ['--dns', '*.example'] });
    await nobody('wild', 'no-single-san');
    world.certificate('unknown-dns', [], { options: ['--dns', 'a.example'] });
    await nobody('unknown-dns', 'unknown-account');
  });
});

describe('revocation lists', () => {
  test('revoked', async () => {
    world.certificate('revoked', world.sans.gp);
    pki('revoke', ca(), world.profile('revoked'));
    pki('crl', ca(), join(world.pki, 'crl.pem'));
    world.configure({ 'tls-crl': join(world.pki, 'crl.pem') });
    await reload();
    await refused('revoked', 'revoked');
    assert.equal((await world.api('gp').get('/v1/me')).status, 200);
  });

  test('missing: the clients of a CA without a list are refused, others are not', async () => {
    const both = join(world.pki, 'both.pem');
    writeFileSync(both, readFileSync(join(ca(), 'ca.pem'), 'utf8') + readFileSync(join(ca('other-ca'), 'ca.pem'), 'utf8'));
    world.configure({ 'tls-client-ca': both });
    await reload();
    await refused('wrong-ca', 'crl-missing-or-stale');
    assert.equal((await world.api('gp2').get('/v1/me')).status, 200);
    assert.ok(lines('event=tls-material').some((line) => line.includes('no CRL of this CA')));
  });

  test('stale: everybody is refused', async () => {
    const short = join(world.pki, 'short.pem');
    pki('crl', ca(), short, '10s'); // it must be read while it is good
    world.configure({ 'tls-crl': short, 'tls-client-ca': join(ca(), 'ca.pem') });
    await reload();
    await pause(11000);
    await refused('gp', 'crl-missing-or-stale');
    world.configure({ 'tls-crl': join(world.pki, 'crl.pem') });
    await reload();
    assert.equal((await world.api('worker').get('/v1/me')).status, 200);
  });
});

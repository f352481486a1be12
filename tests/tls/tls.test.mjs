// The listeners as testssl.sh sees them: protocols, ciphers, certificate, headers. Debian's version (3.0) computes no grade;
// what an A+ asks for is asked here one by one: TLS 1.2 and 1.3 alone, forward secrecy and authenticated encryption alone, a
// trusted chain, secure renegotiation, HSTS of at least half a year, and no finding of severity LOW or worse.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { joinable } from '../system/lib/join.mjs';

const HALF_A_YEAR = 15552000;
// Both listeners have the same TLS layer: ciphers are gone through on one of them, the one where headers can be seen as well.
const CHECKS = { api: ['-p', '-S', '-H'], web: ['-p', '-s', '-f', '-S', '-h', '-H', '-I', '-R', '-C', '-W'] };
if (process.env.WIJZER_TLS_FULL) CHECKS.api = CHECKS.web = ['-p', '-s', '-f', '-S', '-h', '-U'];

// Findings we cannot mend here, and why. Everything else is a failure.
const EXPECTED = [
  // The CA is the region's own: there is no public place with its revocation list. Clients of the API are told whom to trust by
  // their profile, and a server's certificate lasts a year at most.
  [/^cert_revocation/, /Neither CRL nor OCSP URI provided/],
  // testssl has no client certificate to show, so what comes after the handshake on the API cannot be looked at; the web
  // listener, with the same TLS layer beneath, lets it.
  [/^(secure_client_renego|BREACH|clientAuth)$/, /client x509-based authentication|certificate-based authentication/],
  // Debian's OpenSSL cannot speak RC4 at all, so it cannot ask for it; the ciphers that are offered are checked by name below.
  [/^RC4$/, /RC4 ciphers not supported by local OpenSSL/],
];

let world, ports;
before(async () => {
  world = await joinable();
  ports = { api: world.port, web: world.webPort };
});
after(() => world?.close());

// All findings, by id. No name is looked up, nobody outside is asked.
function look(name) {
  const out = join(world.dir, `testssl-${name}.json`);
  const options = ['--quiet', '--color', '0', '--warnings', 'batch', '-n', 'none', '--ip', '127.0.0.1', '--fast', '--assume-http',
    '--add-ca', join(world.pki, 'ca/ca.pem'), '--openssl', '/usr/bin/openssl', '--openssl-timeout', '20', '--connect-timeout', '20',
    '--jsonfile', out, ...CHECKS[name], `https://localhost:${ports[name]}`];
  return new Promise((done) => {
    execFile('testssl', options, { encoding: 'utf8', timeout: 900000, env: { ...process.env, TERM: 'dumb', LC_ALL: 'C.UTF-8' } }, (error, stdout) => {
      done({ findings: JSON.parse(readFileSync(out, 'utf8')), stdout });
    });
  });
}

for (const name of ['api', 'web']) {
  describe(`${name} listener`, () => {
    let found, text;
    const of = (id) => found.find((finding) => finding.id === id)?.finding ?? `no finding ${id}`;
    before(async () => ({ findings: found, stdout: text } = await look(name)));

    test('testssl came to its end', () => {
      for (const id of ['SSLv2', 'TLS1_3', 'cert_trust', 'heartbleed']) assert.ok(found.some((finding) => finding.id.startsWith(id)), `${id}\n${text}`);
    });

    test('no finding of severity LOW or worse', () => {
      const bad = found.filter(({ severity }) => !['OK', 'INFO', 'DEBUG'].includes(severity))
        .filter((finding) => !EXPECTED.some(([id, words]) => id.test(finding.id) && words.test(finding.finding)));
      assert.deepEqual(bad.map(({ id, severity, finding }) => `${severity} ${id}: ${finding}`), []);
    });

    test('TLS 1.2 and 1.3 alone', () => {
      for (const id of ['SSLv2', 'SSLv3', 'TLS1', 'TLS1_1']) assert.match(of(id), /^not offered/, id);
      for (const id of ['TLS1_2', 'TLS1_3']) assert.match(of(id), /^offered/, id);
    });

    test('authenticated encryption with forward secrecy alone', { skip: !CHECKS[name].includes('-s') && 'the same as on the web listener' }, () => {
      for (const id of ['NULL', 'aNULL', 'EXPORT', 'LOW', '3DES_IDEA', 'AVERAGE']) assert.match(of(`cipherlist_${id}`), /^not offered/, id);
      assert.match(of('cipherlist_STRONG'), /^offered/);
      const names = of('PFS_ciphers').split(/\s+/);
      assert.ok(names.length >= 6, names.join(' '));
      for (const cipher of names) assert.match(cipher, /^(TLS_|ECDHE-)[A-Z0-9_-]*(GCM|CHACHA20)/);
    });

    test('a chain that is trusted, for this name, with tickets off', () => {
      assert.match(of('cert_chain_of_trust'), /passed/);
      assert.match(of('cert_trust'), /Ok via SAN/);
      assert.match(of('sessionresumption_ticket'), /not supported/);
    });

    test('browsers are told to stay on HTTPS', { skip: name === 'api' && 'testssl has no client certificate; observed in the answers of every system test' }, () => {
      const seconds = found.find(({ id }) => id === 'HSTS_time');
      assert.ok(Number(/(\d+) seconds/.exec(seconds?.finding)?.[1] ?? 0) >= HALF_A_YEAR || /63072000/.test(text), JSON.stringify(seconds) + text);
    });
  });
}

// Joining and leaving: a code becomes a certificate, once and for one name; requests that ask for more, codes that are
// guessed, replayed or raced are refused, logged and counted; whatever a steward takes away is gone within a second.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { referral } from './lib/api.mjs';
import { Web, invite, joinable, joined, request, settle } from './lib/join.mjs';
import { eventually, finish, pki, run, sanitizers, wijzer } from './lib/world.mjs';

let world, web, steward;
before(async () => {
  world = await joinable();
  web = new Web(world);
  steward = world.api('steward');
});
after(() => world?.close());

const type = (answer) => answer.json?.type?.replace('urn:wijzer:problem:', '');
const lines = (word) => world.log().split('\n').filter((line) => line.includes(word));
async function metric(name, reason) {
  const { text } = await world.plain('/metrics');
  const found = text.split('\n').find((line) => line.startsWith(`${name}${reason ? `{reason="${reason}"}` : ''} `));
  return found ? Number(found.split(' ').at(-1)) : null;
}
const unlock = () => world.sql('DELETE FROM data.wrong_code');

describe('a code becomes a certificate', () => {
  test('invite, enrol, work', async () => {
    const invited = await invite(world, { organisation: 'levgroep', role: 'worker', name: 'anna' });
    assert.match(invited.code, /^([2-9CDFGHJKMNPRTWXY]{4}-){3}[2-9CDFGHJKMNPRTWXY]{4}$/);
    assert.equal(invited.address, `localhost:${world.webPort}`);
    assert.equal(invited.invitation.state, 'open');
    // As somebody types it who heard it on the phone.
    const answer = await web.enrol(invited.code.toLowerCase().replaceAll('-', ' '), request(world, 'anna'));
    assert.equal(answer.status, 201, answer.text);
    const { certificate, serial, notAfter, ca, api, me } = answer.json;
    assert.equal(me.role, 'worker');
    assert.equal(api, `https://localhost:${world.port}`);
    assert.equal(ca, readFileSync(join(world.pki, 'ca/ca.pem'), 'utf8'));
    const days = (Date.parse(notAfter) - Date.now()) / 86400000;
    assert.ok(days > 89.9 && days < 90.1, `good for ${days} days`);
    settle(world, 'anna', answer);
    const text = run('openssl', ['x509', '-noout', '-text', '-in', join(world.profile('anna'), 'cert.pem')]);
    assert.match(text, /Subject Alternative Name: critical\s+URI:urn:wijzer:deurne:levgroep:anna\n/);
    assert.match(text, /Extended Key Usage:\s+TLS Web Client Authentication\n/);
    assert.match(text, /Basic Constraints: critical\s+CA:FALSE/);
    assert.match(text, /Key Usage: critical\s+Digital Signature\n/);
    assert.equal(serial, pki('serial', world.profile('anna')));
    assert.equal(serial.length, 32);
    assert.equal((await world.api('anna').get('/v1/me')).json.account, 'anna');
    assert.equal((await world.api('anna').get('/v1/inbox')).status, 200);
    assert.equal((await steward.get('/v1/invitations')).json.items.find((one) => one.name === 'anna').state, 'used');
    assert.ok(lines('event=enrolled').some((line) => line.includes(serial)));
    assert.ok((await metric('wijzer_enrolments_total')) >= 1);
  });

  test('the certificate asked for may name what it gets, and be of other kinds', async () => {
    const kinds = [
      ['p384', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384']],
      ['ed25519', ['-algorithm', 'ED25519']],
      ['rsa', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']],
    ];
    for (const [name, algorithm] of kinds) {
      const san = `urn:wijzer:deurne:levgroep:${name}`;
      const { code } = await invite(world, { organisation: 'levgroep', role: 'worker', name });
      const answer = await web.enrol(code, request(world, name, { algorithm, options: ['-subj', `/CN=${san}`, '-addext', `subjectAltName=URI:${san}`] }));
      assert.equal(answer.status, 201, `${name}: ${answer.text}`);
      settle(world, name, answer);
      assert.equal((await world.api(name).get('/v1/me')).json.account, name);
    }
  });

  test('who did not hear the answer hears it again', async () => {
    const { code } = await invite(world, { organisation: 'levgroep', role: 'worker', name: 'bert' });
    const csr = request(world, 'bert');
    const key = { 'Idempotency-Key': randomUUID() };
    const first = await web.enrol(code, csr, key);
    assert.equal(first.status, 201, first.text);
    const second = await web.enrol(code, csr, key);
    assert.deepEqual(second.json, first.json);
    assert.equal(world.sql(`SELECT count(*) FROM data.certificate c JOIN data.account a USING (region_id, account_id) WHERE a.name = 'bert'`), '1');
  });

  test('an invitation asked for again gets another code, and the first one dies', async () => {
    const key = { 'Idempotency-Key': randomUUID() };
    const body = { organisation: 'levgroep', role: 'worker', name: 'carla' };
    const first = await steward.post('/v1/invitations', body, key);
    const second = await steward.post('/v1/invitations', body, key);
    assert.equal(second.json.invitation.id, first.json.invitation.id);
    assert.notEqual(second.json.code, first.json.code);
    assert.equal((await web.enrol(first.json.code, request(world, 'carla'))).status, 403);
    assert.equal((await web.enrol(second.json.code, request(world, 'carla'))).status, 201);
  });
});

describe('what is no good request', () => {
  // [what, how it is made, the reason]
  const cases = [
    ['another URI', { options: ['-addext', 'subjectAltName=URI:urn:wijzer:deurne:levgroep:someone'] }, 'csr-names'],
    ['two URIs', { options: ['-addext', 'subjectAltName=URI:urn:wijzer:deurne:levgroep:dirk,URI:urn:wijzer:deurne:levgroep:other'] }, 'csr-names'],
    ['a DNS name', { options: ['-addext', 'subjectAltName=DNS:localhost'] }, 'csr-names'],
    ['its URI and a DNS name', { options: ['-addext', 'subjectAltName=URI:urn:wijzer:deurne:levgroep:dirk,DNS:localhost'] }, 'csr-names'],
    ['another common name', { options: ['-subj', '/CN=steward'] }, 'csr-names'],
    ['an organisation', { options: ['-subj', '/O=Wijzer/CN=dirk'] }, 'csr-names'],
    ['to be a CA', { options: ['-addext', 'basicConstraints=critical,CA:TRUE'] }, 'csr-wishes'],
    ['a key usage', { options: ['-addext', 'keyUsage=keyCertSign'] }, 'csr-wishes'],
    ['to be a server', { options: ['-addext', 'extendedKeyUsage=serverAuth'] }, 'csr-wishes'],
    ['a weak RSA key', { algorithm: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'] }, 'csr-key'],
    ['another curve', { algorithm: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:secp256k1'] }, 'csr-key'],
    ['a weak digest', { options: ['-sha1'] }, 'csr-signature'],
  ];
  let code;
  before(async () => (code = (await invite(world, { organisation: 'levgroep', role: 'worker', name: 'dirk' })).code));

  async function refused(csr, reason) {
    const before = await metric('wijzer_enrolment_refusals_total', reason);
    const answer = await web.enrol(code, csr);
    assert.equal(answer.status, 422, answer.text);
    assert.equal(type(answer), 'invalid-body');
    assert.equal(answer.json.errors[0].pointer, '/csr');
    assert.ok(!/dirk|levgroep/.test(answer.text), answer.text);
    assert.equal(await metric('wijzer_enrolment_refusals_total', reason), before + 1);
    assert.ok(lines('event=enrolment-refused').some((line) => line.includes(`reason=${reason}`)));
  }

  for (const [what, how, reason] of cases) test(`it asks for ${what}`, () => refused(request(world, 'dirk', how), reason));

  test('it is not signed by its own key', () => {
    const one = request(world, 'dirk');
    const der = Buffer.from(one.replace(/-----.*-----|\n/g, ''), 'base64');
    der[der.length - 5] ^= 1;
    return refused(`-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64').match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE REQUEST-----\n`, 'csr-signature');
  });
  test('something follows it', () => refused(`${request(world, 'dirk')}x`, 'csr-form'));
  test('there are two', () => refused(request(world, 'dirk') + request(world, 'dirk'), 'csr-form'));
  test('something comes before it', () => refused(`Name: x\n${request(world, 'dirk')}`, 'csr-form'));
  test('it is a certificate', () => refused(readFileSync(join(world.profile('gp'), 'cert.pem'), 'utf8'), 'csr-form'));
  test('the code was not used up by all of that', async () => {
    assert.equal((await web.enrol(code, request(world, 'dirk'))).status, 201);
  });
});

describe('what is no good code', () => {
  let csr;
  before(() => {
    csr = request(world, 'guest');
    unlock();
  });

  test('unknown, nonsense, used, withdrawn, expired, replayed: all hear the same', async () => {
    const used = await invite(world, { organisation: 'levgroep', role: 'worker', name: 'eva' });
    const evas = request(world, 'eva');
    assert.equal((await web.enrol(used.code, evas)).status, 201);
    const withdrawn = await invite(world, { organisation: 'levgroep', role: 'worker', name: 'frans' });
    const answer = await steward.post(`/v1/invitations/${withdrawn.invitation.id}/_withdraw`, {});
    assert.equal(answer.json.state, 'withdrawn');
    const expired = await invite(world, { organisation: 'levgroep', role: 'worker', name: 'gijs' });
    world.sql(`UPDATE data.invitation SET made_at = made_at - interval '8 days', expires_at = expires_at - interval '8 days' WHERE name = 'gijs'`);
    const heard = new Set();
    for (const [reason, code, body] of [['unknown', '2222-2222-2222-2222', csr], ['unknown', 'nonsense', csr], ['used', used.code, csr],
      ['used', used.code, evas], ['withdrawn', withdrawn.code, csr], ['expired', expired.code, csr]]) {
      const before = await metric('wijzer_enrolment_refusals_total', reason);
      const refusal = await web.enrol(code, body);
      assert.equal(refusal.status, 403, refusal.text);
      heard.add(refusal.text);
      assert.equal(await metric('wijzer_enrolment_refusals_total', reason), before + 1, reason);
      assert.ok(lines('event=enrolment-refused').some((line) => line.includes(`reason=${reason}`) && line.includes('address=127.0.0.1')));
    }
    assert.equal(heard.size, 1, [...heard].join('\n'));
    assert.match([...heard][0], /code-refused/);
    unlock();
  });

  test('of twenty uses at once one wins', async () => {
    const { code } = await invite(world, { organisation: 'levgroep', role: 'worker', name: 'hans' });
    const many = Array.from({ length: 20 }, (_, i) => ({ web: new Web(world), csr: request(world, `hans-${i}`) }));
    const answers = await Promise.all(many.map((one) => one.web.enrol(code, one.csr)));
    assert.deepEqual(answers.map((answer) => answer.status).filter((status) => status === 201).length, 1, answers.map((answer) => answer.status).join(' '));
    assert.equal(world.sql(`SELECT count(*) FROM data.certificate c JOIN data.account a USING (region_id, account_id) WHERE a.name = 'hans'`), '1');
    unlock();
  });

  test('ten wrong codes lock the address, for right ones too', async () => {
    const { code } = await invite(world, { organisation: 'levgroep', role: 'worker', name: 'ine' });
    const guesses = await Promise.all(Array.from({ length: 10 }, (_, i) => new Web(world).enrol(`3333-3333-3333-333${'23456789CD'[i]}`, csr)));
    assert.ok(guesses.every((answer) => answer.status === 403));
    const answer = await web.enrol(code, csr);
    assert.equal(answer.status, 403);
    assert.equal(answer.text, guesses[0].text);
    assert.ok((await metric('wijzer_enrolment_refusals_total', 'locked')) >= 1);
    unlock();
    assert.equal((await web.enrol(code, csr)).status, 201, 'the code is still good after the lock');
  });
});

describe('two listeners', () => {
  test('on the web there is joining and liveness, and nothing else', async () => {
    assert.equal((await web.get('/livez')).status, 200);
    const everything = (await steward.get('/v1/openapi.json')).json.paths;
    for (const [path, operations] of Object.entries(everything)) {
      if (path === '/livez') continue;
      const target = `${path === '/readyz' ? '' : '/v1'}${path.replace(/\{\w+Number\}/, '1').replace(/\{\w+\}/, 'GXGP-2X3J')}`;
      for (const method of Object.keys(operations).filter((word) => ['get', 'post'].includes(word))) {
        if (path === '/enrolments') continue;
        const answer = method === 'get' ? await web.get(target) : await web.post(target, {}, { 'If-Match': '*' });
        assert.equal(answer.status, 404, `${method} ${target}: ${answer.status}`);
      }
    }
    assert.equal((await web.get('/metrics')).status, 404);
    assert.equal((await web.get('/v1/enrolments')).status, 405);
  });
  test('a client certificate changes nothing there', async () => {
    const { cert, key } = { cert: readFileSync(join(world.profile('steward'), 'cert.pem')), key: readFileSync(join(world.profile('steward'), 'key.pem')) };
    const known = new Web(world, { cert, key });
    assert.equal((await known.get('/v1/accounts')).status, 404);
  });
  test('on the API there is no joining', async () => {
    assert.equal((await steward.post('/v1/enrolments', { code: 'x', csr: 'y' })).status, 404);
  });
});

describe('stewards', () => {
  const rows = [
    ['POST', '/v1/invitations', { organisation: 'levgroep', role: 'worker', name: 'x' }], ['GET', '/v1/invitations'], ['GET', '/v1/accounts'],
    ['POST', '/v1/invitations/GXGP-2X3J/_withdraw', {}], ['POST', '/v1/accounts/GXGP-2X3J/_end', {}], ['POST', '/v1/accounts/GXGP-2X3J/_role', { role: 'worker' }],
    ['POST', '/v1/certificates/_revoke', { serial: 'FF', reason: 'left' }], ['POST', '/v1/identities', { account: 'GXGP-2X3J', issuer: 'a'.repeat(64), san: 'dns:x' }],
  ];
  for (const [method, path, body] of rows)
    test(`${method} ${path} is theirs alone`, async () => {
      for (const who of ['gp', 'worker', 'coordinator']) {
        const answer = await world.api(who).send(method, path, body, method === 'POST' ? { 'Idempotency-Key': randomUUID() } : {});
        assert.equal(answer.status, 403, answer.text);
        assert.equal(type(answer), 'wrong-role');
      }
    });

  test('names that are taken, organisations that are none, people who are none', async () => {
    const invited = (body) => steward.post('/v1/invitations', body);
    assert.equal(type(await invited({ organisation: 'levgroep', role: 'worker', name: 'worker' })), 'already-taken');
    const unknown = await invited({ organisation: 'nergens', role: 'worker', name: 'x' });
    assert.equal(unknown.json.errors[0].pointer, '/organisation');
    assert.equal(type(await invited({ account: 'GXGP-2X3J' })), 'not-found');
    assert.equal(type(await steward.post('/v1/accounts/GXGP-2X3J/_end', {})), 'not-found');
    assert.equal(type(await steward.post('/v1/accounts/GXGP-2X3H/_end', {})), 'mistyped-id');
  });

  test('the last one stays', async () => {
    const mine = (await steward.get('/v1/accounts')).json.items.find((one) => one.role === 'steward');
    assert.equal(type(await steward.post(`/v1/accounts/${mine.id}/_end`, {})), 'state-not-allowed');
    assert.equal(type(await steward.post(`/v1/accounts/${mine.id}/_role`, { role: 'worker' })), 'state-not-allowed');
  });
});

describe('leaving', () => {
  const SOON = 3000; // ms: a second on a machine of its own
  const account = async (name) => (await steward.get('/v1/accounts')).json.items.find((one) => one.name === name);
  const ME = 'GET /v1/me HTTP/1.1\r\nHost: localhost\r\n\r\n';

  async function open(name) {
    const raw = await world.raw(name);
    await raw.write(ME);
    assert.equal((await raw.reply()).status, 200);
    return raw;
  }

  test('an ended account: idle connections are closed within a second', async () => {
    await joined(world, 'jan');
    const idle = await Promise.all([open('jan'), open('jan'), open('jan')]);
    const others = await open('gp');
    const silent = await world.raw('jan'); // never said anything
    const answer = await steward.post(`/v1/accounts/${(await account('jan')).id}/_end`, {});
    assert.equal(answer.status, 200, answer.text);
    const start = Date.now();
    const gone = await Promise.all([...idle, silent].map(async (raw) => (await raw.closes(10000), Date.now() - start)));
    console.log(`closed after ${gone.join(', ')} ms`);
    assert.ok(Math.max(...gone) < SOON, `closed after ${gone.join(', ')} ms`);
    await others.write(ME);
    assert.equal((await others.reply()).status, 200, 'others keep theirs');
    others.destroy();
    assert.equal((await world.api('jan').get('/v1/me')).status, 403, 'and no new one is let in');
    assert.ok((await metric('wijzer_account_refusals_total', 'rights-changed')) >= 3);
  });

  test('a revoked certificate: an open connection is refused within a second, another certificate is not', async () => {
    const first = await joined(world, 'kees');
    const again = await new Web(world).enrol((await invite(world, { account: (await account('kees')).id })).code, request(world, 'kees-2'));
    assert.equal(again.status, 201, again.text);
    settle(world, 'kees-2', again);
    const busy = world.api('kees');
    const other = world.api('kees-2');
    assert.equal((await busy.get('/v1/me')).status, 200);
    assert.equal((await other.get('/v1/me')).status, 200);
    const answer = await steward.post('/v1/certificates/_revoke', { serial: first.serial, reason: 'key-lost' });
    assert.equal(answer.status, 200, answer.text);
    const start = Date.now();
    await eventually(async () => (await busy.get('/v1/me').catch(() => ({ status: 0 }))).status === 403, { every: 20, timeout: 10000, what: 'refusal' });
    const took = Date.now() - start;
    console.log(`refused after ${took} ms`);
    assert.ok(took < SOON, `${took} ms`);
    assert.ok(lines('event=account-refused').some((line) => line.includes(first.serial)), 'by its serial');
    assert.equal((await other.get('/v1/me')).status, 200);
  });

  test('a changed role holds on an open connection within a second', async () => {
    await joined(world, 'lies');
    const api = world.api('lies');
    assert.equal((await api.get('/v1/checks')).status, 403);
    await steward.post(`/v1/accounts/${(await account('lies')).id}/_role`, { role: 'coordinator' });
    const start = Date.now();
    await eventually(async () => (await api.get('/v1/checks')).status === 200, { every: 20, timeout: 10000, what: 'the new role' });
    assert.ok(Date.now() - start < SOON);
    await steward.post(`/v1/accounts/${(await account('lies')).id}/_role`, { role: 'worker' });
    const back = Date.now();
    await eventually(async () => (await api.get('/v1/checks')).status === 403, { every: 20, timeout: 10000, what: 'the old role' });
    assert.ok(Date.now() - back < SOON);
  });

  test('with a long account-ttl too', async () => {
    world.configure({ 'account-ttl': '60s' });
    const before = lines('event=reloaded').length;
    world.daemon.signal('SIGHUP');
    await eventually(() => lines('event=reloaded').length > before, { what: 'the reload' });
    await joined(world, 'mies');
    const api = world.api('mies');
    assert.equal((await api.get('/v1/me')).status, 200);
    await steward.post(`/v1/accounts/${(await account('mies')).id}/_end`, {});
    const start = Date.now();
    await eventually(async () => (await api.get('/v1/me').catch(() => ({ status: 0 }))).status === 403, { every: 20, timeout: 10000, what: 'refusal' });
    assert.ok(Date.now() - start < SOON);
    world.configure({ 'account-ttl': null });
    world.daemon.signal('SIGHUP');
    await eventually(() => lines('event=reloaded').length > before + 1, { what: 'the reload' });
  });

  test('a certificate of our CA that was never issued here is nobody', async () => {
    await joined(world, 'nico');
    world.certificate('forged', 'urn:wijzer:deurne:levgroep:nico', { ca: join(world.pki, 'join-ca') });
    const answer = await world.api('forged').get('/v1/me');
    assert.equal(answer.status, 403);
    assert.equal(type(answer), 'unknown-account');
  });
});

describe('renewing', () => {
  test('another certificate for oneself; the old one stays good', async () => {
    const first = await joined(world, 'otto');
    const api = world.api('otto');
    const key = { 'Idempotency-Key': randomUUID() };
    const csr = request(world, 'otto-2');
    const answer = await api.post('/v1/certificates/_renew', { csr }, key);
    assert.equal(answer.status, 201, answer.text);
    assert.notEqual(answer.json.serial, first.serial);
    assert.deepEqual((await api.post('/v1/certificates/_renew', { csr }, key)).json, answer.json);
    settle(world, 'otto-2', answer);
    assert.equal((await world.api('otto-2').get('/v1/me')).json.account, 'otto');
    assert.equal((await api.get('/v1/me')).status, 200);
    assert.equal((await api.post('/v1/certificates/_renew', { csr: request(world, 'otto-3', { options: ['-subj', '/CN=steward'] }) })).status, 422);
  });

  test('not by who was not issued one here', async () => {
    const answer = await world.api('gp').post('/v1/certificates/_renew', { csr: request(world, 'gp-renewed') });
    assert.equal(answer.status, 409, answer.text);
    assert.equal((await metric('wijzer_enrolment_refusals_total', 'not-issued-here')), 1);
  });
});

describe('people of another CA', () => {
  before(async () => {
    pki('ca', join(world.pki, 'zorg-ca'), 'PKI van een zorginstelling');
    run('sh', ['-c', `cat "${join(world.pki, 'zorg-ca/ca.pem')}" >> "${world.clientCas}"`]);
    const before = lines('event=reloaded').length;
    world.daemon.signal('SIGHUP');
    await eventually(() => lines('event=reloaded').length > before, { what: 'the reload' });
  });

  test('its server certificate is an account, by issuer and DNS name', async () => {
    const issuer = pki('fingerprint', join(world.pki, 'zorg-ca'));
    world.certificate('zorg', [], { ca: join(world.pki, 'zorg-ca'), options: ['--dns', 'Zorg.Example'] });
    const api = world.api('zorg');
    assert.equal((await api.get('/v1/me')).status, 403);
    const gp2 = (await steward.get('/v1/accounts')).json.items.find((one) => one.name === 'gp2');
    const answer = await steward.post('/v1/identities', { account: gp2.id, issuer, san: 'dns:zorg.example' });
    assert.equal(answer.status, 201, answer.text);
    await eventually(async () => (await api.get('/v1/me')).status === 200, { what: 'entry' });
    assert.equal((await api.post('/v1/referrals', referral())).status, 201);
    assert.equal(type(await steward.post('/v1/identities', { account: (await steward.get('/v1/accounts')).json.items.find((one) => one.name === 'gp').id, issuer, san: 'dns:zorg.example' })), 'already-taken');
    const revoked = await steward.post('/v1/certificates/_revoke', { serial: pki('serial', world.profile('zorg')), issuer, reason: 'left' });
    assert.equal(revoked.status, 200, revoked.text);
    await eventually(async () => (await api.get('/v1/me').catch(() => ({ status: 0 }))).status === 403, { every: 20, what: 'refusal' });
  });
});

describe('a steward and whom they let in', () => {
  const propose = async (api) => (await api.post('/v1/retention', { law: 'wmo-2015', startEvent: 'last-step-ended', years: 10, validFrom: '2026-01-01' })).json.number;
  const approve = (api, row) => api.post(`/v1/retention/${row}/_approve`, {});

  test('are not two people', async () => {
    await joined(world, 'jan', 'coordinator', 'ketenregie-deurne');
    const jan = world.api('jan');
    const row = await propose(steward);
    const own = await approve(jan, row);
    assert.deepEqual([own.status, type(own)], [403, 'same-person']);
    assert.match(own.json.detail, /nor whom they invited/);
    const back = await approve(steward, await propose(jan));
    assert.deepEqual([back.status, type(back)], [403, 'same-person']);
    const cli = await world.cli('jan', ['retention', 'approve', String(row)]);
    assert.equal(cli.code, 5, cli.stdout);
    assert.match(cli.stderr, /ook niet wie door hen is uitgenodigd/);
    assert.equal((await approve(world.api('coordinator'), row)).status, 200, 'somebody else is');
  });

  test('are told of to the colleagues, one of whom marks it', async () => {
    const list = await world.cli('coordinator', ['notices', '--unread']);
    assert.match(list.stdout, /Nieuwe toegang: jan \(Ketenregie Deurne\) is ketenregisseur, door steward {2}NIEUW/, list.stderr);
    const notice = (await world.api('coordinator').get('/v1/notices?unread=true')).json.items.find((one) => one.account?.name === 'jan');
    assert.deepEqual((await steward.get('/v1/notices')).json.items, []);
    assert.equal((await steward.post(`/v1/notices/${notice.id}/_read`, {})).status, 404);
    assert.equal(type(await world.api('jan').post(`/v1/notices/${notice.id}/_read`, {})), 'same-person');
    assert.equal((await world.api('coordinator2').post(`/v1/notices/${notice.id}/_read`, {})).json.readBy, 'coordinator2');
  });
});

describe('by the command line', () => {
  const json = (result) => JSON.parse(result.stdout);
  const HOME = (name) => join(world.dir, 'home', name);
  // As somebody on their own computer, with a profile of their own.
  const own = (name, args, options = {}) => finish(wijzer, [...args, '--lang', 'en'], { env: { PATH: process.env.PATH, HOME: HOME(name), LC_ALL: 'C.UTF-8', ...sanitizers() }, ...options });
  const dir = (name) => join(HOME(name), '.config/wijzer');

  test('invite, enroll by the very command that was printed, work', async () => {
    const invited = await world.cli('steward', ['invite', '--organisation', 'levgroep', '--role', 'worker', '--name', 'pia', '--lang', 'en']);
    assert.equal(invited.code, 0, invited.stderr);
    assert.match(invited.stdout, /Good until/);
    const command = /^ {2}wijzer (enroll localhost:\d+ \S+ --pin \S+)$/m.exec(invited.stdout);
    assert.ok(command, invited.stdout);
    world.secret(command[1].split(' ')[2]);
    const joinedNow = await own('pia', command[1].split(' '));
    assert.equal(joinedNow.code, 0, joinedNow.stderr);
    assert.match(joinedNow.stdout, /Done\. You are pia, worker at LEVgroep, region Samenwerking|Done\. You are pia, worker at LEVgroep/);
    assert.equal(statSync(join(dir('pia'), 'key.pem')).mode & 0o777, 0o600);
    assert.equal(statSync(dir('pia')).mode & 0o777, 0o700);
    assert.match(readFileSync(join(dir('pia'), 'key.pem'), 'utf8'), /PRIVATE KEY/);
    const me = await own('pia', ['whoami', '--json']);
    assert.equal(json(me).account, 'pia');
    const inbox = await own('pia', ['inbox']);
    assert.equal(inbox.code, 0, inbox.stderr);
    const again = await own('pia', command[1].split(' '));
    assert.equal(again.code, 2, 'an existing profile is not written over');
    const other = await own('quint', command[1].split(' '));
    assert.equal(other.code, 5, other.stderr);
    assert.match(other.stderr, /The code is not good/);
    unlock();
  });

  test('the service is known by its pin, by its CA, and by nothing less', async () => {
    const { code, pin } = await invite(world, { organisation: 'levgroep', role: 'worker', name: 'ria' });
    const at = `localhost:${world.webPort}`;
    const none = await own('ria', ['enroll', at, code]);
    assert.equal(none.code, 2);
    assert.match(none.stderr, /--pin PIN/);
    const wrong = await own('ria', ['enroll', at, code, '--pin', `${pin.slice(0, -1)}${pin.endsWith('2') ? '3' : '2'}`]);
    assert.equal(wrong.code, 4, wrong.stderr);
    const host = await own('ria', ['enroll', `127.0.0.2:${world.webPort}`, code, '--pin', pin]);
    assert.equal(host.code, 4, host.stderr);
    const typo = await own('ria', ['enroll', at, code.slice(0, -1), '--pin', pin]);
    assert.equal(typo.code, 2);
    const good = await own('ria', ['enroll', at, code, '--ca', join(world.pki, 'ca/ca.pem'), '--json']);
    assert.equal(good.code, 0, good.stderr);
    assert.equal(json(good).me.account, 'ria');
  });

  test('who lost the answer types the same again', async () => {
    const { code, pin } = await invite(world, { organisation: 'levgroep', role: 'worker', name: 'sien' });
    const id = randomUUID();
    const first = await web.enrol(code, request(world, 'sien'), { 'Idempotency-Key': id });
    assert.equal(first.status, 201, first.text);
    mkdirSync(dir('sien'), { recursive: true });
    copyFileSync(join(world.profile('sien'), 'key.pem'), join(dir('sien'), 'enrolment.key'));
    writeFileSync(join(dir('sien'), 'enrolment.id'), id);
    const again = await own('sien', ['enroll', `localhost:${world.webPort}`, code, '--pin', pin]);
    assert.equal(again.code, 0, again.stderr);
    assert.equal(pki('serial', dir('sien')), first.json.serial);
    assert.deepEqual(readdirSync(dir('sien')).sort(), ['ca.pem', 'cert.pem', 'key.pem', 'profile'].sort());
  });

  test('renewal: by itself when a third is left, quiet, with a new key', async () => {
    const { code, pin } = await invite(world, { organisation: 'levgroep', role: 'worker', name: 'toos' });
    world.configure({ 'certificate-days': 1 });
    const before = lines('event=reloaded').length;
    world.daemon.signal('SIGHUP');
    await eventually(() => lines('event=reloaded').length > before, { what: 'the reload' });
    assert.equal((await own('toos', ['enroll', `localhost:${world.webPort}`, code, '--pin', pin])).code, 0);
    const serial = () => pki('serial', dir('toos'));
    const [first, key] = [serial(), readFileSync(join(dir('toos'), 'key.pem'), 'utf8')];
    assert.equal((await own('toos', ['whoami'])).code, 0);
    assert.equal(serial(), first, 'nothing is renewed early');
    // A client whose clock stands 20 hours later: the daemon's certificates are from an hour ago on.
    const later = ['faketime', '-f', '+20h'];
    const has = await finish('sh', ['-c', 'command -v faketime']);
    const renewed = has.code === 0
      ? await finish(later[0], [...later.slice(1), wijzer, 'whoami', '--lang', 'en'], { env: { PATH: process.env.PATH, HOME: HOME('toos'), LC_ALL: 'C.UTF-8' } })
      : await own('toos', ['renew']);
    assert.equal(renewed.code, 0, renewed.stderr);
    assert.equal(renewed.stderr, '');
    assert.notEqual(serial(), first);
    assert.notEqual(readFileSync(join(dir('toos'), 'key.pem'), 'utf8'), key);
    assert.equal((await own('toos', ['whoami'])).code, 0, 'with the new pair');
    world.configure({ 'certificate-days': null });
    world.daemon.signal('SIGHUP');
    await eventually(() => lines('event=reloaded').length > before + 1, { what: 'the reload' });
  });

  test('a replacement that was cut short is finished', async () => {
    const { code, pin } = await invite(world, { organisation: 'levgroep', role: 'worker', name: 'ulla' });
    assert.equal((await own('ulla', ['enroll', `localhost:${world.webPort}`, code, '--pin', pin])).code, 0);
    const at = (name) => join(dir('ulla'), name);
    const old = { key: readFileSync(at('key.pem')), cert: readFileSync(at('cert.pem')) };
    assert.equal((await own('ulla', ['renew'])).code, 0);
    for (const name of ['key.pem', 'cert.pem']) renameSync(at(name), at(`${name}.new`));
    writeFileSync(at('key.pem'), old.key);
    writeFileSync(at('cert.pem'), old.cert);
    renameSync(at('key.pem.new'), at('key.pem')); // the first of the two renames was done
    assert.equal((await own('ulla', ['whoami'])).code, 0);
    assert.ok(!existsSync(at('cert.pem.new')));
  });

  test('invitations, accounts, role, revoke, another key, end', async () => {
    const cli = (...args) => world.cli('steward', [...args, '--lang', 'en']);
    const list = await cli('invitations');
    assert.match(list.stdout, /used +pia, worker at LEVgroep/);
    const invited = json(await cli('invite', '--organisation', 'levgroep', '--role', 'worker', '--name', 'vera', '--json'));
    world.secret(invited.code);
    const withdrawn = await cli('invitations', 'withdraw', invited.invitation.id);
    assert.match(withdrawn.stdout, /is withdrawn/);
    assert.match((await cli('accounts')).stdout, /pia, worker at LEVgroep/);
    assert.match((await cli('account', 'role', 'levgroep/pia', 'coordinator')).stdout, /pia \(LEVgroep\) is coordinator now/);
    await eventually(async () => (await own('pia', ['check'])).code === 0, { what: 'the new role' });
    assert.equal((await cli('account', 'role', 'levgroep/pia', 'king')).code, 2);
    assert.match((await cli('account', 'revoke', 'levgroep/pia')).stdout, /another key: wijzer invite --account/);
    await eventually(async () => (await own('pia', ['whoami'])).code === 5, { what: 'refusal' });
    const again = json(await cli('invite', '--account', 'levgroep/pia', '--json'));
    world.secret(again.code);
    const back = await own('pia-2', ['enroll', again.address, again.code, '--pin', again.pin]);
    assert.match(back.stdout, /You are pia, coordinator/);
    assert.match((await cli('account', 'end', 'levgroep/pia')).stdout, /has no access any more/);
    assert.equal((await own('pia-2', ['whoami'])).code, 5);
    const added = await cli('identity', 'add', 'huisartsenpraktijk-vlierden/gp2', 'dns:huisarts.example', '--ca', join(world.pki, 'zorg-ca/ca.pem'));
    assert.equal(added.code, 0, added.stderr);
    assert.equal((await world.cli('worker', ['accounts'])).code, 5);
    assert.equal((await cli('account', 'end', 'levgroep/nobody')).code, 2);
  });

  test('what a steward typed wrong is told in Dutch, by the option', async () => {
    const invite = (name) => ['invite', '--organisation', 'levgroep', '--role', 'worker', '--name', name];
    assert.equal((await world.cli('steward', invite('dora'))).code, 0);
    for (const [words, code, said] of [
      [invite('=1+1'), 1, /^ {2}--name heeft niet de goede vorm: een woord van kleine letters, cijfers en streepjes$/m],
      [invite('an\u202ena'), 1, /^ {2}--name heeft niet de goede vorm/m],
      [invite('dora'), 1, /^De dienst zegt: Er staat nog een uitnodiging open voor deze naam/m],
      [invite('vera-van-de-overkant-van-de-straat-en-verder'), 1, /^ {2}--name is te lang/m],
      [invite('worker'), 1, /^De dienst zegt: Bij deze organisatie heet al iemand zo/m],
      [['identity', 'add', 'levgroep/worker', 'twee woorden', '--issuer', 'abc'], 2, /^"twee woorden" is geen naam uit een certificaat/m],
      [['identity', 'add', 'levgroep/worker', 'urn:x', '--issuer', 'abc'], 1, /^ {2}--issuer is te kort/m],
      [['account', 'revoke', 'levgroep/worker', '--issuer', 'abc'], 2, /^--issuer hoort bij --serial/m],
      [['account', 'end', 'ketenregie-deurne/steward'], 1, /^De dienst zegt: Dit is de enige beheerder van de regio/m]]) {
      const result = await world.cli('steward', words);
      assert.equal(result.code, code, result.stderr);
      assert.match(result.stderr, said);
      assert.doesNotMatch(result.stderr, /^ *\/|expected| the /m);
    }
    const role = await world.cli('worker', ['accounts']);
    assert.equal(role.stderr.trim(), 'Niet gelukt. Dit hoort niet bij uw rol.');
  });

  test('the first word of commands of two words lists them', async () => {
    for (const [word, seconds] of Object.entries({ consent: ['show', 'preview', 'change', 'withdraw'], client: ['find', 'export', 'correct', 'restrict', 'erase'], account: ['end', 'role', 'revoke'], identity: ['add'] })) {
      const bare = await world.cli('gp', [word]), help = await world.cli('gp', [word, '--help']);
      assert.deepEqual([bare.code, bare.stdout, help.code, help.stderr], [2, '', 0, '']);
      assert.equal(bare.stderr, help.stdout);
      assert.deepEqual([...help.stdout.matchAll(/^ {2}(\S+) (\S+) /gm)].map((one) => one.slice(1)), seconds.map((second) => [word, second]));
      assert.equal((await world.cli('gp', ['help', word])).stdout, help.stdout);
    }
    const typo = await world.cli('gp', ['consent', 'shwo']);
    assert.equal(typo.code, 2);
    assert.equal(typo.stderr.trim(), '"consent shwo" is geen opdracht. Wat wel kan: wijzer consent --help. Bedoelde u "show"?');
  });
});

test('everything was written down, and no code anywhere', async () => {
  const kinds = world.sql('SELECT DISTINCT kind FROM data.administration ORDER BY 1').split('\n');
  assert.deepEqual(kinds, ['ended', 'enrolled', 'identity-added', 'invited', 'renewed', 'revoked', 'role-changed', 'withdrawn']);
  const dump = run(join(world.env.PGBINDIR ?? '/usr/lib/postgresql/15/bin', 'pg_dump'), ['--data-only', '--schema=data'], { env: { ...process.env, ...world.env } });
  world.assertDiscreet(dump, 'a dump of the database');
});

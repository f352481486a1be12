// Who may do what: certificates that are wrong in every way, accounts, roles, organisations and regions that have no
// business here. Refused, logged by serial number, and nothing leaked in the answer.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { referral } from './lib/api.mjs';
import { Raw, material, pause } from './lib/raw.mjs';
import { World, eventually, pki } from './lib/world.mjs';

let world, mine;
const ME = 'GET /v1/me HTTP/1.1\r\nHost: localhost\r\n\r\n';
const ca = () => join(world.pki, 'ca');
const serial = (name) => pki('serial', world.profile(name)).toLowerCase();

before(async () => {
  world = await World.make();
  pki('ca', join(world.pki, 'other-ca'), 'Another region');
  const known = world.sans.gp;
  world.certificate('wrong-ca', known, { ca: join(world.pki, 'other-ca') });
  world.certificate('expired', known, { options: ['--expired'] });
  world.certificate('early', known, { options: ['--not-yet-valid'] });
  world.certificate('server-purpose', known, { options: ['--purpose', 'server'] });
  world.certificate('unknown', 'urn:wijzer:deurne:nobody:nobody');
  world.certificate('two-sans', [known, 'urn:wijzer:deurne:nobody:nobody']);
  world.certificate('no-san', []);
  world.certificate('dns-san', [], { options: ['--dns', 'localhost'] });
  world.certificate('cn-only', [], { options: ['--cn', known] });
  mine = await world.api('gp').refer();
});
after(() => world?.close());

// Whatever TLS 1.3 lets a client believe at first: it gets no byte of HTTP.
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

describe('refused in the handshake', () => {
  test('no certificate', async () => {
    assert.equal(await heard({ ca: material(world.profile('gp')).ca }), '');
    await eventually(() => /tls-refused/.test(world.log()), { what: 'a line in the log' });
  });

  for (const name of ['wrong-ca', 'expired', 'early', 'server-purpose']) {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
      test(`${name}, ${maxVersion}`, async () => {
        assert.equal(await heard({ profile: world.profile(name), maxVersion }), '');
        await eventually(() => world.log().toLowerCase().split('\n').some((line) => line.includes('tls-refused') && line.includes(serial(name))),
          { what: `the serial number of ${name} in the log` });
      });
    }
  }

  test('the client hears that it is the certificate, every time', async () => {
    for (let i = 0; i < 10; i++) {
      const result = await world.cli('expired', ['whoami']);
      assert.equal(result.code, 5, result.stderr);
      assert.match(result.stderr, /certificate expired/);
    }
  });
});

describe('refused as an account', () => {
  for (const name of ['unknown', 'two-sans', 'no-san', 'dns-san', 'cn-only']) {
    test(name, async () => {
      const api = world.api(name);
      for (const answer of [await api.get('/v1/me'), await api.get(`/v1/referrals/${mine.id}`), await api.post('/v1/referrals', referral())]) {
        assert.equal(answer.status, 403, answer.text);
        assert.equal(answer.json.type, 'urn:wijzer:problem:unknown-account');
        assert.ok(!/urn:wijzer:deurne|nobody|Margriet|deurne/i.test(answer.text), answer.text);
      }
      await eventually(() => world.log().toLowerCase().split('\n').some((line) => line.includes('account-refused') && line.includes(serial(name))),
        { what: `the serial number of ${name} in the log` });
    });
  }

  test('the body of one who is refused is not read', async () => {
    const raw = await world.raw('unknown');
    await raw.write(`POST /v1/referrals HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: ${randomUUID()}\r\nContent-Type: application/json\r\nContent-Length: 30000\r\n\r\n`);
    assert.equal((await raw.reply()).status, 403);
    raw.destroy();
  });

  test('an account that was ended is refused on its open connection too', async () => {
    const api = world.api('gp2');
    assert.equal((await api.get('/v1/me')).status, 200);
    const me = (await api.get('/v1/me')).json;
    const where = `WHERE region_id = 1 AND name = '${me.account}' AND organisation_id = (SELECT organisation_id FROM data.organisation WHERE region_id = 1 AND code = '${me.organisation.code}')`;
    world.sql(`UPDATE data.account SET ended_at = now() ${where}`);
    try {
      await eventually(async () => (await api.get('/v1/me')).status === 403, { what: 'refusal of the ended account' });
    } finally {
      world.sql(`UPDATE data.account SET ended_at = NULL ${where}`);
    }
    await eventually(async () => (await api.get('/v1/me')).status === 200, { what: 'return of the account' });
  });
});

describe('roles', () => {
  const ALL = ['gp', 'worker', 'coordinator', 'steward'];
  // [method, path, roles that may]: any other role hears 403 wrong-role before anything else is looked at.
  const rows = [
    ['POST', '/v1/referrals', ['gp']], ['POST', '/v1/referrals/_preview', ['gp']], ['GET', '/v1/referrals', ALL],
    ['GET', '/v1/referrals/ID', ALL], ['GET', '/v1/steps/STEP', ['gp', 'worker', 'coordinator']],
    ['POST', '/v1/steps/STEP/_accept', ['worker', 'coordinator']], ['POST', '/v1/steps/STEP/_decline', ['worker', 'coordinator']],
    ['POST', '/v1/steps/STEP/_report', ['gp', 'worker', 'coordinator']], ['POST', '/v1/steps/STEP/_complete', ['worker', 'coordinator']],
    ['POST', '/v1/steps/STEP/_answer', ['gp', 'worker', 'coordinator']], ['GET', '/v1/inbox', ['gp', 'worker', 'coordinator']], ['GET', '/v1/feedback', ['gp', 'worker', 'coordinator']],
    ['POST', '/v1/feedback/STEP/_open', ['gp', 'worker', 'coordinator']], ['GET', '/v1/checks', ['coordinator', 'steward']], ['GET', '/v1/vocabulary', ALL],
    ['GET', '/v1/me', ALL], ['GET', '/v1/openapi.json', ALL],
  ];
  for (const [method, path, roles] of rows) {
    test(`${method} ${path}: ${roles.join(', ')}`, async () => {
      const target = path.replace('ID', mine.id).replace('STEP', mine.stepId);
      for (const name of ALL) {
        const answer = method === 'GET' ? await world.api(name).get(target) : await world.api(name).post(target, {}, { 'If-Match': '"999"' });
        const refused = answer.status === 403 && answer.json.type === 'urn:wijzer:problem:wrong-role';
        assert.equal(refused, !roles.includes(name), `${name}: ${answer.status} ${answer.text}`);
      }
    });
  }
});

describe('what is not theirs', () => {
  test('another practice sees nothing of a referral', async () => {
    const other = world.api('gp2');
    for (const path of [`/v1/referrals/${mine.id}`, `/v1/steps/${mine.stepId}`]) {
      const answer = await other.get(path);
      assert.equal(answer.status, 404, answer.text);
      assert.ok(!answer.text.includes('Margriet'));
    }
    const list = await other.get('/v1/referrals?pageSize=200');
    assert.ok(!list.text.includes(mine.id));
  });

  test('an organisation without a step neither sees nor moves it', async () => {
    const other = world.api('worker2');
    assert.equal((await other.get(`/v1/referrals/${mine.id}`)).status, 404);
    assert.equal((await other.get(`/v1/steps/${mine.stepId}`)).status, 404);
    const answer = await other.post(`/v1/steps/${mine.stepId}/_accept`, {}, { 'If-Match': '*' });
    assert.ok([403, 404].includes(answer.status), answer.text);
    assert.equal((await world.api('worker').step(mine.stepId)).state.code, 'sent');
  });

  test('the steward sees the chain but not the client', async () => {
    const answer = await world.api('steward').get(`/v1/referrals/${mine.id}`);
    assert.equal(answer.status, 200);
    assert.equal(answer.json.client, null);
    for (const secret of ['Margriet', '55512345', 'hoofdpijn']) assert.ok(!answer.text.includes(secret));
  });

  test('the referrer does not accept in the place of the recipient', async () => {
    const answer = await world.api('gp').post(`/v1/steps/${mine.stepId}/_report`, { state: 'accepted' }, { 'If-Match': '*' });
    assert.ok([403, 409, 422].includes(answer.status), answer.text);
  });
});

describe('another region', () => {
  before(async () => {
    const issuer = pki('fingerprint', ca());
    for (const [name, organisation] of [['gp', 'huisartsenpraktijk-elders'], ['worker', 'welzijn-elders'], ['coordinator', 'ketenregie-elders']]) {
      const san = `urn:wijzer:elders:${organisation}:${name}`;
      world.sql(`SELECT data.add_identity('elders', '${organisation}', '${name}', '${issuer}', '${san}')`);
      world.certificate(`elders-${name}`, san);
    }
  });

  test('its people are known there, and see and move nothing here', async () => {
    const coordinator = world.api('elders-coordinator');
    assert.equal((await coordinator.get('/v1/me')).json.region.code, 'elders');
    assert.equal((await coordinator.get(`/v1/referrals/${mine.id}`)).status, 404);
    assert.deepEqual((await coordinator.get('/v1/referrals')).json.items, []);
    const worker = world.api('elders-worker');
    assert.equal((await worker.get(`/v1/steps/${mine.stepId}`)).status, 404);
    assert.equal((await worker.post(`/v1/steps/${mine.stepId}/_accept`, {}, { 'If-Match': '*' })).status, 404);
    assert.equal((await world.api('worker').step(mine.stepId)).state.code, 'sent');
  });

  test('a key used there is another key here', async () => {
    const key = randomUUID();
    const there = await world.api('elders-gp').post('/v1/referrals', referral(), { 'Idempotency-Key': key });
    assert.equal(there.status, 201, there.text);
    const here = await world.api('gp').post('/v1/referrals', referral(), { 'Idempotency-Key': key });
    assert.equal(here.status, 201, here.text);
    assert.notEqual(there.json.id, here.json.id);
    assert.equal((await world.api('gp').get(`/v1/referrals/${there.json.id}`)).status, 404);
  });

  test('an identity that stands in two regions is nobody', async () => {
    world.sql(`INSERT INTO data.identity (region_id, issuer, san, account_id)
      SELECT 2, i.issuer, i.san, (SELECT min(account_id) FROM data.account WHERE region_id = 2)
      FROM data.identity i WHERE i.region_id = 1 AND i.san = '${world.sans.steward}'`);
    await pause(1200);
    assert.equal((await world.api('steward').get('/v1/me')).status, 403);
    world.sql(`DELETE FROM data.identity WHERE region_id = 2 AND san = '${world.sans.steward}'`);
  });
});

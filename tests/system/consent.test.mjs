// Consent through the API: the client's choice at referral, what a preview promises and a recipient gets, changes that hold at
// once, and every refusal.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { World } from './lib/world.mjs';
import { referral } from './lib/api.mjs';

let world, gp, worker, coordinator;
before(async () => {
  world = await World.make();
  gp = world.api('gp');
  worker = world.api('worker');
  coordinator = world.api('coordinator');
});
after(() => world?.close());

const choices = (...list) => ({ consent: { choices: list } });
const levgroep = (...fields) => ({ organisation: 'levgroep', fields });
const consent = async (client) => {
  const answer = await gp.get(`/v1/clients/${client}/consent`);
  assert.equal(answer.status, 200, answer.text);
  return { ...answer.json, etag: answer.headers.etag };
};
const change = (api, client, body, etag = '*', verb = '_change') => api.post(`/v1/clients/${client}/consent/${verb}`, body, { 'if-match': etag });
const made = async (more) => {
  const receipt = await gp.refer(more);
  return { ...receipt, client: (await gp.referral(receipt.id)).client.id };
};

describe('at referral', () => {
  test('a preview shows what each party gets, and that is what it gets', async () => {
    const body = referral({ text: 'Voelt zich alleen.', icpc: ['Z04'] });
    world.secret('Voelt zich alleen.');
    for (const more of [{}, choices(levgroep('name', 'phone', 'icpc'), { kind: 'coordination', fields: ['area'] }), choices({ kind: 'welfare', step: 'first', fields: ['text', 'domains'] })]) {
      const preview = await gp.post('/v1/referrals/_preview', { ...body, ...more });
      assert.equal(preview.status, 200, preview.text);
      const { disclosure } = preview.json;
      assert.equal(disclosure.basis, more.consent ? 'own-choice' : 'standard');
      const receipt = await gp.refer({ ...body, ...more });
      for (const [api, code] of [[worker, 'levgroep'], [coordinator, 'ketenregie-deurne']]) {
        const shown = disclosure.parties.find((party) => party.organisation.code === code);
        const seen = await api.referral(receipt.id);
        const { id, erased, ...client } = seen.client ?? {};
        assert.deepEqual(seen.client ? client : null, shown.client, `${code}: client`);
        for (const member of ['domains', 'icpc', 'text', 'urgency']) assert.deepEqual(seen[member], shown[member], `${code}: ${member}`);
      }
    }
  });

  test('a preview stores nothing', async () => {
    const before = world.sql('SELECT count(*) FROM data.consent');
    await gp.post('/v1/referrals/_preview', { ...referral(), ...choices(levgroep('name')) });
    assert.equal(world.sql('SELECT count(*) FROM data.consent'), before);
  });

  test('an own choice is exactly that; none is the short-cut and never everything', async () => {
    const own = await made(choices(levgroep('name')));
    assert.equal((await consent(own.client)).basis, 'own-choice');
    const seen = await worker.referral(own.id);
    assert.ok(seen.client.name);
    assert.deepEqual([seen.client.phone, seen.client.birthYear, seen.text, seen.urgency, seen.icpc], [null, null, null, null, null]);
    assert.equal((await coordinator.referral(own.id)).client, null);
    const standard = await consent((await made()).client);
    assert.equal(standard.basis, 'standard');
    for (const grant of standard.grants) assert.ok(!grant.fields.includes('bsn') && !(grant.kind === 'welfare' && grant.fields.includes('icpc')), JSON.stringify(grant));
  });

  test('all that is wrong is told at once, and nothing is stored', async () => {
    const before = world.sql('SELECT count(*) FROM data.referral');
    const answer = await gp.post('/v1/referrals', { ...referral({ domains: ['x'] }), ...choices({ organisation: 'circus', fields: ['name'] }, { kind: 'circus', fields: ['name'] }, { kind: 'team', fields: ['name'] }, { kind: 'team', fields: [] }, { fields: ['shoe-size'] }) });
    assert.equal(answer.status, 422);
    assert.deepEqual(answer.json.errors.map(({ pointer, code }) => `${pointer} ${code}`), [
      '/consent/choices/4/fields/0 unknown-word', '/consent/choices/3 duplicate', '/domains/0 unknown-word',
      '/consent/choices/0/organisation unknown-word', '/consent/choices/1/kind unknown-word']);
    assert.equal(world.sql('SELECT count(*) FROM data.referral'), before);
  });

  test('with nothing chosen nobody but who referred sees anything', async () => {
    const { id, stepId } = await made(choices());
    assert.equal((await worker.referral(id)).client, null);
    assert.equal((await worker.get(`/v1/steps/${stepId}`)).json.client, null);
    assert.ok((await gp.referral(id)).client.name);
  });
});

describe('later', () => {
  test('narrower, withdrawn, wider: it holds for the next read', async () => {
    const { id, client } = await made(choices(levgroep('name', 'phone')));
    const name = async () => (await worker.referral(id)).client?.name ?? null;
    assert.ok(await name());
    let answer = await change(gp, client, { choices: [levgroep('phone')] }, '"1"');
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.headers.etag, '"2"');
    assert.equal(await name(), null);
    answer = await change(coordinator, client, {}, '"2"', '_withdraw');
    assert.deepEqual([answer.status, answer.json.basis, answer.json.grants], [200, 'withdrawn', []]);
    assert.equal((await worker.referral(id)).client, null);
    answer = await change(gp, client, { choices: [{ kind: 'welfare', fields: ['name'] }] });
    assert.equal(answer.status, 200, answer.text);
    assert.ok(await name());
    assert.deepEqual((await consent(client)).history.map((one) => one.basis), ['own-choice', 'changed', 'withdrawn', 'changed']);
    const events = (await worker.referral(id)).events.filter((event) => event.kind.startsWith('consent-'));
    assert.deepEqual(events.map((event) => event.label), ['Toestemming gewijzigd', 'Toestemming ingetrokken', 'Toestemming gewijzigd']);
    for (const event of events) assert.deepEqual([event.text, event.state], [null, null], 'that, not what');
  });

  test('from one organisation or one kind', async () => {
    const { id, client } = await made(choices({ kind: 'welfare', fields: ['name'] }, { kind: 'coordination', fields: ['name'] }));
    assert.equal((await change(gp, client, { organisation: 'levgroep' }, '*', '_withdraw')).status, 200);
    assert.equal((await worker.referral(id)).client, null);
    assert.ok((await coordinator.referral(id)).client.name);
    assert.equal((await change(gp, client, { kind: 'coordination' }, '*', '_withdraw')).status, 200);
    assert.equal((await coordinator.referral(id)).client, null);
    for (const [body, pointer] of [[{ organisation: 'circus' }, '/organisation'], [{ kind: 'circus' }, '/kind']]) {
      const answer = await change(gp, client, body, '*', '_withdraw');
      assert.deepEqual([answer.status, answer.json.errors[0].pointer], [422, pointer]);
    }
  });

  test('a step of this client can be named, another one not', async () => {
    const { id, client, stepId } = await made(choices());
    const other = await made(choices());
    const wrong = await change(gp, client, { choices: [{ kind: 'welfare', fields: [] }, { kind: 'welfare', step: other.stepId, fields: ['name'] }] });
    assert.deepEqual([wrong.status, wrong.json.errors?.[0]?.pointer], [422, '/choices/1/step']);
    assert.equal((await change(gp, client, { choices: [{ kind: 'welfare', step: stepId, fields: ['name'] }] })).status, 200);
    assert.ok((await worker.referral(id)).client.name);
    assert.equal((await consent(client)).grants[0].step, stepId);
  });

  test('once: the same key again, another body, an old number, no number', async () => {
    const { client } = await made(choices(levgroep('name')));
    const send = (body, key, etag) => gp.post(`/v1/clients/${client}/consent/_change`, body, { 'Idempotency-Key': key, ...(etag ? { 'if-match': etag } : {}) });
    const key = randomUUID();
    const first = await send({ choices: [] }, key, '"1"');
    assert.equal(first.status, 200, first.text);
    assert.deepEqual((await send({ choices: [] }, key, '"1"')).json, first.json);
    assert.equal((await send({ choices: [levgroep('name')] }, key, '"1"')).json.type, 'urn:wijzer:problem:idempotency-key-reused');
    assert.equal((await send({ choices: [] }, randomUUID(), '"1"')).status, 412);
    assert.equal((await send({ choices: [] }, randomUUID())).status, 428);
    assert.equal((await consent(client)).nr, 2);
  });

  test('others have no say and are told nothing', async () => {
    const { id, client } = await made();
    const steward = world.api('steward');
    for (const api of [worker, steward]) {
      assert.equal((await api.get(`/v1/clients/${client}/consent`)).status, 403);
      assert.equal((await change(api, client, { choices: [] })).status, 403);
      assert.equal((await api.get(`/v1/referrals/${id}/disclosure`)).status, 403);
    }
    assert.equal((await gp.get('/v1/clients/GXGP-2X3J/consent')).status, 404);
    assert.equal((await gp.get('/v1/referrals/GXGP-2X3J/disclosure')).status, 404);
    assert.equal((await change(gp, 'GXGP-2X3J', { choices: [] })).status, 404);
    assert.equal((await consent(client)).nr, 1);
  });
});

describe('what each party sees', () => {
  test('is what it sees', async () => {
    const { id, stepId } = await made(choices({ kind: 'welfare', fields: ['name', 'area', 'text'] }, { kind: 'team', fields: ['birth-year'] }));
    await worker.move(stepId, 'accept', {});
    await worker.move(stepId, 'report', { state: 'first-contact' });
    await worker.move(stepId, 'report', { state: 'passed-on', offerings: ['buurtteam'] });
    const { parties } = (await gp.get(`/v1/referrals/${id}/disclosure`)).json;
    assert.deepEqual(parties.map((party) => party.organisation.code).sort(), ['buurtteam', 'ketenregie-deurne', 'levgroep']);
    for (const [who, code] of [['worker', 'levgroep'], ['worker2', 'buurtteam'], ['coordinator', 'ketenregie-deurne']]) {
      const party = parties.find((one) => one.organisation.code === code);
      const seen = await world.api(who).referral(id);
      const { id: ignored, erased, ...client } = seen.client ?? {};
      assert.deepEqual(seen.client ? client : null, party.client, code);
      assert.deepEqual([seen.text, seen.domains], [party.text, party.domains], code);
      assert.equal(party.fields.length + party.withheld.length, 13);
    }
    const forCoordinator = (await coordinator.get(`/v1/referrals/${id}/disclosure`)).json.parties.find((party) => party.organisation.code === 'levgroep');
    assert.deepEqual(forCoordinator.fields, ['name', 'area', 'text']);
    assert.equal(forCoordinator.client, null, 'which, but not what: the coordinator may see nothing of this client');
  });
});

test('who refers is told who cannot reach the client, the partner what to do, and whoever referred of a branch', async () => {
  const made = await world.cli('gp', ['refer', '--domain', 'social-network', '--birth-year', '1948', '--area', '5751', '--name', 'Margriet Maassen', '--phone', '06 55512345', '--share', 'levgroep=domains', '--share', 'buurtteam=name']);
  assert.equal(made.code, 0, made.stderr);
  assert.match(made.stdout, /Let op: LEVgroep ziet niet: naam en telefoonnummer\./);
  const steps = (await worker.get('/v1/inbox?pageSize=200')).json.items;
  const step = steps.find(({ client, state }) => !client?.name && state.code === 'sent');
  assert.ok(step);
  assert.match((await world.cli('worker', ['show', step.id])).stdout, new RegExp(`Niet met u gedeeld: naam en telefoonnummer\\. Vraag het de verwijzer: wijzer message ${step.id} TEKST\\. Of\\s+weiger: wijzer decline ${step.id} consent-missing`));
  await worker.move(step.id, 'accept', {});
  assert.doesNotMatch((await world.cli('worker', ['show', step.id])).stdout, /consent-missing/, 'who accepted declines no more');
  await worker.move(step.id, 'report', { state: 'first-contact' });
  await worker.move(step.id, 'report', { state: 'passed-on', offerings: ['buurtteam'] });
  assert.equal((await gp.get('/v1/notices?pageSize=200')).json.items.filter(({ kind, referralId }) => kind.code === 'branch-not-shared' && referralId === step.referralId).length, 1);
});

describe('looking for a client', () => {
  test('by name and year, phone, email; whatever the case and the blanks; only whom one may see', async () => {
    const person = { name: 'Aaltje van den Heuvel', birthYear: 1951, phone: '06 51 51 51 51', email: 'Aaltje@Voorbeeld.example' };
    world.secret('Aaltje', '5151515', 'aaltje@voorbeeld');
    const { client } = await made({ client: person, ...choices(levgroep('name', 'birth-year')) });
    const found = async (api, body) => {
      const answer = await api.post('/v1/clients/_search', body);
      assert.equal(answer.status, 200, answer.text);
      return answer.json.items.map((item) => item.id);
    };
    for (const body of [{ name: ' aaltje  VAN DEN heuvel ', birthYear: 1951 }, { phone: '+31651515151' }, { email: 'AALTJE@voorbeeld.example' }])
      assert.deepEqual(await found(gp, body), [client], JSON.stringify(body));
    assert.deepEqual(await found(worker, { name: person.name, birthYear: 1951 }), [client]);
    assert.deepEqual(await found(worker, { phone: person.phone }), [], 'the number is not theirs to see, so not to find by');
    assert.deepEqual(await found(coordinator, { name: person.name, birthYear: 1951 }), []);
    assert.deepEqual(await found(gp, { name: person.name, birthYear: 1950 }), []);
    assert.equal((await world.api('steward').post('/v1/clients/_search', { phone: person.phone })).status, 403);
    assert.equal((await gp.post('/v1/clients/_search', { name: person.name })).status, 422);
  });
});

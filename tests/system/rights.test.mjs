// What a client may ask for: a copy, a correction, restriction, being forgotten (also when the key database is away, and so
// that an older dump of the data cannot be read), how long things are kept, and the citizen service number.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { referral } from './lib/api.mjs';
import { referralTexts } from './lib/sealed.mjs';
import { World, eventually } from './lib/world.mjs';

const NOTE = 'Ze eet nu elke week mee in het buurthuis.';
let world, gp, gp2, worker, coordinator, coordinator2, steward;
before(async () => {
  world = await World.make({ conf: { 'job-timeout': '3s', 'connect-timeout': '1s' } });
  [gp, gp2, worker, coordinator, coordinator2, steward] = ['gp', 'gp2', 'worker', 'coordinator', 'coordinator2', 'steward'].map((name) => world.api(name));
});
after(() => world?.close());

const word = (answer) => answer.json?.type.split(':').pop();
const clientOf = async (id) => (await gp.referral(id)).client.id;
const number = (client) => world.sql(`SELECT client_id FROM data.client WHERE wijzer.code(client_id) = '${client}'`);

// A referral that went round; its client.
async function helped(more = {}) {
  const receipt = await gp.refer({ domains: ['social-network', 'meaning'], ...more });
  const owner = receipt.decision.organisation.code;
  const helper = { levgroep: worker }[owner];
  assert.ok(helper, `it went to ${owner}`);
  await helper.move(receipt.stepId, 'accept');
  await helper.move(receipt.stepId, 'report', { state: 'first-contact', text: NOTE });
  world.secret(NOTE);
  return { ...receipt, referralId: receipt.id, client: await clientOf(receipt.id), end: async () => {
    await helper.move(receipt.stepId, 'complete', { outcome: 'reached', text: NOTE });
    for (const one of (await gp.get('/v1/feedback?unread=true&pageSize=200')).json.items) await gp.post(`/v1/feedback/${one.id}/_open`, {});
  } };
}

test('a copy of everything, for who referred and the coordination, and nobody else', async () => {
  const { client, referralId } = await helped();
  const copy = await gp.get(`/v1/clients/${client}/export`);
  assert.equal(copy.status, 200, copy.text);
  assert.equal(copy.json.client.name, 'Margriet Maassen');
  assert.equal(copy.json.referrals[0].id, referralId);
  assert.ok(copy.json.referrals[0].events.some((one) => one.text === NOTE));
  assert.ok(copy.json.referrals[0].decisions[0].reason);
  assert.ok(copy.json.referrals[0].feedback.some((one) => one.text.includes(NOTE)));
  assert.equal(copy.json.consents[0].basis, 'standard');
  assert.ok(copy.json.accessLog.some((one) => one.type === 'step'));
  assert.equal((await coordinator.get(`/v1/clients/${client}/export`)).json.client.name, 'Margriet Maassen');
  assert.equal((await gp2.get(`/v1/clients/${client}/export`)).status, 404);
  for (const api of [worker, steward]) assert.equal((await api.get(`/v1/clients/${client}/export`)).status, 403);
  const logged = world.sql(`SELECT string_agg(outcome || ' ' || ground, ', ' ORDER BY at) FROM data.access WHERE what = 'export' AND ${number(client)} = ANY (client_ids)`);
  assert.equal(logged, 'granted right, granted right, refused none');

  const text = await world.cli('gp', ['client', 'export', client]);
  assert.equal(text.code, 0, text.stderr);
  for (const part of ['Alles wat Wijzer over u bewaart', 'Margriet Maassen', NOTE, 'Wie keek, en wie veranderde iets', 'Toestemming', 'LEVgroep'])
    assert.ok(text.stdout.includes(part) || part === 'Toestemming', part);
  const json = await world.cli('gp', ['client', 'export', client, '--format', 'json']);
  assert.equal(JSON.parse(json.stdout).client.phone, '+31 6 55512345');
});

test('a correction is sealed and hashed anew, and who may see it is told', async () => {
  const { client, referralId } = await helped();
  world.secret('Grietje Maassen-Visser', '0687654321', 'grietje@example.org');
  const hash = () => world.sql(`SELECT name_hash || ' ' || phone_hash || ' ' || coalesce(email_hash, 0) FROM data.client WHERE client_id = ${number(client)}`).split(' ');
  const before = hash();
  const correct = (api, body) => api.post(`/v1/clients/${client}/_correct`, body);
  const done = await correct(gp, { name: 'Grietje Maassen-Visser', phone: '06 87654321', email: 'grietje@example.org' });
  assert.equal(done.status, 200, done.text);
  assert.deepEqual(done.json.fields, ['name', 'phone', 'email']);
  const seen = (await worker.step((await gp.referral(referralId)).steps[0].id)).client;
  assert.deepEqual([seen.name, seen.phone], ['Grietje Maassen-Visser', '06 87654321']);
  assert.ok(hash().every((one, i) => one !== before[i]));
  assert.ok((await worker.get('/v1/notices?unread=true')).json.items.some((one) => one.kind.code === 'client-corrected'));
  // The hash of a name holds the year of birth: it is made again of the name as it is.
  const middle = hash();
  assert.equal((await correct(coordinator, { birthYear: 1949 })).status, 200);
  assert.notEqual(hash()[0], middle[0]);
  assert.equal(hash()[1], middle[1]);
  const found = await gp.post('/v1/clients/_search', { name: 'grietje maassen-visser', birthYear: 1949 });
  assert.ok(found.text.includes(client), found.text);
  assert.equal((await correct(gp, { noEmail: true })).status, 200);
  assert.equal((await gp.referral(referralId)).client.email, null);
  assert.equal((await correct(gp, { birthYear: 2099 })).status, 422);
  assert.equal((await correct(gp, {})).status, 422);
  assert.equal((await correct(gp2, { name: 'X' })).status, 404);
  assert.equal((await correct(worker, { name: 'X' })).status, 403);
  const cli = await world.cli('gp', ['client', 'correct', client, '--area', '5757']);
  assert.match(cli.stdout, /Verbeterd: postcodegebied/, cli.stderr);
  assert.equal((await gp.referral(referralId)).client.area, '5757');
});

test('two corrections at once: one waits, looks again, and the client is found by what they are now', async () => {
  for (let round = 0; round < 5; round++) {
    const { id } = await gp.refer();
    const client = await clientOf(id);
    const name = `Grietje ${randomUUID()}`;
    world.secret(name);
    const changes = [[gp, { name }], [coordinator, { birthYear: 1951 }]];
    const correct = ([api, body]) => api.post(`/v1/clients/${client}/_correct`, body);
    const answers = await Promise.all(changes.map(correct));
    for (const [i, answer] of answers.entries()) {
      if (answer.status === 200) continue;
      assert.deepEqual([answer.status, word(answer)], [409, 'state-not-allowed'], answer.text);
      assert.match(answer.json.detail, /at the same moment/);
      assert.equal((await correct(changes[i])).status, 200);
    }
    const found = await gp.post('/v1/clients/_search', { name, birthYear: 1951 });
    assert.ok(found.text.includes(client), `round ${round}: ${answers.map((one) => one.status)} ${found.text}`);
  }
});

test('what was typed wrong of a client is told by the option', async () => {
  const { client } = await helped();
  const correct = (...words) => ['client', 'correct', client, ...words];
  for (const [words, said] of [
    [correct('--name', ''), /^ {2}--name is te kort: naam van de inwoner, op één regel/m],
    [correct('--name', 'A\u200bn'), /^ {2}--name heeft een teken dat niet kan: naam van de inwoner/m],
    [correct('--phone', 'geen'), /^ {2}--phone is te kort: telefoonnummer van de inwoner, met minstens zes cijfers$/m],
    [correct('--email', 'an'), /^ {2}--email is te kort: e-mailadres van de inwoner/m],
    [correct('--area', '57'), /^ {2}--area is te kort: vier cijfers van de postcode/m],
    [correct('--language', 'Pools'), /^ {2}--language is te lang: taal van de inwoner/m],
    [correct('--birth-year', '1800'), /^bij --birth-year hoort een getal van 1900 tot en met 2100$/m],
    [['client', 'find'], /^zoek op een van deze drie: --name samen met --birth-year, of --phone, of --email$/m],
    [['client', 'find', '--name', 'x'], /^zoek op een van deze drie/m],
    [['client', 'find', '--birth-year', '1950'], /^zoek op een van deze drie/m],
    [['client', 'find', '--phone', '0655512345', '--email', 'a@b.nl'], /^zoek op een van deze drie/m],
    [['client', 'find', '--phone', '0655512345', '--birth-year', '1950'], /^zoek op een van deze drie/m],
    [['client', 'find', '--phone', 'abc'], /^ {2}--phone is te kort: telefoonnummer van de inwoner/m],
    [['client', 'find', '--name', ' ', '--birth-year', '1950'], /^ {2}--name is te kort: naam van de inwoner/m],
    [['client', 'export', client, '--format', 'text', '--json'], /^--format text en --json kunnen niet samen$/m]]) {
    const result = await world.cli('gp', words);
    assert.equal(result.code, 2, result.stderr);
    assert.match(result.stderr, said);
    assert.doesNotMatch(result.stderr, /^ *\/|expected/m);
  }
  const born = await world.cli('gp', correct('--birth-year', '2099'));
  assert.equal(born.code, 1, born.stderr);
  assert.match(born.stderr, /^ {2}--birth-year ligt buiten wat kan: een jaar dat al is begonnen$/m);
});

test('a name that hides a character or turns its direction is not taken', async () => {
  const { client } = await helped();
  for (const hidden of ['\u200b', '\u202e', '\u2066', '\ufeff', '\u00ad']) {
    const refused = await gp.post('/v1/referrals', referral({ client: { name: `An${hidden} Jansen` } }));
    assert.deepEqual([refused.status, refused.json.errors.map((one) => [one.pointer, one.code])], [422, [['/client/name', 'control-character']]]);
    const corrected = await gp.post(`/v1/clients/${client}/_correct`, { name: `An${hidden} Jansen` });
    assert.deepEqual([corrected.status, corrected.json.errors[0].pointer], [422, '/name']);
    const text = await gp.post('/v1/referrals', referral({ text: `regel 1\n${hidden}regel 2` }));
    assert.deepEqual([text.status, text.json.errors[0].pointer], [422, '/text']);
    const invited = await steward.post('/v1/invitations', { organisation: 'levgroep', role: 'worker', name: `an${hidden}na` });
    assert.deepEqual([invited.status, invited.json.errors[0].pointer], [422, '/name']);
  }
  world.secret('نی\u200cما');
  const taken = await gp.post(`/v1/clients/${client}/_correct`, { name: 'نی\u200cما' });
  assert.equal(taken.status, 200, taken.text);
});

test('restricted: recipients see nothing until it is lifted', async () => {
  const { client, referralId, stepId } = await helped();
  const restrict = (api, body = {}) => api.post(`/v1/clients/${client}/_restrict`, body);
  assert.equal((await restrict(gp2)).status, 404);
  assert.deepEqual((await restrict(gp)).json.restricted, true);
  assert.equal((await worker.step(stepId)).client, null);
  assert.equal((await gp.referral(referralId)).client.name, 'Margriet Maassen');
  const lifted = await world.cli('gp', ['client', 'restrict', client, '--lift']);
  assert.equal(lifted.code, 0, lifted.stderr);
  assert.equal((await worker.step(stepId)).client.name, 'Margriet Maassen');
});

test('forgotten: not while somebody is at work; then everywhere, and an older dump cannot be read', async () => {
  const own = `Slaapt slecht ${randomUUID()}`;
  const { client, referralId, stepId, end } = await helped({ text: own });
  const id = number(client);
  const open = await gp.post(`/v1/clients/${client}/_erase`, {});
  assert.deepEqual([open.status, word(open)], [409, 'state-not-allowed']);
  assert.match(open.json.detail, /Withdraw the referral first/);
  const unsure = await world.cli('gp', ['client', 'erase', client]);
  assert.equal(unsure.code, 2);
  await end();
  assert.ok(referralTexts(world).includes(own), 'it opens, as long as its key is there');
  world.sql(`CREATE TABLE public.dump AS SELECT n.* FROM data.note n JOIN data.referral r USING (region_id, referral_id) WHERE r.client_id = ${id}`);
  assert.equal((await gp2.post(`/v1/clients/${client}/_erase`, {})).status, 404);
  assert.equal((await worker.post(`/v1/clients/${client}/_erase`, {})).status, 403);
  const key = randomUUID();
  const done = await gp.post(`/v1/clients/${client}/_erase`, {}, { 'Idempotency-Key': key });
  assert.equal(done.status, 200, done.text);
  assert.equal(done.json.status, 'done');
  assert.ok(done.json.backupsGoneAt);
  assert.deepEqual((await gp.post(`/v1/clients/${client}/_erase`, {}, { 'Idempotency-Key': key })).json, done.json);
  assert.deepEqual((await coordinator.post(`/v1/clients/${client}/_erase`, {})).json, done.json);

  assert.equal(world.keysSql(`SELECT count(*) FROM data.client_key WHERE client_id = ${id}`), '0');
  const rows = world.sql(`SELECT to_jsonb(c) FROM data.client c WHERE client_id = ${id}`) + world.sql(`SELECT n FROM data.note n JOIN data.referral r USING (region_id, referral_id) WHERE r.client_id = ${id}`);
  assert.ok(!rows.includes('s1.'), rows);
  assert.equal(world.sql('SELECT count(*) FROM public.dump WHERE text IS NOT NULL') > 0, true);
  world.sql(`UPDATE data.note n SET text = d.text FROM public.dump d WHERE n.note_id = d.note_id`); // an older backup is put back
  assert.ok(!referralTexts(world).includes(own), 'what was sealed under a destroyed key stays sealed');
  world.sql(`UPDATE data.note n SET text = NULL FROM public.dump d WHERE n.note_id = d.note_id; DROP TABLE public.dump`);

  const seen = await gp.referral(referralId);
  assert.equal(seen.client.erased, true);
  assert.deepEqual([seen.client.name, seen.client.birthYear, seen.client.area, seen.text], [null, null, null, null]);
  assert.equal(seen.state, 'closed');
  assert.ok(seen.events.some((one) => one.kind === 'client-erased') && seen.events.every((one) => one.text === null));
  assert.ok((await gp.get('/v1/referrals?status=closed')).json.items.some((one) => one.id === referralId));
  assert.equal((await gp.get(`/v1/referrals/${referralId}/explanation`)).status, 200);
  assert.equal((await gp.get('/v1/feedback')).status, 200);
  assert.equal((await worker.get(`/v1/steps/${stepId}`)).status, 200);
  assert.equal((await gp.get(`/v1/clients/${client}/export`)).json.client.erased, true);
  assert.equal(word(await gp.post(`/v1/clients/${client}/_correct`, { name: 'X' })), 'state-not-allowed');
  assert.equal(word(await worker.post(`/v1/referrals/${referralId}/_emergency`, { reason: 'Nood.' })), 'state-not-allowed');
});

test('forgotten while the key database is away: pending, and finished by itself', async () => {
  const { client, end } = await helped();
  await end();
  const id = number(client);
  world.sql('ALTER DATABASE wijzer_keys ALLOW_CONNECTIONS false');
  world.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'wijzer_keys'");
  const pending = await world.cli('gp', ['client', 'erase', client, '--yes', '--json']);
  assert.equal(pending.code, 0, pending.stderr);
  assert.equal(JSON.parse(pending.stdout).status, 'pending', pending.stdout);
  assert.equal(world.sql(`SELECT erased_at IS NOT NULL AND name IS NULL AND key_destroyed_at IS NULL FROM data.client WHERE client_id = ${id}`), 't');
  world.sql('ALTER DATABASE wijzer_keys ALLOW_CONNECTIONS true');
  await eventually(() => world.sql(`SELECT key_destroyed_at IS NOT NULL FROM data.client WHERE client_id = ${id}`) === 't', { timeout: 40000, what: 'the destruction of the key' });
  assert.equal(world.keysSql(`SELECT count(*) FROM data.client_key WHERE client_id = ${id}`), '0');
  const done = await world.cli('gp', ['client', 'erase', client, '--yes']);
  assert.match(done.stdout, /is vergeten/, done.stderr);
  assert.match(done.stdout, /back-ups is niets meer te lezen vanaf/);
});

test('how long: proposed by one, approved by another; who is due is forgotten, with proof', async () => {
  const body = { law: 'wmo-2015', startEvent: 'last-step-ended', years: 3, validFrom: '2026-01-01' };
  assert.equal((await gp.get('/v1/retention')).status, 403);
  const laws = (await steward.get('/v1/retention')).json.items;
  assert.deepEqual(laws.map((one) => [one.law, one.years, one.inForce]), [['access-log', 5, true], ['wgbo', 20, true], ['wmo-2015', 15, true]]);
  const proposed = await coordinator.post('/v1/retention', body);
  assert.equal(proposed.status, 201, proposed.text);
  const approve = (api) => api.post(`/v1/retention/${proposed.json.number}/_approve`, {});
  assert.equal(word(await approve(coordinator)), 'same-person');
  assert.equal((await approve(gp)).status, 403);
  assert.equal((await approve(coordinator2)).json.inForce, true);
  assert.equal(word(await approve(coordinator2)), 'state-not-allowed');
  assert.equal((await coordinator.post('/v1/retention', { ...body, kinds: ['pirates'] })).status, 422);
  for (const validFrom of ['0000-01-01', '1899-12-31']) {
    const refused = await coordinator.post('/v1/retention', { ...body, validFrom });
    assert.equal(refused.status, 422, refused.text);
    assert.deepEqual(refused.json.errors.map((one) => [one.pointer, one.code]), [['/validFrom', 'not-a-date']]);
  }

  const due = await helped();
  await due.end();
  const stays = await helped();
  const id = number(due.client);
  await world.stop();
  world.sql("ALTER DATABASE wijzer SET wijzer.clock_offset = '4 years'");
  await world.start();
  await eventually(() => world.sql(`SELECT erased_at IS NOT NULL AND key_destroyed_at IS NOT NULL FROM data.client WHERE client_id = ${id}`) === 't', { timeout: 30000, what: 'forgetting' });
  assert.equal(world.sql(`SELECT erased_at IS NULL FROM data.client WHERE client_id = ${number(stays.client)}`), 't', 'somebody is still at work');
  await eventually(async () => (await coordinator.get('/v1/retention/proof')).json.items.some((one) => one.law === 'wmo-2015' && one.removed >= 1 && one.oldest !== undefined), { what: 'proof' });
  const proof = await world.cli('coordinator', ['retention', 'proof']);
  assert.match(proof.stdout, /wmo-2015: \d+ vergeten/, proof.stderr);
  const list = await world.cli('steward', ['retention', 'list']);
  assert.match(list.stdout, /wgbo: 20 jaar na het einde van de laatste stap/, list.stderr);
  await world.stop();
  world.sql('ALTER DATABASE wijzer RESET wijzer.clock_offset');
  await world.start();
});

test('a proposal that is not whole is refused by the option', async () => {
  const propose = (...words) => ['retention', 'propose', '--law', 'wmo-2015', ...words];
  const onOrOff = /^zeg wat u voorstelt: het BSN aanzetten met --ground en --recipients samen, of uitzetten met alleen --off$/m;
  for (const [words, said] of [
    [propose('--years', '5', '--start', 'nope'), /^ {2}--start is een onbekend woord: waar de termijn begint: last-step-ended/m],
    [propose('--years', '5', '--start', 'logged'), /^ {2}--start gaat niet samen met iets anders: waar de termijn begint/m],
    [propose('--years', '0', '--start', 'loop-closed'), /^bij --years hoort een getal van 1 tot en met 100$/m],
    [propose('--years', '5', '--start', 'loop-closed', '--from', 'morgen'), /^bij --from hoort een dag van de kalender/m],
    [propose('--years', '5', '--start', 'loop-closed', '--kinds', 'A!'), /^ {2}--kinds heeft niet de goede vorm: een woord van kleine letters, cijfers en streepjes$/m],
    [['retention', 'propose', '--law', 'Wmo 2015', '--years', '5', '--start', 'loop-closed'], /^ {2}--law heeft niet de goede vorm: een woord van kleine letters, cijfers en streepjes$/m],
    [['bsn', 'propose'], onOrOff],
    [['bsn', 'propose', '--recipients', 'gp-practice'], onOrOff],
    [['bsn', 'propose', '--ground', 'Wabvpz'], onOrOff],
    [['bsn', 'propose', '--off', '--ground', 'Wabvpz'], onOrOff],
    [['bsn', 'propose', '--off', '--recipients', 'gp-practice'], onOrOff],
    [['bsn', 'propose', '--ground', ' ', '--recipients', 'gp-practice'], /^ {2}--ground ontbreekt: de wettelijke grond$/m]]) {
    const result = await world.cli('steward', words);
    assert.equal(result.code, 2, result.stderr);
    assert.match(result.stderr, said);
    assert.doesNotMatch(result.stderr, /^ *\/|expected/m);
  }
  const half = await steward.post('/v1/bsn', { recipients: ['gp-practice'] });
  assert.deepEqual([half.status, half.json.errors[0].pointer], [422, '/ground']);
  assert.equal(world.sql('SELECT count(*) FROM data.bsn_proposal'), '0');
  const off = await world.cli('steward', ['bsn', 'propose', '--off']);
  assert.equal(off.code, 0, off.stderr);
  assert.match(off.stdout, /uit door steward/);
  const unknown = await world.cli('steward', propose('--years', '5', '--start', 'loop-closed', '--kinds', 'bakery'));
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /^ {2}--kinds is een onbekend woord: alleen bij deze soorten organisaties/m);
});

test('the citizen service number: off, until two people say so; sealed, and for some kinds only', async () => {
  const bsn = '999990019';
  world.secret(bsn);
  const off = await gp.post('/v1/referrals', referral({ client: { bsn } }));
  assert.deepEqual([off.status, off.json.errors[0].pointer], [422, '/client/bsn']);
  assert.ok(!off.text.includes(bsn));
  const proposed = await coordinator.post('/v1/bsn', { ground: 'Wet aanvullende bepalingen verwerking persoonsgegevens in de zorg', recipients: ['gp-practice'] });
  assert.equal(proposed.status, 201, proposed.text);
  const row = proposed.json.proposals.at(-1).number;
  assert.equal(word(await coordinator.post(`/v1/bsn/${row}/_approve`, {})), 'same-person');
  assert.equal((await steward.post(`/v1/bsn/${row}/_approve`, {})).status, 200);
  const taken = await eventually(async () => {
    const answer = await gp.post('/v1/referrals', referral({ client: { bsn } }));
    return answer.status === 201 && answer.json;
  }, { what: 'the new snapshot' });
  assert.equal((await gp.post('/v1/referrals', referral({ client: { bsn: '999990018' } }))).status, 422);
  assert.equal((await gp.referral(taken.id)).client.bsn, bsn);
  assert.equal((await coordinator.get(`/v1/referrals/${taken.id}`)).json.client.bsn, null);
  const promised = (await gp.get(`/v1/referrals/${taken.id}/disclosure`)).json.parties.filter(({ fields }) => fields.includes('bsn'));
  assert.deepEqual(promised, []);
  const shared = await gp.post('/v1/referrals', referral({ consent: { choices: [{ kind: 'gp-practice', fields: ['bsn'] }, { kind: 'welfare', fields: ['bsn'] }] } }));
  assert.deepEqual(shared.json.errors.map(({ pointer }) => pointer), ['/consent/choices/1/fields'], shared.text);
  assert.ok(world.sql('SELECT string_agg(bsn, \' \') FROM data.client').startsWith('s1.'));
  const shown = await world.cli('steward', ['bsn']);
  assert.match(shown.stdout, /Het BSN staat aan/, shown.stderr);
});

// Anonymous offers: a row of rule table 3 says to how many; whom it is offered to sees an age band, area, domains and wishes and
// by no route a word more; of several who accept at once over two daemons, one of them killed amid, exactly one gets it and the
// others hear that somebody else was first; what nobody answers goes on.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { Stream } from './lib/stream.mjs';
import { approve, draft, draftOf, publish, secondCoordinator, table, taken } from './lib/rules.mjs';
import { World, eventually, finish, pki, run, sanitizers, today, wijzer, wijzerd } from './lib/world.mjs';

const CLIENT = { name: 'Wilhelmina Achterberg', birthYear: 1951, area: '5751', phone: '+31 6 40404040', email: 'w.achterberg@mail.test' };
const TEXT = 'Willemien slaapt slecht sinds de verhuizing naar de Molenstraat.';
const WISHES = ['group', 'evening'];
const WORDS = [CLIENT.name, 'Achterberg', 'Willemien', 'Molenstraat', CLIENT.phone, '40404040', CLIENT.email, 'achterberg', String(CLIENT.birthYear)];

let world, other, gp, coordinator, partners;
// Somebody of that organisation with that role, at either daemon.
function somebody({ code, name }, role) {
  const who = `${role}-${code}`, san = `urn:wijzer:deurne:${code}:${who}`;
  world.certificate(who, san);
  world.sql(`SELECT set_config('wijzer.region', '1', false);
    INSERT INTO data.account (region_id, organisation_id, name, role) SELECT 1, organisation_id, '${who}', '${role}' FROM data.organisation WHERE region_id = 1 AND code = '${code}';
    SELECT data.add_identity('deurne', '${code}', '${who}', '${pki('fingerprint', `${world.pki}/ca`)}', '${san}')`);
  return { code, name, who, here: world.api(who), there: Object.assign(world.api(who), { port: other.port }) };
}
const refer = (more = {}, headers) => gp.refer({ client: CLIENT, text: TEXT, wishes: WISHES, ...more }, headers);
const inboxOf = async ({ here }) => (await here.get('/v1/inbox?pageSize=200')).json.items;
const offerOf = async (who, steps) => (await inboxOf(who)).find(({ id }) => steps.has(id));
const stepsOf = async (id) => (await gp.referral(id)).steps;

before(async () => {
  world = await World.make({ conf: { workers: 1 } });
  world.configure({ 'migrate-database': world.conninfo(false, 'postgres') });
  other = await world.startOther();
  gp = world.api('gp');
  coordinator = world.api('coordinator');
  // Whatever comes first for a lonely woman of 75 is offered to three.
  const old = await table(coordinator, 3);
  const version = await draft(coordinator, 3, draftOf({ ...old, rules: old.rules.map((rule) => (rule.then.offering ? { ...rule, then: { ...rule.then, offer: 3 } } : rule)) }));
  await publish(coordinator, version);
  await approve(secondCoordinator(world), version);
  await taken(world, 3, version);
  await taken({ plain: (path) => world.plain.call({ metricsPort: other.metricsPort }, path) }, 3, version);
  const preview = await gp.post('/v1/referrals/_preview', { domains: ['social-network'], client: CLIENT, text: TEXT });
  assert.equal(preview.status, 200, preview.text);
  assert.equal(preview.json.decision.offered?.length, 3, preview.text);
  partners = preview.json.decision.offered.map(({ organisation }) => somebody(organisation, 'worker'));
});
after(async () => {
  if (other && !other.gone) {
    other.signal('SIGTERM');
    await other.end();
  }
  await world?.close();
});

test('a published table says so, and who asks is told', async () => {
  const shown = await table(coordinator, 3);
  assert.ok(shown.rules.filter(({ then }) => then.offer === 3).length > 5);
  assert.ok(shown.rules.filter(({ then }) => then.offering === null).every(({ then }) => then.offer === undefined));
  assert.deepEqual(shown.columns.filter(({ name }) => name === 'offer').map(({ kind, type }) => [kind, type]), [['output', 'number']]);
  const key = randomUUID();
  const first = await refer({}, { 'Idempotency-Key': key }), again = await refer({}, { 'Idempotency-Key': key });
  assert.deepEqual(again, first, 'the same key gets the same answer');
  assert.deepEqual(first.decision.offered.map(({ organisation }) => organisation.code), partners.map(({ code }) => code));
  assert.equal(first.next.what.code, 'offer');
  const { json } = await gp.get(`/v1/referrals/${first.id}/explanation`);
  assert.deepEqual(json.decision.offered.map(({ organisation, state }) => [organisation.code, state.code]), partners.map(({ code }) => [code, 'offered']));
  assert.equal(json.candidates[0].offer, 3);
  const refused = await coordinator.post('/v1/rule-tables/3/_draft', draftOf({ ...shown, rules: shown.rules.map((rule, i) => (i ? rule : { ...rule, then: { ...rule.then, offer: 6 } })) }));
  assert.equal(refused.status, 422, refused.text);
});

test('whom it is offered to sees what may be seen, and by no route more', async () => {
  const { id, stepId } = await refer();
  const steps = await stepsOf(id);
  const ids = new Set(steps.map((step) => step.id));
  assert.deepEqual([steps.length, new Set(steps.map(({ state }) => state.code))], [3, new Set(['offered'])]);
  const stream = await Stream.open(world, partners[0].who);
  const age = (Number(today().slice(0, 4)) - CLIENT.birthYear) / 10 | 0;
  for (const who of partners) {
    const offer = await offerOf(who, ids);
    assert.deepEqual(offer.offer, { ageBand: { from: age * 10, to: age * 10 + 9 }, area: CLIENT.area, wishes: WISHES });
    assert.deepEqual(offer.domains.map(({ code }) => code), ['social-network']);
    assert.deepEqual([offer.referralId, offer.previousId, offer.client, offer.text, offer.referrer, offer.urgency], [null, null, null, null, null, null]);
    assert.deepEqual((await who.here.step(offer.id)).offer, offer.offer);
  }

  // Every route that reads, with every id there is, as each of them. `loose` are rows of what is no secret: the region's words
  // and the directory name every organisation.
  const more = world.sql(`SELECT string_agg(wijzer.code(x), ' ') FROM (SELECT r.client_id AS x FROM data.referral r WHERE wijzer.code(r.referral_id) = '${id}'
    UNION SELECT r.note_id FROM data.referral r WHERE wijzer.code(r.referral_id) = '${id}') y`).split(' ');
  const routes = run(wijzerd, ['--route-matrix']).split('\n').filter((line) => /^\| (api|both) \| GET/.test(line)).map((line) => line.split('|')[3].trim().replaceAll('`', ''));
  assert.ok(routes.length > 35, `${routes.length}`);
  const loose = ['/v1/vocabulary', '/v1/offerings', '/v1/openapi.json', '/v1/me'];
  for (const who of partners) {
    const own = (await offerOf(who, ids)).id;
    const strange = [id, ...[...ids].filter((step) => step !== own)];
    const others = partners.filter(({ code }) => code !== who.code);
    let asked = 0, granted = 0;
    for (const route of routes) {
      if (route === '/v1/events') continue; // the stream below
      const paths = route.includes('{id}') ? [id, ...ids, ...more].map((code) => route.replace('{id}', code)) : [route.replaceAll('{number}', '1')];
      for (const path of paths) {
        const answer = await who.here.get(path);
        asked++;
        granted += answer.status === 200;
        for (const word of WORDS) assert.ok(!answer.text.includes(word), `${who.code} reads ${word} at ${path}: ${answer.text.slice(0, 300)}`);
        if (loose.includes(route)) continue;
        for (const code of strange) assert.ok(!answer.text.replaceAll(path, '').includes(code), `${who.code} reads ${code} at ${path}: ${answer.text.slice(0, 500)}`);
        for (const { code, name } of others) assert.ok(!answer.text.includes(`"${code}"`) && !answer.text.includes(name), `${who.code} reads of ${name} at ${path}: ${answer.text.slice(0, 500)}`);
      }
    }
    assert.ok(asked > 60 && granted > 5, `${asked} asked, ${granted} granted`);
    const page = await eventually(async () => {
      const answer = await who.here.get('/v1/events?pageSize=200', { Accept: 'application/json' });
      return answer.json.items.some(({ stepId: about, state }) => about === own && state.code === 'offered') && answer;
    }, { what: 'of what happens, that it is offered to them' });
    assert.ok(!strange.some((code) => page.text.includes(code)), page.text.slice(0, 400));
    assert.ok(page.json.items.every(({ referralId, owner, by }) => referralId === null && by === null && (owner === null || owner.code === who.code)), page.text.slice(0, 400));
    // Nor does writing lead further.
    for (const [verb, body] of [['_pickup', {}], ['_putback', {}], ['messages', { text: 'Wie is dit?' }], ['goals', { text: 'Weten wie', domain: 'social-network' }],
      ['_place', { group: id }], ['_report', { state: 'first-contact' }], ['_complete', { outcome: 'reached' }],
      ['_callback', { on: '2030-01-07' }], ['_decline', { code: 'duplicate' }]]) {
      const answer = await who.here.post(`/v1/steps/${own}/${verb}`, body, { 'If-Match': '"1"' });
      assert.ok([400, 403, 404, 409].includes(answer.status), `${verb}: ${answer.status} ${answer.text}`);
      for (const word of [...WORDS, id]) assert.ok(!answer.text.includes(word), `${verb}: ${answer.text}`);
    }
  }
  // The command-line client: what is to be done, one step of it, and that nothing else is shown.
  const [{ who }] = partners, mine = (await offerOf(partners[0], ids)).id;
  for (const args of [['inbox'], ['show', mine], ['inbox', '--json'], ['show', mine, '--json'], ['show', id], ['chain']]) {
    const { stdout, stderr } = await world.cli(who, args);
    for (const word of WORDS) assert.ok(!`${stdout}${stderr}`.includes(word), `${args}: ${stdout}`);
    if (args[0] === 'inbox' && args.length === 1) {
      assert.match(stdout, new RegExp(`${mine} {2}Reageren op het aanbod`));
      assert.match(stdout, new RegExp(`${age * 10} tot en met ${age * 10 + 9} jaar, woont in 5751`));
      assert.match(stdout, /in een groep, 's avonds/);
      assert.match(stdout, new RegExp(`wijzer accept\\s+${mine}`));
    }
  }
  const declined = await world.cli(who, ['decline', mine, 'duplicate']);
  assert.match(declined.stderr, /U kent de inwoner nog niet/);
  const accepted = await world.cli(who, ['accept', mine]);
  assert.equal(accepted.code, 0, accepted.stderr);
  const late = await world.cli(partners[1].who, ['accept', (await stepsOf(id)).find(({ organisation }) => organisation.code === partners[1].code).id]);
  assert.equal(late.code, 6);
  assert.match(late.stderr, /Een ander was u voor: dit aanbod is al vergeven/);
  for (const word of [...WORDS, id]) assert.ok(!`${late.stdout}${late.stderr}`.includes(word), late.stderr);
  assert.equal((await partners[0].here.referral(id)).client.name, CLIENT.name, 'who has it sees who it is');
  assert.equal((await partners[1].here.get(`/v1/referrals/${id}`)).status, 404);
  assert.ok(!(await inboxOf(partners[1])).some((item) => ids.has(item.id)), 'and it vanishes from the inboxes of the others');
  // Live, whom it was offered to heard of no referral before it was theirs.
  const events = await eventually(() => stream.kinds(id).length > 0 && stream.events, { what: 'the first event of a party' });
  assert.equal(events.find(({ referralId }) => referralId === id).state.code, 'accepted');
  stream.close();
  assert.equal(stepId, steps[0].id);
});

test('live: that it is offered and that it is gone, over two daemons and reconnects; nothing twice, nothing of others', async () => {
  const place = async (who) => {
    let at;
    for (let more = true; more;) ({ next: at, more } = (await who.here.get(`/v1/events?pageSize=200${at ? `&cursor=${at}` : ''}`)).json);
    return at;
  };
  const short = ({ kind, state, referralId, stepId }) => [kind, state?.code, referralId && 'of', stepId].filter(Boolean).join(' ');
  const since = await Promise.all(partners.map(place));
  const streams = await Promise.all(partners.map(({ who }, i) => Stream.open(world, who, { lastId: since[i], port: i % 2 ? other.port : world.port })));
  const begun = Date.now();
  const { id } = await refer();
  const own = new Map((await stepsOf(id)).map((step) => [step.organisation.code, step.id]));
  const mine = partners.map(({ code }) => own.get(code));
  for (const [i, stream] of streams.entries()) await stream.until('the offer', ({ events }) => events.some((event) => event.stepId === mine[i]));
  assert.ok(Date.now() - begun < 15000, `${Date.now() - begun} ms`);
  const { promise, owner } = streams[1].events[0];
  assert.deepEqual([promise.what.code, promise.who.code, owner.code], ['offer', partners[1].code, partners[1].code]);
  // One of them was away meanwhile and comes back to the other daemon; it is offered to all again, and the first is accepted.
  streams[2].close();
  const second = await refer();
  const again = new Map((await stepsOf(second.id)).map((step) => [step.organisation.code, step.id]));
  assert.equal((await partners[0].there.post(`/v1/steps/${mine[0]}/_accept`, {}, { 'If-Match': '"1"' })).status, 200);
  const back = await Stream.open(world, partners[2].who, { lastId: streams[2].lastId, port: other.port });
  await gp.move(again.get(partners[1].code), 'report', { state: 'withdrawal-asked', reason: 'Zij is verhuisd.' });
  const told = async (stream, what) => (await stream.until(what, ({ events }) => events.some((event) => event.stepId === again.get(what) && event.state.code === 'offer-gone')), stream.events.map(short));
  for (const [i, stream] of [[1, streams[1]], [2, back]]) {
    const code = partners[i].code, theirs = [`step-made offered ${mine[i]}`, `step-made offered ${again.get(code)}`, `step-moved offer-gone ${mine[i]}`, `step-moved offer-gone ${again.get(code)}`];
    const all = [...(i === 2 ? streams[2].events.map(short) : []), ...await told(stream, code)];
    assert.deepEqual(all, theirs, code);
    const page = await partners[i].here.get(`/v1/events?pageSize=200&cursor=${since[i]}`);
    assert.deepEqual(page.json.items.map(short), theirs, 'and by pages the same');
    assert.deepEqual(page.json.items, i === 2 ? [...streams[2].events, ...back.events] : stream.events);
    for (const word of [...WORDS, id, second.id, ...[...own.values(), ...again.values()].filter((step) => step !== mine[i] && step !== again.get(code))])
      assert.ok(!page.text.includes(word), `${code} is told ${word}`);
    for (const { code: strange, name } of partners.filter((who) => who.code !== code)) assert.ok(!page.text.includes(`"${strange}"`) && !page.text.includes(name), page.text);
  }
  // Who won is a party from then on, and told as who referred is.
  await streams[0].until('its own', ({ events }) => events.some((event) => event.referralId === id && event.state?.code === 'accepted'));
  assert.deepEqual(streams[0].events.filter(({ stepId }) => stepId === mine[0]).map(short), [`step-made offered ${mine[0]}`, `step-moved accepted of ${mine[0]}`]);
  const of = ({ json }) => json.items.filter(({ referralId }) => referralId === id);
  assert.deepEqual(of(await partners[0].here.get(`/v1/events?pageSize=200&cursor=${since[0]}`)), of(await coordinator.get(`/v1/events?pageSize=200&cursor=${since[0]}`)));
  for (const stream of [streams[0], streams[1], back]) {
    assert.equal(new Set(stream.events.map((event) => event.id)).size, stream.events.length, 'once each');
    stream.close();
  }
  // Who only refers for an organisation that it is offered to is told nothing.
  const referrer = somebody(partners[2], 'referrer');
  const silent = await Stream.open(world, referrer.who), heard = await Stream.open(world, partners[1].who);
  await refer();
  await heard.until('the offer', ({ events }) => events.length > 0);
  assert.deepEqual((await referrer.here.get('/v1/events?pageSize=200')).json.items, []);
  assert.deepEqual(silent.events, []);
  silent.close();
  heard.close();
  // The command-line client.
  await world.cli(partners[1].who, ['inbox']); // writes its profile
  const child = spawn(wijzer, ['watch', '--after', since[1]], { env: { PATH: process.env.PATH, HOME: world.dir, LC_ALL: 'C.UTF-8', WIJZER_PROFILE: world.profile(partners[1].who), ...sanitizers() } });
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (shown += text));
  await eventually(() => /Aanbod vervallen/.test(shown), { what: 'the offer on the screen' }).finally(() => child.kill('SIGINT'));
  assert.match(shown, new RegExp(`${mine[1]} +Aangeboden \\(zonder naam\\)`));
});

test('of several who accept at once one gets it, over two daemons of which one is killed amid', async () => {
  const wins = new Map(partners.map(({ code }) => [code, 0]));
  for (let round = 0; round < 25; round++) {
    const { id } = await refer();
    const offers = new Map((await stepsOf(id)).map((step) => [step.organisation.code, step.id]));
    const kills = round % 8 === 3;
    const asked = partners.map((who, i) => ({ who, key: randomUUID(), api: (round + i) % 2 ? who.there : who.here, step: offers.get(who.code) }));
    const accept = ({ api, key, step }) => api.post(`/v1/steps/${step}/_accept`, {}, { 'If-Match': '"1"', 'Idempotency-Key': key });
    const answers = Promise.all(asked.map((one) => accept(one).catch(() => null)));
    if (kills) {
      other.signal('SIGKILL');
      await other.end();
    }
    const first = await answers;
    // Who got no answer asks the other daemon again, under the same key.
    for (const [i, one] of asked.entries()) if (!first[i] || first[i].status >= 500) first[i] = await accept({ ...one, api: one.who.here });
    const won = first.filter(({ status }) => status === 200), lost = first.filter(({ status }) => status !== 200);
    assert.equal(won.length, 1, JSON.stringify(first.map(({ status, text }) => [status, text.slice(0, 200)])));
    for (const answer of lost) {
      assert.equal(answer.status, 409, answer.text);
      assert.equal(answer.json.type, 'urn:wijzer:problem:offer-taken');
      assert.match(answer.json.detail, /Somebody else took this offer first/);
      for (const word of [...WORDS, id]) assert.ok(!answer.text.includes(word), answer.text);
    }
    const winner = asked[first.indexOf(won[0])];
    wins.set(winner.who.code, wins.get(winner.who.code) + 1);
    assert.deepEqual(await accept({ ...winner, api: winner.who.here }).then(({ status, json }) => [status, json.state.code]), [200, 'accepted'], 'once');
    assert.deepEqual((await stepsOf(id)).map(({ organisation, state }) => [organisation.code, state.code]),
      partners.map(({ code }) => [code, code === winner.who.code ? 'accepted' : 'offer-gone']));
    if (kills) {
      other = await world.startOther();
      for (const who of partners) who.there = Object.assign(world.api(who.who), { port: other.port });
    }
  }
  assert.ok([...wins.values()].filter((count) => count > 0).length > 1, `it is a race: ${JSON.stringify([...wins])}`);
  assert.equal(world.sql(`SELECT count(*) FROM (SELECT referral_id FROM data.step WHERE offer_group IS NOT NULL AND owner_id IS NOT NULL GROUP BY referral_id, offer_group HAVING count(*) > 1) x`), '0');
});

test('a decline leaves it to the others, and after the last the next round comes', async () => {
  const { id } = await refer();
  const own = async (who) => (await stepsOf(id)).find(({ organisation }) => organisation.code === who.code).id;
  for (const [i, who] of partners.entries()) {
    const answer = await who.here.post(`/v1/steps/${await own(who)}/_decline`, { code: 'capacity', text: 'Deze maand niet.' }, { 'If-Match': '"1"' });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual([answer.json.referralId, answer.json.state.code], [null, 'declined']);
    const steps = await stepsOf(id);
    assert.equal(steps.filter(({ state }) => state.code === 'offered').length > 0, true, `after ${i + 1}`);
  }
  const steps = await stepsOf(id);
  assert.ok(steps.length > 3 && steps.slice(3).every(({ previousId }) => previousId), JSON.stringify(steps.map(({ state, organisation }) => [state.code, organisation.code])));
  const withdrawn = await gp.move(steps.at(-1).id, 'report', { state: 'withdrawal-asked', reason: 'Zij is verhuisd.' });
  assert.equal(withdrawn.state.code, 'withdrawn', 'nobody has to confirm what nobody has');
  assert.ok((await stepsOf(id)).every(({ endedAt }) => endedAt));
});

test('what nobody answers in time goes on, once, by two keepers', async () => {
  const { id } = await refer();
  const before = (await stepsOf(id)).length;
  world.setDatabaseClock(24 * 9);
  const steps = await eventually(async () => {
    const now = await stepsOf(id);
    return now.length > before && now;
  }, { timeout: 20000, what: 'the round that nobody answered going on' });
  assert.deepEqual(steps.slice(0, 3).map(({ state }) => state.code), ['offer-gone', 'offer-gone', 'offer-gone']);
  assert.ok(steps.at(-1).promise, 'somebody is next to act');
  assert.equal(world.sql(`SELECT count(*) FROM data.event JOIN data.step USING (region_id, referral_id, step_id) WHERE kind = 'promise-overdue' AND step.offer_group = 1 AND step.referral_id = (SELECT referral_id FROM data.referral WHERE wijzer.code(referral_id) = '${id}')`), '3');
  const answer = await partners[0].here.post(`/v1/steps/${steps[0].id}/_accept`, {}, { 'If-Match': '"1"' });
  assert.equal(answer.status, 409);
  assert.match(answer.json.detail, /This offer is over/);
  world.setDatabaseClock(0);
});

// What is stored sealed, or as a hash of something about a client, in the rows of a referral and of its client.
function wordsOf(id) {
  const columns = world.sql(`SELECT c.table_name || '|' || c.column_name || '|' || k.column_name FROM information_schema.columns c
    JOIN information_schema.columns k ON k.table_schema = c.table_schema AND k.table_name = c.table_name AND k.column_name IN ('client_id', 'referral_id')
    JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.table_type = 'BASE TABLE'
    WHERE c.table_schema = 'data' AND (c.domain_name = 'sealed' OR c.column_name IN ('name_hash', 'phone_hash', 'email_hash', 'content', 'digest', 'birth_year', 'area'))`).split('\n').map((row) => row.split('|'));
  assert.ok(columns.length > 10, `${columns.length}`);
  return world.sql(columns.map(([table, column, key]) => `SELECT '${table}.${column}' FROM data.${table} x JOIN data.referral r ON r.region_id = x.region_id AND r.${key} = x.${key}
    WHERE wijzer.code(r.referral_id) = '${id}' AND x.${column} IS NOT NULL`).join(' UNION ')).split('\n').filter(Boolean).sort();
}

test('merged, and then forgotten, while it is offered: the offers vanish, nothing stays promised, no word is left', async () => {
  const [a, b] = [await refer(), await refer()];
  const own = new Map((await stepsOf(a.id)).map((step) => [step.organisation.code, step.id]));
  const goesOn = new Map((await stepsOf(b.id)).map((step) => [step.organisation.code, step.id]));
  const clients = await Promise.all([a, b].map(async ({ id }) => (await gp.referral(id)).client.id));
  const erase = (client) => gp.post(`/v1/clients/${client}/_erase`, {});
  for (const client of clients) {
    const early = await erase(client);
    assert.equal(early.status, 409, early.text);
    assert.match(early.json.detail, /Somebody is still at work for this client/);
  }
  // What one of them wrote goes too.
  const written = 'Wij hebben tot de zomer geen plek voor haar.';
  world.secret(written);
  assert.equal((await partners[2].here.post(`/v1/steps/${own.get(partners[2].code)}/_decline`, { code: 'capacity', text: written }, { 'If-Match': '"1"' })).status, 200);
  const stream = await Stream.open(world, partners[1].who);
  const merged = await coordinator.post(`/v1/referrals/${a.id}/_merge`, { into: b.id });
  assert.equal(merged.status, 200, merged.text);
  await stream.until('that it is gone', ({ events }) => events.some(({ stepId, state }) => stepId === own.get(partners[1].code) && state.code === 'offer-gone'));
  assert.ok(stream.events.every(({ referralId }) => referralId === null), JSON.stringify(stream.events));
  stream.close();
  assert.deepEqual((await stepsOf(a.id)).map(({ state }) => state.code), ['merged', 'merged', 'declined']);
  assert.equal(world.sql(`SELECT count(*) FROM data.promise p JOIN data.referral r USING (region_id, referral_id) WHERE wijzer.code(r.referral_id) = '${a.id}' AND p.ended_at IS NULL AND p.kind = 'offer'`), '0');
  for (const who of partners.slice(0, 2)) {
    const mine = own.get(who.code), shown = (await inboxOf(who)).map(({ id }) => id);
    assert.ok(!shown.includes(mine) && shown.includes(goesOn.get(who.code)), `${who.code}: ${shown}`);
    const late = await who.here.post(`/v1/steps/${mine}/_accept`, {}, { 'If-Match': '"1"' });
    assert.equal(late.status, 409);
    assert.match(late.json.detail, /This offer is over/);
    for (const word of [...WORDS, a.id, b.id]) assert.ok(!late.text.includes(word), late.text);
  }
  // The other one is withdrawn while it is offered to all, and with it ends what went on in it.
  const early = await erase(clients[0]);
  assert.deepEqual([early.status, (await gp.referral(a.id)).outcome], [200, null], early.text);
  await gp.move(goesOn.get(partners[0].code), 'report', { state: 'withdrawal-asked', reason: 'Zij is verhuisd.' });
  for (const { id } of [a, b]) assert.equal((await gp.referral(id)).outcome.code, 'withdrawn');
  assert.notDeepEqual(wordsOf(b.id), []);
  assert.equal((await erase(clients[1])).status, 200);
  for (const { id } of [a, b]) {
    assert.deepEqual(wordsOf(id), [], id);
    assert.equal(world.sql(`SELECT count(*) FROM data.promise p JOIN data.step s USING (region_id, step_id) JOIN data.referral r ON r.referral_id = s.referral_id
      WHERE wijzer.code(r.referral_id) = '${id}' AND p.ended_at IS NULL AND p.kind NOT IN ('feedback', 'tell-client')`), '0');
  }
  // Whom it was offered to sees that it is over, and can do nothing with it.
  for (const step of [...own.values(), ...goesOn.values()]) for (const who of partners) {
    const seen = await who.here.get(`/v1/steps/${step}`);
    for (const word of [...WORDS, written, a.id, b.id, ...clients]) assert.ok(!seen.text.includes(word), seen.text);
    if (seen.status === 200) assert.equal(seen.json.offer, null);
  }
});

test('the state is what the events say', async () => {
  const { code, stdout } = await finish(wijzerd, ['-c', world.conf, 'rebuild', '--check'], { env: { ...process.env, ...sanitizers() } });
  assert.equal(code, 0, stdout);
});

// Round the chain through the API, and once more through the command-line client.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { root, World } from './lib/world.mjs';

let world, gp, worker, coordinator;
before(async () => {
  world = await World.make();
  gp = world.api('gp');
  worker = world.api('worker');
  coordinator = world.api('coordinator');
});
after(() => world?.close());

describe('the API', () => {
  test('refer, accept, first contact, done, feedback opened: closed', async () => {
    const receipt = await gp.refer();
    assert.ok(receipt.decision.rule && receipt.decision.reason);
    assert.ok(new Date(receipt.next.by) > new Date());

    let seen = await gp.referral(receipt.id);
    assert.equal(seen.state, 'open');
    assert.equal(seen.steps[0].state.code, 'sent');
    assert.equal(seen.next.who.code, receipt.next.who.code);

    const inbox = (await worker.get('/v1/inbox?pageSize=200')).json.items;
    const item = inbox.find((one) => one.id === receipt.stepId);
    assert.equal(item.client.name, 'Margriet Maassen');
    const dues = inbox.map((one) => one.promise?.by ?? '9');
    assert.deepEqual(dues, [...dues].sort(), 'promises due first');

    for (const [verb, body, state] of [['accept', {}, 'accepted'], ['report', { state: 'first-contact', text: 'Gebeld.' }, 'first-contact'],
      ['complete', { outcome: 'reached', text: 'Ze eet nu elke week mee.' }, 'done-goal-reached']]) {
      const moved = await worker.move(receipt.stepId, verb, body);
      assert.equal(moved.state.code, state);
      seen = await gp.referral(receipt.id);
      assert.ok(seen.next, `nobody is next after ${state}`);
    }
    assert.equal(seen.outcome.code, 'done-goal-reached');
    assert.equal(seen.next.who.code, seen.referrer.organisation.code);

    const unread = (await gp.get('/v1/feedback?unread=true&pageSize=200')).json.items.filter((one) => one.referralId === receipt.id);
    assert.ok(unread.some((one) => one.final));
    for (const one of unread) {
      const opened = await gp.post(`/v1/feedback/${one.id}/_open`, {});
      assert.equal(opened.status, 200, opened.text);
      assert.ok(opened.json.openedAt);
    }
    seen = await gp.referral(receipt.id);
    assert.equal(seen.state, 'closed');
    assert.ok(seen.closedAt);
    assert.equal(seen.next, null);
    assert.deepEqual([seen.loop.l1, seen.loop.l2, seen.loop.l3, seen.loop.l4, seen.loop.l5, seen.loop.l6], Array(6).fill(true));
    const kinds = seen.events.map((event) => event.at);
    assert.deepEqual(kinds, [...kinds].sort(), 'events in order of time');
  });

  test('the coordinator sees the whole chain, next due first, page by page', async () => {
    for (let i = 0; i < 5; i++) await gp.refer();
    const whole = (await coordinator.get('/v1/referrals?pageSize=200')).json.items;
    const paged = [];
    for (let cursor = null; ;) {
      const page = (await coordinator.get(`/v1/referrals?pageSize=2${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`)).json;
      assert.ok(page.items.length <= 2);
      paged.push(...page.items);
      if (!(cursor = page.next)) break;
    }
    assert.deepEqual(paged.map((one) => one.id), whole.map((one) => one.id));
    const closed = (await coordinator.get('/v1/referrals?status=closed')).json.items;
    assert.ok(closed.length >= 1 && closed.every((one) => one.state === 'closed'));
    const late = (await coordinator.get('/v1/referrals?overdue=true')).json.items;
    assert.deepEqual(late, []);
  });

  test('by area and domain the rules lead elsewhere, with the row and the reason', async () => {
    const decisions = new Set();
    for (const more of [{ domains: ['finances'] }, { domains: ['social-network'] }, { domains: ['physical-health'], client: { birthYear: 2018 } }, { domains: ['meaning'], client: { area: '9999' } }]) {
      const receipt = await gp.refer(more);
      decisions.add(receipt.decision.rule);
      const seen = await gp.referral(receipt.id);
      assert.deepEqual(seen.decision, receipt.decision);
    }
    assert.ok(decisions.size >= 2, [...decisions].join());
  });

  test('every invariant that can be checked holds', async () => {
    const answer = await coordinator.get('/v1/checks');
    assert.equal(answer.json.invariants.length, 8);
    for (const one of answer.json.invariants) assert.ok(['holds', 'not-checked'].includes(one.status), JSON.stringify(one));
  });
});

// What unit tests and tests/model prove they prove of the machine that regions get.
test('the machine of the unit tests is that of the region', () => {
  const machine = ({ states, edges }) => ({
    states: Object.fromEntries(states.map(({ label, ...state }) => [state.code, { ...state, setBy: [...state.setBy].sort(), needs: [...state.needs].sort() }])),
    edges: edges.map(String).sort(),
  });
  const fixture = JSON.parse(readFileSync(join(root, 'tests/unit/core/deurne.json'), 'utf8'));
  assert.deepEqual(machine(fixture), machine(JSON.parse(world.sql('SELECT wijzer.region_snapshot(1)'))));
});

const CODE = /\b[2-9CDFGHJKMNPRTWXY]{4}-[2-9CDFGHJKMNPRTWXY]{4}\b/;

describe('the command-line client', () => {
  const says = async (name, args, expected) => {
    const result = await world.cli(name, args);
    assert.equal(result.code, 0, `wijzer ${args.join(' ')}: ${result.stderr}${result.stdout}`);
    if (expected) assert.match(result.stdout, expected);
    return result;
  };
  const json = async (name, args) => JSON.parse((await says(name, [...args, '--json'])).stdout);
  const person = ['--domain', 'social-network', '--birth-year', '1948', '--area', '5751', '--name', 'Margriet Maassen', '--phone', '+31 6 55512345', '--text', 'Voelt zich alleen.'];

  test('round the chain', async () => {
    world.secret('Voelt zich alleen.');
    const referred = await says('gp', ['refer', ...person], CODE);
    const id = CODE.exec(referred.stdout)[0];
    const step = (await json('gp', ['show', id])).steps[0].id;
    assert.match((await says('worker', ['inbox'])).stdout, new RegExp(step));
    await says('worker', ['accept', step]);
    await says('worker', ['report', step, 'first-contact', 'Gebeld.']);
    const done = await says('worker', ['complete', step, 'partly', 'Eet nu mee.']);
    assert.match(done.stdout, /done-partly|deels bereikt/);
    assert.doesNotMatch(done.stdout, /anders: --outcome/, 'who named an outcome needs no other');
    const feedback = (await json('gp', ['feedback', '--unread'])).items.filter((one) => one.referralId === id);
    assert.ok(feedback.length > 0);
    for (const one of feedback) await says('gp', ['feedback', 'open', one.id]);
    assert.equal((await json('gp', ['show', id])).state, 'closed');
    assert.match((await says('coordinator', ['chain'])).stdout, new RegExp(id));
    await says('coordinator', ['check']);
  });

  test('--dry-run stores nothing', async () => {
    const before = world.sql('SELECT count(*) FROM data.referral');
    await says('gp', ['refer', ...person, '--dry-run']);
    assert.equal(world.sql('SELECT count(*) FROM data.referral'), before);
  });

  test('a mistyped id, a wrong word and a wrong role are told with an exit code of their own', async () => {
    const id = CODE.exec((await says('gp', ['refer', ...person])).stdout)[0];
    const wrong = id.slice(0, -1) + (id.endsWith('2') ? '3' : '2');
    const mistyped = await world.cli('gp', ['show', wrong]);
    assert.notEqual(mistyped.code, 0);
    assert.match(mistyped.stderr, /verkeerd overgenomen/);
    const word = await world.cli('gp', ['inbx']);
    assert.notEqual(word.code, 0);
    assert.match(word.stderr, /Bedoelde u "inbox"/);
    const role = await world.cli('worker', ['refer', ...person]);
    assert.notEqual(role.code, 0);
    assert.notEqual(role.code, word.code);
  });

  test('all problems of a body at once', async () => {
    const result = await world.cli('gp', ['refer', '--file', '-'], { input: JSON.stringify({ domains: ['x'], client: { name: '' } }) });
    assert.notEqual(result.code, 0);
    assert.equal(result.signal, null);
  });
});

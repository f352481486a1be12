// The operations of the rule tables: what they answer, what they refuse, who may, and that a key has one effect.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { approve, draft, draftOf, publish, secondCoordinator, table, taken, warnings } from './lib/rules.mjs';
import { World, today } from './lib/world.mjs';

const CODES = ['exclusion', 'approach', 'offering', 'fields', 'promises', 'declines', 'feedback'];

let world, coordinator, second, steward, gp;
before(async () => {
  world = await World.make();
  coordinator = world.api('coordinator');
  second = secondCoordinator(world);
  steward = world.api('steward');
  gp = world.api('gp');
});
after(() => world?.close());

const problem = (answer, status, word) => {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.type, `urn:wijzer:problem:${word}`, answer.text);
};

describe('reading', () => {
  test('the list has the seven tables, for coordinator and steward', async () => {
    for (const api of [coordinator, steward]) {
      const { status, json } = await api.get('/v1/rule-tables');
      assert.equal(status, 200);
      assert.deepEqual(json.items.map(({ table: number }) => number), [1, 2, 3, 4, 5, 6, 7]);
      assert.deepEqual(json.items.map(({ code }) => code), CODES);
      for (const item of json.items) assert.ok(item.inForce.rules > 0 && item.label, JSON.stringify(item));
    }
  });

  test('each table comes with its columns, rows and examples', async () => {
    for (let number = 1; number <= 7; number++) {
      const shown = await table(coordinator, number);
      assert.equal(shown.table, number);
      assert.equal(shown.code, CODES[number - 1]);
      assert.equal(shown.rules.length, shown.ruleCount);
      assert.ok(shown.inForce && shown.otherwise.id && shown.examples.length > 0);
      const columns = new Set(shown.columns.map(({ name }) => name));
      for (const rule of shown.rules) for (const name of [...Object.keys(rule.when), ...Object.keys(rule.then)]) assert.ok(columns.has(name), name);
      assert.deepEqual((await coordinator.get(`/v1/rule-versions/${shown.version}`)).json, shown);
      assert.deepEqual(await table(steward, number, shown.version), shown);
    }
  });

  test('what is not there is not found', async () => {
    const { version } = await table(coordinator, 3);
    for (const path of ['/v1/rule-tables/8', '/v1/rule-tables/0', '/v1/rule-tables/offering', `/v1/rule-tables/2?version=${version}`,
      '/v1/rule-tables/2?version=9999', '/v1/rule-versions/9999', '/v1/rule-versions/x']) {
      problem(await coordinator.get(path), 404, 'not-found');
    }
    problem(await coordinator.get('/v1/rule-tables/2?version=two'), 400, 'invalid-parameter');
  });

  test('referrers and workers do not see the tables', async () => {
    for (const api of [gp, world.api('worker')]) {
      for (const path of ['/v1/rule-tables', '/v1/rule-tables/3', '/v1/rule-versions/3']) problem(await api.get(path), 403, 'wrong-role');
    }
  });

  test('another region has its own versions', async () => {
    const mine = await table(coordinator, 3);
    assert.ok(mine.rules.length > 10);
    assert.equal(world.sql('SELECT count(*) FROM data.rule_table WHERE region_id = 2') !== '0', true);
    const highest = Number(world.sql('SELECT max(version) FROM data.rule_table WHERE region_id = 1'));
    problem(await coordinator.get(`/v1/rule-versions/${highest + 1}`), 404, 'not-found');
  });
});

describe('a draft', () => {
  for (let number = 1; number <= 7; number++) {
    test(`of table ${number} comes back as it was sent`, async () => {
      const shown = await table(coordinator, number);
      const version = await draft(coordinator, number, draftOf(shown));
      const { rules, otherwise, examples, status, basedOn, author, inForce, note } = await table(coordinator, number, version);
      assert.deepEqual({ rules, otherwise, examples }, { rules: shown.rules, otherwise: shown.otherwise, examples: shown.examples });
      assert.deepEqual({ status, basedOn, inForce, note }, { status: 'draft', basedOn: shown.version, inForce: false, note: 'voor een test' });
      assert.equal(author.organisation.code, 'ketenregie-deurne');
      assert.ok((await coordinator.get('/v1/rule-tables')).json.items[number - 1].drafts.some((item) => item.version === version));
    });
  }

  test('the same key has one effect', async () => {
    const body = draftOf(await table(coordinator, 5));
    const key = { 'Idempotency-Key': randomUUID() };
    const first = await coordinator.post('/v1/rule-tables/5/_draft', body, key);
    const again = await coordinator.post('/v1/rule-tables/5/_draft', body, key);
    assert.equal(first.status, 201);
    assert.deepEqual([again.status, again.text, again.headers.location], [201, first.text, first.headers.location]);
    problem(await coordinator.post('/v1/rule-tables/5/_draft', { ...body, note: 'anders' }, key), 422, 'idempotency-key-reused');
    problem(await coordinator.post('/v1/rule-tables/6/_draft', draftOf(await table(coordinator, 6)), key), 422, 'idempotency-key-reused');
  });

  // [what, how the body is spoilt, pointers that are named]
  const spoilt = [
    ['a cell that does not parse', (body) => (body.rules[0].when.level = '[5..'), ['/rules/0/when/level']],
    ['a column that the table does not have', (body) => (body.rules[0].when.age = '[5..6]'), ['/rules/0/when/age']],
    ['a word that the region does not have', (body) => (body.rules[0].when.promise = '"golf"'), ['/rules/0/when/promise']],
    ['an answer that is none', (body) => (body.rules[0].then.unit = 'weeks'), ['/rules/0/then/unit']],
    ['an answer out of range', (body) => (body.rules[0].then.amount = 1001), ['/rules/0/then/amount']],
    ['a cell that no number passes', (body) => (body.rules[0].when.level = '[3..1]'), ['/rules/0/when/level']],
    ['an id that is none', (body) => (body.rules[0].id = 'r 1'), ['/rules/0/id']],
    ['an id twice', (body) => (body.rules[1].id = body.rules[0].id), ['/rules/1/id']],
    ['no reason', (body) => delete body.rules[0].reason, ['/rules/0/reason']],
    ['an unknown member', (body) => (body.colour = 'red'), ['/colour']],
    ['no row for everything else', (body) => delete body.otherwise, ['/otherwise']],
    ['no version of that table', (body) => (body.basedOn = 99999), ['/basedOn']],
    ['a note that is too long', (body) => (body.note = 'x'.repeat(501)), ['/note']],
  ];
  for (const [what, spoil, pointers] of spoilt) {
    test(`with ${what} is refused, and told where`, async () => {
      const body = draftOf(await table(coordinator, 5));
      spoil(body);
      const answer = await coordinator.post('/v1/rule-tables/5/_draft', body);
      problem(answer, 422, 'invalid-body');
      assert.deepEqual(answer.json.errors.map(({ pointer }) => pointer), pointers, answer.text);
    });
  }

  test('with several faults tells them all, with the id of the row', async () => {
    const body = draftOf(await table(coordinator, 5));
    body.rules[0].when.level = '<';
    body.rules[2].when.level = '"x"';
    const { json } = await coordinator.post('/v1/rule-tables/5/_draft', body);
    assert.equal(json.errors.length, 2, JSON.stringify(json));
    assert.ok(json.errors[1].detail.includes(body.rules[2].id));
  });

  test('that is not JSON, or not to be had', async () => {
    problem(await coordinator.post('/v1/rule-tables/5/_draft', '{"rules":['), 400, 'malformed-json');
    problem(await coordinator.post('/v1/rule-tables/5/_draft', '[]'), 422, 'invalid-body');
    problem(await coordinator.post('/v1/rule-tables/9/_draft', {}), 404, 'not-found');
    problem(await coordinator.post('/v1/rule-tables/5/_draft', {}, { 'Idempotency-Key': null }), 400, 'idempotency-key-missing');
    problem(await coordinator.post('/v1/rule-tables/5/_draft', '{}', { 'Content-Type': 'text/csv' }), 415, 'media-type-not-supported');
    problem(await steward.post('/v1/rule-tables/5/_draft', {}), 403, 'wrong-role');
    problem(await gp.post('/v1/rule-tables/5/_draft', {}), 403, 'wrong-role');
  });

  test('of more than 32 MiB is refused before it is sent', async () => {
    const raw = await world.raw('coordinator');
    await raw.write(`POST /v1/rule-tables/5/_draft HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: ${randomUUID()}\r\nContent-Type: application/json\r\nContent-Length: ${33 * 1024 * 1024}\r\n\r\n`);
    assert.equal((await raw.reply()).status, 413);
    raw.destroy();
  });

  test('other bodies are small', async () => {
    const { version } = await table(coordinator, 5);
    problem(await coordinator.post(`/v1/rule-versions/${version}/_check`, ' '.repeat(70000)), 413, 'body-too-large');
  });

  test('of 10,000 rows is taken', async () => {
    const shown = await table(coordinator, 3);
    const body = draftOf(shown);
    body.rules = Array.from({ length: 10000 }, (_, i) => ({
      id: `B${i}`, when: { area: `[${1000 + (i % 8000)}..${1000 + (i % 8000) + 10}]`, age: `[${i % 90}..${(i % 90) + 5}]` },
      then: { offering: 'welzijn-op-recept', weight: i % 100 }, reason: 'Rij van een test.',
    }));
    body.examples = [];
    const version = await draft(coordinator, 3, body);
    assert.equal((await table(coordinator, 3, version)).rules.length, 10000);
    assert.equal((await coordinator.post(`/v1/rule-versions/${version}/_discard`, {})).status, 200);
  });
});

describe('checking', () => {
  const check = async (version, api = coordinator) => {
    const answer = await api.post(`/v1/rule-versions/${version}/_check`, {});
    assert.equal(answer.status, 200, answer.text);
    return answer.json;
  };

  test('the tables in force may be published', async () => {
    for (let number = 1; number <= 7; number++) {
      const { version } = await table(coordinator, number);
      const found = await check(version, number % 2 ? coordinator : steward);
      assert.ok(found.isPublishable, JSON.stringify(found.findings.filter(({ severity }) => severity === 'error')));
      assert.deepEqual([found.version, found.table], [version, number]);
    }
  });

  // [kind, severity, table, how the draft is changed, a rule that is named]
  const flaws = [
    ['gap', 'error', 5, (body) => body.rules.splice(0, 1), null],
    ['overlap', 'error', 5, (body) => body.rules.push({ ...body.rules[0], id: 'Z01' }), 'Z01'],
    ['example', 'error', 5, (body) => (body.examples[0].expect.amount = 999), null],
    ['shadowed', 'warning', 1, (body) => body.rules.push({ ...body.rules[0], id: 'Z01' }), 'Z01'],
    ['dead', 'warning', 1, () => {}, 'X03'],
  ];
  for (const [kind, severity, number, change, rule] of flaws) {
    test(`finds ${kind}`, async () => {
      const body = draftOf(await table(coordinator, number));
      change(body);
      const version = await draft(coordinator, number, body);
      const found = await check(version);
      const mine = found.findings.filter((finding) => finding.kind === kind);
      assert.ok(mine.length > 0, JSON.stringify(found.findings.map(({ name }) => name)));
      for (const finding of mine) assert.equal(finding.severity, severity);
      if (rule) assert.ok(mine.some(({ rules, name }) => rules.includes(rule) && name.includes(rule)), JSON.stringify(mine));
      assert.equal(found.isPublishable, severity === 'warning', JSON.stringify(found.findings));
      assert.deepEqual((await check(version)).findings, found.findings, 'names are stable');
      if (severity === 'error') {
        const refused = await coordinator.post(`/v1/rule-versions/${version}/_publish`, { acknowledged: warnings });
        problem(refused, 409, 'not-publishable');
        assert.ok(refused.json.errors.some(({ code, pointer }) => code === kind && pointer === mine[0].name), refused.text);
      }
    });
  }

  test('a gap shows a person, the rows that come nearest and their columns', async () => {
    const body = draftOf(await table(coordinator, 5));
    body.rules.splice(0, 1);
    const version = await draft(coordinator, 5, body);
    const gap = (await check(version)).findings.find(({ kind }) => kind === 'gap');
    assert.ok(gap.person && Object.keys(gap.person).length > 0);
    const said = await coordinator.post('/v1/rule-tables/5/_evaluate', { facts: gap.person, version });
    assert.deepEqual([said.json.matched, said.json.otherwise], [[], true], said.text);
  });

  test('an offering that has ended, or of which nobody told the room', async () => {
    const version = await draft(coordinator, 3, draftOf(await table(coordinator, 3)));
    world.sql("UPDATE data.offering SET ended_at = now() WHERE region_id = 1 AND code = 'lekker-fit'");
    world.sql("DELETE FROM data.capacity WHERE region_id = 1 AND offering_id = (SELECT offering_id FROM data.offering WHERE region_id = 1 AND code = 'giz')");
    try {
      const { findings, isPublishable } = await check(version);
      assert.ok(findings.some(({ kind, text }) => kind === 'unknown' && text.includes('lekker-fit')), JSON.stringify(findings));
      assert.ok(findings.some(({ kind, text }) => kind === 'no-capacity' && text.includes('giz')));
      assert.equal(isPublishable, false);
    } finally {
      world.sql("UPDATE data.offering SET ended_at = NULL WHERE region_id = 1 AND code = 'lekker-fit'");
    }
  });

  test('is for who may read the tables', async () => {
    problem(await gp.post('/v1/rule-versions/3/_check', {}), 403, 'wrong-role');
    problem(await coordinator.post('/v1/rule-versions/9999/_check', {}), 404, 'not-found');
    problem(await coordinator.post('/v1/rule-versions/3/_check', { all: true }), 422, 'invalid-body');
  });
});

describe('publishing', () => {
  test('takes two people; afterwards nothing changes it', async () => {
    const shown = await table(coordinator, 6);
    const body = draftOf(shown);
    body.rules[0].reason = 'Vol: het volgende aanbod, volgens de test.';
    const version = await draft(coordinator, 6, body);
    problem(await coordinator.post(`/v1/rule-versions/${version}/_approve`, {}), 409, 'state-not-allowed');
    const key = { 'Idempotency-Key': randomUUID() };
    const asked = await coordinator.post(`/v1/rule-versions/${version}/_publish`, { acknowledged: warnings }, key);
    assert.equal(asked.json.status, 'awaiting-approval', asked.text);
    assert.equal((await coordinator.post(`/v1/rule-versions/${version}/_publish`, { acknowledged: warnings }, key)).text, asked.text);
    problem(await coordinator.post(`/v1/rule-versions/${version}/_approve`, {}), 403, 'same-person');
    problem(await steward.post(`/v1/rule-versions/${version}/_approve`, {}), 403, 'wrong-role');
    const approval = { 'Idempotency-Key': randomUUID() };
    const approved = await second.post(`/v1/rule-versions/${version}/_approve`, {}, approval);
    assert.deepEqual([approved.status, approved.json.status, approved.json.inForce], [200, 'published', true], approved.text);
    assert.equal((await second.post(`/v1/rule-versions/${version}/_approve`, {}, approval)).text, approved.text);
    problem(await second.post(`/v1/rule-versions/${version}/_approve`, {}), 409, 'state-not-allowed');
    problem(await coordinator.post(`/v1/rule-versions/${version}/_discard`, {}), 409, 'state-not-allowed');
    problem(await coordinator.post(`/v1/rule-versions/${version}/_publish`, { acknowledged: warnings }), 409, 'state-not-allowed');
    await taken(world, 6, version);
    assert.equal((await table(coordinator, 6)).rules[0].reason, body.rules[0].reason);
    assert.deepEqual((await table(coordinator, 6, shown.version)).rules, shown.rules);
  });

  test('warnings are acknowledged by name, or by the word of their kind', async () => {
    const body = draftOf(await table(coordinator, 1));
    body.rules.push({ ...body.rules[0], id: 'Z01' });
    const version = await draft(coordinator, 1, body);
    const { findings } = (await coordinator.post(`/v1/rule-versions/${version}/_check`, {})).json;
    const names = findings.map(({ name }) => name);
    assert.ok(names.includes('shadowed-Z01'), names.join(' '));
    const refused = await coordinator.post(`/v1/rule-versions/${version}/_publish`, {});
    problem(refused, 409, 'not-publishable');
    assert.deepEqual(refused.json.errors.map(({ pointer }) => pointer), names.slice(0, 50));
    const rest = await coordinator.post(`/v1/rule-versions/${version}/_publish`, { acknowledged: names.filter((name) => name !== 'shadowed-Z01') });
    problem(rest, 409, 'not-publishable');
    assert.deepEqual(rest.json.errors.map(({ pointer }) => pointer), ['shadowed-Z01']);
    const head = await publish(coordinator, version, { acknowledged: names });
    assert.deepEqual(head.acknowledged, names);
    assert.equal((await coordinator.post(`/v1/rule-versions/${version}/_discard`, {})).json.status, 'discarded');
  });

  test('what was published meanwhile is not undone without a word', async () => {
    const shown = await table(coordinator, 7);
    const [first, late, next] = [await draft(coordinator, 7, draftOf(shown)), await draft(coordinator, 7, draftOf(shown)),
      await draft(coordinator, 7, draftOf(shown, { basedOn: null }))];
    const outdated = async (version) => (await coordinator.post(`/v1/rule-versions/${version}/_check`, {})).json.findings.filter(({ kind }) => kind === 'outdated');
    assert.deepEqual(await outdated(late), []);
    assert.deepEqual((await outdated(next)).map(({ name }) => name), [`outdated-${shown.version}`]);
    await publish(coordinator, first);
    await approve(second, first);
    const [finding] = await outdated(late);
    assert.deepEqual([finding.name, finding.severity], [`outdated-${first}`, 'warning']);
    assert.match(finding.text, new RegExp(`from version ${shown.version}, while version ${first} is in force`));
    const refused = await coordinator.post(`/v1/rule-versions/${late}/_publish`, { acknowledged: warnings });
    problem(refused, 409, 'not-publishable');
    assert.deepEqual(refused.json.errors.map(({ pointer, code }) => [pointer, code]), [[`outdated-${first}`, 'outdated']]);
    assert.deepEqual(await outdated(await draft(coordinator, 7, draftOf(await table(coordinator, 7, await draft(coordinator, 7, draftOf(await table(coordinator, 7))))))), []);
    assert.deepEqual(await outdated(first), []); // it is in force
    await publish(coordinator, late, { acknowledged: [...warnings, `outdated-${first}`] });
    await approve(second, late);
    await taken(world, 7, late);
  });

  test('what ended since it was asked is not approved', async () => {
    const version = await draft(coordinator, 3, draftOf(await table(coordinator, 3)));
    await publish(coordinator, version);
    world.sql("UPDATE data.offering SET ended_at = now() WHERE region_id = 1 AND code = 'lekker-fit'");
    try {
      const refused = await second.post(`/v1/rule-versions/${version}/_approve`, {});
      problem(refused, 409, 'not-publishable');
      assert.ok(refused.json.errors.length && refused.json.errors.every(({ code }) => code === 'unknown'), refused.text);
    } finally {
      world.sql("UPDATE data.offering SET ended_at = NULL WHERE region_id = 1 AND code = 'lekker-fit'");
    }
    await approve(second, version);
    await taken(world, 3, version);
  });

  test('bodies that are not right', async () => {
    const version = await draft(coordinator, 7, draftOf(await table(coordinator, 7)));
    for (const body of [{ acknowledged: 'dead' }, { acknowledged: [1] }, { effectiveFrom: 'tomorrow' }, { effectiveFrom: '0000-01-01T00:00:00Z' }, { from: 'now' }]) {
      problem(await coordinator.post(`/v1/rule-versions/${version}/_publish`, body), 422, 'invalid-body');
    }
    problem(await coordinator.post('/v1/rule-versions/9999/_publish', {}), 404, 'not-found');
  });

  test('rolling back restores the rows of before, by one person', async () => {
    const shown = await table(coordinator, 7);
    const body = draftOf(shown);
    body.rules[0].reason = 'Een andere reden, volgens de test.';
    const version = await draft(coordinator, 7, body);
    await publish(coordinator, version);
    await approve(second, version);
    const key = { 'Idempotency-Key': randomUUID() };
    const back = await coordinator.post('/v1/rule-tables/7/_rollback', {}, key);
    assert.deepEqual([back.status, back.json.status, back.json.restores, back.json.inForce], [200, 'published', shown.version, true], back.text);
    assert.equal((await coordinator.post('/v1/rule-tables/7/_rollback', {}, key)).text, back.text);
    assert.deepEqual((await table(coordinator, 7)).rules, shown.rules);
    await taken(world, 7, back.json.version);
    problem(await coordinator.post('/v1/rule-tables/4/_rollback', {}), 409, 'state-not-allowed');
    problem(await steward.post('/v1/rule-tables/_rollback', {}), 403, 'wrong-role');
    problem(await coordinator.post('/v1/rule-tables/_rollback', { table: 7 }), 422, 'invalid-body');
  });

  test('rolling back without a table takes the newest change', async () => {
    const shown = await table(coordinator, 5);
    const version = await draft(coordinator, 5, draftOf(shown));
    await publish(coordinator, version);
    await approve(second, version);
    const back = await coordinator.post('/v1/rule-tables/_rollback', {});
    assert.deepEqual([back.status, back.json.table, back.json.restores], [200, 5, shown.version], back.text);
  });
});

describe('asking a table', () => {
  test('what it says of facts, in force and as a draft', async () => {
    const facts = { promise: 'first-contact', urgency: 'soon', level: 0 };
    const said = await steward.post('/v1/rule-tables/5/_evaluate', { facts });
    assert.equal(said.status, 200, said.text);
    assert.equal(said.json.matched.length, 1);
    assert.deepEqual(said.json.outputs, said.json.matched[0].then);
    const body = draftOf(await table(coordinator, 5));
    body.rules.find(({ id }) => id === said.json.matched[0].rule).then.amount = 77;
    body.examples = [];
    const version = await draft(coordinator, 5, body);
    assert.equal((await coordinator.post('/v1/rule-tables/5/_evaluate', { facts, version })).json.outputs.amount, 77);
  });

  test('a fact that is not known leaves rows undecided', async () => {
    const { json } = await coordinator.post('/v1/rule-tables/1/_evaluate', { facts: { domains: ['substance-use'], icpc: [], declines: [] } });
    assert.ok(json.unknown.includes('X03'), JSON.stringify(json));
  });

  test('what is not right is refused', async () => {
    problem(await coordinator.post('/v1/rule-tables/5/_evaluate', { facts: { colour: 'red' } }), 422, 'invalid-body');
    problem(await coordinator.post('/v1/rule-tables/5/_evaluate', { facts: { level: 'high' } }), 422, 'invalid-body');
    problem(await coordinator.post('/v1/rule-tables/5/_evaluate', {}), 422, 'invalid-body');
    problem(await coordinator.post('/v1/rule-tables/5/_evaluate', { facts: {}, version: 1 }), 422, 'invalid-body');
    problem(await coordinator.post('/v1/rule-tables/5/_evaluate', { facts: {}, version: 9999 }), 404, 'not-found');
    problem(await gp.post('/v1/rule-tables/5/_evaluate', { facts: {} }), 403, 'wrong-role');
  });
});

describe('a trial', () => {
  const run = (version, body = { since: '2020-01-01' }, api = coordinator) => api.post(`/v1/rule-versions/${version}/_try`, body);

  test('of days that nobody means is refused by name', async () => {
    for (const day of ['0000-01-01', '0001-01-01', '1899-12-31', '2026-02-30'])
      for (const [name, body] of [['since', { since: day }], ['until', { since: '2020-01-01', until: day }]]) {
        const refused = await run(3, body);
        problem(refused, 422, 'invalid-body');
        assert.deepEqual(refused.json.errors.map(({ pointer, code }) => [pointer, code]), [[`/${name}`, 'not-a-date']]);
      }
  });

  test('shows who would go elsewhere, by which rows, and writes nothing', async () => {
    const { id, decision } = await gp.refer({ client: { birthYear: 1950, area: '5751' } });
    assert.equal(decision.table, 3);
    const counts = () => world.sql('SELECT (SELECT count(*) FROM data.referral), (SELECT count(*) FROM data.decision), (SELECT count(*) FROM data.event), (SELECT version FROM data.region WHERE region_id = 1)');
    const body = draftOf(await table(coordinator, 3));
    body.rules = body.rules.filter(({ then }) => then.offering !== decision.offering.code);
    body.examples = [];
    const version = await draft(coordinator, 3, body);
    const before = counts();
    const answer = await run(version);
    assert.equal(answer.status, 200, answer.text);
    const moved = answer.json.moved.find(({ referral }) => referral === id);
    assert.equal(moved.from.code, decision.offering.code);
    assert.notEqual(moved.to?.code, decision.offering.code);
    assert.deepEqual([moved.fromRule.rule, moved.toRule.version], [decision.rule, version]);
    assert.equal(moved.facts.area, 5751);
    assert.equal(answer.json.groups.reduce((sum, { count }) => sum + count, 0) + answer.json.undecidable, answer.json.done);
    assert.deepEqual([answer.json.total, answer.json.cursor], [answer.json.done, null]);
    assert.equal(counts(), before);
  });

  test('who does not share their facts is counted and not told', async () => {
    const { id, decision } = await gp.refer({ client: { birthYear: 1950, area: '5751' }, consent: { choices: [{ kind: 'coordination', fields: ['name'] }] } });
    const body = draftOf(await table(coordinator, 3));
    body.rules = body.rules.filter(({ then }) => then.offering !== decision.offering.code);
    body.examples = [];
    const { json, text } = await run(await draft(coordinator, 3, body));
    assert.ok(json.withheld >= 1, text);
    assert.ok(!text.includes(id));
    const moves = json.groups.filter(({ from, to }) => from !== to).reduce((sum, { count }) => sum + count, 0);
    assert.equal(json.moved.length + json.withheld, moves);
  });

  test('a version with the same rows moves nobody', async () => {
    const version = await draft(coordinator, 3, draftOf(await table(coordinator, 3)));
    const { json } = await run(version);
    assert.deepEqual([json.moved, json.undecidable], [[], 0]);
    assert.ok(json.done > 0);
  });

  test('a period has its bounds, both days belong to it', async () => {
    const { version } = await table(coordinator, 3);
    assert.ok((await run(version, { since: today(), until: today() })).json.total >= 1);
    assert.equal((await run(version, { since: '2020-01-01', until: '2020-12-31' })).json.total, 0);
  });

  test('what is not right is refused', async () => {
    const { version } = await table(coordinator, 3);
    for (const body of [{}, { since: 'yesterday' }, { since: '2026-02-30' }, { since: '2026-01-01', cursor: 'x' }, { since: '2026-01-01', pages: 3 }]) {
      problem(await run(version, body), 422, 'invalid-body');
    }
    problem(await run((await table(coordinator, 5)).version), 422, 'invalid-body');
    problem(await run(9999), 404, 'not-found');
    problem(await run(version, { since: '2026-01-01' }, steward), 403, 'wrong-role');
  });
});

describe('an explanation', () => {
  const explain = (api, id, query = '') => api.get(`/v1/referrals/${id}/explanation${query}`);

  test('tells the rows that decided, the facts, and who else could have had it', async () => {
    const { id, decision } = await gp.refer({ client: { birthYear: 1950, area: '5751' }, situation: { mobility: 'housebound', mildIntellectualDisability: false } });
    for (const api of [gp, coordinator]) {
      const { status, json, text } = await explain(api, id);
      assert.equal(status, 200, text);
      assert.deepEqual(json.decision, decision);
      assert.deepEqual([json.facts.area, json.facts.mobility, json.facts.lvb, json.facts.referrer], [5751, 'housebound', false, 'huisartsenpraktijk-de-peel']);
      assert.deepEqual(json.tables.map(({ table: number }) => number), [1, 2, 3]);
      assert.ok(json.tables[2].rules.some((rule) => rule.id === decision.rule && rule.cells.every(({ truth }) => truth === 'yes')), text);
      assert.equal(json.candidates[0].code, decision.offering.code);
      assert.ok(json.candidates.length > 1);
      assert.deepEqual([json.after, json.whyNot, json.whatIf], [[], null, null]);
    }
  });

  test('is for who may see the facts', async () => {
    const { id, decision } = await gp.refer({ client: { birthYear: 1950, area: '5751' }, icpc: ['Z04'], consent: { choices: [{ kind: 'coordination', fields: ['name', 'birth-year', 'area', 'language', 'domains', 'urgency'] }] } });
    const refused = await explain(coordinator, id);
    problem(refused, 403, 'not-shared');
    assert.ok(refused.json.detail.includes('icpc') && !refused.json.detail.includes('area'), refused.text);
    const seen = (await coordinator.get(`/v1/referrals/${id}`)).json.decision;
    assert.deepEqual([seen.rule, seen.reason, seen.offering], [null, null, decision.offering]);
    assert.equal((await steward.get(`/v1/referrals/${id}`)).json.decision.reason, null);
    const { code, stderr } = await world.cli('coordinator', ['rules', 'explain', id]);
    assert.ok(code !== 0 && /deelt/.test(stderr), stderr);
    assert.equal((await coordinator.post(`/v1/referrals/${id}/_emergency`, { reason: 'Er is brand' })).status, 201);
    assert.equal((await explain(coordinator, id)).json.facts.icpc[0], 'Z04');
  });

  test('why not another, and the smallest change', async () => {
    const { id } = await gp.refer({ domains: ['finances'], client: { birthYear: Number(today().slice(0, 4)) - 40, area: '5751' } });
    const { json, text } = await explain(gp, id, '?whyNot=jpf');
    assert.equal(json.whyNot.offering.code, 'jpf', text);
    assert.ok(json.whyNot.rules.some(({ failed }) => failed.some(({ column, fact }) => column === 'age' && fact === 40)), text);
    assert.deepEqual(json.whyNot.smallestChange.map(({ fact }) => fact), ['age'], text);
    const to = json.whyNot.smallestChange[0].to;
    const after = (await explain(gp, id, `?whatIf=age=${to}`)).json.whatIf;
    assert.equal(after.decision.offering.code, 'jpf');
  });

  test('what if something were otherwise', async () => {
    const { id, decision } = await gp.refer({ domains: ['social-network'], client: { birthYear: 1950, area: '5751' } });
    const { json, text } = await explain(coordinator, id, `?whatIf=${encodeURIComponent('age=16;domains=social-network,mental-health')}`);
    assert.equal(json.whatIf.change.length, 2, text);
    assert.notEqual(json.whatIf.decision.offering?.code, decision.offering.code);
    assert.deepEqual(json.decision, decision);
  });

  test('what is not right is refused', async () => {
    const { id } = await gp.refer();
    problem(await explain(gp, id, '?whyNot=golf'), 400, 'invalid-parameter');
    problem(await explain(gp, id, '?whatIf=colour=red'), 400, 'invalid-parameter');
    problem(await explain(gp, id, '?whatIf=age=old'), 400, 'invalid-parameter');
    for (const change of ['domains=geld', 'icpc=Q99', 'referrer=x', 'age=1;age=2']) {
      problem(await explain(gp, id, `?whatIf=${encodeURIComponent(change)}`), 400, 'invalid-parameter');
    }
    assert.match((await explain(gp, id, '?whatIf=domains=geld')).text, /finances/);
    problem(await explain(gp, id, '?whatIf=age=1&whatIf=age=2'), 400, 'invalid-parameter');
    problem(await explain(world.api('gp2'), id), 404, 'not-found');
    for (const name of ['worker', 'steward']) problem(await explain(world.api(name), id), 403, 'wrong-role');
  });

  test('a decision of table 1 alone, as it is stored and as it once was', async () => {
    const shown = await table(coordinator, 1);
    const body = draftOf(shown);
    body.rules.unshift({ ...body.rules[0], id: 'Z02', when: { urgency: '"soon"' }, then: { action: 'coordinator', offering: null }, reason: 'Spoed, volgens de test.' });
    body.examples = [];
    const version = await draft(coordinator, 1, body);
    await publish(coordinator, version);
    await approve(second, version);
    await taken(world, 1, version);
    try {
      const { id, decision } = await gp.refer({ urgency: 'soon', client: { birthYear: 1950, area: '5751' } });
      assert.deepEqual([decision.table, decision.rule], [1, 'Z02']);
      const now = await explain(gp, id, '?whyNot=jpf&whatIf=urgency=routine');
      assert.equal(now.status, 200, now.text);
      assert.deepEqual(now.json.tables.map(({ table: number }) => number), [1]);
      assert.equal(now.json.whatIf.decision.table, 3);
      assert.ok(now.json.whyNot.rules.some(({ table: number }) => number === 3), now.text);
      world.sql(`UPDATE data.decision d SET trail = jsonb_build_array(r.trail -> 0), candidates = r.candidates, reasoning = NULL
        FROM data.reasoning r WHERE r.region_id = d.region_id AND r.hash = d.reasoning AND d.rule_id = 'Z02'`);
      const once = await explain(gp, id, '?whyNot=jpf&whatIf=urgency=routine');
      assert.equal(once.status, 200, once.text);
      assert.deepEqual([once.json.whatIf.decision, once.json.whatIf.note, once.json.whyNot.note], [null,
        'De beslistabellen van toen zijn niet alle drie bekend.', 'De beslistabellen van toen zijn niet alle drie bekend.']);
    } finally {
      await coordinator.post('/v1/rule-tables/1/_rollback', {});
    }
  });

  test('holds when the tables have changed', async () => {
    const { id, decision } = await gp.refer({ domains: ['housing'] });
    const before = (await explain(gp, id)).json;
    const body = draftOf(await table(coordinator, 3));
    body.rules = body.rules.filter(({ then }) => then.offering !== decision.offering?.code);
    body.rules.forEach((rule) => (rule.reason = 'Anders, volgens de test.'));
    body.examples = [];
    const version = await draft(coordinator, 3, body);
    const { findings } = (await coordinator.post(`/v1/rule-versions/${version}/_check`, {})).json;
    if (findings.every(({ severity }) => severity === 'warning')) {
      await publish(coordinator, version);
      await approve(second, version);
      await taken(world, 3, version);
    }
    assert.deepEqual((await explain(gp, id)).json, before);
  });
});

describe('the preview', () => {
  test('lists who could take it, best first', async () => {
    const { json, status, text } = await gp.post('/v1/referrals/_preview', {
      domains: ['social-network'], client: { name: 'Margriet Maassen', birthYear: 1948, area: '5751', phone: '+31 6 55512345' }, situation: { household: 'alone' },
    });
    assert.equal(status, 200, text);
    assert.ok(json.candidates.length > 1, text);
    assert.equal(json.candidates[0].offering.code, json.decision.offering.code);
    assert.deepEqual(json.candidates.map(({ weight }) => weight), json.candidates.map(({ weight }) => weight).sort((a, b) => b - a));
  });
});

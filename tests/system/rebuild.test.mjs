// State equals the replay of events (I4): `wijzerd rebuild --check` says so after referrals of every kind and while more
// come in, and names every column, row and event that somebody has tampered with.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { eventually, finish, sanitizers, wijzerd, World } from './lib/world.mjs';

let world;
before(async () => {
  world = await World.make();
  world.configure({ 'migrate-database': world.conninfo(false, 'postgres') });
});
after(() => world?.close());

// ---- what tests do ----

const rebuild = (conf, ...args) => finish(wijzerd, ['-c', conf, 'rebuild', ...args], { env: { ...process.env, ...sanitizers() } });
const SAME = /^\d+ referrals, \d+ events: the state is what the events say\n$/;

async function assertSame(conf = world.conf) {
  const { code, stdout, stderr } = await rebuild(conf, '--check');
  assert.deepEqual([code, stderr], [0, ''], stdout);
  assert.match(stdout, SAME);
}

// Time passes for the database and the daemon.
async function clock(days) {
  await world.stop();
  world.sql(`ALTER DATABASE wijzer SET wijzer.clock_offset = '${days} days'`);
  world.configure({ 'clock-offset': `${days * 24}h` });
  await world.start();
}

// People whose connections are of this daemon.
const people = () => Object.fromEntries(['gp', 'worker', 'worker2', 'coordinator'].map((name) => [name, world.api(name)]));

async function late() {
  const { stepId } = await people().gp.refer();
  for (const [days, level] of [[14, 1], [24, 2], [37, 3]]) {
    await clock(days);
    await eventually(() => world.sql(`SELECT max(level) FROM data.promise`) === String(level), { timeout: 30000, what: `level ${level}` });
  }
  await people().worker.move(stepId, 'accept');
}

async function branches({ gp, worker, worker2, coordinator }) {
  const { id, stepId } = await gp.refer();
  await worker.move(stepId, 'accept');
  await worker.move(stepId, 'report', { state: 'waiting-list', date: '2030-01-01' });
  await worker.move(stepId, 'report', { state: 'contact-attempt', channel: 'phone' });
  await worker.move(stepId, 'report', { state: 'first-contact' });
  await worker.move(stepId, 'report', { state: 'passed-on', offerings: ['buurtteam', 'klantwijzer'] });
  const [, one, two] = (await gp.referral(id)).steps.map((step) => step.id);
  await worker2.move(one, 'accept');
  assert.equal((await worker2.post(`/v1/steps/${one}/_pickup`, {})).status, 200);
  assert.equal((await worker.post(`/v1/steps/${two}/_pickup`, {})).status, 200);
  assert.equal((await worker.post(`/v1/steps/${two}/_putback`)).status, 200);
  await worker2.move(one, 'report', { state: 'first-contact' });
  await worker2.move(one, 'complete', { outcome: 'partly' });
  await worker.move(two, 'decline', { code: 'capacity' });
  await assertSame(); // in the middle
  await coordinator.move((await gp.referral(id)).steps.at(-1).id, 'decline', { code: 'not-fitting' });
  await worker.move(stepId, 'complete', { outcome: 'reached' });
  return id;
}

async function declines({ gp, worker, worker2, coordinator }) {
  const { id, stepId } = await gp.refer();
  const last = async () => (await gp.referral(id)).steps.at(-1).id;
  await worker.move(stepId, 'decline', { code: 'capacity' });
  await worker2.move(await last(), 'decline', { code: 'heavier-help-needed' });
  await coordinator.move(await last(), 'decline', { code: 'capacity', offerings: ['centrale-zorgverlener'] });
}

async function endings({ gp, worker }) {
  const asked = await gp.refer();
  await worker.move(asked.stepId, 'report', { state: 'question-to-referrer', text: 'Mag ik haar dochter bellen?' });
  await gp.move(asked.stepId, 'answer', { text: 'Ja.' });
  await worker.move(asked.stepId, 'accept');
  const withdrawn = await gp.refer();
  await worker.move(withdrawn.stepId, 'accept');
  await gp.move(withdrawn.stepId, 'report', { state: 'withdrawal-asked', reason: 'Ze is verhuisd.' });
  await worker.move(withdrawn.stepId, 'report', { state: 'withdrawn' });
  const mistaken = await gp.refer();
  await gp.move(mistaken.stepId, 'report', { state: 'entered-in-error', reason: 'De verkeerde persoon.' });
}

async function goesOn({ gp, worker, coordinator }) {
  const { id, stepId } = await gp.refer();
  await worker.move(stepId, 'accept');
  await worker.move(stepId, 'report', { state: 'first-contact' });
  await worker.move(stepId, 'complete', { outcome: 'partly' });
  const reopened = await gp.post(`/v1/referrals/${id}/_reopen`, { reason: 'Het gaat weer slechter.' });
  assert.ok(reopened.status < 300, reopened.text);
  const { etag } = await coordinator.step(reopened.json.id);
  const reassigned = await coordinator.post(`/v1/steps/${reopened.json.id}/_reassign`, { offerings: ['buurtteam'], reason: 'Dichterbij.' }, { 'If-Match': etag });
  assert.ok(reassigned.status < 300, reassigned.text);
}

// A director that gives up its own step while a branch goes on directs no more; nor does one elsewhere than where it is reopened.
async function givesUp({ gp, worker, worker2 }) {
  for (const first of [true, false]) {
    const { id, stepId } = await gp.refer();
    await worker.move(stepId, 'accept');
    await worker.move(stepId, 'report', { state: 'first-contact' });
    await worker.move(stepId, 'report', { state: 'passed-on', offerings: ['buurtteam'] });
    const branch = (await gp.referral(id)).steps[1].id;
    await worker2.move(branch, 'accept');
    await worker2.move(branch, 'report', { state: 'first-contact' });
    const ends = [() => worker.move(stepId, 'report', { state: 'client-withdrew', reason: 'Wil niet.' }), () => worker2.move(branch, 'complete', { outcome: 'not-reached', reason: 'Het lukte niet.' })];
    for (const end of first ? ends : ends.reverse()) await end();
    assert.equal((await gp.referral(id)).director?.code, first ? undefined : 'levgroep');
    const reopened = await gp.post(`/v1/referrals/${id}/_reopen`, { reason: 'Toch weer.', offering: 'buurtteam' });
    assert.ok(reopened.status < 300, reopened.text);
    assert.equal((await gp.referral(id)).director, null);
  }
}

// Who came by themself is forgotten before they were told how it ended: that is said, as it was owed, and once.
async function forgotten({ worker, worker2, coordinator }) {
  const { id, stepId } = await worker2.refer({ origin: 'self' });
  await worker.move(stepId, 'accept');
  await worker.move(stepId, 'report', { state: 'first-contact' });
  await worker.move(stepId, 'complete', { outcome: 'reached' });
  const erased = await coordinator.post(`/v1/clients/${(await coordinator.referral(id)).client.id}/_erase`, {});
  assert.ok(erased.status < 300, erased.text);
  assert.equal((await worker.post(`/v1/referrals/${id}/_tell`, { helped: 'not-known' })).status, 200);
  assert.equal((await coordinator.referral(id)).state, 'closed');
  assert.equal((await worker.post(`/v1/referrals/${id}/_tell`, { helped: 'yes' })).status, 409);
}

// Another question of the same person goes on with the first one, and so does that of a practice which hears so once a day; a goal; a file.
async function joins({ gp, worker, coordinator }) {
  const client = { name: 'S. Sluit', birthYear: 1961, area: '5751', phone: '+31 6 55512361' };
  const one = await gp.refer({ client }), other = await gp.refer({ client, domains: ['finances'], wishes: ['at-home'] });
  const merged = await coordinator.post(`/v1/referrals/${other.id}/_merge`, { into: one.id });
  assert.equal(merged.status, 200, merged.text);
  assert.deepEqual([merged.json.added.domains.map(({ code }) => code), merged.json.added.wishes], [['finances'], ['at-home']]);
  const gp2 = world.api('gp2');
  assert.equal((await gp2.post('/v1/feedback-contracts', { form: 'daily', milestones: ['ended'] })).status, 201);
  const third = await gp2.refer({ client });
  assert.equal((await coordinator.post(`/v1/referrals/${third.id}/_merge`, { into: one.id })).status, 200);
  assert.equal(world.sql("SELECT string_agg(state || ' ' || form, ',') FROM data.feedback WHERE state = 'merged'"), 'merged daily');
  await worker.move(one.stepId, 'accept');
  const goal = await worker.post(`/v1/steps/${one.stepId}/goals`, { text: 'Weer slapen.', domain: 'finances' });
  assert.ok(goal.status < 300, goal.text);
}

async function others({ gp, coordinator }) {
  const { id } = await gp.refer();
  const used = await coordinator.post(`/v1/referrals/${id}/_emergency`, { reason: 'Mevrouw doet de deur niet open.' });
  assert.equal(used.status, 201, used.text);
  const { client } = await gp.referral(id);
  const { etag } = (await gp.get(`/v1/clients/${client.id}/consent`)).headers;
  const withdrawn = await gp.post(`/v1/clients/${client.id}/consent/_withdraw`, {}, { 'If-Match': etag });
  assert.equal(withdrawn.status, 200, withdrawn.text);
}

async function closeAndErase({ gp }, id) {
  for (const one of (await gp.get('/v1/feedback?unread=true&pageSize=200')).json.items.filter((one) => one.referralId === id))
    assert.equal((await gp.post(`/v1/feedback/${one.id}/_open`, {})).status, 200);
  const seen = await gp.referral(id);
  assert.equal(seen.state, 'closed');
  const erased = await gp.post(`/v1/clients/${seen.client.id}/_erase`, {});
  assert.ok(erased.status < 300, erased.text);
}

// Places in two groups, of which one is changed and one called off; what is said of room.
async function groups({ gp, worker }) {
  const made = async (name) => {
    const answer = await worker.post('/v1/groups', { offering: 'welzijn-op-recept', name, startsOn: '2037-05-04', places: 3 });
    assert.equal(answer.status, 201, answer.text);
    return answer.json.id;
  };
  const [tuesday, friday] = [await made('Dinsdag'), await made('Vrijdag')];
  const steps = [];
  for (const [group, persons] of [[tuesday, 2], [tuesday, 1], [friday, 1]]) {
    const { stepId } = await gp.refer();
    await worker.move(stepId, 'accept');
    const answer = await worker.post(`/v1/steps/${stepId}/_place`, { group, persons });
    assert.ok(answer.status < 300, answer.text);
    steps.push(stepId);
  }
  for (const [path, body] of [[`/v1/groups/${tuesday}/_change`, { places: 4, name: 'Dinsdagmiddag' }], [`/v1/steps/${steps[1]}/_leave`, {}], [`/v1/groups/${friday}/_end`, {}],
    ['/v1/offerings/_set', { offering: 'welzijn-op-recept', state: 'open', places: 5, waitDays: 0 }]]) {
    const answer = await worker.post(path, body);
    assert.ok(answer.status < 300, `${path}: ${answer.text}`);
  }
  await eventually(() => world.sql(`SELECT count(*) FROM data.event WHERE kind = 'place-lost'`) === '1', { timeout: 30000, what: 'the place in the group that was called off' });
}

// ---- the tests ----

test('after referrals of every kind the state is what the events say', { timeout: 180000 }, async () => {
  await late();
  const all = people();
  const id = await branches(all);
  await declines(all);
  await endings(all);
  await goesOn(all);
  await givesUp(all);
  await forgotten(all);
  await joins(all);
  await others(all);
  await groups(all);
  await closeAndErase(all, id);
  await assertSame();
  const kinds = world.sql('SELECT string_agg(DISTINCT kind, \' \' ORDER BY kind) FROM data.event').split(' ');
  for (const kind of ['client-asked', 'client-erased', 'consent-withdrawn', 'director-changed', 'emergency-used', 'feedback-opened', 'loop-closed', 'outcome-rolled-up', 'promise-overdue',
    'promise-started', 'referral-joined', 'referral-merged', 'referral-reopened', 'referral-sent', 'step-made', 'step-moved', 'step-picked-up', 'step-put-back']) assert.ok(kinds.includes(kind), `no event ${kind}`);
  const { code, stdout } = await rebuild(world.conf, '--check', '--json');
  assert.equal(code, 0);
  assert.deepEqual(JSON.parse(stdout), { differences: [], count: 0, referrals: Number(world.sql('SELECT count(*) FROM data.referral')),
    events: Number(world.sql('SELECT (SELECT count(*) FROM data.event) + (SELECT count(*) FROM data.offering_event)')), same: true });
  for (const kind of ['group-made', 'group-changed', 'group-ended', 'capacity-set', 'confirmation-asked', 'confirmation-overdue'])
    assert.notEqual(world.sql(`SELECT count(*) FROM data.offering_event WHERE kind = '${kind}'`), '0', kind);
});

// A copy of the database in which nothing holds a superuser back.
const COPY = 'tampered';
const inCopy = (sql) => execFileSync('psql', ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', COPY, '-c', sql], { env: { ...process.env, ...world.env }, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
const within = (sql) => inCopy(`SET session_replication_role = replica; ${sql}`);
let copyConf;
async function copy() {
  await world.stop();
  execFileSync('psql', ['-Xq', '-d', 'postgres', '-c', `CREATE DATABASE ${COPY} TEMPLATE wijzer`], { env: { ...process.env, ...world.env } });
  await world.start();
  inCopy(`DO $$ DECLARE c record; BEGIN
    FOR c IN SELECT conrelid::regclass AS t, conname FROM pg_constraint WHERE contype IN ('c', 'f') AND connamespace = 'data'::regnamespace AND conrelid <> 0
    LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.t, c.conname); END LOOP; END $$`);
  copyConf = join(world.dir, 'tampered.conf');
  const lines = readFileSync(world.conf, 'utf8').split('\n').filter((line) => !line.startsWith('migrate-database'));
  writeFileSync(copyConf, `${lines.join('\n')}\nmigrate-database = ${world.conninfo(false, 'postgres').replace('dbname=wijzer', `dbname=${COPY}`)}\n`);
}

const keys = { referral: ['referral_id'], step: ['step_id'], promise: ['step_id', 'nr'], feedback: ['feedback_id'], goal: ['goal_id'] };
const columns = {
  referral: ['client_id', 'organisation_id', 'account_id', 'created_at', 'outcome', 'ended_at', 'closed_at', 'domains', 'wishes', 'urgency', 'class_id'],
  step: ['owner_id', 'offering_id', 'parent_id', 'previous_id', 'state', 'status', 'version', 'promise_nr', 'decline_code', 'created_at', 'ended_at', 'assignee_id'],
  promise: ['kind', 'organisation_id', 'owner_id', 'referrer_id', 'level', 'started_at', 'due_at', 'ended_at', 'ended_how'],
  feedback: ['step_id', 'state', 'from_id', 'to_id', 'at', 'is_final', 'opened_at', 'opened_by'],
  goal: ['step_id', 'state', 'domain', 'created_at'],
};
const other = (column) => (/_at$|^at$/.test(column) ? `coalesce(${column}, now()) + interval '1 microsecond'` : column === 'is_final' ? 'NOT is_final'
  : column === 'domains' ? `'{other}'` : column === 'wishes' ? `'{online}'`
  : column === 'status' ? `CASE status WHEN 'on-hold' THEN 'accepted' ELSE 'on-hold' END`
  : column === 'ended_how' ? `'escalated'` : /^(state|kind|outcome|decline_code|domain|urgency)$/.test(column) ? `'other'` : `coalesce(${column}, 7) + 1`);
const where = (row) => Object.entries(row).map(([key, value]) => `${key} = ${value}`).join(' AND ');
const codes = new Map();
function codeOf(id) {
  if (!codes.has(String(id))) codes.set(String(id), inCopy(`SELECT wijzer.code(${id})`));
  return codes.get(String(id));
}
const place = (table, row, referral) => `region deurne, referral ${codeOf(referral)}${
  table === 'referral' ? '' : table === 'promise' ? `, step ${codeOf(row.step_id)}, promise ${row.nr}` : `, ${table} ${codeOf(Object.values(row)[0])}`}`;

// A row of the table where the condition holds, by its keys; with its referral.
function pick(table, condition) {
  const found = inCopy(`SELECT ${keys[table].join(', ')}, referral_id FROM data.${table} WHERE ${condition} ORDER BY 1 DESC LIMIT 1`);
  if (!found) return null;
  const cells = found.split('|');
  return { row: Object.fromEntries(keys[table].map((key, i) => [key, cells[i]])), referral: cells.at(-1) };
}

// Does it (what has been done: null), looks what the command finds, and undoes it.
async function tampered(sql, undo) {
  if (sql) within(sql);
  try {
    const { code, stdout, stderr } = await rebuild(copyConf, '--check');
    assert.deepEqual([code, stderr], [1, ''], `${sql}: ${stdout}`);
    return stdout.trim().split('\n').slice(0, -1);
  } finally {
    within(undo);
  }
}

// One cell of a row is changed: what the row is called, what the cell was and is.
function change(table, column, row) {
  const cell = `SELECT coalesce(CASE WHEN ${column}::text IN ('true', 'false') THEN left(${column}::text, 1) ELSE ${column}::text END, 'null') FROM data.${table} WHERE ${where(row)}`;
  const [before, now] = within(`SET timezone = 'UTC'; DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT * FROM data.${table} WHERE ${where(row)}; ${cell};
    UPDATE data.${table} SET ${column} = ${other(column)} WHERE ${where(row)}; ${cell}`).split('\n');
  return { before, now };
}

test('every column that is tampered with is named, and nothing else', { timeout: 300000 }, async () => {
  await copy();
  await assertSame(copyConf);
  let tried = 0;
  for (const [table, list] of Object.entries(columns)) for (const column of list) for (const condition of ['IS NOT NULL', 'IS NULL']) {
    const { row, referral } = pick(table, `${column} ${condition}`) ?? {};
    if (!row) continue;
    const { before, now } = change(table, column, row);
    const found = await tampered(null, `UPDATE data.${table} SET ${column} = (SELECT ${column} FROM kept) WHERE ${where(row)}`);
    assert.deepEqual(found, [`${place(table, row, referral)}: ${column} is ${now}, events say ${before}`]);
    tried++;
  }
  assert.ok(tried > 45, String(tried));
  await assertSame(copyConf);
});

test('a row that is gone, added or moved is named', { timeout: 120000 }, async () => {
  for (const table of Object.keys(columns)) {
    const { row, referral } = pick(table, 'true');
    const text = place(table, row, referral);
    inCopy(`DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT * FROM data.${table} WHERE ${where(row)}`);
    const back = `INSERT INTO data.${table} SELECT * FROM kept`;
    assert.deepEqual(await tampered(`DELETE FROM data.${table} WHERE ${where(row)}`, back), [`${text}: is not there, and events tell of it`]);
    const last = keys[table].at(-1);
    const added = { ...row, [last]: Number(row[last]) + 5000000 };
    assert.deepEqual(await tampered(`INSERT INTO data.${table} SELECT (jsonb_populate_record(k, '{"${last}": ${added[last]}}')).* FROM kept k`,
      `DELETE FROM data.${table} WHERE ${where(added)}`), [`${place(table, added, table === 'referral' ? added.referral_id : referral)}: is there, and no event tells of it`]);
    if (table === 'referral') continue;
    const elsewhere = inCopy(`SELECT min(referral_id) FROM data.referral`);
    assert.deepEqual((await tampered(`UPDATE data.${table} SET referral_id = ${elsewhere} WHERE ${where(row)}`,
      `UPDATE data.${table} SET referral_id = ${referral} WHERE ${where(row)}`)).sort(),
    [`${text}: is not there, and events tell of it`, `${place(table, row, elsewhere)}: is there, and no event tells of it`].sort());
  }
  await assertSame(copyConf);
});

test('groups and what is owed about an offering are compared too: columns, rows, events', { timeout: 240000 }, async () => {
  const offering = 'region deurne, offering welzijn-op-recept, ';
  const at = (column) => `coalesce(${column}, now()) + interval '1 microsecond'`;
  const tables = {
    offering_group: { key: 'group_id', row: inCopy(`SELECT group_id FROM data.offering_group WHERE name = 'Dinsdagmiddag'`), text: (id) => `${offering}group ${codeOf(id)}: `, change: {
      name: `'Woensdag'`, starts_on: 'starts_on + 1', ends_on: `'2040-01-01'`, way: `'online'`, rolling: 'NOT rolling', places: 'places + 1', taken: 'taken + 1', created_at: at('created_at'), ended_at: at('ended_at') } },
    offering_promise: { key: 'nr', row: '1', text: (nr) => `${offering}promise ${nr}: `, change: {
      organisation_id: 'organisation_id + 1', level: 'level + 1', started_at: at('started_at'), due_at: at('due_at'), ended_at: at('ended_at'), ended_how: `'escalated'` } },
  };
  for (const [table, { key, row, text, change: cells }] of Object.entries(tables)) {
    const which = `${key} = ${row} AND offering_id = (SELECT offering_id FROM data.offering WHERE region_id = 1 AND code = 'welzijn-op-recept')`;
    inCopy(`DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT * FROM data.${table} WHERE ${which}`);
    assert.equal(inCopy('SELECT count(*) FROM kept'), '1', table);
    for (const [column, value] of Object.entries(cells)) {
      const cell = () => inCopy(`SET timezone = 'UTC'; SELECT coalesce(CASE WHEN ${column}::text IN ('true', 'false') THEN left(${column}::text, 1) ELSE ${column}::text END, 'null') FROM data.${table} WHERE ${which}`);
      const before = cell();
      within(`UPDATE data.${table} SET ${column} = ${value} WHERE ${which}`);
      const now = cell();
      assert.deepEqual(await tampered(null, `UPDATE data.${table} SET ${column} = (SELECT ${column} FROM kept) WHERE ${which}`), [`${text(row)}${column} is ${now}, events say ${before}`]);
    }
    assert.deepEqual(await tampered(`DELETE FROM data.${table} WHERE ${which}`, `INSERT INTO data.${table} SELECT * FROM kept`), [`${text(row)}is not there, and events tell of it`]);
    assert.deepEqual(await tampered(`INSERT INTO data.${table} SELECT (jsonb_populate_record(k, '{"${key}": 8000001}')).* FROM kept k`, `DELETE FROM data.${table} WHERE ${key} = 8000001`),
      [`${text(8000001)}is there, and no event tells of it`]);
  }
  for (const kind of inCopy(`SELECT DISTINCT kind FROM data.offering_event WHERE kind NOT IN ('capacity-set', 'offering-confirmed') OR nr IS NOT NULL`).split('\n')) {
    const id = inCopy(`SELECT event_id FROM data.offering_event WHERE kind = '${kind}' AND (kind NOT IN ('capacity-set', 'offering-confirmed') OR nr IS NOT NULL) ORDER BY event_id LIMIT 1`);
    inCopy(`DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT * FROM data.offering_event WHERE event_id = ${id}`);
    assert.ok((await tampered(`DELETE FROM data.offering_event WHERE event_id = ${id}`, 'INSERT INTO data.offering_event SELECT * FROM kept')).length > 0, kind);
    if (kind === 'group-changed') continue; // the same change twice is none
    const twice = await tampered(`INSERT INTO data.offering_event SELECT (jsonb_populate_record(k, '{"event_id": 9000001}')).* FROM kept k`, 'DELETE FROM data.offering_event WHERE event_id = 9000001');
    assert.ok(twice.some((line) => /^region [a-z]+, offering [a-z-]+, event 9000001: /.test(line) && line.includes(`: ${kind} `)), `${kind}: ${twice}`);
  }
  const strange = await tampered(`INSERT INTO data.offering_event (region_id, offering_id, event_id, at, kind) SELECT 1, offering_id, 9000001, now(), 'picked' FROM data.offering WHERE region_id = 1 AND code = 'welzijn-op-recept'`,
    'DELETE FROM data.offering_event WHERE event_id = 9000001');
  assert.deepEqual(strange, [`${offering}event 9000001: is of kind 'picked', which this program does not know`]);
  const group = tables.offering_group.row;
  within(`UPDATE data.offering_group SET taken = taken + 1 WHERE group_id = ${group}`);
  const told = JSON.parse((await rebuild(copyConf, '--check', '--json')).stdout).differences;
  within(`UPDATE data.offering_group SET taken = taken - 1 WHERE group_id = ${group}`);
  assert.deepEqual(told, [{ what: 'differs', region: 'deurne', offering: 'welzijn-op-recept', table: 'offering_group', group: codeOf(group), column: 'taken', state: '3', events: '2', text: 'taken is 3, events say 2' }]);
  await assertSame(copyConf);
});

test('an event that is gone, doubled or of an unknown kind is found', { timeout: 120000 }, async () => {
  const kinds = inCopy(`SELECT DISTINCT kind FROM data.event WHERE step_id IS NOT NULL OR kind = 'loop-closed'`).split('\n');
  assert.equal(kinds.length, 15);
  for (const kind of kinds) {
    const [id, referral] = inCopy(`SELECT event_id, referral_id FROM data.event WHERE kind = '${kind}' ORDER BY event_id LIMIT 1`).split('|');
    inCopy(`DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT * FROM data.event WHERE event_id = ${id}`);
    assert.ok((await tampered(`DELETE FROM data.event WHERE event_id = ${id}`, 'INSERT INTO data.event SELECT * FROM kept')).length > 0, kind);
    const twice = await tampered(`INSERT INTO data.event SELECT (jsonb_populate_record(k, '{"event_id": 9000001}')).* FROM kept k`,
      'DELETE FROM data.event WHERE event_id = 9000001');
    assert.ok(twice.some((line) => line.startsWith(`region deurne, referral ${codeOf(referral)}, event 9000001: ${kind} `)), `${kind}: ${twice}`);
  }
  const referral = inCopy('SELECT min(referral_id) FROM data.referral');
  const strange = await tampered(`INSERT INTO data.event (region_id, referral_id, event_id, at, kind) SELECT 1, ${referral}, 9000000 + n, now(), 'picked' FROM generate_series(1, 3) n`,
    'DELETE FROM data.event WHERE event_id > 9000000');
  assert.deepEqual(strange, [`region deurne, referral ${codeOf(referral)}, event 9000001: is of kind 'picked', which this program does not know`]);
  await assertSame(copyConf);
});

test('while referrals come in it is still the same', { timeout: 120000 }, async () => {
  let goes = true;
  const gps = [world.api('gp'), world.api('gp2')];
  const worker = world.api('worker');
  const work = gps.map(async (gp) => {
    while (goes) {
      const { stepId, decision } = await gp.refer();
      if (decision.organisation.code === 'levgroep') await worker.move(stepId, 'accept');
    }
  });
  for (let i = 0; i < 12; i++) await assertSame();
  goes = false;
  await Promise.all(work);
});

test('a hundred lines, and then how many more', async () => {
  within(`INSERT INTO data.referral SELECT (jsonb_populate_record(r, jsonb_build_object('referral_id', 8000000 + n))).* FROM data.referral r, generate_series(1, 150) n
    WHERE r.referral_id = (SELECT min(referral_id) FROM data.referral)`);
  const { code, stdout } = await rebuild(copyConf, '--check');
  const lines = stdout.trim().split('\n');
  assert.deepEqual([code, lines.length, lines[100]], [1, 102, 'and 50 more']);
  assert.match(lines[101], /: 150 differences$/);
  const told = JSON.parse((await rebuild(copyConf, '--check', '--json')).stdout);
  assert.deepEqual([told.differences.length, told.count, told.same], [100, 150, false]);
  assert.deepEqual(told.differences[0], { what: 'untold', region: 'deurne', referral: codeOf(8000001), table: 'referral', text: 'is there, and no event tells of it' });
});

test('where it cannot look it says so, with another exit status', async () => {
  const refused = async (text, conf, ...args) => {
    const { code, stdout, stderr } = await rebuild(conf, ...args);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, text);
  };
  await refused(/rebuild --check/, world.conf);
  await refused(/too many words/, world.conf, '--check', 'now');
  await refused(/See wijzerd rebuild --help/, world.conf, '--fix');
  await refused(/does-not-exist/, '/does-not-exist', '--check');
  const without = join(world.dir, 'without.conf');
  const conf = readFileSync(world.conf, 'utf8').replace(/^migrate-database.*\n/m, '');
  writeFileSync(without, conf);
  await refused(/migrate-database is not set/, without, '--check');
  writeFileSync(without, `${conf}migrate-database = ${world.conninfo(false)}\n`);
  await refused(/cannot be read: .*(permission denied|row-level security)/, without, '--check'); // the daemon's own login
  writeFileSync(without, `${conf}migrate-database = host=/does-not-exist dbname=wijzer\n`);
  await refused(/cannot be reached/, without, '--check', '--json');
  const help = await rebuild(world.conf, '--help');
  assert.deepEqual([help.code, help.stderr], [0, '']);
  assert.match(help.stdout, /rebuild --check/);
});

// Personal data nowhere else: after a whole story (every way a chain goes, wrong requests of every kind, a database that stalls and is
// cut off, reloads, the log at its most talkative) no name, phone number, address or word of anybody's text stands in the logs of the
// daemon or of PostgreSQL, in the metrics, in a problem, in a URL or in a dump of the data; and there are no core files.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import tls from 'node:tls';
import { after, before, describe, test } from 'node:test';
import { material } from './lib/raw.mjs';
import { World, eventually, freePort, root, run } from './lib/world.mjs';

// ---- who and what: official test persons of the population register, and words that stand nowhere else ----

const register = join(root, '../shared/data/nl/rvig-testpersonen.json');
const born = (name) => (existsSync(register) ? JSON.parse(readFileSync(register, 'utf8')).find((one) => one.geslachtsnaam === name)?.geboortedatum : null);
const person = (name, more) => ({ name, birthYear: Number((born(name.split(' ').at(-1)) ?? '19650101').slice(0, 4)), area: '5751', ...more });
const PEOPLE = [
  person('Meetina Geerdina Kierkegaard', { phone: '+31 6 55598761', email: 'meetina.kierkegaard@voorbeeld.example' }),
  person('Mălïka Inönü', { phone: '06-55587612', area: '5752' }),
  person('Mehned Özgür Bilgiç', { phone: '0031 493 555876', email: 'ozgur-bilgic@voorbeeld.example', area: '5756' }),
];
const TEXTS = {
  referral: `Klachten sinds de Zwaluwenbrand; woont aan de Kikkerpoelsteeg 17 te Deurne. “Ik heb niemand meer”, zegt ze. ${'Hoofdpijn en slapeloosheid houden aan. '.repeat(40)}`,
  accept: 'Belafspraak via buurvrouw Pietronella-Josephina',
  contact: 'Kennisgemaakt bij haar dochter Wendelmoet; die regelt de Krakelingenkaart',
  question: 'Is er een vermoeden van Ouderenmishandelingsdossier bij zoon Theofilus?',
  answer: 'Nee; wel een Schuldhulpverleningstraject dat hij verzwijgt',
  decline: 'Te zwaar: Verslavingsachtergrond die onze vrijwilligers niet aankunnen',
  done: 'Zingt nu in Shantykoor De Grutto’s en slaapt weer',
  wrong: 'Strafblad wegens Fietsendiefstalletje, niet vermelden',
};
const WORDS = ['Kierkegaard', 'Meetina', 'Geerdina', 'Mălïka', 'Inönü', 'Mehned', 'Özgür', 'Bilgiç', 'Zwaluwenbrand', 'Kikkerpoelsteeg', 'slapeloosheid',
  'Pietronella', 'Wendelmoet', 'Krakelingenkaart', 'Ouderenmishandelingsdossier', 'Theofilus', 'Schuldhulpverleningstraject', 'Verslavingsachtergrond',
  'Shantykoor', 'Fietsendiefstalletje', '55598761', '55587612', '493555876', '493 555876', 'voorbeeld.example'];

// A word as it would stand in UTF-8, composed or not, in JSON escapes, in our log, in a URL, in the wire of PostgreSQL's bytea, in base64.
function shapes(word) {
  const bytes = Buffer.from(word);
  const escaped = [...word].map((c) => (c.charCodeAt(0) > 0x7e ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c)).join('');
  const logged = [...bytes].map((b) => (b >= 0x7f ? `\\x${b.toString(16).padStart(2, '0')}` : String.fromCharCode(b))).join('');
  const coded = [0, 1, 2].map((before) => Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')).map((text, i) => text.slice(i ? i + 1 : 0).replace(/=+$/, '').slice(0, -2));
  return [word, word.normalize('NFD'), escaped, logged, encodeURIComponent(word), bytes.toString('hex')].map((text) => text.toLowerCase()).concat(coded.filter((text) => text.length >= 8));
}
const needles = WORDS.flatMap((word) => shapes(word).map((shape) => ({ word, shape })));

// Shapes in base64 keep their case, the others are looked for in small letters.
function found(text) {
  const small = text.toLowerCase();
  return needles.filter(({ shape }) => (shape === shape.toLowerCase() ? small : text).includes(shape)).map(({ word, shape }) => {
    const at = small.indexOf(shape.toLowerCase());
    return `${word}: …${text.slice(Math.max(0, at - 120), at + 60)}…`;
  });
}
const assertNothing = (text, where) => assert.deepEqual(found(text), [], `${where} tells of a client`);

// ---- what went over the wire: a TLS connection in between, of which every request line and every answer is kept ----

class Listener {
  constructor(world) {
    this.world = world;
    this.to = world.port;
    this.sent = [];
    this.answers = [];
  }

  async open() {
    this.port = await freePort();
    const [cert, key] = ['cert.pem', 'key.pem'].map((name) => readFileSync(join(this.world.pki, 'server', name)));
    this.server = tls.createServer({ cert, key, ALPNProtocols: ['http/1.1'] }, (near) => {
      const far = tls.connect({ host: '127.0.0.1', port: this.to, servername: 'localhost', ALPNProtocols: ['http/1.1'], ...material(this.world.profile(this.who)) });
      const [up, down] = [[], []];
      near.on('data', (data) => (up.push(data), far.write(data))).on('error', () => far.destroy()).on('close', () => far.end());
      far.on('data', (data) => (down.push(data), near.write(data))).on('error', () => near.destroy()).on('close', () => near.end());
      far.once('close', () => (this.sent.push(Buffer.concat(up).toString('utf8')), this.answers.push(Buffer.concat(down).toString('utf8'))));
    });
    await new Promise((done) => this.server.listen(this.port, '127.0.0.1', done));
    return this;
  }

  urls() {
    return this.sent.flatMap((text) => text.match(/^[A-Z]+ \S+ HTTP\/1\.1\r$/gm) ?? []);
  }
}

let world, listener, gp, worker, worker2, coordinator;
const problems = [];
const keep = (answer) => {
  if (answer.status >= 400) problems.push(answer.text);
  return answer;
};

before(async () => {
  world = await World.make({ daemon: false });
  world.sql("ALTER SYSTEM SET log_min_duration_statement = 0");
  world.sql("ALTER SYSTEM SET log_statement = 'all'");
  world.sql('SELECT pg_reload_conf()');
  world.configure({ 'log-level': 'debug', 'job-timeout': '3s', 'connect-timeout': '1s' });
  await world.start();
  [gp, worker, worker2, coordinator] = ['gp', 'worker', 'worker2', 'coordinator'].map((name) => world.api(name));
  listener = await new Listener(world).open();
  world.secret(...WORDS);
});
after(async () => {
  listener?.server.close();
  await world?.close();
});

const refer = async (client, text = TEXTS.referral) => {
  const answer = keep(await gp.post('/v1/referrals', { domains: ['social-network'], client, text }));
  assert.equal(answer.status, 201, answer.text);
  return answer.json;
};

async function cli(who, ...args) {
  listener.who = who;
  const { port } = world;
  world.port = listener.port;
  try {
    return await world.cli(who, args);
  } finally {
    world.port = port;
  }
}

describe('the story', () => {
  test('round the chain, with a question, an answer, a decline', async () => {
    const one = await refer(PEOPLE[0]);
    await gp.post('/v1/referrals/_preview', { domains: ['social-network'], client: PEOPLE[0], text: TEXTS.referral });
    await worker.get('/v1/inbox');
    await worker.move(one.stepId, 'report', { state: 'question-to-referrer', text: TEXTS.question });
    await gp.move(one.stepId, 'answer', { text: TEXTS.answer });
    await worker.move(one.stepId, 'accept', { text: TEXTS.accept });
    await worker.move(one.stepId, 'report', { state: 'first-contact', text: TEXTS.contact });
    await worker.move(one.stepId, 'complete', { outcome: 'reached', text: TEXTS.done });
    for (const { id } of (await gp.get('/v1/feedback')).json.items) await gp.post(`/v1/feedback/${id}/_open`, {});
    for (const api of [gp, coordinator, world.api('steward')]) await api.get(`/v1/referrals/${one.id}`);
    const two = await refer(PEOPLE[1]);
    await worker.move(two.stepId, 'decline', { code: 'other', text: TEXTS.decline });
    for (const api of [gp, coordinator]) await api.get(`/v1/referrals/${two.id}`);
    await coordinator.get(`/v1/referrals/${two.id}/explanation`);
  });

  test('on the command line', async () => {
    const told = await cli('gp', 'refer', '--domain', 'social-network', '--birth-year', '1965', '--area', '5756', '--name', PEOPLE[2].name, '--phone', PEOPLE[2].phone, '--text', TEXTS.referral, '--json');
    assert.equal(told.code, 0, told.stderr);
    const { id, stepId } = JSON.parse(told.stdout);
    for (const [who, ...words] of [['worker', 'inbox'], ['worker', 'accept', stepId, '--text', TEXTS.accept], ['worker', 'report', stepId, 'first-contact', TEXTS.contact],
      ['gp', 'show', id], ['worker', 'complete', stepId, '--outcome', 'reached', '--text', TEXTS.done], ['gp', 'feedback'], ['coordinator', 'chain'], ['gp', 'show', PEOPLE[2].name]]) await cli(who, ...words);
  });

  test('wrong bodies', async () => {
    const { stepId } = await refer(PEOPLE[1]);
    const whole = { domains: ['social-network'], client: PEOPLE[0], text: TEXTS.wrong };
    const bodies = [{ ...whole, client: { ...PEOPLE[0], birthYear: TEXTS.wrong } }, { ...whole, client: { ...PEOPLE[0], area: PEOPLE[1].name } }, { ...whole, client: PEOPLE[0].name },
      { ...whole, domains: [PEOPLE[0].name] }, { ...whole, urgency: TEXTS.wrong }, { ...whole, client: { ...PEOPLE[0], phone: PEOPLE[0].name, email: PEOPLE[0].phone } }, [TEXTS.wrong],
      { ...whole, text: `${TEXTS.wrong}\u0000` }, { ...whole, text: TEXTS.wrong.repeat(200) }, { ...whole, text: TEXTS.wrong.repeat(2000) }];
    for (const body of bodies) for (const path of ['/v1/referrals', '/v1/referrals/_preview']) keep(await gp.post(path, body));
    const text = JSON.stringify(whole);
    for (const body of [text.slice(0, -30), `${text}${TEXTS.wrong}`, Buffer.from(`${text}\u00ff`, 'latin1'), `{"client":{"name":"${PEOPLE[0].name}","name":"${PEOPLE[1].name}"}}`]) keep(await gp.post('/v1/referrals', body));
    keep(await gp.post('/v1/referrals', text, { 'Content-Type': 'text/plain' }));
    keep(await gp.post('/v1/referrals', whole, { 'Idempotency-Key': PEOPLE[0].name.replaceAll(' ', '') + '\u00e9' }));
    keep(await gp.post('/v1/referrals', whole, { 'Idempotency-Key': null }));
    const key = randomUUID();
    for (const client of PEOPLE.slice(0, 2)) keep(await gp.post('/v1/referrals', { ...whole, client }, { 'Idempotency-Key': key }));
    for (const [verb, body] of [['accept', { text: 7, reason: TEXTS.wrong }], ['report', { state: TEXTS.wrong, text: TEXTS.wrong }], ['decline', { code: TEXTS.wrong, text: TEXTS.wrong }],
      ['complete', { outcome: TEXTS.wrong, text: TEXTS.wrong }], ['report', { state: 'done-goal-reached', date: PEOPLE[0].name }]]) {
      keep(await worker.post(`/v1/steps/${stepId}/_${verb}`, body, { 'If-Match': '*' }));
      keep(await worker2.post(`/v1/steps/${stepId}/_${verb}`, body, { 'If-Match': '*' }));
      keep(await worker.post(`/v1/steps/${stepId}/_${verb}`, body, { 'If-Match': `"${PEOPLE[0].name.slice(0, 7)}"` }));
    }
    assert.ok(problems.length > 40, `${problems.length} problems`);
  });

  test('personal data in URLs and heads, and requests that are none', async () => {
    const name = encodeURIComponent(PEOPLE[0].name);
    for (const path of [`/v1/clients/${name}`, `/v1/referrals/${name}`, `/v1/steps/${name}/_accept`, `/v1/inbox?cursor=${name}`, `/v1/referrals?organisation=${name}`, `/v1/referrals?status=${name}`,
      `/v1/feedback?unread=${name}`, `/v1/me?name=${name}`, `/${name}/../v1/me`, `/v1/referrals/${encodeURIComponent(PEOPLE[2].phone)}`]) {
      for (const api of [gp, coordinator]) keep(await api.get(path));
      keep(await gp.post(path, { text: TEXTS.wrong }));
    }
    for (const lines of [`GET /v1/me HTTP/1.1\r\nHost: Kierkegaard voorbeeld\r\n\r\n`, `Kierkegaard /v1/me HTTP/1.1\r\nHost: localhost\r\n\r\n`, `GET /v1/me?Kierkegaard HTTP/2.9\r\n\r\n`,
      `GET /v1/me HTTP/1.1\r\nHost: localhost\r\nX-Kierkegaard : Inönü\r\n\r\n`, `GET /Kierkegaard%00 HTTP/1.1\r\nHost: localhost\r\n\r\n`, `GET /v1/me HTTP/1.1\r\nHost: localhost\r\nUser-Agent: ${'Kierkegaard'.repeat(3000)}\r\n\r\n`]) {
      const raw = await world.raw('gp');
      await raw.write(Buffer.from(lines));
      const answer = await raw.reply().catch(() => null);
      if (answer) problems.push(answer.body.toString('utf8'));
      raw.destroy();
    }
  });

  test('a database that stalls, is cut off, comes back; reloads', async () => {
    const blocker = spawn(join(root, 'deploy/cluster'), ['psql', world.pg, '-qc', 'BEGIN', '-c', 'LOCK TABLE data.referral IN ACCESS EXCLUSIVE MODE', '-c', 'SELECT pg_sleep(12)', '-c', 'COMMIT'], { stdio: 'ignore' });
    const held = "SELECT count(*) FROM pg_locks WHERE relation = 'data.referral'::regclass AND mode = 'AccessExclusiveLock' AND granted";
    await eventually(() => world.sql(held) === '1', { what: 'the lock' });
    const stalled = await Promise.all(PEOPLE.map((client) => gp.post('/v1/referrals', { domains: ['social-network'], client, text: TEXTS.referral })));
    stalled.forEach(keep);
    await new Promise((done) => blocker.once('exit', done));
    assert.ok(stalled.some(({ status }) => status >= 500), 'something was in the way');
    const cut = PEOPLE.map((client) => gp.post('/v1/referrals', { domains: ['social-network'], client, text: TEXTS.referral }).then(keep));
    world.stopDatabase('immediate');
    (await Promise.all(cut)).forEach(keep);
    keep(await gp.post('/v1/referrals', { domains: ['social-network'], client: PEOPLE[0], text: TEXTS.referral }));
    world.daemon.signal('SIGHUP');
    await eventually(() => world.log().includes('event=reloaded'), { what: 'a reload' });
    world.startDatabase();
    await eventually(async () => (await gp.get('/v1/me')).status === 200, { what: 'recovery' });
    await refer(PEOPLE[2]);
  });
});

describe('nothing of it stands in', () => {
  test('what this test looks with: it finds every word in the answers that may hold it', async () => {
    const answers = listener.answers.join('');
    assert.ok(found(answers).length > 0, 'answers to those who may know');
    for (const word of WORDS) assert.ok(found(`x${word}x`).length, word);
  });

  test('the daemon\'s log, at level debug', () => assertNothing(world.log(), 'the log'));

  test('PostgreSQL\'s log, with every statement', () => {
    const log = readFileSync(join(world.pg, 'server.log'), 'utf8');
    assert.match(log, /duration: .*submit_referrals/, 'statements are logged');
    assert.match(log, /statement timeout|lock timeout/, 'errors are logged');
    assertNothing(log, 'the log of PostgreSQL');
  });

  test('the metrics and the health page', async () => {
    for (const path of ['/metrics', '/readyz', '/livez']) assertNothing((await world.plain(path)).text, path);
  });

  test('any problem', () => {
    assert.ok(problems.some((text) => text.includes('database-away') || text.includes('503')), 'some of the database');
    assert.ok(problems.length > 60, `${problems.length} problems`);
    for (const problem of problems) assertNothing(problem, 'a problem');
  });

  test('any URL of the client\'s', async () => {
    await eventually(() => listener.urls().length >= 8, { what: 'the requests of the command line' });
    assertNothing(listener.urls().join('\n'), 'a URL');
    assert.ok(listener.sent.some((text) => found(text).length), 'the bodies do');
  });

  test('a dump of the data, nor one of the keys', () => {
    const bin = run('sh', ['-c', 'ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1']).trim();
    const databases = world.sql("SELECT datname FROM pg_database WHERE datname LIKE 'wijzer%'").split('\n');
    assert.deepEqual(databases.sort(), ['wijzer', 'wijzer_keys']);
    for (const database of databases) {
      const dump = run(join(bin, 'pg_dump'), ['--format=plain', '--inserts'], { env: { ...process.env, ...world.env, PGDATABASE: database }, maxBuffer: 1 << 30 });
      assert.match(dump, database === 'wijzer' ? /INSERT INTO data\.client .*'s1\./ : /INSERT INTO data\.client_key VALUES/, database);
      assertNothing(dump, `a dump of ${database}`);
    }
  });

  test('a core file: there is none', async () => {
    assert.match(readFileSync(`/proc/${world.daemon.pid}/limits`, 'utf8'), /^Max core file size +0 +0 /m);
    world.daemon.signal('SIGQUIT');
    assert.deepEqual(await world.daemon.end(), { code: null, signal: 'SIGQUIT' });
    assert.deepEqual(readdirSync(world.dir).filter((name) => /^core/.test(name)), []);
    await world.start();
  });
});

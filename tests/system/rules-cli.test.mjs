// Rule tables from the command line, as a coordinator uses it: out to a file and back, in an editor, refused with line and
// row, checked, discarded, published for later.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, openSync, closeSync, ftruncateSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { World } from './lib/world.mjs';

let world;
before(async () => {
  world = await World.make();
});
after(() => world?.close());

const tables = ['exclusion', 'approach', 'offering', 'fields', 'promises', 'declines', 'feedback'];
const at = (name) => join(world.dir, name);

async function run(words, options) {
  const who = options?.who ?? 'coordinator';
  const result = await world.cli(who, words, options);
  return { ...result, all: result.stdout + result.stderr };
}

async function good(words, options) {
  const result = await run(words, options);
  assert.equal(result.code, 0, `wijzer ${words.join(' ')}: ${result.all}`);
  return result;
}

async function json(words, options) {
  return JSON.parse((await good([...words, '--json'], options)).stdout);
}

async function refused(words, code, ...patterns) {
  const start = Date.now();
  const result = await run(words);
  assert.equal(result.code, code, `wijzer ${words.join(' ')}: ${result.all}`);
  for (const pattern of patterns) assert.match(result.all, pattern);
  return { ...result, ms: Date.now() - start };
}

// What a version decides by, without what tells it from another one.
function rows(document) {
  const { rules, otherwise, examples } = document;
  return { rules, otherwise, examples };
}

test('all seven tables go out as CSV and as DMN and come back the same', async () => {
  for (const table of tables) {
    const original = await json(['rules', 'show', table]);
    for (const kind of ['csv', 'dmn']) {
      const file = at(`${table}.${kind}`);
      await good(['rules', 'export', table, '--output', file]);
      const draft = await json(['rules', 'import', file]);
      assert.equal(draft.code, table, `${table} as ${kind}`);
      assert.equal(draft.basedOn, original.version);
      assert.deepEqual(rows(await json(['rules', 'show', table, '--version', `${draft.version}`])), rows(original), `${table} as ${kind}`);
      await good(['rules', 'discard', `${draft.version}`]);
    }
  }
});

test('an export is what Dutch Excel opens, and standard output gets the same', async () => {
  const bytes = readFileSync(at('offering.csv'));
  assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
  assert.match(bytes.toString('utf8').split('\r\n')[0], /^\ufeffC;approach;/);
  assert.equal((await good(['rules', 'export', '3'])).stdout, bytes.toString('utf8'));
  const dmn = (await good(['rules', 'export', '3', '--dmn'])).stdout;
  assert.match(dmn, /https:\/\/www\.omg\.org\/spec\/DMN\/20230324\/MODEL\//);
  await refused(['rules', 'export', '3', '--dmn', '--csv'], 2, /--csv en --dmn/);
  await refused(['rules', 'export', '3', '--output', world.dir], 2, /not an ordinary file/);
});

// Cells between semicolons, as they stand; and quoted where a comma would cut them.
const cells = (line) => [...line.matchAll(/(?:^|;)("(?:[^"]|"")*"|[^;]*)/g)].map((match) => match[1]);
const quoted = (cell) => (cell.includes(',') && !cell.startsWith('"') ? `"${cell}"` : cell);

test('commas, plain line ends, no byte order mark and Latin-1 are taken', async () => {
  const original = await json(['rules', 'show', 'declines']);
  const text = readFileSync(at('declines.csv'), 'utf8').replace('\ufeff', '').replaceAll('\r\n', '\n').replace('De ketenregie kijkt mee.', 'De ketenregie kijkt méé.');
  writeFileSync(at('plain.csv'), text);
  writeFileSync(at('latin.csv'), Buffer.from(text, 'latin1'));
  writeFileSync(at('comma.csv'), text.split('\n').map((line) => cells(line).map(quoted).join(',')).join('\n'));
  for (const name of ['plain.csv', 'latin.csv', 'comma.csv']) {
    const draft = await json(['rules', 'import', at(name), '--table', 'declines']);
    const read = await json(['rules', 'show', 'declines', '--version', `${draft.version}`]);
    assert.deepEqual(read.rules, original.rules, name);
    assert.equal(read.otherwise.reason, 'De ketenregie kijkt méé.', name);
    await good(['rules', 'discard', `${draft.version}`]);
  }
});

test('what is no table is refused before much is read, with what was expected', async () => {
  const fd = openSync(at('huge.csv'), 'w');
  ftruncateSync(fd, 100 * 1024 * 1024);
  closeSync(fd);
  mkdirSync(at('dir.csv'));
  writeFileSync(at('utf16.csv'), Buffer.from('U;a;> next\n', 'utf16le'));
  writeFileSync(at('nul.csv'), 'U;a;> next\nR1;\0;stop\n');
  writeFileSync(at('empty.csv'), '');
  writeFileSync(at('million.csv'), `U;decline;> next;# reason\n${'R;;stop;x\n'.repeat(1000001)}`);
  writeFileSync(at('deep.csv'), `U;decline;tries;> next;# reason\nR1;;${'('.repeat(3000)}1${')'.repeat(3000)};stop;x\n:otherwise;;;stop;x\n`);
  writeFileSync(at('bomb.dmn'), `<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><definitions>&b;</definitions>`);
  writeFileSync(at('away.dmn'), `<?xml version="1.0"?><!DOCTYPE d SYSTEM "file:///etc/passwd"><definitions/>`);
  const cases = [
    ['huge.csv', /larger than 32 MB/],
    ['dir.csv', /not an ordinary file/],
    ['nothing.csv', /cannot be opened/],
    ['utf16.csv', /UTF-16/],
    ['nul.csv', /NUL/],
    ['empty.csv', /empty/],
    ['million.csv', /200000|200,000|too many/i],
    ['deep.csv', /deep\.csv:2: kolom "tries", regel R1/],
    ['bomb.dmn', /document type/i],
    ['away.dmn', /document type/i],
  ];
  for (const [name, pattern] of cases) {
    const { ms, all } = await refused(['rules', 'import', at(name), '--table', 'declines'], 2, pattern);
    assert.ok(ms < 10000, `${name} took ${ms} ms`);
    assert.ok(!/root:x/.test(all));
  }
});

test('every fault has its line, column and row; the words of the region are the daemon\'s to judge', async () => {
  const text = readFileSync(at('offering.csv'), 'utf8');
  const spoilt = text.replace(/^R02;[^;]*;[^;]*;[^;]*;/m, 'R02;groep;;[18-27;').replace(/^R03;[^;]*;[^;]*;[^;]*;/m, 'R03;groep;;oud;');
  writeFileSync(at('spoilt.csv'), spoilt);
  await refused(['rules', 'import', at('spoilt.csv')], 2, /spoilt\.csv:6: kolom "age", regel R02: .*\[18-27/, /spoilt\.csv:7: kolom "age", regel R03/);
  writeFileSync(at('unknown.csv'), text.replace(/^:values.*\r\n/m, '').replace(/;welzijn-op-recept;60;/, ';welzijn-op-receept;60;'));
  await refused(['rules', 'import', at('unknown.csv')], 2, /unknown\.csv:\d+: kolom "offering", regel R01: .*welzijn-op-receept/);
  writeFileSync(at('which.csv'), 'C;age;> offering;# reason\nR01;> 18;jpf;x\n:otherwise;;;x\n');
  await refused(['rules', 'import', at('which.csv')], 2, /--table/);
  await refused(['rules', 'import', at('which.csv'), '--table', '1'], 2, /hit policy F, found C/);
});

function editor(name, script) {
  writeFileSync(at(name), `#!/bin/sh\n${script}\n`);
  chmodSync(at(name), 0o755);
  return at(name);
}
const kept = () => readdirSync(at('tmp')).filter((name) => name.startsWith('wijzer-'));

test('an editor: nothing changed makes nothing; a change makes a draft; a mistake keeps the file', async () => {
  mkdirSync(at('tmp'));
  const env = { TMPDIR: at('tmp') };
  const same = await good(['rules', 'edit', 'declines'], { env: { ...env, EDITOR: 'true' } });
  assert.match(same.all, /niets gewijzigd/);
  const touched = await good(['rules', 'edit', 'declines'], { env: { ...env, EDITOR: editor('touch.sh', 'sed -i "s/\\r$//" "$1"') } });
  assert.match(touched.all, /niets gewijzigd/);
  assert.deepEqual(kept(), []);

  const change = editor('change.sh', 'stat -c %a "$1" > "$0.mode"; sed -i "s/^D01;\\(.*\\);next-candidate;/D01;\\1;coordinator;/" "$1"');
  const draft = await json(['rules', 'edit', '6', '--note', 'Meteen de regie'], { env: { ...env, VISUAL: change, EDITOR: 'false' } });
  assert.equal(readFileSync(`${change}.mode`, 'utf8').trim(), '600');
  assert.equal(draft.note, 'Meteen de regie');
  const read = await json(['rules', 'show', '6', '--version', `${draft.version}`]);
  assert.equal(read.rules.find((rule) => rule.id === 'D01').then.next, 'coordinator');
  assert.deepEqual(kept(), []);

  // Another change on the draft, without an editor.
  writeFileSync(at('more.csv'), (await good(['rules', 'export', '6', '--version', `${draft.version}`])).stdout.replace(':otherwise D99', ';other;;;stop;Nieuw\r\n:otherwise D99'));
  const second = await json(['rules', 'edit', '6', '--version', `${draft.version}`, '--file', at('more.csv')]);
  assert.equal(second.basedOn, draft.version);
  assert.equal(second.ruleCount, draft.ruleCount + 1);

  const spoil = editor('spoil.sh', 'sed -i "s/^D01;[^;]*;/D01;((;/" "$1"');
  const bad = await run(['rules', 'edit', '6'], { env: { ...env, EDITOR: spoil }, input: '' });
  assert.equal(bad.code, 2, bad.all);
  assert.equal(kept().length, 1);
  const file = join(at('tmp'), kept()[0]);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.match(bad.all, /csv:\d+: kolom "decline", regel D01/);
  assert.ok(bad.all.includes(`wijzer rules edit declines --file ${file}`));

  const removed = await run(['rules', 'edit', '6'], { env: { ...env, EDITOR: editor('remove.sh', 'rm "$1"') } });
  assert.equal(removed.code, 2, removed.all);
  assert.match(removed.all, /is er niet meer/);
  assert.doesNotMatch(removed.all, /staan nog in/);

  const opened = at('opened');
  const steward = await run(['rules', 'edit', '6'], { who: 'steward', env: { ...env, EDITOR: editor('mark.sh', `touch ${opened}`) } });
  assert.equal(steward.code, 5, steward.all);
  assert.match(steward.all, /Alleen een ketenregisseur.*uw rol is beheerder/);
  assert.ok(!existsSync(opened));

  const broken = await run(['rules', 'edit', '6'], { env: { ...env, EDITOR: 'false' } });
  assert.equal(broken.code, 2);
  assert.equal(kept().length, 1, 'a file without changes was kept');
  for (const one of [draft, second]) await good(['rules', 'discard', `${one.version}`]);
});

// The model of table 6 without its second column.
function narrowed(xml) {
  let place = 0;
  return xml
    .replace(/<wijzer:example[\s\S]*?<\/wijzer:example>/g, '') // they go by the number of a column
    .replace(/<input [\s\S]*?<\/input>/g, (input) => (place++ === 1 ? '' : input))
    .replace(/<rule[ >][\s\S]*?<\/rule>/g, (rule) => {
      let entry = 0;
      return rule.replace(/<inputEntry[\s\S]*?<\/inputEntry>/g, (cell) => (entry++ === 1 ? '' : cell));
    });
}

test('a column that the file leaves out is told, and the draft is made', async () => {
  writeFileSync(at('narrow.csv'), 'U;decline;> next;# reason\nD01;capacity;next-candidate;Vol\n:otherwise;;coordinator;x\n');
  for (const [lang, pattern] of [['nl', /Let op: kolom "tries" \([^)]+\) ontbreekt: de regels gelden dan voor elke waarde\./], ['en', /Warning: column "tries" \([^)]+\) is missing: the rules then hold for every value\./]]) {
    const said = await good(['rules', 'import', at('narrow.csv'), '--table', '6', '--lang', lang]);
    assert.match(said.stderr, pattern);
    assert.doesNotMatch(said.stderr, /"decline"/);
    assert.match(said.stdout, lang === 'nl' ? /, 1 regel\./ : /, 1 rule\./);
    const number = /versie (\d+)|version (\d+)/.exec(said.stdout);
    await good(['rules', 'discard', number[1] ?? number[2]]);
  }
  writeFileSync(at('narrow.dmn'), narrowed(readFileSync(at('declines.dmn'), 'utf8')));
  assert.match((await good(['rules', 'import', at('narrow.dmn')])).stderr, /kolom "urgency" \([^)]+\) ontbreekt/);
  for (const kind of ['csv', 'dmn']) assert.doesNotMatch((await good(['rules', 'import', at(`declines.${kind}`)])).stderr, /ontbreekt/);
});

test('a column that is a wish says so', async () => {
  assert.match((await good(['rules', 'show', '7'])).stdout, /kanaal is een wens: .* \(wijzer\s+subscribe\)/);
  for (const table of ['3', '4']) assert.doesNotMatch((await good(['rules', 'show', table])).stdout, /wens:/);
});

test('a gap and an overlap are told with a person, and cannot be published', async () => {
  const text = readFileSync(at('declines.csv'), 'utf8');
  writeFileSync(at('gap.csv'), text.replace(/^D05;.*\r\n/m, '').replace(':otherwise', ';duplicate;;;stop;Dubbel\r\n:otherwise'));
  const draft = await json(['rules', 'import', at('gap.csv')]);
  const check = await run(['rules', 'check', '--draft', `${draft.version}`]);
  assert.equal(check.code, 7, check.all);
  assert.match(check.stdout, /FOUT {2}Gat: voor deze persoon is er geen regel/);
  assert.match(check.stdout, /bijvoorbeeld iemand met reden van weigering (Zwaardere hulp is nodig|Niet veilig|Anders)/);
  assert.match(check.stdout, /FOUT {2}Dubbel: D07 en R01 passen allebei/);
  const found = await run(['rules', 'check', '--draft', `${draft.version}`, '--json']);
  assert.equal(found.code, 7);
  assert.equal(JSON.parse(found.stdout).isPublishable, false);
  await refused(['rules', 'publish', `${draft.version}`, '--acknowledge', 'dead'], 1, /FOUT/, /niet gepubliceerd/);
  const problem = await run(['rules', 'publish', `${draft.version}`, '--json']);
  assert.equal(problem.code, 1);
  assert.equal(JSON.parse(problem.stdout).type, 'urn:wijzer:problem:not-publishable');
  await good(['rules', 'discard', `${draft.version}`]);
  await refused(['rules', 'publish', `${draft.version}`], 1);
});

test('the tables in force are free of errors; --json gives a list of checks', async () => {
  const all = await json(['rules', 'check']);
  assert.equal(all.items.length, 7);
  assert.ok(all.items.every((check) => check.isPublishable));
  assert.equal((await json(['rules', 'check', 'fields'])).table, 4);
  assert.match((await good(['rules', 'check', '4'])).stdout, /Tabel 4 \(fields\), versie 4/);
});

test('a version can wait for a day, and English is there too', async () => {
  const file = at('feedback.csv');
  writeFileSync(file, readFileSync(file, 'utf8').replace('Hier wacht de verwijzer op', 'Daar wacht de verwijzer op'));
  const draft = await json(['rules', 'import', file]);
  const day = `${new Date().getUTCFullYear() + 1}-07-01`;
  await good(['rules', 'publish', `${draft.version}`, '--from', day, '--acknowledge', 'dead']);
  const said = await good(['rules', 'approve', `${draft.version}`, '--lang', 'en'], { who: 'coordinator2' });
  assert.match(said.stdout, new RegExp(`in force from 1 July ${day.slice(0, 4)}`));
  const list = await json(['rules', 'list']);
  const item = list.items.find((one) => one.table === 7);
  assert.equal(item.next.version, draft.version);
  assert.equal(item.next.from, `${Number(day.slice(0, 4))}-06-30T22:00:00Z`); // midnight in Amsterdam, in summer
  assert.equal(item.inForce.version, 7);
});

test('a trial needs its period, and prints one document', async () => {
  const draft = await json(['rules', 'import', at('offering.csv')]);
  await refused(['rules', 'try', '--draft', `${draft.version}`], 2, /--since/);
  await refused(['rules', 'try', '--since', '2026-01-01'], 2, /--draft/);
  await refused(['rules', 'try', '--draft', `${draft.version}`, '--since', '1 januari'], 2, /2026-12-01/);
  const declines = await json(['rules', 'import', at('declines.csv')]);
  await refused(['rules', 'try', '--draft', `${declines.version}`, '--since', '2026-01-01'], 1, /Alleen tabel 1, 2 en 3 zijn te proeven/);
  await good(['rules', 'discard', `${declines.version}`]);
  const trial = await json(['rules', 'try', '--draft', `${draft.version}`, '--since', '2026-01-01', '--until', '2026-01-02']);
  assert.deepEqual(trial, { moved: [], groups: [], version: draft.version, table: 3, total: 0, done: 0, withheld: 0, undecidable: 0, cursor: null });
});

// Stands in for the daemon: a period of three pages, without five thousand referrals on each.
async function threePages(run) {
  const read = (name) => readFileSync(join(world.pki, name));
  const bodies = [];
  const moved = (from, to) => ({ referral: 'GXGP-2X3J', createdAt: '2026-03-01T09:00:00Z', from, to, fromRule: null, toRule: null, facts: { age: 70 } });
  const coach = { code: 'welzijn-op-recept', name: 'Welzijn op Recept' };
  const page = (cursor, groups, list) => ({ version: 9, table: 3, total: 12, done: 4, cursor, moved: list, withheld: cursor ? 0 : 1, groups, undecidable: 1 });
  const pages = [
    page('a', [{ from: null, to: null, count: 3 }], []),
    page('b', [{ from: null, to: null, count: 1 }, { from: 'welzijn-op-recept', to: null, count: 2 }], [moved(coach, null), moved(coach, null)]),
    page(null, [{ from: 'welzijn-op-recept', to: null, count: 4 }], [moved(coach, null), moved(coach, null), moved(coach, null)]),
  ];
  const server = https.createServer({ cert: read('server/cert.pem'), key: read('server/key.pem'), ca: read('ca/ca.pem'), requestCert: true }, (request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part)).on('end', () => {
      if (request.method === 'POST') bodies.push(JSON.parse(Buffer.concat(parts)));
      response.writeHead(request.method === 'POST' ? 200 : 404, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(pages[bodies.length - 1] ?? {}));
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  try {
    await run({ WIJZER_API: `https://localhost:${server.address().port}` }, bodies);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test('the pages of a trial are summed', async () => {
  const words = ['rules', 'try', '--draft', '9', '--since', '2026-01-01'];
  await threePages(async (env, bodies) => {
    const sum = await json(words, { env });
    assert.deepEqual(bodies, [{ since: '2026-01-01' }, { since: '2026-01-01', cursor: 'a' }, { since: '2026-01-01', cursor: 'b' }]);
    assert.equal(sum.done, 12);
    assert.equal(sum.undecidable, 3);
    assert.equal(sum.moved.length, 5);
    assert.equal(sum.withheld, 1);
    assert.deepEqual(sum.groups, [{ from: null, to: null, count: 4 }, { from: 'welzijn-op-recept', to: null, count: 6 }]);
    assert.equal(sum.cursor, null);
  });
  await threePages(async (env) => {
    const said = await good([...words, '--limit', '2'], { env });
    assert.match(said.stdout, /6 zouden ergens anders heen gaan, 3 blijven waar ze waren/);
    assert.match(said.stdout, /Van 1 verwijzing is alleen te zien dat ze verhuist/);
    assert.match(said.stdout, /Er zijn er nog 3/);
    assert.match(said.stdout, /op 12 verwijzingen, vergeleken met de tabellen die nu gelden\./);
    assert.doesNotMatch(said.stderr, /bekeken/); // progress is for terminals
  });
});

test('what is mistyped is refused before anything is sent', async () => {
  await refused(['rules', 'show', 'ofering'], 2, /Bedoelde u "offering"/);
  await refused(['rules', 'show', '8'], 2, /geen tabel/);
  await refused(['rules', 'show', '3', '--version', 'acht'], 2, /geen nummer van een versie/);
  await refused(['rules', 'publish', 'x'], 2);
  await refused(['rules', 'pubish', '3'], 2, /Bedoelde u "publish"/);
  await refused(['rules', 'show', '3', '--version', '999'], 1);
  await refused(['rules', 'show', '3', '--version', '4'], 1);
});

test('what is known of a situation is checked by its flag', async () => {
  const refer = ['refer', '--dry-run', '--domain', 'finances', '--birth-year', '1990', '--area', '5751', '--name', 'Margriet Maassen', '--phone', '0655512345'];
  const wrong = await run([...refer, '--mobility', 'ver', '--household', 'samen'], { who: 'gp' });
  assert.equal(wrong.code, 2, wrong.all);
  assert.match(wrong.all, /--mobility is een onbekend woord: independent/);
  assert.match(wrong.all, /--household is een onbekend woord/);
  assert.equal((await run([...refer, '--lvb', 'misschien'], { who: 'gp' })).code, 2);
  const preview = await json([...refer, '--lvb', 'yes', '--mobility', 'housebound'], { who: 'gp' });
  assert.ok(preview.candidates.length > 0 || preview.decision.offering === null);
});

test('who is no coordinator may not', async () => {
  assert.equal((await run(['rules'], { who: 'gp' })).code, 5);
  assert.equal((await run(['rules', 'import', at('fields.csv')], { who: 'steward' })).code, 5);
  assert.equal((await run(['rules', 'show', '3'], { who: 'steward' })).code, 0);
});

test('without the daemon nothing is written over', async () => {
  await world.stop();
  writeFileSync(at('mine.csv'), 'mine');
  await refused(['rules', 'export', '3', '--output', at('mine.csv')], 4, /niet bereikbaar/);
  assert.equal(readFileSync(at('mine.csv'), 'utf8'), 'mine');
  assert.ok(!existsSync(at('other.csv')));
  await world.start();
});

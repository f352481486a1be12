// A story: its text read line by line, and played in a world of its own. README.md tells the form.
import { readFileSync, writeFileSync } from 'node:fs';
import { pause } from '../system/lib/raw.mjs';
import { World, pki } from '../system/lib/world.mjs';

const CODE = /\b[2-9CDFGHJKMNPRTWXY]{4}-[2-9CDFGHJKMNPRTWXY]{4}\b/g;
const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const HOUR = 3_600_000;

export class Failure extends Error {}

const kinds = [
  [/^title: (.+)$/, (m) => ({ kind: 'title', text: m[1] })],
  [/^organisation: ([a-z0-9-]+) is (.+), ([a-z-]+)$/, (m) => ({ kind: 'organisation', code: m[1], name: m[2], sort: m[3] })],
  [/^offering: ([a-z0-9-]+) is (.+) at ([a-z0-9-]+)$/, (m) => ({ kind: 'offering', code: m[1], name: m[2], at: m[3] })],
  [/^person: ([a-z][a-z0-9-]*) is (referrer|worker|coordinator|steward) at ([a-z0-9-]+)$/, (m) => ({ kind: 'person', name: m[1], role: m[2], at: m[3] })],
  [/^clock: \+(\d+) (days|hours)$/, (m) => ({ kind: 'clock', hours: Number(m[1]) * (m[2] === 'days' ? 24 : 1) })],
  [/^clock: ([a-z]+day) (\d\d):(\d\d)$/, (m) => ({ kind: 'clock', day: DAYS.indexOf(m[1]), at: [Number(m[2]), Number(m[3])] })],
  [/^file (\S+): '(.+)' becomes '(.*)'$/, (m) => ({ kind: 'file', path: m[1], from: m[2], to: m[3] })],
  [/^file (\S+): '(.+)'$/, (m) => ({ kind: 'page', path: m[1], text: m[2] })],
  [/^(\$?[a-z][a-z0-9-]*): wijzer (.+)$/, (m) => ({ kind: 'command', who: m[1], words: m[2] })],
  [/^([a-z][a-z0-9-]*), ([a-z][a-z0-9-]*): wijzer (.+)$/, (m) => ({ kind: 'race', who: [m[1], m[2]], words: m[3] })],
  [/^ +exit (\d+)$/, (m) => ({ kind: 'exit', code: Number(m[1]) })],
  [/^ +\| (.+)$/, (m) => ({ kind: 'says', text: m[1] })],
  [/^ +! (.+)$/, (m) => ({ kind: 'silent', text: m[1] })],
  [/^ +\$([a-z0-9]+) = code (\d+)$/, (m) => ({ kind: 'code', name: m[1], index: Number(m[2]) })],
  [/^ +\$([a-z0-9]+) = (\..+)$/, (m) => ({ kind: 'path', name: m[1], path: m[2] })],
  [/^ +until (\.\S+) is (.+)$/, (m) => ({ kind: 'until', path: m[1], text: m[2] })],
  [/^ +(\.\S+) is (.+)$/, (m) => ({ kind: 'is', path: m[1], text: m[2] })],
  [/^ +(\.\S+) has (.+)$/, (m) => ({ kind: 'has', path: m[1], text: m[2] })],
  [/^ +within (\d+) seconds$/, (m) => ({ kind: 'within', seconds: Number(m[1]) })],
  [/^ +the loop is closed$/, () => ({ kind: 'loop', parts: ['l1', 'l2', 'l3', 'l4', 'l5', 'l6'] })],
  [/^ +the loop is fully closed$/, () => ({ kind: 'loop', parts: ['l1', 'l2', 'l3', 'l4', 'l5', 'l6', 'l7', 'fullyClosed'] })],
];

// One line of a file as { number, kind, ... }; empty lines and comments are left out.
export function parse(text) {
  return text.split('\n').flatMap((line, index) => {
    if (!line.trim() || line.startsWith('#')) return [];
    for (const [pattern, make] of kinds) {
      const match = pattern.exec(line.trimEnd());
      if (match) return [{ number: index + 1, line, ...make(match) }];
    }
    throw new Failure(`line ${index + 1} is not understood: ${line}`);
  });
}

// Words as a shell would split them; quotes hold blanks together.
function split(text) {
  const words = [];
  for (const [, bare, single, double] of text.matchAll(/([^\s'"]+)|'([^']*)'|"([^"]*)"/g)) words.push(bare ?? single ?? double);
  return words;
}

// ".items[referralId=7KX3-9MTF,final=true].steps[-1].id"
function pick(document, path) {
  let at = document;
  for (const [, name, inner] of path.matchAll(/\.([A-Za-z0-9]+)|\[([^\]]+)\]/g)) {
    if (name) at = at?.[name];
    else if (/^-?\d+$/.test(inner)) at = at?.at?.(Number(inner));
    else {
      const wanted = inner.split(',').map((one) => one.split('='));
      at = at?.find?.((one) => wanted.every(([key, value]) => String(pick(one, `.${key}`)) === value));
    }
  }
  return at;
}

const flat = (text) => text.replace(/\s+/g, ' ');
const quoted = (text) => `'${text.replaceAll("'", "''")}'`;

// How long it is until the next such day and time in Amsterdam that is not today, in whole seconds (a story begins before
// any change of summer time that it goes over).
function untilDay(day, [hours, minutes], now = new Date()) {
  const local = new Date(now.toLocaleString('sv-SE', { timeZone: 'Europe/Amsterdam' }).replace(' ', 'T') + 'Z');
  const days = ((day - local.getUTCDay() + 6) % 7) + 1;
  const then = Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate() + days, hours, minutes);
  return Math.round((then - local) / 1000);
}

class Story {
  constructor(world) {
    this.world = world;
    this.values = { dir: world.dir };
    this.offset = 0; // seconds
    this.last = null; // the last command's result, with what was expected of its exit status, and its line
  }

  // The date so many days ahead, as the region writes it.
  day(ahead) {
    return new Date(Date.now() + this.offset * 1000 + 24 * HOUR * ahead).toLocaleDateString('sv-SE', { timeZone: 'Europe/Amsterdam' });
  }

  fill(text) {
    return text.replace(/\$([a-z][a-z0-9]*)/g, (whole, name) => {
      const ahead = /^in(\d+)days$/.exec(name);
      if (ahead) return this.day(Number(ahead[1]));
      const years = /^born(\d+)$/.exec(name);
      if (years) return String(this.day(0).slice(0, 4) - years[1]);
      if (!(name in this.values)) throw new Failure(`$${name} has no value yet`);
      return this.values[name];
    });
  }

  document() {
    try {
      return JSON.parse(this.last.stdout);
    } catch {
      throw new Failure('the command before has no JSON output (--json)');
    }
  }

  // A command must have left with 0 unless an `exit` line follows it.
  settle() {
    if (this.last && this.last.code !== (this.last.expected ?? 0)) throw new Failure(`exit status ${this.last.code}, expected ${this.last.expected ?? 0}`);
  }

  // ---- who there is: rows and certificates, before the daemon runs ----

  organisation({ code, name, sort }) {
    this.world.sql(`SELECT set_config('wijzer.region', '1', false);
      INSERT INTO data.organisation (region_id, code, name, kind) VALUES (1, ${quoted(code)}, ${quoted(name)}, ${quoted(sort)});
      UPDATE data.region SET version = version + 1 WHERE region_id = 1`);
  }

  offering({ code, name, at }) {
    this.world.sql(`SELECT set_config('wijzer.region', '1', false);
      INSERT INTO data.offering (region_id, code, name, organisation_id, kind)
      SELECT 1, ${quoted(code)}, ${quoted(name)}, organisation_id, 'any' FROM data.organisation WHERE region_id = 1 AND code = ${quoted(at)};
      UPDATE data.region SET version = version + 1 WHERE region_id = 1`);
  }

  person({ name, role, at }) {
    const san = `urn:wijzer:deurne:${at}:${name}`;
    this.world.certificate(name, san);
    this.world.sql(`SELECT set_config('wijzer.region', '1', false);
      INSERT INTO data.account (region_id, organisation_id, name, role)
      SELECT 1, organisation_id, ${quoted(name)}, ${quoted(role)} FROM data.organisation WHERE region_id = 1 AND code = ${quoted(at)};
      SELECT data.add_identity('deurne', ${quoted(at)}, ${quoted(name)}, ${quoted(pki('fingerprint', `${this.world.pki}/ca`))}, ${quoted(san)})`);
  }

  // ---- what happens ----

  async clock({ hours, day, at }) {
    this.settle();
    this.offset += day === undefined ? hours * 3600 : untilDay(day, at, new Date(Date.now() + this.offset * 1000));
    if (this.world.daemon) await this.world.stop();
    this.world.sql(`ALTER DATABASE wijzer SET wijzer.clock_offset = '${this.offset} seconds'`);
    this.world.configure({ 'clock-offset': `${this.offset}s` });
    if (this.world.daemon) await this.world.start();
  }

  async run(who, words) {
    const args = split(words).map((word) => this.fill(word));
    args.forEach((arg, index) => {
      if (args[index - 1] === '--name') this.world.secret(arg, arg.split(' ').at(-1));
      if (args[index - 1] === '--phone') this.world.secret(arg, arg.replace(/\D/g, '').slice(-8));
    });
    const start = performance.now();
    const result = await this.world.cli(this.fill(who), args);
    return Object.assign(result, { took: (performance.now() - start) / 1000 });
  }

  async command({ who, words }) {
    this.settle();
    this.last = Object.assign(await this.run(who, words), { line: { who, words } });
  }

  // Two people do the same at once: one of them must be the one who did it. What follows is about the other.
  async race({ who, words }) {
    this.settle();
    const results = await Promise.all(who.map((one) => this.run(one, words)));
    const won = results.flatMap(({ code }, index) => (code === 0 ? [index] : []));
    this.last = results[won[0] === 0 ? 1 : 0];
    if (won.length !== 1) throw new Failure(`${won.length} of the two did it`);
    Object.assign(this.values, { winner: who[won[0]], loser: who[1 - won[0]] });
  }

  // A file that a person has.
  page({ path, text }) {
    this.settle();
    const rows = text.split('\\n').map((row) => row.split(';')), [head] = rows;
    for (const row of rows.slice(1)) { // who stands in a file is as secret as who is typed
      for (const [index, cell] of row.entries()) {
        if (cell && head[index] === 'naam') this.world.secret(cell, cell.split(' ').at(-1));
        if (cell && head[index] === 'telefoon') this.world.secret(cell, cell.replace(/\D/g, '').slice(-8));
      }
    }
    writeFileSync(this.fill(path), this.fill(text).replaceAll('\\n', '\n'));
  }

  // What a person does to a file between two commands.
  file({ path, from, to }) {
    this.settle();
    const name = this.fill(path);
    const text = readFileSync(name, 'utf8');
    if (text.split(from).length !== 2) throw new Failure(`"${from}" is ${text.split(from).length - 1} times in ${name}`);
    writeFileSync(name, text.replace(from, () => this.fill(to).replaceAll('\\n', '\n')));
  }

  // ---- what must be seen ----

  output() {
    return this.last && flat(this.last.stdout + this.last.stderr);
  }

  exit({ code }) {
    this.last.expected = code;
    this.settle();
  }

  says({ text }) {
    if (!this.output().includes(flat(this.fill(text)))) throw new Failure('not in the output');
  }

  silent({ text }) {
    if (this.output().includes(flat(this.fill(text)))) throw new Failure('is in the output');
  }

  code({ name, index }) {
    const codes = this.output().match(CODE) ?? [];
    if (!codes[index - 1]) throw new Failure(`the output has ${codes.length} ids`);
    this.values[name] = codes[index - 1];
  }

  path({ name, path }) {
    const value = pick(this.document(), this.fill(path));
    if (value === undefined || value === null) throw new Failure('there is no such value');
    this.values[name] = String(value);
  }

  is({ path, text }) {
    const value = pick(this.document(), this.fill(path));
    if (String(value) !== this.fill(text)) throw new Failure(`it is ${value}`);
  }

  has({ path, text }) {
    const value = pick(this.document(), this.fill(path));
    if (!String(value).includes(this.fill(text))) throw new Failure(`it is ${value}`);
  }

  // From the moment that it was typed until the answer stood there.
  within({ seconds }) {
    if (!(this.last?.took < seconds)) throw new Failure(`it took ${this.last?.took.toFixed(1)} seconds`);
  }

  // The same command again, until it says so: what was published is picked up within a second.
  async until({ path, text }) {
    for (let tries = 0; String(pick(this.document(), this.fill(path))) !== this.fill(text); tries++) {
      if (tries === 50) throw new Failure(`it stays ${pick(this.document(), this.fill(path))}`);
      await pause(100);
      await this.command(this.last.line);
    }
  }

  loop({ parts }) {
    const { state, loop } = this.document();
    const missing = parts.filter((part) => loop?.[part] !== true);
    if (state !== 'closed' || missing.length > 0) throw new Failure(`it is ${state}, without ${missing.join(', ') || 'nothing'}`);
  }

  title() {}

  step(line) {
    return this[line.kind](line);
  }
}

const BEFORE = ['title', 'organisation', 'offering', 'person', 'clock'];

// Plays a file; its lines.
export async function play(file) {
  const lines = parse(readFileSync(file, 'utf8'));
  const first = lines.findIndex((line) => !BEFORE.includes(line.kind));
  const world = await World.make({ daemon: false });
  const story = new Story(world);
  try {
    for (const [index, line] of lines.entries()) {
      try {
        if (index === first) await world.start();
        await story.step(line);
      } catch (error) {
        const output = story.last ? `\n${(story.last.stdout + story.last.stderr).trimEnd().slice(-3000).replace(/^/gm, '    | ')}` : '';
        throw new Failure(`line ${line.number}: ${line.line.trim()}: ${error.message}${output}`);
      }
    }
    story.settle();
  } catch (error) {
    world.abandon();
    throw error;
  }
  await world.close();
  return lines;
}

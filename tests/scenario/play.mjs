// Plays scenario files (README.md in tests/ tells their form): each in a world of its own, each line a command that a
// person types or something that must be seen. After each story the invariants of the live database must hold.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pause } from '../system/lib/raw.mjs';
import { World } from '../system/lib/world.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const CODE = /\b[2-9CDFGHJKMNPRTWXY]{4}-[2-9CDFGHJKMNPRTWXY]{4}\b/g;

class Failure extends Error {}

// One line of a file as { number, kind, ... }; empty lines and comments are left out.
function parse(text) {
  const kinds = [
    [/^title: (.+)$/, (m) => ({ kind: 'title', text: m[1] })],
    [/^clock: \+(\d+) (days|hours)$/, (m) => ({ kind: 'clock', amount: Number(m[1]), unit: m[2] })],
    [/^file (\S+): '(.+)' becomes '(.*)'$/, (m) => ({ kind: 'file', path: m[1], from: m[2], to: m[3] })],
    [/^([a-z][a-z0-9-]*): wijzer (.+)$/, (m) => ({ kind: 'command', who: m[1], words: m[2] })],
    [/^ +exit (\d+)$/, (m) => ({ kind: 'exit', code: Number(m[1]) })],
    [/^ +\| (.+)$/, (m) => ({ kind: 'says', text: m[1] })],
    [/^ +! (.+)$/, (m) => ({ kind: 'silent', text: m[1] })],
    [/^ +\$([a-z0-9]+) = code (\d+)$/, (m) => ({ kind: 'code', name: m[1], index: Number(m[2]) })],
    [/^ +\$([a-z0-9]+) = (\..+)$/, (m) => ({ kind: 'path', name: m[1], path: m[2] })],
    [/^ +until (\.\S+) is (.+)$/, (m) => ({ kind: 'until', path: m[1], text: m[2] })],
    [/^ +(\.\S+) is (.+)$/, (m) => ({ kind: 'is', path: m[1], text: m[2] })],
  ];
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

// ".items[referralId=7KX3-9MTF].steps[-1].id"
function pick(document, path) {
  let at = document;
  for (const [, name, inner] of path.matchAll(/\.([A-Za-z0-9]+)|\[([^\]]+)\]/g)) {
    if (name) at = at?.[name];
    else if (/^-?\d+$/.test(inner)) at = at?.at?.(Number(inner));
    else {
      const [key, wanted] = inner.split('=');
      at = at?.find?.((one) => String(pick(one, `.${key}`)) === wanted);
    }
  }
  return at;
}

const flat = (text) => text.replace(/\s+/g, ' ');

class Story {
  constructor(world) {
    this.world = world;
    this.values = { dir: world.dir };
    this.offset = 0;
    this.last = null; // the last command's result, with what was expected of its exit status, and its line
  }

  fill(text) {
    return text.replace(/\$([a-z][a-z0-9]*)/g, (whole, name) => {
      const ahead = /^in(\d+)days$/.exec(name);
      if (ahead) return new Date(Date.now() + (this.offset + 24 * Number(ahead[1])) * 3_600_000).toISOString().slice(0, 10);
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

  async clock({ amount, unit }) {
    this.offset += amount * (unit === 'days' ? 24 : 1);
    await this.world.stop();
    this.world.sql(`ALTER DATABASE wijzer SET wijzer.clock_offset = '${this.offset} hours'`);
    this.world.configure({ 'clock-offset': `${this.offset}h` });
    await this.world.start();
  }

  async command({ who, words }) {
    this.settle();
    this.last = await this.world.cli(who, split(words).map((word) => this.fill(word)));
    this.last.line = { who, words };
  }

  // What a person does to a file between two commands.
  file({ path, from, to }) {
    const name = this.fill(path);
    const text = readFileSync(name, 'utf8');
    if (text.split(from).length !== 2) throw new Failure(`"${from}" is ${text.split(from).length - 1} times in ${name}`);
    writeFileSync(name, text.replace(from, () => to));
  }

  // The same command again, until it says so: what was published is picked up within a second.
  async until({ path, text }) {
    for (let tries = 0; String(pick(this.document(), this.fill(path))) !== this.fill(text); tries++) {
      if (tries === 20) throw new Failure(`it stays ${pick(this.document(), this.fill(path))}`);
      await pause(250);
      await this.command(this.last.line);
    }
  }

  async step(line) {
    const output = this.last && flat(this.last.stdout + this.last.stderr);
    switch (line.kind) {
      case 'title': return;
      case 'clock': this.settle(); return this.clock(line);
      case 'command': return this.command(line);
      case 'file': this.settle(); return this.file(line);
      case 'until': return this.until(line);
      case 'exit': this.last.expected = line.code; return this.settle();
      case 'says': if (!output.includes(flat(this.fill(line.text)))) throw new Failure('not in the output'); return;
      case 'silent': if (output.includes(flat(this.fill(line.text)))) throw new Failure('is in the output'); return;
      case 'code': {
        const codes = output.match(CODE) ?? [];
        if (!codes[line.index - 1]) throw new Failure(`the output has ${codes.length} ids`);
        this.values[line.name] = codes[line.index - 1];
        return;
      }
      case 'path': {
        const value = pick(this.document(), this.fill(line.path));
        if (value === undefined || value === null) throw new Failure('there is no such value');
        this.values[line.name] = String(value);
        return;
      }
      case 'is': {
        const value = pick(this.document(), this.fill(line.path));
        if (String(value) !== this.fill(line.text)) throw new Failure(`it is ${value}`);
      }
    }
  }
}

async function play(file) {
  const lines = parse(readFileSync(file, 'utf8'));
  const world = await World.make();
  const story = new Story(world);
  world.secret('Maassen', '55512345');
  for (const line of lines) {
    try {
      await story.step(line);
    } catch (error) {
      world.abandon();
      const output = story.last ? `\n${(story.last.stdout + story.last.stderr).trimEnd().replace(/^/gm, '    | ')}` : '';
      throw new Failure(`line ${line.number}: ${line.line.trim()}: ${error.message}${output}`);
    }
  }
  try {
    story.settle();
  } catch (error) {
    world.abandon();
    throw error;
  }
  await world.close();
  return lines;
}

const files = process.argv.length > 2 ? process.argv.slice(2) : readdirSync(here).filter((name) => name.endsWith('.scn')).sort().map((name) => join(here, name));
let passed = 0;
let failed = 0;
for (const file of files) {
  const start = Date.now();
  try {
    const lines = await play(file);
    const title = lines.find((line) => line.kind === 'title')?.text ?? '';
    console.log(`ok      ${basename(file)}: ${title} (${lines.filter((line) => line.kind === 'command').length} commands, ${((Date.now() - start) / 1000).toFixed(1)} s)`);
    passed++;
  } catch (error) {
    console.log(`FAILED  ${basename(file)}: ${error instanceof Failure ? error.message : error.stack}`);
    failed++;
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;

// Plays stories (README.md tells their form), two at a time, each in a process and a world of its own: those that are named,
// or all of this directory and of practices/. After each story the invariants of the live database must hold.
import { fork } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { home, root, template } from '../system/lib/world.mjs';
import { Failure, parse, play } from './story.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const practices = join(here, 'practices');
const AT_A_TIME = 2;

const stories = (dir) => readdirSync(dir).filter((name) => name.endsWith('.scn')).sort().map((name) => join(dir, name));

// ---- one story after the other, as the parent hands them out ----

async function report(file) {
  const start = Date.now();
  try {
    const lines = await play(file);
    const title = lines.find((line) => line.kind === 'title')?.text ?? '';
    const commands = lines.filter((line) => line.kind === 'command').length;
    return { passed: 1, failed: 0, text: `ok      ${basename(file)}: ${title} (${commands} commands, ${((Date.now() - start) / 1000).toFixed(1)} s)` };
  } catch (error) {
    return { passed: 0, failed: 1, text: `FAILED  ${basename(file)}: ${error instanceof Failure ? error.message : error.stack}` };
  }
}

function serve() {
  process.on('message', async (file) => process.send(await report(file)));
  process.on('disconnect', () => process.exit(0));
}

// ---- all of them ----

const totals = { passed: 0, failed: 0 };
function note({ passed, failed, text }) {
  totals.passed += passed;
  totals.failed += failed;
  console.log(text);
}

function lane(files) {
  return new Promise((done) => {
    const env = { ...process.env, WIJZER_TEST_DIR: home, WIJZER_PORTS: process.env.WIJZER_PORTS ?? join(home, 'ports') };
    const child = fork(fileURLToPath(import.meta.url), ['--serve'], { env });
    let at = null;
    const next = () => {
      at = files.shift() ?? null;
      if (at) child.send(at);
      else child.disconnect();
    };
    child.on('message', (result) => {
      note(result);
      next();
    });
    child.on('exit', () => {
      if (at) note({ passed: 0, failed: 1, text: `FAILED  ${basename(at)}: its process ended` });
      done();
    });
    process.on('exit', () => child.kill());
    next();
  });
}

// Every practice of the list has its story, every story its practice; each says at its head what the practice is, and ends by
// looking whether the chain still holds.
function practiceReport() {
  const rows = readFileSync(join(practices, 'practices.txt'), 'utf8').split('\n').filter((line) => line && !line.startsWith('#'));
  const names = new Map(rows.map((row) => row.split('|')));
  const wrong = [];
  for (const [id, name] of names) if (!existsSync(join(practices, `${id}.scn`))) wrong.push(`${id} (${name}) has no story`);
  for (const file of stories(practices)) {
    const id = basename(file, '.scn');
    const text = readFileSync(file, 'utf8');
    const last = parse(text).findLast((line) => line.kind === 'command');
    if (!names.has(id)) wrong.push(`${id} is not in practices.txt`);
    if (!/^title: .+\n(?:# .+\n){2,}/.test(text)) wrong.push(`${id} does not begin with its title and what the practice asks`);
    if (!text.includes(names.get(id) ?? '')) wrong.push(`${id} does not name ${names.get(id)}`);
    if (last?.words !== 'check') wrong.push(`${id} does not end with wijzer check`);
  }
  const source = join(root, '../shared/data/practices.csv');
  if (existsSync(source)) {
    for (const id of readFileSync(source, 'utf8').split('\n').slice(1).map((line) => line.split(',')[0]).filter(Boolean)) {
      if (!names.has(id)) wrong.push(`practices.txt lacks ${id}`);
    }
  }
  if (wrong.length > 0) return { passed: 0, failed: 1, text: `FAILED  practices: ${wrong.join('; ')}` };
  return { passed: 1, failed: 0, text: `ok      practices: each of the ${names.size} has its story` };
}

async function main(named) {
  const files = named.length > 0 ? [...named] : [...stories(here), ...stories(practices)];
  template();
  mkdirSync(process.env.WIJZER_PORTS ?? join(home, 'ports'), { recursive: true });
  if (named.length === 0) note(practiceReport());
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, files.length) }, () => lane(files)));
  console.log(`${totals.passed} passed, ${totals.failed} failed`);
  process.exitCode = totals.failed ? 1 : 0;
}

if (process.argv[2] === '--serve') serve();
else await main(process.argv.slice(2));

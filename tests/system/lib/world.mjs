// A world of one test file: a private PostgreSQL (a copy of the template that tests/lib/template makes once), the
// region's certificates, and a daemon of the build under test on free ports. close() ends all of it and checks what
// must hold after every story: the daemon left cleanly, no sanitizer spoke, no invariant is violated, and neither
// the log nor the metrics hold anything of a client.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, closeSync, copyFileSync, cpSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Api } from './api.mjs';
import { Raw, pause } from './raw.mjs';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
export const build = resolve(process.env.WIJZER_BUILD ?? join(root, 'build/dev'));
export const wijzerd = join(build, 'daemon/app/wijzerd');
export const wijzer = join(build, 'client/cli/wijzer');
export const home = process.env.WIJZER_TEST_DIR ?? join(root, 'var/test', `alone-${process.pid}`);
const mine = !process.env.WIJZER_TEST_DIR;

let worlds = 0;
const open = new Set();
process.on('exit', () => {
  for (const world of open) world.abandon();
  if (mine) rmSync(home, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130));

export function run(command, args, options = {}) {
  return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options });
}

// Runs to its end whatever its exit status.
export function finish(command, args, { env, input, timeout = 60000 } = {}) {
  return new Promise((done) => {
    const child = execFile(command, args, { env, timeout, encoding: 'utf8', maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      done({ code: error ? (error.code ?? -1) : 0, signal: error?.signal ?? null, stdout, stderr });
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? '');
  });
}

const cluster = (...args) => run(join(root, 'deploy/cluster'), args);
export const pki = (...args) => run(join(root, 'deploy/pki'), args).trim();

// A free port outside the range that the kernel hands out for outgoing connections; none is given twice in a run
// (see free_port in deploy/lib.sh).
export async function freePort() {
  for (;;) {
    const port = 20000 + Math.floor(Math.random() * 12000);
    const free = await new Promise((done) => {
      const server = net.createServer();
      server.once('error', () => done(false));
      server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
    });
    if (free && isOurs(port)) return port;
  }
}

function isOurs(port) {
  if (!process.env.WIJZER_PORTS) return true;
  try {
    closeSync(openSync(join(process.env.WIJZER_PORTS, String(port)), 'wx'));
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

// Today as 2026-11-29 where the region is: its days are not those of UTC.
export function today() {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Amsterdam' }).format(new Date());
}

// Tries until the function returns something true or throws no more.
export async function eventually(test, { timeout = 10000, every = 50, what = 'condition' } = {}) {
  const deadline = Date.now() + timeout;
  for (let last; ;) {
    try {
      const value = await test();
      if (value) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`${what} did not come true within ${timeout} ms${last ? `: ${last.message}` : ''}`);
    await pause(every);
  }
}

export function template() {
  const dir = join(home, 'template');
  run(join(root, 'tests/lib/template'), [dir], { env: { ...process.env, WIJZER_BUILD: build } });
  return dir;
}

class Daemon {
  // descriptors: most file descriptors it may have (default: as many as the system gives).
  constructor(world, conf, number, descriptors) {
    this.world = world;
    this.log = join(world.dir, `wijzerd-${number}.log`);
    const out = openSync(this.log, 'a');
    const command = [...(descriptors ? ['prlimit', `--nofile=${descriptors}:${descriptors}`] : []), wijzerd, '--config', conf];
    this.child = spawn(command[0], command.slice(1), { stdio: ['ignore', out, out], cwd: world.dir });
    closeSync(out);
    this.pid = this.child.pid;
    writeFileSync(join(world.dir, `wijzerd-${number}.pid`), `${this.pid}\n`);
    this.gone = null;
    this.exited = new Promise((done) => {
      this.child.once('exit', (code, signal) => done((this.gone = { code, signal })));
    });
  }

  text() {
    return readFileSync(this.log, 'utf8');
  }

  signal(name) {
    this.child.kill(name);
  }

  // Ends within `timeout` or the test fails.
  async end(timeout = 30000) {
    let timer;
    const late = new Promise((done) => (timer = setTimeout(() => done(null), timeout)));
    const how = await Promise.race([this.exited, late]);
    clearTimeout(timer);
    if (how) return how;
    this.child.kill('SIGKILL');
    throw new Error(`the daemon did not end within ${timeout} ms:\n${this.text().slice(-2000)}`);
  }

  // AddressSanitizer, UndefinedBehaviourSanitizer, ThreadSanitizer and LeakSanitizer speak on standard error.
  assertClean() {
    const found = /^.*(?:ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error:).*$/m.exec(this.text());
    assert.equal(found, null, `a sanitizer spoke: ${this.text().slice(found?.index ?? 0).slice(0, 6000)}`);
  }
}

export class World {
  // options: conf (further keys of wijzerd.conf), daemon (false: do not start one), tcp (the daemon reaches the
  // database by TCP on this port, a proxy's; true: directly).
  static async make(options = {}) {
    const world = new World();
    try {
      await world.set(options);
    } catch (error) {
      world.abandon();
      throw error;
    }
    return world;
  }

  async set({ conf = {}, daemon = true, tcp = false } = {}) {
    const from = template();
    this.dir = join(home, `world-${process.pid}-${++worlds}`);
    mkdirSync(this.dir, { recursive: true });
    this.pg = join(this.dir, 'pg');
    open.add(this);
    cluster('copy', join(from, 'pg'), this.pg);
    cluster('start', this.pg);
    this.env = Object.fromEntries(cluster('env', this.pg).trim().split('\n').map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)];
    }));
    this.pki = join(this.dir, 'pki');
    cpSync(join(from, 'pki'), this.pki, { recursive: true });
    this.keyrings = join(this.dir, 'keys');
    cpSync(join(from, 'keys'), this.keyrings, { recursive: true });
    this.profiles = join(this.pki, 'profiles');
    this.sans = JSON.parse(readFileSync(join(this.pki, 'sans.json'), 'utf8'));
    this.port = await freePort();
    this.metricsPort = await freePort();
    this.conf = join(this.dir, 'wijzerd.conf');
    this.keys = {
      'api-listen': `127.0.0.1:${this.port}`,
      'metrics-listen': `127.0.0.1:${this.metricsPort}`,
      workers: 2,
      database: this.conninfo(tcp),
      'key-database': this.conninfo(false, 'wijzer_keys'),
      'region-keys': this.keyrings,
      'tls-certificate': join(this.pki, 'server/cert.pem'),
      'tls-key': join(this.pki, 'server/key.pem'),
      'tls-client-ca': join(this.pki, 'ca/ca.pem'),
      'sql-directory': join(root, 'sql'),
      ...(process.getuid() === 0 ? { user: 'root' } : {}),
      'seal-key': join(this.pki, 'seal.key'),
      ...conf,
    };
    this.configure();
    this.secrets = new Set();
    this.daemons = [];
    this.apis = [];
    if (daemon) await this.start();
  }

  conninfo(tcp, role = 'wijzer_app') {
    const how = tcp === true ? ['tcp'] : tcp ? ['tcp', String(tcp)] : [];
    return cluster('conninfo', this.pg, role, ...how).trim();
  }

  // Changes keys of the configuration file (null removes one); takes effect at the next start or reload.
  configure(keys = {}) {
    Object.assign(this.keys, keys);
    const lines = Object.entries(this.keys).filter(([, value]) => value !== null).map(([key, value]) => `${key} = ${value}`);
    writeFileSync(this.conf, `${lines.join('\n')}\n`);
  }

  // ---- the daemon ----

  async start({ ready = true, descriptors } = {}) {
    this.daemon = new Daemon(this, this.conf, this.daemons.length + 1, descriptors);
    this.daemons.push(this.daemon);
    if (ready) await this.ready();
    return this.daemon;
  }

  // Another daemon of the same database beside world.daemon; it has `port` and `metricsPort`.
  async startOther() {
    const listen = ({ port, metricsPort }) => ({ 'api-listen': `127.0.0.1:${port}`, 'metrics-listen': `127.0.0.1:${metricsPort}` });
    const first = { daemon: this.daemon, port: this.port, metricsPort: this.metricsPort };
    const ports = { port: await freePort(), metricsPort: await freePort() };
    this.configure(listen(ports));
    const other = Object.assign(await Object.assign(this, ports).start(), ports);
    Object.assign(this, first).configure(listen(first));
    return other;
  }

  async ready(timeout = 60000) {
    await eventually(async () => {
      if (this.daemon.gone) throw Object.assign(new Error('it ended'), { final: true });
      return (await this.plain('/readyz')).status === 200;
    }, { timeout, what: 'readiness of the daemon' }).catch((error) => {
      throw new Error(`${error.message}\n${this.daemon.text().slice(-1500)}`);
    });
  }

  async stop() {
    this.daemon.signal('SIGTERM');
    const how = await this.daemon.end();
    this.daemon.assertClean();
    assert.deepEqual(how, { code: 0, signal: null }, `the daemon left with ${JSON.stringify(how)}: ${this.daemon.text().slice(-3000)}`);
  }

  async kill() {
    this.daemon.signal('SIGKILL');
    await this.daemon.end();
    this.daemon.assertClean();
  }

  log() {
    return this.daemons.map((daemon) => daemon.text()).join('');
  }

  // GET on the loopback listener for metrics and health.
  plain(path, { method = 'GET', timeout = 5000 } = {}) {
    return new Promise((done, fail) => {
      const request = http.request({ host: '127.0.0.1', port: this.metricsPort, path, method, agent: false, timeout }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (data) => (text += data)).on('end', () => done({ status: response.statusCode, headers: response.headers, text }));
      });
      request.on('timeout', () => request.destroy(new Error('timeout'))).on('error', fail).end();
    });
  }

  // ---- clients ----

  profile(name) {
    return join(this.profiles, name);
  }

  api(name) {
    const api = new Api(this, this.profile(name));
    this.apis.push(api);
    return api;
  }

  raw(name, options = {}) {
    return Raw.connect(this.port, { ...(name ? { profile: this.profile(name) } : { ca: readFileSync(join(this.pki, 'ca/ca.pem')) }), ...options });
  }

  // Where the client finds the region. Changes at once: another that was started before may be reading it.
  makeProfile(name) {
    const file = join(this.profile(name), 'profile');
    writeFileSync(`${file}.new`, `api = https://localhost:${this.port}\nca = ca.pem\n`);
    renameSync(`${file}.new`, file);
  }

  // The command-line client as a person of the region would use it.
  async cli(name, args, { env = {}, input } = {}) {
    this.makeProfile(name);
    return finish(wijzer, args, {
      env: { PATH: process.env.PATH, HOME: this.dir, LC_ALL: 'C.UTF-8', WIJZER_PROFILE: this.profile(name), ...sanitizers(), ...env }, input,
    });
  }

  // ---- the database ----

  sql(text) {
    return cluster('psql', this.pg, '-At', '-v', 'ON_ERROR_STOP=1', '-c', text).trim();
  }

  // The same of one statement that may be longer than an argument can be (128 KiB).
  longSql(text) {
    const file = join(this.dir, 'statement.sql');
    writeFileSync(file, text);
    return cluster('psql', this.pg, '-At', '-v', 'ON_ERROR_STOP=1', '-f', file).trim();
  }

  // The same in the database of the keys.
  keysSql(text) {
    return cluster('psql-keys', this.pg, '-At', '-v', 'ON_ERROR_STOP=1', '-c', text).trim();
  }

  // The database's clock, for sessions that run too. Each of them reads the file by itself, some only at their next statement: it
  // changes at once, or somebody would find it empty and be back in the present.
  setDatabaseClock(hours) {
    const data = join(this.pg, 'pgdata');
    const file = join(data, 'postgresql.auto.conf');
    // Each reload begins autovacuum's minute anew: without a shorter one, days in a row would keep it from ever counting the tables.
    writeFileSync(`${file}.new`, `wijzer.clock_offset = '${hours} hours'\nautovacuum_naptime = '1s'\n`);
    renameSync(`${file}.new`, file);
    const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(pid, 'SIGHUP');
  }

  stopDatabase(mode = 'fast') {
    cluster('stop', this.pg, mode);
  }

  startDatabase() {
    cluster('start', this.pg);
  }

  get databasePort() {
    return Number(this.env.PGPORT);
  }

  // ---- certificates ----

  // A profile directory for a new certificate. san: one or several; enrol: account name that gets the identity.
  certificate(name, sans, { ca = join(this.pki, 'ca'), options = [] } = {}) {
    const dir = join(this.profiles, name);
    pki('client', ca, dir, ...[sans].flat(), ...options);
    copyFileSync(join(this.pki, 'ca/ca.pem'), join(dir, 'ca.pem'));
    chmodSync(dir, 0o700);
    return dir;
  }

  // ---- the end ----

  // Texts that must never be seen in the log or the metrics.
  secret(...texts) {
    for (const text of texts) if (text) this.secrets.add(text);
  }

  assertDiscreet(text, where) {
    for (const secret of this.secrets) assert.ok(!text.includes(secret), `${where} holds personal data: ${secret}`);
  }

  violated() {
    const rows = this.sql(`SELECT i->>'id', i->>'violations', i->>'examples'
      FROM jsonb_array_elements((SELECT wijzer.check(region_id, account_id)::jsonb FROM (${coordinator}) c)->'invariants') i
      WHERE i->>'status' = 'violated'`);
    return rows;
  }

  async close() {
    for (const api of this.apis) api.close();
    try {
      if (this.daemon && !this.daemon.gone) {
        const metrics = await this.plain('/metrics');
        this.assertDiscreet(metrics.text, 'the metrics');
        await this.stop();
      }
      for (const daemon of this.daemons) daemon.assertClean();
      this.assertDiscreet(this.log(), 'the log');
      this.startDatabase();
      assert.equal(this.violated(), '', 'an invariant is violated');
    } finally {
      this.abandon();
    }
  }

  abandon() {
    open.delete(this);
    for (const daemon of this.daemons ?? []) if (!daemon.gone) daemon.child.kill('SIGKILL');
    if (process.env.WIJZER_KEEP) return;
    if (existsSync(this.pg)) {
      try {
        cluster('destroy', this.pg);
      } catch (error) {
        process.stderr.write(`${error.stderr ?? error}\n`);
      }
    }
    rmSync(this.dir, { recursive: true, force: true });
  }
}

const coordinator = `SELECT region_id, account_id FROM data.account WHERE region_id = 1 AND role = 'coordinator' ORDER BY account_id LIMIT 1`;

// What a program under test keeps of our environment: the sanitizers' options, and another date (tests/on).
export function sanitizers() {
  return Object.fromEntries(Object.entries(process.env).filter(([key]) => /^((A|UB|T|L)SAN_OPTIONS|FAKETIME\w*|LD_PRELOAD)$/.test(key)));
}

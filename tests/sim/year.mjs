// A year in a region, on a clock of its own: people are referred or come by themselves, partners answer or do not, people do not come, connections
// break, daemons are killed and the database stops, two daemons serve all of it. When the year is over everybody finishes
// what lies with them, and then the books of those who were told are held against the database (checks.mjs).
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { pause } from '../system/lib/raw.mjs';
import { eventually } from '../system/lib/world.mjs';
import { Books } from './books.mjs';
import { CHECKS } from './checks.mjs';
import { CONTRACTS, Coordination, DOORS, NAMES, Partner, Practice, Signaller } from './people.mjs';
import { Random } from './random.mjs';
import { Receiver } from './receiver.mjs';
import { makeRegion } from './region.mjs';

const USAGE = `usage: tests/sim/run [SEED...] [--referrals N] [--partners N]
  SEED          a whole number; the years of these seeds, one after the other (default 1)
  --referrals   in a year (default 5000)
  --partners    organisations that help (default 40)
  --days        of the year, before everybody finishes (default 365)
WIJZER_BUILD names the build under test (default build/dev). Exit status 0 only if all holds in every year.
`;

const DAY = 24;
const CLOSING_DAYS = 250; // by then everything must have ended
// What the keepers had begun before the clock changed is over: in no real year does somebody write today and yesterday after it.
const YESTERDAY_IS_OVER = `SET statement_timeout = '20s'; DO $$ BEGIN
  WHILE EXISTS (SELECT FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND xact_start < statement_timestamp()) LOOP
    PERFORM pg_sleep(0.005), pg_stat_clear_snapshot();
  END LOOP;
END $$`;
const TOGETHER = 12; // people who are at work at the same moment

class Year {
  constructor(seed, { referrals, partners, days }) {
    Object.assign(this, { seed, referrals, partners, days, lost: 0.01 });
    this.books = new Books();
    this.counts = { lost: 0, repeated: 0, kills: 0, outages: 0, workingDays: 0 };
    this.lately = []; // clients who came
    this.chance = new Random(seed, 'year');
    // From the Monday that comes, at eight. In a year from any day both changes of summer time lie.
    const now = new Date();
    this.offset = ((8 - now.getUTCDay()) % 7 || 7) * DAY + 8 - now.getUTCHours();
  }

  random(name) {
    return new Random(this.seed, name);
  }

  offering(random) {
    return `aanbod-${random.pick(this.region.partners).name}`;
  }

  // The day so many days ahead, as the region writes it.
  day(ahead) {
    return new Date(Date.now() + (this.offset + ahead * DAY) * 3600000).toISOString().slice(0, 10);
  }

  async begin() {
    this.region = await makeRegion(this.random('region'), { partners: this.partners, offset: this.offset });
    this.world = this.region.world;
    const other = await this.world.startOther();
    this.daemons = [{ port: this.world.port, metricsPort: this.world.metricsPort, daemon: this.world.daemon },
      { port: other.port, metricsPort: other.metricsPort, daemon: other }];
    this.world.secret(...NAMES);
    this.practices = this.region.practices.map((who, n) => new Practice(this, { ...who, contract: CONTRACTS[n % CONTRACTS.length] }));
    const partners = this.region.partners.map((who) => new Partner(this, who)), signaller = new Signaller(this, this.region.system);
    const coordination = new Coordination(this, { name: 'coordinator', code: 'ketenregie-deurne' });
    this.doors = { practice: this.practices, self: partners, desk: partners, signal: [signaller] };
    this.everybody = [...this.practices, ...partners, signaller, coordination];
    this.receiver = await Receiver.make(this.world, this.random('receiver'));
    await this.receiver.subscribe(coordination);
  }

  configureFor({ port, metricsPort }) {
    this.world.configure({ 'api-listen': `127.0.0.1:${port}`, 'metrics-listen': `127.0.0.1:${metricsPort}`, 'clock-offset': `${this.offset}h` });
  }

  // To the next working day: the database first, then both daemons.
  async nextDay() {
    const weekday = new Date(Date.now() + this.offset * 3600000).getUTCDay();
    this.offset += (weekday === 5 ? 3 : 1) * DAY;
    this.world.setDatabaseClock(this.offset);
    this.world.sql(YESTERDAY_IS_OVER);
    for (const one of this.daemons) {
      this.configureFor(one);
      const before = reloads(one.daemon);
      one.daemon.signal('SIGHUP');
      await eventually(() => one.daemon.gone || reloads(one.daemon) > before, { every: 4, what: 'a reload' });
    }
    this.counts.workingDays++;
  }

  // Everybody's day, some at a time; somewhere in it what goes wrong.
  async workingDay(what) {
    const waiting = [...this.everybody];
    const trouble = what.closing ? null : this.trouble();
    await Promise.all(Array.from({ length: TOGETHER }, async () => {
      for (let person; (person = waiting.pop());) await person.day({ ...what, newcomers: what.newcomers?.get(person) ?? [] });
    }));
    await trouble;
  }

  // kill -9 of a daemon, or a database that stops in the hardest way.
  async trouble() {
    const kind = this.chance.among({ none: 94, kill: 5, outage: 1 });
    if (kind === 'none') return;
    await pause(this.chance.int(0, 60));
    if (kind === 'kill') {
      this.counts.kills++;
      await this.restart(this.chance.pick(this.daemons));
    } else {
      this.counts.outages++;
      this.world.stopDatabase('immediate');
      this.world.startDatabase();
    }
  }

  async restart(one) {
    one.daemon.signal('SIGKILL');
    await one.daemon.end();
    this.configureFor(one);
    one.daemon = await this.world.start({ ready: false });
    await eventually(async () => (await this.world.plain.call(one, '/readyz')).status === 200, { timeout: 20000, what: 'a daemon that is back' });
  }

  newcomers() {
    const share = new Map();
    const left = this.referrals - this.books.referrals.size, days = Math.max(1, Math.ceil((this.days * 5) / 7) - this.counts.workingDays);
    for (let i = 0; i < Math.ceil(left / days); i++) {
      const door = this.chance.among(DOORS), person = this.chance.pick(this.doors[door]);
      share.set(person, [...(share.get(person) ?? []), door]);
    }
    return share;
  }

  async run(tell) {
    const working = Math.ceil((this.days * 5) / 7);
    for (let day = 0; day < working; day++) {
      await this.workingDay({ newcomers: this.newcomers(), pace: 0.7 });
      if (day % 20 === 19) {
        tell(`day ${day + 1} of ${working}: ${this.books.referrals.size} referrals, ${this.books.moves.length} moves`);
        await this.look(`on working day ${day + 1}`);
      }
      await this.nextDay();
    }
    for (let day = 0; ; day++) {
      await this.workingDay({ closing: true });
      const open = Number(this.world.sql('SELECT count(*) FROM data.referral WHERE region_id = 1 AND closed_at IS NULL'));
      tell(`${open} referrals are open`);
      if (open === 0 || day === CLOSING_DAYS) break;
      await this.nextDay();
    }
    await this.digested();
    for (const practice of this.practices) await practice.readDigests();
    await this.receiver.settle();
  }

  // What is told once a day is in a digest by now, also where days were shorter than the keeper's rounds.
  async digested() {
    await eventually(() => !this.world.sql(`
      SELECT feedback_id FROM data.feedback f WHERE f.region_id = 1 AND f.form = 'daily' AND f.at < wijzer.clock() - interval '8 days'
      AND NOT EXISTS (SELECT FROM data.feedback_digest d WHERE d.region_id = 1 AND d.organisation_id = f.to_id AND f.at > d.since AND f.at <= d.until) LIMIT 1`),
    { timeout: 20000, every: 200, what: 'every digest' });
  }

  // The invariants on a running system. Days are shorter than the keeper's rounds, so it is given its time.
  async look(when) {
    let violated;
    await eventually(() => (violated = this.world.violated()) === '', { timeout: 60000, every: 500, what: 'invariants' })
      .catch(() => { throw new Error(`${when} an invariant is violated: ${violated}`); });
  }

  // How many checks failed.
  async check() {
    let failed = 0;
    for (const [name, look] of CHECKS) {
      const wrong = await Promise.resolve().then(() => look(this)).catch((error) => String(error.stderr || error.message));
      if (!wrong) continue;
      failed++;
      process.stdout.write(`  failed: ${name}\n${wrong.replace(/^/gm, '    | ')}\n`);
    }
    return failed;
  }
}

// "3 director-changed, 5 referral-merged".
function counted(acts) {
  const kinds = new Map();
  for (const { kind } of acts) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  return [...kinds].sort().map(([kind, count]) => `${count} ${kind}`).join(', ');
}

function reloads(daemon) {
  return readFileSync(daemon.log, 'utf8').split(' event=reloaded').length;
}

async function play(seed, options) {
  const begun = Date.now();
  const year = new Year(seed, options);
  const tell = (text) => process.stdout.isTTY && process.stdout.write(`\r\x1b[K  seed ${seed}: ${text}`);
  let failed = 0;
  try {
    await year.begin();
    await year.run(tell);
    tell('\r\x1b[K');
    failed = await year.check();
  } catch (error) {
    failed = 1;
    const spoken = year.world?.log().match(/^.* level=error .*$/gm) ?? [];
    process.stdout.write(`\n  failed: ${error.stack}\n${spoken.slice(-5).map((line) => `    | ${line}\n`).join('')}`);
  }
  await year.receiver?.stop();
  await year.world?.close().catch((error) => {
    failed++;
    process.stdout.write(`  failed: ${error.message}\n`);
  });
  const { counts, books } = year;
  process.stdout.write(`seed ${seed}: ${failed ? `${failed} checks failed` : 'all holds'}; ${books.referrals.size} referrals, ${books.moves.length} moves, ` +
    `${counted(books.acts)}; ${year.receiver?.told() ?? ''}; ${counts.lost} connections lost, ${counts.repeated} commands repeated, ${counts.kills} kills, ` +
    `${counts.outages} outages; ${counts.workingDays} working days in ${Math.round((Date.now() - begun) / 1000)} s` +
    `${process.env.WIJZER_SIM_VERBOSE ? ` ${JSON.stringify(books.refused)}` : ''}\n`);
  return failed;
}

function options() {
  const number = { type: 'string' };
  const { values, positionals } = parseArgs({ options: { referrals: number, partners: number, days: number, help: { type: 'boolean' } }, allowPositionals: true });
  if (values.help) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  const read = (text, name) => {
    if (!/^[1-9]\d{0,6}$/.test(text)) throw new Error(`${name}: "${text}" is not a whole number from 1`);
    return Number(text);
  };
  return {
    seeds: positionals.length ? positionals.map((text) => read(text, 'seed')) : [1],
    referrals: read(values.referrals ?? '5000', '--referrals'), partners: read(values.partners ?? '40', '--partners'),
    days: read(values.days ?? '365', '--days'),
  };
}

let asked;
try {
  asked = options();
} catch (error) {
  process.stderr.write(`tests/sim/run: ${error.message}\n${USAGE}`);
  process.exit(2);
}
let bad = 0;
for (const seed of asked.seeds) if (await play(seed, asked)) bad++;
process.stdout.write(`${asked.seeds.length - bad} passed, ${bad} failed\n`);
process.exit(bad ? 1 : 0);

// The region of a year: the demo region's vocabulary and coordination, with practices and partners of its own, whose rule
// tables send people to them.
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { approve, draft, publish, table, taken } from '../system/lib/rules.mjs';
import { World, pki } from '../system/lib/world.mjs';

const PRACTICES = 6;
const number = (n) => String(n).padStart(2, '0');
const practice = (n) => `praktijk-${number(n)}`;
const system = 'vroegsignalering';
const partner = (n) => `partner-${number(n)}`;
const quoted = (words) => words.map((word) => `"${word}"`).join(',');

// Certificates are made once and serve every year: each world's CA is a copy of one.
let certificates;

function people(partners) {
  return [
    ...Array.from({ length: PRACTICES }, (_, n) => ({ name: practice(n), kind: 'gp-practice', role: 'referrer' })),
    { name: system, kind: 'municipality', role: 'referrer' },
    ...Array.from({ length: partners }, (_, n) => ({ name: partner(n), kind: 'welfare', role: 'worker' })),
  ];
}

function enrol(world, everybody) {
  certificates ??= join(world.dir, '..', `sim-certificates-${process.pid}`);
  for (const { name } of everybody) {
    const kept = join(certificates, name);
    if (existsSync(kept)) cpSync(kept, world.profile(name), { recursive: true });
    else cpSync(world.certificate(name, `urn:wijzer:deurne:${name}:${name}`), kept, { recursive: true });
  }
  const issuer = pki('fingerprint', join(world.pki, 'ca'));
  const rows = everybody.map(({ name, kind, role }) => `('${name}', '${kind}', '${role}')`).join(', ');
  world.sql(`
    SELECT set_config('wijzer.region', '1', false);
    CREATE TEMP TABLE sim AS SELECT * FROM (VALUES ${rows}) AS p (name, kind, role);
    INSERT INTO data.organisation (region_id, code, name, kind) SELECT 1, name, initcap(name), kind FROM sim;
    INSERT INTO data.account (region_id, organisation_id, name, role)
    SELECT 1, o.organisation_id, s.name, s.role FROM sim s JOIN data.organisation o ON o.region_id = 1 AND o.code = s.name;
    SELECT data.add_identity('deurne', name, name, '${issuer}', 'urn:wijzer:deurne:' || name || ':' || name) FROM sim;
    INSERT INTO data.offering (region_id, code, name, organisation_id, kind)
    SELECT 1, 'aanbod-' || o.code, 'Aanbod van ' || o.name, o.organisation_id, 'individual coaching'
    FROM sim s JOIN data.organisation o ON o.region_id = 1 AND o.code = s.name WHERE s.role = 'worker';
    INSERT INTO data.capacity (region_id, offering_id, as_of, state)
    SELECT 1, f.offering_id, (wijzer.clock() AT TIME ZONE 'Europe/Amsterdam')::date,
           (ARRAY['open', 'open', 'open', 'waiting-list', 'full'])[f.offering_id % 5 + 1]
    FROM data.offering f WHERE f.region_id = 1 AND f.code LIKE 'aanbod-partner-%';
    UPDATE data.region SET version = version + 1 WHERE region_id = 1;`);
}

// Table 3 anew: each approach has a few partners, by area and age; some are offered it without a name.
async function publishRules(world, random, partners) {
  const [first, second] = [world.api('coordinator'), world.api('coordinator2')];
  const before = await table(first, 3);
  const approaches = [...new Set(before.rules.flatMap(({ when }) => (when.approach ?? '').match(/[a-z-]+/g) ?? []))];
  const rules = Array.from({ length: partners * 3 }, (_, i) => ({
    id: `S${number(i)}`,
    when: { approach: quoted([random.pick(approaches), random.pick(approaches)].filter((word, at, all) => all.indexOf(word) === at)),
      ...(random.chance(0.5) ? { age: random.pick(['[0..25]', '[18..65]', '[26..120]']) } : {}),
      ...(random.chance(0.3) ? { area: random.pick(['[5751..5754]', '[5756..5759]']) } : {}) },
    then: { offering: `aanbod-${partner(i % partners)}`, weight: random.int(20, 80), ...(random.chance(0.3) ? { offer: 3 } : {}) },
    reason: 'Dit aanbod past bij de vraag.',
  }));
  rules.push({ id: 'S999', when: {}, then: { offering: `aanbod-${partner(0)}`, weight: 1 }, reason: 'Past altijd.' });
  const version = await draft(first, 3, { basedOn: before.version, note: 'Een jaar', rules, otherwise: before.otherwise, examples: [] });
  await publish(first, version);
  await approve(second, version);
  await taken(world, 3, version);
}

// A world with two daemons and everybody in it. It begins at midnight of a Monday.
export async function makeRegion(random, { partners, offset }) {
  const world = await World.make({ daemon: false });
  const everybody = people(partners);
  enrol(world, everybody);
  pki('server', join(world.pki, 'ca'), join(world.pki, 'long'), '--days', '3000');
  world.configure({
    'tls-certificate': join(world.pki, 'long/cert.pem'), 'tls-key': join(world.pki, 'long/key.pem'),
    'migrate-database': world.conninfo(false, 'postgres'),
    'clock-offset': `${offset}h`, webhooks: 'on', 'webhook-allow-private': 'on', 'outbound-ca': join(world.pki, 'ca/ca.pem'),
    'outbound-timeout': '400ms', 'outbound-attempts': 3, 'outbound-backoff': '20ms', 'max-connections-per-address': 4096, 'max-connections': 8192,
  });
  world.setDatabaseClock(offset);
  await world.start();
  await publishRules(world, random, partners);
  return {
    world, system: { name: system }, practices: everybody.filter(({ name, role }) => role === 'referrer' && name !== system),
    partners: everybody.filter(({ role }) => role === 'worker'),
  };
}

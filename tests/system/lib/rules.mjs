// Rule tables as two coordinators keep them: read one, change it, publish it, approve it.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, pki } from './world.mjs';

// A second coordinator: a version is approved by somebody else than who made it.
export function secondCoordinator(world) {
  if (!existsSync(join(world.profile('coordinator2'), 'cert.pem'))) {
    const san = 'urn:wijzer:deurne:ketenregie-deurne:coordinator2';
    world.certificate('coordinator2', san);
    world.sql(`SELECT data.add_identity('deurne', 'ketenregie-deurne', 'coordinator2', '${pki('fingerprint', join(world.pki, 'ca'))}', '${san}')`);
  }
  return world.api('coordinator2');
}

export async function table(api, number, version) {
  const answer = await api.get(`/v1/rule-tables/${number}${version ? `?version=${version}` : ''}`);
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

// The body of a draft from a table that was read.
export function draftOf({ version, rules, otherwise, examples }, more = {}) {
  return structuredClone({ basedOn: version, note: 'voor een test', rules, otherwise, examples, ...more });
}

export async function draft(api, number, body) {
  const answer = await api.post(`/v1/rule-tables/${number}/_draft`, body);
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.headers.location, `/v1/rule-versions/${answer.json.version}`);
  return answer.json.version;
}

export const warnings = ['shadowed', 'empty', 'dead', 'no-capacity', 'no-evidence', 'unproved'];

export async function publish(api, version, more = {}) {
  const answer = await api.post(`/v1/rule-versions/${version}/_publish`, { acknowledged: warnings, ...more });
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

export async function approve(api, version) {
  const answer = await api.post(`/v1/rule-versions/${version}/_approve`, {});
  assert.equal(answer.status, 200, answer.text);
  return answer.json;
}

// What the daemon has in force, by table.
export async function inForce(world, region = 'deurne') {
  const answer = await world.plain('/readyz');
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text).regions.find(({ code }) => code === region).tables;
}

// Until the daemon has this version; returns how many milliseconds it took.
export async function taken(world, number, version, timeout = 10000) {
  const start = Date.now();
  await eventually(async () => (await inForce(world))[number] === version, { timeout, every: 20, what: `version ${version} of table ${number}` });
  return Date.now() - start;
}

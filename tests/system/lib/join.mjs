// Joining, as somebody without a certificate does it: a world with a web listener and a CA that gives certificates, keys
// and certificate requests made by openssl, and a client of the web listener.
import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { Api } from './api.mjs';
import { World, freePort, pki, run } from './world.mjs';

// The region's own CA and the one for joining are both believed; the server is known by the first.
export async function joinable(conf = {}) {
  const world = await World.make({ daemon: false });
  world.webPort = await freePort();
  pki('ca', join(world.pki, 'join-ca'), 'Toetreden Deurne (demo)');
  world.clientCas = join(world.pki, 'client-cas.pem');
  writeFileSync(world.clientCas, readFileSync(join(world.pki, 'ca/ca.pem'), 'utf8') + readFileSync(join(world.pki, 'join-ca/ca.pem'), 'utf8'));
  world.configure({
    'tls-client-ca': world.clientCas,
    'web-listen': `127.0.0.1:${world.webPort}`,
    'web-address': `localhost:${world.webPort}`,
    'api-address': `localhost:${world.port}`,
    'web-ca': join(world.pki, 'ca/ca.pem'),
    'enrol-ca-certificate': join(world.pki, 'join-ca/ca.pem'),
    'enrol-ca-key': join(world.pki, 'join-ca/ca.key'),
    ...conf,
  });
  await world.start();
  return world;
}

// A client of the web listener.
export class Web extends Api {
  constructor(world, more = {}) {
    super(world, world.profile('gp'));
    this.agent.destroy();
    this.port = world.webPort;
    this.agent = new https.Agent({ keepAlive: true, maxSockets: 1, ca: readFileSync(join(world.pki, 'ca/ca.pem')), servername: 'localhost', ...more });
    world.apis.push(this);
  }

  enrol(code, csr, headers) {
    return this.post('/v1/enrolments', { code, csr }, headers);
  }
}

// A key and a request in DIR; options of openssl req: -subj, -addext.
export function request(world, name, { options = [], algorithm = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'] } = {}) {
  const dir = join(world.profiles, name);
  mkdirSync(dir, { recursive: true });
  run('openssl', ['genpkey', ...algorithm, '-out', join(dir, 'key.pem')]);
  run('openssl', ['req', '-new', '-key', join(dir, 'key.pem'), ...(options.includes('-subj') ? [] : ['-subj', '/']), ...options, '-out', join(dir, 'csr.pem')]);
  return readFileSync(join(dir, 'csr.pem'), 'utf8');
}

// Makes the profile complete by which world.api(name) and world.cli(name) go on.
export function settle(world, name, answer) {
  const dir = join(world.profiles, name);
  writeFileSync(join(dir, 'cert.pem'), answer.json.certificate);
  copyFileSync(join(world.pki, 'ca/ca.pem'), join(dir, 'ca.pem'));
  chmodSync(dir, 0o700);
}

export async function invite(world, body, who = 'steward') {
  const answer = await world.api(who).post('/v1/invitations', body);
  assert.equal(answer.status, 201, answer.text);
  world.secret(answer.json.code, answer.json.code.replaceAll('-', ''));
  return answer.json;
}

// All of it: invited, key made, joined; the answer to the enrolment.
export async function joined(world, name, role = 'worker', organisation = 'levgroep') {
  const { code } = await invite(world, { organisation, role, name });
  const answer = await new Web(world).enrol(code, request(world, name));
  assert.equal(answer.status, 201, answer.text);
  settle(world, name, answer);
  return answer.json;
}

// Who may ask what: the table that `wijzerd --route-matrix` prints is the one kept in daemon/app/ROUTES.md, and a live daemon
// does what it says for every route and role; what is not in it is refused.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { joinable } from './lib/join.mjs';
import { Raw } from './lib/raw.mjs';
import { root, run, wijzerd } from './lib/world.mjs';

const text = run(wijzerd, ['--route-matrix']);
const PEOPLE = { referrer: 'gp', worker: 'worker', coordinator: 'coordinator', steward: 'steward' };
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

// Rows of the Markdown table as objects: method, path, one field a role, demands, body.
const rows = (() => {
  const [head, , ...lines] = text.split('\n').filter((line) => line.startsWith('|')).map((line) => line.slice(1, -1).split('|').map((cell) => cell.trim().replaceAll('`', '')));
  return lines.map((cells) => Object.fromEntries(head.map((name, i) => [name, cells[i]])));
})();

// A path of the template: ids that nobody gave out, the first of each numbered thing.
const concrete = (path) => path.replaceAll('{id}', 'GXGP-2X3J').replaceAll('{number}', '1');

let world;
before(async () => (world = await joinable()));
after(() => world?.close());

// One request by a certificate of that role (on the web listener: by nobody). A POST goes without its key: who may ask hears
// of the key, and nothing is changed.
async function ask(role, method, path) {
  const raw = role === 'nobody' ? await Raw.connect(world.webPort, { ca: readFileSync(join(world.pki, 'ca/ca.pem')) }) : await world.raw(PEOPLE[role]);
  await raw.write(`${method} ${path} HTTP/1.1\r\nHost: localhost\r\n${method === 'GET' ? '' : 'Content-Length: 0\r\n'}\r\n`);
  const answer = await raw.reply({ method });
  raw.destroy();
  const problem = /problem\+json/.test(answer.headers.get('content-type')) ? JSON.parse(answer.body.toString('utf8')).type : null;
  return { status: answer.status, problem, headers: answer.headers };
}

test('daemon/app/ROUTES.md is what the daemon prints', () => {
  assert.equal(readFileSync(join(root, 'daemon/app/ROUTES.md'), 'utf8'), text,
    'the route table has changed: look at the difference, then build/dev/daemon/app/wijzerd --route-matrix > daemon/app/ROUTES.md');
});

test('the table is whole', () => {
  assert.ok(rows.length > 25, `${rows.length} routes`);
  for (const row of rows) {
    for (const role of Object.keys(PEOPLE)) assert.match(row[role] ?? '', /^(yes|-|anyone)$/, JSON.stringify(row));
    if (row.method !== 'GET') assert.match(row.demands, /key/, `${row.path} changes state without a key`);
  }
});

describe('the live daemon', () => {
  for (const row of rows.filter(({ listener }) => listener !== 'web')) {
    test(`${row.method} ${row.path}`, async () => {
      for (const role of Object.keys(PEOPLE)) {
        const { status, problem } = await ask(role, row.method, concrete(row.path));
        const refused = status === 403 && problem === 'urn:wijzer:problem:wrong-role';
        assert.equal(refused, row[role] === '-', `${role}: the matrix says '${row[role]}', the daemon ${status} ${problem}`);
      }
    });
  }
});

describe('the web listener', () => {
  for (const row of rows.filter(({ listener }) => listener !== 'api')) {
    test(`${row.method} ${row.path}: for anybody, without a certificate`, async () => {
      assert.match(row.referrer, /^anyone$/, 'who comes there has no role');
      const { status } = await ask('nobody', row.method, concrete(row.path));
      assert.ok(![401, 403, 404].includes(status), `${status}`);
    });
  }
});

describe('what is not in it', () => {
  const here = rows.filter(({ listener }) => listener !== 'web');
  const paths = [...new Set(here.map((row) => row.path))];

  test('what the web listener alone has: 404', async () => {
    for (const row of rows.filter(({ listener }) => listener === 'web')) {
      for (const role of Object.keys(PEOPLE)) assert.equal((await ask(role, row.method, concrete(row.path))).status, 404, `${row.method} ${row.path}`);
    }
  });

  test('every other method on a known path: 405, with the ones there are', async () => {
    for (const path of paths) {
      const known = here.filter((row) => row.path === path).map((row) => row.method);
      for (const method of METHODS.filter((name) => !known.includes(name))) {
        const { status, headers } = await ask('coordinator', method, concrete(path));
        assert.equal(status, 405, `${method} ${path}`);
        for (const name of known) assert.ok(headers.get('allow').split(', ').includes(name), `${method} ${path}: ${headers.get('allow')}`);
      }
    }
  });

  test('on the web listener: whatever is not its own, 404', async () => {
    for (const row of rows.filter(({ listener }) => listener === 'api')) {
      if (rows.some(({ listener, path }) => listener !== 'api' && path === row.path)) continue;
      assert.equal((await ask('nobody', row.method, concrete(row.path))).status, 404, `${row.method} ${row.path}`);
    }
  });

  test('methods nobody knows: 501', async () => {
    for (const method of ['TRACE', 'CONNECT', 'PROPFIND', 'get']) {
      const { status } = await ask('steward', method, '/v1/me');
      assert.ok([400, 501].includes(status), `${method}: ${status}`);
    }
  });

  test('paths beside the known ones: 404 for every role', async () => {
    const known = new Set(paths.map(concrete));
    const beside = paths.map(concrete).flatMap((path) => [`${path}/`, `${path}x`, `${path}/_all`, path.toUpperCase(), `/v2${path}`])
      .filter((path) => !known.has(path) && !paths.some((template) => new RegExp(`^${template.replaceAll('{id}', '[^/_][^/]*').replaceAll('{number}', '[1-9][0-9]*')}$`).test(path)));
    for (const path of new Set([...beside, '/', '/v1', '/admin', '/v1/_all', '/metrics', '/favicon.ico'])) {
      for (const role of ['referrer', 'steward']) assert.equal((await ask(role, 'GET', path)).status, 404, `${role} ${path}`);
    }
  });
});

// Caps on connections: of the process, of one address, of one account. Beyond a cap connections are refused and counted;
// those that are there go on, and a place that was given back can be taken.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { Raw, material, pause } from './lib/raw.mjs';
import { World, eventually } from './lib/world.mjs';

const ME = 'GET /v1/me HTTP/1.1\r\nHost: localhost\r\n\r\n';

// A connection that got an answer, or null.
async function visit(world, options) {
  let raw;
  try {
    raw = await Raw.connect(world.port, { timeout: 3000, ...options });
    await raw.write(ME);
    const answer = await raw.reply({ timeout: 3000 });
    if (answer?.status === 200) return raw;
    if (answer) return { refused: answer, destroy: () => raw.destroy() };
  } catch {
    // refused in the handshake
  }
  raw?.destroy();
  return null;
}

function suite(what, conf, options, cap) {
  describe(what, () => {
    let world;
    before(async () => (world = await World.make({ conf })));
    after(() => world?.close());

    test(`${cap} are served, more are not, and places come back`, async () => {
      const taken = [];
      for (let i = 0; i < cap; i++) {
        const raw = await visit(world, options(world, i));
        assert.ok(raw && !raw.refused, `connection ${i + 1} of ${cap}`);
        taken.push(raw);
      }
      for (let i = 0; i < 3; i++) {
        const more = await visit(world, options(world, cap + i));
        if (more) {
          assert.equal(more.refused?.status, 429, 'one more was served');
          more.destroy();
        }
      }
      await taken[0].write(ME);
      assert.equal((await taken[0].reply()).status, 200);
      taken.pop().destroy();
      const again = await eventually(async () => {
        const raw = await visit(world, options(world, 0));
        if (raw?.refused) raw.destroy();
        return raw && !raw.refused ? raw : null;
      }, { what: 'the place that was given back' });
      for (const raw of [...taken, again]) raw.destroy();
      assert.match(world.log(), /connection-refused|account-refused/);
    });
  });
}

const profile = (name) => (world) => ({ profile: world.profile(name) });
suite('per process', { 'max-connections': 5 }, profile('gp'), 5);
suite('per address', { 'max-connections-per-address': 4 }, profile('gp'), 4);
suite('per account', { 'max-connections-per-account': 3 }, profile('gp'), 3);

describe('file descriptors', () => {
  let world;
  before(async () => {
    world = await World.make({ daemon: false });
    await world.start({ descriptors: 80 });
  });
  after(() => world?.close());

  // Seconds of processor time the daemon has used.
  const used = () => {
    const fields = readFileSync(`/proc/${world.daemon.pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  };

  test('when they run out it pauses instead of spinning, and goes on when some come back', async () => {
    const sockets = Array.from({ length: 150 }, () => net.connect(world.port, '127.0.0.1').on('error', () => {}));
    await eventually(() => /accept-paused/.test(world.log()), { what: 'accept-paused in the log' });
    const before = used();
    await pause(2000);
    assert.ok(used() - before < 1, `${used() - before} s of processor time in 2 s`);
    for (const socket of sockets) socket.destroy();
    const raw = await eventually(() => visit(world, profile('gp')(world)), { what: 'service' });
    raw.destroy();
  });
});

describe('shares', () => {
  let world;
  before(async () => (world = await World.make({ conf: { 'max-connections-per-address': 3, 'max-connections-per-account': 3 } })));
  after(() => world?.close());
  const nobody = () => eventually(async () => {
    const { text } = await world.plain('/metrics');
    return Number(/^wijzer_connections (\d+)$/m.exec(text)[1]) === 0;
  }, { what: 'no connection in the metrics' });

  test('another address still gets in when one is full', async () => {
    const taken = [];
    for (let i = 0; i < 3; i++) taken.push(await visit(world, profile('gp')(world)));
    assert.equal(await visit(world, profile('worker')(world)), null);
    const other = await visit(world, { ...material(world.profile('worker')), localAddress: '127.0.0.2' });
    assert.ok(other && !other.refused);
    for (const raw of [...taken, other]) raw.destroy();
    await nobody();
  });

  test('another account still gets in when one is full', async () => {
    const taken = [];
    for (let i = 0; i < 3; i++) taken.push(await visit(world, { ...profile('gp')(world), localAddress: `127.0.0.${10 + i}` }));
    const same = await visit(world, { ...profile('gp')(world), localAddress: '127.0.0.20' });
    assert.equal(same?.refused?.status, 429);
    const other = await visit(world, { ...profile('worker')(world), localAddress: '127.0.0.21' });
    assert.ok(other && !other.refused);
    for (const raw of [...taken, same, other]) raw.destroy();
  });

  test('two hundred connections that come and go leave no place taken', async () => {
    for (let i = 0; i < 200; i++) {
      const raw = await Raw.connect(world.port, { profile: world.profile('gp') }).catch(() => null);
      raw?.destroy();
    }
    await nobody();
    const raw = await visit(world, profile('gp')(world));
    assert.ok(raw && !raw.refused);
    raw.destroy();
  });
});

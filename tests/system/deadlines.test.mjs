// Deadlines are totals from accept on: a byte now and then does not extend them.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { after, before, describe, test } from 'node:test';
import { pause } from './lib/raw.mjs';
import { World, eventually } from './lib/world.mjs';

let world;
before(async () => {
  world = await World.make({ conf: { 'handshake-timeout': '1s', 'head-timeout': '1s', 'body-timeout': '1s', 'reply-timeout': '2s', 'idle-timeout': '1s' } });
});
after(() => world?.close());

const ME = 'GET /v1/me HTTP/1.1\r\nHost: localhost\r\n\r\n';
const HEAD = `POST /v1/referrals/_preview HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: ${randomUUID()}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n`;

// Sends a byte every 100 ms for as long as the connection takes it; returns the time until it ended.
async function drip(raw, text) {
  const start = Date.now();
  for (let i = 0; !raw.ended && Date.now() - start < 8000; i++) {
    raw.socket.write(text[i % text.length]);
    await pause(100);
  }
  return Date.now() - start;
}

describe('slow', () => {
  test('a handshake that does not go on is closed', async () => {
    const start = Date.now();
    await new Promise((done) => {
      const socket = net.connect(world.port, '127.0.0.1');
      socket.on('close', done).on('error', () => {}).resume();
      const timer = setInterval(() => socket.write('\x16'), 200);
      socket.on('close', () => clearInterval(timer));
    });
    const took = Date.now() - start;
    assert.ok(took > 100 && took < 4000, `${took} ms`);
  });

  test('a head that drips is ended with 408', async () => {
    const raw = await world.raw('gp');
    const took = await drip(raw, ME.slice(0, -2));
    assert.ok(took > 300 && took < 4500, `${took} ms`);
    assert.equal((await raw.reply())?.status, 408);
    raw.destroy();
  });

  test('a body that drips is ended with 408', async () => {
    const raw = await world.raw('gp');
    await raw.write(HEAD);
    const took = await drip(raw, ' ');
    assert.ok(took > 300 && took < 4500, `${took} ms`);
    assert.equal((await raw.reply())?.status, 408);
    raw.destroy();
  });

  test('a connection that says nothing is closed without an answer', async () => {
    const raw = await world.raw('gp');
    assert.ok(await raw.closes(4500));
  });

  test('an idle connection is closed after its last answer', async () => {
    const raw = await world.raw('gp');
    await raw.write(ME);
    assert.equal((await raw.reply()).status, 200);
    const start = Date.now();
    assert.ok(await raw.closes(4500));
    assert.ok(Date.now() - start > 500);
  });

  test('a reader that does not read is closed, keeps no memory, and others are served meanwhile', async () => {
    const raw = await world.raw('coordinator');
    raw.stall();
    const before = memory();
    raw.socket.write('GET /v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(2000));
    const start = Date.now();
    const others = world.api('gp');
    while (Date.now() - start < 2500) {
      assert.equal((await others.get('/v1/me')).status, 200);
      assert.ok(memory() - before < 64 << 20, `${memory() - before} bytes more`);
      await pause(100);
    }
    others.close();
    await eventually(async () => /^wijzer_connections 0$/m.test((await world.plain('/metrics')).text), { what: 'the end of the slow reader' });
    raw.destroy();
  });
});

// Resident memory of the daemon, bytes.
function memory() {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${world.daemon.pid}/status`, 'utf8'))[1]) * 1024;
}

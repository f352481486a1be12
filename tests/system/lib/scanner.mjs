// A virus scanner: a real clamd with a signature database of its own (what EICAR made for trying scanners, and nothing else), and
// one that behaves as a scanner should not.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { eventually, freePort } from './world.mjs';

// Put together here, so that no scanner of the machine takes this file for one.
export const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE', '!$H+H*'].join('');

export class Clamd {
  static async make(world) {
    const dir = join(world.dir, 'clamd');
    mkdirSync(join(dir, 'db'), { recursive: true });
    writeFileSync(join(dir, 'db/test.ndb'), `Wijzer.Test:0:*:${Buffer.from(EICAR).toString('hex')}\n`);
    const clamd = Object.assign(new Clamd(), { dir, socket: join(dir, 'clamd.sock'), port: await freePort() });
    writeFileSync(join(dir, 'clamd.conf'), [
      `LocalSocket ${clamd.socket}`, 'FixStaleSocket yes', `TCPSocket ${clamd.port}`, 'TCPAddr 127.0.0.1', `DatabaseDirectory ${join(dir, 'db')}`, `TemporaryDirectory ${dir}`,
      `LogFile ${join(dir, 'clamd.log')}`, 'Foreground yes', 'StreamMaxLength 10M', 'MaxThreads 2', 'ConcurrentDatabaseReload no', 'SelfCheck 0', '',
    ].join('\n'));
    await clamd.start();
    return clamd;
  }

  async start() {
    this.child = spawn('/usr/sbin/clamd', ['-c', join(this.dir, 'clamd.conf')], { stdio: 'ignore' });
    this.gone = new Promise((done) => this.child.once('exit', done));
    const answers = () => new Promise((done) => {
      const socket = net.connect(this.socket, () => socket.write('zPING\0')).on('error', () => done(false)).on('data', (data) => (socket.destroy(), done(/PONG/.test(data))));
    });
    await eventually(answers, { timeout: 20000, what: 'clamd' });
  }

  async stop() {
    this.child.kill('SIGKILL');
    await this.gone;
  }
}

// `act(socket)` is called for each connection; without it the connection is taken and nothing said.
export class FakeScanner {
  static async make(act = () => {}) {
    const fake = Object.assign(new FakeScanner(), { act, port: await freePort(), seen: 0, sockets: new Set() });
    fake.server = net.createServer((socket) => {
      fake.seen++;
      fake.sockets.add(socket);
      socket.on('error', () => {}).on('close', () => fake.sockets.delete(socket));
      fake.act(socket);
    });
    await new Promise((done) => fake.server.listen(fake.port, '127.0.0.1', done));
    return fake;
  }

  close() {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((done) => this.server.close(done));
  }
}

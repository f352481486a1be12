// A TCP proxy between the daemon and the database that counts bytes and can misbehave on demand: refuse, stall, or
// cut a connection after so many bytes in one direction.
import net from 'node:net';

export class Proxy {
  constructor(target) {
    this.target = target; // port on 127.0.0.1
    this.up = 0; // bytes from the client to the target, since the start
    this.down = 0;
    this.refusing = false;
    this.stalled = false;
    this.cut = null; // { direction: 'up' | 'down', bytes }: the byte after which everything is cut, once
    this.pairs = new Set();
    this.server = net.createServer((client) => this.take(client));
  }

  async listen() {
    await new Promise((done, fail) => this.server.once('error', fail).listen(0, '127.0.0.1', done));
    this.port = this.server.address().port;
    return this;
  }

  take(client) {
    if (this.refusing) return client.destroy();
    const target = net.connect(this.target, '127.0.0.1');
    const pair = { client, target };
    this.pairs.add(pair);
    const end = () => {
      client.destroy();
      target.destroy();
      this.pairs.delete(pair);
    };
    for (const socket of [client, target]) socket.on('error', end).on('close', end).setNoDelay(true);
    client.on('data', (data) => this.pass('up', data, target, end));
    target.on('data', (data) => this.pass('down', data, client, end));
    if (this.stalled) this.hold(pair);
  }

  pass(direction, data, to, end) {
    if (this.cut?.direction === direction && this.cut.bytes <= data.length) {
      const part = data.subarray(0, this.cut.bytes);
      this.cut = null;
      this[direction] += part.length;
      return part.length ? to.write(part, end) : end();
    }
    if (this.cut?.direction === direction) this.cut.bytes -= data.length;
    this[direction] += data.length;
    to.write(data);
  }

  hold(pair) {
    pair.client.pause();
    pair.target.pause();
  }

  stall() {
    this.stalled = true;
    for (const pair of this.pairs) this.hold(pair);
  }

  flow() {
    this.stalled = false;
    for (const pair of this.pairs) {
      pair.client.resume();
      pair.target.resume();
    }
  }

  cutAfter(direction, bytes) {
    this.cut = { direction, bytes };
  }

  dropAll() {
    for (const pair of [...this.pairs]) {
      pair.client.destroy();
      pair.target.destroy();
    }
  }

  close() {
    this.dropAll();
    return new Promise((done) => this.server.close(done));
  }
}

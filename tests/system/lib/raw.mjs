// A raw TLS connection: bytes out, bytes in, and a reader of HTTP/1.1 answers that is strict about what it expects.
// For what an HTTP client would never send, and for seeing exactly what came back.
import tls from 'node:tls';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// Certificate, key and CA of a profile directory.
export function material(profile) {
  return {
    cert: readFileSync(join(profile, 'cert.pem')),
    key: readFileSync(join(profile, 'key.pem')),
    ca: readFileSync(join(profile, 'ca.pem')),
  };
}

export class Raw {
  constructor(socket) {
    this.socket = socket;
    this.buffer = Buffer.alloc(0);
    this.ended = false;
    this.error = null;
    this.waiting = [];
    socket.on('data', (data) => {
      this.buffer = Buffer.concat([this.buffer, data]);
      this.wake();
    });
    socket.on('end', () => this.end());
    socket.on('close', () => this.end());
    socket.on('error', (error) => {
      this.error = error;
      this.end();
    });
  }

  // options: profile (directory) or nothing for no client certificate; tls: further options of tls.connect.
  static connect(port, { profile, ca, timeout = 20000, ...more } = {}) {
    const options = {
      host: '127.0.0.1', port, servername: 'localhost', ALPNProtocols: ['http/1.1'],
      ...(profile ? material(profile) : {}), ...(ca ? { ca } : {}), ...more,
    };
    return new Promise((done, fail) => {
      const socket = tls.connect(options);
      const timer = setTimeout(() => socket.destroy(new Error('no TLS handshake in time')), timeout);
      socket.once('error', (error) => (clearTimeout(timer), fail(error)));
      socket.once('secureConnect', () => {
        clearTimeout(timer);
        socket.setNoDelay(true);
        socket.removeAllListeners('error');
        done(new Raw(socket));
      });
    });
  }

  wake() {
    for (const waiter of this.waiting.splice(0)) waiter();
  }

  end() {
    this.ended = true;
    this.wake();
  }

  write(data) {
    return new Promise((done) => this.socket.write(data, () => done()));
  }

  // Stops and resumes taking bytes from the kernel: a slow reader.
  stall() {
    this.socket.pause();
  }

  async until(test, timeout, what) {
    const deadline = Date.now() + timeout;
    while (!test()) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`${what}: nothing within ${timeout} ms; have ${JSON.stringify(this.buffer.toString('latin1').slice(0, 300))}`);
      await Promise.race([new Promise((done) => this.waiting.push(done)), pause(left)]);
    }
  }

  // The next answer (an interim 1xx counts as one), or null when the connection ended without one.
  // `method` HEAD has no body.
  async reply({ timeout = 20000, method = 'GET' } = {}) {
    await this.until(() => this.buffer.includes('\r\n\r\n') || this.ended, timeout, 'head of an answer');
    const stop = this.buffer.indexOf('\r\n\r\n');
    if (stop < 0) {
      if (this.buffer.length > 0) throw new Error(`the connection ended within a head: ${this.buffer.toString('latin1')}`);
      return null;
    }
    const lines = this.buffer.subarray(0, stop).toString('latin1').split('\r\n');
    const line = /^HTTP\/1\.1 (\d{3}) ([\x20-\x7e]*)$/.exec(lines[0]);
    if (!line) throw new Error(`not a status line: ${lines[0]}`);
    const headers = new Map();
    for (const field of lines.slice(1)) {
      const at = field.indexOf(': ');
      if (at < 1) throw new Error(`not a field: ${field}`);
      const name = field.slice(0, at).toLowerCase();
      if (headers.has(name)) throw new Error(`field twice: ${name}`);
      headers.set(name, field.slice(at + 2));
    }
    const status = Number(line[1]);
    const bodyless = status < 200 || status === 204 || status === 304 || method === 'HEAD';
    if (!bodyless && !headers.has('content-length')) throw new Error('an answer without Content-Length');
    const length = bodyless ? 0 : Number(headers.get('content-length'));
    await this.until(() => this.buffer.length >= stop + 4 + length || this.ended, timeout, 'body of an answer');
    if (this.buffer.length < stop + 4 + length) throw new Error('the connection ended within a body');
    const body = this.buffer.subarray(stop + 4, stop + 4 + length);
    this.buffer = this.buffer.subarray(stop + 4 + length);
    return {
      status, headers, body, text: body.toString('utf8'),
      get json() { return JSON.parse(this.text); },
    };
  }

  // Whether the other side closes within the time, without sending anything more.
  async closes(timeout = 20000) {
    try {
      await this.until(() => this.ended, timeout, 'close');
    } catch {
      return false;
    }
    return this.buffer.length === 0;
  }

  destroy() {
    this.socket.destroy();
  }
}

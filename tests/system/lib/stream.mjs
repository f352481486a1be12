// An open event stream: server-sent events as a browser would read them (WHATWG HTML §9.2), kept in the order of coming.
import assert from 'node:assert/strict';
import https from 'node:https';
import { material } from './raw.mjs';
import { eventually } from './world.mjs';

export class Stream {
  // options: lastId, port (another daemon's).
  static open(world, name, { lastId, port = world.port } = {}) {
    const stream = new Stream();
    const headers = { Accept: 'text/event-stream', ...(lastId ? { 'Last-Event-ID': lastId } : {}) };
    return new Promise((done, fail) => {
      stream.request = https.request({ host: '127.0.0.1', port, path: '/v1/events', agent: false, ...material(world.profile(name)),
        servername: 'localhost', ALPNProtocols: ['http/1.1'], headers }, (response) => {
        stream.response = response;
        stream.status = response.statusCode;
        stream.headers = response.headers;
        response.setEncoding('utf8').on('data', (text) => stream.take(text)).on('close', () => (stream.ended = true)).on('error', () => {});
        done(stream);
      });
      stream.request.on('error', (error) => (stream.ended ? null : fail(error))).end();
    });
  }

  constructor() {
    Object.assign(this, { text: '', events: [], lastId: null, beats: 0, ended: false });
  }

  take(text) {
    this.text += text;
    if (this.status !== 200) return;
    for (let at; (at = this.text.indexOf('\n\n')) >= 0; this.text = this.text.slice(at + 2)) this.takeFrame(this.text.slice(0, at));
  }

  takeFrame(frame) {
    const fields = Object.fromEntries(frame.split('\n').map((line) => /^(\w+): (.*)$/.exec(line).slice(1)));
    this.lastId = fields.id;
    if (fields.data === undefined) {
      this.beats++;
      return;
    }
    const event = JSON.parse(fields.data);
    assert.deepEqual([event.id, event.kind], [fields.id, fields.event]);
    this.events.push(event);
  }

  // The kinds of what came about one referral.
  kinds(referralId) {
    return this.events.filter((event) => event.referralId === referralId).map((event) => event.kind);
  }

  until(what, test, timeout = 20000) {
    return eventually(() => test(this), { what, timeout });
  }

  close() {
    this.ended = true;
    this.request.destroy();
  }
}

// A client of the API for tests: one keep-alive connection per Api, a fresh Idempotency-Key per POST unless told
// otherwise, and EVERY answer is validated against proto/openapi.yaml by tests/api/validate.mjs.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import https from 'node:https';
import { checkAnswer } from './contract.mjs';
import { material } from './raw.mjs';

export class Api {
  constructor(world, profile) {
    this.world = world;
    this.agent = new https.Agent({ keepAlive: true, maxSockets: 1, ...material(profile), servername: 'localhost', ALPNProtocols: ['http/1.1'] });
  }

  close() {
    this.agent.destroy();
  }

  // One request. body: an object (sent as JSON), a string or Buffer (sent as it is), or nothing.
  // Returns { status, headers, text, json, bytes }; json is undefined for an answer that is not JSON.
  send(method, path, body, headers = {}, { timeout = 20000 } = {}) {
    const data = body === undefined ? null : typeof body === 'string' || Buffer.isBuffer(body) ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
    const fields = { ...(data ? { 'Content-Type': 'application/json', 'Content-Length': data.length } : {}), ...headers };
    for (const name of Object.keys(fields)) if (fields[name] === null) delete fields[name];
    return new Promise((done, fail) => {
      const request = https.request({ host: '127.0.0.1', port: this.port ?? this.world.port, path, method, agent: this.agent, headers: fields, timeout }, (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part)).on('error', fail).on('end', async () => {
          const bytes = Buffer.concat(parts);
          const text = bytes.toString('utf8');
          const type = response.headers['content-type'] ?? '';
          const json = /json/.test(type) ? JSON.parse(text) : undefined;
          const answer = { status: response.statusCode, headers: response.headers, text, json, bytes };
          try {
            await checkAnswer(method, path, answer);
            done(answer);
          } catch (error) {
            fail(error);
          }
        });
      });
      request.on('timeout', () => request.destroy(new Error(`no answer to ${method} ${path} within ${timeout} ms`))).on('error', fail);
      request.end(data);
    });
  }

  get(path, headers) {
    return this.send('GET', path, undefined, headers);
  }

  // A POST with an Idempotency-Key; pass 'Idempotency-Key': null to leave it out.
  post(path, body, headers = {}) {
    return this.send('POST', path, body, { 'Idempotency-Key': randomUUID(), ...headers });
  }

  // ---- what tests do all the time; each asserts success ----

  async refer(more = {}, headers) {
    const body = referral(more);
    this.world.secret(body.client.name, body.client.phone, body.text);
    const answer = await this.post('/v1/referrals', body, headers);
    assert.equal(answer.status, 201, answer.text);
    return answer.json;
  }

  async step(id) {
    const answer = await this.get(`/v1/steps/${id}`);
    assert.equal(answer.status, 200, answer.text);
    return { ...answer.json, etag: answer.headers.etag };
  }

  // One of _accept, _decline, _report, _complete, _answer with the step's present version.
  async move(id, verb, body = {}) {
    const { etag } = await this.step(id);
    const answer = await this.post(`/v1/steps/${id}/_${verb}`, body, { 'If-Match': etag });
    assert.equal(answer.status, 200, answer.text);
    return answer.json;
  }

  async referral(id) {
    const answer = await this.get(`/v1/referrals/${id}`);
    assert.equal(answer.status, 200, answer.text);
    return answer.json;
  }
}

// A referral that is right; official test persons of the population register.
export function referral({ client = {}, ...more } = {}) {
  return {
    domains: ['social-network'],
    client: { name: 'Margriet Maassen', birthYear: 1948, area: '5751', phone: '+31 6 55512345', ...client },
    text: 'Komt vaak met hoofdpijn; voelt zich alleen sinds haar man is overleden.',
    ...more,
  };
}

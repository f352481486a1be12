// Where one organisation, the coordination, hears by webhook that something waits for it: a real HTTPS server, which now and then fails as such
// servers do. It keeps what came and what it answered, and whether each was signed and told nothing but that there is something.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { eventually, freePort } from '../system/lib/world.mjs';

const KINDS = ['step', 'notice'];
// What it does with a request, by weight: answers, hangs up, or answers when nobody waits any more.
const ANSWERS = { 204: 68, 500: 12, 503: 10, 'hang-up': 8, slow: 2 };
const SLOW = 900; // ms; nobody waits so long (outbound-timeout)
const TOLD = ['id', 'type', 'region', 'at', 'noticeId', 'referralId', 'stepId'];

const equal = (a, b) => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

export class Receiver {
  static async make(world, random) {
    const receiver = Object.assign(new Receiver(), { world, random, got: [], port: await freePort(), isWell: false, redelivered: 0 });
    const options = { cert: readFileSync(join(world.pki, 'server/cert.pem')), key: readFileSync(join(world.pki, 'server/key.pem')) };
    receiver.server = https.createServer(options, (request, response) => {
      let body = '';
      request.on('data', (data) => (body += data)).on('error', () => {}).on('end', () => receiver.take(request.headers, body, response));
    });
    receiver.server.on('tlsClientError', () => {});
    await new Promise((done) => receiver.server.listen(receiver.port, '127.0.0.1', done));
    return receiver;
  }

  take(headers, body, response) {
    const answer = this.isWell ? '204' : this.random.among(ANSWERS);
    this.got.push({ answer, id: headers['webhook-id'], wrong: this.faultOf(headers, body), ...this.about(body) });
    response.on('error', () => {});
    if (answer === 'hang-up') response.destroy();
    else if (answer === 'slow') setTimeout(() => response.writeHead(204).end(), SLOW).unref();
    else response.writeHead(Number(answer)).end();
  }

  about(body) {
    const { type, noticeId, stepId } = JSON.parse(body);
    return { type, about: type === 'notice' ? noticeId : stepId };
  }

  // What is wrong with a request; null: nothing.
  faultOf(headers, body) {
    const hash = createHmac('sha256', this.secret).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`).digest('base64');
    const json = JSON.parse(body);
    if (!equal(headers['webhook-signature'] ?? '', `v1,${hash}`)) return 'its signature is not right';
    if (json.id !== headers['webhook-id'] || json.region !== 'deurne' || !KINDS.includes(json.type)) return `it is not what was asked for: ${body}`;
    if (Object.keys(json).sort().join() !== [...TOLD].sort().join()) return `it tells more, or less: ${body}`;
    return null;
  }

  // The organisation of this person hears here from now on, and looks after it.
  async subscribe(person) {
    const { status, json, text } = await person.line.post('/v1/subscriptions', { channel: 'webhook', address: `https://localhost:${this.port}/in`, kinds: KINDS });
    if (status !== 201) throw new Error(`no subscription: ${status} ${text}`);
    this.subscription = json;
    this.secret = Buffer.from(json.secret.replace('whsec_', ''), 'base64');
    this.owner = person;
  }

  // Now and then somebody looks at what could not be delivered, and has it sent again.
  async look(person, always) {
    if (!always && !person.random.chance(0.2)) return;
    if (!(await person.line.list('/v1/deliveries?dead=true')).length) return;
    const { status, json, text } = await person.line.post('/v1/deliveries/_redeliver', {});
    if (status !== 200) throw new Error(`what is dead was not sent again: ${status} ${text}`);
    this.redelivered += json.redelivered;
  }

  // Nothing waits, is dead or was not looked at yet.
  isDone() {
    return !this.world.sql(`
      SELECT state FROM data.dispatch WHERE region_id = 1 AND state IN ('waiting', 'dead')
      UNION ALL
      SELECT 'not looked at' FROM data.dispatch_place p WHERE p.region_id = 1
      AND (EXISTS (SELECT FROM data.event e WHERE e.region_id = 1 AND (e.tx, e.event_id) > (p.event_tx, p.event_id))
           OR EXISTS (SELECT FROM data.notice n WHERE n.region_id = 1 AND (n.tx, n.notice_id) > (p.notice_tx, p.notice_id)))
      LIMIT 1`);
  }

  // All that is left goes out to a receiver that is well again: one after the other, so that much of it takes long, but it goes on.
  async settle() {
    this.isWell = true;
    for (let had; !this.isDone();) {
      had = this.got.length;
      await this.look(this.owner, true);
      await eventually(() => this.got.length > had || this.isDone(), { timeout: 30000, every: 100, what: 'the next of all that goes out' });
    }
  }

  stop() {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(done));
  }

  told() {
    const delivered = new Set(this.got.filter(({ answer }) => answer === '204').map(({ id }) => id)).size;
    return `${delivered} webhooks delivered in ${this.got.length} attempts, ${this.redelivered} sent again by hand`;
  }
}

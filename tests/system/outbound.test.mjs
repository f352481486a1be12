// What goes out: mail through a real mail server, signed webhooks to a real HTTPS receiver, tried again, dead and sent again,
// over restarts, kill -9 and two daemons.
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { World, eventually, freePort } from './lib/world.mjs';
import { MailServer } from './lib/mail.mjs';

let world, mail, gp, worker, steward, receivers = [];

// A receiver: keeps what comes; `answer` is a status, or a function of the request's number that gives one (or never, null).
class Receiver {
  static async make(answer = 204) {
    const receiver = Object.assign(new Receiver(), { answer, got: [], port: await freePort() });
    await receiver.start();
    receivers.push(receiver);
    return receiver;
  }

  start() {
    this.server = https.createServer({ cert: readFileSync(join(world.pki, 'server/cert.pem')), key: readFileSync(join(world.pki, 'server/key.pem')) }, (request, response) => {
      let body = '';
      request.on('data', (data) => (body += data)).on('end', () => {
        this.got.push({ headers: request.headers, body, json: JSON.parse(body) });
        const status = typeof this.answer === 'function' ? this.answer(this.got.length) : this.answer;
        if (status) response.writeHead(status).end('x'.repeat(status === 200 ? 100000 : 0));
      });
    });
    return new Promise((done) => this.server.listen(this.port, '127.0.0.1', done));
  }

  stop() {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(done));
  }

  get url() { return `https://localhost:${this.port}/in`; }
  get ids() { return this.got.map((one) => one.headers['webhook-id']); }
}

before(async () => {
  world = await World.make({ daemon: false });
  mail = await MailServer.make(world);
  world.configure({
    'smtp-url': `smtp://localhost:${mail.port}`, 'mail-from': 'wijzer@wijzer.test', 'mail-gather': '1500ms', webhooks: 'on',
    'webhook-allow-private': 'on', 'outbound-ca': join(world.pki, 'ca/ca.pem'), 'outbound-timeout': '2s', 'outbound-attempts': 5, 'outbound-backoff': '100ms',
  });
  await world.start();
  [gp, worker, steward] = ['gp', 'worker', 'steward'].map((name) => world.api(name));
});
after(async () => {
  for (const receiver of receivers) await receiver.stop().catch(() => {});
  await mail.close();
  await world.close();
});

async function subscribe(api, channel, address, kinds, status = 201) {
  const answer = await api.post('/v1/subscriptions', { channel, address, ...(kinds ? { kinds } : {}) });
  assert.equal(answer.status, status, answer.text);
  return answer.json;
}
const end = async (api, { id }) => assert.equal((await api.post(`/v1/subscriptions/${id}/_end`, {})).status, 200);
const states = (subscription) => world.sql(`SELECT coalesce(string_agg(concat_ws(' ', state, last_error), ',' ORDER BY dispatch_id), '') FROM data.dispatch WHERE wijzer.code(subscription_id) = '${subscription.id}'`);

test('a mail without content, many as one', async () => {
  const one = await subscribe(worker, 'mail', 'team@levgroep.test', ['step']);
  assert.equal(one.secret, null);
  await gp.refer();
  await gp.refer();
  const [text] = await eventually(() => mail.mails().length === 1 && mail.mails(), { what: 'a mail' });
  assert.match(text, /^Envelope-to: team@levgroep\.test$/m);
  assert.match(text, /^Subject: Er staan 2 berichten voor u klaar in Wijzer$/m);
  assert.match(text, /^Auto-Submitted: auto-generated$/m);
  assert.match(text, /^Message-ID: <deurne\.[0-9A-Z-]+@wijzer\.test>$/mi);
  assert.match(text, /^Date: \w{3}, \d\d \w{3} \d{4} [\d:]{8} \+0000$/m);
  assert.match(text, /- een nieuwe stap in uw werklijst/);
  assert.match(text, /with esmtps/, 'by STARTTLS');
  await eventually(() => states(one) === 'sent,sent', { timeout: 20000, every: 300, what: 'both sent' });
  await end(worker, one);
});

test('a server that is down, or says not now, is tried again; one that says never is dead, and sent again by hand', async () => {
  const one = await subscribe(worker, 'mail', 'team@levgroep.test'), gone = await subscribe(worker, 'mail', 'gone@levgroep.test');
  const had = mail.mails().length;
  await mail.stop();
  await gp.refer();
  await eventually(() => /no-connection/.test(states(one)), { every: 10, what: 'a failure' });
  await mail.start();
  await eventually(() => mail.mails().length > had, { timeout: 30000, what: 'the mail, later' });
  await eventually(() => states(gone) === 'dead smtp-550', { timeout: 30000, what: 'a dead letter' });
  const dead = (await worker.get('/v1/deliveries?dead=true')).json.items;
  assert.equal(dead.length, 1);
  assert.equal((await steward.get('/v1/deliveries?dead=true')).json.items[0].referralId, null);
  assert.equal((await gp.post(`/v1/deliveries/${dead[0].id}/_redeliver`, {})).status, 404);
  assert.deepEqual((await worker.post(`/v1/deliveries/${dead[0].id}/_redeliver`, {})).json, { redelivered: 1 });
  await eventually(() => states(gone) === 'dead smtp-550', { timeout: 30000, what: 'dead again' });
  await end(worker, one);
  await end(worker, gone);
  assert.equal((await worker.post(`/v1/deliveries/${dead[0].id}/_redeliver`, {})).status, 409);
});

test('a webhook is signed, and told what, not of whom', async () => {
  const receiver = await Receiver.make((n) => (n === 1 ? 500 : 200));
  const key = { 'Idempotency-Key': randomUUID() }, body = { channel: 'webhook', address: receiver.url, kinds: ['step'] };
  const made = (await worker.post('/v1/subscriptions', body, key)).json;
  assert.deepEqual((await worker.post('/v1/subscriptions', body, key)).json, made, 'the same answer');
  assert.equal((await worker.get('/v1/subscriptions')).json.items[0].address, receiver.url);
  assert.ok(!(await worker.get('/v1/subscriptions')).text.includes('whsec_'), 'the secret once');
  assert.equal(world.sql(`SELECT count(*) FROM data.subscription WHERE address LIKE '%localhost%'`), '0', 'sealed');
  const referral = await gp.refer();
  await eventually(() => receiver.got.length === 2, { what: 'a second attempt' });
  assert.equal(receiver.ids[0], receiver.ids[1]);
  for (const { headers, body: sent, json } of receiver.got) {
    const secret = Buffer.from(made.secret.replace('whsec_', ''), 'base64');
    const hash = createHmac('sha256', secret).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${sent}`).digest('base64');
    assert.equal(headers['webhook-signature'], `v1,${hash}`);
    assert.ok(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1000) < 30);
    assert.deepEqual([json.id, json.type, json.region, json.referralId, Object.keys(json).length], [headers['webhook-id'], 'step', 'deurne', referral.id, 7]);
  }
  await eventually(() => states(made) === 'sent', { what: 'sent, however much it answered' });
  await end(worker, made);
});

test('a slow receiver holds nobody up, a dead one dies, one that is gone is ended', async () => {
  const [slow, good, broken, gone] = await Promise.all([Receiver.make(null), Receiver.make(), Receiver.make(503), Receiver.make(410)]);
  const made = [];
  for (const receiver of [slow, good, broken, gone]) made.push(await subscribe(worker, 'webhook', receiver.url, ['step']));
  for (let i = 0; i < 4; i++) await gp.refer();
  await eventually(() => good.got.length === 4, { timeout: 20000, what: 'the good one has all' });
  await eventually(() => !/waiting|sent/.test(states(made[2])) && broken.got.length >= 12, { timeout: 40000, every: 500, what: 'dead after five attempts each' });
  await eventually(() => /dead http-410/.test(states(made[3])), { timeout: 20000, every: 300, what: 'ended' });
  assert.ok((await worker.get('/v1/subscriptions')).json.items.every((one) => one.id !== made[3].id));
  assert.equal((await worker.get('/v1/notices?pageSize=200')).json.items.filter(({ kind }) => kind.code === 'subscription-gone').length, 1, 'which its organisation is told');
  assert.match((await world.cli('worker', ['notices'])).stdout, /Afgemeld: het adres van uw webhook is opgeheven {2}NIEUW/);
  const seen = (await steward.get('/v1/subscriptions')).json.items.filter(({ organisation }) => organisation.code === 'levgroep');
  assert.deepEqual(seen.map(({ id, address }) => [id, address]), made.slice(0, 3).map(({ id }) => [id, null]), 'a steward sees them, not where');
  assert.match((await world.cli('steward', ['subscriptions'])).stdout, new RegExp(`${made[0].id}  webhook  van LEVgroep: nieuwe stap`));
  broken.answer = 204;
  assert.equal((await worker.post('/v1/deliveries/_redeliver', {})).status, 200);
  await eventually(() => /^(sent,?){4}$/.test(states(made[2])), { timeout: 40000, every: 500, what: 'replayed' });
  await end(steward, made[0]);
  for (const one of made.slice(1, 3)) await end(worker, one);
});

test('many for one receiver go out behind each other, without a rest between them', async () => {
  const receiver = await Receiver.make(503);
  const made = await subscribe(worker, 'webhook', receiver.url, ['step']);
  for (let i = 0; i < 40; i++) await gp.refer();
  const waiting = (which) => Number(world.sql(`SELECT count(*) FROM data.dispatch WHERE wijzer.code(subscription_id) = '${made.id}' AND ${which}`));
  await eventually(() => waiting('true') === 40, { timeout: 20000, what: 'forty letters' });
  receiver.answer = 204;
  const begun = Date.now(), tried = receiver.got.length;
  await eventually(() => {
    world.sql(`UPDATE data.dispatch SET state = 'waiting', ended_at = NULL, attempts = 0, next_at = wijzer.clock() WHERE state = 'dead' AND wijzer.code(subscription_id) = '${made.id}'`);
    return waiting(`state = 'sent'`) === 40;
  }, { timeout: 40000, what: 'all sent' });
  assert.ok(Date.now() - begun < 30000, `forty took ${Date.now() - begun} ms`);
  assert.equal(receiver.got.length - tried, 40, 'once each');
  await end(worker, made);
});

test('nobody is missed over kill -9, a restart and two daemons, and doubles have one id', async () => {
  const receiver = await Receiver.make();
  const made = await subscribe(worker, 'webhook', receiver.url, ['step']);
  const other = await world.startOther();
  const referrals = [];
  for (let i = 0; i < 12; i++) {
    referrals.push((await gp.refer()).id);
    if (i === 4) other.signal?.('SIGKILL');
    if (i === 8) {
      await world.kill();
      await world.start();
      gp.close();
      gp = world.api('gp');
      worker = world.api('worker');
    }
  }
  const heard = () => new Set(receiver.got.map((one) => one.json.referralId));
  await eventually(() => heard().size === 12, { timeout: 30000, what: 'all of them' });
  assert.deepEqual([...heard()].sort(), referrals.sort());
  assert.equal(new Set(receiver.ids).size, 12);
  await eventually(() => /^(sent,?){12}$/.test(states(made)), { timeout: 30000, what: 'all settled' });
  await end(worker, made);
});

test('sent but not said so: sent again, under the same id', async () => {
  const receiver = await Receiver.make(() => { world.daemon.signal('SIGKILL'); return 204; });
  const made = await subscribe(worker, 'webhook', receiver.url, ['step']);
  await gp.refer();
  await eventually(() => world.daemon.gone, { what: 'the daemon is gone' });
  receiver.answer = 204;
  await world.start();
  [gp, worker, steward] = ['gp', 'worker', 'steward'].map((name) => world.api(name));
  await eventually(() => receiver.got.length === 2, { timeout: 40000, what: 'once more' });
  assert.equal(receiver.ids[0], receiver.ids[1]);
  await end(worker, made);
});

test('by the client', async () => {
  const made = await world.cli('worker', ['subscribe', 'webhook', 'https://example.org/in', '--about', 'step,question', '--personal']);
  assert.equal(made.code, 0, made.stderr);
  const [, id] = /Aangemeld: (\S+)/.exec(made.stdout);
  assert.match(made.stdout, /whsec_/);
  assert.match((await world.cli('worker', ['subscriptions'])).stdout, new RegExp(`${id}  webhook  https://example.org/in: vraag, nieuwe stap  VOOR U`));
  assert.match((await world.cli('worker', ['deliveries', '--dead'])).stdout, /niet gelukt {2}\(http-410\)/);
  assert.equal((await world.cli('worker', ['redeliver'])).code, 2);
  assert.equal((await world.cli('worker', ['redeliver', '--all'])).code, 0);
  assert.match((await world.cli('worker', ['unsubscribe', id])).stdout, /Afgemeld/);
  assert.match((await world.cli('worker', ['subscribe', 'mail', 'a b'])).stderr, /\S/);
});

test('feedback that waits for the digest is told of with it, once, by mail and by webhook', async () => {
  const receiver = await Receiver.make();
  const made = [await subscribe(gp, 'webhook', receiver.url, ['feedback']), await subscribe(gp, 'mail', 'praktijk@depeel.test')];
  assert.equal((await gp.post('/v1/feedback-contracts', { form: 'daily', milestones: ['accepted', 'first-contact'] })).status, 201);
  const { stepId } = await gp.refer();
  await worker.move(stepId, 'accept', {});
  await worker.move(stepId, 'report', { state: 'first-contact', text: 'Gebeld.' });
  await eventually(() => world.sql(`SELECT count(*) FROM data.event e JOIN data.dispatch_place p USING (region_id)
    WHERE (e.tx, e.event_id) > (p.event_tx, p.event_id)`) === '0', { what: 'all events looked at' });
  assert.deepEqual(made.map(states), ['', ''], 'nothing before it');
  // In a week there is always a working day, and its morning.
  await world.stop();
  const hours = 7 * 24;
  world.sql(`ALTER DATABASE wijzer SET wijzer.clock_offset = '${hours} hours'`);
  world.configure({ 'clock-offset': `${hours}h` });
  await world.start();
  await eventually(() => made.every((one) => states(one) === 'sent'), { timeout: 20000, what: 'both told' });
  assert.deepEqual(receiver.got.map(({ json }) => [json.type, json.referralId, json.stepId]), [['feedback', null, null]]);
  // The mail server has it, and puts it into the box when it likes.
  const theirs = () => mail.mails().filter((text) => /^Envelope-to: praktijk@depeel\.test$/m.test(text));
  await eventually(() => theirs().length === 1, { timeout: 20000, what: 'the mail' });
  assert.match(theirs()[0], /^Subject: Er staat een bericht voor u klaar in Wijzer$[\s\S]*- een terugkoppeling/m);
  for (const one of made) await end(gp, one);
});

test('no webhook reaches inside, nothing slips into a header', async () => {
  for (const [channel, address] of [['mail', 'a@b.nl\r\nBcc: c@d.nl'], ['mail', 'Jan <jan@b.nl>'], ['mail', 'jan@b'], ['mail', 'a b@c.nl'],
    ['webhook', 'http://example.org/'], ['webhook', 'https://u:p@example.org/'], ['webhook', 'file:///etc/passwd'], ['webhook', 'https://'], ['webhook', 'https://a"b/']])
    assert.match((await subscribe(worker, channel, address, undefined, 422)).errors?.[0]?.pointer ?? '/address', /address/);
  // What was let in before, and a name, are refused when something is sent.
  const receiver = await Receiver.make();
  const made = [];
  const addresses = [`https://127.0.0.1:${receiver.port}/`, `https://[::ffff:127.0.0.1]:${receiver.port}/`, `https://0x7f.1:${receiver.port}/`, 'https://169.254.169.254/'];
  for (const url of addresses) made.push(await subscribe(worker, 'webhook', url, ['step']));
  await world.stop();
  world.configure({ 'webhook-allow-private': null });
  await world.start();
  [gp, worker, steward] = ['gp', 'worker', 'steward'].map((name) => world.api(name));
  for (const url of [...addresses, 'https://[::1]/', 'https://10.0.0.1/', 'https://2130706433/'])
    assert.match((await subscribe(worker, 'webhook', url, ['step'], 422)).errors[0].detail, /public internet/, url);
  await end(worker, await subscribe(worker, 'webhook', 'https://192.0.1.1/', ['step']));
  made.push(await subscribe(worker, 'webhook', receiver.url, ['step']));
  await gp.refer();
  for (const one of made) await eventually(() => states(one) === 'dead address-refused', { what: 'refused' });
  assert.equal(receiver.got.length, 0);
  assert.ok(!/levgroep\.test|localhost:\d+\/in/.test(world.log()), 'no address in the log');
});

test('who subscribes to what is not set up hears so at once', async () => {
  await world.stop();
  world.configure({ 'smtp-url': null, 'mail-from': null, webhooks: null });
  await world.start();
  worker = world.api('worker');
  assert.match((await subscribe(worker, 'mail', 'new@levgroep.test', undefined, 409)).detail, /not been set up to send mail/);
  assert.match((await subscribe(worker, 'webhook', 'https://example.org/new', undefined, 409)).detail, /not been set up to send webhooks/);
  const told = await world.cli('worker', ['subscribe', 'mail', 'new@levgroep.test']);
  assert.deepEqual([told.code, /verstuurt nog geen mail/.test(told.stderr)], [1, true], told.stderr);
});

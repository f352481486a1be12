// Once: the same key and body give the same answer, byte for byte, and one effect; another body under the same key is
// refused. And what guards a step: If-Match.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { referral } from './lib/api.mjs';
import { World } from './lib/world.mjs';

let world, gp, worker;
before(async () => {
  world = await World.make();
  gp = world.api('gp');
  worker = world.api('worker');
});
after(() => world?.close());

const referrals = () => Number(world.sql('SELECT count(*) FROM data.referral'));
const events = () => Number(world.sql('SELECT count(*) FROM data.event'));

describe('submit', () => {
  test('the same again: the same bytes, one referral', async () => {
    const key = randomUUID();
    const before = referrals();
    const first = await gp.post('/v1/referrals', referral(), { 'Idempotency-Key': key });
    assert.equal(first.status, 201, first.text);
    for (let i = 0; i < 3; i++) {
      const again = await gp.post('/v1/referrals', referral(), { 'Idempotency-Key': key });
      assert.equal(again.status, 201);
      assert.ok(again.bytes.equals(first.bytes), `${again.text}\n${first.text}`);
      assert.equal(again.headers.location, first.headers.location);
    }
    assert.equal(referrals(), before + 1);
  });

  test('another body under the same key is 422', async () => {
    const key = randomUUID();
    await gp.refer({}, { 'Idempotency-Key': key });
    const before = referrals();
    const other = await gp.post('/v1/referrals', referral({ text: 'iets anders' }), { 'Idempotency-Key': key });
    assert.equal(other.status, 422, other.text);
    assert.equal(other.json.type, 'urn:wijzer:problem:idempotency-key-reused');
    assert.equal(referrals(), before);
  });

  test('a key belongs to the account that used it', async () => {
    const key = randomUUID();
    const mine = await gp.refer({}, { 'Idempotency-Key': key });
    const theirs = await world.api('gp2').refer({}, { 'Idempotency-Key': key });
    assert.notEqual(mine.id, theirs.id);
  });

  test('twenty at once with the same key: one effect, one answer', async () => {
    const key = randomUUID();
    const before = referrals();
    const clients = Array.from({ length: 20 }, () => world.api('gp'));
    await Promise.all(clients.map((api) => api.get('/v1/me')));
    const answers = await Promise.all(clients.map((api) => api.post('/v1/referrals', referral(), { 'Idempotency-Key': key })));
    assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [201]);
    assert.equal(new Set(answers.map((answer) => answer.text)).size, 1);
    assert.equal(referrals(), before + 1);
    for (const api of clients) api.close();
  });

  test('twenty at once with the same key and two bodies: one effect, one kind is refused', async () => {
    const key = randomUUID();
    const before = referrals();
    const clients = Array.from({ length: 20 }, () => world.api('gp'));
    const answers = await Promise.all(clients.map((api, i) => api.post('/v1/referrals', referral({ text: `soort ${i % 2}` }), { 'Idempotency-Key': key })));
    const won = answers.filter((answer) => answer.status === 201);
    const lost = answers.filter((answer) => answer.status === 422);
    assert.equal(won.length + lost.length, 20);
    assert.equal(won.length, 10);
    assert.equal(new Set(won.map((answer) => answer.text)).size, 1);
    assert.equal(referrals(), before + 1);
    for (const api of clients) api.close();
  });

  test('a hundred at once with keys of their own: a hundred referrals, each with its id', async () => {
    const before = referrals();
    const clients = Array.from({ length: 20 }, (_, i) => world.api(i % 2 ? 'gp' : 'gp2'));
    const answers = (await Promise.all(clients.map(async (api) => {
      const mine = [];
      for (let i = 0; i < 5; i++) mine.push(await api.refer());
      return mine;
    }))).flat();
    assert.equal(new Set(answers.flatMap((answer) => [answer.id, answer.stepId])).size, 200);
    assert.equal(referrals(), before + 100);
    for (const api of clients) api.close();
  });
});

describe('moves', () => {
  test('the same again: the same bytes, one event', async () => {
    const { stepId } = await gp.refer();
    const { etag } = await worker.step(stepId);
    const key = randomUUID();
    const first = await worker.post(`/v1/steps/${stepId}/_accept`, {}, { 'If-Match': etag, 'Idempotency-Key': key });
    assert.equal(first.status, 200, first.text);
    const before = events();
    const again = await worker.post(`/v1/steps/${stepId}/_accept`, {}, { 'If-Match': etag, 'Idempotency-Key': key });
    assert.equal(again.status, 200, again.text);
    assert.ok(again.bytes.equals(first.bytes), `${again.text}\n${first.text}`);
    assert.equal(events(), before);
    const other = await worker.post(`/v1/steps/${stepId}/_accept`, { text: 'x' }, { 'If-Match': etag, 'Idempotency-Key': key });
    assert.equal(other.status, 422, other.text);
  });

  test('ten accept at once: one does', async () => {
    const { stepId } = await gp.refer();
    const { etag } = await worker.step(stepId);
    const clients = Array.from({ length: 10 }, () => world.api('worker'));
    const answers = await Promise.all(clients.map((api) => api.post(`/v1/steps/${stepId}/_accept`, {}, { 'If-Match': etag })));
    assert.equal(answers.filter((answer) => answer.status === 200).length, 1);
    assert.ok(answers.every((answer) => [200, 409, 412].includes(answer.status)), answers.map((a) => a.status).join());
    for (const api of clients) api.close();
  });

  test('ten open the same feedback at once: it is opened once', async () => {
    const { id, stepId } = await gp.refer();
    await worker.move(stepId, 'accept');
    await worker.move(stepId, 'report', { state: 'first-contact' });
    await worker.move(stepId, 'complete', { outcome: 'reached' });
    const list = (await gp.get('/v1/feedback?unread=true&pageSize=200')).json.items.filter((one) => one.referralId === id);
    const clients = Array.from({ length: 10 }, () => world.api('gp'));
    for (const { id: feedback } of list) {
      const answers = await Promise.all(clients.map((api) => api.post(`/v1/feedback/${feedback}/_open`, {})));
      assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [200]);
      assert.equal(new Set(answers.map((answer) => answer.json.openedAt)).size, 1);
    }
    assert.equal((await gp.referral(id)).state, 'closed');
    for (const api of clients) api.close();
  });
});

describe('If-Match', () => {
  test('428 without, 412 with an old one, 400 with nonsense, 200 with the right one or *', async () => {
    const { stepId } = await gp.refer();
    const { etag } = await worker.step(stepId);
    assert.match(etag, /^"\d+"$/);
    assert.equal((await worker.post(`/v1/steps/${stepId}/_accept`, {})).status, 428);
    const accepted = await worker.post(`/v1/steps/${stepId}/_accept`, {}, { 'If-Match': etag });
    assert.equal(accepted.status, 200, accepted.text);
    assert.equal(accepted.headers.etag, `"${accepted.json.version}"`);
    const stale = await worker.post(`/v1/steps/${stepId}/_report`, { state: 'first-contact' }, { 'If-Match': etag });
    assert.equal(stale.status, 412, stale.text);
    assert.equal(stale.json.type, 'urn:wijzer:problem:version-conflict');
    for (const nonsense of ['3', 'W/"3"', '""', '"x"', '"1", "2"']) {
      const answer = await worker.post(`/v1/steps/${stepId}/_report`, { state: 'first-contact' }, { 'If-Match': nonsense });
      assert.ok([400, 412, 428].includes(answer.status), `${nonsense}: ${answer.text}`);
    }
    const any = await worker.post(`/v1/steps/${stepId}/_report`, { state: 'first-contact' }, { 'If-Match': '*' });
    assert.equal(any.status, 200, any.text);
  });

  test('a refused move changes nothing', async () => {
    const { stepId } = await gp.refer();
    const before = events();
    const answer = await worker.post(`/v1/steps/${stepId}/_complete`, { outcome: 'reached' }, { 'If-Match': '*' });
    assert.equal(answer.status, 409, answer.text);
    assert.equal(answer.json.type, 'urn:wijzer:problem:state-not-allowed');
    assert.equal(events(), before);
  });
});

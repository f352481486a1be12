// What a strict HTTP/1.1 server must answer to raw requests, over TLS, row by row. After a refusal that must close,
// a second request that was hidden behind the first one must not be answered.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { referral } from './lib/api.mjs';
import { World } from './lib/world.mjs';

let world;
before(async () => (world = await World.make()));
after(() => world?.close());

const HOST = 'Host: localhost\r\n';
const get = (target, fields = '', version = 'HTTP/1.1') => `GET ${target} ${version}\r\n${HOST}${fields}\r\n`;
const ME = get('/v1/me');
const preview = JSON.stringify(referral());
const post = (fields, body, version = 'HTTP/1.1') =>
  `POST /v1/referrals/_preview ${version}\r\n${HOST}Idempotency-Key: ${randomUUID()}\r\nContent-Type: application/json\r\n${fields}\r\n${body}`;
const sized = (length) => post(`Content-Length: ${length}\r\n`, preview);
const chunked = (body, fields = '') => post(`Transfer-Encoding: chunked\r\n${fields}`, body);
const chunk = (text) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const whole = `${chunk(preview)}0\r\n\r\n`;

// [what, bytes, statuses]: answered with one of the statuses, then closed.
const REFUSED = [
  ['space before the colon', get('/v1/me', 'X-A : b\r\n'), [400]],
  ['space before the colon of Content-Length', post(`Content-Length : ${preview.length}\r\n`, preview), [400]],
  ['empty field name', get('/v1/me', ': b\r\n'), [400]],
  ['field name that is no token', get('/v1/me', 'X(A): b\r\n'), [400]],
  ['line without a colon', get('/v1/me', 'nonsense\r\n'), [400]],
  ['control character in a value', get('/v1/me', 'X-A: a\x01b\r\n'), [400]],
  ['NUL in a value', get('/v1/me', 'X-A: a\0b\r\n'), [400]],
  ['DEL in a value', get('/v1/me', 'X-A: a\x7fb\r\n'), [400]],
  ['obs-fold', get('/v1/me', 'X-A: a\r\n b\r\n'), [400]],
  ['obs-fold by tab', get('/v1/me', 'X-A: a\r\n\tb\r\n'), [400]],
  ['two different Content-Lengths', post('Content-Length: 2\r\nContent-Length: 3\r\n', preview), [400]],
  ['two equal Content-Lengths', post(`Content-Length: ${preview.length}\r\nContent-Length: ${preview.length}\r\n`, preview), [400]],
  ...['+5', '-5', '0x5', '5,5', '5, 5', '5 5', '', '5.0', '1e1', '18446744073709551616', '99999999999999999999999'].map(
    (length) => [`Content-Length "${length}"`, sized(length), [400]]),
  ...['Chunked', 'gzip', 'gzip, chunked', 'chunked, gzip', 'identity', 'xchunked', 'chunked, chunked'].map(
    (coding) => [`Transfer-Encoding "${coding}"`, post(`Transfer-Encoding: ${coding}\r\n`, whole), [400, 501]]),
  ['two Transfer-Encodings', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', whole), [400, 501]],
  ['Transfer-Encoding with Content-Length', post(`Transfer-Encoding: chunked\r\nContent-Length: ${whole.length}\r\n`, whole), [400]],
  ['Content-Length with Transfer-Encoding', post(`Content-Length: 4\r\nTransfer-Encoding: chunked\r\n`, whole), [400]],
  ['Transfer-Encoding on HTTP/1.0', post('Transfer-Encoding: chunked\r\n', whole, 'HTTP/1.0'), [400]],
  ...['0x5', '+5', '-5', '', 'g', ' 5', '5 ', 'fffffffffffffffff', '10000000000000000'].map(
    (size) => [`chunk size "${size}"`, chunked(`${size}\r\n12345\r\n0\r\n\r\n`), [400, 413]]),
  ['chunk not followed by CRLF', chunked('2\r\n{}XX0\r\n\r\n'), [400]],
  ['chunk followed by LF', chunked('2\r\n{}\n0\r\n\r\n'), [400]],
  ['chunk size ended by LF', chunked('2\n{}\r\n0\r\n\r\n'), [400]],
  ['bare LF after the request line', `GET /v1/me HTTP/1.1\n${HOST}\r\n`, [400]],
  ['bare LF after a field', `GET /v1/me HTTP/1.1\r\nHost: localhost\n\r\n`, [400]],
  ['bare LF at the end of the head', `GET /v1/me HTTP/1.1\r\n${HOST}\n`, [400]],
  ['bare CR in a value', get('/v1/me', 'X-A: a\rb\r\n'), [400]],
  ['bare CR in the request line', `GET /v1/me\r HTTP/1.1\r\n${HOST}\r\n`, [400]],
  ['no Host', 'GET /v1/me HTTP/1.1\r\nX-A: b\r\n\r\n', [400]],
  ['two Hosts', get('/v1/me', 'Host: localhost\r\n'), [400]],
  ['two different Hosts', get('/v1/me', 'Host: elsewhere\r\n'), [400]],
  ['Host with a space', 'GET /v1/me HTTP/1.1\r\nHost: local host\r\n\r\n', [400]],
  ['Host with userinfo', 'GET /v1/me HTTP/1.1\r\nHost: me@localhost\r\n\r\n', [400]],
  ['Host with a slash', 'GET /v1/me HTTP/1.1\r\nHost: localhost/x\r\n\r\n', [400]],
  ['empty Host', 'GET /v1/me HTTP/1.1\r\nHost:\r\n\r\n', [400]],
  ['HTTP/1.9', get('/v1/me', '', 'HTTP/1.9'), [400, 505]],
  ['HTTP/2.0', get('/v1/me', '', 'HTTP/2.0'), [400, 505]],
  ['HTTP/3', get('/v1/me', '', 'HTTP/3'), [400, 505]],
  ['http/1.1 in small letters', get('/v1/me', '', 'http/1.1'), [400, 505]],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400, 505]],
  ['HTTP/0.9', 'GET /v1/me\r\n\r\n', [400, 505]],
  ['GET with a body', get('/v1/me', 'Content-Length: 5\r\n') + '12345', [400]],
  ['GET with a chunked body', get('/v1/me', 'Transfer-Encoding: chunked\r\n') + '0\r\n\r\n', [400]],
  ['HEAD with a body', `HEAD /v1/me HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\n12345`, [400], 'HEAD'],
  ['DELETE with a body', `DELETE /v1/me HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\n12345`, [400]],
  ['a head over the limit', get('/v1/me', `X-A: ${'a'.repeat(17000)}\r\n`), [431]],
  ['too many fields', get('/v1/me', Array.from({ length: 80 }, (_, i) => `X-${i}: b\r\n`).join('')), [431]],
  ['a target over the limit', get(`/v1/me?${'a'.repeat(3000)}`), [414]],
  ['a body over the limit', post('Content-Length: 10000000\r\n', ''), [413]],
  ['a chunked body over the limit', chunked(`${chunk('a'.repeat(200000))}${chunk('a'.repeat(200000))}0\r\n\r\n`), [413]],
];

// [what, target]: 400, whether it closes or not.
const BAD_TARGETS = [
  ['absolute form', 'https://localhost/v1/me'], ['authority form', 'localhost:443'], ['asterisk', '*'], ['no slash', 'v1/me'],
  ['two spaces', '/v1/ me'], ['fragment', '/v1/me#x'], ['non-ASCII', '/v1/mé'], ['%00', '/v1/me%00'], ['%2F', '/v1%2Fme'],
  ['%2f', '/v1%2fme'], ['bad escape', '/v1/m%zz'], ['cut escape', '/v1/me%2'], ['..', '/v1/../v1/me'], ['%2e%2e', '/v1/%2e%2e/v1/me'],
  ['trailing ..', '/v1/me/..'],
];

// What is answered, and then: is the connection closed, and did anything more come?
async function refusal(bytes, method = 'GET', then = async () => ({})) {
  const raw = await world.raw('gp');
  try {
    await raw.write(Buffer.from(bytes, 'latin1'));
    return { answer: await raw.reply({ method }), ...(await then(raw)) };
  } finally {
    raw.destroy();
  }
}

describe('refused and closed', () => {
  for (const [what, bytes, statuses, method] of REFUSED) {
    test(what, async () => {
      const { answer, closed, rest } = await refusal(bytes + ME, method, async (raw) => ({ closed: await raw.closes(), rest: raw.buffer.toString('latin1') }));
      assert.ok(answer, 'closed without an answer');
      assert.ok(statuses.includes(answer.status), `${answer.status}: ${answer.text}`);
      assert.equal(rest, '', 'the hidden request was answered');
      assert.ok(closed, 'the connection stayed open');
      assert.equal(answer.headers.get('connection')?.toLowerCase(), 'close');
      if (method === 'HEAD') return;
      assert.equal(answer.headers.get('content-type'), 'application/problem+json');
      assert.match(answer.json.type, /^urn:wijzer:problem:[a-z-]+$/);
      assert.equal(answer.json.status, answer.status);
    });
  }
});

describe('targets', () => {
  for (const [what, target] of BAD_TARGETS) {
    test(what, async () => {
      const { answer } = await refusal(get(target));
      assert.equal(answer?.status, 400, answer?.text);
    });
  }
});

describe('accepted', () => {
  // [what, bytes]
  const rows = [
    ['plain', sized(Buffer.byteLength(preview))],
    ['chunked', chunked(whole)],
    ['many chunks', chunked([...preview].map(chunk).join('') + '0\r\n\r\n')],
    ['chunk extension', chunked(`${Buffer.byteLength(preview).toString(16)};a=b;c="d"\r\n${preview}\r\n0;x\r\n\r\n`)],
    ['trailers', chunked(`${chunk(preview)}0\r\nX-Trailer: y\r\nContent-Length: 99999999\r\n\r\n`)],
    ['spaces around a value', post(`Content-Length: \t ${Buffer.byteLength(preview)} \t\r\n`, preview)],
    ['letter case of field names', post(`cOnTeNt-LeNgTh: ${Buffer.byteLength(preview)}\r\n`, preview)],
  ];
  for (const [what, bytes] of rows) {
    test(what, async () => {
      const raw = await world.raw('gp');
      await raw.write(Buffer.from(bytes));
      const answer = await raw.reply();
      assert.equal(answer.status, 200, answer.text);
      // The connection goes on with what comes after.
      await raw.write(ME);
      assert.equal((await raw.reply()).status, 200);
      raw.destroy();
    });
  }

  test('a trailer is never merged into the fields', async () => {
    const raw = await world.raw('gp');
    const bytes = `POST /v1/referrals/_preview HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    await raw.write(`${bytes}${chunk(preview)}0\r\nIdempotency-Key: ${randomUUID()}\r\n\r\n`);
    const answer = await raw.reply();
    assert.equal(answer.status, 400);
    assert.equal(answer.json.type, 'urn:wijzer:problem:idempotency-key-missing');
    raw.destroy();
  });

  test('the head byte by byte', async () => {
    const raw = await world.raw('gp');
    for (const byte of ME) await raw.write(byte);
    assert.equal((await raw.reply()).status, 200);
    raw.destroy();
  });

  test('HTTP/1.0 without Host is answered and closed', async () => {
    const raw = await world.raw('gp');
    await raw.write('GET /v1/me HTTP/1.0\r\n\r\n');
    assert.equal((await raw.reply()).status, 200);
    assert.ok(await raw.closes());
  });

  test('HEAD has the fields of GET and no body', async () => {
    const raw = await world.raw('gp');
    await raw.write(`HEAD /v1/me HTTP/1.1\r\n${HOST}\r\n${ME}`);
    const head = await raw.reply({ method: 'HEAD' });
    const full = await raw.reply();
    if (head.status === 405) assert.match(head.headers.get('allow'), /GET/);
    else assert.equal(head.headers.get('content-length'), full.headers.get('content-length'));
    assert.equal(full.status, 200);
    raw.destroy();
  });

  test('Connection: close is obeyed', async () => {
    const raw = await world.raw('gp');
    await raw.write(get('/v1/me', 'Connection: close\r\n'));
    assert.equal((await raw.reply()).status, 200);
    assert.ok(await raw.closes());
  });
});

describe('methods', () => {
  test('an unknown method is 501', async () => {
    const { answer } = await refusal(`BREW /v1/me HTTP/1.1\r\n${HOST}\r\n`);
    assert.equal(answer.status, 501);
  });

  for (const [method, path, allow] of [['DELETE', '/v1/me', 'GET'], ['PUT', '/v1/referrals', 'POST'], ['GET', '/v1/steps/7KX3-9MTF/_accept', 'POST']]) {
    test(`${method} ${path} is 405 with Allow`, async () => {
      const { answer } = await refusal(`${method} ${path} HTTP/1.1\r\n${HOST}\r\n`);
      assert.equal(answer.status, 405, answer.text);
      assert.ok(answer.headers.get('allow').split(/, */).includes(allow), answer.headers.get('allow'));
    });
  }

  test('an unknown path is 404', async () => {
    const { answer } = await refusal(get('/v1/nothing'));
    assert.equal(answer.status, 404);
  });
});

describe('Expect', () => {
  const body = Buffer.from(preview);
  const head = (path, length, expect = '100-continue') =>
    `POST ${path} HTTP/1.1\r\n${HOST}Idempotency-Key: ${randomUUID()}\r\nContent-Type: application/json\r\nExpect: ${expect}\r\nContent-Length: ${length}\r\n\r\n`;

  test('100-continue comes before the body is sent', async () => {
    const raw = await world.raw('gp');
    await raw.write(head('/v1/referrals/_preview', body.length));
    assert.equal((await raw.reply()).status, 100);
    await raw.write(body);
    assert.equal((await raw.reply()).status, 200);
    raw.destroy();
  });

  test('the wrong role is told 403, never 100', async () => {
    const raw = await world.raw('steward');
    await raw.write(head('/v1/referrals/_preview', body.length));
    assert.equal((await raw.reply()).status, 403);
    raw.destroy();
  });

  test('too large is told 413, never 100', async () => {
    const raw = await world.raw('gp');
    await raw.write(head('/v1/referrals/_preview', 50_000_000));
    assert.equal((await raw.reply()).status, 413);
    raw.destroy();
  });

  test('another expectation is 417', async () => {
    const raw = await world.raw('gp');
    await raw.write(head('/v1/referrals/_preview', body.length, 'a-miracle'));
    assert.equal((await raw.reply()).status, 417);
    raw.destroy();
  });
});

describe('pipelining', () => {
  test('requests sent at once are answered in order', async () => {
    const raw = await world.raw('gp');
    await raw.write(ME + sized(Buffer.byteLength(preview)) + get('/v1/nothing') + ME);
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await raw.reply()).status);
    assert.deepEqual(statuses, [200, 200, 404, 200]);
    raw.destroy();
  });

  test('a hundred in one write', async () => {
    const raw = await world.raw('gp');
    await raw.write(ME.repeat(100));
    for (let i = 0; i < 100; i++) assert.equal((await raw.reply()).status, 200);
    raw.destroy();
  });
});

describe('TLS', () => {
  test('plain text on the TLS port gets no answer', async () => {
    const { default: net } = await import('node:net');
    const text = await new Promise((done) => {
      let seen = '';
      const socket = net.connect(world.port, '127.0.0.1', () => socket.write(ME));
      socket.on('data', (data) => (seen += data.toString('latin1'))).on('error', () => {}).on('close', () => done(seen));
      socket.setTimeout(15000, () => socket.destroy());
    });
    assert.ok(!/HTTP\//.test(text), text);
  });

  test('TLS 1.1 is refused', async () => {
    await assert.rejects(world.raw('gp', { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }));
  });

  test('TLS 1.2 is served', async () => {
    const raw = await world.raw('gp', { maxVersion: 'TLSv1.2' });
    await raw.write(ME);
    assert.equal((await raw.reply()).status, 200);
    raw.destroy();
  });

  test('http/1.1 is chosen by ALPN and another protocol refused', async () => {
    const raw = await world.raw('gp');
    assert.equal(raw.socket.alpnProtocol, 'http/1.1');
    raw.destroy();
    await assert.rejects(world.raw('gp', { ALPNProtocols: ['h2'] }));
  });

  test('a session is not resumed', async () => {
    const first = await world.raw('gp', { maxVersion: 'TLSv1.2' });
    const session = first.socket.getSession();
    await first.write(ME);
    await first.reply();
    first.destroy();
    const second = await world.raw('gp', { maxVersion: 'TLSv1.2', session });
    assert.equal(second.socket.isSessionReused(), false);
    second.destroy();
  });
});

// Bad bodies: each is refused with the status and the pointers it deserves, and nothing of it is stored.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, describe, test } from 'node:test';
import { referral } from './lib/api.mjs';
import { World } from './lib/world.mjs';

let world, gp, stored;
const count = () => world.sql('SELECT (SELECT count(*) FROM data.referral) + (SELECT count(*) FROM data.event)');
before(async () => {
  world = await World.make();
  gp = world.api('gp');
  stored = count();
});
after(() => world?.close());
afterEach(() => assert.equal(count(), stored, 'something was stored'));

const right = JSON.stringify(referral());
const replaced = (from, to) => {
  assert.ok(right.includes(from));
  return right.replace(from, to);
};
const bytes = (before, middle, after) => Buffer.concat([Buffer.from(before), Buffer.from(middle), Buffer.from(after)]);
const inText = (middle) => {
  const at = right.indexOf('Komt vaak');
  return bytes(right.slice(0, at), middle, right.slice(at));
};

// Not JSON, or not JSON we take: 400.
const MALFORMED = [
  ['nothing', ''], ['spaces', '  \n'], ['cut short', right.slice(0, -1)], ['a comma too many', replaced('}', ',}')],
  ['two documents', right + right], ['something behind it', `${right} x`], ['a NUL behind it', `${right}\0`],
  ['single quotes', right.replaceAll('"', "'")], ['a comment', `/* */${right}`], ['NaN', replaced('1948', 'NaN')],
  ['Infinity', replaced('1948', 'Infinity')], ['a leading zero', replaced('1948', '01948')], ['a plus sign', replaced('1948', '+1948')],
  ['hexadecimal', replaced('1948', '0x79c')], ['a byte order mark', bytes([0xef, 0xbb, 0xbf], right, '')],
  ['UTF-16', Buffer.from(right, 'utf16le')], ['a lone continuation byte', inText([0x80])], ['a cut sequence', inText([0xe2, 0x82])],
  ['an overlong sequence', inText([0xc0, 0xaf])], ['a surrogate in UTF-8', inText([0xed, 0xa0, 0x80])],
  ['beyond U+10FFFF', inText([0xf4, 0x90, 0x80, 0x80])], ['a raw control character', inText([0x01])], ['a raw NUL', inText([0])],
  ['a lone high surrogate', inText('\\ud800')], ['a lone low surrogate', inText('\\udc00')],
  ['surrogates the wrong way round', inText('\\udc00\\ud800')], ['an escaped NUL', inText('\\u0000')], ['a bad escape', inText('\\x')],
  ['a duplicate key', replaced('"text":', '"text":"a","text":')],
  ['a duplicate key in another spelling', replaced('"text":', '"\\u0074ext":"a","text":')],
  ['a duplicate key inside', replaced('"birthYear":', '"birthYear":1,"birthYear":')],
  ['a depth bomb of arrays', `${'['.repeat(12000)}${']'.repeat(12000)}`],
  ['a depth bomb of objects', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`],
  ['an open depth bomb', '['.repeat(30000)],
  ['a depth bomb inside', replaced('"social-network"', `${'['.repeat(200)}${']'.repeat(200)}`)],
  ['a huge number', replaced('1948', '9'.repeat(400))], ['a huge exponent', replaced('1948', '1e999')],
];

describe('malformed', () => {
  for (const [what, body] of MALFORMED) {
    test(what, async () => {
      const answer = await gp.post('/v1/referrals', body.length ? body : Buffer.alloc(0), { 'Content-Type': 'application/json' });
      assert.ok([400, 422].includes(answer.status), `${answer.status} ${answer.text}`);
      assert.match(answer.json.type, /^urn:wijzer:problem:(malformed-json|invalid-body)$/);
    });
  }
});

// JSON, but not what the schema asks: 422 with exactly these pointers (in any order).
const long = (n) => 'é'.repeat(n);
const change = (edit) => {
  const body = referral();
  edit(body);
  return body;
};
const INVALID = [
  ['an array', [], ['']], ['a string', '"x"', ['']], ['null', 'null', ['']], ['a number', '1', ['']],
  ['nothing in it', {}, ['/domains', '/client']],
  ['an unknown field', change((b) => (b.bsn = '999990020')), ['/bsn']],
  ['an unknown field inside', change((b) => (b.client.bsn = '999990020')), ['/client/bsn']],
  ['an unknown field with a slash and a tilde', change((b) => (b['a/b~c'] = 1)), ['/a~1b~0c']],
  ['a misspelt field', change((b) => { b.client.birthyear = b.client.birthYear; delete b.client.birthYear; }), ['/client/birthYear', '/client/birthyear']],
  ['no client', change((b) => delete b.client), ['/client']],
  ['client of another type', change((b) => (b.client = 'Margriet')), ['/client']],
  ['client null', change((b) => (b.client = null)), ['/client']],
  ['birth year as text', change((b) => (b.client.birthYear = '1948')), ['/client/birthYear']],
  ['birth year as a fraction', change((b) => (b.client.birthYear = 1948.5)), ['/client/birthYear']],
  ['birth year out of range', change((b) => (b.client.birthYear = 194)), ['/client/birthYear']],
  ['birth year far out of range', replaced('1948', '9223372036854775807'), ['/client/birthYear']],
  ['area of the wrong form', change((b) => (b.client.area = '5751AB')), ['/client/area']],
  ['area as a number', change((b) => (b.client.area = 5751)), ['/client/area']],
  ['no name', change((b) => (b.client.name = '')), ['/client/name']],
  ['a name too long', change((b) => (b.client.name = long(201))), ['/client/name']],
  ['a text too long', change((b) => (b.text = long(2001))), ['/text']],
  ['a phone number with letters', change((b) => (b.client.phone = '06-CALL-ME')), ['/client/phone']],
  ['a phone number too long', change((b) => (b.client.phone = '0'.repeat(40))), ['/client/phone']],
  ['e-mail without @', change((b) => (b.client.email = 'margriet')), ['/client/email']],
  ['a language that is none', change((b) => (b.client.language = 'Nederlands')), ['/client/language']],
  ['an urgency that is none', change((b) => (b.urgency = 'now')), ['/urgency']],
  ['no domain', change((b) => (b.domains = [])), ['/domains']],
  ['domains as text', change((b) => (b.domains = 'social-network')), ['/domains']],
  ['an unknown domain', change((b) => (b.domains = ['social-network', 'loneliness'])), ['/domains/1']],
  ['a domain twice', change((b) => (b.domains = ['housing', 'housing'])), ['/domains/1']],
  ['a domain that is no text', change((b) => (b.domains = [1])), ['/domains/0']],
  ['too many domains', change((b) => (b.domains = Array.from({ length: 9 }, (_, i) => `d${i}`))), null, '/domains'],
  ['an ICPC code that is none', change((b) => (b.icpc = ['Z04', 'Q99x'])), ['/icpc/1']],
  ['everything at once', { domains: [], client: { name: '', birthYear: 'x', area: '1', phone: '' }, text: 1, more: true },
    ['/domains', '/client/name', '/client/birthYear', '/client/area', '/client/phone', '/text', '/more']],
];

describe('invalid', () => {
  for (const [what, body, pointers, among] of INVALID) {
    test(what, async () => {
      const answer = await gp.post('/v1/referrals', body);
      assert.equal(answer.status, 422, answer.text);
      assert.equal(answer.json.type, 'urn:wijzer:problem:invalid-body');
      const found = answer.json.errors.map((error) => error.pointer);
      if (pointers) assert.deepEqual([...new Set(found)].sort(), [...pointers].sort(), answer.text);
      else assert.ok(found.includes(among), answer.text);
      for (const error of answer.json.errors) assert.ok(error.code && error.detail, answer.text);
      // What the body held is not repeated in the answer.
      for (const content of ['Margriet', '999990020', 'CALL-ME', 'loneliness']) assert.ok(!answer.text.includes(content), answer.text);
    });
  }
});

describe('around the body', () => {
  test('another media type is 415', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml', null]) {
      const answer = await gp.post('/v1/referrals', right, { 'Content-Type': type });
      assert.equal(answer.status, 415, `${type}: ${answer.text}`);
    }
  });

  test('a parameter of the media type is taken', async () => {
    assert.equal((await gp.post('/v1/referrals/_preview', right, { 'Content-Type': 'application/json; charset=utf-8' })).status, 200);
  });

  test('a body over the limit is 413', async () => {
    const raw = await world.raw('gp');
    await raw.write(`POST /v1/referrals HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: ${randomUUID()}\r\nContent-Type: application/json\r\nContent-Length: 5000000\r\n\r\n`);
    assert.equal((await raw.reply()).status, 413);
    raw.destroy();
  });

  test('no Idempotency-Key is 400', async () => {
    const answer = await gp.post('/v1/referrals', right, { 'Idempotency-Key': null });
    assert.equal(answer.status, 400);
    assert.equal(answer.json.type, 'urn:wijzer:problem:idempotency-key-missing');
  });

  test('an Idempotency-Key of the wrong form is 400', async () => {
    for (const key of ['a'.repeat(129), 'with space', 'caf\u00e9']) {
      const answer = await gp.post('/v1/referrals', right, { 'Idempotency-Key': key });
      assert.equal(answer.status, 400, answer.text);
    }
  });

  test('a preview of a right body stores nothing', async () => {
    const answer = await gp.post('/v1/referrals/_preview', right);
    assert.equal(answer.status, 200, answer.text);
    assert.ok(answer.json.decision.rule && answer.json.decision.reason && answer.json.next.by);
  });
});

describe('parameters', () => {
  for (const query of ['pageSize=0', 'pageSize=201', 'pageSize=ten', 'pageSize=', 'pageSize=5&pageSize=6', 'nonsense=1', 'status=half', 'overdue=perhaps', 'pageSize=%zz', 'cursor=@@@']) {
    test(`?${query} is 400`, async () => {
      const answer = await world.api('coordinator').get(`/v1/referrals?${query}`);
      assert.equal(answer.status, 400, answer.text);
    });
  }

  test('a mistyped id is recognised as such', async () => {
    for (const id of ['7KX3-9MTG', 'AAAA-AAAA', '1', '7KX39MTF7', 'x'.repeat(100)]) {
      const answer = await gp.get(`/v1/referrals/${id}`);
      assert.ok([400, 404].includes(answer.status), answer.text);
      if (answer.status === 400) assert.equal(answer.json.type, 'urn:wijzer:problem:mistyped-id');
    }
  });
});

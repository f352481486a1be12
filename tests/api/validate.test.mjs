// The validator must find wrong answers: a validator that finds nothing proves nothing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { document, validate, validateProblem, validateRequest } from "./validate.mjs";

const json = { "content-type": "application/json", "api-version": "1.0.0" };
const problemHeaders = { "content-type": "application/problem+json", "api-version": "1.0.0" };

function deref(node) {
  return node.$ref ? node.$ref.slice(2).split("/").reduce((at, key) => at[key], document) : node;
}

function exampleHeaders(answer) {
  const headers = { "content-type": Object.keys(answer.content)[0] };
  for (const [name, node] of Object.entries(answer.headers)) headers[name] = deref(node).example;
  return headers;
}

function receipt() {
  return structuredClone(document.paths["/referrals"].post.responses["201"].content["application/json"].example);
}
const created = { ...json, location: "/v1/referrals/GXGP-2X3J" };
const post = (body, headers = created, status = 201) =>
  validate("POST", "/v1/referrals", status, headers, typeof body === "string" ? body : JSON.stringify(body));

function refusal(changes = {}) {
  return JSON.stringify({
    type: "urn:wijzer:problem:not-found",
    title: "Not found",
    status: 404,
    detail: "There is nothing here.",
    ...changes,
  });
}

test("every example of every operation is valid, and every answer has API-Version", () => {
  let count = 0;
  for (const [path, item] of Object.entries(document.paths))
    for (const method of ["get", "post"].filter((m) => item[m]))
      for (const [status, node] of Object.entries(item[method].responses)) {
        const answer = deref(node);
        const [type] = Object.keys(answer.content);
        const prefix = item.servers ? "" : "/v1";
        const where = prefix + path.replaceAll(/\{[^}]+\}/g, "GXGP-2X3J");
        const body = answer.content[type].example ?? document;
        const headers = exampleHeaders(answer);
        assert.deepEqual(validate(method.toUpperCase(), where, Number(status), headers, JSON.stringify(body)), []);
        const { "API-Version": gone, ...without } = headers;
        assert.equal(gone, "1.0.0");
        assert.deepEqual(validate(method.toUpperCase(), where, Number(status), without, JSON.stringify(body)), [
          "header API-Version is missing",
        ]);
        count++;
      }
  assert.ok(count > 200, `${count} answers`);
});

test("every request example is valid", () => {
  for (const [path, item] of Object.entries(document.paths)) {
    const content = item.post?.requestBody.content["application/json"];
    if (content) assert.deepEqual(validateRequest("POST", `/v1${path}`, content.example), [], path);
  }
});

test("unknown path, method and status are problems", () => {
  assert.deepEqual(validate("GET", "/v1/nothing", 200, json, "{}"), ["/v1/nothing: no such path in the contract"]);
  assert.deepEqual(validate("GET", "/referrals", 200, json, "{}"), ["/referrals: no such path in the contract"]);
  assert.deepEqual(validate("GET", "/v1/livez", 200, json, "{}"), ["/v1/livez: no such path in the contract"]);
  assert.deepEqual(validate("GET", "/v1/referrals/", 200, json, "{}"), [
    "/v1/referrals/: no such path in the contract",
  ]);
  assert.deepEqual(validate("DELETE", "/v1/referrals", 200, json, "{}"), [
    "DELETE /v1/referrals: no such method in the contract",
  ]);
  assert.match(post(receipt(), created, 418)[0], /status 418 is not in the contract/);
  assert.match(post(receipt(), created, 202)[0], /status 202 is not in the contract/);
});

test("a right answer has no problems, with query, Headers object and charset", () => {
  assert.deepEqual(post(receipt()), []);
  assert.deepEqual(post(receipt(), new Headers({ ...created, "content-type": "application/json; charset=utf-8" })), []);
  assert.deepEqual(post(receipt(), new Map(Object.entries(created))), []);
  const list = JSON.stringify({ items: [], next: null, unread: 0, asked: 0 });
  assert.deepEqual(validate("GET", "/v1/inbox?pageSize=2", 200, json, list), []);
  assert.deepEqual(validate("GET", "/livez", 200, json, '{"status":"live"}'), []);
});

test("a literal path goes before a template", () => {
  const { decision, next } = receipt();
  const preview = JSON.stringify({ decision, next, candidates: [], disclosure: { basis: "standard", parties: [] } });
  assert.deepEqual(validate("POST", "/v1/referrals/_preview", 200, json, preview), []);
});

test("missing or wrong headers are found", () => {
  const { location, ...without } = created;
  assert.equal(location, "/v1/referrals/GXGP-2X3J");
  assert.deepEqual(post(receipt(), without), ["header Location is missing"]);
  assert.match(post(receipt(), { ...created, location: "/v1/referrals/42" })[0], /^header Location/);
  assert.match(post(receipt(), { ...created, "api-version": "2.0.0" })[0], /API-Version is 2.0.0/);
  assert.match(post(receipt(), { ...created, "content-type": "text/html" })[0], /content type is "text\/html"/);
  assert.match(post(receipt(), { "api-version": "1.0.0", location })[0], /content type is ""/);
});

test("steps have an ETag", () => {
  const step = JSON.stringify(document.components.responses.StepMoved.content["application/json"].example);
  const path = "/v1/steps/5XMX-JGY5/_accept";
  assert.deepEqual(validate("POST", path, 200, { ...json, etag: '"3"' }, step), []);
  assert.deepEqual(validate("POST", path, 200, json, step), ["header ETag is missing"]);
  assert.match(validate("POST", path, 200, { ...json, etag: "3" }, step)[0], /^header ETag/);
});

test("wrong bodies are found", () => {
  const cases = [
    [(b) => (b.extra = 1), /additional properties/],
    [(b) => (b.decision.extra = 1), /^body\/decision: must NOT have additional properties/],
    [(b) => delete b.next, /required property 'next'/],
    [(b) => (b.id = 12), /^body\/id: must be string/],
    [(b) => (b.id = "7KX39MTF"), /^body\/id: must match pattern/],
    [(b) => (b.createdAt = "2026-11-23 09:12"), /^body\/createdAt/],
    [(b) => (b.createdAt = "2026-11-23T09:12:00+01:00"), /^body\/createdAt: must match pattern/],
    [(b) => (b.createdAt = "2026-13-23T09:12:00Z"), /^body\/createdAt: must match format/],
    [(b) => (b.decision.table = 8), /^body\/decision\/table/],
    [(b) => (b.decision.offering = {}), /^body\/decision\/offering/],
    [(b) => (b.next.who = null), /^body\/next\/who: must be object/],
  ];
  for (const [spoil, expected] of cases) {
    const body = receipt();
    spoil(body);
    assert.match(post(body).join("\n"), expected);
  }
  const nothing = receipt();
  nothing.decision.offering = null;
  assert.deepEqual(post(nothing), []);
  assert.match(post("{")[0], /not JSON/);
  assert.match(post("")[0], /not JSON/);
});

test("an item deep in a list is checked", () => {
  const inbox = structuredClone(document.paths["/inbox"].get.responses["200"].content["application/json"].example);
  assert.deepEqual(validate("GET", "/v1/inbox", 200, json, JSON.stringify(inbox)), []);
  inbox.items[0].client.shoeSize = 43;
  assert.match(validate("GET", "/v1/inbox", 200, json, JSON.stringify(inbox))[0], /^body\/items\/0\/client: must NOT/);
});

test("problems: type and status belong together, and to the answer", () => {
  const get = (status, body) => validate("GET", "/v1/referrals/GXGP-2X3J", status, problemHeaders, body);
  assert.deepEqual(get(404, refusal()), []);
  assert.match(get(403, refusal()).join(), /body says status 404, the answer is 403/);
  assert.match(get(404, refusal({ status: 403 })).join(), /oneOf|must match exactly one/);
  assert.match(get(404, refusal({ type: "urn:wijzer:problem:gone" })).join(), /exactly one/);
  assert.match(get(404, refusal({ type: "about:blank" })).join(), /pattern/);
  assert.match(get(404, refusal({ stack: "at main.c:1" })).join(), /additional properties/);
  assert.match(get(404, refusal({ errors: [] })).join(), /errors: must NOT have fewer than 1/);
  assert.match(get(404, refusal({ errors: [{ pointer: "/a", code: "X Y", detail: "x" }] })).join(), /errors\/0\/code/);
  assert.match(validate("GET", "/v1/me", 403, json, refusal({ status: 403 })).join(), /content type/);
});

test("503 and 429 need Retry-After, 405 needs Allow", () => {
  const busy = refusal({ type: "urn:wijzer:problem:busy", status: 503 });
  assert.deepEqual(validate("GET", "/v1/me", 503, problemHeaders, busy), ["header Retry-After is missing"]);
  assert.deepEqual(validate("GET", "/v1/me", 503, { ...problemHeaders, "retry-after": "1" }, busy), []);
  assert.match(validate("GET", "/v1/me", 503, { ...problemHeaders, "retry-after": "soon" }, busy)[0], /Retry-After/);
  const method = refusal({ type: "urn:wijzer:problem:method-not-allowed", status: 405 });
  assert.deepEqual(validateProblem(405, problemHeaders, method), ["header Allow is missing"]);
  assert.deepEqual(validateProblem(405, { ...problemHeaders, allow: "GET, POST" }, method), []);
});

test("refusals that belong to no operation", () => {
  assert.deepEqual(validateProblem(404, problemHeaders, refusal()), []);
  assert.match(validateProblem(404, json, refusal())[0], /content type/);
  assert.match(validateProblem(404, problemHeaders, "<html>")[0], /not JSON/);
  assert.deepEqual(validateProblem(402, problemHeaders, refusal()), ["status 402 is not in the contract"]);
});

test("HEAD answers as GET without a body", () => {
  assert.deepEqual(validate("HEAD", "/v1/me", 200, json, ""), []);
  assert.deepEqual(validate("HEAD", "/v1/me", 200, json, "{}"), ["there is a body in the answer to HEAD"]);
});

const draftPath = "/v1/rule-tables/3/_draft";
const draft = () =>
  structuredClone(document.paths["/rule-tables/{tableNumber}/_draft"].post.requestBody.content["application/json"].example);

test("a draft of a rule table is closed: no column, answer or fact that is none", () => {
  assert.deepEqual(validateRequest("POST", draftPath, draft()), []);
  const wrong = [
    (d) => delete d.otherwise,
    (d) => delete d.rules[0].reason,
    (d) => (d.rules[0].id = "r01"),
    (d) => (d.rules[0].when.shoeSize = "[40..45]"),
    (d) => (d.rules[0].when.age = 65),
    (d) => (d.rules[0].then.offering = 5),
    (d) => (d.rules[0].then.weight = 1001),
    (d) => (d.otherwise.when = {}),
    (d) => (d.examples[0].facts.age = "74"),
    (d) => (d.examples[0].expect.offer = "x"),
    (d) => (d.basedOn = 0),
    (d) => (d.more = 1),
  ];
  for (const spoil of wrong) {
    const body = draft();
    spoil(body);
    assert.notEqual(validateRequest("POST", draftPath, body).length, 0, `taken: ${spoil}`);
  }
});

test("a version's head has its place, and no rows", () => {
  const head = structuredClone(document.components.responses.RuleTableHead.content["application/json"].example);
  const made = { ...json, location: "/v1/rule-versions/8" };
  const answer = (body, headers) => validate("POST", draftPath, 201, headers, JSON.stringify(body));
  assert.deepEqual(answer(head, made), []);
  assert.deepEqual(answer(head, json), ["header Location is missing"]);
  assert.match(answer(head, { ...made, location: "/v1/rule-tables/3" })[0], /^header Location/);
  assert.match(answer({ ...head, rules: [] }, made)[0], /additional/);
  assert.deepEqual(validate("POST", "/v1/rule-tables/_rollback", 200, json, JSON.stringify(head)), []);
});

// Holds answers of the daemon against the contract, proto/openapi.json.
//
//   validate(method, path, status, headers, bodyText) → list of problems (strings), empty when all is well.
//     `path` as sent, with or without query ("/v1/referrals?pageSize=2", "/livez"); `headers` a Headers, a Map or an
//     object, names in any case. A path, method or status that the contract does not have is a problem.
//   validateProblem(status, headers, bodyText) → the same for a refusal that belongs to no operation: unknown path
//     (404), unknown method (405, 501), a request that could not be read (400, 408, 431, 505, ...).
//   validateRequest(method, path, body) → problems of a body that is to be sent.
import { readFileSync } from "node:fs";
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const document = JSON.parse(readFileSync(new URL("../../proto/openapi.json", import.meta.url), "utf8"));

const ajv = new Ajv2020.default({ allErrors: true, strict: true, strictTypes: false, strictRequired: false });
addFormats.default(ajv);
ajv.addVocabulary(["components"]);

function resolve(node) {
  if (!node?.$ref) return node;
  return node.$ref
    .slice(2)
    .split("/")
    .reduce((at, key) => at[key.replaceAll("~1", "/").replaceAll("~0", "~")], document);
}

const compiled = new Map();
function check(schema, value, what) {
  if (!compiled.has(schema)) compiled.set(schema, ajv.compile({ ...schema, components: document.components }));
  const test = compiled.get(schema);
  if (test(value)) return [];
  return test.errors.map((e) => `${what}${e.instancePath}: ${e.message} ${JSON.stringify(e.params)}`);
}

// Every operation with the whole path that it answers to, templates turned into expressions.
const operations = Object.entries(document.paths).flatMap(([path, item]) => {
  const base = new URL((item.servers ?? document.servers)[0].url).pathname.replace(/\/$/, "");
  const expression = (base + path)
    .split(/(\{[^}]+\})/)
    .map((part) => (part.startsWith("{") ? "[^/]+" : part.replace(/[.*+?^$()|[\]\\]/g, "\\$&")))
    .join("");
  const literal = !path.includes("{");
  return ["get", "put", "post", "patch", "delete"]
    .filter((method) => item[method])
    .map((method) => ({ method, template: path, literal, matches: new RegExp(`^${expression}$`), ...item[method] }));
});

function findOperation(method, path) {
  const wanted = method.toLowerCase() === "head" ? "get" : method.toLowerCase();
  const plain = path.split("?")[0];
  const here = operations.filter((o) => o.matches.test(plain)).sort((a, b) => b.literal - a.literal);
  if (here.length === 0) return { problem: `${plain}: no such path in the contract` };
  const operation = here.find((o) => o.method === wanted);
  return operation ? { operation } : { problem: `${method} ${plain}: no such method in the contract` };
}

function headerMap(headers) {
  const pairs = typeof headers?.entries === "function" ? [...headers.entries()] : Object.entries(headers ?? {});
  return new Map(pairs.map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value.join(", ") : `${value}`]));
}

function checkHeaders(answer, headers) {
  return Object.entries(answer.headers ?? {}).flatMap(([name, node]) => {
    const header = resolve(node);
    const value = headers.get(name.toLowerCase());
    if (value === undefined) return header.required ? [`header ${name} is missing`] : [];
    const typed = header.schema.type === "integer" && /^\d+$/.test(value) ? Number(value) : value;
    return check(header.schema, typed, `header ${name}`);
  });
}

function checkVersion(headers) {
  const version = headers.get("api-version");
  if (version === undefined || version === document.info.version) return [];
  return [`header API-Version is ${version}, the contract is ${document.info.version}`];
}

function checkBody(answer, headers, text) {
  const content = answer.content;
  if (!content) return text === "" ? [] : ["there is a body, the contract has none"];
  const type = (headers.get("content-type") ?? "").split(";")[0].trim().toLowerCase();
  if (!content[type]) return [`content type is "${type}", expected ${Object.keys(content).join(" or ")}`];
  let value = text;
  try {
    if (/[/+]json$/.test(type)) value = JSON.parse(text);
  } catch (error) {
    return [`the body is not JSON: ${error.message}`];
  }
  return check(content[type].schema, value, "body");
}

function checkStatus(status, headers, text) {
  if (status < 400 || !(headers.get("content-type") ?? "").startsWith("application/problem+json")) return [];
  try {
    const told = JSON.parse(text).status;
    return told === status ? [] : [`the body says status ${told}, the answer is ${status}`];
  } catch {
    return [];
  }
}

function checkAnswer(node, status, headers, text, isHead) {
  const answer = resolve(node);
  const map = headerMap(headers);
  const head = [...checkHeaders(answer, map), ...checkVersion(map)];
  if (isHead) return text === "" ? head : [...head, "there is a body in the answer to HEAD"];
  return [...head, ...checkBody(answer, map, text), ...checkStatus(status, map, text)];
}

export function validate(method, path, status, headers, bodyText) {
  const { operation, problem } = findOperation(method, path);
  if (problem) return [problem];
  const answer = operation.responses[String(status)];
  if (!answer) return [`${method} ${operation.template}: status ${status} is not in the contract`];
  return checkAnswer(answer, Number(status), headers, bodyText ?? "", method.toUpperCase() === "HEAD");
}

export function validateProblem(status, headers, bodyText) {
  const answers = Object.values(document.components.responses).filter((r) => r.content?.["application/problem+json"]);
  const answer = answers.find((r) => r.content["application/problem+json"].example.status === Number(status));
  if (!answer) return [`status ${status} is not in the contract`];
  return checkAnswer(answer, Number(status), headers, bodyText ?? "", false);
}

export function validateRequest(method, path, body) {
  const { operation, problem } = findOperation(method, path);
  if (problem) return [problem];
  if (!operation.requestBody) return [`${method} ${operation.template}: takes no body`];
  return check(operation.requestBody.content["application/json"].schema, body, "body");
}

export { document };

// Every answer is held against the contract (tests/api/validate.mjs).
import assert from 'node:assert/strict';
import { validate, validateProblem } from '../../api/validate.mjs';

// `path` as sent. A refusal that belongs to no operation (unknown path, method, a request that could not be read)
// must still be a problem of the contract.
export function checkAnswer(method, path, { status, headers, text }) {
  let problems = validate(method, path, status, headers, text);
  if (problems.length && [400, 404, 405, 408, 431, 501, 505].includes(status)) problems = validateProblem(status, headers, text);
  assert.deepEqual(problems, [], `the answer to ${method} ${path} does not fit the contract: ${status} ${text.slice(0, 2000)}`);
}

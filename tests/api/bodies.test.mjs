// The request schemas and the daemon's decoder refuse the same bodies: both are held against one list.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { validateRequest } from "./validate.mjs";

const bodies = JSON.parse(readFileSync(new URL("../unit/proto/bodies.json", import.meta.url), "utf8"));
const paths = {
  referral: "/v1/referrals",
  accept: "/v1/steps/5XMX-JGY5/_accept",
  decline: "/v1/steps/5XMX-JGY5/_decline",
  report: "/v1/steps/5XMX-JGY5/_report",
  complete: "/v1/steps/5XMX-JGY5/_complete",
  answer: "/v1/steps/5XMX-JGY5/_answer",
  consent: "/v1/clients/5XMX-JGY5/consent/_change",
  withdrawal: "/v1/clients/5XMX-JGY5/consent/_withdraw",
  search: "/v1/clients/_search",
  nothing: "/v1/feedback/RXW5-54W2/_open",
  invite: "/v1/invitations",
  role: "/v1/accounts/5XMX-JGY5/_role",
  revoke: "/v1/certificates/_revoke",
  identity: "/v1/identities",
  enrol: "/v1/enrolments",
  renew: "/v1/certificates/_renew",
  emergency: "/v1/referrals/GXGP-2X3J/_emergency",
  review: "/v1/emergencies/GXGP-2X3J/_review",
  "client-answer": "/v1/referrals/GXGP-2X3J/_tell",
  contract: "/v1/feedback-contracts",
  correct: "/v1/clients/GXGP-2X3J/_correct",
  restrict: "/v1/clients/GXGP-2X3J/_restrict",
  retention: "/v1/retention",
  bsn: "/v1/bsn",
  "key-change": "/v1/key-changes",
  reassign: "/v1/steps/5XMX-JGY5/_reassign",
  reopen: "/v1/referrals/GXGP-2X3J/_reopen",
  "pick-up": "/v1/steps/5XMX-JGY5/_pickup",
  "call-back": "/v1/steps/5XMX-JGY5/_callback",
  "called-back": "/v1/steps/5XMX-JGY5/_calledback",
  message: "/v1/steps/5XMX-JGY5/messages",
  "message-mark": "/v1/steps/5XMX-JGY5/messages/_read",
  capacity: "/v1/offerings/_set",
  confirm: "/v1/offerings/_confirm",
  prove: "/v1/offerings/_prove",
  group: "/v1/groups",
  "group-change": "/v1/groups/5XMX-JGY5/_change",
  place: "/v1/steps/5XMX-JGY5/_place",
  attendance: "/v1/steps/5XMX-JGY5/_attend",
  closure: "/v1/closures",
  "closure-end": "/v1/closures/_end",
  assumption: "/v1/assumptions",
  goal: "/v1/steps/5XMX-JGY5/goals",
  "goal-score": "/v1/goals/5XMX-JGY5/_score",
  "goal-end": "/v1/goals/5XMX-JGY5/_end",
};

function merge(target, patch) {
  if (patch === null || typeof patch !== "object" || Array.isArray(patch)) return patch;
  const merged = { ...target };
  for (const [name, value] of Object.entries(patch))
    if (value === null) delete merged[name];
    else merged[name] = merge(merged[name], value);
  return merged;
}

for (const [index, { kind, patch, body, issues }] of bodies.cases.entries())
  test(`${kind} ${JSON.stringify(patch ?? body).slice(0, 60)}`, () => {
    const problems = validateRequest("POST", paths[kind], patch ? merge(bodies.valid[kind], patch) : body);
    assert.equal(problems.length === 0, issues.length === 0, `case ${index}: ${problems.join("; ")}`);
  });

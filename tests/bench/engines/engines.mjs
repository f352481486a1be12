// The three engines, each given the same table in the form that it reads: prepare(table) → { decide, inFlight }.
// decide(facts by name) → the row that matches first, or null; inFlight: how many to ask for at once.
import { createRequire } from "node:module";
import { ZenDecisionContent, ZenEngine } from "@gorules/zen-engine";
import { Engine } from "json-rules-engine";

const { decisionTable } = createRequire(import.meta.url)("@hbtgmbh/dmn-eval-js");

// ---- json-rules-engine: the first of rules in order of priority stops the engine ----

function conditions(column, test) {
  if (test === null) return [];
  const fact = column.name;
  if (test.in) return [{ fact, operator: "in", value: test.in }];
  if ("is" in test) return [{ fact, operator: "equal", value: test.is }];
  return [
    { fact, operator: "greaterThanInclusive", value: test.from },
    { fact, operator: "lessThan", value: test.below },
  ];
}

async function jsonRulesEngine(table) {
  const engine = new Engine();
  table.rows.forEach((tests, row) => {
    engine.addRule({
      conditions: { all: tests.flatMap((test, c) => conditions(table.columns[c], test)) },
      event: { type: "row", params: { row } },
      priority: table.rows.length - row,
    });
  });
  engine.on("success", () => engine.stop());
  const decide = async (facts) => (await engine.run(facts)).events[0]?.params.row ?? null;
  return { decide, inFlight: 1 }; // stop() would stop other runs too
}

// ---- FEEL, for the other two ----

function feel(test, open) {
  if (test === null) return open;
  if (test.in) return test.in.map((word) => JSON.stringify(word)).join(", ");
  if ("is" in test) return String(test.is);
  return `[${test.from}..${test.below})`;
}

// ---- dmn-eval-js ----

function dmnXml(table) {
  const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const input = ({ name, type }) =>
    `<input id="in_${name}"><inputExpression id="e_${name}" typeRef="${type}"><text>${name}</text></inputExpression></input>`;
  const rule = (tests, row) =>
    `<rule id="r${row}">` +
    tests.map((test, c) => `<inputEntry id="i${row}_${c}"><text>${escape(feel(test, "-"))}</text></inputEntry>`).join("") +
    `<outputEntry id="o${row}"><text>${row}</text></outputEntry></rule>`;
  return (
    `<?xml version="1.0" encoding="UTF-8"?>` +
    `<definitions xmlns="http://www.omg.org/spec/DMN/20151101/dmn.xsd" id="bench" name="bench" namespace="bench">` +
    `<decision id="route" name="route"><decisionTable id="t" hitPolicy="FIRST">` +
    table.columns.map(input).join("") +
    `<output id="out" name="row" typeRef="number"/>` +
    table.rows.map(rule).join("") +
    `</decisionTable></decision></definitions>`
  );
}

async function dmnEvalJs(table) {
  const decisions = await decisionTable.parseDmnXml(dmnXml(table));
  const decide = (facts) => decisionTable.evaluateDecision("route", decisions, facts)?.row ?? null;
  return { decide, inFlight: 1 }; // not asynchronous
}

// ---- zen-engine ----

function decisionModel(table) {
  const node = (id, type, content) => ({ id, type, name: id, position: { x: 0, y: 0 }, ...(content && { content }) });
  const edge = (sourceId, targetId) => ({ id: `${sourceId}-${targetId}`, type: "edge", sourceId, targetId });
  const rule = (tests, row) => ({
    _id: `r${row}`,
    ...Object.fromEntries(tests.map((test, c) => [`c${c}`, feel(test, "")])),
    out: String(row),
  });
  const content = {
    hitPolicy: "first",
    inputs: table.columns.map(({ name }, c) => ({ id: `c${c}`, type: "expression", name, field: name })),
    outputs: [{ id: "out", type: "expression", name: "row", field: "row" }],
    rules: table.rows.map(rule),
  };
  return {
    contentType: "application/vnd.gorules.decision",
    nodes: [node("request", "inputNode"), node("table", "decisionTableNode", content), node("response", "outputNode")],
    edges: [edge("request", "table"), edge("table", "response")],
  };
}

async function zenEngine(table) {
  const decision = new ZenEngine().createDecision(new ZenDecisionContent(decisionModel(table)));
  const decide = async (facts) => (await decision.evaluate(facts)).result?.row ?? null;
  return { decide, inFlight: 16 }; // it works on threads of its own
}

export const engines = {
  "json-rules-engine": jsonRulesEngine,
  "dmn-eval-js": dmnEvalJs,
  "zen-engine": zenEngine,
};

// node run.mjs TABLE.json SECONDS: one JSON object a line for each engine, with its decisions a second on early and on
// late people. TABLE.json is what `rules make` wrote. Every answer is compared with the row that it must be; one
// that is wrong ends the run.
import { readFileSync } from "node:fs";
import { engines } from "./engines.mjs";

const [path, seconds] = process.argv.slice(2);
const table = JSON.parse(readFileSync(path, "utf8"));

function person({ row, facts }) {
  return { row, facts: Object.fromEntries(facts.map((fact, c) => [table.columns[c].name, fact])) };
}

async function ask(name, engine, people) {
  const rows = await Promise.all(people.map(({ facts }) => engine.decide(facts)));
  people.forEach(({ row, facts }, i) => {
    if (rows[i] === row) return;
    console.error(`${name}: ${JSON.stringify(facts)} matches row ${row} first, it says ${rows[i]}`);
    process.exit(1);
  });
}

// Decisions a second: at least one round, at most so many seconds.
async function rate(name, engine, people) {
  await ask(name, engine, people.slice(0, engine.inFlight)); // warm
  const start = performance.now();
  let count = 0;
  let took = 0;
  for (; count === 0 || took < seconds * 1000; took = performance.now() - start) {
    const from = count % (people.length - engine.inFlight + 1);
    await ask(name, engine, people.slice(from, from + engine.inFlight));
    count += engine.inFlight;
  }
  return (count / took) * 1000;
}

const early = table.early.map(person);
const late = table.late.map(person);
for (const [name, prepare] of Object.entries(engines)) {
  const start = performance.now();
  const engine = await prepare(table);
  const prepared = performance.now() - start;
  const result = {
    engine: name,
    rules: table.rows.length,
    prepare_ms: Math.round(prepared),
    early_rate: Number((await rate(name, engine, early)).toPrecision(5)),
    late_rate: Number((await rate(name, engine, late)).toPrecision(5)),
  };
  console.log(JSON.stringify(result));
}
process.exit(0);

// Converts proto/openapi.yaml to proto/openapi.json; with --check only compares.
import { readFileSync, writeFileSync } from "node:fs";
import { parse } from "yaml";

const source = new URL("../../proto/openapi.yaml", import.meta.url);
const target = new URL("../../proto/openapi.json", import.meta.url);

const document = parse(readFileSync(source, "utf8"), { merge: true, maxAliasCount: 1000 });
const json = JSON.stringify(document, null, 1) + "\n";

if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== json) {
    console.error("proto/openapi.json is not what proto/openapi.yaml says; run tests/api/openapi-json");
    process.exit(1);
  }
  console.log("proto/openapi.json is up to date");
} else {
  writeFileSync(target, json);
}

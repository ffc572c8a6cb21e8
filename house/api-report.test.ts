// Nobody changes what is public by accident, and nothing public is without a word on what it does.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { API_ENTRIES, apiReport, reportPath } from "./api-report.js";
import { ROOT } from "./tree.js";

for (const entry of API_ENTRIES) {
  test(`the public API of ${entry.name} is the committed one, and every name says what it does`, () => {
    const report = apiReport(entry);
    assert.equal(report, readFileSync(reportPath(entry.name), "utf8"), "meant to change it? npm run api");
    const lines = report.split("\n");
    const undocumented = lines.flatMap((line, index) =>
      line.includes("(undocumented)") ? [lines[index + 1]?.trim()] : [],
    );
    assert.deepEqual(undocumented, [], "without a docstring");
    // What the package's main entry exports, another entry of it need not export again.
    const main = API_ENTRIES.find(({ folder, path }) => folder === entry.folder && path === ".");
    const exported = main === undefined ? "" : readFileSync(main.types, "utf8");
    const forgotten = lines
      .flatMap((line) => line.match(/ae-forgotten-export\) The symbol "(\w+)"/)?.[1] ?? [])
      .filter((name) => entry === main || !new RegExp(`\\b${name}\\b`).test(exported));
    assert.deepEqual(forgotten, [], "part of the public API, but not exported");
    assert.match(readFileSync(entry.types, "utf8"), /@packageDocumentation/, "an overview comment");
  });
}

test("each API report belongs to an entry", () => {
  assert.deepEqual(readdirSync(join(ROOT, "api")).sort(), API_ENTRIES.map(({ name }) => `${name}.md`).sort());
});

// The rows that explain differences are those of the documentation.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { repositoryDir } from "../paths.js";
import { ROWS } from "./deviations.js";

test("docs/deviations.md has each row that explains a difference, by its id, once", () => {
  const lines = readFileSync(join(repositoryDir, "docs/deviations.md"), "utf8").split("\n");
  for (const row of ROWS) {
    const found = lines.filter((line) => line.startsWith("|") && line.includes(`\`${row}\``));
    assert.equal(found.length, 1, row);
  }
});

test("no row of the documentation names an id that explains nothing", () => {
  const text = readFileSync(join(repositoryDir, "docs/deviations.md"), "utf8");
  const named = [...text.matchAll(/`((?:merge|oci|state|unsolicited)-[a-z-]+)` \|$/gm)].map(([, id]) => id);
  assert.deepEqual(named.sort(), [...ROWS].sort());
});

// Tests of the rules for skipping: never silently, and where CI=true only what expected-skips.json lists.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { titleOf } from "./bridge/check-facts.js";
import { FACTS } from "./bridge/facts.js";
import { conformanceDir } from "./paths.js";
import { expectedSkips, readRange, skipUnless, strict, use } from "./requirements.js";

const missing = { missing: "no such program" };
const here = { here: 1 };

test("a test without its peer is skipped with the reason, and fails with it when it runs all the same", () => {
  assert.equal(skipUnless(here, missing), strict ? false : "no such program");
  assert.equal(skipUnless(here), false);
  assert.throws(() => use(missing), /a peer of this test is missing: no such program/);
  assert.equal(use(here), 1);
});

test("where CI=true nothing is skipped for want of a peer", () => {
  const program = `import { skipUnless, strict } from ${JSON.stringify(new URL("requirements.js", import.meta.url).href)};
    console.log(strict, skipUnless({ missing: "x" }));`;
  const ask = (CI: string): string =>
    execFileSync(process.execPath, ["--input-type=module", "-e", program], {
      encoding: "utf8",
      env: { ...process.env, CI },
    }).trim();
  assert.equal(ask("true"), "true false");
  assert.equal(ask(""), "false x");
});

test("every row of expected-skips.json belongs to a test", () => {
  const sources = readdirSync(conformanceDir, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.ts$/.test(file) && !/^\.|^dist|(?<!\.peer)\.test\.ts$/.test(file))
    .map((file) => readFileSync(join(conformanceDir, file), "utf8"));
  const facts = FACTS.map(titleOf);
  const rows = expectedSkips();
  assert.ok(rows.length > 0);
  for (const { test: name, needs } of rows) {
    assert.ok(
      facts.includes(name) ||
        sources.some((text) => text.includes(JSON.stringify(name)) && text.includes("skipAsExpected(")),
      name,
    );
    assert.notEqual(needs, "");
  }
});

test("lists of the kernel are read as the numbers that they stand for", () => {
  const file = join(tmpdir(), `nri-range-${process.pid}`);
  try {
    for (const [text, numbers] of [
      ["0\n", [0]],
      ["0-2,5\n", [0, 1, 2, 5]],
      ["\n", []],
    ] as const) {
      writeFileSync(file, text);
      assert.deepEqual(readRange(file), numbers);
    }
  } finally {
    rmSync(file, { force: true });
  }
  assert.deepEqual(readRange("/nonexistent/list"), []);
});

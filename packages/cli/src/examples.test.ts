// The examples: what "npm start" shows explains itself, and the small runtime does what its page says.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { nri, TOP } from "./lab.fixture.js";

test("npm start shows three plugins at work on the example pod", async () => {
  const page = readFileSync(join(TOP, "examples/README.md"), "utf8");
  const [, line = ""] = /^```\n(nri simulate .*)\n```$/m.exec(page) ?? [];
  const { scripts } = JSON.parse(readFileSync(join(TOP, "package.json"), "utf8")) as { scripts: { start?: string } };
  if (scripts.start !== undefined) assert.equal(scripts.start, line);
  const [command, ...args] = line.split(" ");
  assert.equal(command, "nri");
  const { code, stdout, stderr } = await nri(args);
  assert.deepEqual([code, stderr], [0, ""]);
  for (const line of [
    /^pod default\/web · 2 containers · 3 plugins$/m,
    /^ {2}00-logger +saw \d+ events$/m,
    /^ {2}10-device-injector +\+ mount .*\/usr\/share\/zoneinfo/m,
    /\+ device +\/dev\/fuse {2}c 10:229 mode 660$/m,
    /^ {2}20-ulimit-adjuster +\+ rlimit +RLIMIT_NOFILE {2}65536\/65536$/m,
    /^ {2}created with 4 changes by 2 plugins in \d+\.\d ms$/m,
    /^2 containers created \(exit 0\)/m,
  ]) {
    assert.match(stdout, line);
  }
});

test("the small runtime of examples/ puts the limits of a plugin into the spec that it prints", () => {
  const stdout = execFileSync(process.execPath, [join(TOP, "examples/runtime.mjs")], { encoding: "utf8" });
  const { process: changed } = JSON.parse(stdout) as { process: { rlimits: unknown } };
  assert.deepEqual(changed.rlimits, [{ type: "RLIMIT_NOFILE", hard: 4096, soft: 1024 }]);
});

test("the small runtime has the 40 lines that its page promises", () => {
  const lines = readFileSync(join(TOP, "examples/runtime.mjs"), "utf8").trimEnd().split("\n");
  assert.ok(lines.length <= 40, `${lines.length} lines`);
});

test("the validators of examples/ refuse with the texts that their page shows", () => {
  const stdout = execFileSync(process.execPath, [join(TOP, "examples/validator.mjs")], { encoding: "utf8" });
  const page = readFileSync(join(TOP, "docs/default-validator.md"), "utf8");
  assert.equal(stdout.split("\n").length, 3);
  assert.ok(page.includes(`\`\`\`\n${stdout}\`\`\``));
});

test("the metrics of examples/ are printed under the names that their page lists", () => {
  const stdout = execFileSync(process.execPath, [join(TOP, "examples/metrics.mjs")], { encoding: "utf8" });
  const page = readFileSync(join(TOP, "docs/metrics.md"), "utf8");
  const names = [...stdout.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  assert.equal(names.length, 4);
  for (const name of names) assert.ok(page.includes(`| \`${name}\` |`), name);
});

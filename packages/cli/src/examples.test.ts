// The example that "npm start" runs: three sample plugins act on it, and the result explains itself.
import assert from "node:assert/strict";
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

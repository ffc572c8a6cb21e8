// Tests of the sample plugins as programs: usage, exit statuses, one line for what goes wrong.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const SOCKET_FLAG = {
  logger: "-socket-path",
  "device-injector": "-socket-path",
  template: "-socket",
  "ulimit-adjuster": "-socket",
};

function run(name: string, args: readonly string[], env: Record<string, string> = {}) {
  const program = fileURLToPath(new URL(`../${name}/${name}.js`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { env, encoding: "utf8" });
  return { status, stdout, stderr };
}

for (const [name, socketFlag] of Object.entries(SOCKET_FLAG)) {
  test(`${name}: usage on stderr, status 0 for -h and 2 for an unknown flag`, () => {
    const help = run(name, ["-h"]);
    assert.deepEqual([help.status, help.stdout], [0, ""]);
    assert.ok(help.stderr.startsWith(`Usage of ${name}:\n  -idx string\n`), help.stderr);
    const wrong = run(name, ["--nonsense"]);
    assert.equal(wrong.status, 2);
    assert.ok(wrong.stderr.startsWith(`flag provided but not defined: -nonsense\nUsage of ${name}:\n`), wrong.stderr);
  });

  test(`${name}: a missing runtime is one line and status 1`, () => {
    const { status, stderr } = run(name, ["-idx", "10", socketFlag, "/nonexistent/nri.sock"]);
    assert.equal(status, 1);
    const [, failure, ...rest] = stderr.trimEnd().split("\n");
    assert.match(failure ?? "", /^ERROR plugin exited with error failed to connect to NRI service: .*\/nonexistent/);
    assert.deepEqual(rest, []);
  });
}

test("an index flag contradicts an index in the environment", () => {
  const { status, stderr } = run("template", ["-idx", "10"], { NRI_PLUGIN_IDX: "20" });
  assert.deepEqual([status, stderr], [1, 'ERROR failed to create plugin stub: plugin ID already set ("20")\n']);
});

test("logger: bad events are refused at once", () => {
  const { status, stderr } = run("logger", ["-events", "nonsense"]);
  assert.deepEqual([status, stderr], [1, 'ERROR failed to parse events: unknown event "nonsense"\n']);
});

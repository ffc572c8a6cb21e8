// Tests of the sample plugins as programs: usage, exit statuses, one line for what goes wrong.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const IDX = ["-idx", "10"];
/** The flags that each plugin has for its index and for the socket; rdt has none for the socket. */
const FLAGS = {
  logger: [...IDX, "-socket-path"],
  "device-injector": [...IDX, "-socket-path"],
  template: [...IDX, "-socket"],
  "ulimit-adjuster": [...IDX, "-socket"],
  differ: ["-indices", "0,99", "-socket-path"],
  "network-logger": [...IDX, "-socket"],
  // it would make its directories
  "hook-injector": [...IDX, "-disableWatch", "-socket-path"],
  "writable-cgroups": [...IDX, "-socket-path"],
  "network-device-injector": [...IDX, "-socket"],
  "v010-adapter": [...IDX, "-socket"],
};

function run(name: string, args: readonly string[], env: Record<string, string> = {}) {
  const program = fileURLToPath(new URL(`../${name}/${name}.js`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { env, encoding: "utf8" });
  return { status, stdout, stderr };
}

for (const [name, flags] of Object.entries({ ...FLAGS, rdt: IDX })) {
  test(`${name}: usage on stderr, status 0 for -h`, () => {
    const { status, stdout, stderr } = run(name, ["-h"]);
    assert.deepEqual([status, stdout], [0, ""]);
    assert.ok(stderr.startsWith(`Usage of ${name}:\n  ${flags[0]} string\n`), stderr);
  });
}

test("an unknown flag is usage as well, and status 2", () => {
  const { status, stderr } = run("template", ["--nonsense"]);
  assert.equal(status, 2);
  assert.ok(stderr.startsWith("flag provided but not defined: -nonsense\nUsage of template:\n"), stderr);
});

for (const [name, flags] of Object.entries(FLAGS)) {
  test(`${name}: a missing runtime is one line and status 1`, () => {
    const { status, stderr } = run(name, [...flags, "/nonexistent/nri.sock"]);
    assert.equal(status, 1);
    const [failure, ...rest] = stderr.split("\n").filter((line) => line.startsWith("ERROR"));
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

test("differ: a verbosity that is no number is a wrong flag", () => {
  const { status, stderr } = run("differ", ["-verbose-level", "x"]);
  assert.equal(status, 2);
  assert.ok(stderr.startsWith('invalid value "x" for flag -verbose-level: parse error\nUsage of differ:\n'), stderr);
});

test("network-device-injector: there are two ways to be compatible", () => {
  const { status, stderr } = run("network-device-injector", ["-compat", "x"]);
  assert.equal(status, 2);
  assert.ok(stderr.startsWith('invalid value "x" for flag -compat: default or reference\nUsage of '), stderr);
});

test("differ: indices and a log file that cannot be are refused at once", () => {
  const refused = (...args: string[]) => {
    const { status, stderr } = run("differ", args);
    assert.equal(status, 1);
    return stderr;
  };
  assert.equal(refused("-indices", "5"), "ERROR There must be at least two index given.\n");
  assert.equal(refused("-indices", "0,x"), 'ERROR -indices 0,x: invalid plugin index "x", must be 2 digits\n');
  assert.equal(refused("-indices", "20,10"), "ERROR -indices 20,10: 10 comes after 20: indices must ascend\n");
  assert.match(refused("-log-file", "/no/such/file"), /^ERROR failed to open log file "\/no\/such\/file": ENOENT/);
});

// Tests of reading hook files.
import assert from "node:assert/strict";
import { test } from "node:test";
import { MissingProgram, parseHookFile } from "./hook-file.js";

const FILE = "/hooks.d/a.json";
const parse = (value: unknown) => parseHookFile(FILE, typeof value === "string" ? value : JSON.stringify(value));
const refused = (value: unknown, message: string | RegExp) => assert.throws(() => parse(value), { message });
const V1 = { version: "1.0.0", hook: { path: "/bin/true" }, when: { always: true }, stages: ["poststop"] };

test("format 1.0.0: hook, conditions and stages, names in any case, unknown ones passed over", () => {
  const { hook, when, stages } = parse(
    '{"Version":"1.0.0","x":1,"hook":{"path":"/bin/true","ARGS":["true","a"],"env":["A=1"],"timeout":9223372036854775807},' +
      '"when":{"annotations":{"k":"v"},"commands":["c"],"hasBindMounts":true},"stages":["prestart","poststop"]}',
  );
  assert.deepEqual(hook, {
    path: "/bin/true",
    args: ["true", "a"],
    env: ["A=1"],
    timeout: 9223372036854775807n,
  });
  assert.deepEqual([when.any, when.always, when.hasBindMounts], [false, undefined, true]);
  assert.deepEqual([when.annotations.length, when.commands.length], [1, 1]);
  assert.deepEqual(stages, ["prestart", "poststop"]);
});

test("format 0.1.0, which is also a file without version: one condition is enough, the path is the first argument", () => {
  for (const version of [{ version: "0.1.0" }, {}]) {
    const { hook, when, stages } = parse({
      ...version,
      hook: "/bin/true",
      arguments: ["a"],
      stage: ["prestart"],
      cmd: ["sh"],
      annotations: ["x", "y"],
      hasbindmounts: false,
    });
    assert.deepEqual(hook, { path: "/bin/true", args: ["/bin/true", "a"], env: [], timeout: undefined });
    assert.deepEqual([when.any, when.hasBindMounts, when.commands.length], [true, false, 1]);
    const [[key, value] = []] = when.annotations;
    assert.deepEqual([key?.test("anything"), value?.test("y"), value?.test("z")], [true, true, false]);
    assert.deepEqual(stages, ["prestart"]);
  }
  assert.deepEqual(parse({ hook: "/bin/true", stages: [] }).hook.args, []);
});

test("what is missing is named", () => {
  refused("null", `parsing hook "${FILE}": : missing required property: hook`);
  refused({ version: "0.1.0" }, `parsing hook "${FILE}": 0.1.0: missing required property: hook`);
  refused({ hook: "/bin/true" }, `parsing hook "${FILE}": : missing required property: stages`);
  refused({ version: "1.0.0" }, `missing required property: hook.path (hook file ${FILE})`);
  refused({ ...V1, stages: null }, `missing required property: stages (hook file ${FILE})`);
});

test("both names of the same list are refused in the old format", () => {
  const both = { hook: "/bin/true", stages: [], cmd: [], cmds: [] };
  refused(both, `parsing hook "${FILE}": : cannot set both 'cmd' and 'cmds'`);
  refused({ ...both, stage: [] }, `parsing hook "${FILE}": : cannot set both 'stage' and 'stages'`);
});

test("unknown versions and stages are refused, as are wrong types and what is no JSON", () => {
  refused({ ...V1, version: "2" }, `parsing hook "${FILE}": unrecognized hook version: "2"`);
  refused(
    { ...V1, version: 1 },
    /^parsing hook "\/hooks\.d\/a\.json": version check: hook file\.version: expected a string/,
  );
  refused("{", /^parsing hook "\/hooks\.d\/a\.json": version check: /);
  refused({ ...V1, stages: ["start"] }, `unknown stage "start" (hook file ${FILE})`);
  refused(
    { ...V1, hook: { path: "/bin/true", timeout: "1" } },
    /1\.0\.0: hook file\.hook\.timeout: expected an integer/,
  );
  refused({ ...V1, when: [] }, /1\.0\.0: hook file\.when: expected a mapping, got a list/);
});

test("expressions that Go does not compile are refused", () => {
  refused(
    { ...V1, when: { annotations: { "[": "" } } },
    /^invalid annotation key "\[": error parsing regexp: .*a\.json\)$/,
  );
  refused({ ...V1, when: { annotations: { a: "(" } } }, /^invalid annotation value "\(": error parsing regexp: /);
  refused({ ...V1, when: { commands: ["*"] } }, /^invalid command "\*": error parsing regexp: /);
});

test("a program that is not there is a problem of its own kind", () => {
  assert.throws(
    () => parse({ ...V1, hook: { path: "/nonexistent/hook" } }),
    (error) =>
      error instanceof MissingProgram &&
      error.message === `faccessat /nonexistent/hook: no such file or directory (hook file ${FILE})`,
  );
  // below a file nothing can be: not the same
  assert.throws(
    () => parse({ ...V1, hook: { path: "/bin/true/hook" } }),
    (error) =>
      error instanceof Error &&
      !(error instanceof MissingProgram) &&
      error.message === `faccessat /bin/true/hook: not a directory (hook file ${FILE})`,
  );
});

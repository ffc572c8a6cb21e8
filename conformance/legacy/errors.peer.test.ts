// What goes wrong with v0.1.0 plugins has the same text from our client as from the Go client, whoever wrote the plugin.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { root, skipUnless, use } from "../requirements.js";
import { legacyPeers } from "./build.js";
import { type Call, canonical, type Side, Stage } from "./stage.js";

const peers = await legacyPeers();
const skip = skipUnless(root, peers);
const SIDES: readonly Side[] = ["go", "ours"];
const CALL: Call = { id: "c1", pid: 7, spec: '{"ociVersion":"1.2.0"}', state: "create", sandbox: { id: "p1" } };

/** Both callers have the same of it, and it is this. */
async function both(stage: Stage, expected: object | RegExp, about: string): Promise<void> {
  const go = await stage.call("go", CALL);
  const ours = await stage.call("ours", CALL);
  assert.deepEqual(ours, go, about);
  if (expected instanceof RegExp) assert.match("error" in go ? go.error : "", expected, about);
  else assert.deepEqual(go, expected, about);
}

test("errors of plugins in all four pairs: thrown, in the result, an exit without a result; the chain ends there", {
  skip,
}, async () => {
  await using stage = new Stage(use(peers));
  const conf = (orders: object) =>
    stage.configure({ version: "0.1", plugins: [{ type: "good" }, { type: "bad", conf: orders }, { type: "never" }] });
  stage.program("never", "#!/bin/sh\ntouch ../called\n");
  for (const side of SIDES) {
    for (const type of ["good", "bad"]) stage.plugin(type, side);
    conf({ fail: 'no "quota"\nhere <&>', metadata: { lost: "yes" } });
    await both(stage, { error: 'plugin: bad: no "quota"\nhere <&>' }, side);
    conf({ error: "said so", metadata: { lost: "yes" } });
    await both(stage, { error: "plugin: bad: said so" }, side);
    conf({ exit: 3 });
    const text = "output: <empty> exit code: 3: unexpected end of JSON input";
    await both(stage, { error: `plugin: bad: failed to unmarshal plugin output ${text}` }, side);
  }
});

/** Shell commands that print something, and the end of the error, or the result. */
const OUTPUTS: readonly (readonly [command: string, expected: string | object])[] = [
  ["true", "output: <empty>: unexpected end of JSON input"],
  ["exit 1", "output: <empty> exit code: 1: unexpected end of JSON input"],
  ["kill -9 $$", "output: <empty> exit code: -1: unexpected end of JSON input"],
  ["echo hello", "output: \"hello\\n\": invalid character 'h' looking for beginning of value"],
  [
    "echo not json; exit 2",
    "output: \"not json\\n\" exit code: 2: invalid character 'o' in literal null (expecting 'u')",
  ],
  [
    "printf '\\377\\000é\"\\\\'",
    'output: "\\xff\\x00é\\"\\\\": invalid character \'ÿ\' looking for beginning of value',
  ],
  ["printf '{\"plugin\":'", "unexpected end of JSON input"],
  ["printf '{plugin'", "invalid character 'p' looking for beginning of object key string"],
  ["printf '{\"a\" 1}'", "invalid character '1' after object key"],
  ['printf \'{"a":1 "\'', "invalid character '\"' after object key:value pair"],
  ["printf '{\"a\":1,}'", "invalid character '}' looking for beginning of object key string"],
  ["printf '[1 2]'", "invalid character '2' after array element"],
  ["printf '[1,]'", "invalid character ']' looking for beginning of value"],
  ["printf '{} {}'", "invalid character '{' after top-level value"],
  ["printf '01'", "invalid character '1' after top-level value"],
  ["printf -- '-x'", "invalid character 'x' in numeric literal"],
  ["printf '1.x'", "invalid character 'x' after decimal point in numeric literal"],
  ["printf '1ex'", "invalid character 'x' in exponent of numeric literal"],
  ["printf '1e+'", "invalid character ' ' in exponent of numeric literal"],
  ["printf '\"a\\tb\"'", "invalid character '\\t' in string literal"],
  ["printf '\"\\\\q\"'", "invalid character 'q' in string escape code"],
  ["printf '\"\\\\u00g0\"'", "invalid character 'g' in \\u hexadecimal character escape"],
  ['printf "\'"', "invalid character '\\'' looking for beginning of value"],
  ["printf '\\357\\273\\277{}'", "invalid character 'ï' looking for beginning of value"],
  ["printf tru", "invalid character ' ' in literal true (expecting 'e')"],
  ["printf []", "json: cannot unmarshal array into Go value of type v1.Result"],
  ["printf 5", "json: cannot unmarshal number into Go value of type v1.Result"],
  ["printf '\"a\"'", "json: cannot unmarshal string into Go value of type v1.Result"],
  ["printf true", "json: cannot unmarshal bool into Go value of type v1.Result"],
  ["printf '{\"error\":5}'", "json: cannot unmarshal number into Go struct field Result.error of type string"],
  ["printf '{\"Plugin\":{}}'", "json: cannot unmarshal object into Go struct field Result.plugin of type string"],
  ["printf '{\"metadata\":[]}'", "Go struct field Result.metadata of type map[string]string"],
  [
    'printf \'{"metadata":{"a":true}}\'',
    "json: cannot unmarshal bool into Go struct field Result.metadata of type string",
  ],
  // these are successes
  ["printf null", { plugin: "", version: "", error: "" }],
  ["printf {}", { plugin: "", version: "", error: "" }],
  ['echo \'{"plugin":"p","error":null,"metadata":null}\'; exit 9', { plugin: "p", version: "", error: "" }],
  [
    'printf \'{"PLUGIN":"a","plugin":"b","metadata":{"k":null}}\'',
    { plugin: "b", version: "", error: "", metadata: { k: "" } },
  ],
  [
    'printf \'{"version":"0.1","state":"create","id":"redis","pid":1234,"cgroupsPath":"qos-ls/default/redis"}\'',
    { plugin: "", version: "0.1", error: "" },
  ],
  ['printf \'{"plugin":"\\377\\\\ud800"}\'', { plugin: "\ufffd\ufffd", version: "", error: "" }],
];

test(`${OUTPUTS.length} outputs of a program have the text, or the result, that the Go client has for them`, {
  skip,
}, async () => {
  await using stage = new Stage(use(peers));
  stage.configure({ version: "0.1", plugins: [{ type: "says" }] });
  for (const [command, expected] of OUTPUTS) {
    stage.program("says", `#!/bin/sh\n${command}\n`);
    if (typeof expected === "object") await both(stage, { results: [expected] }, command);
    else {
      const answer = await stage.call("go", CALL);
      assert.ok("error" in answer && answer.error.endsWith(expected), `${command}: ${JSON.stringify(answer)}`);
      assert.ok(answer.error.startsWith("plugin: says: failed to unmarshal plugin output output: "), answer.error);
      await both(stage, answer, command);
    }
  }
});

test("a program that is not there, or cannot be started, has the Go client's text", { skip }, async () => {
  await using stage = new Stage(use(peers));
  const only = (type: string) => stage.configure({ version: "0.1", plugins: [{ type }] });
  const file = (name: string) => join(stage.binDir, name);
  only("absent");
  await both(stage, { error: 'plugin: absent: exec: "absent": executable file not found in $PATH' }, "absent");
  stage.program("plain", "#!/bin/sh\n", 0o644);
  only("plain");
  await both(stage, { error: 'plugin: plain: exec: "plain": executable file not found in $PATH' }, "no x");
  mkdirSync(file("folder"));
  only("folder");
  await both(stage, /executable file not found in \$PATH$/, "a folder");
  stage.program("data", "echo {}\n");
  only("data");
  await both(stage, { error: `plugin: data: fork/exec ${file("data")}: exec format error` }, "no #!");
  stage.program("lost", "#!/nowhere/sh\n");
  only("lost");
  await both(stage, { error: `plugin: lost: fork/exec ${file("lost")}: no such file or directory` }, "no interpreter");
  only(file("nothing"));
  await both(stage, /: fork\/exec .*nothing: no such file or directory$/, "a path");
  only(file("plain"));
  await both(stage, /: permission denied$/, "a path without x");
  only(file("folder"));
  await both(stage, /: permission denied$/, "a path to a folder");
  only("");
  await both(stage, /^plugin: : exec: /, "no name");
});

test("no plugins, no file: no results", { skip }, async () => {
  await using stage = new Stage(use(peers));
  for (const conf of ["null", "{}", '{"plugins": null}', '{"version":"0.1","plugins":[]}']) {
    stage.configure(conf);
    await both(stage, { results: [] }, conf);
  }
  stage.unconfigure();
  await both(stage, { results: [] }, "no file");
});

test("a configuration that is none fails both clients", { skip }, async () => {
  await using stage = new Stage(use(peers));
  for (const conf of [
    "",
    "{",
    '{"plugins": {}}',
    '{"version": 1}',
    '{"plugins": [{"type": []}]}',
    "[]",
    '{"plugins": ["a"]}',
  ]) {
    stage.configure(conf);
    for (const side of SIDES) assert.ok("error" in (await stage.call(side, CALL)), `${side}: ${conf}`);
  }
});

test("a program of ours and one in Go answer the same to arguments and requests that are wrong", { skip }, () => {
  const ours = fileURLToPath(new URL("our-plugin.js", import.meta.url));
  const run = (side: Side, args: readonly string[], input: string) => {
    const [command, ...before] = side === "go" ? [use(peers).plugin] : [process.execPath, ours];
    const { status, stdout } = spawnSync(command ?? "", [...before, ...args], {
      input,
      encoding: "utf8",
      env: { OLD_PLUGIN_TYPE: "one" },
    });
    return { status, stdout: stdout === "" ? "" : canonical(stdout), lines: stdout.split("\n").length };
  };
  const request = '{"version":"7","state":"create","id":"c","spec":null}';
  for (const [args, input] of [
    [["invoke"], request],
    [["invoke", "more"], `${request} trailing`],
    [["status"], request],
    [[""], request],
    [["invoke"], '{"STATE":"odd","Id":"x","sandboxid":"x","spec":{"Resources":{"cpu":{"shares":1}}},"new":[1]}'],
    [["invoke"], "null"],
    [["invoke"], ""],
    [["invoke"], "{"],
    [["invoke"], "[]"],
    [["invoke"], '{"id":5}'],
    [["invoke"], '{"pid":"1"}'],
    [["invoke"], '{"labels":{"a":1}}'],
    [["status"], "nothing"],
  ] as const)
    assert.deepEqual(run("ours", args, input), run("go", args, input), `${args} ${input}`);
  // the one difference that is meant: the Go program crashes with a trace
  const [go, we] = [run("go", [], request), run("ours", [], request)];
  assert.deepEqual([go.status, we.status, go.stdout, we.stdout], [2, 2, "", ""]);
});

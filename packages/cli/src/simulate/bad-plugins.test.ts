// Plugins that are missing, die, hang, talk rubbish or disagree: one clear line on stderr, the right exit code, no hang.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { FIXTURES, Folder, manifest, nri, nriProcess, type Ran } from "../lab.fixture.js";

const TOLD = join(FIXTURES, "told.mjs");

/** One line, and no trace of where in the program it came from. */
function assertOneLine({ stderr }: Ran, pattern: RegExp): void {
  const lines = stderr.split("\n").filter((line) => line.startsWith("nri: ") || !line.startsWith("["));
  const told = lines.filter((line) => line !== "");
  assert.equal(told.length, 1, stderr);
  assert.match(told[0] ?? "", pattern);
  assert.doesNotMatch(stderr, /^\s+at |node:internal/m);
}

async function withPlugin(plugin: string, ...extra: string[]): Promise<Ran> {
  return nri(["simulate", "-", "--plugin", plugin, "-q", ...extra], { stdin: manifest("a") });
}

// Most of the time is spent waiting for other processes.
describe("plugins that cannot be used or fail", { concurrency: 4 }, () => {
  const UNUSABLE: [what: string, plugin: string, pattern: RegExp][] = [
    ["is missing", join(FIXTURES, "nowhere"), /^nri: plugin .*nowhere: no such file$/],
    [
      "is missing, though named",
      `10-x=${join(FIXTURES, "nowhere.ts")}`,
      /^nri: plugin 10-x=.*nowhere\.ts: no such file$/,
    ],
    ["is not executable", join(FIXTURES, "not-executable"), /^nri: plugin .*not-executable: is not executable/],
    [
      "is no program",
      join(FIXTURES, "plain-text"),
      /^nri: plugin .*plain-text: is not executable: neither a program, a WebAssembly module nor a script/,
    ],
    ["is a folder", FIXTURES, /^nri: plugin .*: is a folder/],
    ["has an index of one digit", `1-x=${TOLD}`, /^nri: --plugin "1-x=.*": invalid plugin index "1", must be 2 digits/],
    [
      "has a name with a blank",
      `10-a b=${TOLD}`,
      /^nri: --plugin "10-a b=.*": invalid plugin name "a b": contains invalid character ' '/,
    ],
    ["has no name", `10-=${TOLD}`, /^nri: --plugin "10-=.*": invalid plugin name: name is empty/],
  ];
  for (const [what, plugin, pattern] of UNUSABLE) {
    test(`a plugin that ${what} is wrong use`, async () => {
      const ran = await withPlugin(plugin);
      assert.deepEqual([ran.code, ran.stdout], [2, ""]);
      assertOneLine(ran, pattern);
    });
  }

  test("a TypeScript plugin with a syntax error is told with file and line", async () => {
    using folder = new Folder();
    const ran = await withPlugin(folder.file("10-broken.ts", "// a plugin\nconst x: = 1;\n"));
    assert.equal(ran.code, 2);
    assertOneLine(ran, /10-broken\.ts:2: /);
  });

  const FAILING: [what: string, plugin: string, config: object | undefined, pattern: RegExp][] = [
    [
      "ends before it registers",
      `10-x=${join(FIXTURES, "exits.mjs")}`,
      undefined,
      /plugin "10-x" .*exited with code 3 before it registered, its last words: no licence found/,
    ],
    [
      "does nothing",
      `10-x=${join(FIXTURES, "nothing.mjs")}`,
      undefined,
      /plugin "10-x" .*exited with code 0 before it registered; a plugin connects .*: does it call run\(\)\?$/,
    ],
    [
      "throws at import",
      `10-x=${join(FIXTURES, "throws.mjs")}`,
      undefined,
      /plugin "10-x" .*exited with code 1 before it registered, its last words: TypeError: no such moon$/,
    ],
    [
      "never registers",
      `10-x=${join(FIXTURES, "silent.mjs")}`,
      undefined,
      /plugin "10-x": plugin registration timed out \(\d+ ms\)/,
    ],
    ["speaks rubbish", join(FIXTURES, "30-rubbish"), undefined, /plugin "30-rubbish": .*connection closed/],
    [
      "answers with an error",
      `10-x=${TOLD}`,
      { createContainer: { throw: "no room" } },
      /^nri: default\/web\/a: CreateContainer: plugin "10-x": rpc error: code = Unknown desc = no room: container refused$/,
    ],
    [
      "does not answer",
      `10-x=${TOLD}`,
      { createContainer: { hang: true } },
      /^nri: plugin "10-x": CreateContainer not answered in 1500 ms$/,
    ],
    [
      "dies during a request",
      `10-x=${TOLD}`,
      { startContainer: { exit: 5 } },
      /^nri: plugin "10-x": connection closed during StartContainer: .*\(exited with code 5\)$/,
    ],
    [
      "updates the container that is created",
      `10-x=${TOLD}`,
      { createContainer: { update: [{ containerId: "CONTAINER_ID", linux: { resources: {} } }] } },
      /^nri: default\/web\/a: CreateContainer: plugin "10-x" asked update of "[0-9a-f]{64}" during creation: container refused$/,
    ],
    [
      "asks for an unknown namespace",
      `10-x=${TOLD}`,
      { createContainer: { adjust: { linux: { namespaces: [{ type: "magic" }] } } } },
      /^nri: default\/web\/a: CreateContainer: .*namespace.*magic.*: container refused$/,
    ],
  ];
  for (const [what, plugin, config, pattern] of FAILING) {
    test(`a plugin that ${what} is a failure`, async () => {
      using folder = new Folder();
      const configured =
        config === undefined ? [] : ["--plugin-config", `10-x=${folder.file("x.conf", JSON.stringify(config))}`];
      const timeouts = [
        "--request-timeout",
        "1500ms",
        "--registration-timeout",
        what === "never registers" ? "1s" : "5s",
      ];
      const ran = await withPlugin(plugin, ...timeouts, ...configured);
      assert.equal(ran.code, 1, ran.stderr);
      assertOneLine(ran, pattern);
      assert.match(ran.stdout, /\(exit 1\)/);
    });
  }

  test("two plugins of one name are wrong use", async () => {
    const ran = await nri(["simulate", "-", "--plugin", `10-x=${TOLD}`, "--plugin", `10-x=${TOLD}`], {
      stdin: manifest("a"),
    });
    assert.equal(ran.code, 2);
    assertOneLine(ran, /^nri: --plugin ".*": two plugins are called 10-x/);
  });

  test("a validator that rejects is named with its reason, in every format", async () => {
    using folder = new Folder();
    const source = 'await definePlugin({ validateContainerAdjustment: () => "no hooks here" }).run();\n';
    const plugin = folder.file("90-judge.mjs", `import { definePlugin } from "@nri/plugin";\n${source}`);
    const ran = await withPlugin(plugin);
    assert.equal(ran.code, 1);
    assertOneLine(ran, /validator "90-judge" rejected container adjustment, reason: no hooks here: container refused$/);
    assert.match(
      ran.stdout,
      /90-judge {2}x rejected: no hooks here: container refused\n {2}refused; nothing of this container's adjustments was applied/,
    );
    const { pods } = JSON.parse((await withPlugin(plugin, "--json")).stdout) as {
      pods: { containers: { verdicts: object[]; spec: unknown }[] }[];
    };
    assert.deepEqual(pods[0]?.containers[0]?.verdicts, [
      { validator: "90-judge", rejected: true, reason: "no hooks here" },
    ]);
    assert.equal(pods[0]?.containers[0]?.spec, null);
  });

  test("an error after the fact does not refuse the container, but it is an error", async () => {
    using folder = new Folder();
    const conf = folder.file("x.conf", JSON.stringify({ postStartContainer: { throw: "late" } }));
    const ran = await withPlugin(`10-x=${TOLD}`, "--plugin-config", `10-x=${conf}`);
    assert.equal(ran.code, 1);
    assertOneLine(
      ran,
      /^nri: default\/web\/a: PostStartContainer: plugin "10-x": rpc error: code = Unknown desc = late$/,
    );
    assert.match(ran.stdout, /^1 container created, 1 error \(exit 1\)/m);
  });

  test("an answer with invalid UTF-8 is told with plugin and request", async () => {
    using folder = new Folder();
    // CreateContainerResponse.adjust.annotations: a key of one byte that no text begins with.
    const bytes = Buffer.from([0x0a, 0x08, 0x12, 0x06, 0x0a, 0x01, 0xff, 0x12, 0x01, 0x61]);
    const conf = folder.file("x.conf", bytes.toString("base64"));
    const ran = await withPlugin(`10-raw=${join(FIXTURES, "raw.mjs")}`, "--plugin-config", `10-raw=${conf}`);
    assert.equal(ran.code, 1, ran.stderr);
    assertOneLine(ran, /plugin "10-raw".*CreateContainer.*UTF-8|CreateContainer.*plugin "10-raw".*UTF-8/);
  });

  test("two plugins that conflict are both named, with the field and its key", async () => {
    using folder = new Folder();
    const conf = (value: string) => JSON.stringify({ createContainer: { adjust: { annotations: { "a/b": value } } } });
    const args = ["10-x", "20-y"].flatMap((name) => [
      "--plugin",
      `${name}=${TOLD}`,
      "--plugin-config",
      `${name}=${folder.file(name, conf(name))}`,
    ]);
    const ran = await nri(["simulate", "-", ...args, "-q"], { stdin: manifest("a") });
    assert.equal(ran.code, 1);
    assertOneLine(ran, /plugins "20-y" and "10-x" both tried to set Annotations a\/b: container refused/);
    assert.match(ran.stdout, /20-y {2}x annotation {2}a\/b {3}already set by 10-x: container refused/);
  });

  test("a plugin from outside is waited for, and one with a bad name is refused in time", async () => {
    using folder = new Folder();
    const socket = join(folder.path, "nri.sock");
    const external = (index: string, name: string) => {
      const child = spawn(process.execPath, [join(FIXTURES, "external.mjs"), socket, index, name], { stdio: "ignore" });
      return once(child, "close");
    };
    const good = external("15", "outside");
    const ran = await nri(["simulate", "-", "--socket", socket, "--wait", "1", "--wait-timeout", "10s", "-o", "json"], {
      stdin: manifest("a"),
    });
    assert.equal(ran.code, 0, ran.stderr);
    const { plugins } = JSON.parse(ran.stdout) as { plugins: { name: string; kind: string }[] };
    assert.deepEqual(
      plugins.map(({ name, kind }) => [name, kind]),
      [["15-outside", "external"]],
    );
    await good;

    const bad = external("15", "bad name");
    const refused = await nri(["simulate", "-", "--socket", socket, "--wait-timeout", "4s", "-o", "spec"], {
      stdin: manifest("a"),
    });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^nri: failed to start external plugin: .*invalid name.*invalid character/m);
    assert.match(refused.stderr, /^nri: .*nri\.sock: waited 4000 ms for plugins: 0 of 1 plugins are active$/m);
    await bad;
  });

  test("a terminal is told which plugin is waited for", async () => {
    using folder = new Folder();
    const conf = folder.file("x.conf", JSON.stringify({ createContainer: { hang: true } }));
    const args = [
      "simulate",
      "-",
      "--plugin",
      `10-slow=${TOLD}`,
      "--plugin-config",
      `10-slow=${conf}`,
      "--request-timeout",
      "1500ms",
    ];
    const ran = await nri([...args, "-q"], { stdin: manifest("a"), terminal: true });
    assert.match(ran.stderr, /CreateContainer of a: waiting for 10-slow \(\d\.\d s\)/);
  });

  test("the real program ends with the exit code and leaves no process and no temporary folder behind", async () => {
    using folder = new Folder();
    using scratch = new Folder();
    const file = folder.file("pod.yaml", manifest("a"));
    const fine = await nriProcess(["simulate", file, "--plugin", join(FIXTURES, "42-typed.ts"), "-o", "spec"], {
      temporary: scratch.path,
    });
    assert.equal(fine.code, 0, fine.stderr);
    assert.match(fine.stdout, /"GREETING=hello a"/);
    const wrong = folder.file("bad.yaml", "kind: Pod\nmetadata: {name: x}\nspec: {containers: 3}\n");
    const bad = await nriProcess(["simulate", wrong], { temporary: scratch.path });
    assert.deepEqual([bad.code, bad.stdout], [2, ""]);
    assert.match(bad.stderr, /^\S*bad\.yaml:3: spec\.containers must be a list, is the number 3\n$/);
    assert.deepEqual(readdirSync(scratch.path), []);
  });

  test("SIGTERM ends the program, its plugins and its socket", async () => {
    using folder = new Folder();
    const file = folder.file("pod.yaml", manifest("a"));
    let pid = 0;
    const running = nriProcess(
      ["simulate", file, "--plugin", `10-x=${TOLD}`, "--socket", join(folder.path, "s"), "--wait-timeout", "1m"],
      {
        onStart: (started) => {
          pid = started;
        },
      },
    );
    while (!readdirSync(folder.path).includes("s")) await new Promise((resolve) => setTimeout(resolve, 20));
    process.kill(pid, "SIGTERM");
    const ran = await running;
    assert.equal(ran.code, null);
    assert.match(ran.stderr, /^nri: ended by SIGTERM$/m);
    assert.deepEqual(readdirSync(folder.path), ["pod.yaml"]);
  });
});

// Plugins that we start: what they inherit, what they print, how they fail and how they are reaped.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, open, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { eventually, type Lab, type LabOptions, startLab } from "../lab.fixture.js";
import type { LaunchSpec } from "./launch.js";
import { FIXTURES, fixture } from "./programs.fixture.js";

const pod = { id: "p1", name: "pod" };
const container = { id: "c1", podSandboxId: "p1", name: "one" };

/** A fixture as a plugin to launch. */
function lab(plugins: LaunchSpec[], options: LabOptions = {}): Promise<Lab> {
  return startLab({ socketPath: undefined, plugins, registrationTimeoutMs: 20_000, ...options });
}

function isAlive(pid: number | undefined): boolean {
  try {
    process.kill(pid ?? 0, 0);
    return true;
  } catch {
    return false;
  }
}

test("a launched plugin inherits three variables, descriptor 3 and its outputs, and nothing else", async () => {
  await using it = await lab([{ ...fixture("42", "inherits.sh"), name: "who.am-i" }]);
  const lines = it.output.filter(({ stream }) => stream === "stdout").map(({ line }) => line);
  const split = lines.indexOf("arguments 0");
  assert.deepEqual(lines.slice(1, split).sort(), [
    "NRI_PLUGIN_IDX=42",
    "NRI_PLUGIN_NAME=who.am-i",
    "NRI_PLUGIN_SOCKET=3",
  ]);
  assert.deepEqual(lines.slice(split + 1), ["descriptor 0", "descriptor 1", "descriptor 2", "descriptor 3"]);
});

test("neither a descriptor nor the coverage of a runtime that inherited them itself reaches its plugins", async () => {
  const stdio: ("ignore" | "pipe" | number)[] = Array.from({ length: 64 }, () => "ignore");
  stdio[1] = "pipe";
  const secret = await open(fileURLToPath(import.meta.url));
  stdio[63] = secret.fd;
  await using it = await startLab({ idle: true });
  const runtime = spawn(process.execPath, [join(FIXTURES, "runtime-with-63.mjs")], {
    stdio,
    env: { ...process.env, NODE_V8_COVERAGE: it.dir },
  });
  let shown = "";
  runtime.stdout?.on("data", (chunk) => {
    shown += chunk;
  });
  const [code] = await once(runtime, "close");
  await secret.close();
  assert.equal(code, 0);
  const [behind, ...variables] = shown.trimEnd().split("\n");
  assert.equal(behind, "/dev/null");
  assert.deepEqual(variables.sort(), ["NRI_PLUGIN_IDX=10", "NRI_PLUGIN_NAME=shows", "NRI_PLUGIN_SOCKET=3"]);
});

test("plugins of a directory are started with their configuration, links by their own name", async () => {
  await using it = await lab([], {
    prepare: async (dir) => {
      const [pluginDir, pluginConfigDir] = [join(dir, "plugins"), join(dir, "conf.d")];
      await mkdir(pluginDir);
      await mkdir(pluginConfigDir);
      const program = join(dir, "program");
      await writeFile(program, `#!/bin/sh\nexec ${process.execPath} ${join(FIXTURES, "good.mjs")}\n`);
      await chmod(program, 0o755);
      await symlink(program, join(pluginDir, "20-linked"));
      await writeFile(join(pluginDir, "10-direct"), `#!/bin/sh\nexec ${program}\n`);
      await chmod(join(pluginDir, "10-direct"), 0o700);
      await writeFile(join(pluginConfigDir, "10-direct.conf"), "by index and name\n");
      await writeFile(join(pluginConfigDir, "linked.conf"), "by name\n");
      return { pluginDir, pluginConfigDir };
    },
  });
  assert.deepEqual(
    it.adaptation.plugins.map(({ name, kind }) => [name, kind]),
    [
      ["10-direct", "launched"],
      ["20-linked", "launched"],
    ],
  );
  const { adjust } = await it.adaptation.createContainer({ pod, container });
  assert.deepEqual(
    adjust?.env.map(({ key, value }) => [key, value]),
    [
      ["BY_direct", "by index and name\n"],
      ["BY_linked", "by name\n"],
    ],
  );
  const pids = it.adaptation.plugins.map(({ pid }) => pid);
  await it.adaptation.stop();
  assert.deepEqual(pids.map(isAlive), [false, false]);
});

test("plugins start side by side but are configured in order; output is told by plugin and stream", async () => {
  await using it = await lab([fixture("20", "good.mjs"), fixture("10", "good.mjs")]);
  assert.deepEqual(
    it.states.filter(({ state }) => state === "configured").map(({ plugin }) => plugin.name),
    ["10-good", "20-good"],
  );
  await eventually(() => it.output.length === 4, "output of both");
  assert.deepEqual(
    new Set(it.output.map(({ plugin, stream, line }) => `${plugin.name} ${stream} ${line}`)),
    new Set(["10-good", "20-good"].flatMap((name) => [`${name} stdout ready`, `${name} stderr ready`])),
  );
  assert.equal(it.adaptation.plugins[0]?.stderr, "ready\n");
});

test("with compat reference a plugin is started when the one before it is configured, and killed at the end", async () => {
  await using it = await lab([fixture("10", "good.mjs"), fixture("20", "stubborn.mjs")], { compat: "reference" });
  const starts = it.log.filter((line) => /starting pre-installed|registered as/.test(line));
  assert.deepEqual(
    starts.map((line) => line.replace(/.*(starting|registered).*/, "$1")),
    ["starting", "registered", "starting", "registered"],
  );
  const plugins = [...it.adaptation.plugins];
  await it.adaptation.stop();
  assert.deepEqual(
    plugins.map(({ exit }) => exit),
    [
      { code: null, signal: "SIGKILL" },
      { code: null, signal: "SIGKILL" },
    ],
  );
});

for (const [file, expected] of [
  ["exits.sh", /exits\.sh\) exited with code 3 before it registered, its last words: no luck today$/],
  ["closes.sh", /plugin "10-closes": failed to register plugin, connection closed$/],
  ["rubbish.sh", /plugin "10-rubbish": failed to register plugin, connection closed: /],
  ["silent.sh", /plugin "10-silent": plugin registration timed out \(300 ms\)$/],
] as const) {
  test(`${file}: the start goes on without it, says why, and nothing stays behind`, async () => {
    await using it = await lab([fixture("10", file), fixture("20", "good.mjs")], {
      registrationTimeoutMs: file === "silent.sh" ? 300 : 20_000,
      limits: { exitGraceMs: 100, maxConcurrentLaunches: file === "silent.sh" ? 1 : 8 },
    });
    const { plugin, text } = it.warnings[0] ?? {};
    assert.match(text ?? "", expected);
    assert.match(text ?? "", /^failed to start pre-installed NRI plugin "/);
    await eventually(() => plugin?.exit !== undefined, "its program is reaped");
    assert.equal(isAlive(plugin?.pid), false);
    assert.equal(plugin?.state, "closed");
  });
}

test("with compat reference a plugin that closes its connection is not given time to end", async () => {
  const limits = { exitGraceMs: 60_000 };
  await using it = await lab([fixture("10", "closes.sh")], { compat: "reference", limits });
  const { plugin, text } = it.warnings[0] ?? {};
  await eventually(() => plugin?.exit !== undefined, "its program is reaped");
  assert.deepEqual(plugin?.exit, { code: null, signal: "SIGKILL" });
  assert.match(text ?? "", /connection closed$/, "that we killed it is not why it failed");
});

test("a program that cannot be started is named with the reason", async () => {
  let folder = "";
  const files: [name: string, content: string, mode: number, expected: RegExp][] = [
    ["missing", "", 0, /: no such file or directory \(ENOENT\)$/],
    ["forbidden", "#!/bin/sh\n", 0o600, /: permission denied \(EACCES\)$/],
    ["notes", "remember the milk\n", 0o755, /: neither a program nor a #! script \(ENOEXEC\)$/],
    [
      "lost",
      "#!/no/such/interpreter\n",
      0o755,
      /: no such file or directory \(ENOENT: the interpreter in its first line\)$/,
    ],
    ["wasm", "\0asm\u000d\0\u0001\0", 0o755, /: WebAssembly of another kind than a module \(version 1\)$/],
  ];
  await using it = await lab([], {
    prepare: async (dir) => {
      folder = dir;
      for (const [name, content, mode] of files) {
        if (mode !== 0) {
          await writeFile(join(dir, name), content);
          await chmod(join(dir, name), mode);
        }
      }
      return {
        plugins: [
          ...files.map(([name]) => ({ index: "10", name, command: join(dir, name) })),
          { index: "20", name: "bare", command: "sh" },
        ],
      };
    },
  });
  for (const [i, [name, , , expected]] of files.entries()) {
    const text = it.warnings[i]?.text ?? "";
    const begin = `failed to initialize pre-installed NRI plugin "${name}": plugin "10-${name}": cannot start ${join(folder, name)}`;
    assert.ok(text.startsWith(begin), text);
    assert.match(text, expected);
  }
  assert.match(it.warnings.at(-1)?.text ?? "", /cannot start sh: not a path/);
});

test("a plugin that dies of a request is dropped, the request goes on, and its exit is known", async () => {
  await using it = await lab([fixture("10", "crashes.mjs"), fixture("20", "good.mjs")]);
  const crashing = it.adaptation.plugins[0];
  const { adjust } = await it.adaptation.createContainer({ pod, container });
  assert.equal(adjust?.env.length, 1);
  await eventually(() => crashing?.exit !== undefined, "the plugin has ended");
  assert.deepEqual(crashing?.exit, { code: 7, signal: null });
  assert.equal(crashing?.stderr, "what is this container?\n");
  assert.equal(it.adaptation.plugins.length, 1);
});

test("a plugin that hangs in a request is dropped after the time-out and ended", async () => {
  await using it = await lab([fixture("10", "hangs.mjs")], { requestTimeoutMs: 400, limits: { exitGraceMs: 50 } });
  const hanging = it.adaptation.plugins[0];
  const big = { ...container, labels: { big: "x".repeat(2_000_000) } };
  await it.adaptation.createContainer({ pod, container: big });
  await eventually(() => hanging?.exit !== undefined, "the plugin was killed");
  assert.deepEqual(hanging?.exit, { code: null, signal: "SIGTERM" });
  assert.match(hanging?.reason?.message ?? "", /CreateContainer not answered in 400 ms/);
});

test("at the end a plugin gets time to put things away; one that stays is killed", async () => {
  await using it = await lab([fixture("10", "tidy.mjs"), fixture("20", "stubborn.mjs")], {
    requestTimeoutMs: 1000,
    limits: { exitGraceMs: 100 },
  });
  const [tidy, stubborn] = it.adaptation.plugins;
  await it.adaptation.stop();
  assert.deepEqual(tidy?.exit, { code: 4, signal: null });
  assert.equal(tidy?.stderr, "put away\n");
  assert.deepEqual(stubborn?.exit, { code: null, signal: "SIGKILL" });
});

test("output beyond the limits is counted, not lost without a word, and holds nobody up", async () => {
  await using it = await lab([fixture("10", "chatty.mjs")], {
    limits: { maxOutputLinesPerSecond: 100, maxOutputTailBytes: 2000, maxOutputLineBytes: 1000 },
  });
  const plugin = it.adaptation.plugins[0];
  await it.adaptation.stop();
  const lines = it.output.map(({ line }) => line);
  assert.ok(lines.length < 1000, `${lines.length} lines`);
  assert.ok(lines.some((line) => /^\[\d+ lines not shown: more than 100 in a second\]$/.test(line)));
  assert.ok(lines.includes(`${"y".repeat(1000)} [99000 more bytes in this line]`));
  assert.ok((plugin?.stderr.length ?? 0) <= 2000);
  assert.ok(plugin?.stderr.endsWith(`line 4999 ${"x".repeat(50)}\n`));
});

test("a start that fails ends the plugins that it had started", async () => {
  const pids: (number | undefined)[] = [];
  await assert.rejects(
    lab([fixture("10", "good.mjs")], {
      observer: { pluginState: (plugin, state) => state === "configured" && pids.push(plugin.pid) },
      synchronize: async () => {
        throw new Error("the store is gone");
      },
    }),
    { code: "sync-failed", message: "failed to synchronize pre-installed NRI Plugins: the store is gone" },
  );
  assert.equal(pids.length, 1);
  assert.deepEqual(pids.map(isAlive), [false]);
});

test("a plugin that floods its output is slowed down, and not the program that reads it", async () => {
  await using it = await lab([fixture("10", "floods.mjs")], {
    requestTimeoutMs: 500,
    limits: { maxOutputLinesPerSecond: 3 },
  });
  await eventually(() => it.output.some(({ line }) => line.startsWith("[")), "the flood is noticed", 20_000);
  const unseen = it.output.map(({ line }) => Number(/^\[(\d+) lines not shown/.exec(line)?.[1] ?? 0));
  // Some 100,000 lines in a second, and what a chunk may have too much.
  assert.ok(Math.max(...unseen) < 300_000, `${Math.max(...unseen)} lines read in a second or so`);
});

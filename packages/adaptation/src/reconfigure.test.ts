// Other options while it runs: what they change, what they leave alone, and what changes nothing.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { BuiltinPlugin } from "./builtin/builtin-plugin.js";
import { eventually, type Lab, startLab } from "./lab.fixture.js";
import type { Reconfiguration } from "./options.js";
import { connectRawPlugin } from "./raw-plugin.fixture.js";

const FIXTURES = fileURLToPath(new URL("../fixtures/", import.meta.url));
const pod = { id: "p1", name: "pod" };
const container = { id: "c1", podSandboxId: "p1", name: "c1" };
const create = (lab: Lab) => lab.adaptation.createContainer({ pod, container });

function refusing(name: string, why: string): BuiltinPlugin {
  return {
    index: "00",
    name,
    validateContainerAdjustment: () => {
      throw new Error(why);
    },
  };
}

test("rules, deadlines and builtins are the new ones from the next request on, also for plugins that are there", async () => {
  await using lab = await startLab();
  const { socket: socketPath } = lab;
  let answer: object | Promise<never> = {};
  await lab.connect({ on: { createContainer: () => answer } });
  const [before] = lab.adaptation.plugins;

  await lab.adaptation.reconfigure({ socketPath, builtins: [refusing("guard", "not here")] });
  await assert.rejects(create(lab), /rejected container adjustment, reason: not here/);
  const guard = refusing("guard", "nor here");
  await lab.adaptation.reconfigure({ socketPath, builtins: [guard] });
  await assert.rejects(create(lab), /reason: nor here/);
  await lab.adaptation.reconfigure({ socketPath, builtins: [guard], requestTimeoutMs: 4000 });
  assert.deepEqual(
    lab.adaptation.plugins.map(({ name }) => name),
    ["00-guard", "10-raw"],
  );
  await lab.adaptation.reconfigure({ socketPath, policies: { required: [{ plugin: "absent" }] } });
  await assert.rejects(create(lab), { code: "required-plugin" });
  answer = new Promise<never>(() => undefined);
  await lab.adaptation.reconfigure({
    socketPath,
    requestTimeoutMs: 60,
    policies: { rules: [{ plugin: "*", failure: "fail" }] },
  });
  await assert.rejects(create(lab), /not answered in 60 ms/);
  await lab.adaptation.reconfigure({ socketPath, requestTimeoutMs: 50 });
  assert.deepEqual([before?.state, lab.adaptation.plugins[0]], ["active", before]);
  await create(lab);
  assert.match(before?.reason?.message ?? "", /not answered in 50 ms/);
});

test("a builtin that was lost is started again by the same options, others stay", async () => {
  const builtins: BuiltinPlugin[] = [
    { index: "00", name: "hangs", createContainer: () => new Promise<undefined>(() => undefined) },
    { index: "01", name: "stays", createContainer: () => undefined },
  ];
  await using lab = await startLab({ socketPath: undefined, builtins, requestTimeoutMs: 40 });
  const [, stays] = lab.adaptation.plugins;
  await create(lab);
  assert.deepEqual(lab.adaptation.plugins, [stays]);
  await lab.adaptation.reconfigure({ builtins });
  assert.deepEqual(
    lab.adaptation.plugins.map(({ name, id }) => (id === stays?.id ? "the same" : name)),
    ["00-hangs", "the same"],
  );
});

test("the socket moves, is closed and opened again; plugins that are connected stay", async () => {
  await using lab = await startLab();
  const moved = join(lab.dir, "moved.sock");
  await lab.connect({ index: "10", name: "one" });
  await lab.adaptation.reconfigure({ socketPath: moved });
  assert.deepEqual([existsSync(lab.socket), existsSync(moved)], [false, true]);
  const two = await connectRawPlugin(moved, { index: "20", name: "two" });
  await lab.adaptation.waitForPlugins(2, { timeoutMs: 5000 });
  await lab.adaptation.reconfigure({});
  assert.equal(existsSync(moved), false);
  assert.equal(lab.adaptation.plugins.length, 2);
  await lab.adaptation.reconfigure({ socketPath: lab.socket });
  await lab.connect({ index: "30", name: "three" });
  assert.deepEqual(
    lab.adaptation.plugins.map(({ name }) => name),
    ["10-one", "20-two", "30-three"],
  );
  two.close();
});

test("what cannot be used changes nothing, and says why", async () => {
  await using lab = await startLab();
  const guard = refusing("guard", "as before");
  const given: Reconfiguration = { socketPath: lab.socket, builtins: [guard] };
  await lab.adaptation.reconfigure(given);
  const taken = join(lab.dir, "taken.sock");
  const server = createServer().listen(taken);
  const file = join(lab.dir, "file");
  await writeFile(file, "");
  const others = { builtins: [refusing("other", "others")], requestTimeoutMs: 10 };
  const wrong: [options: object, expected: object][] = [
    [{ ...others, socketPath: taken }, { code: "socket-in-use" }],
    [{ ...others, pluginDir: file }, { code: "discovery-failed" }],
    [{ ...others, requestTimeoutMs: -1 }, { code: "invalid-option" }],
    [{ ...others, policies: { rules: [{ plugin: "" }] } }, { code: "invalid-option" }],
    [{ builtins: [{ index: "00", name: "x", configure: () => Promise.reject(new Error("no")) }] }, { message: /: no/ }],
    [{ builtins: [guard, refusing("guard", "twice")] }, { message: /"00-guard" is registered already/ }],
    [{ builtins: [{ index: "00", name: "x", synchronize: () => ({}) }] }, { message: /only be given at the start/ }],
    [{ ...given, compat: "reference" }, { message: /^compat: unknown option; known are pluginDir/ }],
  ];
  for (const [options, expected] of wrong) {
    await assert.rejects(lab.adaptation.reconfigure(options), expected);
    await assert.rejects(create(lab), /reason: as before/);
    assert.deepEqual([existsSync(lab.socket), lab.adaptation.plugins.length], [true, 1]);
  }
  server.close();
  await lab.adaptation.stop();
  await assert.rejects(lab.adaptation.reconfigure(given), { code: "stopped" });
});

test("launched plugins stay, are replaced without a gap, end, or begin, as what is installed says", async () => {
  let pluginDir = "";
  let pluginConfigDir = "";
  const install = async (
    name: string,
    text = `#!/bin/sh\nexec ${process.execPath} ${join(FIXTURES, "fragile.mjs")}\n`,
  ) => {
    await rm(join(pluginDir, name), { force: true });
    await writeFile(join(pluginDir, name), text);
    await chmod(join(pluginDir, name), 0o755);
  };
  const configure = (name: string, text: string) => writeFile(join(pluginConfigDir, `${name}.conf`), text);
  await using lab = await startLab({
    socketPath: undefined,
    registrationTimeoutMs: 20_000,
    prepare: async (dir) => {
      [pluginDir, pluginConfigDir] = [join(dir, "plugins"), join(dir, "conf.d")];
      await mkdir(pluginDir);
      await mkdir(pluginConfigDir);
      await Promise.all([install("10-same"), install("20-other"), install("30-gone")]);
      await Promise.all(["10-same", "20-other", "30-gone"].map((name) => configure(name, "old")));
      return { pluginDir, pluginConfigDir };
    },
  });
  const again = (): Promise<void> =>
    lab.adaptation.reconfigure({ pluginDir, pluginConfigDir, registrationTimeoutMs: 20_000, requestTimeoutMs: 5000 });
  const there = () => lab.adaptation.plugins.map(({ name, pid }) => ({ name, pid }));
  // Each would set the same variables: only one may be asked to create a container.
  const told = (name: string) =>
    lab.adaptation.plugins.filter((plugin) => plugin.name === name).map(({ state, restarts }) => ({ state, restarts }));
  const [same, other, gone] = lab.adaptation.plugins;
  await again();
  assert.deepEqual(lab.adaptation.plugins, [same, other, gone]);

  await configure("20-other", "new");
  await rm(join(pluginDir, "30-gone"));
  await install("40-new");
  const counts: number[] = [];
  const watching = setInterval(() => counts.push(told("20-other").length), 1);
  await again();
  clearInterval(watching);
  const [first, second, third, ...rest] = there();
  assert.deepEqual(
    [first, second?.name, third?.name, rest],
    [{ name: "10-same", pid: same?.pid }, "20-other", "40-new", []],
  );
  assert.notEqual(second?.pid, other?.pid);
  assert.ok(counts.length > 10 && counts.every((count) => count === 1), "there is always exactly one");
  await eventually(() => gone?.exit !== undefined && other?.exit !== undefined, "the old programs have ended");
  assert.deepEqual([gone?.exit?.code, other?.exit?.code], [0, 0]);

  // One that does not start leaves the place to the one that is there.
  await install("20-other", "#!/bin/sh\nexit 3\n");
  await again();
  assert.deepEqual(there(), [first, second, third]);
  assert.match(lab.warnings.at(-1)?.text ?? "", /"20-other" .*exited with code 3 before it registered/);
  assert.ok(lab.log.some((line) => /"20-other" is not replaced: the instance of before stays/.test(line)));

  // One that has ended by itself is started again.
  process.kill(third?.pid ?? 0, "SIGKILL");
  await eventually(() => there().length === 2, "it is gone");
  await eventually(
    () => lab.states.some(({ plugin }) => plugin.pid === third?.pid && plugin.exit !== undefined),
    "reaped",
  );
  await install("20-other");
  await again();
  await lab.adaptation.waitForPlugins(3, { timeoutMs: 10_000 });
  assert.deepEqual(
    there().map(({ name }) => name),
    ["10-same", "20-other", "40-new"],
  );
  assert.equal(there()[0]?.pid, same?.pid);
});

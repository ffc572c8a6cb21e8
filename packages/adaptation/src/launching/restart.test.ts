// Launched plugins that crash are started again: how often, after which time, and with what they are told then.
import assert from "node:assert/strict";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { eventually, startLab } from "../lab.fixture.js";
import { connectRawPlugin } from "../raw-plugin.fixture.js";
import { Backoff, restartSettings } from "./restart.js";

const FIXTURES = fileURLToPath(new URL("../../fixtures/", import.meta.url));
const FRAGILE = {
  index: "10",
  name: "fragile",
  command: process.execPath,
  args: [join(FIXTURES, "fragile.mjs")],
  config: "given",
};
const pod = { id: "p1", name: "pod" };
const container = (name: string): { id: string; podSandboxId: string; name: string } => ({
  id: `c-${name}`,
  podSandboxId: "p1",
  name,
});

test("each crash in a row doubles the delay up to its maximum, a healthy time begins anew, the last one gives up", () => {
  const settings = restartSettings({ attempts: 4, delayMs: 100, maxDelayMs: 300, healthyMs: 1000 });
  assert.ok(settings);
  const backoff = new Backoff(settings);
  const crashed = (ranMs: number): number | undefined => backoff.crashed(ranMs);
  assert.deepEqual([5, 999, 0, 1, 2].map(crashed), [100, 200, 300, 300, undefined]);
  assert.deepEqual([1000, 10, 2000].map(crashed), [100, 200, 100]);
  assert.equal(backoff.crashes, 1);
});

test("restart is off unless asked for; its values are checked by name", () => {
  assert.equal(restartSettings(undefined), undefined);
  const defaults = { attempts: 8, delayMs: 1000, maxDelayMs: 60_000, healthyMs: 60_000 };
  assert.deepEqual(restartSettings({}), defaults);
  assert.deepEqual(restartSettings({ delayMs: 90_000 }), { ...defaults, delayMs: 90_000, maxDelayMs: 90_000 });
  for (const [options, message] of [
    [{ attempts: 0 }, /^restart\.attempts: 0 is no number from 1 to 2147483647$/],
    [{ delayMs: 1.5 }, /^restart\.delayMs: 1\.5 is no number/],
    [{ delayMs: 10, maxDelayMs: 5 }, /^restart\.maxDelayMs: 5 is less than delayMs \(10\)$/],
  ] as const) {
    assert.throws(() => restartSettings(options), { code: "invalid-option", message });
  }
});

test("a crashed plugin comes back with its configuration of now, is told what there is now, and is asked again", async () => {
  const containers = [container("first")];
  let config = "";
  await using lab = await startLab({
    socketPath: undefined,
    restart: { delayMs: 20 },
    containers,
    prepare: async (dir) => {
      const [pluginDir, pluginConfigDir] = [join(dir, "plugins"), join(dir, "conf.d")];
      await mkdir(pluginDir);
      await mkdir(pluginConfigDir);
      config = join(pluginConfigDir, "fragile.conf");
      await writeFile(config, "old");
      const program = join(pluginDir, "10-fragile");
      await writeFile(program, `#!/bin/sh\nexec ${process.execPath} ${join(FIXTURES, "fragile.mjs")}\n`);
      await chmod(program, 0o755);
      return { pluginDir, pluginConfigDir };
    },
  });
  const asked = async (name: string): Promise<unknown> =>
    (await lab.adaptation.createContainer({ pod, container: container(name) })).adjust?.env.map(
      ({ key, value }) => `${key}=${value}`,
    );
  assert.deepEqual(await asked("one"), ["CONFIG=old", "SEEN=c-first"]);
  const old = lab.adaptation.plugins[0];
  await writeFile(config, "new");
  containers.push(container("second"));
  await asked("bad");
  assert.equal(old?.state, "closed");
  const [next] = await lab.adaptation.waitForPlugins(1, { timeoutMs: 10_000 });
  assert.deepEqual(await asked("two"), ["CONFIG=new", "SEEN=c-first c-second"]);
  assert.deepEqual([old?.restarts, next?.restarts, next?.name, next?.kind], [0, 1, "10-fragile", "launched"]);
  assert.notEqual(next?.pid, old?.pid);
  const texts = lab.warnings.map(({ text }) => text).filter((text) => text.includes("started again"));
  assert.equal(texts.length, 1);
  assert.match(
    texts[0] ?? "",
    /^plugin "10-fragile" is started again in 20 ms \(1 of 8\): .*, its program exited with code 7$/,
  );
});

test("a plugin that was dropped because it does not answer is started again, after its old program has ended", async () => {
  await using lab = await startLab({
    socketPath: undefined,
    restart: { delayMs: 10 },
    requestTimeoutMs: 400,
    registrationTimeoutMs: 20_000,
    limits: { exitGraceMs: 50 },
    plugins: [FRAGILE],
  });
  const old = lab.adaptation.plugins[0];
  const begun: boolean[] = [];
  await lab.adaptation.createContainer({ pod, container: container("slow") });
  await lab.adaptation.waitForPlugins(1, { timeoutMs: 10_000 });
  for (const { plugin, state } of lab.states) {
    if (state === "connecting") {
      begun.push(plugin.id > (old?.id ?? 0));
    }
  }
  assert.deepEqual(begun, [false, true]);
  assert.ok(old?.exit !== undefined, "the old one was reaped before");
});

test("a plugin that ends by itself without an error, or at the stop, is not started again", async () => {
  await using lab = await startLab({
    socketPath: undefined,
    restart: { delayMs: 1 },
    registrationTimeoutMs: 20_000,
    plugins: [FRAGILE, { ...FRAGILE, index: "20", config: "other" }],
  });
  const [leaving, staying] = lab.adaptation.plugins;
  await lab.adaptation.createContainer({ pod, container: container("leave") });
  await eventually(() => staying?.exit !== undefined && leaving?.exit !== undefined, "both have left");
  await eventually(() => lab.log.filter((line) => /not started again$/.test(line)).length === 2, "both are let go");
  await lab.adaptation.stop();
  assert.deepEqual(
    lab.states.filter(({ state }) => state === "connecting").map(({ plugin }) => plugin.name),
    ["10-fragile", "20-fragile"],
  );
});

test("a plugin that crashes whenever it is started is given up with a last word; the start did not wait for it", async () => {
  await using lab = await startLab({
    socketPath: undefined,
    restart: { attempts: 3, delayMs: 5, maxDelayMs: 10 },
    plugins: [{ index: "10", name: "exits", command: join(FIXTURES, "exits.sh") }],
  });
  await eventually(() => lab.warnings.some(({ text }) => /is given up/.test(text)), "it is given up", 10_000);
  const last = lab.warnings.find(({ text }) => /is given up/.test(text));
  assert.match(last?.text ?? "", /^plugin "10-exits" is given up after 3 restarts in a row: /);
  assert.match(last?.text ?? "", /exited with code 3/);
  assert.equal((last?.error as { code?: string } | undefined)?.code, "restart-failed");
  const starts = lab.states.filter(({ state }) => state === "connecting").map(({ plugin }) => plugin.restarts);
  assert.deepEqual(starts, [0, 1, 2, 3]);
});

test("a program that is not there is looked for again; a stop while it is waited for ends at once", async () => {
  await using lab = await startLab({
    socketPath: undefined,
    restart: { attempts: 2, delayMs: 1, maxDelayMs: 60_000 },
    plugins: [{ index: "10", name: "lost", command: "/no/such/program" }],
  });
  await eventually(() => lab.warnings.some(({ text }) => /is given up/.test(text)), "it is given up");
  await using other = await startLab({
    socketPath: undefined,
    restart: { delayMs: 60_000 },
    plugins: [{ index: "10", name: "exits", command: join(FIXTURES, "exits.sh") }],
  });
  await eventually(() => other.warnings.some(({ text }) => /started again in 60000 ms/.test(text)), "it is waited for");
  await other.adaptation.stop();
  assert.equal(other.states.filter(({ state }) => state === "connecting").length, 1);
});

test("a launched plugin that is taken over from outside may finish, and is not started again", async () => {
  await using lab = await startLab({
    restart: { delayMs: 1 },
    registrationTimeoutMs: 20_000,
    policies: { rules: [{ plugin: "*", takeover: true }] },
    plugins: [{ ...FRAGILE, name: "tidy", args: [join(FIXTURES, "tidy.mjs")] }],
  });
  const old = lab.adaptation.plugins[0];
  const newer = await connectRawPlugin(lab.socket, { index: "10", name: "tidy" });
  await eventually(() => old?.exit !== undefined, "the old one has ended", 10_000);
  assert.deepEqual([old?.exit?.code, old?.stderr], [4, "put away\n"]);
  assert.deepEqual(
    lab.adaptation.plugins.map(({ name, kind, state }) => [name, kind, state]),
    [["10-tidy", "external", "active"]],
  );
  await lab.adaptation.stop();
  newer.close();
  assert.ok(!lab.log.some((line) => /started again in/.test(line)));
});

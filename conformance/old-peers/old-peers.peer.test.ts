// Plugins and runtimes of old releases: each with ours on the other end does what it does with the reference there. What
// an old plugin gets and what the runtime makes of its answers is compared with the same plugin in the newest Go runtime;
// what our plugin gets from an old runtime is compared with what an old plugin gets from it.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { createAdaptation } from "@nri/adaptation";
import { definePlugin, silentLogger } from "@nri/plugin";
import { plain } from "../go-both-ways/compare.js";
import { OurPlugin } from "../go-both-ways/our-plugin.js";
import { OurRuntime } from "../go-both-ways/our-runtime.js";
import { containerJson, LIFE, POD } from "../go-both-ways/samples.js";
import type { PluginSide, RuntimeSide } from "../go-both-ways/sides.js";
import { startRuntime } from "../go-both-ways/start.js";
import { goPeers } from "../peers/go-peers.js";
import type { JsonObject, JsonValue } from "../peers/json.js";
import { RefPlugin, type Script } from "../peers/refplugin.js";
import { RefRuntime, type StepAnswer } from "../peers/refruntime.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { knowsPodUpdates, type OldPeers, oldPeers, releasesOfThisRun, takesParts } from "./build.js";

const go = await goPeers();
const POD_UPDATES: readonly string[] = ["UpdatePodSandbox", "PostUpdatePodSandbox"];

const resources = (containerId: string, value: JsonObject): JsonValue => ({
  containerId,
  linux: { resources: value },
  ignoreFailure: true,
});
const shares = (containerId: string, value: number): JsonValue =>
  resources(containerId, { cpu: { shares: { value: String(value) } } });

/** Answers with what the first release has already. */
const SCRIPT: Script = {
  sync: { update: [shares("id-old", 100)] },
  create: {
    "*": {
      adjust: {
        annotations: { "old/key": "value", "-a": "" },
        env: [{ key: "NEW", value: "x" }],
        mounts: [
          { destination: "/run/new", type: "bind", source: "/srv/new", options: ["rbind", "rw"] },
          { destination: "-/data" },
        ],
        hooks: { createRuntime: [{ path: "/bin/hook", args: ["hook", "1"], timeout: { value: "3" } }] },
        linux: {
          devices: [{ path: "/dev/new", type: "c", major: "10", minor: "200", fileMode: { value: 384 } }],
          resources: {
            memory: { limit: { value: "268435456" }, swap: { value: "-1" } },
            cpu: { quota: { value: "25000" }, cpus: "1" },
            unified: { "cpu.weight": "77" },
            rdtClass: { value: "gold" },
          },
          cgroupsPath: "/kubepods/pod0/other",
        },
      },
      update: [shares("id-old", 200)],
    },
  },
  update: { "*": { update: [shares("id-main", 300), shares("id-old", 301)] } },
  stop: { "*": { update: [shares("id-old", 400)] } },
  validate: {},
  unsolicited: [{ afterMs: 10, update: [shares("id-old", 500)] }],
};
/** Updates that an external plugin sends of itself end the process of a v0.2.0 runtime. */
const WITHOUT_UNSOLICITED: Script = { ...SCRIPT, unsolicited: [] };
const STATE = { pods: [POD], containers: [containerJson("old", { state: "CONTAINER_RUNNING" })] };

/** What one pair did. */
interface Session {
  readonly answers: Readonly<Record<string, StepAnswer>>;
  readonly calls: Readonly<Record<string, JsonValue>>;
  readonly unsolicited: JsonValue;
  readonly synchronized: JsonValue;
}

async function play(runtime: RuntimeSide, plugin: PluginSide, script: Script): Promise<Session> {
  await runtime.waitForPlugins(1);
  if (script.unsolicited?.length) await plugin.waitFor("UpdateContainers:result");
  const answers: Record<string, StepAnswer> = {};
  for (const { op, req } of LIFE) answers[op] = await runtime.try(op, req);
  return {
    answers,
    calls: Object.fromEntries(plugin.calls().map(({ method, args }) => [method, plain([...args])])),
    unsolicited: plain(runtime.unsolicited()),
    synchronized: plain(runtime.synchronized()),
  };
}

/** All that went well, with the answers; a step that failed is told by name. */
function results({ answers }: Session): Record<string, JsonValue> {
  return Object.fromEntries(
    Object.entries(answers).map(([op, { ok, error, res }]) => [op, ok ? plain(res ?? {}) : `failed: ${error}`]),
  );
}

/** The events that a plugin of this release gets, in the order of a pod's life. */
function eventsOf(podUpdates: boolean): string[] {
  return LIFE.map(({ op }) => op).filter((op) => podUpdates || !POD_UPDATES.includes(op));
}

function eventsIn(session: Session): string[] {
  return LIFE.map(({ op }) => op).filter((op) => Object.hasOwn(session.calls, op));
}

for (const release of releasesOfThisRun) {
  const { version } = release;
  const podUpdates = knowsPodUpdates(release);
  const peers = await oldPeers(release);
  const skip = skipUnless(go, peers);
  const [name, runtimeVersion] = release.runtime;

  test(`a Go plugin of NRI ${version} lives in our runtime as in the newest Go runtime`, { skip }, async (t) => {
    const start = async (kind: "go" | "default" | "reference"): Promise<Session> => {
      using at = new TestFolder();
      const settings = { ...at, name: "engine", state: STATE };
      await using runtime =
        kind === "go"
          ? await startRuntime("go", use(go), settings)
          : await OurRuntime.start({ ...settings, compat: kind });
      const binary = use(peers).plugin;
      await using plugin = new RefPlugin({ binary, ...at, index: "10", name: "old", script: SCRIPT });
      const session = await play(runtime, plugin, SCRIPT);
      if (runtime instanceof OurRuntime) {
        assert.deepEqual(
          runtime.adaptation.plugins.map((one) => one.name),
          ["10-old"],
        );
      }
      return session;
    };
    const wanted = await start("go");
    assert.deepEqual(eventsIn(wanted), eventsOf(podUpdates), "the reference itself");
    assert.ok(
      Object.values(wanted.answers).every(({ ok }) => ok),
      "the reference itself",
    );
    for (const compat of ["reference", "default"] as const) {
      await t.test(`with compat ${compat}`, async () => {
        const session = await start(compat);
        assert.deepEqual(results(session), results(wanted));
        assert.deepEqual(session, { ...wanted, answers: session.answers });
      });
    }
  });

  test(`our plugin lives in a Go runtime of NRI ${version} as its own plugins do`, { skip }, async () => {
    const script = version === "v0.2.0" ? WITHOUT_UNSOLICITED : SCRIPT;
    const start = async (plugins: "ours" | "old"): Promise<Session> => {
      using at = new TestFolder();
      await using runtime = await startOldRuntime(use(peers), at, name, runtimeVersion);
      const settings = { ...at, index: "10", name: "ours", script };
      await using plugin =
        plugins === "ours"
          ? await OurPlugin.start(settings)
          : new RefPlugin({ binary: use(peers).plugin, ...settings });
      if (plugin instanceof OurPlugin) {
        assert.equal(plugin.session.runtime.NRIVersion, release.inferred);
        assert.equal(plugin.session.runtime.name, name);
        assert.deepEqual(
          [plugin.session.runtime.registrationTimeoutMs, plugin.session.runtime.requestTimeoutMs],
          [5000, 2000],
        );
      }
      return await play(runtime, plugin, script);
    };
    const wanted = await start("old");
    const session = await start("ours");
    assert.deepEqual(eventsIn(session), eventsOf(podUpdates));
    assert.deepEqual(results(session), results(wanted));
    const { calls } = session;
    if (version === "v0.2.0" || version === "v0.3.0") {
      // its stub keeps the requested resources from the plugin; they are in the request all the same
      assert.deepEqual((calls.UpdateContainer as JsonValue[])[2], {
        cpu: { quota: { value: "20000" } },
        memory: { limit: { value: "67108864" } },
      });
      (calls.UpdateContainer as JsonValue[]).length = 2;
    }
    assert.deepEqual(session, { ...wanted, answers: session.answers });
  });

  test(`errors of two Go plugins of NRI ${version} come out of our runtime as out of Go's`, { skip }, async () => {
    const mount = { adjust: { mounts: [{ destination: "/run/new", type: "tmpfs", source: "tmpfs" }] } };
    const failing: Script = {
      create: { sad: { error: "no such luck" }, both: mount },
      stop: { main: { error: "not now" } },
      events: { StartContainer: { main: { error: "refused to start" } } },
    };
    const steps = [
      ["CreateContainer", "sad"],
      ["CreateContainer", "both"],
      ["StartContainer", "main"],
      ["StopContainer", "main"],
      ["RemoveContainer", "main"],
    ] as const;
    const start = async (language: "go" | "ts"): Promise<unknown[]> => {
      using at = new TestFolder();
      await using runtime = await startRuntime(language, use(go), { ...at, name: "engine", state: STATE });
      const { plugin: binary } = use(peers);
      await using one = new RefPlugin({ binary, ...at, index: "10", name: "one", script: { create: { both: mount } } });
      await one.waitFor("Synchronize");
      await using two = new RefPlugin({ binary, ...at, index: "20", name: "two", script: failing });
      await two.waitFor("Synchronize");
      await runtime.waitForPlugins(2);
      const answers: unknown[] = [];
      for (const [op, container] of steps) {
        const { ok, error, code } = await runtime.try(op, { pod: POD, container: containerJson(container) });
        answers.push({ op, container, ok, error, code });
      }
      return answers;
    };
    const wanted = await start("go");
    assert.deepEqual(
      wanted.map((answer) => (answer as StepAnswer).ok),
      [false, false, false, false, true],
    );
    assert.deepEqual(await start("ts"), wanted);
  });

  test(`a Go plugin of NRI ${version} is started by our runtime, with its configuration`, { skip }, async () => {
    using at = new TestFolder();
    const file = join(at.dir, "10-old");
    symlinkSync(use(peers).plugin, file);
    writeFileSync(`${file}.script.json`, JSON.stringify({ create: SCRIPT.create }));
    mkdirSync(join(at.dir, "conf.d"));
    writeFileSync(join(at.dir, "conf.d/old.conf"), "some: configuration");
    await using runtime = createAdaptation({
      runtime: { name: "engine", version: "v1.0.0" },
      pluginDir: at.dir,
      pluginConfigDir: join(at.dir, "conf.d"),
      synchronize: async (sync) => {
        await sync([{ id: "pod0" }], []);
      },
      updateContainers: async () => [],
    });
    await runtime.start();
    assert.deepEqual(
      runtime.plugins.map((plugin) => plugin.name),
      ["10-old"],
    );
    const { adjust } = await runtime.createContainer({ pod: { id: "pod0" }, container: { id: "c", name: "c" } });
    assert.equal(adjust?.annotations["old/key"], "value");
    await runtime.stop();
    const calls = readFileSync(`${file}.record`, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { method: string; args: JsonObject[] });
    assert.equal(calls[0]?.args[0]?.config, "some: configuration");
    const methods = calls.map(({ method }) => method);
    assert.deepEqual(methods.slice(0, 3), ["Configure", "Synchronize", "CreateContainer"]);
  });

  test(`our plugin is started by a Go runtime of NRI ${version}, with its configuration`, { skip }, async () => {
    using at = new TestFolder();
    const plugins = join(at.dir, "plugins");
    mkdirSync(join(plugins, "conf.d"), { recursive: true });
    writeFileSync(join(plugins, "conf.d/10-ours.conf"), "KEY=value");
    const sdk = fileURLToPath(import.meta.resolve("@nri/plugin"));
    const program = `#!${process.execPath}
const { definePlugin } = require(${JSON.stringify(sdk)});
let config = "";
definePlugin({
  configure: (call) => { config = call.config; },
  createContainer: () => ({ adjust: { annotations: { config } } }),
}).run();
`;
    writeFileSync(join(plugins, "10-ours"), program, { mode: 0o755 });
    const args = ["-plugins", plugins, "-name", name, "-version", runtimeVersion];
    await using runtime = await RefRuntime.start({ binary: use(peers).runtime, socket: at.socket, args });
    const answer = await runtime.step("CreateContainer", { pod: POD, container: containerJson("main") });
    assert.deepEqual((answer as { adjust?: JsonObject }).adjust?.annotations, { config: "KEY=value" });
  });

  const parts = takesParts(release);
  const outcome = parts ? "gets the state in parts" : "is left out: it knows no parts";
  test(`a Go plugin of NRI ${version} that joins 6 MiB of containers ${outcome}`, { skip }, async () => {
    using at = new TestFolder();
    const env = [`LONG=${"x".repeat(2_000)}`];
    const containers = Array.from({ length: 3_000 }, (_, i) => ({ id: `c${i}`, podSandboxId: "pod0", env }));
    const log: string[] = [];
    const note = (text: string): void => {
      log.push(text);
    };
    await using runtime = createAdaptation({
      runtime: { name: "engine", version: "v1.0.0" },
      socketPath: at.socket,
      synchronize: async (sync) => {
        await sync([{ id: "pod0" }], containers);
      },
      updateContainers: async () => [],
      log: { debug: note, info: note, warn: note, error: note },
    });
    await runtime.start();
    await using plugin = new RefPlugin({ binary: use(peers).plugin, ...at, index: "10", name: "old", script: {} });
    if (parts) {
      await runtime.waitForPlugins(1, { timeoutMs: 10_000 });
      const { args } = await plugin.waitFor("Synchronize");
      assert.equal((args[0] as { containers: unknown[] }).containers.length, containers.length);
    } else {
      assert.equal(await plugin.child.exited, 0);
      assert.deepEqual(runtime.plugins, []);
      assert.ok(
        log.some((text) => text.includes("plugin does not handle split sync requests")),
        log.join("\n"),
      );
    }
  });
}

test("an old runtime of an unknown name refuses a plugin that wants newer events; one that wants fewer is taken", async (t) => {
  const release = releasesOfThisRun.find((one) => !knowsPodUpdates(one));
  assert.ok(release !== undefined);
  const peers = await oldPeers(release);
  const reason = skipUnless(go, peers);
  if (reason !== false) return t.skip(reason);
  using at = new TestFolder();
  await using runtime = await startOldRuntime(use(peers), at, "engine", "v1.0.0");
  const where = { socketPath: at.socket, index: "10", name: "ours", environment: {}, log: silentLogger };
  const handlers = { updatePodSandbox: () => undefined, runPodSandbox: () => undefined };
  await using refused = await definePlugin(handlers).start(where);
  assert.equal(refused.runtime.NRIVersion, "unknown");
  assert.equal((await refused.closed).kind, "lost");
  await using taken = await definePlugin({ ...handlers, configure: () => ["runPodSandbox"] }).start(where);
  await runtime.waitForPlugins(1);
  assert.equal(taken.events, 1);
});

async function startOldRuntime(
  peers: OldPeers,
  at: { readonly dir: string; readonly socket: string },
  name: string,
  version: string,
): Promise<RuntimeSide> {
  const programs = { ...use(go), refruntime: peers.runtime };
  return await startRuntime("go", programs, { ...at, name, version, state: STATE });
}

// Cases of the reference's own tests: configuration, construction, connection, Configure, versions, unsolicited updates.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { type AdaptationOptions, createAdaptation } from "@nri/adaptation";
import { type ConfigureCall, definePlugin, silentLogger } from "@nri/plugin";
import { type Container, ContainerUpdate, NRI_VERSION, type PodSandbox } from "@nri/protocol";
import { CONTAINER, CONTAINERS, POD, PODS, startEngine, testBoth } from "./engine.fixture.js";

const runPodSandbox = (): void => undefined;
const minimal: Pick<AdaptationOptions, "runtime" | "synchronize" | "updateContainers"> = {
  runtime: { name: "mockRuntime", version: "v0.0.1" },
  synchronize: async () => undefined,
  updateContainers: async () => [],
};

test("an adaptation starts without any extra options", async () => {
  await using adaptation = createAdaptation(minimal);
  await adaptation.start();
  await adaptation.runPodSandbox({ pod: POD });
  assert.deepEqual(adaptation.plugins, []);
});

testBoth("an external plugin can connect", async (engine) => {
  await engine.connect({ runPodSandbox });
  assert.deepEqual(
    engine.adaptation.plugins.map(({ name }) => name),
    ["10-test"],
  );
});

testBoth(
  "without a socket no external plugin can connect",
  async (engine) => {
    const refused = await new Promise((resolve) => connect(engine.socketPath).on("error", resolve));
    assert.equal((refused as NodeJS.ErrnoException).code, "ENOENT");
    await assert.rejects(engine.start({ runPodSandbox }), { code: "connect-failed" });
    assert.deepEqual(engine.adaptation.plugins, []);
  },
  { socketPath: undefined },
);

test("an adaptation without a synchronize function is refused", () => {
  const { synchronize: _, ...rest } = minimal;
  assert.throws(() => createAdaptation(rest as AdaptationOptions), { code: "invalid-option", message: /nil SyncFn/ });
});

test("an adaptation without an update function is refused", () => {
  const { updateContainers: _, ...rest } = minimal;
  assert.throws(() => createAdaptation(rest as AdaptationOptions), { code: "invalid-option", message: /nil UpdateFn/ });
});

testBoth(
  "plugin names of letters, digits, -, +, _ and . are accepted, a comma fails the plugin's start",
  async (engine) => {
    await engine.connect({ index: "00", name: "aZ09-+_.x", runPodSandbox });
    assert.equal(engine.adaptation.plugins[0]?.name, "00-aZ09-+_.x");
    await assert.rejects(
      engine.start({ index: "01", name: "foo,bar", runPodSandbox }),
      /contains invalid character ','/,
    );
    assert.equal(engine.adaptation.plugins.length, 1);
  },
);

testBoth("a plugin gets Configure after it registers", async (engine) => {
  const calls: string[] = [];
  const session = await engine.start({
    configure: () => {
      calls.push("configure");
    },
    runPodSandbox,
  });
  assert.deepEqual(calls, ["configure"]);
  assert.equal(session.runtime.name, "mockRuntime");
});

testBoth(
  "a plugin gets Synchronize after Configure, with the very pods and containers of the runtime",
  async (engine) => {
    const calls: string[] = [];
    const seen: { pods: readonly PodSandbox[]; containers: readonly Container[] }[] = [];
    await engine.connect({
      configure: () => {
        calls.push("configure");
      },
      synchronize: ({ pods, containers }) => {
        calls.push("synchronize");
        seen.push({ pods, containers });
      },
      runPodSandbox,
    });
    assert.deepEqual(calls, ["configure", "synchronize"]);
    const [state] = seen;
    assert.deepEqual(
      state?.pods.map(({ id, name, uid, namespace }) => ({ id, name, uid, namespace })),
      PODS,
    );
    assert.deepEqual(
      state?.containers.map(({ id, podSandboxId, name }) => ({ id, podSandboxId, name })),
      CONTAINERS,
    );
  },
);

testBoth("a plugin whose Synchronize fails is disconnected, and the others are not", async (engine) => {
  await engine.connect({ index: "00", name: "well", runPodSandbox });
  const sick = await engine.start({
    index: "01",
    name: "sick",
    runPodSandbox,
    synchronize: () => {
      throw new Error("failed to synchronize");
    },
  });
  assert.equal((await sick.closed).kind, "lost");
  await engine.connect({ index: "02", name: "later", runPodSandbox });
  assert.deepEqual(
    engine.adaptation.plugins.map(({ name }) => name),
    ["00-well", "02-later"],
  );
});

testBoth("without plugins the whole life of a pod and a container succeeds", async ({ adaptation }) => {
  const request = { pod: POD, container: CONTAINER };
  await adaptation.runPodSandbox({ pod: POD });
  await adaptation.updatePodSandbox({ pod: POD });
  await adaptation.postUpdatePodSandbox({ pod: POD });
  const created = await adaptation.createContainer(request);
  await adaptation.postCreateContainer(request);
  await adaptation.startContainer(request);
  await adaptation.postStartContainer(request);
  await adaptation.updateContainer(request);
  await adaptation.postUpdateContainer(request);
  const stopped = await adaptation.stopContainer(request);
  await adaptation.removeContainer(request);
  await adaptation.stopPodSandbox({ pod: POD });
  await adaptation.removePodSandbox({ pod: POD });
  assert.deepEqual([created.update, stopped.update], [[], []]);
});

/** What a plugin is told by Configure. */
async function configured(options: Partial<AdaptationOptions>): Promise<ConfigureCall> {
  await using engine = await startEngine(options);
  const calls: ConfigureCall[] = [];
  await engine.connect({
    configure: (call) => {
      calls.push(call);
    },
    runPodSandbox,
  });
  const [call] = calls;
  assert.ok(call !== undefined);
  return call;
}

test("Configure carries name and version of the runtime", async () => {
  const { config, runtimeName, runtimeVersion } = await configured({});
  assert.deepEqual(
    { config, runtimeName, runtimeVersion },
    {
      config: "",
      runtimeName: "mockRuntime",
      runtimeVersion: "v0.0.1",
    },
  );
});

test("Configure carries the default time-outs", async () => {
  const { registrationTimeoutMs, requestTimeoutMs } = await configured({});
  assert.deepEqual([registrationTimeoutMs, requestTimeoutMs], [5_000, 2_000]);
});

test("Configure carries time-outs that the runtime has changed", async () => {
  const call = await configured({ registrationTimeoutMs: 5_001, requestTimeoutMs: 2_001 });
  assert.deepEqual([call.registrationTimeoutMs, call.requestTimeoutMs], [5_001, 2_001]);
});

testBoth("a plugin knows the runtime's name, version and NRI version", async (engine) => {
  const { runtime } = await engine.connect({ runPodSandbox });
  assert.deepEqual([runtime.name, runtime.version, runtime.NRIVersion], ["mockRuntime", "v0.0.1", NRI_VERSION]);
});

test("without a connection no update can be sent: a plugin that did not start has no session, an ended one is refused", async () => {
  await using engine = await startEngine();
  const plugin = definePlugin({ runPodSandbox });
  assert.ok(!("updateContainers" in plugin));
  const settings = { index: "10", name: "test", environment: {}, log: silentLogger };
  await assert.rejects(plugin.start({ ...settings, socketPath: `${engine.socketPath}.none` }), {
    code: "connect-failed",
  });
  const session = await engine.connect({ runPodSandbox });
  await session[Symbol.asyncDispose]();
  await assert.rejects(session.updateContainers([{ containerId: "ctr0" }]));
  assert.deepEqual(engine.unsolicited, []);
});

test("an unsolicited update reaches the runtime's update function, and the failed list comes back", async () => {
  const failing = ContainerUpdate.create({ containerId: "ctr1" });
  const seen: ContainerUpdate[][] = [];
  await using engine = await startEngine({
    updateContainers: async (updates) => {
      seen.push([...updates]);
      return [failing];
    },
  });
  const session = await engine.connect({ runPodSandbox });
  const updates = ["ctr0", "ctr1"].map((containerId) =>
    ContainerUpdate.create({ containerId, linux: { resources: { cpu: { shares: { value: 999n } } } } }),
  );
  const failed = await session.updateContainers(updates);
  assert.deepEqual(seen, [updates]);
  assert.deepEqual(failed, [failing]);
});

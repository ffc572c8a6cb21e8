// Errors, in each direction: texts and codes that the runtime gets are those of a Go plugin in the Go runtime, and
// afterwards the other plugins and requests go on as they do there.
import assert from "node:assert/strict";
import test from "node:test";
import { type GoPeers, goPeers } from "../peers/go-peers.js";
import type { JsonValue } from "../peers/json.js";
import type { Script } from "../peers/refplugin.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { until } from "../waits.js";
import { plain } from "./compare.js";
import { containerJson, POD } from "./samples.js";
import type { Language } from "./sides.js";
import { startPlugin, startRuntime } from "./start.js";

const go = await goPeers();
const skip = skipUnless(go);
const GRPC_CODES = Array.from({ length: 16 }, (_, i) => i + 1);

const SCRIPT: Script = {
  create: {
    plain: { error: "boom: no such thing" },
    ...Object.fromEntries(GRPC_CODES.map((code) => [`code ${code}`, { error: `refused with ${code}`, code }])),
    "update of the same": {
      update: [{ containerId: "id-update of the same", linux: { resources: { cpu: { shares: { value: "2" } } } } }],
    },
    "updates without change": { update: [{ containerId: "id-other", ignoreFailure: true }] },
    "empty text": { error: " " },
    unicode: { error: "nicht möglich: 容器 🚫" },
  },
  update: { plain: { error: "no update" } },
  stop: { plain: { error: "no stop" } },
  events: {
    RunPodSandbox: { "pod-0": { error: "no pod" } },
    StartContainer: { plain: { error: "no start", code: 9 } },
    RemoveContainer: { plain: { error: "no removal" } },
  },
};

const STEPS: readonly { readonly op: string; readonly name: string }[] = [
  ...Object.keys(SCRIPT.create ?? {}).map((name) => ({ op: "CreateContainer", name })),
  { op: "RunPodSandbox", name: "" },
  { op: "StartContainer", name: "plain" },
  { op: "PostStartContainer", name: "plain" },
  { op: "UpdateContainer", name: "plain" },
  { op: "StopContainer", name: "plain" },
  { op: "RemoveContainer", name: "plain" },
  { op: "CreateContainer", name: "all is well" },
];

/** Answers of the runtime, and what a second, obedient plugin was asked. */
async function play(
  plugin: Language,
  runtimeSide: Language,
  peers: GoPeers,
): Promise<{ answers: JsonValue[]; second: string[] }> {
  using files = new TestFolder();
  await using runtime = await startRuntime(runtimeSide, peers, { ...files, name: "errors" });
  await using first = await startPlugin(plugin, peers, { ...files, index: "10", name: "angry", script: SCRIPT });
  await first.waitFor("Configure");
  await using second = await startPlugin(plugin, peers, { ...files, index: "20", name: "calm", script: {} });
  await runtime.waitForPlugins(2);
  const answers: JsonValue[] = [];
  for (const { op, name } of STEPS) {
    const { res, ...answer } = await runtime.try(op, {
      pod: POD,
      ...(name === "" ? {} : { container: containerJson(name) }),
    });
    answers.push({ name, ...answer, res: plain(res) } as JsonValue);
  }
  return {
    answers,
    second: second.calls().map(({ method, args }) => `${method} ${(args[1] as { name?: string })?.name ?? ""}`),
  };
}

const PAIRS = [
  { plugin: "ts", runtime: "go" },
  { plugin: "go", runtime: "ts" },
  { plugin: "ts", runtime: "ts" },
] as const;

test("errors have the texts, codes and consequences that they have between Go and Go", { skip }, async (t) => {
  const peers = use(go);
  const reference = await play("go", "go", peers);
  assert.match(JSON.stringify(reference.answers[0]), /rpc error: code = Unknown desc = boom: no such thing/);
  for (const pair of PAIRS) {
    await t.test(`${pair.plugin} plugin, ${pair.runtime} runtime`, async () => {
      const { answers, second } = await play(pair.plugin, pair.runtime, peers);
      assert.deepEqual(answers, reference.answers);
      assert.deepEqual(second.slice(2), reference.second.slice(2));
    });
  }
});

for (const pair of [{ plugin: "go", runtime: "go" }, ...PAIRS] as const) {
  const name = `${pair.plugin} plugin, ${pair.runtime} runtime`;

  test(`a plugin that refuses its configuration is not admitted: ${name}`, { skip }, async () => {
    const peers = use(go);
    using files = new TestFolder();
    await using runtime = await startRuntime(pair.runtime, peers, { ...files, name: "errors" });
    const script: Script = { configure: { error: "configuration is nonsense" } };
    const starting = startPlugin(pair.plugin, peers, { ...files, index: "10", name: "refuses", script });
    if (pair.plugin === "ts") await assert.rejects(starting, /configuration is nonsense/);
    else {
      await using plugin = await starting;
      await plugin.waitFor("Configure");
    }
    // the runtime goes on, with and without others
    await using other = await startPlugin(pair.plugin, peers, { ...files, index: "20", name: "other", script: {} });
    await runtime.waitForPlugins(1);
    assert.equal((await runtime.try("RunPodSandbox", { pod: POD })).ok, true);
    assert.deepEqual(
      other.calls().map(({ method }) => method),
      ["Configure", "Synchronize", "RunPodSandbox"],
    );
  });

  test(`a plugin that misses its time-out is dropped and the request goes on: ${name}`, { skip }, async () => {
    const peers = use(go);
    using files = new TestFolder();
    await using runtime = await startRuntime(pair.runtime, peers, { ...files, name: "errors", requestTimeoutMs: 300 });
    const script: Script = { create: { slow: { delayMs: 2_000, adjust: { annotations: { late: "1" } } } } };
    await using plugin = await startPlugin(pair.plugin, peers, { ...files, index: "10", name: "slow", script });
    await plugin.waitFor("Synchronize");
    await runtime.waitForPlugins(1);
    const fine = await runtime.try("CreateContainer", { pod: POD, container: containerJson("fine") });
    assert.equal(fine.ok, true);
    const answer = await runtime.try("CreateContainer", { pod: POD, container: containerJson("slow") });
    assert.deepEqual(plain(answer.res), plain({ adjust: {} }) && plain(fine.res), "created as if nobody had answered");
    assert.equal((await runtime.try("StartContainer", { pod: POD, container: containerJson("slow") })).ok, true);
    assert.deepEqual(
      plugin.calls().filter(({ method }) => method === "StartContainer"),
      [],
      "it was asked nothing more",
    );
  });

  test(`an unsolicited update that the runtime refuses fails with the runtime's text: ${name}`, { skip }, async () => {
    const peers = use(go);
    using files = new TestFolder();
    await using runtime = await startRuntime(pair.runtime, peers, { ...files, name: "errors" });
    await runtime.setUpdateError("runtime is not in the mood");
    const update = [{ containerId: "id-1", linux: { resources: { cpu: { shares: { value: "5" } } } } }];
    const script: Script = { unsolicited: [{ afterMs: 10, update }] };
    await using plugin = await startPlugin(pair.plugin, peers, { ...files, index: "10", name: "asks", script });
    const error = await plugin.waitFor("UpdateContainers:error");
    assert.deepEqual(error.args, [{ msg: "rpc error: code = Unknown desc = runtime is not in the mood" }]);
    // the plugin and the runtime say it each on their own
    await until("the runtime's word about the update", () => runtime.unsolicited().length > 0);
    assert.deepEqual(runtime.unsolicited().map(plain), [plain({ update })]);
  });

  test(`updates that failed come back to the plugin that asked: ${name}`, { skip }, async () => {
    const peers = use(go);
    using files = new TestFolder();
    await using runtime = await startRuntime(pair.runtime, peers, { ...files, name: "errors" });
    const update = [
      { containerId: "id-1", linux: { resources: { cpu: { shares: { value: "5" } } } } },
      { containerId: "id-2", linux: { resources: { memory: { limit: { value: "9223372036854775807" } } } } },
    ];
    await runtime.setFailed(update.slice(1));
    await using plugin = await startPlugin(pair.plugin, peers, {
      ...files,
      index: "10",
      name: "asks",
      script: { unsolicited: [{ afterMs: 10, update }] },
    });
    const result = await plugin.waitFor("UpdateContainers:result");
    assert.deepEqual(result.args.map(plain), [plain({ failed: update.slice(1) })]);
  });
}

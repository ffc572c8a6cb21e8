// The same scenario through refruntime and `nri runtime --compat reference`, each with refplugin and `nri plugin`: what is
// printed and what is recorded must be the same, line for line.
import assert from "node:assert/strict";
import test from "node:test";
import type { Language } from "../go-both-ways/sides.js";
import { type GoPeers, goPeers } from "../peers/go-peers.js";
import type { JsonObject, JsonValue } from "../peers/json.js";
import type { Script } from "../peers/refplugin.js";
import { skipUnless, use } from "../requirements.js";
import { TestFolder } from "../test-folder.js";
import { PluginProgram, RuntimeProgram } from "./programs.js";

const go = await goPeers();
const skip = skipUnless(go);
const PAIRS: readonly { readonly runtime: Language; readonly plugin: Language }[] = [
  { runtime: "ts", plugin: "go" },
  { runtime: "go", plugin: "ts" },
  { runtime: "ts", plugin: "ts" },
];

const pod = {
  id: "pod-1",
  name: "web",
  uid: "u-1",
  namespace: "default",
  labels: { "a<b>&": "\u2028" },
  linux: { cgroupParent: "/kube", podResources: { cpu: { shares: { value: "1024" } } } },
};

function container(name: string, more: JsonObject = {}): JsonObject {
  return { id: `id-${name}`, podSandboxId: "pod-1", name, state: "CONTAINER_CREATED", env: ["A=1"], ...more };
}

const MAX_UINT = "18446744073709551615";
const ADJUST = {
  annotations: { "key<1>": "value & more", ["__proto__"]: "kept" },
  mounts: [{ destination: "/data", type: "bind", source: "/src", options: ["ro"] }],
  env: [{ key: "B", value: "2" }],
  hooks: { prestart: [{ path: "/bin/true", timeout: { value: "3" } }] },
  linux: {
    devices: [{ path: "/dev/x", type: "c", major: "10", minor: "200", fileMode: { value: 432 } }],
    resources: {
      memory: { limit: { value: "9223372036854775807" }, swap: { value: "-1" } },
      cpu: { shares: { value: MAX_UINT }, cpus: "0-1" },
      pids: { limit: "7" },
      unified: { "memory.high": "max" },
    },
    oomScoreAdj: { value: "-5" },
    rdt: { closId: { value: "gold" } },
  },
  rlimits: [{ type: "RLIMIT_NOFILE", hard: "10", soft: "5" }],
  CDIDevices: [{ name: "vendor.com/gpu=0" }],
  args: ["", "sh"],
};

function updateOf(containerId: string, shares: string): JsonObject {
  return { containerId, linux: { resources: { cpu: { shares: { value: shares } } } } };
}

const SCRIPT: Script = {
  sync: { update: [updateOf("id-old", "2"), { containerId: "id-gone", ignoreFailure: true }] },
  create: {
    refused: { error: "no such luck", code: 7 },
    plain: { error: "plain no" },
    slow: { delayMs: 50, adjust: { env: [{ key: "SLOW", value: "yes" }] } },
    bad: { adjust: { nonsense: true } },
    quiet: {},
    "*": { adjust: ADJUST, update: [updateOf("id-old", "512")] },
  },
  update: {
    "*": { update: [updateOf("id-web", "77"), updateOf("id-old", "78")] },
    plain: { error: "no update", code: 9 },
  },
  stop: { "*": { update: [updateOf("id-old", "79")] }, plain: { error: "no stop" } },
  events: {
    RunPodSandbox: { refused: { error: "no pod", code: 3 } },
    StartContainer: { plain: { error: "no start" } },
    UpdatePodSandbox: { refused: { error: "no pod update" } },
  },
  unsolicited: [{ afterMs: 20, update: [updateOf("id-old", "80")] }],
};
const JUDGE: Script = {
  validate: { judged: { error: "not this one" }, "judged with code": { error: "not this either", code: 9 } },
};
/** Makes the same changes as 10-first, so that there is a conflict; joins late. */
const RIVAL: Script = {
  create: { web: { adjust: { env: [{ key: "B", value: "3" }] } } },
  unsolicited: [{ afterMs: 0, update: [updateOf("id-old", "81")] }],
};

const STATE = { pods: [pod], containers: [container("old", { state: "CONTAINER_RUNNING", pid: 17 })] };
const SPEC = {
  ociVersion: "1.2.0",
  process: { user: { uid: 0, gid: 0 }, args: ["sleep"], env: ["A=1"], cwd: "/" },
  mounts: [{ destination: "/proc", type: "proc", source: "proc" }],
  linux: { resources: { devices: [{ allow: false, access: "rwm" }] } },
};

const created = (name: string): JsonObject => ({ op: "CreateContainer", req: { pod, container: container(name) } });
const about = (op: string, name: string): JsonObject => ({ op, req: { pod, container: container(name) } });
const resources = { cpu: { shares: { value: "10" } } };
const FIRST_STEPS: readonly JsonObject[] = [
  { op: "Plugins" },
  { op: "RunPodSandbox", req: { pod } },
  { op: "RunPodSandbox", req: { pod: { ...pod, name: "refused" } } },
  { op: "UpdatePodSandbox", req: { pod, overheadLinuxResources: resources, linuxResources: {} } },
  { op: "UpdatePodSandbox", req: { pod: { ...pod, name: "refused" } } },
  { op: "PostUpdatePodSandbox", req: { pod } },
  ...["web", "refused", "plain", "slow", "bad", "quiet", "judged", "judged with code"].map(created),
  { op: "RunPodSandbox" },
  about("PostCreateContainer", "web"),
  about("StartContainer", "web"),
  about("StartContainer", "plain"),
  about("PostStartContainer", "web"),
  { op: "UpdateContainer", req: { pod, container: container("web"), linuxResources: resources } },
  { op: "UpdateContainer", req: { pod, container: container("plain"), linuxResources: resources } },
  about("PostUpdateContainer", "web"),
  about("StopContainer", "web"),
  about("StopContainer", "plain"),
  about("RemoveContainer", "web"),
  { op: "StopPodSandbox", req: { pod } },
  { op: "RemovePodSandbox", req: { pod } },
  { op: "CreateContainer", req: { nonsense: 1 } },
  { op: "Nonsense" },
  { op: "Sleep", n: 5 },
  { op: "ApplyAdjustment", spec: SPEC, req: ADJUST },
  {
    op: "ApplyAdjustment",
    spec: SPEC,
    req: { linux: { resources: { blockioClass: { value: "best" }, rdtClass: { value: "r" } } } },
  },
  { op: "ApplyAdjustment", req: { annotations: { a: "b" } } },
  { op: "ApplyAdjustment", spec: SPEC, req: { linux: { namespaces: [{ type: "nonsense" }] } } },
  { op: "SetFailed", req: { failed: [updateOf("id-old", "80")] } },
  { op: "SetState", req: { pods: [], containers: [container("newer")] } },
];
const LATER_STEPS: readonly JsonObject[] = [created("web"), { op: "SetUpdateError", req: "the node is on fire" }];

interface Played {
  readonly answers: readonly JsonObject[];
  readonly events: readonly JsonObject[];
  readonly calls: { readonly [plugin: string]: readonly JsonObject[] };
  readonly end: number | string;
}

async function play(runtimeSide: Language, pluginSide: Language, peers: GoPeers): Promise<Played> {
  using folder = new TestFolder();
  const settings = ["-name", "stand-in", "-version", "v1.2.3", "-wait", "10s", "-req-timeout", "5s"];
  const state = ["-state", folder.file("state.json", STATE)];
  await using runtime = await RuntimeProgram.start(runtimeSide, peers, [
    "-socket",
    folder.socket,
    ...settings,
    ...state,
  ]);
  const scripted = (identity: string, script: Script, ...more: string[]): PluginProgram => {
    const file = folder.file(`${identity}.json`, script as unknown as JsonValue);
    return new PluginProgram(pluginSide, peers, folder, identity, ["-mode", "scripted", "-script", file, ...more]);
  };
  const there = async (count: number): Promise<void> => {
    assert.deepEqual(await runtime.step(JSON.stringify({ op: "WaitPlugins", n: count })), {
      op: "WaitPlugins",
      ok: true,
      res: { plugins: count },
    });
  };
  await using first = scripted("10-first", SCRIPT);
  await there(1);
  await using noop = new PluginProgram(pluginSide, peers, folder, "20-noop", ["-mode", "events-only"]);
  await there(2);
  await using judge = scripted("90-judge", JUDGE, "-validate", "-linger");
  await there(3);
  await recorded(first, "UpdateContainers:result");
  const answers: JsonObject[] = [];
  for (const step of FIRST_STEPS) answers.push(await runtime.step(JSON.stringify(step)));
  answers.push(await runtime.step("# not a step\n\nnot JSON"));
  await using rival = scripted("30-rival", RIVAL, "-events", "CreateContainer");
  await there(4);
  await recorded(rival, "UpdateContainers:result");
  for (const step of LATER_STEPS) answers.push(await runtime.step(JSON.stringify(step)));
  await using late = scripted("40-late", { unsolicited: [{ afterMs: 0, update: [updateOf("id-newer", "1")] }] });
  await there(5);
  const all = { first, noop, judge, rival, late };
  await recorded(late, "UpdateContainers:error");
  answers.push(await runtime.step('{"op":"Stop"}'));
  const end = await runtime.end();
  for (const plugin of Object.values(all)) await recorded(plugin, "Closed");
  assert.equal(judge.child.running, true, "-linger keeps a plugin until its input ends");
  judge.child.endInput();
  for (const plugin of Object.values(all)) assert.equal(await plugin.child.exited, 0);
  // A plugin may send updates before its answer to Synchronize has come: between kinds of lines the order is open.
  const kind = ({ event }: JsonObject): string => String(event);
  const lines = runtime.lines().filter(({ event }) => event !== undefined);
  const events = lines.sort((a, b) => (kind(a) < kind(b) ? -1 : kind(a) > kind(b) ? 1 : 0));
  const digits = runtime.child.stdout.filter((line) => line.includes("9223372036854775807")).length;
  assert.equal(digits, 2, "no digit is lost: the answer to CreateContainer, and the spec of ApplyAdjustment");
  const calls = Object.fromEntries(Object.entries(all).map(([name, plugin]) => [name, plugin.calls()]));
  return { answers: answers.map(comparable), events, calls, end };
}

/** Waits until a plugin has recorded `method`. */
async function recorded(plugin: PluginProgram, method: string): Promise<void> {
  const end = Date.now() + 10_000;
  while (!plugin.calls().some((call) => call.method === method)) {
    if (Date.now() > end)
      throw new Error(`${plugin.identity} recorded no ${method}: ${plugin.child.stderr.join("\n")}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** How JSON that is none of ours is refused is worded by each language's reader. */
function comparable(answer: JsonObject): JsonObject {
  const text = typeof answer.error === "string" ? answer.error : "";
  const theirs = /^(?:rpc error: code = Unknown desc = )?(scenario|script: adjust): (?!unknown op)/.exec(text);
  return theirs === null ? answer : { ...answer, error: `${theirs[1]}: ...` };
}

for (const language of ["go", "ts"] as const) {
  test(`waiting for plugins that do not come is told with their number: ${language} runtime`, { skip }, async () => {
    using folder = new TestFolder();
    await using runtime = await RuntimeProgram.start(language, use(go), ["-socket", folder.socket, "-wait=300ms"]);
    assert.deepEqual(await runtime.step('{"op":"WaitPlugins","n":2}'), {
      op: "WaitPlugins",
      ok: false,
      error: "only 0 of 2 plugins after 300ms",
      res: { plugins: 0 },
    });
    assert.equal(await runtime.end(), 0);
  });
}

test("runtime stand-ins print and plugin stand-ins record the same in every pair of languages", { skip }, async (t) => {
  const peers = use(go);
  const reference = await play("go", "go", peers);
  assert.equal(reference.answers.filter(({ ok }) => ok === false).length, 15);
  assert.equal(reference.calls.first?.filter(({ method }) => method === "CreateContainer").length, 9);
  for (const { runtime, plugin } of PAIRS) {
    await t.test(`${plugin} plugin, ${runtime} runtime`, async () => {
      const played = await play(runtime, plugin, peers);
      for (const [index, answer] of reference.answers.entries()) {
        assert.deepEqual(played.answers[index], answer, JSON.stringify(FIRST_STEPS[index]));
      }
      assert.deepEqual(played, reference);
    });
  }
});

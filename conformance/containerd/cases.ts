// The cases of containerd's and CRI-O's own NRI tests, with plugins on our SDK, wherever pods and containers are run: in
// containerd that serves NRI itself, and behind the bridge. A11 and A12 need UpdatePodSandboxResources, which containerd
// has from 2.2 on.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import {
  adjustment,
  type CloseReason,
  definePlugin,
  type PluginDefinition,
  type PluginSession,
  silentLogger,
  update,
} from "@nri/plugin";
import type { PodSandbox } from "@nri/protocol";
import { cgroupFile } from "../peers/cri.js";
import { readRange, skipAsExpected } from "../requirements.js";
import { until } from "../waits.js";
import type { runPod, TestPod } from "./pods.js";

const SYNC_TIMEOUT_MS = 3_000;
/** How long what a plugin or a container does may take to be seen. */
export const EFFECT_TIMEOUT_MS = 3_000;
/** The first process of a container ignores signals that it has no handler for: without the trap every stop takes 10 s. */
const sleepAfter = (command: string): string[] => ["sh", "-c", `${command}; trap 'exit 0' TERM; sleep 3600 & wait`];
/** Sleeps until it is told to end. */
export const SLEEP = sleepAfter(":");

/** Where cases run. */
export interface CaseStage {
  readonly nriSocket: string;
  /** Starts what serves NRI anew. */
  restart(): Promise<void>;
  runPod(options: Parameters<typeof runPod>[1]): Promise<TestPod>;
  /** How plugins see that end. */
  readonly ends: CloseReason["kind"];
  /** The namespace that plugins see of a pod in this Kubernetes namespace. */
  namespaceOf(namespace: string): string;
}

/** One case. */
export interface Case {
  /** With its name in the list of the project that it is from. */
  readonly title: string;
  /** It looks at addresses of pods: it needs pods with a network of their own. */
  readonly network?: true;
  run(stage: CaseStage, t: TestContext): Promise<void>;
}

/** A plugin of a test: what it was synchronised with, how it ended. */
interface TestPlugin extends AsyncDisposable {
  readonly pods: readonly string[];
  readonly containers: readonly string[];
  readonly closed: Promise<CloseReason>;
  readonly session: PluginSession;
}

/** Connects a plugin and waits for Synchronize, as the tests of containerd do. */
export async function connect(
  { nriSocket }: CaseStage,
  index: string,
  definition: PluginDefinition = {},
): Promise<TestPlugin> {
  let settle: (state: { pods: string[]; containers: string[] }) => void = () => undefined;
  const synchronized = new Promise<{ pods: string[]; containers: string[] }>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no Synchronize within ${SYNC_TIMEOUT_MS} ms`)), SYNC_TIMEOUT_MS);
    settle = (state) => {
      clearTimeout(timer);
      resolve(state);
    };
  });
  const session = await definePlugin({
    runPodSandbox: () => undefined,
    ...definition,
    synchronize: async (call) => {
      await definition.synchronize?.(call);
      settle({ pods: call.pods.map(({ id }) => id), containers: call.containers.map(({ id }) => id) });
    },
  }).start({ socketPath: nriSocket, index, name: `case${index}`, environment: {}, log: silentLogger });
  const state = await synchronized;
  return { ...state, closed: session.closed, session, [Symbol.asyncDispose]: () => session[Symbol.asyncDispose]() };
}

/** Connects a plugin that only changes containers of the test's own namespace. */
async function adjusting(stage: CaseStage, namespace: string, definition: PluginDefinition): Promise<TestPlugin> {
  const { createContainer } = definition;
  return await connect(stage, "00", {
    ...definition,
    ...(createContainer
      ? {
          createContainer: (call) =>
            call.pod.namespace === stage.namespaceOf(namespace) ? createContainer(call) : undefined,
        }
      : {}),
  });
}

function hostDir(): { readonly path: string; result(): string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), "nri-out-"));
  return {
    path,
    result: () => readFileSync(join(path, "result"), "utf8"),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

const out = (path: string) =>
  adjustment().mount({ destination: "/out", type: "bind", source: path, options: ["bind"] });
const allowed = (list: "Cpus" | "Mems", status: string): string =>
  new RegExp(`^${list}_allowed_list:\\s*(\\S+)`, "m").exec(status)?.[1] ?? "";

async function threePods(stage: CaseStage, namespace: string): Promise<{ pods: TestPod[]; containers: string[] }> {
  const pods: TestPod[] = [];
  const containers: string[] = [];
  for (let i = 0; i < 3; i++) {
    const pod = await stage.runPod({ name: `pod${i}`, namespace });
    pods.push(pod);
    for (let j = 0; j < 2; j++) containers.push((await pod.container({ name: `ctr${j}`, command: SLEEP })).id);
  }
  return { pods, containers };
}

const cpus = readRange("/sys/devices/system/cpu/online");
const nodes = readRange("/sys/devices/system/node/has_memory");

/** All of them. */
export const CASES: readonly Case[] = [
  {
    title: "A1 three plugins are set up one after the other",
    run: async (stage) => {
      await using first = await connect(stage, "00");
      await using second = await connect(stage, "01");
      await using third = await connect(stage, "02");
      for (const { pods, containers } of [first, second, third]) assert.deepEqual([pods, containers], [[], []]);
    },
  },
  {
    title: "A2 and A13 plugins are synchronised with all pods and containers, and see containerd restart",
    run: async (stage) => {
      const { pods, containers } = await threePods(stage, "a2");
      const plugins = [await connect(stage, "00"), await connect(stage, "01"), await connect(stage, "02")];
      for (const plugin of plugins) {
        assert.deepEqual([...plugin.pods].sort(), pods.flatMap((pod) => pod.ids()).sort());
        assert.deepEqual([...plugin.containers].sort(), [...containers].sort());
      }
      await stage.restart();
      for (const { closed } of plugins) assert.equal((await closed).kind, stage.ends);
      for (const pod of pods) await pod.end();
    },
  },
  {
    title: "A3 a mount set by a plugin is there",
    run: async (stage) => {
      using dir = hostDir();
      await using _plugin = await adjusting(stage, "a3", { createContainer: () => ({ adjust: out(dir.path) }) });
      await using pod = await stage.runPod({ name: "pod", namespace: "a3" });
      await pod.container({ name: "ctr", command: sleepAfter("echo hello process > /out/result") });
      assert.equal(await until("result", () => tryRead(dir.result), EFFECT_TIMEOUT_MS), "hello process\n");
    },
  },
  {
    title: "A4 a variable set by a plugin is in the environment",
    run: async (stage) => {
      using dir = hostDir();
      await using _plugin = await adjusting(stage, "a4", {
        createContainer: () => ({ adjust: out(dir.path).env("TEST_ENV_NAME", "TEST_ENV_VALUE") }),
      });
      await using pod = await stage.runPod({ name: "pod", namespace: "a4" });
      await pod.container({ name: "ctr", command: sleepAfter("echo $TEST_ENV_NAME > /out/result") });
      assert.equal(await until("result", () => tryRead(dir.result), EFFECT_TIMEOUT_MS), "TEST_ENV_VALUE\n");
    },
  },
  {
    title: "A5 an annotation set by a plugin is on the container that is reported as created",
    run: async (stage) => {
      const seen: Record<string, string>[] = [];
      await using _plugin = await adjusting(stage, "a5", {
        createContainer: () => ({ adjust: adjustment().annotation("TEST_ANNOTATION_KEY", "TEST_ANNOTATION_VALUE") }),
        postCreateContainer: ({ container }) => {
          seen.push(container.annotations);
        },
      });
      await using pod = await stage.runPod({ name: "pod", namespace: "a5" });
      await pod.container({ name: "ctr", command: SLEEP });
      const annotations = await until("PostCreateContainer", () => seen[0], EFFECT_TIMEOUT_MS);
      assert.equal(annotations.TEST_ANNOTATION_KEY, "TEST_ANNOTATION_VALUE");
    },
  },
  {
    title: "A6 a device set by a plugin has its numbers, mode and owner",
    run: async (stage) => {
      await using _plugin = await adjusting(stage, "a6", {
        createContainer: () => ({
          adjust: adjustment().device({
            path: "/dev/pie",
            type: "c",
            major: 31n,
            minor: 41n,
            fileMode: 0o664,
            uid: 11,
            gid: 22,
          }),
        }),
      });
      await using pod = await stage.runPod({ name: "pod", namespace: "a6" });
      const ctr = await pod.container({ name: "ctr", command: SLEEP });
      assert.equal(
        (await ctr.sh("stat -c '%F-%a-%u:%g-%t:%T' /dev/pie")).trim(),
        "character special file-664-11:22-1f:29",
      );
    },
  },
  {
    title: "A7 CPUs set by a plugin are those of the container's process",
    run: async (stage, t) => {
      if (skipAsExpected(t)) return;
      const second = String(cpus[1]);
      await using _plugin = await adjusting(stage, "a7", {
        createContainer: () => ({ adjust: adjustment().cpus(second) }),
      });
      await using pod = await stage.runPod({ name: "pod", namespace: "a7" });
      const ctr = await pod.container({ name: "ctr", command: SLEEP });
      assert.equal(allowed("Cpus", await ctr.sh("cat /proc/1/status")), second);
    },
  },
  {
    title: "A8 memory nodes set by a plugin are those of the container's process",
    run: async (stage, t) => {
      if (skipAsExpected(t)) return;
      const second = String(nodes[1]);
      await using _plugin = await adjusting(stage, "a8", {
        createContainer: () => ({ adjust: adjustment().mems(second) }),
      });
      await using pod = await stage.runPod({ name: "pod", namespace: "a8" });
      const ctr = await pod.container({ name: "ctr", command: SLEEP });
      assert.equal(allowed("Mems", await ctr.sh("cat /proc/1/status")), second);
    },
  },
  {
    title: "A9 CPUs of a running container follow a plugin's update",
    run: async (stage, t) => {
      if (skipAsExpected(t)) return;
      const [a, b] = cpus.map(String);
      assert.ok(a !== undefined && b !== undefined);
      let first: string | undefined;
      await using _plugin = await adjusting(stage, "a9", {
        createContainer: ({ container }) => {
          if (first !== undefined) return { updates: [update(first).cpus(b)] };
          first = container.id;
          return { adjust: adjustment().cpus(a) };
        },
      });
      await using pod = await stage.runPod({ name: "pod", namespace: "a9" });
      const one = await pod.container({ name: "ctr0", command: SLEEP });
      assert.equal(allowed("Cpus", await one.sh("cat /proc/1/status")), a);
      await pod.container({ name: "ctr1", command: SLEEP });
      assert.equal(allowed("Cpus", await one.sh("cat /proc/1/status")), b);
    },
  },
  {
    title: "A10 memory nodes of a running container follow a plugin's update",
    run: async (stage, t) => {
      if (skipAsExpected(t)) return;
      const [a, b] = nodes.map(String);
      assert.ok(a !== undefined && b !== undefined);
      let first: string | undefined;
      await using _plugin = await adjusting(stage, "a10", {
        createContainer: ({ container }) => {
          if (first !== undefined) return { updates: [update(first).mems(b)] };
          first = container.id;
          return { adjust: adjustment().mems(a) };
        },
      });
      await using pod = await stage.runPod({ name: "pod", namespace: "a10" });
      const one = await pod.container({ name: "ctr0", command: SLEEP });
      await pod.container({ name: "ctr1", command: SLEEP });
      assert.equal(allowed("Mems", await one.sh("cat /proc/1/status")), b);
    },
  },
  {
    title: "B1 plugins are synchronised with the network namespace and the addresses of pods",
    network: true,
    run: async (stage) => {
      const pods: TestPod[] = [];
      for (const name of ["one", "two"]) pods.push(await stage.runPod({ name, namespace: "b1", network: "POD" }));
      let seen: readonly PodSandbox[] = [];
      await using _plugin = await connect(stage, "00", {
        synchronize: ({ pods }) => {
          seen = pods;
        },
      });
      for (const pod of pods) {
        const ctr = await pod.container({ name: "ctr", command: SLEEP, network: "POD" });
        const one = seen.find(({ id }) => id === pod.id);
        assert.ok(one !== undefined && networkOf(one) !== undefined, `${pod.name} has a network namespace`);
        assert.deepEqual([...one.ips].sort(), addresses(await ctr.sh("ip -o addr show dev eth0")));
      }
      for (const pod of pods) await pod.end();
    },
  },
  {
    title: "B2 a pod has its network until it has stopped, and its addresses to its end",
    network: true,
    run: async (stage) => {
      const seen: { event: string; pod: PodSandbox }[] = [];
      const note =
        (event: string) =>
        ({ pod }: { pod: PodSandbox }) =>
          void seen.push({ event, pod });
      await using _plugin = await connect(stage, "00", {
        runPodSandbox: note("run"),
        stopPodSandbox: note("stop"),
        removePodSandbox: note("remove"),
      });
      const pod = await stage.runPod({ name: "pod", namespace: "b2", network: "POD" });
      const ctr = await pod.container({ name: "ctr", command: SLEEP, network: "POD" });
      const inside = addresses(await ctr.sh("ip -o addr show dev eth0"));
      assert.ok(inside.length > 0);
      await pod.end();
      await until("RemovePodSandbox", () => seen.length >= 3, EFFECT_TIMEOUT_MS);
      assert.deepEqual(
        seen.map(({ event }) => event),
        ["run", "stop", "remove"],
      );
      for (const { event, pod } of seen) {
        assert.deepEqual([...pod.ips].sort(), inside, event);
        assert.equal(networkOf(pod) !== undefined, event !== "remove", event);
      }
    },
  },
  {
    title: "F1 a plugin gets Configure, then Synchronize",
    run: async (stage) => {
      const seen: string[] = [];
      await using _plugin = await connect(stage, "00", {
        configure: () => void seen.push("Configure"),
        synchronize: () => void seen.push("Synchronize"),
      });
      assert.deepEqual(seen, ["Configure", "Synchronize"]);
    },
  },
  {
    title: "F2 nothing that a plugin is synchronised with is unknown",
    run: async (stage) => {
      const { pods, containers } = await threePods(stage, "f2");
      await using plugin = await connect(stage, "00");
      const ids = pods.flatMap((pod) => pod.ids());
      assert.deepEqual(
        [
          ...plugin.pods.filter((id) => !ids.includes(id)),
          ...plugin.containers.filter((id) => !containers.includes(id)),
        ],
        [],
      );
      for (const pod of pods) await pod.end();
    },
  },
  {
    title: "F3 a pod is run, stopped and removed",
    run: async (stage) => {
      // the end of another case's pod may be told late
      const seen: { readonly event: string; readonly id: string }[] = [];
      const note =
        (event: string) =>
        ({ pod }: { pod: PodSandbox }) =>
          void seen.push({ event, id: pod.id });
      await using _plugin = await connect(stage, "00", {
        runPodSandbox: note("RunPodSandbox"),
        stopPodSandbox: note("StopPodSandbox"),
        removePodSandbox: note("RemovePodSandbox"),
      });
      await using pod = await stage.runPod({ name: "pod", namespace: "f3" });
      await pod.container({ name: "ctr", command: SLEEP });
      const ids = [...pod.ids()];
      const told = () => seen.filter(({ id }) => ids.includes(id)).map(({ event }) => event);
      await pod.end();
      await until("RemovePodSandbox", () => told().includes("RemovePodSandbox"), EFFECT_TIMEOUT_MS);
      assert.deepEqual(told(), ["RunPodSandbox", "StopPodSandbox", "RemovePodSandbox"]);
    },
  },
  {
    title: "F4 each step of a container's life is told once it has been taken",
    run: async (stage) => {
      const seen: string[] = [];
      const note = (event: string) => () => void seen.push(event);
      await using _plugin = await connect(stage, "00", {
        createContainer: note("CreateContainer"),
        postCreateContainer: note("PostCreateContainer"),
        startContainer: note("StartContainer"),
        postStartContainer: note("PostStartContainer"),
        stopContainer: note("StopContainer"),
        removeContainer: note("RemoveContainer"),
      });
      await using pod = await stage.runPod({ name: "pod", namespace: "f4" });
      const ctr = await pod.container({ name: "ctr", command: SLEEP });
      const STARTED = ["CreateContainer", "PostCreateContainer", "StartContainer", "PostStartContainer"];
      // the call may return before a plugin has been told of what came after it
      await until("PostStartContainer", () => seen.length >= STARTED.length, EFFECT_TIMEOUT_MS);
      assert.deepEqual(seen, STARTED);
      await ctr.stop();
      await until("StopContainer", () => seen.length > STARTED.length, EFFECT_TIMEOUT_MS);
      assert.deepEqual(seen.slice(STARTED.length), ["StopContainer"]);
      await ctr.remove();
      await until("RemoveContainer", () => seen.length > STARTED.length + 1, EFFECT_TIMEOUT_MS);
      assert.deepEqual(seen.slice(STARTED.length), ["StopContainer", "RemoveContainer"]);
    },
  },
  {
    title: "G1 a plugin that refuses a container fails its creation with its own text",
    run: async (stage) => {
      await using _plugin = await adjusting(stage, "g1", {
        createContainer: () => {
          throw new Error("not on my node");
        },
      });
      await using pod = await stage.runPod({ name: "pod", namespace: "g1" });
      await assert.rejects(pod.container({ name: "ctr", command: SLEEP }), /not on my node/);
    },
  },
  {
    title: "G10 two plugins in conflict fail the creation, and both are named",
    run: async (stage) => {
      const shares = (index: string) =>
        connect(stage, index, { createContainer: () => ({ adjust: adjustment().annotation("conflict", index) }) });
      await using _first = await shares("10");
      await using _second = await shares("20");
      await using pod = await stage.runPod({ name: "pod", namespace: "g10" });
      await assert.rejects(
        pod.container({ name: "ctr", command: SLEEP }),
        /plugins "20-case20" and "10-case10" both tried to set/,
      );
    },
  },
  {
    title: "G7 an unsolicited update changes a running container",
    run: async (stage) => {
      await using plugin = await connect(stage, "30");
      await using pod = await stage.runPod({ name: "pod", namespace: "g7" });
      const ctr = await pod.container({ name: "ctr", command: SLEEP });
      const failed = await plugin.session.updateContainers([update(ctr.id).cpu({ quota: 33000n, period: 100000n })]);
      assert.deepEqual(failed, []);
      assert.match(cgroupFile(ctr.pid, "cpu", "cpu.cfs_quota_us", "cpu.max") ?? "", /^33000\b/);
    },
  },
  {
    title: "a plugin can raise a hard limit above the runtime's own",
    run: async (stage, t) => {
      if (skipAsExpected(t)) return;
      await using _plugin = await adjusting(stage, "raise", {
        createContainer: () => ({
          adjust: adjustment().rlimit("RLIMIT_MEMLOCK", { soft: 1n << 40n, hard: 1n << 40n }),
        }),
      });
      await using pod = await stage.runPod({ name: "pod", namespace: "raise" });
      const ctr = await pod.container({ name: "ctr", command: SLEEP });
      assert.match(await ctr.sh("cat /proc/1/limits"), /^Max locked memory\s+1099511627776\s+1099511627776/m);
    },
  },
];

function tryRead(read: () => string): string | undefined {
  try {
    const text = read();
    return text === "" ? undefined : text;
  } catch {
    return undefined;
  }
}

const networkOf = (pod: PodSandbox): string | undefined =>
  pod.linux?.namespaces.find(({ type, path }) => type === "network" && path !== "")?.path;

/** The addresses that are not only for the link. */
function addresses(text: string): string[] {
  return [...text.matchAll(/inet6? (\S+?)\/\d+ .*scope global/g)].map(([, address = ""]) => address).sort();
}

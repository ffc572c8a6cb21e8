// The cases of containerd's own NRI tests, with plugins on our SDK in real containerd. A11 and A12 need
// UpdatePodSandboxResources, which containerd has from 2.2 on.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { adjustment, type CloseReason, definePlugin, type PluginDefinition, silentLogger, update } from "@nri/plugin";
import {
  CONTAINERD_LINES,
  type Containerd,
  type ContainerdLine,
  containerdFiles,
  startContainerd,
} from "../peers/containerd.js";
import { cgroupFile } from "../peers/cri.js";
import { readRange, skipAsExpected, skipUnless, use } from "../requirements.js";
import { until } from "../waits.js";
import { runPod, type TestPod } from "./pods.js";

const SYNC_TIMEOUT_MS = 3_000;
/** How long what a plugin or a container does may take to be seen. */
const EFFECT_TIMEOUT_MS = 3_000;
/** The first process of a container ignores signals that it has no handler for: without the trap every stop takes 10 s. */
const sleepAfter = (command: string): string[] => ["sh", "-c", `${command}; trap 'exit 0' TERM; sleep 3600 & wait`];
const SLEEP = sleepAfter(":");

/** A plugin of a test: what it was synchronised with, how it ended. */
interface TestPlugin extends AsyncDisposable {
  readonly pods: readonly string[];
  readonly containers: readonly string[];
  readonly closed: Promise<CloseReason>;
}

/** Connects a plugin and waits for Synchronize, as the tests of containerd do. */
async function connect(
  { nriSocket }: Containerd,
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
    synchronize: ({ pods, containers }) =>
      settle({ pods: pods.map(({ id }) => id), containers: containers.map(({ id }) => id) }),
  }).start({ socketPath: nriSocket, index, name: `case${index}`, environment: {}, log: silentLogger });
  const state = await synchronized;
  return { ...state, closed: session.closed, [Symbol.asyncDispose]: () => session[Symbol.asyncDispose]() };
}

/** Connects a plugin that only changes containers of the test's own namespace. */
async function adjusting(containerd: Containerd, namespace: string, definition: PluginDefinition): Promise<TestPlugin> {
  const { createContainer } = definition;
  return await connect(containerd, "00", {
    ...definition,
    ...(createContainer
      ? { createContainer: (call) => (call.pod.namespace === namespace ? createContainer(call) : undefined) }
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

async function threePods(
  containerd: Containerd,
  namespace: string,
): Promise<{ pods: TestPod[]; containers: string[] }> {
  const pods: TestPod[] = [];
  const containers: string[] = [];
  for (let i = 0; i < 3; i++) {
    const pod = await runPod(containerd, { name: `pod${i}`, namespace });
    pods.push(pod);
    for (let j = 0; j < 2; j++) containers.push((await pod.container({ name: `ctr${j}`, command: SLEEP })).id);
  }
  return { pods, containers };
}

for (const line of Object.keys(CONTAINERD_LINES) as ContainerdLine[]) {
  const files = await containerdFiles(line);
  const cpus = readRange("/sys/devices/system/cpu/online");
  const nodes = readRange("/sys/devices/system/node/has_memory");

  test(`containerd ${line}: the cases of its own NRI tests`, { skip: skipUnless(files) }, async (suite) => {
    await using containerd = await startContainerd(use(files));
    suite.diagnostic(`containerd ${containerd.version}`);

    await suite.test("A1 three plugins are set up one after the other", async () => {
      await using first = await connect(containerd, "00");
      await using second = await connect(containerd, "01");
      await using third = await connect(containerd, "02");
      for (const { pods, containers } of [first, second, third]) assert.deepEqual([pods, containers], [[], []]);
    });

    await suite.test(
      "A2 and A13 plugins are synchronised with all pods and containers, and see containerd restart",
      async () => {
        const { pods, containers } = await threePods(containerd, "a2");
        const plugins = [
          await connect(containerd, "00"),
          await connect(containerd, "01"),
          await connect(containerd, "02"),
        ];
        for (const plugin of plugins) {
          assert.deepEqual([...plugin.pods].sort(), pods.map(({ id }) => id).sort());
          assert.deepEqual([...plugin.containers].sort(), [...containers].sort());
        }
        await containerd.restart();
        for (const { closed } of plugins) assert.equal((await closed).kind, "lost");
        for (const pod of pods) await pod.end();
      },
    );

    await suite.test("A3 a mount set by a plugin is there", async () => {
      using dir = hostDir();
      await using _plugin = await adjusting(containerd, "a3", { createContainer: () => ({ adjust: out(dir.path) }) });
      await using pod = await runPod(containerd, { name: "pod", namespace: "a3" });
      await pod.container({ name: "ctr", command: sleepAfter("echo hello process > /out/result") });
      assert.equal(await until("result", () => tryRead(dir.result), EFFECT_TIMEOUT_MS), "hello process\n");
    });

    await suite.test("A4 a variable set by a plugin is in the environment", async () => {
      using dir = hostDir();
      await using _plugin = await adjusting(containerd, "a4", {
        createContainer: () => ({ adjust: out(dir.path).env("TEST_ENV_NAME", "TEST_ENV_VALUE") }),
      });
      await using pod = await runPod(containerd, { name: "pod", namespace: "a4" });
      await pod.container({ name: "ctr", command: sleepAfter("echo $TEST_ENV_NAME > /out/result") });
      assert.equal(await until("result", () => tryRead(dir.result), EFFECT_TIMEOUT_MS), "TEST_ENV_VALUE\n");
    });

    await suite.test("A5 an annotation set by a plugin is on the container that is reported as created", async () => {
      const seen: Record<string, string>[] = [];
      await using _plugin = await adjusting(containerd, "a5", {
        createContainer: () => ({ adjust: adjustment().annotation("TEST_ANNOTATION_KEY", "TEST_ANNOTATION_VALUE") }),
        postCreateContainer: ({ container }) => {
          seen.push(container.annotations);
        },
      });
      await using pod = await runPod(containerd, { name: "pod", namespace: "a5" });
      await pod.container({ name: "ctr", command: SLEEP });
      const annotations = await until("PostCreateContainer", () => seen[0], EFFECT_TIMEOUT_MS);
      assert.equal(annotations.TEST_ANNOTATION_KEY, "TEST_ANNOTATION_VALUE");
    });

    await suite.test("A6 a device set by a plugin has its numbers, mode and owner", async () => {
      await using _plugin = await adjusting(containerd, "a6", {
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
      await using pod = await runPod(containerd, { name: "pod", namespace: "a6" });
      const ctr = await pod.container({ name: "ctr", command: SLEEP });
      assert.equal(
        (await ctr.sh("stat -c '%F-%a-%u:%g-%t:%T' /dev/pie")).trim(),
        "character special file-664-11:22-1f:29",
      );
    });

    await suite.test("A7 CPUs set by a plugin are those of the container's process", async (t) => {
      if (skipAsExpected(t)) return;
      const second = String(cpus[1]);
      await using _plugin = await adjusting(containerd, "a7", {
        createContainer: () => ({ adjust: adjustment().cpus(second) }),
      });
      await using pod = await runPod(containerd, { name: "pod", namespace: "a7" });
      const ctr = await pod.container({ name: "ctr", command: SLEEP });
      assert.equal(allowed("Cpus", await ctr.sh("cat /proc/1/status")), second);
    });

    await suite.test("A8 memory nodes set by a plugin are those of the container's process", async (t) => {
      if (skipAsExpected(t)) return;
      const second = String(nodes[1]);
      await using _plugin = await adjusting(containerd, "a8", {
        createContainer: () => ({ adjust: adjustment().mems(second) }),
      });
      await using pod = await runPod(containerd, { name: "pod", namespace: "a8" });
      const ctr = await pod.container({ name: "ctr", command: SLEEP });
      assert.equal(allowed("Mems", await ctr.sh("cat /proc/1/status")), second);
    });

    await suite.test("A9 CPUs of a running container follow a plugin's update", async (t) => {
      if (skipAsExpected(t)) return;
      const [a, b] = cpus.map(String);
      assert.ok(a !== undefined && b !== undefined);
      let first: string | undefined;
      await using _plugin = await adjusting(containerd, "a9", {
        createContainer: ({ container }) => {
          if (first !== undefined) return { updates: [update(first).cpus(b)] };
          first = container.id;
          return { adjust: adjustment().cpus(a) };
        },
      });
      await using pod = await runPod(containerd, { name: "pod", namespace: "a9" });
      const one = await pod.container({ name: "ctr0", command: SLEEP });
      assert.equal(allowed("Cpus", await one.sh("cat /proc/1/status")), a);
      await pod.container({ name: "ctr1", command: SLEEP });
      assert.equal(allowed("Cpus", await one.sh("cat /proc/1/status")), b);
    });

    await suite.test("A10 memory nodes of a running container follow a plugin's update", async (t) => {
      if (skipAsExpected(t)) return;
      const [a, b] = nodes.map(String);
      assert.ok(a !== undefined && b !== undefined);
      let first: string | undefined;
      await using _plugin = await adjusting(containerd, "a10", {
        createContainer: ({ container }) => {
          if (first !== undefined) return { updates: [update(first).mems(b)] };
          first = container.id;
          return { adjust: adjustment().mems(a) };
        },
      });
      await using pod = await runPod(containerd, { name: "pod", namespace: "a10" });
      const one = await pod.container({ name: "ctr0", command: SLEEP });
      await pod.container({ name: "ctr1", command: SLEEP });
      assert.equal(allowed("Mems", await one.sh("cat /proc/1/status")), b);
    });

    await suite.test("G1 a plugin that refuses a container fails its creation with its own text", async () => {
      await using _plugin = await adjusting(containerd, "g1", {
        createContainer: () => {
          throw new Error("not on my node");
        },
      });
      await using pod = await runPod(containerd, { name: "pod", namespace: "g1" });
      await assert.rejects(pod.container({ name: "ctr", command: SLEEP }), /CreateContainer: .*not on my node/);
    });

    await suite.test("G10 two plugins in conflict fail the creation, and both are named", async () => {
      const shares = (index: string) =>
        connect(containerd, index, { createContainer: () => ({ adjust: adjustment().annotation("conflict", index) }) });
      await using _first = await shares("10");
      await using _second = await shares("20");
      await using pod = await runPod(containerd, { name: "pod", namespace: "g10" });
      await assert.rejects(
        pod.container({ name: "ctr", command: SLEEP }),
        /plugins "20-case20" and "10-case10" both tried to set/,
      );
    });

    await suite.test("G7 an unsolicited update changes a running container", async () => {
      await using session = await definePlugin({ runPodSandbox: () => undefined }).start({
        socketPath: containerd.nriSocket,
        index: "30",
        name: "unsolicited",
        environment: {},
        log: silentLogger,
      });
      await containerd.joined("30-unsolicited");
      await using pod = await runPod(containerd, { name: "pod", namespace: "g7" });
      const ctr = await pod.container({ name: "ctr", command: SLEEP });
      const failed = await session.updateContainers([update(ctr.id).cpu({ quota: 33000n, period: 100000n })]);
      assert.deepEqual(failed, []);
      assert.match(cgroupFile(ctr.pid, "cpu", "cpu.cfs_quota_us", "cpu.max") ?? "", /^33000\b/);
    });

    await suite.test("a plugin can raise a hard limit above the runtime's own", async (t) => {
      if (skipAsExpected(t)) return;
      await using _plugin = await adjusting(containerd, "raise", {
        createContainer: () => ({
          adjust: adjustment().rlimit("RLIMIT_MEMLOCK", { soft: 1n << 40n, hard: 1n << 40n }),
        }),
      });
      await using pod = await runPod(containerd, { name: "pod", namespace: "raise" });
      const ctr = await pod.container({ name: "ctr", command: SLEEP });
      assert.match(await ctr.sh("cat /proc/1/limits"), /^Max locked memory\s+1099511627776\s+1099511627776/m);
    });
  });
}

function tryRead(read: () => string): string | undefined {
  try {
    const text = read();
    return text === "" ? undefined : text;
  } catch {
    return undefined;
  }
}

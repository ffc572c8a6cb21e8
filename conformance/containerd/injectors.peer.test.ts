// Our plugins that change containers, in real containerd: hooks really run, cgroups are writable, and what an older containerd does
// not know of NRI leaves the container as it was.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { repositoryDir } from "../paths.js";
import { Child } from "../peers/child.js";
import {
  CONTAINERD_LINES,
  type Containerd,
  type ContainerdLine,
  containerdFiles,
  startContainerd,
} from "../peers/containerd.js";
import { skipUnless, use } from "../requirements.js";
import { ours, startConnected } from "../sample-plugins/play.js";
import { runPod, type TestContainer } from "./pods.js";

/** A plugin that has joined. */
async function joined(containerd: Containerd, index: string, name: string, ...args: string[]): Promise<Child> {
  const program = join(repositoryDir, "plugins/dist", name, `${name}.js`);
  const child = new Child(process.execPath, [program, "-idx", index, "-socket-path", containerd.nriSocket, ...args]);
  await containerd.joined(`${index}-${name}`);
  assert.ok(child.running, child.stderr.join("\n"));
  return child;
}

/** The OCI spec that containerd made of a container. */
async function specOf(
  { cri }: Containerd,
  id: string,
): Promise<{ readonly linux?: Record<string, unknown>; readonly process?: Record<string, unknown> }> {
  const { info } = await cri.containerStatus({ container_id: id, verbose: true });
  return (JSON.parse(info.info ?? "{}") as { runtimeSpec: object }).runtimeSpec;
}

/** A hook that leaves the state which the OCI runtime gives it in `file`. */
const leavesStateIn = (file: string, stages: readonly string[]): string =>
  JSON.stringify({
    version: "1.0.0",
    hook: {
      path: "/bin/sh",
      args: ["sh", "-c", `cat > ${file}.$HOOKED`],
      env: ["HOOKED=here", "PATH=/bin:/usr/bin"],
      timeout: 10,
    },
    when: { annotations: { "^hooks\\.example\\.com/": "^yes$" }, commands: ["sh$", "sleep$"] },
    stages,
  });

/** The options of the cgroup mounts inside a container that say whether they may be written to. */
async function cgroupMounts(container: TestContainer): Promise<Set<string>> {
  const mounts = (await container.sh("cat /proc/mounts"))
    .trim()
    .split("\n")
    .map((row) => row.split(" "));
  const cgroups = mounts.filter(([, , type]) => type === "cgroup" || type === "cgroup2");
  assert.ok(cgroups.length > 0);
  return new Set(cgroups.map(([, , , options = ""]) => options.split(",")[0] ?? ""));
}
const MAKE_CGROUP =
  "cd $(awk '$3 ~ /^cgroup/ { print $2; exit }' /proc/mounts) && mkdir child && ls child && rmdir child";

/** What came into NRI after containerd 2.1 and 1.7: annotations, and where the spec would have it. */
const NEWER = {
  annotations: {
    "scheduling-policy.noderesource.dev": "{policy: SCHED_BATCH, nice: 3}",
    "io-priority.noderesource.dev": "{class: IOPRIO_CLASS_BE, priority: 5}",
    "sysctl.noderesource.dev": "{kernel.shm_rmid_forced: 1}",
    "memory-policy.noderesource.dev": "{mode: MPOL_BIND, nodes: 0}",
    "network-devices.noderesource.dev": "[{hostIf: nri-none, name: eth9}]",
    "closid.rdt.noderesource.dev/container.newer": "gold",
    "enablemonitoring.rdt.noderesource.dev/container.newer": "true",
  },
  process: ["scheduler", "ioPriority"],
  linux: ["sysctl", "memoryPolicy", "netDevices", "intelRdt"],
};

for (const line of Object.keys(CONTAINERD_LINES) as ContainerdLine[]) {
  const files = await containerdFiles(line);

  test(`containerd ${line}: hook-injector, writable-cgroups, rdt and wrong annotations in real containers`, {
    skip: skipUnless(files),
  }, async (t) => {
    await using containerd = await startContainerd(use(files));
    t.diagnostic(`containerd ${containerd.version}`);
    const directories = ["usr-hooks.d", "etc-hooks.d"].map((name) => join(containerd.stateDir, name));
    const [packages = "", node = ""] = directories;
    const left = (name: string): string => join(containerd.stateDir, name);
    const state = (name: string) => JSON.parse(readFileSync(left(`${name}.here`), "utf8")) as Record<string, unknown>;
    mkdirSync(packages);
    writeFileSync(join(packages, "10-state.json"), leavesStateIn(left("state"), ["createRuntime"]));
    await using _hooks = await joined(containerd, "10", "hook-injector", "-dirs", directories.join(":"));
    // whatever this machine mounts: the host is said to be one that allows it
    const host = join(repositoryDir, "plugins/writable-cgroups/mountinfo.sample");
    await using _cgroups = await joined(containerd, "20", "writable-cgroups", "-host-mount-file", host);
    await using _injector = await joined(containerd, "30", "device-injector");
    await using _rdt = await startConnected(ours("rdt"), containerd.nriSocket);
    await containerd.joined("10-rdt");

    await t.test("a hook of a container that meets its conditions runs, and only of that", async () => {
      await using pod = await runPod(containerd, { name: "hooked", annotations: { "hooks.example.com/x": "yes" } });
      const main = await pod.container({ name: "main" });
      const { id, pid } = state("state");
      assert.deepEqual([id, pid], [main.id, main.pid]);
      await using other = await runPod(containerd, { name: "other", annotations: { "hooks.example.com/x": "no" } });
      await other.container({ name: "main" });
      assert.equal(state("state").id, main.id);
    });

    await t.test("a hook file that comes later counts, before one of the same name", async () => {
      writeFileSync(join(node, "10-state.json"), leavesStateIn(left("later"), ["poststop"]));
      // the plugin hears of the change in its own time
      for (let again = 0; again < 20 && !existsSync(left("later.here")); again++) {
        await using pod = await runPod(containerd, { name: "later", annotations: { "hooks.example.com/x": "yes" } });
        await pod.container({ name: "main" });
        await pod.end();
      }
      assert.equal(state("later").status, "stopped");
    });

    await t.test("cgroups can be made inside of the container with the annotation only", async () => {
      const annotations = { "writable-cgroups.noderesource.dev/container.main": "true" };
      await using pod = await runPod(containerd, { name: "writable", annotations });
      const main = await pod.container({ name: "main" });
      const other = await pod.container({ name: "other" });
      assert.deepEqual([...(await cgroupMounts(main))], ["rw"]);
      assert.match(await main.sh(MAKE_CGROUP), /cgroup\.procs/);
      assert.deepEqual([...(await cgroupMounts(other))], ["ro"]);
      await assert.rejects(other.sh(MAKE_CGROUP), /Read-only file system/);
    });

    await t.test("what this containerd does not know of NRI leaves the container as it was", async () => {
      await using pod = await runPod(containerd, { name: "newer", annotations: NEWER.annotations });
      const [newer, plain] = [await pod.container({ name: "newer" }), await pod.container({ name: "plain" })];
      await using bare = await runPod(containerd, { name: "bare" });
      const spec = await specOf(containerd, newer.id);
      const without = await specOf(containerd, (await bare.container({ name: "bare" })).id);
      for (const key of NEWER.process) assert.equal(spec.process?.[key], undefined, key);
      for (const key of NEWER.linux) assert.deepEqual(spec.linux?.[key], without.linux?.[key], key);
      assert.equal((await plain.sh("echo runs")).trim(), "runs");
    });

    await t.test("wrong annotations refuse the container, in the name of pod, container and annotation", async () => {
      const wrong = {
        "enablemonitoring.rdt.noderesource.dev/container.a": "maybe",
        "devices.noderesource.dev/container.b": "[{path: [/dev/null]}]",
        "mounts.noderesource.dev/container.c": `[${"x".repeat(60)}]]]`,
        "memory-policy.noderesource.dev/container.d": "{mode: none}",
      };
      await using pod = await runPod(containerd, { name: "wrong", annotations: wrong });
      for (const [key] of Object.entries(wrong)) {
        const name = key.at(-1) ?? "";
        await assert.rejects(pod.container({ name }), ({ message }: Error) =>
          message.includes(`(pod default/wrong, container ${name}, annotation ${key})`),
        );
      }
      assert.equal((await (await pod.container({ name: "e" })).sh("echo runs")).trim(), "runs");
    });
  });
}

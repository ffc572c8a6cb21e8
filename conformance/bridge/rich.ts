// A pod and a container with as much as an engine lets them have, taken through their whole life.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type AdjustmentBuilder, adjustment } from "@nri/plugin";
import type { TestContainer } from "../containerd/pods.js";
import { output } from "../peers/child.js";
import type { Containerd } from "../peers/containerd.js";
import { containerConfig, podConfig } from "../peers/cri.js";
import { missingOnMachine } from "../requirements.js";
import { until } from "../waits.js";
import type { TestBridge } from "./bridge.js";
import { bundle } from "./bundle.js";
import { titleOf } from "./check-facts.js";
import type { FactPlace } from "./fact-place.js";
import { FACTS } from "./facts.js";
import type { ContainerToRun } from "./stages/common.js";
import type { EngineUser } from "./stages.js";

/** Its first process ends so. */
export const RICH_EXIT = 7;
const COMMAND = ["sh", "-c", `trap 'exit ${RICH_EXIT}' TERM; sleep 3600 & wait`];
/** CPU shares that an engine's update asks for. */
export const ENGINE_SHARES = 818;

/** Everything at once that this machine can do, and a hook of each kind. */
export function richAdjustment(place: FactPlace): AdjustmentBuilder {
  const wanted = adjustment();
  for (const fact of FACTS) {
    const own = ["Args", "OciHooks", "LinuxNetDevices", "CgroupsPath"].includes(fact.field);
    if (!own && missingOnMachine(titleOf(fact)) === undefined) fact.adjust(wanted, place);
  }
  const hook = [{ path: "/bin/true", args: ["true"] }];
  return wanted.netDevice(place.netDevice, "eth7").hooks({
    createRuntime: hook,
    createContainer: hook,
    startContainer: hook,
    poststart: hook,
    poststop: hook,
    prestart: hook,
  });
}

/** Runs, updates, stops and removes them, over CRI. */
export async function richPod(
  { cri, stateDir }: Pick<Containerd, "cri" | "stateDir">,
  user: EngineUser,
  cgroupParent: string,
): Promise<void> {
  const logDir = join(stateDir, "pods/rich");
  mkdirSync(logDir, { recursive: true });
  const common = podConfig({
    name: "rich",
    namespace: "rich",
    labels: { app: "rich" },
    annotations: { "fact.test/pod": "yes" },
    network: "POD",
    logDir,
  }) as { linux: object };
  // only told, not done: the sandbox is not a part of it
  const resources = {
    cpu_period: 100_000,
    cpu_quota: 200_000,
    cpu_shares: 2048,
    cpuset_cpus: "0",
    cpuset_mems: "0",
    memory_limit_in_bytes: 256 << 20,
    hugepage_limits: [{ page_size: "2MB", limit: 1 }],
    unified: { "memory.high": "max" },
  };
  const config = {
    ...common,
    linux: { ...common.linux, cgroup_parent: cgroupParent, overhead: resources, resources },
  };
  const { pod_sandbox_id } = await cri.runPodSandbox({ config, runtime_handler: "runc" });
  const plain = containerConfig({
    name: "rich",
    command: COMMAND,
    env: { RICH: "1" },
    labels: { part: "rich" },
    annotations: { "fact.test/container": "yes" },
    resources: { cpu_period: 100_000, cpu_quota: 100_000, cpu_shares: 1024, memory_limit_in_bytes: 128 << 20 },
    network: "POD",
  }) as { linux: { security_context: object } };
  const security_context = {
    ...plain.linux.security_context,
    run_as_user: { value: 1000 },
    run_as_group: { value: 1000 },
    supplemental_groups: [2000],
    seccomp: { profile_type: "UNCONFINED" },
  };
  const { container_id } = await cri.createContainer({
    pod_sandbox_id,
    sandbox_config: config,
    config: { ...plain, linux: { ...plain.linux, security_context } },
  });
  await cri.startContainer({ container_id });
  await user.update(container_id, ENGINE_SHARES);
  await cri.stopContainer({ container_id, timeout: 10 });
  await cri.removeContainer({ container_id });
  await cri.stopPodSandbox({ pod_sandbox_id });
  await cri.removePodSandbox({ pod_sandbox_id });
}

/** The same of a container without a pod. */
export async function richContainer(
  run: (container: ContainerToRun) => Promise<TestContainer>,
  user: EngineUser,
): Promise<void> {
  const container = await run(RICH);
  await user.update(container.id, ENGINE_SHARES);
  await container.stop();
  await container.remove();
}

/** Such a container. */
export const RICH = {
  name: "rich",
  command: COMMAND,
  env: { RICH: "1" },
  annotations: { "fact.test/container": "yes" },
  labels: { part: "rich" },
  options: ["--user", "1000:1000"],
} satisfies ContainerToRun;

/** The same without any engine: by whoever calls the wrapper. */
export async function richByHand(
  { dir, wrapper }: TestBridge,
  root: string,
  rootfs: string,
  isEndTold: () => boolean,
): Promise<void> {
  const id = `rich-${process.pid}`;
  const folder = bundle(dir, id, rootfs, 1000);
  const file = join(folder, "resources.json");
  writeFileSync(file, JSON.stringify({ cpu: { shares: ENGINE_SHARES } }));
  // what the container prints must not be waited for
  const call = async (...args: string[]) =>
    void (await output(wrapper, ["--root", root, ...args], { stdio: "ignore" }));
  await call("create", "--bundle", folder, "--pid-file", join(folder, "pid"), id);
  await call("start", id);
  await call("update", "--resources", file, id);
  await call("kill", id, "TERM");
  // the end of one that is gone before anybody has looked is told in other words
  await until("the end of the container", isEndTold);
  await call("delete", "--force", id);
}

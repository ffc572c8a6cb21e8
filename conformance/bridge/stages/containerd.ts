// containerd as a stage: its clients `ctr` and CRI.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runPod } from "../../containerd/pods.js";
import { output } from "../../peers/child.js";
import { type Containerd, type ContainerdLine, containerdFiles, startContainerd } from "../../peers/containerd.js";
import { use } from "../../requirements.js";
import { until } from "../../waits.js";
import type { TestBridge } from "../bridge.js";
import { type Ctr, ctrOf, ctrRun } from "../ctr.js";
import { FACT_CONTAINER } from "../fact-place.js";
import { richContainer, richPod } from "../rich.js";
import type { EngineUser, Stage, StageKind, StageOptions } from "../stages.js";
import { attached, type ContainerToRun, once, podOfContainers, runc, withBridge } from "./common.js";

/** A containerd, and which of its clients runs containers. */
export interface ContainerdKind {
  readonly name: string;
  readonly line: ContainerdLine;
  readonly by: "ctr" | "cri";
}

/** It as a stage; pods of CRI may have a network of their own. */
export function containerdStage(kind: ContainerdKind): StageKind {
  return {
    name: kind.name,
    pods: kind.by === "cri",
    newest: kind.by === "cri" && kind.line === "2.1",
    files: () => containerdFiles(kind.line),
    start: async (options: StageOptions = {}) => {
      const files = use(await containerdFiles(kind.line));
      return await withBridge({ runtime: await runc(), engine: "containerd", ...options }, async (bridge, keep) => {
        const env = {
          NRI_DISABLE: "true",
          RUNC: bridge.wrapper,
          ...(kind.by === "cri" ? { CNI_SUBNET: "10.88.23.0/24" } : {}),
        };
        const containerd = keep(await startContainerd(files, { env }));
        await bridge.serve(containerd.socket);
        return stageOn(kind, bridge, containerd, files.dir);
      });
    },
  };
}

function stageOn(
  { name, by }: ContainerdKind,
  bridge: TestBridge,
  containerd: Containerd,
  dir: string,
): Omit<Stage, typeof Symbol.asyncDispose> {
  const { socket } = containerd;
  const ctr = ctrOf({ dir, socket }, by === "ctr" ? "default" : "k8s.io");
  const common = {
    name,
    bridge,
    engine: `containerd ${containerd.version}`,
    annotationsIn: "spec" as const,
    nriSocket: bridge.nriSocket,
    restart: () => bridge.restart(),
    // in order: they are told
    ends: "shutdown" as const,
  };
  if (by === "ctr") {
    const user = userOf(ctr, async (id, shares) => {
      // `ctr` cannot: the wrapper is called as a shim calls it
      const file = join(bridge.dir, "resources.json");
      writeFileSync(file, JSON.stringify({ cpu: { shares } }));
      const root = `/run/containerd/runc/${ctr.namespace}`;
      await output(bridge.wrapper, ["--root", root, "update", "--resources", file, id]);
    });
    const run = (container: ContainerToRun) => ctrRun(ctr, containerd, bridge.wrapper, container);
    return {
      ...common,
      domain: "containerd:default",
      maxAnnotation: 100_000, // an argument of a program has 128 KiB
      user,
      namespaceOf: () => "default",
      runPod: async (pod) => podOfContainers(pod, run),
      factContainer: async (name) => await run({ ...FACT_CONTAINER, name }),
      rich: () => richContainer(run, user),
    };
  }
  const pod = once(() => runPod(containerd, { name: "facts", namespace: "facts" }));
  const user = {
    ...userOf(
      ctr,
      async (id, shares) =>
        void (await containerd.cri.updateContainerResources({ container_id: id, linux: { cpu_shares: shares } })),
    ),
    printed: async (id: string, line: string) => {
      const { log_path } = (await containerd.cri.containerStatus({ container_id: id })).status;
      await until(`"${line}" in ${log_path}`, () => readFileSync(log_path, "utf8").includes(` stdout F ${line}\n`));
    },
  };
  return {
    ...common,
    domain: "containerd:k8s.io",
    maxAnnotation: 1 << 20,
    user,
    namespaceOf: (namespace) => namespace,
    runPod: (options) => runPod(containerd, options),
    factContainer: async (name) => await (await pod()).container({ ...FACT_CONTAINER, name }),
    rich: () => richPod(containerd, user, bridge.place.cgroup),
  };
}

function userOf(ctr: Ctr, update: EngineUser["update"]): EngineUser {
  return {
    update,
    kill: async (id) => void (await ctr("task", "kill", "-s", "KILL", id)),
    pause: async (id) => void (await ctr("task", "pause", id)),
    resume: async (id) => void (await ctr("task", "resume", id)),
    state: async (id) =>
      (new RegExp(`^${id}\\s+\\d+\\s+(\\w+)`, "m").exec(await ctr("task", "ls"))?.[1] ?? "").toLowerCase(),
    processes: async (id) => Array.from((await ctr("task", "ps", id)).matchAll(/^\d+/gm), ([pid]) => Number(pid)),
    printed: async (id, line) => await attached(ctr.program, ctr.words("task", "attach", id), line),
  };
}

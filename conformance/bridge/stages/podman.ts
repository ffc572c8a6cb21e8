// podman as a stage: pods with an infra container, run by its client while its service listens.
import { join } from "node:path";
import type { TestContainer, TestPod } from "../../containerd/pods.js";
import { output } from "../../peers/child.js";
import { type Podman, type PodmanLine, podmanFiles, startPodman } from "../../peers/podman.js";
import { use } from "../../requirements.js";
import { until } from "../../waits.js";
import { FACT_CONTAINER } from "../fact-place.js";
import { ENGINE_SHARES, RICH } from "../rich.js";
import type { EngineUser, StageKind, StageOptions } from "../stages.js";
import { attached, type ContainerToRun, pairs, podOfContainers, runc, withBridge } from "./common.js";

const IMAGE = "localhost/peers/busybox:1";
const PAUSE = "localhost/peers/pause:1";

/** It as a stage. */
export function podmanStage({ name, line }: { readonly name: string; readonly line: PodmanLine }): StageKind {
  return {
    name,
    pods: false,
    newest: line === "5",
    files: () => podmanFiles(line),
    start: async (options: StageOptions = {}) => {
      const files = use(await podmanFiles(line));
      return await withBridge({ runtime: await runc(), engine: "podman", ...options }, async (bridge, keep) => {
        const podman = keep(await startPodman(files, { runtime: bridge.wrapper }));
        await podman.startService();
        await bridge.serve(podman.socket);
        const run = (container: ContainerToRun) => podmanRun(podman, container);
        const user = podmanUser(podman);
        return {
          name,
          domain: "podman",
          bridge,
          engine: `podman ${podman.version}`,
          annotationsIn: "spec",
          maxAnnotation: 100_000, // an argument of a program has 128 KiB
          nriSocket: bridge.nriSocket,
          restart: () => bridge.restart(),
          ends: "shutdown",
          namespaceOf: () => "",
          runPod: (pod) => podmanPod(podman, pod),
          factContainer: (name) => run({ ...FACT_CONTAINER, name }),
          rich: async (isTold) => {
            const pod = await podmanPod(podman, { name: "rich" });
            const { options, ...container } = RICH;
            const { id, stop, remove } = await podmanRun(podman, {
              ...container,
              options: ["--pod", pod.name, ...options],
            });
            await user.update(id, ENGINE_SHARES);
            await stop();
            await remove();
            // the end of the pod may be seen before that of a container's folder
            await until("the removal", () => isTold("removeContainer"));
            await pod.end();
          },
          user,
        };
      });
    },
  };
}

/** Runs a container and gives it, started. Throws with podman's own error, and leaves nothing then. */
export async function podmanRun(
  { podman, program, words, stateDir, version }: Podman,
  { name, command, env, annotations, labels, options = [] }: ContainerToRun,
  globals: readonly string[] = [],
): Promise<TestContainer> {
  const network = options.includes("--pod") ? [] : ["--network", "none"];
  let id: string;
  try {
    id = await podman(
      ...[...globals, "run", "--detach", "--name", name, ...network],
      ...pairs("--env", env),
      ...pairs("--annotation", annotations).map((word) => (version.startsWith("4.") ? asRecord(word) : word)),
      ...pairs("--label", labels),
      ...options,
      ...[IMAGE, ...command],
    );
  } catch (error) {
    await podman("rm", "--force", "--ignore", name);
    throw error;
  }
  return {
    id,
    pid: Number(await podman("inspect", "--format", "{{.State.Pid}}", id)),
    bundle: join(stateDir, "graph/overlay-containers", id, "userdata"),
    sh: (text) => output(program, words("exec", id, "sh", "-c", text)),
    stop: async () => void (await podman("stop", id)),
    remove: async () => void (await podman("rm", id)),
  };
}

/** podman 4 takes annotations as records of comma-separated values. */
function asRecord(word: string): string {
  return word.startsWith("--") ? word : `"${word.replaceAll('"', '""')}"`;
}

/** Makes a pod; its infra container runs from its first container on. */
async function podmanPod(
  podman: Podman,
  options: { readonly name: string; readonly namespace?: string; readonly annotations?: object },
): Promise<TestPod> {
  const { name, namespace = "default", annotations = {} } = options;
  const podName = `${namespace}-${name}`;
  const create = ["pod", "create", "--name", podName, "--network", "none", "--infra-image", PAUSE];
  // podman's pods have labels alone, which stand for annotations
  await podman.podman(...create, ...pairs("--label", { app: name, ...annotations }));
  const infra = await podman.podman("pod", "inspect", "--format", "{{.InfraContainerID}}", podName);
  const containers = podOfContainers(options, (container) =>
    podmanRun(podman, { ...container, options: [...(container.options ?? []), "--pod", podName] }),
  );
  let ended = false;
  const pod: TestPod = {
    ...containers,
    id: infra,
    name: podName,
    ids: () => [infra],
    end: async () => {
      if (ended) return;
      ended = true;
      await containers.end();
      await podman.podman("pod", "rm", "--force", podName);
    },
    [Symbol.asyncDispose]: async () => await pod.end(),
  };
  return pod;
}

/** What else its client does. */
export function podmanUser({ podman, program, words }: Pick<Podman, "podman" | "program" | "words">): EngineUser {
  return {
    kill: async (id) => void (await podman("kill", "--signal", "KILL", id)),
    update: async (id, shares) => void (await podman("update", "--cpu-shares", String(shares), id)),
    pause: async (id) => void (await podman("pause", id)),
    resume: async (id) => void (await podman("unpause", id)),
    state: async (id) => await podman("inspect", "--format", "{{.State.Status}}", id),
    processes: async (id) => (await podman("top", id, "hpid")).split("\n").slice(1).map(Number),
    printed: async (id, line) => {
      await attached(program, words("attach", "--no-stdin", "--sig-proxy=false", id), line);
    },
  };
}

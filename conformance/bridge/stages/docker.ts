// dockerd as a stage: containers without pods, run by its client.
import { join } from "node:path";
import type { TestContainer } from "../../containerd/pods.js";
import { output } from "../../peers/child.js";
import { type Docker, type DockerLine, dockerFiles, startDocker } from "../../peers/docker.js";
import { use } from "../../requirements.js";
import { FACT_CONTAINER } from "../fact-place.js";
import { richContainer } from "../rich.js";
import type { EngineUser, StageKind, StageOptions } from "../stages.js";
import { attached, type ContainerToRun, pairs, podOfContainers, runc, withBridge } from "./common.js";

const IMAGE = "localhost/peers/busybox:1";

/** It as a stage. */
export function dockerStage({ name, line }: { readonly name: string; readonly line: DockerLine }): StageKind {
  // the others have labels only, which no spec has
  const annotates = Number(line) >= 24;
  return {
    name,
    pods: false,
    newest: line === "28",
    files: () => dockerFiles(line),
    start: async (options: StageOptions = {}) => {
      const files = use(await dockerFiles(line));
      return await withBridge({ runtime: await runc(), engine: "docker", ...options }, async (bridge, keep) => {
        const runtimes = { nri: bridge.wrapper };
        const docker = keep(await startDocker(files, { runtimes, defaultRuntime: "nri" }));
        await bridge.serve(docker.socket);
        const run = (container: ContainerToRun) => dockerRun(docker, container, annotates);
        const user = dockerUser(docker);
        return {
          name,
          domain: "docker",
          bridge,
          engine: `dockerd ${docker.version}`,
          annotationsIn: annotates ? "spec" : "labels",
          maxAnnotation: 100_000, // an argument of a program has 128 KiB
          nriSocket: bridge.nriSocket,
          restart: () => bridge.restart(),
          ends: "shutdown",
          namespaceOf: () => "",
          runPod: async (pod) => podOfContainers(pod, run),
          factContainer: (name) => run({ ...FACT_CONTAINER, name }),
          rich: () =>
            richContainer((rich) => run({ ...rich, options: [...(rich.options ?? []), "--ulimit", "core=0:0"] }), user),
          user,
        };
      });
    },
  };
}

/** Runs a container and gives it, started. Throws with docker's own error, and leaves nothing then. */
export async function dockerRun(
  docker: Docker,
  { name, command, env, annotations, labels, options = [] }: ContainerToRun,
  annotates = true,
): Promise<TestContainer> {
  let id: string;
  try {
    id = await docker.docker(
      ...["run", "--detach", "--name", name, "--network", "none"],
      ...pairs("--env", env),
      ...pairs(annotates ? "--annotation" : "--label", annotations),
      ...pairs("--label", labels),
      ...options,
      ...[IMAGE, ...command],
    );
  } catch (error) {
    await docker.docker("rm", "--force", name);
    throw error;
  }
  return {
    id,
    pid: Number(await docker.docker("inspect", "--format", "{{.State.Pid}}", id)),
    bundle: join(docker.stateDir, "exec/containerd/daemon/io.containerd.runtime.v2.task/moby", id),
    sh: (text) => output(docker.program, docker.words("exec", id, "sh", "-c", text)),
    stop: async () => void (await docker.docker("stop", id)),
    remove: async () => void (await docker.docker("rm", id)),
  };
}

/** What else its client does. */
export function dockerUser({ docker, program, words }: Pick<Docker, "docker" | "program" | "words">): EngineUser {
  return {
    kill: async (id) => void (await docker("kill", "--signal", "KILL", id)),
    update: async (id, shares) => void (await docker("update", "--cpu-shares", String(shares), id)),
    pause: async (id) => void (await docker("pause", id)),
    resume: async (id) => void (await docker("unpause", id)),
    state: async (id) => await docker("inspect", "--format", "{{.State.Status}}", id),
    processes: async (id) => (await docker("top", id, "-o", "pid")).split("\n").slice(1).map(Number),
    printed: async (id, line) => {
      await attached(program, words("attach", "--no-stdin", "--sig-proxy=false", id), line);
    },
  };
}

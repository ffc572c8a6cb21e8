// Pods and containers over CRI that are gone at the end of a test, whatever happened in it.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Containerd } from "../peers/containerd.js";
import { containerConfig, type PodNetwork, podConfig } from "../peers/cri.js";
import { until } from "../waits.js";

const STOP_SECONDS = 10;

/** A started container. */
export interface TestContainer {
  readonly id: string;
  /** Of its first process, on the machine. */
  readonly pid: number;
  /** Folder with the config.json that the OCI runtime was called with. */
  readonly bundle: string;
  /** Runs a shell command inside; gives its output. Throws when it fails. */
  sh(command: string): Promise<string>;
  stop(): Promise<void>;
  remove(): Promise<void>;
}

/** A pod. */
export interface TestPod extends AsyncDisposable {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  /** Of the pods that plugins see of it. */
  ids(): readonly string[];
  /** Creates a container and starts it. */
  container(options: Parameters<typeof containerConfig>[0]): Promise<TestContainer>;
  /** Stops and removes its containers and itself; errors are thrown. */
  end(): Promise<void>;
}

/** Runs a pod in the Kubernetes namespace `namespace`, with the machine's network unless `network` is POD. */
export async function runPod(
  { cri, stateDir }: Pick<Containerd, "cri" | "stateDir">,
  options: { name: string; namespace?: string; annotations?: object; network?: PodNetwork },
): Promise<TestPod> {
  const { name, namespace = "default", annotations = {}, network } = options;
  const logDir = join(stateDir, "pods", name);
  mkdirSync(logDir, { recursive: true });
  const config = podConfig({ name, namespace, labels: { app: name }, annotations, network, logDir });
  const { pod_sandbox_id: id } = await cri.runPodSandbox({ config });
  const containers = new Set<TestContainer>();
  let ended = false;
  const pod: TestPod = {
    id,
    name,
    namespace,
    ids: () => [id],
    container: async (settings) => {
      const created = await cri.createContainer({
        pod_sandbox_id: id,
        config: containerConfig({ network, ...settings }),
        sandbox_config: config,
      });
      const container_id = created.container_id;
      const container: TestContainer = {
        id: container_id,
        pid: 0,
        bundle: join(stateDir, "state/io.containerd.runtime.v2.task/k8s.io", container_id),
        sh: async (command) => {
          const { stdout, stderr, exit_code } = await cri.execSync({
            container_id,
            cmd: ["sh", "-c", command],
            timeout: 20,
          });
          if (exit_code !== 0) throw new Error(`"${command}" in ${settings.name}: ${exit_code}: ${stderr.toString()}`);
          return stdout.toString();
        },
        stop: async () => {
          await cri.stopContainer({ container_id, timeout: STOP_SECONDS });
        },
        remove: async () => {
          // CRI 1.6 can say for a moment that a stopped one still runs: its own event is on the way. The kubelet tries again, too.
          await until(`the removal of ${container_id}`, () =>
            cri.removeContainer({ container_id }).catch((error: Error) => {
              if (/is still running/.test(error.message)) return undefined;
              throw error;
            }),
          );
          containers.delete(container);
        },
      };
      containers.add(container);
      await cri.startContainer({ container_id });
      const { info } = await cri.containerStatus({ container_id, verbose: true });
      return Object.assign(container, { pid: (JSON.parse(info.info ?? "{}") as { pid: number }).pid });
    },
    end: async () => {
      ended = true;
      for (const container of [...containers]) {
        await container.stop();
        await container.remove();
      }
      await cri.stopPodSandbox({ pod_sandbox_id: id });
      await cri.removePodSandbox({ pod_sandbox_id: id });
    },
    [Symbol.asyncDispose]: async () => {
      if (!ended) await pod.end();
    },
  };
  return pod;
}

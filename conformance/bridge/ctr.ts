// Containers of `ctr run`, as pods of one container each: what has no pods at all.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContainer, TestPod } from "../containerd/pods.js";
import { output } from "../peers/child.js";
import type { Containerd } from "../peers/containerd.js";
import { pause } from "../waits.js";

const IMAGE = "localhost/peers/busybox:1";
const STOP_TIMEOUT_MS = 10_000;

/** `ctr` in one namespace, with an OCI runtime of its own. */
export interface Ctr {
  readonly namespace: string;
  readonly program: string;
  /** What it is called with for `ctr ARGS`. */
  words(...args: string[]): string[];
  /** Runs `ctr ARGS`. Throws with its error when it fails. */
  (...args: string[]): Promise<string>;
}

/** A container to run. */
export interface CtrContainer {
  readonly id: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** Further options of `ctr run`. */
  readonly options?: readonly string[] | undefined;
}

/** `ctr` of a running containerd. */
export function ctrOf({ dir, socket }: { dir: string; socket: string }, namespace: string): Ctr {
  const program = join(dir, "bin/ctr");
  const words = (...args: string[]) => ["-a", socket, "-n", namespace, ...args];
  return Object.assign((...args: string[]) => output(program, words(...args)), { namespace, program, words });
}

/** Runs a container under `runtime` and gives it, started. Throws with ctr's own error. */
export async function ctrRun(
  ctr: Ctr,
  { stateDir }: Pick<Containerd, "stateDir">,
  runtime: string,
  { id, command, env = {}, annotations = {}, options = [] }: CtrContainer,
): Promise<TestContainer> {
  const pids = join(stateDir, "pids");
  mkdirSync(pids, { recursive: true });
  const pidFile = join(pids, id);
  const many = (option: string, pairs: Readonly<Record<string, string>>) =>
    Object.entries(pairs).flatMap(([key, value]) => [option, `${key}=${value}`]);
  await ctr(
    ...["run", "-d", "--runc-binary", runtime, "--pid-file", pidFile],
    ...many("--env", env),
    ...many("--annotation", annotations),
    ...options,
    ...[IMAGE, id, ...command],
  );
  let execs = 0;
  return {
    id,
    pid: Number(readFileSync(pidFile, "utf8")),
    bundle: join(stateDir, "state/io.containerd.runtime.v2.task", ctr.namespace, id),
    sh: async (text) => await ctr("task", "exec", "--exec-id", `exec${execs++}`, id, "sh", "-c", text),
    stop: async () => {
      await ctr("task", "kill", "-s", "SIGTERM", id);
      const end = Date.now() + STOP_TIMEOUT_MS;
      while (!/\bSTOPPED\b/.test(taskLine(await ctr("task", "ls"), id))) {
        if (Date.now() > end) throw new Error(`container ${id} did not stop`);
        await pause(50);
      }
    },
    remove: async () => {
      await ctr("task", "delete", id);
      await ctr("container", "delete", id);
    },
  };
}

/** A pod for the cases: its containers are named after it, and plugins see a pod for each. */
export function ctrPod(
  ctr: Ctr,
  containerd: Pick<Containerd, "stateDir">,
  runtime: string,
  options: { readonly name: string; readonly namespace?: string; readonly annotations?: object },
): TestPod {
  const { name, namespace = "default", annotations = {} } = options;
  const containers: TestContainer[] = [];
  let ended = false;
  const pod: TestPod = {
    id: name,
    name,
    namespace,
    ids: () => containers.map(({ id }) => id),
    container: async ({ name: own, command, env, annotations: more }) => {
      const run = await ctrRun(ctr, containerd, runtime, {
        id: `${namespace}-${name}-${own}`,
        command: command ?? ["sh", "-c", "trap 'exit 7' TERM; sleep 3600 & wait"],
        env,
        annotations: { ...annotations, ...more } as Readonly<Record<string, string>>,
      });
      const container: TestContainer = {
        ...run,
        remove: async () => {
          await run.remove();
          containers.splice(containers.indexOf(container), 1);
        },
      };
      containers.push(container);
      return container;
    },
    end: async () => {
      if (ended) return;
      ended = true;
      for (const container of [...containers]) {
        await container.stop();
        await container.remove();
      }
    },
    [Symbol.asyncDispose]: async () => await pod.end(),
  };
  return pod;
}

function taskLine(list: string, id: string): string {
  return list.split("\n").find((line) => line.split(/\s+/)[0] === id) ?? "";
}

// Containers of `ctr run`.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContainer } from "../containerd/pods.js";
import { output } from "../peers/child.js";
import type { Containerd } from "../peers/containerd.js";
import { pause } from "../waits.js";
import { type ContainerToRun, pairs } from "./stages/common.js";

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

/** `ctr` of a running containerd. */
export function ctrOf({ dir, socket }: { dir: string; socket: string }, namespace: string): Ctr {
  const program = join(dir, "bin/ctr");
  const words = (...args: string[]) => ["-a", socket, "-n", namespace, ...args];
  return Object.assign((...args: string[]) => output(program, words(...args)), { namespace, program, words });
}

/** Runs a container under `runtime` and gives it, started. Throws with ctr's own error, and leaves nothing then. */
export async function ctrRun(
  ctr: Ctr,
  { stateDir }: Pick<Containerd, "stateDir">,
  runtime: string,
  { name: id, command, env, annotations, labels, options = [] }: ContainerToRun,
): Promise<TestContainer> {
  const pids = join(stateDir, "pids");
  mkdirSync(pids, { recursive: true });
  const pidFile = join(pids, id);
  try {
    await ctr(
      ...["run", "-d", "--runc-binary", runtime, "--pid-file", pidFile],
      ...pairs("--env", env),
      ...pairs("--annotation", annotations),
      ...pairs("--label", labels),
      ...options,
      ...[IMAGE, id, ...command],
    );
  } catch (error) {
    // what was created and could not start is left to its user
    for (const words of [
      ["task", "delete", "--force"],
      ["container", "delete"],
    ])
      await ctr(...words, id).catch(() => undefined);
    throw error;
  }
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

function taskLine(list: string, id: string): string {
  return list.split("\n").find((line) => line.split(/\s+/)[0] === id) ?? "";
}

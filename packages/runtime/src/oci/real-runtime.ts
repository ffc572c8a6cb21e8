// The OCI runtime itself, asked by the daemon: what is there, other resources, a signal. Never through the wrapper.
import { type LinuxResources, printJson } from "@nri/oci";
import { LIMITS } from "../limits.js";
import { type Output, runProgram } from "./run-program.js";

/** A container as the runtime has it (`state`). */
export interface RuntimeState {
  /** Its id. */
  readonly id: string;
  /** Where it is in its life. */
  readonly status: "creating" | "created" | "running" | "paused" | "stopped";
  /** Its init process; 0 when it has ended. */
  readonly pid: number;
  /** Its bundle's folder. */
  readonly bundle: string;
}

/** How the real runtime is called. */
export interface RealRuntimeOptions {
  /** runc or crun, by absolute name. */
  readonly path: string;
  /** Its `--root`; its own default when empty. */
  readonly root?: string | undefined;
  /** Other options before the command, such as `--systemd-cgroup`. */
  readonly globalArgs?: readonly string[] | undefined;
  /** How long a call may take. Milliseconds. */
  readonly timeoutMs?: number | undefined;
}

const STATUS: ReadonlySet<unknown> = new Set(["creating", "created", "running", "paused", "stopped"]);

/**
 * runc or crun. Every call is bounded in time and output; all reject with the runtime's own words (its stderr), and with the
 * signal's reason when it is aborted.
 */
export class RealRuntime {
  /** @internal */
  readonly options: RealRuntimeOptions;

  /** Does not look whether the program is there. */
  constructor(options: RealRuntimeOptions) {
    this.options = options;
  }

  /** A container; undefined when there is none of that id. */
  async state(id: string, signal?: AbortSignal): Promise<RuntimeState | undefined> {
    const output = await this.#run(["state", "--", id], signal);
    if (output.code === 0) return readState(JSON.parse(output.stdout));
    if (isMissing(output.stderr)) return undefined;
    throw failure("state", id, output);
  }

  /** All containers below the root. A root that does not exist has none. */
  async list(signal?: AbortSignal): Promise<RuntimeState[]> {
    const output = await this.#run(["list", "--format", "json"], signal);
    // runc without a root: "open ROOT: no such file or directory".
    if (output.code !== 0 && isMissing(output.stderr)) return [];
    if (output.code !== 0) throw failure("list", undefined, output);
    const found: unknown = JSON.parse(output.stdout === "" ? "null" : output.stdout);
    return Array.isArray(found) ? found.map(readState) : [];
  }

  /** Gives a container other resources, live; what is not said stays. The whole of them, as the specification has them. */
  async update(id: string, resources: LinuxResources, signal?: AbortSignal): Promise<void> {
    const output = await this.#run(["update", "--resources", "-", "--", id], signal, printJson(resources));
    if (output.code !== 0) throw failure("update", id, output);
  }

  /** Sends a signal, by number or name, to a container's init process. */
  async kill(id: string, signalName: string | number, signal?: AbortSignal): Promise<void> {
    const output = await this.#run(["kill", "--", id, String(signalName)], signal);
    if (output.code !== 0) throw failure("kill", id, output);
  }

  /** Ends a container if it runs, and removes what the runtime keeps of it. One that is not there is no error. */
  async delete(id: string, signal?: AbortSignal): Promise<void> {
    const output = await this.#run(["delete", "--force", "--", id], signal);
    if (output.code !== 0 && !isMissing(output.stderr)) throw failure("delete", id, output);
  }

  /** Does something to a container. What fails for one that has ended meanwhile is done. */
  async unlessEnded(id: string, act: () => Promise<void>, signal?: AbortSignal): Promise<void> {
    try {
      await act();
    } catch (error) {
      const state = await this.state(id, signal);
      if (state !== undefined && state.status !== "stopped") throw error;
    }
  }

  #run(args: readonly string[], signal: AbortSignal | undefined, stdin?: string): Promise<Output> {
    const { path, root, globalArgs = [], timeoutMs = LIMITS.runtime.callMs } = this.options;
    const global = root === undefined || root === "" ? globalArgs : ["--root", root, ...globalArgs];
    const { maxOutputBytes } = LIMITS.runtime;
    return runProgram(path, [...global, ...args], { stdin, signal, timeoutMs, maxOutputBytes });
  }
}

function readState(value: unknown): RuntimeState {
  const member = (key: string): unknown =>
    typeof value === "object" && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
  const [id, status, pid, bundle] = ["id", "status", "pid", "bundle"].map(member);
  if (typeof id !== "string" || !STATUS.has(status))
    throw new Error(`the runtime's answer is no state of a container: ${JSON.stringify(value)}`);
  return {
    id,
    status: status as RuntimeState["status"],
    pid: typeof pid === "number" && status !== "stopped" ? pid : 0,
    bundle: typeof bundle === "string" ? bundle : "",
  };
}

/** runc: "container does not exist"; crun: "container `ID` does not exist: open ...". */
function isMissing(stderr: string): boolean {
  return /does not exist|no such file or directory/i.test(stderr);
}

function failure(command: string, id: string | undefined, { code, stderr }: Output): Error {
  const what = id === undefined ? command : `${command} of container "${id}"`;
  const words = stderr.trim().split("\n").at(-1) ?? "";
  return new Error(`the OCI runtime failed to ${what}: ${words === "" ? `exit code ${code}` : words}`);
}

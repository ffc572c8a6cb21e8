// runc as an engine, as small as the crash tests need one: what exists is what runc says, what happens is looked for in its files.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { containerFromSpec } from "@nri/oci";
import { ContainerState, PodSandbox } from "@nri/protocol";
import {
  type Described,
  type Domain,
  type DomainState,
  type Engine,
  type EngineContainer,
  type EngineEvents,
  RealRuntime,
  type RuntimeCall,
  type RuntimeState,
} from "@nri/runtime";

const LOOK_MS = 30;
const UNKNOWN_EXIT = 255;
const STATES: Partial<Record<RuntimeState["status"], ContainerState>> = {
  created: ContainerState.CONTAINER_CREATED,
  running: ContainerState.CONTAINER_RUNNING,
  stopped: ContainerState.CONTAINER_STOPPED,
};

/** Containers of a runc with a root of its own, each with a pod made up for it. */
export class RuncEngine implements Engine, Domain {
  readonly name = "runc";
  readonly servesNri = false;
  readonly domains = [this];
  readonly #runtime: RealRuntime;
  readonly #ending = new AbortController();
  #watching: Promise<void> = Promise.resolve();

  constructor(
    path: string,
    readonly root: string,
  ) {
    this.#runtime = new RealRuntime({ path, root });
  }

  domainFor({ root }: RuntimeCall): Domain | undefined {
    return root === this.root ? this : undefined;
  }

  async start(events: EngineEvents): Promise<void> {
    this.#watching = this.#watch(events);
  }

  async list(signal: AbortSignal): Promise<DomainState> {
    const states = await this.#runtime.list(signal);
    const containers = states.flatMap((state): EngineContainer[] => {
      const { id, status, pid } = state;
      if (STATES[status] === undefined) return [];
      const known = { id, podSandboxId: id, name: id, state: STATES[status], pid };
      return [{ container: containerFromSpec({ ociVersion: "1.0.2" }, known), podId: id }];
    });
    return { pods: containers.map(({ podId }) => pod(podId)), containers };
  }

  async describe({ id }: RuntimeCall): Promise<Described> {
    return { kind: "container", known: { id, name: id }, pod: pod(id), ownPod: true };
  }

  async pid(id: string, signal: AbortSignal): Promise<number> {
    return (await this.#runtime.state(id, signal))?.pid ?? 0;
  }

  async update(): Promise<void> {
    throw new Error("no plugin of these tests asks for it");
  }

  async evict(id: string): Promise<void> {
    await this.#runtime.kill(id, "KILL");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#watching;
  }

  async #watch(events: EngineEvents): Promise<void> {
    const { signal } = this.#ending;
    let before = new Map<string, number>();
    const ended = new Set<string>();
    while (!signal.aborted) {
      const now = new Map(ids(this.root).map((id) => [id, before.get(id) || initOf(this.root, id)]));
      for (const [id, pid] of new Map([...before, ...now])) {
        if (pid !== 0 && !ended.has(id) && !isAlive(pid)) {
          ended.add(id);
          events.exited(this.name, id, { code: UNKNOWN_EXIT, at: BigInt(Date.now()) * 1_000_000n, pid });
        }
        if (now.has(id)) continue;
        ended.delete(id);
        events.removed(this.name, id);
      }
      before = now;
      await pause(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Containers that runc keeps something of. */
function ids(root: string): string[] {
  return existsSync(root) ? readdirSync(root) : [];
}

/** The init process of a container; 0 as long as runc has not written it down. */
function initOf(root: string, id: string): number {
  try {
    const state = JSON.parse(readFileSync(join(root, id, "state.json"), "utf8")) as { init_process_pid?: number };
    return state.init_process_pid ?? 0;
  } catch (error) {
    if (error instanceof Error) return 0;
    throw error;
  }
}

/** Whether a process is there, and not only waited for. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}

function pod(id: string): PodSandbox {
  return PodSandbox.create({ id, name: id });
}

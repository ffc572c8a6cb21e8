// Runs pods on runc or crun: what `nri run` is behind the player.
import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import type { Spec } from "@nri/oci";
import type { ContainerExit, PodEngine, PodPlan } from "@nri/testing";
import { nowNs } from "../now.js";
import { bundlePlan } from "./bundle-plan.js";
import { Cleaner } from "./cleaner.js";
import { type Holder, holdNamespaces } from "./holder.js";
import type { Machine } from "./machine.js";
import { OciRuntime } from "./oci-runtime.js";
import { makePodFiles } from "./pod-files.js";
import { type ContainerSurroundings, RealContainer } from "./real-container.js";
import { ownNamespaces, realPlan } from "./real-plan.js";
import { writableRootfs } from "./rootfs.js";

/** What is common to all pods of a run. */
export interface RunnerOptions {
  /** Where they run. */
  readonly machine: Machine;
  /** Value of PATH for programs. */
  readonly path: string;
  /** How long a container may take to end after SIGTERM, in milliseconds. */
  readonly graceMs: number;
  /** Aborted when all is to end: containers get SIGTERM. */
  readonly ending: AbortSignal;
  /** A line that a container has written. */
  output(id: string, line: string): void;
  /** What an engine would write to its log. */
  log(text: string): void;
}

/** A pod whose sandbox runs. */
export interface RunningPod {
  /** As it really is: what the player plays. */
  readonly plan: PodPlan;
  /** What runs its containers. */
  readonly engine: PodEngine;
}

/** Runs pods. When it is disposed of, or its process ends in whatever way, nothing of them is left. */
export class Runner implements AsyncDisposable {
  readonly #options: RunnerOptions;
  readonly #cgroup: string;
  readonly #state: string;
  readonly #scratch: string;
  readonly #cleaner: Cleaner;
  readonly #holders: Holder[] = [];

  private constructor(options: RunnerOptions, state: string, scratch: string) {
    this.#options = options;
    this.#state = state;
    this.#scratch = scratch;
    this.#cgroup = `/nri-run/${basename(state)}`;
    const { runtime } = options.machine;
    const folders = [state, scratch];
    this.#cleaner = new Cleaner({ runtime, root: join(state, "runtime"), cgroup: this.#cgroup, folders }, options.path);
  }

  /** Makes the folders of a run: state under /run, what may be large in the temporary folder. */
  static async start(options: RunnerOptions): Promise<Runner> {
    await mkdir("/run/nri-run", { recursive: true, mode: 0o700 });
    const state = await mkdtemp("/run/nri-run/");
    const scratch = await mkdtemp(join(resolve(tmpdir()), "nri-run-"));
    for (const name of ["runtime", "bundles"]) await mkdir(join(state, name), { mode: 0o700 });
    return new Runner(options, state, scratch);
  }

  /** A folder for what may be large; gone at the end. */
  get scratch(): string {
    return this.#scratch;
  }

  /**
   * Makes the sandbox of a pod of a manifest. `rootfs` says which folder the root filesystem of a container is made of; the folder
   * stays as it is. Rejects with the pod's name and the reason.
   */
  async pod(plan: PodPlan, rootfs: (id: string) => string): Promise<RunningPod> {
    const { pod, spec } = plan;
    const label = pod.namespace === "" ? pod.name : `${pod.namespace}/${pod.name}`;
    const namespaces = ownNamespaces(spec);
    const { path, machine } = this.#options;
    const { hostname } = spec;
    const sysctl = spec.linux?.sysctl ?? {};
    const holder = await holdNamespaces({ label, namespaces, hostname, sysctl, path });
    this.#holders.push(holder);
    const folder = join(this.#scratch, pod.id);
    const real = realPlan(plan, {
      machine,
      pid: holder.pid,
      createdAt: nowNs(),
      folder,
      cgroup: `${this.#cgroup}/${pod.id.slice(0, 12)}`,
      rootfs: (id) => join(folder, "containers", id, "rootfs"),
    });
    await makePodFiles(real.needed, hostname ?? "");
    const prepare = async (id: string) => {
      await writableRootfs(rootfs(id), join(folder, "containers", id));
    };
    return { plan: real.plan, engine: this.#engine(prepare, holder) };
  }

  /** A bundle with its own root filesystem, which is run as it is. */
  bundle(plan: PodPlan, folder: string): RunningPod {
    const real = bundlePlan(plan, folder, this.#cgroup, nowNs());
    return { plan: real, engine: this.#engine(async () => undefined, undefined) };
  }

  /** Ends everything, and takes it away. What could not be done is logged. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const holder of this.#holders) await holder.end();
    for (const line of await this.#cleaner.clean()) this.#options.log(line);
  }

  #engine(prepare: (id: string) => Promise<void>, holder: Holder | undefined): PodEngine {
    const { machine, path, graceMs, ending } = this.#options;
    const around: ContainerSurroundings = {
      runtime: new OciRuntime(machine.runtime, join(this.#state, "runtime")),
      monitor: machine.monitor,
      path,
      folder: join(this.#state, "bundles"),
      graceMs,
      output: (id, line) => this.#options.output(id, line),
      log: (text) => this.#options.log(text),
    };
    return new RunningContainers(around, prepare, holder, ending);
  }
}

class RunningContainers implements PodEngine {
  readonly ending: AbortSignal;
  readonly #around: ContainerSurroundings;
  readonly #prepare: (id: string) => Promise<void>;
  readonly #holder: Holder | undefined;
  readonly #containers = new Map<string, RealContainer>();

  constructor(
    around: ContainerSurroundings,
    prepare: (id: string) => Promise<void>,
    holder: Holder | undefined,
    ending: AbortSignal,
  ) {
    this.#around = around;
    this.#prepare = prepare;
    this.#holder = holder;
    this.ending = ending;
  }

  async create(id: string, spec: Spec): Promise<{ readonly pid: number; readonly at: bigint }> {
    await this.#prepare(id);
    const container = await RealContainer.create(id, spec, this.#around);
    this.#containers.set(id, container);
    return { pid: container.pid, at: nowNs() };
  }

  async start(id: string): Promise<{ readonly at: bigint }> {
    await this.#get(id).start();
    return { at: nowNs() };
  }

  exited(id: string): Promise<ContainerExit> {
    return this.#get(id).exited;
  }

  async update(id: string, spec: Spec): Promise<void> {
    await this.#get(id).update(spec);
  }

  async end(id: string, how: "terminated" | "killed"): Promise<void> {
    await this.#get(id).end(how);
  }

  async remove(id: string): Promise<void> {
    await this.#get(id).remove();
  }

  async stopSandbox(): Promise<void> {
    await this.#holder?.end();
  }

  #get(id: string): RealContainer {
    const found = this.#containers.get(id);
    if (found === undefined) throw new Error(`container ${id} was not created`);
    return found;
  }
}

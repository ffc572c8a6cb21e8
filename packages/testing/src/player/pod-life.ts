// A pod on the simulated node and what can happen to it, one request at a time. The order is for others to say: play.ts, tests.
import { type ApplyOptions, applyAdjustment } from "@nri/oci";
import {
  ContainerState,
  ContainerUpdate,
  CreateContainerResponse,
  type Init,
  LinuxResources,
  PodSandbox,
} from "@nri/protocol";
import { asError } from "../errors.js";
import type { ContainerPlan, PodPlan } from "../plan.js";
import type { PodEngine } from "./engine.js";
import type { LifeEvent, Runtime } from "./life.js";
import { LiveContainer } from "./live-container.js";
import { SimulatedNode } from "./node.js";
import { type ContainerRecord, type PlayedPod, type PlayProblem, played } from "./played.js";

/** What a pod lives with. */
export interface LifeOptions {
  /** How adjustments are put into specs. */
  readonly apply?: ApplyOptions | undefined;
  /** The node to live on; it must be the one that the adaptation synchronizes from. Default: one of its own. */
  readonly node?: SimulatedNode | undefined;
  /** What really runs the containers. Default: nothing does, they are simulated. */
  readonly engine?: PodEngine | undefined;
  /** Told before each event. */
  readonly onEvent?: ((event: LifeEvent, container: ContainerPlan | undefined) => void) | undefined;
  /** Ends the play between two events; the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Exit codes of containers: of one that was killed, of one that SIGTERM ended, of one that never started. */
export const EXIT_CODE = { killed: 137, terminated: 143, startFailed: 128 } as const;

/** Each method asks the plugins, and does what an engine does with the answer. Failures are kept in `problems`. */
export class PodLife {
  readonly plan: PodPlan;
  /** In the order in which they are created. */
  readonly records: readonly ContainerRecord[];
  readonly problems: PlayProblem[] = [];
  readonly #runtime: Runtime;
  readonly #options: LifeOptions;
  readonly #node: SimulatedNode;
  #whenEnding: Promise<void> | undefined;

  constructor(runtime: Runtime, plan: PodPlan, options: LifeOptions) {
    this.plan = plan;
    this.#runtime = runtime;
    this.#options = options;
    this.#node = options.node ?? new SimulatedNode({ apply: options.apply ?? {} });
    this.records = plan.containers.map((each) => ({
      live: new LiveContainer(each, options.engine),
      outcome: "skipped",
    }));
  }

  /** What came of it so far. */
  get result(): PlayedPod {
    return { plan: this.plan, containers: this.records.map(played), problems: this.problems };
  }

  /** RunPodSandbox; false when the pod was refused, which is undone then. */
  async run(): Promise<boolean> {
    this.#node.addPod(this.plan.pod);
    const answer = await this.#ask("runPodSandbox", { pod: this.#pod() }, { refuses: true });
    if (!isFailed(answer)) return true;
    for (const record of this.records) record.reason = "its pod was refused";
    // The engine undoes it, whatever was asked for: plugins that saw the pod must see its end (containerd 5.1).
    await this.stopPod();
    await this.removePod();
    return false;
  }

  /** CreateContainer; false when it was refused, which is undone then. */
  async create(record: ContainerRecord): Promise<boolean> {
    const { live } = record;
    const { plan } = live;
    const asked = { pod: this.#pod(), container: live.message(ContainerState.CONTAINER_UNKNOWN) };
    const answer = await this.#ask("createContainer", asked, { container: plan, refuses: true });
    let error = isFailed(answer) ? answer.failed : undefined;
    if (!isFailed(answer)) {
      const response = CreateContainerResponse.create(answer);
      try {
        const applied = applyAdjustment(plan.spec, response.adjust, this.#options.apply);
        // Others make room before the new one takes it.
        await this.#node.update(response.update);
        await live.create(applied.spec);
        record.outcome = "created";
        record.adjustment = response.adjust;
        record.applied = applied;
        this.#node.addContainer(live);
        this.#node.evict(response.evict);
        return true;
      } catch (thrown) {
        error = asError(thrown);
        this.#fail("createContainer", plan, error, true);
      }
    }
    record.outcome = "refused";
    record.reason = error?.message;
    // Undo with the spec as it was: plugins that saw the creation must see its end (containerd 5.1).
    const bare = () => ({ pod: this.#pod(), container: live.message(ContainerState.CONTAINER_UNKNOWN) });
    const stopped = await this.#ask("stopContainer", bare(), { container: plan });
    if (!isFailed(stopped)) await this.#node.update(stopped.update);
    await this.#ask("removeContainer", bare(), { container: plan });
    return false;
  }

  /** PostCreateContainer. */
  async postCreate(record: ContainerRecord): Promise<void> {
    await this.#tell("postCreateContainer", record, ContainerState.CONTAINER_CREATED);
  }

  /** StartContainer; false when it was refused: the container is stopped then. */
  async start(record: ContainerRecord): Promise<boolean> {
    const { live } = record;
    const { plan } = live;
    live.phase = "starting";
    const message = () => ({ pod: this.#pod(), container: live.message(ContainerState.CONTAINER_CREATED) });
    const started = await this.#ask("startContainer", message(), { container: plan, refuses: true });
    const failed = isFailed(started) ? started.failed : await this.#begin(live);
    if (failed === undefined) return true;
    // Sent before the state changes (containerd 5.4: "StopContainer, failed start": CREATED).
    const stopped = await this.#ask("stopContainer", message(), { container: plan });
    if (!isFailed(stopped)) await this.#node.update(stopped.update);
    if (live.isReal) {
      await live.tellToEnd("killed");
      await live.exit();
    }
    live.phase = "stopped";
    live.exitCode = EXIT_CODE.startFailed;
    record.reason = failed.message;
    return false;
  }

  /** Lets the process begin; the error when it does not. */
  async #begin(live: LiveContainer): Promise<Error | undefined> {
    try {
      await live.start();
      return undefined;
    } catch (thrown) {
      const error = asError(thrown);
      this.#fail("startContainer", live.plan, error, true);
      return error;
    }
  }

  /** PostStartContainer: the container runs. */
  async postStart(record: ContainerRecord): Promise<void> {
    record.live.phase = "running";
    await this.#tell("postStartContainer", record, ContainerState.CONTAINER_RUNNING);
  }

  /** UpdatePodSandbox. */
  async updatePod(resources: Init<LinuxResources>): Promise<void> {
    await this.#ask("updatePodSandbox", {
      pod: this.#pod(),
      overheadLinuxResources: this.plan.pod.linux?.podOverhead,
      linuxResources: LinuxResources.create(resources),
    });
  }

  /** PostUpdatePodSandbox. */
  async postUpdatePod(): Promise<void> {
    await this.#ask("postUpdatePodSandbox", { pod: this.#pod() });
  }

  /** UpdateContainer; false when it was refused: nothing changes then. */
  async update({ live }: ContainerRecord, resources: Init<LinuxResources>): Promise<boolean> {
    const request = {
      pod: this.#pod(),
      container: live.message(live.state),
      linuxResources: LinuxResources.create(resources),
    };
    const answer = await this.#ask("updateContainer", request, { container: live.plan, refuses: true });
    if (isFailed(answer)) return false;
    // The last element is the container's own; without one the request stands (adaptation 2.3).
    const own = answer.update.find((each) => each?.containerId === live.id && each.linux?.resources !== undefined);
    const others = answer.update.filter((each) => each !== undefined && each.containerId !== live.id);
    const wanted = ContainerUpdate.create({
      containerId: live.id,
      linux: { resources: own?.linux?.resources ?? resources },
    });
    await this.#node.update(others);
    const error = await this.#node.apply(wanted);
    if (error !== undefined) this.#fail("updateContainer", live.plan, error, true);
    this.#node.evict(answer.evict.filter((eviction) => eviction !== undefined));
    return error === undefined;
  }

  /** PostUpdateContainer. */
  async postUpdate(record: ContainerRecord): Promise<void> {
    await this.#tell("postUpdateContainer", record, record.live.state);
  }

  /** From now on StopContainer is sent as soon as the container has ended. Nothing when it is simulated. */
  watch(record: ContainerRecord): void {
    if (record.live.isReal) record.ended ??= record.live.exit().then((code) => this.stop(record, code));
  }

  /**
   * The end of a container, with StopContainer. A simulated one has ended with `simulated`; for a real one it is waited, and it
   * is told to end when that is meant, or when the user ends all.
   */
  async end(record: ContainerRecord, how: "itself" | "terminated" | "killed", simulated: number): Promise<void> {
    if (!record.live.isReal) return this.stop(record, simulated);
    this.watch(record);
    if (how === "itself") await Promise.race([record.ended, this.#aborted()]);
    if (record.live.phase !== "stopped") await record.live.tellToEnd(how === "itself" ? "terminated" : how);
    await record.ended;
  }

  /** Waits for the end of a container that no plugin is told of. */
  async endUntold({ live }: ContainerRecord): Promise<void> {
    if (!live.isReal) return;
    const ended = live.exit();
    await Promise.race([ended, this.#aborted()]);
    if (this.isEnding) await live.tellToEnd("terminated");
    live.exitCode = await ended;
  }

  /** Whether the user has ended all. */
  get isEnding(): boolean {
    return this.#options.engine?.ending.aborted ?? false;
  }

  #aborted(): Promise<void> {
    const signal = this.#options.engine?.ending;
    this.#whenEnding ??= new Promise((resolve) => {
      if (signal?.aborted) resolve();
      signal?.addEventListener("abort", () => resolve(), { once: true });
    });
    return this.#whenEnding;
  }

  /** StopContainer of a container that has ended with `exitCode`. */
  async stop({ live }: ContainerRecord, exitCode: number): Promise<void> {
    live.phase = "stopped";
    live.exitCode = exitCode;
    const container = live.message(ContainerState.CONTAINER_STOPPED);
    const answer = await this.#ask("stopContainer", { pod: this.#pod(), container }, { container: live.plan });
    if (!isFailed(answer)) await this.#node.update(answer.update);
  }

  /** Stops the containers that a plugin wants evicted, and waits for their end. */
  async evictAsked(): Promise<void> {
    for (const record of this.records) {
      if (record.live.phase !== "running") continue;
      const reason = this.#node.takeEviction(record.live.id);
      if (reason === undefined) continue;
      record.live.evicted = reason;
      await this.end(record, "killed", EXIT_CODE.killed);
    }
  }

  /** RemoveContainer. */
  async remove(record: ContainerRecord): Promise<void> {
    // Exited containers have an unknown state in containerd's words (containerd 5.4).
    await this.#tell("removeContainer", record, ContainerState.CONTAINER_UNKNOWN);
    try {
      await record.live.remove();
    } catch (thrown) {
      this.#fail("removeContainer", record.live.plan, asError(thrown), false);
    }
    record.live.phase = "removed";
    this.#node.removeContainer(record.live.id);
  }

  /** StopPodSandbox. */
  async stopPod(): Promise<void> {
    try {
      await this.#options.engine?.stopSandbox();
    } catch (thrown) {
      this.#fail("stopPodSandbox", undefined, asError(thrown), false);
    }
    await this.#ask("stopPodSandbox", { pod: this.#endedPod("stopped") });
  }

  /** RemovePodSandbox. */
  async removePod(): Promise<void> {
    await this.#ask("removePodSandbox", { pod: this.#endedPod("removed") });
    this.#node.removePod(this.plan.pod.id);
  }

  async #tell(
    event: "postCreateContainer" | "postStartContainer" | "postUpdateContainer" | "removeContainer",
    { live }: ContainerRecord,
    state: number,
  ): Promise<void> {
    await this.#ask(event, { pod: this.#pod(), container: live.message(state) }, { container: live.plan });
  }

  /** Asks the plugins; what failed is recorded. */
  async #ask<Name extends LifeEvent>(
    event: Name,
    request: Parameters<Runtime[Name]>[0],
    about: { readonly container?: ContainerPlan; readonly refuses?: boolean } = {},
  ): Promise<Awaited<ReturnType<Runtime[Name]>> | { readonly failed: Error }> {
    this.#options.signal?.throwIfAborted();
    this.#options.onEvent?.(event, about.container);
    try {
      const ask = this.#runtime[event] as (request: unknown) => Promise<unknown>;
      return (await ask.call(this.#runtime, request)) as Awaited<ReturnType<Runtime[Name]>>;
    } catch (thrown) {
      const failed = asError(thrown);
      this.#fail(event, about.container, failed, about.refuses ?? false);
      return { failed };
    }
  }

  #fail(event: LifeEvent, container: ContainerPlan | undefined, error: Error, refused: boolean): void {
    this.problems.push({ event, container, error, refused });
  }

  #pod(): PodSandbox {
    return PodSandbox.create(this.plan.pod);
  }

  /** The pod without its process, and in the end without its network namespace (containerd 5.2). */
  #endedPod(phase: "stopped" | "removed"): PodSandbox {
    const pod = this.#pod();
    pod.pid = 0;
    if (phase === "removed" && pod.linux !== undefined) {
      pod.linux.namespaces = pod.linux.namespaces.filter(({ type }) => type !== "network");
    }
    return pod;
  }
}

function isFailed(answer: unknown): answer is { readonly failed: Error } {
  return typeof answer === "object" && answer !== null && "failed" in answer && answer.failed instanceof Error;
}

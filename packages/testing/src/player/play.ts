// The one player of pod life: takes a pod from RunPodSandbox to RemovePodSandbox in the order kubelet and containerd would.
//
//   RunPodSandbox
//     each init container:      Create PostCreate Start PostStart, then Stop (it has ended); sidecars stay
//     each ordinary container:  Create PostCreate Start PostStart
//     each ephemeral container: Create PostCreate Start PostStart
//   with an update: UpdatePodSandbox PostUpdatePodSandbox, then Update PostUpdate for each that runs
//     ordinary and ephemeral, then sidecars in reverse: Stop; then Remove for all
//   StopPodSandbox RemovePodSandbox

import { type Applied, type ApplyOptions, applyAdjustment, type Spec } from "@nri/oci";
import {
  type ContainerAdjustment,
  ContainerState,
  ContainerUpdate,
  CreateContainerResponse,
  type Init,
  LinuxResources,
  PodSandbox,
} from "@nri/protocol";
import { asError } from "../errors.js";
import type { ContainerPlan, PodPlan } from "../plan.js";
import { LIFE, type LifeEvent, lifeRank, type Runtime } from "./life.js";
import { LiveContainer } from "./live-container.js";
import { SimulatedNode } from "./node.js";

/** How a pod is played. */
export interface PlayOptions {
  /** The last event that is played, for every container. Default: the whole life. */
  readonly until?: LifeEvent | undefined;
  /** Resources asked for while the containers run. Without it no update is played. */
  readonly update?: Init<LinuxResources> | undefined;
  /** How adjustments are put into specs. */
  readonly apply?: ApplyOptions | undefined;
  /** The node to live on; it must be the one that the adaptation synchronizes from. Default: one of its own. */
  readonly node?: SimulatedNode | undefined;
  /** Told before each event. */
  readonly onEvent?: ((event: LifeEvent, container: ContainerPlan | undefined) => void) | undefined;
  /** Ends the play between two events; the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** An event that failed. */
export interface PlayProblem {
  /** What was asked. */
  readonly event: LifeEvent;
  /** The container it was about; undefined for events of the pod. */
  readonly container: ContainerPlan | undefined;
  /** Why it failed, as the adaptation or the spec generator said. */
  readonly error: Error;
  /** Whether it ended the life of container or pod; if not, an engine would only write it to its log. */
  readonly refused: boolean;
}

/** What became of one container. */
export interface PlayedContainer {
  /** What was played. */
  readonly plan: ContainerPlan;
  /**
   * `created`: it got its adjustment. `refused`: a plugin, a conflict or the adjustment itself stopped its creation.
   * `skipped`: it was never asked for, because `until` came first, its pod was refused, or an init container before it.
   */
  readonly outcome: "created" | "refused" | "skipped";
  /** The plugins' combined adjustment; undefined when refused or skipped. */
  readonly adjustment: ContainerAdjustment | undefined;
  /** The spec after creation; undefined when refused or skipped. */
  readonly createdSpec: Spec | undefined;
  /** The spec at the end of its life, with updates; undefined when refused or skipped. */
  readonly spec: Spec | undefined;
  /** Paths in the adjustment that were applied here, and that the reference's generator drops. */
  readonly notAppliedByReference: readonly string[];
  /** Fields that had no effect, because no resolver or injector is there for them. */
  readonly ignored: readonly string[];
  /** Why it was refused or skipped. */
  readonly reason: string | undefined;
  /** Why a plugin had it evicted; undefined when none had. */
  readonly evicted: string | undefined;
}

/** What became of a pod. */
export interface PlayedPod {
  /** What was played. */
  readonly plan: PodPlan;
  /** In the order of their creation. */
  readonly containers: readonly PlayedContainer[];
  /** In the order in which they happened. */
  readonly problems: readonly PlayProblem[];
}

/** Plays the life of `plan` against `runtime`. Failures of events are results, not rejections. */
export async function playPod(runtime: Runtime, plan: PodPlan, options: PlayOptions = {}): Promise<PlayedPod> {
  return new PodPlayer(runtime, plan, options).play();
}

interface ContainerRecord {
  live: LiveContainer;
  outcome: PlayedContainer["outcome"];
  adjustment?: ContainerAdjustment | undefined;
  applied?: Applied | undefined;
  reason?: string | undefined;
  evicted?: string | undefined;
}

class PodPlayer {
  readonly #runtime: Runtime;
  readonly #plan: PodPlan;
  readonly #options: PlayOptions;
  readonly #node: SimulatedNode;
  readonly #problems: PlayProblem[] = [];
  readonly #records: ContainerRecord[];
  readonly #last: number;

  constructor(runtime: Runtime, plan: PodPlan, options: PlayOptions) {
    this.#runtime = runtime;
    this.#plan = plan;
    this.#options = options;
    this.#node = options.node ?? new SimulatedNode({ apply: options.apply ?? {} });
    this.#last = options.until === undefined ? LIFE.length : lifeRank(options.until);
    this.#records = plan.containers.map((each) => ({ live: new LiveContainer(each), outcome: "skipped" }));
  }

  async play(): Promise<PlayedPod> {
    if (await this.#runPod()) {
      await this.#startAll();
      await this.#updateAll();
      await this.#endAll();
      await this.#endPod();
    }
    return { plan: this.#plan, containers: this.#records.map(played), problems: this.#problems };
  }

  #reaches(event: LifeEvent): boolean {
    return lifeRank(event) <= this.#last;
  }

  /** Asks the plugins; undefined when that failed, which is recorded. */
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
    this.#problems.push({ event, container, error, refused });
  }

  async #runPod(): Promise<boolean> {
    const { pod } = this.#plan;
    this.#node.addPod(pod);
    const answer = await this.#ask("runPodSandbox", { pod: PodSandbox.create(pod) }, { refuses: true });
    if (!isFailed(answer)) return true;
    for (const record of this.#records) record.reason = "its pod was refused";
    // The engine undoes it, whatever was asked for: plugins that saw the pod must see its end (containerd 5.1).
    await this.#ask("stopPodSandbox", { pod: this.#podMessage("stopped") });
    await this.#ask("removePodSandbox", { pod: this.#podMessage("removed") });
    this.#node.removePod(pod.id);
    return false;
  }

  async #startAll(): Promise<void> {
    for (const record of this.#records) {
      const { role, container } = record.live.plan;
      if (!this.#reaches("createContainer")) continue;
      const started = await this.#start(record);
      await this.#evictAsked();
      if (role !== "init" && role !== "sidecar") continue;
      if (!started) {
        for (const later of this.#records.slice(this.#records.indexOf(record) + 1)) {
          later.reason = `init container ${container.name} was refused`;
        }
        return;
      }
      // An ordinary init container ends by itself before the next one begins.
      if (role === "init" && record.live.phase === "running" && this.#last > lifeRank("postStartContainer")) {
        await this.#stop(record, 0);
      }
    }
  }

  /** Create to PostStart; false when the container was refused on the way. */
  async #start(record: ContainerRecord): Promise<boolean> {
    const { live } = record;
    const { plan } = live;
    const { pod } = this.#plan;
    const message = (state: number) => ({ pod: PodSandbox.create(pod), container: live.message(state) });
    if (!(await this.#create(record))) return false;
    if (!this.#reaches("postCreateContainer")) return true;
    await this.#ask("postCreateContainer", message(ContainerState.CONTAINER_CREATED), { container: plan });
    if (!this.#reaches("startContainer")) return true;
    live.phase = "starting";
    const started = await this.#ask("startContainer", message(ContainerState.CONTAINER_CREATED), {
      container: plan,
      refuses: true,
    });
    if (isFailed(started)) {
      // Sent before the state changes (containerd 5.4: "StopContainer, failed start": CREATED).
      const stopped = await this.#ask("stopContainer", message(ContainerState.CONTAINER_CREATED), { container: plan });
      if (!isFailed(stopped)) this.#node.update(stopped.update);
      live.phase = "stopped";
      live.exitCode = 128;
      record.reason = started.failed.message;
      return false;
    }
    if (!this.#reaches("postStartContainer")) return true;
    live.phase = "running";
    await this.#ask("postStartContainer", message(ContainerState.CONTAINER_RUNNING), { container: plan });
    return true;
  }

  async #create(record: ContainerRecord): Promise<boolean> {
    const { live } = record;
    const { plan } = live;
    const pod = () => PodSandbox.create(this.#plan.pod);
    const asked = { pod: pod(), container: live.message(ContainerState.CONTAINER_UNKNOWN) };
    const answer = await this.#ask("createContainer", asked, { container: plan, refuses: true });
    let error = isFailed(answer) ? answer.failed : undefined;
    if (!isFailed(answer)) {
      const response = CreateContainerResponse.create(answer);
      try {
        const applied = applyAdjustment(plan.spec, response.adjust, this.#options.apply);
        live.spec = applied.spec;
        live.phase = "created";
        record.outcome = "created";
        record.adjustment = response.adjust;
        record.applied = applied;
        this.#node.addContainer(live);
        this.#node.update(response.update);
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
    const bare = () => ({ pod: pod(), container: live.message(ContainerState.CONTAINER_UNKNOWN) });
    const stopped = await this.#ask("stopContainer", bare(), { container: plan });
    if (!isFailed(stopped)) this.#node.update(stopped.update);
    await this.#ask("removeContainer", bare(), { container: plan });
    return false;
  }

  async #updateAll(): Promise<void> {
    const { update } = this.#options;
    if (update === undefined || !this.#reaches("updatePodSandbox")) return;
    const pod = () => PodSandbox.create(this.#plan.pod);
    const resources = LinuxResources.create(update);
    await this.#ask("updatePodSandbox", {
      pod: pod(),
      overheadLinuxResources: this.#plan.pod.linux?.podOverhead,
      linuxResources: resources,
    });
    if (this.#reaches("postUpdatePodSandbox")) await this.#ask("postUpdatePodSandbox", { pod: pod() });
    if (!this.#reaches("updateContainer")) return;
    for (const { live } of this.#records) {
      if (live.phase !== "running") continue;
      const container = () => live.message(ContainerState.CONTAINER_RUNNING);
      const about = { container: live.plan };
      const linuxResources = LinuxResources.create(update);
      const answer = await this.#ask(
        "updateContainer",
        { pod: pod(), container: container(), linuxResources },
        { ...about, refuses: true },
      );
      if (isFailed(answer)) continue;
      // The last element is the container's own; without one the request stands (adaptation 2.3).
      const own = answer.update.find((each) => each?.containerId === live.id && each.linux?.resources !== undefined);
      const others = answer.update.filter((each) => each !== undefined && each.containerId !== live.id);
      const wanted = ContainerUpdate.create({
        containerId: live.id,
        linux: { resources: own?.linux?.resources ?? update },
      });
      this.#node.update([...others, wanted]);
      this.#node.evict(answer.evict.filter((eviction) => eviction !== undefined));
      if (this.#reaches("postUpdateContainer"))
        await this.#ask("postUpdateContainer", { pod: pod(), container: container() }, about);
      await this.#evictAsked();
    }
  }

  /** Stops the containers that a plugin wants evicted. A real engine kills them: 137. */
  async #evictAsked(): Promise<void> {
    if (!this.#reaches("stopContainer")) return;
    for (const record of this.#records) {
      if (record.live.phase !== "running") continue;
      const reason = this.#node.takeEviction(record.live.id);
      if (reason === undefined) continue;
      record.evicted = reason;
      await this.#stop(record, 137);
    }
  }

  async #endAll(): Promise<void> {
    if (!this.#reaches("stopContainer")) return;
    await this.#evictAsked();
    const running = this.#records.filter(({ live }) => live.phase === "running" || live.phase === "starting");
    const sidecars = running.filter(({ live }) => live.plan.role === "sidecar").reverse();
    const others = running.filter(({ live }) => live.plan.role !== "sidecar");
    // 143: ended by SIGTERM, as containers are when their pod is deleted.
    for (const record of [...others, ...sidecars]) await this.#stop(record, 143);
    if (!this.#reaches("removeContainer")) return;
    for (const { live } of this.#records) {
      if (live.phase !== "stopped") continue;
      // Exited containers have an unknown state in containerd's words (containerd 5.4).
      const container = live.message(ContainerState.CONTAINER_UNKNOWN);
      await this.#ask(
        "removeContainer",
        { pod: PodSandbox.create(this.#plan.pod), container },
        { container: live.plan },
      );
      this.#node.removeContainer(live.id);
    }
  }

  async #stop({ live }: ContainerRecord, exitCode: number): Promise<void> {
    live.phase = "stopped";
    live.exitCode = exitCode;
    const container = live.message(ContainerState.CONTAINER_STOPPED);
    const answer = await this.#ask(
      "stopContainer",
      { pod: PodSandbox.create(this.#plan.pod), container },
      { container: live.plan },
    );
    if (!isFailed(answer)) this.#node.update(answer.update);
  }

  async #endPod(): Promise<void> {
    if (!this.#reaches("stopPodSandbox")) return;
    await this.#ask("stopPodSandbox", { pod: this.#podMessage("stopped") });
    if (!this.#reaches("removePodSandbox")) return;
    await this.#ask("removePodSandbox", { pod: this.#podMessage("removed") });
    this.#node.removePod(this.#plan.pod.id);
  }

  /** The pod without its process, and in the end without its network namespace (containerd 5.2). */
  #podMessage(phase: "stopped" | "removed"): PodSandbox {
    const pod = PodSandbox.create(this.#plan.pod);
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

function played(record: ContainerRecord): PlayedContainer {
  const created = record.outcome === "created";
  return {
    plan: record.live.plan,
    outcome: record.outcome,
    adjustment: record.adjustment,
    createdSpec: created ? record.applied?.spec : undefined,
    spec: created ? record.live.spec : undefined,
    notAppliedByReference: record.applied?.notAppliedByReference ?? [],
    ignored: record.applied?.ignored ?? [],
    reason: record.reason,
    evicted: record.evicted,
  };
}

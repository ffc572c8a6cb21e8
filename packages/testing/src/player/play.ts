// The one player of pod life: takes a pod from RunPodSandbox to RemovePodSandbox in the order kubelet and containerd would.
//
//   RunPodSandbox
//     each init container:      Create PostCreate Start PostStart, then Stop (it has ended); sidecars stay
//     each ordinary container:  Create PostCreate Start PostStart
//     each ephemeral container: Create PostCreate Start PostStart
//   with an update: UpdatePodSandbox PostUpdatePodSandbox, then Update PostUpdate for each that runs
//     ordinary and ephemeral, then sidecars in reverse: Stop; then Remove for all
//   StopPodSandbox RemovePodSandbox
import type { Init, LinuxResources } from "@nri/protocol";
import type { PodPlan } from "../plan.js";
import { LIFE, type LifeEvent, lifeRank, type Runtime } from "./life.js";
import type { ContainerRecord, PlayedPod } from "./played.js";
import { EXIT_CODE, type LifeOptions, PodLife } from "./pod-life.js";

/** How much of a life is played. */
export interface PlayRange {
  /** The last event that is played, for every container. Default: the whole life. */
  readonly until?: LifeEvent | undefined;
  /** Resources asked for while the containers run. Without it no update is played. */
  readonly update?: Init<LinuxResources> | undefined;
}

/** How a pod is played. */
export interface PlayOptions extends PlayRange, LifeOptions {}

/** Plays the life of `plan` against `runtime`. Failures of events are results, not rejections. */
export async function playPod(runtime: Runtime, plan: PodPlan, options: PlayOptions = {}): Promise<PlayedPod> {
  const life = new PodLife(runtime, plan, options);
  await playLife(life, options);
  return life.result;
}

/** How far a pod has come. */
export type PodEnd = "refused" | "running" | "stopped" | "removed";

/** Plays a life that has not begun. */
export async function playLife(life: PodLife, range: PlayRange): Promise<PodEnd> {
  return new Player(life, range).play();
}

class Player {
  readonly #life: PodLife;
  readonly #update: Init<LinuxResources> | undefined;
  readonly #last: number;

  constructor(life: PodLife, { until, update }: PlayRange) {
    this.#life = life;
    this.#update = update;
    this.#last = until === undefined ? LIFE.length : lifeRank(until);
  }

  async play(): Promise<PodEnd> {
    if (!(await this.#life.run())) return "refused";
    await this.#startAll();
    await this.#updateAll();
    await this.#endAll();
    if (!this.#reaches("stopPodSandbox")) return "running";
    await this.#life.stopPod();
    if (!this.#reaches("removePodSandbox")) return "stopped";
    await this.#life.removePod();
    return "removed";
  }

  #reaches(event: LifeEvent): boolean {
    return lifeRank(event) <= this.#last;
  }

  async #startAll(): Promise<void> {
    const { records } = this.#life;
    for (const record of records) {
      const { role, container } = record.live.plan;
      if (!this.#reaches("createContainer")) continue;
      if (this.#life.isEnding) return this.#skipFrom(record, "the run was ended before");
      const started = await this.#start(record);
      await this.#evictAsked();
      if (role !== "init" && role !== "sidecar") continue;
      const next = records[records.indexOf(record) + 1];
      if (!started) return this.#skipFrom(next, `init container ${container.name} was refused`);
      if (role !== "init") continue;
      // An ordinary init container ends by itself before the next one begins.
      const told = record.live.phase === "running" && this.#last > lifeRank("postStartContainer");
      if (told) await this.#life.end(record, "itself", 0);
      else await this.#life.endUntold(record);
      const { exitCode } = record.live;
      if (exitCode !== 0) return this.#skipFrom(next, `init container ${container.name} ended with code ${exitCode}`);
    }
  }

  #skipFrom(first: ContainerRecord | undefined, reason: string): void {
    const { records } = this.#life;
    if (first !== undefined) for (const record of records.slice(records.indexOf(first))) record.reason = reason;
  }

  /** Create to PostStart; false when the container was refused on the way. */
  async #start(record: ContainerRecord): Promise<boolean> {
    if (!(await this.#life.create(record))) return false;
    if (!this.#reaches("postCreateContainer")) return true;
    await this.#life.postCreate(record);
    if (!this.#reaches("startContainer")) return true;
    if (!(await this.#life.start(record))) return false;
    if (this.#reaches("postStartContainer")) await this.#life.postStart(record);
    if (this.#reaches("stopContainer")) this.#life.watch(record);
    return true;
  }

  async #updateAll(): Promise<void> {
    const update = this.#update;
    if (update === undefined) return;
    await updateLife(this.#life, update, (event) => this.#reaches(event));
  }

  async #evictAsked(): Promise<void> {
    if (this.#reaches("stopContainer")) await this.#life.evictAsked();
  }

  async #endAll(): Promise<void> {
    if (!this.#reaches("stopContainer")) return;
    await this.#evictAsked();
    await stopContainers(this.#life);
    if (this.#reaches("removeContainer")) await removeContainers(this.#life);
  }
}

/** Asks for other resources of a pod and of its containers that run. */
export async function updateLife(
  life: PodLife,
  update: Init<LinuxResources>,
  reaches: (event: LifeEvent) => boolean = () => true,
): Promise<void> {
  if (!reaches("updatePodSandbox")) return;
  await life.updatePod(update);
  if (reaches("postUpdatePodSandbox")) await life.postUpdatePod();
  if (!reaches("updateContainer")) return;
  for (const record of life.records) {
    if (record.live.phase !== "running" || !(await life.update(record, update))) continue;
    if (reaches("postUpdateContainer")) await life.postUpdate(record);
    if (reaches("stopContainer")) await life.evictAsked();
  }
}

/** Stops the containers that run: sidecars last, in reverse. */
export async function stopContainers(life: PodLife): Promise<void> {
  const running = life.records.filter(({ live }) => live.phase === "running" || live.phase === "starting");
  const sidecars = running.filter(({ live }) => live.plan.role === "sidecar").reverse();
  const others = running.filter(({ live }) => live.plan.role !== "sidecar");
  // Simulated containers end by SIGTERM when their pod is deleted; real ones when they have done what they are for.
  if (others.some(({ live }) => live.isReal))
    await Promise.all(others.map((record) => life.end(record, "itself", EXIT_CODE.terminated)));
  else for (const record of others) await life.stop(record, EXIT_CODE.terminated);
  for (const record of sidecars) await life.end(record, "terminated", EXIT_CODE.terminated);
  // Those that ended by themselves: what plugins are told of it takes a moment.
  await Promise.all(life.records.map(({ ended }) => ended));
}

/** Removes the containers that are stopped. */
export async function removeContainers(life: PodLife): Promise<void> {
  for (const record of life.records) {
    if (record.live.phase === "stopped") await life.remove(record);
  }
}

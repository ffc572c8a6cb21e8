// What became of a pod and its containers, as data.
import type { Applied, Spec } from "@nri/oci";
import type { ContainerAdjustment } from "@nri/protocol";
import type { ContainerPlan, PodPlan } from "../plan.js";
import type { LifeEvent } from "./life.js";
import { LiveContainer } from "./live-container.js";

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
  /** How its process ended, when it really ran and has. `told`: because it was told to. */
  readonly exit: { readonly code: number; readonly told: boolean } | undefined;
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

/** A pod whose sandbox could not be run: plugins never heard of it. */
export function notPlayed(plan: PodPlan, error: Error): PlayedPod {
  const containers = plan.containers.map((each): PlayedContainer => {
    const record: ContainerRecord = { live: new LiveContainer(each), outcome: "skipped", reason: NO_SANDBOX };
    return played(record);
  });
  return { plan, containers, problems: [{ event: "runPodSandbox", container: undefined, error, refused: true }] };
}

const NO_SANDBOX = "its pod could not be run";

/** A container and what is known of it so far. */
export interface ContainerRecord {
  readonly live: LiveContainer;
  outcome: PlayedContainer["outcome"];
  adjustment?: ContainerAdjustment | undefined;
  applied?: Applied | undefined;
  reason?: string | undefined;
  /** That a container which really runs has ended, and plugins were told. */
  ended?: Promise<void> | undefined;
}

/** What is known of a container now. */
export function played(record: ContainerRecord): PlayedContainer {
  const created = record.outcome === "created";
  const { isReal, phase, exitCode, toldToEnd, evicted } = record.live;
  const hasEnded = isReal && (phase === "stopped" || phase === "removed");
  return {
    plan: record.live.plan,
    outcome: record.outcome,
    adjustment: record.adjustment,
    createdSpec: created ? record.applied?.spec : undefined,
    spec: created ? record.live.spec : undefined,
    notAppliedByReference: record.applied?.notAppliedByReference ?? [],
    ignored: record.applied?.ignored ?? [],
    reason: record.reason,
    evicted,
    exit: hasEnded ? { code: exitCode, told: toldToEnd } : undefined,
  };
}

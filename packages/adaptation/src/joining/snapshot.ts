// The runtime's state, corrected by requests that were on their way when it was taken: each pod and each container is in a
// plugin's Synchronize or in an event, exactly once. Pure.
import {
  type Container,
  type CreateContainerRequest,
  EVENTS,
  type EventRow,
  type Init,
  type PodSandbox,
  type RunPodSandboxRequest,
} from "@nri/protocol";

/** Pods and containers at one moment. */
export interface Snapshot {
  readonly pods: readonly Init<PodSandbox>[];
  readonly containers: readonly Init<Container>[];
}

/** What a request makes of a snapshot: something must be in it (added when missing), or must not. */
export interface Change {
  readonly subject: "pod" | "container";
  readonly id: string;
  /** What to add; undefined: it must not be there. */
  readonly present: Init<PodSandbox> | Init<Container> | undefined;
}

const ADDS: ReadonlySet<number> = new Set([EVENTS.runPodSandbox.event, EVENTS.createContainer.event]);
const TAKES: ReadonlySet<number> = new Set([EVENTS.removePodSandbox.event, EVENTS.removeContainer.event]);

/** Whether a request brings a pod or a container into being. */
export function adds({ event }: EventRow): boolean {
  return ADDS.has(event);
}

/** Whether a request makes a pod or a container come into being, or go. */
export function changesState({ event }: EventRow): boolean {
  return ADDS.has(event) || TAKES.has(event);
}

/** What a finished request means for a snapshot that was taken before its end; undefined when nothing. */
export function changeBy(row: EventRow, message: Init<unknown>, succeeded: boolean): Change | undefined {
  if (TAKES.has(row.event) && !succeeded) {
    return undefined;
  }
  const object = subjectOf(row, message);
  if (object === undefined || !changesState(row)) {
    return undefined;
  }
  const present = ADDS.has(row.event) && succeeded ? object : undefined;
  return { subject: row.subject, id: object.id ?? "", present };
}

/** What a request that has not begun means: what it brings into being is not there yet. */
export function notYet(row: EventRow, message: Init<unknown>): Change | undefined {
  const object = adds(row) ? subjectOf(row, message) : undefined;
  return object === undefined ? undefined : { subject: row.subject, id: object.id ?? "", present: undefined };
}

/** The snapshot with all changes, in their order. Objects that are there stay as they are. */
export function corrected({ pods, containers }: Snapshot, changes: readonly Change[]): Snapshot {
  if (changes.length === 0) {
    return { pods, containers };
  }
  return {
    pods: correctedList(pods, changes, "pod"),
    containers: correctedList(containers, changes, "container"),
  };
}

function correctedList<T extends { readonly id?: string | undefined }>(
  list: readonly T[],
  changes: readonly Change[],
  subject: Change["subject"],
): readonly T[] {
  const byId = new Map(list.map((object) => [object.id ?? "", object]));
  for (const change of changes) {
    if (change.subject !== subject) {
      continue;
    }
    if (change.present === undefined) {
      byId.delete(change.id);
    } else if (!byId.has(change.id)) {
      byId.set(change.id, change.present as T);
    }
  }
  return [...byId.values()];
}

function subjectOf(row: EventRow, message: Init<unknown>): Init<PodSandbox> | Init<Container> | undefined {
  const { pod, container } = message as Init<RunPodSandboxRequest> & Init<CreateContainerRequest>;
  return row.subject === "pod" ? pod : container;
}

// Which pods and containers have a request under way: of each never two.
import type { Container, EventRow, Init, PodSandbox } from "@nri/protocol";

/** What a request is about; for an event of a pod that is everything in it. */
export interface Subject {
  readonly pod: string;
  /** Undefined for an event of a pod. */
  readonly container: string | undefined;
}

/** Ids that are missing are one and the same: such requests never overlap. */
export function subjectOf({ subject }: EventRow, message: Init<unknown>): Subject {
  const { pod, container } = message as { pod?: Init<PodSandbox>; container?: Init<Container> };
  return {
    pod: pod?.id || container?.podSandboxId || "",
    container: subject === "pod" ? undefined : (container?.id ?? ""),
  };
}

/** Those that are taken. */
export class Subjects {
  readonly #pods = new Set<string>();
  readonly #containers = new Set<string>();
  /** How many containers of each pod are taken. */
  readonly #inPod = new Map<string, number>();

  /** Whether a request about it would overlap with none. */
  isFree({ pod, container }: Subject): boolean {
    return !this.#pods.has(pod) && (container === undefined ? !this.#inPod.has(pod) : !this.#containers.has(container));
  }

  take({ pod, container }: Subject): void {
    if (container === undefined) {
      this.#pods.add(pod);
    } else {
      this.#containers.add(container);
      this.#inPod.set(pod, (this.#inPod.get(pod) ?? 0) + 1);
    }
  }

  release({ pod, container }: Subject): void {
    if (container === undefined) {
      this.#pods.delete(pod);
      return;
    }
    this.#containers.delete(container);
    const left = (this.#inPod.get(pod) ?? 1) - 1;
    if (left > 0) {
      this.#inPod.set(pod, left);
    } else {
      this.#inPod.delete(pod);
    }
  }
}

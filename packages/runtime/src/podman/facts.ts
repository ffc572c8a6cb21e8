// What podman has told of containers and pods, kept for the moment when it cannot be asked: inside of `create` and `start` it holds
// the container, but its event `create` was sent before.
import type { WireMap } from "@nri/protocol";
import { keepLatest } from "../keep-latest.js";
import { LIMITS } from "../limits.js";
import type { ListedByPodman, PodmanEvent } from "./source.js";

/** What is told of a container. */
export interface ContainerFacts {
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<WireMap<string>>;
  /** Empty outside of pods. */
  readonly podId: string;
}

/** The events of a container that say all of it. */
export const TELLING = ["create", "init", "start"] as const;

/** Containers and names of pods, by id. */
export class Facts {
  readonly #containers = new Map<string, ContainerFacts>();
  readonly #podNames = new Map<string, string>();

  container(id: string): ContainerFacts | undefined {
    return this.#containers.get(id);
  }

  podName(id: string): string | undefined {
    return this.#podNames.get(id);
  }

  /** Takes in what an event says. */
  hear({ type, action, id, name, image, labels, podId }: PodmanEvent): void {
    if (action === "remove") (type === "pod" ? this.#podNames : this.#containers).delete(id);
    else if (type === "pod") keep(this.#podNames, id, name);
    else if (TELLING.some((telling) => telling === action) && !this.#containers.has(id)) {
      keep(this.#containers, id, { name, image, labels, podId });
    }
  }

  /** Takes in a list. It knows better than events, where a label named `name` is not seen. */
  learn(all: readonly ListedByPodman[]): void {
    for (const { id, name, image, labels, podId, podName } of all) {
      keep(this.#containers, id, { name, image, labels, podId });
      if (podName !== "") keep(this.#podNames, podId, podName);
    }
  }
}

function keep<T>(map: Map<string, T>, id: string, value: T): void {
  keepLatest(map, id, value, LIMITS.podman.maxFacts);
}

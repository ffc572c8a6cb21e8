// The places at which this plugin looks, and what each has seen for the next one to compare with.
import { type Container, checkPluginIndex, type LinuxResources, type PodSandbox } from "@nri/protocol";
import { errorText } from "../common/error-text.js";

/** What one place sees of a request. */
export interface View {
  readonly event: string;
  readonly pod: PodSandbox;
  readonly container?: Container | undefined;
  /** The new resources of a container that is updated. */
  readonly resources?: LinuxResources | undefined;
}

/** Views that wait for the next place: of one request, and of those that never got there. */
const MAX_WAITING = 64;

/** Indices from the flag `-indices`: at least two, ascending. Throws an Error that names what is wrong. */
export function indicesOf(flag: string): string[] {
  const indices = flag.split(",").map((word) => (/^\d$/.test(word) ? `0${word}` : word));
  if (indices.length < 2) throw new Error("There must be at least two index given.");
  for (const [place, index] of indices.entries()) {
    try {
      checkPluginIndex(index);
    } catch (error) {
      throw new Error(`-indices ${flag}: ${errorText(error)}`);
    }
    if (place > 0 && index <= (indices[place - 1] ?? "")) {
      throw new Error(`-indices ${flag}: ${index} comes after ${indices[place - 1]}: indices must ascend`);
    }
  }
  return indices;
}

/** Hands each view of a request to the next place that sees the same request. */
export class Chain {
  readonly #waiting = new Map<string, View[]>();

  constructor(readonly indices: readonly string[]) {
    for (const index of indices.slice(0, -1)) this.#waiting.set(index, []);
  }

  /** What the place before `index` saw of the same request: undefined for the first place, and when it was not there yet. */
  previous(index: string, view: View): View | undefined {
    const waiting = this.#waiting.get(this.indices[this.indices.indexOf(index) - 1] ?? "");
    const found = waiting?.findIndex((one) => sameRequest(one, view)) ?? -1;
    // What waits in front of it never got here: another plugin has refused the request.
    const [previous] = found < 0 ? [] : (waiting?.splice(0, found + 1).slice(-1) ?? []);
    const own = this.#waiting.get(index);
    own?.push(view);
    if (own !== undefined && own.length > MAX_WAITING) own.shift();
    return previous;
  }

  /** Whether nobody of us comes before `index`. */
  isFirst(index: string): boolean {
    return index === this.indices[0];
  }
}

function sameRequest(one: View, other: View): boolean {
  return one.event === other.event && one.pod.id === other.pod.id && one.container?.id === other.container?.id;
}

// Required plugins: who must have answered which requests, for pods of which namespaces.
import type { EventName } from "@nri/protocol";
import { AdaptationError } from "../errors.js";
import type { PluginPeer } from "../peer.js";
import { isAbout } from "./policy-book.js";
import type { RequiredPlugin } from "./types.js";

/** What is refused when a required plugin is missing. What ends a pod or a container must go on. */
const DEFAULT_EVENTS: readonly EventName[] = [
  "runPodSandbox",
  "updatePodSandbox",
  "createContainer",
  "startContainer",
  "updateContainer",
];

/** The pod and container of a request, as far as requirements look at them. */
interface Subject {
  readonly pod?: { readonly name?: string; readonly namespace?: string } | undefined;
  readonly container?: { readonly name?: string } | undefined;
}

/** The requirements of a configuration, by event. */
export class Requirements {
  readonly #byEvent = new Map<EventName, readonly RequiredPlugin[]>();

  constructor(required: readonly RequiredPlugin[]) {
    for (const one of required) {
      for (const event of new Set(one.events ?? DEFAULT_EVENTS)) {
        this.#byEvent.set(event, [...(this.#byEvent.get(event) ?? []), one]);
      }
    }
  }

  /** Names of the plugins that this request needs; undefined when it needs none. */
  of(event: EventName, message: unknown): readonly string[] | undefined {
    const all = this.#byEvent.get(event);
    if (all === undefined) {
      return undefined;
    }
    const namespace = (message as Subject).pod?.namespace ?? "";
    const here = all.filter(({ namespaces }) => namespaces === undefined || namespaces.includes(namespace));
    return here.length === 0 ? undefined : [...new Set(here.map(({ plugin }) => plugin))];
  }
}

/** Why a plugin has not answered; what is not in here has, or was not asked. */
export type Unanswered = ReadonlyMap<PluginPeer, string>;

/**
 * Throws `required-plugin` unless for each name at least one plugin of that name is among `plugins` and has not failed to
 * answer. One that is not subscribed to the event has nothing to say, and counts as one that answered.
 */
export function checkRequired(
  required: readonly string[],
  request: string,
  message: unknown,
  plugins: readonly PluginPeer[],
  unanswered: Unanswered | undefined,
): void {
  const missing: { readonly name: string; readonly why: string }[] = [];
  for (const name of required) {
    const there = plugins.filter(({ record }) => isAbout(name, record));
    if (there.length === 0) {
      missing.push({ name, why: "is not registered" });
    } else if (there.every((plugin) => unanswered?.has(plugin))) {
      const reasons = there.map((plugin) => unanswered?.get(plugin)).join("; ");
      missing.push({ name, why: `did not answer (${reasons})` });
    }
  }
  const [first] = missing;
  if (first !== undefined) {
    const why = missing.map((one) => `required plugin "${one.name}" ${one.why}`).join(", ");
    throw new AdaptationError("required-plugin", `${request} of ${subjectText(message)} refused: ${why}`, {
      plugin: first.name,
      request,
      plugins: missing.map(({ name }) => name),
    });
  }
}

function subjectText(message: unknown): string {
  const { pod, container } = message as Subject;
  const podText = `pod "${pod?.namespace ?? ""}/${pod?.name ?? ""}"`;
  return container === undefined ? podText : `container "${container.name ?? ""}" of ${podText}`;
}

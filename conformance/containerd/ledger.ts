// What a plugin is told about each pod and container, in order, to be compared with what CRI was asked to do.

import type { PluginDefinition } from "@nri/plugin";
import { EVENT_NAMES, EVENTS, type EventName } from "@nri/protocol";

/** Events by id: those of a pod itself under its id, those of a container under the container's. */
export class EventLedger {
  readonly events = new Map<string, string[]>();
  /** The ids that each Synchronize listed: pods and containers. */
  readonly synchronized: { readonly pods: readonly string[]; readonly containers: readonly string[] }[] = [];

  /** A plugin that writes down everything it is told and changes nothing. */
  get definition(): PluginDefinition {
    const handlers = EVENT_NAMES.filter((name) => name !== "validateContainerAdjustment").map((name) => [
      name,
      (request: { pod: { id: string }; container?: { id: string } }) => this.#note(name, request),
    ]);
    return {
      ...(Object.fromEntries(handlers) as PluginDefinition),
      synchronize: ({ pods, containers }) => {
        this.synchronized.push({ pods: pods.map(({ id }) => id), containers: containers.map(({ id }) => id) });
      },
    };
  }

  /** What was told about an id so far. */
  of(id: string): readonly string[] {
    return this.events.get(id) ?? [];
  }

  #note(name: EventName, { pod, container }: { pod: { id: string }; container?: { id: string } }): void {
    const id = container?.id ?? pod.id;
    this.events.set(id, [...this.of(id), EVENTS[name].name]);
  }
}

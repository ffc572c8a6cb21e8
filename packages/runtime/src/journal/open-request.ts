// A request to the plugins while it is under way: who was asked, and what came of it.
import type { ObservedCall } from "@nri/adaptation";
import { type Container, EVENTS, type EventName, type Init, type PodSandbox } from "@nri/protocol";
import { errorText } from "../error-text.js";
import type { AskedPlugin, EventFacts } from "./event.js";
import { verdictOf } from "./keep-steps.js";

/** Goes with the request through the adaptation, and gets its calls. */
export class OpenRequest {
  /** What is asked. */
  readonly event: EventName;
  /** Such as `containerd:default`. */
  readonly domain: string;
  /** Id of the pod. */
  readonly podId: string;
  /** Id of the container; empty for events of pods. */
  readonly containerId: string;
  /** Name of the container, or of the pod. */
  readonly name: string;
  /** Calls that are over. */
  readonly calls: ObservedCall[] = [];
  readonly #started = performance.now();

  constructor(event: EventName, domain: string, pod: Init<PodSandbox>, container: Init<Container> | undefined) {
    this.event = event;
    this.domain = domain;
    this.podId = pod.id ?? "";
    this.containerId = container?.id ?? "";
    this.name = (container ?? pod).name ?? "";
  }

  /** What is told of it when it is over. */
  facts(error: unknown): EventFacts {
    return {
      kind: "request",
      domain: this.domain,
      pod: this.podId,
      container: this.containerId === "" ? undefined : this.containerId,
      name: this.name,
      request: EVENTS[this.event].name,
      plugins: this.calls.map(askedPlugin),
      outcome: error === undefined ? "done" : "failed",
      ms: milliseconds(performance.now() - this.#started),
      text: error === undefined ? undefined : errorText(error),
    };
  }

  /** Seconds since it began. */
  get seconds(): number {
    return (performance.now() - this.#started) / 1000;
  }

  /** Names of the plugins that want a container updated, or evicted. */
  wanting(what: "updates" | "evictions", containerId: string): string[] {
    const want = this.calls.filter((call) => call[what].some((each) => each.containerId === containerId));
    return [...new Set(want.map(({ plugin }) => plugin.name))];
  }
}

/** What is told of a call that belongs to no request here: of a plugin that joins meanwhile, or of another adaptation. */
export function callFacts(call: ObservedCall, domain: string | undefined): EventFacts {
  const { pod, container } = (call.request ?? {}) as { pod?: Init<PodSandbox>; container?: Init<Container> };
  return {
    kind: "request",
    domain,
    pod: pod?.id,
    container: container?.id,
    name: (container ?? pod)?.name,
    request: call.event === "synchronize" ? "Synchronize" : EVENTS[call.event].name,
    plugins: [askedPlugin(call)],
    outcome: call.outcome === "failed" ? "failed" : "done",
    text: call.error?.message,
  };
}

function askedPlugin(call: ObservedCall): AskedPlugin {
  const { plugin, outcome, micros, error } = call;
  const rejected = verdictOf(call)?.rejected === true;
  return {
    name: plugin.name,
    outcome: rejected ? "rejected" : outcome,
    ms: milliseconds(micros / 1000),
    text: error?.message,
  };
}

function milliseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

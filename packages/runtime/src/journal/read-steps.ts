// What is kept of calls, as steps again: decoded, because somebody asks.
import {
  type ContainerAdjustment,
  type ContainerEviction,
  type ContainerUpdate,
  EVENTS,
  OwningPlugins,
} from "@nri/protocol";
import type { SeenRequest, Step } from "@nri/testing";
import type { KeptError, KeptStep } from "./story.js";

/** A call that failed. */
export class KeptFailure extends Error {
  override readonly name = "KeptFailure";
  readonly kept: KeptError;

  constructor(kept: KeptError) {
    super(kept.message);
    this.kept = kept;
  }
}

/** The steps of an entry. When its messages were too large to be kept, they are empty. */
export function readSteps(steps: readonly KeptStep[], parts: readonly Uint8Array[]): Step[] {
  return steps.map((kept) => readStep(kept, parts));
}

function readStep({ plugin, event, micros, verdict, error, ...kept }: KeptStep, parts: readonly Uint8Array[]): Step {
  const part = (at: number | undefined) => (at === undefined ? undefined : parts[at]);
  const row = EVENTS[event];
  const [seen, answer, owners] = [part(kept.seen), part(kept.answer), part(kept.owners)];
  const request = (seen === undefined ? {} : row.request.decode(seen)) as SeenRequest;
  const response = (answer === undefined ? {} : row.response.decode(answer)) as {
    readonly adjust?: ContainerAdjustment | undefined;
    readonly update?: readonly ContainerUpdate[];
    readonly evict?: readonly ContainerEviction[];
  };
  return {
    plugin,
    event,
    micros,
    verdict,
    request,
    podId: request.pod?.id ?? "",
    containerId: request.container?.id ?? "",
    adjustment: response.adjust,
    updates: response.update ?? [],
    evictions: response.evict ?? [],
    owners: owners === undefined ? undefined : OwningPlugins.decode(owners),
    error: error === undefined ? undefined : new KeptFailure(error),
  };
}

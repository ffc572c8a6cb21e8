// What an update of existing containers is asked for with.
import type { ContainerEviction, ContainerUpdate, Init } from "@nri/protocol";
import type { UpdateBuilder } from "./update.js";

/** Changes of an existing container: a builder, or the message itself. */
export type UpdateInput = UpdateBuilder | Init<ContainerUpdate>;

/** Options of an unsolicited update. */
export interface UpdateOptions {
  /** Containers to be evicted. The Go runtime side ignores them (spec: adaptation 2.7). */
  readonly evict?: readonly Init<ContainerEviction>[] | undefined;
  /** Gives up waiting; the runtime is not told. */
  readonly signal?: AbortSignal | undefined;
  /** Tries again what the runtime reports as failed; `true` takes the defaults. Not at all when absent. */
  readonly retry?: boolean | UpdateRetry | undefined;
}

/**
 * How failed updates are tried again. Of two updates of one container the newer one counts, field by field: what a later
 * `updateContainers` sets is not tried again, and an update of which nothing is left counts as done.
 */
export interface UpdateRetry {
  /** How often they are sent, the first time included; 5 when absent. */
  readonly attempts?: number | undefined;
  /** Wait before the second attempt, doubled for each further one; 200 ms when absent. */
  readonly delayMs?: number | undefined;
  /** Longest wait; 5000 ms when absent. */
  readonly maxDelayMs?: number | undefined;
  /**
   * Whether the updates outlive the connection: they are sent again when the plugin has reconnected and is synchronised.
   * Otherwise, and for a plugin that does not reconnect, the end of the connection ends them (code `closed`).
   */
  readonly keep?: boolean | undefined;
}

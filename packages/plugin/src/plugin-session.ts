// A running plugin as its author sees it, and why it ended.
import type { ContainerUpdate, PluginIdentity } from "@nri/protocol";
import type { RuntimeInfo } from "./runtime-info.js";
import type { UpdateInput, UpdateOptions } from "./update-options.js";

/**
 * Why a session ended:
 * - `stopped`: by the plugin itself, with the reason of the signal if one was aborted;
 * - `shutdown`: by the runtime, after it had said so with Shutdown;
 * - `lost`: by anything else, with the error if there was one.
 */
export type CloseReason =
  | { readonly kind: "stopped"; readonly reason?: unknown }
  | { readonly kind: "shutdown" }
  | { readonly kind: "lost"; readonly error?: Error };

/** A running plugin: registered and configured. */
export interface PluginSession extends AsyncDisposable {
  /** What it is registered as. */
  readonly plugin: PluginIdentity;
  /** The runtime it works for. */
  readonly runtime: RuntimeInfo;
  /** Mask of the events it is subscribed to. */
  readonly events: number;
  /** Resolves, never rejects, when the session has ended. */
  readonly closed: Promise<CloseReason>;
  /**
   * Asks the runtime to change existing containers. Resolves with the updates that failed, with `retry` in the end; rejects
   * when the request as a whole failed, and with code `closed` of `@nri/ttrpc` when the session has ended. No time-out but
   * that of the signal.
   */
  updateContainers(updates: readonly UpdateInput[], options?: UpdateOptions): Promise<ContainerUpdate[]>;
  /** Ends the session; running handlers see their signal aborted. Repeatable. */
  close(reason?: unknown): Promise<CloseReason>;
}

// What a plugin is doing, since when, and what went wrong last; for health endpoints and for people.
import type { PluginIdentity } from "@nri/protocol";
import { errorText } from "./errors.js";
import type { RuntimeInfo } from "./runtime-info.js";

/**
 * Where a plugin is in its life:
 * - `connecting`: looks for its runtime for the first time, or waits for it to appear;
 * - `registering`: is connected and waits to be registered and configured;
 * - `configured`: waits for the state of the node;
 * - `active`: has got it, and answers;
 * - `disconnected`: has had a runtime and looks for it again;
 * - `stopped`: for good.
 */
export type PluginPhase = "connecting" | "registering" | "configured" | "active" | "disconnected" | "stopped";

/** A plugin at one moment. */
export interface PluginState {
  /** Where it is in its life. */
  readonly phase: PluginPhase;
  /** Since when. */
  readonly since: Date;
  /** What it is, or shall be, registered as. */
  readonly plugin: PluginIdentity;
  /** The runtime it works for, or worked for last. */
  readonly runtime: RuntimeInfo | undefined;
  /** What went wrong last, if anything ever did. */
  readonly lastError: { readonly text: string; readonly at: Date } | undefined;
  /** How often a runtime has registered and configured it. */
  readonly connections: number;
  /** How often runtimes have refused to register it, one after the other. */
  readonly refusals: number;
  /** Calls of runtimes that it has got, Configure and Synchronize included. */
  readonly calls: number;
  /** Calls that it answered with an error. A validator's rejection is none. */
  readonly errors: number;
}

/** Keeps the state of one plugin. */
export class StateTracker {
  #phase: PluginPhase = "connecting";
  #since = new Date();
  #lastError: PluginState["lastError"];
  runtime: RuntimeInfo | undefined;
  connections = 0;
  refusals = 0;
  calls = 0;
  errors = 0;

  constructor(readonly plugin: PluginIdentity) {}

  get phase(): PluginPhase {
    return this.#phase;
  }

  /** Goes on to `phase`; nothing leads out of `stopped`. */
  enter(phase: PluginPhase): void {
    if (this.#phase === phase || this.#phase === "stopped") return;
    this.#phase = phase;
    this.#since = new Date();
  }

  /** The phase of a plugin without a runtime. */
  away(): void {
    this.enter(this.connections > 0 ? "disconnected" : "connecting");
  }

  /** Notes what went wrong. */
  failed(error: unknown): void {
    this.#lastError = { text: errorText(error), at: new Date() };
  }

  /** The state now. */
  get now(): PluginState {
    const { plugin, runtime, connections, refusals, calls, errors } = this;
    return {
      phase: this.#phase,
      since: this.#since,
      plugin,
      runtime,
      lastError: this.#lastError,
      connections,
      refusals,
      calls,
      errors,
    };
  }
}

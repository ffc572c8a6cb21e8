// The two ends of NRI, each in Go and in TypeScript, behind one interface per end: a runtime that is told its steps, and
// a plugin that answers from a script and records what it got. What one pair does, every other pair must do.
import type { JsonValue } from "../peers/json.js";
import type { Recorded, Script } from "../peers/refplugin.js";
import type { StepAnswer } from "../peers/refruntime.js";

/** Which implementation is on an end. */
export type Language = "go" | "ts";

/** What the runtime has when a plugin joins: protojson of a SynchronizeRequest. */
export type State = { readonly pods?: readonly JsonValue[]; readonly containers?: readonly JsonValue[] };

/** How a runtime starts. */
export interface RuntimeSettings {
  readonly socket: string;
  readonly dir: string;
  readonly name: string;
  /** Its version, of a Go runtime only; `v1.2.3` by default. */
  readonly version?: string | undefined;
  readonly state?: State | undefined;
  readonly requestTimeoutMs?: number | undefined;
  /** From the connection on, which may be there before the program that registers. */
  readonly registrationTimeoutMs?: number | undefined;
  readonly compat?: "default" | "reference" | undefined;
}

/** A runtime. */
export interface RuntimeSide extends AsyncDisposable {
  /** Process that serves. */
  readonly pid: number;
  /** Runs a step of refruntime's scenarios and gives the answer, also when it is an error. */
  try(op: string, req?: JsonValue): Promise<StepAnswer>;
  waitForPlugins(n: number): Promise<void>;
  /** What plugins asked for of themselves, so far. */
  unsolicited(): JsonValue[];
  /** What plugins answered to Synchronize, so far. */
  synchronized(): JsonValue[];
  /** What the next unsolicited updates report as failed, or fail with. */
  setFailed(updates: readonly JsonValue[]): Promise<void>;
  setUpdateError(text: string): Promise<void>;
}

/** A plugin. */
export interface PluginSide extends AsyncDisposable {
  readonly pid: number;
  calls(): Pick<Recorded, "method" | "args">[];
  waitFor(method: string, timeoutMs?: number): Promise<Pick<Recorded, "method" | "args">>;
}

/** How a plugin starts. */
export interface PluginSettings {
  readonly socket: string;
  readonly dir: string;
  readonly index: string;
  readonly name: string;
  readonly script: Script;
}

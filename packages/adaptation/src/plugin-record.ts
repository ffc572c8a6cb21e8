// One plugin's identity and state: what the adaptation, the log and the observer know of it.
import { displayName, type PluginOrigin, qualifiedName } from "@nri/protocol";
import { OutputTail } from "./launching/output.js";
import type { AdaptationLimits } from "./limits.js";
import type { PluginExit, PluginInfo, PluginKind, PluginState } from "./observer.js";
import type { PluginFailurePolicy } from "./policy/types.js";

/** Which state may follow which. */
const NEXT: { readonly [From in PluginState]: readonly PluginState[] } = {
  connecting: ["registered", "closed"],
  registered: ["configured", "closed"],
  configured: ["synchronizing", "active", "closed"],
  synchronizing: ["active", "closed"],
  active: ["closed"],
  closed: [],
};

/** What the reference's log calls them. */
const ORIGINS: { readonly [Kind in PluginKind]: PluginOrigin } = {
  launched: "pre-connected",
  external: "external",
  builtin: "builtin",
  wasm: "external-wasm",
};

/** The writable side of `PluginInfo`. */
export class PluginRecord implements PluginInfo {
  readonly id: number;
  readonly kind: PluginKind;
  readonly stderrTail: OutputTail;
  index: string;
  base: string;
  name: string;
  state: PluginState = "connecting";
  events = 0;
  NRIVersion = "";
  failurePolicy: PluginFailurePolicy | undefined;
  pid: number | undefined;
  reason: Error | undefined;
  /** It registered with the wish to replace the instance that is there. */
  asksToTakeOver = false;
  /** It was started to replace this instance, whose program or configuration has changed. */
  succeeds: PluginRecord | undefined;
  /** How many requests it has said that it takes at once. */
  concurrency: number | undefined;
  exit: PluginExit | undefined;
  /** Counts of its connection, when it has one. */
  counts: (() => { readonly lateAnswers: number; readonly unanswered: number }) | undefined;
  /** Until when it may take to end in order, by `performance.now()`; 0 when it was not told to. */
  graceEnd = 0;
  readonly restarts: number;
  readonly #changed: (record: PluginRecord) => void;

  /** `changed` is called after each change of state; `restarts` counts the instances before this one. */
  constructor(
    id: number,
    kind: PluginKind,
    identity: { readonly index: string; readonly base: string },
    limits: AdaptationLimits,
    changed: (record: PluginRecord) => void,
    restarts = 0,
  ) {
    this.restarts = restarts;
    this.id = id;
    this.kind = kind;
    this.index = identity.index;
    this.base = identity.base;
    this.name = kind !== "external" ? displayName(identity.index, identity.base) : "";
    this.stderrTail = new OutputTail(limits.maxOutputTailBytes);
    this.#changed = changed;
  }

  get stderr(): string {
    return this.stderrTail.text;
  }

  get lateAnswers(): number {
    return this.counts?.().lateAnswers ?? 0;
  }

  get unansweredCalls(): number {
    return this.counts?.().unanswered ?? 0;
  }

  /** Name with origin and process, as the reference's log prints it. */
  get qualifiedName(): string {
    const origin = ORIGINS[this.kind];
    return qualifiedName(origin, { index: this.index, name: this.base }, this.pid);
  }

  /** What error texts call it: its name, or that of a peer that has none yet. */
  get label(): string {
    return this.name === "" ? `external plugin (connection ${this.id})` : `plugin "${this.name}"`;
  }

  /** Takes the identity that an external plugin registered with. */
  identify(index: string, base: string): void {
    this.index = index;
    this.base = base;
    this.name = displayName(index, base);
  }

  /** Moves to `state`; tells whether that was a step the present state allows. */
  to(state: PluginState): boolean {
    if (!NEXT[this.state].includes(state)) {
      return false;
    }
    this.state = state;
    this.#changed(this);
    return true;
  }

  /** Notes how the program ended. */
  exited(exit: PluginExit): void {
    this.exit = exit;
    this.#changed(this);
  }
}

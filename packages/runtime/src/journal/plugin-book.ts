// The plugins that are there, and the latest that were: what became of each, and what it was asked.
import type { ObservedCall, PluginInfo, PluginState } from "@nri/adaptation";
import { EVENTS, eventsIn } from "@nri/protocol";
import { LIMITS } from "../limits.js";
import { fieldsOf, verdictOf } from "./keep-steps.js";

/** A plugin as it is told of. */
export interface PluginEntry {
  /** `10-foo`; empty as long as it has not registered. */
  readonly name: string;
  /** How it came to be. */
  readonly kind: PluginInfo["kind"];
  /** Where it is in its life. */
  readonly state: PluginState;
  /** When it came into this state, as ISO 8601. */
  readonly since: string;
  /** Its process, when we have started it. */
  readonly pid?: number | undefined;
  /** The version of NRI that it was made with, where it says so. */
  readonly nriVersion?: string | undefined;
  /** Events that it is subscribed to. */
  readonly events: readonly string[];
  /** How often it was started again. */
  readonly restarts: number;
  /** Why it is gone, or what its program ended with. */
  readonly reason?: string | undefined;
  /** How often it was called. */
  readonly calls: number;
  /** Calls that failed. */
  readonly failures: number;
  /** Containers that it adjusted. */
  readonly adjusted: number;
  /** Updates of containers that it wanted with its answers. */
  readonly updates: number;
  /** Evictions that it wanted with its answers. */
  readonly evictions: number;
  /** Creations that it rejected. */
  readonly rejections: number;
  /** What its last call failed with. */
  readonly lastError?: string | undefined;
}

interface Page {
  readonly info: PluginInfo;
  since: string;
  calls: number;
  failures: number;
  adjusted: number;
  updates: number;
  evictions: number;
  rejections: number;
  lastError: string | undefined;
}

/** Plugins, each by the object that shows its state. */
export class PluginBook {
  readonly #pages = new Map<PluginInfo, Page>();

  /** A plugin is in another state. */
  state(info: PluginInfo, at: string): void {
    const page = this.#pages.get(info);
    if (page !== undefined) page.since = at;
    const none = { calls: 0, failures: 0, adjusted: 0, updates: 0, evictions: 0, rejections: 0, lastError: undefined };
    if (page === undefined) this.#pages.set(info, { info, since: at, ...none });
    if (info.state === "closed") this.#forgetSome();
  }

  /** It was asked. */
  call(call: ObservedCall): void {
    const page = this.#pages.get(call.plugin);
    if (page === undefined) return;
    page.calls++;
    page.updates += call.updates.length;
    page.evictions += call.evictions.length;
    if (verdictOf(call)?.rejected === true) page.rejections++;
    else if (call.error !== undefined) {
      page.failures++;
      page.lastError = call.error.message;
    } else if (fieldsOf(call).length > 0) page.adjusted++;
  }

  /** Those that are there, in the order in which they are asked, then those that are gone. */
  get entries(): PluginEntry[] {
    const all = [...this.#pages.values()];
    const rank = ({ info }: Page): string =>
      `${info.state === "closed" ? 1 : 0} ${info.index} ${String(info.id).padStart(12, "0")}`;
    return all.sort((a, b) => (rank(a) < rank(b) ? -1 : 1)).map(entryOf);
  }

  #forgetSome(): void {
    const closed = [...this.#pages.values()].filter(({ info }) => info.state === "closed");
    for (const { info } of closed.slice(0, Math.max(0, closed.length - LIMITS.journal.maxEndedPlugins))) {
      this.#pages.delete(info);
    }
  }
}

function entryOf({ info, ...numbers }: Page): PluginEntry {
  const { name, kind, state, pid, NRIVersion, events, restarts } = info;
  return {
    name,
    kind,
    state,
    pid,
    nriVersion: NRIVersion === "" ? undefined : NRIVersion,
    events: eventsIn(events).map((event) => EVENTS[event].name),
    restarts,
    reason: reasonOf(info),
    ...numbers,
  };
}

/** Why a plugin is closed; undefined while it is not, or when it was ended in order. */
export function reasonOf({ reason, exit }: PluginInfo): string | undefined {
  if (reason !== undefined) return reason.message;
  if (exit === undefined) return undefined;
  return exit.signal === null ? `it ended with code ${exit.code}` : `it was ended by ${exit.signal}`;
}

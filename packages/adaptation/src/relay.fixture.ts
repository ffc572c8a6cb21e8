// A relay whose plugins are objects, for tests of what it does with them.
import { Traffic } from "./joining/traffic.js";
import { DEFAULT_LIMITS } from "./limits.js";
import type { PluginPeer } from "./peer.js";
import { PluginRecord } from "./plugin-record.js";
import { Relay, type RelayHost } from "./relay.js";
import { RequestQueue } from "./request-queue.js";
import { Roster } from "./roster.js";

const nothing = (): void => undefined;
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** What a plugin does when it is asked. */
export type Answer = Pick<PluginPeer, "request"> & Partial<Pick<PluginPeer, "required">>;

/** Plugins by name, in their order, each with the mask of its events. */
export type Plugins = { readonly [name: string]: readonly [events: number, answer: Answer] };

/** The relay. A plugin that is closed is gone from the next request on. */
export function relayOf(plugins: Plugins, options: Partial<RelayHost> = {}): Relay {
  const roster = new Roster(log);
  for (const [i, [name, [events, answer]]] of Object.entries(plugins).entries()) {
    const record = new PluginRecord(i + 1, "external", { index: "", base: "" }, DEFAULT_LIMITS, nothing);
    record.identify(String(10 + i), name);
    for (const state of ["registered", "configured"] as const) {
      record.to(state);
    }
    record.events = events;
    const close = (reason: Error | undefined): void => {
      record.reason ??= reason;
      record.to("closed");
      roster.leave(peer);
    };
    const peer: PluginPeer = { record, shutdown: async () => undefined, close, ...answer };
    roster.join(peer);
  }
  return new Relay({
    compat: "default",
    limits: DEFAULT_LIMITS,
    log,
    meter: undefined,
    observer: {},
    guard: undefined,
    warn: nothing,
    queue: new RequestQueue(100),
    roster,
    traffic: new Traffic(roster, 2000, 10),
    policies: undefined,
    requirements: undefined,
    pipeline: undefined,
    fanOut: false,
    ...options,
  });
}

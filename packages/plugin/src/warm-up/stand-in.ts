// A plugin and a session that nobody has written or opened: what the warm-up calls in place of the author's handlers.
import { type Container, EVENT_NAMES, EVENTS, type EventName, type PodSandbox } from "@nri/protocol";
import { AdjustmentBuilder } from "../adjustment.js";
import type { PluginDefinition } from "../handlers.js";
import { silentLogger } from "../log.js";
import type { SessionHooks } from "../methods.js";
import { SyncCollection } from "../synchronize.js";

/** Changes as plugins make them. */
const CHANGES: readonly ((adjustment: AdjustmentBuilder) => unknown)[] = [
  (adjustment) => adjustment.env("A", "1"),
  (adjustment) => adjustment.annotation("example.com/a", "1"),
  (adjustment) => adjustment.mount({ destination: "/a", source: "/b", type: "bind", options: ["rbind"] }),
  (adjustment) => adjustment.device({ path: "/dev/a", type: "c", major: 1n, minor: 3n }),
  (adjustment) => adjustment.cpus("0"),
];

/** What handlers read, and so have decoded. */
interface Subjects {
  readonly pod: PodSandbox;
  readonly container?: Container;
}

/** A handler that reads, and answers what its event can have, with one change more each time until it has them all. */
function handlerOf(name: EventName): (call: Subjects) => unknown {
  if (EVENTS[name].answer !== "adjustment") return ({ pod, container }) => nothing(pod, container);
  let changes = 0;
  return ({ pod, container }) => {
    nothing(pod, container);
    const adjust = new AdjustmentBuilder();
    for (const change of CHANGES.slice(0, changes)) change(adjust);
    changes++;
    return { adjust };
  };
}

/** A definition with stand-ins for the handlers that `definition` has. */
export function standInFor(definition: PluginDefinition): PluginDefinition {
  const handled = EVENT_NAMES.filter((name) => definition[name] !== undefined);
  return Object.fromEntries(handled.map((name) => [name, handlerOf(name)]));
}

/** What a session does around its handlers, without effect: nothing is counted, nothing is sent. */
export const NO_SESSION: SessionHooks = {
  log: silentLogger,
  plugin: { index: "00", name: "warm-up" },
  configuration: undefined,
  sync: new SyncCollection(1, 1),
  updateContainers: async () => [],
  configure: () => 0,
  shutdown: nothing,
  called: nothing,
  failed: nothing,
  activate: nothing,
};

function nothing(..._read: readonly unknown[]): undefined {
  // Nobody is to know.
}

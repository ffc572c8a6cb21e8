// A plugin of the crash tests: adjusts every container, notes all that it is told, and comes back whenever the daemon does.
import { adjustment, definePlugin, silentLogger } from "@nri/plugin";
import { EVENT_NAMES, type EventName } from "@nri/protocol";
import type { Told } from "./story.js";

/** The variable that tells an adjusted container from one that is not. */
export const FACT = "NRI_CRASH_FACT";

/** The plugin, connected or coming. */
export interface Watcher extends AsyncDisposable {
  readonly story: Told[];
  /** How often it was synchronised. */
  readonly synchronized: number;
}

/** Starts it. */
export function startWatcher(socketPath: string): Watcher {
  const story: Told[] = [];
  const ending = new AbortController();
  let synchronized = 0;
  const note = (event: EventName) => (call: { pod: { id: string }; container?: { id: string } }) => {
    story.push({ event, pod: call.pod.id, container: call.container?.id });
    return event === "createContainer" ? { adjust: adjustment().env(FACT, "1") } : undefined;
  };
  const names = EVENT_NAMES.filter((name) => name !== "validateContainerAdjustment");
  const ended = definePlugin({
    index: "10",
    name: "watcher",
    ...Object.fromEntries(names.map((name) => [name, note(name)])),
    synchronize: ({ pods, containers }) => {
      const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);
      story.push({ event: "synchronize", pods: ids(pods), containers: ids(containers) });
      synchronized++;
    },
  }).run({
    socketPath,
    environment: {},
    log: silentLogger,
    signal: ending.signal,
    warmUp: false,
    reconnect: { delayMs: 10, maxDelayMs: 50 },
  });
  return {
    story,
    get synchronized() {
      return synchronized;
    },
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await ended;
    },
  };
}

// Who is asked at the same time: plugins that are only told, and stand side by side in the order.
import { EVENT_NAMES, EVENTS } from "@nri/protocol";
import type { PluginPeer } from "../peer.js";

/** The events whose answers can change something. */
const ANSWERED = EVENT_NAMES.map((name) => EVENTS[name])
  .filter(({ answer }) => answer !== "nothing")
  .reduce((mask, row) => mask | row.mask, 0);

/** Whether the plugin is subscribed to events only that nothing can be answered to. */
export function isOnlyTold({ record }: PluginPeer): boolean {
  return (record.events & ANSWERED) === 0;
}

/** The plugins in their order, side by side those that `together` names. */
export function rounds(
  plugins: readonly PluginPeer[],
  together: (plugin: PluginPeer) => boolean,
): readonly (readonly PluginPeer[])[] {
  const all: PluginPeer[][] = [];
  let open: PluginPeer[] | undefined;
  for (const plugin of plugins) {
    if (!together(plugin)) {
      all.push([plugin]);
      open = undefined;
    } else if (open === undefined) {
      open = [plugin];
      all.push(open);
    } else {
      open.push(plugin);
    }
  }
  return all;
}

/** Waits for all; what fails is thrown when all are over: of several the first in the order. */
export async function allOf<T>(asked: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(asked);
  return Promise.all(asked);
}

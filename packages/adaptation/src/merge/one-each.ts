// What a plugin asks for on its own, put in order before the runtime gets it: one entry per container. Pure.
import { type ContainerEviction, ContainerUpdate, Ownership } from "@nri/protocol";
import { type JoinedUpdates, joinUpdates } from "./updates.js";

/**
 * Updates with at most one for each container, in order of first mention. Of what a plugin says twice about one field the
 * later holds; failure is ignored only when all updates of the container say so. What is named once stays as it is.
 */
export function oneUpdateEach(updates: readonly ContainerUpdate[]): readonly ContainerUpdate[] {
  const byContainer = new Map<string, ContainerUpdate[]>();
  for (const update of updates) {
    const same = byContainer.get(update.containerId);
    if (same === undefined) {
      byContainer.set(update.containerId, [update]);
    } else {
      same.push(update);
    }
  }
  if (byContainer.size === updates.length) {
    return updates;
  }
  return Array.from(byContainer.values(), (same) => {
    const [first] = same;
    return same.length === 1 && first !== undefined ? first : joined(same);
  });
}

/** Evictions with at most one for each container; the first reason stays. */
export function oneEvictionEach(evictions: readonly ContainerEviction[]): readonly ContainerEviction[] {
  const first = new Map<string, ContainerEviction>();
  for (const eviction of evictions) {
    if (!first.has(eviction.containerId)) {
      first.set(eviction.containerId, eviction);
    }
  }
  return first.size === evictions.length ? evictions : [...first.values()];
}

function joined(updates: readonly ContainerUpdate[]): ContainerUpdate {
  let all: JoinedUpdates = { byContainer: new Map(), own: undefined };
  for (const update of updates) {
    // Owners of its own for each: a plugin may correct itself.
    const context = { compat: "default", owners: new Ownership(), request: "UpdateContainers" } as const;
    all = joinUpdates(context, all, "", [update]);
  }
  const [entry] = all.byContainer.values();
  return ContainerUpdate.create(entry);
}

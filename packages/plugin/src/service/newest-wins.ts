// Of two updates of one container the newer one counts, field by field. Pure.
import type { ContainerUpdate, LinuxResources } from "@nri/protocol";

/** Removes from `older` every field that `newer`, an update of the same container, sets. Changes `older`. */
export function dropOverridden(older: ContainerUpdate, newer: ContainerUpdate): void {
  const mine = older.linux?.resources;
  const theirs = newer.linux?.resources;
  if (mine === undefined || theirs === undefined) return;
  dropMembers(mine.memory, theirs.memory);
  dropMembers(mine.cpu, theirs.cpu);
  for (const { pageSize } of theirs.hugepageLimits) {
    mine.hugepageLimits = mine.hugepageLimits.filter((limit) => limit.pageSize !== pageSize);
  }
  for (const key of Object.keys(theirs.unified)) delete mine.unified[key];
  if (theirs.blockioClass !== undefined) mine.blockioClass = undefined;
  if (theirs.rdtClass !== undefined) mine.rdtClass = undefined;
  if (theirs.pids !== undefined) mine.pids = undefined;
  if (theirs.devices.length > 0) mine.devices = [];
}

/** Members of memory and cpu: wrappers, or texts of which the empty one says nothing. */
function dropMembers(mine: object | undefined, theirs: object | undefined): void {
  if (mine === undefined || theirs === undefined) return;
  const target = mine as Record<string, unknown>;
  for (const [key, value] of Object.entries(theirs)) {
    if (value !== undefined && value !== "") target[key] = typeof value === "string" ? "" : undefined;
  }
}

/** Whether an update sets anything. */
export function setsAnything({ linux }: ContainerUpdate): boolean {
  const resources: LinuxResources | undefined = linux?.resources;
  if (resources === undefined) return false;
  const { memory, cpu, hugepageLimits, unified, devices, blockioClass, rdtClass, pids } = resources;
  return (
    [memory ?? {}, cpu ?? {}].some((part) =>
      Object.values(part).some((value) => value !== undefined && value !== ""),
    ) ||
    hugepageLimits.length + devices.length + Object.keys(unified).length > 0 ||
    [blockioClass, rdtClass, pids].some((value) => value !== undefined)
  );
}

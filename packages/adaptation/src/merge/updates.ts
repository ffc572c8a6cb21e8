// Joining updates of existing containers: those that plugins send along with a creation, an update or a stop.
// Source: adaptation 2.5.
import type { ContainerUpdate, Init, LinuxResources, Ownership } from "@nri/protocol";
import { type Application, applyFields, Refused } from "./apply.js";
import type { Compat } from "./compat.js";
import { emptyUpdate } from "./complete.js";
import { ConflictError, updateDuringCreation } from "./conflict-error.js";
import { Draft } from "./draft.js";
import { type PlannedRow, UPDATE_PLAN } from "./plan.js";

type Update = Init<ContainerUpdate>;

/** What the joined updates of one request are about. */
export interface UpdatesContext {
  readonly compat: Compat;
  readonly owners: Ownership;
  /** RPC name of the request. */
  readonly request: string;
  /** The container that is being created, which cannot be updated yet. */
  readonly creating?: string;
  /** The container that is updated, whose updates start from the resources that the runtime asks for. */
  readonly own?: { readonly containerId: string; readonly resources: Init<LinuxResources> };
}

/** Joined updates by container id, in order of first mention. Never changed: `apply` gives new ones. */
export type JoinedUpdates = ReadonlyMap<string, Update>;

/**
 * Joins one plugin's updates to those so far. Throws `ConflictError`, which skips
 * updates that ignore failure instead, and `update-during-creation`.
 * The owners keep what was claimed before the error: whoever catches it rolls them back.
 */
export function joinUpdates(
  context: UpdatesContext,
  joined: JoinedUpdates,
  plugin: string,
  updates: readonly Update[],
): JoinedUpdates {
  const result = new Map(joined);
  for (const update of updates) {
    const containerId = update.containerId ?? "";
    if (containerId === context.creating) throw updateDuringCreation(plugin, containerId);
    result.set(containerId, joinUpdate(context, result.get(containerId), plugin, containerId, update));
  }
  return result;
}

function joinUpdate(
  context: UpdatesContext,
  before: Update | undefined,
  plugin: string,
  containerId: string,
  update: Update,
): Update {
  const { compat, owners, own, request } = context;
  const ignoreFailure = update.ignoreFailure ?? false;
  let entry: Update;
  if (before === undefined) {
    const base = own?.containerId === containerId ? own.resources : undefined;
    entry = emptyUpdate(containerId, ignoreFailure, base);
  } else {
    const both = (before.ignoreFailure ?? false) && ignoreFailure;
    entry = both === before.ignoreFailure ? before : { ...before, ignoreFailure: both };
  }
  if (update.linux?.resources === undefined) return entry;
  const draft = new Draft<object>(entry);
  const to: Application = { plugin, containerId, owners, compat, reply: draft, replyPath, container: undefined };
  const mark = owners.mark();
  try {
    applyFields(to, UPDATE_PLAN, withoutPids(compat, update));
    if (compat === "reference") claimPids(to, entry);
    return draft.root as Update;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (!ignoreFailure) throw new ConflictError(containerId, error.conflict, request);
    if (compat === "default") owners.rollback(mark);
    return entry;
  }
}

function replyPath(row: PlannedRow) {
  // Only rows with an update path are in the plan for updates.
  return row.update ?? row.path;
}

// The reference ignores the limit that a plugin sends ...
function withoutPids(compat: Compat, update: Update): Update {
  const resources = update.linux?.resources;
  if (compat === "default" || resources?.pids === undefined) return update;
  return { ...update, linux: { ...update.linux, resources: { ...resources, pids: undefined } } };
}

// ... and claims the one that the runtime asked for.
function claimPids(to: Application, entry: Update): void {
  if (entry.linux?.resources?.pids === undefined) return;
  const conflict = to.owners.claim(to.containerId, "PidsLimit", undefined, to.plugin);
  if (conflict !== undefined) throw new Refused(conflict);
}

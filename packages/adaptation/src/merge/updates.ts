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
  readonly updating?: string;
}

/** What was joined so far. Never changed: `joinUpdates` gives a new one. */
export interface JoinedUpdates {
  /** By container id, in order of first mention. */
  readonly byContainer: ReadonlyMap<string, Update>;
  /** The resources of the container that is updated, with what plugins changed. */
  readonly own: Init<LinuxResources> | undefined;
}

/**
 * Joins one plugin's updates to those so far. Throws `ConflictError`, which skips updates that ignore failure instead,
 * and `update-during-creation`. The owners keep what was claimed before the error: whoever catches it rolls them back.
 */
export function joinUpdates(
  context: UpdatesContext,
  joined: JoinedUpdates,
  plugin: string,
  updates: readonly Update[] = [],
): JoinedUpdates {
  if (updates.length === 0) return joined;
  const byContainer = new Map(joined.byContainer);
  let { own } = joined;
  for (const update of updates) {
    const containerId = update.containerId ?? "";
    if (containerId === context.creating) throw updateDuringCreation(plugin, containerId);
    const isOwn = containerId === context.updating;
    const before = mentioned(context, byContainer.get(containerId), update, isOwn ? own : undefined);
    const after = joinUpdate(context, before, plugin, update, isOwn ? own : before.linux?.resources);
    byContainer.set(containerId, after ?? before);
    if (isOwn && after !== undefined) own = after.linux?.resources;
  }
  return { byContainer, own };
}

/** The entry of a container after one more mention: it ignores failure only as long as all updates do. */
function mentioned(
  { compat }: UpdatesContext,
  before: Update | undefined,
  { containerId = "", ignoreFailure = false }: Update,
  own: Init<LinuxResources> | undefined,
): Update {
  if (before !== undefined) return { ...before, ignoreFailure: (before.ignoreFailure ?? false) && ignoreFailure };
  // In the reference a mention without resources loses those that the runtime asked for.
  return emptyUpdate(containerId, ignoreFailure, compat === "default" ? own : undefined);
}

/** The entry with one plugin's resources laid over `base`; undefined when there are none, or they are ignored. */
function joinUpdate(
  { compat, owners, request }: UpdatesContext,
  entry: Update,
  plugin: string,
  update: Update,
  base: Init<LinuxResources> | undefined,
): Update | undefined {
  if (update.linux?.resources === undefined) return undefined;
  const containerId = update.containerId ?? "";
  const draft = new Draft<object>({ ...entry, linux: { ...entry.linux, resources: base } });
  const to: Application = { plugin, containerId, owners, compat, reply: draft, replyPath, container: undefined };
  const mark = owners.mark();
  try {
    applyFields(to, UPDATE_PLAN, withoutPids(compat, update));
    if (compat === "reference" && base?.pids !== undefined) claimPids(to);
    return draft.root as Update;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (!update.ignoreFailure) throw new ConflictError(containerId, error.conflict, request);
    if (compat === "default") owners.rollback(mark);
    return undefined;
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
function claimPids({ owners, containerId, plugin }: Application): void {
  const conflict = owners.claim(containerId, "PidsLimit", undefined, plugin);
  if (conflict !== undefined) throw new Refused(conflict);
}

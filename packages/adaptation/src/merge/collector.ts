// Joining what the plugins answer to one request: the adjustment of a container being created, updates, evictions.
// Pure: requests and responses are never changed, a refused response leaves no trace. Source: adaptation 2 to 5.
import {
  type ContainerAdjustment,
  type ContainerEviction,
  ContainerUpdate,
  type CreateContainerRequest,
  type CreateContainerResponse,
  type Init,
  LinuxRdt,
  Ownership,
  type OwningPlugins,
  type StopContainerRequest,
  type StopContainerResponse,
  type UpdateContainerRequest,
  type UpdateContainerResponse,
} from "@nri/protocol";
import { type Application, applyFields, Refused } from "./apply.js";
import type { CollectorOptions, Compat } from "./compat.js";
import { completeContainer, completeResources, emptyAdjustment } from "./complete.js";
import { ConflictError } from "./conflict-error.js";
import { Draft } from "./draft.js";
import { ADJUSTMENT_PLAN, type PlannedRow } from "./plan.js";
import { type JoinedUpdates, joinUpdates, type UpdatesContext } from "./updates.js";

/** Joins the answers of the plugins to one request. */
export interface ResultCollector<Request, Response> {
  /** The request as the next plugin must see it; another object after each change, the earlier ones stay as they are. */
  readonly request: Init<Request>;
  /**
   * Takes a plugin's answer, in the order of the plugins. Throws `ConflictError` or `update-during-creation`; then
   * nothing of this answer is in the result. The answer is not changed, but parts of it are shared with the result.
   */
  apply(plugin: string, response: Init<Response> | undefined): void;
  /** The joined answer so far; the caller must not change it. */
  result(): Response;
  /** Who owns what, by container id. */
  readonly owners: OwningPlugins;
  /** The part of `owners` that one plugin owns, shares or has cleared. */
  ownersBy(plugin: string): OwningPlugins;
}

interface Answer {
  readonly adjust?: Init<ContainerAdjustment> | undefined;
  readonly update?: readonly Init<ContainerUpdate>[] | undefined;
  readonly evict?: readonly Init<ContainerEviction>[] | undefined;
}

function isEmpty(answer: Answer): boolean {
  const { adjust, update = [], evict = [] } = answer;
  return adjust === undefined && update.length === 0 && evict.length === 0;
}

function replyPath(row: PlannedRow) {
  return row.path;
}

/** What the three collectors have in common. */
class Collected {
  readonly compat: Compat;
  readonly ownership = new Ownership();
  updates: JoinedUpdates = { byContainer: new Map(), own: undefined };
  evictions: readonly ContainerEviction[] = [];

  constructor({ compat = "default" }: CollectorOptions) {
    this.compat = compat;
  }

  /** Runs one plugin's changes; when they are refused the owners are as before. */
  whole(change: () => void): void {
    const mark = this.ownership.mark();
    try {
      change();
    } catch (error) {
      this.ownership.rollback(mark);
      throw error;
    }
  }

  evict(evictions: readonly Init<ContainerEviction>[] | undefined): void {
    if (this.compat === "reference" || evictions === undefined || evictions.length === 0) return;
    const all = [...this.evictions];
    for (const { containerId = "", reason = "" } of evictions) {
      // The first to ask gives the reason.
      if (!all.some((known) => known.containerId === containerId)) all.push({ containerId, reason });
    }
    this.evictions = all;
  }

  joined(): ContainerUpdate[] {
    return Array.from(this.updates.byContainer.values(), (update) => ContainerUpdate.create(update));
  }
}

/** Joins the answers to CreateContainer. */
export interface CreateCollector extends ResultCollector<CreateContainerRequest, CreateContainerResponse> {
  /** The request before the first plugin was asked, completed: what validators judge by. */
  readonly original: Init<CreateContainerRequest>;
}

/**
 * Collects the answers to the creation of a container. What `request` leaves out is completed first, as the reference
 * does; the adjustment of the result has all its sub-structures as well, even when no plugin sent any.
 */
export function createCollector(
  request: Init<CreateContainerRequest>,
  options: CollectorOptions = {},
): CreateCollector {
  const collected = new Collected(options);
  const { compat, ownership } = collected;
  const original: Init<CreateContainerRequest> = { ...request, container: completeContainer(request.container) };
  const containerId = original.container?.id ?? "";
  const context: UpdatesContext = { compat, owners: ownership, request: "CreateContainer", creating: containerId };
  let current = original;
  let reply: ContainerAdjustment | undefined;

  function adjusted(plugin: string, adjust: Init<ContainerAdjustment>) {
    const draft = new Draft<object>(reply ?? emptyAdjustment());
    const container = new Draft<object>(current.container ?? {});
    // Any answer with linux makes the reply have an rdt: visible, and so kept.
    if (adjust.linux !== undefined && draft.get(["linux", "rdt"]) === undefined) {
      draft.set(["linux", "rdt"], LinuxRdt.create());
    }
    const to: Application = { plugin, containerId, owners: ownership, compat, reply: draft, replyPath, container };
    try {
      applyFields(to, ADJUSTMENT_PLAN, adjust);
    } catch (error) {
      throw error instanceof Refused ? new ConflictError(containerId, error.conflict, context.request) : error;
    }
    return { draft, container };
  }

  return {
    original,
    get request() {
      return current;
    },
    apply(plugin, response) {
      if (response === undefined || isEmpty(response)) return;
      const { adjust, update = [], evict } = response;
      collected.whole(() => {
        const drafts = adjust === undefined ? undefined : adjusted(plugin, adjust);
        const updates = joinUpdates(context, collected.updates, plugin, update);
        collected.updates = updates;
        if (drafts === undefined) return;
        reply = drafts.draft.root as ContainerAdjustment;
        if (drafts.container.root !== current.container) current = { ...current, container: drafts.container.root };
      });
      collected.evict(evict);
    },
    result() {
      reply ??= emptyAdjustment();
      return { adjust: reply, update: collected.joined(), evict: [...collected.evictions] };
    },
    get owners() {
      return ownership.toMessage();
    },
    ownersBy: (plugin) => ownership.toMessage(plugin),
  };
}

/**
 * Collects the answers to the update of a container. Updates of that container start from the resources that the
 * runtime asks for, and its entry is the last of the result: all resources, not only what plugins changed.
 */
export function updateCollector(
  request: Init<UpdateContainerRequest>,
  options: CollectorOptions = {},
): ResultCollector<UpdateContainerRequest, UpdateContainerResponse> {
  const collected = new Collected(options);
  const { compat, ownership } = collected;
  const containerId = request.container?.id ?? "";
  const resources = completeResources(request.linuxResources);
  collected.updates = { ...collected.updates, own: resources };
  const context: UpdatesContext = { compat, owners: ownership, request: "UpdateContainer", updating: containerId };
  let current: Init<UpdateContainerRequest> =
    request.linuxResources === resources ? request : { ...request, linuxResources: resources };

  return {
    get request() {
      return current;
    },
    apply(plugin, response) {
      if (response === undefined || isEmpty(response)) return;
      collected.whole(() => {
        collected.updates = joinUpdates(context, collected.updates, plugin, response.update ?? []);
      });
      const { own } = collected.updates;
      if (own !== current.linuxResources) current = { ...current, linuxResources: own };
      collected.evict(response.evict);
    },
    result() {
      const others = collected.joined().filter((update) => update.containerId !== containerId);
      const itself = collected.updates.byContainer.get(containerId);
      const update = itself === undefined ? others : [...others, ContainerUpdate.create(itself)];
      // The reference leaves an empty entry where the container's own would be.
      if (itself === undefined && compat === "reference") update.push(ContainerUpdate.create());
      return { update, evict: [...collected.evictions] };
    },
    get owners() {
      return ownership.toMessage();
    },
    ownersBy: (plugin) => ownership.toMessage(plugin),
  };
}

/** Collects the answers to the stop of a container: updates of any container, also of the one that stops. */
export function stopCollector(
  request: Init<StopContainerRequest>,
  options: CollectorOptions = {},
): ResultCollector<StopContainerRequest, StopContainerResponse> {
  const collected = new Collected(options);
  const { compat, ownership } = collected;
  const context: UpdatesContext = { compat, owners: ownership, request: "StopContainer" };
  return {
    request,
    apply(plugin, response) {
      if (response === undefined || isEmpty(response)) return;
      collected.whole(() => {
        collected.updates = joinUpdates(context, collected.updates, plugin, response.update ?? []);
      });
    },
    result: () => ({ update: collected.joined() }),
    get owners() {
      return ownership.toMessage();
    },
    ownersBy: (plugin) => ownership.toMessage(plugin),
  };
}

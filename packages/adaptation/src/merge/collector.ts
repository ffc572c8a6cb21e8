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
abstract class Collector<Request, Response> implements ResultCollector<Request, Response> {
  abstract readonly request: Init<Request>;
  protected readonly compat: Compat;
  protected readonly ownership = new Ownership();
  protected updates: JoinedUpdates = { byContainer: new Map(), own: undefined };
  protected evictions: readonly ContainerEviction[] = [];

  constructor({ compat = "default" }: CollectorOptions) {
    this.compat = compat;
  }

  apply(plugin: string, response: Init<Response> | undefined): void {
    const answer = response as Answer | undefined;
    if (answer === undefined || isEmpty(answer)) return;
    const mark = this.ownership.mark();
    try {
      this.take(plugin, answer);
    } catch (error) {
      this.ownership.rollback(mark);
      throw error;
    }
    this.#evict(answer.evict);
  }

  get owners(): OwningPlugins {
    return this.ownership.toMessage();
  }

  ownersBy(plugin: string): OwningPlugins {
    return this.ownership.toMessage(plugin);
  }

  abstract result(): Response;

  /** Takes a plugin's changes, all of them or, throwing, none; owners are taken back by the caller. */
  protected abstract take(plugin: string, answer: Answer): void;

  protected joined(): ContainerUpdate[] {
    return Array.from(this.updates.byContainer.values(), (update) => ContainerUpdate.create(update));
  }

  #evict(evictions: readonly Init<ContainerEviction>[] | undefined): void {
    if (this.compat === "reference" || evictions === undefined || evictions.length === 0) return;
    const all = [...this.evictions];
    const known = new Set(all.map(({ containerId }) => containerId));
    for (const { containerId = "", reason = "" } of evictions) {
      if (known.has(containerId)) continue; // the first to ask gives the reason
      known.add(containerId);
      all.push({ containerId, reason });
    }
    this.evictions = all;
  }
}

/** Joins the answers to CreateContainer. */
export interface CreateCollector extends ResultCollector<CreateContainerRequest, CreateContainerResponse> {
  /** The request before the first plugin was asked, completed: what validators judge by. */
  readonly original: Init<CreateContainerRequest>;
}

class Creation extends Collector<CreateContainerRequest, CreateContainerResponse> implements CreateCollector {
  readonly original: Init<CreateContainerRequest>;
  request: Init<CreateContainerRequest>;
  readonly #containerId: string;
  readonly #context: UpdatesContext;
  #reply: ContainerAdjustment | undefined;

  constructor(request: Init<CreateContainerRequest>, options: CollectorOptions) {
    super(options);
    const container = completeContainer(request.container);
    this.original = { ...request, container };
    this.request = this.original;
    this.#containerId = container.id ?? "";
    const { compat, ownership: owners } = this;
    this.#context = { compat, owners, request: "CreateContainer", creating: this.#containerId };
  }

  result(): CreateContainerResponse {
    this.#reply ??= emptyAdjustment();
    return { adjust: this.#reply, update: this.joined(), evict: [...this.evictions] };
  }

  protected take(plugin: string, { adjust, update }: Answer): void {
    const drafts = adjust === undefined ? undefined : this.#adjust(plugin, adjust);
    this.updates = joinUpdates(this.#context, this.updates, plugin, update);
    if (drafts === undefined) return;
    this.#reply = drafts.reply.root;
    const container = drafts.container.root;
    if (container !== this.request.container) this.request = { ...this.request, container };
  }

  #adjust(plugin: string, adjust: Init<ContainerAdjustment>) {
    const { compat, ownership: owners, request } = this;
    const containerId = this.#containerId;
    const reply = new Draft(this.#reply ?? emptyAdjustment());
    const container = new Draft(request.container ?? {});
    // Any answer with linux makes the reply have an rdt: visible, and so kept.
    if (adjust.linux !== undefined && reply.root.linux?.rdt === undefined) {
      reply.set(["linux", "rdt"], LinuxRdt.create());
    }
    const to: Application = { plugin, containerId, owners, compat, reply, replyPath, container };
    try {
      applyFields(to, ADJUSTMENT_PLAN, adjust);
    } catch (error) {
      throw error instanceof Refused ? new ConflictError(containerId, error.conflict, this.#context.request) : error;
    }
    return { reply, container };
  }
}

class Update extends Collector<UpdateContainerRequest, UpdateContainerResponse> {
  request: Init<UpdateContainerRequest>;
  readonly #containerId: string;
  readonly #context: UpdatesContext;

  constructor(request: Init<UpdateContainerRequest>, options: CollectorOptions) {
    super(options);
    const linuxResources = completeResources(request.linuxResources);
    this.request = request.linuxResources === linuxResources ? request : { ...request, linuxResources };
    this.updates = { ...this.updates, own: linuxResources };
    this.#containerId = request.container?.id ?? "";
    const { compat, ownership: owners } = this;
    this.#context = { compat, owners, request: "UpdateContainer", updating: this.#containerId };
  }

  result(): UpdateContainerResponse {
    const update = this.joined().filter(({ containerId }) => containerId !== this.#containerId);
    const own = this.updates.byContainer.get(this.#containerId);
    if (own !== undefined) update.push(ContainerUpdate.create(own));
    // The reference leaves an empty entry where the container's own would be.
    else if (this.compat === "reference") update.push(ContainerUpdate.create());
    return { update, evict: [...this.evictions] };
  }

  protected take(plugin: string, { update }: Answer): void {
    this.updates = joinUpdates(this.#context, this.updates, plugin, update);
    const { own } = this.updates;
    if (own !== this.request.linuxResources) this.request = { ...this.request, linuxResources: own };
  }
}

class Stop extends Collector<StopContainerRequest, StopContainerResponse> {
  readonly request: Init<StopContainerRequest>;
  readonly #context: UpdatesContext;

  constructor(request: Init<StopContainerRequest>, options: CollectorOptions) {
    super(options);
    this.request = request;
    this.#context = { compat: this.compat, owners: this.ownership, request: "StopContainer" };
  }

  result(): StopContainerResponse {
    return { update: this.joined() };
  }

  protected take(plugin: string, { update }: Answer): void {
    this.updates = joinUpdates(this.#context, this.updates, plugin, update);
  }
}

/**
 * Collects the answers to the creation of a container. What `request` leaves out is completed first, as the reference
 * does; the adjustment of the result has all its sub-structures as well, even when no plugin sent any.
 */
export function createCollector(
  request: Init<CreateContainerRequest>,
  options: CollectorOptions = {},
): CreateCollector {
  return new Creation(request, options);
}

/**
 * Collects the answers to the update of a container. Updates of that container start from the resources that the
 * runtime asks for, and its entry is the last of the result: all resources, not only what plugins changed.
 */
export function updateCollector(
  request: Init<UpdateContainerRequest>,
  options: CollectorOptions = {},
): ResultCollector<UpdateContainerRequest, UpdateContainerResponse> {
  return new Update(request, options);
}

/** Collects the answers to the stop of a container: updates of any container, also of the one that stops. */
export function stopCollector(
  request: Init<StopContainerRequest>,
  options: CollectorOptions = {},
): ResultCollector<StopContainerRequest, StopContainerResponse> {
  return new Stop(request, options);
}

// What happened on this node: an observer beside the common part. It is told of everything, decides nothing, and what goes
// wrong in it fails nobody.
//
// What plugins were asked and answered stays as bytes, packed when the wrapper has its answer; it is decoded when somebody asks.
import type { Logger, ObservedCall, Observer, PluginInfo } from "@nri/adaptation";
import {
  type Container,
  ContainerUpdate,
  CreateContainerResponse,
  EVENTS,
  type EventName,
  type FieldName,
  type Init,
  LinuxResources,
  type PodSandbox,
} from "@nri/protocol";
import { keyOf } from "../common/key-queue.js";
import { errorText } from "../error-text.js";
import { keepLatest } from "../keep-latest.js";
import { LIMITS } from "../limits.js";
import type { RuntimeCall } from "../runtime-call.js";
import { EventLog } from "./event-log.js";
import { fieldsOf, fieldWords, keptSteps, Parts } from "./keep-steps.js";
import { callFacts, OpenRequest } from "./open-request.js";
import { PluginBook, type PluginEntry, reasonOf } from "./plugin-book.js";
import { type PastStory, Stories, type StoryEntry } from "./stories.js";
import type { CreationFacts, CreationOutcome, UpdateFacts } from "./story.js";
import { StoryFiles, StoryMemory } from "./story-place.js";

/** Counts along. */
export interface JournalNumbers {
  /** A request is over. */
  request(request: OpenRequest, failed: boolean): void;
  /** A plugin has adjusted a container. */
  adjusted(plugin: string, fields: readonly FieldName[]): void;
  /** A call of the OCI runtime was refused. */
  refusal(request: string): void;
  /** Plugins wanted a container updated, or evicted. */
  change(kind: "update" | "eviction", failed: boolean): void;
}

/** What a journal is made with. */
export interface JournalOptions {
  /** Folder in a tmpfs for the stories of living containers, which is made; in memory without it. */
  readonly folder?: string | undefined;
  /** Takes what goes wrong. */
  readonly log?: Logger | undefined;
  /** Counts along. */
  readonly numbers?: JournalNumbers | undefined;
}

/** Who a container is. */
export interface ContainerSubject {
  /** Such as `containerd:default`. */
  readonly domain: string;
  /** Its id. */
  readonly id: string;
  /** Its name. */
  readonly name: string;
}

/** A creation under way. */
interface OpenCreation extends ContainerSubject {
  readonly podId: string;
  readonly at: string;
  readonly original: Uint8Array;
  calls: readonly ObservedCall[];
  merged?: Init<CreateContainerResponse>;
  /** The spec for the OCI runtime, when it is another. */
  final?: Uint8Array | undefined;
  ignored: readonly FieldName[];
}

/** Who wants an update or an eviction, and why it came. */
interface Origin {
  readonly plugins: readonly string[];
  readonly request: string;
}

const UNKNOWN_ORIGIN: Origin = { plugins: [], request: "unsolicited" };

/** Keeps events, and the stories of containers. */
export class Journal {
  /** What happened, as lines. */
  readonly events = new EventLog();
  readonly #plugins = new PluginBook();
  readonly #stories: Stories;
  readonly #log: Logger | undefined;
  readonly #numbers: JournalNumbers | undefined;
  readonly #creating = new Map<string, OpenCreation>();
  /** Updates of engines that plugins have agreed to, until the OCI runtime is done. */
  readonly #updating = new Map<string, OpenRequest>();
  /** By the update or eviction itself, as it goes from the plugins to the engine. */
  readonly #origins = new WeakMap<object, Origin>();
  /** Known to others than the common part. */
  #others: readonly { readonly domain: string; readonly id: string }[] = [];
  /** Requests that plugins are asked now. */
  #underWay = 0;
  /** Who adjusted a container, by domain and id. */
  readonly #adjusters = new Map<string, readonly string[]>();

  /** Makes the folder. Throws what the file system says of that. */
  constructor({ folder, log, numbers }: JournalOptions = {}) {
    this.#stories = new Stories(folder === undefined ? new StoryMemory() : new StoryFiles(folder));
    this.#log = log;
    this.#numbers = numbers;
  }

  /** Plugins that are there, and the latest that were. */
  get plugins(): readonly PluginEntry[] {
    return this.#plugins.entries;
  }

  /** Requests that wait, or are asked now. */
  get requestsUnderWay(): number {
    return this.#underWay;
  }

  /** Containers that did not come to be or are gone, the latest first. */
  get past(): readonly PastStory[] {
    return this.#stories.past;
  }

  /** What is kept of a living container. Throws what the file system says. */
  story(domain: string, id: string): StoryEntry[] {
    return this.#stories.read(domain, id);
  }

  /** Names of the plugins that adjusted a living container. */
  adjustersOf(domain: string, id: string): readonly string[] {
    const key = keyOf(domain, id);
    let names = this.#adjusters.get(key);
    if (names === undefined) {
      names = this.#safely("read", () => adjustersIn(this.story(domain, id))) ?? [];
      this.#adjusters.set(key, names);
    }
    return names;
  }

  /**
   * Watches an adaptation, beside whoever does already. Calls that do not belong to a request of `begin` are events of their own,
   * in `domain`.
   */
  observer(other: Observer = {}, domain?: string): Observer {
    return {
      ...other,
      call: (call) => {
        this.#call(call, domain);
        other.call?.(call);
      },
      pluginState: (plugin, state) => {
        this.#pluginState(plugin);
        other.pluginState?.(plugin, state);
      },
    };
  }

  #call(call: ObservedCall, domain: string | undefined): void {
    this.#plugins.call(call);
    if (call.context instanceof OpenRequest) call.context.calls.push(call);
    else if (call.event !== "synchronize") this.events.add(callFacts(call, domain));
    const fields = this.#numbers === undefined || call.error !== undefined ? [] : fieldsOf(call);
    if (fields.length > 0) this.#numbers?.adjusted(call.plugin.name, fields);
    if (call.event === "synchronize") this.wanted(call.updates, [call.plugin.name], "Synchronize");
  }

  #pluginState(plugin: PluginInfo): void {
    this.#plugins.state(plugin, new Date().toISOString());
    const { state, name } = plugin;
    // A stranger that never said its name is in the log.
    if ((state !== "active" && state !== "closed") || name === "") return;
    this.events.add({ kind: "plugin", plugin: name, outcome: state, text: reasonOf(plugin) });
  }

  /** Plugins are asked. What is given goes with the request as its context, and `end` is to be told. */
  begin(event: EventName, domain: string, pod: Init<PodSandbox>, container?: Init<Container>): OpenRequest {
    this.#underWay++;
    return new OpenRequest(event, domain, pod, container);
  }

  /** They have answered, or failed. */
  end(request: OpenRequest, error?: unknown, answer: object = {}): void {
    this.#underWay--;
    this.#numbers?.request(request, error !== undefined);
    this.events.add(request.facts(error));
    const { event, domain, containerId } = request;
    const key = keyOf(domain, containerId);
    if (event === "createContainer") {
      const creation = this.#creating.get(key);
      if (creation !== undefined) creation.calls = request.calls;
    }
    if (event === "updateContainer" && error === undefined) this.#updating.set(key, request);
    const { update = [], evict = [] } = answer as Partial<CreateContainerResponse>;
    const origin = (plugins: readonly string[]): Origin => ({ plugins, request: EVENTS[event].name });
    for (const each of update) this.#origins.set(each, origin(request.wanting("updates", each.containerId)));
    for (const each of evict) this.#origins.set(each, origin(request.wanting("evictions", each.containerId)));
  }

  /** Plugins want these updates or evictions, outside of a request. */
  wanted(changes: readonly object[], plugins: readonly string[], request = "unsolicited"): void {
    for (const change of changes) this.#origins.set(change, { plugins, request });
  }

  /** A container is about to be created, from this `config.json`. */
  creating(subject: ContainerSubject, podId: string, original: Uint8Array): void {
    const key = keyOf(subject.domain, subject.id);
    const at = new Date().toISOString();
    const { domain, id, name } = subject;
    const creation = { domain, id, name, podId, at, original, calls: [], ignored: [] };
    keepLatest(this.#creating, key, creation, LIMITS.journal.maxCreating);
  }

  /** Plugins have agreed. `final` is the spec for the OCI runtime, when it is another. */
  agreed(
    domain: string,
    id: string,
    merged: Init<CreateContainerResponse>,
    final: Uint8Array | undefined,
    ignored: readonly FieldName[],
  ): void {
    const creation = this.#creating.get(keyOf(domain, id));
    if (creation !== undefined) Object.assign(creation, { merged, final, ignored });
  }

  /** Its wrapper has the answer: now there is time to write down how it came to be. */
  answered(domain: string, id: string): void {
    const creation = this.#creating.get(keyOf(domain, id));
    if (creation === undefined) return;
    this.#safely("written", () => {
      const parts = new Parts();
      const facts = creationFacts(creation, creation.final === undefined ? "unchanged" : "adjusted", undefined, parts);
      this.#stories.begin(facts, parts);
      this.#adjusters.set(keyOf(domain, id), adjustersIn([{ facts, parts: [] }]));
    });
  }

  /** The OCI runtime has created it. */
  created(domain: string, id: string): void {
    this.#creating.delete(keyOf(domain, id));
  }

  /** `10-a (env, mount), 20-b (memory limit)`: who wants what in a container that is being created; empty: nobody. */
  wishes(domain: string, id: string): string {
    const calls = this.#creating.get(keyOf(domain, id))?.calls ?? [];
    return calls
      .filter(({ outcome }) => outcome === "answered")
      .map((call) => [call.plugin.name, fieldWords(fieldsOf(call))] as const)
      .filter(([, fields]) => fields !== "")
      .map(([name, fields]) => `${name} (${fields})`)
      .join(", ");
  }

  /** It did not come to be: it was refused, or, plugins having agreed, it failed. */
  notCreated(domain: string, id: string, outcome: "refused" | "failed", reason: string): void {
    const key = keyOf(domain, id);
    const creation = this.#creating.get(key);
    this.#creating.delete(key);
    this.#adjusters.delete(key);
    if (creation === undefined) return;
    const { name, podId: pod } = creation;
    if (outcome === "failed") {
      this.events.add({ kind: "failure", domain, pod, container: id, name, outcome: "failed", text: reason });
    }
    this.#safely("written", () => {
      const parts = new Parts();
      this.#stories.ended(creationFacts(creation, outcome, reason, parts), parts);
    });
  }

  /** A call of the OCI runtime was refused. */
  refused(request: string, { domain, id, name }: ContainerSubject, text: string): void {
    this.#numbers?.refusal(request);
    this.#updating.delete(keyOf(domain, id));
    this.events.add({ kind: "refusal", domain, container: id, name, request, outcome: "failed", text });
  }

  /** A call of the OCI runtime did not get as far as the plugins. */
  leaseFailed({ verb, id, engine }: RuntimeCall, text: string): void {
    this.events.add({ kind: "lease", engine, container: id, request: verb, outcome: "failed", text });
  }

  /** An engine's own update, to which plugins had agreed, is over. */
  engineUpdated(domain: string, id: string, failure?: string): void {
    const key = keyOf(domain, id);
    const request = this.#updating.get(key);
    this.#updating.delete(key);
    if (request === undefined) return;
    this.#safely("written", () => {
      const parts = new Parts();
      const facts = updateFacts({ plugins: [], request: "UpdateContainer" }, failure);
      this.#stories.update(domain, id, { ...facts, steps: keptSteps(request.calls, parts) }, parts);
    });
  }

  /** A container was updated, or was not, because plugins want it. `before`: its resources then. */
  updated(
    subject: ContainerSubject,
    update: ContainerUpdate,
    before: Init<LinuxResources> | undefined,
    failure?: string,
  ): void {
    const origin = this.#origins.get(update) ?? UNKNOWN_ORIGIN;
    this.#changed("update", subject, origin, failure, failure);
    this.#safely("written", () => {
      const parts = new Parts();
      const messages = {
        update: parts.add(ContainerUpdate.encode(update)),
        before: before && parts.add(LinuxResources.encode(before)),
      };
      const facts = { ...updateFacts(origin, failure), ...messages };
      this.#stories.update(subject.domain, subject.id, facts, parts);
    });
  }

  /** A container was evicted, or was not, because plugins want it. */
  evicted(subject: ContainerSubject, eviction: object, reason: string, failure?: string): void {
    const origin = this.#origins.get(eviction) ?? UNKNOWN_ORIGIN;
    this.#changed("eviction", subject, origin, failure, failure ?? reason);
  }

  #changed(
    kind: "update" | "eviction",
    { domain, id, name }: ContainerSubject,
    { plugins, request }: Origin,
    failure: string | undefined,
    text: string | undefined,
  ): void {
    const outcome = failure === undefined ? "done" : "failed";
    this.#numbers?.change(kind, failure !== undefined);
    const wanting = plugins.map((plugin) => ({ name: plugin, outcome: "answered" }));
    this.events.add({ kind, domain, container: id, name, request, plugins: wanting, outcome, text });
  }

  /** A container is gone. */
  removed(domain: string, id: string, name: string): void {
    const key = keyOf(domain, id);
    this.#creating.delete(key);
    this.#updating.delete(key);
    this.#adjusters.delete(key);
    this.#safely("taken away", () => this.#stories.removed(domain, id, name));
  }

  /** An engine is away, and why; or, without a reason, it is back. */
  engine(name: string, away: string | undefined): void {
    this.events.add({ kind: "engine", engine: name, outcome: away === undefined ? "back" : "away", text: away });
  }

  /** Containers that are known besides those of `keepOnly`. */
  keepAlso(known: readonly { readonly domain: string; readonly id: string }[]): void {
    this.#others = known;
  }

  /** Forgets the stories of containers that are not known any more. */
  keepOnly(known: readonly { readonly domain: string; readonly id: string }[]): void {
    this.#safely("looked through", () => this.#stories.keepOnly([...known, ...this.#others]));
  }

  #safely<T>(what: string, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#log?.warn(`what happened to a container is not ${what}: ${errorText(error)}`);
      return undefined;
    }
  }
}

function creationFacts(
  { domain, id, name, podId, at, original, calls, merged, final, ignored }: OpenCreation,
  outcome: CreationOutcome,
  reason: string | undefined,
  parts: Parts,
): CreationFacts {
  return {
    kind: "creation",
    domain,
    id,
    name,
    podId,
    at,
    outcome,
    reason,
    ignored,
    steps: keptSteps(calls, parts),
    original: parts.add(original),
    final: final && parts.add(final),
    merged: merged && parts.add(CreateContainerResponse.encode(merged)),
  };
}

function updateFacts({ plugins, request }: Origin, failure: string | undefined): UpdateFacts {
  const outcome = failure === undefined ? "done" : "failed";
  return { kind: "update", at: new Date().toISOString(), request, by: plugins, outcome, text: failure, steps: [] };
}

function adjustersIn(entries: readonly StoryEntry[]): readonly string[] {
  const steps = entries.flatMap(({ facts }) => (facts.kind === "creation" ? facts.steps : []));
  return [...new Set(steps.filter(({ fields }) => fields.length > 0).map(({ plugin }) => plugin))];
}

// Updates of existing containers are shown to builtin validators before the runtime gets them.
import {
  Container,
  ContainerEviction,
  ContainerUpdate,
  type EventName,
  type Init,
  OwningPlugins,
  PodSandbox,
} from "@nri/protocol";
import type { Collector } from "../collect.js";
import { AdaptationError, asError, errorText } from "../errors.js";
import { failureKind } from "../failure.js";
import type { Logger } from "../observer.js";
import type { Settings } from "../options.js";
import type { BuiltinPeer } from "./builtin-peer.js";
import type { UpdatesRequest } from "./builtin-plugin.js";

const WHAT = "the validation of updates";

/** What is shown, before each validator gets a copy of its own. */
export type GuardedUpdates = Pick<UpdatesRequest, "source" | "plugins"> & {
  readonly updates: readonly Init<ContainerUpdate>[];
  readonly evictions: readonly Init<ContainerEviction>[];
  readonly owners?: OwningPlugins;
  readonly pod?: Init<PodSandbox> | undefined;
  readonly container?: Init<Container> | undefined;
};

/** A collector that remembers whose answers asked for updates or evictions. */
export class GuardedCollector implements Collector {
  readonly plugins: string[] = [];
  readonly #collector: Collector;

  constructor(collector: Collector) {
    this.#collector = collector;
  }

  get request(): Init<unknown> {
    return this.#collector.request;
  }

  get original(): Collector["original"] {
    return this.#collector.original;
  }

  get owners(): OwningPlugins {
    return this.#collector.owners;
  }

  ownersBy(plugin: string): OwningPlugins {
    return this.#collector.ownersBy(plugin);
  }

  apply(plugin: string, response: object | undefined): void {
    this.#collector.apply(plugin, response);
    const { update = [], evict = [] } = (response ?? {}) as { update?: unknown[]; evict?: unknown[] };
    if (update.length > 0 || evict.length > 0) {
      this.plugins.push(plugin);
    }
  }

  result(): unknown {
    return this.#collector.result();
  }
}

/** Asks all builtin validators of updates at once; one objection is enough. */
export class UpdateGuard {
  readonly #validators: () => readonly BuiltinPeer[];
  readonly #log: Logger;

  constructor(validators: () => readonly BuiltinPeer[], log: Logger) {
    this.#validators = validators;
    this.#log = log;
  }

  /** Shows what the answers to a request ask for, if anything. */
  async checkRequest(source: EventName, collector: GuardedCollector, signal: AbortSignal | undefined): Promise<void> {
    const { plugins, owners } = collector;
    if (plugins.length === 0) {
      return;
    }
    const { pod, container } = collector.request as { pod?: Init<PodSandbox>; container?: Init<Container> };
    const result = collector.result() as { update: ContainerUpdate[]; evict?: ContainerEviction[] };
    const shown = { plugins, updates: result.update, evictions: result.evict ?? [], owners, pod, container };
    await this.check({ source: source as UpdatesRequest["source"], ...shown }, signal);
  }

  /**
   * Waits for all verdicts. Throws the first objection to arrive: `validator-rejected`, or `validator-failed` when a
   * validator did not answer, which closes it as well.
   */
  async check(shown: GuardedUpdates, signal: AbortSignal | undefined): Promise<void> {
    if (shown.updates.length === 0 && shown.evictions.length === 0) {
      return;
    }
    let objection: AdaptationError | undefined;
    await Promise.all(
      this.#validators().map(async (validator) => {
        try {
          await validator.validateUpdates(copy(shown), WHAT, signal);
        } catch (error) {
          objection ??= objectionOf(error, validator.record.name, shown);
          if (failureKind(error) === "failure") {
            this.#log.warn(`closing plugin ${validator.record.name}, failed to handle ${WHAT}: ${errorText(error)}`);
            validator.close(asError(error));
          }
        }
      }),
    );
    if (objection !== undefined) {
      throw objection;
    }
  }
}

function copy({ source, plugins, updates, evictions, owners, pod, container }: GuardedUpdates): UpdatesRequest {
  return {
    source,
    plugins: [...plugins],
    updates: updates.map((update) => ContainerUpdate.create(update)),
    evictions: evictions.map((eviction) => ContainerEviction.create(eviction)),
    owners: owners && OwningPlugins.create(owners),
    pod: pod && PodSandbox.create(pod),
    container: container && Container.create(container),
  };
}

function objectionOf(error: unknown, validator: string, { plugins }: GuardedUpdates): AdaptationError {
  const details = { plugin: validator, cause: error };
  if (error instanceof AdaptationError && error.code === "canceled") {
    return error;
  }
  if (error instanceof AdaptationError && error.code === "request-failed") {
    const whose = `${plugins.length === 1 ? "plugin" : "plugins"} ${plugins.map((name) => `"${name}"`).join(", ")}`;
    const reason = error.message || "unknown rejection reason";
    const text = `validator "${validator}" rejected container updates of ${whose}, reason: ${reason}`;
    return new AdaptationError("validator-rejected", text, details);
  }
  return new AdaptationError("validator-failed", `validator plugin ${validator} failed: ${errorText(error)}`, details);
}

/** Undefined where no builtin judges updates, and with `compat: "reference"`, which shows them to nobody. */
export function updateGuard(
  { builtins, compat, log }: Pick<Settings, "builtins" | "compat" | "log">,
  started: () => readonly BuiltinPeer[],
): UpdateGuard | undefined {
  if (compat === "reference" || builtins.every(({ validateUpdates }) => validateUpdates === undefined)) {
    return undefined;
  }
  const judges = (): BuiltinPeer[] =>
    started().filter((peer) => peer.validatesUpdates && peer.record.state !== "closed");
  return new UpdateGuard(judges, log);
}

// Unsolicited updates: sent once, or again until the runtime could do them. One object per run of a plugin.
import { ContainerUpdate, type Init } from "@nri/protocol";
import { TtrpcError } from "@nri/ttrpc";
import { updateMessages } from "../answers.js";
import { PluginError } from "../errors.js";
import type { UpdateInput, UpdateOptions, UpdateRetry } from "../update-options.js";
import { backoffMs, waitMs } from "./backoff.js";
import { dropOverridden, setsAnything } from "./newest-wins.js";

/** Sends updates over one connection and gives those that failed. */
export type SendUpdates = (
  updates: readonly Init<ContainerUpdate>[],
  options: Pick<UpdateOptions, "evict" | "signal">,
) => Promise<ContainerUpdate[]>;

const DEFAULTS = { attempts: 5, delayMs: 200, maxDelayMs: 5_000, keep: false };

type Settings = typeof DEFAULTS;

/** An update that is under way; `message` loses what a newer update sets. */
interface Live {
  readonly message: ContainerUpdate;
  /** Nothing is left of it. */
  overridden: boolean;
}

/** Updates of one plugin, over one connection after the other. */
export class UpdateRetrier {
  readonly #live = new Set<Live>();
  readonly #waiting = new Set<() => void>();
  #send: SendUpdates | undefined;
  #over = false;

  constructor(readonly maxUpdates: number) {}

  /** From now on there is a connection whose runtime has synchronised the plugin. */
  attach(send: SendUpdates): void {
    this.#send = send;
    this.#wake();
  }

  /** That connection is gone. `forGood`: none will follow. */
  detach(send: SendUpdates, forGood: boolean): void {
    if (this.#send === send) this.#send = undefined;
    if (forGood) this.close();
  }

  /** No connection will follow: those who wait for one fail. */
  close(): void {
    this.#over = true;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /** Sends `inputs` over `connection`, or over the current one when that is gone. Resolves with what failed in the end. */
  async update(
    connection: SendUpdates | undefined,
    inputs: readonly UpdateInput[],
    options: UpdateOptions = {},
  ): Promise<ContainerUpdate[]> {
    const { retry, ...rest } = options;
    const settings = retrySettings(retry);
    const messages = updateMessages(inputs);
    this.#override(messages);
    if (settings === undefined) return (connection ?? this.#current())(messages, rest);
    if (this.#live.size + messages.length > this.maxUpdates) {
      const text = `${this.#live.size} updates wait to be tried again, no room for ${messages.length} more, maximum ${this.maxUpdates}`;
      throw new PluginError("limit", text);
    }
    const live = messages.map((message): Live => ({ message: ContainerUpdate.create(message), overridden: false }));
    for (const entry of live) this.#live.add(entry);
    try {
      return await this.#persist(connection, live, settings, rest);
    } finally {
      for (const entry of live) this.#live.delete(entry);
    }
  }

  async #persist(
    connection: SendUpdates | undefined,
    live: readonly Live[],
    settings: Settings,
    { evict, signal }: Omit<UpdateOptions, "retry">,
  ): Promise<ContainerUpdate[]> {
    let open = live;
    let evictions = evict;
    let send = connection ?? (settings.keep ? await this.#next(signal) : this.#current());
    for (let attempt = 1; ; attempt++) {
      let failed: ContainerUpdate[];
      try {
        const messages = open.map(({ message }) => message);
        failed = await send(messages, { ...(evictions && { evict: evictions }), ...(signal && { signal }) });
        evictions = undefined;
      } catch (error) {
        if (!settings.keep || !isClosed(error) || attempt >= settings.attempts) throw error;
        send = await this.#next(signal);
        continue;
      }
      const ids = new Set(failed.map(({ containerId }) => containerId));
      open = open.filter(({ message, overridden }) => !overridden && ids.has(message.containerId));
      if (open.length === 0) return [];
      if (attempt >= settings.attempts) {
        const left = new Set(open.map(({ message }) => message.containerId));
        return failed.filter(({ containerId }) => left.has(containerId));
      }
      await waitMs(backoffMs(attempt, settings), signal);
      signal?.throwIfAborted();
      open = open.filter(({ overridden }) => !overridden);
      if (open.length === 0) return [];
    }
  }

  #current(): SendUpdates {
    if (this.#send !== undefined) return this.#send;
    throw new PluginError("connection-lost", "no runtime is connected that could update containers");
  }

  /** The next connection that is ready; the current one if it is. */
  async #next(signal: AbortSignal | undefined): Promise<SendUpdates> {
    while (this.#send === undefined) {
      if (this.#over) return this.#current();
      signal?.throwIfAborted();
      await new Promise<void>((resolve) => {
        const wake = () => {
          signal?.removeEventListener("abort", wake);
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
        signal?.addEventListener("abort", wake, { once: true });
      });
    }
    return this.#send;
  }

  /** What is under way must not undo `newer`. */
  #override(newer: readonly Init<ContainerUpdate>[]): void {
    if (this.#live.size === 0) return;
    for (const init of newer) {
      for (const entry of this.#live) {
        if (entry.message.containerId !== init.containerId || !setsAnything(entry.message)) continue;
        dropOverridden(entry.message, ContainerUpdate.create(init));
        entry.overridden = !setsAnything(entry.message);
      }
    }
  }
}

function isClosed(error: unknown): boolean {
  return error instanceof TtrpcError && error.code === "closed";
}

function retrySettings(retry: boolean | UpdateRetry | undefined): Settings | undefined {
  if (retry === undefined || retry === false) return undefined;
  const settings: Settings = { ...DEFAULTS };
  for (const [key, value] of Object.entries(retry === true ? {} : retry)) {
    if (!Object.hasOwn(DEFAULTS, key)) throw new PluginError("invalid-argument", `retry has no option ${key}`);
    if (value === undefined) continue;
    const right = key === "keep" ? typeof value === "boolean" : Number.isInteger(value) && (value as number) > 0;
    if (!right || (typeof value === "number" && value > 2 ** 31 - 1)) {
      const wanted = key === "keep" ? "true or false" : "a positive integer";
      throw new PluginError("invalid-argument", `retry ${key} must be ${wanted}, got ${String(value)}`);
    }
    Object.assign(settings, { [key]: value });
  }
  return settings;
}

// A plugin of a fake node, from its start to its end.
import type { Adaptation, PluginInfo, PluginState } from "@nri/adaptation";
import { lineLogger, PluginError, type PluginSession } from "@nri/plugin";
import { displayName, EVENT_NAMES, EVENTS, type EventName } from "@nri/protocol";
import { streamPair } from "@nri/ttrpc";
import { asError, TestingError } from "../errors.js";
import { LIMITS } from "../limits.js";
import type { Recorder } from "../player/recorder.js";
import type { NamedPlugin } from "./identities.js";

/** A plugin of a fake node. What it shows is always the present. */
export class FakePlugin {
  /** `10-foo`. */
  readonly name: string;
  readonly #observer: Recorder;
  readonly #log: string[] = [];
  #session: PluginSession | undefined;

  /** @internal */
  constructor(name: string, observer: Recorder) {
    this.name = name;
    this.#observer = observer;
  }

  /** The plugin's own side, to ask for updates or to leave; undefined for a program. */
  get session(): PluginSession | undefined {
    return this.#session;
  }

  /** Where it is in its life, as the runtime sees it: `active` when it is asked, `closed` when it is gone. */
  get state(): PluginState {
    return this.#info?.state ?? "connecting";
  }

  /** Events that it is subscribed to. */
  get events(): readonly EventName[] {
    const mask = this.#info?.events ?? 0;
    return EVENT_NAMES.filter((event) => (mask & EVENTS[event].mask) !== 0);
  }

  /** Lines that it logged (`INFO  text`), or a program printed; the last 10000. */
  get log(): readonly string[] {
    return this.#log;
  }

  /** Why the runtime has no use for it any more: it missed a deadline, broke the protocol, crashed. Undefined while it has. */
  get failure(): string | undefined {
    const info = this.#info;
    return info === undefined ? undefined : this.#observer.failureOf(info.id);
  }

  get #info(): PluginInfo | undefined {
    return this.#observer.plugins.findLast(({ name }) => name === this.name);
  }

  /** @internal */
  print(line: string): void {
    if (this.#log.length >= LIMITS.logLines) this.#log.shift();
    this.#log.push(line);
  }

  /** @internal Connects it and waits until it is asked. Throws `plugin-failed`. */
  async join(named: NamedPlugin, accept: Adaptation["accept"]): Promise<void> {
    if (!("inProcess" in named)) {
      if (this.state !== "active") throw this.#failed(this.failure ?? "it left before it was active");
      return;
    }
    const { plugin, environment = {} } = named.inProcess;
    const { index, name, config } = named;
    const [near, far] = streamPair();
    const accepted = accept(near, { config });
    accepted.catch(() => undefined); // looked at below, after the plugin's own side
    try {
      this.#session = await plugin.start({
        connection: far,
        log: lineLogger((line) => this.print(line), "debug"),
        environment,
        index: plugin.index === index ? undefined : index,
        name: plugin.name === name ? undefined : name,
      });
      await accepted;
    } catch (thrown) {
      near.close();
      // Of a connection that the runtime has closed, the runtime knows why.
      const lost = thrown instanceof PluginError && thrown.code === "connection-lost";
      const why: unknown = lost ? await accepted.then(() => thrown, asError) : thrown;
      throw this.#failed(asError(why).message, why);
    }
  }

  /** @internal Resolves when its session has ended, which the runtime has done. */
  async ended(): Promise<void> {
    await this.#session?.closed;
  }

  #failed(text: string, cause?: unknown): TestingError {
    const printed = this.#log.filter((line) => !/^(DEBUG|INFO) /.test(line)).slice(-5);
    const message = text.includes(this.name) ? text : `plugin "${this.name}": ${text}`;
    return new TestingError("plugin-failed", [message, ...printed.map((line) => `  ${line}`)].join("\n"), { cause });
  }
}

/** What a plugin is called on the node. */
export function nameOf({ index, name }: NamedPlugin): string {
  return displayName(index, name);
}

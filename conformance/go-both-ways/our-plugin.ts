// A plugin on our SDK that answers from refplugin's scripts and records what it got in refplugin's form.
import { definePlugin, type PluginDefinition, type PluginSession } from "@nri/plugin";
import { VALID_EVENTS } from "@nri/protocol";
import { scriptedPlugin } from "@nri/testing/stand-ins";
import type { JsonValue } from "../peers/json.js";
import type { Recorded } from "../peers/refplugin.js";
import type { PluginSettings, PluginSide } from "./sides.js";

type Call = Pick<Recorded, "method" | "args">;

/** A plugin of ours. */
export class OurPlugin implements PluginSide {
  readonly pid = process.pid;
  readonly #calls: Call[] = [];
  readonly #waiting = new Set<() => void>();
  #session: PluginSession | undefined;

  private constructor(readonly settings: PluginSettings) {}

  /** Starts it: registered and configured afterwards. */
  static async start(settings: PluginSettings): Promise<OurPlugin> {
    const plugin = new OurPlugin(settings);
    const { socket, index, name } = settings;
    plugin.#session = await definePlugin(plugin.#definition()).start({
      socketPath: socket,
      index,
      name,
      environment: {},
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    });
    return plugin;
  }

  /** The session, with what the runtime said about itself. */
  get session(): PluginSession {
    if (this.#session === undefined) throw new Error("the plugin has not started");
    return this.#session;
  }

  calls(): Call[] {
    return [...this.#calls];
  }

  async waitFor(method: string, timeoutMs = 5_000): Promise<Call> {
    const find = (): Call | undefined => this.#calls.find((call) => call.method === method);
    const there = find();
    if (there !== undefined) return there;
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`our plugin got no ${method} within ${timeoutMs} ms`));
      }, timeoutMs);
      const look = (): void => {
        const call = find();
        if (call === undefined) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(call);
      };
      this.#waiting.add(look);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session?.[Symbol.asyncDispose]();
  }

  #record(method: string, args: readonly JsonValue[]): void {
    this.#calls.push({ method, args });
    for (const look of [...this.#waiting]) look();
  }

  #definition(): PluginDefinition<undefined> {
    const { index, name, script } = this.settings;
    // only where the script has it, as a plugin that validates changes what the runtime does
    const events = script.validate === undefined ? undefined : VALID_EVENTS;
    return scriptedPlugin({ index, name, script, events, record: (method, args) => this.#record(method, args) });
  }
}

function quiet(): void {
  // the test reads what was recorded
}

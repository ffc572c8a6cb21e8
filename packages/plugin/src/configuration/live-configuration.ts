// The configuration of one run of a plugin: loaded at Configure, loaded again when the file or the runtime's text changes.
import { isDeepStrictEqual } from "node:util";
import { displayName, type PluginIdentity } from "@nri/protocol";
import { errorText, PluginError } from "../errors.js";
import type { PluginLimits } from "../limits.js";
import type { Logger } from "../log.js";
import {
  type ConfigurationSource,
  checkLayers,
  type EnvironmentVariable,
  environmentLayers,
  type Layer,
  mergeLayers,
  textLayer,
} from "./configuration.js";
import { readFileVersion, watchFile } from "./configuration-file.js";

/** What a configuration needs from around it. */
export interface ConfigurationParts {
  readonly source: ConfigurationSource<unknown, unknown>;
  readonly environment: NodeJS.ProcessEnv;
  readonly limits: PluginLimits;
  readonly identity: PluginIdentity;
  readonly log: Logger;
  /** Tells the author; may throw to refuse. */
  readonly reconfigured: (configuration: unknown, previous: unknown) => unknown;
}

const DEFAULT_WATCH_MS = 1_000;

/** Holds the configuration that counts now. */
export class LiveConfiguration {
  readonly #parts: ConfigurationParts;
  #current: { readonly raw: unknown; readonly value: unknown } | undefined;
  #runtimeText = "";
  #loading: Promise<void> = Promise.resolve();
  #mark: string | undefined;
  #unwatch: (() => void) | undefined;
  #closed = false;

  constructor(parts: ConfigurationParts) {
    this.#parts = parts;
  }

  /** The configuration; undefined before the first Configure. */
  get value(): unknown {
    return this.#current?.value;
  }

  /**
   * Takes in what the runtime says. The first time it rejects with code `invalid-configuration` when the whole cannot
   * be used; later that is a warning and the old configuration stays.
   */
  async configure(runtimeText: string): Promise<void> {
    await this.#exclusively(() => this.#load(runtimeText, "Configure"));
  }

  /** Ends the watching. */
  close(): void {
    this.#closed = true;
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  /** One load at a time, in order. */
  async #exclusively(load: () => Promise<void>): Promise<void> {
    const result = this.#loading.then(load);
    this.#loading = result.catch(() => undefined);
    await result;
  }

  async #load(runtimeText: string, occasion: string): Promise<void> {
    const first = this.#current === undefined;
    try {
      await this.#take(runtimeText);
    } catch (error) {
      if (first) throw this.#refused(error);
      this.#parts.log.warn(`${occasion}: the old configuration stays, the new one is refused: ${errorText(error)}`);
    }
    this.#watch();
  }

  async #take(runtimeText: string): Promise<void> {
    const layers = await this.#layers(runtimeText);
    const raw = mergeLayers(layers);
    const before = this.#current;
    if (before !== undefined && isDeepStrictEqual(before.raw, raw)) {
      this.#runtimeText = runtimeText;
      return;
    }
    const value = await checkLayers(this.#parts.source.schema, layers);
    if (before !== undefined) await this.#parts.reconfigured(value, before.value);
    this.#runtimeText = runtimeText;
    this.#current = { raw, value };
  }

  async #layers(runtimeText: string): Promise<Layer[]> {
    const { source, environment, limits } = this.#parts;
    const parse = source.parse ?? ((text: string): unknown => JSON.parse(text));
    const layers: (Layer | undefined)[] = [];
    if (source.file !== undefined) {
      const had = this.#mark !== undefined && this.#mark !== "missing";
      const { text, mark } = await readFileVersion(source.file, limits.maxConfigurationBytes);
      const name = `file ${JSON.stringify(source.file)}`;
      if (text === undefined && had) throw new PluginError("invalid-configuration", `${name}: is gone`);
      this.#mark = mark;
      layers.push(text === undefined ? undefined : textLayer(name, text, parse));
    }
    const variables = (source.environment ?? {}) as Record<string, string | EnvironmentVariable | undefined>;
    layers.push(...environmentLayers(variables, environment));
    layers.push(textLayer("the runtime's configuration", runtimeText, parse));
    return layers.filter((layer) => layer !== undefined);
  }

  #refused(error: unknown): PluginError {
    const { index, name } = this.#parts.identity;
    const text = `plugin "${displayName(index, name)}": invalid configuration: ${errorText(error)}`;
    return new PluginError("invalid-configuration", text, { cause: error });
  }

  #watch(): void {
    const { file, watchMs = DEFAULT_WATCH_MS } = this.#parts.source;
    if (file === undefined || watchMs === false || this.#closed || this.#unwatch !== undefined) return;
    this.#unwatch = watchFile(file, this.#mark ?? "missing", watchMs, () => {
      void this.#exclusively(() => this.#load(this.#runtimeText, `file ${JSON.stringify(file)} has changed`));
    });
  }
}

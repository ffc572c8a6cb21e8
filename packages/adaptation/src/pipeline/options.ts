// How requests go through the plugins: one after the other, or several at once.
import { getOwn, isConcurrency, MAX_CONCURRENCY } from "@nri/protocol";
import { AdaptationError } from "../errors.js";
import type { PluginRecord } from "../plugin-record.js";

/** How requests go through the plugins. */
export interface RelayOptions {
  /**
   * `serial` by default: a request begins when the one before it is over. `pipelined`: it begins as soon as it came and
   * nothing is under way about the same container, or the same pod should it be an event of a pod. Each plugin gets the
   * requests in the order of arrival, and they are answered in that order.
   */
  readonly mode?: "serial" | "pipelined" | undefined;
  /** For `pipelined`: how many requests a plugin has at once that does not say how many it takes. 1 by default, at most 256. */
  readonly outstanding?: number | undefined;
  /** For `pipelined`: how many requests these plugins have at once, whatever they say. By name (`10-foo`, `foo`). */
  readonly plugins?: { readonly [name: string]: number } | undefined;
  /**
   * Whether an event that cannot be answered with content goes at the same time to plugins that are subscribed to such events
   * only, where they are neighbours in the order. Then all of them get it, also when one of them fails it. As `pipelined`
   * by default.
   */
  readonly fanOut?: boolean | undefined;
}

/** The options with every default filled in. */
export interface RelayRules {
  readonly pipelined: boolean;
  readonly fanOut: boolean;
  /** How many requests the plugin has at once. */
  readonly takesAtOnce: (plugin: Pick<PluginRecord, "name" | "base" | "concurrency">) => number;
}

const KNOWN: readonly string[] = ["mode", "outstanding", "plugins", "fanOut"] satisfies (keyof RelayOptions)[];

/** Checks the options and fills in the defaults. Throws `invalid-option`. */
export function relayRules(options: RelayOptions = {}): RelayRules {
  const refuse = (text: string): never => {
    throw new AdaptationError("invalid-option", `relay.${text}`);
  };
  const atOnce = (name: string, value: unknown): number =>
    isConcurrency(value) ? value : refuse(`${name}: ${value} is no number from 1 to ${MAX_CONCURRENCY}`);
  const unknown = Object.keys(options).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) {
    refuse(`${unknown}: unknown option; known are ${KNOWN.join(", ")}`);
  }
  const { mode = "serial", outstanding = 1, plugins = {} } = options;
  if (mode !== "serial" && mode !== "pipelined") {
    refuse(`mode: "${mode}" is neither "serial" nor "pipelined"`);
  }
  const { fanOut = mode === "pipelined" } = options;
  if (typeof fanOut !== "boolean") {
    refuse(`fanOut: ${fanOut} is neither true nor false`);
  }
  atOnce("outstanding", outstanding);
  for (const [name, value] of Object.entries(plugins)) {
    atOnce(`plugins.${name}`, value);
  }
  return {
    pipelined: mode === "pipelined",
    fanOut,
    takesAtOnce: ({ name, base, concurrency }) =>
      getOwn(plugins, name) ?? getOwn(plugins, base) ?? concurrency ?? outstanding,
  };
}

// When a launched plugin that crashed is started again: how often, and after which time. The clock is passed in.
import { AdaptationError } from "../errors.js";

/** Whether launched plugins that crash are started again. Every value has a default. */
export interface RestartOptions {
  /** How often in a row, before the plugin is given up. 8 by default. */
  readonly attempts?: number | undefined;
  /** How long after a crash; doubled with each further one in a row. 1000 by default. Milliseconds. */
  readonly delayMs?: number | undefined;
  /** What the delay grows to at most. 60000 by default. Milliseconds. */
  readonly maxDelayMs?: number | undefined;
  /** A plugin that ran so long is healthy: its next crash counts as the first one. 60000 by default. Milliseconds. */
  readonly healthyMs?: number | undefined;
}

/** The options with every default filled in. */
export interface RestartSettings {
  readonly attempts: number;
  readonly delayMs: number;
  readonly maxDelayMs: number;
  readonly healthyMs: number;
}

const NAMES: readonly string[] = ["attempts", "delayMs", "maxDelayMs", "healthyMs"];

/** The longest time a timer takes. */
const MAX_MS = 2 ** 31 - 1;

/** Checks the option `restart`; undefined when it is off. Throws `invalid-option`, naming key and value. */
export function restartSettings(options: RestartOptions | undefined): RestartSettings | undefined {
  if (options === undefined) {
    return undefined;
  }
  if (typeof options !== "object" || options === null) {
    throw new AdaptationError("invalid-option", `restart: ${options} is no object; {} restarts with every default`);
  }
  const wrong = Object.keys(options).find((key) => !NAMES.includes(key));
  if (wrong !== undefined) {
    throw new AdaptationError("invalid-option", `restart.${wrong}: unknown option; known are ${NAMES.join(", ")}`);
  }
  const number = (name: keyof RestartOptions, byDefault: number): number => {
    const value = options[name] ?? byDefault;
    if (!Number.isSafeInteger(value) || value < 1 || value > MAX_MS) {
      throw new AdaptationError("invalid-option", `restart.${name}: ${value} is no number from 1 to ${MAX_MS}`);
    }
    return value;
  };
  const delayMs = number("delayMs", 1000);
  const maxDelayMs = number("maxDelayMs", Math.max(delayMs, 60_000));
  if (maxDelayMs < delayMs) {
    throw new AdaptationError("invalid-option", `restart.maxDelayMs: ${maxDelayMs} is less than delayMs (${delayMs})`);
  }
  return { attempts: number("attempts", 8), delayMs, maxDelayMs, healthyMs: number("healthyMs", 60_000) };
}

/** One plugin's crashes in a row. */
export class Backoff {
  readonly #settings: RestartSettings;
  #crashes = 0;

  constructor(settings: RestartSettings) {
    this.#settings = settings;
  }

  /** Crashes in a row, with the last one. */
  get crashes(): number {
    return this.#crashes;
  }

  /** Notes a crash of an instance that ran for `ranMs`: how long to wait before the next start, undefined to give up. */
  crashed(ranMs: number): number | undefined {
    const { attempts, delayMs, maxDelayMs, healthyMs } = this.#settings;
    this.#crashes = ranMs >= healthyMs ? 1 : this.#crashes + 1;
    return this.#crashes > attempts ? undefined : Math.min(delayMs * 2 ** (this.#crashes - 1), maxDelayMs);
  }
}

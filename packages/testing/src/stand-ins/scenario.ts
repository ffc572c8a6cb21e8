// A runtime side that is told what to do: one JSON line per step, one per answer, lines of what happens in between.
//
//   {"op":"CreateContainer","req":{...}}   ->   {"ok":true,"op":"CreateContainer","res":{...}}
//                                               {"error":"...","code":2,"ok":false,"op":"CreateContainer"}
//   in between: {"event":"Ready"|"Synchronized"|"UpdateContainers", ...}
import { type Adaptation, type AdaptationOptions, createAdaptation } from "@nri/adaptation";
import {
  type ContainerUpdate,
  EVENT_NAMES,
  EVENTS,
  type EventName,
  type Init,
  type MessageType,
  SynchronizeRequest,
  SynchronizeResponse,
  UpdateContainersRequest,
  UpdateContainersResponse,
} from "@nri/protocol";
import { fromJson, type JsonObject, type JsonValue, toJson } from "@nri/protocol/json";
import { asError } from "../errors.js";
import { applyStep } from "./apply.js";
import { goJson, type LineValue, parseJsonLine } from "./json-lines.js";

/** How a scenario is run. */
export interface ScenarioOptions {
  /** Gets each line, without its end. */
  readonly emit: (line: string) => void;
  /** The adaptation, without the runtime's callbacks, which are the scenario's. */
  readonly adaptation: Omit<AdaptationOptions, "synchronize" | "updateContainers">;
  /** What plugins are synchronized with until a step SetState. */
  readonly state?: Init<SynchronizeRequest> | undefined;
  /** How long a step WaitPlugins waits. 10 seconds by default. */
  readonly waitTimeoutMs?: number | undefined;
}

/** Names of the steps that are no events. */
export type ScenarioStep =
  | "WaitPlugins"
  | "Plugins"
  | "Sleep"
  | "SetState"
  | "SetFailed"
  | "SetUpdateError"
  | "ApplyAdjustment"
  | "Stop";

/** One line of a scenario. */
interface Step {
  readonly op: string;
  readonly req: JsonValue | undefined;
  readonly n: number;
  /** The whole line. */
  readonly text: string;
}

/** What a step gives; an answer can have both. */
interface Answer {
  readonly res?: LineValue;
  readonly error?: Error;
}

/** An adaptation behind JSON lines. */
export class Scenario implements AsyncDisposable {
  /** The adaptation that is told. */
  readonly adaptation: Adaptation;
  readonly #options: ScenarioOptions;
  readonly #compat: "default" | "reference";
  readonly #waitTimeoutMs: number;
  #state: SynchronizeRequest;
  #failed: readonly ContainerUpdate[] = [];
  #updateError = "";
  readonly #steps: { readonly [Op in ScenarioStep]: (step: Step) => Answer | Promise<Answer> } = {
    WaitPlugins: ({ n }) => this.#waitPlugins(n),
    Plugins: () => ({ res: this.#plugins() }),
    Sleep: async ({ n }) => {
      await new Promise((resolve) => setTimeout(resolve, n));
      return {};
    },
    SetState: ({ req }) => {
      this.#state = decode(SynchronizeRequest, req);
      return { res: {} };
    },
    SetFailed: ({ req }) => {
      this.#failed = decode(UpdateContainersResponse, req).failed;
      return { res: {} };
    },
    SetUpdateError: ({ req }) => {
      this.#updateError = typeof req === "string" ? req : "";
      return {};
    },
    ApplyAdjustment: ({ text, req }) => ({ res: applyStep(text, req ?? {}, this.#compat) }),
    Stop: async () => {
      await this.adaptation.stop();
      return {};
    },
  };

  constructor(options: ScenarioOptions) {
    this.#options = options;
    this.#compat = options.adaptation.compat ?? "default";
    this.#waitTimeoutMs = options.waitTimeoutMs ?? 10_000;
    this.#state = SynchronizeRequest.create(options.state ?? {});
    this.adaptation = createAdaptation({
      warmUp: false, // a few steps, and over
      ...options.adaptation,
      synchronize: (sync) => this.#synchronize(sync),
      updateContainers: async (update, { evictions }) => {
        const req = message(UpdateContainersRequest, { update, evict: evictions });
        this.#emit({ event: "UpdateContainers", req });
        if (this.#updateError !== "") throw new Error(this.#updateError);
        return this.#failed;
      },
    });
  }

  /** Starts the adaptation. */
  async start(): Promise<void> {
    await this.adaptation.start();
  }

  /** Says that steps may come. */
  ready(): void {
    this.#emit({ event: "Ready", ...this.#plugins(), pid: process.pid });
  }

  /**
   * Takes one step, emits its answer and resolves with it; with undefined for empty lines and those that begin with `#`,
   * which are passed over. Never rejects.
   */
  async step(line: string): Promise<string | undefined> {
    const text = line.trim();
    if (text === "" || text.startsWith("#")) return undefined;
    let step: Step;
    try {
      step = readStep(text);
    } catch (error) {
      return this.#emit({ ok: false, error: `scenario: ${asError(error).message}` });
    }
    const { res, error } = await this.#run(step).catch((thrown: unknown): Answer => ({ error: asError(thrown) }));
    const code = error === undefined ? undefined : statusOf(error);
    return this.#emit({ op: step.op, ok: error === undefined, error: error?.message, code, res });
  }

  /** Takes a step after the other until there are no more, then stops the adaptation. */
  async run(lines: AsyncIterable<string>): Promise<void> {
    for await (const line of lines) await this.step(line);
    await this.adaptation.stop();
  }

  /** Stops the adaptation. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.adaptation.stop();
  }

  #emit(value: { readonly [key: string]: LineValue }): string {
    const line = goJson(value);
    this.#options.emit(line);
    return line;
  }

  #plugins(): { plugins: number } {
    return { plugins: this.adaptation.plugins.length };
  }

  async #run(step: Step): Promise<Answer> {
    const event = EVENT_NAMES.find((name) => EVENTS[name].name === step.op);
    if (event !== undefined && event !== "validateContainerAdjustment") return await this.#ask(event, step.req);
    if (!Object.hasOwn(this.#steps, step.op)) throw new Error(`scenario: unknown op ${JSON.stringify(step.op)}`);
    return await this.#steps[step.op as ScenarioStep](step);
  }

  async #ask(event: Exclude<EventName, "validateContainerAdjustment">, req: JsonValue | undefined): Promise<Answer> {
    const { request, response } = EVENTS[event];
    const ask = this.adaptation[event] as (request: unknown) => Promise<object | undefined>;
    const answer = await ask(decode(request as MessageType<object>, req));
    return { res: message(response as MessageType<object>, answer ?? {}) };
  }

  async #waitPlugins(n: number): Promise<Answer> {
    try {
      await this.adaptation.waitForPlugins(n, { timeoutMs: this.#waitTimeoutMs });
      // The line of the last plugin's synchronisation comes first: all that is left to do for it is done in this turn.
      await new Promise((resolve) => setImmediate(resolve));
      return { res: this.#plugins() };
    } catch {
      const res = this.#plugins();
      const after = goDuration(this.#waitTimeoutMs);
      return { res, error: new Error(`only ${res.plugins} of ${n} plugins after ${after}`) };
    }
  }

  async #synchronize(sync: Parameters<AdaptationOptions["synchronize"]>[0]): Promise<void> {
    const { pods, containers } = this.#state;
    try {
      const update = await sync(pods, containers);
      this.#emit({ event: "Synchronized", res: message(SynchronizeResponse, { update }) });
    } catch (error) {
      this.#emit({ event: "Synchronized", res: {}, error: asError(error).message });
      throw error;
    }
  }
}

function readStep(text: string): Step {
  const parsed = parseJsonLine(text);
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    throw new Error("a step is a JSON object");
  const { op = "", req, n = 0 } = parsed as JsonObject & { op?: JsonValue; req?: JsonValue; n?: JsonValue };
  if (typeof op !== "string") throw new Error("op must be a string");
  if (typeof n !== "number" || !Number.isInteger(n)) throw new Error("n must be an integer");
  return { op, req, n, text };
}

function decode<T>(type: MessageType<T>, req: JsonValue | undefined): T {
  try {
    return fromJson(type, req ?? {});
  } catch (error) {
    throw new Error(`scenario: ${asError(error).message}`);
  }
}

function message<T extends object>(type: MessageType<T>, value: Init<T>): JsonValue {
  return toJson(type, value);
}

/** The gRPC code of an error, or of what is behind it. */
function statusOf(error: unknown): number | undefined {
  for (let one = error; one instanceof Error; one = one.cause) {
    if ("status" in one && typeof one.status === "number") return one.status;
  }
  return undefined;
}

/** Milliseconds in Go's words: `500ms`, `10s`, `1m30s`. */
function goDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${milliseconds}ms`;
  const seconds = milliseconds / 1000;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = `${Number((seconds % 60).toFixed(3))}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}

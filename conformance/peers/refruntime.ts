// Drives refruntime, the Go adaptation without a container runtime: one JSON line per step, one per answer.

import { assertGoProcess, Child } from "./child.js";
import type { JsonValue } from "./json.js";

/** What a step gave. */
export interface StepAnswer {
  readonly op: string;
  readonly ok: boolean;
  /** protojson of the response. */
  readonly res?: JsonValue;
  readonly error?: string;
  /** gRPC code of the error, where it has one. */
  readonly code?: number;
  readonly panic?: string;
}

/** A line that comes between answers. */
export interface RuntimeEvent {
  readonly event: "Ready" | "Synchronized" | "UpdateContainers" | "Metric";
  /** One metrics callback, with `-metrics`. */
  readonly line?: string;
  readonly pid?: number;
  readonly req?: JsonValue;
  readonly res?: JsonValue;
  readonly error?: string;
}

type Line = Partial<StepAnswer> & Partial<RuntimeEvent>;

/** Options of refruntime that tests use; the rest goes into `args`. */
export interface RefRuntimeOptions {
  readonly binary: string;
  readonly socket: string;
  readonly args?: readonly string[];
  /** How long its start may take; 10 seconds by default. */
  readonly startTimeoutMs?: number;
}

/** A running refruntime. */
export class RefRuntime implements AsyncDisposable {
  readonly child: Child;
  #answers = 0;

  private constructor(readonly options: RefRuntimeOptions) {
    this.child = new Child(options.binary, ["-socket", options.socket, ...(options.args ?? [])]);
  }

  /** Starts it and waits until it listens. Throws when the process is not the Go program. */
  static async start(options: RefRuntimeOptions): Promise<RefRuntime> {
    const runtime = new RefRuntime(options);
    const isReady = () => runtime.events.find((line) => line.event === "Ready");
    const ready = await runtime.child.until("Ready", isReady, options.startTimeoutMs);
    if (ready.pid !== runtime.child.pid)
      throw new Error(`Ready came from process ${ready.pid}, not ${runtime.child.pid}`);
    assertGoProcess(runtime.child.pid, options.binary);
    return runtime;
  }

  get pid(): number {
    return this.child.pid;
  }

  /** The event lines so far, in order. */
  get events(): RuntimeEvent[] {
    return this.#lines().filter((line): line is RuntimeEvent => line.event !== undefined);
  }

  /** Runs one step and gives its answer, also when it is an error. */
  async try(
    op: string,
    req?: JsonValue,
    more: Record<string, JsonValue> = {},
    timeoutMs = 15_000,
  ): Promise<StepAnswer> {
    const index = this.#answers++;
    this.child.write(`${JSON.stringify({ op, ...(req === undefined ? {} : { req }), ...more })}\n`);
    const answer = await this.child.until(
      `the answer to ${op}`,
      () => this.#lines().filter((line) => line.event === undefined)[index],
      timeoutMs,
    );
    return answer as StepAnswer;
  }

  /** Runs one step. Throws its error. */
  async step(op: string, req?: JsonValue, more: Record<string, JsonValue> = {}): Promise<JsonValue | undefined> {
    const answer = await this.try(op, req, more);
    if (!answer.ok) throw new Error(`${op}: ${answer.error ?? answer.panic}`);
    return answer.res;
  }

  /** Waits for this many plugins. */
  async waitForPlugins(n: number): Promise<void> {
    await this.step("WaitPlugins", undefined, { n });
  }

  /** The first event line that fits. */
  async event(kind: RuntimeEvent["event"], fits: (event: RuntimeEvent) => boolean = () => true): Promise<RuntimeEvent> {
    return await this.child.until(kind, () => this.events.find((line) => line.event === kind && fits(line)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.endInput();
    await this.child[Symbol.asyncDispose]();
  }

  readonly #parsed: Line[] = [];

  #lines(): Line[] {
    for (const line of this.child.stdout.slice(this.#parsed.length)) this.#parsed.push(JSON.parse(line) as Line);
    return this.#parsed;
  }
}

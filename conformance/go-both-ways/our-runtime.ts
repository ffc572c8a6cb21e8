// Our adaptation as a runtime that takes the steps of refruntime's scenarios, in this process.
import type { Adaptation } from "@nri/adaptation";
import { SynchronizeRequest } from "@nri/protocol";
import { fromJson } from "@nri/protocol/json";
import { Scenario } from "@nri/testing/stand-ins";
import type { JsonObject, JsonValue } from "../peers/json.js";
import type { RuntimeEvent, StepAnswer } from "../peers/refruntime.js";
import type { RuntimeSettings, RuntimeSide } from "./sides.js";

const WAIT_MS = 10_000;

/** A runtime of ours. */
export class OurRuntime implements RuntimeSide {
  readonly pid = process.pid;
  readonly #events: RuntimeEvent[] = [];
  readonly #scenario: Scenario;

  private constructor({ socket, name, state, requestTimeoutMs, registrationTimeoutMs, compat }: RuntimeSettings) {
    this.#scenario = new Scenario({
      adaptation: {
        runtime: { name, version: "v1.2.3" },
        socketPath: socket,
        requestTimeoutMs,
        registrationTimeoutMs,
        compat: compat ?? "reference",
      },
      state: fromJson(SynchronizeRequest, (state ?? {}) as JsonObject),
      waitTimeoutMs: WAIT_MS,
      emit: (line) => {
        const value = JSON.parse(line) as Partial<RuntimeEvent>;
        if (value.event !== undefined) this.#events.push(value as RuntimeEvent);
      },
    });
  }

  /** Starts it; it listens then. */
  static async start(settings: RuntimeSettings): Promise<OurRuntime> {
    const runtime = new OurRuntime(settings);
    await runtime.#scenario.start();
    return runtime;
  }

  get adaptation(): Adaptation {
    return this.#scenario.adaptation;
  }

  async try(op: string, req: JsonValue = {}): Promise<StepAnswer> {
    return JSON.parse((await this.#scenario.step(JSON.stringify({ op, req }))) ?? "") as StepAnswer;
  }

  async waitForPlugins(n: number): Promise<void> {
    await this.adaptation.waitForPlugins(n, { timeoutMs: WAIT_MS });
  }

  unsolicited(): JsonValue[] {
    return this.#told("UpdateContainers").map(({ req }) => req ?? {});
  }

  synchronized(): JsonValue[] {
    // the first one is the start without plugins
    return this.#told("Synchronized")
      .slice(1)
      .map(({ res }) => res ?? {});
  }

  async setFailed(updates: readonly JsonValue[]): Promise<void> {
    await this.try("SetFailed", { failed: [...updates] });
  }

  async setUpdateError(text: string): Promise<void> {
    await this.try("SetUpdateError", text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scenario[Symbol.asyncDispose]();
  }

  #told(kind: RuntimeEvent["event"]): RuntimeEvent[] {
    return this.#events.filter(({ event }) => event === kind);
  }
}

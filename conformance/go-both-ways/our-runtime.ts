// Our adaptation as a runtime that takes the steps of refruntime's scenarios.
import { type Adaptation, createAdaptation } from "@nri/adaptation";
import {
  type ContainerUpdate,
  EVENT_NAMES,
  EVENTS,
  SynchronizeRequest,
  SynchronizeResponse,
  UpdateContainersRequest,
  UpdateContainersResponse,
} from "@nri/protocol";
import { fromJson, toJson } from "@nri/protocol/json";
import type { JsonObject, JsonValue } from "../peers/json.js";
import type { StepAnswer } from "../peers/refruntime.js";
import type { RuntimeSettings, RuntimeSide } from "./sides.js";

/** A runtime of ours. */
export class OurRuntime implements RuntimeSide {
  readonly pid = process.pid;
  readonly adaptation: Adaptation;
  readonly #unsolicited: JsonValue[] = [];
  readonly #synchronized: JsonValue[] = [];
  #failed: ContainerUpdate[] = [];
  #updateError = "";

  private constructor({ socket, name, state, requestTimeoutMs, compat }: RuntimeSettings) {
    const { pods, containers } = fromJson(SynchronizeRequest, (state ?? {}) as JsonObject);
    this.adaptation = createAdaptation({
      runtime: { name, version: "v1.2.3" },
      socketPath: socket,
      ...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }),
      compat: compat ?? "reference",
      synchronize: async (synchronize) => {
        const update = await synchronize(pods, containers);
        this.#synchronized.push(toJson(SynchronizeResponse, SynchronizeResponse.create({ update })) as JsonValue);
      },
      updateContainers: async (update) => {
        this.#unsolicited.push(
          toJson(UpdateContainersRequest, UpdateContainersRequest.create({ update })) as JsonValue,
        );
        if (this.#updateError !== "") throw new Error(this.#updateError);
        return this.#failed;
      },
    });
  }

  /** Starts it; it listens then. */
  static async start(settings: RuntimeSettings): Promise<OurRuntime> {
    const runtime = new OurRuntime(settings);
    await runtime.adaptation.start();
    return runtime;
  }

  async try(op: string, req: JsonValue = {}): Promise<StepAnswer> {
    const name = EVENT_NAMES.find((one) => EVENTS[one].name === op);
    if (name === undefined || name === "validateContainerAdjustment") throw new Error(`no step ${op}`);
    const { request, response } = EVENTS[name];
    try {
      const ask = this.adaptation[name].bind(this.adaptation) as (request: unknown) => Promise<object | undefined>;
      const answer = await ask(fromJson(request as typeof SynchronizeRequest, req as JsonObject));
      const type = response as typeof SynchronizeResponse;
      return { op, ok: true, res: toJson(type, type.create((answer ?? {}) as object)) as JsonValue };
    } catch (error) {
      const code = statusOf(error);
      return {
        op,
        ok: false,
        error: error instanceof Error ? error.message : String(error),
        ...(code === undefined ? {} : { code }),
      };
    }
  }

  async waitForPlugins(n: number): Promise<void> {
    await this.adaptation.waitForPlugins(n, { timeoutMs: 10_000 });
  }

  unsolicited(): JsonValue[] {
    return [...this.#unsolicited];
  }

  synchronized(): JsonValue[] {
    // the first one is the start without plugins
    return this.#synchronized.slice(1);
  }

  async setFailed(updates: readonly JsonValue[]): Promise<void> {
    this.#failed = fromJson(UpdateContainersResponse, { failed: [...updates] }).failed;
  }

  async setUpdateError(text: string): Promise<void> {
    this.#updateError = text;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.adaptation[Symbol.asyncDispose]();
  }
}

/** gRPC code of an error or of what caused it. */
function statusOf(error: unknown): number | undefined {
  for (let one = error; one instanceof Error; one = one.cause) {
    if ("status" in one && typeof one.status === "number") return one.status;
  }
  return undefined;
}

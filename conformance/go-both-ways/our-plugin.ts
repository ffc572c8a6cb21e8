// A plugin on our SDK that answers from refplugin's scripts and records what it got in refplugin's form.
import { definePlugin, type PluginSession, type UpdateInput } from "@nri/plugin";
import {
  ConfigureRequest,
  Container,
  ContainerAdjustment,
  ContainerUpdate,
  EVENT_NAMES,
  EVENTS,
  type EventName,
  LinuxResources,
  type MessageType,
  PodSandbox,
  parseEventMask,
  SynchronizeRequest,
  UpdateContainersResponse,
  ValidateContainerAdjustmentRequest,
} from "@nri/protocol";
import { fromJson, toJson } from "@nri/protocol/json";
import { StatusError } from "@nri/ttrpc";
import type { JsonObject, JsonValue } from "../peers/json.js";
import type { Recorded, Script, ScriptAnswer } from "../peers/refplugin.js";
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

  #record(method: string, ...args: JsonValue[]): void {
    this.#calls.push({ method, args });
    for (const look of [...this.#waiting]) look();
  }

  #definition(): Parameters<typeof definePlugin>[0] {
    const { script } = this.settings;
    const handlers: Record<string, unknown> = {
      configure: (call: { config: string; runtimeName: string; runtimeVersion: string }) => {
        const { config, runtimeName, runtimeVersion } = call;
        this.#record(
          "Configure",
          json(ConfigureRequest, ConfigureRequest.create({ config, runtimeName, runtimeVersion })),
        );
        if (script.configure?.error) throw new Error(script.configure.error);
        return script.configure?.events ? parseEventMask(...script.configure.events) : undefined;
      },
      synchronize: async (call: { pods: PodSandbox[]; containers: Container[] }) => {
        const { pods, containers } = call;
        this.#record("Synchronize", json(SynchronizeRequest, SynchronizeRequest.create({ pods, containers })));
        for (const { afterMs, update } of script.unsolicited ?? [])
          setTimeout(() => void this.#update(update), afterMs);
        return await answer(script.sync);
      },
    };
    for (const name of EVENT_NAMES) {
      if (name === "validateContainerAdjustment") continue;
      handlers[name] = (call: Parts) => this.#event(name, call);
    }
    // only where the script has it, as a plugin that validates changes what the runtime does
    if (script.validate !== undefined) {
      handlers.validateContainerAdjustment = async (call: ValidateContainerAdjustmentRequest) => {
        this.#record("ValidateContainerAdjustment", json(ValidateContainerAdjustmentRequest, call));
        return (script.validate?.[call.container?.name ?? ""] ?? script.validate?.["*"])?.error;
      };
    }
    return handlers;
  }

  async #event(name: EventName, call: Parts): Promise<unknown> {
    const { script } = this.settings;
    const method = EVENTS[name].name;
    const args = [json(PodSandbox, call.pod)];
    if (EVENTS[name].subject === "container") args.push(json(Container, call.container));
    if (name === "updatePodSandbox") args.push(json(LinuxResources, call.overheadLinuxResources));
    if (name === "updatePodSandbox" || name === "updateContainer") args.push(json(LinuxResources, call.linuxResources));
    this.#record(method, ...args);
    const answers =
      {
        createContainer: script.create,
        updateContainer: script.update,
        stopContainer: script.stop,
      }[name as string] ?? script.events?.[method];
    const subject = EVENTS[name].subject === "pod" ? call.pod.name : call.container.name;
    return await answer(answers?.[subject] ?? answers?.["*"]);
  }

  async #update(updates: readonly JsonValue[]): Promise<void> {
    try {
      const failed = (await this.#session?.updateContainers(decodeUpdates(updates))) ?? [];
      this.#record(
        "UpdateContainers:result",
        json(UpdateContainersResponse, UpdateContainersResponse.create({ failed })),
      );
    } catch (error) {
      this.#record("UpdateContainers:result", {});
      this.#record("UpdateContainers:error", { msg: error instanceof Error ? error.message : String(error) });
    }
  }
}

interface Parts {
  readonly pod: PodSandbox;
  readonly container: Container;
  readonly linuxResources?: LinuxResources;
  readonly overheadLinuxResources?: LinuxResources;
}

function quiet(): void {
  // the test reads what was recorded
}

function json<T extends object>(type: MessageType<T>, message: T | undefined): JsonValue {
  return (message === undefined ? {} : toJson(type, message as never)) as JsonValue;
}

function decodeUpdates(updates: readonly JsonValue[]): UpdateInput[] {
  return updates.map((update) => fromJson(ContainerUpdate, update as JsonObject));
}

/** What a script says, as handlers answer it. */
async function answer(scripted: ScriptAnswer | undefined): Promise<object | undefined> {
  if (scripted === undefined) return undefined;
  const { adjust, update, error, code, delayMs } = scripted;
  if (delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, delayMs));
  if (error !== undefined) throw code === undefined ? new Error(error) : new StatusError(code, error);
  return {
    ...(adjust === undefined ? {} : { adjust: fromJson(ContainerAdjustment, adjust as JsonObject) }),
    ...(update === undefined ? {} : { updates: decodeUpdates(update) }),
  };
}

/** The type of scripts, for tests. */
export type { Script };

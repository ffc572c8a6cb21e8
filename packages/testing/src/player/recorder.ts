// Watches the adaptation: which plugin was asked what, what it answered, what it printed, and how it failed.
import type { AdaptationWarning, ObservedCall, Observer, PluginInfo, PluginOutput, PluginState } from "@nri/adaptation";
import type {
  Container,
  ContainerAdjustment,
  ContainerEviction,
  ContainerUpdate,
  EventName,
  LinuxResources,
  OwningPlugins,
  PodSandbox,
} from "@nri/protocol";

/** The parts of a request that any event can have. */
export interface SeenRequest {
  /** The pod. */
  readonly pod?: PodSandbox | undefined;
  /** The container. */
  readonly container?: Container | undefined;
  /** The resources that are asked for. */
  readonly linuxResources?: LinuxResources | undefined;
}

/** One call of one plugin for one event. */
export interface Step {
  /** Who was asked: `10-foo`. */
  readonly plugin: string;
  /** What it was asked. */
  readonly event: EventName;
  /** Id of the pod. */
  readonly podId: string;
  /** Id of the container; empty for events of the pod. */
  readonly containerId: string;
  /** As this plugin saw it, with what plugins before it changed. */
  readonly request: SeenRequest;
  /** What it answered to the creation of the container. */
  readonly adjustment: ContainerAdjustment | undefined;
  /** Updates that it answered. */
  readonly updates: readonly ContainerUpdate[];
  /** Evictions that it answered. */
  readonly evictions: readonly ContainerEviction[];
  /** What it answered as a validator. */
  readonly verdict: { readonly rejected: boolean; readonly reason: string } | undefined;
  /** What it owns in the result so far. */
  readonly owners: OwningPlugins | undefined;
  /** Why the call, or the use of its answer (a conflict), failed. */
  readonly error: Error | undefined;
  /** From the call to its answer, in microseconds. */
  readonly micros: number;
}

/** Told as things happen. */
export interface RecorderEvents {
  /** A line of a launched plugin. */
  output(output: PluginOutput): void;
  /** A warning that is no plugin's failure. */
  warning(text: string): void;
}

const STAY = "a plugin connects to the runtime and stays: does it call run()?";

/** Keeps everything that the result is made of. */
export class Recorder implements Observer {
  /** Every call, in order. */
  readonly steps: Step[] = [];
  readonly #plugins = new Map<number, PluginInfo>();
  readonly #failures = new Map<number, string>();
  readonly #strangers: string[] = [];
  readonly #events: RecorderEvents;
  readonly #asked = new Set<string>();
  #ending = false;

  /** `events` is told as things happen. */
  constructor(events: RecorderEvents) {
    this.#events = events;
  }

  /** Every plugin that ever had a name, in the order in which they are asked. */
  get plugins(): readonly PluginInfo[] {
    return [...this.#plugins.values()]
      .filter(({ name }) => name !== "")
      .sort((a, b) => (a.index < b.index ? -1 : a.index > b.index ? 1 : a.id - b.id));
  }

  /** One line for each plugin that died, hung or registered badly. */
  get failures(): readonly string[] {
    return [...[...this.#failures.keys()].map((id) => this.#failureLine(id)), ...this.#strangers];
  }

  #failureLine(id: number): string {
    const line = this.#failures.get(id) ?? "";
    const exit = this.#plugins.get(id)?.exit;
    if (line.endsWith("exited with code 0 before it registered")) return `${line}; ${STAY}`;
    const code = exit?.code ?? 0;
    return code === 0 || !line.includes("connection closed") ? line : `${line} (exited with code ${code})`;
  }

  /** A new event begins: nobody was asked yet. */
  begin(): void {
    this.#asked.clear();
  }

  /** Plugins that answered (or failed) the present event. */
  get askedSinceBegin(): ReadonlySet<string> {
    return this.#asked;
  }

  /** Ends every plugin's process that has not ended yet. */
  killAll(): void {
    for (const { pid, exit } of this.#plugins.values()) {
      if (pid === undefined || exit !== undefined) continue;
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has just ended by itself.
      }
    }
  }

  /** From now on plugins end because they are told to. */
  ending(): void {
    this.#ending = true;
  }

  /** See `Observer`. */
  call(call: ObservedCall): void {
    const { plugin, event } = call;
    if (event === "synchronize") return;
    this.#asked.add(plugin.name);
    // A call that costs the plugin its place says more than that its connection is closed.
    if (plugin.state === "closed" && call.error !== undefined && !this.#ending)
      this.#fail(plugin, call.error.message, true);
    const request = (call.request ?? {}) as SeenRequest;
    const response = (call.response ?? {}) as { adjust?: ContainerAdjustment; reject?: boolean; reason?: string };
    this.steps.push({
      plugin: plugin.name,
      event,
      podId: request.pod?.id ?? "",
      containerId: request.container?.id ?? "",
      request,
      adjustment: event === "createContainer" ? response.adjust : undefined,
      updates: call.updates,
      evictions: call.evictions,
      verdict:
        event === "validateContainerAdjustment" && call.response !== undefined
          ? { rejected: response.reject ?? false, reason: response.reason ?? "" }
          : undefined,
      owners: call.owners,
      error: call.error,
      micros: call.micros,
    });
  }

  /** See `Observer`. */
  output(output: PluginOutput): void {
    this.#events.output(output);
  }

  /** See `Observer`. */
  pluginState(plugin: PluginInfo, state: PluginState): void {
    this.#plugins.set(plugin.id, plugin);
    if (state !== "closed" || this.#ending || plugin.reason === undefined) return;
    this.#fail(plugin, plugin.reason.message);
  }

  /** See `Observer`. */
  warning({ plugin, text, error }: AdaptationWarning): void {
    if (this.#ending) return;
    if (error === undefined) this.#events.warning(text);
    else if (plugin === undefined) this.#strangers.push(text);
    else this.#fail(plugin, text, true);
  }

  /** Why a plugin failed, in one line; undefined when it has not. */
  failureOf(id: number): string | undefined {
    return this.#failures.has(id) ? this.#failureLine(id) : undefined;
  }

  /** The first reason stands, unless a later one says more. */
  #fail(plugin: PluginInfo, text: string, better = false): void {
    const name = plugin.name === "" ? "" : `plugin "${plugin.name}": `;
    const line = name !== "" && text.includes(plugin.name) ? text : name + text;
    if (better || !this.#failures.has(plugin.id)) this.#failures.set(plugin.id, line);
  }
}

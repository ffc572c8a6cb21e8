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
interface SeenRequest {
  readonly pod?: PodSandbox | undefined;
  readonly container?: Container | undefined;
  readonly linuxResources?: LinuxResources | undefined;
}

/** One call of one plugin for one event. */
export interface Step {
  readonly plugin: string;
  readonly event: EventName;
  readonly podId: string;
  /** Empty for events of the pod. */
  readonly containerId: string;
  /** As this plugin saw it, with what plugins before it changed. */
  readonly request: SeenRequest;
  readonly adjustment: ContainerAdjustment | undefined;
  readonly updates: readonly ContainerUpdate[];
  readonly evictions: readonly ContainerEviction[];
  readonly verdict: { readonly rejected: boolean; readonly reason: string } | undefined;
  readonly owners: OwningPlugins | undefined;
  readonly error: Error | undefined;
  readonly micros: number;
}

/** Told as things happen. */
export interface RecorderEvents {
  output(output: PluginOutput): void;
  /** A warning that is no plugin's failure. */
  warning(text: string): void;
}

const STAY = "a plugin connects to the runtime and stays: does it call run()?";

/** Keeps everything that the result is made of. */
export class Recorder implements Observer {
  readonly steps: Step[] = [];
  readonly #plugins = new Map<number, PluginInfo>();
  readonly #failures = new Map<number, string>();
  readonly #strangers: string[] = [];
  readonly #events: RecorderEvents;
  readonly #asked = new Set<string>();
  #ending = false;

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
    const lines = [...this.#failures].map(([id, line]) => {
      const exit = this.#plugins.get(id)?.exit;
      if (line.endsWith("exited with code 0 before it registered")) return `${line}; ${STAY}`;
      const code = exit?.code ?? 0;
      return code === 0 || !line.includes("connection closed") ? line : `${line} (exited with code ${code})`;
    });
    return [...lines, ...this.#strangers];
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

  output(output: PluginOutput): void {
    this.#events.output(output);
  }

  pluginState(plugin: PluginInfo, state: PluginState): void {
    this.#plugins.set(plugin.id, plugin);
    if (state !== "closed" || this.#ending || plugin.reason === undefined) return;
    this.#fail(plugin, plugin.reason.message);
  }

  warning({ plugin, text, error }: AdaptationWarning): void {
    if (this.#ending) return;
    if (error === undefined) this.#events.warning(text);
    else if (plugin === undefined) this.#strangers.push(text);
    else this.#fail(plugin, text, true);
  }

  /** The first reason stands, unless a later one says more. */
  #fail(plugin: PluginInfo, text: string, better = false): void {
    const name = plugin.name === "" ? "" : `plugin "${plugin.name}": `;
    const line = name !== "" && text.includes(plugin.name) ? text : name + text;
    if (better || !this.#failures.has(plugin.id)) this.#failures.set(plugin.id, line);
  }
}

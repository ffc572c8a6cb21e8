// An adaptation on a socket in a folder of its own, for tests: with what it was told, and gone at the end.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Container, ContainerUpdate, Init, PodSandbox } from "@nri/protocol";
import { type Adaptation, createAdaptation } from "./adaptation.js";
import type { AdaptationWarning, ObservedCall, PluginInfo, PluginOutput } from "./observer.js";
import type { AdaptationOptions } from "./options.js";
import { connectRawPlugin, type RawPlugin, type RawPluginOptions } from "./raw-plugin.fixture.js";

/** A running adaptation and what was seen of it. */
export interface Lab extends AsyncDisposable {
  readonly adaptation: Adaptation;
  readonly socket: string;
  readonly dir: string;
  readonly calls: ObservedCall[];
  readonly states: { readonly plugin: PluginInfo; readonly state: string }[];
  readonly warnings: AdaptationWarning[];
  readonly output: PluginOutput[];
  readonly log: string[];
  /** Updates that plugins asked for while they were synchronised. */
  readonly syncUpdates: ContainerUpdate[];
  /** Connects a raw plugin and waits until it is active. */
  connect(options?: RawPluginOptions): Promise<RawPlugin>;
}

/** Options of a lab: those of the adaptation, and the runtime's state. */
export interface LabOptions extends Partial<AdaptationOptions> {
  readonly pods?: readonly Init<PodSandbox>[];
  readonly containers?: readonly Init<Container>[];
  /** Does not start the adaptation. */
  readonly idle?: boolean;
  /** Fills the folder before the start. */
  readonly prepare?: (dir: string) => Promise<Partial<AdaptationOptions> | undefined>;
}

export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const dir = await mkdtemp(join(tmpdir(), "nri-lab-"));
  const { pods = [], containers = [], idle = false, prepare, ...given } = options;
  const socket = join(dir, "nri.sock");
  const calls: ObservedCall[] = [];
  const states: { plugin: PluginInfo; state: string }[] = [];
  const warnings: AdaptationWarning[] = [];
  const output: PluginOutput[] = [];
  const log: string[] = [];
  const syncUpdates: ContainerUpdate[] = [];
  const note = (text: string): void => {
    log.push(text);
  };
  const adaptation = createAdaptation({
    warmUp: false,
    runtime: { name: "lab", version: "v1.2.3" },
    synchronize: async (sync) => {
      syncUpdates.push(...(await sync(pods, containers)));
    },
    updateContainers: async () => [],
    socketPath: socket,
    requestTimeoutMs: 5000,
    registrationTimeoutMs: 5000,
    observer: {
      call: (call) => calls.push(call),
      pluginState: (plugin, state) => states.push({ plugin, state }),
      warning: (warning) => warnings.push(warning),
      output: (line) => output.push(line),
    },
    log: { debug: note, info: note, warn: note, error: note },
    ...given,
    ...(await prepare?.(dir)),
  });
  const connected: RawPlugin[] = [];
  const lab: Lab = {
    adaptation,
    socket,
    dir,
    calls,
    states,
    warnings,
    output,
    log,
    syncUpdates,
    async connect(pluginOptions = {}) {
      const before = adaptation.plugins.length;
      const plugin = await connectRawPlugin(socket, pluginOptions);
      connected.push(plugin);
      await adaptation.waitForPlugins(before + 1, { timeoutMs: 5000 });
      return plugin;
    },
    async [Symbol.asyncDispose]() {
      await adaptation.stop();
      for (const plugin of connected) {
        plugin.close();
      }
      await rm(dir, { recursive: true, force: true });
    },
  };
  if (!idle) {
    try {
      await adaptation.start();
    } catch (error) {
      await rm(dir, { recursive: true, force: true });
      throw error;
    }
  }
  return lab;
}

/** Waits until `check` holds; for what happens on the other side of a socket. */
export async function eventually(check: () => boolean, what: string, timeoutMs = 5000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!check()) {
    if (Date.now() > end) {
      throw new Error(`not within ${timeoutMs} ms: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

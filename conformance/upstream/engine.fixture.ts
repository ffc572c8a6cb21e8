// A runtime without containers, on our adaptation, with plugins on our SDK: what the cases of the reference's own tests
// need. Everything goes over a socket in a folder of its own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Adaptation, type AdaptationOptions, createAdaptation } from "@nri/adaptation";
import { definePlugin, type PluginDefinition, type PluginSession, silentLogger } from "@nri/plugin";
import type { Container, ContainerUpdate, Init, PodSandbox } from "@nri/protocol";

/** The pods and containers that a runtime has when plugins join. */
export const PODS: readonly Init<PodSandbox>[] = [
  { id: "pod0", name: "pod0", uid: "uid0", namespace: "default" },
  { id: "pod1", name: "pod1", uid: "uid1", namespace: "default" },
];
/** See `PODS`. */
export const CONTAINERS: readonly Init<Container>[] = [
  { id: "ctr0", podSandboxId: "pod0", name: "ctr0" },
  { id: "ctr1", podSandboxId: "pod1", name: "ctr1" },
];
/** Subject of the requests. */
export const POD = { id: "pod0", name: "pod0", uid: "uid0", namespace: "default" } satisfies Init<PodSandbox>;
/** See `POD`. */
export const CONTAINER = {
  id: "ctr0",
  podSandboxId: "pod0",
  name: "ctr0",
  annotations: { key: "value" },
  labels: { app: "test" },
  args: ["echo", "original", "argument", "list"],
  env: ["ORIGINAL=value"],
  mounts: [{ destination: "/mnt/original", type: "bind", source: "/host/original", options: ["ro"] }],
} satisfies Init<Container>;

/** The two modes of an adaptation. */
export const MODES = ["default", "reference"] as const;

/** A running runtime. */
export interface Engine extends AsyncDisposable {
  readonly adaptation: Adaptation;
  readonly socketPath: string;
  readonly log: readonly string[];
  /** What plugins asked for of themselves. */
  readonly unsolicited: ContainerUpdate[][];
  /** What plugins asked for while they were synchronised. */
  readonly synchronized: ContainerUpdate[][];
  /** Starts a plugin and waits until it is active. */
  connect(definition: PluginDefinition): Promise<PluginSession>;
  /** Starts a plugin and waits until it is configured; it may be refused later. */
  start(definition: PluginDefinition): Promise<PluginSession>;
}

export interface EngineOptions extends Partial<AdaptationOptions> {
  /** Whether the adaptation is only made, not started. */
  readonly idle?: boolean;
}

/** Starts a runtime. */
export async function startEngine({ idle = false, ...options }: EngineOptions = {}): Promise<Engine> {
  const dir = mkdtempSync(join(tmpdir(), "nri-upstream-"));
  const socketPath = join(dir, "nri.sock");
  const log: string[] = [];
  const note = (text: string): void => {
    log.push(text);
  };
  const unsolicited: ContainerUpdate[][] = [];
  const synchronized: ContainerUpdate[][] = [];
  const adaptation = createAdaptation({
    runtime: { name: "mockRuntime", version: "v0.0.1" },
    socketPath,
    synchronize: async (sync) => {
      synchronized.push(await sync(PODS, CONTAINERS));
    },
    updateContainers: async (updates) => {
      unsolicited.push([...updates]);
      return [];
    },
    log: { debug: note, info: note, warn: note, error: note },
    ...options,
  });
  const sessions: PluginSession[] = [];
  const start = async (definition: PluginDefinition): Promise<PluginSession> => {
    const identity = { index: definition.index ?? "10", name: definition.name ?? "test" };
    const session = await definePlugin(definition).start({
      ...identity,
      socketPath,
      environment: {},
      log: silentLogger,
    });
    sessions.push(session);
    return session;
  };
  if (!idle) await adaptation.start();
  return {
    adaptation,
    socketPath,
    log,
    unsolicited,
    synchronized,
    start,
    connect: async (definition) => {
      const before = adaptation.plugins.length;
      const session = await start(definition);
      await adaptation.waitForPlugins(before + 1, { timeoutMs: PATIENCE_MS });
      return session;
    },
    [Symbol.asyncDispose]: async () => {
      for (const session of sessions) await session[Symbol.asyncDispose]();
      await adaptation[Symbol.asyncDispose]();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** What a plugin may take on a machine that is busy with other tests. */
const PATIENCE_MS = 20_000;

/** A test that must pass in both modes, with a runtime for each. */
export function testBoth(title: string, run: (engine: Engine) => Promise<void>, options: EngineOptions = {}): void {
  test(title, async (t) => {
    for (const compat of MODES) {
      await t.test(`compat ${compat}`, async () => {
        await using engine = await startEngine({ requestTimeoutMs: PATIENCE_MS, ...options, compat });
        await run(engine);
      });
    }
  });
}

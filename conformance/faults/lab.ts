// A runtime with two healthy plugins around a faulty one, over sockets of this process.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Adaptation, type AdaptationOptions, createAdaptation, type Policies } from "@nri/adaptation";
import { EVENTS, VALID_EVENTS } from "@nri/protocol";
import type { FaultyCall, Policy } from "./table.js";
import { WirePlugin } from "./wire-plugin.js";

/** How long the faulty plugin may take in a call that it does not answer in time. */
export const SHORT_MS = 60;
/** When a late answer comes. */
export const LATE_MS = 90;
/** How long it may take where a deadline is not what is tried: a busy machine must not look like a fault. */
const LONG_MS = 5000;
/** How often a plugin that failed is asked again, at most. */
export const RETRY_ATTEMPTS = 2;
/** The name that the faulty plugin registers with. */
export const FAULTY = { index: "50", name: "faulty" } as const;

/** The rules under which the faulty plugin fails. */
export function policies(policy: Policy, call: FaultyCall, timed: boolean): Policies {
  const plugin = `${FAULTY.index}-${FAULTY.name}`;
  const retry = { attempts: RETRY_ATTEMPTS, delayMs: 2, maxDelayMs: 5, then: "skip" } as const;
  // Of Configure, Synchronize and Shutdown only the deadline can be set; a policy for all calls leaves them as they are.
  const events = call.request === undefined ? undefined : [call.name];
  return {
    rules: [
      { plugin, events, failure: policy, error: policy, retry },
      { plugin, events: [call.name], timeoutMs: timed ? SHORT_MS : LONG_MS },
    ],
  };
}

/** A started runtime. */
export interface Lab extends AsyncDisposable {
  readonly adaptation: Adaptation;
  readonly socket: string;
  /** The last state of each plugin by name. */
  readonly states: Map<string, string>;
  /** Asked before and after the faulty plugin; both take everything but validation. */
  readonly healthy: readonly WirePlugin[];
}

/** Starts a runtime and its healthy plugins. */
export async function startLab(options: Partial<AdaptationOptions> = {}): Promise<Lab> {
  const dir = await mkdtemp(join(tmpdir(), "nri-faults-"));
  const socket = join(dir, "nri.sock");
  const states = new Map<string, string>();
  const adaptation = createAdaptation({
    runtime: { name: "faults", version: "v1.0.0" },
    synchronize: async (sync) => void (await sync([], [])),
    updateContainers: async () => [],
    socketPath: socket,
    observer: { pluginState: ({ name }, state) => void states.set(name, state) },
    ...options,
  });
  await adaptation.start();
  const healthy: WirePlugin[] = [];
  for (const [i, index] of ["10", "90"].entries()) {
    const plugin = await WirePlugin.connect(socket, { index, name: "healthy" });
    healthy.push(plugin);
    await plugin.register();
    await adaptation.waitForPlugins(i + 1, { timeoutMs: 10_000 });
  }
  return {
    adaptation,
    socket,
    states,
    healthy,
    async [Symbol.asyncDispose]() {
      await adaptation.stop();
      for (const plugin of healthy) plugin.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Events that the faulty plugin asks for: all, and validation only where that is what it fails in. */
export function eventsFor(call: FaultyCall): number {
  return call.name === "validateContainerAdjustment"
    ? EVENTS.validateContainerAdjustment.mask
    : VALID_EVENTS & ~EVENTS.validateContainerAdjustment.mask;
}

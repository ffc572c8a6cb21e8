// A daemon for the crash tests: a bridge with its leases, which kills itself at the step that it is told. Its parent talks to it:
//
//   { dieAt: n }   kill yourself at the n-th moment from now on (each step has two: before it and after it)
//   { count: true } -> { moments: [...] }   the moments since then
import {
  createBridge,
  createContainerdEngine,
  createDockerEngine,
  createPodmanEngine,
  type Engine,
  listenForLeases,
} from "@nri/runtime";
import { RuncEngine } from "./runc-engine.js";

/** What a daemon is told at its start, as JSON in its only argument. */
export interface DaemonSettings {
  readonly stateDir: string;
  readonly leaseSocket: string;
  readonly nriSocket: string;
  /** runc and its root, or the address of an engine; with the real runtime where an engine needs it. */
  readonly engine:
    | { readonly runc: string; readonly root: string }
    | { readonly containerd: string }
    | { readonly docker: string; readonly runtime: string }
    | { readonly podman: string; readonly exitDir: string; readonly runtime: string };
}

/** What the parent says. */
export type Order = { readonly dieAt: number } | { readonly count: true };

const settings = JSON.parse(process.argv[2] ?? "") as DaemonSettings;
const { engine, stateDir, leaseSocket, nriSocket } = settings;
let moments: string[] = [];
let dieAt: number | undefined;
const write = (text: string): void => console.error(text);
const log = { debug: () => undefined, info: write, warn: write, error: write };

function engineOf(which: DaemonSettings["engine"]): Engine {
  if ("runc" in which) return new RuncEngine(which.runc, which.root);
  if ("docker" in which) {
    const { docker: address, runtime } = which;
    return createDockerEngine({ address, containerdNamespace: "moby", runtime, log });
  }
  if ("podman" in which) {
    const { podman: address, exitDir, runtime } = which;
    return createPodmanEngine({ address, exitDir, runtime, log });
  }
  return createContainerdEngine({
    address: which.containerd,
    namespaces: ["*"],
    servesNri: "no",
    nriSocket: "",
    log,
  });
}

const bridge = createBridge({
  // A plugin on a busy machine is no lost plugin: without it containers would go unadjusted.
  adaptation: { runtime: { name: "crash", version: "1" }, socketPath: nriSocket, requestTimeoutMs: 30_000 },
  engines: [engineOf(engine)],
  stateDir,
  log,
  onStep: (step, when) => {
    if (moments.push(`${when} ${step}`) - 1 === dieAt) process.kill(process.pid, "SIGKILL");
  },
});
process.on("message", (order: Order) => {
  if ("dieAt" in order) {
    moments = [];
    dieAt = order.dieAt;
  } else process.send?.({ moments });
});
await bridge.start();
await using _leases = await listenForLeases({ socketPath: leaseSocket, handler: (lease) => bridge.handle(lease), log });
process.send?.({ ready: true });
await new Promise((resolve) => process.once("SIGTERM", resolve));
await bridge.stop();
process.disconnect?.();

// The common part behind its face: what the daemon is made of and what it does, whatever the engine.
import type { Adaptation, AdaptationOptions, Logger } from "@nri/adaptation";
import type { ApplyOptions } from "@nri/oci";
import type { Engine } from "../domain.js";
import type { Journal } from "../journal/journal.js";
import type { LeaseHandler } from "../lease.js";
import type { ContainerEntry, PodEntry } from "./listed-things.js";
import type { PodUpdate } from "./pods.js";
import type { OnStep } from "./steps.js";

/** What a bridge is made with. */
export interface BridgeOptions {
  /** The runtime side, but for the two callbacks, which are the bridge's own. */
  readonly adaptation: Omit<AdaptationOptions, "synchronize" | "updateContainers">;
  /** Engines with their domains; the first that claims a runtime call has it. */
  readonly engines: readonly Engine[];
  /** Folder in a tmpfs where records of pods and containers are kept, for the next start. Made with mode 0700. */
  readonly stateDir: string;
  /** How adjustments are put into specs; looked at anew for each. `compat` alone, that of the adaptation, when absent. */
  readonly apply?: ApplyOptions | undefined;
  /** Keeps what happens, for whoever looks; the latest in memory without it. */
  readonly journal?: Journal | undefined;
  /** Takes log lines; nothing is logged without it. */
  readonly log?: Logger | undefined;
  /** Told before and after each step of an operation; for tests that end the daemon there. */
  readonly onStep?: OnStep | undefined;
}

/** An engine, and whether it can be asked. */
export interface EngineState {
  /** Such as `containerd`. */
  readonly name: string;
  /** Why it cannot be asked now; absent while it can. */
  readonly away?: string | undefined;
}

/** NRI for engines that have none. */
export interface Bridge extends AsyncDisposable {
  /** The runtime side: plugins that are there, and plugins to be taken in. Its events are the bridge's to send. */
  readonly adaptation: Adaptation;
  /** Its engines as they are now. */
  readonly engines: readonly EngineState[];
  /** Pods that are known now. */
  readonly pods: readonly PodEntry[];
  /** Containers that are known now. */
  readonly containers: readonly ContainerEntry[];
  /** Calls and events that wait for their turn with one pod or container. */
  readonly waiting: number;
  /** Takes the calls of the OCI runtime. */
  readonly handle: LeaseHandler;
  /**
   * Loads the state, compares it with the engines, then starts the plugins, hands them what exists, and opens their socket. The
   * lease server is to be opened after this.
   */
  start(): Promise<void>;
  /**
   * For engines that update pods: UpdatePodSandbox, then `work`, then PostUpdatePodSandbox. Rejects when plugins refuse, with
   * nothing done, when `work` fails, and for a pod that does not run here.
   */
  updatePodSandbox(domain: string, id: string, update: PodUpdate, work: () => Promise<void>): Promise<void>;
  /** Ends plugins and engines. The records stay for the next start. Idempotent. */
  stop(): Promise<void>;
}

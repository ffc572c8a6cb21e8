// The common part behind its face: what the daemon is made of and what it does, whatever the engine.
import type { Adaptation, AdaptationOptions, Logger } from "@nri/adaptation";
import type { ApplyOptions } from "@nri/oci";
import type { Engine } from "../domain.js";
import type { LeaseHandler } from "../lease.js";

/** What a bridge is made with. */
export interface BridgeOptions {
  /** The runtime side, but for the two callbacks, which are the bridge's own. */
  readonly adaptation: Omit<AdaptationOptions, "synchronize" | "updateContainers">;
  /** Engines with their domains; the first that claims a runtime call has it. */
  readonly engines: readonly Engine[];
  /** Folder in a tmpfs where records of pods and containers are kept, for the next start. Made with mode 0700. */
  readonly stateDir: string;
  /** How adjustments are put into specs. */
  readonly apply?: ApplyOptions | undefined;
  readonly log?: Logger | undefined;
}

/** NRI for engines that have none. */
export interface Bridge extends AsyncDisposable {
  readonly adaptation: Adaptation;
  /** Takes the calls of the OCI runtime. */
  readonly handle: LeaseHandler;
  /**
   * Loads the state, compares it with the engines, then starts the plugins, hands them what exists, and opens their socket. The
   * lease server is to be opened after this.
   */
  start(): Promise<void>;
  /** Ends plugins and engines. The records stay for the next start. Idempotent. */
  stop(): Promise<void>;
}

// What the daemon is put together from. Tests give it other parts.
import type { Logger } from "@nri/adaptation";
import type { Bridge, BridgeOptions } from "../common/bridge.js";
import type { Settings } from "../config/settings.js";
import type { DockerProfile, DockerProfileGiven } from "../docker/moby-profile/profile.js";
import type { Engine } from "../domain.js";
import type { LeaseHandler } from "../lease.js";
import type { RuntimeCall } from "../runtime-call.js";

/** Makers of the parts. */
export interface Parts {
  /** The engines that the configuration asks for, not started. */
  readonly engines: (settings: Settings, log: Logger) => readonly Engine[];
  /** Docker's own NRI, not started, where the configuration asks for it: the engines are without Docker then. */
  readonly dockerProfile: (settings: Settings, given: DockerProfileGiven, log: Logger) => DockerProfile;
  /** Makes the bridge. */
  readonly createBridge: (options: BridgeOptions) => Bridge;
  /** Opens the socket of the wrapper. */
  readonly listenForLeases: (options: {
    readonly socketPath: string;
    readonly handler: LeaseHandler;
    readonly failed: (call: RuntimeCall, text: string) => void;
    readonly log: Logger;
  }) => Promise<{ readonly underWay: number; close(): Promise<void> }>;
}

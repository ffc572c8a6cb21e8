// Where the bridge is tried: real engines that call its wrapper, each with what it takes to run containers there.
import type { EventName } from "@nri/protocol";
import type { CaseStage } from "../containerd/cases.js";
import type { TestContainer } from "../containerd/pods.js";
import type { Availability } from "../requirements.js";
import type { TestBridge } from "./bridge.js";
import { containerdStage } from "./stages/containerd.js";
import { dockerStage } from "./stages/docker.js";
import { podmanStage } from "./stages/podman.js";

/** Where plugins and containers meet. */
export interface Stage extends CaseStage, AsyncDisposable {
  readonly name: string;
  /** As in the table of capabilities. */
  readonly domain: string;
  readonly bridge: TestBridge;
  /** The engine, such as `containerd 2.1.9`. */
  readonly engine: string;
  /** Where annotations that a user asks for are: Docker before 24 has labels only, which no spec has. */
  readonly annotationsIn: "spec" | "labels";
  /** How long one may be. */
  readonly maxAnnotation: number;
  /** Runs the container of the facts. */
  factContainer(name: string): Promise<TestContainer>;
  /** Takes a pod and a container with as much as the engine lets them have through their whole life. */
  rich(isTold: (event: EventName) => boolean): Promise<void>;
  readonly user: EngineUser;
}

/** What else a user of the engine does with a container. */
export interface EngineUser {
  /** Kills its first process. */
  kill(id: string): Promise<void>;
  /** Gives it other CPU shares. */
  update(id: string, shares: number): Promise<void>;
  pause(id: string): Promise<void>;
  resume(id: string): Promise<void>;
  /** Such as "paused" or "running", in the engine's word. */
  state(id: string): Promise<string>;
  /** Processes, by their numbers on the machine. */
  processes(id: string): Promise<readonly number[]>;
  /** Waits for a line that the container has printed, or prints. */
  printed(id: string, line: string): Promise<void>;
}

/** What is to be told apart. */
export interface StageKind {
  readonly name: string;
  /** Its pods are run as such, and may have a network of their own. */
  readonly pods: boolean;
  /** The newest of its engine, on which everything is tried. */
  readonly newest: boolean;
  /** Fetches what it needs. */
  files(): Promise<Availability<unknown>>;
  /** Starts the engine with the wrapper, and the bridge. */
  start(options?: StageOptions): Promise<Stage>;
}

/** How it is started. */
export interface StageOptions {
  /** Further lines of the bridge's configuration. */
  readonly config?: string;
}

/** The engines. */
export const STAGES: readonly StageKind[] = [
  containerdStage({ name: "ctr on containerd 2.1", line: "2.1", by: "ctr" }),
  containerdStage({ name: "CRI on containerd 1.6", line: "1.6", by: "cri" }),
  containerdStage({ name: "CRI on containerd 2.1 without its own NRI", line: "2.1", by: "cri" }),
  dockerStage({ name: "dockerd 28", line: "28" }),
  dockerStage({ name: "dockerd 20.10", line: "20.10" }),
  podmanStage({ name: "podman 5", line: "5" }),
  podmanStage({ name: "podman 4.3", line: "4.3" }),
];

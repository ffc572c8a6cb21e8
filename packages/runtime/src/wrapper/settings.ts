// What a wrapper is told when it is installed. Nothing of it comes from the environment.
import type { RuntimeVerb } from "../runtime-call.js";
import type { FlavourName } from "./flavour.js";

/** The engines that a wrapper is written for. */
export const ENGINES = ["containerd", "docker", "podman", "oci"] as const;

/** One of them. */
export type EngineName = (typeof ENGINES)[number];

/** What happens to a call while no daemon answers. */
export type WhenDown = "refuse" | "pass";

/** A wrapper's settings. */
export interface WrapperSettings {
  /** The engine that calls; `oci` for whoever does by hand. */
  readonly engine: EngineName;
  /** The real runtime, by absolute name. */
  readonly runtime: string;
  /** Which of the two it is. */
  readonly flavour: FlavourName;
  /** The daemon's lease socket. */
  readonly socketPath: string;
  /** How long a daemon that is not there is waited for, as it may be restarting. Seconds. */
  readonly waitSeconds: number;
  /** How long its answer is waited for. Seconds; a little more than the daemon takes at most. */
  readonly answerSeconds: number;
  /** What happens to each command while no daemon answers. */
  readonly whenDown: Readonly<Record<RuntimeVerb, WhenDown>>;
  /** containerd namespaces whose calls pass unasked. */
  readonly exemptNamespaces: readonly string[];
  /** Kubernetes namespaces whose pods pass unasked. */
  readonly exemptPodNamespaces: readonly string[];
}

/** What is refused while no daemon answers: everything that a plugin could have changed or refused. docs/bridge-failures.md says why. */
export const WHEN_DOWN: Readonly<Record<RuntimeVerb, WhenDown>> = {
  create: "refuse",
  run: "refuse",
  restore: "refuse",
  start: "refuse",
  update: "refuse",
};

/** Seconds that a daemon is waited for, unless told otherwise: it may be restarting. */
export const WAIT_SECONDS = 10;
/** Seconds that its answer is waited for: a little more than the daemon takes at most. */
export const ANSWER_SECONDS = 65;

/** Programs that the script calls, by absolute name. */
export interface Tools {
  readonly cat: string;
  readonly cp: string;
  readonly date: string;
  readonly grep: string;
  readonly head: string;
  readonly ln: string;
  readonly mkfifo: string;
  readonly mv: string;
  readonly rm: string;
  readonly sleep: string;
  readonly timeout: string;
  /** `setpriv` where it can send a signal when the parent ends; else empty. */
  readonly setpriv: string;
}

// What a plugin knows of the runtime it works for: what Configure says, completed.
import {
  type ConfigureRequest,
  DEFAULT_REGISTRATION_TIMEOUT_MS,
  DEFAULT_REQUEST_TIMEOUT_MS,
  inferNriVersion,
  isUnknownVersion,
} from "@nri/protocol";
import type { Logger } from "./log.js";

/** What the runtime has said about itself in Configure. */
export interface RuntimeInfo {
  /** Such as `containerd`. */
  readonly name: string;
  /** Version of the runtime. */
  readonly version: string;
  /** NRI version of the runtime, as told or inferred; `unknown` when neither. */
  readonly NRIVersion: string;
  /** How long the runtime waits for registrations. */
  readonly registrationTimeoutMs: number;
  /** How long the runtime waits for each answer. */
  readonly requestTimeoutMs: number;
}

/** What holds before Configure; spec: stub 1. */
export const UNKNOWN_RUNTIME: RuntimeInfo = {
  name: "",
  version: "",
  NRIVersion: "unknown",
  registrationTimeoutMs: DEFAULT_REGISTRATION_TIMEOUT_MS,
  requestTimeoutMs: DEFAULT_REQUEST_TIMEOUT_MS,
};

/** Distributions write versions in their own way: `2.1.9+unknown`, `1.7.24~ds1`. What they agree on is `1.7.24`. */
function releaseOf(version: string): string {
  const [, numbers] = /^v?(\d+\.\d+\.\d+)(?![-\d])/.exec(version) ?? [];
  return numbers === undefined ? version : `v${numbers}`;
}

/** Reads Configure for the plugin called `plugin`; an NRI version that is not told is inferred, or warned of. */
export function runtimeInfo(request: ConfigureRequest, plugin: string, log: Logger): RuntimeInfo {
  const { runtimeName: name, runtimeVersion: version } = request;
  const shown = request.NRIVersion || "unknown";
  log.info(`Configuring plugin ${plugin} for runtime ${name}/${version} (NRI version ${shown})...`);
  let NRIVersion = request.NRIVersion;
  if (isUnknownVersion(NRIVersion)) {
    const inferred = inferNriVersion(name, releaseOf(version));
    if ("problem" in inferred) log.warn(`failed to infer runtime NRI version: ${inferred.problem}`);
    else log.info(`inferred runtime NRI version: ${inferred.version}`);
    NRIVersion = "problem" in inferred ? shown : inferred.version;
  }
  return {
    name,
    version,
    NRIVersion,
    registrationTimeoutMs: Number(request.registrationTimeout) || DEFAULT_REGISTRATION_TIMEOUT_MS,
    requestTimeoutMs: Number(request.requestTimeout) || DEFAULT_REQUEST_TIMEOUT_MS,
  };
}

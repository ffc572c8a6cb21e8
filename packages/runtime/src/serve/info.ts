// What `nri info` tells: of a daemon that runs, or of what a configuration would make one.
import { NRI_VERSION } from "@nri/protocol";
import { CAPABILITIES, capabilitiesOf, type DomainCapabilities } from "../capabilities.js";
import type { EngineState } from "../common/bridge.js";
import type { Settings } from "../config/settings.js";
import type { NriInfo } from "../docker/moby/index.js";
import type { Domain } from "../domain.js";
import { hasDockerProfile } from "./docker-nri-opts.js";

/** Where things are. */
export interface InfoPaths {
  /** The configuration file; absent when there is none. */
  readonly config?: string | undefined;
  /** Where plugins connect; absent when nobody can. */
  readonly socket?: string | undefined;
  /** Plugins that are started. */
  readonly pluginDir: string;
  /** Their configuration. */
  readonly pluginConfigDir: string;
  /** Where the wrapper asks. */
  readonly leaseSocket: string;
  /** Where this was asked, or would be. */
  readonly controlSocket: string;
  /** Records for the next start. */
  readonly stateDir: string;
}

/** One domain. */
export interface InfoDomain {
  /** Such as `containerd:default`. */
  readonly name: string;
  /** The engine serves NRI for it itself: its calls pass. Absent when that is not known without a daemon. */
  readonly servesNri?: boolean | undefined;
  /** `moby` for a domain whose plugins get what Docker's own NRI gives them, and nothing else. */
  readonly profile?: "moby" | undefined;
  /** What `docker info` says there of NRI: pairs of label and value. Absent while that is off. */
  readonly nri?: NriInfo | undefined;
  /** What plugins see of it, and why not the rest. Absent for a kind of domain that is not known. */
  readonly capabilities?: Omit<DomainCapabilities, "domain"> | undefined;
}

/** The document. */
export interface Info {
  /** Ours. */
  readonly version: string;
  /** The version of NRI that plugins are told. */
  readonly nriVersion: string;
  /** Whether a daemon told this. */
  readonly running: boolean;
  /** Its process. */
  readonly pid?: number | undefined;
  /** When it was ready, as ISO 8601. */
  readonly since?: string | undefined;
  /** Switched off: nothing is adjusted. */
  readonly disabled: boolean;
  /** Whether it does what the Go reference does. */
  readonly compat: Settings["compat"];
  /** Where things are. */
  readonly paths: InfoPaths;
  /** Engines of a daemon, and whether they can be asked; absent without a daemon. */
  readonly engines?: readonly EngineState[] | undefined;
  /** Domains of a daemon; kinds of domains of a configuration. */
  readonly domains: readonly InfoDomain[];
}

/** What both kinds have in common. */
export function infoOf(
  settings: Settings,
  version: string,
  config: string | undefined,
): Omit<Info, "running" | "domains"> {
  const socket = settings.disable || settings.disableConnections ? undefined : settings.socketPath;
  return {
    version,
    nriVersion: NRI_VERSION,
    disabled: settings.disable,
    compat: settings.compat,
    paths: {
      config,
      socket,
      pluginDir: settings.pluginPath,
      pluginConfigDir: settings.pluginConfigPath,
      leaseSocket: settings.leaseSocket,
      controlSocket: settings.controlSocket,
      stateDir: settings.stateDir,
    },
  };
}

/** Domains that an engine has. */
export function domainInfo(domains: readonly Domain[]): InfoDomain[] {
  return domains.map(({ name, servesNri }) => ({ name, servesNri, capabilities: known(capabilitiesOf(name)) }));
}

/** The domain that has Docker's own NRI. */
export function dockerProfileInfo(nri: NriInfo | undefined): InfoDomain {
  return { name: "docker", servesNri: false, profile: "moby", nri };
}

/** What a configuration would make a daemon, with kinds of domains such as `containerd:*`. `config` is the file's name. */
export function configuredInfo(settings: Settings, version: string, config: string | undefined): Info {
  const enabled = [
    settings.containerdEnable && "containerd",
    settings.dockerEnable && "docker",
    settings.podmanEnable && "podman",
    settings.embeddedEnable && "embedded",
  ];
  const kinds = CAPABILITIES.filter(({ domain }) => enabled.includes(domain.split(":")[0] ?? ""));
  const domains = kinds.map((one) =>
    one.domain === "docker" && hasDockerProfile(settings)
      ? dockerProfileInfo(undefined)
      : { name: one.domain, capabilities: known(one) },
  );
  return { ...infoOf(settings, version, config), running: false, domains };
}

function known(capabilities: DomainCapabilities | undefined): InfoDomain["capabilities"] {
  if (capabilities === undefined) return undefined;
  const { domain: _, ...rest } = capabilities;
  return rest;
}

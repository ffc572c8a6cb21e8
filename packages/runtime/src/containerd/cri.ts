// What containerd's CRI keeps with its containers, as JSON in the record's extensions (spec: containerd 5.2, 5.3).
import { isJsonObject, parseAnyJson } from "@nri/oci";
import {
  type CDIDevice,
  type Init,
  LinuxResources,
  type SecurityProfile,
  SecurityProfile_ProfileType,
  type WireMap,
} from "@nri/protocol";
import { at, integer, type Json, list, strings, text } from "../json.js";
import type { ContainerRecord } from "./api-types.js";

/** The label that tells CRI's sandboxes and containers from each other, and from what others make in its namespace. */
export const KIND_LABEL = "io.cri-containerd.kind";

const SANDBOX_EXTENSION = "io.cri-containerd.sandbox.metadata";
const CONTAINER_EXTENSION = "io.cri-containerd.container.metadata";
/** `NamespaceMode` of CRI: the host's. */
const NODE = 2n;

/** What CRI keeps of a sandbox. */
export interface SandboxMetadata {
  readonly name: string;
  readonly uid: string;
  readonly namespace: string;
  readonly labels: WireMap<string>;
  readonly annotations: WireMap<string>;
  readonly runtimeHandler: string;
  /** Empty in the host's network. */
  readonly ips: readonly string[];
  readonly cgroupParent: string;
  readonly overhead: LinuxResources | undefined;
  readonly resources: LinuxResources | undefined;
}

/** What CRI keeps of a container. */
export interface ContainerMetadata {
  readonly name: string;
  readonly sandboxId: string;
  readonly labels: WireMap<string>;
  readonly annotations: WireMap<string>;
  /** Digest of its image's configuration. */
  readonly imageRef: string;
  readonly cdiDevices: readonly Init<CDIDevice>[];
  readonly seccompProfile: Init<SecurityProfile> | undefined;
}

/** Of a sandbox's record. Undefined when there is none. Throws OciError for what is not JSON. */
export function sandboxMetadata(record: ContainerRecord): SandboxMetadata | undefined {
  const metadata = extension(record, SANDBOX_EXTENSION);
  if (metadata === undefined) return undefined;
  const config = at(metadata, "Config");
  const identity = at(config, "metadata");
  const linux = at(config, "linux");
  return {
    name: text(at(identity, "name")),
    uid: text(at(identity, "uid")),
    namespace: text(at(identity, "namespace")),
    labels: strings(at(config, "labels")),
    annotations: strings(at(config, "annotations")),
    runtimeHandler: text(at(metadata, "RuntimeHandler")),
    ips: addresses(metadata, linux),
    cgroupParent: text(at(linux, "cgroup_parent")),
    overhead: criResources(at(linux, "overhead")),
    resources: criResources(at(linux, "resources")),
  };
}

/** Of a container's record. Undefined when there is none. Throws OciError for what is not JSON. */
export function containerMetadata(record: ContainerRecord): ContainerMetadata | undefined {
  const metadata = extension(record, CONTAINER_EXTENSION);
  if (metadata === undefined) return undefined;
  const config = at(metadata, "Config");
  return {
    name: text(at(config, "metadata", "name")),
    sandboxId: text(at(metadata, "SandboxID")),
    labels: strings(at(config, "labels")),
    annotations: strings(at(config, "annotations")),
    imageRef: text(at(metadata, "ImageRef")),
    cdiDevices: list(at(config, "CDI_devices")).map((device) => ({ name: text(at(device, "name")) })),
    seccompProfile: seccompProfile(at(config, "linux", "security_context")),
  };
}

/** CRI's `LinuxContainerResources` as NRI has them: the four numbers are always set, also when 0 (spec: containerd 5.6). */
export function criResources(resources: Json): LinuxResources | undefined {
  if (!isJsonObject(resources)) return undefined;
  const number = (key: string) => ({ value: integer(at(resources, key)) });
  return LinuxResources.create({
    cpu: {
      shares: number("cpu_shares"),
      quota: number("cpu_quota"),
      period: number("cpu_period"),
      cpus: text(at(resources, "cpuset_cpus")),
      mems: text(at(resources, "cpuset_mems")),
    },
    memory: { limit: number("memory_limit_in_bytes") },
    hugepageLimits: list(at(resources, "hugepage_limits")).map((limit) => ({
      pageSize: text(at(limit, "page_size")),
      limit: integer(at(limit, "limit")),
    })),
    unified: strings(at(resources, "unified")),
  });
}

// Versions of the form: "v1" since CRI became part of containerd.
function extension(record: ContainerRecord, key: string): Json {
  const any = record.extensions.find((entry) => entry.key === key)?.value;
  if (any === undefined || any === null) return undefined;
  const metadata = at(parseAnyJson(any.value, { name: key }), "Metadata");
  return isJsonObject(metadata) ? metadata : undefined;
}

function addresses(metadata: Json, linux: Json): string[] {
  if (integer(at(linux, "security_context", "namespace_options", "network")) === NODE) return [];
  return [at(metadata, "IP"), ...list(at(metadata, "AdditionalIPs"))].map(text).filter((ip) => ip !== "");
}

// `profile_type` has the values of NRI's enum, and is left out when 0. Older kubelets send a path instead.
function seccompProfile(context: Json): Init<SecurityProfile> | undefined {
  const profile = at(context, "seccomp");
  if (isJsonObject(profile)) {
    return {
      profileType: Number(integer(at(profile, "profile_type"))),
      localhostRef: text(at(profile, "localhost_ref")),
    };
  }
  const path = text(at(context, "seccomp_profile_path"));
  switch (path) {
    case "":
      return undefined;
    case "runtime/default":
    case "docker/default":
      return { profileType: SecurityProfile_ProfileType.RUNTIME_DEFAULT };
    case "unconfined":
      return { profileType: SecurityProfile_ProfileType.UNCONFINED };
    default:
      return {
        profileType: SecurityProfile_ProfileType.LOCALHOST,
        localhostRef: path.replace(/^localhost\//, ""),
      };
  }
}

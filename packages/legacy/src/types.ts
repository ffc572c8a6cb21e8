// What goes over stdin and stdout of a v0.1.0 plugin: request and result. Spec: v010 3, 4.
import type { JsonValue, LinuxResources } from "@nri/oci";
import type { WireMap } from "@nri/protocol";

/**
 * Why plugins are called. The reference's code has these five; the `setup` of its README is sent by nobody, and
 * `runPlugin` takes it for `create`.
 */
export const STATES = ["create", "delete", "update", "pause", "resume"] as const;

/** One of the five states. */
export type State = (typeof STATES)[number];

/** The part of an OCI spec that plugins are told. */
export interface RequestSpec {
  /** `linux.resources`; null when the spec has none. */
  readonly resources: LinuxResources | null;
  /** Paths by type of namespace, such as `network`; "" for a namespace that is made anew. */
  readonly namespaces: WireMap<string>;
  /** `linux.cgroupsPath`, "" when there is none. */
  readonly cgroupsPath: string;
  /** Annotations of the spec. */
  readonly annotations: WireMap<string>;
}

/** What a plugin is asked. */
export interface LegacyRequest {
  /** The plugin's own configuration, as it is in the configuration file; undefined when there is none. */
  readonly conf: JsonValue | undefined;
  /** `version` of the configuration file. */
  readonly version: string;
  /** One of `STATES`, unless a runtime that we do not know sends another one. */
  readonly state: string;
  /** Id of the container, or of the pod. */
  readonly id: string;
  /** Id of the pod, "" for a container without one; equal to `id` when the request is about the pod itself. */
  readonly sandboxID: string;
  /** Process id; 0 when there is none. */
  readonly pid: number;
  /** What the OCI spec says. */
  readonly spec: RequestSpec;
  /** Labels of the pod. */
  readonly labels: WireMap<string>;
  /** Results of the plugins before this one. */
  readonly results: readonly LegacyResult[];
}

/** What a plugin answers. */
export interface LegacyResult {
  /** The plugin's name for itself. */
  readonly plugin: string;
  /** Version of NRI, that of the request. */
  readonly version: string;
  /** Why it failed; "" when it has not. */
  readonly error: string;
  /** Anything that later plugins, or the caller, may want to know. */
  readonly metadata: WireMap<string>;
}

/** Whether a request is about a pod and not about one of its containers. */
export function isSandbox(request: Pick<LegacyRequest, "id" | "sandboxID">): boolean {
  return request.id === request.sandboxID;
}

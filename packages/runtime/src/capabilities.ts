// What plugins see of an engine behind the bridge: every event and every field of pods and containers, per kind of domain,
// or why not. Docs, `nri info` and the tests on real engines read this table; none of them has a list of its own.
import type { Container, EventName, PathOf, PodSandbox } from "@nri/protocol";

/** A field that plugins get. */
export interface Filled {
  /** Where it comes from. */
  readonly from: string;
  /** The first event that has it; without it: every one. */
  readonly since?: EventName;
  /** The first event that has it no more. */
  readonly until?: EventName;
  /** Filled only for containers, or pods, of which this is said; the tests make one of that kind. */
  readonly when?: string;
  /** Why the tests do not see it filled, where they do not. */
  readonly untested?: string;
}

/** An event or a field that plugins do not get. */
export interface Missing {
  /** Why. */
  readonly reason: string;
}

/** A field is filled, from somewhere, or it has a reason. */
export type FieldCapability = Filled | Missing;

/** An event is seen, at some moment, or it has a reason. */
export type EventCapability = { /** Which moment. */ readonly at: string } | Missing;

/** What is known of each field of a message: by path, the longest that fits a field says it. */
export type FieldCapabilities<T> = { readonly [Path in PathOf<T>]?: FieldCapability };

/** What one kind of domain offers plugins. */
export interface DomainCapabilities {
  /** Name of the domain; with `*` at its end, the domains whose name begins so and which have no entry of their own. */
  readonly domain: string;
  /** What it stands for, for people. */
  readonly about: string;
  /** When plugins are asked, or why never. */
  readonly events: Readonly<Record<EventName, EventCapability>>;
  /** What they get of a pod. */
  readonly pod: FieldCapabilities<PodSandbox>;
  /** What they get of a container. */
  readonly container: FieldCapabilities<Container>;
}

const NO_POD_UPDATE = "no OCI runtime is called when the resources of a pod change";
const MADE_UP = "the pod is made up for its container";

const CONTAINER_EVENTS = {
  createContainer: { at: "`create` of the container, before the real runtime" },
  validateContainerAdjustment: { at: "after CreateContainer" },
  postCreateContainer: { at: "`create` of the container, after the real runtime" },
  startContainer: { at: "`start` of the container, before the real runtime" },
  postStartContainer: { at: "`start` of the container, after the real runtime" },
  updateContainer: { at: "`update` of the container, before the real runtime" },
  postUpdateContainer: { at: "`update` of the container, after the real runtime" },
} satisfies Partial<Record<EventName, EventCapability>>;

const MADE_UP_POD_EVENTS = {
  runPodSandbox: { at: "before CreateContainer" },
  updatePodSandbox: { reason: MADE_UP },
  postUpdatePodSandbox: { reason: MADE_UP },
  stopPodSandbox: { at: "after RemoveContainer" },
  removePodSandbox: { at: "after StopPodSandbox" },
} satisfies Partial<Record<EventName, EventCapability>>;

const CONTAINERD_EVENTS = {
  ...CONTAINER_EVENTS,
  stopContainer: { at: "containerd's event of the task's exit" },
  removeContainer: { at: "containerd's event of the container's deletion" },
} satisfies Partial<Record<EventName, EventCapability>>;

const SPEC = "the OCI spec";

// Of every container that an OCI runtime is called for.
const CONTAINER = {
  id: { from: "the runtime's command line" },
  podSandboxId: { from: "the pod" },
  state: { from: "the bridge's record", since: "postCreateContainer" },
  annotations: { from: SPEC },
  args: { from: SPEC },
  env: { from: SPEC },
  mounts: { from: SPEC },
  hooks: { from: SPEC, when: "with hooks" },
  rlimits: { from: SPEC, when: "with limits" },
  user: { from: SPEC, when: "whose user is not root" },
  pid: { from: "the runtime's pid file", since: "postCreateContainer" },
  createdAt: { from: "the bridge's clock", since: "postCreateContainer" },
  startedAt: { from: "the bridge's clock", since: "postStartContainer" },
  statusReason: { reason: "an OCI runtime knows none, and the reference sends none" },
  statusMessage: { reason: "an OCI runtime knows none, and the reference sends none" },
  CDIDevices: {
    reason: "the engine has put them into the spec already, where they are mounts, devices, env and hooks",
  },
  linux: { from: SPEC, when: "whose spec has it" },
  "linux.namespaces": { from: SPEC },
  "linux.cgroupsPath": { from: SPEC },
  "linux.seccompProfile": { reason: "the OCI spec has the filter, not the name of the profile" },
  "linux.resources.blockioClass": { reason: "the OCI spec has the values, not the class" },
  "linux.resources.rdtClass": { reason: "the OCI spec has the values, not the class: see linux.rdt" },
  "linux.rdt.remove": { reason: "adjustments alone have it" },
} satisfies FieldCapabilities<Container>;

// Of pods that are no pods.
const MADE_UP_POD = {
  id: { from: "the container" },
  name: { from: "the container" },
  uid: { from: "the container's id" },
  namespace: { from: "the domain" },
  labels: { reason: MADE_UP },
  annotations: { from: "the container", when: "with annotations" },
  runtimeHandler: { reason: MADE_UP },
  linux: { reason: MADE_UP },
  pid: { from: "the container", since: "postCreateContainer", until: "stopPodSandbox" },
  ips: { reason: MADE_UP },
} satisfies FieldCapabilities<PodSandbox>;

const CONTAINERD_CONTAINER = {
  ...CONTAINER,
  finishedAt: { from: "containerd's exit event", since: "stopContainer" },
  exitCode: { from: "containerd's exit event", since: "stopContainer", when: "that failed" },
  labels: { from: "containerd's container", when: "with labels" },
  image: { from: "containerd's container and image" },
} satisfies FieldCapabilities<Container>;

const CRI_SANDBOX = "CRI's record of the sandbox";
const CRI_CONTAINER = "CRI's record of the container";

// CRI has limits of its own for pods, fewer than NRI.
function criResources(field: "linux.podOverhead" | "linux.podResources", when: string): FieldCapabilities<PodSandbox> {
  const cpu = ["shares", "quota", "period", "cpus", "mems"].map((name) => `cpu.${name}`);
  const filled = ["memory.limit", ...cpu, "hugepageLimits", "unified"];
  return {
    [field]: { reason: "CRI knows none" },
    ...Object.fromEntries(filled.map((name) => [`${field}.${name}`, { from: CRI_SANDBOX, when }])),
  };
}

// An OCI runtime knows nothing of this; CRI-O, containerd and nerdctl write it into specs.
const WRITTEN = {
  from: "annotations of an engine",
  when: "with such annotations",
  untested: "engines that write them have domains of their own",
} satisfies Filled;

/** The table: one entry for each kind of domain. */
export const CAPABILITIES: readonly DomainCapabilities[] = [
  {
    domain: "containerd:k8s.io",
    about: "containerd's CRI: Kubernetes, crictl",
    events: {
      ...CONTAINERD_EVENTS,
      runPodSandbox: { at: "`start` of the pod's sandbox, before the real runtime" },
      updatePodSandbox: { reason: NO_POD_UPDATE },
      postUpdatePodSandbox: { reason: NO_POD_UPDATE },
      stopPodSandbox: { at: "containerd's event of the sandbox's exit" },
      removePodSandbox: { at: "containerd's event of the sandbox's deletion" },
    },
    pod: {
      id: { from: "the runtime's command line" },
      name: { from: CRI_SANDBOX },
      uid: { from: CRI_SANDBOX },
      namespace: { from: CRI_SANDBOX },
      labels: { from: `${CRI_SANDBOX}, and that of containerd`, when: "with labels" },
      annotations: { from: `${CRI_SANDBOX}, and ${SPEC} of the sandbox` },
      runtimeHandler: { from: CRI_SANDBOX, when: "of a runtime class" },
      pid: { from: "the runtime's pid file", until: "stopPodSandbox" },
      ips: { from: CRI_SANDBOX, when: "with a network of its own" },
      linux: { from: `${SPEC} of the sandbox`, when: "whose spec has it" },
      ...criResources("linux.podOverhead", "with an overhead"),
      ...criResources("linux.podResources", "with resources"),
      "linux.cgroupParent": { from: CRI_SANDBOX, when: "with a cgroup parent" },
      "linux.cgroupsPath": { from: `${SPEC} of the sandbox` },
      "linux.namespaces": { from: `${SPEC} of the sandbox` },
      "linux.resources.blockioClass": { reason: "the OCI spec has the values, not the class" },
      "linux.resources.rdtClass": { reason: "the OCI spec has the values, not the class" },
    },
    container: {
      ...CONTAINERD_CONTAINER,
      name: { from: CRI_CONTAINER },
      annotations: { from: `${SPEC}, and ${CRI_CONTAINER}` },
      CDIDevices: { from: CRI_CONTAINER, when: "with CDI devices", untested: "they need files of the machine" },
      rlimits: { from: SPEC, since: "postCreateContainer", when: "with limits that plugins asked for" },
      "linux.seccompProfile": { from: CRI_CONTAINER, when: "with a seccomp profile" },
      "linux.seccompProfile.localhostRef": {
        from: CRI_CONTAINER,
        when: "with a profile of the node",
        untested: "it takes a profile in kubelet's folder",
      },
    },
  },
  {
    domain: "containerd:*",
    about: "containerd's other namespaces: ctr, nerdctl and other clients",
    events: { ...CONTAINERD_EVENTS, ...MADE_UP_POD_EVENTS },
    pod: {
      ...MADE_UP_POD,
      uid: { reason: MADE_UP },
      labels: { from: "the container", when: "with labels" },
    },
    container: {
      ...CONTAINERD_CONTAINER,
      name: { from: "nerdctl's label, else the container's id" },
      "image.configDigest": { reason: "containerd keeps it for CRI alone" },
    },
  },
  {
    domain: "docker",
    about: "Docker",
    events: {
      ...CONTAINER_EVENTS,
      ...MADE_UP_POD_EVENTS,
      stopContainer: { at: "dockerd's event `die`" },
      removeContainer: { at: "dockerd's event `destroy`, or before the next `create` of the same container" },
    },
    pod: {
      ...MADE_UP_POD,
      uid: { reason: MADE_UP },
      namespace: { reason: "Docker has none" },
      labels: { from: "the container", when: "with labels" },
      annotations: { from: "the container: its labels, and its annotations", when: "with labels or annotations" },
    },
    container: {
      ...CONTAINER,
      name: { from: "dockerd's list, without the slash" },
      labels: { from: "dockerd's list", when: "with labels" },
      annotations: {
        from: `${SPEC} (\`--annotation\`, Docker 24 and later), and labels`,
        when: "with labels or annotations",
      },
      image: { from: "dockerd's list" },
      "image.digest": {
        from: "dockerd's image",
        when: "from a registry",
        untested: "images of the tests are loaded from a file",
      },
      createdAt: { from: "dockerd's list: when it was made, not when it was started", since: "postCreateContainer" },
      finishedAt: { from: "dockerd's event `die`", since: "stopContainer" },
      exitCode: { from: "dockerd's event `die`", since: "stopContainer", when: "that failed" },
    },
  },
  {
    domain: "podman",
    about: "podman, as root: pods with an infra container, and containers with a pod made up for each",
    events: {
      ...CONTAINER_EVENTS,
      runPodSandbox: { at: "`start` of the infra container, before the real runtime; else before CreateContainer" },
      updatePodSandbox: { reason: NO_POD_UPDATE },
      postUpdatePodSandbox: { reason: NO_POD_UPDATE },
      stopContainer: { at: "conmon's exit file" },
      removeContainer: { at: "when its folder in podman's storage is gone, or before its next `create`" },
      stopPodSandbox: {
        at: "conmon's exit file of the infra container, when its containers have ended; else after RemoveContainer",
      },
      removePodSandbox: { at: "when the infra container's folder is gone, or before its next `create`" },
    },
    pod: {
      id: { from: "the infra container; else the container" },
      name: { from: "podman's events, else the host name of the infra container; else the container" },
      uid: { from: "podman's events, else the infra container's cgroup", when: "with an infra container" },
      namespace: { reason: "podman has none" },
      labels: { from: "podman's events", when: "with labels" },
      annotations: { from: `labels, and ${SPEC} of the infra container; else the container` },
      runtimeHandler: { reason: "podman has none" },
      pid: { from: "the runtime's pid file", until: "stopPodSandbox" },
      ips: { reason: "podman tells nobody while it starts the pod" },
      linux: { from: `${SPEC} of the infra container`, when: "with an infra container" },
      "linux.podOverhead": { reason: "podman has none" },
      "linux.podResources": { reason: "podman has none beside those of the cgroup" },
      "linux.resources.blockioClass": { reason: "the OCI spec has the values, not the class" },
      "linux.resources.rdtClass": { reason: "the OCI spec has the values, not the class" },
    },
    container: {
      ...CONTAINER,
      name: { from: "conmon's command line" },
      labels: { from: "podman's events", when: "with labels" },
      image: { from: "podman's storage" },
      finishedAt: { from: "conmon's exit file", since: "stopContainer" },
      exitCode: { from: "conmon's exit file", since: "stopContainer", when: "that failed" },
    },
  },
  {
    domain: "embedded",
    about: "runc or crun called by hand",
    events: {
      ...CONTAINER_EVENTS,
      ...MADE_UP_POD_EVENTS,
      stopContainer: { at: "the end of the first process" },
      removeContainer: { at: "when the runtime does not know the container any more" },
    },
    pod: { ...MADE_UP_POD, uid: WRITTEN, namespace: WRITTEN },
    container: {
      ...CONTAINER,
      name: { from: "annotations of an engine, else the container's id" },
      finishedAt: { from: "the bridge's clock", since: "stopContainer" },
      exitCode: {
        reason:
          "only the parent of the process learns it: it is told as 0, or as 255 when the container is gone at once",
      },
      labels: { reason: "an OCI runtime knows none" },
      image: { reason: "an OCI runtime knows none" },
      "image.name": WRITTEN,
    },
  },
];

/** The entry for a domain; undefined for one of no kind that is known. */
export function capabilitiesOf(domain: string): DomainCapabilities | undefined {
  return (
    CAPABILITIES.find((one) => one.domain === domain) ??
    CAPABILITIES.find((one) => one.domain.endsWith("*") && domain.startsWith(one.domain.slice(0, -1)))
  );
}

/** What is said of a field: the entry with the longest path that it lies at or below. */
export function capabilityOf<T>(fields: FieldCapabilities<T>, path: string): FieldCapability | undefined {
  const said: Readonly<Record<string, FieldCapability | undefined>> = fields;
  for (let at = path; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf(".")))) {
    if (Object.hasOwn(said, at)) return said[at];
  }
  return undefined;
}

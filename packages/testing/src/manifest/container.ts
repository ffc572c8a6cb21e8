// One container of a manifest to its OCI spec, as kubelet would ask for it and containerd write it.

import type { LinuxDeviceCgroup, LinuxNamespace, Spec } from "@nri/oci";
import { SecurityProfile_ProfileType, setOwn } from "@nri/protocol";
import { stableId } from "../identity.js";
import type { Located } from "../input/located.js";
import type { ContainerRole } from "../plan.js";
import { containerArguments, containerEnvironment, expand } from "./env.js";
import { type ImageReference, type KnownImages, resolveImage } from "./image.js";
import { cgroupsPath, type PodContext } from "./pod-context.js";
import { kernelResources, oomScoreAdj, type QosClass, type Quantities } from "./resources.js";
import { MASKED_PATHS, READ_ONLY_PATHS, readSecurity, type Security } from "./security.js";
import {
  defaultMounts,
  kubeletMounts,
  type PlannedMount,
  parentsFirst,
  sandboxMounts,
  volumeDeviceNotes,
  volumeMounts,
} from "./volumes.js";

/** A container as found in a pod's spec. */
export interface FoundContainer {
  readonly role: ContainerRole;
  readonly name: string;
  readonly place: Located;
  readonly quantities: Quantities;
}

/** What a manifest says about a container, beside its spec. */
export interface BuiltContainer {
  readonly id: string;
  readonly spec: Spec;
  readonly image: ImageReference;
  readonly seccomp: Security["seccomp"];
  readonly labels: { [key: string]: string };
  /** What kubelet adds to the annotations of the spec. */
  readonly annotations: { [key: string]: string };
  readonly notes: readonly string[];
}

/** The OCI spec and metadata of one container. */
export function buildContainer(
  context: PodContext,
  found: FoundContainer,
  qos: QosClass,
  parent: string,
  images: KnownImages,
): BuiltContainer {
  const { place, name, quantities } = found;
  const id = stableId("container", context.id, name);
  const written = place.get("image").string();
  const image = resolveImage(written);
  const config = images(image.name);
  const security = readSecurity(context.spec, place, config);
  const environment = containerEnvironment(place, context.hostname, config);
  const command = containerArguments(place, image.name, environment.values, config);
  const mounts = containerMounts(context, found, security, (text) => expand(text, environment.values));
  const spec: Spec = {
    ociVersion: "1.2.1",
    process: {
      ...(place.get("tty").optionalBoolean() === true ? { terminal: true } : {}),
      user: { uid: security.uid, gid: security.gid, additionalGids: [...security.additionalGids] },
      args: [...command.args],
      env: [...environment.env],
      cwd: place.get("workingDir").optionalString() || config?.workingDir || "/",
      capabilities: {
        bounding: [...security.capabilities],
        effective: [...security.capabilities],
        permitted: [...security.capabilities],
      },
      ...(security.noNewPrivileges ? { noNewPrivileges: true } : {}),
      ...(security.apparmor === undefined ? {} : { apparmorProfile: security.apparmor }),
      ...(security.selinux === undefined ? {} : { selinuxLabel: security.selinux }),
      oomScoreAdj: BigInt(oomScoreAdj(qos, quantities, context.nodeCritical)),
    },
    root: { path: "rootfs", ...(security.readOnlyRoot ? { readonly: true } : {}) },
    mounts: mounts.mounts,
    annotations: specAnnotations(context, name, written),
    linux: {
      resources: specResources(quantities, security),
      cgroupsPath: cgroupsPath(parent, id),
      namespaces: containerNamespaces(context, found, security),
      ...rootPropagation(mounts.mounts),
      ...(security.privileged || security.unmaskedProc
        ? {}
        : { maskedPaths: [...MASKED_PATHS], readonlyPaths: [...READ_ONLY_PATHS] }),
      ...(security.selinux === undefined ? {} : { mountLabel: security.selinux }),
    },
  };
  const hugepages = quantities.hugepages.map(
    (resource) => `${resource}: limits the pod's cgroup; containerd's default puts no limit into the container's spec`,
  );
  const extended = quantities.extended.map((resource) => `${resource}: what its device plugin adds is not known`);
  const claims = place.get("resources").get("claims").list();
  const dra = claims.map((claim) => `resource claim ${claim.get("name").string()}: its CDI devices are not known`);
  const seccomp = security.seccomp.profileType === SecurityProfile_ProfileType.UNCONFINED ? [] : [SECCOMP_NOTE];
  return {
    id,
    spec,
    image,
    seccomp: security.seccomp,
    labels: {
      "io.cri-containerd.kind": "container",
      "io.kubernetes.container.name": name,
      "io.kubernetes.pod.name": context.found.name,
      "io.kubernetes.pod.namespace": context.found.namespace,
      "io.kubernetes.pod.uid": context.uid,
    },
    annotations: kubeletAnnotations(context, place, name),
    notes: [
      ...command.notes,
      ...environment.notes,
      ...mounts.notes,
      ...security.notes,
      ...seccomp,
      ...hugepages,
      ...extended,
      ...dra,
    ],
  };
}

const SECCOMP_NOTE = "seccomp: the filter behind the profile is the engine's or a file on the node, and not shown";

function containerMounts(
  context: PodContext,
  found: FoundContainer,
  security: Security,
  expandPath: (text: string) => string,
): { readonly mounts: NonNullable<Spec["mounts"]>; readonly notes: readonly string[] } {
  const { place, name } = found;
  const own = volumeMounts(place, name, context.volumes, context.uid, expandPath);
  const taken = new Set(own.mounts.map(({ destination }) => destination));
  const token = context.spec.get("automountServiceAccountToken").optionalBoolean() ?? true;
  const added = kubeletMounts(place, name, context.uid, token && found.role !== "ephemeral", taken);
  for (const { destination } of added) taken.add(destination);
  const engine = sandboxMounts(context.id, context.hostIpc, security.readOnlyRoot);
  const bound = [...own.mounts, ...added, ...engine.filter(({ destination }) => !taken.has(destination))];
  const all = [...notReplaced(defaultMounts(security.privileged), taken), ...parentsFirst(bound)];
  return {
    mounts: all.map((mount) => ({ ...mount, options: [...mount.options] })),
    notes: [...own.notes, ...volumeDeviceNotes(place, context.volumes)],
  };
}

/**
 * Deny all: the devices that every container may use (null, zero, tty and the like) are allowed by the OCI runtime, not
 * by the spec. A privileged container may use all.
 */
function deviceRules(privileged: boolean): LinuxDeviceCgroup[] {
  return [{ allow: privileged, access: "rwm" }];
}

/** Default mounts without those that another one takes the place of; one of /dev takes that of all inside. */
function notReplaced(mounts: readonly PlannedMount[], taken: ReadonlySet<string>): readonly PlannedMount[] {
  return mounts.filter(
    ({ destination }) => !taken.has(destination) && !(taken.has("/dev") && destination.startsWith("/dev/")),
  );
}

/** The root must let through what the most open mount lets through. */
function rootPropagation(mounts: NonNullable<Spec["mounts"]>): { rootfsPropagation?: string } {
  const open = ["rshared", "rslave"].find((kind) => mounts.some(({ options }) => options?.includes(kind)));
  return open === undefined ? {} : { rootfsPropagation: open };
}

function specResources(quantities: Quantities, security: Security): NonNullable<Spec["linux"]>["resources"] {
  const { shares, quota, period, memoryLimit } = kernelResources(quantities);
  return {
    devices: deviceRules(security.privileged),
    // Swap (of both together) equal to the limit: no swap for containers, as on a node without swap.
    memory: memoryLimit === undefined ? {} : { limit: memoryLimit, swap: memoryLimit },
    cpu: { shares, ...(quota === undefined ? {} : { quota }), period },
    unified: { "memory.oom.group": "1" },
  };
}

function containerNamespaces(context: PodContext, found: FoundContainer, security: Security): LinuxNamespace[] {
  const of = (kind: string) => `/proc/${context.pid}/ns/${kind}`;
  const target = found.place.get("targetContainerName").optionalString();
  const namespaces: LinuxNamespace[] = [];
  // The sandbox's processes are the host's with hostPID.
  if (context.sharedPid || context.hostPid) namespaces.push({ type: "pid", path: of("pid") });
  // An ephemeral container with a target joins that container's processes; which process id that is, is not known.
  else if (!(found.role === "ephemeral" && target !== undefined)) namespaces.push({ type: "pid" });
  namespaces.push(
    { type: "ipc", path: of("ipc") },
    { type: "uts", path: of("uts") },
    { type: "mount" },
    { type: "network", path: of("net") },
  );
  if (!security.privileged) namespaces.push({ type: "cgroup" });
  if (context.userNamespace) namespaces.push({ type: "user", path: of("user") });
  return namespaces;
}

function specAnnotations(context: PodContext, name: string, image: string): { [key: string]: string } {
  return {
    "io.kubernetes.cri.container-name": name,
    "io.kubernetes.cri.container-type": "container",
    "io.kubernetes.cri.image-name": image,
    "io.kubernetes.cri.sandbox-id": context.id,
    "io.kubernetes.cri.sandbox-name": context.found.name,
    "io.kubernetes.cri.sandbox-namespace": context.found.namespace,
    "io.kubernetes.cri.sandbox-uid": context.uid,
  };
}

function kubeletAnnotations(context: PodContext, place: Located, name: string): { [key: string]: string } {
  const grace = context.spec.get("terminationGracePeriodSeconds").optionalInteger(0n, 2n ** 31n) ?? 30n;
  const annotations: { [key: string]: string } = {
    "io.kubernetes.container.hash": stableId("hash", context.uid, name).slice(0, 8),
    "io.kubernetes.container.restartCount": "0",
    "io.kubernetes.container.terminationMessagePath":
      place.get("terminationMessagePath").optionalString() ?? "/dev/termination-log",
    "io.kubernetes.container.terminationMessagePolicy":
      place.get("terminationMessagePolicy").optionalString() ?? "File",
    "io.kubernetes.pod.terminationGracePeriod": String(grace),
  };
  const ports = place.get("ports").list().map(readPort);
  if (ports.length > 0) setOwn(annotations, "io.kubernetes.container.ports", JSON.stringify(ports));
  return annotations;
}

function readPort(place: Located): { [key: string]: string | number } {
  const name = place.get("name").optionalString();
  const containerPort =
    place.get("containerPort").optionalInteger(1n, 65_535n) ?? place.get("containerPort").fail("is missing");
  const hostPort = place.get("hostPort").optionalInteger(0n, 65_535n);
  return {
    ...(name === undefined ? {} : { name }),
    ...(hostPort === undefined ? {} : { hostPort: Number(hostPort) }),
    containerPort: Number(containerPort),
    protocol: place.get("protocol").optionalString() ?? "TCP",
  };
}

// A pod of a manifest as it is on this machine: the plan was made for a node with kubelet, systemd and cgroup v2.
import { join } from "node:path";
import type { LinuxResources, Mount, Spec } from "@nri/oci";
import { containerFromSpec } from "@nri/oci";
import { type Container, PodSandbox } from "@nri/protocol";
import { type ContainerPlan, NODE, type PodPlan } from "@nri/testing";
import type { Machine } from "./machine.js";

/** What a plan is made real with. */
export interface Reality {
  readonly machine: Machine;
  /** Process that holds the pod's namespaces. */
  readonly pid: number;
  /** Nanoseconds since the epoch. */
  readonly createdAt: bigint;
  /** Folder for everything that kubelet and the engine would keep of the pod. */
  readonly folder: string;
  /** Path of the pod's cgroup. */
  readonly cgroup: string;
  /** The root filesystem of each container, by its id. */
  rootfs(id: string): string;
}

/** A file or folder that has to be there before the containers are made. */
export interface NeededPath {
  readonly path: string;
  readonly kind: "file" | "folder";
}

/** A plan as it is really run. */
export interface RealPlan {
  readonly plan: PodPlan;
  readonly needed: readonly NeededPath[];
}

/** The plan with process ids, namespaces, cgroups and mounts of this machine. What cannot be as planned is a note. */
export function realPlan(plan: PodPlan, reality: Reality): RealPlan {
  const { cgroup, pid } = reality;
  const needed = new Map<string, NeededPath>();
  const own = ownNamespaces(plan.spec).filter((type) => type !== "mount" && type !== "user");
  const pod = PodSandbox.create({
    ...plan.pod,
    pid,
    // Nobody gives the pod an address: in a network of its own there is only `lo`.
    ips: [],
    linux: {
      ...plan.pod.linux,
      cgroupParent: cgroup,
      cgroupsPath: `${cgroup}/sandbox`,
      namespaces: own.map((type) => ({ type, path: namespacePath(pid, type) })),
    },
  });
  const spec: Spec = { ...plan.spec, linux: { ...plan.spec.linux, cgroupsPath: `${cgroup}/sandbox` } };
  const containers = plan.containers.map((each) => realContainer(each, plan, reality, needed));
  const notes = [...plan.notes, ...podNotes(plan.spec)];
  return { plan: { pod, spec, containers, notes }, needed: [...needed.values()] };
}

/** Types of the namespaces that a sandbox has of its own. */
export function ownNamespaces(sandbox: Spec): string[] {
  return (sandbox.linux?.namespaces ?? []).map(({ type }) => type);
}

function podNotes(sandbox: Spec): string[] {
  return ownNamespaces(sandbox).includes("user") ? ["hostUsers: false: the pod is run without a user namespace"] : [];
}

function realContainer(
  plan: ContainerPlan,
  pod: PodPlan,
  reality: Reality,
  needed: Map<string, NeededPath>,
): ContainerPlan {
  const notes: string[] = [];
  const { machine, cgroup } = reality;
  const { process, linux, mounts } = plan.spec;
  const { id } = plan.container;
  const { apparmorProfile, selinuxLabel, ...rest } = process ?? {};
  const { mountLabel, ...linuxRest } = linux ?? {};
  const without = (what: string) => notes.push(`${what}: this machine has none, it is left out`);
  if (apparmorProfile !== undefined && !machine.apparmor) without("AppArmor profile");
  if (selinuxLabel !== undefined && !machine.selinux) without("SELinux label");
  if (process?.terminal === true) notes.push("tty: the container gets no terminal");
  const spec: Spec = {
    ...plan.spec,
    process: {
      ...rest,
      terminal: false,
      ...(machine.apparmor && apparmorProfile !== undefined ? { apparmorProfile } : {}),
      ...(machine.selinux && selinuxLabel !== undefined ? { selinuxLabel } : {}),
      oomScoreAdj: atLeast(process?.oomScoreAdj ?? 0n, machine.leastOomScoreAdj),
    } as NonNullable<Spec["process"]>,
    root: { ...plan.spec.root, path: reality.rootfs(id) },
    mounts: realMounts(mounts ?? [], plan, pod, reality, needed, notes),
    linux: {
      ...linuxRest,
      ...(machine.selinux && mountLabel !== undefined ? { mountLabel } : {}),
      cgroupsPath: `${cgroup}/${id}`,
      resources: realResources(linux?.resources ?? {}, machine),
      namespaces: realNamespaces(linux?.namespaces ?? [], pod.pod.pid, reality.pid),
    },
  };
  return {
    ...plan,
    spec,
    container: toldOf(plan.container, spec),
    createdAt: reality.createdAt,
    notes: [...plan.notes, ...notes],
  };
}

const atLeast = (value: bigint, least: bigint) => (value < least ? least : value);

/** What plugins are told, with everything of the spec as it is now. */
function toldOf(container: Container, spec: Spec): Container {
  const { id, podSandboxId, name, labels, annotations, image, linux } = container;
  return containerFromSpec(spec, {
    id,
    podSandboxId,
    name,
    labels,
    annotations,
    image,
    linux: linux?.seccompProfile === undefined ? {} : { seccompProfile: linux.seccompProfile },
  });
}

function realResources(resources: LinuxResources, machine: Machine): LinuxResources {
  const { unified, memory, ...rest } = resources;
  const { swap, ...memoryRest } = memory ?? {};
  return {
    ...rest,
    ...(unified === undefined || machine.cgroup === 1 ? {} : { unified }),
    ...(memory === undefined ? {} : { memory: machine.swapLimit && swap !== undefined ? memory : memoryRest }),
  };
}

const FILES: { readonly [type: string]: string } = { network: "net", mount: "mnt" };

function namespacePath(pid: number, type: string): string {
  return `/proc/${pid}/ns/${FILES[type] ?? type}`;
}

type Namespaces = NonNullable<NonNullable<Spec["linux"]>["namespaces"]>;

/** Those of the planned sandbox are the holder's; a user namespace is not made. */
function realNamespaces(namespaces: Namespaces, planned: number, pid: number): Namespaces {
  return namespaces
    .filter(({ type }) => type !== "user")
    .map(({ type, path }) =>
      path?.startsWith(`/proc/${planned}/ns/`)
        ? { type, path: namespacePath(pid, type) }
        : { type, ...(path === undefined ? {} : { path }) },
    );
}

/** Where kubelet and the engine keep what is mounted into containers, and the pod's own folder instead. */
function realMounts(
  mounts: readonly Mount[],
  plan: ContainerPlan,
  { pod }: PodPlan,
  { folder }: Reality,
  needed: Map<string, NeededPath>,
  notes: string[],
): Mount[] {
  const places: readonly (readonly [prefix: string, name: string])[] = [
    [`${NODE.kubelet}/pods/${pod.uid}/`, "kubelet"],
    [`${NODE.criRoot}/sandboxes/${pod.id}/`, "sandbox"],
    [`${NODE.criState}/sandboxes/${pod.id}/`, "sandbox"],
    [`${NODE.criState}/image-volumes/`, "image-volumes"],
  ];
  return mounts.flatMap((mount): Mount[] => {
    if (mount.destination === "/var/run/secrets/kubernetes.io/serviceaccount") return [];
    const place = places.find(([prefix]) => mount.source?.startsWith(prefix));
    if (place === undefined) return [mount];
    const [prefix, name] = place;
    const rest = (mount.source ?? "").slice(prefix.length);
    const path = join(folder, name, rest);
    needed.set(path, { path, kind: isFile(name, rest) ? "file" : "folder" });
    const volume = /^volumes\/kubernetes\.io~([^/]+)\/(.*)$/.exec(rest);
    if (
      name === "image-volumes" ||
      rest.startsWith("volume-subpaths/") ||
      (volume !== null && volume[1] !== "empty-dir")
    )
      notes.push(
        `${mount.destination} in ${plan.container.name} is an empty folder: what its volume holds is not known`,
      );
    return [{ ...mount, source: path }];
  });
}

function isFile(place: string, rest: string): boolean {
  if (place === "kubelet") return rest === "etc-hosts" || rest.startsWith("containers/");
  return place === "sandbox" && rest !== "shm";
}

// Volumes and volume mounts to the bind mounts that kubelet asks the engine for, and the mounts that both add.

import { stableId, stableSuffix } from "../identity.js";
import type { Located } from "../input/located.js";
import { quote } from "../input/located.js";
import { NODE } from "./node.js";

/** One mount of a spec. */
export interface PlannedMount {
  readonly destination: string;
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
}

/** A volume of a pod: where its content is on the node. */
export interface Volume {
  readonly name: string;
  readonly source: string;
  /** Kinds that kubelet mounts read-only whatever the mount says. */
  readonly readOnly: boolean;
  /** What is not known about it. */
  readonly note: string | undefined;
}

const READ_ONLY = new Set(["configMap", "secret", "projected", "downwardAPI", "image"]);
/** Folder of a volume plugin, where it is not the field's name. */
const PLUGIN_FOLDERS: { readonly [kind: string]: string } = {
  configMap: "configmap",
  downwardAPI: "downward-api",
  emptyDir: "empty-dir",
};

/** The volumes of a pod by name. Refuses a name that appears twice and a volume without or with two sources. */
export function readVolumes(spec: Located, podUid: string): Map<string, Volume> {
  const volumes = new Map<string, Volume>();
  for (const place of spec.get("volumes").list()) {
    const name = place.get("name").string();
    if (volumes.has(name)) place.get("name").fail(`${quote(name)} is the name of two volumes`);
    const sources = place.entries().filter(([key, value]) => key !== "name" && value.exists);
    // The API server makes a volume without a source an emptyDir.
    const [kind, source] = sources[0] ?? ["emptyDir", place.get("emptyDir")];
    if (sources.length > 1)
      place.fail(`${quote(name)} has more than one source: ${sources.map(([key]) => key).join(", ")}`);
    volumes.set(name, oneVolume(name, kind, source, podUid));
  }
  return volumes;
}

function oneVolume(name: string, kind: string, source: Located, podUid: string): Volume {
  source.entries();
  const folder = (plugin: string, rest = name) =>
    `${NODE.kubelet}/pods/${podUid}/volumes/kubernetes.io~${plugin}/${rest}`;
  const readOnly = READ_ONLY.has(kind);
  switch (kind) {
    case "hostPath":
      return { name, source: source.get("path").string(), readOnly, note: undefined };
    case "persistentVolumeClaim": {
      const claim = source.get("claimName").string();
      const claimReadOnly = source.get("readOnly").optionalBoolean() ?? false;
      const note = `volume ${name}: the volume behind claim ${claim} is not known; its source path is a placeholder`;
      return { name, source: folder("csi", `unresolved-claim-${claim}/mount`), readOnly: claimReadOnly, note };
    }
    case "ephemeral": {
      const note = `volume ${name}: the volume behind its claim is not known; its source path is a placeholder`;
      return { name, source: folder("csi", `unresolved-claim-${name}/mount`), readOnly, note };
    }
    case "csi":
      return {
        name,
        source: folder("csi", `${name}/mount`),
        readOnly: source.get("readOnly").optionalBoolean() ?? false,
        note: undefined,
      };
    case "image": {
      const reference = source.get("reference").optionalString() ?? name;
      return {
        name,
        source: `${NODE.criState}/image-volumes/${stableId("image", reference)}`,
        readOnly,
        note: undefined,
      };
    }
    default:
      return { name, source: folder(PLUGIN_FOLDERS[kind] ?? kind), readOnly, note: undefined };
  }
}

const PROPAGATION: { readonly [value: string]: string } = {
  None: "rprivate",
  HostToContainer: "rslave",
  Bidirectional: "rshared",
};

/** The mounts of one container's `volumeMounts`, and what is not known about them. */
export function volumeMounts(
  container: Located,
  name: string,
  volumes: ReadonlyMap<string, Volume>,
  podUid: string,
  expandPath: (text: string) => string,
): { readonly mounts: PlannedMount[]; readonly notes: readonly string[] } {
  const notes = new Set<string>();
  const destinations = new Set<string>();
  const mounts = container
    .get("volumeMounts")
    .list()
    .map((place, index): PlannedMount => {
      const volume = findVolume(place, volumes);
      if (volume.note !== undefined) notes.add(volume.note);
      const written = place.get("mountPath").string();
      const destination = written.startsWith("/") ? written : `/${written}`;
      if (destinations.has(destination)) place.get("mountPath").fail(`${quote(written)} is mounted twice`);
      destinations.add(destination);
      const plain = place.get("subPath").optionalString();
      const expression = place.get("subPathExpr").optionalString();
      const subPath = plain ?? (expression === undefined ? undefined : expandPath(expression));
      const source = subPathSource(volume, subPath, name, index, podUid);
      const readOnly = volume.readOnly || (place.get("readOnly").optionalBoolean() ?? false);
      const recursive = place.get("recursiveReadOnly").optionalString();
      const access = readOnly ? (recursive === "Enabled" || recursive === "IfPossible" ? "rro" : "ro") : "rw";
      const propagation = oneOf(place.get("mountPropagation"), PROPAGATION) ?? "rprivate";
      return { destination, type: "bind", source, options: ["rbind", propagation, access] };
    });
  return { mounts, notes: [...notes] };
}

/** A block volume's path in the container; which device it is cannot be known. */
export function volumeDeviceNotes(container: Located, volumes: ReadonlyMap<string, Volume>): string[] {
  return container
    .get("volumeDevices")
    .list()
    .map((place) => {
      const volume = findVolume(place, volumes);
      const path = place.get("devicePath").string();
      return `volumeDevice ${path}: the block device behind volume ${volume.name} is not known and not shown`;
    });
}

function findVolume(place: Located, volumes: ReadonlyMap<string, Volume>): Volume {
  const name = place.get("name").string();
  return volumes.get(name) ?? place.get("name").fail(`${quote(name)} is no volume of this pod`);
}

function subPathSource(
  volume: Volume,
  subPath: string | undefined,
  container: string,
  index: number,
  podUid: string,
): string {
  if (subPath === undefined || subPath === "") return volume.source;
  return `${NODE.kubelet}/pods/${podUid}/volume-subpaths/${volume.name}/${container}/${index}`;
}

/** The row of a table that the text at `place` names, or undefined when missing. Refuses other texts. */
export function oneOf<T>(place: Located, table: { readonly [value: string]: T }): T | undefined {
  const text = place.optionalString();
  if (text === undefined) return undefined;
  if (Object.hasOwn(table, text)) return table[text];
  return place.fail(`must be one of ${Object.keys(table).join(", ")}, is ${quote(text)}`);
}

const bind = (destination: string, source: string, ...access: string[]): PlannedMount => ({
  destination,
  type: "bind",
  source,
  options: ["rbind", "rprivate", ...access],
});

/** What kubelet adds to every container beside its volumes; a volume at the same place wins. */
export function kubeletMounts(
  container: Located,
  name: string,
  podUid: string,
  serviceAccountToken: boolean,
  taken: ReadonlySet<string>,
): PlannedMount[] {
  const pod = `${NODE.kubelet}/pods/${podUid}`;
  const log = container.get("terminationMessagePath").optionalString() ?? "/dev/termination-log";
  const instance = stableId("termination-log", podUid, name).slice(0, 8);
  const account = "/var/run/secrets/kubernetes.io/serviceaccount";
  const token = `${pod}/volumes/kubernetes.io~projected/kube-api-access-${stableSuffix(5, "token", podUid)}`;
  return [
    ...(serviceAccountToken ? [bind(account, token, "ro")] : []),
    bind("/etc/hosts", `${pod}/etc-hosts`, "rw"),
    bind(log, `${pod}/containers/${name}/${instance}`, "rw"),
  ].filter((mount) => !taken.has(mount.destination));
}

/** What containerd's CRI service adds: files of the sandbox, and its shared memory. */
export function sandboxMounts(sandboxId: string, hostIpc: boolean, readOnlyRoot: boolean): PlannedMount[] {
  const files = `${NODE.criRoot}/sandboxes/${sandboxId}`;
  const access = readOnlyRoot ? "ro" : "rw";
  return [
    bind("/etc/hostname", `${files}/hostname`, access),
    bind("/etc/resolv.conf", `${files}/resolv.conf`, access),
    bind("/dev/shm", hostIpc ? "/dev/shm" : `${NODE.criState}/sandboxes/${sandboxId}/shm`, "rw"),
  ];
}

/** What a sandbox sees of its own files: nothing but these, and nothing of them can be changed. */
export function ownSandboxMounts(sandboxId: string, hostIpc: boolean): PlannedMount[] {
  return sandboxMounts(sandboxId, hostIpc, true)
    .filter(({ destination }) => destination !== "/etc/hostname")
    .map((mount) => ({ ...mount, options: ["rbind", "ro", "nosuid", "nodev", "noexec"] }))
    .reverse();
}

/** The mounts at the beginning of every spec; a sandbox has all but the last. */
export function defaultMounts(privileged: boolean): PlannedMount[] {
  const access = privileged ? "rw" : "ro";
  return [
    { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
    {
      destination: "/dev",
      type: "tmpfs",
      source: "tmpfs",
      options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
    },
    {
      destination: "/dev/pts",
      type: "devpts",
      source: "devpts",
      options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
    },
    { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"] },
    { destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", access] },
    {
      destination: "/sys/fs/cgroup",
      type: "cgroup",
      source: "cgroup",
      options: ["nosuid", "noexec", "nodev", "relatime", access],
    },
  ];
}

/** Mounts ordered so that parents come before what is mounted inside them; the sort is stable. */
export function parentsFirst(mounts: readonly PlannedMount[]): PlannedMount[] {
  const depth = (mount: PlannedMount) => mount.destination.split("/").filter((part) => part !== "").length;
  return [...mounts].sort((a, b) => depth(a) - depth(b));
}

// Security contexts of pod and container to user, capabilities, seccomp and path protection of a spec.
import { SecurityProfile_ProfileType } from "@nri/protocol";
import type { Located } from "../input/located.js";
import type { ImageConfig } from "./image.js";
import { oneOf } from "./volumes.js";

/** What both security contexts together ask for. */
export interface Security {
  readonly uid: number;
  readonly gid: number;
  readonly additionalGids: readonly number[];
  readonly privileged: boolean;
  readonly readOnlyRoot: boolean;
  readonly noNewPrivileges: boolean;
  readonly capabilities: readonly string[];
  readonly unmaskedProc: boolean;
  readonly seccomp: { readonly profileType: number; readonly localhostRef: string };
  readonly apparmor: string | undefined;
  readonly selinux: string | undefined;
  readonly notes: readonly string[];
}

/** All capabilities of Linux 5.9 and later. */
const ALL_CAPABILITIES = `CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE
  NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT
  SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP
  MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE`.split(/\s+/);
/** What a container has when nothing is said, in containerd's order. */
const DEFAULT_CAPABILITIES = `CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP
  NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE`.split(/\s+/);

/** Paths that kubelet asks engines to hide from containers, in its order. */
export const MASKED_PATHS: readonly string[] = [
  "/proc/asound",
  "/proc/acpi",
  "/proc/interrupts",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/proc/sched_debug",
  "/proc/scsi",
  "/sys/firmware",
  "/sys/devices/virtual/powercap",
];
/** Paths that containerd hides when nobody asks, as for a sandbox, in its order. */
export const SANDBOX_MASKED_PATHS: readonly string[] = [
  "/proc/acpi",
  "/proc/asound",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/proc/sched_debug",
  "/sys/firmware",
  "/sys/devices/virtual/powercap",
  "/proc/scsi",
];
/** Paths that kubelet and containerd make read-only when nothing is said. */
export const READ_ONLY_PATHS: readonly string[] = [
  "/proc/bus",
  "/proc/fs",
  "/proc/irq",
  "/proc/sys",
  "/proc/sysrq-trigger",
];

/** Largest user or group id that the API server takes. */
export const MAX_ID = 2n ** 31n - 1n;
const PROFILE = {
  RuntimeDefault: SecurityProfile_ProfileType.RUNTIME_DEFAULT,
  Unconfined: SecurityProfile_ProfileType.UNCONFINED,
  Localhost: SecurityProfile_ProfileType.LOCALHOST,
};

/** Reads the container's security context over the pod's, and both over the user of the image. */
export function readSecurity(pod: Located, container: Located, image: ImageConfig | undefined): Security {
  const own = container.get("securityContext");
  const shared = pod.get("securityContext");
  const either = (key: string) => (own.get(key).exists ? own.get(key) : shared.get(key));
  const privileged = own.get("privileged").optionalBoolean() ?? false;
  const user = either("runAsUser").optionalInteger(0n, MAX_ID);
  const group = either("runAsGroup").optionalInteger(0n, MAX_ID);
  const uid = user === undefined ? (image?.user?.uid ?? 0) : Number(user);
  const gid = group === undefined ? (user === undefined ? (image?.user?.gid ?? 0) : 0) : Number(group);
  const fsGroup = shared.get("fsGroup").optionalInteger(0n, MAX_ID);
  const supplemental = shared
    .get("supplementalGroups")
    .list()
    .map((place) => place.optionalInteger(0n, MAX_ID) ?? 0n);
  const groups = [BigInt(gid), ...(fsGroup === undefined ? [] : [fsGroup]), ...supplemental].map(Number);
  const proc = oneOf(own.get("procMount"), { Default: false, Unmasked: true }) ?? false;
  const escalation = own.get("allowPrivilegeEscalation").optionalBoolean() ?? true;
  const notes: string[] = [];
  if (privileged) notes.push("privileged: the host's devices are not known and not shown");
  else notes.push(...prefixNotes(own.get("capabilities")));
  return {
    uid,
    gid,
    additionalGids: [...new Set(groups)],
    privileged,
    readOnlyRoot: own.get("readOnlyRootFilesystem").optionalBoolean() ?? false,
    noNewPrivileges: !escalation,
    capabilities: privileged ? prefixed(ALL_CAPABILITIES) : capabilities(own.get("capabilities")),
    unmaskedProc: proc,
    seccomp: privileged ? { profileType: PROFILE.Unconfined, localhostRef: "" } : seccomp(either("seccompProfile")),
    apparmor: privileged ? undefined : apparmor(either("appArmorProfile")),
    selinux: selinux(either("seLinuxOptions")),
    notes,
  };
}

/** Capabilities of a container that asks for none, and of every sandbox. */
export const defaultCapabilities = (): string[] => prefixed(DEFAULT_CAPABILITIES);

function prefixed(names: readonly string[]): string[] {
  return names.map((name) => `CAP_${name}`);
}

/** Kubernetes' names have no CAP_: containerd sets another one before them, and there is no such capability. */
function prefixNotes(place: Located): string[] {
  return [...place.get("add").strings(), ...place.get("drop").strings()]
    .filter((name) => /^cap_/i.test(name))
    .map((name) => `capability ${name}: must be written without CAP_; as it is it has no effect`);
}

/** Default capabilities, with `add` and `drop` as CRI applies them: `ALL` first, then the single ones. */
function capabilities(place: Located): string[] {
  const normal = (names: string[]) => names.map((name) => name.toUpperCase());
  const add = normal(place.get("add").strings());
  const drop = normal(place.get("drop").strings());
  let names = new Set(DEFAULT_CAPABILITIES);
  if (add.includes("ALL")) names = new Set(ALL_CAPABILITIES);
  if (drop.includes("ALL")) names = new Set();
  for (const name of add) if (name !== "ALL") names.add(name);
  for (const name of drop) names.delete(name);
  return prefixed([...names]);
}

/** Without a profile kubelet asks for none, unless its default is switched on. */
function seccomp(place: Located): Security["seccomp"] {
  if (!place.exists) return { profileType: PROFILE.Unconfined, localhostRef: "" };
  const profileType = oneOf(place.get("type"), PROFILE) ?? place.get("type").fail("is missing");
  const local = profileType === PROFILE.Localhost;
  const file = local ? place.get("localhostProfile").string() : "";
  return { profileType, localhostRef: local ? `/var/lib/kubelet/seccomp/${file}` : "" };
}

function apparmor(place: Located): string | undefined {
  if (!place.exists) return undefined;
  const type = place.get("type").string();
  oneOf(place.get("type"), PROFILE);
  if (type === "Localhost") return place.get("localhostProfile").string();
  return type === "RuntimeDefault" ? "cri-containerd.apparmor.d" : undefined;
}

function selinux(place: Located): string | undefined {
  if (!place.exists) return undefined;
  const part = (key: string, otherwise: string) => place.get(key).optionalString() ?? otherwise;
  return [part("user", "system_u"), part("role", "system_r"), part("type", "container_t"), part("level", "s0")].join(
    ":",
  );
}

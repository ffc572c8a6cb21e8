// Creations of containers whose outcome Docker's own code was asked for: what a plugin answers, and what the user asked for.
import type { ContainerAdjustment, ContainerEviction, ContainerUpdate, Init } from "@nri/protocol";

/** What one plugin answers to CreateContainer. */
export interface Answer {
  readonly adjust?: Init<ContainerAdjustment>;
  readonly updates?: readonly Init<ContainerUpdate>[];
  readonly evict?: readonly Init<ContainerEviction>[];
}

/** One creation. */
export interface Scenario {
  readonly name: string;
  readonly answer: Answer;
  /** What the user has mounted: `Mounts`, `Binds` and `Tmpfs` of the host configuration. */
  readonly asked?: {
    readonly Mounts?: readonly { readonly Type: string; readonly Source: string; readonly Target: string }[];
    readonly Binds?: readonly string[];
    readonly Tmpfs?: { readonly [target: string]: string };
  };
}

/** The user's environment in all of them. */
export const ENV = ["HOSTNAME=mine", "A=1", "B=2", "A=3"];

type Adjustment = Init<ContainerAdjustment>;
type Linux = NonNullable<Adjustment["linux"]>;
type Resources = NonNullable<Linux["resources"]>;
type Mount = NonNullable<Adjustment["mounts"]>[number];

const one = { value: 1n };
const adjusts = (name: string, adjust: Adjustment): Scenario => ({ name, answer: { adjust, updates: [] } });
const env = (name: string, ...pairs: readonly (readonly [string, string])[]): Scenario =>
  adjusts(`env ${name}`, { env: pairs.map(([key, value]) => ({ key, value })) });
const mount = (name: string, given: Mount, asked?: Scenario["asked"]): Scenario => {
  const scenario = adjusts(`mount ${name}`, { mounts: [{ destination: "/m", ...given }] });
  return asked === undefined ? scenario : { ...scenario, asked };
};
const linux = (name: string, given: Linux): Scenario => adjusts(`linux.${name}`, { linux: given });
const resources = (name: string, given: Resources): Scenario =>
  adjusts(`linux.resources.${name}`, { linux: { resources: given } });
const memory = (name: string, given: NonNullable<Resources["memory"]>): Scenario =>
  resources(`memory.${name}`, { memory: given });
const cpu = (name: string, given: NonNullable<Resources["cpu"]>): Scenario => resources(`cpu.${name}`, { cpu: given });
const hook = (name: string): Scenario => adjusts(`hooks.${name}`, { hooks: { [name]: [{ path: "/bin/true" }] } });

const update = { containerId: "other", linux: { resources: { cpu: { shares: { value: 5n } } } } };
const eviction = { containerId: "other", reason: "because" };
const everything: Adjustment = {
  args: ["a"],
  CDIDevices: [{ name: "vendor.com/device=x" }],
  rlimits: [{ type: "RLIMIT_NOFILE", hard: 2n, soft: 1n }],
  linux: {
    resources: { cpu: { shares: { value: 5n } }, memory: { limit: { value: 9_000_000n } }, pids: { limit: 5n } },
    oomScoreAdj: { value: 1n },
  },
  hooks: { poststop: [{ path: "/bin/true" }] },
  annotations: { a: "1" },
  env: [{ key: "", value: "1" }],
  mounts: [{ destination: "/m", type: "bind", source: "/", options: ["rw"] }],
};
const { env: emptyKey, mounts: readWrite } = everything;

/** The folder that binds are of, and one that is not there. */
export const HERE = "/usr";
const NOWHERE = "/nowhere/to/be/found";

/** The container of which it is recorded what plugins are told. */
export const TOLD = {
  body: { Env: ENV, Entrypoint: ["/bin/sh", "-c"], Cmd: ["exit 0", "x"], Labels: { l: "1" }, User: "7", Hostname: "h" },
  host: {
    Annotations: { a: "2" },
    Memory: 9_000_000,
    Binds: ["/usr:/m"],
    Ulimits: [{ Name: "nofile", Soft: 1000, Hard: 1000 }],
  },
};

/** All of them. */
export const SCENARIOS: readonly Scenario[] = [
  { name: "nothing", answer: {} },
  { name: "an empty list of updates", answer: { updates: [] } },
  { name: "an update", answer: { updates: [update] } },
  { name: "an eviction", answer: { evict: [eviction] } },
  { name: "everything at once", answer: { adjust: everything, updates: [update], evict: [eviction] } },
  adjusts("everything but updates", everything),
  adjusts("two names in Docker's order", { args: ["a"], annotations: { a: "1" } }),
  { name: "empty key before a mount option", answer: { adjust: { env: emptyKey ?? [], mounts: readWrite ?? [] } } },
  env("of a new name", ["NEW", "1"]),
  env("of a name that is there", ["HOSTNAME", "of-plugin"]),
  env("of a name that is there twice", ["A", "new"]),
  env("of several", ["B", ""], ["NEW", "x=y"], ["OTHER", " "]),
  env("with an empty name", ["", "1"]),
  env("that removes one that is there", ["-B", ""]),
  env("that removes one that is not there", ["-NO", ""]),
  adjusts("annotations", { annotations: { a: "1" } }),
  adjusts("annotations that are removed", { annotations: { "-a": "" } }),
  ...["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"].map(hook),
  adjusts("args", { args: ["a"] }),
  adjusts("args that take over", { args: ["", "a"] }),
  adjusts("rlimits", { rlimits: [{ type: "RLIMIT_NOFILE", hard: 2n, soft: 1n }] }),
  adjusts("CDI devices", { CDIDevices: [{ name: "vendor.com/device=x" }] }),
  linux("devices", { devices: [{ path: "/dev/x", type: "c", major: 1n, minor: 3n }] }),
  linux("devices that are removed", { devices: [{ path: "-/dev/x" }] }),
  linux("cgroupsPath", { cgroupsPath: "/x" }),
  linux("oomScoreAdj", { oomScoreAdj: one }),
  linux("ioPriority", { ioPriority: { class: 1, priority: 1 } }),
  linux("seccompPolicy", { seccompPolicy: { defaultAction: "SCMP_ACT_ALLOW" } }),
  linux("namespaces", { namespaces: [{ type: "network", path: "/x" }] }),
  linux("sysctl", { sysctl: { "net.ipv4.ip_forward": "1" } }),
  linux("netDevices", { netDevices: { eth9: { name: "eth0" } } }),
  linux("scheduler", { scheduler: { policy: 1, priority: 1 } }),
  linux("rdt", { rdt: { closId: { value: "x" } } }),
  linux("rdt that is removed", { rdt: { remove: true } }),
  linux("memoryPolicy", { memoryPolicy: { mode: 1, nodes: "0" } }),
  memory("limit", { limit: one }),
  memory("reservation", { reservation: one }),
  memory("swap", { swap: one }),
  memory("kernel", { kernel: one }),
  memory("kernelTcp", { kernelTcp: one }),
  memory("swappiness", { swappiness: one }),
  memory("disableOomKiller", { disableOomKiller: { value: true } }),
  memory("useHierarchy", { useHierarchy: { value: true } }),
  cpu("shares", { shares: one }),
  cpu("quota", { quota: one }),
  cpu("period", { period: one }),
  cpu("realtimeRuntime", { realtimeRuntime: one }),
  cpu("realtimePeriod", { realtimePeriod: one }),
  cpu("cpus", { cpus: "0" }),
  cpu("mems", { mems: "0" }),
  resources("hugepageLimits", { hugepageLimits: [{ pageSize: "2MB", limit: 1n }] }),
  resources("devices", { devices: [{ allow: true, type: "c", access: "r" }] }),
  resources("unified", { unified: { "memory.high": "1" } }),
  resources("blockioClass", { blockioClass: { value: "x" } }),
  resources("rdtClass", { rdtClass: { value: "x" } }),
  resources("pids", { pids: { limit: 5n } }),
  mount("bind", { type: "bind", source: HERE }),
  mount("bind, ro", { type: "bind", source: HERE, options: ["ro"] }),
  mount("bind, readonly", { type: "bind", source: HERE, options: ["readonly"] }),
  ...["rw", "bind", "rbind", "rprivate", "nosuid", "RO", ""].map((option) =>
    mount(`with option ${JSON.stringify(option)}`, { type: "bind", source: HERE, options: ["ro", option] }),
  ),
  mount("bind of nothing", { type: "bind", source: NOWHERE }),
  mount("bind without a source", { type: "bind" }),
  mount("bind of a relative path", { type: "bind", source: "usr" }),
  mount("of no type", { source: HERE }),
  mount("of an unknown type", { type: "nonsense", source: HERE }),
  mount("of an OCI type", { type: "proc", source: "proc" }),
  mount("volume", { type: "volume", source: "vol" }),
  mount("volume, ro", { type: "volume", source: "vol", options: ["ro"] }),
  mount("volume without a name, ro", { type: "volume", options: ["ro"] }),
  mount("volume without a name", { type: "volume" }),
  mount("volume with a wrong name", { type: "volume", source: "a/b" }),
  mount("tmpfs", { type: "tmpfs" }),
  mount("tmpfs, ro", { type: "tmpfs", options: ["ro"] }),
  mount("tmpfs with a source", { type: "tmpfs", source: "tmpfs" }),
  mount("npipe", { type: "npipe", source: "x" }),
  mount("cluster", { type: "cluster", source: "x" }),
  mount("image without a name", { type: "image" }),
  mount("at a relative path", { type: "bind", source: HERE, destination: "m" }),
  mount("at no path", { type: "bind", source: HERE, destination: "" }),
  mount("at the root", { type: "bind", source: HERE, destination: "/" }),
  mount("at a path that is not clean", { type: "bind", source: HERE, destination: "/m/../m/" }),
  mount("that is removed", { destination: "-/m" }),
  mount(
    "that is removed and put back",
    { destination: "-/m" },
    { Mounts: [{ Type: "bind", Source: HERE, Target: "/m" }] },
  ),
  adjusts("mounts, one wrong behind one at a taken path", {
    mounts: [
      { type: "tmpfs", destination: "/m" },
      { type: "tmpfs", destination: "/m" },
      { type: "nonsense", destination: "/n" },
    ],
  }),
  adjusts("mounts, two at one path", {
    mounts: [
      { type: "bind", source: HERE, destination: "/m" },
      { type: "tmpfs", destination: "/m/" },
    ],
  }),
  mount("where a mount is", { type: "bind", source: HERE }, { Mounts: [{ Type: "tmpfs", Source: "", Target: "/m" }] }),
  mount("where a bind is", { type: "bind", source: HERE }, { Binds: [`${HERE}:/m`] }),
  mount("where a tmpfs is", { type: "bind", source: HERE }, { Tmpfs: { "/m": "" } }),
];

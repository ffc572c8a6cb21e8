// Every key of the configuration: one row each. Reading, refusing, the commented default file and the table in
// docs/bridge-configuration.md are made from them.
import { DEFAULT_REGISTRATION_TIMEOUT_MS, DEFAULT_REQUEST_TIMEOUT_MS } from "@nri/protocol";
import { DEFAULT_LEASE_SOCKET } from "../lease/place.js";
import { address, boolean, choice, duration, integer, type Kind, listOf, path, text } from "./kinds.js";

/** One key. */
export interface Setting<T> {
  /** Table it stands in, step by step. */
  readonly table: readonly string[];
  /** Its name in the file. */
  readonly key: string;
  /** What values it takes. */
  readonly kind: Kind<T>;
  /** Its default. */
  readonly value: T;
  /** The value that means that the key is as good as absent, as in the reference. */
  readonly absent: T | undefined;
  /** What it does, in one sentence without a full stop. */
  readonly says: string;
  /** `reload`: SIGHUP is enough for a new value. `restart`: the daemon must be started anew. */
  readonly takes: "reload" | "restart";
}

/** As containerd has it: this section is taken from its configuration as it is. (spec: containerd 4) */
export const NRI = ["plugins", "io.containerd.nri.v1.nri"] as const;
/** The same for the default validator. (spec: containerd 4.1) */
export const VALIDATOR = [...NRI, "default_validator"] as const;
const BRIDGE = ["bridge"] as const;
const CONTAINERD = ["domains", "containerd"] as const;
const DOCKER = ["domains", "docker"] as const;
const PODMAN = ["domains", "podman"] as const;
const EMBEDDED = ["domains", "embedded"] as const;

/** What stands above the keys of each table in the default file. */
export const TABLES: readonly { readonly table: readonly string[]; readonly says: string }[] = [
  { table: NRI, says: "NRI itself. These are the keys of containerd: its section can be put here as it is." },
  { table: VALIDATOR, says: "The default validator: what plugins must not do." },
  { table: BRIDGE, says: "The daemon." },
  { table: CONTAINERD, says: "Containers of containerd, one domain for each of its namespaces." },
  { table: DOCKER, says: "Containers of Docker." },
  { table: PODMAN, says: "Containers and pods of podman, as root." },
  {
    table: EMBEDDED,
    says: "Containers that are run with the wrapper alone, by whoever calls it, and those of nri run.",
  },
];

function setting<T>(
  table: readonly string[],
  key: string,
  kind: Kind<T>,
  value: T,
  takes: Setting<T>["takes"],
  says: string,
  absent?: T,
): Setting<T> {
  return { table, key, kind, value, takes, says, absent };
}

function rejects(key: string, what: string): Setting<boolean> {
  return setting(VALIDATOR, key, boolean, false, "reload", `refuses ${what}`);
}

/** All of them, by the name they have in code. */
export const SETTINGS = {
  disable: setting(
    NRI,
    "disable",
    boolean,
    false,
    "reload",
    "no plugins and no socket: every container passes as it is",
  ),
  disableConnections: setting(
    NRI,
    "disable_connections",
    boolean,
    false,
    "reload",
    "no socket: only plugins of `plugin_path` run",
  ),
  socketPath: setting(NRI, "socket_path", path, "/run/nri-bridge/nri.sock", "reload", "where plugins connect", ""),
  pluginPath: setting(NRI, "plugin_path", path, "/etc/nri-bridge/plugins", "reload", "plugins that are started", ""),
  pluginConfigPath: setting(
    NRI,
    "plugin_config_path",
    path,
    "/etc/nri-bridge/conf.d",
    "reload",
    "their configuration: `NN-name.conf`, else `name.conf`",
    "",
  ),
  pluginRegistrationTimeout: setting(
    NRI,
    "plugin_registration_timeout",
    duration,
    DEFAULT_REGISTRATION_TIMEOUT_MS,
    "reload",
    "from a plugin's start or connection to its registration",
    0,
  ),
  pluginRequestTimeout: setting(
    NRI,
    "plugin_request_timeout",
    duration,
    DEFAULT_REQUEST_TIMEOUT_MS,
    "reload",
    "one request to one plugin",
    0,
  ),
  validatorEnable: setting(
    VALIDATOR,
    "enable",
    boolean,
    false,
    "reload",
    "without it the rest of this table does nothing",
  ),
  validatorHooks: rejects("reject_oci_hook_adjustment", "OCI hooks"),
  validatorDefaultSeccomp: rejects(
    "reject_runtime_default_seccomp_adjustment",
    "a seccomp policy in the place of the runtime's default",
  ),
  validatorUnconfinedSeccomp: rejects(
    "reject_unconfined_seccomp_adjustment",
    "a seccomp policy for a container that has none",
  ),
  validatorCustomSeccomp: rejects(
    "reject_custom_seccomp_adjustment",
    "a seccomp policy in the place of a file of the node (`Localhost`)",
  ),
  validatorNamespaces: rejects("reject_namespace_adjustment", "namespaces that are set or removed"),
  validatorSysctls: rejects("reject_sysctl_adjustment", "sysctls that are set"),
  validatorRequired: setting(
    VALIDATOR,
    "required_plugins",
    listOf(text),
    [],
    "reload",
    "refuses what one of these plugins (`10-foo`, or `foo`) has not answered",
  ),
  validatorTolerate: setting(
    VALIDATOR,
    "tolerate_missing_plugins_annotation",
    text,
    "",
    "reload",
    "annotation by which a pod does without required plugins; empty: there is none",
  ),
  stateDir: setting(
    BRIDGE,
    "state_dir",
    path,
    "/run/nri-bridge/state",
    "restart",
    "records of pods and containers for the next start; in a tmpfs, so that they end with the containers",
    "",
  ),
  leaseSocket: setting(
    BRIDGE,
    "lease_socket",
    path,
    DEFAULT_LEASE_SOCKET,
    "restart",
    "where the wrapper reaches the daemon; `nri oci install` must know it",
    "",
  ),
  controlSocket: setting(
    BRIDGE,
    "control_socket",
    path,
    "/run/nri-bridge/control/control.sock",
    "restart",
    "where `nri info`, `plugins`, `ps`, `events` and `explain` reach it",
    "",
  ),
  compat: setting(
    BRIDGE,
    "compat",
    choice("default", "reference"),
    "default",
    "restart",
    '`"reference"` does exactly what the Go reference does',
  ),
  relay: setting(
    BRIDGE,
    "relay",
    choice("serial", "pipelined"),
    "serial",
    "reload",
    '`"pipelined"`: several requests are under way at the same time, of a container never two (performance.md)',
  ),
  wasm: setting(BRIDGE, "wasm", boolean, true, "restart", "whether WebAssembly modules are plugins"),
  restartPlugins: setting(
    BRIDGE,
    "restart_plugins",
    integer(0, 1000),
    0,
    "restart",
    "how often in a row a plugin of `plugin_path` that crashes is started again",
  ),
  logLevel: setting(
    BRIDGE,
    "log_level",
    choice("debug", "info", "warn", "error"),
    "info",
    "reload",
    "what the log has: this and what is worse",
  ),
  logFormat: setting(
    BRIDGE,
    "log_format",
    choice("text", "json"),
    "text",
    "reload",
    "`json`: one object a line, with plugin, domain, container and request where they are known",
  ),
  metricsAddress: setting(
    BRIDGE,
    "metrics_address",
    address,
    "",
    "restart",
    "where Prometheus finds `/metrics` besides the control socket, such as `127.0.0.1:9464`; empty: nowhere",
  ),
  cdiSpecDirs: setting(
    BRIDGE,
    "cdi_spec_dirs",
    listOf(path),
    ["/etc/cdi", "/var/run/cdi"],
    "reload",
    "folders with CDI devices, by rising priority",
  ),
  blockioConfigFile: setting(
    BRIDGE,
    "blockio_config_file",
    path,
    "",
    "reload",
    "block I/O classes; empty: there are none, and who asks for one is told so in the log",
  ),
  rdtConfigFile: setting(
    BRIDGE,
    "rdt_config_file",
    path,
    "",
    "reload",
    "RDT classes; empty: every group of resctrl is one",
  ),
  containerdEnable: setting(CONTAINERD, "enable", boolean, true, "restart", "whether there are such domains"),
  containerdAddress: setting(
    CONTAINERD,
    "address",
    path,
    "/run/containerd/containerd.sock",
    "restart",
    "socket of containerd; while it is away the daemon waits for it",
    "",
  ),
  containerdNamespaces: setting(
    CONTAINERD,
    "namespaces",
    listOf(text),
    ["*"],
    "restart",
    'namespaces that get NRI; `"*"`: all',
  ),
  containerdServesNri: setting(
    CONTAINERD,
    "serves_nri",
    choice("auto", "yes", "no"),
    "auto",
    "restart",
    "whether containerd serves NRI for CRI itself, which then passes; `auto` finds out",
  ),
  containerdNriSocket: setting(
    CONTAINERD,
    "nri_socket",
    path,
    "/var/run/nri/nri.sock",
    "restart",
    "containerd's own NRI socket, by which that is found out",
    "",
  ),
  containerdRuntime: setting(
    CONTAINERD,
    "runtime",
    path,
    "",
    "restart",
    "the OCI runtime itself, for updates that containerd cannot do; empty: runc below /usr or /bin, PATH is not read",
  ),
  dockerEnable: setting(DOCKER, "enable", boolean, true, "restart", "whether there is this domain"),
  dockerAddress: setting(
    DOCKER,
    "address",
    path,
    "/var/run/docker.sock",
    "restart",
    "socket of dockerd; while it is away the daemon waits for it",
    "",
  ),
  dockerProfile: setting(
    DOCKER,
    "profile",
    choice("full", "moby"),
    "full",
    "restart",
    '`"full"`: all of NRI; `"moby"`: what Docker 29 does by itself, no more and no less (docker.md)',
  ),
  dockerNriOptsFile: setting(
    DOCKER,
    "nri_opts_file",
    path,
    "",
    "reload",
    'with the profile `"moby"`: a file of the form of Docker\'s daemon.json, of which `nri-opts` is read; empty: NRI is off, as in Docker',
    "",
  ),
  dockerContainerdNamespace: setting(
    DOCKER,
    "containerd_namespace",
    text,
    "moby",
    "restart",
    "dockerd's namespace in containerd, which is no domain of containerd then",
    "",
  ),
  dockerRuntime: setting(
    DOCKER,
    "runtime",
    path,
    "",
    "restart",
    "the OCI runtime itself, for updates that dockerd cannot do; empty: runc below /usr or /bin, PATH is not read",
  ),
  podmanEnable: setting(PODMAN, "enable", boolean, true, "restart", "whether there is this domain"),
  podmanAddress: setting(
    PODMAN,
    "address",
    path,
    "/run/podman/podman.sock",
    "restart",
    "socket of podman's API, which may be away",
    "",
  ),
  podmanProgram: setting(
    PODMAN,
    "program",
    path,
    "",
    "restart",
    "podman itself, asked for labels while its API is away; empty: podman below /usr or /bin, PATH is not read",
  ),
  podmanExitDir: setting(
    PODMAN,
    "exit_dir",
    path,
    "/run/libpod/exits",
    "restart",
    "where podman has exit codes written: the folder `exits` in its `tmp_dir`",
    "",
  ),
  podmanRuntime: setting(
    PODMAN,
    "runtime",
    path,
    "",
    "restart",
    "the OCI runtime itself; empty: crun below /usr or /bin, else runc, PATH is not read",
  ),
  embeddedEnable: setting(EMBEDDED, "enable", boolean, true, "restart", "whether there is this domain"),
  embeddedRuntime: setting(
    EMBEDDED,
    "runtime",
    path,
    "",
    "restart",
    "the OCI runtime itself; empty: runc below /usr or /bin, else crun, PATH is not read",
  ),
  embeddedRoot: setting(
    EMBEDDED,
    "root",
    path,
    "",
    "restart",
    "its --root, calls with another one pass; empty: the runtime's own",
  ),
} as const;

/** The configuration, every key with its value. Durations are milliseconds. */
export type Settings = {
  readonly [Name in keyof typeof SETTINGS]: (typeof SETTINGS)[Name] extends Setting<infer T> ? T : never;
};

/** Rows with their names. */
export const ROWS = Object.entries(SETTINGS) as unknown as readonly (readonly [keyof Settings, Setting<unknown>])[];

/** Names of other folders for the plugins, and for their socket. */
export const PROFILES: { readonly [name: string]: Partial<Settings> } = {
  bridge: {},
  containerd: {
    socketPath: "/var/run/nri/nri.sock",
    pluginPath: "/opt/nri/plugins",
    pluginConfigPath: "/etc/nri/conf.d",
  },
  docker: {
    pluginPath: "/usr/libexec/docker/nri-plugins",
    pluginConfigPath: "/etc/docker/nri/conf.d",
  },
};

/** The name of a table as it stands in a file. */
export function tableName(table: readonly string[]): string {
  return table.map((step) => (/^[\w-]+$/.test(step) ? step : JSON.stringify(step))).join(".");
}

// What facts are read from: a running container, its cgroup and config.json, and a folder for what is needed outside.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

/** A running container, as facts look at it. */
export interface FactContainer {
  readonly id: string;
  /** Of its first process, on the machine. */
  readonly pid: number;
  /** Folder with the config.json that the OCI runtime was called with. */
  readonly bundle: string;
  /** Runs a shell command inside; gives its output. Throws when it fails. */
  sh(command: string): Promise<string>;
}

/** A folder for what facts need outside: files to mount, marks of hooks, CDI and class files. */
export interface FactPlace extends Disposable {
  readonly dir: string;
  /** A network device of the machine that a container may take. */
  readonly netDevice: string;
  /** A cgroup for containers that are to be elsewhere, and `-realtime` behind it another one; they end with the place. */
  readonly cgroup: string;
}

/** What a container does: sleep. The first process of one ignores signals that it has no handler for. */
export const FACT_COMMAND = ["sh", "-c", "trap 'exit 0' TERM; sleep 3600 & wait"] as const;
/** Its environment, with something to remove and to replace. */
export const FACT_ENV = { FACT_GONE: "1", FACT_REPLACED: "before", FACT_STAYS: "1" } as const;
/** Its annotations; with a "/" in them, `*` of containerd's `container_annotations` would not fit. */
export const FACT_ANNOTATIONS = { "fact.gone": "1", "fact.stays": "1" } as const;

/** All of that. */
export const FACT_CONTAINER = { command: FACT_COMMAND, env: FACT_ENV, annotations: FACT_ANNOTATIONS } as const;

/**
 * Makes what the facts need: in an empty folder a file to mount, a CDI device, a class of block I/O and a place for marks; a
 * network device, which ends with the place.
 */
export function preparePlace(dir: string): FactPlace {
  for (const name of ["mounted", "marks", "cdi"]) mkdirSync(join(dir, name));
  writeFileSync(join(dir, "mounted/file"), "from the host\n");
  const device = { name: "one", containerEdits: { env: ["FACT_CDI=one"] } };
  writeFileSync(
    join(dir, "cdi/fact.json"),
    JSON.stringify({ cdiVersion: "0.6.0", kind: "fact.test/device", devices: [device] }),
  );
  const [disk = "sda"] = readdirSync("/sys/block");
  writeFileSync(
    join(dir, "blockio.yaml"),
    `Classes:\n  fact:\n    - Devices: [/dev/${disk}]\n      ThrottleReadBps: 5M\n`,
  );
  const netDevice = `fact${process.pid}`;
  execFileSync("ip", ["link", "add", netDevice, "type", "veth", "peer", "name", `${netDevice}p`]);
  const cgroup = `/${basename(dir)}`;
  return {
    dir,
    netDevice,
    cgroup,
    [Symbol.dispose]: () => {
      removeCgroup(cgroup);
      removeCgroup(`${cgroup}-realtime`);
      // it has gone with the container that took it
      if (existsSync(`/sys/class/net/${netDevice}`)) execFileSync("ip", ["link", "delete", netDevice]);
    },
  };
}

/** Removes a cgroup from every hierarchy, with the empty ones in it. Throws when something runs there. */
function removeCgroup(cgroup: string): void {
  const hierarchies = readdirSync("/sys/fs/cgroup").map((name) => join("/sys/fs/cgroup", name));
  for (const group of ["/sys/fs/cgroup", ...hierarchies].map((root) => join(root, cgroup))) {
    if (existsSync(group)) execFileSync("find", [group, "-depth", "-type", "d", "-exec", "rmdir", "{}", "+"]);
  }
}

/** What a hook has left in the folder for marks. */
export function mark(name: string): (container: FactContainer, place: FactPlace) => string {
  return (_, { dir }) => readIfThere(join(dir, "marks", name));
}

/** A file of the container's cgroup; without a controller, that of version 2. */
export function cgroup(controller: string, file: string): (container: FactContainer) => string {
  return ({ pid }) => readIfThere(join(cgroupOf(pid, controller), file)).trim();
}

/** What config.json has at a path, as JSON. */
export function config(path: string): (container: FactContainer) => string {
  return ({ bundle }) => {
    let at: unknown = JSON.parse(readFileSync(join(bundle, "config.json"), "utf8"));
    for (const step of path.split(".")) at = (at as Readonly<Record<string, unknown>> | undefined)?.[step];
    return JSON.stringify(at) ?? "";
  };
}

/** Which namespace a process is in. */
export function namespaceOf(pid: number | "self", type: string): string {
  return readlinkSync(`/proc/${pid}/ns/${type}`);
}

function cgroupOf(pid: number, controller: string): string {
  const lines = readFileSync(`/proc/${pid}/cgroup`, "utf8").trim().split("\n");
  const line = lines.find((one) => one.split(":")[1]?.split(",").includes(controller)) ?? "";
  const path = line.split(":").slice(2).join(":");
  const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  const mount = mounts.find((one) => {
    const [, type = "", , options = ""] = /^.* - (\S+) (\S+) (\S+)$/.exec(one) ?? [];
    return controller === "" ? type === "cgroup2" : type === "cgroup" && options.split(",").includes(controller);
  });
  return join(mount?.split(" ")[4] ?? "/no-such-controller", path);
}

/** A file's text; nothing for one that is not there. */
export function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

// The process that holds the namespaces of a pod, in place of a pause container. It waits on a pipe, and ends when we do.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { LIMITS } from "../limits.js";

/** Namespaces that a pod can have of its own, by their names in an OCI spec. */
const FLAGS: { readonly [type: string]: readonly string[] } = {
  network: ["--net"],
  ipc: ["--ipc"],
  uts: ["--uts"],
  // The first process inside ends all others when it ends.
  pid: ["--pid", "--fork", "--kill-child"],
};

// Arguments: hostname or nothing, whether the network is the pod's own, then paths below /proc/sys and their values.
const SCRIPT = `
set -e
[ -z "$1" ] || printf %s "$1" > /proc/sys/kernel/hostname
if [ "$2" = own ]; then
  { ip link set lo up || ifconfig lo up; } 2>/dev/null || echo "lo: neither ip nor ifconfig could bring it up" >&2
fi
shift 2
while [ $# -gt 0 ]; do
  printf %s "$2" > "/proc/sys/$1"
  shift 2
done
echo ready
exec cat
`;

/** What a pod's namespaces are made of. */
export interface HolderOptions {
  /** For errors: `default/web`. */
  readonly label: string;
  /** Types of namespaces that the pod has of its own. */
  readonly namespaces: readonly string[];
  /** Name in a UTS namespace of its own. */
  readonly hostname: string | undefined;
  /** Kernel parameters. */
  readonly sysctl: { readonly [name: string]: string };
  readonly path: string;
}

/** A pod's namespaces. */
export interface Holder {
  /** The process inside; `/proc/PID/ns/...` are the pod's namespaces. */
  readonly pid: number;
  /** Ends it. Idempotent. */
  end(): Promise<void>;
}

/** Makes the namespaces. Rejects with what could not be done, and in which pod. */
export async function holdNamespaces(options: HolderOptions): Promise<Holder> {
  const { label, namespaces, hostname, sysctl, path } = options;
  const flags = namespaces.flatMap((type) => (Object.hasOwn(FLAGS, type) ? (FLAGS[type] ?? []) : []));
  const parameters = Object.entries(sysctl).flatMap(([name, value]) => [parameterPath(name, label), value]);
  const name = namespaces.includes("uts") ? (hostname ?? "") : "";
  const network = namespaces.includes("network") ? "own" : "host";
  const child = spawn("unshare", [...flags, "--", "sh", "-c", SCRIPT, "sandbox", name, network, ...parameters], {
    detached: true,
    env: { PATH: path },
    stdio: ["pipe", "pipe", "pipe"],
  });
  try {
    await ready(child, label);
    const own = child.pid ?? 0;
    const pid = namespaces.includes("pid") ? childOf(own) : own;
    return { pid, end: () => end(child) };
  } catch (error) {
    await end(child);
    throw error;
  }
}

/** `net.ipv4.ip_forward` as `net/ipv4/ip_forward`; a name with slashes may have dots inside. Refuses what leaves /proc/sys. */
function parameterPath(name: string, label: string): string {
  const path = name.includes("/") ? name : name.replaceAll(".", "/");
  if (!/^[a-z0-9_.-]+(\/[a-z0-9_.-]+)+$/i.test(path) || path.split("/").includes(".."))
    throw new Error(`pod ${label}: sysctl "${name}" is no name of a kernel parameter`);
  return path;
}

function ready(child: ChildProcess, label: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let told = "";
    const fail = (text: string) => {
      clearTimeout(timer);
      reject(new Error(`pod ${label}: its namespaces could not be made: ${text}`));
    };
    const timer = setTimeout(() => fail(`not ready after ${LIMITS.embedded.sandboxMs} ms`), LIMITS.embedded.sandboxMs);
    child.stderr?.on("data", (chunk: Buffer) => {
      told = (told + String(chunk)).slice(0, LIMITS.embedded.lineCharacters);
    });
    child.stdout?.once("data", () => {
      clearTimeout(timer);
      resolve();
    });
    child.once("error", (error) => fail(error.message));
    child.once("close", (code, signal) => fail(told.trim().replaceAll("\n", "; ") || `ended with ${signal ?? code}`));
    // It has ended before us; "close" tells why.
    child.stdin?.on("error", () => undefined);
  });
}

function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0]);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

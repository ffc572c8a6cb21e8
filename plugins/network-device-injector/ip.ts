// The programs `ip` (iproute2) and `nsenter` (util-linux): Node.js has no netlink.
import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import type { Link } from "./moves.js";

/** Where programs are. A plugin that a runtime has started has no PATH, so we do not ask it. */
const PROGRAM_DIRS = ["/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/local/bin"];
/** What a command may print. */
const MAX_OUTPUT_BYTES = 1 << 20;

/** A program by its absolute name. Throws an Error that says where it was looked for. */
export function programPath(name: string, dirs: readonly string[] = PROGRAM_DIRS): string {
  for (const dir of dirs) {
    try {
      accessSync(`${dir}/${name}`, constants.X_OK);
      return `${dir}/${name}`;
    } catch {
      // the next one
    }
  }
  throw new Error(`no program "${name}" in ${dirs.join(", ")}`);
}

/** How to run a command. */
export interface IpOptions {
  /** Path of the network namespace to run in; the plugin's own when absent. */
  readonly namespace?: string | undefined;
  /** Ends the command. */
  readonly signal: AbortSignal;
}

/** Runs `ip ARGS` in a network namespace. */
export type RunIp = (args: readonly string[], options: IpOptions) => Promise<string>;

/** Finds the programs. Throws when one is missing. */
export function findIp(): RunIp {
  const ip = programPath("ip");
  const nsenter = programPath("nsenter");
  return (args, { namespace, signal }) => {
    // `ip -n` takes names below /run/netns only, and the runtime's namespaces can be anywhere.
    const [file, all] = namespace === undefined ? [ip, args] : [nsenter, [`--net=${namespace}`, ip, ...args]];
    return new Promise((resolve, reject) => {
      const options = { signal, maxBuffer: MAX_OUTPUT_BYTES, killSignal: "SIGKILL", env: { LC_ALL: "C" } } as const;
      execFile(file, all, options, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`ip ${args.join(" ")}: ${reason(error, stderr, signal)}`));
      });
    });
  };
}

function reason(error: Error & { code?: unknown }, stderr: string, signal: AbortSignal): string {
  if (signal.aborted) return "not done in time";
  const said = stderr.trim().split("\n").slice(0, 3).join(", ");
  return said || (typeof error.code === "number" ? `exit code ${error.code}` : error.message);
}

interface LinkJson {
  readonly ifindex: number;
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly ifalias?: string;
}

/** The links of a namespace. */
export async function links(run: RunIp, options: IpOptions): Promise<Link[]> {
  const found = JSON.parse((await run(["-json", "link", "show"], options)) || "[]") as LinkJson[];
  return found.map(({ ifindex, ifname, flags, mtu, ifalias }) => ({
    ifindex,
    ifname,
    up: flags.includes("UP"),
    loopback: flags.includes("LOOPBACK"),
    mtu,
    alias: ifalias ?? "",
  }));
}

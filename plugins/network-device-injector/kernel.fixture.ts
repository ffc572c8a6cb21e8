// A kernel with two network namespaces that understands the commands of the injector, for tests of what is left behind.
import type { RunIp } from "./ip.js";

/** A link of it. */
export interface FakeLink {
  ifindex: number;
  ifname: string;
  flags: string[];
  mtu: number;
  ifalias?: string;
  addresses: string[];
}

/** The paths of its namespaces. */
export const HOST = "/proc/1/ns/net";
/** That of the pod. */
export const POD = "/run/netns/pod";

/** Links by namespace, and what was done with them. */
export class FakeKernel {
  readonly links: Record<string, FakeLink[]> = { [HOST]: [], [POD]: [] };
  /** Commands that change something, so far. */
  readonly changes: string[] = [];
  /** The changes that fail, by their number, beginning with 0. */
  failing: ReadonlySet<number> = new Set();
  /** The change that never ends, until it is told to. */
  hanging = -1;
  #indices = 0;

  add(namespace: string, ifname: string, ...flags: string[]): void {
    this.#indices += 1;
    this.links[namespace]?.push({ ifindex: this.#indices, ifname, flags, mtu: 1500, addresses: [] });
  }

  /** All there is, as a test compares it. */
  state(): Record<string, FakeLink[]> {
    return structuredClone(this.links);
  }

  readonly ip: RunIp = async (args, { namespace = HOST, signal }) => {
    const links = this.links[namespace];
    if (links === undefined) throw new Error(`cannot open ${namespace}`);
    if (args[0] === "-json") return JSON.stringify(links);
    const count = this.changes.push(args.join(" ")) - 1;
    if (count === this.hanging) await new Promise((_, reject) => signal.addEventListener("abort", reject));
    if (this.failing.has(count)) throw new Error(`ip ${args.join(" ")}: failed as told`);
    this.#change(links, args);
    return "";
  };

  #change(links: FakeLink[], args: readonly string[]): void {
    if (args[0] === "address") {
      find(links, args[4]).addresses.push(args[2] ?? "");
      return;
    }
    const [, , , name, what, value = ""] = args;
    const link = find(links, name);
    if (what === "up") link.flags = [...new Set([...link.flags, "UP"])];
    else if (what === "down") link.flags = link.flags.filter((flag) => flag !== "UP");
    else if (what === "mtu") link.mtu = Number(value);
    else if (what === "alias") {
      if (value === "") delete link.ifalias;
      else link.ifalias = value;
    } else if (what === "name") {
      if (link.flags.includes("UP")) throw new Error("busy");
      if (links.some(({ ifname }) => ifname === value)) throw new Error("File exists");
      link.ifname = value;
    } else if (what === "netns") {
      links.splice(links.indexOf(link), 1);
      this.links[value]?.push({ ...link, addresses: [], flags: link.flags.filter((flag) => flag !== "UP") });
    } else throw new Error(`what is ${args.join(" ")}?`);
  }
}

function find(links: readonly FakeLink[], name: string | undefined): FakeLink {
  const link = links.find(({ ifname }) => ifname === name);
  if (link === undefined) throw new Error(`Cannot find device "${name}"`);
  return link;
}

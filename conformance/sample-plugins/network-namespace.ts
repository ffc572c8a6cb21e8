// A network namespace of a test's own: made with `ip netns`, gone at its end with the links that are in it.
import { execFileSync } from "node:child_process";

const IP = "ip";
let made = 0;

/** A link, without what differs from one to the other. */
export interface LinkState {
  readonly name: string;
  readonly alias: string;
  readonly up: boolean;
  readonly mtu: number;
  readonly addresses: readonly string[];
}

interface AddressJson {
  readonly ifname: string;
  readonly ifalias?: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly addr_info?: readonly { readonly local: string; readonly prefixlen: number; readonly scope: string }[];
}

/** A network namespace. */
export class NetworkNamespace implements Disposable {
  readonly name: string;
  /** Where programs find it. */
  readonly path: string;

  constructor(what: string) {
    made += 1;
    this.name = `nri-${process.pid}-${made}-${what}`;
    this.path = `/run/netns/${this.name}`;
    execFileSync(IP, ["netns", "add", this.name]);
  }

  /** Runs `ip ARGS` in it. */
  ip(...args: string[]): string {
    return execFileSync(IP, ["-n", this.name, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  }

  /** A link that a plugin can move: one end of a pair whose other end, `N-peer`, stays. */
  addLink(name: string): void {
    made += 1;
    this.ip("link", "add", name, "type", "veth", "peer", "name", `${made}-peer`);
  }

  /** Its links by name, but for loopback devices and the ends that stay. */
  links(): LinkState[] {
    const found = JSON.parse(this.ip("-json", "-details", "address", "show")) as AddressJson[];
    return found
      .filter(({ ifname, flags }) => !flags.includes("LOOPBACK") && !ifname.endsWith("-peer"))
      .map(({ ifname, ifalias, flags, mtu, addr_info }) => ({
        name: ifname,
        alias: ifalias ?? "",
        up: flags.includes("UP"),
        mtu,
        addresses: (addr_info ?? [])
          .filter(({ scope }) => scope === "global")
          .map(({ local, prefixlen }) => `${local}/${prefixlen}`),
      }))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** Deletes its links, and with them their other ends, at once; the end of a namespace takes its time. */
  clear(): void {
    for (const { name } of this.links()) this.ip("link", "delete", name);
  }

  [Symbol.dispose](): void {
    execFileSync(IP, ["netns", "delete", this.name]);
  }
}

// The steps that bring a device into a pod's network namespace and back; spec: plugins 5.
import type { NetworkDevice } from "./annotations.js";
import type { Place, Step } from "./steps.js";

/** What is known of a link before it is moved. */
export interface Link {
  readonly ifindex: number;
  readonly ifname: string;
  readonly up: boolean;
  readonly loopback: boolean;
  readonly mtu: number;
  /** "" without one. */
  readonly alias: string;
}

/** Paths of the two network namespaces. */
export interface Namespaces {
  readonly host: string;
  readonly pod: string;
}

const link = (name: string, ...change: readonly string[]): string[] => ["link", "set", "dev", name, ...change];

/** A name that no other link has, neither here nor there: for as long as the link is on its way. */
function temporaryName({ ifindex }: Link): string {
  return `temp_${ifindex}`;
}

/**
 *   host:  name, up ── down ── temp_N ──┐
 *   pod:                                └─ temp_N ── alias = name ── newName ── MTU ── address ── up
 *
 * Only a link that is down can be renamed. The alias tells the way back.
 */
export function stepsIn(found: Link, { name, newName, address, mtu }: NetworkDevice, namespaces: Namespaces): Step[] {
  const temporary = temporaryName(found);
  const steps: (Step | undefined | false)[] = [
    down("host", name, found),
    rename("host", name, temporary),
    {
      at: "host",
      args: link(temporary, "netns", namespaces.pod),
      undo: { at: "pod", args: link(temporary, "netns", namespaces.host) },
    },
    {
      at: "pod",
      args: link(temporary, "alias", name),
      undo: { at: "pod", args: link(temporary, "alias", found.alias) },
    },
    rename("pod", temporary, newName),
    mtu !== undefined && {
      at: "pod",
      args: link(newName, "mtu", String(mtu)),
      undo: { at: "pod", args: link(newName, "mtu", String(found.mtu)) },
    },
    // Nothing to undo: a link leaves its addresses behind when it leaves the namespace.
    address !== undefined && { at: "pod", args: ["address", "add", address, "dev", newName] },
    { at: "pod", args: link(newName, "up"), undo: { at: "pod", args: link(newName, "down") } },
  ];
  return steps.filter((step) => step !== undefined && step !== false);
}

/** The way back: the link is down at the end, so that it does not disturb the host's network, and has its old name. */
export function stepsOut(found: Link, { name, newName }: NetworkDevice, namespaces: Namespaces): Step[] {
  const temporary = temporaryName(found);
  return [
    down("pod", newName, found),
    rename("pod", newName, temporary),
    {
      at: "pod",
      args: link(temporary, "netns", namespaces.host),
      undo: { at: "host", args: link(temporary, "netns", namespaces.pod) },
    },
    rename("host", temporary, name),
  ];
}

function down(at: Place, name: string, { up }: Link): Step {
  return { at, args: link(name, "down"), undo: up ? { at, args: link(name, "up") } : undefined };
}

function rename(at: Place, from: string, to: string): Step {
  return { at, args: link(from, "name", to), undo: { at, args: link(to, "name", from) } };
}

// Which network devices a pod asks for, read from its annotations; spec: plugins 5.
import { isIP } from "node:net";
import type { PodSandbox } from "@nri/protocol";
import { type Annotation, podAnnotation } from "../common/annotations.js";
import { integer, list, readYaml, record, text } from "../common/yaml-value.js";

/** The keys that the reference's code looks at, in this order for each scope. */
const KEYS = ["netdevice.noderesource.dev", "netdevices.nri.containerd.io"];
/** The key that its documentation tells of, and its code does not look at. */
const DOCUMENTED_KEYS = ["netdevices.noderesource.dev"];
/** As many devices may one pod ask for: each takes nine commands, within the time of one request. */
export const MAX_DEVICES = 16;

/** A device of the host that a pod asks for. */
export interface NetworkDevice {
  /** Its name on the host. */
  readonly name: string;
  /** Its name in the pod. */
  readonly newName: string;
  /** Address that it gets in the pod, with the length of the prefix: `10.0.0.2/24`. */
  readonly address?: string;
  readonly mtu?: number;
}

/** What a pod asks for, and where it says so. */
export interface Wanted {
  readonly annotation: Annotation;
  readonly devices: readonly NetworkDevice[];
}

/**
 * `reference` is what the Go plugin does: it does not look at the documented key, `new_name` has no default, and address, prefix
 * and MTU are read but never applied.
 */
export type Compat = "default" | "reference";

const int = integer(-(2n ** 63n), 2n ** 63n - 1n);
const shape = list(record({ name: text, new_name: text, address: text, prefix: int, mtu: int }));
const MAX_MTU = 2n ** 31n - 1n;
const ADDRESS_BITS: Readonly<Record<number, bigint>> = { 4: 32n, 6: 128n };

/** What the pod asks for; undefined when it asks for nothing. Throws an Error that says what is wrong where. */
export function wantedDevices(pod: PodSandbox, compat: Compat): Wanted | undefined {
  const annotation =
    podAnnotation(pod, KEYS) ?? (compat === "reference" ? undefined : podAnnotation(pod, DOCUMENTED_KEYS));
  const entries = annotation?.read(
    (value) => readYaml(value, shape),
    () => `invalid device annotation ${JSON.stringify(annotation.key)}`,
  );
  if (annotation === undefined || entries === undefined || entries.length === 0) return undefined;
  if (entries.length > MAX_DEVICES) throw annotation.error(`${entries.length} devices, of ${MAX_DEVICES} at most`);
  const devices = entries.map(({ name, new_name, address, prefix, mtu }): NetworkDevice => {
    const bits = address.includes("%") ? undefined : ADDRESS_BITS[isIP(address)];
    if (address !== "" && bits === undefined) throw annotation.error(`error parsing address ${address}`);
    if (compat === "reference") return { name, newName: new_name };
    if (bits !== undefined && (prefix < 0n || prefix > bits)) {
      throw annotation.error(`prefix ${prefix} of address ${address} is not between 0 and ${bits}`);
    }
    if (mtu < 0n || mtu > MAX_MTU) throw annotation.error(`MTU ${mtu} is not between 0 and ${MAX_MTU}`);
    return {
      name,
      newName: new_name || name,
      ...(address !== "" && { address: `${address}/${prefix || bits}` }),
      ...(mtu !== 0n && { mtu: Number(mtu) }),
    };
  });
  return { annotation, devices };
}

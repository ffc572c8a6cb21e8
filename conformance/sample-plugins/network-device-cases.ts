// What pods can ask network-device-injector for, right and wrong, and what their namespaces look like then.
import type { NetworkNamespace } from "./network-namespace.js";

const KEY = "netdevice.noderesource.dev";

/** One pod. */
export interface DeviceCase {
  readonly name: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** What differs from two links `h0` and `h1` on the host, the first one up, and an empty pod. */
  readonly prepare?: (host: NetworkNamespace, pod: NetworkNamespace) => void;
  /** Between RunPodSandbox and StopPodSandbox. */
  readonly between?: (host: NetworkNamespace, pod: NetworkNamespace) => void;
  /** Path of the pod's network namespace, when it is not the pod's. */
  readonly path?: string;
}

const asks = (name: string, value: string, more: Partial<DeviceCase> = {}): DeviceCase => ({
  name,
  annotations: { [KEY]: value },
  ...more,
});

/** All of them. */
export const DEVICE_CASES: readonly DeviceCase[] = [
  asks("one device that is up", "[{name: h0, new_name: eth1}]"),
  asks("one device that is down", "[{name: h1, new_name: eth1}]"),
  asks("two devices", "[{name: h0, new_name: eth1}, {name: h1, new_name: eth2}]"),
  asks("the same name as on the host", "[{name: h0, new_name: h0}]"),
  asks("address, prefix and MTU", "[{name: h0, new_name: eth1, address: 192.0.2.2, prefix: 24, mtu: 1400}]"),
  asks(
    "addresses without prefix",
    "[{name: h0, new_name: eth1, address: 192.0.2.2}, {name: h1, new_name: eth2, address: '2001:db8::2'}]",
  ),
  asks("no new name", "[{name: h0}]"),
  asks("no name", "[{new_name: eth1}]"),
  asks("a device that is not there, then one that is", "[{name: none, new_name: eth1}, {name: h0, new_name: eth2}]"),
  asks("a device that is there, then one that is not", "[{name: h0, new_name: eth1}, {name: none, new_name: eth2}]"),
  asks("the same device twice", "[{name: h0, new_name: eth1}, {name: h0, new_name: eth2}]"),
  asks("a new name that is too long", "[{name: h0, new_name: abcdefghijklmnopq}]"),
  asks("a new name that cannot be", "[{name: h0, new_name: 'a/b'}]"),
  asks("a new name that the pod has", "[{name: h0, new_name: taken}]", {
    prepare: (_host, pod) => pod.addLink("taken"),
  }),
  asks("the old name is taken when the pod stops", "[{name: h0, new_name: eth1}]", {
    between: (host) => host.addLink("h0"),
  }),
  asks("the device is gone when the pod stops", "[{name: h0, new_name: eth1}]", {
    between: (_host, pod) => void pod.ip("link", "delete", "eth1"),
  }),
  asks("a pod on the host's network", "[{name: h0, new_name: eth1}]", { path: "" }),
  asks("a namespace that is not there", "[{name: h0, new_name: eth1}]", { path: "/run/netns/none" }),
  asks("nothing", ""),
  asks("an empty list on the host's network", "[]", { path: "" }),
  asks("no YAML", "[{"),
  asks("no list", "{name: h0, new_name: eth1}"),
  asks("wrong types", "[{name: [h0], new_name: eth1}]"),
  asks("an MTU that is no number", "[{name: h0, new_name: eth1, mtu: big}]"),
  asks("an MTU beyond 64 bits", "[{name: h0, new_name: eth1, mtu: 9223372036854775808}]"),
  asks("an address that is none", "[{name: h0, new_name: eth1, address: 192.0.2.300}]"),
  asks("an address with a zone", "[{name: h0, new_name: eth1, address: 'fe80::1%eth0'}]"),
  asks("unknown keys, names in any case", "[{Name: h0, NEW_NAME: eth1, gateway: 192.0.2.1}]"),
  { name: "the old key", annotations: { "netdevices.nri.containerd.io": "[{name: h0, new_name: eth1}]" } },
  {
    name: "the pod's scope before the bare key, an empty value too",
    annotations: { "netdevices.nri.containerd.io/pod": "", [KEY]: "[{name: h0, new_name: eth1}]" },
  },
  {
    name: "keys of containers",
    annotations: { [`${KEY}/container.c0`]: "[{name: h0, new_name: eth1}]" },
  },
  { name: "the documented key", annotations: { "netdevices.noderesource.dev": "[{name: h0, new_name: eth1}]" } },
];

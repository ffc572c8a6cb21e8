// What all containers of a pod share: identity, namespaces, cgroup, volumes.
import { setOwn } from "@nri/protocol";
import { stableId, stableNumber, stableUid } from "../identity.js";
import type { Located } from "../input/located.js";
import { NODE } from "./node.js";
import type { FoundPod } from "./objects.js";
import type { QosClass } from "./resources.js";
import { readVolumes, type Volume } from "./volumes.js";

/** A pod with everything that its containers refer to. */
export interface PodContext {
  readonly found: FoundPod;
  readonly spec: Located;
  readonly id: string;
  readonly uid: string;
  readonly hostname: string;
  readonly pid: number;
  readonly createdAt: bigint;
  readonly labels: { [key: string]: string };
  readonly annotations: { [key: string]: string };
  readonly volumes: ReadonlyMap<string, Volume>;
  readonly hostNetwork: boolean;
  readonly hostPid: boolean;
  readonly hostIpc: boolean;
  readonly sharedPid: boolean;
  /** Whether any of its containers is. */
  readonly privileged: boolean;
  readonly userNamespace: boolean;
  readonly nodeCritical: boolean;
}

/** Reads what a pod's containers share. `occurrence` counts pods of the same name in the input, from 0. */
export function podContext(found: FoundPod, occurrence: number, pid: number): PodContext {
  const { spec, metadata } = found;
  const identity = [found.namespace, found.name, String(occurrence)];
  const uid = metadata.get("uid").optionalString() ?? stableUid("pod", ...identity);
  const flag = (key: string) => spec.get(key).optionalBoolean() ?? false;
  const hostNetwork = flag("hostNetwork");
  const labels = metadata.get("labels").stringMap();
  for (const [key, value] of found.addedLabels) setOwn(labels, key, value);
  const nodeName = spec.get("nodeName").optionalString() ?? NODE.name;
  const hostname = spec.get("hostname").optionalString() ?? found.name.slice(0, 63);
  const priorityClass = spec.get("priorityClassName").optionalString() ?? "";
  return {
    found,
    spec,
    id: stableId("pod", ...identity, uid),
    uid,
    hostname: hostNetwork ? nodeName : hostname,
    pid,
    createdAt: creationTime(metadata) ?? NODE.epoch + BigInt(stableNumber(86_400, ...identity)) * 1_000_000_000n,
    labels,
    annotations: metadata.get("annotations").stringMap(),
    volumes: readVolumes(spec, uid),
    hostNetwork,
    hostPid: flag("hostPID"),
    hostIpc: flag("hostIPC"),
    sharedPid: flag("shareProcessNamespace"),
    privileged: ["initContainers", "containers", "ephemeralContainers"].some((key) =>
      spec
        .get(key)
        .list()
        .some((place) => place.get("securityContext").get("privileged").optionalBoolean() === true),
    ),
    userNamespace: spec.get("hostUsers").optionalBoolean() === false,
    nodeCritical: priorityClass === "system-node-critical",
  };
}

function creationTime(metadata: Located): bigint | undefined {
  const place = metadata.get("creationTimestamp");
  const text = place.optionalString();
  if (text === undefined) return undefined;
  const milliseconds = Date.parse(text);
  // Later than 2200 the nanoseconds do not fit a message.
  if (!(milliseconds >= 0 && milliseconds < Date.UTC(2200, 0)))
    place.fail("must be a time such as 2026-01-01T00:00:00Z");
  return BigInt(milliseconds) * 1_000_000n;
}

/** The pod's cgroup as the systemd driver names it: the path of its slice. */
export function cgroupParent(uid: string, qos: QosClass): string {
  const unit = uid.replaceAll("-", "_");
  if (qos === "Guaranteed") return `/kubepods.slice/kubepods-pod${unit}.slice`;
  const level = qos.toLowerCase();
  return `/kubepods.slice/kubepods-${level}.slice/kubepods-${level}-pod${unit}.slice`;
}

/** `slice:prefix:name`, the form in which the systemd driver takes a cgroup. */
export function cgroupsPath(parent: string, id: string): string {
  return `${parent.slice(parent.lastIndexOf("/") + 1)}:cri-containerd:${id}`;
}

/** The pod's addresses: those of its status when the input tells them, else one derived from its name. */
export function podAddresses(context: PodContext): string[] {
  if (context.hostNetwork) return [];
  const known =
    context.found.status
      ?.get("podIPs")
      .list()
      .map((place) => place.get("ip").string()) ?? [];
  if (known.length > 0) return known;
  const host = stableNumber(254 * 254, context.id);
  return [`10.244.${Math.floor(host / 254) + 1}.${(host % 254) + 1}`];
}

/** Where the pod's network namespace would be mounted. */
export function networkNamespace(context: PodContext): string {
  return `/var/run/netns/cni-${stableUid("netns", context.id)}`;
}

/** Name of the folder where kubelet would collect the pod's logs. */
export function logDirectory(context: PodContext): string {
  return `/var/log/pods/${context.found.namespace}_${context.found.name}_${context.uid}`;
}

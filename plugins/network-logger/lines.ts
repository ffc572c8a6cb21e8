// What is said of a pod's network; spec: plugins 6.
import type { PodSandbox } from "@nri/protocol";

/** Path of the pod's network namespace; `<host-network>` for a pod without one of its own. */
export function networkNamespace(pod: PodSandbox): string {
  return pod.linux?.namespaces.find(({ type }) => type === "network")?.path ?? "<host-network>";
}

/** `<namespace>/<name>` of a pod. */
export function podName({ namespace, name }: PodSandbox): string {
  return `${namespace}/${name}`;
}

/** `ips=[a b]`, in the order of the runtime. */
export function addresses({ ips }: PodSandbox): string {
  return `ips=[${ips.join(" ")}]`;
}

/** Where the network of a pod is, and its addresses. */
export function network(pod: PodSandbox): string {
  return `${podName(pod)}: namespace=${networkNamespace(pod)} ${addresses(pod)}`;
}

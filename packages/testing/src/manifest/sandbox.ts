// The pod's sandbox as containerd would run it: its message for plugins and its OCI spec.

import type { LinuxNamespace, Spec } from "@nri/oci";
import type { Init, LinuxResources } from "@nri/protocol";
import { PodSandbox, setOwn } from "@nri/protocol";
import type { Located } from "../input/located.js";
import { NODE } from "./node.js";
import { cgroupsPath, logDirectory, networkNamespace, type PodContext, podAddresses } from "./pod-context.js";
import { quantityAt } from "./quantity.js";
import { cpuQuota, cpuShares, kernelResources, type Quantities } from "./resources.js";
import { defaultCapabilities, MAX_ID, READ_ONLY_PATHS, SANDBOX_MASKED_PATHS } from "./security.js";
import { defaultMounts, ownSandboxMounts } from "./volumes.js";

/** The sandbox of a pod whose containers together need `total`. */
export function sandbox(
  context: PodContext,
  parent: string,
  total: Quantities,
  runtimeHandler: string,
): { readonly pod: PodSandbox; readonly spec: Spec } {
  const spec = sandboxSpec(context, parent, total);
  const annotations = podAnnotations(context);
  for (const [key, value] of Object.entries(spec.annotations ?? {})) setOwn(annotations, key, value);
  const network = (spec.linux?.namespaces ?? []).map(({ type, path = "" }) => ({ type, path }));
  const overhead = podOverhead(context.spec.get("overhead"));
  const pod = PodSandbox.create({
    id: context.id,
    name: context.found.name,
    uid: context.uid,
    namespace: context.found.namespace,
    labels: podLabels(context),
    annotations,
    runtimeHandler,
    pid: context.pid,
    ips: podAddresses(context),
    linux: {
      cgroupParent: parent,
      cgroupsPath: spec.linux?.cgroupsPath,
      namespaces: network,
      podOverhead: overhead,
      podResources: podResources(kernelResources(total)),
      // The sandbox itself, not the pod: the smallest share, and no device but the defaults.
      resources: { cpu: { shares: { value: 2n } }, devices: [{ allow: false, access: "rwm" }] },
    },
  });
  return { pod, spec };
}

function podLabels(context: PodContext): { [key: string]: string } {
  const labels: { [key: string]: string } = {};
  for (const [key, value] of Object.entries(context.labels)) setOwn(labels, key, value);
  labels["io.kubernetes.pod.name"] = context.found.name;
  labels["io.kubernetes.pod.namespace"] = context.found.namespace;
  labels["io.kubernetes.pod.uid"] = context.uid;
  labels["io.cri-containerd.kind"] = "sandbox";
  return labels;
}

function podAnnotations(context: PodContext): { [key: string]: string } {
  const annotations: { [key: string]: string } = {};
  for (const [key, value] of Object.entries(context.annotations)) setOwn(annotations, key, value);
  annotations["kubernetes.io/config.seen"] = new Date(Number(context.createdAt / 1_000_000n)).toISOString();
  annotations["kubernetes.io/config.source"] = "api";
  return annotations;
}

/** As kubelet tells them; what it does not limit is 0 there, and containerd hands all of them on. */
function podResources(numbers: {
  readonly shares: bigint;
  readonly quota: bigint | undefined;
  readonly period: bigint;
  readonly memoryLimit: bigint | undefined;
}): Init<LinuxResources> {
  const { shares, quota = 0n, period, memoryLimit = 0n } = numbers;
  return {
    cpu: { shares: { value: shares }, quota: { value: quota }, period: { value: period } },
    memory: { limit: { value: memoryLimit } },
  };
}

const NOTHING = { shares: 0n, quota: 0n, period: 0n, memoryLimit: 0n };

/** Overhead is both request and limit. Kubelet says it of every pod, all 0 without one. */
function podOverhead(place: Located): Init<LinuxResources> {
  if (!place.exists) return podResources(NOTHING);
  const cpu = quantityAt(place.get("cpu"), 1000n);
  const memoryLimit = quantityAt(place.get("memory"), 1n);
  return podResources({ shares: cpuShares(cpu), quota: cpuQuota(cpu), period: NODE.cpuPeriod, memoryLimit });
}

function sandboxSpec(context: PodContext, parent: string, total: Quantities): Spec {
  const namespaces: LinuxNamespace[] = [];
  if (!context.hostPid) namespaces.push({ type: "pid" });
  if (!context.hostIpc) namespaces.push({ type: "ipc" });
  if (!context.hostNetwork) namespaces.push({ type: "uts" });
  namespaces.push({ type: "mount" });
  if (!context.hostNetwork) namespaces.push({ type: "network", path: networkNamespace(context) });
  if (context.userNamespace) namespaces.push({ type: "user" });
  const capabilities = defaultCapabilities();
  return {
    ociVersion: "1.2.1",
    process: {
      user: sandboxUser(context.spec.get("securityContext")),
      args: ["/pause"],
      env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
      cwd: "/",
      capabilities: { bounding: [...capabilities], effective: [...capabilities], permitted: [...capabilities] },
      noNewPrivileges: true,
      oomScoreAdj: -998n,
    },
    root: { path: "rootfs", readonly: true },
    ...(context.hostNetwork ? {} : { hostname: context.hostname }),
    mounts: [...defaultMounts(context.privileged).slice(0, -1), ...ownSandboxMounts(context.id, context.hostIpc)].map(
      (mount) => ({ ...mount, options: [...mount.options] }),
    ),
    annotations: sandboxAnnotations(context, total),
    linux: {
      ...podSysctls(context),
      resources: { devices: [{ allow: false, access: "rwm" }], cpu: { shares: 2n } },
      cgroupsPath: cgroupsPath(parent, context.id),
      namespaces,
      maskedPaths: [...SANDBOX_MASKED_PATHS],
      readonlyPaths: [...READ_ONLY_PATHS],
    },
  };
}

/** The pod's user, else the one that the pause image names. A group alone is not taken over. */
function sandboxUser(shared: Located): { uid: number; gid: number; additionalGids: number[] } {
  const uid = shared.get("runAsUser").optionalInteger(0n, MAX_ID);
  if (uid === undefined) return { uid: 65_535, gid: 65_535, additionalGids: [65_535] };
  const gid = Number(shared.get("runAsGroup").optionalInteger(0n, MAX_ID) ?? 0n);
  return { uid: Number(uid), gid, additionalGids: [gid] };
}

/**
 * Kernel parameters of the pod; they belong to the sandbox, whose namespaces the containers join. In a network namespace
 * of the pod containerd opens low ports and ping to everybody unless the pod says otherwise.
 */
function podSysctls({ spec, hostNetwork, userNamespace }: PodContext): { sysctl?: { [key: string]: string } } {
  const sysctl: { [key: string]: string } = {};
  for (const place of spec.get("securityContext").get("sysctls").list()) {
    setOwn(sysctl, place.get("name").string(), place.get("value").optionalString() ?? "");
  }
  if (!hostNetwork) {
    sysctl["net.ipv4.ip_unprivileged_port_start"] ??= "0";
    if (!userNamespace) sysctl["net.ipv4.ping_group_range"] ??= "0 2147483647";
  }
  return Object.keys(sysctl).length === 0 ? {} : { sysctl };
}

function sandboxAnnotations(context: PodContext, total: Quantities): { [key: string]: string } {
  const { shares, quota, period, memoryLimit } = kernelResources(total);
  return {
    "io.kubernetes.cri.container-type": "sandbox",
    "io.kubernetes.cri.podsandbox.image-name": NODE.pauseImage,
    "io.kubernetes.cri.sandbox-cpu-period": String(period),
    "io.kubernetes.cri.sandbox-cpu-quota": String(quota ?? 0n),
    "io.kubernetes.cri.sandbox-cpu-shares": String(shares),
    "io.kubernetes.cri.sandbox-id": context.id,
    "io.kubernetes.cri.sandbox-log-directory": logDirectory(context),
    "io.kubernetes.cri.sandbox-memory": String(memoryLimit ?? 0n),
    "io.kubernetes.cri.sandbox-name": context.found.name,
    "io.kubernetes.cri.sandbox-namespace": context.found.namespace,
    "io.kubernetes.cri.sandbox-uid": context.uid,
  };
}

// The pod's sandbox as containerd would run it: its message for plugins and its OCI spec.

import type { LinuxNamespace, Spec } from "@nri/oci";
import type { Init, LinuxResources } from "@nri/protocol";
import { PodSandbox, setOwn } from "@nri/protocol";
import type { Located } from "../input/located.js";
import { NODE } from "./node.js";
import { cgroupsPath, logDirectory, networkNamespace, type PodContext, podAddresses } from "./pod-context.js";
import { quantityAt } from "./quantity.js";
import { cpuQuota, cpuShares, kernelResources, type Quantities } from "./resources.js";
import { MASKED_PATHS, READ_ONLY_PATHS } from "./security.js";
import { defaultMounts, sandboxMounts } from "./volumes.js";

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
      podResources: podResources(total),
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
  return labels;
}

function podAnnotations(context: PodContext): { [key: string]: string } {
  const annotations: { [key: string]: string } = {};
  for (const [key, value] of Object.entries(context.annotations)) setOwn(annotations, key, value);
  annotations["kubernetes.io/config.seen"] = new Date(Number(context.createdAt / 1_000_000n)).toISOString();
  annotations["kubernetes.io/config.source"] = "api";
  return annotations;
}

/** Resources of a whole pod as a message; absent parts are not said by the manifest. */
export function podResources(total: Quantities): Init<LinuxResources> {
  const { shares, quota, period, memoryLimit, hugepages } = kernelResources(total);
  return {
    cpu: {
      shares: { value: shares },
      period: { value: period },
      quota: quota === undefined ? undefined : { value: quota },
    },
    memory: memoryLimit === undefined ? undefined : { limit: { value: memoryLimit } },
    hugepageLimits: hugepages.filter(({ limit }) => limit > 0n),
  };
}

function podOverhead(place: Located): Init<LinuxResources> | undefined {
  if (!place.exists) return undefined;
  const cpu = quantityAt(place.get("cpu"), 1000n);
  const memory = quantityAt(place.get("memory"), 1n);
  const quota = cpuQuota(cpu);
  return {
    cpu:
      cpu === undefined
        ? undefined
        : {
            shares: { value: cpuShares(cpu) },
            period: { value: NODE.cpuPeriod },
            quota: quota === undefined ? undefined : { value: quota },
          },
    memory: memory === undefined ? undefined : { limit: { value: memory } },
  };
}

function sandboxSpec(context: PodContext, parent: string, total: Quantities): Spec {
  const namespaces: LinuxNamespace[] = [{ type: "mount" }, { type: "cgroup" }];
  if (!context.hostPid) namespaces.unshift({ type: "pid" });
  if (!context.hostIpc) namespaces.push({ type: "ipc" });
  if (!context.hostNetwork) namespaces.push({ type: "uts" }, { type: "network", path: networkNamespace(context) });
  if (context.userNamespace) namespaces.push({ type: "user" });
  return {
    ociVersion: "1.2.1",
    process: {
      user: { uid: 65_535, gid: 65_535, additionalGids: [65_535] },
      args: ["/pause"],
      env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
      cwd: "/",
      oomScoreAdj: -998n,
      noNewPrivileges: true,
    },
    root: { path: "rootfs", readonly: true },
    hostname: context.hostname,
    mounts: [
      ...defaultMounts(false).map((mount) => ({ ...mount, options: [...mount.options] })),
      ...sandboxMounts(context.id, context.hostIpc, true)
        .filter(({ destination }) => destination !== "/etc/hostname")
        .map((mount) => ({ ...mount, options: [...mount.options] })),
    ],
    annotations: sandboxAnnotations(context, total),
    linux: {
      sysctl: podSysctls(context.spec),
      resources: { devices: [{ allow: false, access: "rwm" }], cpu: { shares: 2n } },
      cgroupsPath: cgroupsPath(parent, context.id),
      namespaces,
      maskedPaths: [...MASKED_PATHS],
      readonlyPaths: [...READ_ONLY_PATHS],
    },
  };
}

/** Kernel parameters of the pod; they belong to the sandbox, whose namespaces the containers join. */
function podSysctls(spec: Located): { [key: string]: string } {
  const sysctls: { [key: string]: string } = {};
  for (const place of spec.get("securityContext").get("sysctls").list()) {
    setOwn(sysctls, place.get("name").string(), place.get("value").optionalString() ?? "");
  }
  return sysctls;
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

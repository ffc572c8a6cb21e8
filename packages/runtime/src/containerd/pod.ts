// A pod of CRI as plugins know it (spec: containerd 5.2).
import { linuxResourcesFromSpec, type Spec } from "@nri/oci";
import { copyMap, getOwn, type Init, type PodSandbox, type WireMap } from "@nri/protocol";
import type { SandboxMetadata } from "./cri.js";
import { CRI_ANNOTATIONS } from "./kind.js";

/** What is known of a pod; everything but its id may be missing. */
export interface PodSources {
  readonly id: string;
  /** Of its sandbox. */
  readonly spec?: Spec | undefined;
  readonly metadata?: SandboxMetadata | undefined;
  /** Labels of the record that containerd has of it beside its container, since 2.0. */
  readonly recordLabels?: Readonly<WireMap<string>> | undefined;
  /** Its sandbox's process; 0 when it has ended. */
  readonly pid?: number | undefined;
  /** Whether the file that holds its network is there. */
  readonly hasNetwork?: boolean | undefined;
}

/** The file that holds a pod's network; empty when it has none of its own. */
export function networkFile(spec: Spec): string {
  return spec.linux?.namespaces?.find(({ type }) => type === "network")?.path ?? "";
}

/** The pod. Of annotations those of the spec win. */
export function podFrom({
  id,
  spec,
  metadata,
  recordLabels,
  pid = 0,
  hasNetwork = false,
}: PodSources): Init<PodSandbox> {
  const annotations = copyMap(spec?.annotations ?? undefined);
  const written = (key: string) => getOwn(annotations, key) ?? "";
  const { linux } = spec ?? {};
  return {
    id,
    name: metadata?.name || written(CRI_ANNOTATIONS.sandboxName),
    uid: metadata?.uid || written(CRI_ANNOTATIONS.sandboxUid),
    namespace: metadata?.namespace || written(CRI_ANNOTATIONS.sandboxNamespace),
    labels: { ...metadata?.labels, ...recordLabels },
    annotations: { ...metadata?.annotations, ...annotations },
    runtimeHandler: metadata?.runtimeHandler ?? "",
    pid,
    ips: metadata?.ips ?? [],
    linux: {
      podOverhead: metadata?.overhead,
      podResources: metadata?.resources,
      cgroupParent: metadata?.cgroupParent ?? "",
      cgroupsPath: linux?.cgroupsPath ?? "",
      namespaces: (linux?.namespaces ?? [])
        .filter(({ type }) => type !== "network" || hasNetwork)
        .map(({ type, path }) => ({ type, path: path ?? "" })),
      resources: linux?.resources ? linuxResourcesFromSpec(linux.resources) : undefined,
    },
  };
}

/** The process of a pod's sandbox, as the spec of one of its containers has it: the namespaces it joins are that one's; else 0. */
export function sandboxPid(spec: Spec): number {
  const paths = (spec.linux?.namespaces ?? []).map(({ path }) => path ?? "");
  return Number(paths.map((path) => /^\/proc\/(\d+)\/ns\//.exec(path)?.[1]).find((pid) => pid !== undefined) ?? 0);
}

/** What the spec of one of its containers says of a pod that cannot be looked up. */
export function podOfContainer(spec: Spec): Init<PodSandbox> {
  const written = (key: string) => getOwn(spec.annotations ?? undefined, key) ?? "";
  return {
    id: written(CRI_ANNOTATIONS.sandboxId),
    name: written(CRI_ANNOTATIONS.sandboxName),
    uid: written(CRI_ANNOTATIONS.sandboxUid),
    namespace: written(CRI_ANNOTATIONS.sandboxNamespace),
    pid: sandboxPid(spec),
    linux: {},
  };
}

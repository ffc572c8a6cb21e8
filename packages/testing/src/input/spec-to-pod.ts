// An OCI runtime spec (a bundle's config.json) to a pod with one container that can be played.

import { containerFromSpec, type Spec } from "@nri/oci";
import { copyMap, PodSandbox } from "@nri/protocol";
import { stableId } from "../identity.js";
import { NODE } from "../manifest/node.js";
import type { PodPlan } from "../plan.js";

/** What a spec says about its pod, by the annotations of the engine that wrote it. */
interface Origin {
  readonly podId: string | undefined;
  readonly podName: string | undefined;
  readonly namespace: string | undefined;
  readonly uid: string | undefined;
  readonly name: string | undefined;
  readonly image: string | undefined;
}

type Annotations = { readonly [key: string]: string };

const CRI = "io.kubernetes.cri.";
const CRIO = "io.kubernetes.cri-o.";

/** Engines and where they write whose container it is; the first row that knows the spec wins (oci-annotations 1 to 6). */
const ORIGINS: readonly {
  readonly marker: string;
  readonly read: (get: (key: string) => string | undefined) => Origin;
}[] = [
  {
    marker: `${CRIO}ContainerType`,
    read: (get) => ({
      podId: get(`${CRIO}SandboxID`),
      podName: get("io.kubernetes.pod.name") ?? get(`${CRIO}KubeName`),
      namespace: get("io.kubernetes.pod.namespace") ?? get(`${CRIO}Namespace`),
      uid: get("io.kubernetes.pod.uid"),
      name: get("io.kubernetes.container.name"),
      image: get(`${CRIO}ImageName`) ?? get(`${CRIO}Image`),
    }),
  },
  {
    marker: `${CRI}container-type`,
    read: (get) => ({
      podId: get(`${CRI}sandbox-id`),
      podName: get(`${CRI}sandbox-name`),
      namespace: get(`${CRI}sandbox-namespace`),
      uid: get(`${CRI}sandbox-uid`),
      name: get(`${CRI}container-name`),
      image: get(`${CRI}image-name`),
    }),
  },
  {
    marker: "nerdctl/namespace",
    read: (get) => ({
      podId: undefined,
      podName: get("nerdctl/name"),
      namespace: get("nerdctl/namespace"),
      uid: undefined,
      name: get("nerdctl/name"),
      image: undefined,
    }),
  },
];
const UNKNOWN: Origin = {
  podId: undefined,
  podName: undefined,
  namespace: undefined,
  uid: undefined,
  name: undefined,
  image: undefined,
};

/**
 * The pod and container that a spec describes. `name` is what the container is called when no annotation says it (the
 * bundle's folder); ids that the spec does not tell are derived from the names.
 */
export function specToPod(spec: Spec, name: string): PodPlan {
  const annotations: Annotations = spec.annotations ?? {};
  const get = (key: string) =>
    Object.hasOwn(annotations, key) && annotations[key] !== "" ? annotations[key] : undefined;
  const origin = ORIGINS.find(({ marker }) => get(marker) !== undefined)?.read(get) ?? UNKNOWN;
  const containerName = origin.name ?? name;
  const id = /^[0-9a-f]{64}$/.test(name) ? name : stableId("container", origin.podId ?? "", containerName);
  const cgroupsPath = spec.linux?.cgroupsPath ?? "";
  const pod = PodSandbox.create({
    id: origin.podId ?? id,
    name: origin.podName ?? containerName,
    namespace: origin.namespace ?? "",
    uid: origin.uid ?? "",
    annotations: copyMap(spec.annotations ?? {}),
    pid: NODE.firstPid,
    linux: { cgroupParent: parentOf(cgroupsPath) },
  });
  const container = containerFromSpec(spec, {
    id,
    podSandboxId: pod.id,
    name: containerName,
    ...(origin.image === undefined ? {} : { image: { name: origin.image } }),
  });
  const notes = ["labels of pod and container are not in an OCI spec"];
  const plan = { role: "container", container, spec, pid: NODE.firstPid + 1, createdAt: NODE.epoch, notes } as const;
  return { pod, spec: { ociVersion: spec.ociVersion }, containers: [plan], notes: [] };
}

/** `slice:prefix:id` and `/parent/id` both name the parent first. */
function parentOf(cgroupsPath: string): string {
  if (cgroupsPath.includes(":")) return cgroupsPath.slice(0, cgroupsPath.indexOf(":"));
  const slash = cgroupsPath.lastIndexOf("/");
  return slash <= 0 ? "" : cgroupsPath.slice(0, slash);
}

// What a container of containerd is for plugins: a pod's sandbox, a container of a pod, or a container alone.
import { getOwn, type WireMap } from "@nri/protocol";
import { KIND_LABEL } from "./cri.js";

/** The namespace of containerd's CRI; in it are pods. */
export const CRI_NAMESPACE = "k8s.io";

/** Keys of what CRI writes into specs (spec: oci-annotations 2). */
export const CRI_ANNOTATIONS = {
  type: "io.kubernetes.cri.container-type",
  sandboxId: "io.kubernetes.cri.sandbox-id",
  sandboxName: "io.kubernetes.cri.sandbox-name",
  sandboxNamespace: "io.kubernetes.cri.sandbox-namespace",
  sandboxUid: "io.kubernetes.cri.sandbox-uid",
  containerName: "io.kubernetes.cri.container-name",
  imageName: "io.kubernetes.cri.image-name",
} as const;

/** What a container is. */
export type Kind = "sandbox" | "container" | "alone";

/**
 * What a container of `namespace` is: by the labels of its record; where containerd could not be asked (`labels` undefined) by
 * the annotations of its spec, which users can write too.
 */
export function kindOf(
  namespace: string,
  labels: Readonly<WireMap<string>> | undefined,
  annotations: Readonly<WireMap<string>> | undefined,
): Kind {
  if (namespace !== CRI_NAMESPACE) return "alone";
  const kind = labels === undefined ? getOwn(annotations, CRI_ANNOTATIONS.type) : getOwn(labels, KIND_LABEL);
  return kind === "sandbox" || kind === "container" ? kind : "alone";
}

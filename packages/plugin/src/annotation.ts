// The annotation of a pod that holds for one of its containers.
import { getOwn, type PodSandbox } from "@nri/protocol";

/**
 * The value of pod annotation `key` that is effective for the container called `containerName`: the first present of
 * `key/container.NAME`, `key/pod` and `key`. Without a container name only the latter two count. An empty value counts
 * as present. Undefined when there is none. NRI's sample plugins look annotations up in this way (spec: plugins 0).
 */
export function annotation(
  pod: Pick<PodSandbox, "annotations">,
  key: string,
  containerName?: string,
): string | undefined {
  const own = containerName === undefined ? undefined : getOwn(pod.annotations, `${key}/container.${containerName}`);
  return own ?? getOwn(pod.annotations, `${key}/pod`) ?? getOwn(pod.annotations, key);
}

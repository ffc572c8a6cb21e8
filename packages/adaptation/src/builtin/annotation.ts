// The annotation of a pod that holds for one of its containers.
import { getOwn, type Init, type PodSandbox } from "@nri/protocol";

/**
 * The first that is there of `key/container.NAME`, `key/pod` and `key`; without a container one of the latter two. An empty
 * value counts as there.
 */
export function effectiveAnnotation(
  pod: Pick<Init<PodSandbox>, "annotations"> | undefined,
  key: string,
  container: string | undefined,
): string | undefined {
  const annotations = pod?.annotations;
  const own = container === undefined ? undefined : getOwn(annotations, `${key}/container.${container}`);
  return own ?? getOwn(annotations, `${key}/pod`) ?? getOwn(annotations, key);
}

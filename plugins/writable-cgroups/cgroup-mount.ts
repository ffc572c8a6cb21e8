// The mount of the cgroup file system in a container, made writable; spec: plugins 10.
import { type AdjustmentBuilder, adjustment } from "@nri/plugin";
import type { Container, PodSandbox } from "@nri/protocol";
import { type Annotation, effectiveAnnotation } from "../common/annotations.js";

const KEYS = ["writable-cgroups.noderesource.dev"];
const CGROUP_MOUNT = "/sys/fs/cgroup";

/** The annotation that asks for writable cgroups in this container: its value is exactly `true`. */
export function wantsWritableCgroups(pod: PodSandbox, container: Container): Annotation | undefined {
  const annotation = effectiveAnnotation(pod, KEYS, container.name);
  return annotation?.value === "true" ? annotation : undefined;
}

/**
 * The adjustment that puts a writable mount into the place of the container's own; undefined when that is writable already.
 * A container without one is refused, in the name of the annotation that asks for it.
 */
export function writableMount(container: Container, annotation: Annotation): AdjustmentBuilder | undefined {
  const mount = container.mounts.find(({ destination }) => destination === CGROUP_MOUNT);
  if (mount === undefined) throw annotation.error(`no ${CGROUP_MOUNT} mount found to modify, this is unexpected`);
  const options = mount.options.filter((option) => option !== "ro");
  if (!options.includes("rw")) options.push("rw");
  // nothing dropped, nothing added
  if (options.length === mount.options.length && !mount.options.includes("ro")) return undefined;
  const { destination, type, source } = mount;
  return adjustment().mount({ destination, type, source, options }).removeMount(destination);
}
